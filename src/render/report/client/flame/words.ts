/** What is said of a profile as a flame graph. */
import { commas, counted, percent } from '../../../../datasets/amounts.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import type { Search } from '../../../flame/search.ts';
import { type FlameNode, type FlameTree, nodeAt } from '../../../flame/tree.ts';
import type { FlameView } from '../../../flame/view.ts';
import type { Viewed } from '../../../flame/viewed.ts';
import { matchedWeight } from '../../../flame/weights.ts';
import { amountText, matchedWords, numberWords, undrawnWords } from '../../../flame/words.ts';

/** What is drawn of what. */
export interface DrawnProfile {
  stacks: Stacks;
  seen: Viewed;
  tree: FlameTree;
  view: FlameView;
}

/** A frame's name and, on a line of their own, its numbers. */
export function frameWords({ name, value, self }: FlameNode, { stacks, seen, tree, view }: DrawnProfile): string {
  const numbers = {
    weight: value,
    // Callers up, a stack ends in its process.
    self: view.order === 'callers' ? 0 : self,
    total: seen.whole,
    unit: stacks.unit,
    zoomed: view.zoom.length > 0 ? tree.root.value : null,
    before: null,
  };
  return `${name}\n${numberWords(numbers).join(' · ')}`;
}

/**
 * The line under the graph: how much it shows, what choices hide, what is not drawn.
 * @param isCut a range is set
 */
export function statusWords({ stacks, seen, tree }: DrawnProfile, isCut: boolean): string {
  const { profile, hidden, whole } = seen;
  const shown = tree.root.value;
  const parts = [shownText(shown, whole, stacks)];
  if (stacks.unit !== 'samples' && profile.sampleCount > 0) parts.push(counted(profile.sampleCount, 'sample'));
  for (const { what, weight } of hidden) parts.push(`${what} hide ${commas(weight)} (${percent(weight, whole)})`);
  parts.push(...undrawnWords(tree, `, in which ${percent(tree.narrow.weight, shown)} of the stacks go on`));
  if (isCut && stacks.profile.samples === null) parts.push('samples have no times here: this is the whole capture');
  return parts.join(' · ');
}

function shownText(shown: number, whole: number, stacks: Stacks): string {
  if (whole === 0) return 'Nothing was sampled in this range.';
  const all = shown === whole ? '' : ` of ${commas(whole)} (${percent(shown, whole)})`;
  return amountText(shown, stacks.unit) + all;
}

/**
 * The share that a search matches of what is drawn; empty where nothing is searched for.
 * @param progress of a search that is not done, in words
 */
export function matchWords(
  { stacks, seen, tree, view }: DrawnProfile,
  { matches, fault }: Search,
  progress: string,
): string {
  if (matches === null) return fault;
  const { profile } = seen;
  const below = view.order === 'time' ? 0 : nodeAt(profile, view.zoom);
  const matched = matchedWeight(profile, (node) => matches[profile.frame[node] as number] === 1, below);
  const share = `${percent(matched, tree.root.value)} (${amountText(matched, stacks.unit)})`;
  return matchedWords(share, { progress });
}

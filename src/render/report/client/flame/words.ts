/** What is said of a profile as a flame graph. */
import { commas, counted, percent } from '../../../../datasets/amounts.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import { type FlameNode, type FlameTree, nodeAt } from '../../../flame/tree.ts';
import { matchedWeight, type Search, type Viewed } from '../../flame-view.ts';
import type { FlameView } from '../../view.ts';
import { amountText, undrawnTexts } from './amounts.ts';

/** What is drawn of what. */
export interface DrawnProfile {
  stacks: Stacks;
  seen: Viewed;
  tree: FlameTree;
  view: FlameView;
}

/** A frame's name and, on a line of their own, its numbers. */
export function frameWords({ name, value, self }: FlameNode, { stacks, seen, tree, view }: DrawnProfile): string {
  const parts = [amountText(value, stacks), `${percent(value, seen.whole)} of all`];
  if (view.zoom.length > 0) parts.push(`${percent(value, tree.root.value)} of the zoomed frame`);
  // Callers up, a stack ends in its process.
  if (view.order !== 'callers') parts.push(`self ${commas(self)} (${percent(self, seen.whole)})`);
  return `${name}\n${parts.join(' · ')}`;
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
  parts.push(...undrawnTexts(tree, `, in which ${percent(tree.narrow.weight, shown)} of the stacks go on`));
  if (isCut && stacks.profile.samples === null) parts.push('samples have no times here: this is the whole capture');
  return parts.join(' · ');
}

function shownText(shown: number, whole: number, stacks: Stacks): string {
  if (whole === 0) return 'Nothing was sampled in this range.';
  const all = shown === whole ? '' : ` of ${commas(whole)} (${percent(shown, whole)})`;
  return amountText(shown, stacks) + all;
}

/** The share that a search matches of what is drawn; empty where nothing is searched for. */
export function matchWords({ stacks, seen, tree, view }: DrawnProfile, { matches, error }: Search): string {
  if (error !== null) return error;
  if (matches === null) return '';
  const below = view.order === 'time' ? 0 : nodeAt(seen.profile, view.zoom);
  const matched = matchedWeight(seen.profile, matches, below);
  return `Matched: ${percent(matched, tree.root.value)} (${amountText(matched, stacks)})`;
}

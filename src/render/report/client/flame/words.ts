/** What is said of a profile as a flame graph. */
import { counted, percent, weightText } from '../../../../datasets/amounts.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import { MERGED } from '../../../flame/layout.ts';
import type { Search } from '../../../flame/search.ts';
import type { Timeline } from '../../../flame/timeline.ts';
import { type FlameNode, type FlameTree, nodeAt } from '../../../flame/tree.ts';
import type { FlameView } from '../../../flame/view.ts';
import type { Viewed } from '../../../flame/viewed.ts';
import { matchedWeight } from '../../../flame/weights.ts';
import { hatchedWords, hiddenWords, matchedWords, numberWords, TRACER_FOLDED } from '../../../flame/words.ts';

/** What is drawn of what. */
export interface DrawnProfile {
  stacks: Stacks;
  seen: Viewed;
  tree: FlameTree;
  view: FlameView;
}

/** A frame's name and, on a line of their own, its numbers. */
export function frameWords(
  { name, value, self, frame }: FlameNode,
  { stacks, seen, tree, view }: DrawnProfile,
): string {
  const numbers = {
    weight: value,
    // Callers up, a stack ends in its process; of merged frames all is self.
    self: view.order === 'callers' || frame === MERGED ? 0 : self,
    total: seen.whole,
    unit: stacks.unit,
    zoomed: view.zoom.length > 0 ? tree.root.value : null,
    before: null,
  };
  return `${name}\n${numberWords(numbers).join(' · ')}`;
}

export interface StatusFacts {
  /** A range is set that this profile cannot be cut to. */
  isCut: boolean;
  /** What is drawn in the place of the graph. */
  timeline: Timeline | null;
  /** Frames of the tracer are drawn as part of what they traced. */
  isTracerFolded: boolean;
  /** What is marked, in words; empty for nothing. */
  marked: string;
}

/** The line under the graph: how much it shows, what choices hide, what is not drawn. */
export function statusWords(
  { stacks, seen, tree }: DrawnProfile,
  { isCut, timeline, isTracerFolded, marked }: StatusFacts,
): string {
  const { profile, whole } = seen;
  const parts = [shownText(tree.root.value, whole, stacks)];
  if (stacks.unit !== 'samples' && profile.sampleCount > 0) parts.push(counted(profile.sampleCount, 'sample'));
  parts.push(...hiddenWords(seen, stacks.unit));
  if (marked !== '') parts.unshift(marked);
  parts.push(...(timeline === null ? hatchedWords(tree) : timelineWords(timeline)));
  if (isTracerFolded) parts.push(TRACER_FOLDED);
  if (isCut) parts.push('samples have no times here: this is the whole capture');
  return parts.join(' · ');
}

function timelineWords({ hidden, merged }: Timeline): string[] {
  const thin = merged.reduce((sum, each) => sum + each, 0);
  return [
    ...(thin > 0 ? [`hatched: ${counted(thin, 'box')} too narrow to draw`.replace('boxs', 'boxes')] : []),
    ...(hidden.lanes > 0
      ? [`${counted(hidden.lanes, 'more lane')} of ${counted(hidden.samples, 'sample')} not drawn`]
      : []),
  ];
}

function shownText(shown: number, whole: number, stacks: Stacks): string {
  if (whole === 0) return 'Nothing was sampled in this range.';
  const all = shown === whole ? '' : ` of ${weightText(whole, stacks.unit)} (${percent(shown, whole)})`;
  return weightText(shown, stacks.unit) + all;
}

/** What the marked frames weigh together, each sample once; empty for none. */
export function markedWords({ stacks, seen }: DrawnProfile, marked: ReadonlySet<number>): string {
  if (marked.size === 0) return '';
  const weight = matchedWeight(seen.profile, (node) => marked.has(node), 0);
  return `marked: ${counted(marked.size, 'frame')}, ${weightText(weight, stacks.unit)}, ${percent(weight, seen.whole)}`;
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
  const share = `${percent(matched, tree.root.value)} (${weightText(matched, stacks.unit)})`;
  return matchedWords(share, { progress });
}

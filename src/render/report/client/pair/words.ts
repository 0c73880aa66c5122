/** What is said of two profiles as one flame graph. */

import { commas, percent, weightText } from '../../../../datasets/amounts.ts';
import { capitalized } from '../../../../datasets/capitalized.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import type { Search } from '../../../flame/search.ts';
import type { FlameNode, FlameTree } from '../../../flame/tree.ts';
import type { FlameView } from '../../../flame/view.ts';
import { matchedWeight } from '../../../flame/weights.ts';
import { hatchedWords, matchedWords } from '../../../flame/words.ts';
import type { SideNames } from '../../../sides.ts';
import { type ComparedFlame, type FlameSide, sharesAt } from '../../diff/flame.ts';

/** What was measured, for its unit. */
export type BothStacks = readonly [before: Stacks, after: Stacks];

/** A frame's name and, on a line of their own, its shares and how they changed. */
export function diffFrameWords(
  { name, node }: FlameNode,
  flame: ComparedFlame,
  [before, after]: BothStacks,
  { order }: FlameView,
  sides: SideNames,
): string {
  const [was, is] = sharesAt(flame, node, 'total');
  const parts = [
    `${sides.before} ${percent(was, 1)} (${weightText(flame.before.totals[node] as number, before.unit)})`,
    `${sides.after} ${percent(is, 1)} (${weightText(flame.after.totals[node] as number, after.unit)})`,
    points(is - was),
  ];
  // Callers up, a stack ends in its process.
  if (order !== 'callers') parts.push(...selfWords(sharesAt(flame, node, 'self'), sides));
  return `${name}\n${parts.join(' · ')}`;
}

function selfWords([was, is]: readonly [before: number, after: number], { before, after }: SideNames): string[] {
  if (was === 0 && is === 0) return [];
  return [`self ${before} ${percent(was, 1)}, ${after} ${percent(is, 1)}, ${points(is - was)}`];
}

/** A change of a share, from 0 to 1, in percentage points with its sign. */
function points(change: number): string {
  return `${change < 0 ? '−' : '+'}${commas(Math.abs(100 * change))} points`;
}

/** The line under the graph: what each side weighs, what choices hide, what is not drawn. */
export function diffStatus(
  flame: ComparedFlame,
  [before, after]: BothStacks,
  { widths }: FlameView,
  tree: FlameTree,
  names: SideNames,
): string {
  const sides = `${sideText(names.before, before, flame.before)}, ${sideText(names.after, after, flame.after)}`;
  return [`${capitalized(sides)}: shares are compared, widths are of ${names[widths]}`, ...hatchedWords(tree)].join(
    ' · ',
  );
}

function sideText(side: string, stacks: Stacks, { shown, whole, hidden }: FlameSide): string {
  if (whole === 0) return `${side} nothing in this range`;
  const out = hidden
    .filter(({ weight }) => weight > 0)
    .map(({ what, weight }) => `without ${what}, ${percent(weight, whole)}`)
    .join(', ');
  return `${side} ${weightText(shown, stacks.unit)}${out === '' ? '' : ` (${out})`}`;
}

/**
 * The share of each side that a search matches; empty where nothing is searched for.
 * @param zoomed the node that the share is of
 * @param progress of a search that is not done, in words
 */
export function diffMatchWords(
  { before, after }: ComparedFlame,
  { matches, fault }: Search,
  zoomed: number,
  progress: string,
  sides: SideNames,
): string {
  if (matches === null) return fault;
  const share = ({ profile, totals }: FlameSide): string => {
    const matched = matchedWeight(profile, (node) => matches[profile.frame[node] as number] === 1, zoomed);
    return percent(matched, totals[zoomed] as number);
  };
  return matchedWords(`${sides.before} ${share(before)}, ${sides.after} ${share(after)}`, { progress });
}

/** Two profiles on one set of boxes: widths of one of them, and what changed in each box. Pure; the browser draws it. */
import { isBeyondChance, samplesOf } from '../../../datasets/changes.ts';
import { stackPath, totalWeight } from '../../../datasets/fold.ts';
import type { Part } from '../../../datasets/narrow.ts';
import type { Profile, Thread } from '../../../datasets/profile.ts';
import { functionWeights, nodeTotals } from '../../../datasets/profile-functions.ts';
import { overlaid } from '../../../datasets/profile-merge.ts';
import { type Cell, isOfWaits, type Stacks } from '../../../datasets/shapes.ts';
import type { ChangeOf, FlameView } from '../../flame/view.ts';
import { type Viewed, viewed } from '../../flame/viewed.ts';
import { CAPTURES, type SideNames } from '../../sides.ts';
import { type Table, type TableColumn, tableOfRows } from '../tables.ts';

/** One of the two, as the view asks for it. */
export interface FlameSide extends Viewed {
  /** The weight of each box with all it calls. */
  totals: Float64Array;
  /** The weight of all that is shown. */
  shown: number;
  /** How many samples that is of; null where all was measured and nothing sampled. */
  samples: number | null;
}

/** Both over one trie: a node's number is the same box in both. */
export interface ComparedFlame {
  before: FlameSide;
  after: FlameSide;
}

/**
 * @param parts what of each is looked at; null is all of it
 * @param both profiles over one trie (`overlaid`), so that frames have the same numbers whatever the view
 */
export function comparedFlame(
  both: readonly [before: Stacks, after: Stacks],
  view: FlameView,
  parts: readonly [before: Part | null, after: Part | null],
  isCollectors: ((thread: Thread) => boolean) | null = null,
): ComparedFlame {
  const [was, is] = both.map(({ profile }, i) => {
    const part = profile.samples === null ? null : (parts[i] ?? null);
    return viewed(profile, view, part, isCollectors);
  }) as [Viewed, Viewed];
  const isOneTrie = was.profile.parent === is.profile.parent && was.profile.frame === is.profile.frame;
  const [before, after] = isOneTrie ? [was.profile, is.profile] : overlaid(was.profile, is.profile);
  return { before: sideOf(both[0], was, before), after: sideOf(both[1], is, after) };
}

function sideOf(stacks: Stacks, seen: Viewed, profile: Profile): FlameSide {
  const shown = totalWeight(profile);
  const all = samplesOf({ ...stacks, profile: seen.forward });
  // Of periods the samples were counted before a choice hid some: their part is taken to be that of the weight.
  const samples = all === null || stacks.unit === 'samples' ? all : (all * shown) / Math.max(seen.whole, shown);
  return { ...seen, profile, totals: nodeTotals(profile), shown, samples };
}

/** What a profile's changes are told of: off the CPU every stack ends in the scheduler, which nobody wants to know. */
export function changeToldOf({ kind }: Stacks): ChangeOf {
  return isOfWaits(kind) ? 'total' : 'self';
}

/** What colours tell where nothing is asked for: a frame's own change, or, where that colours nothing, that of all it calls. */
export function changeThatTells(flame: ComparedFlame, after: Stacks): ChangeOf {
  const of = changeToldOf(after);
  if (of === 'total') return of;
  for (let node = 1; node < flame.after.totals.length; node++) if (changeAt(flame, node, 'self') !== 0) return 'self';
  return 'total';
}

/** Two profiles with the same frames and nodes, as `comparedFlame` wants them. */
export function overOneTrie(before: Stacks, after: Stacks): [before: Stacks, after: Stacks] {
  const [was, is] = overlaid(before.profile, after.profile);
  return [
    { ...before, profile: was },
    { ...after, profile: is },
  ];
}

/** The share of a box in what is shown, before and after, from 0 to 1. */
export function sharesAt(
  { before, after }: ComparedFlame,
  node: number,
  of: ChangeOf,
): [before: number, after: number] {
  const share = ({ profile, totals, shown }: FlameSide): number => {
    const weight = (of === 'self' ? profile.self[node] : totals[node]) as number;
    return shown === 0 ? 0 : weight / shown;
  };
  return [share(before), share(after)];
}

/** The change of a box's share; 0 where chance alone makes as much. Stood on their heads, stacks have no self. */
export function changeAt(flame: ComparedFlame, node: number, of: ChangeOf): number {
  const [was, is] = sharesAt(flame, node, of);
  return isTold(flame, was, is) ? is - was : 0;
}

function isTold({ before, after }: ComparedFlame, was: number, is: number): boolean {
  if (before.shown === 0 || after.shown === 0) return false;
  if (before.samples === null || after.samples === null) return was !== is;
  return isBeyondChance({ before: 100 * was, after: 100 * is }, before.samples, after.samples);
}

/** A lowest frame of what only one of the two has: nothing of the other stands there. */
interface Lonely {
  node: number;
  path: string[];
  /** Of what that one shows, from 0 to 1. */
  share: number;
}

/** What only one has: the heaviest first, and how much of it is so little that the other may have missed it by chance. */
export interface OnlyIn {
  told: Lonely[];
  byChance: { count: number; share: number };
}

export function onlyIn(flame: ComparedFlame, side: 'before' | 'after'): OnlyIn {
  const here = flame[side];
  const there = flame[side === 'before' ? 'after' : 'before'];
  const told: { node: number; share: number }[] = [];
  const byChance = { count: 0, share: 0 };
  for (let node = 1; node < here.totals.length; node++) {
    const above = here.profile.parent[node] as number;
    const share = (here.totals[node] as number) / here.shown;
    const isLowest = above === 0 || (there.totals[above] as number) > 0;
    if (!(share > 0) || there.totals[node] !== 0 || !isLowest) continue;
    if (side === 'before' ? isTold(flame, share, 0) : isTold(flame, 0, share)) told.push({ node, share });
    else {
      byChance.count++;
      byChance.share += share;
    }
  }
  const sorted = told.sort((a, b) => b.share - a.share || a.node - b.node);
  return { told: sorted.map(({ node, share }) => ({ node, share, path: stackPath(here.profile, node) })), byChance };
}

/** A function's share before and after, from 0 to 1. */
export interface FunctionChange {
  name: string;
  module: string;
  self: readonly [before: number, after: number];
  total: readonly [before: number, after: number];
  /** The change is more than chance makes. */
  told: boolean;
}

/** Every function that either has, by the change of its share; what may be chance stands behind the rest. */
export function functionChanges({ before, after }: ComparedFlame, of: ChangeOf): FunctionChange[] {
  const [was, is] = overlaid(before.forward, after.forward);
  const [earlier, later] = [functionWeights(was), functionWeights(is)];
  const [wholeBefore, wholeAfter] = [totalWeight(was), totalWeight(is)];
  const share = (weights: Float64Array, whole: number, frame: number): number =>
    whole === 0 ? 0 : (weights[frame] as number) / whole;
  const size = ([one, other]: FunctionChange['self']): number => Math.abs(other - one);
  return is.frames.names
    .map((name, frame) => {
      const self = [share(earlier.self, wholeBefore, frame), share(later.self, wholeAfter, frame)] as const;
      const total = [share(earlier.total, wholeBefore, frame), share(later.total, wholeAfter, frame)] as const;
      const told = isTold({ before, after }, ...(of === 'self' ? self : total));
      return { name, module: is.frames.modules[frame] as string, self, total, told };
    })
    .filter(({ total }) => total[0] > 0 || total[1] > 0)
    .sort(
      (a, b) =>
        Number(b.told) - Number(a.told) ||
        size(b[of]) - size(a[of]) ||
        size(b.total) - size(a.total) ||
        b.self[1] - a.self[1],
    );
}

/** The changes of functions as a table. */
export function functionChangeTable(flame: ComparedFlame, of: ChangeOf, sides: SideNames = CAPTURES): Table {
  const sampled = flame.before.samples !== null && flame.after.samples !== null;
  const share = (name: string): TableColumn => ({ name, type: 'number', unit: '%' });
  const columns: TableColumn[] = [
    { name: 'function', type: 'text', unit: '' },
    { name: 'change', type: 'number', unit: 'points' },
    share(`self ${sides.before}`),
    share(`self ${sides.after}`),
    ...(sampled ? [{ name: 'by chance?', type: 'text', unit: '' } as const] : []),
    share(`total ${sides.before}`),
    share(`total ${sides.after}`),
    { name: 'module', type: 'text', unit: '' },
  ];
  const rows = functionChanges(flame, of).map((change): Cell[] => {
    const [was, is] = change[of];
    return [
      change.name,
      asPercent(is - was),
      ...change.self.map(asPercent),
      ...(sampled ? [change.told || was === is ? '' : 'may be'] : []),
      ...change.total.map(asPercent),
      change.module,
    ];
  });
  return tableOfRows(columns, rows);
}

/** With two decimals. */
function asPercent(share: number): number {
  return Math.round(10_000 * share) / 100;
}

/** The boxes of a flame graph as the tree that d3-flame-graph draws. */
import { once } from '../../datasets/once.ts';
import type { FrameKind, Profile } from '../../datasets/profile.ts';
import { childLists, nodeTotals } from '../../datasets/profile-functions.ts';
import { type FlameLayout, layoutFlame, MERGED, ROOT } from './layout.ts';
import { mergedName } from './words.ts';

export interface FlameNode {
  name: string;
  /** Its width. */
  value: number;
  /** The weight of the samples that end here. */
  self: number;
  /** The profile's node, of merged frames the one that they stand on; 0 is the whole. */
  node: number;
  /** `ROOT` for the whole, `MERGED` for frames that are too narrow to be drawn. */
  frame: number;
  /** How many frames are merged in it; 0 for one that is drawn as itself. */
  merged: number;
  kind: FrameKind | null;
  /** Stands under what is zoomed into. */
  fade: boolean;
  children: FlameNode[];
}

export interface FlameTree {
  root: FlameNode;
  levels: number;
  /** How many boxes are drawn. */
  drawn: number;
  /** The weight of the whole. */
  total: number;
  /** What is too narrow to draw. */
  narrow: FlameLayout['narrow'];
  deep: FlameLayout['deep'];
  /** More boxes are as wide as a pixel than may be drawn. */
  isCut: boolean;
}

/** No more boxes than this are ever drawn. */
export const MAX_BOXES = 1000;
/** Deeper stacks are cut here, and that is said. */
const MAX_LEVELS = 1000;

/**
 * The boxes that weigh at least a pixel's share.
 *
 * @param focus the node that is zoomed into; 0 for the whole
 * @param width of the picture in pixels
 * @param most boxes: the heaviest
 */
export function flameTree(profile: Profile, focus: number, width: number, most = MAX_BOXES): FlameTree {
  const { shown, totals } = within(profile, focus);
  const pixel = (totals[0] as number) / Math.max(width, 1);
  const minWeight = leastWeight(shown, totals, pixel, most);
  const layout = layoutFlame(shown, { minWeight, maxLevels: MAX_LEVELS }, totals);
  return { ...treeOf(layout, shown, ancestorsOf(profile, focus)), isCut: minWeight > pixel };
}

/** Summed once: a profile is drawn again for every zoom. */
const totalsOf = once(nodeTotals);

/** What a pixel stands for, or more where too many boxes are wider than that. */
function leastWeight({ parent }: Profile, totals: Float64Array, pixel: number, most: number): number {
  const { first, next } = childLists(parent);
  const wide: number[] = [];
  // None is wider than what it stands on.
  const pending = [0];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const total = totals[node] as number;
    if (!(total > 0 && total >= pixel)) continue;
    wide.push(total);
    for (let child = first[node] as number; child !== 0; child = next[child] as number) pending.push(child);
  }
  if (wide.length <= most) return pixel;
  // A box is never heavier than the one it stands on, so what is kept is a whole tree. Ties fall on the lighter side.
  const last = Float64Array.from(wide).sort().at(-most) as number;
  return Math.max(pixel, last + last * 1e-12);
}

/** The profile with the weights below a node alone, and its totals: the node and its ancestors are as wide as each other. */
export function within(profile: Profile, focus: number): { shown: Profile; totals: Float64Array } {
  if (focus === 0) return { shown: profile, totals: totalsOf(profile) };
  const { parent } = profile;
  const all = totalsOf(profile);
  const inside = new Uint8Array(parent.length);
  const self = new Float64Array(parent.length);
  const totals = new Float64Array(parent.length);
  inside[focus] = 1;
  for (let node = focus; node < parent.length; node++) {
    if (node !== focus) inside[node] = inside[parent[node] as number] as number;
    if (inside[node] === 0) continue;
    self[node] = profile.self[node] as number;
    totals[node] = all[node] as number;
  }
  for (const ancestor of ancestorsOf(profile, focus)) totals[ancestor] = all[focus] as number;
  return { shown: { ...profile, self }, totals };
}

function ancestorsOf({ parent }: Profile, focus: number): Set<number> {
  const ancestors = new Set<number>();
  for (let node = focus; node !== 0; ) {
    node = parent[node] as number;
    ancestors.add(node);
  }
  return ancestors;
}

/** Boxes come parents first and from left to right, so the open one at each level is the parent of what follows. */
function treeOf(layout: FlameLayout, profile: Profile, faded: ReadonlySet<number>): Omit<FlameTree, 'isCut'> {
  const open: FlameNode[] = [];
  for (let box = 0; box < layout.frame.length; box++) {
    const made = nodeOf(layout, box, profile, faded);
    const depth = layout.depth[box] as number;
    if (depth > 0) open[depth - 1]?.children.push(made);
    open[depth] = made;
  }
  const { levels, narrow, deep, total } = layout;
  return { root: open[0] as FlameNode, levels, drawn: layout.frame.length, total, narrow, deep };
}

function nodeOf(layout: FlameLayout, box: number, { frames }: Profile, faded: ReadonlySet<number>): FlameNode {
  const frame = layout.frame[box] as number;
  const node = layout.node[box] as number;
  return {
    name:
      frame === ROOT
        ? 'all'
        : frame === MERGED
          ? mergedName(layout.merged[box] as number)
          : (frames.names[frame] as string),
    value: layout.weight[box] as number,
    self: layout.self[box] as number,
    node,
    frame,
    merged: layout.merged[box] as number,
    kind: frame < 0 ? null : (frames.kinds[frame] as FrameKind),
    fade: frame !== MERGED && faded.has(node),
    children: [],
  };
}

/** The node of a path of frames, as far as the profile has it. */
export function nodeAt(profile: Profile, path: readonly number[]): number {
  let at = 0;
  if (path.length === 0) return 0;
  // One pass: a child's number is above its parent's.
  let depth = 0;
  for (let node = 1; node < profile.parent.length && depth < path.length; node++) {
    if (profile.parent[node] === at && profile.frame[node] === path[depth]) {
      at = node;
      depth++;
    }
  }
  return at;
}

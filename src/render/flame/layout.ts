/**
 * Where the boxes of a flame graph stand, in units of weight; drawing them in pixels is another's job. The layout visits
 * only what is wide enough to see, so that it costs milliseconds on a trie of a million nodes. What is too narrow stands
 * beside its siblings as one box of true width: no weight disappears.
 */
import type { Profile } from '../../datasets/profile.ts';
import { nodeTotals } from '../../datasets/profile-functions.ts';

/** The `frame` of box 0, which stands for all. */
export const ROOT = -1;
/** The `frame` of a box that stands for frames that are not drawn. */
export const MERGED = -2;

/** The boxes to draw, each column with one number per box; parents before their children, siblings from left to right. */
export interface FlameLayout {
  /** The weight of the whole, which is the width of box 0. */
  total: number;
  /** Index into the profile's frames, or `ROOT` or `MERGED`. */
  frame: number[];
  /** 0 for box 0. */
  depth: number[];
  /** The weight to the left of the box. */
  start: number[];
  weight: number[];
  /** The weight of the samples whose stack ends in the box; of merged frames all of it. */
  self: number[];
  /** The node of the profile's trie that the box draws; of merged frames the node that they stand on. */
  node: number[];
  /** How many frames are merged into the box; 0 for a frame that is drawn as itself. */
  merged: number[];
  /** How many levels are drawn, box 0's included. */
  levels: number;
  /** What is left out for being narrower than asked: how many frames, and the weight that ends in them. */
  narrow: Hidden;
  /** What is left out for lying above the last level that is drawn. */
  deep: Hidden;
}

interface Hidden {
  frames: number;
  weight: number;
}

export interface LayoutLimits {
  /** Frames of less weight are merged. */
  minWeight: number;
  /** Merged frames of less weight together are left out: nobody would see them. Default 0, which leaves out none. */
  minMerged?: number;
  /** Levels above box 0 that are drawn at most. */
  maxLevels: number;
}

interface Box {
  frame: number;
  depth: number;
  start: number;
  weight: number;
  self: number;
  node: number;
  merged: number;
}

/**
 * The flame graph: one box per node of the trie, siblings in the order of their names, what is too narrow at their end.
 * @param totals `nodeTotals` of the profile, where they are known
 */
export function layoutFlame(profile: Profile, limits: LayoutLimits, totals = nodeTotals(profile)): FlameLayout {
  const { minMerged = 0, maxLevels } = limits;
  const layout = emptyLayout(totals[0] ?? 0);
  const tree = new WideTree(profile, totals, limits.minWeight);
  const boxOf = (node: number, depth: number, start: number): Box => ({
    frame: node === 0 ? ROOT : (profile.frame[node] as number),
    depth,
    start,
    weight: totals[node] as number,
    self: profile.self[node] as number,
    node,
    merged: 0,
  });
  // Walked with a stack of our own: a profile may be deeper than the engine's.
  const pending: Box[] = [boxOf(0, 0, 0)];
  for (let box = pending.pop(); box !== undefined; box = pending.pop()) {
    push(layout, box);
    const { node, depth, start, merged } = box;
    if (merged > 0) continue;
    const isLast = depth === maxLevels;
    const children = isLast ? [] : tree.childrenOf(node);
    let next = start;
    const placed = children.map((child) => {
      const above = boxOf(child, depth + 1, next);
      next += above.weight;
      return above;
    });
    const rest = isLast ? tree.allAbove(node) : tree.narrowOn(node);
    const hidden = isLast ? layout.deep : layout.narrow;
    hidden.frames += rest.frames;
    hidden.weight += rest.weight;
    if (rest.weight > 0 && rest.weight >= minMerged)
      placed.push({ ...boxOf(node, depth + 1, next), frame: MERGED, ...mergedNumbers(rest) });
    // The leftmost is taken from the end first.
    for (let i = placed.length - 1; i >= 0; i--) pending.push(placed[i] as Box);
  }
  layout.levels = layout.depth.reduce((most, depth) => Math.max(most, depth), 0) + 1;
  return layout;
}

function mergedNumbers({ frames, weight }: Hidden): Pick<Box, 'weight' | 'self' | 'merged'> {
  return { weight, self: weight, merged: frames };
}

/** The nodes that are wide enough, as lists of children, and of the others how many stand on each and what they weigh. */
class WideTree {
  private readonly profile: Profile;
  private readonly totals: Float64Array;
  private readonly first: Int32Array;
  private readonly next: Int32Array;
  private readonly narrowFrames: Uint32Array;
  private readonly narrowWeight: Float64Array;

  constructor(profile: Profile, totals: Float64Array, minWeight: number) {
    this.profile = profile;
    this.totals = totals;
    this.first = new Int32Array(totals.length).fill(-1);
    this.next = new Int32Array(totals.length).fill(-1);
    this.narrowFrames = new Uint32Array(totals.length);
    this.narrowWeight = new Float64Array(totals.length);
    // Children come after their parents, so all that stands on a node is known when the node is looked at.
    for (let node = totals.length - 1; node > 0; node--) this.add(node, totals[node] as number, minWeight);
  }

  private add(node: number, total: number, minWeight: number): void {
    const { first, next, narrowFrames, narrowWeight, profile } = this;
    const above = profile.parent[node] as number;
    if (total > 0 && total >= minWeight) {
      next[node] = first[above] as number;
      first[above] = node;
    } else if (total > 0) {
      narrowFrames[above] = (narrowFrames[above] as number) + 1 + (narrowFrames[node] as number);
      narrowWeight[above] = (narrowWeight[above] as number) + total;
    }
  }

  /** In the order of their names. */
  childrenOf(node: number): number[] {
    const { first, next, profile } = this;
    const list: number[] = [];
    for (let child = first[node] as number; child !== -1; child = next[child] as number) list.push(child);
    if (list.length < 2) return list;
    const { frame, frames } = profile;
    const name = (child: number): string => frames.names[frame[child] as number] as string;
    const kind = (child: number): number => frames.kinds[frame[child] as number] as number;
    return list.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : kind(a) - kind(b)));
  }

  /** What stands on the node and is too narrow. */
  narrowOn(node: number): Hidden {
    return { frames: this.narrowFrames[node] as number, weight: this.narrowWeight[node] as number };
  }

  /** All that stands on the node, however wide. */
  allAbove(node: number): Hidden {
    const { first, next, narrowFrames, narrowWeight, totals } = this;
    let [frames, weight] = [narrowFrames[node] as number, narrowWeight[node] as number];
    for (let child = first[node] as number; child !== -1; child = next[child] as number)
      weight += totals[child] as number;
    const pending = [node];
    for (let at = pending.pop(); at !== undefined; at = pending.pop())
      for (let child = first[at] as number; child !== -1; child = next[child] as number) {
        frames += 1 + (narrowFrames[child] as number);
        pending.push(child);
      }
    return { frames, weight };
  }
}

function push(layout: FlameLayout, box: Box): void {
  layout.frame.push(box.frame);
  layout.depth.push(box.depth);
  layout.start.push(box.start);
  layout.weight.push(box.weight);
  layout.self.push(box.self);
  layout.node.push(box.node);
  layout.merged.push(box.merged);
}

function emptyLayout(total: number): FlameLayout {
  return {
    total,
    frame: [],
    depth: [],
    start: [],
    weight: [],
    self: [],
    node: [],
    merged: [],
    levels: 0,
    narrow: { frames: 0, weight: 0 },
    deep: { frames: 0, weight: 0 },
  };
}

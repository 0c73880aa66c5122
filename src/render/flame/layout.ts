/**
 * Where the boxes of a flame graph stand, in units of weight; drawing them in pixels is another's job. The layout visits
 * only what is wide enough to see, so that it costs milliseconds on a trie of a million nodes. What is too narrow stands
 * beside its siblings as one box of true width: no weight disappears.
 */
import type { Profile } from '../../datasets/profile.ts';
import { type ChildLists, childLists, nodeTotals } from '../../datasets/profile-functions.ts';

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
    const { wide, narrow } = isLast ? { wide: [], narrow: tree.allOn(node) } : tree.on(node);
    let next = start;
    const placed = wide.map((child) => {
      const above = boxOf(child, depth + 1, next);
      next += above.weight;
      return above;
    });
    const hidden = isLast ? layout.deep : layout.narrow;
    hidden.frames += narrow.frames;
    hidden.weight += narrow.weight;
    if (narrow.weight > 0 && narrow.weight >= minMerged)
      placed.push({ ...boxOf(node, depth + 1, next), frame: MERGED, ...mergedNumbers(narrow) });
    // The leftmost is taken from the end first.
    for (let i = placed.length - 1; i >= 0; i--) pending.push(placed[i] as Box);
  }
  layout.levels = layout.depth.reduce((most, depth) => Math.max(most, depth), 0) + 1;
  return layout;
}

function mergedNumbers({ frames, weight }: Hidden): Pick<Box, 'weight' | 'self' | 'merged'> {
  return { weight, self: weight, merged: frames };
}

/** What stands on a node: the frames that are wide enough, in the order of their names, and the others together. */
class WideTree {
  private readonly profile: Profile;
  private readonly totals: Float64Array;
  private readonly minWeight: number;
  private readonly children: ChildLists;
  private readonly frameCounts: Uint32Array;

  constructor(profile: Profile, totals: Float64Array, minWeight: number) {
    this.profile = profile;
    this.totals = totals;
    this.minWeight = minWeight;
    this.children = childLists(profile.parent);
    this.frameCounts = frameCounts(profile.parent, totals);
  }

  on(node: number): { wide: number[]; narrow: Hidden } {
    const { totals, minWeight, frameCounts } = this;
    const wide: number[] = [];
    const narrow: Hidden = { frames: 0, weight: 0 };
    for (const child of this.childrenOf(node).reverse()) {
      const total = totals[child] as number;
      if (total > 0 && total >= minWeight) wide.push(child);
      else if (total > 0) {
        narrow.frames += frameCounts[child] as number;
        narrow.weight += total;
      }
    }
    return { wide: this.byName(wide), narrow };
  }

  /** All that stands on the node, however wide. */
  allOn(node: number): Hidden {
    const { wide, narrow } = this.on(node);
    for (const child of wide) {
      narrow.frames += this.frameCounts[child] as number;
      narrow.weight += this.totals[child] as number;
    }
    return narrow;
  }

  private childrenOf(node: number): number[] {
    const { first, next } = this.children;
    const list: number[] = [];
    for (let child = first[node] as number; child !== 0; child = next[child] as number) list.push(child);
    return list;
  }

  private byName(nodes: number[]): number[] {
    if (nodes.length < 2) return nodes;
    const { frame, frames } = this.profile;
    const name = (node: number): string => frames.names[frame[node] as number] as string;
    const kind = (node: number): number => frames.kinds[frame[node] as number] as number;
    return nodes.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : kind(a) - kind(b)));
  }
}

/** How many frames that weigh something each node is with all that stands on it. */
function frameCounts(parent: Uint32Array, totals: Float64Array): Uint32Array {
  const counts = new Uint32Array(totals.length);
  for (let node = totals.length - 1; node > 0; node--) {
    if (!((totals[node] as number) > 0)) continue;
    const count = (counts[node] as number) + 1;
    const above = parent[node] as number;
    counts[node] = count;
    counts[above] = (counts[above] as number) + count;
  }
  return counts;
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

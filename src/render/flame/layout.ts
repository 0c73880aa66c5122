/**
 * Where the boxes of a flame graph stand, in units of weight; drawing them in pixels is another's job. The layout visits
 * only what is wide enough to see, so that it costs milliseconds on a trie of a million nodes.
 */
import type { Profile, Samples } from '../../datasets/profile.ts';
import { nodeTotals } from '../../datasets/profile-functions.ts';

/** The boxes to draw, each column with one number per box; parents before their children, siblings from left to right. */
export interface FlameLayout {
  /** The weight of the whole, which is the width of box 0. */
  total: number;
  /** Index into the profile's frames; -1 for box 0, which stands for all. */
  frame: number[];
  /** 0 for box 0. */
  depth: number[];
  /** The weight to the left of the box. */
  start: number[];
  weight: number[];
  /** The weight of the samples whose stack ends in the box. */
  self: number[];
  /** The node of the profile's trie that the box draws. */
  node: number[];
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
  /** Frames of less weight are left out. */
  minWeight: number;
  /** Levels above box 0 that are drawn at most. */
  maxLevels: number;
}

/**
 * The flame graph: one box per node of the trie, siblings in the order of their names.
 * @param totals `nodeTotals` of the profile, where they are known
 */
export function layoutFlame(profile: Profile, limits: LayoutLimits, totals = nodeTotals(profile)): FlameLayout {
  const layout = emptyLayout(totals[0] ?? 0);
  const children = childLists(profile, totals, limits.minWeight, layout);
  push(layout, { frame: -1, depth: 0, start: 0, weight: layout.total, self: profile.self[0] ?? 0, node: 0 });
  // Walked with a stack of our own: a profile may be deeper than the engine's.
  const pending: Place[] = [];
  placeSiblings(pending, inOrder(children, 0, profile), { depth: 1, start: 0 }, totals);
  while (pending.length > 0) {
    const { node, depth, start } = pending.pop() as Place;
    if (depth > limits.maxLevels) {
      hideAbove(layout.deep, children, node, totals);
      continue;
    }
    const weight = totals[node] as number;
    const self = profile.self[node] as number;
    push(layout, { frame: profile.frame[node] as number, depth, start, weight, self, node });
    placeSiblings(pending, inOrder(children, node, profile), { depth: depth + 1, start }, totals);
  }
  layout.levels = layout.depth.reduce((most, depth) => Math.max(most, depth), 0) + 1;
  return layout;
}

interface Place {
  node: number;
  depth: number;
  start: number;
}

/** Gives siblings their places from `start` on; the leftmost is taken from the end first. */
function placeSiblings(
  pending: Place[],
  siblings: readonly number[],
  { depth, start }: Omit<Place, 'node'>,
  totals: Float64Array,
): void {
  let next = start;
  const places = siblings.map((node) => {
    const place = { node, depth, start: next };
    next += totals[node] as number;
    return place;
  });
  for (let i = places.length - 1; i >= 0; i--) pending.push(places[i] as Place);
}

interface Children {
  first: Int32Array;
  next: Int32Array;
}

/** Lists of the children that are wide enough; counts the others. -1 ends a list. */
function childLists({ parent }: Profile, totals: Float64Array, minWeight: number, { narrow }: FlameLayout): Children {
  const first = new Int32Array(totals.length).fill(-1);
  const next = new Int32Array(totals.length).fill(-1);
  for (let node = totals.length - 1; node > 0; node--) {
    const total = totals[node] as number;
    const above = parent[node] as number;
    if (total > 0 && total >= minWeight) {
      next[node] = first[above] as number;
      first[above] = node;
    } else if (total > 0) {
      narrow.frames++;
      if (above === 0 || (totals[above] as number) >= minWeight) narrow.weight += total;
    }
  }
  return { first, next };
}

function inOrder({ first, next }: Children, node: number, { frame, frames }: Profile): number[] {
  const list: number[] = [];
  for (let child = first[node] as number; child !== -1; child = next[child] as number) list.push(child);
  if (list.length < 2) return list;
  const name = (child: number): string => frames.names[frame[child] as number] as string;
  const kind = (child: number): number => frames.kinds[frame[child] as number] as number;
  return list.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : kind(a) - kind(b)));
}

/** Counts a node that is too deep and everything above it. */
function hideAbove(hidden: Hidden, { first, next }: Children, top: number, totals: Float64Array): void {
  hidden.weight += totals[top] as number;
  const pending = [top];
  while (pending.length > 0) {
    const node = pending.pop() as number;
    hidden.frames++;
    for (let child = first[node] as number; child !== -1; child = next[child] as number) pending.push(child);
  }
}

interface Box {
  frame: number;
  depth: number;
  start: number;
  weight: number;
  self: number;
  node: number;
}

function push(layout: FlameLayout, box: Box): void {
  layout.frame.push(box.frame);
  layout.depth.push(box.depth);
  layout.start.push(box.start);
  layout.weight.push(box.weight);
  layout.self.push(box.self);
  layout.node.push(box.node);
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
    levels: 0,
    narrow: { frames: 0, weight: 0 },
    deep: { frames: 0, weight: 0 },
  };
}

/**
 * The flame chart: samples in the order of their times, and only neighbours put together, so that the x axis is when.
 *
 * @param byThread each thread's samples by themselves, the thread with most first: threads that run at once cut each other
 * into single samples
 * @returns null where the profile has no samples with times
 */
export function layoutChart(profile: Profile, limits: LayoutLimits, { byThread = false } = {}): FlameLayout | null {
  const { samples } = profile;
  const inTime = timeOrder(profile);
  if (inTime === null || samples === null) return null;
  const { stack, weight, thread } = samples;
  const order = byThread ? threadOrder(samples, inTime) : inTime;
  const chart = new OpenBoxes(profile, limits);
  let running = thread[order[0] as number];
  for (const sample of order) {
    if (byThread && thread[sample] !== running) chart.close();
    running = thread[sample];
    chart.add(stack[sample] as number, weight === null ? 1 : (weight[sample] as number));
  }
  return chart.end();
}

/** The threads whose samples have times. */
export function threadsInTime({ samples }: Profile): number {
  return new Set(samples?.thread.filter((_, i) => !Number.isNaN(samples.at[i]))).size;
}

/** The same samples, those of the heaviest thread first. */
function threadOrder({ thread, weight }: Samples, order: Uint32Array): Uint32Array {
  const weights = new Map<number, number>();
  for (const i of order) {
    const id = thread[i] as number;
    weights.set(id, (weights.get(id) ?? 0) + (weight === null ? 1 : (weight[i] as number)));
  }
  const ranked = [...weights].sort(([a, heavy], [b, light]) => light - heavy || a - b);
  const rank = new Map(ranked.map(([id], i) => [id, i]));
  const rankOf = (i: number): number => rank.get(thread[i] as number) as number;
  // The sort is stable: within a thread the order of time stays.
  return order.slice().sort((a, b) => rankOf(a) - rankOf(b));
}

/** The samples that have a time, the earliest first; null where none has. */
function timeOrder({ samples }: Profile): Uint32Array | null {
  if (samples === null) return null;
  const { at } = samples;
  const timed = new Uint32Array(at.length);
  let [count, latest, isSorted] = [0, Number.NEGATIVE_INFINITY, true];
  for (let i = 0; i < at.length; i++) {
    const time = at[i] as number;
    if (Number.isNaN(time)) continue;
    if (time < latest) isSorted = false;
    latest = time;
    timed[count++] = i;
  }
  if (count === 0) return null;
  const order = timed.subarray(0, count);
  return isSorted ? order : order.sort((a, b) => (at[a] as number) - (at[b] as number) || a - b);
}

/**
 * The stack of boxes that the last sample left open; a box closes when a sample comes that is not in it. Columns, and no
 * object for each box: most of the millions that open are too narrow to draw.
 */
class OpenBoxes {
  private readonly depthOf: Uint32Array;
  private readonly node: Uint32Array;
  private readonly start: Float64Array;
  private readonly self: Float64Array;
  private open = 0;
  private readonly boxes: Box[] = [];
  private readonly layout = emptyLayout(0);
  private readonly profile: Profile;
  private readonly limits: LayoutLimits;
  private at = 0;

  constructor(profile: Profile, limits: LayoutLimits) {
    this.profile = profile;
    this.limits = limits;
    this.depthOf = depths(profile);
    const deepest = this.depthOf.reduce((most, depth) => Math.max(most, depth), 0);
    this.node = new Uint32Array(deepest + 1);
    this.start = new Float64Array(deepest + 1);
    this.self = new Float64Array(deepest + 1);
  }

  add(leaf: number, weight: number): void {
    const { parent } = this.profile;
    const depth = this.depthOf[leaf] as number;
    let [shared, above] = [depth, leaf];
    while (shared > 0 && (shared > this.open || this.node[shared] !== above)) {
      above = parent[above] as number;
      shared--;
    }
    this.closeTo(shared);
    for (let [level, node] = [depth, leaf]; level > shared; level--) {
      this.node[level] = node;
      this.start[level] = this.at;
      this.self[level] = 0;
      node = parent[node] as number;
    }
    this.open = depth;
    this.self[depth] = (this.self[depth] as number) + weight;
    this.at += weight;
  }

  /** What comes next goes on from nothing. */
  close(): void {
    this.closeTo(0);
  }

  private closeTo(count: number): void {
    for (let depth = this.open; depth > count; depth--) {
      const [node, start] = [this.node[depth] as number, this.start[depth] as number];
      const [self, weight] = [this.self[depth] as number, this.at - start];
      if (depth > this.limits.maxLevels) this.hide(this.layout.deep, self);
      else if (weight < this.limits.minWeight) this.hide(this.layout.narrow, self);
      else this.boxes.push({ frame: this.profile.frame[node] as number, depth, start, weight, self, node });
    }
    this.open = Math.min(this.open, count);
  }

  private hide(hidden: Hidden, self: number): void {
    hidden.frames++;
    hidden.weight += self;
  }

  end(): FlameLayout {
    this.closeTo(0);
    this.layout.total = this.at;
    push(this.layout, { frame: -1, depth: 0, start: 0, weight: this.at, self: 0, node: 0 });
    this.boxes.sort((a, b) => a.start - b.start || a.depth - b.depth);
    for (const box of this.boxes) push(this.layout, box);
    this.layout.levels = this.layout.depth.reduce((most, depth) => Math.max(most, depth), 0) + 1;
    return this.layout;
  }
}

/** How deep each node is; the empty stack is 0 deep. */
function depths({ parent }: Profile): Uint32Array {
  const depth = new Uint32Array(parent.length);
  for (let node = 1; node < depth.length; node++) depth[node] = (depth[parent[node] as number] as number) + 1;
  return depth;
}

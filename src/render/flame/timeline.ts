/**
 * Stacks at their times: a lane for each thread or CPU, x is when, and where nothing was sampled there is a gap. A sample
 * stands for the time until the next could have come; where waits were measured, for as long as it waited.
 */
import { secondsPer } from '../../datasets/amounts.ts';
import { hasTime } from '../../datasets/columns.ts';
import type { Range } from '../../datasets/narrow.ts';
import { once } from '../../datasets/once.ts';
import { FrameKind, type Profile, type Samples } from '../../datasets/profile.ts';
import { isOfWaits, type Stacks } from '../../datasets/shapes.ts';
import { MERGED } from './layout.ts';

export type LaneKind = 'thread' | 'cpu';

export interface TimelineLimits extends Range {
  lanes: LaneKind;
  /** Boxes that take less time are merged with those beside them. */
  minTime: number;
  /** More boxes than this, and boxes are merged that take longer. */
  maxBoxes: number;
  /** Lanes drawn at most. */
  maxLanes: number;
  /** Levels drawn of a lane. */
  maxLevels: number;
}

export interface TimeLane {
  /** Of the thread in the profile, or the CPU's number. */
  id: number;
  /** How many samples of the range are its. */
  samples: number;
  levels: number;
}

/** Boxes by lane, in the order that they end; each column with one number per box. */
export interface Timeline extends Range {
  lanes: TimeLane[];
  lane: number[];
  /** Index into the profile's frames, or `MERGED`. */
  frame: number[];
  /** The node of the profile's trie; of merged boxes that of the first. */
  node: number[];
  /** 0 for the lowest of a lane. */
  depth: number[];
  start: number[];
  end: number[];
  /** How many boxes are merged in it; 0 for one that is drawn as itself. */
  merged: number[];
  /** Lanes that are not drawn, and their samples. */
  hidden: { lanes: number; samples: number };
  /** The time that boxes must take to be drawn by themselves. */
  minTime: number;
}

/** When each sample began and ended, on the profile's clock; NaN where it has no time. */
interface Spans {
  from: Float64Array;
  to: Float64Array;
  /** About how long a sample stands for: a longer silence is a gap. */
  period: number;
}

/** Most of a lane's samples come at times of their own: sums of an interval, all stamped alike, have no place in time. */
const OWN_TIMES = 0.9;
/** A silence of more than this many periods is a gap. */
const GAP = 1.5;
/** Silences that the period is the median of: so many tell it of a million, too. */
const GAPS_LOOKED_AT = 50_000;
/** By how much the time that a box must take grows, until there are few enough. */
const COARSER = Math.SQRT2;

/** Whether the profile can be laid out in time. */
export function hasTimeline({ profile: { samples } }: Stacks): boolean {
  if (samples === null) return false;
  const { at, thread, cpu } = samples;
  const places = new Set<string>();
  let timed = 0;
  for (let i = 0; i < at.length; i++) {
    if (Number.isNaN(at[i])) continue;
    timed++;
    // Some thousands tell.
    if (timed > 5000) break;
    places.add(`${at[i]} ${thread[i]} ${cpu[i]}`);
  }
  return timed > 0 && places.size >= OWN_TIMES * Math.min(timed, 5000);
}

/** @returns null where no sample has a time */
export function layoutTimeline(stacks: Stacks, limits: TimelineLimits): Timeline | null {
  const { profile } = stacks;
  const { samples } = profile;
  if (samples === null || !hasTime(samples.at)) return null;
  const spans = spansOf(stacks);
  const lanes = lanesIn(samples, spans, limits);
  const timeline = laidOut(profile, samples, spans, lanes.slice(0, limits.maxLanes), limits);
  const hidden = lanes.slice(limits.maxLanes);
  timeline.hidden = { lanes: hidden.length, samples: hidden.reduce((sum, { order }) => sum + order.length, 0) };
  timeline.merged = timeline.merged.map((count, box) => (timeline.frame[box] === MERGED ? count : 0));
  return timeline;
}

/** What happened in one place, a thread or a CPU. */
interface Lane {
  id: number;
  /** Its samples. */
  order: number[];
}

/** The lanes of the range, threads with most samples first, CPUs by their number. */
function lanesIn(samples: Samples, spans: Spans, { lanes, from, to }: TimelineLimits): Lane[] {
  const key = lanes === 'cpu' ? samples.cpu : samples.thread;
  const { from: begin, to: end } = spans;
  const found = byPlace(key, (i) => (begin[i] as number) < to && (end[i] as number) > from);
  return lanes === 'cpu' ? found : found.sort((a, b) => b.order.length - a.order.length || a.id - b.id);
}

/** The samples of each place as they were read, places by their numbers. */
function byPlace(place: Uint32Array | Int16Array, isIn: (sample: number) => boolean): Lane[] {
  const found = new Map<number, number[]>();
  let [last, order]: [id: number, order: number[]] = [Number.NaN, []];
  for (let i = 0; i < place.length; i++) {
    if (!isIn(i)) continue;
    const id = place[i] as number;
    if (id !== last) {
      order = found.get(id) ?? [];
      if (order.length === 0) found.set(id, order);
      last = id;
    }
    order.push(i);
  }
  return Array.from(found, ([id, each]) => ({ id, order: each })).sort((a, b) => a.id - b.id);
}

/** Most profilers print in the order of time: those need no sorting. */
function sortByTime(order: number[], at: Float64Array): void {
  for (let k = 1; k < order.length; k++)
    if ((at[order[k - 1] as number] as number) > (at[order[k] as number] as number)) {
      order.sort((a, b) => (at[a] as number) - (at[b] as number) || a - b);
      return;
    }
}

/** As long as the stacks are kept: they do not change. */
const spansOf = once(({ kind, unit, profile }: Stacks): Spans => {
  const { at, weight } = profile.samples as Samples;
  const seconds = isOfWaits(kind) ? secondsPer(unit) : null;
  if (seconds !== null && weight !== null) {
    const to = at.map((time, i) => time + seconds * (weight[i] as number));
    return { from: at, to, period: 0 };
  }
  return { from: at, ...untilNext(profile.samples as Samples) };
});

/** A sample stands until the next on the same CPU (of the same thread where CPUs are not told), or for the usual time between. */
function untilNext({ at, cpu, thread }: Samples): Pick<Spans, 'to' | 'period'> {
  const hasCpus = cpu.some((each) => each >= 0);
  const lanes = byPlace(hasCpus ? cpu : thread, (i) => !Number.isNaN(at[i]));
  for (const { order } of lanes) sortByTime(order, at);
  const period = usualGap(lanes, at);
  const to = at.map((time) => time + period);
  for (const { order } of lanes)
    for (let k = 0; k + 1 < order.length; k++) {
      const [here, next] = [order[k] as number, at[order[k + 1] as number] as number];
      if (next > (at[here] as number) && next < (to[here] as number)) to[here] = next;
    }
  return { to, period };
}

/** The median of the times between samples of a place; 0 where no two follow each other. */
function usualGap(lanes: readonly Lane[], at: Float64Array): number {
  const count = lanes.reduce((sum, { order }) => sum + order.length, 0);
  const step = Math.ceil(count / GAPS_LOOKED_AT);
  const gaps: number[] = [];
  // Counted on from lane to lane: short ones tell, too.
  let k = 1;
  for (const { order } of lanes) {
    for (; k < order.length; k += step) {
      const gap = (at[order[k] as number] as number) - (at[order[k - 1] as number] as number);
      if (gap > 0) gaps.push(gap);
    }
    k = Math.max(1, k - order.length);
  }
  return Float64Array.from(gaps).sort()[gaps.length >> 1] ?? 0;
}

/** Lane by lane; where boxes are too many, thin ones are merged before the next lane is laid out. */
function laidOut(
  profile: Profile,
  samples: Samples,
  spans: Spans,
  lanes: readonly Lane[],
  limits: TimelineLimits,
): Timeline {
  const levels = levelsOf(profile, limits.lanes);
  const tolerance = (GAP - 1) * spans.period;
  let timeline = emptyTimeline(limits, limits.minTime);
  for (const { id, order } of lanes) {
    sortByTime(order, spans.from);
    const boxes = new OpenBoxes(profile, levels, limits.maxLevels, new Boxes(timeline));
    const first = timeline.frame.length;
    for (const i of order) {
      const from = Math.max(limits.from, spans.from[i] as number);
      const to = Math.min(limits.to, spans.to[i] as number);
      boxes.add(samples.stack[i] as number, from, to, tolerance);
    }
    boxes.end();
    timeline.lanes.push({ id, samples: order.length, levels: lowered(timeline, first) });
    while (timeline.frame.length > limits.maxBoxes) timeline = coarser(timeline);
  }
  return timeline;
}

function emptyTimeline({ from, to }: Range, minTime: number): Timeline {
  const hidden = { lanes: 0, samples: 0 };
  const columns = { lane: [], frame: [], node: [], depth: [], start: [], end: [], merged: [] };
  return { from, to, lanes: [], ...columns, hidden, minTime };
}

/** The same boxes, those merged that are thinner than the ones merged so far. */
function coarser(fine: Timeline): Timeline {
  const { lane, frame, node, depth, start, end, merged } = fine;
  const coarse = emptyTimeline(fine, Math.max(fine.minTime * COARSER, (fine.to - fine.from) / 1e6));
  let box = 0;
  for (const each of fine.lanes) {
    const boxes = new Boxes(coarse);
    for (; box < frame.length && lane[box] === coarse.lanes.length; box++)
      boxes.close(
        depth[box] as number,
        frame[box] as number,
        node[box] as number,
        start[box] as number,
        end[box] as number,
        merged[box] as number,
      );
    boxes.flushAll();
    coarse.lanes.push(each);
  }
  return coarse;
}

/** Levels of a lane that are drawn whatever they hold. */
const LEAST_LEVELS = 8;
/** What may stand above the last level that is drawn, as a part of the lane's time. */
const DEEP_SHARE = 0.05;

/**
 * Cuts a lane where hardly anything is as deep: one deep stack would make it as high as a page. What is cut stands hatched
 * in the last row, as wide as it is.
 * @param first the lane's first box
 * @returns how many levels the lane has
 */
function lowered(timeline: Timeline, first: number): number {
  const { depth, start, end, frame, merged } = timeline;
  const times: number[] = [];
  for (let box = first; box < depth.length; box++) {
    const level = depth[box] as number;
    times[level] = (times[level] ?? 0) + (end[box] as number) - (start[box] as number);
  }
  const last = times.findIndex((time, level) => level >= LEAST_LEVELS && time < DEEP_SHARE * (times[0] ?? 0));
  if (last < 0 || last === times.length - 1) return Math.max(1, times.length);
  let kept = first;
  for (let box = first; box < depth.length; box++) {
    const level = depth[box] as number;
    if (level > last) continue;
    if (level === last) {
      frame[box] = MERGED;
      merged[box] = Math.max(1, merged[box] as number);
    }
    for (const column of [timeline.lane, depth, start, end, frame, merged, timeline.node])
      column[kept] = column[box] as number;
    kept++;
  }
  for (const column of [timeline.lane, depth, start, end, frame, merged, timeline.node]) column.length = kept;
  return last + 1;
}

/** At which level of its lane each node stands, from 1: the lane of a thread has the process for its name. */
function levelsOf({ parent, frame, frames }: Profile, lanes: LaneKind): Uint32Array {
  const levels = new Uint32Array(parent.length);
  for (let node = 1; node < levels.length; node++) {
    const below = parent[node] as number;
    const isNamed =
      lanes === 'thread' &&
      below !== 0 &&
      parent[below] === 0 &&
      frames.kinds[frame[below] as number] === FrameKind.process;
    levels[node] = isNamed ? 1 : (levels[below] as number) + 1;
  }
  return levels;
}

/** A box, or several thin ones beside one another at one depth: then its frame is `MERGED` unless it is that of all. */
interface Box {
  frame: number;
  node: number;
  start: number;
  end: number;
  count: number;
}

/** The boxes of a lane that is being laid out. What is thin is kept back, and merged with what follows. */
class Boxes {
  private readonly out: Timeline;
  private readonly lane: number;
  private readonly thin: (Box | undefined)[] = [];

  constructor(out: Timeline) {
    this.out = out;
    this.lane = out.lanes.length;
  }

  /** Those of a depth come in the order of time. There are millions of them: none becomes an object that is merged into another. */
  close(depth: number, frame: number, node: number, start: number, end: number, count: number): void {
    const { minTime } = this.out;
    const open = this.thin[depth];
    if (end - start < minTime && open !== undefined && start - open.end < minTime) {
      if (frame !== open.frame) open.frame = MERGED;
      open.end = end;
      open.count += count;
      return;
    }
    this.flush(depth);
    const box = { frame, node, start, end, count };
    if (end - start < minTime) this.thin[depth] = box;
    else this.push(depth, box);
  }

  flushAll(): void {
    for (let depth = 0; depth < this.thin.length; depth++) this.flush(depth);
  }

  /** What is merged ends where a box stands by itself. A single box is itself, however thin, and so are those of one function. */
  private flush(depth: number): void {
    const open = this.thin[depth];
    this.thin[depth] = undefined;
    if (open !== undefined) this.push(depth, open);
  }

  private push(depth: number, { frame, node, start, end, count }: Box): void {
    const { out } = this;
    out.lane.push(this.lane);
    out.frame.push(frame);
    out.node.push(node);
    out.depth.push(depth);
    out.start.push(start);
    out.end.push(end);
    out.merged.push(count);
  }
}

/** The stack that the last sample of a lane left open; a box closes when a sample comes that is not in it, or after a gap. */
class OpenBoxes {
  private readonly profile: Profile;
  private readonly levels: Uint32Array;
  private readonly maxLevels: number;
  private readonly boxes: Boxes;
  /** The open boxes, from the lowest up: their nodes and when they began. */
  private readonly nodes: number[] = [];
  private readonly starts: number[] = [];
  private now = Number.NEGATIVE_INFINITY;

  constructor(profile: Profile, levels: Uint32Array, maxLevels: number, boxes: Boxes) {
    this.profile = profile;
    this.levels = levels;
    this.maxLevels = maxLevels;
    this.boxes = boxes;
  }

  /** @param tolerance the longest silence after the last sample that is no gap */
  add(leaf: number, from: number, to: number, tolerance: number): void {
    const { nodes, starts } = this;
    const { parent } = this.profile;
    let top = leaf;
    while ((this.levels[top] as number) > this.maxLevels) top = parent[top] as number;
    const height = this.levels[top] as number;
    const isGap = from - this.now > tolerance;
    let shared = height;
    if (isGap) shared = 0;
    else for (let node = top; shared > 0 && nodes[shared - 1] !== node; node = parent[node] as number) shared--;
    this.closeTo(shared, isGap ? this.now : from);
    for (let depth = height - 1, node = top; depth >= shared; depth--, node = parent[node] as number) {
      nodes[depth] = node;
      starts[depth] = from;
    }
    this.now = Math.max(this.now, to);
  }

  end(): void {
    this.closeTo(0, this.now);
    this.boxes.flushAll();
  }

  private closeTo(count: number, end: number): void {
    for (let depth = this.nodes.length - 1; depth >= count; depth--) {
      const node = this.nodes.pop() as number;
      const start = this.starts.pop() as number;
      this.boxes.close(depth, this.profile.frame[node] as number, node, start, end, 1);
    }
  }
}

/** From where the first sample begins to where the last ends; null where none has a time. */
export function spanOfSamples(stacks: Stacks): Range | null {
  if (stacks.profile.samples === null) return null;
  const spans = spansOf(stacks);
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const at of spans.from) if (at < from) from = at;
  for (const at of spans.to) if (at > to) to = at;
  // A single sample stands for no time that is known.
  return from < to ? { from, to } : from === to ? { from, to: from + 1 } : null;
}

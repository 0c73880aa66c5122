/**
 * Stacks at their times: a lane for each thread or CPU, x is when, and where nothing was sampled there is a gap. A sample
 * stands for the time until the next could have come; where waits were measured, for as long as it waited.
 */
import { secondsPer } from '../../datasets/amounts.ts';
import type { Range } from '../../datasets/narrow.ts';
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
  if (samples === null) return null;
  const spans = spansOf(stacks, samples);
  const lanes = lanesIn(samples, spans, limits);
  if (lanes === null) return null;
  const shown = lanes.slice(0, limits.maxLanes);
  const hidden = lanes.slice(limits.maxLanes);
  let { minTime } = limits;
  for (;;) {
    const timeline = draft(profile, samples, spans, shown, { ...limits, minTime });
    if (timeline.frame.length <= limits.maxBoxes) {
      timeline.hidden = {
        lanes: hidden.length,
        samples: hidden.reduce((sum, { order }) => sum + order.length, 0),
      };
      return timeline;
    }
    minTime = Math.max(minTime * 2, (limits.to - limits.from) / 1e6);
  }
}

interface LaneSamples {
  id: number;
  /** The lane's samples, the earliest first. */
  order: number[];
}

/** The lanes of the range, threads with most samples first, CPUs by their number; null where no sample has a time at all. */
function lanesIn(samples: Samples, spans: Spans, { lanes, from, to }: TimelineLimits): LaneSamples[] | null {
  const key = lanes === 'cpu' ? samples.cpu : samples.thread;
  const found = new Map<number, LaneSamples>();
  let anyTime = false;
  for (let i = 0; i < key.length; i++) {
    const begin = spans.from[i] as number;
    if (Number.isNaN(begin)) continue;
    anyTime = true;
    if (begin >= to || (spans.to[i] as number) <= from) continue;
    const id = key[i] as number;
    const lane = found.get(id) ?? { id, order: [] };
    lane.order.push(i);
    found.set(id, lane);
  }
  if (!anyTime) return null;
  for (const { order } of found.values()) sortByTime(order, spans.from);
  const byWeight = (a: LaneSamples, b: LaneSamples): number => b.order.length - a.order.length || a.id - b.id;
  return [...found.values()].sort(lanes === 'cpu' ? (a, b) => a.id - b.id : byWeight);
}

/** Most profilers print in the order of time: those need no sorting. */
function sortByTime(order: number[], from: Float64Array): void {
  const isSorted = order.every((i, k) => k === 0 || (from[order[k - 1] as number] as number) <= (from[i] as number));
  if (!isSorted) order.sort((a, b) => (from[a] as number) - (from[b] as number) || a - b);
}

function spansOf({ kind, unit }: Stacks, samples: Samples): Spans {
  const { at, weight } = samples;
  const seconds = isOfWaits(kind) ? secondsPer(unit) : null;
  if (seconds !== null && weight !== null) {
    const to = at.map((time, i) => time + seconds * (weight[i] as number));
    return { from: at, to, period: 0 };
  }
  const { next, period } = nextInPlace(samples);
  const to = at.map((time, i) => Math.min(time + period, next[i] as number));
  return { from: at, to, period };
}

/** When the next sample came on the same CPU (of the same thread where CPUs are not told), and the usual time between. */
function nextInPlace({ at, cpu, thread }: Samples): { next: Float64Array; period: number } {
  const hasCpus = cpu.some((each) => each >= 0);
  const place = hasCpus ? cpu : thread;
  const order = Array.from(at.keys()).filter((i) => !Number.isNaN(at[i]));
  sortByTime(order, at);
  const next = new Float64Array(at.length).fill(Number.POSITIVE_INFINITY);
  const last = new Map<number, number>();
  const gaps: number[] = [];
  for (const i of order) {
    const before = last.get(place[i] as number);
    if (before !== undefined) {
      const gap = (at[i] as number) - (at[before] as number);
      if (gap > 0) {
        next[before] = at[i] as number;
        gaps.push(gap);
      }
    }
    last.set(place[i] as number, i);
  }
  const sorted = Float64Array.from(gaps).sort();
  return { next, period: sorted[sorted.length >> 1] ?? 0 };
}

function draft(
  profile: Profile,
  samples: Samples,
  spans: Spans,
  lanes: readonly LaneSamples[],
  limits: TimelineLimits,
): Timeline {
  const timeline: Timeline = {
    from: limits.from,
    to: limits.to,
    lanes: [],
    lane: [],
    frame: [],
    node: [],
    depth: [],
    start: [],
    end: [],
    merged: [],
    hidden: { lanes: 0, samples: 0 },
    minTime: limits.minTime,
  };
  for (const { id, order } of lanes) {
    const first = timeline.frame.length;
    const boxes = new OpenBoxes(profile, timeline, limits);
    for (const i of order) {
      const from = Math.max(limits.from, spans.from[i] as number);
      const to = Math.min(limits.to, spans.to[i] as number);
      boxes.add(samples.stack[i] as number, from, to, GAP * spans.period - spans.period);
    }
    boxes.end();
    timeline.lanes.push({ id, samples: order.length, levels: lowered(timeline, first) });
    if (timeline.frame.length > limits.maxBoxes) break;
  }
  return timeline;
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

/** Thin boxes beside one another at one depth, as one. */
interface Thin {
  /** `MERGED` once they are of more than one. */
  frame: number;
  node: number;
  start: number;
  end: number;
  count: number;
}

/** The stack that the last sample of a lane left open; a box closes when a sample comes that is not in it, or after a gap. */
class OpenBoxes {
  private readonly profile: Profile;
  private readonly out: Timeline;
  private readonly limits: TimelineLimits;
  private readonly lane: number;
  /** The open boxes, from the lowest up: their nodes and when they began. */
  private readonly nodes: number[] = [];
  private readonly starts: number[] = [];
  private readonly thin: (Thin | undefined)[] = [];
  private readonly path: number[] = [];
  private now = Number.NEGATIVE_INFINITY;

  constructor(profile: Profile, out: Timeline, limits: TimelineLimits) {
    this.profile = profile;
    this.out = out;
    this.limits = limits;
    this.lane = out.lanes.length;
  }

  /** @param tolerance the longest silence after the last sample that is no gap */
  add(leaf: number, from: number, to: number, tolerance: number): void {
    const isGap = from - this.now > tolerance;
    const path = this.pathTo(leaf);
    let shared = 0;
    if (!isGap) while (shared < path.length && this.nodes[shared] === path[shared]) shared++;
    this.closeTo(shared, isGap ? this.now : from);
    for (let depth = shared; depth < path.length; depth++) {
      this.nodes.push(path[depth] as number);
      this.starts.push(from);
    }
    this.now = Math.max(this.now, to);
  }

  end(): void {
    this.closeTo(0, this.now);
    for (let depth = 0; depth < this.thin.length; depth++) this.flush(depth);
  }

  /** The nodes from the lowest frame up to a leaf, as far as there are levels. */
  private pathTo(leaf: number): number[] {
    const { path } = this;
    path.length = 0;
    for (let node = leaf; node !== 0; node = this.profile.parent[node] as number) path.push(node);
    path.reverse();
    // The lane of a thread has the process for its name.
    if (this.limits.lanes === 'thread' && path.length > 1 && this.isProcess(path[0] as number)) path.shift();
    if (path.length > this.limits.maxLevels) path.length = this.limits.maxLevels;
    return path;
  }

  private isProcess(node: number): boolean {
    const { frame, frames } = this.profile;
    return frames.kinds[frame[node] as number] === FrameKind.process;
  }

  private closeTo(count: number, at: number): void {
    for (let depth = this.nodes.length - 1; depth >= count; depth--) {
      const node = this.nodes.pop() as number;
      this.close(depth, node, this.starts.pop() as number, at);
    }
  }

  private close(depth: number, node: number, start: number, end: number): void {
    if (end - start < this.limits.minTime) {
      this.mergeThin(depth, node, start, end);
      return;
    }
    this.flush(depth);
    this.push(depth, this.profile.frame[node] as number, node, start, end, 0);
  }

  private mergeThin(depth: number, node: number, start: number, end: number): void {
    const open = this.thin[depth];
    if (open !== undefined && start - open.end < this.limits.minTime) {
      if (this.profile.frame[node] !== open.frame) open.frame = MERGED;
      open.end = end;
      open.count++;
      return;
    }
    this.flush(depth);
    this.thin[depth] = { frame: this.profile.frame[node] as number, node, start, end, count: 1 };
  }

  /** What is merged ends where a box stands by itself. A single box is itself, however thin, and so are those of one function. */
  private flush(depth: number): void {
    const open = this.thin[depth];
    if (open === undefined) return;
    this.thin[depth] = undefined;
    const { frame, node, start, end, count } = open;
    this.push(depth, frame, node, start, end, frame === MERGED ? count : 0);
  }

  private push(depth: number, frame: number, node: number, start: number, end: number, merged: number): void {
    const { out } = this;
    out.lane.push(this.lane);
    out.frame.push(frame);
    out.node.push(node);
    out.depth.push(depth);
    out.start.push(start);
    out.end.push(end);
    out.merged.push(merged);
  }
}

/** From where the first sample begins to where the last ends; null where none has a time. */
export function spanOfSamples(stacks: Stacks): Range | null {
  const { samples } = stacks.profile;
  if (samples === null) return null;
  const spans = spansOf(stacks, samples);
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const at of spans.from) if (at < from) from = at;
  for (const at of spans.to) if (at > to) to = at;
  // A single sample stands for no time that is known.
  return from < to ? { from, to } : from === to ? { from, to: from + 1 } : null;
}

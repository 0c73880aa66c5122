/** What a flame graph shows of its profile: the range, threads and CPU that are chosen, and the stacks rearranged. */
import { totalWeight } from '../../datasets/fold.ts';
import type { Range } from '../../datasets/narrow.ts';
import type { Profile, Samples, Thread } from '../../datasets/profile.ts';
import { functionWeights, nodeTotals, walk } from '../../datasets/profile-functions.ts';
import {
  keptSamples,
  mergeRecursion,
  reversalOf,
  reversed,
  skipAfter,
  turned,
  withoutIdle,
} from '../../datasets/profile-map.ts';
import { rootedByThread } from '../../datasets/profile-roots.ts';
import { type Selection, select } from '../../datasets/profile-select.ts';
import { once } from '../once.ts';
import type { FlameView } from './view.ts';

export interface Viewed {
  /** As it is drawn. */
  profile: Profile;
  /** The same stacks from the root, whichever way they are drawn: what is self, and who calls whom, is read here. */
  forward: Profile;
  /** The weight before anything was left out by choice: what shares are of. */
  whole: number;
  /** What a choice hides: `idle CPUs`, and its weight. */
  hidden: { what: string; weight: number }[];
}

/** The profile as the view asks for it. Samples are kept for the order of time alone. */
export function viewed(profile: Profile, view: FlameView, range: Range | null): Viewed {
  const selection = selectionOf(view, range);
  const eachSample = view.order === 'time' || view.rooting !== 'process';
  const chosen = eachSample ? select(profile, selection) : selectWeights(profile, selection);
  const steps = stepsOf(view);
  const hidden: Viewed['hidden'] = [];
  let shown = chosen;
  for (const { what, apply } of steps) {
    const next = apply(shown);
    const weight = totalWeight(shown) - totalWeight(next);
    if (what !== null) hidden.push({ what, weight });
    shown = next;
  }
  const drawn = view.order === 'callers' ? callersUp(shown, profile) : shown;
  return { profile: drawn, forward: shown, whole: totalWeight(chosen), hidden };
}

/** How the stacks of a whole profile turn is kept: no range of it has others. */
const reversalOfWhole = once(reversalOf);

/** Leaf first. */
function callersUp(shown: Profile, whole: Profile): Profile {
  return shown.parent === whole.parent ? turned(shown, reversalOfWhole(whole)) : reversed(shown);
}

function selectionOf({ thread, cpu }: FlameView, range: Range | null): Selection {
  const [kind = '', ...rest] = thread.split(':');
  const value = rest.join(':');
  return {
    ...(range === null ? {} : { from: range.from, to: range.to }),
    ...(kind === 'comm' ? { comms: [value] } : {}),
    ...(kind === 'pid' ? { pids: [Number(value)] } : {}),
    ...(kind === 'tid' ? { tids: [Number(value)] } : {}),
    ...(cpu === null ? {} : { cpus: [cpu] }),
  };
}

interface Step {
  /** What it leaves out; null where it only rearranges. */
  what: string | null;
  apply: (profile: Profile) => Profile;
}

function stepsOf(view: FlameView): Step[] {
  const steps: Step[] = [];
  if (view.rooting === 'thread') steps.push({ what: null, apply: (profile) => rootedByThread(profile, threadName) });
  if (view.rooting === 'cpu') steps.push({ what: null, apply: rootedByCpu });
  if (view.busyOnly) steps.push({ what: 'idle CPUs', apply: withoutIdle });
  if (view.hidden.length > 0)
    steps.push({ what: 'hidden functions', apply: (profile) => keepStacks(profile, view.hidden, false) });
  const { focus } = view;
  if (focus !== null) steps.push({ what: 'other stacks', apply: (profile) => focusOn(profile, focus) });
  if (view.mergeRecursion) steps.push({ what: null, apply: mergeRecursion });
  return steps;
}

function threadName({ comm, pid, tid }: Thread): string {
  return tid === null || tid === pid ? `${comm} ${pid ?? ''}`.trim() : `${comm} ${pid ?? '?'}/${tid}`;
}

/** Each stack under its CPU, in the place of its process. */
function rootedByCpu(profile: Profile): Profile {
  const { samples } = profile;
  if (samples === null) return profile;
  const cpus = [...new Set(samples.cpu)].sort((a, b) => a - b);
  const rank = new Map(cpus.map((cpu, i) => [cpu, i]));
  const threads = cpus.map((cpu): Thread => ({ comm: cpu < 0 ? 'CPU not known' : `CPU ${cpu}`, pid: null, tid: null }));
  const thread = new Uint32Array(samples.cpu.length);
  for (let i = 0; i < thread.length; i++) thread[i] = rank.get(samples.cpu[i] as number) as number;
  return rootedByThread({ ...profile, threads, samples: { ...samples, thread } }, ({ comm }) => comm);
}

/**
 * What `select` says of the weights, without copying the samples it keeps: a range is dragged over a million of them.
 */
function selectWeights(profile: Profile, selection: Selection): Profile {
  const { samples, threads } = profile;
  const { from, to, comms, pids, tids, cpus } = selection;
  const timed = from !== undefined && to !== undefined;
  if (!timed && comms === undefined && pids === undefined && tids === undefined && cpus === undefined)
    return { ...profile, samples: null };
  const self = new Float64Array(profile.parent.length);
  if (samples === null) return { ...profile, self, sampleCount: 0, samples: null };
  const { at, cpu, thread, stack, weight } = samples;
  const wanted = Uint8Array.from(threads, ({ comm, pid, tid }) =>
    (comms === undefined || comms.includes(comm)) &&
    (pids === undefined || (pid !== null && pids.includes(pid))) &&
    (tids === undefined || (tid !== null && tids.includes(tid)))
      ? 1
      : 0,
  );
  const cpuWanted = cpus?.[0] ?? null;
  let sampleCount = 0;
  for (const [first, end] of timed ? blocksIn(samples, from, to) : [[0, at.length] as const])
    for (let i = first; i < end; i++) {
      if (timed && !((at[i] as number) >= from && (at[i] as number) < to)) continue;
      if (cpuWanted !== null && cpu[i] !== cpuWanted) continue;
      if (wanted[thread[i] as number] !== 1) continue;
      const node = stack[i] as number;
      self[node] = (self[node] as number) + (weight === null ? 1 : (weight[i] as number));
      sampleCount++;
    }
  return { ...profile, self, sampleCount, samples: null };
}

/** Samples in a row, of which the earliest and the latest are known. */
const BLOCK = 4096;

/** From and to which sample there may be some of a range: perf prints them nearly in the order of their times. */
function blocksIn(samples: Samples, from: number, to: number): [first: number, end: number][] {
  const { earliest, latest } = timesOfBlocks(samples);
  const blocks: [number, number][] = [];
  for (let block = 0; block < earliest.length; block++)
    if ((latest[block] as number) >= from && (earliest[block] as number) < to)
      blocks.push([block * BLOCK, Math.min((block + 1) * BLOCK, samples.at.length)]);
  return blocks;
}

const timesOfBlocks = once(({ at }: Samples) => {
  const count = Math.ceil(at.length / BLOCK);
  const earliest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const latest = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  // A sample without a time is NaN, which is neither earlier nor later.
  at.forEach((time, i) => {
    const block = Math.floor(i / BLOCK);
    if (time < (earliest[block] as number)) earliest[block] = time;
    if (time > (latest[block] as number)) latest[block] = time;
  });
  return { earliest, latest };
});

/** Only stacks that hold one of the frames, or only those that hold none. */
function keepStacks(profile: Profile, frames: readonly number[], holding: boolean): Profile {
  const wanted = new Set(frames);
  const holds = new Uint8Array(profile.parent.length);
  for (let node = 1; node < holds.length; node++)
    holds[node] = holds[profile.parent[node] as number] === 1 || wanted.has(profile.frame[node] as number) ? 1 : 0;
  const self = profile.self.map((weight, node) => ((holds[node] === 1) === holding ? weight : 0));
  if (profile.samples === null) return { ...profile, self };
  const samples = keptSamples(profile.samples, (i, { stack }) => (holds[stack[i] as number] === 1) === holding);
  return { ...profile, self, sampleCount: samples.at.length, samples };
}

function focusOn(profile: Profile, frame: number): Profile {
  const name = profile.frames.names[frame];
  return name === undefined ? profile : skipAfter(keepStacks(profile, [frame], true), [name]);
}

/** A search of the functions: which frames match, or why it cannot be done. */
export interface Search {
  /** 1 for each frame that matches; null where nothing is searched for. */
  matches: Uint8Array | null;
  error: string | null;
}

export function searchFrames(
  { frames }: Profile,
  { search, matchCase }: Pick<FlameView, 'search' | 'matchCase'>,
): Search {
  if (search === '') return { matches: null, error: null };
  let pattern: RegExp;
  try {
    pattern = new RegExp(search, matchCase ? 'u' : 'iu');
  } catch {
    return { matches: null, error: 'not a regular expression' };
  }
  return { matches: Uint8Array.from(frames.names, (name) => (pattern.test(name) ? 1 : 0)), error: null };
}

/** The weight of the samples below a node that have a matching frame anywhere in their stack, each counted once. */
export function matchedWeight({ parent, frame, self }: Profile, matches: Uint8Array, below: number): number {
  const isInside = new Uint8Array(parent.length);
  const isMatched = new Uint8Array(parent.length);
  isInside[below] = 1;
  let sum = 0;
  for (let node = 1; node < parent.length; node++) {
    const above = parent[node] as number;
    if (node > below) isInside[node] = isInside[above] as number;
    isMatched[node] = (isMatched[above] as number) | (matches[frame[node] as number] as number);
    if (((isInside[node] as number) & (isMatched[node] as number)) === 1) sum += self[node] as number;
  }
  return sum;
}

export interface FunctionRow {
  frame: number;
  name: string;
  module: string;
  self: number;
  total: number;
}

/** Every function that has weight, the largest self first. */
export function functionRows(profile: Profile): FunctionRow[] {
  const { self, total } = functionWeights(profile);
  const { names, modules } = profile.frames;
  const rows: FunctionRow[] = [];
  names.forEach((name, frame) => {
    if ((total[frame] as number) === 0) return;
    rows.push({
      frame,
      name,
      module: modules[frame] as string,
      self: self[frame] as number,
      total: total[frame] as number,
    });
  });
  return rows.sort((a, b) => b.self - a.self || b.total - a.total || a.frame - b.frame);
}

/** Functions by their self weight, the heaviest first; those that only call others are left out. */
export function selfWeights(profile: Profile): [name: string, weight: number][] {
  const rows = functionRows(profile).filter(({ self }) => self > 0);
  return rows.map(({ name, self }) => [name, self]);
}

/**
 * Who called a function, and what it called, by the weight of the samples that have the call on their stack, however
 * often: a function that calls itself is one caller, counted once per sample.
 */
export function neighbours(profile: Profile, wanted: number): { callers: FunctionRow[]; callees: FunctionRow[] } {
  const totals = nodeTotals(profile);
  const [callers, callees] = [new Tally(), new Tally()];
  const each = (node: number, visit: (tally: Tally, other: number) => void): void => {
    const above = profile.parent[node] as number;
    if (above === 0) return;
    const [callee, caller] = [profile.frame[node] as number, profile.frame[above] as number];
    if (callee === wanted) visit(callers, caller);
    if (caller === wanted) visit(callees, callee);
  };
  walk(profile, {
    enter: (node) => each(node, (tally, other) => tally.enter(other, totals[node] as number)),
    leave: (node) => each(node, (tally, other) => tally.leave(other)),
  });
  const rows = ({ weights }: Tally): FunctionRow[] =>
    [...weights]
      .filter(([, weight]) => weight > 0)
      .map(([frame, total]) => ({
        frame,
        name: profile.frames.names[frame] as string,
        module: profile.frames.modules[frame] as string,
        self: 0,
        total,
      }))
      .sort((a, b) => b.total - a.total || a.frame - b.frame);
  return { callers: rows(callers), callees: rows(callees) };
}

/** Weights by frame, each counted where it is entered first on the way up a stack, and not again inside itself. */
class Tally {
  readonly weights = new Map<number, number>();
  private readonly open = new Map<number, number>();

  enter(frame: number, weight: number): void {
    const depth = this.open.get(frame) ?? 0;
    if (depth === 0) this.weights.set(frame, (this.weights.get(frame) ?? 0) + weight);
    this.open.set(frame, depth + 1);
  }

  leave(frame: number): void {
    this.open.set(frame, (this.open.get(frame) ?? 1) - 1);
  }
}

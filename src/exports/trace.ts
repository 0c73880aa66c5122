/**
 * A capture as a trace for Perfetto (ui.perfetto.dev) and chrome://tracing: signals as counters, events as slices, samples on the
 * CPUs as V8 writes those of its own profiler.
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
import type { Capture } from '../datasets/capture.ts';
import { hasTime, timeAt } from '../datasets/columns.ts';
import { groupsOf } from '../datasets/groups.ts';
import { FrameKind, type Profile, type Samples } from '../datasets/profile.ts';
import type { Dataset, Events, Stacks } from '../datasets/shapes.ts';
import { spansOf } from './spans.ts';
import type { SignalRows } from './tables.ts';
import { samplesByThread, type ThreadSamples, timeOf } from './threads.ts';

/** One line of a trace; times are microseconds. */
interface TraceEvent {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  ts?: number;
  dur?: number;
  cat?: string;
  id?: string;
  args: object;
}

/** Processes of ours that stand beside the host's: PID_MAX_LIMIT of Linux is 2^22. */
const FIRST_OWN_PID = 2 ** 22 + 1;
/** Slices of one track must not overlap: those that do lie in so many lanes at most. What is more is one upon another. */
const MAX_LANES = 256;
/** How many samples are told at once. */
const CHUNK = 10_000;
const PROFILER = 'disabled-by-default-v8.cpu_profiler';

/** What has no place in a trace. */
export interface LeftOut {
  title: string;
  why: string;
}

/** Whether single samples with times are known that are all of one weight: the format has no other. */
export function hasTimedSamples({ kind, profile: { samples } }: Stacks): boolean {
  return kind === 'on-cpu' && samples !== null && hasTime(samples.at);
}

export function leftOutOfTrace(stacks: readonly Stacks[]): LeftOut[] {
  return stacks
    .filter((dataset) => !hasTimedSamples(dataset))
    .map(({ title, kind }) => ({
      title,
      why: kind === 'on-cpu' ? 'its samples have no times' : 'samples in a trace have no weight, which here is time',
    }));
}

/** Those in a trace whose samples are not of one weight, which is lost there. */
export function weighedInTrace(stacks: readonly Stacks[]): Stacks[] {
  return stacks.filter((dataset) => {
    const weights = dataset.profile.samples?.weight ?? [];
    return hasTimedSamples(dataset) && weights.some((weight) => weight !== weights[0]);
  });
}

/** @returns one JSON document in chunks of text, an event a line */
export function* toTrace(
  capture: Capture,
  stacks: readonly Stacks[],
  signals: readonly SignalRows[],
): Generator<string> {
  const { manifest, name } = capture;
  const other = {
    host: manifest?.host.hostname ?? '',
    capture: name,
    'started (Unix seconds)': manifest?.started ?? '',
  };
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify(other)},"traceEvents":[\n`;
  let isFirst = true;
  // What began before the first line would have a negative time, which readers refuse: Unix time has none.
  const zero = manifest === null ? -earliest(eventsOf(capture.datasets, stacks, signals, 0)) : micros(manifest.started);
  for (const event of eventsOf(capture.datasets, stacks, signals, zero)) {
    if (event.ts !== undefined) event.ts += zero;
    yield `${isFirst ? '' : ',\n'}${JSON.stringify(event)}`;
    isFirst = false;
  }
  yield '\n]}\n';
}

function* eventsOf(
  datasets: readonly Dataset[],
  stacks: readonly Stacks[],
  signals: readonly SignalRows[],
  zero: number,
): Generator<TraceEvent> {
  let pid = FIRST_OWN_PID;
  yield* counters(signals, pid++);
  for (const dataset of datasets) if (dataset.shape === 'events') yield* slices(dataset, pid++);
  let id = 1;
  for (const { profile } of stacks.filter(hasTimedSamples))
    for (const { thread, order } of samplesByTask(profile)) {
      const timed = order.filter((i) => timeAt((profile.samples as Samples).at, i) !== null);
      if (timed.length > 0) yield* profileEvents(profile, { thread, order: timed }, id++, zero);
    }
}

/** The least time of all, where that is below 0. */
function earliest(events: Iterable<TraceEvent>): number {
  let least = 0;
  for (const { ts = 0 } of events) least = Math.min(least, ts);
  return least;
}

function micros(seconds: number): number {
  return Math.round(seconds * 1e6);
}

function named(kind: 'process_name' | 'thread_name', name: string, pid: number, tid = 0): TraceEvent {
  return { ph: 'M', name: kind, pid, tid, args: { name } };
}

/** A counter holds until the next value: what is the mean of an interval is told at its beginning. */
function* counters(signals: readonly SignalRows[], pid: number): Generator<TraceEvent> {
  const timed = signals.filter(({ at }) => hasTime(at));
  if (timed.length === 0) return;
  yield named('process_name', 'signals', pid);
  for (const { signal, subject, unit, values, at, seconds } of timed) {
    const name = [signal, subject.name, unit === '' ? '' : `(${unit})`].filter(Boolean).join(' ');
    for (const [i, value] of values.entries()) {
      const time = timeAt(at, i);
      if (time === null) continue;
      yield { ph: 'C', name, pid, tid: 0, ts: micros(time - (timeAt(seconds, i) ?? 0)), args: { value } };
    }
  }
}

function* slices(events: Events, pid: number): Generator<TraceEvent> {
  const { tool, title, columns } = events;
  const spans = spansOf(events);
  if (spans.length === 0) return;
  yield named('process_name', title === tool ? tool : `${tool}: ${title}`, pid);
  /** When the last slice of each lane ends. */
  const lanes: number[] = [];
  for (const { from, to, name, cells } of spans) {
    const free = lanes.findIndex((end) => end <= from);
    const lane = free >= 0 ? free : Math.min(lanes.length, MAX_LANES - 1);
    if (lane === lanes.length) yield named('thread_name', tool, pid, lane + 1);
    lanes[lane] = to;
    const args = Object.fromEntries(columns.map((column, i) => [column.name, cells[i] ?? null]));
    const ts = micros(from);
    yield { ph: 'X', name, cat: tool, pid, tid: lane + 1, ts, dur: micros(to) - ts, args };
  }
}

/** Of threads that changed their name (exec) one: readers keep one profile of a thread. */
function samplesByTask(profile: Profile): ThreadSamples[] {
  const { at } = profile.samples as Samples;
  return Array.from(groupsOf(samplesByThread(profile), taskOf).values(), (same) => {
    const [first] = same as [ThreadSamples];
    if (same.length === 1) return first;
    const order = same.flatMap((each) => each.order).sort((a, b) => timeOf(at, a) - timeOf(at, b));
    return { thread: first.thread, order };
  });
}

/** A thread that is known by its name alone is one by itself. */
function taskOf({ thread: { comm, pid, tid } }: ThreadSamples): string {
  return pid === null && tid === null ? comm : `${pid} ${tid}`;
}

/** A profile as V8's tracing writes it: the tree of its stacks once, then which of them each sample was, and how long after the one before. */
function* profileEvents(
  profile: Profile,
  { thread, order }: ThreadSamples,
  id: number,
  zero: number,
): Generator<TraceEvent> {
  const { at, stack } = profile.samples as Samples;
  const nodes = order.map((i) => stack[i] as number);
  const times = order.map((i) => micros(at[i] as number));
  const [pid, tid] = [thread.pid ?? thread.tid ?? 0, thread.tid ?? thread.pid ?? 0];
  const head = { ph: 'P', cat: PROFILER, pid, tid, id: `0x${id.toString(16)}` };
  const [first = 0] = times;
  yield named('thread_name', thread.comm, pid, tid);
  if (pid === tid) yield named('process_name', thread.comm, pid, tid);
  yield { ...head, name: 'Profile', ts: first, args: { data: { startTime: zero + first } } };
  const told = new Set<number>();
  for (let from = 0; from < nodes.length; from += CHUNK) {
    const own = nodes.slice(from, from + CHUNK);
    const timeDeltas = own.map((_, i) => (times[from + i] as number) - (times[from + i - 1] ?? first));
    const tree = own.flatMap((node) => newNodes(profile, node, told));
    const cpuProfile = { nodes: tree, samples: own.map((node) => node + 1) };
    yield { ...head, name: 'ProfileChunk', ts: times[from] as number, args: { data: { cpuProfile, timeDeltas } } };
  }
}

/** Those of a stack that were not told before, root first. Numbers begin with 1: the empty stack is `(root)`. */
function newNodes({ parent, frame, frames }: Profile, node: number, told: Set<number>): object[] {
  const path: number[] = [];
  for (let at = node; !told.has(at); at = parent[at] as number) {
    told.add(at);
    path.push(at);
    if (at === 0) break;
  }
  return path.reverse().map((at) => {
    if (at === 0) return { id: 1, callFrame: callFrame('(root)', '') };
    const place = frame[at] as number;
    const name = frames.names[place] as string;
    const shown = frames.kinds[place] === FrameKind.kernel ? `${name} [kernel]` : name;
    return {
      id: at + 1,
      parent: (parent[at] as number) + 1,
      callFrame: callFrame(shown, frames.modules[place] as string),
    };
  });
}

function callFrame(functionName: string, url: string): object {
  return { functionName, url, scriptId: 0, lineNumber: -1, columnNumber: -1 };
}

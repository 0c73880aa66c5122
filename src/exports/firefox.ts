/**
 * Profiles and events for the Firefox Profiler (profiler.firefox.com), in its processed format, version 49: what is newer reads it.
 * https://github.com/firefox-devtools/profiler/blob/main/docs-developer/processed-profile-format.md
 */
import { secondsPer } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import { weightedNodes } from '../datasets/fold.ts';
import { Numbered } from '../datasets/numbered.ts';
import { FrameKind, type Profile, type Thread } from '../datasets/profile.ts';
import type { Events, Stacks } from '../datasets/shapes.ts';
import { hasTimes } from '../datasets/times.ts';
import { version } from '../generated/version.ts';
import { spansOf } from './spans.ts';
import { samplesByThread, timeOf } from './threads.ts';

const VERSION = 49;
/** Of Gecko's own format, which the processed one is made of. */
const GECKO_VERSION = 24;

const CATEGORIES = [
  { name: 'Other', color: 'grey', subcategories: ['Other'] },
  { name: 'User', color: 'blue', subcategories: ['Other'] },
  { name: 'Kernel', color: 'orange', subcategories: ['Other'] },
  { name: 'JIT', color: 'green', subcategories: ['Other'] },
];
const CATEGORY_OF = new Map<FrameKind, number>([
  [FrameKind.user, 1],
  [FrameKind.inlined, 1],
  [FrameKind.kernel, 2],
  [FrameKind.jit, 3],
]);

/** `resourceTypes.library` in the profiler's src/profile-logic/data-structures.js */
const LIBRARY = 1;
const [INSTANT, INTERVAL] = [0, 1];

/**
 * Each thread of each profile, with its times; each table of events as a thread of markers. Profiles without single samples are
 * one thread, a stack each millisecond.
 * @returns one JSON document in chunks of text
 */
export function* toFirefox(capture: Capture, stacks: readonly Stacks[]): Generator<string> {
  const events = capture.datasets.filter(
    (dataset): dataset is Events => dataset.shape === 'events' && hasTimes(dataset),
  );
  const libraries = new Numbered<Library>();
  const started = capture.manifest?.started ?? 0;
  const meta = {
    version: GECKO_VERSION,
    preprocessedProfileVersion: VERSION,
    interval: 1,
    startTime: started * 1000,
    processType: 0,
    product: capture.manifest?.host.hostname || capture.name,
    oscpu: capture.manifest?.host.kernel ?? '',
    importedFrom: `coldflame ${version}`,
    debug: false,
    symbolicated: true,
    stackwalk: 1,
    categories: CATEGORIES,
    extensions: { id: [], name: [], baseURL: [], length: 0 },
    sampleUnits: { time: 'ms', eventDelay: 'ms', threadCPUDelta: 'µs' },
    usesOnlyOneStackType: true,
    doesNotUseFrameImplementation: true,
    sourceCodeIsNotOnSearchfox: true,
    markerSchema: events.map(schemaOf),
  };
  yield `{"meta":${JSON.stringify(meta)},\n"threads":[`;
  let isFirst = true;
  for (const thread of threadsOf(stacks, events, libraries)) {
    yield `${isFirst ? '' : ',\n'}${JSON.stringify(thread)}`;
    isFirst = false;
  }
  yield `],\n"libs":${JSON.stringify(libraries.values)},"pages":[],"profilerOverhead":[],"counters":[]}\n`;
}

function* threadsOf(
  stacks: readonly Stacks[],
  events: readonly Events[],
  libraries: Numbered<Library>,
): Generator<object> {
  for (const dataset of stacks)
    for (const thread of threadsIn(dataset)) yield sampledThread(dataset, thread, stacks.length > 1, libraries);
  for (const [i, dataset] of events.entries()) yield markerThread(dataset, i);
}

/** A file that was mapped: all threads have one table of them. */
interface Library {
  name: string;
  path: string;
  debugName: string;
  debugPath: string;
  breakpadId: string;
  codeId: null;
  arch: string;
}

function libraryAt(path: string): Library {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { name, path, debugName: name, debugPath: path, breakpadId: '', codeId: null, arch: '' };
}

interface ThreadColumns {
  thread: Thread;
  /** What the process is called: by its main thread, where that was seen. */
  process: string;
  nodes: number[];
  /** Milliseconds, ascending. */
  times: number[];
  weights: number[];
}

function threadsIn({ event, tool, profile }: Stacks): ThreadColumns[] {
  const { samples, threads, self } = profile;
  if (samples === null) {
    const nodes = weightedNodes(profile);
    const thread = { comm: event ?? tool, pid: null, tid: null };
    const weights = nodes.map((node) => self[node] as number);
    return [{ thread, process: thread.comm, nodes, times: nodes.map((_, i) => i), weights }];
  }
  const mains = new Map<number, string>();
  for (const { comm, pid, tid } of threads) if (pid !== null && pid === tid && !mains.has(pid)) mains.set(pid, comm);
  return samplesByThread(profile).map(({ thread, order }) => ({
    thread,
    process: (thread.pid === null ? undefined : mains.get(thread.pid)) ?? thread.comm,
    nodes: order.map((i) => samples.stack[i] as number),
    times: order.map((i) => timeOf(samples.at, i) * 1000),
    weights: order.map((i) => samples.weight?.[i] ?? 1),
  }));
}

function sampledThread(
  { event, tool, unit, profile }: Stacks,
  { thread, process, nodes, times, weights }: ThreadColumns,
  isOneOfSeveral: boolean,
  libraries: Numbered<Library>,
): object {
  const tables = new StackTables(profile, libraries);
  const second = secondsPer(unit);
  const stack = nodes.map((node) => tables.stackOf(node));
  const { comm, pid, tid } = thread;
  return {
    ...threadHead(isOneOfSeveral ? `${comm} (${event ?? tool})` : comm, process, pid ?? 0, tid ?? pid ?? 0, times),
    samples: {
      length: stack.length,
      weightType: second !== null ? 'tracing-ms' : unit === 'bytes' ? 'bytes' : 'samples',
      stack,
      time: times,
      weight: second === null ? weights : weights.map((weight) => weight * second * 1000),
    },
    markers: NO_MARKERS,
    ...tables.tables(),
  };
}

const NO_MARKERS = { length: 0, category: [], data: [], endTime: [], name: [], phase: [], startTime: [] };

function threadHead(
  name: string,
  process: string,
  pid: number | string,
  tid: number | string,
  times: readonly number[],
) {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  return {
    name,
    processType: 'default',
    processName: process,
    processStartupTime: Math.min(first, 0),
    processShutdownTime: null,
    registerTime: first,
    unregisterTime: last,
    isMainThread: pid === tid,
    pausedRanges: [],
    showMarkersInTimeline: true,
    pid: String(pid),
    tid: String(tid),
  };
}

/** Of `funcTable`, by places in the other tables. */
interface Func {
  name: number;
  resource: number;
  category: number;
}

/** The tables that a thread of this format has for itself: strings, functions, frames, stacks, all as columns. */
class StackTables {
  private readonly profile: Profile;
  private readonly libraries: Numbered<Library>;
  private readonly strings = new Numbered<string>();
  /** The library of each resource. */
  private readonly resources = new Numbered<number, number>();
  private readonly functions = new Numbered<Func, number>();
  private readonly stacks = new Map<number, number>();
  private readonly prefixes: (number | null)[] = [];
  private readonly frames: number[] = [];

  constructor(profile: Profile, libraries: Numbered<Library>) {
    this.profile = profile;
    this.libraries = libraries;
  }

  /** The place of a stack; null for the empty one. */
  stackOf(node: number): number | null {
    const { parent, frame } = this.profile;
    // Down from the first ancestor that is there: stacks may be deeper than calls can nest.
    const path: number[] = [];
    for (let at = node; at !== 0 && !this.stacks.has(at); at = parent[at] as number) path.push(at);
    for (const at of path.reverse()) {
      const above = parent[at] as number;
      this.prefixes.push(above === 0 ? null : (this.stacks.get(above) as number));
      this.stacks.set(at, this.frames.push(this.functionOf(frame[at] as number)) - 1);
    }
    return node === 0 ? null : (this.stacks.get(node) as number);
  }

  tables(): object {
    const functions = this.functions.values;
    const [length, count] = [functions.length, this.frames.length];
    const of = <T>(value: T) => new Array<T>(length).fill(value);
    const category = functions.map((each) => each.category);
    const libraries = this.resources.values;
    const names = libraries.map((library) => this.string((this.libraries.values[library] as Library).name));
    return {
      stackTable: {
        length: count,
        prefix: this.prefixes,
        frame: this.frames,
        category: this.frames.map((place) => category[place]),
        subcategory: new Array(count).fill(0),
      },
      // Each function is one frame.
      frameTable: {
        length,
        address: of(-1),
        inlineDepth: of(0),
        category,
        subcategory: of(0),
        func: functions.map((_, i) => i),
        nativeSymbol: of(null),
        innerWindowID: of(null),
        implementation: of(null),
        line: of(null),
        column: of(null),
      },
      funcTable: {
        length,
        name: functions.map(({ name }) => name),
        isJS: of(false),
        relevantForJS: of(false),
        resource: functions.map(({ resource }) => resource),
        fileName: of(null),
        lineNumber: of(null),
        columnNumber: of(null),
      },
      resourceTable: {
        length: libraries.length,
        lib: libraries,
        name: names,
        host: libraries.map(() => null),
        type: libraries.map(() => LIBRARY),
      },
      nativeSymbols: { length: 0, address: [], functionSize: [], libIndex: [], name: [] },
      stringArray: this.strings.values,
    };
  }

  private functionOf(frame: number): number {
    const { names, kinds, modules } = this.profile.frames;
    return this.functions.id(frame, () => ({
      name: this.string(names[frame] as string),
      resource: this.resourceOf(modules[frame] as string),
      category: CATEGORY_OF.get(kinds[frame] as FrameKind) ?? 0,
    }));
  }

  private resourceOf(module: string): number {
    if (module === '') return -1;
    const library = this.libraries.id(module, () => libraryAt(module));
    return this.resources.id(library, () => library);
  }

  private string(text: string): number {
    return this.strings.id(text, () => text);
  }
}

const NO_PROFILE: Profile = {
  frames: { names: [], kinds: [], modules: [] },
  parent: new Uint32Array(1),
  frame: new Uint32Array(1),
  self: new Float64Array(1),
  sampleCount: 0,
  threads: [],
  samples: null,
};

/** Fields are told by their place: names of columns are other people's. */
const fieldKey = (i: number) => `field${i}`;

function schemaOf({ tool, columns }: Events, i: number): object {
  return {
    name: `${tool}-${i}`,
    tooltipLabel: '{marker.name}',
    tableLabel: columns.map((_, column) => `{marker.data.${fieldKey(column)}}`).join(' '),
    display: ['marker-chart', 'marker-table', 'timeline-overview'],
    data: columns.map(({ name, unit }, column) => ({
      key: fieldKey(column),
      label: unit === '' ? name : `${name} (${unit})`,
      format: 'string',
      searchable: true,
    })),
  };
}

function markerThread(events: Events, i: number): object {
  const spans = spansOf(events);
  const names = new Numbered<string>();
  const times = spans.map(({ from }) => from * 1000);
  const { tool, title } = events;
  return {
    ...threadHead(title, tool, tool, `${tool}-${i}`, times),
    samples: { length: 0, weightType: 'samples', stack: [], time: [], weight: [] },
    ...new StackTables(NO_PROFILE, new Numbered<Library>()).tables(),
    markers: {
      length: spans.length,
      category: spans.map(() => 0),
      data: spans.map(({ cells }) => ({
        type: `${tool}-${i}`,
        ...Object.fromEntries(cells.map((cell, column) => [fieldKey(column), String(cell ?? '')])),
      })),
      startTime: times,
      endTime: spans.map(({ from, to }) => (to > from ? to * 1000 : null)),
      phase: spans.map(({ from, to }) => (to > from ? INTERVAL : INSTANT)),
      name: spans.map(({ name }) => names.id(name, () => name)),
    },
    stringArray: names.values,
  };
}

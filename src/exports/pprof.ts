/**
 * Profiles as pprof's profile.proto, not compressed, for `pprof`, Pyroscope, Grafana and whatever else reads it.
 * https://github.com/google/pprof/blob/main/proto/profile.proto
 */
import {
  Label,
  Line,
  Location,
  Mapping,
  Profile as Message,
  Function as PprofFunction,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import type { Capture, Run } from '../datasets/capture.ts';
import { extentOf } from '../datasets/extent.ts';
import { stackFrames, weightedNodes } from '../datasets/fold.ts';
import { FrameKind, type Profile, type Thread } from '../datasets/profile.ts';
import type { Stacks } from '../datasets/shapes.ts';

/**
 * Each event is a type of value; the first of the CPUs' is the default, and what is said of the whole is of it. Samples of one
 * stack are told apart by command, process, thread and CPU where the profile has its samples.
 * @param capture where the stacks are from: it tells time, duration, period and host
 * @returns the encoded message; pprof wants it gzipped in a file
 */
export function toPprof(capture: Pick<Capture, 'manifest' | 'sources'>, stacks: readonly Stacks[]): Uint8Array {
  const strings = new StringTable();
  const types = typesOf(stacks);
  const writer = new Writer(strings, types.length);
  for (const dataset of stacks) writer.add(dataset.profile, types.indexOf(typeOf(dataset)));
  const valueType = (text: string) => {
    const [type, unit] = text.split(SEPARATOR) as [string, string];
    return new ValueType({ type: strings.dedup(type), unit: strings.dedup(unit) });
  };
  const first = stacks.find(({ kind }) => kind === 'on-cpu') ?? stacks[0];
  return new Message({
    sampleType: types.map(valueType),
    defaultSampleType: strings.dedup(first === undefined ? '' : (typeOf(first).split(SEPARATOR)[0] as string)),
    ...writer.tables(),
    ...(first === undefined ? {} : aroundOf(capture, first, strings)),
    stringTable: strings,
  }).encode();
}

/** Between the name and the unit of a type; in neither. */
const SEPARATOR = '\0';

function typesOf(stacks: readonly Stacks[]): string[] {
  return [...new Set(stacks.map(typeOf))];
}

function typeOf({ event, tool, unit }: Stacks): string {
  const named = event || (unit === 'samples' ? 'samples' : tool);
  return [named, pprofUnit(unit)].join(SEPARATOR);
}

const UNITS = new Map([
  ['usecs', 'microseconds'],
  ['nsecs', 'nanoseconds'],
  ['msecs', 'milliseconds'],
  ['bytes', 'bytes'],
]);

/** pprof scales these by name; everything else is a count. */
function pprofUnit(unit: string): string {
  return UNITS.get(unit) ?? 'count';
}

/** Functions, locations and samples of several profiles, numbered once. */
class Writer {
  private readonly strings: StringTable;
  private readonly types: number;
  private readonly functions = new Map<string, PprofFunction>();
  private readonly mappings = new Map<string, Mapping>();
  private readonly locations = new Map<string, Location>();
  private readonly samples: Sample[] = [];

  constructor(strings: StringTable, types: number) {
    this.strings = strings;
    this.types = types;
    // pprof calls a profile by its first mapping, as if all of it were of that program: a nameless one stands there.
    this.mappings.set('', new Mapping({ id: 1, hasFunctions: true }));
  }

  tables() {
    return {
      sample: this.samples,
      mapping: [...this.mappings.values()],
      location: [...this.locations.values()],
      function: [...this.functions.values()],
    };
  }

  /** @param type the place of its weights among the values of a sample */
  add(profile: Profile, type: number): void {
    const functionIds = profile.frames.names.map((name) => this.functionOf(name));
    const stacks = new Map<number, number[]>();
    for (const { node, weight, label } of weightsOf(profile, this.strings)) {
      let locationId = stacks.get(node);
      if (locationId === undefined) {
        locationId = this.locationsOf(profile, node, functionIds);
        stacks.set(node, locationId);
      }
      const value = new Array<number>(this.types).fill(0);
      value[type] = Math.round(weight);
      this.samples.push(new Sample({ locationId, value, label }));
    }
  }

  private functionOf(name: string): number {
    const known = this.functions.get(name);
    if (known !== undefined) return Number(known.id);
    const id = this.functions.size + 1;
    const text = this.strings.dedup(name);
    this.functions.set(name, new PprofFunction({ id, name: text, systemName: text }));
    return id;
  }

  /** Leaf first. No addresses are left after folding: a location is a function in a module, with what is inlined into it. */
  private locationsOf(profile: Profile, node: number, functionIds: readonly number[]): number[] {
    const { kinds, modules } = profile.frames;
    const ids: number[] = [];
    let lines: number[] = [];
    for (const frame of stackFrames(profile, node).reverse()) {
      lines.push(functionIds[frame] as number);
      if (kinds[frame] === FrameKind.inlined) continue;
      ids.push(this.locationOf(modules[frame] as string, lines));
      lines = [];
    }
    if (lines.length > 0) ids.push(this.locationOf('', lines));
    return ids;
  }

  private locationOf(module: string, lines: readonly number[]): number {
    const key = `${module}${SEPARATOR}${lines.join()}`;
    const known = this.locations.get(key);
    if (known !== undefined) return Number(known.id);
    const id = this.locations.size + 1;
    const line = lines.map((functionId) => new Line({ functionId }));
    this.locations.set(key, new Location({ id, mappingId: module === '' ? 0 : this.mappingOf(module), line }));
    return id;
  }

  private mappingOf(module: string): number {
    const known = this.mappings.get(module);
    if (known !== undefined) return Number(known.id);
    const id = this.mappings.size + 1;
    this.mappings.set(module, new Mapping({ id, filename: this.strings.dedup(module), hasFunctions: true }));
    return id;
  }
}

interface Weight {
  node: number;
  weight: number;
  label: Label[];
}

/** What ended at each node of the trie, by thread and CPU where samples tell. */
function* weightsOf(profile: Profile, strings: StringTable): Generator<Weight> {
  const { samples, self, threads } = profile;
  if (samples === null) {
    for (const node of weightedNodes(profile)) yield { node, weight: self[node] as number, label: [] };
    return;
  }
  const cpus = samples.cpu.reduce((most, cpu) => Math.max(most, cpu), -1) + 2;
  const weights = new Map<number, number>();
  for (let i = 0; i < samples.stack.length; i++) {
    const inThread = (samples.stack[i] as number) * threads.length + (samples.thread[i] as number);
    const key = inThread * cpus + (samples.cpu[i] as number) + 1;
    weights.set(key, (weights.get(key) ?? 0) + (samples.weight?.[i] ?? 1));
  }
  for (const [key, weight] of weights) {
    const inThread = Math.floor(key / cpus);
    const thread = threads[inThread % threads.length];
    const label = labelsOf(thread, (key % cpus) - 1, strings);
    yield { node: Math.floor(inThread / threads.length), weight, label };
  }
}

/** As texts: pprof shows a number with the label's name as its unit. */
function labelsOf(thread: Thread | undefined, cpu: number, strings: StringTable): Label[] {
  const told: [key: string, value: string | number | null | undefined][] = [
    ['comm', thread?.comm === '' ? null : thread?.comm],
    ['pid', thread?.pid],
    ['tid', thread?.tid],
    ['cpu', cpu < 0 ? null : cpu],
  ];
  return told.flatMap(([key, value]) =>
    value === null || value === undefined
      ? []
      : [new Label({ key: strings.dedup(key), str: strings.dedup(String(value)) })],
  );
}

/** When it was recorded, how long, how often, where and by which command. */
function aroundOf({ manifest, sources }: Pick<Capture, 'manifest' | 'sources'>, stacks: Stacks, strings: StringTable) {
  const run = manifest?.runs[sources[stacks.source]?.run ?? -1];
  const [first, last] = extentOf(stacks.profile.samples === null ? [] : [stacks.profile.samples.at]);
  const began = run?.attached ?? run?.started ?? first;
  const ended = run?.ended ?? last;
  const started = manifest === null || stacks.clock !== 'capture' ? 0 : manifest.started + began;
  const host = manifest === null ? [] : [`host ${manifest.host.hostname}, Linux ${manifest.host.kernel}`];
  // pprof prints comments above each table: of a script the first line.
  const command = run === undefined ? [] : [run.command.split('\n', 1)[0] as string];
  return {
    timeNanos: nanos(started),
    durationNanos: nanos(ended - began),
    comment: [...host, ...command].map((text) => strings.dedup(text)),
    ...periodOf(stacks, run, strings),
  };
}

/** In whole microseconds: a double tells no more of a time since 1970. */
function nanos(seconds: number): bigint {
  return Number.isFinite(seconds) && seconds > 0 ? BigInt(Math.round(seconds * 1e6)) * 1000n : 0n;
}

// perf record -F 99 -a -g   profile -F 49   bpftrace -e 'profile:hz:99 { … }'
const FREQUENCY = /(?: -F ?|profile:hz:)(\d{1,6})\b/;

/** What a sampler was told; nothing where events were counted. */
function periodOf({ kind, unit }: Stacks, run: Run | undefined, strings: StringTable) {
  const hertz = Number(FREQUENCY.exec(run?.command ?? '')?.[1] ?? 0);
  if (kind !== 'on-cpu' || unit !== 'samples' || hertz === 0) return {};
  const periodType = new ValueType({ type: strings.dedup('cpu'), unit: strings.dedup('nanoseconds') });
  return { periodType, period: Math.round(1e9 / hertz) };
}

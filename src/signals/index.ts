/**
 * What a capture measures, by signal: from every source and every table that tells it. Rules, the time strip, the USE
 * table and key numbers ask here, and never for a tool's column.
 */
import type { Capture, Source } from '../datasets/capture.ts';
import type { SubjectKind } from '../datasets/finding.ts';
import { groupsOf } from '../datasets/groups.ts';
import type { Range } from '../datasets/narrow.ts';
import type { Bucket, Dataset, Stacks } from '../datasets/shapes.ts';
import { meaningOf, type SignalName, signals as vocabulary } from '../datasets/signals.ts';
import { tools as catalogue, toolNamed } from '../tools/index.ts';
import type { EventField, EventKind, Tool } from '../tools/tool.ts';
import { derivations, withDerived } from './derived.ts';
import { type EventTable, emptyTable, eventsToldBy, eventTable, textsByPid } from './events.ts';
import { isFrozen } from './frozen.ts';
import { type Observer, observerOf } from './observer.ts';
import { measureOf, type ProfileMeasure, withProcesses } from './profiles.ts';
import { runOf } from './sources.ts';
import {
  allCounted,
  type BucketGroup,
  bucketGroups,
  type CountRow,
  countedByTime,
  countRows,
  printingsOf,
} from './tables.ts';
import { omitsIdle, type Placed, signalsToldBy, tracksIn } from './told.ts';
import { maxOf, type Track } from './track.ts';

/** What a rule looks at; a signal of what the vocabulary names first, unless it says of what. */
export type Ask = { signal: SignalName; of?: SubjectKind } | { events: EventKind } | { profile: ProfileMeasure };

export interface Distribution {
  tool: string;
  source: number;
  dataset: number;
  unit: string;
  groups: readonly BucketGroup[];
  /** What was counted in all, or in the groups with such labels. */
  counted(isWanted?: (labels: BucketGroup['labels']) => boolean): Bucket[];
  /** What was counted in each report, where it does not accumulate and tells its time. */
  reports(isWanted: (labels: BucketGroup['labels']) => boolean): { at: number; buckets: Bucket[] }[];
}

export interface CountTable {
  tool: string;
  title: string;
  unit: string;
  source: number;
  dataset: number;
  rows: readonly CountRow[];
}

export interface ProfileReading {
  stacks: Stacks;
  source: number;
  dataset: number;
}

/** The signals of one host. */
export interface Signals {
  readonly capture: Capture;
  readonly host: string | null;
  /** CPUs of the host; null where nothing tells. */
  readonly cpus: number | null;
  /** Bytes of memory; null where nothing tells. */
  readonly memory: number | null;
  /** What the capture was to cover, on its axis; null without a manifest of this host. */
  readonly window: Range | null;
  readonly observer: Observer;
  /** The tracks of a signal, of one kind of thing: by default what the vocabulary names first. */
  tracks(signal: SignalName, of?: SubjectKind): readonly Track[];
  events(kind: EventKind): readonly EventTable[];
  distributions(signal: SignalName): readonly Distribution[];
  counts(signal: SignalName): readonly CountTable[];
  profiles(measure: ProfileMeasure): readonly ProfileReading[];
  /** What tables of processes say of each PID in a field: where it waits, its control group. The last reading counts. */
  processTexts(field: EventField): ReadonlyMap<number, string>;
  /** All sources of the host. */
  readonly sources: readonly number[];
  /** The sources that can tell any of it, by their tool and by what was read of them. */
  tellers(asks: readonly Ask[]): readonly number[];
  /** The sources that could, were it not for a known defect of their tool. */
  frozen(asks: readonly Ask[]): readonly number[];
  source(index: number): Source;
  /** How often the tables of a source were printed; 0 for what is no table of readings. */
  readings(source: number): number;
}

/** One set of signals for each host that the input names; what names none goes with the only one that is named. */
export function signalsOf(capture: Capture): Signals[] {
  const named = [
    ...new Set(capture.sources.map((source) => hostOf(capture, source)).filter((host) => host !== null)),
  ].sort();
  const [only] = named;
  if (named.length <= 1) return [ofHost(capture, only ?? null, () => true)];
  const unnamed = capture.sources.some((source) => hostOf(capture, source) === null);
  return [...named, ...(unnamed ? [null] : [])].map((host) =>
    ofHost(capture, host, (source) => hostOf(capture, source) === host),
  );
}

/** Every track of every signal, by the order of the vocabulary, each with the unit of its values. */
export function allTracks(capture: Capture): (Track & { unit: string })[] {
  const hosts = signalsOf(capture);
  return (Object.keys(vocabulary) as SignalName[]).flatMap((signal) => {
    const { scope, unit } = meaningOf(signal);
    return hosts.flatMap((host) =>
      scope.flatMap((kind) => host.tracks(signal, kind).map((track) => ({ ...track, unit }))),
    );
  });
}

/** The host that a source is of, where the manifest or the text names one. */
export function hostOf({ manifest }: Capture, { run, host }: Source): string | null {
  return (run === null ? null : manifest?.host.hostname || null) ?? host ?? null;
}

function ofHost(capture: Capture, host: string | null, isOf: (source: Source) => boolean): Signals {
  const bySource = groupsOf(capture.datasets, ({ source }) => source);
  const placed = capture.datasets.flatMap((dataset, place): Placed[] => {
    const source = capture.sources[dataset.source];
    return source !== undefined && isOf(source)
      ? [
          {
            dataset,
            place,
            interval: runOf(capture, source)?.interval ?? null,
            siblings: bySource.get(dataset.source) ?? [],
          },
        ]
      : [];
  });
  const sources = [...capture.sources.keys()].filter((i) => isOf(capture.sources[i] as Source));
  const known = new Map<SignalName, readonly Track[]>();
  const printedBy = new Map<string, readonly Track[]>();

  function tracksOf(each: Placed, signal: SignalName): readonly Track[] {
    const key = `${each.place} ${signal}`;
    const made = printedBy.get(key) ?? tracksIn(each, signal);
    printedBy.set(key, made);
    return made;
  }

  const isWrong = (track: Track): boolean => isFrozen(capture, track, placed, tracksOf);

  function all(signal: SignalName): readonly Track[] {
    const made = known.get(signal);
    if (made !== undefined) return made;
    const printed = placed.flatMap((each) => tracksOf(each, signal)).filter((track) => !isWrong(track));
    // What a derivation of it asks back for is what is printed.
    known.set(signal, printed);
    const tracks = withDerived(signal, printed, all).filter(({ values }) => values.length > 0);
    known.set(signal, tracks);
    return tracks;
  }

  /** Whether a source can tell: by what it holds, and where it holds nothing, by its tool. */
  function isToldBy(ask: Ask, source: number, evenFrozen: boolean): boolean {
    const { tool } = capture.sources[source] as Source;
    const datasets = placed.filter(({ dataset }) => dataset.source === source);
    if ('profile' in ask)
      return datasets.some(({ dataset }) => dataset.shape === 'stacks' && measureOf(dataset) === ask.profile);
    if (datasets.length === 0) return toolTells(toolNamed(tool), ask);
    if ('events' in ask) return datasets.some(({ dataset }) => eventsToldBy(dataset.tool) === ask.events);
    // Of a tool that leaves out what is idle, no row is an answer.
    if (omitsIdle(tool) && meaningOf(ask.signal).scope[0] === 'disk' && toolTells(toolNamed(tool), ask)) return true;
    return datasets.some((each) => {
      const { dataset } = each;
      if (dataset.shape === 'histogram' || dataset.shape === 'counts')
        return tells(toolNamed(dataset.tool), ask.signal);
      return sourcesOf(ask.signal).some((signal) =>
        tracksOf(each, signal).some((track) => track.subject.kind === kindOf(ask) && (evenFrozen || !isWrong(track))),
      );
    });
  }

  const ofShape = <S extends Dataset['shape']>(shape: S): Placed<Extract<Dataset, { shape: S }>>[] =>
    placed.filter((each): each is Placed<Extract<Dataset, { shape: S }>> => each.dataset.shape === shape);
  const tables = new Map<EventKind, readonly EventTable[]>();

  function tablesOf(kind: EventKind): readonly EventTable[] {
    return [
      ...ofShape('events')
        .filter(({ dataset }) => eventsToldBy(dataset.tool) === kind)
        .map((each) => eventTable(each, kind)),
      ...sources
        .filter((i) => eventsToldBy((capture.sources[i] as Source).tool) === kind && !bySource.has(i))
        .filter((i) => hasLooked(capture.sources[i] as Source))
        .map((i) => emptyTable((capture.sources[i] as Source).tool, i, kind)),
    ];
  }

  const manifest = sources.some((i) => (capture.sources[i] as Source).run !== null) ? capture.manifest : null;
  const cpus = cpusOf(capture, manifest !== null, all);

  return {
    capture,
    host,
    cpus,
    memory: memoryOf(manifest?.host.memoryBytes ?? null, all),
    window: manifest === null ? null : { from: manifest.windowBegan ?? 0, to: manifest.ended - manifest.started },
    observer: observerOf(manifest, cpus),
    tracks: (signal, of = meaningOf(signal).scope[0]) => all(signal).filter(({ subject }) => subject.kind === of),
    events(kind) {
      const made = tables.get(kind) ?? tablesOf(kind);
      tables.set(kind, made);
      return made;
    },
    distributions: (signal) =>
      ofShape('histogram')
        .filter(({ dataset }) => tells(toolNamed(dataset.tool), signal))
        .map(({ dataset, place }) => ({
          tool: dataset.tool,
          source: dataset.source,
          dataset: place,
          unit: dataset.unit,
          groups: bucketGroups(dataset),
          counted: (isWanted) => allCounted(dataset, isWanted),
          reports: (isWanted) => countedByTime(dataset, isWanted),
        })),
    counts: (signal) =>
      ofShape('counts')
        .filter(({ dataset }) => tells(toolNamed(dataset.tool), signal))
        .map(({ dataset, place }) => ({
          tool: dataset.tool,
          title: dataset.title,
          unit: dataset.unit,
          source: dataset.source,
          dataset: place,
          rows: countRows(dataset),
        })),
    profiles: (measure) =>
      ofShape('stacks')
        .filter(({ dataset }) => measureOf(dataset) === measure)
        .map(({ dataset, place }) => ({ stacks: withProcesses(dataset), source: dataset.source, dataset: place })),
    processTexts: (field) => new Map(ofShape('events').flatMap(({ dataset }) => textsByPid(dataset, field))),
    tellers: (asks) => sources.filter((i) => asks.some((ask) => isToldBy(ask, i, false))),
    frozen: (asks) =>
      sources.filter((i) => asks.some((ask) => isToldBy(ask, i, true)) && !asks.some((ask) => isToldBy(ask, i, false))),
    sources,
    source: (index) => capture.sources[index] as Source,
    readings: (source) =>
      ofShape('series').reduce(
        (most, { dataset }) => (dataset.source === source ? Math.max(most, printingsOf(dataset)) : most),
        0,
      ),
  };
}

/** It printed its heading, and nothing else. */
function hasLooked({ grammar, lines, unreadCount }: Source): boolean {
  return grammar !== 'text' && lines > 0 && unreadCount === 0;
}

/** The signals that a column may carry for this one to be told. */
function sourcesOf(signal: SignalName): SignalName[] {
  return [signal, ...(derivations[signal] ?? []).map(({ from }) => from[0] as SignalName)];
}

function tells(tool: Tool | undefined, signal: SignalName): boolean {
  const output = tool?.output;
  return output !== undefined && (output.shape === 'histogram' || output.shape === 'counts') && output.tells === signal;
}

function kindOf({ signal, of }: Extract<Ask, { signal: SignalName }>): SubjectKind {
  return of ?? meaningOf(signal).scope[0];
}

/** Whether the tool's row says that it can tell. */
export function toolTells(tool: Tool | undefined, ask: Ask): boolean {
  if (tool === undefined) return false;
  if ('events' in ask) return eventsToldBy(tool.name) === ask.events;
  if ('signal' in ask) {
    const told = signalsToldBy(tool.name);
    return (
      tells(tool, ask.signal) ||
      (sourcesOf(ask.signal).some((signal) => told.has(signal)) && (kindOf(ask) !== 'cpu' || tellsCpusApart(tool)))
    );
  }
  return (
    tool.output.shape === 'stacks' &&
    { 'cpu time': 'on-cpu', 'time off CPU': 'off-cpu', other: '' }[ask.profile] === tool.output.kind
  );
}

/** Whether its tables have a row for each CPU. */
function tellsCpusApart({ output }: Tool): boolean {
  return 'columns' in output && output.columns !== undefined && Object.hasOwn(output.columns, 'CPU');
}

/** The tools of the catalogue that can be collected to tell any of it. */
export function toolsToTell(asks: readonly Ask[]): string[] {
  return catalogue
    .filter((tool) => tool.capture.length > 0 && asks.some((ask) => toolTells(tool, ask)))
    .map(({ name }) => name);
}

/** mpstat and top number the CPUs, so they tell how many there are; several hosts' files may not be told apart: the fewest. */
function cpusOf(
  capture: Capture,
  isOfManifest: boolean,
  tracks: (signal: SignalName) => readonly Track[],
): number | null {
  const told = isOfManifest ? capture.manifest?.host.cpus : (capture.host?.cpus ?? null);
  if (told !== null && told !== undefined && told > 0) return told;
  const bySource = new Map<number, Set<string>>();
  for (const { source, subject } of tracks('system.cpu.utilization.idle')) {
    if (subject.kind !== 'cpu') continue;
    const names = bySource.get(source) ?? new Set();
    bySource.set(source, names.add(subject.name));
  }
  const counts = [...bySource.values()].map(({ size }) => size);
  return counts.length === 0 ? null : counts.reduce((least, count) => Math.min(least, count), Number.POSITIVE_INFINITY);
}

function memoryOf(told: number | null, tracks: (signal: SignalName) => readonly Track[]): number | null {
  if (told !== null && told > 0) return told;
  const limits = tracks('system.memory.limit').filter(({ isRelative }) => isRelative !== true);
  return limits.length === 0 ? null : limits.reduce((most, limit) => Math.max(most, maxOf(limit)), 0);
}

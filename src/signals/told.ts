/** From tables to tracks: what the rows of the catalogue say of a table's columns, applied to its values. */
import { distinctTimes, medianGap, partitionPoint, picked, rowsWhere, timeAt } from '../datasets/columns.ts';
import type { Subject, SubjectKind } from '../datasets/finding.ts';
import { once } from '../datasets/once.ts';
import { processName } from '../datasets/program.ts';
import type { Dataset, Events, Series } from '../datasets/shapes.ts';
import { meaningOf, type SignalName } from '../datasets/signals.ts';
import { isCounter } from '../tools/counters.ts';
import { toolNamed } from '../tools/index.ts';
import { FIRST } from '../tools/procps.ts';
import type { ColumnMeaning, Columns, Telling } from '../tools/tool.ts';
import {
  isOfCpu,
  type MetricColumn,
  type MetricHead,
  metricColumn,
  metricHeads,
  type Rows,
  reportsIn,
  rowsOf,
  timesTold,
} from './tables.ts';
import { pick, type Track, type Columns as TrackColumns } from './track.ts';
import { factorFor } from './units.ts';

/** A dataset with its place in the capture. */
export interface Placed<D extends Dataset = Dataset> {
  dataset: D;
  place: number;
  /** Seconds between two reports, where the manifest or the command tells. */
  interval: number | null;
  /** The datasets of the same source, this one too. */
  siblings: readonly Dataset[];
}

/** Labels that say what a row is of. */
const SUBJECT_LABELS: Readonly<Record<string, SubjectKind>> = {
  CPU: 'cpu',
  cpu: 'cpu',
  Device: 'disk',
  DEV: 'disk',
  disk: 'disk',
  disk_device: 'disk',
  IFACE: 'interface',
  interface: 'interface',
  FILESYSTEM: 'filesystem',
  MOUNTPOINT: 'filesystem',
  mounted: 'filesystem',
  group: 'cgroup',
};
/** What stands for all of them together. */
const ALL = 'all';

/** The signals that the columns of a tool's tables tell. */
export function signalsToldBy(tool: string): ReadonlySet<SignalName> {
  const known = toldByTool.get(tool);
  if (known !== undefined) return known;
  const told = new Set(
    Object.values(columnsOf(tool)).flatMap((column) => tellingsOf(column).map(({ signal }) => signal)),
  );
  toldByTool.set(tool, told);
  return told;
}

/** Of the tools in the catalogue: every rule asks for all of them. */
const toldByTool = new Map<string, ReadonlySet<SignalName>>();

/** The columns of its tables that tell a signal. */
export function columnsTelling(tool: string, signal: SignalName): string[] {
  return Object.entries(columnsOf(tool)).flatMap(([name, column]) =>
    tellingsOf(column).some((telling) => telling.signal === signal) ? [name] : [],
  );
}

function columnsOf(tool: string): Columns {
  const output = toolNamed(tool)?.output;
  return output !== undefined && 'columns' in output && output.columns !== undefined ? output.columns : {};
}

/** Whether the tool leaves out what did nothing. */
export function omitsIdle(tool: string): boolean {
  const output = toolNamed(tool)?.output;
  return output?.shape === 'series' && output.omitsIdle === true;
}

function tellingsOf({ tells = [] }: ColumnMeaning): readonly Telling[] {
  return Array.isArray(tells) ? (tells as readonly Telling[]) : [tells as Telling];
}

/** Every track that a dataset tells of the signal. */
export function tracksIn({ dataset, ...placed }: Placed, signal: SignalName): Track[] {
  if (dataset.shape === 'series') return withoutPartitions(seriesTracks({ dataset, ...placed }, signal));
  return dataset.shape === 'events' ? processTracks({ dataset, ...placed }, signal) : [];
}

// sda1 of sda        nvme0n1p2 of nvme0n1
const PARTITION = /^(.{0,100}?)p?\d{1,10}$/;

/** What a partition did, its disk did: it is not judged a second time. */
function withoutPartitions(tracks: Track[]): Track[] {
  if (tracks[0]?.subject.kind !== 'disk') return tracks;
  const names = new Set(tracks.map(({ subject }) => subject.name));
  return tracks.filter(({ subject }) => !names.has(PARTITION.exec(subject.name)?.[1] ?? ''));
}

function seriesTracks({ dataset, place, interval, siblings }: Placed<Series>, signal: SignalName): Track[] {
  const columns = columnsOf(dataset.tool);
  if (!Object.values(columns).some((column) => tellingsOf(column).some((telling) => telling.signal === signal)))
    return [];
  const metrics = metricHeads(dataset);
  const names = new Set(metrics.map(({ name }) => name));
  const firsts = firstLabels(metrics);
  const isSparse = omitsIdle(dataset.tool);
  const all = isSparse ? siblings.filter((each): each is Series => each.shape === 'series') : [dataset];
  const times = isSparse ? timesOfSource(siblings) : timesOfSeries(dataset);
  const clock = { times, interval: interval ?? gapOf(times) };
  const table = {
    ...clock,
    secondsOf: secondsIn(clock),
    reports: all.reduce((most, each) => Math.max(most, reportsIn(each)), 0),
    omitsIdle: isSparse,
  };
  return metrics.flatMap((metric) => {
    const meaning = Object.hasOwn(columns, metric.name) ? (columns[metric.name] as ColumnMeaning) : {};
    const telling = tellingsOf(meaning).find(
      (each) =>
        each.signal === signal &&
        (each.beside === undefined || names.has(each.beside) || Object.hasOwn(metric.labels, each.beside)) &&
        hasLabels(metric.labels, each.where ?? {}, firsts),
    );
    const subject = telling === undefined ? null : subjectOf(metric.labels, signal);
    if (telling === undefined || subject === null) return [];
    const column = metricColumn(dataset, metric);
    const own = telling.firstSinceStart ? withoutFirst(column, table.times[0]) : column;
    // vmstat -S M leaves no trace: what may be KiB or MiB is kB at the least.
    const isOpen = own.unit === '' && (meaning.unit ?? '') !== '' && meaningOf(signal).unit === 'pages/s';
    const counts = isCounter(dataset.tool, metric.name, own.values);
    if (counts === null) return [];
    const told = isOpen ? { ...own, unit: LEAST_UNIT } : own;
    const track = counts ? counterTrackOf(told, telling, table) : trackOf(told, telling, table);
    if (track === null || (isOfCpu(metric) && track.values.length === 0)) return [];
    const over = telling.over === undefined ? {} : { over: telling.over };
    const { filesystem, device = filesystem } = metric.labels;
    const placed = device === undefined ? {} : { device };
    const shared = telling.sumOfCpus && subject.kind === 'host' ? overCpus(track, metrics) : track;
    const relative = isOpen ? ({ isRelative: true } as const) : {};
    return [
      {
        ...shared,
        ...relative,
        ...over,
        ...placed,
        signal,
        subject,
        source: dataset.source,
        dataset: place,
        metric: metric.index,
      },
    ];
  });
}

/** The smallest of `vmstat -S k|K|m|M`. */
const LEAST_UNIT = 'kB/s';

/** What all CPUs did together, as what one of them did on average. */
function overCpus(track: Values, metrics: readonly MetricHead[]): Values {
  const cpus = new Set(metrics.flatMap(({ labels: { cpu = '' } }) => (/^\d+$/.test(cpu) ? cpu : [])));
  return { ...track, values: track.values.map((value) => value / Math.max(1, cpus.size)) };
}

/** The values behind the first report. */
function withoutFirst(metric: MetricColumn, first: number | undefined): MetricColumn {
  const rows = rowsWhere(metric.values.length, (i) => (first === undefined ? i > 0 : metric.at[i] !== first));
  return {
    ...metric,
    values: picked(metric.values, rows),
    at: picked(metric.at, rows),
    lines: picked(metric.lines, rows),
  };
}

/** The first value of each label. */
function firstLabels(metrics: readonly MetricHead[]): ReadonlyMap<string, string> {
  const firsts = new Map<string, string>();
  for (const { labels } of metrics)
    for (const [name, value] of Object.entries(labels)) if (!firsts.has(name)) firsts.set(name, value);
  return firsts;
}

function hasLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  firsts: ReadonlyMap<string, string>,
): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const label = Object.hasOwn(labels, name) ? labels[name] : undefined;
    return label === (value === FIRST ? firsts.get(name) : value);
  });
}

/** What a row is of: a CPU, a disk, or the host as a whole; null where the signal is none of such a thing. */
function subjectOf(labels: Readonly<Record<string, string>>, signal: SignalName): Subject | null {
  const { scope } = meaningOf(signal);
  for (const [label, value] of Object.entries(labels)) {
    const kind = Object.hasOwn(SUBJECT_LABELS, label) ? SUBJECT_LABELS[label] : undefined;
    if (kind === undefined) continue;
    if (value === ALL || (kind === 'cpu' && !scope.includes('cpu'))) return { kind: 'host', name: '' };
    if (!scope.includes(kind) || (kind === 'cpu' && !/^\d+$/.test(value))) return null;
    return { kind, name: value };
  }
  const [kind = 'host'] = scope;
  return { kind, name: '' };
}

/** When the reports of a table were made. */
interface Reports {
  /** All that any of its metrics has a value of, in order; empty where no times are known. */
  times: readonly number[];
  interval: number | null;
}

/** In order. Each signal asks for them. */
const timesOfSeries = once((series: Series): readonly number[] => [...timesTold(series)].sort((a, b) => a - b));

const timesOfSource = once((datasets: readonly Dataset[]): readonly number[] => {
  const all = new Set<number>();
  for (const dataset of datasets) if (dataset.shape === 'series') for (const time of timesTold(dataset)) all.add(time);
  return [...all].sort((a, b) => a - b);
});

const gapOf = once(medianGap);

interface Table extends Reports {
  /** Seconds that the values of these times stand for. */
  secondsOf(at: Float64Array): Float64Array;
  reports: number;
  /** iostat -z leaves out a disk that did nothing, pidstat a process. */
  omitsIdle: boolean;
}

type Values = TrackColumns & Pick<Track, 'isRelative' | 'isCounter'>;

/** A reading stands for no longer than this many intervals: what lies between two that are further apart nobody saw. */
const REACH = 1.5;

function trackOf(
  { values, at, lines, unit }: Pick<MetricColumn, 'values' | 'at' | 'lines' | 'unit'>,
  telling: Telling,
  table: Table,
): Values | null {
  const wanted = meaningOf(telling.signal).unit;
  const isRelative = wanted === 'bytes' && unit === '';
  const factor = isRelative ? 1 : factorFor(unit, wanted);
  if (factor === null) return null;
  const scaled = scaledBy(values, factor);
  const relative = isRelative ? { isRelative } : {};
  const seconds = table.secondsOf(at);
  if (telling.amount) {
    const rates = scaled.map((value, i) => value / (seconds[i] as number));
    const rows = rowsWhere(rates.length, (i) => Number.isFinite(rates[i]));
    return pick({ values: rates, at, seconds, lines }, rows);
  }
  const own = { values: scaled, at, seconds, lines, ...relative };
  return table.omitsIdle && isActivity(telling.signal) ? withIdleReports(own, table) : own;
}

/** The growth of a counter: one of bytes grows by bytes a second. */
function counterTrackOf(
  { values, at, lines, unit }: Pick<MetricColumn, 'values' | 'at' | 'lines' | 'unit'>,
  { signal }: Telling,
  { interval }: Table,
): Values | null {
  const wanted = meaningOf(signal).unit;
  const factor = factorFor(unit, wanted) ?? factorFor(`${unit}/s`, wanted);
  return factor === null ? null : grown({ values: scaledBy(values, factor), at, lines }, interval);
}

function scaledBy(values: Float64Array, factor: number): Float64Array {
  return factor === 1 ? values : values.map((value) => value * factor);
}

/** Asked once for the times that all columns of a row share: the time since the report before each. */
function secondsIn({ times, interval }: Reports): (at: Float64Array) => Float64Array {
  return once((at: Float64Array) => at.map((time) => secondsAt(time, times, interval)));
}

/** The time since the report before. */
function secondsAt(time: number, times: readonly number[], interval: number | null): number {
  if (Number.isNaN(time)) return interval ?? Number.NaN;
  const before = times[partitionPoint(times.length, (i) => (times[i] as number) < time) - 1];
  if (before === undefined) return interval ?? Number.NaN;
  return interval === null ? time - before : Math.min(time - before, REACH * interval);
}

/** By how much a counter grew each second. One that was set back counts from there. */
function grown({ values, at, lines }: Pick<Values, 'values' | 'at' | 'lines'>, interval: number | null): Values {
  const seconds = values.map((_, i) => lengthBetween(at[i - 1] as number, at[i] as number, interval));
  const rates = values.map((value, i) => (value - (values[i - 1] as number)) / (seconds[i] as number));
  const rows = rowsWhere(
    values.length,
    (i) => i > 0 && (seconds[i] as number) > 0 && (values[i] as number) >= (values[i - 1] as number),
  );
  return { ...pick({ values: rates, at, seconds, lines }, rows), isCounter: true };
}

function lengthBetween(from: number, to: number, interval: number | null): number {
  const length = to - from;
  return Number.isNaN(length) ? (interval ?? Number.NaN) : length;
}

/** What is 0 of a disk or process that did nothing; how long its requests took is not. */
function isActivity(signal: SignalName): boolean {
  const { kind, unit, scope } = meaningOf(signal);
  return kind === 'rate' && unit !== 'ms' && (scope[0] === 'disk' || scope[0] === 'process');
}

/** The same with 0 for the reports that leave the thing out. How long a request took is no 0 where there was none. */
function withIdleReports(own: Values, { times, interval, reports }: Reports & { reports: number }): Values {
  const printed = new Set(own.at);
  const missing =
    times.length > 0
      ? times.filter((time) => !printed.has(time))
      : new Array<number>(Math.max(0, reports - own.values.length)).fill(Number.NaN);
  if (missing.length === 0) return own;
  const idle = new Array<number>(missing.length).fill(0);
  const rows = {
    values: Float64Array.from([...own.values, ...idle]),
    at: Float64Array.from([...own.at, ...missing]),
    seconds: Float64Array.from([...own.seconds, ...missing.map((at) => secondsAt(at, times, interval))]),
    lines: Uint32Array.from([...own.lines, ...idle]),
  };
  const { at } = rows;
  const order = [...at.keys()];
  if (times.length > 0) order.sort((a, b) => (timeAt(at, a) ?? 0) - (timeAt(at, b) ?? 0));
  return pick(rows, order);
}

/** Tables with a row for each process and report, as pidstat and top print them. */
function processTracks({ dataset, place, interval }: Placed<Events>, signal: SignalName): Track[] {
  const meanings = columnsOf(dataset.tool);
  const rows = rowsOf(dataset);
  const column = rows.columns.findIndex(
    ({ name }) =>
      Object.hasOwn(meanings, name) &&
      tellingsOf(meanings[name] as ColumnMeaning).some((each) => each.signal === signal),
  );
  if (column < 0) return [];
  const telling = tellingsOf(meanings[rows.columns[column]?.name ?? ''] as ColumnMeaning).find(
    (each) => each.signal === signal,
  ) as Telling;
  const processes = rowsByProcess(rows);
  const times = [...distinctTimes(dataset.at)];
  const since = telling.firstSinceStart ? times[0] : undefined;
  const told = since === undefined ? times : times.slice(1);
  const clock = { times: told, interval: interval ?? medianGap(times) };
  const table = {
    ...clock,
    secondsOf: secondsIn(clock),
    reports: told.length,
    omitsIdle: omitsIdle(dataset.tool),
  };
  return processes.flatMap(({ subject, rows: own }) => {
    const values = own.flatMap((row) => {
      const value =
        telling.begins === undefined
          ? rows.number(row, column)
          : Number(rows.text(row, column)?.startsWith(telling.begins) ?? false);
      const at = rows.at(row);
      return value === null || (since !== undefined && at === since) ? [] : [{ value, at, line: rows.line(row) }];
    });
    if (values.length === 0) return [];
    const track = trackOf(
      {
        values: Float64Array.from(values, ({ value }) => value),
        at: Float64Array.from(values, ({ at }) => at ?? Number.NaN),
        lines: Uint32Array.from(values, ({ line }) => line),
        unit: rows.columns[column]?.unit ?? '',
      },
      telling,
      table,
    );
    return track === null ? [] : [{ ...track, signal, subject, source: dataset.source, dataset: place, metric: null }];
  });
}

/** The rows of each process; those of single threads (pidstat -t) are left out. */
function rowsByProcess(rows: Rows): { subject: Subject; rows: number[] }[] {
  const [pid, process] = [roleIn(rows, 'pid'), roleIn(rows, 'process')];
  const thread = rows.columns.findIndex(({ name }) => name === 'TID');
  const processes = new Map<string, { subject: Subject; rows: number[] }>();
  for (let row = 0; row < rows.count; row++) {
    const [id, name] = [rows.number(row, pid), processName(rows.text(row, process) ?? '')];
    if (id === null || (thread >= 0 && thread !== pid && rows.number(row, thread) !== null)) continue;
    const key = `${id} ${name}`;
    const known = processes.get(key);
    if (known === undefined) processes.set(key, { subject: { kind: 'process', name, pid: id }, rows: [row] });
    else known.rows.push(row);
  }
  return [...processes.values()];
}

export function roleIn({ columns }: Pick<Rows, 'columns'>, role: 'pid' | 'process' | 'duration' | 'size'): number {
  return columns.findIndex((column) => column.role === role);
}

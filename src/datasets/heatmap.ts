/**
 * Datasets as a grid of time against something else: latency for interval histograms and event logs (after Brendan
 * Gregg's latency heat maps), the offset within the second for samples (after FlameScope), the CPU for mpstat.
 */
import { extent } from './extent.ts';
import { timelessWords } from './labels.ts';
import { byBounds } from './percentiles.ts';
import type { Bucket, Column, Events, Histogram, HistogramGroup, Series, Stacks } from './shapes.ts';

export interface Row {
  /** Half open, in the map's `rowUnit`; null is unbounded on that side. */
  low: number | null;
  high: number | null;
  /** What is written beside the row in place of its range: `CPU 3`. */
  name: string | null;
}

export interface HeatMap {
  /** What tells this map from others of the same dataset: `disk sda`; empty where there is one. */
  label: string;
  /** Start and end of each column: seconds, or the interval's number where no time is known. Half open, ascending. */
  columns: [low: number, high: number][];
  columnUnit: 'seconds' | 'interval';
  /** Ascending: the first is drawn lowest. */
  rows: Row[];
  rowTitle: string;
  rowUnit: string;
  /** `values[row * columns.length + column]`; NaN where nothing was measured. */
  values: Float64Array;
  /** What a cell holds: how many, or a share from 0 to 100. */
  valueKind: 'count' | 'percent';
  valueUnit: string;
  /** What was left out or put together, in words. */
  notes: string[];
}

/** The most columns a map gets: more are put together. */
const MAX_COLUMNS = 1200;
/** A map of more rows is no picture: a linear histogram of thousands of steps, or damage. */
const MAX_ROWS = 400;
/** About how many columns an event log is cut into. */
const EVENT_COLUMNS = 100;

/** One map for each set of labels (disk, operation), its columns the intervals; none where there is one interval only. */
export function histogramHeatMaps({ groups, unit, cumulative }: Histogram): HeatMap[] {
  if (cumulative) return [];
  return [...groupBy(groups, timelessWords)].flatMap(([label, timed]) => {
    if (timed.length < 2) return [];
    const rows = distinctBuckets(timed);
    if (rows.length > MAX_ROWS) return [];
    const { columns: all, columnUnit } = intervals(timed);
    const each = Math.ceil(all.length / MAX_COLUMNS);
    const columns = together(all, each);
    const map = emptyMap({ label, columns, columnUnit, rows, rowTitle: '', rowUnit: unit });
    const rowAt = new Map(rows.map(({ low, high }, i) => [`${low} ${high}`, i]));
    timed.forEach(({ buckets }, column) => {
      for (const [low, high, count] of buckets)
        add(map, rowAt.get(`${low} ${high}`) as number, Math.floor(column / each), count);
    });
    if (each > 1) map.notes.push(`a column is ${each} intervals put together: there are too many for one each`);
    return [map];
  });
}

/** The log's duration column over time, counted; null where it has no such column or no times. */
export function eventHeatMap(events: Events): HeatMap | null {
  const duration = events.columns.findIndex(({ role, type }) => role === 'duration' && type === 'number');
  if (duration < 0) return null;
  const points: [at: number, value: number][] = [];
  events.rows.forEach((row, i) => {
    const [at, value] = [events.at[i], row[duration]];
    if (typeof at === 'number' && typeof value === 'number') points.push([at, value]);
  });
  if (points.length === 0) return null;
  const { name, unit } = events.columns[duration] as Column;
  const columns = timeColumns(points.map(([at]) => at));
  const rows = valueRows(points.map(([, value]) => value));
  const map = emptyMap({ label: '', columns, columnUnit: 'seconds', rows, rowTitle: name, rowUnit: unit });
  for (const [at, value] of points) add(map, rowOf(rows, value), columnOf(columns, at), 1);
  map.valueUnit = 'rows';
  const left = events.rows.length - points.length;
  if (left > 0) map.notes.push(`${left} of ${events.rows.length} rows have no time or no ${name} and are not drawn`);
  return map;
}

/** Samples by whole second and by the offset within it; null where samples have no times. */
export function subsecondHeatMap({ profile, unit }: Stacks, slots = 50): HeatMap | null {
  const { samples } = profile;
  if (samples === null) return null;
  const [first, last] = extent(samples.at);
  if (first > last) return null;
  const start = Math.floor(first);
  const seconds = Math.floor(last) - start + 1;
  const each = Math.ceil(seconds / MAX_COLUMNS);
  const columns = Array.from({ length: Math.ceil(seconds / each) }, (_, i): [number, number] => [
    start + i * each,
    start + (i + 1) * each,
  ]);
  const rows = Array.from({ length: slots }, (_, i) => ({
    low: (1000 * i) / slots,
    high: (1000 * (i + 1)) / slots,
    name: null,
  }));
  const map = emptyMap({ label: '', columns, columnUnit: 'seconds', rows, rowTitle: 'offset', rowUnit: 'ms' });
  // Samples that all weigh the same are better counted than weighed.
  const weight = samples.weight?.some((each) => each !== samples.weight?.[0]) ? samples.weight : null;
  map.valueUnit = weight === null ? 'samples' : unit;
  let timeless = 0;
  samples.at.forEach((at, i) => {
    if (Number.isNaN(at)) timeless++;
    else {
      const slot = Math.min(slots - 1, Math.floor((at - Math.floor(at)) * slots));
      add(map, slot, Math.floor((Math.floor(at) - start) / each), weight?.[i] ?? 1);
    }
  });
  if (timeless > 0) map.notes.push(`${timeless} samples have no time and are not drawn`);
  if (each > 1) map.notes.push(`a column is ${each} seconds put together: there are too many for one each`);
  return map;
}

/**
 * How busy each CPU was over time, as mpstat -P ALL tells it: 100 less %idle and %iowait, which is idling too. Null for
 * series without CPUs.
 */
export function cpuHeatMap({ metrics }: Series): HeatMap | null {
  const idle = metrics.filter(({ name, labels }) => name === '%idle' && /^\d+$/.test(cpuOf(labels) ?? ''));
  if (idle.length < 2) return null;
  idle.sort((a, b) => Number(cpuOf(a.labels)) - Number(cpuOf(b.labels)));
  const longest = idle.reduce((a, b) => (b.points.length > a.points.length ? b : a));
  const { columns, columnUnit } = intervals(longest.points.slice(longest.sinceBoot).map(([at]) => ({ at })));
  if (columns.length === 0) return null;
  const rows = idle.map(({ labels }) => {
    const cpu = Number(cpuOf(labels));
    return { low: cpu, high: cpu + 1, name: `CPU ${cpu}` };
  });
  const map = emptyMap({ label: '', columns, columnUnit, rows, rowTitle: 'CPU', rowUnit: '' });
  map.values.fill(Number.NaN);
  map.valueKind = 'percent';
  map.valueUnit = '% busy';
  idle.forEach(({ points, sinceBoot, labels }, row) => {
    const waits = metrics.find((other) => other.name === '%iowait' && cpuOf(other.labels) === cpuOf(labels));
    points.slice(sinceBoot).forEach(([at, value], i) => {
      const column = columnUnit === 'interval' || at === null ? i : columnOf(columns, at);
      map.values[row * columns.length + column] = 100 - value - (waits?.points[i + sinceBoot]?.[1] ?? 0);
    });
  });
  return map;
}

function cpuOf(labels: Record<string, string>): string | undefined {
  return labels.cpu ?? labels.CPU;
}

type MapStart = Pick<HeatMap, 'label' | 'columns' | 'columnUnit' | 'rows' | 'rowTitle' | 'rowUnit'>;

function emptyMap(start: MapStart): HeatMap {
  const values = new Float64Array(start.rows.length * start.columns.length);
  return { ...start, values, valueKind: 'count', valueUnit: '', notes: [] };
}

function add(map: HeatMap, row: number, column: number, weight: number): void {
  const cell = row * map.columns.length + column;
  map.values[cell] = (map.values[cell] as number) + weight;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const known = groups.get(key(item));
    if (known === undefined) groups.set(key(item), [item]);
    else known.push(item);
  }
  return groups;
}

function distinctBuckets(groups: readonly HistogramGroup[]): Row[] {
  const distinct = new Map<string, Bucket>();
  for (const { buckets } of groups) for (const bucket of buckets) distinct.set(`${bucket[0]} ${bucket[1]}`, bucket);
  return [...distinct.values()].sort(byBounds).map(([low, high]) => ({ low, high, name: null }));
}

/** A column for each interval, from its time to the next one's, and never wider than the usual distance. */
function intervals(timed: readonly { at: number | null }[]): Pick<HeatMap, 'columns' | 'columnUnit'> {
  const times = timed.map(({ at }) => at);
  const usable = times.every((at, i) => at !== null && (i === 0 || at > (times[i - 1] as number)));
  if (!usable || times.length < 2)
    return { columns: times.map((_, i): [number, number] => [i + 1, i + 2]), columnUnit: 'interval' };
  const starts = times as number[];
  const gaps = starts.slice(1).map((at, i) => at - (starts[i] as number));
  const usual = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] as number;
  const columns = starts.map((at, i): [number, number] => [at, at + Math.min(gaps[i] ?? usual, usual * 1.5)]);
  return { columns, columnUnit: 'seconds' };
}

/** Every `each` columns merged into one. */
function together(columns: readonly [number, number][], each: number): [number, number][] {
  return Array.from({ length: Math.ceil(columns.length / each) }, (_, i): [number, number] => {
    const [first, last] = [columns[i * each], columns[Math.min((i + 1) * each, columns.length) - 1]];
    return [(first as [number, number])[0], (last as [number, number])[1]];
  });
}

/** Even columns of a round width over the times; the last time lies inside the last column. */
function timeColumns(times: readonly number[]): [number, number][] {
  const [first, last] = extent(times);
  // A clock that shows whole seconds cannot fill finer columns.
  const finest = times.every((at) => Number.isInteger(at - first)) ? 1 : 1e-6;
  const step = Math.max(finest, roundUp(Math.max(last - first, 1e-6) / EVENT_COLUMNS));
  // Tenths as a quotient: 7 times 0.1 is more than 0.7, and an event at 0.7 would fall into the column before.
  const edge = step < 1 ? (i: number) => i / Math.round(1 / step) : (i: number) => i * step;
  const [from, to] = [Math.floor(first / edge(1)), Math.floor(last / edge(1))];
  return Array.from({ length: to - from + 1 }, (_, i): [number, number] => [edge(from + i), edge(from + i + 1)]);
}

/** The next of 1, 2 and 5 times a power of ten. */
function roundUp(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const lead = step / power;
  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

const FINE = [1, 1.5, 2, 3, 5, 7];
const COARSE = [1, 2, 5];

/** Rows of steps that grow like the values do, from the least to the greatest, both inside; below them a row from zero. */
function valueRows(values: readonly number[]): Row[] {
  const [least, greatest] = extent(values.filter((value) => value > 0));
  const bounds: number[] = [];
  if (least <= greatest) {
    const [from, to] = [Math.floor(Math.log10(least)), Math.floor(Math.log10(greatest))];
    const steps = to - from > 4 ? COARSE : FINE;
    for (let power = from; power <= to + 1; power++) for (const step of steps) bounds.push(step * 10 ** power);
  }
  const first = bounds.findLastIndex((bound) => bound <= least);
  const end = bounds.findIndex((bound) => bound > greatest);
  const used = bounds.slice(Math.max(first, 0), end + 1);
  const rows: Row[] = used.slice(1).map((high, i) => ({ low: used[i] as number, high, name: null }));
  if (values.some((value) => value === 0)) rows.unshift({ low: 0, high: used[0] ?? 1, name: null });
  if (values.some((value) => value < 0)) rows.unshift({ low: null, high: 0, name: null });
  return rows;
}

function rowOf(rows: readonly Row[], value: number): number {
  return rows.findIndex(({ low, high }) => (low === null || value >= low) && (high === null || value < high));
}

/** The column a time falls into; one in a gap between two columns goes to the one before. */
function columnOf(columns: readonly [number, number][], at: number): number {
  let [low, high] = [0, columns.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((columns[middle] as [number, number])[0] <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Datasets as a grid of time against something else: latency for interval histograms and event logs (after Brendan
 * Gregg's latency heat maps), the offset within the second for samples (after FlameScope), the CPU for mpstat.
 */
import { BoundsMap, groupsByName, mergedBuckets } from './buckets.ts';
import { rowCount } from './cells.ts';
import { picked, rowsWhere } from './columns.ts';
import { extent } from './extent.ts';
import type { Column, Events, Histogram, Series, Stacks } from './shapes.ts';

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

/** The most columns a map gets unless told: more are put together, so that a picture costs its pixels and not its rows. */
const MAX_COLUMNS = 500;
/** A map of more rows is no picture: a linear histogram of thousands of steps, or damage. */
const MAX_ROWS = 400;
/** About how many columns an event log is cut into. */
const EVENT_COLUMNS = 100;

/** One map for each set of labels (disk, operation), its columns the intervals; none where there is one interval only. */
export function histogramHeatMaps(histogram: Histogram, most = MAX_COLUMNS): HeatMap[] {
  const { unit, cumulative, at, starts, low, high, counts } = histogram;
  if (cumulative) return [];
  return [...groupsByName(histogram)].flatMap(([label, groups]) => {
    if (groups.length < 2) return [];
    const rows = mergedBuckets(histogram, groups).map(([from, to]): Row => ({ low: from, high: to, name: null }));
    if (rows.length > MAX_ROWS) return [];
    const { columns: all, columnUnit } = intervals(Float64Array.from(groups, (group) => at[group] as number));
    const each = Math.ceil(all.length / most);
    const columns = together(all, each);
    const map = emptyMap({ label, columns, columnUnit, rows, rowTitle: '', rowUnit: unit });
    const place = new BoundsMap();
    for (const row of rows) place.of(row.low ?? Number.NaN, row.high ?? Number.NaN);
    groups.forEach((group, column) => {
      for (let i = starts[group] as number; i < (starts[group + 1] as number); i++)
        add(map, place.of(low[i] as number, high[i] as number), Math.floor(column / each), counts[i] as number);
    });
    if (each > 1) map.notes.push(`a column is ${each} intervals put together: there are too many for one each`);
    return [map];
  });
}

/** The log's duration column over time, counted; null where it has no such column or no times. */
export function eventHeatMap(events: Events): HeatMap | null {
  const duration = events.columns.findIndex(({ role, type }) => role === 'duration' && type === 'number');
  const { numbers } = events.cells[duration] ?? {};
  if (numbers === undefined) return null;
  const drawn = rowsWhere(numbers.length, (row) => !Number.isNaN(events.at[row]) && !Number.isNaN(numbers[row]));
  if (drawn.length === 0) return null;
  const [times, values] = [picked(events.at, drawn), picked(numbers, drawn)];
  const { name, unit } = events.columns[duration] as Column;
  const columns = timeColumns(times);
  const rows = valueRows(values);
  const map = emptyMap({ label: '', columns, columnUnit: 'seconds', rows, rowTitle: name, rowUnit: unit });
  const [rowOf, columnOf] = [rowFinder(rows), columnFinder(columns)];
  for (let i = 0; i < values.length; i++) add(map, rowOf(values[i] as number), columnOf(times[i] as number), 1);
  map.valueUnit = 'rows';
  const left = rowCount(events) - drawn.length;
  if (left > 0) map.notes.push(`${left} of ${rowCount(events)} rows have no time or no ${name} and are not drawn`);
  return map;
}

/** Samples by whole second and by the offset within it; null where samples have no times. */
export function subsecondHeatMap({ profile, unit }: Stacks, slots = 50, most = MAX_COLUMNS): HeatMap | null {
  const { samples } = profile;
  if (samples === null) return null;
  const [first, last] = extent(samples.at);
  if (first > last) return null;
  const start = Math.floor(first);
  const seconds = Math.floor(last) - start + 1;
  const each = Math.ceil(seconds / most);
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
export function cpuHeatMap({ metrics }: Series, most = MAX_COLUMNS): HeatMap | null {
  const idle = metrics.filter(({ name, labels }) => name === '%idle' && /^\d+$/.test(cpuOf(labels) ?? ''));
  if (idle.length < 2) return null;
  idle.sort((a, b) => Number(cpuOf(a.labels)) - Number(cpuOf(b.labels)));
  const longest = idle.reduce((a, b) => (b.values.length > a.values.length ? b : a));
  const { columns: all, columnUnit } = intervals(longest.at.subarray(longest.sinceBoot));
  if (all.length === 0) return null;
  const each = Math.ceil(all.length / most);
  const columns = together(all, each);
  const rows = idle.map(({ labels }) => {
    const cpu = Number(cpuOf(labels));
    return { low: cpu, high: cpu + 1, name: `CPU ${cpu}` };
  });
  const map = emptyMap({ label: '', columns, columnUnit, rows, rowTitle: 'CPU', rowUnit: '' });
  map.values.fill(Number.NaN);
  map.valueKind = 'percent';
  map.valueUnit = '% busy';
  const columnOf = columnFinder(columns);
  const waits = new Map(metrics.filter(({ name }) => name === '%iowait').map((each) => [cpuOf(each.labels), each]));
  idle.forEach(({ at, values, sinceBoot, labels }, row) => {
    const waiting = waits.get(cpuOf(labels))?.values;
    for (let i = sinceBoot; i < values.length; i++) {
      const time = at[i] as number;
      const column =
        columnUnit === 'interval' || Number.isNaN(time) ? Math.floor((i - sinceBoot) / each) : columnOf(time);
      const cell = row * columns.length + column;
      const busy = 100 - (values[i] as number) - (waiting?.[i] ?? 0);
      // NaN is less than nothing: the first of a column is taken, then whatever is greater.
      if (!(busy <= (map.values[cell] as number))) map.values[cell] = busy;
    }
  });
  if (each > 1)
    map.notes.push(`a column is ${each} intervals, of which the busiest is shown: there are too many for one each`);
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

/** A column for each interval, from its time to the next one's, and never wider than the usual distance. */
function intervals(times: Float64Array): Pick<HeatMap, 'columns' | 'columnUnit'> {
  const usable = times.every((at, i) => (i === 0 ? !Number.isNaN(at) : at > (times[i - 1] as number)));
  if (!usable || times.length < 2)
    return { columns: Array.from(times, (_, i): [number, number] => [i + 1, i + 2]), columnUnit: 'interval' };
  const gaps = times.subarray(1).map((at, i) => at - (times[i] as number));
  const usual = gaps.toSorted()[gaps.length >> 1] as number;
  const columns = Array.from(times, (at, i): [number, number] => [at, at + Math.min(gaps[i] ?? usual, usual * 1.5)]);
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
function timeColumns(times: Float64Array): [number, number][] {
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
function valueRows(values: Float64Array): Row[] {
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

/** Which row a value falls into. */
function rowFinder(rows: readonly Row[]): (value: number) => number {
  const lows = Float64Array.from(rows, ({ low }) => low ?? Number.NEGATIVE_INFINITY);
  return (value) => lastNotAbove(lows, value);
}

/** Which column a time falls into; one in a gap between two columns goes to the one before. */
function columnFinder(columns: readonly [number, number][]): (at: number) => number {
  const starts = Float64Array.from(columns, ([from]) => from);
  return (at) => lastNotAbove(starts, at);
}

/** The last of ascending numbers that is not above the value; the first where all are. */
function lastNotAbove(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ascending[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The shapes as signals read them: the only file of the room that knows how a dataset keeps its rows. Averages since boot
 * and numbers that are none are left out here, so that no rule ever meets one.
 */
import { bucketsOf, groupCount, mergedBuckets, withGroups } from '../datasets/buckets.ts';
import { cellAt, numberAt, rowCount } from '../datasets/cells.ts';
import { picked, rowsWhere, timeAt } from '../datasets/columns.ts';
import { groupsOf } from '../datasets/groups.ts';
import { once } from '../datasets/once.ts';
import { allBuckets } from '../datasets/percentiles.ts';
import type { Bucket, Column, Counts, Events, Histogram, Metric, Series } from '../datasets/shapes.ts';

/** A metric without its values. */
export interface MetricHead {
  /** Its place among the dataset's metrics. */
  index: number;
  /** As the C locale calls it. */
  name: string;
  labels: Readonly<Record<string, string>>;
}

/** One metric over time: parallel columns. `at` is NaN where no time is known. */
export interface MetricColumn extends MetricHead {
  unit: string;
  values: Float64Array;
  at: Float64Array;
  lines: Uint32Array;
}

export function metricHeads({ metrics }: Series): MetricHead[] {
  return metrics.map(({ name, english = name, labels }, index) => ({ index, name: english, labels }));
}

export function metricColumn(series: Series, head: MetricHead): MetricColumn {
  const { unit, at, values, lines, sinceBoot } = series.metrics[head.index] as Metric;
  const since = { values: values.subarray(sinceBoot), at: at.subarray(sinceBoot), lines: lines.subarray(sinceBoot) };
  const offline = isOfCpu(head) ? linesOfOffline(series) : NONE;
  if (since.values.every(Number.isFinite) && offline.size === 0) return { ...head, unit, ...since };
  const rows = rowsWhere(
    since.values.length,
    (row) => Number.isFinite(since.values[row]) && !offline.has(since.lines[row] as number),
  );
  return {
    ...head,
    unit,
    values: picked(since.values, rows),
    at: picked(since.at, rows),
    lines: picked(since.lines, rows),
  };
}

const NONE: ReadonlySet<number> = new Set();

export function isOfCpu({ labels }: { labels: Readonly<Record<string, string>> }): boolean {
  return /^\d+$/.test(labels.CPU ?? '');
}

/** mpstat and sar print a CPU that is offline all the same, as a row of zeros: no idle time, and nothing else either. */
const linesOfOffline = once(({ metrics }: Series): ReadonlySet<number> => {
  const ofCpus = metrics.filter((metric) => metric.unit === '%' && isOfCpu(metric));
  const offline = new Set<number>();
  for (const { name, english = name, values, lines } of ofCpus)
    if (english === '%idle')
      for (let i = 0; i < values.length; i++) if (values[i] === 0) offline.add(lines[i] as number);
  if (offline.size === 0) return NONE;
  for (const { values, lines } of ofCpus)
    for (let i = 0; i < values.length; i++) if (values[i] !== 0) offline.delete(lines[i] as number);
  return offline;
});

const timesBySeries = new WeakMap<Series, ReadonlySet<number>>();

/** All times at which any metric has a number, without averages since boot. */
export function timesTold(series: Series): ReadonlySet<number> {
  const known = timesBySeries.get(series);
  if (known !== undefined) return known;
  const times = new Set<number>();
  let before: Metric | null = null;
  for (const metric of series.metrics) {
    // The columns of a row share its time.
    const isSame = before !== null && metric.at === before.at && metric.sinceBoot === before.sinceBoot;
    if (isSame && metric.values.every(Number.isFinite)) continue;
    for (let i = metric.sinceBoot; i < metric.values.length; i++)
      if (Number.isFinite(metric.values[i]) && !Number.isNaN(metric.at[i])) times.add(metric.at[i] as number);
    before = metric.values.every(Number.isFinite) ? metric : before;
  }
  timesBySeries.set(series, times);
  return times;
}

/** How many reports the series of a table have, the averages since boot left out. */
export function reportsIn({ metrics }: Series): number {
  return metrics.reduce((most, { values, sinceBoot }) => Math.max(most, values.length - sinceBoot), 0);
}

/** The same with them. */
export function printingsOf({ metrics }: Series): number {
  return metrics.reduce((most, { values }) => Math.max(most, values.length), 0);
}

/** A table of events by row and column. */
export interface Rows {
  count: number;
  columns: readonly Column[];
  number(row: number, column: number): number | null;
  text(row: number, column: number): string | null;
  at(row: number): number | null;
  line(row: number): number;
}

export function rowsOf(events: Events): Rows {
  return {
    count: rowCount(events),
    columns: events.columns,
    number(row, column) {
      const number = numberAt(events, row, column);
      return Number.isFinite(number) ? number : null;
    },
    text(row, column) {
      const cell = cellAt(events, row, column);
      return cell === null ? null : String(cell);
    },
    at: (row) => timeAt(events.at, row),
    line: (row) => events.lines[row] as number,
  };
}

export interface BucketGroup {
  labels: Readonly<Record<string, string>>;
  at: number | null;
  buckets: readonly Bucket[];
}

export function bucketGroups(histogram: Histogram): BucketGroup[] {
  return Array.from({ length: groupCount(histogram) }, (_, group) => ({
    labels: histogram.labels[group] as Record<string, string>,
    at: timeAt(histogram.at, group),
    buckets: bucketsOf(histogram, group),
  }));
}

/** What was counted in all, or in the groups with such labels; of a histogram that accumulates, its last state. */
export function allCounted(histogram: Histogram, isWanted?: (labels: BucketGroup['labels']) => boolean): Bucket[] {
  if (isWanted === undefined) return allBuckets(histogram);
  const groups = [...histogram.labels.keys()].filter((group) => isWanted(histogram.labels[group] ?? {}));
  return allBuckets({ ...histogram, ...withGroups(histogram, groups) });
}

/** What was counted in each report, of the groups with such labels; none where it accumulates or tells no times. */
export function countedByTime(
  histogram: Histogram,
  isWanted: (labels: BucketGroup['labels']) => boolean,
): { at: number; buckets: Bucket[] }[] {
  if (histogram.cumulative) return [];
  const wanted = [...histogram.labels.keys()].filter(
    (group) => timeAt(histogram.at, group) !== null && isWanted(histogram.labels[group] ?? {}),
  );
  const reports = groupsOf(wanted, (group) => histogram.at[group] as number);
  return [...reports].map(([at, groups]) => ({ at, buckets: mergedBuckets(histogram, groups) }));
}

export interface CountRow {
  key: readonly string[];
  value: number;
  at: number | null;
  line: number;
}

export function countRows({ keys, key, values, at, lines }: Counts): CountRow[] {
  return Array.from(values, (value, i) => ({
    key: keys[key[i] as number] as string[],
    value,
    at: timeAt(at, i),
    line: lines[i] as number,
  })).filter(({ value }) => Number.isFinite(value));
}

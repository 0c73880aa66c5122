/**
 * The shapes as signals read them: the only file of the room that knows how a dataset keeps its rows. Averages since boot
 * and numbers that are none are left out here, so that no rule ever meets one.
 */
import { bucketsOf, groupCount, mergedBuckets, withGroups } from '../datasets/buckets.ts';
import { cellAt, numberAt, rowCount } from '../datasets/cells.ts';
import { timeAt } from '../datasets/columns.ts';
import { groupsOf } from '../datasets/groups.ts';
import { allBuckets } from '../datasets/percentiles.ts';
import type { Bucket, Column, Counts, Events, Histogram, Series } from '../datasets/shapes.ts';

/** One metric over time: parallel columns. `at` is null where no time is known. */
export interface MetricColumn {
  /** Its place among the dataset's metrics. */
  index: number;
  /** As the C locale calls it. */
  name: string;
  labels: Readonly<Record<string, string>>;
  unit: string;
  values: number[];
  at: (number | null)[];
  lines: number[];
}

export function metricColumns({ metrics }: Series): MetricColumn[] {
  return metrics.map(({ name, english = name, labels, unit, at, values, lines, sinceBoot }, index) => {
    const rows = Array.from(values.keys()).filter((i) => i >= sinceBoot && Number.isFinite(values[i]));
    return {
      index,
      name: english,
      labels,
      unit,
      values: rows.map((i) => values[i] as number),
      at: rows.map((i) => timeAt(at, i)),
      lines: rows.map((i) => lines[i] as number),
    };
  });
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

/** Datasets row by row, as tests write them down and compare them. */
import { bucketColumns, type Group, groupsIn } from '../src/datasets/buckets.ts';
import { GrowingCells, rowAt } from '../src/datasets/cells.ts';
import { noTimes, timeAt } from '../src/datasets/columns.ts';
import { type CountItem, countColumns, itemsIn } from '../src/datasets/counts.ts';
import type { Cell, Cells, Column, Counts, Events, Histogram, Metric } from '../src/datasets/shapes.ts';

type Time = number | null;

export function groupsOf(histogram: Histogram): Group[] {
  return [...groupsIn(histogram)];
}

export function itemsOf(counts: Counts): CountItem[] {
  return [...itemsIn(counts)];
}

/** The rows of a log, or of a table of the report. */
export function rowsOf(table: { cells: Cells[]; lines?: Uint32Array; length?: number }): Cell[][] {
  return Array.from({ length: table.length ?? table.lines?.length ?? 0 }, (_, row) => rowAt(table, row));
}

export function pointsOf({ at, values }: Pick<Metric, 'at' | 'values'>): [at: Time, value: number][] {
  return Array.from(values, (value, i) => [timeAt(at, i), value]);
}

export function histogramOf(
  head: Omit<Histogram, keyof ReturnType<typeof bucketColumns>>,
  groups: readonly Partial<Group>[],
): Histogram {
  const whole = groups.map((group): Group => {
    const buckets = group.buckets ?? [];
    return { labels: {}, at: null, lines: buckets.map((_, i) => i + 1), ...group, buckets };
  });
  return { ...head, ...bucketColumns(whole) };
}

export function countsOf(
  head: Omit<Counts, keyof ReturnType<typeof countColumns>>,
  items: readonly (Pick<CountItem, 'key' | 'value'> & Partial<CountItem>)[],
): Counts {
  return { ...head, ...countColumns(items.map((item, i) => ({ at: null, line: i + 1, ...item }))) };
}

export function eventsOf(
  head: Omit<Events, 'cells' | 'at' | 'lines'>,
  rows: readonly (readonly Cell[])[],
  at: readonly Time[] = [],
): Events {
  const lines = Uint32Array.from(rows, (_, i) => i + 1);
  return { ...head, cells: cellsOf(head.columns, rows), at: timesOf(at, rows.length), lines };
}

export function cellsOf(columns: readonly Column[], rows: readonly (readonly Cell[])[]): Cells[] {
  return columns.map((_, i) => {
    const cells = new GrowingCells();
    for (const row of rows) cells.push(row[i] ?? null);
    return cells.build();
  });
}

export function timesOf(at: readonly Time[], length = at.length): Float64Array {
  return at.length === 0 ? noTimes(length) : Float64Array.from(at, (time) => time ?? Number.NaN);
}

export function metricOf(
  head: Pick<Metric, 'name'> & Partial<Omit<Metric, 'at' | 'values' | 'lines'>>,
  points: readonly (readonly [at: Time, value: number])[],
  lines: readonly number[] = points.map((_, i) => i + 1),
): Metric {
  return {
    labels: {},
    unit: '',
    sinceBoot: 0,
    ...head,
    at: timesOf(
      points.map(([at]) => at),
      points.length,
    ),
    values: Float64Array.from(points, ([, value]) => value),
    lines: Uint32Array.from(lines),
  };
}

/** The same with datasets row by row, wherever they stand in it, for `toMatchObject`. */
export function plain(value: unknown): unknown {
  if (value instanceof Float64Array) return Array.from(value, (number) => (Number.isNaN(number) ? null : number));
  if (value instanceof Uint32Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Map || value instanceof Set) return value;
  const fields = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
  return { ...fields, ...rowsIn(value) };
}

function rowsIn(value: object): object {
  if ('values' in value && 'sinceBoot' in value) return { points: pointsOf(value as Metric) };
  if (!('shape' in value)) return {};
  if (value.shape === 'events') return { rows: rowsOf(value as Events) };
  if (value.shape === 'counts') return { items: itemsOf(value as Counts) };
  return value.shape === 'histogram' ? { groups: groupsOf(value as Histogram) } : {};
}

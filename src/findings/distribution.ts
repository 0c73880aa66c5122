/** Distributions as findings say them: a percentile is the bucket it falls in, never a point. */
import { shareText, usecsText } from '../datasets/amounts.ts';
import { rowsWhere } from '../datasets/columns.ts';
import { bucketTotal, modes, percentileBucket } from '../datasets/percentiles.ts';
import type { Bucket, Cells, Events } from '../datasets/shapes.ts';

/** Microseconds in one of a duration's unit as the tools spell it; null for a unit that is none. */
export function usecsPer(unit: string): number | null {
  const known: Readonly<Record<string, number>> = {
    nsecs: 1e-3,
    ns: 1e-3,
    usecs: 1,
    us: 1,
    msecs: 1e3,
    ms: 1e3,
    secs: 1e6,
    s: 1e6,
  };
  return Object.hasOwn(known, unit) ? (known[unit] as number) : null;
}

/** The lower bound, in microseconds, of the bucket that holds the p-th percentile: at least so long. */
export function atLeast(buckets: readonly Bucket[], p: number, usecs: number): number | null {
  const index = percentileBucket(buckets, p);
  return index === null ? null : ((buckets[index] as Bucket)[0] ?? 0) * usecs;
}

/** The upper bound, in microseconds, of the bucket that holds the p-th percentile: at most so long. */
export function atMost(buckets: readonly Bucket[], p: number, usecs: number): number {
  const index = percentileBucket(buckets, p);
  return index === null
    ? Number.POSITIVE_INFINITY
    : ((buckets[index] as Bucket)[1] ?? Number.POSITIVE_INFINITY) * usecs;
}

/** `p99 in 16.4 ms to 32.8 ms`. */
export function percentileInWords(buckets: readonly Bucket[], p: number, usecs: number): string {
  const index = percentileBucket(buckets, p);
  if (index === null) return `no p${p}: nothing was counted`;
  const [low, high] = buckets[index] as Bucket;
  if (high === null) return `p${p} above ${usecsText((low ?? 0) * usecs)}`;
  return `p${p} in ${usecsText((low ?? 0) * usecs)} to ${usecsText(high * usecs)}`;
}

/** `Two kinds of I/O are mixed: 8 us to 64 us (93 %) and 2 ms to 16 ms (7 %).`; null where there is one hill only. */
export function mixtureInWords(buckets: readonly Bucket[], usecs: number, of: string): string | null {
  const hills = modes(buckets);
  if (hills.length < 2) return null;
  const total = bucketTotal(buckets);
  const kinds = hills.map(({ first, last, count }) => {
    const low = (buckets[first] as Bucket)[0] ?? 0;
    const high = (buckets[last] as Bucket)[1];
    const to = high === null ? 'more' : usecsText(high * usecs);
    return `${usecsText(low * usecs)} to ${to} (${shareText(count / total)})`;
  });
  const how = kinds.length === 2 ? 'Two' : kinds.length === 3 ? 'Three' : 'Several';
  return `${how} kinds of ${of} are mixed: ${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1)}.`;
}

/** The column of an event table that plays a role, or -1. */
export function columnOf({ columns }: Events, role: Events['columns'][number]['role']): number {
  return columns.findIndex((column) => column.role === role);
}

/** The column of any of these names, or -1. */
export function columnNamed({ columns }: Pick<Events, 'columns'>, ...names: string[]): number {
  return columns.findIndex(({ name }) => names.includes(name));
}

/** The numbers of a column in microseconds; rows without one are left out. */
export function durations(events: Events): { row: number; usecs: number }[] {
  const column = columnOf(events, 'duration');
  const factor = usecsPer(events.columns[column]?.unit ?? '');
  if (column < 0 || factor === null) return [];
  const { numbers } = events.cells[column] as Cells;
  const rows = rowsWhere(numbers.length, (row) => !Number.isNaN(numbers[row]));
  return Array.from(rows, (row) => ({ row, usecs: (numbers[row] as number) * factor }));
}

/** The exact percentile of values: the smallest that at least p percent do not exceed. 0 for none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * p) / 100) - 1)] ?? 0;
}

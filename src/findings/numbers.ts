/** Arithmetic that rules share. */
import { extent } from '../datasets/extent.ts';
import type { Range } from '../datasets/narrow.ts';

/** From the least to the greatest; null for no values. */
export function extentOf(values: readonly number[]): Range | null {
  if (values.length === 0) return null;
  const [from, to] = extent(values);
  return { from, to };
}

/** The exact percentile of values: the smallest that at least p percent do not exceed. 0 for none. */
export function percentile(values: readonly number[] | Float64Array, p: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil((sorted.length * p) / 100) - 1)] ?? 0;
}

export function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** NaN for no values. */
export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : sumOf(values) / values.length;
}

/** The least of several distances: all of the conditions must be met. */
export function all(...distances: readonly number[]): number {
  return distances.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
}

/** The greatest: one of the conditions is enough. */
export function any(...distances: readonly number[]): number {
  return distances.reduce((most, each) => (Number.isNaN(each) ? most : Math.max(most, each)), Number.NEGATIVE_INFINITY);
}

/** How much of the way to a limit is gone where less is worse: at 10 of 5 half of it is. */
export function towardsLess(value: number, limit: number): number {
  return value <= 0 ? Number.POSITIVE_INFINITY : limit / value;
}

/** How much of the way to a limit in percent is gone, where what is left counts and not what is used. */
export function fullness(used: number, limit: number): number {
  return used >= limit ? used / limit : (100 - limit) / Math.max(1e-9, 100 - used);
}

/** Percent busy below which whoever comes next finds a CPU that is idle: nobody waits for one who uses the rest. */
export const FULL_CPUS = 80;

/** A spell of so much of the time is said to be of all of it. */
export const NEARLY_ALL = 0.9;

/** Where the buckets of a histogram stand along its axis, before pixels. */
import { extent } from '../datasets/extent.ts';
import type { Bucket } from '../datasets/shapes.ts';

/** True where the buckets grow in width, as powers of two do. */
export function widens(buckets: readonly Bucket[]): boolean {
  const widths = buckets.flatMap(([low, high]) => (low === null || high === null ? [] : [high - low]));
  const negative = buckets.some(([low, high]) => (low ?? high ?? 0) < 0);
  const [narrowest, widest] = extent(widths);
  return !negative && widest > 1.5 * narrowest;
}

export type Scale = 'log' | 'linear';

/** A bucket's place on the scale before pixels. Zero has none on a log scale: it stands one doubling below the next bound. */
export function ends([low, high]: Bucket, scale: Scale, usual: number): [number, number] {
  if (scale === 'linear') {
    if (low === null) return [(high ?? 0) - usual, high ?? 0];
    return [low, high ?? low + usual];
  }
  if (low === null || low <= 0) return [Math.log2((high ?? 1) / 2), Math.log2(high ?? 1)];
  return [Math.log2(low), Math.log2(high ?? low * 2)];
}

/** What the axis spans, in the units of `ends`. */
export interface Domain {
  low: number;
  high: number;
  /** How wide an unbounded bucket is drawn on a linear scale. */
  usual: number;
}

/** The span of all the buckets together, so that several panels share one axis. */
export function domainOf(buckets: readonly Bucket[], scale: Scale): Domain {
  const widths = buckets
    .flatMap(([low, high]) => (low === null || high === null ? [] : [high - low]))
    .sort((a, b) => a - b);
  const usual = widths[widths.length >> 1] ?? 1;
  let [low, high] = [Infinity, -Infinity];
  for (const bucket of buckets) {
    const [from, to] = ends(bucket, scale, usual);
    low = Math.min(low, from);
    high = Math.max(high, to);
  }
  return low < high ? { low, high, usual } : { low: 0, high: 1, usual };
}

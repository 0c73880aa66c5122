/** Distributions that are known by their buckets: a percentile is the bucket it falls in, never a point. */
import { bucketTotal, modes, percentileBucket } from '../datasets/percentiles.ts';
import type { Bucket } from '../datasets/shapes.ts';
import type { SignalName } from '../datasets/signals.ts';
import { factorFor } from '../signals/units.ts';
import type { Hill, Quantity } from './facts.ts';

/** Microseconds in one of a duration's unit; null for a unit that is none. */
export function usecsPer(unit: string): number | null {
  return factorFor(unit, 'us');
}

/** The bounds, in microseconds, of the bucket that holds the p-th percentile; null where nothing was counted. */
export function percentileRange(
  buckets: readonly Bucket[],
  p: number,
  usecs: number,
): { low: number; high: number } | null {
  const index = percentileBucket(buckets, p);
  if (index === null) return null;
  const [low, high] = buckets[index] as Bucket;
  return { low: (low ?? 0) * usecs, high: high === null ? Number.POSITIVE_INFINITY : high * usecs };
}

/** The percentile as a measure. */
export function percentileOf(signal: SignalName, { low, high }: { low: number; high: number }): Quantity {
  return { signal, stat: 'p99', value: low, upTo: high };
}

/** The hills of a distribution in microseconds; one for a distribution with a single mode. */
export function hillsOf(buckets: readonly Bucket[], usecs: number): Hill[] {
  const total = bucketTotal(buckets);
  return modes(buckets).map(({ first, last, count }) => {
    const high = (buckets[last] as Bucket)[1];
    return {
      low: ((buckets[first] as Bucket)[0] ?? 0) * usecs,
      high: high === null ? null : high * usecs,
      share: count / total,
    };
  });
}

/** What can be said of a distribution that is known only by its buckets. */
import { type BucketColumns, groupsByName, mergedBuckets } from './buckets.ts';
import type { Bucket, Histogram } from './shapes.ts';

/** How much is in all buckets together. */
export function bucketTotal(buckets: readonly Bucket[]): number {
  return buckets.reduce((sum, [, , count]) => sum + count, 0);
}

/**
 * The bucket that holds the p-th percentile: the first at which at least `p` percent of all has been counted. The value
 * lies somewhere in it; where, the histogram does not know.
 *
 * @param p above 0, at most 100
 * @returns the bucket's index, or null where nothing was counted
 */
export function percentileBucket(buckets: readonly Bucket[], p: number): number | null {
  const total = bucketTotal(buckets);
  if (total <= 0) return null;
  // A hair less than asked, so that 90% of 10 is the 9th and not the 10th by a rounding error.
  const wanted = (total * p) / 100 - total * 1e-12;
  let counted = 0;
  for (let i = 0; i < buckets.length; i++) {
    counted += (buckets[i] as Bucket)[2];
    if (counted >= wanted) return i;
  }
  return null;
}

export interface Mode {
  /** Indexes of its first, highest and last bucket. */
  first: number;
  peak: number;
  last: number;
  count: number;
}

/** A hill counts as a mode of its own when it holds this share of all at least … */
const MODE_SHARE = 0.01;
/** … and the valley to its higher neighbour falls below this share of its own peak. */
const VALLEY_SHARE = 0.5;

/**
 * The hills of a distribution, left to right: places where values gather, with a clear valley between each two. A fast
 * path and a slow one (cache and disk) show as two. Everything counted belongs to one of them, but for hills too small
 * to name, which join their neighbour.
 */
export function modes(buckets: readonly Bucket[]): Mode[] {
  const total = bucketTotal(buckets);
  const hills = splitAtValleys(buckets);
  const large = hills.filter((hill) => hill.count >= total * MODE_SHARE);
  return large.map((hill, i) => {
    const first = i === 0 ? (hills[0] as Mode).first : hill.first;
    const next = large[i + 1];
    const last = next === undefined ? (hills.at(-1) as Mode).last : next.first - 1;
    return { ...trimEmpty(buckets, first, last), peak: hill.peak };
  });
}

function splitAtValleys(buckets: readonly Bucket[]): Mode[] {
  const count = (i: number): number => buckets[i]?.[2] ?? 0;
  const hills: Mode[] = [];
  let hill = { first: 0, peak: 0 };
  let valley = 0;
  for (let i = 1; i < buckets.length; i++) {
    if (count(i) <= count(valley) || valley < hill.peak) valley = i;
    const rises = isAbove(count(hill.peak), count(valley)) && isAbove(count(i), count(valley));
    if (rises) {
      hills.push({ ...hill, last: valley - 1, count: 0 });
      hill = { first: valley, peak: i };
      valley = i;
    } else if (count(i) > count(hill.peak)) {
      hill.peak = i;
      valley = i;
    }
  }
  if (bucketTotal(buckets) > 0) hills.push({ ...hill, last: buckets.length - 1, count: 0 });
  return hills.map((each) => ({ ...each, count: sumBetween(buckets, each.first, each.last) }));
}

/** Whether the drop from a peak into a valley is clear, and more than the chance of few counts (two of their deviations). */
function isAbove(peak: number, valley: number): boolean {
  return valley < peak * VALLEY_SHARE && peak - valley >= 2 * Math.sqrt(peak);
}

function trimEmpty(buckets: readonly Bucket[], from: number, to: number): Mode {
  let [first, last] = [from, to];
  while (first < last && buckets[first]?.[2] === 0) first++;
  while (last > first && buckets[last]?.[2] === 0) last--;
  return { first, peak: first, last, count: sumBetween(buckets, first, last) };
}

function sumBetween(buckets: readonly Bucket[], first: number, last: number): number {
  return bucketTotal(buckets.slice(first, last + 1));
}

/** Everything a histogram counted, its groups added up; of one that accumulates the last state of each. */
export function allBuckets(histogram: BucketColumns & Pick<Histogram, 'cumulative'>): Bucket[] {
  if (!histogram.cumulative) return mergedBuckets(histogram, histogram.labels.keys());
  return mergedBuckets(
    histogram,
    [...groupsByName(histogram).values()].map((groups) => groups.at(-1) as number),
  );
}

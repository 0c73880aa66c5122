/** Two captures of the same tools, number by number: what was, what is. */
import { groupsByName, mergedBuckets } from './buckets.ts';
import { meanOf } from './columns.ts';
import { withRates } from './counters.ts';
import { countSums } from './counts.ts';
import { extent } from './extent.ts';
import { totalWeight } from './fold.ts';
import { bucketTotal, percentileBucket } from './percentiles.ts';
import type { Bucket, Counts, Histogram, Metric, Series, Stacks } from './shapes.ts';

/** A number before and after; null where one of the two has none. */
export interface Change {
  name: string;
  before: number | null;
  after: number | null;
  unit: string;
}

/**
 * Whether two shares, in percent of so many samples, differ by more than sampling alone makes them differ: by two standard
 * errors of a difference of proportions. Of 93 samples one is 1.1%, and says nothing. The error is the larger of that by
 * each share itself and that by both together: the first is blind where a share of few samples is all or nothing, the
 * second where one profile is much the longer.
 */
export function isBeyondChance(
  { before, after }: Pick<Change, 'before' | 'after'>,
  samplesBefore: number,
  samplesAfter: number,
): boolean {
  const [was, is] = [(before ?? 0) / 100, (after ?? 0) / 100];
  const pooled = (was * samplesBefore + is * samplesAfter) / (samplesBefore + samplesAfter);
  const apart = (was * (1 - was)) / samplesBefore + (is * (1 - is)) / samplesAfter;
  const together = pooled * (1 - pooled) * (1 / samplesBefore + 1 / samplesAfter);
  return Math.abs(is - was) > 2 * Math.sqrt(Math.max(apart, together));
}

/** How many samples the shares of a profile are of; null where its weights are no samples: then all of it was measured. */
export function samplesOf({ kind, unit, profile }: Stacks): number | null {
  if (kind !== 'on-cpu') return null;
  return unit === 'samples' ? totalWeight(profile) : profile.sampleCount;
}

/** A metric of two captures, and what its values came to. */
export interface MetricChange extends Change {
  /** The greatest value of each; null where there is none. */
  most: [before: number | null, after: number | null];
  /** How much and how clearly the mean changed, from 0 to 1: what orders changes of unlike things. */
  effect: number;
  metrics: [before: Metric | null, after: Metric | null];
}

/** The mean of each metric, of counters that of their rates, the reports since boot left out; what both captures have first, in the order of the tool. */
export function seriesChanges(before: Series, after: Series): MetricChange[] {
  const [was, is] = [byName(withRates(before)), byName(withRates(after))];
  const names = [...new Set([...is.keys(), ...was.keys()])];
  const changes = names.map((name) => metricChange(was.get(name) ?? null, is.get(name) ?? null));
  const isShared = ({ before: b, after: a }: Change): boolean => b !== null && a !== null;
  return [...changes.filter(isShared), ...changes.filter((change) => !isShared(change))];
}

/** Metrics that have values, by name, labels and unit: in another unit it is another metric. */
function byName({ metrics }: Series): Map<string, Metric> {
  const telling = metrics.filter(({ values, sinceBoot }) => values.length > sinceBoot);
  return new Map(telling.map((metric) => [`${nameOf(metric)} ${metric.unit}`, metric]));
}

function nameOf({ name, labels }: Metric): string {
  return [name, ...Object.entries(labels).map(([label, value]) => `${label} ${value}`)].join(' · ');
}

function metricChange(was: Metric | null, is: Metric | null): MetricChange {
  const [before, after] = [was && momentsOf(was), is && momentsOf(is)];
  const { unit } = (is ?? was) as Metric;
  return {
    name: nameOf((is ?? was) as Metric),
    before: before?.mean ?? null,
    after: after?.mean ?? null,
    unit,
    most: [before?.most ?? null, after?.most ?? null],
    effect: before === null || after === null ? 0 : effectOf(before, after, unit),
    metrics: [was, is],
  };
}

interface Moments {
  mean: number;
  most: number;
  /** Of the mean: the variance of the values over how many there are. */
  variance: number;
}

function momentsOf({ values: all, sinceBoot, spread }: Metric): Moments {
  const values = all.subarray(sinceBoot);
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    most: extent(spread === undefined ? values : spread.greatest.subarray(sinceBoot))[1],
    variance: values.length < 2 ? 0 : squares / (values.length - 1) / values.length,
  };
}

/** A difference of so many standard errors is clear, and no clearer beyond. */
const CLEAR = 2;

/**
 * How much the mean changed, from 0 to 1: of a share its points, of all else its part of the larger mean; less where it
 * is not clear, by its standard errors (Welch's t).
 */
function effectOf(before: Moments, after: Moments, unit: string): number {
  const change = Math.abs(after.mean - before.mean);
  if (change === 0) return 0;
  const whole = unit === '%' ? 100 : Math.max(Math.abs(before.mean), Math.abs(after.mean));
  const errors = change / Math.sqrt(before.variance + after.variance);
  return (change / whole) * Math.min(1, errors / CLEAR);
}

/** How long each capture watched, in seconds; null where that is not known. */
export type Seconds = readonly [before: number, after: number] | null;

/**
 * The sum of each key, per second where it is known how long each was counted: captures differ in length. The greatest
 * change first.
 */
export function countChanges(before: Counts, after: Counts, seconds: Seconds = null): Change[] {
  const [was, is] = [countSums(before), countSums(after)];
  const [before1, after1] = seconds ?? [1, 1];
  const unit = seconds === null ? after.unit : `${after.unit}/s`;
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((name) => ({ name, before: (was.get(name) ?? 0) / before1, after: (is.get(name) ?? 0) / after1, unit }))
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || (a.name < b.name ? -1 : 1));
}

/** A distribution as a whole: its labels, its buckets added up. */
export interface Distribution {
  name: string;
  buckets: Bucket[];
  count: number;
}

/** The distributions of a histogram, its intervals added up; of one that accumulates the last. */
export function distributionsOf(histogram: Histogram): Distribution[] {
  return [...groupsByName(histogram)].map(([name, groups]) => {
    const buckets = mergedBuckets(histogram, histogram.cumulative ? groups.slice(-1) : groups);
    return { name, buckets, count: bucketTotal(buckets) };
  });
}

/** The bucket of a percentile; null of an empty distribution. */
export function percentileOf({ buckets }: Distribution, p: number): Bucket | null {
  const index = percentileBucket(buckets, p);
  return index === null ? null : (buckets[index] as Bucket);
}

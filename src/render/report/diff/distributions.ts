/** Distributions of two captures by name: those that were printed as such, and the durations of logged events. */
import { type Distribution, distributionsOf } from '../../../datasets/changes.ts';
import { bucketTotal } from '../../../datasets/percentiles.ts';
import type { Bucket, Events, Histogram } from '../../../datasets/shapes.ts';
import type { DistributionPair } from '../../overlay.ts';

/** The same name is the same thing; the fullest first. */
export function distributionPairs(before: Histogram, after: Histogram): DistributionPair[] {
  return paired(distributionsOf(before), distributionsOf(after));
}

function paired(before: readonly Distribution[], after: readonly Distribution[]): DistributionPair[] {
  const names = [...new Set([...after, ...before].map(({ name }) => name))];
  const size = ({ before: was, after: is }: DistributionPair): number => (was?.count ?? 0) + (is?.count ?? 0);
  return names
    .map((name) => ({
      name,
      before: before.find((each) => each.name === name) ?? null,
      after: after.find((each) => each.name === name) ?? null,
    }))
    .sort((a, b) => size(b) - size(a));
}

/** The column of a log that tells how long each event took; -1 where none does. */
export function durationColumn({ columns }: Events): number {
  return columns.findIndex(({ role, type }) => role === 'duration' && type === 'number');
}

/** Durations of a log, ascending. */
export function durationsOf(events: Events): Float64Array {
  const { numbers = new Float64Array() } = events.cells[durationColumn(events)] ?? {};
  return numbers.filter((number) => !Number.isNaN(number)).sort();
}

/** The value that at least `p` percent of the values do not exceed (nearest rank); null of none. */
export function exactPercentile(sorted: Float64Array, p: number): number | null {
  // A hair less than asked, so that 90% of 10 is the 9th and not the 10th by a rounding error.
  return sorted[Math.max(0, Math.ceil((sorted.length * p) / 100 - 1e-9) - 1)] ?? null;
}

/** Durations in doubling buckets, as bcc prints them, so that logs are drawn as histograms are. */
export function durationPairs(before: Events, after: Events): DistributionPair[] {
  const [was, is] = [before, after].map((events) => doubling(durationsOf(events)));
  const name = after.columns[durationColumn(after)]?.name ?? '';
  return [{ name, before: asDistribution(name, was ?? []), after: asDistribution(name, is ?? []) }];
}

function asDistribution(name: string, buckets: Bucket[]): Distribution | null {
  return buckets.length === 0 ? null : { name, buckets, count: bucketTotal(buckets) };
}

function doubling(sorted: Float64Array): Bucket[] {
  const counts = new Map<number, number>();
  let none = 0;
  for (const value of sorted) {
    if (value > 0) {
      const power = powerBelow(value);
      counts.set(power, (counts.get(power) ?? 0) + 1);
    } else none++;
  }
  const powers = [...counts.keys()].sort((a, b) => a - b);
  const [low, high] = [powers[0] ?? 0, powers.at(-1) ?? -1];
  const buckets = Array.from({ length: high - low + 1 }, (_, i): Bucket => {
    return [2 ** (low + i), 2 ** (low + i + 1), counts.get(low + i) ?? 0];
  });
  return none === 0 ? buckets : [[null, 2 ** low, none], ...buckets];
}

/** The greatest power of two that is not above the value: logarithms alone miss by a hair. */
function powerBelow(value: number): number {
  const power = Math.floor(Math.log2(value));
  if (2 ** (power + 1) <= value) return power + 1;
  return 2 ** power > value ? power - 1 : power;
}

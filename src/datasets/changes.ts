/** Two captures of the same tools, number by number: what was, what is. */
import { totalWeight } from './fold.ts';
import { bucketTotal, mergeBuckets, percentileBucket } from './percentiles.ts';
import type { Profile } from './profile.ts';
import { functionWeights } from './profile-functions.ts';
import type { Bucket, Counts, Dataset, Histogram, Series, Stacks } from './shapes.ts';

/** A number before and after; null where one of the two has none. */
export interface Change {
  name: string;
  before: number | null;
  after: number | null;
  unit: string;
}

/** Datasets of the same tool, shape and title; else of the same tool and shape, in their order. */
export function pairs(before: readonly Dataset[], after: readonly Dataset[]): [before: Dataset, after: Dataset][] {
  const left = new Set(before);
  const found: [Dataset, Dataset][] = [];
  const take = (same: (a: Dataset, b: Dataset) => boolean): void => {
    for (const later of after) {
      if (found.some(([, known]) => known === later)) continue;
      const earlier = [...left].find(
        (each) => each.tool === later.tool && each.shape === later.shape && same(each, later),
      );
      if (earlier === undefined) continue;
      left.delete(earlier);
      found.push([earlier, later]);
    }
  };
  take((a, b) => a.title === b.title);
  take(() => true);
  return found.sort(([, a], [, b]) => after.indexOf(a) - after.indexOf(b));
}

/** Each function's self, as its share of its own profile in percent; the greatest change first. */
export function functionChanges(before: Profile, after: Profile): Change[] {
  const was = selfShares(before);
  const is = selfShares(after);
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((name) => ({ name, before: was.get(name) ?? 0, after: is.get(name) ?? 0, unit: '%' }))
    .filter((change) => change.before !== change.after)
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || (a.name < b.name ? -1 : 1));
}

/**
 * Whether two shares, in percent of so many samples, differ by more than sampling alone makes them differ: by two standard
 * errors of a difference of proportions. Of 93 samples one is 1.1 %, and says nothing.
 */
export function isBeyondChance({ before, after }: Change, samplesBefore: number, samplesAfter: number): boolean {
  const [was, is] = [(before ?? 0) / 100, (after ?? 0) / 100];
  const variance = (was * (1 - was)) / samplesBefore + (is * (1 - is)) / samplesAfter;
  return Math.abs(is - was) > 2 * Math.sqrt(variance);
}

/** How many samples the shares of a profile are of; null where its weights are no samples: then all of it was measured. */
export function samplesOf({ kind, unit, profile }: Stacks): number | null {
  if (kind !== 'on-cpu') return null;
  return unit === 'samples' ? totalWeight(profile) : profile.sampleCount;
}

/** The changes of functions that are more than chance, and how many are not. */
export function tellingChanges(before: Stacks, after: Stacks): { changes: Change[]; byChance: number } {
  const all = functionChanges(before.profile, after.profile);
  const [was, is] = [samplesOf(before), samplesOf(after)];
  const changes = was === null || is === null ? all : all.filter((change) => isBeyondChance(change, was, is));
  return { changes, byChance: all.length - changes.length };
}

function selfShares(profile: Profile): Map<string, number> {
  const { self } = functionWeights(profile);
  const total = self.reduce((sum, weight) => sum + weight, 0);
  const shares = new Map<string, number>();
  profile.frames.names.forEach((name, frame) => {
    const weight = self[frame] as number;
    if (weight > 0) shares.set(name, (shares.get(name) ?? 0) + (100 * weight) / total);
  });
  return shares;
}

/** The mean of each metric, the reports since boot left out. */
export function seriesChanges(before: Series, after: Series): Change[] {
  const was = means(before);
  const is = means(after);
  return [...new Set([...was.keys(), ...is.keys()])].map((name) => ({
    name,
    before: was.get(name)?.mean ?? null,
    after: is.get(name)?.mean ?? null,
    unit: (is.get(name) ?? was.get(name))?.unit ?? '',
  }));
}

function means({ metrics }: Series): Map<string, { mean: number; unit: string }> {
  const found = new Map<string, { mean: number; unit: string }>();
  for (const { name, labels, unit, points, sinceBoot } of metrics) {
    const values = points.slice(sinceBoot).map(([, value]) => value);
    if (values.length === 0) continue;
    const words = Object.entries(labels).map(([label, value]) => `${label} ${value}`);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    found.set([name, ...words].join(' · '), { mean, unit });
  }
  return found;
}

/** The sum of each key; the greatest change first. */
export function countChanges(before: Counts, after: Counts): Change[] {
  const was = sums(before);
  const is = sums(after);
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((name) => ({ name, before: was.get(name) ?? 0, after: is.get(name) ?? 0, unit: after.unit }))
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || (a.name < b.name ? -1 : 1));
}

function sums({ items, cumulative }: Counts): Map<string, number> {
  const found = new Map<string, number>();
  for (const { key, value } of items) {
    const name = key.join(', ');
    found.set(name, cumulative ? value : (found.get(name) ?? 0) + value);
  }
  return found;
}

/** A distribution as a whole: its labels, its buckets added up. */
export interface Distribution {
  name: string;
  buckets: Bucket[];
  count: number;
}

/** The distributions of a histogram, its intervals added up; of one that accumulates the last. */
export function distributionsOf({ groups, cumulative }: Histogram): Distribution[] {
  const byName = new Map<string, Bucket[][]>();
  for (const { labels, buckets } of groups) {
    const words = Object.entries(labels).filter(([label]) => label !== 'time');
    const name = words.map(([label, value]) => `${label} ${value}`).join(', ');
    const known = byName.get(name);
    if (known === undefined || cumulative) byName.set(name, [buckets]);
    else known.push(buckets);
  }
  return [...byName].map(([name, lists]) => {
    const buckets = mergeBuckets(lists);
    return { name, buckets, count: bucketTotal(buckets) };
  });
}

/** The bucket of a percentile; null of an empty distribution. */
export function percentileOf({ buckets }: Distribution, p: number): Bucket | null {
  const index = percentileBucket(buckets, p);
  return index === null ? null : (buckets[index] as Bucket);
}

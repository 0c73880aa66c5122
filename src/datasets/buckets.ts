/** The groups of a histogram and their buckets: one at a time, added up, and while they come in. */
import { Growing } from './columns.ts';
import { timelessWords } from './labels.ts';
import type { Bucket, Histogram } from './shapes.ts';

/** What of a histogram lives in columns. */
export type BucketColumns = Pick<Histogram, 'labels' | 'at' | 'starts' | 'low' | 'high' | 'counts' | 'lines'>;

/** A group by itself. */
export interface Group {
  labels: Record<string, string>;
  at: number | null;
  buckets: Bucket[];
  /** The line of each bucket. */
  lines: number[];
}

export function groupCount({ labels }: Pick<Histogram, 'labels'>): number {
  return labels.length;
}

/** What tells the groups apart, one by one. */
export function groupLabels({ labels }: Pick<Histogram, 'labels'>): { labels: Record<string, string> }[] {
  return labels.map((each) => ({ labels: each }));
}

export function bucketsOf({ starts, low, high, counts }: BucketColumns, group: number): Bucket[] {
  const buckets: Bucket[] = [];
  for (let i = starts[group] as number; i < (starts[group + 1] as number); i++)
    buckets.push([bound(low[i]), bound(high[i]), counts[i] as number]);
  return buckets;
}

function bound(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** The groups one after another. */
export function* groupsIn(histogram: BucketColumns): Generator<Group> {
  const { labels, at, starts, lines } = histogram;
  for (let group = 0; group < labels.length; group++)
    yield {
      labels: labels[group] as Record<string, string>,
      at: bound(at[group]),
      buckets: bucketsOf(histogram, group),
      lines: Array.from(lines.subarray(starts[group], starts[group + 1])),
    };
}

/** The same columns with these groups only, in this order. */
export function withGroups(histogram: BucketColumns, groups: Iterable<number>): BucketColumns {
  const { labels, at, starts, low, high, counts, lines } = histogram;
  const kept = new GrowingBuckets();
  for (const group of groups) {
    kept.begin(labels[group] as Record<string, string>, at[group] as number);
    for (let i = starts[group] as number; i < (starts[group + 1] as number); i++)
      kept.add(low[i] as number, high[i] as number, counts[i] as number, lines[i] as number);
  }
  return kept.build();
}

/** Groups that differ in their time only, by what tells them from the others; in the order in which they are first seen. */
export function groupsByName({ labels }: Pick<Histogram, 'labels'>): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  labels.forEach((each, group) => {
    const name = timelessWords({ labels: each });
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [group]);
    else known.push(group);
  });
  return groups;
}

/** The groups added up: buckets with the same bounds as one, the others side by side. */
export function mergedBuckets({ starts, low, high, counts }: BucketColumns, groups: Iterable<number>): Bucket[] {
  const merged: [low: number | null, high: number | null, count: number][] = [];
  const place = new BoundsMap();
  for (const group of groups)
    for (let i = starts[group] as number; i < (starts[group + 1] as number); i++) {
      const [from, to, count] = [low[i] as number, high[i] as number, counts[i] as number];
      const known = merged[place.of(from, to)];
      if (known === undefined) merged.push([bound(from), bound(to), count]);
      else known[2] += count;
    }
  return merged.sort(byBounds);
}

/** Numbers for distinct bounds, from 0 on, in the order in which they are first asked for. */
export class BoundsMap {
  private readonly byLow = new Map<number, Map<number, number>>();
  private size = 0;

  of(low: number, high: number): number {
    const byHigh = this.byLow.get(low) ?? new Map<number, number>();
    this.byLow.set(low, byHigh);
    const place = byHigh.get(high) ?? this.size++;
    byHigh.set(high, place);
    return place;
  }
}

/** Ascending by lower bound, then by upper; unbounded below is first, unbounded above last. */
function byBounds([lowA, highA]: Bucket, [lowB, highB]: Bucket): number {
  const low = (lowA ?? -Infinity) - (lowB ?? -Infinity);
  if (low !== 0 && !Number.isNaN(low)) return low;
  const high = (highA ?? Infinity) - (highB ?? Infinity);
  return Number.isNaN(high) ? 0 : high;
}

/** Groups while their buckets come in. */
export class GrowingBuckets {
  readonly labels: Record<string, string>[] = [];
  private readonly at = new Growing(Float64Array);
  private readonly starts = new Growing(Uint32Array);
  private readonly low = new Growing(Float64Array);
  private readonly high = new Growing(Float64Array);
  private readonly counts = new Growing(Float64Array);
  private readonly lines = new Growing(Uint32Array);

  begin(labels: Record<string, string>, at: number | null): void {
    this.labels.push(labels);
    this.at.push(at ?? Number.NaN);
    this.starts.push(this.lines.length);
  }

  /** A bucket of the group that began last; null is unbounded on that side. */
  add(low: number | null, high: number | null, count: number, line: number): void {
    this.low.push(low ?? Number.NaN);
    this.high.push(high ?? Number.NaN);
    this.counts.push(count);
    this.lines.push(line);
  }

  /** The bucket that came last in the group that began last; undefined where it has none. */
  get last(): Bucket | undefined {
    const i = this.lines.length - 1;
    if (this.starts.length === 0 || i < this.starts.at(this.starts.length - 1)) return undefined;
    return [bound(this.low.at(i)), bound(this.high.at(i)), this.counts.at(i)];
  }

  /** Where the last bucket ends, which its own line did not tell. */
  endLast(high: number): void {
    this.high.set(this.high.length - 1, high);
  }

  build(): BucketColumns {
    const { labels, at, starts, low, high, counts, lines } = this;
    const columns = { low: low.build(), high: high.build(), counts: counts.build(), lines: lines.build() };
    return { labels, at: at.build(), starts: Uint32Array.from([...starts.build(), lines.length]), ...columns };
  }
}

/** Groups that are whole already, as columns. */
export function bucketColumns(groups: readonly Group[]): BucketColumns {
  const columns = new GrowingBuckets();
  for (const { labels, at, buckets, lines } of groups) {
    columns.begin(labels, at);
    buckets.forEach(([low, high, count], i) => {
      columns.add(low, high, count, lines[i] ?? 0);
    });
  }
  return columns.build();
}

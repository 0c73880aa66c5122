/** A signal of one thing over time, as one table of one tool told it, and what can be asked of it. */
import type { Evidence, Subject } from '../datasets/finding.ts';
import type { SignalName } from '../datasets/signals.ts';

/** Parallel columns: a value, when its interval ended, how long that was, and the line that says so. */
export interface Track {
  signal: SignalName;
  subject: Subject;
  /** Indices into the capture's sources and datasets, and into the dataset's metrics where it is a series. */
  source: number;
  dataset: number;
  metric: number | null;
  values: readonly number[];
  /** Seconds on the capture's axis, or since the file's first record; null where no time is known. */
  at: readonly (number | null)[];
  /** Null where neither times nor the interval are known. */
  seconds: readonly (number | null)[];
  /** 0 where a report left the thing out because it did nothing. */
  lines: readonly number[];
  /** Seconds that each value is a mean of, where that is not the interval: the load average's minute. */
  over?: number;
  /** Each value is what a counter grew by between two readings of it. */
  isCounter?: true;
  /** The truth is no more than this: page cache that cannot be given up is in it. */
  isBound?: true;
  /** Made of several metrics, or of what is left of one: `metric` is the first of them. */
  isDerived?: true;
  /** Sizes whose unit nothing tells: good for comparing with others of the same file. */
  isRelative?: true;
}

/** The mean, each value by the time that it stands for. NaN for no values. */
export function meanOf({ values, seconds }: Pick<Track, 'values' | 'seconds'>): number {
  let [sum, weight] = [0, 0];
  for (const [i, value] of values.entries()) {
    const of = seconds[i] ?? 1;
    sum += value * of;
    weight += of;
  }
  return weight > 0 ? sum / weight : Number.NaN;
}

/** -Infinity for no values. */
export function maxOf({ values }: Pick<Track, 'values'>): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

/** Infinity for no values. */
export function minOf({ values }: Pick<Track, 'values'>): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

/** The time that a track covers; of one without times, as many as it has values. */
export function lengthOf({ seconds }: Pick<Track, 'seconds'>): number {
  return seconds.reduce<number>((sum, of) => sum + (of ?? 1), 0);
}

/** Where a track is at or past a level. */
export interface Spell {
  /** The places of the values that are. */
  hits: readonly number[];
  /** Seconds of them, and their share of all. */
  seconds: number;
  share: number;
  /** When the first began and the last ended. */
  since: number | null;
  until: number | null;
  /** The mean of the hits. */
  mean: number;
  max: number;
}

/** Null where no value is past the level. */
export function spellPast(track: Track, level: number, worse: 'more' | 'less' = 'more'): Spell | null {
  return spellWhere(track, (value) => (worse === 'more' ? value >= level : value <= level));
}

export function spellWhere(track: Track, holds: (value: number, i: number) => boolean): Spell | null {
  const hits = [...track.values.keys()].filter((i) => holds(track.values[i] as number, i));
  const [first, last] = [hits[0], hits.at(-1)];
  if (first === undefined || last === undefined) return null;
  const only = pick(track, hits);
  const began = track.at[first] ?? null;
  const seconds = lengthOf(only);
  return {
    hits,
    seconds,
    share: seconds / lengthOf(track),
    since: began === null ? null : began - (track.seconds[first] ?? 0),
    until: track.at[last] ?? null,
    mean: meanOf(only),
    max: maxOf(only),
  };
}

/** The track at some of its places. */
export function pick(track: Track, places: readonly number[]): Track {
  return {
    ...track,
    values: places.map((i) => track.values[i] as number),
    at: places.map((i) => track.at[i] ?? null),
    seconds: places.map((i) => track.seconds[i] ?? null),
    lines: places.map((i) => track.lines[i] as number),
  };
}

/**
 * The level that a track is at or past for so many seconds in all: the worst of them, the least bad.
 * @returns NaN where it has no values
 */
export function levelHeldFor(
  track: Pick<Track, 'values' | 'seconds'>,
  seconds: number,
  worse: 'more' | 'less' = 'more',
): number {
  const order = [...track.values.keys()].sort((a, b) => {
    const difference = (track.values[b] as number) - (track.values[a] as number);
    return worse === 'more' ? difference : -difference;
  });
  let held = 0;
  for (const i of order) {
    held += track.seconds[i] ?? 1;
    // Stamps that were cut to whole seconds make an interval a hair shorter.
    if (held >= seconds - 1e-6) return track.values[i] as number;
  }
  const last = order.at(-1);
  return last === undefined ? Number.NaN : (track.values[last] as number);
}

/** The lines of a track, or of some places of it, and what draws it. */
export function evidenceOf({ source, dataset, metric, lines, isDerived }: Track, places?: readonly number[]): Evidence {
  const printed = (places === undefined ? lines : places.map((i) => lines[i] as number)).filter((line) => line > 0);
  const [first, last] = [printed[0], printed.at(-1)];
  return {
    source,
    lines: first === undefined || last === undefined ? null : [Math.min(first, last), Math.max(first, last)],
    drawn: { dataset, ...(metric === null ? {} : { metric }), ...(isDerived ? { isDerived } : {}) },
  };
}

/** A whole source, of which no line says it alone: a profile, a distribution. */
export function evidenceOfWhole({ source, dataset }: Pick<Track, 'source' | 'dataset'>): Evidence {
  return { source, lines: null, drawn: { dataset } };
}

/** Two tracks of the same rows as one. Places that only one of them has are left out. */
export function combined(
  signal: SignalName,
  tracks: readonly Track[],
  of: (values: readonly number[]) => number,
): Track | null {
  const [first, ...others] = tracks;
  if (first === undefined) return null;
  const finders = others.map(finderIn);
  const places: number[] = [];
  const values: number[] = [];
  for (const i of first.values.keys()) {
    const rest = others.map((track, o) => track.values[finders[o]?.(first, i) ?? -1] ?? Number.NaN);
    const value = of([first.values[i] as number, ...rest]);
    if (!Number.isFinite(value)) continue;
    places.push(i);
    values.push(value);
  }
  return values.length === 0 ? null : { ...pick(first, places), signal, values };
}

/** Finds the place of the same row: on the same line, else of the same time, else as far from the beginning. */
function finderIn({ at, lines, values }: Track): (other: Track, i: number) => number | undefined {
  const byLine = new Map(lines.map((line, i) => [line, i]));
  const byTime = new Map(at.map((time, i) => [time, i]));
  return (other, i) => {
    const [line, time] = [other.lines[i] ?? 0, other.at[i] ?? null];
    const sameRow = line > 0 ? byLine.get(line) : undefined;
    if (sameRow !== undefined) return sameRow;
    return time !== null ? byTime.get(time) : at[i] === null && i < values.length ? i : undefined;
  };
}

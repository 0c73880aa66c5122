/** A signal of one thing over time, as one table of one tool told it, and what can be asked of it. */
import { partitionPoint, picked, rowsWhere, timeAt } from '../datasets/columns.ts';
import { extent } from '../datasets/extent.ts';
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
  values: Float64Array;
  /** Seconds on the capture's axis, or since the file's first record; NaN where no time is known. */
  at: Float64Array;
  /** NaN where neither times nor the interval are known. */
  seconds: Float64Array;
  /** Of a control group's I/O: the numbers of the device, `254:16`. */
  device?: string;
  /** 0 where a report left the thing out because it did nothing. */
  lines: Uint32Array;
  /** Seconds that each value is a mean of, where that is not the interval: the load average's minute. */
  over?: number;
  /** Each value is what a counter grew by between two readings of it. */
  isCounter?: true;
  /** The truth is no more than this: page cache that cannot be given up is in it. */
  isBound?: true;
  /** Made of several metrics, or of what is left of one: `metric` is the first of them. */
  isDerived?: true;
  /** Sizes whose unit nothing tells: good for comparing with others of the same file. Of pages a second, the least that it may be. */
  isRelative?: true;
}

/** The parts of a track that stand side by side. */
export type Columns = Pick<Track, 'values' | 'at' | 'seconds' | 'lines'>;

/** When a value's interval ended; null where no time is known, and where there is no such place. */
export function timeOf({ at }: Pick<Track, 'at'>, place: number): number | null {
  return timeAt(at, place);
}

/** Seconds that a value stands for; null where nothing tells. */
export function secondsOf({ seconds }: Pick<Track, 'seconds'>, place: number): number | null {
  return timeAt(seconds, place);
}

/** When the last interval ended. */
export function lastTimeOf({ at }: Pick<Track, 'at'>): number | null {
  return timeAt(at, at.length - 1);
}

/** How much a value counts beside the others: as one where nothing tells for how long it stands. */
function weightOf(seconds: Float64Array, place: number): number {
  const own = seconds[place] as number;
  return Number.isNaN(own) ? 1 : own;
}

/** The mean, each value by the time that it stands for. NaN for no values. */
export function meanOf({ values, seconds }: Pick<Track, 'values' | 'seconds'>): number {
  let [sum, weight] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const of = weightOf(seconds, i);
    sum += (values[i] as number) * of;
    weight += of;
  }
  return weight > 0 ? sum / weight : Number.NaN;
}

/** -Infinity for no values. */
export function maxOf({ values }: Pick<Track, 'values'>): number {
  return extent(values)[1];
}

/** Infinity for no values. */
export function minOf({ values }: Pick<Track, 'values'>): number {
  return extent(values)[0];
}

/** The time that a track covers; of one without times, as many as it has values. */
export function lengthOf({ seconds }: Pick<Track, 'seconds'>): number {
  let sum = 0;
  for (let i = 0; i < seconds.length; i++) sum += weightOf(seconds, i);
  return sum;
}

/** Where a track is at or past a level. */
export interface Spell {
  /** The places of the values that are. */
  hits: Uint32Array;
  /** Seconds of them, and their share of all. */
  seconds: number;
  share: number;
  /** When it began, without what flickered long before, and when the last ended. */
  since: number | null;
  until: number | null;
  /** The mean of the hits. */
  mean: number;
  max: number;
}

/** Null where no value is past the level. */
export function spellPast(track: Track, level: number): Spell | null {
  const hits = rowsWhere(track.values.length, (i) => (track.values[i] as number) >= level);
  const [first, last] = [hits[0], hits.at(-1)];
  if (first === undefined || last === undefined) return null;
  const only = pick(track, hits);
  const onset = hits[onsetOf(only)] ?? first;
  const began = timeOf(track, onset);
  const seconds = lengthOf(only);
  return {
    hits,
    seconds,
    share: seconds / lengthOf(track),
    since: began === null ? null : began - (secondsOf(track, onset) ?? 0),
    until: timeOf(track, last),
    mean: meanOf(only),
    max: maxOf(only),
  };
}

/** What lasts is most of the hits, with fewer gaps than hits; what came before it, and apart from it, was a flicker. */
const MOST_HITS = 0.8;
const DENSE = 0.5;

/** The place of the first hit of what lasts; the first of all where the hits come and go throughout. */
function onsetOf(hits: Track): number {
  const [all, end] = [lengthOf(hits), lastTimeOf(hits)];
  if (end === null) return 0;
  let left = all;
  for (let i = 0; i < hits.values.length && left >= MOST_HITS * all; i++) {
    const own = secondsOf(hits, i) ?? 0;
    const since = (hits.at[i] as number) - own;
    if (left >= DENSE * (end - since)) return i;
    left -= own;
  }
  return 0;
}

/** A track, or its columns, at some of their places. */
export function pick<Of extends Columns>(track: Of, places: readonly number[] | Uint32Array): Of {
  const rows = places instanceof Uint32Array ? places : Uint32Array.from(places);
  return {
    ...track,
    values: picked(track.values, rows),
    at: picked(track.at, rows),
    seconds: picked(track.seconds, rows),
    lines: picked(track.lines, rows),
  };
}

/** Steps from the least value to the greatest: a level is found among those of one step. */
const LEVEL_STEPS = 4096;

/**
 * The level that a track is at or past for so many seconds in all: the worst of them, the least bad. One that is held for less has
 * the least of its values.
 * @returns NaN where it has no values
 */
export function levelHeldFor({ values, seconds }: Pick<Track, 'values' | 'seconds'>, enough: number): number {
  // Stamps that were cut to whole seconds make an interval a hair shorter.
  const least = enough - 1e-6;
  const [low, high] = extent(values);
  if (!(high > low)) return values[0] ?? Number.NaN;
  const steps = Math.min(LEVEL_STEPS / (high - low), Number.MAX_VALUE);
  const stepOf = (value: number): number => Math.min(LEVEL_STEPS - 1, Math.floor((value - low) * steps));
  const held = new Float64Array(LEVEL_STEPS);
  for (let i = 0; i < values.length; i++) {
    const place = stepOf(values[i] as number);
    held[place] = (held[place] as number) + weightOf(seconds, i);
  }
  let [place, above] = [LEVEL_STEPS - 1, 0];
  while (place > 0 && above + (held[place] as number) < least) above += held[place--] as number;
  const near = rowsWhere(values.length, (i) => stepOf(values[i] as number) === place);
  const levels = picked(values, near).sort().reverse();
  const secondsPast = (level: number): number => {
    let past = above;
    for (const i of near) if ((values[i] as number) >= level) past += weightOf(seconds, i);
    return past;
  };
  // The worst first: the further on, the longer it is held.
  const first = partitionPoint(levels.length - 1, (i) => secondsPast(levels[i] as number) < least);
  return levels[first] ?? Number.NaN;
}

/** The lines of a track, or of some places of it, and what draws it. */
export function evidenceOf(track: Track, places?: Uint32Array): Evidence {
  const { source, dataset, metric, lines, isDerived } = track;
  const told = places === undefined ? lines : picked(lines, places);
  const [first, last] = [told.find((line) => line > 0), told.findLast((line) => line > 0)];
  return {
    source,
    lines: first === undefined || last === undefined ? null : [Math.min(first, last), Math.max(first, last)],
    drawn: {
      dataset,
      ...(metric === null ? {} : { metric }),
      ...(isDerived ? { isDerived } : {}),
    },
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
  const row = new Array<number>(tracks.length);
  for (let i = 0; i < first.values.length; i++) {
    row[0] = first.values[i] as number;
    others.forEach((track, o) => {
      row[o + 1] = track.values[finders[o]?.(first, i) ?? -1] ?? Number.NaN;
    });
    const value = of(row);
    if (!Number.isFinite(value)) continue;
    places.push(i);
    values.push(value);
  }
  return values.length === 0 ? null : { ...pick(first, places), signal, values: Float64Array.from(values) };
}

/** Finds the place of another track's row: on the same line, else of the same time, else as far from the beginning. */
export function finderIn(track: Track): (other: Track, i: number) => number | undefined {
  const { at, lines, values } = track;
  let [byLine, byTime]: (Map<number, number> | null)[] = [null, null];
  return (other, i) => {
    const [line, time] = [other.lines[i] ?? 0, timeOf(other, i)];
    // Tracks of one table have most rows at the same place.
    if (line > 0 && lines[i] === line) return i;
    byLine ??= placesOf(lines);
    const sameRow = line > 0 ? byLine.get(line) : undefined;
    if (sameRow !== undefined) return sameRow;
    if (time === null) return timeOf(track, i) === null && i < values.length ? i : undefined;
    byTime ??= placesOf(at);
    return byTime.get(time);
  };
}

function placesOf(column: Float64Array | Uint32Array): Map<number, number> {
  return new Map(Array.from(column, (value, i) => [value, i]));
}

/**
 * Laying files without a manifest on one axis, by the wall clocks that they print. Dates without a zone and clocks of the day are
 * all taken for the host's own zone; times since 1970 are laid beside them where one offset alone makes them overlap.
 */
import type { PrintedClock } from './capture.ts';
import { firstOfProfiles, giveYear, layOnAxis, unrollDays } from './clock.ts';
import { extentOf } from './extent.ts';
import type { Clock, Dataset } from './shapes.ts';
import { changeTimes, timesOf } from './times.ts';
import { type Window, windowOf } from './window.ts';

const DAY = 86_400;
const HALF_HOUR = 1800;
/** The zones of the world, in half hours east of UTC; the few that lie between are not guessed. */
const [WESTMOST, EASTMOST] = [-24, 28];

/** What one file said. */
export interface LooseSource {
  datasets: readonly Dataset[];
  /** What a person must know of how the file was laid. */
  note: (text: string) => void;
}

/**
 * Turns times into seconds since the earliest of them, in place, and names their clock `capture`. What prints no wall clock (perf's
 * own times, seconds since boot) keeps its own.
 *
 * @param taken when they were made, in seconds since 1970-01-01 of the host's wall clock, where that is known
 * @returns the wall clock of the axis; null where nothing prints one
 */
export function layTogether(sources: readonly LooseSource[], taken: number | null = null): PrintedClock | null {
  const known = windowOf(sources.flatMap(({ datasets }) => onClock(datasets, 'local')));
  const near = taken ?? (known === null ? null : middle(known));
  for (const dataset of sources.flatMap(({ datasets }) => datasets))
    if (dataset.clock === 'year') giveYear(dataset, near);
  const dated = near !== null || sources.some(({ datasets }) => has(datasets, 'local'));
  const anchor = taken === null ? known : { from: taken, to: taken };
  layDays(sources, anchor);
  const local = sources.flatMap(({ datasets }) => onClock(datasets, 'local'));
  const zoned = local.length === 0;
  if (!zoned) {
    layZoned(sources);
    layUtc(sources, local);
  }
  const clock: Clock = zoned ? 'epoch' : 'local';
  const laid = sources.flatMap(({ datasets }) => onClock(datasets, clock));
  const window = windowOf(laid);
  for (const { datasets } of sources) layAlone(datasets.filter((dataset) => !laid.includes(dataset)));
  if (window === null) return null;
  for (const dataset of laid) {
    changeTimes(dataset, (at) => at - window.from);
    dataset.clock = 'capture';
  }
  return { started: window.from, utcOffset: 0, zoned, dated: zoned || dated };
}

function has(datasets: readonly Dataset[], clock: Clock): boolean {
  return onClock(datasets, clock).length > 0;
}

function onClock(datasets: readonly Dataset[], clock: Clock): Dataset[] {
  return datasets.filter(
    (dataset) => dataset.clock === clock && extentOf(timesOf(dataset))[0] < Number.POSITIVE_INFINITY,
  );
}

/** Gives each clock of the day its day: the one nearest to what has a date, or any where nothing has. */
function layDays(sources: readonly LooseSource[], anchor: Window | null): void {
  for (const { datasets } of sources) {
    const ofDay = onClock(datasets, 'day');
    for (const dataset of ofDay) unrollDays(dataset);
    joinDays(ofDay);
    const window = windowOf(ofDay);
    if (window === null) continue;
    const day = anchor === null ? 0 : Math.round((middle(anchor) - middle(window)) / DAY);
    for (const dataset of ofDay) {
      changeTimes(dataset, (at) => at + day * DAY);
      dataset.clock = 'local';
    }
  }
}

function middle({ from, to }: Window): number {
  return (from + to) / 2;
}

/** A table that begins after midnight, in a file that began before. */
function joinDays(datasets: readonly Dataset[]): void {
  const first = datasets[0] === undefined ? 0 : extentOf(timesOf(datasets[0]))[0];
  for (const dataset of datasets) {
    if (extentOf(timesOf(dataset))[0] < first - DAY / 2) changeTimes(dataset, (at) => at + DAY);
  }
}

/** Lays times since 1970 that were printed with the host's zone on its own clock. */
function layZoned(sources: readonly LooseSource[]): void {
  for (const dataset of sources.flatMap(({ datasets }) => onClock(datasets, 'epoch'))) {
    const { east } = dataset;
    if (east === undefined) continue;
    changeTimes(dataset, (at) => at + east);
    dataset.clock = 'local';
  }
}

/** Lays times since 1970 beside those of the host's own zone, where it is plain which zone that is. */
function layUtc(sources: readonly LooseSource[], local: readonly Dataset[]): void {
  const window = windowOf(local) as Window;
  for (const { datasets, note } of sources) {
    const utc = onClock(datasets, 'epoch');
    const own = windowOf(utc);
    if (own === null) continue;
    const offset = offsetBetween(own, window);
    if (offset === null) {
      note('its times are UTC, and the zone of the other files is not printed: not on their time axis');
      continue;
    }
    note(
      `its times are UTC: assumed ${offset === 0 ? 'that the host is on UTC' : `${hours(offset)} for the host`}, as the other files overlap`,
    );
    for (const dataset of utc) {
      changeTimes(dataset, (at) => at + offset);
      dataset.clock = 'local';
    }
  }
}

/** The offset at which the two overlap; null where none does, or several. */
function offsetBetween(utc: Window, local: Window): number | null {
  const overlaps = (offset: number): boolean => utc.from + offset < local.to && utc.to + offset > local.from;
  const offsets: number[] = [];
  for (let step = WESTMOST; step <= EASTMOST; step++) if (overlaps(step * HALF_HOUR)) offsets.push(step * HALF_HOUR);
  return offsets.length === 1 ? (offsets[0] as number) : null;
}

function hours(offset: number): string {
  const minutes = Math.abs(offset) / 60;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `UTC${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Each from its own first time, those of one profile in step. */
function layAlone(datasets: readonly Dataset[]): void {
  const first = firstOfProfiles(datasets);
  for (const dataset of datasets) layOnAxis(dataset, null, null, dataset.shape === 'stacks' ? first : null);
}

/** Laying every dataset's times on one axis: seconds since the capture started. */

import type { Manifest, Run } from './capture.ts';
import { timeAt } from './columns.ts';
import { extentOf } from './extent.ts';
import { printsWhenItBegins, secondOf, uncut } from './reports.ts';
import type { Clock, Dataset } from './shapes.ts';
import { changeTimes, timesOf } from './times.ts';
import { MOMENT } from './timing.ts';

const DAY = 86_400;
/** Where times of `year` count from: a year that has a 29th of February. */
export const LEAP_YEAR = Date.UTC(1972, 0, 1) / 1000;
/** How far past the capture's end a printed time may lie before it is taken for one of the day before. */
const SLACK = 3600;
/** The collector looks at its clock, /proc/uptime, in hundredths of a second, twice for each other clock that it reads. */
export const READING = 0.02;
/** The end of a tool, and its last line, are seen as exactly as its first; what counts seconds may count a hundredth too many. */
const LATE = 0.1;

/** What a clock showed when the capture started, and how far that may be off, either way. */
interface Zero {
  at: number;
  doubt: number;
}

/**
 * Turns the dataset's times into seconds since the capture started, in place, and names its clock `capture`; where the
 * manifest does not allow that, into seconds since the dataset's first record, and the clock stays what it was.
 *
 * @param manifest of the capture, or null for loose files
 * @param run of the tool, which tells when it began to count; null for loose files
 * @param first the first record of the file, where several datasets of it are to stay in step
 */
export function layOnAxis(
  dataset: Dataset,
  manifest: Manifest | null,
  run: Run | null,
  first: number | null = null,
): void {
  if (dataset.clock === null || dataset.clock === 'capture') return;
  if (dataset.clock === 'day') unrollDays(dataset);
  if (dataset.clock === 'year') giveYear(dataset, manifest === null ? null : manifest.started + manifest.utcOffset);
  const zero = manifest === null ? null : zeroOf(dataset, dataset.clock, manifest, run);
  const origin = zero?.at ?? first ?? firstTime(dataset);
  if (origin === null) return;
  const second = dataset.clock === 'elapsed' ? secondOf(run, lastTime(dataset)) : 1;
  changeTimes(dataset, (at) => at * second - origin);
  if (zero === null) return;
  dataset.clock = 'capture';
  dataset.timing = { ...MOMENT, ...dataset.timing, doubt: zero.doubt };
  if (run !== null) uncut(dataset, run);
}

/**
 * Lays dates that were printed without a year on the host's wall clock: each in the year in which it is nearest to a time that is
 * known. Where none is, they tell no time.
 * @param near seconds since 1970-01-01 of the host's wall clock
 */
export function giveYear(dataset: Dataset, near: number | null): void {
  changeTimes(dataset, (at) => (near === null ? Number.NaN : datedNear(at, near)));
  dataset.clock = near === null ? null : 'local';
}

function datedNear(sinceYear: number, near: number): number {
  const date = new Date((LEAP_YEAR + sinceYear) * 1000);
  const year = new Date(near * 1000).getUTCFullYear();
  const [month, day] = [date.getUTCMonth(), date.getUTCDate()];
  const times = [year - 1, year, year + 1].map((each) => Date.UTC(each, month, day) / 1000 + (sinceYear % DAY));
  return times.reduce((best, at) => (Math.abs(at - near) < Math.abs(best - near) ? at : best));
}

/** The first record of perf's profiles, one for each event, which have one clock between them; null for other datasets. */
export function firstOfProfiles(datasets: readonly Dataset[]): number | null {
  const times = datasets.map((dataset) => (dataset.shape === 'stacks' ? firstTime(dataset) : null));
  return times.reduce((first, time) => (first === null || (time !== null && time < first) ? time : first), null);
}

/** Null where the manifest does not tell. */
function zeroOf(dataset: Dataset, clock: Clock, manifest: Manifest, run: Run | null): Zero | null {
  if (clock === 'epoch') return { at: manifest.started, doubt: READING };
  if (clock === 'local') return { at: manifest.started + manifest.utcOffset, doubt: READING };
  if (clock === 'day') {
    const at = midnight(dataset, manifest);
    return at === null ? null : { at, doubt: READING };
  }
  if (clock === 'monotonic') return manifest.monotonic === null ? null : { at: manifest.monotonic, doubt: READING };
  return clock === 'elapsed' && run !== null ? zeroOfElapsed(run, lastTime(dataset)) : null;
}

/**
 * A tool that prints its first line when it begins to count has counted since then, unless the collector, on a busy host, saw that
 * line too late for all that came behind it. Any other began between when it was started and when it must have, to come as far as it
 * did until it ended.
 */
function zeroOfElapsed(run: Run, last: number | null): Zero | null {
  const { via, started, attached, ended, lastPrinted = null } = run;
  const ends = [ended, lastPrinted].filter((end) => end !== null);
  const came = last === null ? [] : ends.map((end) => end - last);
  if (printsWhenItBegins(run) && attached !== null && came.every((latest) => attached <= latest + LATE))
    return { at: -attached, doubt: READING };
  if (started === null) return null;
  // bcc's and libbpf's count from the first thing that they see, which may be long after they attach.
  const isFromFirst = via === 'bcc' || via === 'libbpf-tools';
  const latest = [...(isFromFirst || attached === null ? [] : [attached]), ...came].filter((bound) => bound >= started);
  if (latest.length === 0) return { at: -started, doubt: READING };
  const half = (Math.min(...latest) - started) / 2;
  return { at: -(started + half), doubt: half + READING };
}

/**
 * Lets a clock of the day go on past midnight: a time that lies more than half a day before the one printed above it is
 * of the next day. Less than that is only disorder.
 */
export function unrollDays(dataset: Dataset): void {
  for (const times of timesOf(dataset)) {
    let days = 0;
    let previous: number | null = null;
    change(times, (at) => {
      if (previous !== null && at + days < previous - DAY / 2) days += DAY;
      // A straggler of the day before, printed just after midnight.
      else if (previous !== null && days > 0 && at + days > previous + DAY / 2) return at + days - DAY;
      previous = at + days;
      return previous;
    });
  }
  // A device that appears after midnight has a list of its own, with nothing above it to tell the day.
  const first = firstPrinted(dataset);
  if (first === null) return;
  for (const times of timesOf(dataset)) {
    let days: number | null = null;
    change(times, (at) => {
      days ??= at < first - DAY / 2 ? DAY : 0;
      return at + days;
    });
  }
}

/** The capture's start on the dataset's clock of the day: the last record lies on the last day it can, not after the end. */
function midnight(dataset: Dataset, manifest: Manifest): number | null {
  const last = lastTime(dataset);
  if (last === null) return null;
  const start = (((manifest.started + manifest.utcOffset) % DAY) + DAY) % DAY;
  const latest = manifest.ended - manifest.started + SLACK;
  return start + Math.ceil((last - start - latest) / DAY) * DAY;
}

/** The time of the dataset's first line, which need not be the smallest. */
function firstPrinted(dataset: Dataset): number | null {
  if (dataset.shape !== 'series') return firstOf(dataset);
  const heads = dataset.metrics.filter(({ lines }) => lines.length > 0);
  heads.sort((a, b) => (a.lines[0] as number) - (b.lines[0] as number));
  return heads[0] === undefined ? null : timeAt(heads[0].at, 0);
}

function firstOf(dataset: Dataset): number | null {
  for (const times of timesOf(dataset)) for (const at of times) if (!Number.isNaN(at)) return at;
  return null;
}

function firstTime(dataset: Dataset): number | null {
  return extreme(dataset, 0);
}

function lastTime(dataset: Dataset): number | null {
  return extreme(dataset, 1);
}

function extreme(dataset: Dataset, which: 0 | 1): number | null {
  const [least, greatest] = extentOf(timesOf(dataset));
  return least <= greatest ? ([least, greatest][which] as number) : null;
}

/** Puts what `visit` returns in the place of each time there is. */
function change(times: Float64Array, visit: (at: number) => number): void {
  for (let i = 0; i < times.length; i++) {
    const at = times[i] as number;
    if (!Number.isNaN(at)) times[i] = visit(at);
  }
}

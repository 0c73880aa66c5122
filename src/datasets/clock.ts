/** Laying every dataset's times on one axis: seconds since the capture started. */

import type { Manifest } from './capture.ts';
import { timeAt } from './columns.ts';
import { extentOf } from './extent.ts';
import type { Clock, Dataset } from './shapes.ts';
import { changeTimes, timesOf } from './times.ts';

const DAY = 86_400;
/** How far past the capture's end a printed time may lie before it is taken for one of the day before. */
const SLACK = 3600;

/**
 * Turns the dataset's times into seconds since the capture started, in place, and names its clock `capture`; where the
 * manifest does not allow that, into seconds since the dataset's first record, and the clock stays what it was.
 *
 * @param manifest of the capture, or null for loose files
 * @param started when the tool started, in seconds since the capture did
 * @param first the first record of the file, where several datasets of it are to stay in step
 */
export function layOnAxis(
  dataset: Dataset,
  manifest: Manifest | null,
  started: number | null,
  first: number | null = null,
): void {
  if (dataset.clock === null || dataset.clock === 'capture') return;
  if (dataset.clock === 'day') unrollDays(dataset);
  const zero = dataset.clock === 'day' ? midnight(dataset, manifest) : zeroOf(dataset.clock, manifest, started);
  const origin = zero ?? first ?? firstTime(dataset);
  if (origin === null) return;
  changeTimes(dataset, (at) => at - origin);
  if (zero !== null) dataset.clock = 'capture';
}

/** The first record of perf's profiles, one for each event, which have one clock between them; null for other datasets. */
export function firstOfProfiles(datasets: readonly Dataset[]): number | null {
  const times = datasets.map((dataset) => (dataset.shape === 'stacks' ? firstTime(dataset) : null));
  return times.reduce((first, time) => (first === null || (time !== null && time < first) ? time : first), null);
}

/** What the clock showed when the capture started, or null where that is not known. */
function zeroOf(clock: Clock, manifest: Manifest | null, started: number | null): number | null {
  if (manifest === null) return null;
  if (clock === 'epoch') return manifest.started;
  if (clock === 'local') return manifest.started + manifest.utcOffset;
  if (clock === 'monotonic') return manifest.monotonic;
  if (clock === 'elapsed') return started === null ? null : -started;
  return null;
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
function midnight(dataset: Dataset, manifest: Manifest | null): number | null {
  const last = lastTime(dataset);
  if (manifest === null || last === null) return null;
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

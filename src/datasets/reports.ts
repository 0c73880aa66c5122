/**
 * When the reports of a tool were made that prints one each interval: told by when it printed its first line and its last. What it
 * counts or stamps to the second itself says less.
 */
import type { Run } from './capture.ts';
import type { Dataset } from './shapes.ts';
import { changeTimes, distinctTimesOf } from './times.ts';
import { MOMENT } from './timing.ts';

/** On a busy host a tool that sleeps for a second and then reports is late each time, never this much. */
const LATEST = 1.5;
/** How far a report may lie from where its stamp says, beside the second that was cut off. */
const SLACK = 0.1;

/** A tool whose first line is there when it begins. */
export function printsWhenItBegins({ via }: Run): boolean {
  return via === 'classic' || via === 'proc';
}

/** When a tool printed its first line and its last, and how far apart its reports were to be; null where any of it is not known. */
function printed(run: Run): { from: number; to: number; interval: number } | null {
  const { attached, lastPrinted = null, interval } = run;
  if (!printsWhenItBegins(run) || attached === null || lastPrinted === null || interval === null) return null;
  return { from: attached, to: lastPrinted, interval };
}

/**
 * How long a second is that a tool counted by its reports: of `vmstat 1` some milliseconds more, for it sleeps that long between
 * two and takes its time to print.
 *
 * @param last the time of the last report, as counted
 */
export function secondOf(run: Run | null, last: number | null): number {
  const all = run === null ? null : printed(run);
  if (all === null || last === null || last <= 0) return 1;
  const second = (all.to - all.from) / last;
  return second >= 1 && second <= LATEST ? second : 1;
}

/**
 * Gives reports that are stamped to the second (mpstat, sar, pidstat) the fraction that was cut off, in place: they come at even
 * distances, from the first line to the last. Stamps that do not fit that stay as they are.
 *
 * @param dataset on the capture's axis
 */
export function uncut(dataset: Dataset, run: Run): void {
  const { timing = MOMENT, clock } = dataset;
  const all = printed(run);
  if (clock !== 'capture' || timing.grain !== 1 || all === null) return;
  const { from, to, interval } = all;
  const stamps = distinctTimesOf(dataset);
  const reports = Math.round((to - from) / interval);
  if (stamps.length < 2 || reports < 1 || !isOf(stamps.at(-1) as number, to)) return;
  const step = (to - from) / reports;
  // top reports with its first line; mpstat, sar and pidstat print a heading, and report an interval later.
  const made = new Map(
    [...stamps].map((stamp) => [stamp, from + step * Math.ceil((stamp - SLACK / 2 - from) / step)] as const),
  );
  // Each report has a stamp of its own, and fits it.
  if (new Set(made.values()).size !== stamps.length) return;
  if (![...made].every(([stamp, time]) => isOf(stamp, time))) return;
  changeTimes(dataset, (at) => made.get(at) ?? at);
  dataset.timing = { ...timing, grain: 0, doubt: timing.doubt + (Math.abs(step - interval) * reports) / 2 };
}

function isOf(stamp: number, time: number): boolean {
  return time > stamp - SLACK && time < stamp + 1 + SLACK;
}

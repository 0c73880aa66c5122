/** The report's one time axis, and what is drawn along it. */
import type { Capture } from '../../datasets/capture.ts';
import { extentOf } from '../../datasets/extent.ts';
import type { Severity } from '../../datasets/finding.ts';
import type { Range } from '../../datasets/narrow.ts';
import type { Dataset } from '../../datasets/shapes.ts';
import { timesOf } from '../../datasets/times.ts';
import { MOMENT } from '../../datasets/timing.ts';
import { windowOf } from '../../datasets/window.ts';

export interface Axis extends Range {
  /** Without a manifest the files have no common clock: then the axis is that of one source. */
  source: number | null;
}

/** One moment is rounded out to a millisecond, or to two. */
const MOMENT_WIDTH = 0.0025;

/** A signal along the axis. */
export interface Lane {
  label: string;
  /** Their names, as findings have them; none of what is no signal. */
  signals: readonly string[];
  /** Who told it. */
  tool: string;
  unit: string;
  at: number[];
  value: number[];
  /** What fills the lane: 100 for percents; null takes the largest value. */
  full: number | null;
  /** Before this time its tool was not yet watching, where the capture tells so. */
  watchedFrom?: number;
  /** When a finding rests on it, and how bad that is. */
  found?: (Range & { severity: Severity })[];
  /** The same signal of an earlier capture, on the same axis. */
  before?: Pick<Lane, 'at' | 'value'>;
}

/** Whether the dataset's times are on the axis. */
export function isOnAxis({ clock, source }: Pick<Dataset, 'clock' | 'source'>, axis: Axis): boolean {
  return axis.source === null ? clock === 'capture' : clock !== null && source === axis.source;
}

/**
 * The axis of a capture: its window by the manifest, and what its tools said just after; of loose files, from the first to the last time
 * on the wall clock that they print; else that of the first file that has any time. Null where nothing has.
 */
export function axisOf({ manifest, datasets }: Capture): Axis | null {
  if (manifest !== null) return { source: null, from: 0, to: lastOf(datasets, manifest.ended - manifest.started) };
  const together = windowOf(datasets.filter(({ clock }) => clock === 'capture'));
  if (together !== null) return { source: null, ...roundedOut(together) };
  for (const dataset of datasets) {
    if (dataset.clock === null || isSinceBoot(dataset)) continue;
    const ends = endsOf(dataset);
    if (ends !== null) return { source: dataset.source, ...ends };
  }
  return null;
}

/** Whether all there is was told of one moment: there is no time to look at a part of. */
export function isOfOneMoment({ from, to }: Range): boolean {
  return to - from < MOMENT_WIDTH;
}

/** Some tools report once more after the window. What is a minute after it, none of them said: its clock is wrong. */
function lastOf(datasets: readonly Dataset[], window: number): number {
  const ends = datasets.flatMap((dataset) => (dataset.clock === 'capture' ? (endsOf(dataset)?.to ?? []) : []));
  return ends.filter((end) => end < window + 60).reduce((last, end) => Math.max(last, end), Math.max(window, 0.001));
}

/** First time and a little after the last: the range is half open. */
function endsOf(dataset: Dataset): Range | null {
  const [from, to] = extentOf(timesOf(dataset));
  return from > to ? null : roundedOut({ from, to });
}

function roundedOut({ from, to }: Range): Range {
  return { from: Math.floor(from * 1000) / 1000, to: Math.ceil(to * 1000 + 1) / 1000 };
}

/** What the kernel logged since it started makes no axis: it is of weeks, and what matters of minutes. */
function isSinceBoot({ clock, shape, timing = MOMENT }: Dataset): boolean {
  return clock === 'monotonic' && shape === 'events' && timing.span === 0;
}

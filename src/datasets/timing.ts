/** How wide the times of a dataset are, and which of its rows a range of time touches. */
import { distinctTimes, medianGap } from './columns.ts';
import type { Dataset, Timing } from './shapes.ts';
import { distinctTimesOf, timesOf } from './times.ts';

/** Of what names none: each row is about one moment. */
export const MOMENT: Timing = { span: 0, grain: 0, doubt: 0 };

/** Ranges are told to the microsecond: what two intervals share of less is rounding. */
const SLACK = 1e-6;

/**
 * Whether a row touches a range. A moment lies in a half-open range; what has a width must share some of it.
 *
 * @param at the row's time; NaN is in no range
 */
export function touches(at: number, { span, grain }: Timing, from: number, to: number): boolean {
  if (span === 0 && grain === 0) return at >= from && at < to;
  return at - span < to - SLACK && at + grain > from + SLACK;
}

/** Stamps are printed to the second, or with one, two or three digits behind the point; finer ones have no width. */
const GRAINS = [1, 0.1, 0.01, 0.001];
/** How far a printed decimal may lie from the double that is nearest to it, since 1970. */
const NEAR = 1e-6;
/** Of a column of a million rows the first tell as well how its stamps were cut. */
const LOOKED_AT = 10_000;

/**
 * Tells the dataset how wide its times are, before they are laid on an axis.
 *
 * @param interval seconds between two reports, where the tool was told; null where it was not
 * @param isRepeated whether the tool reports again and again what happened since it did last
 * @param ran how long it ran, in seconds: of sums that it printed once; null where that is not known
 */
export function tellTiming(
  dataset: Dataset,
  interval: number | null,
  isRepeated: boolean,
  ran: number | null = null,
): void {
  if (dataset.clock === null || dataset.timing !== undefined) return;
  const columns = timesOf(dataset);
  const grain = grainOf(columns, dataset.clock === 'elapsed');
  const isSum = dataset.shape === 'histogram' || dataset.shape === 'counts';
  const span =
    dataset.shape === 'stacks' || !isRepeated
      ? 0
      : (interval ?? medianGap(distinctTimes(longestOf(columns))) ?? (isSum ? ran : null) ?? 0);
  if (span > 0 || grain > 0) dataset.timing = { span, grain, doubt: 0 };
}

/** What all times are a multiple of; 0 where they are finer. `isCounted`: whole seconds are counted, not cut. */
function grainOf(columns: readonly Float64Array[], isCounted: boolean): number {
  let place = 0;
  let seen = 0;
  for (const column of columns) {
    for (const at of column.subarray(0, LOOKED_AT)) {
      if (Number.isNaN(at)) continue;
      seen++;
      while (place < GRAINS.length && !isMultiple(at, GRAINS[place] as number)) place++;
      if (place === GRAINS.length) return 0;
    }
  }
  if (seen === 0 || (place === 0 && isCounted)) return 0;
  return GRAINS[place] as number;
}

function isMultiple(at: number, grain: number): boolean {
  const parts = at / grain;
  return Math.abs(parts - Math.round(parts)) * grain < NEAR;
}

/**
 * How much time the reports of a dataset are about, in seconds: what was counted in those that a range touches is of more than the
 * range. Null of what is about moments, and of nothing.
 */
export function secondsTold(dataset: Dataset): number | null {
  const { span } = dataset.timing ?? MOMENT;
  const reports = distinctTimesOf(dataset).length;
  return span > 0 && reports > 0 ? reports * span : null;
}

function longestOf(columns: readonly Float64Array[]): Float64Array {
  return columns.reduce((best, column) => (column.length > best.length ? column : best), new Float64Array(0));
}

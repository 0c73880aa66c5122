/** Waits that come back at a beat: a checkpoint, a flush, a scheduled job. */
import { meanOf as mean } from '../numbers.ts';

/** Fewer bursts show no beat. */
const LEAST_BURSTS = 4;
/** How far the time between bursts may stray from its mean (standard deviation over mean). */
const STRAY = 0.15;
/** Seconds; a faster beat is a loop of the program and no schedule. */
const LEAST_PERIOD = 0.5;
/** Seconds, where times are printed to the second: a steady stream has a beat of one second then. */
const LEAST_OF_WHOLE_SECONDS = 3;

/**
 * The seconds between bursts of events, where they come in bursts at a steady beat; null otherwise. A burst begins after
 * a pause at least half as long as the longest one.
 *
 * @param times seconds, in any order
 */
export function periodOf(times: readonly number[]): number | null {
  const sorted = [...times].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((time, i) => time - (sorted[i] as number));
  const longest = gaps.reduce((most, gap) => Math.max(most, gap), 0);
  const starts = sorted.filter((_, i) => i === 0 || (gaps[i - 1] as number) >= longest / 2);
  const between = starts.slice(1).map((start, i) => start - (starts[i] as number));
  const period = mean(between);
  const isWhole = sorted.every(
    (time) => Math.abs(time - (sorted[0] as number) - Math.round(time - (sorted[0] as number))) < 1e-6,
  );
  if (starts.length < LEAST_BURSTS || period < (isWhole ? LEAST_OF_WHOLE_SECONDS : LEAST_PERIOD)) return null;
  const variance = mean(between.map((each) => (each - period) ** 2));
  return Math.sqrt(variance) <= STRAY * period ? period : null;
}

/** Two datasets that measure the same, one of each capture. */
import type { Range } from '../../datasets/narrow.ts';
import type { Dataset } from '../../datasets/shapes.ts';
import { secondsTold } from '../../datasets/timing.ts';

export interface DatasetPair {
  /** Indices into the datasets of both captures together. */
  before: number;
  after: number;
  /** When each was counted, on the axis; null where that is not known. */
  windows: readonly [before: Range, after: Range] | null;
}

/** How long each side was counted within a range, in seconds; null where that is not known, or one was not at all. */
export function secondsOf(
  { windows }: DatasetPair,
  range: Range | null,
): readonly [before: number, after: number] | null {
  if (windows === null) return null;
  const [before, after] = windows.map(({ from, to }) =>
    range === null ? to - from : Math.min(to, range.to) - Math.max(from, range.from),
  ) as [number, number];
  return before > 0 && after > 0 ? [before, after] : null;
}

/** The same, of what a range has left of both sides: reports that it touches are about more than the range. */
export function secondsTouched(
  seconds: readonly [before: number, after: number],
  sides: readonly [before: Dataset, after: Dataset],
): readonly [before: number, after: number] {
  return [secondsTold(sides[0]) ?? seconds[0], secondsTold(sides[1]) ?? seconds[1]];
}

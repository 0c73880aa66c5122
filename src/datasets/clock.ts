/** Laying every dataset's times on one axis: seconds since the capture started. */

import type { Manifest } from './capture.ts';
import type { Clock, Dataset } from './shapes.ts';

const DAY = 86_400;

/**
 * Turns the dataset's times into seconds since the capture started, in place, and names its clock `capture`; where the
 * manifest does not allow that, into seconds since the dataset's first record.
 *
 * @param manifest of the capture, or null for loose files
 * @param started when the tool started, in seconds since the capture did
 */
export function layOnAxis(dataset: Dataset, manifest: Manifest | null, started: number | null): void {
  if (dataset.clock === null || dataset.clock === 'capture') return;
  const zero = zeroOf(dataset.clock, manifest, started);
  const origin = zero ?? firstTime(dataset);
  if (origin === null) return;
  const wraps = dataset.clock === 'day';
  shift(dataset, (at) => {
    const moved = at - origin;
    return wraps && moved < -DAY / 2 ? moved + DAY : moved;
  });
  if (zero !== null) dataset.clock = 'capture';
}

/** What the clock showed when the capture started, or null where that is not known. */
function zeroOf(clock: Clock, manifest: Manifest | null, started: number | null): number | null {
  if (manifest === null) return null;
  if (clock === 'epoch') return manifest.started;
  if (clock === 'monotonic') return manifest.monotonic;
  if (clock === 'day') return (((manifest.started + manifest.utcOffset) % DAY) + DAY) % DAY;
  if (clock === 'elapsed') return started === null ? null : -started;
  return null;
}

function firstTime(dataset: Dataset): number | null {
  let first: number | null = null;
  eachTime(dataset, (at) => {
    if (first === null || at < first) first = at;
    return at;
  });
  return first;
}

function shift(dataset: Dataset, move: (at: number) => number): void {
  eachTime(dataset, move);
}

/** Calls `visit` with each time there is and stores what it returns. */
function eachTime(dataset: Dataset, visit: (at: number) => number): void {
  if (dataset.shape === 'stacks') {
    const at = dataset.profile.samples?.at;
    if (at === undefined) return;
    for (let i = 0; i < at.length; i++) {
      const value = at[i] as number;
      if (!Number.isNaN(value)) at[i] = visit(value);
    }
  } else if (dataset.shape === 'events') {
    dataset.at.forEach((value, i) => {
      if (value !== null) dataset.at[i] = visit(value);
    });
  } else if (dataset.shape === 'histogram') {
    for (const group of dataset.groups) if (group.at !== null) group.at = visit(group.at);
  } else if (dataset.shape === 'counts') {
    for (const item of dataset.items) if (item.at !== null) item.at = visit(item.at);
  } else if (dataset.shape === 'series') {
    for (const { points } of dataset.metrics)
      for (const point of points) if (point[0] !== null) point[0] = visit(point[0]);
  }
}

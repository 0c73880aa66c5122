/** What a test rests on: how much of the window each source that it looked at has seen. */
import type { Range } from '../datasets/narrow.ts';
import { once } from '../datasets/once.ts';
import type { EventTable } from '../signals/events.ts';
import type { CountTable, Distribution, ProfileReading, Signals } from '../signals/index.ts';
import { isAttachKnown, lookOf, runOf } from '../signals/sources.ts';
import { lengthOf, secondsOf, type Track } from '../signals/track.ts';
import { extentOf } from './numbers.ts';

export interface Basis {
  source: number;
  /** Readings of a gauge or a counter, intervals of a rate; Infinity for what traces without a pause. */
  readings: number;
  /** Seconds of the window that it saw; null where that is not known. */
  covered: number | null;
  /** The tool attaches late, and when is not told. */
  isAttachUnknown?: true;
}

export function trackBasis({ window }: Signals, track: Track): Basis {
  const { source, values, at, isCounter } = track;
  // What lies between two readings of a counter, both have seen.
  const readings = values.length + (isCounter ? 1 : 0);
  if (window === null || at.some(Number.isNaN))
    return { source, readings, covered: window === null ? null : lengthOf(track) };
  const covered = at.reduce(
    (sum, time, i) => sum + overlap({ from: time - (secondsOf(track, i) ?? 0), to: time }, window),
    0,
  );
  return { source, readings, covered };
}

function overlap(a: Range, b: Range): number {
  return Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
}

/** Rows that tell their times show by themselves from when to when the tool looked. */
export function tableBasis(signals: Signals, table: EventTable): Basis {
  return traced(signals, table.source, table.isOnAxis ? extentOfTable(table) : null);
}

/** From the first row to the last: rules ask for it again and again. */
const extentOfTable = once((table: EventTable): Range | null => {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < table.count; row++) {
    const at = table.at(row);
    if (at === null) continue;
    from = Math.min(from, at);
    to = Math.max(to, at);
  }
  return from <= to ? { from, to } : null;
});

export function distributionBasis(signals: Signals, { source, groups, dataset }: Distribution): Basis {
  const times = groups.map(({ at }) => at).filter((time) => time !== null);
  const isOnAxis = signals.capture.datasets[dataset]?.clock === 'capture';
  const interval = runOf(signals.capture, signals.source(source))?.interval ?? 0;
  const seen = isOnAxis ? extentOf(times) : null;
  return traced(signals, source, seen === null ? null : { from: seen.from - interval, to: seen.to });
}

export function countBasis(signals: Signals, { source }: CountTable): Basis {
  return traced(signals, source, null);
}

export function profileBasis(signals: Signals, { source, stacks }: ProfileReading): Basis {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of stacks.profile.samples?.at ?? []) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return traced(signals, source, stacks.clock === 'capture' && from <= to ? { from, to } : null);
}

/** @param seen from the first to the last thing that it saw, where it tells */
function traced(signals: Signals, source: number, seen: Range | null): Basis {
  const { capture, window } = signals;
  const from = signals.source(source);
  const look = lookOf(capture, from);
  if (window === null || look === null) return { source, readings: Number.POSITIVE_INFINITY, covered: null };
  const shown = seen === null ? 0 : overlap(seen, window);
  const looked = overlap(look, window);
  if (isAttachKnown(capture, from) || shown >= wholeOf(window))
    return { source, readings: Number.POSITIVE_INFINITY, covered: Math.max(looked, shown) };
  return { source, readings: Number.POSITIVE_INFINITY, covered: shown, isAttachUnknown: true };
}

/**
 * Seconds of the window that must be seen for all of it to count as seen. Tools start one after another and print whole
 * intervals: a few seconds are always missing. Half of it never passes.
 */
export function wholeOf({ from, to }: Range): number {
  const length = to - from;
  return Math.max(0.75 * length, Math.min(0.9 * length, length - 3));
}

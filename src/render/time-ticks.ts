/** Where a time axis is marked: whole steps of the host's clock, at least three wherever three have room. */

import type { HostClock } from '../datasets/capture.ts';
import type { Range } from '../datasets/narrow.ts';
import { calendarDay, hostTime } from './when.ts';

const DAY = 86_400;
const MINUTE = 60;
const HOUR = 3600;
/** Steps that people count in, in seconds. */
const STEPS = [
  ...[1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1].flatMap((ten) => [ten, 2 * ten, 5 * ten]),
  ...[1, 2, 5, 10, 15, 20, 30],
  ...[1, 2, 5, 10, 15, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((days) => days * DAY),
];
/** What is kept free between two labels, in pixels. */
const [CLOSE, WIDE] = [10, 28];
/** Fewer tell no scale. */
const LEAST = 3;

export interface Tick {
  at: number;
  text: string;
}

/**
 * @param width of the axis in pixels
 * @param letter the width of a letter, in pixels
 */
export function timeTicks(span: Range, clock: HostClock | null, width: number, letter = 6.6): Tick[] {
  for (const step of STEPS) {
    const ticks = ticksAt(span, clock, step);
    const longest = ticks.reduce((most, { text }) => Math.max(most, text.length), 1);
    // Three labels may stand close; more are read more easily apart.
    const apart = ticks.length <= LEAST ? CLOSE : WIDE;
    if (ticks.length > width / (longest * letter + apart)) continue;
    return ticks.length >= LEAST ? ticks : thirds(span, clock);
  }
  return thirds(span, clock);
}

function ticksAt({ from, to }: Range, clock: HostClock | null, step: number): Tick[] {
  // No axis has room for as many.
  if ((to - from) / step > 200) return Array.from({ length: 201 }, () => ({ at: from, text: '00:00:00' }));
  const zero = clock === null ? 0 : (clock.started + clock.utcOffset) % DAY;
  const first = Math.ceil((from + zero) / step - 1e-9);
  const count = Math.max(0, Math.floor((to + zero) / step + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, i) => {
    const at = (first + i) * step - zero;
    return { at, text: tickText(at, clock, step) };
  });
}

/** Midnight is told by its day. */
function tickText(at: number, clock: HostClock | null, step: number): string {
  if (clock === null || step < HOUR) return hostTime(at, clock, decimalsOf(step));
  const local = clock.started + clock.utcOffset + at;
  const isMidnight = Math.abs(local - Math.round(local / DAY) * DAY) < 1;
  return isMidnight ? calendarDay(local + 1).slice(5) : hostTime(at, clock, 0);
}

/** The ends and the middle, where no three steps of a clock fit: to as many decimals as tell them apart. */
function thirds(span: Range, clock: HostClock | null): Tick[] {
  const length = span.to - span.from;
  const decimals = decimalsOf(Math.max(1e-6, length / 2));
  return [span.from, span.from + length / 2, span.to].map((at) => ({ at, text: hostTime(at, clock, decimals) }));
}

function decimalsOf(step: number): number {
  return Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
}

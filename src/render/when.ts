/** Times as people read them: the host's own clock, and UTC beside it. */
import type { HostClock, Manifest } from '../datasets/capture.ts';

/** `14:03:20`, or `14:03:20.5` with decimals, of Unix seconds that are already shifted to the zone that is meant. */
export function clockTime(seconds: number, decimals = 0): string {
  const unit = 10 ** decimals;
  // Of a time since 1970, a double has no more than some tenths of a microsecond.
  const steps = Math.floor(seconds * unit + Math.max(1e-6, 2.5e-7 * unit));
  const whole = Math.floor(steps / unit);
  if (!isOfCalendar(whole)) return `${seconds.toFixed(decimals)} s`;
  const fraction = decimals === 0 ? '' : `.${String(steps - whole * unit).padStart(decimals, '0')}`;
  return `${new Date(whole * 1000).toISOString().slice(11, 19)}${fraction}`;
}

/** Whether the Unix seconds lie within the years that have four digits: a time that a damaged line tells need not. */
function isOfCalendar(seconds: number): boolean {
  return seconds >= 0 && seconds < 253_402_300_799;
}

/** `2026-11-20`. */
export function calendarDay(seconds: number): string {
  return isOfCalendar(seconds) ? new Date(Math.floor(seconds * 1000)).toISOString().slice(0, 10) : '';
}

/** The zone as the host names it, `UTC+01:00` where its name says nothing. */
export function zoneName({ zone, utcOffset }: Pick<Manifest, 'zone' | 'utcOffset'>): string {
  return /^[A-Z][A-Za-z]{1,5}$/.test(zone) ? zone : offsetName(utcOffset);
}

/** `UTC+01:00`. */
export function offsetName(utcOffset: number): string {
  const minutes = Math.abs(Math.round(utcOffset / 60));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `UTC${utcOffset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A time of the axis on the host's clock; where nothing tells it in seconds, `7.5 s`, or as `2:05`, `1:00:00`. */
export function hostTime(at: number, clock: HostClock | null, decimals = 1): string {
  if (clock === null) return elapsedText(at, decimals);
  return clockTime(clock.started + clock.utcOffset + at, decimals);
}

function elapsedText(seconds: number, decimals: number): string {
  if (Math.abs(seconds) < 120) return `${seconds.toFixed(decimals)} s`;
  const text = Math.abs(seconds).toFixed(decimals);
  const [h, m] = [Math.floor(Number(text) / 3600), Math.floor(Number(text) / 60) % 60];
  const s = (Number(text) % 60).toFixed(decimals).padStart(decimals === 0 ? 2 : 3 + decimals, '0');
  return `${seconds < 0 ? '-' : ''}${h > 0 ? `${h}:${String(m).padStart(2, '0')}` : m}:${s}`;
}

const DAY = 86_400;

/**
 * When on the axis the host's clock shows a time of the day, given in seconds since midnight: within the range where it does so
 * there, else as near to its start as can be.
 */
export function atTimeOfDay(seconds: number, clock: HostClock, range: { from: number; to: number } | null): number {
  const { from, to } = range ?? { from: 0, to: 0 };
  const midnight = Math.floor((clock.started + clock.utcOffset + from) / DAY) * DAY;
  const at = midnight + seconds - clock.started - clock.utcOffset;
  if (at < from && at + DAY <= to) return at + DAY;
  if (at >= from && at <= to) return at;
  return at < from - DAY / 2 ? at + DAY : at > from + DAY / 2 ? at - DAY : at;
}

/** A time of the axis in UTC, or null where nothing tells it. */
export function utcTime(at: number, clock: HostClock | null, decimals = 1): string | null {
  return clock === null || clock.zoned === false ? null : clockTime(clock.started + at, decimals);
}

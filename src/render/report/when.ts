/** Times as people read them: the host's own clock, and UTC beside it. */
import type { Manifest } from '../../datasets/capture.ts';

/** `14:03:20`, or `14:03:20.5` with decimals, of Unix seconds that are already shifted to the zone that is meant. */
export function clockTime(seconds: number, decimals = 0): string {
  const unit = 10 ** decimals;
  const whole = Math.floor(seconds * unit + 1e-6) / unit;
  if (!isOfCalendar(whole)) return `${seconds.toFixed(decimals)} s`;
  return new Date(Math.floor(whole * 1000 + 0.5)).toISOString().slice(11, decimals === 0 ? 19 : 20 + decimals);
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
  if (/^[A-Z][A-Za-z]{1,5}$/.test(zone)) return zone;
  const minutes = Math.abs(Math.round(utcOffset / 60));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `UTC${utcOffset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A time of the axis on the host's clock; in seconds where no manifest tells the clock. */
export function hostTime(at: number, manifest: Manifest | null, decimals = 1): string {
  if (manifest === null) return `${at.toFixed(decimals)} s`;
  return clockTime(manifest.started + manifest.utcOffset + at, decimals);
}

/** A time of the axis in UTC, or null where no manifest tells it. */
export function utcTime(at: number, manifest: Manifest | null, decimals = 1): string | null {
  return manifest === null ? null : clockTime(manifest.started + at, decimals);
}

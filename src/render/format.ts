/** Numbers on pictures: coordinates, and what stands along axes. */
import { hasScale, quantity, short, trimmed } from '../datasets/amounts.ts';

/** A coordinate in the picture, with one decimal at most: enough for the eye, short in the file. */
export function px(value: number): string {
  return trimmed(value, 1);
}

/** The quantity for an axis: an unknown unit, which may be any expression, is said once elsewhere. */
export function tick(value: number, unit: string): string {
  return hasScale(unit) ? quantity(value, unit) : short(value);
}

/** Seconds on a time axis: `7.5 s`, `2:05`, `1:00:00`. */
export function clockLabel(seconds: number): string {
  if (Math.abs(seconds) < 120) return `${trimmed(seconds, 3)} s`;
  const whole = Math.round(Math.abs(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${seconds < 0 ? '-' : ''}${h > 0 ? `${h}:${two(m)}` : m}:${two(s)}`;
}

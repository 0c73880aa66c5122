/** Amounts as people say them. No locale: the same capture gives the same bytes. */
import { commas, quantity } from '../format.ts';

/** `1.5 GiB`. */
export function bytesText(bytes: number): string {
  return quantity(bytes, 'bytes');
}

/** `3.2 s`, `2 min 5 s`, `1 h 12 min`. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${commas(seconds, seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

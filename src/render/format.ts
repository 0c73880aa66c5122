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

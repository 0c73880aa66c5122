/** How much a number changed, in words. */
import { commas } from '../../../datasets/amounts.ts';
import type { Bucket } from '../../../datasets/shapes.ts';

/** Two numbers that differ by less are the same to the eye. */
const LEAST_CHANGE = 0.005;

/** Where in a bucket a percentile lies nobody knows: its growth lies between two factors. */
export function bucketChange([low, high]: Bucket, [lowNow, highNow]: Bucket): string {
  if (low === lowNow && high === highNow) return 'same bucket';
  const grew = (lowNow ?? -Infinity) > (low ?? -Infinity);
  const [least, most] = grew
    ? [factor(lowNow, high), factor(highNow, low)]
    : [factor(low, highNow), factor(high, lowNow)];
  const sign = grew ? '×' : '÷';
  if (least === null || least <= 1) return most === null ? (grew ? 'more' : 'less') : `up to ${sign}${commas(most, 1)}`;
  return most === null
    ? `${sign}${commas(least, 1)} or more`
    : `${sign}${commas(least, 1)} to ${sign}${commas(most, 1)}`;
}

function factor(of: number | null, by: number | null): number | null {
  return of === null || by === null || by <= 0 || of <= 0 ? null : of / by;
}

/** `+40%`, `−12%`, `×3.2`, `÷8`; `same` within half a percent. */
export function changeText(was: number, is: number): string {
  if (Math.abs(is - was) <= LEAST_CHANGE * Math.max(Math.abs(was), Math.abs(is))) return 'same';
  if (was === 0) return 'from 0';
  if (is === 0) return 'to 0';
  const ratio = is / was;
  if (ratio >= 2) return `×${commas(ratio, 1)}`;
  if (ratio > 0 && ratio <= 0.5) return `÷${commas(1 / ratio, 1)}`;
  return `${is > was ? '+' : '−'}${commas((100 * Math.abs(is - was)) / Math.abs(was), 0)}%`;
}

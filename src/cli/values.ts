/** Values of options as people write them. Each raises a UserError (exit 2) that says what it must be. */
import { UserError } from '../errors.ts';

const SECONDS = { '': 1, s: 1, m: 60, h: 3600 } as const;
const BYTES = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 } as const;

/** `30`, `30s`, `2m` and `1h` as whole seconds. */
export function seconds(option: string, text: string, least: number, most: number): number {
  // 2m
  const [, number, unit] = /^(\d{1,9})([smh]?)$/.exec(text) ?? [];
  const value = Number(number) * SECONDS[(unit ?? '') as keyof typeof SECONDS];
  if (value >= least && value <= most) return value;
  throw new UserError(`${option} must be a time from ${least}s to ${most / 3600}h, such as 30s or 2m (got ${text})`, 2);
}

/** `1000000`, `500K`, `8M`, `1.5GiB` as bytes. */
export function bytes(option: string, text: string): number {
  // 1.5MiB
  const [, number, unit = ''] = /^(\d{1,12}(?:\.\d+)?)([KMG]?)(?:i?B)?$/i.exec(text) ?? [];
  if (number === undefined) throw new UserError(`${option} must be a size such as 500K or 8M (got ${text})`, 2);
  return Number(number) * BYTES[unit.toUpperCase() as keyof typeof BYTES];
}

/** A whole number between two. */
export function whole(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UserError(`${option} must be a whole number from ${least} to ${most} (got ${value})`, 2);
}

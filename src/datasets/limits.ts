/**
 * How far the limits on what is read of an input are raised. They keep a small file that unpacks to a large one from taking all
 * memory; who trusts a larger input raises them together.
 */
let times = 1;

/** @param by how many times as much is read */
export function raiseLimits(by: number): void {
  times = by;
}

/** A limit, as many times as limits are raised. */
export function raised(limit: number): number {
  return limit * times;
}

/** What a person can do where a limit was met. */
export const TO_RAISE_LIMITS = 'COLDFLAME_LIMITS=4 reads four times as much';

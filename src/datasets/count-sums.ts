/** Counts by their keys, whatever intervals they came in. */
import type { Counts } from './shapes.ts';

/** The sum of each key as words, its intervals added up; of a tool that accumulates, what it said last. */
export function countSums({ items, cumulative }: Counts): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { key, value } of items) {
    const name = key.join(', ') || '(no key)';
    sums.set(name, cumulative ? value : (sums.get(name) ?? 0) + value);
  }
  return sums;
}

/** Telling a map that is printed and cleared each interval from one that is printed again and again as it grows. */
import { extent } from '../../datasets/extent.ts';
import type { MapKey } from './entry.ts';

/** Fewer numbers than these may have grown by chance. */
const MIN_COMPARED = 8;

/**
 * Whether a map was printed again without being cleared: every key comes back and no number shrinks. It takes some numbers
 * to tell that from chance, and growth: what is sampled at a fixed rate may be the same each interval. Stacks that come
 * back all alike are enough, as when a program prints its map and bpftrace does so again at exit.
 */
export function isCumulative<Value>(
  entries: Iterable<Element<Value>>,
  numbersOf: (value: Value) => [name: string, number: number][],
): boolean {
  let compared = 0;
  let grown = hasStacks(entries);
  let before: Printing<Value> = new Map();
  for (const printing of printingsOf(entries)) {
    for (const [key, { value }] of before) {
      const again = printing.get(key);
      const now = new Map(again === undefined ? [] : numbersOf(again.value));
      for (const [name, number] of numbersOf(value)) {
        const later = now.get(name);
        if (later === undefined || later < number) return false;
        grown ||= later > number;
        compared++;
      }
    }
    before = printing;
  }
  return grown && compared >= MIN_COMPARED;
}

interface Element<Value> {
  key: MapKey;
  value: Value;
}

type Printing<Value> = Map<MapKey, Element<Value>>;

/** Whether a stack is in the key of some element. */
export function hasStacks(entries: Iterable<{ key: MapKey }>): boolean {
  for (const { key } of entries) if (key.some((part) => typeof part !== 'string')) return true;
  return false;
}

/** A key that comes again begins the next printing. */
function* printingsOf<Value>(entries: Iterable<Element<Value>>): Generator<Printing<Value>> {
  let printing: Printing<Value> = new Map();
  for (const entry of entries) {
    if (printing.has(entry.key)) {
      yield printing;
      printing = new Map();
    }
    printing.set(entry.key, entry);
  }
  yield printing;
}

/**
 * How often a map of stacks was printed, by the key that came most often. A stack that bpftrace could not look up is blank,
 * and so several keys of one printing may look alike: where there are others, those tell nothing.
 */
export function timesPrinted(entries: readonly { key: MapKey }[]): number {
  const whole = entries.filter(({ key }) => !key.includes(''));
  const times = new Map<MapKey, number>();
  for (const { key } of whole.length > 0 ? whole : entries) times.set(key, (times.get(key) ?? 0) + 1);
  return extent(times.values())[1];
}

/** Telling a map that is printed and cleared each interval from one that is printed again and again as it grows. */
import { extent } from '../../datasets/extent.ts';
import type { MapEntry, MapKey } from './entry.ts';

/** Fewer numbers than these may have grown by chance. */
const MIN_COMPARED = 8;

/**
 * Whether a map was printed again without being cleared: every key comes back and no number shrinks. It takes some numbers
 * to tell that from chance, and growth: what is sampled at a fixed rate may be the same each interval. Stacks that come
 * back all alike are enough, as when a program prints its map and bpftrace does so again at exit.
 */
export function isCumulative<Entry extends MapEntry>(
  entries: readonly Entry[],
  numbersOf: (value: Entry['value']) => [name: string, number: number][],
): boolean {
  let compared = 0;
  let grown = entries.some(({ key }) => key.some((part) => typeof part !== 'string'));
  let before: Printing<Entry> = new Map();
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

type Printing<Entry> = Map<MapKey, Entry>;

/** A key that comes again begins the next printing. */
function* printingsOf<Entry extends MapEntry>(entries: readonly Entry[]): Generator<Printing<Entry>> {
  let printing: Printing<Entry> = new Map();
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
export function timesPrinted(entries: readonly MapEntry[]): number {
  const whole = entries.filter(({ key }) => !key.includes(''));
  const times = new Map<MapKey, number>();
  for (const { key } of whole.length > 0 ? whole : entries) times.set(key, (times.get(key) ?? 0) + 1);
  return extent(times.values())[1];
}

/** Telling a map that is printed and cleared each interval from one that is printed again and again as it grows. */
import { extent } from '../../datasets/extent.ts';
import type { MapEntry } from './entry.ts';

/** Fewer numbers than these may have grown by chance. */
const MIN_COMPARED = 8;

export function keyText({ key }: MapEntry): string {
  return JSON.stringify(key);
}

/**
 * Whether a map was printed again without being cleared: every key comes back and no number shrinks. It takes some numbers
 * to tell that from chance, and growth: what is sampled at a fixed rate may be the same each interval. Stacks that come
 * back all alike are enough, as when a program prints its map and bpftrace does so again at exit.
 */
export function isCumulative<Entry extends MapEntry>(
  entries: readonly Entry[],
  numbersOf: (value: Entry['value']) => [name: string, number: number][],
): boolean {
  const printings = printingsOf(entries);
  let compared = 0;
  let grown = entries.some(({ key }) => key.some((part) => typeof part !== 'string'));
  for (let i = 1; i < printings.length; i++) {
    const now = numbersByName(printings[i] as Entry[], numbersOf);
    for (const [name, before] of numbersByName(printings[i - 1] as Entry[], numbersOf)) {
      const number = now.get(name);
      if (number === undefined || number < before) return false;
      grown ||= number > before;
      compared++;
    }
  }
  return grown && compared >= MIN_COMPARED;
}

function numbersByName<Entry extends MapEntry>(
  entries: readonly Entry[],
  numbersOf: (value: Entry['value']) => [name: string, number: number][],
): Map<string, number> {
  return new Map(
    entries.flatMap((entry) =>
      numbersOf(entry.value).map(([name, number]): [string, number] => [`${keyText(entry)} ${name}`, number]),
    ),
  );
}

/** A key that comes again begins the next printing. */
function printingsOf<Entry extends MapEntry>(entries: readonly Entry[]): Entry[][] {
  const printings: Entry[][] = [];
  let seen = new Set<string>();
  for (const entry of entries) {
    const key = keyText(entry);
    if (printings.length === 0 || seen.has(key)) {
      printings.push([]);
      seen = new Set();
    }
    seen.add(key);
    printings.at(-1)?.push(entry);
  }
  return printings;
}

/**
 * How often a map of stacks was printed, by the key that came most often. A stack that bpftrace could not look up is blank,
 * and so several keys of one printing may look alike: where there are others, those tell nothing.
 */
export function timesPrinted(entries: readonly MapEntry[]): number {
  const whole = entries.filter(({ key }) => !key.includes(''));
  const times = new Map<string, number>();
  for (const entry of whole.length > 0 ? whole : entries)
    times.set(keyText(entry), (times.get(keyText(entry)) ?? 0) + 1);
  return extent(times.values())[1];
}

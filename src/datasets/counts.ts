/** Counts by their keys: added up whatever intervals they came in, one at a time, and while they come in. */
import { Growing, picked } from './columns.ts';
import type { Counts } from './shapes.ts';

/** What of counts lives in columns. */
export type CountColumns = Pick<Counts, 'keys' | 'key' | 'values' | 'at' | 'lines'>;

/** The sum of each key as words, its intervals added up; of a tool that accumulates, what it said last. */
export function countSums(counts: Pick<Counts, 'keys' | 'key' | 'values' | 'cumulative'>): Map<string, number> {
  return sumsByKey(counts, (key) => key.join(', ') || '(no key)');
}

/** The same by another name for each key; keys of one name are added up. */
function sumsByKey(
  counts: Parameters<typeof countSums>[0],
  nameOf = (parts: readonly string[]): string => parts.join(' '),
): Map<string, number> {
  const { keys, cumulative } = counts;
  const byKey = sumsOfKeys(counts);
  const sums = new Map<string, number>();
  keys.forEach((parts, i) => {
    const name = nameOf(parts);
    sums.set(name, cumulative ? (byKey[i] as number) : (sums.get(name) ?? 0) + (byKey[i] as number));
  });
  return sums;
}

/** The same for each place in `keys`. */
export function sumsOfKeys({ keys, key, values, cumulative }: Parameters<typeof countSums>[0]): Float64Array {
  const sums = new Float64Array(keys.length);
  for (let i = 0; i < key.length; i++) {
    const place = key[i] as number;
    sums[place] = cumulative ? (values[i] as number) : (sums[place] as number) + (values[i] as number);
  }
  return sums;
}

/** The same counts with these items, in this order. */
export function itemsAt<Columns extends CountColumns>(counts: Columns, items: Uint32Array): Columns {
  const { key, values, at, lines } = counts;
  return {
    ...counts,
    key: picked(key, items),
    values: picked(values, items),
    at: picked(at, items),
    lines: picked(lines, items),
  };
}

/** One item by itself. */
export interface CountItem {
  key: string[];
  value: number;
  /** The interval it was counted in, or null. */
  at: number | null;
  line: number;
}

/** The items one after another. */
export function* itemsIn({ keys, key, values, at, lines }: CountColumns): Generator<CountItem> {
  for (let i = 0; i < key.length; i++) {
    const time = at[i] as number;
    yield {
      key: keys[key[i] as number] as string[],
      value: values[i] as number,
      at: Number.isNaN(time) ? null : time,
      line: lines[i] as number,
    };
  }
}

/** How many parts the longest key has; 0 where there is none. */
export function keyWidth({ keys }: Pick<Counts, 'keys'>): number {
  return keys.reduce((most, key) => Math.max(most, key.length), 0);
}

/** Counts while their items come in. */
export class GrowingCounts {
  private readonly keys: string[][] = [];
  private readonly places = new Map<string, number>();
  private readonly key = new Growing(Uint32Array);
  private readonly values = new Growing(Float64Array);
  private readonly at = new Growing(Float64Array);
  private readonly lines = new Growing(Uint32Array);

  get length(): number {
    return this.lines.length;
  }

  add(key: readonly string[], value: number, at: number | null, line: number): void {
    this.addAt(this.placeOf(key), value, at, line);
  }

  /** @param place of the key, as `placeOf` told it */
  addAt(place: number, value: number, at: number | null, line: number): void {
    this.key.push(place);
    this.values.push(value);
    this.at.push(at ?? Number.NaN);
    this.lines.push(line);
  }

  build(): CountColumns {
    const { keys, key, values, at, lines } = this;
    return { keys, key: key.build(), values: values.build(), at: at.build(), lines: lines.build() };
  }

  /** Where the key stands among all, for `addAt`. */
  placeOf(key: readonly string[]): number {
    const text = key.length === 1 ? `"${key[0]}` : JSON.stringify(key);
    const known = this.places.get(text);
    if (known !== undefined) return known;
    const place = this.keys.push([...key]) - 1;
    this.places.set(text, place);
    return place;
  }
}

/** Items that are whole already, as columns. */
export function countColumns(items: readonly CountItem[]): CountColumns {
  const columns = new GrowingCounts();
  for (const { key, value, at, line } of items) columns.add(key, value, at, line);
  return columns.build();
}

/** Elements of maps whose value is a number, in columns: they come by the million. */
import { Growing } from '../../datasets/columns.ts';
import { type CountColumns, GrowingCounts } from '../../datasets/counts.ts';
import { KnownTexts } from '../rows/known-texts.ts';
import type { MapEntry, MapKey, PrintedTime } from './entry.ts';

/** One element. */
export interface NumberElement {
  key: MapKey;
  value: number;
  /** When it was printed, or null. */
  at: number | null;
  line: number;
}

/** Those of one map, in the order in which they were printed. */
export class MapNumbers {
  readonly map: string;
  readonly keys: MapKey[] = [];
  /** Of the first that has one. */
  clock: PrintedTime['clock'] = null;
  private readonly placeOf = new Map<MapKey, number>();
  private readonly place = new Growing(Uint32Array);
  private readonly values = new Growing(Float64Array);
  private readonly at = new Growing(Float64Array);
  private readonly lines = new Growing(Uint32Array);

  constructor(map: string) {
    this.map = map;
  }

  get length(): number {
    return this.lines.length;
  }

  get firstLine(): number {
    return this.lines.at(0);
  }

  add(key: MapKey, value: number, line: number, time: PrintedTime): void {
    this.addAt(this.placeFor(key), value, line, time);
  }

  /** @param place of the key in `keys` */
  addAt(place: number, value: number, line: number, time: PrintedTime): void {
    this.place.push(place);
    this.values.push(value);
    this.at.push(time.at ?? Number.NaN);
    this.lines.push(line);
    this.clock ??= time.clock;
  }

  placeFor(key: MapKey): number {
    const known = this.placeOf.get(key);
    if (known !== undefined) return known;
    const place = this.keys.push(key) - 1;
    this.placeOf.set(key, place);
    return place;
  }

  /** Those whose value it holds of. */
  where(holds: (value: number) => boolean): MapNumbers {
    const some = new MapNumbers(this.map);
    for (const { key, value, at, line } of this)
      if (holds(value)) some.add(key, value, line, { at, stamp: null, clock: this.clock });
    return some;
  }

  *[Symbol.iterator](): Generator<NumberElement> {
    const { keys, place, values, at, lines } = this;
    for (let i = 0; i < this.length; i++) {
      const time = at.at(i);
      yield {
        key: keys[place.at(i)] as MapKey,
        value: values.at(i),
        at: Number.isNaN(time) ? null : time,
        line: lines.at(i),
      };
    }
  }

  /** @param textsOf a key, as the counts have it */
  counts(textsOf: (key: MapKey) => string[]): CountColumns {
    const named = new GrowingCounts();
    const places = Uint32Array.from(this.keys, (key) => named.placeOf(textsOf(key)));
    return {
      keys: named.build().keys,
      key: this.place.build().map((place) => places[place] as number),
      values: this.values.build(),
      at: this.at.build(),
      lines: this.lines.build(),
    };
  }
}

/** Where the number of an element belongs. */
interface Place {
  numbers: MapNumbers;
  place: number;
}

/** All of a file, by map. */
export class Numbers {
  private readonly byMap = new Map<string, MapNumbers>();
  /** What stood before the numbers of elements, `@reads[sshd]: `, by its place in `known`. */
  private readonly texts = new KnownTexts();
  private readonly known: Place[] = [];

  /** Of each map, those that came first first. */
  maps(): MapNumbers[] {
    return [...this.byMap.values()];
  }

  of(map: string): MapNumbers {
    const known = this.byMap.get(map) ?? new MapNumbers(map);
    this.byMap.set(map, known);
    return known;
  }

  /** Remembers the element before whose number this text stands. */
  remember(text: string, map: string, key: MapKey): void {
    const bytes = Buffer.from(text);
    if (this.texts.find(bytes, 0, bytes.length) >= 0) return;
    const numbers = this.of(map);
    this.texts.add(bytes, 0, bytes.length, this.known.push({ numbers, place: numbers.placeFor(key) }) - 1);
  }

  /** The element before whose number these bytes stand, where it is remembered. */
  find(bytes: Uint8Array, from: number, to: number): Place | undefined {
    return this.known[this.texts.find(bytes, from, to)];
  }
}

/** Takes the elements with numbers out of a list; returns the others. */
export function withoutNumbers(entries: readonly MapEntry[], numbers: Numbers): MapEntry[] {
  return entries.filter(({ map, key, value, line, time }) => {
    if (value.is === 'number') numbers.of(map).add(key, value.value, line, time);
    return value.is !== 'number';
  });
}

/** The maps in a bpftrace program's output, line by line: elements on one line, keys that hold stacks, histograms. */

import type { LineLedger } from '../lines.ts';
import { printedFrame } from '../stack-frame.ts';
import { secondsOfDay } from '../stamps.ts';
import {
  bucketOf,
  entryLine,
  follows,
  type KeyPart,
  keyLine,
  type MapEntry,
  type MapKey,
  mapValue,
  withoutOverlap,
} from './entry.ts';
import { Keys } from './keys.ts';

/** The line's number, and the time the program printed last. */
export type Facts = Pick<MapEntry, 'line' | 'time'>;

/** A key that goes over several lines because a stack is in it. */
interface OpenKey {
  map: string;
  parts: KeyPart[];
  stack: string[];
  facts: Facts;
  lines: { number: number; text: string }[];
}

// tseries: 11:40:00.100 |                         *                         | 4
const POINT = /^(\d\d):(\d\d):(\d\d(?:\.\d+)?) [|*o.' ]{40,60} (-?\d+|-)$/;
// hh:mm:ss.ms  |____…____|   v____…____v   3               5
const AXIS = /^\s*(?:hh:mm:ss\S*\s+)?[|v ]?_{20,}[|v ]?$|^\s+-?\d+\s+-?\d+$/;
// bash   0xffff8881   (1, 2, hello)   [1,2,3]   { .a = 1, .b = 2 }
const VALUE = /^(?:\S+|\(.*\)|\[.*\]|\{.*\})$/;
/** No key is longer by far: a stack has at most 1024 frames where the kernel's limit was raised. */
const MAX_KEY_LINES = 200_000;

export class MapReader {
  readonly entries: MapEntry[] = [];
  private readonly ledger: LineLedger;
  private readonly keys: Keys;
  private openKey: OpenKey | null = null;
  /** The element whose value stands on the lines below it. */
  private below: MapEntry | null = null;

  constructor(ledger: LineLedger, keys = new Keys()) {
    this.ledger = ledger;
    this.keys = keys;
  }

  /** Takes a line if it belongs to a map. */
  take(text: string, facts: Facts): boolean {
    if (this.openKey !== null && this.takeKey(this.openKey, text, facts.line)) return true;
    if (this.below !== null && takeBelow(this.below, text, facts.line)) return true;
    this.finish();
    const entry = entryLine(text);
    if (entry === null) return false;
    const { map, key, value, open } = entry;
    if (open) this.openKey = { map, parts: key, stack: [], facts, lines: [{ number: facts.line, text }] };
    else this.add(map, key === null ? this.keys.of([]) : this.keys.inLine(key), value, facts);
    return true;
  }

  end(): void {
    this.abandon();
    this.finish();
  }

  isOpen(): boolean {
    return this.openKey !== null;
  }

  /** Whether the next line may be of the element above it. */
  awaitsMore(): boolean {
    return this.openKey !== null || this.below !== null;
  }

  /** Whether there are numbers, as maps hold and prose does not, and most other values are no sentences. */
  looksLikeMaps(): boolean {
    const others = this.entries.flatMap(({ value }) => (value.is === 'other' ? [value.text] : []));
    const sentences = others.filter((text) => !VALUE.test(text)).length;
    return this.isOpen() || (others.length < this.entries.length && 2 * sentences <= this.entries.length);
  }

  private add(map: string, key: MapKey, value: string, facts: Facts): void {
    const entry: MapEntry = { map, key, value: mapValue(value), line: facts.line, time: facts.time };
    this.entries.push(entry);
    if (value === '') this.below = entry;
  }

  private takeKey(open: OpenKey, text: string, number: number): boolean {
    if (entryLine(text) !== null || open.lines.length >= MAX_KEY_LINES) {
      this.abandon();
      return false;
    }
    open.lines.push({ number, text });
    if (text === '') return true;
    const line = keyLine(text);
    if (line.is === 'frame') open.stack.push(text);
    else {
      open.parts = [...open.parts, open.stack, ...line.key];
      open.stack = [];
    }
    if (line.is === 'end') {
      this.openKey = null;
      this.add(open.map, this.keys.of(open.parts), line.value.trim(), open.facts);
    }
    return true;
  }

  private abandon(): void {
    for (const { number, text } of this.openKey?.lines ?? [])
      this.ledger.withdraw(number, text, 'a key without its end');
    this.openKey = null;
  }

  private finish(): void {
    if (this.below?.value.is === 'histogram') this.below.value.buckets = withoutOverlap(this.below.value.buckets);
    this.below = null;
  }
}

/** Takes a row of the value that stands under its key: a histogram's, a time series', or a frame of a stack. */
function takeBelow(entry: MapEntry, text: string, line: number): boolean {
  const { value } = entry;
  const bucket = bucketOf(text);
  if (bucket !== null) {
    if (value.is !== 'histogram' && !isEmpty(entry)) return false;
    if (value.is === 'histogram') {
      if (!follows(bucket, value.buckets.at(-1))) return false;
      value.buckets.push(bucket);
      value.lines.push(line);
    } else entry.value = { is: 'histogram', buckets: [bucket], lines: [line] };
    return true;
  }
  if (value.is === 'histogram') return false;
  return takePoint(entry, text, line) || takeFrame(entry, text);
}

function takePoint(entry: MapEntry, text: string, line: number): boolean {
  if (entry.value.is !== 'series' && !isEmpty(entry)) return false;
  if (AXIS.test(text) || text === '<no data>') {
    if (entry.value.is !== 'series') entry.value = { is: 'series', points: [], lines: [] };
    return true;
  }
  const [, hours, minutes, seconds, value] = POINT.exec(text) ?? [];
  if (value === undefined || entry.value.is !== 'series') return false;
  if (value === '-') return true;
  entry.value.points.push([secondsOfDay(hours, minutes, seconds), Number(value)]);
  entry.value.lines.push(line);
  return true;
}

/** A stack as a value, leaf first; kept root first, as folded. */
function takeFrame(entry: MapEntry, text: string): boolean {
  if (entry.value.is !== 'other' || !/^\s+\S/.test(text)) return false;
  const callees = entry.value.text;
  entry.value = { is: 'other', text: `${printedFrame(text).name}${callees === '' ? '' : `;${callees}`}` };
  return true;
}

function isEmpty({ value }: MapEntry): boolean {
  return value.is === 'other' && value.text === '';
}

/** One element of a bpftrace map as it is printed: its name, its key, its value. */
import type { Bucket } from '../../datasets/shapes.ts';

/** Text, or the lines of a stack as printed, leaf first. */
export type KeyPart = string | readonly string[];

/** Equal keys of a file are the same object (`Keys`). */
export type MapKey = readonly KeyPart[];

export type MapValue =
  | { is: 'number'; value: number }
  | { is: 'stats'; count: number; average: number; total: number }
  | { is: 'histogram'; buckets: Bucket[]; lines: number[] }
  | { is: 'series'; points: [at: number | null, value: number][]; lines: number[] }
  | { is: 'other'; text: string };

export interface MapEntry {
  /** With its `@`. */
  map: string;
  /** Empty for a map without a key. */
  key: MapKey;
  value: MapValue;
  line: number;
  /** What the program printed before it. */
  time: PrintedTime;
}

/** A time that a program printed: in seconds, as printed, and on which clock. All of it is null before the first. */
export interface PrintedTime {
  at: number | null;
  stamp: string | null;
  clock: 'day' | 'monotonic' | null;
}

export const NO_TIME: PrintedTime = { at: null, stamp: null, clock: null };

/** What stands on an element's first line: all of it, with its key as text or none, or a key that goes on below. */
export type EntryLine =
  | { map: string; key: string | null; value: string; open: false }
  | { map: string; key: KeyPart[]; value: ''; open: true };

// @reads[sleep]: 4   @start: 4064438886907216   @h:   @[
const ENTRY = /^(@[A-Za-z_0-9]*)(?::(?: (.*))?|\[(.*))$/;
// …chrome, 4536]: 25   …SSL_read]: count 1401, average 2, total 2834   …500]:
const CLOSED = /^(.*)\]:(?: (-?\d+|count -?\d+, average -?\d+, total -?\d+)?)?$/;
// , python3]: 3   ]: 305   , , bash]:
const KEY_END = /^(?:, ?(.*))?\]:(?: (.*))?$/;
const STATS = /^count (-?\d+), average (-?\d+), total (-?\d+)$/;
const NUMBER = /^-?\d+$/;
// [0]                    1 |@@@   |   [2000,...) 3 |   (..., 0)   [512, 1K)   [0, 1]
const BUCKET = /^[[(](\.\.\.|-?\d+[KMGTPE]?)(?:, ?(\.\.\.|-?\d+[KMGTPE]?))?([\])])\s+(\d+)\s*\|[@ ]*\|?$/i;
const STEPS = ' KMGTPE';

export function entryLine(text: string): EntryLine | null {
  const [, map = '', alone, keyed] = ENTRY.exec(text) ?? [];
  if (map === '') return null;
  if (keyed === undefined) return { map, key: null, value: (alone ?? '').trim(), open: false };
  if (keyed === '' || /, ?$/.test(keyed)) return { map, key: keyParts(withoutComma(keyed)), value: '', open: true };
  const closed = CLOSED.exec(keyed) ?? splitAtEnd(keyed);
  if (closed === null) return null;
  return { map, key: closed[1] as string, value: closed[2] ?? '', open: false };
}

/** What a line below an open key says: its end with the rest of the key and the value, or more key, or a frame. */
export type KeyLine = { is: 'end'; key: KeyPart[]; value: string } | { is: 'more'; key: KeyPart[] } | { is: 'frame' };

export function keyLine(text: string): KeyLine {
  const end = KEY_END.exec(text);
  if (end !== null) return { is: 'end', key: end[1] === undefined ? [] : splitKey(end[1]), value: end[2] ?? '' };
  if (text.startsWith(',')) return { is: 'more', key: keyParts(withoutComma(text.replace(/^, ?/, ''))) };
  return { is: 'frame' };
}

function withoutComma(text: string): string | null {
  return text === '' ? null : text.replace(/, ?$/, '');
}

function keyParts(text: string | null): KeyPart[] {
  return text === null ? [] : splitKey(text);
}

/** The first `]: ` that closes the key, where the value is no number: `@s[{ .m = 2 }]: (1, hello)`. */
function splitAtEnd(text: string): [string, string, string] | null {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++;
    else if (text[i] === ']' && depth-- === 0)
      return text.startsWith(']: ', i) ? [text, text.slice(0, i), text.slice(i + 3)] : null;
  }
  return null;
}

/**
 * The parts of a key, split at commas that stand in no bracket.
 * @param comma `, ` in text; `,` in JSON, which prints it without the blank
 */
export function splitKey(text: string, comma = ', '): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if ('[({'.includes(text[i] as string)) depth++;
    else if ('])}'.includes(text[i] as string)) depth--;
    else if (depth === 0 && text.startsWith(comma, i)) {
      parts.push(text.slice(start, i));
      start = i + comma.length;
      i = start - 1;
    }
  }
  // A command with a lone bracket in it: then the brackets say nothing.
  return depth === 0 ? [...parts, text.slice(start)] : text.split(comma);
}

export function mapValue(text: string): MapValue {
  const [, count, average, total] = STATS.exec(text)?.map(Number) ?? [];
  if (count !== undefined && average !== undefined && total !== undefined)
    return { is: 'stats', count, average, total };
  // Beyond 2^53 a number would not be the one that was printed.
  if (NUMBER.test(text) && Number.isSafeInteger(Number(text))) return { is: 'number', value: Number(text) };
  return { is: 'other', text };
}

/** A row of a histogram, or null for any other line. */
export function bucketOf(text: string): Bucket | null {
  const [, first, second, bracket, count] = BUCKET.exec(text) ?? [];
  if (first === undefined || count === undefined) return null;
  const low = boundOf(first);
  // Beyond 2^53 one more is the same number.
  if (second === undefined) return low === null || low + 1 === low ? null : [low, low + 1, Number(count)];
  const high = boundOf(second);
  if (low === null && high === null) return null;
  const end = high !== null && bracket === ']' ? high + 1 : high;
  return low !== null && end !== null && end <= low ? null : [low, end, Number(count)];
}

function boundOf(text: string): number | null {
  if (text === '...') return null;
  const step = STEPS.indexOf((text.at(-1) as string).toUpperCase());
  return step > 0 ? Number(text.slice(0, -1)) * 1024 ** step : Number(text);
}

/** Whether a row may stand under the one before: bpftrace prints buckets in ascending order, each once. */
export function follows([low]: Bucket, before: Bucket | undefined): boolean {
  if (before === undefined) return true;
  const [lowBefore, highBefore] = before;
  return highBefore !== null && low !== null && low > (lowBefore ?? Number.NEGATIVE_INFINITY);
}

/** Ends that were printed as closed give way to the bucket that begins there. */
export function withoutOverlap(buckets: readonly Bucket[]): Bucket[] {
  return buckets.map(([low, high, count], i) => {
    const next = buckets[i + 1]?.[0] ?? null;
    return [low, high !== null && next !== null && next < high ? next : high, count];
  });
}

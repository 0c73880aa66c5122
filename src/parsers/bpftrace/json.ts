/**
 * What bpftrace -f json prints, one record per line:
 *
 *     {"type": "map", "data": {"@reads": {"bash,15": 2}}}
 *
 * Upper bounds of buckets are inclusive there, and the parts of a key are joined by a comma.
 */
import type { Bucket } from '../../datasets/shapes.ts';
import { follows, type KeyPart, type MapEntry, type MapValue, splitKey, withoutOverlap } from './entry.ts';
import type { Keys } from './keys.ts';
import type { Facts } from './map-reader.ts';

export interface JsonRecord {
  type: string;
  data: unknown;
  rest: Record<string, unknown>;
}

/** Deeper nesting is no tool's. */
const MAX_DEPTH = 100;

/** @returns null for JSON that is no record of bpftrace */
export function jsonRecord(text: string): JsonRecord | null {
  if (isDeep(text)) return null;
  try {
    const { type, data, ...rest } = JSON.parse(text);
    return typeof type === 'string' ? { type, data, rest } : null;
  } catch {
    return null;
  }
}

/** Whether brackets stand in one another past what any map holds: writing such a value again would overflow the stack. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** The elements of the maps in a `map`, `hist`, `stats` or `tseries` record. */
export function entriesOf(record: JsonRecord, facts: Facts, keys: Keys): MapEntry[] {
  if (!isObject(record.data)) return [];
  return Object.entries(record.data).flatMap(([map, value]) => {
    const keyed = isObject(value) && !isStats(value);
    const elements: [string | null, unknown][] = keyed ? Object.entries(value) : [[null, value]];
    return elements.map(([key, element]) => ({
      ...facts,
      map,
      key: keys.of(key === null ? [] : jsonKey(key)),
      value: jsonValue(element, record.type, facts.line),
    }));
  });
}

/** The parts of a key; a stack in it has its frames on lines of their own. */
function jsonKey(text: string): KeyPart[] {
  const parts: KeyPart[] = [];
  let stack: string[] = [];
  // "python3,\n    vfs_read+5\n    ksys_read+9\n,5": a stack begins and ends with a line feed.
  const lines = text.split('\n');
  lines.forEach((line, i) => {
    if (i > 0 && !line.startsWith(',') && line !== '') {
      stack.push(line);
      return;
    }
    if (stack.length > 0) parts.push(stack);
    stack = [];
    const behind = i === 0 ? line : line.slice(1);
    const between = i < lines.length - 1 ? behind.replace(/,$/, '') : behind;
    if (behind !== '' || lines.length === 1) for (const part of splitKey(between, ',')) parts.push(part);
  });
  return parts;
}

function jsonValue(value: unknown, type: string, line: number): MapValue {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { is: 'number', value };
  if (isStats(value)) return { is: 'stats', ...value };
  if (type === 'hist' && Array.isArray(value) && value.every(isJsonBucket)) {
    const printed = value.map(bucketOfJson);
    // Damaged: a bound that another number ran into. The value stays as text.
    if (!printed.every((bucket, i) => isWhole(bucket) && follows(bucket, printed[i - 1])))
      return { is: 'other', text: JSON.stringify(value) };
    const buckets = withoutOverlap(printed);
    return { is: 'histogram', buckets, lines: buckets.map(() => line) };
  }
  if (type === 'tseries' && Array.isArray(value) && value.every(isPoint)) {
    const points = value.filter((point) => Number.isFinite(point.value));
    return { is: 'series', points: points.map(pointOf), lines: points.map(() => line) };
  }
  return { is: 'other', text: typeof value === 'string' ? value : JSON.stringify(value) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStats(value: unknown): value is { count: number; average: number; total: number } {
  return (
    isObject(value) &&
    Object.keys(value).length === 3 &&
    ['count', 'average', 'total'].every((name) => Number.isSafeInteger(value[name]))
  );
}

interface JsonBucket {
  min?: number;
  max?: number;
  count: number;
}

function isJsonBucket(value: unknown): value is JsonBucket {
  return (
    isObject(value) &&
    Number.isSafeInteger(value.count) &&
    (Number.isSafeInteger(value.min) || Number.isSafeInteger(value.max)) &&
    [value.min, value.max].every((bound) => bound === undefined || Number.isSafeInteger(bound))
  );
}

function isWhole([low, high, count]: Bucket): boolean {
  return Number.isFinite(count) && (low === null || high === null || low < high);
}

/** The underflow bucket has only a max, the overflow bucket only a min; both bounds are inclusive. */
function bucketOfJson({ min, max, count }: JsonBucket): Bucket {
  return [min ?? null, max === undefined ? null : max + 1, count];
}

interface JsonPoint {
  interval_start: string | number;
  value: unknown;
}

function isPoint(value: unknown): value is JsonPoint {
  return isObject(value) && /^(?:string|number)$/.test(typeof value.interval_start) && 'value' in value;
}

/** The time is in nanoseconds since the epoch or ISO text, by version. */
function pointOf({ interval_start: start, value }: JsonPoint): [number | null, number] {
  const seconds = typeof start === 'number' ? start / 1e9 : Date.parse(`${start}Z`) / 1000;
  return [Number.isFinite(seconds) ? seconds : null, value as number];
}

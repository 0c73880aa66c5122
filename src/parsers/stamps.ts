/**
 * Stamps as the classic tools print them in any locale: strftime's %X and %c, ISO 8601 where S_TIME_FORMAT or a flag asks
 * for it, seconds since 1970.
 */
import type { Clock } from '../datasets/shapes.ts';

export interface Stamp {
  clock: Clock;
  at: number;
  /** As printed. */
  text: string;
  /** Where what follows begins. */
  end: number;
  /** Seconds east of UTC, where a zone is printed. */
  east?: number;
}

// 12:06:39   11時38分10秒   11时38分10秒   11.38.10   오후 11시 38분 10초   午後11:38:10
const CLOCK =
  /(?:(\p{L}[\p{L}.]{0,7}) ?)?(\d{1,2})(?:[:.時时]|시 ?)(\d{2})(?:[:.分]|분 ?)(\d{2})(?:秒|초)?(?: ([AaPp]\.?[Mm]\.?|\p{L}{2}))?(?=\s|$)/uy;
// 2022-03-09T12:06:39+0000   2022-03-09 12:06:39   2026-11-20T14:39:12,247007+00:00
const ISO = /(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?(?=\s|$)/y;
// 03/09/2022   20.11.2026   09/03/22   2026年11月20日   2026년 11월 20일
const DATE = /(?:\d{1,4}[./年-]\d{1,2}[./月-]\d{1,4}日?\.?|\d{4}년 \d{1,2}월 \d{1,2}일)(?=\s)/y;
const MORNING = new Set(['am', '上午', '午前', '오전']);
const EVENING = new Set(['pm', '下午', '午後', '오후']);

/** The stamp at `from`, with the date before it where one is printed; null where there is none. */
export function stampAt(text: string, from = 0): Stamp | null {
  const start = skipSpace(text, from);
  return isoAt(text, start) ?? datedAt(text, start) ?? clockAt(text, start);
}

/** The index of the first character that is no blank. */
export function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

function isoAt(text: string, start: number): Stamp | null {
  ISO.lastIndex = start;
  const match = ISO.exec(text);
  if (match === null) return null;
  const [printed, year, month, day, hour, minute, second, fraction = '0', zone] = match;
  const local =
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) / 1000;
  const at = local + Number(`0.${fraction}`) - secondsEast(zone);
  const stamp = { at, text: printed, end: start + printed.length };
  return zone === undefined ? { ...stamp, clock: 'local' } : { ...stamp, clock: 'epoch', east: secondsEast(zone) };
}

/** `+0530` is 19800. */
function secondsEast(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const digits = zone.replace(/\D/g, '');
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
}

/** A date in a locale's order, which cannot be told (03/09 is March here and September there): only the clock is taken. */
function datedAt(text: string, start: number): Stamp | null {
  DATE.lastIndex = start;
  const date = DATE.exec(text);
  if (date === null) return null;
  const stamp = clockAt(text, skipSpace(text, start + date[0].length));
  return stamp && { ...stamp, text: text.slice(start, stamp.end) };
}

function clockAt(text: string, start: number): Stamp | null {
  CLOCK.lastIndex = start;
  const match = CLOCK.exec(text);
  if (match === null) return null;
  const [printed, before, hour, minute, second, after] = match;
  const half = halfOf(before) ?? halfOf(after);
  // A word that names no half of the day belongs to what follows (`CPU`), or this is no stamp.
  if (before !== undefined && halfOf(before) === null) return null;
  const end = start + printed.length - (after !== undefined && halfOf(after) === null ? after.length + 1 : 0);
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return null;
  const hours = half === null ? Number(hour) : (Number(hour) % 12) + (half === 'evening' ? 12 : 0);
  const at = hours * 3600 + Number(minute) * 60 + Number(second);
  return { clock: 'day', at, text: text.slice(start, end), end };
}

function halfOf(word: string | undefined): 'morning' | 'evening' | null {
  const plain = word?.toLowerCase().replaceAll('.', '') ?? '';
  if (MORNING.has(plain)) return 'morning';
  return EVENING.has(plain) ? 'evening' : null;
}

/** Hours, minutes and seconds as printed, in seconds since midnight. */
export function secondsOfDay(hours = '', minutes = '', seconds = ''): number {
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Unrolls clocks of the day that are read in the order they were printed: past midnight they go on. */
export class DayClock {
  private days = 0;
  private previous = 0;

  at(stamp: Stamp): number {
    if (stamp.clock !== 'day') return stamp.at;
    if (stamp.at + this.days < this.previous - 43_200) this.days += 86_400;
    this.previous = stamp.at + this.days;
    return this.previous;
  }
}

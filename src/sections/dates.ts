/** Lines that are a date and a time and nothing else, as `date` prints them and people put them above what follows. */

import { monthOf } from '../parsers/months.ts';
import { skipSpace, stampAt } from '../parsers/stamps.ts';

/** When what follows was printed. */
export interface Moment {
  /** `local`: the host's wall clock with its date; `day`: the time of the day alone; `epoch`: with its zone. */
  clock: 'local' | 'day' | 'epoch';
  at: number;
  text: string;
}

const TIME = /^(\d{1,2})[:.](\d{2})[:.](\d{2})(?:[.,]\d{1,9})?$/;
// From 2001 to 2033; longer ones count something else.
const EPOCH = /^1\d{9}(?:\.\d{1,9})?$/;
const ZONE = /^(?:[A-Z]{1,5}|[+-]\d{2}:?\d{2}|[+-]\d{2})$/;
/** `Mon, 09 Oct 2023 02:03:20 PM +0200` has the most words. */
const MAX_WORDS = 8;
const MAX_LENGTH = 60;
/** Behind these a date stands in a text: `zzz ***Mon Oct 9 …`, `TIME: …`, `=== Mon Oct 9 … ===`. */
const AROUND =
  /^(?:zzz\s*[*<]*\s*|(?:time|date|timestamp)\s*[:=]\s*|[=#*+~\s-]{0,80})(?=\S)|[\s=#*+~>-]{0,80}(?:subcount: \d+)?$/giu;

/** The moment that the whole line is, whatever decoration is around it; null where it is more or none. */
export function momentOf(line: string): Moment | null {
  if (line.length > MAX_LENGTH * 3 || !/\d[:.]\d\d[:.]\d\d|\d{10}/.test(line)) return null;
  const plain = line.replace(AROUND, '').trim();
  // Brackets around a time of the day alone are bcc's.
  const text = /^\[(.{17,58})\]:?$/.exec(plain)?.[1] ?? plain;
  if (text.length > MAX_LENGTH) return null;
  return numericMoment(text) ?? wordedMoment(text) ?? epochMoment(text);
}

/** 1696860200 of date +%s */
function epochMoment(text: string): Moment | null {
  return EPOCH.test(text) ? { clock: 'epoch', at: Number(text), text } : null;
}

/** 14:03:20   14:03:20.123456   2023-10-09 14:03:20   2023-10-09T14:03:20+02:00   10/09/2019 12:00:01 */
function numericMoment(text: string): Moment | null {
  const start = skipSpace(text, 0);
  if (!/^\d/.test(text.slice(start))) return null;
  // Of a date the fraction is read with it.
  const fraction = /^\d\d:\d\d:\d\d([.,]\d{1,9})$/.exec(text.slice(start))?.[1] ?? '';
  const whole = text.slice(0, text.length - fraction.length);
  const stamp = stampAt(whole, start);
  if (stamp === null || stamp.end < whole.trimEnd().length) return null;
  if (stamp.clock !== 'day' && stamp.clock !== 'local' && stamp.clock !== 'epoch') return null;
  return { clock: stamp.clock, at: stamp.at + Number(`0${fraction.replace(',', '.')}`), text };
}

/**
 * Mon Oct  9 14:03:20 CEST 2023     Mon Oct  9 02:03:20 PM CEST 2023     Mon, 09 Oct 2023 14:03:20 +0200
 * Mon 09 Oct 2023 02:03:20 PM CEST  lun. 09 oct. 2023 14:03:20 CEST      Mo 9. Okt 14:03:20 CEST 2023
 * Oct 09 14:03:20 is without a year: nobody's date alone.
 */
function wordedMoment(text: string): Moment | null {
  const words = text.split(/[\s,]+/);
  if (words.length > MAX_WORDS || words.length < 4) return null;
  const found: { time?: RegExpExecArray; year?: number; month?: number; day?: number; half?: string; others: number } =
    {
      others: 0,
    };
  for (const word of words) {
    const time = TIME.exec(word);
    const month = /^\p{L}/u.test(word) || /月$/u.test(word) ? monthOf(word) : null;
    if (time !== null && found.time === undefined) found.time = time;
    else if (/^(?:19|20)\d\d年?$/.test(word)) found.year = Number.parseInt(word, 10);
    else if (/^\d{1,2}[.日]?$/.test(word)) found.day = Number.parseInt(word, 10);
    else if (/^[AaPp][Mm]$/.test(word)) found.half = word.toLowerCase();
    else if (month !== null) {
      // The day of the week stands first, and is called as a month is in some languages: mar 10 oct.
      if (found.month !== undefined) found.others++;
      found.month = month;
    }
    // The day of the week and the zone.
    else if (ZONE.test(word) || /^\p{L}{1,12}\.?$/u.test(word)) found.others++;
    else return null;
  }
  const { time, year, month, day, half, others } = found;
  if (time === undefined || year === undefined || month === undefined || day === undefined || others > 2) return null;
  const [, hours = '', minutes = '', seconds = ''] = time;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half === 'pm' ? 12 : 0);
  if (hour > 24 || Number(minutes) > 59 || Number(seconds) > 60 || day < 1 || day > 31) return null;
  return { clock: 'local', at: Date.UTC(year, month, day, hour, Number(minutes), Number(seconds)) / 1000, text };
}

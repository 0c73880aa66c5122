/** One line of kernel messages: where its time, facility and level stand in each of the forms. */
import { LEAP_YEAR } from '../../datasets/clock.ts';
import type { Clock } from '../../datasets/shapes.ts';
import { monthOf } from '../months.ts';
import { numberOf } from '../numbers.ts';
import { stampAt } from '../stamps.ts';

export interface Message {
  /** As printed; null where the line has none. */
  stamp: string | null;
  at: number | null;
  /** Null where the stamp tells no time that can be laid on a clock. */
  clock: Clock | null;
  facility: string | null;
  level: string | null;
  /** Seconds that the host's clock was east of UTC, where its zone is printed as a number. */
  east?: number;
  /** Whose message it is, where the log says so. */
  host: string | null;
  text: string;
}

/** https://man7.org/linux/man-pages/man3/syslog.3.html, in the order of their numbers. */
export const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];
export const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
];

// kern  :info  : [    0.247007] NR_IRQS
const DECODED = /^([a-z]+\d?) *:([a-z]+) *: ?(?=\S)/;
// <6>[    0.247007] NR_IRQS
const RAW = /^<(\d{1,3})>/;
// [    0.247007]      [   12.345678 <    0.006441>]      [  +0.006441]
const MONOTONIC = /^\[ *(\d{1,12}[.,]\d{6})(?: < *-?\d+[.,]\d+>)?\] ?/;
const DELTA = /^\[(?: {0,12}[+<]| {2}(?=-)) *-?\d+[.,]\d+>?\] ?/;
// [Fri Nov 20 14:39:12 2026]     [ven. nov. 20 14:39:12 2026]     [五 11月 20 14:39:12 2026]     [Fr 20. Nov 14:39:12 2026]
const DATED = /^\[(\S{1,12}) +(\S{1,12}) +(\S{1,12}) (\d{2}):(\d{2}):(\d{2}) (\d{4})(?: < *-?\d+[.,]\d+>)?\] ?/;
// [Nov20 14:39] of dmesg -H, where a minute begins
const MINUTE = /^\[\S{1,8} ?\d{1,2} \d{2}:\d{2}\] ?/;
// Nov 20 14:39:12 db1 kernel: text        2026-11-20T14:39:12+0000 db1 kernel: text
const SYSLOG = /^((?:\p{L}{3,4}\.? +\d{1,2} )?\S{8,40}) (\S+) kernel(?:\[\d+\])?: ?/u;
// Nov 20 14:39:12
const WITHOUT_YEAR = /^(\p{L}{3,4}\.?) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})/u;
// Oct 09 14:03:18 db1 sshd[812]: text        2023-10-09T14:03:18.123456+02:00 db1 systemd[1]: text
const OF_PROGRAM =
  /^((?:\p{L}{3,4}\.? +\d{1,2} )?\S{8,40}) \S{1,253} (?!kernel[:[])[\w./@()-]{1,80}(?:\[\d+\])?:(?: |$)/u;
// -- Logs begin at Mon 2023-10-09 12:00:01 CEST, end at … --       -- Boot 5f0c… --       -- Reboot --       of journalctl
const JOURNAL_MARK = /^-- (?:Logs begin|Journal begins|Boot|Reboot|No entries)\b.*--$/;
// [T1] [ C0] behind the time, where the kernel tells who printed
const CALLER = /^\[ *[TC]\d+\] ?/;
// db1 kernel: text, behind the time of journalctl -o short-monotonic
const HOST = /^(\S+) kernel: /;

/** The message of a line; null where the line does not begin one. */
export function messageOf(line: string): Message | null {
  const { facility, level, rest } = priorityOf(line);
  const message = timedOf(rest) ?? syslogOf(rest);
  return message && { ...message, facility, level };
}

/** Whether a log's line is of a program other than the kernel, or journalctl's own. */
export function isOfProgram(line: string): boolean {
  const match = OF_PROGRAM.exec(line);
  return (match !== null && /\d{2}:\d{2}:\d{2}/.test(match[1] as string)) || isJournalMark(line);
}

/** What journalctl prints where a log begins, or the host was started again. */
export function isJournalMark(line: string): boolean {
  return line.startsWith('-- ') && JOURNAL_MARK.test(line);
}

type Timed = Omit<Message, 'facility' | 'level'>;

function priorityOf(line: string): { facility: string | null; level: string | null; rest: string } {
  const decoded = DECODED.exec(line);
  if (decoded !== null) {
    const [printed, facility = '', level = ''] = decoded;
    if (LEVELS.includes(level)) return { facility, level, rest: line.slice(printed.length) };
  }
  const raw = RAW.exec(line);
  if (raw === null) return { facility: null, level: null, rest: line };
  const number = Number(raw[1]);
  const facility = FACILITIES[number >> 3] ?? `${number >> 3}`;
  return { facility, level: LEVELS[number & 7] as string, rest: line.slice(raw[0].length) };
}

function timedOf(line: string): Timed | null {
  const monotonic = MONOTONIC.exec(line);
  if (monotonic !== null) {
    const text = behind(line, monotonic[0]);
    const host = HOST.exec(text);
    const at = numberOf(monotonic[1] as string);
    return { stamp: monotonic[1] as string, at, clock: 'monotonic', ...ofHost(text, host) };
  }
  const dated = DATED.exec(line);
  if (dated !== null) {
    const at = localTime(dated);
    return { stamp: inBrackets(dated[0]), at, clock: at === null ? null : 'local', ...ofHost(behind(line, dated[0])) };
  }
  const unplaced = DELTA.exec(line) ?? MINUTE.exec(line);
  if (unplaced !== null) {
    return { stamp: inBrackets(unplaced[0]), at: null, clock: null, ...ofHost(behind(line, unplaced[0])) };
  }
  return isoOf(line);
}

function inBrackets(printed: string): string {
  return printed.trim().slice(1, -1);
}

function behind(line: string, printed: string): string {
  return line.slice(printed.length).replace(CALLER, '');
}

/** dmesg --time-format=iso; the same before a host is journalctl's. */
function isoOf(line: string): Timed | null {
  const stamp = /^\d{4}-/.test(line) ? stampAt(line) : null;
  if (stamp === null || stamp.clock === 'day') return null;
  const text = line.slice(stamp.end).replace(/^ /, '');
  const host = HOST.exec(text);
  // A date may begin a line of anybody's: dmesg's has a fraction and a zone, journalctl's a host.
  if (host === null && (!/T.{8}[,.]\d{6}[+-]/.test(stamp.text) || text === '')) return null;
  // A log in UTC says nothing of the host's zone.
  const zone = stamp.east === undefined || stamp.east === 0 ? {} : { east: stamp.east };
  return { stamp: stamp.text, at: stamp.at, clock: stamp.clock, ...zone, ...ofHost(text, host) };
}

/** The text behind what names its host. */
function ofHost(text: string, host: RegExpExecArray | null = null): { host: string | null; text: string } {
  return { host: host?.[1] ?? null, text: text.slice(host?.[0].length ?? 0) };
}

/** syslog's own stamp has no year: the kernel's behind it counts where there is one. */
function syslogOf(line: string): Timed | null {
  const match = SYSLOG.exec(line);
  if (match === null || !/\d{2}:\d{2}/.test(match[1] as string)) return null;
  const text = line.slice(match[0].length);
  const at = sinceYear(match[1] as string);
  const clock: Clock | null = at === null ? null : 'year';
  const message = timedOf(text) ?? { stamp: match[1] as string, at, clock, text };
  return { ...message, host: match[2] as string };
}

/** `Nov 20 14:39:12` in seconds since the year began. */
function sinceYear(stamp: string): number | null {
  const [, name = '', day, hour, minute, second] = WITHOUT_YEAR.exec(stamp) ?? [];
  const month = monthOf(name);
  if (month === null || day === undefined) return null;
  return Date.UTC(1972, month, Number(day), Number(hour), Number(minute), Number(second)) / 1000 - LEAP_YEAR;
}

/** Month and day stand in either order. */
function localTime(match: RegExpExecArray): number | null {
  const [, , first = '', second = '', hour, minute, secs, year] = match;
  const [month, day] = monthOf(first) === null ? [monthOf(second), first] : [monthOf(first), second];
  const date = Number.parseInt(day, 10);
  if (month === null || !/^\d{1,2}\.?$/.test(day) || date < 1 || date > 31) return null;
  return Date.UTC(Number(year), month, date, Number(hour), Number(minute), Number(secs)) / 1000;
}

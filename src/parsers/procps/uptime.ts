/**
 * uptime, its like from /proc/loadavg, and w, which begins with it.
 *
 *      10:25:20 up 16:03,  2 users,  load average: 0.00, 0.01, 0.05
 *      14:59:33 up 20 min,  0 user,  load average: 0,50, 0,58, 0,33
 *     0.54 0.60 0.33 1/118 18317
 */
import type { Dataset } from '../../datasets/shapes.ts';
import { cellsOf } from '../cells.ts';
import { EventsBuilder } from '../events-builder.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { numberOf } from '../numbers.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { DayClock, type Stamp, skipSpace, stampAt } from '../stamps.ts';
import { firstLines, isPreamble } from '../terminal.ts';

// load average: 0.00, 0.01, 0.05      load average: 0,50, 0,58, 0,33      load averages: 1.20 1.31 1.40
const LOADS = /[:：] *(\d+[.,]\d+),? +(\d+[.,]\d+),? +(\d+[.,]\d+)\s*$/;
// 0.54 0.60 0.33 1/118 18317
const PROC_LOADAVG = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) (\d+)\/(\d+) \d+\s*$/;
// USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT        UŻYTK.  TTY      Z   ZAL.OD   BEZCZ. JCPU   PCPU CO
const W_HEADING = /^\S+\s+TTY\s.*(?:\bLOGIN@|\sJCPU\s+PCPU)\s/;
// 8:53  up 1 day      10:25PM  up 4 days
const HOUR_MINUTE = /^\s*(\d{1,2}):(\d{2})([AaPp][Mm])?(?=\s+up\s)/;
// 3 days     2 users     20 min
const COUNTED = /^(\d+) (\p{L}+)\.?$/u;
// 16:03
const HOURS = /^(\d+):(\d{2})$/;
// up 3 weeks, 2 days, 1 hour, 4 minutes
const PRETTY = /^up (?:\d+ [a-z]+(?:, )?)+$/;
const MINUTES = ['1', '5', '15'];

/** What a line told, by the name of its metric. */
type Values = { loads?: readonly number[] } & { [name in 'up' | 'users' | 'running' | 'threads']?: number | null };

export interface Uptime {
  stamp: Stamp;
  /** Seconds, null where the words were not understood. */
  up: number | null;
  users: number | null;
  loads: [one: number, five: number, fifteen: number];
}

/** The line that uptime prints, w and top begin with; null where it is none. */
export function uptimeOf(line: string): Uptime | null {
  const stamp = stampAt(line) ?? minuteAt(line);
  const loads = LOADS.exec(line);
  if (stamp === null || stamp.clock !== 'day' || loads === null) return null;
  // up 3 days, 16:03,  2 users,  load average
  const parts = line
    .slice(stamp.end, loads.index)
    .split(',')
    .map((part) => part.trim());
  const times = [(parts[0] ?? '').replace(/^\p{L}+\s+/u, ''), ...parts.slice(1, -1)];
  const users = times.length > 1 ? usersOf(times.at(-1) as string) : null;
  return { stamp, up: secondsUp(users === null ? times : times.slice(0, -1)), users, loads: threeOf(loads) };
}

/** The stamp of the BSDs and of macOS, which has no seconds. */
function minuteAt(line: string): Stamp | null {
  const match = HOUR_MINUTE.exec(line);
  if (match === null) return null;
  const [text, hour, minute, half = ''] = match;
  const hours = half === '' ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  return { clock: 'day', at: hours * 3600 + Number(minute) * 60, text, end: text.length };
}

/** `2 users`; null for what is a time. */
function usersOf(part: string): number | null {
  const [, count, unit = ''] = COUNTED.exec(part) ?? [];
  return count === undefined || secondsIn(unit) !== null ? null : Number(count);
}

function threeOf(match: RegExpExecArray): [number, number, number] {
  const [, one = '', five = '', fifteen = ''] = match;
  return [numberOf(one) ?? 0, numberOf(five) ?? 0, numberOf(fifteen) ?? 0];
}

const SECONDS: Readonly<Record<string, number>> = { sec: 1, min: 60, hour: 3600, day: 86_400, week: 604_800 };

/** `3 days` and `16:03`; a word that is not known is a day's where more follows. */
function secondsUp(parts: readonly string[]): number | null {
  let sum = 0;
  for (const [i, part] of parts.entries()) {
    const [, hours, minutes] = HOURS.exec(part) ?? [];
    const [, count, unit = ''] = COUNTED.exec(part) ?? [];
    const seconds = secondsIn(unit) ?? (i < parts.length - 1 ? 86_400 : null);
    if (hours !== undefined) sum += Number(hours) * 3600 + Number(minutes) * 60;
    else if (count !== undefined && seconds !== null) sum += Number(count) * seconds;
    else return null;
  }
  return sum;
}

/** `minutes` is 60; null for a word that is not known. */
function secondsIn(unit: string): number | null {
  const name = Object.keys(SECONDS).find((known) => unit.startsWith(known));
  return name === undefined ? null : (SECONDS[name] as number);
}

/** `up 3 weeks, 2 days`, as uptime -p prints it, in seconds; null where a word is not known. */
function prettyUp(line: string): number | null {
  if (!PRETTY.test(line)) return null;
  let sum = 0;
  for (const [, count, unit = ''] of line.matchAll(/(\d{1,12}) ([a-z]{1,20})/g)) {
    const seconds = secondsIn(unit) ?? (unit.startsWith('year') ? 31_536_000 : null);
    if (seconds === null) return null;
    sum += Number(count) * seconds;
  }
  return sum;
}

export const uptime: Grammar = {
  name: 'uptime',

  claims(head) {
    const first = firstLines(head)[0];
    if (first === undefined || first[skipSpace(first, 0)] === 't') return false;
    return uptimeOf(first) !== null || PROC_LOADAVG.test(first) || prettyUp(first) !== null;
  },

  begins: {
    like: /^(?:up \d|.{0,120}\d[.,]\d\d,? +\d+[.,]\d\d,? +\d+[.,]\d\d(?: \d+\/|\s*$))/,
    sure: ([first = '']) => uptime.claims({ lines: [first], complete: false }),
  },

  reader(context: ParseContext) {
    return lineReader(new Reports(context));
  },
};

/** The lines of a file, one report after another. */
class Reports implements LineParser {
  private readonly context: ParseContext;
  private readonly tool: string;
  private readonly series = new SeriesBuilder();
  private readonly clock = new DayClock();
  private readonly users = new UsersTable();
  /** Lines that tell no time of day. */
  private unstamped = 0;
  private stamped = false;

  constructor(context: ParseContext) {
    this.context = context;
    this.tool = context.tool ?? 'uptime';
  }

  line(text: string, number: number): LineVerdict {
    if (isPreamble(text)) return 'noise';
    const uptime = uptimeOf(text);
    if (uptime !== null) {
      const { stamp, ...values } = uptime;
      this.stamped = true;
      return this.add(values, this.clock.at(stamp), number);
    }
    // A line that cannot be read had its interval too.
    const at = this.elapsed();
    const loadavg = PROC_LOADAVG.exec(text);
    if (loadavg !== null) {
      const [, , , , running, threads] = loadavg;
      const values = { loads: threeOf(loadavg), running: Number(running), threads: Number(threads) };
      return this.add(values, at, number);
    }
    const up = prettyUp(text);
    return up === null ? this.users.line(text, number) : this.add({ up }, at, number);
  }

  end(): { datasets: Dataset[] } {
    const { tool, series, users } = this;
    const metrics = series.build();
    const clock = this.stamped ? 'day' : this.context.interval === null ? null : 'elapsed';
    const datasets: Dataset[] = users.datasets(tool);
    if (metrics.length > 0) datasets.unshift({ shape: 'series', source: 0, tool, title: 'load', clock, metrics });
    return { datasets };
  }

  /** By the interval; null where nothing tells the time, or other lines of the file tell that of the day. */
  private elapsed(): number | null {
    const { interval } = this.context;
    return interval === null || this.stamped ? null : this.unstamped++ * interval;
  }

  private add({ loads, ...others }: Values, at: number | null, line: number): LineVerdict {
    const facts = { at, line, sinceBoot: false };
    loads?.forEach((load, i) => {
      this.series.add('load average', '', load, { ...facts, labels: { minutes: MINUTES[i] as string } });
    });
    for (const [name, value] of Object.entries(others))
      if (value !== null) this.series.add(name, name === 'up' ? 's' : '', value, { ...facts, labels: {} });
    return 'read';
  }
}

/** So much of a host is sure to stand under a heading that other letters moved by one or two. */
const HOST_SHOWN = 4;

/** Who is logged in: what w prints below the first line. */
class UsersTable {
  private columns: string[] = [];
  private headingText = '';
  private events: EventsBuilder | null = null;

  line(text: string, number: number): LineVerdict {
    if (W_HEADING.test(text)) return this.heading(text);
    if (this.events === null) return { unread: 'no load and no time since boot' };
    const [, , from = ''] = this.columns;
    const place = this.headingText.indexOf(from);
    // FROM is blank for who sits at the console.
    const atConsole = text.slice(place, place + Math.max(from.length, HOST_SHOWN)).trim() === '';
    const row = atConsole ? `${text.slice(0, place)} - ${text.slice(place)}` : text;
    const cells = cellsOf(row, this.columns.length, this.columns.length - 1);
    if (cells === null) return { unread: `not ${this.columns.length} cells, as in the heading` };
    this.events.add(cells, null, number);
    return 'read';
  }

  datasets(tool: string): Dataset[] {
    if (this.events === null) return [];
    return [{ shape: 'events', source: 0, tool, title: 'who is logged in', clock: null, ...this.events.build() }];
  }

  private heading(text: string): LineVerdict {
    this.columns = text.trim().split(/\s+/);
    this.headingText = text;
    this.events ??= new EventsBuilder(this.columns.map((name) => ({ name, type: 'text', unit: '', role: null })));
    return 'read';
  }
}

/**
 * iostat: reports of an avg-cpu table and tables of devices, with a stamp above each report where -t asks for one.
 *
 *     avg-cpu:  %user   %nice %system %iowait  %steal   %idle
 *                6.93    0.00    2.69    0.19    0.01   90.18
 *
 *     Device             tps    kB_read/s    kB_wrtn/s    kB_dscd/s    kB_read    kB_wrtn    kB_dscd
 *     vda              84.73      2598.18      3146.18       165.16    3162109    3829060     201012
 *
 * Versions differ in their columns, in the colon behind `Device`, and with -h or --pretty in its place: columns are read by
 * name. The first report is since boot, unless -y left it out.
 */
import type { Series } from '../../datasets/shapes.ts';
import { cellsOf, isSysstatBanner } from '../cells.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { PlainRows } from '../rows/plain-rows.ts';
import { Words } from '../rows/words.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { DayClock, type Stamp, stampAt } from '../stamps.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { cellValue, unitOf } from './columns.ts';

// Device: rrqm/s  wrqm/s  …      Device   tps  …      Filesystem:   rkB_nor/s  …      Tape:   r/s  …
const DEVICE_FIRST = /^(Device|Filesystem|Tape|Disk)s?:?\s+\S/;
//       tps    kB_read/s    kB_wrtn/s    kB_read    kB_wrtn Device
const DEVICE_LAST = /^\s+\S.*\s(Device|Filesystem|Tape)$/;
const CPU_HEADING = /^avg-cpu:\s/;
// 10.0.0.4:/export/long   mpath-360060e80-part1   above the values of an old version
const LONG_NAME = /^([\w!./:@+-]{1,256})$/;

// vda              84.73      2598.18      3146.18       165.16    3162109    3829060     201012
const ROW = /^(?!cpu\d{0,4} )[a-z][\w.-]*(?: +-?\d+(?:[.,]\d+)?){5,}\s*$/;

// Device            r/s     rkB/s   rrqm/s  %rrqm r_await      Device:         rrqm/s   wrqm/s      Device             tps
const OWN_HEADING = /^Device:? +(?:tps|r\/s|rrqm\/s) /;

/** iostat's widest heading has some 250 characters. */
const MAX_HEADING = 2000;

/** A heading and where its device stands; the table of the CPUs has none. */
interface Heading {
  label: string | null;
  words: string[];
  wide: number | null;
}

export const iostat: Grammar = {
  name: 'iostat',
  own: new RegExp([CPU_HEADING, OWN_HEADING, ROW].map(({ source }) => source).join('|')),

  claims(head) {
    const lines = firstLines(head, (line) => isNoise(line) || wholeStamp(line) !== null);
    return lines.length > 0 && headingOf(lines[0] as string) !== null;
  },

  begins: {
    like: /^(?:avg-cpu:|Device|Filesystem|Tape|Disk)|^\s.*\s(?:Device|Filesystem|Tape)$/,
    sure: ([first = '']) => headingOf(first) !== null,
  },

  reader(context: ParseContext) {
    return lineReader(new Reports(context));
  },
};

class Reports implements LineParser {
  private readonly context: ParseContext;
  private readonly sinceBootFirst: boolean;
  private readonly cpus = new SeriesBuilder();
  private readonly devices = new SeriesBuilder();
  private readonly clock = new DayClock();
  private heading: Heading | null = null;
  private stamp: Stamp | null = null;
  private stampedAt: number | null = null;
  /** The headings of this report: the first to come again begins the next. */
  private seen = new Set<string>();
  private report = -1;
  /** A long name that old versions print on a line of its own, above its values. */
  private nameAbove: string | null = null;
  private readonly words = new Words();
  /** What takes the rows under a heading, by the heading. */
  private readonly plainUnder = new Map<string, PlainRows>();
  private plain: PlainRows | null = null;

  constructor(context: ParseContext) {
    this.context = context;
    // iostat -xzy 1
    this.sinceBootFirst = !/\s-[a-zA-Z]*y/.test(context.command ?? '');
  }

  run(): void {
    this.report = -1;
    this.seen = new Set();
    this.heading = null;
    this.plain = null;
    this.nameAbove = null;
  }

  row(bytes: Uint8Array, from: number, to: number, line: number): boolean {
    const { plain, words } = this;
    if (plain === null || this.nameAbove !== null) return false;
    if (!words.split(bytes, from, to) || !plain.fits(words, 0)) return false;
    plain.add(this.at() ?? Number.NaN, line, this.isSinceBoot);
    return true;
  }

  line(text: string, number: number): LineVerdict {
    if (isNoise(text)) return 'noise';
    const stamp = wholeStamp(text);
    if (stamp !== null) return this.begin(stamp);
    const heading = headingOf(text);
    if (heading !== null) return this.take(heading, text);
    return this.heading === null ? { unread: 'a row before any heading' } : this.textRow(text, this.heading, number);
  }

  end() {
    const { tool: given } = this.context;
    const tool = given ?? 'iostat';
    const clock = this.stamp?.clock ?? (this.interval === null ? null : 'elapsed');
    const series = (title: string, builder: SeriesBuilder): Series => {
      return { shape: 'series', source: 0, tool, title, clock, metrics: builder.build() };
    };
    const all = [series('CPU use', this.cpus), series('disks', this.devices)];
    return { tool: 'iostat', datasets: all.filter(({ metrics }) => metrics.length > 0) };
  }

  private get isSinceBoot(): boolean {
    return this.sinceBootFirst && this.report === 0;
  }

  private get interval(): number | null {
    return this.context.interval;
  }

  private begin(stamp: Stamp): LineVerdict {
    this.stamp = stamp;
    this.stampedAt = this.clock.at(stamp);
    this.next();
    return 'read';
  }

  private next(): void {
    this.report++;
    this.seen = new Set();
  }

  private take(heading: Heading, text: string): LineVerdict {
    const key = text.trim();
    if (this.report < 0 || this.seen.has(key)) this.next();
    this.seen.add(key);
    this.heading = heading;
    this.plain = this.plainUnder.get(key) ?? this.plainRows(heading);
    this.plainUnder.set(key, this.plain);
    this.nameAbove = null;
    return 'read';
  }

  private plainRows({ label, words, wide }: Heading): PlainRows {
    const columns = words.map((name) => ({ name, unit: unitOf(name) }));
    if (label === null || wide === null) return new PlainRows(this.cpus, columns);
    return new PlainRows(this.devices, columns, { name: label, place: wide });
  }

  private textRow(text: string, { label, words, wide }: Heading, number: number): LineVerdict {
    const name = LONG_NAME.exec(text.trim())?.[1];
    if (name !== undefined && words.length > 2 && wide === 0) {
      this.nameAbove = name;
      return 'read';
    }
    const cells = cellsOf(this.nameAbove === null ? text : `${this.nameAbove} ${text}`, words.length, wide);
    this.nameAbove = null;
    if (cells === null) return { unread: `not ${words.length} cells, as in the heading` };
    const values: [name: string, value: number][] = [];
    for (const [i, column] of words.entries()) {
      if (i === wide) continue;
      const value = cellValue(cells[i] as string, unitOf(column));
      if (value === undefined) return { unread: `no number under ${column}` };
      if (value !== null) values.push([column, value]);
    }
    const labels: Record<string, string> = label === null ? {} : { [label]: cells[wide as number] as string };
    const facts = { labels, at: this.at(), line: number, sinceBoot: this.isSinceBoot };
    const series = label === null ? this.cpus : this.devices;
    const full = series.whyFull(labels);
    if (full !== null) return { unread: full };
    for (const [column, value] of values) series.add(column, unitOf(column), value, facts);
    return 'read';
  }

  /** The end of the report's interval: as stamped, or counted in intervals from the first report. */
  private at(): number | null {
    if (this.stampedAt !== null) return this.stampedAt;
    if (this.interval === null) return null;
    return (this.report + (this.sinceBootFirst ? 0 : 1)) * this.interval;
  }
}

function isNoise(line: string): boolean {
  return isPreamble(line) || isSysstatBanner(line);
}

/** The stamp of a line that is nothing else; a clock alone is one too (old versions print `Time: 12:06:39`). */
function wholeStamp(line: string): Stamp | null {
  const stamp = stampAt(line.replace(/^Time:\s/, ''));
  return stamp !== null && line.trimEnd().endsWith(stamp.text) && /^(?:Time:\s)?\s*\d/.test(line) ? stamp : null;
}

function headingOf(line: string): Heading | null {
  if (line.length > MAX_HEADING) return null;
  if (CPU_HEADING.test(line)) return { label: null, words: line.trim().split(/\s+/).slice(1), wide: null };
  const label = (DEVICE_FIRST.exec(line) ?? DEVICE_LAST.exec(line))?.[1];
  const words = line.trim().split(/\s+/);
  // A file may hold a `Device` of somebody else's: iostat's columns are rates and shares.
  if (label === undefined || !words.some((word) => /^(?:tps|\S+\/s|%util)$/.test(word))) return null;
  return { label, words, wide: DEVICE_FIRST.test(line) ? 0 : words.length - 1 };
}

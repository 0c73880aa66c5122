/**
 * vmstat: reports of one line under a heading of two, which comes again every screen.
 *
 *     procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu----- -----timestamp-----
 *      r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st                 UTC
 *      3  0      0 22686540  15656 1670260    0    0  1305  1580  244  561  7  3 90  0  0 2026-11-20 14:59:27
 *
 * With -d the rows are devices and the columns come twice, so that the group above a column is put before its name. The
 * first report is an average since boot, unless -y left it out; with -d every report counts from boot.
 */

import { retime } from '../../datasets/in-file.ts';
import type { Metric, Series } from '../../datasets/shapes.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { numberOf } from '../numbers.ts';
import { PlainRows } from '../rows/plain-rows.ts';
import { Words } from '../rows/words.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { stampAt } from '../stamps.ts';
import { firstLines, isPreamble } from '../terminal.ts';

// procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
// --procs-- -----------------------memory---------------------- ---swap-- -----io---- -system-- ----------cpu----------
// проц  -----------пам’ять--------- ---своп-- ----в/в---- -система- ----процесор---
const GROUPS = /^[ -]*[^\s\d-]+-* {1,2}-{2,}[^\d-]+-+ -+[^\d-]+-/;
// disk- ------------reads------------ ------------writes----------- -----IO------
// disco -----------leituras---------- -----------escritas---------- ----E/S------
const DISK_GROUPS = /^[^\s\d-]+-* -{4,}[^\d-]+-{2,}(?: -+)? -{4,}[^\d-]+-{2,} -{2,}[^\d-]+-{2,}/;
// 2026-11-20 14:59:27 at the end of a row; RHEL 6's has the zone behind it and a tab before
const ROW_STAMP = /\s(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?: [A-Z+-][A-Z\d+-]{0,5})?\s*$/;
// vmstat -S M 1     vmstat -SM     vmstat --unit m
const UNIT_FLAG = /\s(?:-[a-zA-Z]*S|--unit[= ])\s*([kKmM])/;
const UNITS: Readonly<Record<string, string>> = { k: 'kB', K: 'KiB', m: 'MB', M: 'MiB' };
/** Columns by place, since their names are translated: two of tasks, four of memory, two of swap, two of disks, two of the system. */
const MEMORY = [2, 6] as const;
const SWAP = [6, 8] as const;
const BLOCKS = [8, 10] as const;
const RATES = [10, 12] as const;
/** What the C locale calls them; those of memory that are others with -a keep the names they have. */
const ENGLISH = [
  ...'r b swpd free'.split(' '),
  undefined,
  undefined,
  ...'si so bi bo in cs us sy id wa st gu'.split(' '),
];
const DISK_UNITS = ['', '', 'sectors', 'ms', '', '', 'sectors', 'ms', '', 's'];

interface Layout {
  kind: 'system' | 'disk';
  names: string[];
  /** The same in the C locale; none where it is not known. */
  english: readonly (string | undefined)[];
  /** The rows end with a date and a time. */
  stamped: boolean;
}

export const vmstat: Grammar = {
  name: 'vmstat',

  claims(head) {
    const [groups = '', names = ''] = firstLines(head);
    return layoutOf(groups, names) !== null;
  },

  begins: {
    like: /^[ -]{0,4}[^\s\d-]{2,20}-* {1,2}-{2,}[^\d-]+-/,
    sure: ([groups = '', names = '']) => layoutOf(groups, names) !== null,
  },

  reader(context: ParseContext) {
    return lineReader(new Reports(context));
  },
};

class Reports implements LineParser {
  private readonly context: ParseContext;
  private readonly memoryUnit: string;
  private readonly sinceBootFirst: boolean;
  private readonly series = new SeriesBuilder();
  private groups: string | null = null;
  /** The two lines that the layout is of: they come again every screen. */
  private heading = '';
  private layout: Layout | null = null;
  private seen = new Set<string>();
  private report = -1;
  private stamped = false;
  private readonly words = new Words();
  /** Takes the rows under the heading; null with -d. */
  private plain: PlainRows | null = null;
  private restarts = new Restarts();
  private restarted = false;

  constructor(context: ParseContext) {
    this.context = context;
    const command = context.command ?? '';
    this.memoryUnit = UNITS[UNIT_FLAG.exec(command)?.[1] ?? 'K'] as string;
    this.sinceBootFirst = !/\s(?:-[a-zA-Z]*y|--no-first)/.test(command);
  }

  run(): void {
    this.restarts = new Restarts();
    this.begin();
  }

  private begin(): void {
    this.report = -1;
    this.seen = new Set();
  }

  row(bytes: Uint8Array, from: number, to: number, line: number): boolean {
    const { layout, plain, words } = this;
    if (this.groups !== null || layout === null || plain === null || !words.split(bytes, from, to)) return false;
    const end = layout.stamped ? words.count - 2 : words.count;
    if (end < 1 || !plain.fits(words, 0, end)) return false;
    const stamp = layout.stamped ? stampAt(words.text(end, end + 1)) : null;
    if (layout.stamped && stamp?.clock !== 'local') return false;
    if (this.restarts.atRow(plain.values)) this.restart();
    this.report++;
    if (stamp !== null) this.stamped = true;
    plain.add(stamp?.at ?? this.reportAt() ?? Number.NaN, line, this.isSinceBoot(layout));
    return true;
  }

  line(text: string, number: number): LineVerdict {
    if (isPreamble(text)) return 'noise';
    if (GROUPS.test(text) || DISK_GROUPS.test(text)) {
      this.groups = text;
      return 'read';
    }
    if (this.groups !== null) return this.names(text);
    if (this.layout === null) return { unread: 'a row before any heading' };
    return this.textRow(text, this.layout, number);
  }

  end() {
    const { tool, interval } = this.context;
    const clock = this.stamped ? 'local' : interval === null ? null : 'elapsed';
    const dataset: Series = {
      shape: 'series',
      source: 0,
      tool: tool ?? 'vmstat',
      title: this.layout?.kind === 'disk' ? 'disks' : 'memory, swap, disks and CPU',
      clock,
      metrics: this.series.build(),
    };
    if (this.context.command === undefined && dataset.title !== 'disks') forgetUnits(dataset.metrics);
    if (this.restarted && clock === 'elapsed') retime(dataset, null, () => null);
    return { datasets: [dataset] };
  }

  private names(text: string): LineVerdict {
    const heading = `${this.groups}\n${text}`;
    if (heading !== this.heading || this.layout === null) {
      const layout = layoutOf(this.groups as string, text);
      this.groups = null;
      if (layout === null) return { unread: 'no names of columns under their groups' };
      this.heading = heading;
      this.layout = layout;
      this.plain = layout.kind === 'disk' ? null : this.plainRows(layout);
    }
    this.groups = null;
    this.restarts.atHeading();
    return 'read';
  }

  /** vmstat was started again, as by cron, at a time that nothing tells. */
  private restart(): void {
    this.begin();
    this.restarted = true;
  }

  private textRow(text: string, layout: Layout, number: number): LineVerdict {
    const printed = layout.stamped ? ROW_STAMP.exec(text) : null;
    const stamp = printed === null ? null : stampAt(printed[1] as string);
    const cells = text.slice(0, printed?.index).trim().split(/\s+/);
    const label = layout.kind === 'disk' ? cells.shift() : undefined;
    const values = cells.map(numberOf);
    if (values.length !== layout.names.length) return { unread: `not ${layout.names.length} cells, as in the heading` };
    const bad = values.indexOf(null);
    if (bad >= 0) return { unread: `no number under ${layout.names[bad]}` };
    if (layout.kind === 'system' && this.restarts.atRow(values as number[])) this.restart();
    this.count(label);
    if (stamp !== null) this.stamped = true;
    const facts = {
      labels: (label === undefined ? {} : { disk: label }) as Record<string, string>,
      at: stamp?.at ?? this.reportAt(),
      line: number,
      sinceBoot: this.isSinceBoot(layout),
    };
    values.forEach((value, i) => {
      const name = layout.names[i] as string;
      const english = layout.english[i];
      this.series.add(
        name,
        this.unitOf(layout, i),
        value as number,
        english === undefined ? facts : { ...facts, english },
      );
    });
    return 'read';
  }

  private plainRows(layout: Layout): PlainRows {
    const columns = layout.names.map((name, i) => ({
      name,
      unit: this.unitOf(layout, i),
      english: layout.english[i],
    }));
    return new PlainRows(this.series, columns);
  }

  /** The end of the report's interval, counted in intervals from the first report. */
  private reportAt(): number | null {
    const { interval } = this.context;
    return interval === null ? null : (this.report + (this.sinceBootFirst ? 0 : 1)) * interval;
  }

  private isSinceBoot({ kind }: Layout): boolean {
    return this.sinceBootFirst && this.report === 0 && kind === 'system';
  }

  /** A report is a line, or with -d the lines until a device comes again. */
  private count(label: string | undefined): void {
    if (label !== undefined && this.report >= 0 && !this.seen.has(label)) {
      this.seen.add(label);
      return;
    }
    this.report++;
    this.seen = new Set(label === undefined ? [] : [label]);
  }

  private unitOf({ kind }: Layout, i: number): string {
    if (kind === 'disk') return DISK_UNITS[i] ?? '';
    const within = ([from, to]: readonly [number, number]) => i >= from && i < to;
    if (within(MEMORY)) return this.memoryUnit;
    if (within(SWAP)) return `${this.memoryUnit}/s`;
    if (within(BLOCKS)) return 'blocks/s';
    if (within(RATES)) return '/s';
    return i >= RATES[1] ? '%' : '';
  }
}

/** The kernel counts memory in pages, of 4 KiB at least; hosts with less than this much of it are none of today. */
const [PAGE_KIB, SMALLEST_KIB] = [4, 65_536];

/** Where no command tells the unit (`-S M` leaves no trace) and the numbers are not those of KiB, none is claimed. */
function forgetUnits(metrics: readonly Metric[]): void {
  const memory = metrics.filter(({ unit }) => unit === 'KiB').map(({ values }) => values);
  const isOfPages = memory.every((values) => values.every((value) => value % PAGE_KIB === 0));
  if (isOfPages && memory.some((values) => values.some((value) => value >= SMALLEST_KIB))) return;
  for (const metric of metrics) if (metric.unit.startsWith('KiB')) metric.unit = '';
}

/** What a heading of two lines says; null where it is not vmstat's. */
function layoutOf(groups: string, heading: string): Layout | null {
  const words = heading.trim().split(/\s+/);
  if (heading.length === 0 || words.some((word) => /^\d+$/.test(word))) return null;
  if (DISK_GROUPS.test(groups)) return diskLayout(groups, words);
  if (!GROUPS.test(groups)) return null;
  // The seventh group is the stamp's, and the word under it the zone's: RHEL 6 leaves it blank. Some locales leave no
  // blank before it.
  const stamped = groups.split(/-+/).filter((title) => title.trim() !== '').length > 6;
  if (stamped && !/^(?:st|gu)$/.test(words.at(-1) ?? '')) words.pop();
  // 12 columns before the CPU's, then 4 (2.4) to 6 (gu) of them.
  if (words.length < 15 || words.length > 18) return null;
  // Korean calls two pairs of columns 입 and 출.
  const isTwice = (word: string) => words.indexOf(word) !== words.lastIndexOf(word);
  const names = words.map((word, i) => (isTwice(word) ? (ENGLISH[i] ?? word) : word));
  return { kind: 'system', names, english: ENGLISH, stamped };
}

function diskLayout(groups: string, words: readonly string[]): Layout | null {
  const stamped = words.length === DISK_UNITS.length + 1;
  if (words.length !== DISK_UNITS.length && !stamped) return null;
  const names = words.slice(0, DISK_UNITS.length).map((word, i) => `${groupOf(groups, i)} ${word}`);
  return { kind: 'disk', names, english: [], stamped };
}

/** `reads` for the first four columns of -d, `writes` for the next four, `IO` for the last two. */
function groupOf(groups: string, column: number): string {
  const titles = [...groups.matchAll(/-([^\s\d-][^\d-]*)-/g)].map(([, title = '']) => title.trim());
  return titles[column < 4 ? 0 : column < 8 ? 1 : 2] ?? '';
}

/** Rows under one heading on the smallest screen that anybody uses. */
const FEWEST_ROWS = 10;
/** How far two averages since boot may be apart: absolutely, or by a share. */
const CLOSE = { least: 1, share: 0.05 };
/** The same below a heading that no screen explains. */
const NEAR = { least: 2, share: 0.25 };

/**
 * Tells the heading that comes again every screen from that of vmstat started again, whose first row is an average since
 * boot and so is much like the one before: the closer, if the heading stands where that of a screen would.
 */
class Restarts {
  private rows = 0;
  private perScreen: number | null = null;
  private average: readonly number[] | null = null;
  private wanted: typeof CLOSE | null = null;

  atHeading(): void {
    if (this.rows === 0) return;
    const isScreen = this.rows >= FEWEST_ROWS && this.rows === (this.perScreen ?? this.rows);
    if (isScreen) this.perScreen = this.rows;
    this.wanted = isScreen ? CLOSE : NEAR;
    this.rows = 0;
  }

  /** Whether the row is the first of another run. */
  atRow(values: ArrayLike<number>): boolean {
    this.rows++;
    const { average, wanted } = this;
    this.wanted = null;
    const restarted = average !== null && wanted !== null && areAlike(Array.from(values), average, wanted);
    if (restarted || average === null) this.average = Array.from(values);
    return restarted;
  }
}

/** By what comes and goes: swapping, disks, interrupts, switches, CPU. An idle host's rows are all alike. */
function areAlike(row: readonly number[], average: readonly number[], { least, share }: typeof CLOSE): boolean {
  const isIdle = row.slice(SWAP[0], RATES[0]).every((value) => value === 0);
  const isNear = (i: number) =>
    Math.abs((row[i] ?? 0) - (average[i] ?? 0)) <= Math.max(least, (average[i] ?? 0) * share);
  return !isIdle && row.every((_, i) => i < SWAP[0] || isNear(i));
}

/**
 * free, in the layouts of all its versions:
 *
 *                   total        used        free      shared  buff/cache   available
 *     Mem:        8053804     1262704     5830864       60576      960236     6483996
 *     Swap:       2097152           0     2097152
 *
 *                  total       used       free     shared    buffers     cached
 *     Mem:          3.7G       217M       3.2G        11M       8.2M       259M
 *     -/+ buffers/cache:       150M       3.5G
 *
 *     SwapUse           0 CachUse     1655204 MemUse      597212 MemFree     22742752
 */
import type { Clock } from '../../datasets/shapes.ts';
import { cellsOf } from '../cells.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineVerdict, lineReader } from '../lines.ts';
import { bytesOf, numberOf } from '../numbers.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { firstLines, isPreamble } from '../terminal.ts';

// Mem:   Speicher:   内存：   Mem.:   -/+ buffers/cache:
const ROW = /^(\S[^:：]{0,30})[:：]\s*(-?\d.*)$/;
const BUFFERS_ROW = /^[-+]\/[-+] /;
// SwapUse           0 CachUse     1655204 MemUse      597212 MemFree     22742752
const LINE_MODE = /^SwapUse\s+\S+ CachUse\s+\S+\s+MemUse\s+\S+\s+MemFree\s+\S+\s*$/;
/** What the columns are, whatever a locale calls them. */
// total used free shared buff/cache available        its blanks were lost on the way
const COLLAPSED = /^total used free /;
const NARROW = ['total', 'used', 'free', 'shared', 'buff/cache', 'available'];
const WIDE = ['total', 'used', 'free', 'shared', 'buffers', 'cache', 'available'];
const OLD = ['total', 'used', 'free', 'shared', 'buffers', 'cached'];
const ENGLISH = new Set([...NARROW, ...WIDE, ...OLD]);

interface Value {
  row: string;
  column: string;
  /** The place of the column; null where the heading is in English. */
  place: number | null;
  /** In bytes where a suffix told, else as printed. */
  value: number;
  sized: boolean;
  at: number | null;
  line: number;
}

export const free: Grammar = {
  name: 'free',

  claims(head) {
    const [heading = '', row = ''] = firstLines(head);
    if (LINE_MODE.test(heading)) return true;
    return isHeading(heading) && valuesOf(row) !== null && (/^\s/.test(heading) || COLLAPSED.test(heading));
  },

  begins: {
    like: /^(?:SwapUse |total used free |\s{5,}\p{L}[^\d|:]{20,}$)/u,
    sure: ([heading = '', row = '']) => LINE_MODE.test(heading) || (isHeading(heading) && valuesOf(row) !== null),
  },

  reader(context: ParseContext) {
    const ledger = new LineLedger();
    const reports = new Reports(context, ledger);
    return lineReader({ line: (line, number) => reports.line(line, number), end: () => reports.end() }, ledger);
  },
};

class Reports {
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private readonly values: Value[] = [];
  private columns: readonly string[] = [];
  /** The heading is not in English: its columns are known by their places. */
  private translated = false;
  /** free -w, which has a column for buffers and one for the cache. */
  private wide = false;
  private report = -1;

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  line(text: string, number: number): LineVerdict {
    if (isPreamble(text)) return 'noise';
    if (LINE_MODE.test(text)) return this.lineMode(text, number);
    return isHeading(text) ? this.heading(text) : this.row(text, number);
  }

  end() {
    const { context, ledger, values } = this;
    const unit = unitOf(values, context.command ?? null);
    if (unit === '') ledger.note('the unit of the sizes is unknown: free was run with a flag such as -m or -g');
    const series = new SeriesBuilder();
    const english = this.englishNames();
    for (const { row, column, place, value, sized, at, line } of values) {
      const labels: Record<string, string> = row === '' ? {} : { row };
      const name = place === null ? undefined : english[place];
      const facts = { labels, at, line, sinceBoot: false, ...(name === undefined ? {} : { english: name }) };
      series.add(column, sized || unit === 'sized' ? 'B' : unit, value, facts);
    }
    const tool = context.tool ?? 'free';
    const clock: Clock | null = context.interval === null ? null : 'elapsed';
    const shape = 'series' as const;
    return { datasets: [{ shape, source: 0, tool, title: 'memory', clock, metrics: series.build() }] };
  }

  private lineMode(text: string, number: number): LineVerdict {
    this.report++;
    const [names, sizes] = pairsOf(text);
    return sizes === null ? { unread: 'not a size in every place' } : this.add('', names, sizes, number);
  }

  private heading(text: string): LineVerdict {
    this.columns = text.trim().split(/\s+/);
    this.translated = !this.columns.every((word) => ENGLISH.has(word));
    this.report++;
    return 'read';
  }

  private row(text: string, number: number): LineVerdict {
    const row = valuesOf(text);
    if (row === null || this.report < 0) return { unread: 'no row of sizes under a heading' };
    if (this.translated && row.sizes.length >= NARROW.length) {
      this.wide = row.sizes.length === WIDE.length;
      // Words that some locale's translation glued together, or took apart.
      if (row.sizes.length !== this.columns.length) this.columns = this.wide ? WIDE : NARROW;
    }
    const names = namesFor(row, this.columns);
    return names === null ? { unread: 'more sizes than headings' } : this.add(row.name, names, row.sizes, number);
  }

  private add(row: string, names: readonly string[], sizes: readonly Size[], line: number): LineVerdict {
    const { interval } = this.context;
    const at = interval === null ? null : this.report * interval;
    sizes.forEach(({ value, sized }, i) => {
      const place = this.translated && !BUFFERS_ROW.test(row) ? i : null;
      this.values.push({ row, column: names[i] as string, place, value, sized, at, line });
    });
    return 'read';
  }

  private englishNames(): readonly string[] {
    if (this.values.some(({ row }) => BUFFERS_ROW.test(row))) return OLD;
    return this.wide ? WIDE : NARROW;
  }
}

interface Size {
  value: number;
  sized: boolean;
}

interface Row {
  name: string;
  sizes: Size[];
}

/** Words without a digit, at least three. */
function isHeading(line: string): boolean {
  const words = line.trim().split(/\s+/);
  return words.length >= 3 && words.length <= 9 && /^[^\d:：|]*$/.test(line);
}

function sizeOf(text: string): Size | null {
  const plain = numberOf(text);
  if (plain !== null) return { value: plain, sized: false };
  const bytes = bytesOf(text);
  return bytes === null ? null : { value: bytes, sized: true };
}

function valuesOf(line: string): Row | null {
  const match = ROW.exec(line.trim());
  if (match === null) return null;
  const [, name = '', rest = ''] = match;
  const sizes = rest.trim().split(/\s+/).map(sizeOf);
  return sizes.every((size) => size !== null) ? { name: name.trim(), sizes } : null;
}

/** The columns of a row: the first so many, except that `-/+ buffers/cache` has no total. */
function namesFor({ name, sizes }: Row, columns: readonly string[]): readonly string[] | null {
  if (BUFFERS_ROW.test(name)) return columns.slice(1, 3);
  return sizes.length <= columns.length ? columns : null;
}

function pairsOf(line: string): [names: string[], sizes: Size[] | null] {
  const cells = cellsOf(line, 8, null) ?? [];
  const sizes = cells.filter((_, i) => i % 2 === 1).map(sizeOf);
  const names = cells.filter((_, i) => i % 2 === 0);
  return [names, sizes.every((size) => size !== null) ? sizes : null];
}

// free -m    free --mebi -s 1    free -tg
const FLAG_UNITS: readonly (readonly [RegExp, string])[] = [
  [/\s(?:-[a-z]*b|--bytes)/, 'B'],
  [/\s(?:-[a-z]*m|--mebi)/, 'MiB'],
  [/\s(?:-[a-z]*g|--gibi)/, 'GiB'],
  [/\s--kilo/, 'kB'],
  [/\s--mega/, 'MB'],
  [/\s--giga/, 'GB'],
];

/**
 * The unit of plain numbers. The text does not tell it; the command does where it is known. Else: the kernel counts in
 * pages, so that every size is a multiple of 4096 in bytes and of 4 in KiB; numbers that are not are in something larger.
 */
function unitOf(values: readonly Value[], command: string | null): string {
  if (values.length > 0 && values.every(({ sized, value }) => sized || value === 0)) return 'sized';
  const flagged = command === null ? undefined : FLAG_UNITS.find(([flag]) => flag.test(` ${command}`));
  if (command !== null) return flagged?.[1] ?? 'KiB';
  const plain = values.filter(({ sized, value }) => !sized && value !== 0).map(({ value }) => value);
  const largest = plain.reduce((most, value) => Math.max(most, value), 0);
  if (plain.length >= 4 && plain.every((value) => value % 4096 === 0)) return 'B';
  if (plain.length >= 4 && plain.every((value) => value % 4 === 0) && largest >= 65_536) return 'KiB';
  // 4 TB told in GiB would be the only other reading.
  return largest >= 4096 && plain.some((value) => value % 4 !== 0) ? 'MiB' : '';
}

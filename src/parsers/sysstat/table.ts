/** One table of mpstat, sar or pidstat: its columns, and what its rows become. */
import type { Cell, Events, Series } from '../../datasets/shapes.ts';
import { cellsOf, cellsUnder } from '../cells.ts';
import { type ColumnPlan, EventsBuilder } from '../events-builder.ts';
import type { LineVerdict } from '../lines.ts';
import { PlainRows } from '../rows/plain-rows.ts';
import type { Words } from '../rows/words.ts';
import { type PointFacts, SeriesBuilder } from '../series-builder.ts';
import { cellValue, isLabel, PROCESS_LABELS, unitOf } from './columns.ts';

/** What surrounds a row. */
interface RowFacts extends Pick<PointFacts, 'at' | 'line' | 'sinceBoot'> {
  /** As printed. */
  stamp: string;
}

export interface SysstatTable {
  /** The tool that prints such a table. */
  readonly tool: string;
  add(row: string, facts: RowFacts): LineVerdict;
  /** Whether the words from this one on are a plain row; `addFitting` adds it then. */
  fits(words: Words, first: number): boolean;
  addFitting(facts: RowFacts): void;
  build(): Omit<Events, 'source' | 'tool' | 'clock'> | Omit<Series, 'source' | 'tool' | 'clock'>;
}

/** Columns that may hold blanks; they stand last, or first of several texts. */
const WIDE = new Set(['Command', 'FILESYSTEM', 'MOUNTPOINT', 'DEVICE', 'status', 'product']);
/** What a table is of, by a heading that no other has; the first that is there. */
const TITLES: readonly (readonly [heading: string, title: string])[] = [
  ['%usr', 'CPU use'],
  ['%user', 'CPU use'],
  ['intr/s', 'interrupts'],
  ['INTR', 'interrupts'],
  ['TIMER/s', 'soft interrupts'],
  ['rxpck/s', 'network interfaces'],
  ['rxerr/s', 'errors of network interfaces'],
  ['active/s', 'TCP'],
  ['atmptf/s', 'TCP errors'],
  ['totsck', 'sockets'],
  ['kbmemfree', 'memory'],
  ['kbswpfree', 'swap space'],
  ['pswpin/s', 'swapping'],
  ['pgpgin/s', 'paging'],
  ['runq-sz', 'run queue and load'],
  ['DEV', 'disks'],
  ['bread/s', 'disk transfers'],
  ['proc/s', 'task creation and switching'],
];
const PROCESS_TITLES: readonly (readonly [heading: string, title: string])[] = [
  ['%usr', 'CPU use of processes'],
  ['minflt/s', 'page faults and memory of processes'],
  ['kB_rd/s', 'disk transfers of processes'],
  ['cswch/s', 'context switches of processes'],
  ['StkSize', 'stacks of processes'],
  ['threads', 'threads and files of processes'],
  ['prio', 'scheduling of processes'],
];

/**
 * The table under a heading.
 * @param words of the heading behind its stamp
 * @param heading the same as printed, for rows that leave cells blank
 */
export function tableOf(words: readonly string[], heading: string): SysstatTable {
  return words.includes('PID') || words.includes('TGID') ? processTable(words) : seriesTable(words, heading);
}

function titleOf(words: readonly string[], titles: readonly (readonly [string, string])[]): string {
  return titles.find(([heading]) => words.includes(heading))?.[1] ?? words.slice(0, 3).join(', ');
}

/** What a table of these columns is of. */
export function seriesTitle(words: readonly string[]): string {
  return titleOf(words, TITLES);
}

function wideOf(words: readonly string[]): number | null {
  const wide = words.findIndex((word) => WIDE.has(word));
  return wide < 0 ? null : wide;
}

function processTable(words: readonly string[]): SysstatTable {
  const events = new EventsBuilder([
    { name: 'Time', type: 'text', unit: '', role: 'time' },
    ...words.map((name): ColumnPlan => ({ name, type: typeOf(name), unit: unitOf(name), role: roleOf(name) })),
  ]);
  const cells = events.rowCells();
  const isText = words.map((name) => typeOf(name) === 'text');
  const units = words.map(unitOf);
  const endsWide = wideOf(words) === words.length - 1;
  return {
    tool: 'pidstat',
    add(row, { at, stamp, line }) {
      const texts = cellsOf(row, words.length, wideOf(words));
      if (texts === null) return { unread: `not ${words.length} cells, as in the heading` };
      const cells: Cell[] = [stamp];
      for (const [i, name] of words.entries()) {
        const cell = processCell(name, texts[i] as string);
        if (cell === undefined) return { unread: `no number under ${name}` };
        cells.push(cell);
      }
      events.add(cells, at, line);
      return 'read';
    },
    fits(row, first) {
      const count = row.count - first;
      if (endsWide ? count < words.length : count !== words.length) return false;
      let isRow = false;
      for (let i = 0; i < words.length; i++) {
        const word = first + i;
        const [from, to] = [
          row.starts[word] as number,
          row.ends[i < words.length - 1 ? word : row.count - 1] as number,
        ];
        if (isText[i]) cells.setText(i + 1, row.bytes, from, to);
        else {
          const number = row.number(word);
          if (Number.isNaN(number) && !row.isMinus(word)) return false;
          isRow ||= !Number.isNaN(number);
          cells.setNumber(i + 1, isUnreadable(units[i] as string, number) ? Number.NaN : number);
        }
      }
      // What has no number in it may be a heading.
      return isRow;
    },
    addFitting({ at, stamp, line }) {
      cells.setSame(0, stamp);
      events.addRow(cells, at ?? Number.NaN, line);
    },
    build: () => ({ shape: 'events', title: titleOf(words, PROCESS_TITLES), ...events.build() }),
  };
}

function processCell(name: string, text: string): Cell | undefined {
  if (name === 'Command') return text;
  if (PROCESS_LABELS.has(name) && typeOf(name) === 'text') return text;
  const value = cellValue(text, unitOf(name));
  return isUnreadable(unitOf(name), value) ? null : value;
}

/** pidstat prints -1.00 where /proc/PID/io may not be read. */
function isUnreadable(unit: string, value: number | null | undefined): boolean {
  return unit === 'KiB/s' && value === -1;
}

function typeOf(name: string): 'number' | 'text' {
  return name === 'Command' || name === 'USER' || name === 'policy' ? 'text' : 'number';
}

function roleOf(name: string): ColumnPlan['role'] {
  if (name === 'Command') return 'process';
  if (name === 'PID' || name === 'TGID') return 'pid';
  return unitOf(name) === 'KiB' ? 'size' : null;
}

function seriesTable(words: readonly string[], heading: string): SysstatTable {
  const series = new SeriesBuilder();
  const labels = words.filter(isLabel);
  const label = labels.length === 0 ? null : { name: labels[0] as string, place: words.findIndex(isLabel) };
  const columns = words.map((name) => ({ name, unit: unitOf(name) }));
  // Rows of several labels are read as text.
  const plain = labels.length > 1 ? null : new PlainRows(series, columns, label);
  return {
    tool: seriesTool(words),
    add(row, { at, line, sinceBoot }) {
      const texts = cellsOf(row, words.length, wideOf(words)) ?? cellsUnder(heading, row);
      if (texts === null) return { unread: `not ${words.length} cells, as in the heading` };
      const labels: Record<string, string> = {};
      const values: [name: string, value: number][] = [];
      for (const [i, name] of words.entries()) {
        const text = texts[i] as string;
        if (isLabel(name)) {
          if (text !== '') labels[name] = text;
          continue;
        }
        const value = cellValue(text, unitOf(name));
        if (value === undefined) return { unread: `no number under ${name}` };
        if (value !== null) values.push([name, value]);
      }
      const full = series.whyFull(labels);
      if (full !== null) return { unread: full };
      for (const [name, value] of values) series.add(name, unitOf(name), value, { labels, at, line, sinceBoot });
      return 'read';
    },
    fits: (row, first) => plain?.fits(row, first) ?? false,
    addFitting: ({ at, line, sinceBoot }) => plain?.add(at ?? Number.NaN, line, sinceBoot),
    build: () => ({ shape: 'series', title: titleOf(words, TITLES), metrics: series.build() }),
  };
}

/** The tool by its row in the catalogue, where sar's reports on interfaces and on TCP are tools of their own.
 * mpstat prints %irq before %steal and sar after it; interrupts by CPU are mpstat's, CPUs by interrupt sar's. */
function seriesTool(words: readonly string[]): string {
  if (words.includes('rxpck/s')) return 'sar-dev';
  if (words.includes('active/s') || words.includes('atmptf/s')) return 'sar-tcp';
  if (words[0] !== 'CPU' && words[0] !== 'NODE') return 'sar';
  const [interrupts, stolen] = [words.indexOf('%irq'), words.indexOf('%steal')];
  if (words.includes('%idle')) return interrupts >= 0 && (stolen < 0 || interrupts < stolen) ? 'mpstat' : 'sar';
  const rates = words.slice(1).every((word) => word.endsWith('/s') || word === 'intr/s');
  return rates && !words.includes('total/s') ? 'mpstat' : 'sar';
}

/**
 * top -b: iterations of a summary and a table of processes.
 *
 *     top - 14:59:28 up 20 min,  0 user,  load average: 0.54, 0.60, 0.33
 *     Tasks:  88 total,   1 running,  86 sleeping,   0 stopped,   1 zombie
 *     %Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st
 *     MiB Mem :  24105.6 total,  22162.7 free,    599.5 used,   1647.0 buff/cache
 *     MiB Swap:      0.0 total,      0.0 free,      0.0 used.  23506.1 avail Mem
 *
 *       PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
 *         1 root      10 -10   51288  19856   6392 S   0.0   0.1   0:03.63 systemd
 *
 * Older versions print `Cpu(s):  0.3%us` and `Mem:   8053804k total`. Columns stand in any order.
 */
import type { Dataset } from '../../datasets/shapes.ts';
import { cellsBetween, cellsOf } from '../cells.ts';
import { EventsBuilder } from '../events-builder.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineVerdict, lineReader } from '../lines.ts';
import { bytesOf, numberOf, rounded } from '../numbers.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { DayClock } from '../stamps.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { columnsOfProcesses, isProcessHeading, wideColumn } from './process-columns.ts';
import { uptimeOf } from './uptime.ts';

const TOP = /^top - /;
// Tasks:  96 total,   2 running,  94 sleeping,   0 stopped,   0 zombie        above %Cpu(s): a screen copied without its first line
const TASKS = /^(?:Tasks|Threads): *\d{1,7} total, /;
const CPUS = /^%?Cpu(?:\(s\)|\d{1,5}) *:/;
// %Cpu(s):   Cpu0  :   Tasks:   MiB Mem :   Mem:   KiB Swap:   Speicher:   MiB Éch :
const SUMMARY = /^(%?[\p{L}][^:：\d]{0,20}\d{0,4}(?:\(s\))?) *[:：](.*)$/u;
// 25190241+total   8053804k total   0.3%us   100.0 id   23506.1 avail Mem
const ITEM = /(\d{1,20}(?:[.,]\d{1,20})?)([+%kKmMgGtT]?) ?(\p{L}[\p{L}/-]*(?: \p{L}+)?)/gu;
const CPU = /^%?Cpu(?:\(s\)|(\d+))?$/i;
const MEMORY_UNIT = /^(KiB|MiB|GiB|TiB|PiB|EiB) /;
const UNIT_OF_SUFFIX: Readonly<Record<string, string>> = { k: 'KiB', m: 'MiB', g: 'GiB', t: 'TiB' };
/** A line of the summary is no longer than a screen is wide. */
const MAX_SUMMARY = 1000;
/** Columns whose plain numbers are KiB; with a suffix they are in something larger. */
const SIZES = new Set([
  'VIRT',
  'RES',
  'SHR',
  'CODE',
  'DATA',
  'SWAP',
  'USED',
  'ANON',
  'RSan',
  'RSfd',
  'RSsh',
  'RSlk',
  'PSS',
  'USS',
]);

//     PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
const PROCESSES = /^\s*PID\s+USER\s+PR\s+NI\s/;

export const top: Grammar = {
  name: 'top',
  own: PROCESSES,

  claims(head) {
    const [first, second = ''] = firstLines(head);
    if (TASKS.test(first ?? '') && CPUS.test(second)) return true;
    return first !== undefined && TOP.test(first) && uptimeOf(first.replace(TOP, '')) !== null;
  },

  begins: { like: TOP, sure: ([first = '']) => uptimeOf(first.replace(TOP, '')) !== null },

  reader(context: ParseContext) {
    const ledger = new LineLedger();
    const screens = new Screens(context, ledger);
    return lineReader({ line: (line, number) => screens.line(line, number), end: () => screens.end() }, ledger);
  },
};

class Screens {
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private readonly series = new SeriesBuilder();
  private readonly clock = new DayClock();
  private readonly tables = new Map<string, EventsBuilder>();
  private columns: string[] | null = null;
  private headingText = '';
  private table: EventsBuilder | null = null;
  private at: number | null = null;
  private started = false;

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  line(text: string, number: number): LineVerdict {
    if (isPreamble(text)) return 'noise';
    if (TOP.test(text)) return this.begin(text, number);
    if (!this.started && TASKS.test(text)) this.started = true;
    if (!this.started) return { unread: 'before the first `top -` line' };
    if (this.columns === null) return isProcessHeading(text) ? this.heading(text) : this.summary(text, number);
    return this.process(text, this.columns, number);
  }

  end(): { datasets: Dataset[] } {
    const tool = this.context.tool ?? 'top';
    const shared = { source: 0, tool, clock: 'day' as const };
    const events = [...this.tables.values()].map((table): Dataset => {
      return { shape: 'events', title: 'processes', ...shared, ...table.build() };
    });
    const metrics = this.series.build();
    return {
      datasets: [
        ...(metrics.length > 0 ? [{ shape: 'series' as const, title: 'summary', ...shared, metrics }] : []),
        ...events,
      ],
    };
  }

  private begin(text: string, number: number): LineVerdict {
    const uptime = uptimeOf(text.replace(TOP, ''));
    this.started = true;
    this.columns = null;
    this.at = uptime === null ? null : this.clock.at(uptime.stamp);
    if (uptime === null) return { unread: 'no clock and no load average' };
    uptime.loads.forEach((load, i) => {
      this.add('load average', '', load, { minutes: ['1', '5', '15'][i] as string }, number);
    });
    if (uptime.up !== null) this.add('up', 's', uptime.up, {}, number);
    if (uptime.users !== null) this.add('users', '', uptime.users, {}, number);
    return 'read';
  }

  private add(name: string, unit: string, value: number, labels: Record<string, string>, line: number): void {
    this.series.add(name, unit, value, { labels, at: this.at, line, sinceBoot: false });
  }

  private heading(text: string): LineVerdict {
    this.headingText = text;
    // A Chinese top leaves the heading of the state blank.
    this.columns = text
      .replace(/SHR {4}(?=%CPU)/, 'SHR S ')
      .trim()
      .split(/\s+/);
    const key = this.columns.join(' ');
    this.table = this.tables.get(key) ?? new EventsBuilder(columnsOfProcesses(this.columns));
    this.tables.set(key, this.table);
    return 'read';
  }

  /** `Tasks:  88 total,   1 running`; two CPUs may share a line. */
  private summary(text: string, number: number): LineVerdict {
    if (text.length > MAX_SUMMARY) return { unread: 'too long for a line of the summary' };
    let read = 0;
    for (const part of text.split(/ (?=%?Cpu\d)/)) {
      const match = SUMMARY.exec(part);
      if (match === null) continue;
      const [, title = '', items = ''] = match;
      read += this.items(title.trim(), items, number);
    }
    return read > 0 ? 'read' : { unread: 'not a line of the summary' };
  }

  private items(title: string, items: string, number: number): number {
    const cpu = CPU.exec(title);
    const unit = cpu !== null ? '%' : (MEMORY_UNIT.exec(title)?.[1] ?? '');
    const name = title.replace(MEMORY_UNIT, '');
    const labels: Record<string, string> = cpu !== null ? { cpu: cpu[1] ?? 'all' } : { of: name };
    const found = [...items.matchAll(ITEM)];
    // The same name twice on a line is two lines run into one: whose number is whose cannot be told.
    if (new Set(found.map(([, , , item]) => item)).size < found.length) return 0;
    for (const [, digits = '', suffix = '', item = ''] of found) {
      if (suffix === '+') this.sayCut(`${item} of ${name}`);
      else this.add(item, UNIT_OF_SUFFIX[suffix.toLowerCase()] ?? unit, numberOf(digits) ?? 0, labels, number);
    }
    return found.length;
  }

  /** Once for each number, not once for each screen. */
  private sayCut(what: string): void {
    this.ledger.noteOnce(`${what} is too wide for its field: top cut it, and it is left out`);
  }

  private process(text: string, columns: string[], number: number): LineVerdict {
    const wide = wideColumn(columns);
    // With the command in the middle another column may hold blanks too (ENVIRON, CGROUPS): then places tell, not counts.
    const cells =
      wide === columns.length - 1
        ? cellsOf(text, columns.length, wide)
        : (cellsOf(text, columns.length, null) ?? cellsBetween(this.headingText, text));
    if (cells === null) return { unread: `not ${columns.length} cells, as in the heading` };
    const values: (string | number)[] = [];
    for (const [i, name] of columns.entries()) {
      const cell = cells[i] as string;
      const value = SIZES.has(name) ? kibibytes(cell) : name.startsWith('%') ? numberOf(cell) : cell;
      if (value === null) return { unread: `no number under ${name}` };
      values.push(value);
    }
    this.table?.add(values, this.at, number);
    return 'read';
  }
}

/** `51288` is as it is, `0.227t` is in TiB. */
function kibibytes(cell: string): number | null {
  const plain = numberOf(cell);
  if (plain !== null) return plain;
  const bytes = bytesOf(cell);
  return bytes === null ? null : rounded(bytes / 1024);
}

/**
 * mpstat, sar and pidstat: tables whose heading and rows begin with a stamp.
 *
 *     Linux 6.1.0-18-amd64 (db1)  11/20/26  _x86_64_  (2 CPU)
 *
 *     14:59:29     CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle
 *     14:59:30     all    1.00    0.00    4.50    0.00    0.00    0.00    0.00    0.00    0.00   94.50
 *
 * The stamp of a heading is that of the report before: where it is the row's own, the row is an average since boot.
 * Tables of processes become events, all others series.
 */
import type { Dataset } from '../../datasets/shapes.ts';
import { isSysstatBanner, MAX_COLUMNS } from '../cells.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { KnownTexts } from '../rows/known-texts.ts';
import { RowStamps } from '../rows/row-stamps.ts';
import { Words } from '../rows/words.ts';
import { DayClock, stampAt } from '../stamps.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { isColumn } from './columns.ts';
import { type SysstatTable, tableOf } from './table.ts';

// Average:   Durchschn.:   Moyenne :   平均时间:   Summary:   and not iostat's avg-cpu:
const AVERAGE = /^(?!avg-cpu)[^\d:：]{1,30}[:：](?=\s)/;
// # Time        UID       PID    %usr
const HASH_HEADING = /^#\s+Time\s/;
// 12:11:37       LINUX RESTART	(4 CPU)        10:00:00  COM a comment
const MARK = /^\s+(?:(LINUX RESTART)|COM)\b/;
// 1795186770
const EPOCH = /^\s*(\d{9,11})(?=\s)/;

// 14:59:30     all    1.00    0.00    4.50     02:59:30 PM     0      1234    0.00    1.00     3  mysqld
const ROW = /^\d\d:\d\d:\d\d(?: [AP]M)?(?: +[\w.-]+)?(?: +-?\d+(?:[.,]\d+)?){2,}(?: +\S+)?\s*$/;

// 14:59:29     CPU    %usr   %nice      14:59:29     IFACE   rxpck/s   txpck/s      14:59:29 kbmemfree   kbavail
const OWN_HEADING =
  /^\d\d:\d\d:\d\d(?: [AP]M)? +(?:[A-Za-z][\w-]* +){0,4}(?:%[a-z]+|[a-z]{1,12}\/s|kb[a-z]+)(?: +[A-Za-z%][\w%/-]*)*\s*$/;

/** The heading or row behind a stamp, `#` or the word for an average; null where none of them begins the line. */
interface Line {
  kind: 'stamped' | 'average' | 'hash';
  /** As printed: the stamp, for the comparison of heading and row. */
  stamp: string;
  at: number | null;
  clock: 'day' | 'epoch' | 'local' | null;
  rest: string;
}

export const sysstat: Grammar = {
  name: 'sysstat',
  own: new RegExp(`${ROW.source}|${OWN_HEADING.source}`),

  claims(head) {
    const lines = firstLines(head, (line) => isNoise(line) || isMark(line));
    const first = lines[0] === undefined ? null : lineOf(lines[0]);
    return first !== null && first.kind !== 'average' && isHeading(first.rest);
  },

  begins: {
    like: /^(?:#\s+Time\s|[^\d\s]{0,8} ?\d{1,2}[:.时時시]|\s?\d{9,11}\s|\d{4}-\d\d-\d\d)/,
    sure([first = '']) {
      const line = HASH_HEADING.test(first) || !isNoise(first) ? lineOf(first) : null;
      return line !== null && line.kind !== 'average' && isHeading(line.rest);
    },
  },

  reader(context: ParseContext) {
    const ledger = new LineLedger();
    const report = new Report(context, ledger);
    return lineReader(report, ledger);
  },
};

/** A file's tables, each under the words of its heading. */
class Report implements LineParser {
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private readonly tables = new Map<string, SysstatTable>();
  /** sar prints each table from its first time to its last before the next. */
  private readonly clocks = new Map<SysstatTable, DayClock>();
  private table: SysstatTable | null = null;
  private headingStamp = '';
  private inAverages = false;
  private clockName: Line['clock'] = null;
  private firstStamp: string | null = null;
  private readonly words = new Words();
  /** Of stamped headings, as printed, the place in `headed`. */
  private readonly headings = new KnownTexts();
  private readonly headed: SysstatTable[] = [];
  private readonly stamps = new RowStamps();

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  run(): void {
    this.table = null;
    this.headingStamp = '';
    this.inAverages = false;
    this.firstStamp = null;
  }

  row(bytes: Uint8Array, from: number, to: number, line: number): boolean {
    const { table, words, stamps, firstStamp } = this;
    if (table === null || this.inAverages || firstStamp === null || !words.split(bytes, from, to)) return false;
    const first = stamps.take(words);
    if (first === 0 || mayBeMark(words, first)) return false;
    const { text: stamp, at, clock } = stamps;
    if (!table.fits(words, first)) return this.headingAgain(words, first, stamp);
    const sinceBoot = stamp === this.headingStamp && stamp === firstStamp;
    const time = this.clockOf(table).at({ at, clock, text: stamp, end: 0 });
    table.addFitting({ at: time, stamp, line, sinceBoot });
    return true;
  }

  /** A heading that was read before, as it comes again for each report of sar. */
  private headingAgain({ bytes, starts, ends, count }: Words, first: number, stamp: string): boolean {
    if (first === count) return false;
    const known = this.headings.find(bytes, starts[first] as number, ends[count - 1] as number);
    if (known < 0) return false;
    this.table = this.headed[known] as SysstatTable;
    this.headingStamp = stamp;
    return true;
  }

  line(text: string, number: number): LineVerdict {
    if (isNoise(text) && !HASH_HEADING.test(text)) return 'noise';
    const line = lineOf(text);
    if (line === null) return { unread: 'no stamp before the row' };
    if (isMark(text)) return this.mark(text, line.stamp);
    if (isHeading(line.rest)) return this.heading(line);
    if (line.kind === 'average') return this.table === null ? { unread: 'an average without a heading' } : 'noise';
    return this.tableRow(line, number);
  }

  end(): { datasets: Dataset[]; tool: string | null } {
    const tables = [...this.tables.values()];
    const [first] = tables;
    const alike = first !== undefined && tables.every((table) => table.tool === first.tool);
    const tool = this.context.tool ?? (alike ? first.tool : 'sar');
    return {
      tool,
      datasets: tables.map((table) => ({
        ...table.build(),
        source: 0,
        // sar prints the tables of several tools.
        tool: this.context.tool === 'sar' ? table.tool : (this.context.tool ?? table.tool),
        clock: this.clockName,
      })),
    };
  }

  private mark(text: string, stamp: string): LineVerdict {
    if (text.includes('LINUX RESTART')) this.ledger.noteOnce(`the host was restarted at ${stamp}`);
    return 'noise';
  }

  private heading({ kind, stamp, rest }: Line): LineVerdict {
    const words = rest.trim().split(/\s+/);
    const key = words.join(' ');
    this.table = this.tables.get(key) ?? tableOf(words, rest);
    this.inAverages = kind === 'average';
    // A table that has only averages is not worth an empty dataset.
    if (!this.inAverages && !this.tables.has(key)) {
      this.tables.set(key, this.table);
      const printed = Buffer.from(rest.trim());
      this.headings.add(printed, 0, printed.length, this.headed.push(this.table) - 1);
    }
    this.headingStamp = stamp;
    return 'read';
  }

  private tableRow({ rest, stamp, at, clock }: Line, number: number): LineVerdict {
    const { table } = this;
    if (table === null || this.inAverages) return { unread: 'a row before any heading' };
    const sinceBoot = stamp === this.headingStamp && stamp === (this.firstStamp ?? stamp);
    const time = at === null || clock === null ? null : this.clockOf(table).at({ at, clock, text: stamp, end: 0 });
    const verdict = table.add(rest, { at: time, stamp, line: number, sinceBoot });
    if (verdict !== 'read') return verdict;
    this.firstStamp ??= stamp;
    this.clockName ??= clock;
    return 'read';
  }

  private clockOf(table: SysstatTable): DayClock {
    const clock = this.clocks.get(table) ?? new DayClock();
    this.clocks.set(table, clock);
    return clock;
  }
}

function isNoise(line: string): boolean {
  return (isPreamble(line) && !HASH_HEADING.test(line)) || isSysstatBanner(line);
}

const [C, L] = ['C', 'L'].map((letter) => letter.charCodeAt(0));

/** Whether the words behind the stamp may be those of a mark. */
function mayBeMark({ count, bytes, starts }: Words, first: number): boolean {
  const initial = first < count ? bytes[starts[first] as number] : 0;
  return initial === C || initial === L;
}

function isMark(line: string): boolean {
  const stamp = stampAt(line);
  return stamp !== null && MARK.test(line.slice(stamp.end));
}

function isHeading(rest: string): boolean {
  const words = rest.trim().split(/\s+/);
  if (words.length > MAX_COLUMNS) return false;
  const known = words.filter(isColumn).length;
  return known >= 1 && known * 2 > words.length && words.every((word) => !/^-?\d+(?:[.,]\d+)?$/.test(word));
}

function lineOf(text: string): Line | null {
  if (HASH_HEADING.test(text)) {
    return { kind: 'hash', stamp: '', at: null, clock: null, rest: text.replace(HASH_HEADING, '') };
  }
  const average = AVERAGE.exec(text);
  if (average !== null) {
    return { kind: 'average', stamp: average[0], at: null, clock: null, rest: text.slice(average[0].length) };
  }
  const epoch = EPOCH.exec(text);
  if (epoch !== null) {
    const [printed, seconds = ''] = epoch;
    return { kind: 'stamped', stamp: seconds, at: Number(seconds), clock: 'epoch', rest: text.slice(printed.length) };
  }
  const stamp = stampAt(text);
  if (stamp === null) return null;
  const clock = stamp.clock as 'day' | 'epoch' | 'local';
  return { kind: 'stamped', stamp: stamp.text, at: stamp.at, clock, rest: text.slice(stamp.end) };
}

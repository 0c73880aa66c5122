/**
 * sadf: what sar keeps in its files, for programs: -d, a table for each kind with a heading of its own, and -p, a value a line.
 *
 *     # hostname;interval;timestamp;CPU;%user;%nice;%system;%iowait;%steal;%idle
 *     db1;600;2023-10-09 00:10:01 UTC;-1;17.00;67.00;16.00;0.00;0.00;0.00
 *
 *     db1	600	2023-10-09 00:10:01 UTC	all	%user	17.00
 */
import type { Clock, Dataset } from '../../datasets/shapes.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { stampAt } from '../stamps.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { cellValue, isColumn, isLabel, unitOf } from './columns.ts';
import { seriesTitle } from './table.ts';

// # hostname;interval;timestamp;CPU;%user;%nice
const HEADING = /^# hostname;interval;timestamp;\S/;
// db1	600	2023-10-09 00:10:01 UTC	all	%user	17.00        db1	600	1696810201	-	proc/s	12.10
const VALUE = /^(\S{1,255})\t(-?\d{1,8})\t([^\t]{8,40})\t([^\t]{1,80})\t([^\t\s]{1,40})\t(\S{1,40})$/;
// db1;-1;2023-10-09 00:00:01 UTC;LINUX-RESTART	(4 CPU)        db1	-1	2023-10-09 00:00:01 UTC	LINUX-RESTART	(4 CPU)
const RESTART = /[;\t]LINUX-RESTART\b/;
const COMMENT = /[;\t]COM /;
/** What a value is of, which -p does not tell: the column that would stand before it in a table. */
const KINDS: readonly (readonly [names: RegExp, label: string])[] = [
  [/^%(?:usr|user|nice|sys|system|iowait|steal|irq|soft|guest|gnice|idle)$/, 'CPU'],
  [/^(?:tps|[rwd]kB\/s|(?:rd|wr)_sec\/s|areq-sz|aqu-sz|avgrq-sz|avgqu-sz|await|svctm|%util)$/, 'DEV'],
  [/^(?:[rt]x\S+\/s|coll\/s|%ifutil)$/, 'IFACE'],
];
/** What a row of all CPUs is called by -d. */
const ALL = '-1';

export const sadf: Grammar = {
  name: 'sysstat sadf',
  claims: (head) => isFirst(firstLines(head, (line) => isPreamble(line) && !line.startsWith('#'))[0] ?? ''),
  begins: { like: /^(?:# hostname;interval;|\S{1,255}\t-?\d{1,8}\t)/, sure: ([first = '']) => isFirst(first) },
  reader: (context) => {
    const ledger = new LineLedger();
    return lineReader(new SadfReader(context, ledger), ledger);
  },
};

function isFirst(line: string): boolean {
  const value = VALUE.exec(line);
  return HEADING.test(line) || (value !== null && isColumn(value[5] as string) && timeOf(value[3] as string) !== null);
}

class SadfReader implements LineParser {
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private readonly tables = new Map<string, SeriesBuilder>();
  private names: string[] = [];
  private clock: Clock | null = null;
  private host: string | null = null;

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  line(text: string, number: number): LineVerdict {
    if (HEADING.test(text)) {
      this.names = text.trimEnd().split(';').slice(3);
      return 'read';
    }
    if (RESTART.test(text)) {
      this.ledger.noteOnce(`the host was restarted at ${text.split(/[;\t]/)[2]}`);
      return 'noise';
    }
    if (COMMENT.test(text)) return 'noise';
    const value = VALUE.exec(text);
    if (value !== null) return this.value(value, number);
    if (isPreamble(text)) return 'noise';
    return this.tableRow(text.trimEnd().split(';'), number);
  }

  end() {
    const tool = this.context.tool ?? 'sar';
    const datasets = [...this.tables].map(([title, series]): Dataset => {
      return { shape: 'series', source: 0, tool, title, clock: this.clock, metrics: series.build() };
    });
    return { tool, datasets, ...(this.host === null ? {} : { host: { hostname: this.host } }) };
  }

  /** Files of several hosts that were put together are several hosts': the first one's is read. */
  private isOfOther(host: string): boolean {
    this.host ??= host;
    return this.host !== host;
  }

  private tableRow([host = '', , stamp = '', ...cells]: readonly string[], line: number): LineVerdict {
    const time = timeOf(stamp);
    const names = namesFor(this.names, cells);
    if (names === null) return { unread: 'values of some CPUs only: which CPUs is unknown' };
    if (names.length === 0 || cells.length !== names.length)
      return { unread: `not ${names.length + 3} fields, as in the heading` };
    if (time === null) return { unread: 'no time in the third field' };
    if (this.isOfOther(host)) return { unread: OF_ANOTHER };
    const labels: Record<string, string> = {};
    const values: [name: string, value: number][] = [];
    for (const [i, name] of names.entries()) {
      const cell = cells[i] as string;
      if (isLabel(name)) labels[name] = name === 'CPU' && cell === ALL ? 'all' : cell;
      else {
        const number = cellValue(cell, unitOf(name));
        if (number === undefined) return { unread: `no number under ${name}` };
        if (number !== null) values.push([name, number]);
      }
    }
    for (const [name, value] of values) {
      const cpu = INTERRUPTS_OF.exec(name)?.[1];
      const [own, of] = cpu === undefined ? [name, labels] : ['intr/s', { ...labels, CPU: cpu }];
      this.add(seriesTitle(this.names), own, value, { labels: of, at: time, line });
    }
    return 'read';
  }

  private value(
    [, host = '', , stamp = '', of = '', name = '', cell = '']: RegExpExecArray,
    line: number,
  ): LineVerdict {
    const [time, value] = [timeOf(stamp), cellValue(cell, unitOf(name))];
    if (time === null || value === undefined) return { unread: 'no time, or no number' };
    if (this.isOfOther(host)) return { unread: OF_ANOTHER };
    const kind = KINDS.find(([names]) => names.test(name))?.[1] ?? 'of';
    const labels: Record<string, string> = of === '-' ? {} : { [kind]: of.replace(/^cpu(?=\d+$)/, '') };
    if (value !== null) this.add('all activity', name, value, { labels, at: time, line });
    return 'read';
  }

  private add(
    title: string,
    name: string,
    value: number,
    facts: { labels: Record<string, string>; at: Time; line: number },
  ): void {
    const series = this.tables.get(title) ?? new SeriesBuilder();
    this.tables.set(title, series);
    this.clock ??= facts.at.clock;
    const at = facts.at.clock === this.clock ? facts.at.at : null;
    series.add(name, unitOf(name), value, { ...facts, at, sinceBoot: false });
  }
}

const OF_ANOTHER = 'of another host than the rows above';
// INTR;CPU*: so many cells as there are CPUs, behind their sum
const EACH_CPU = 'CPU*';
const INTERRUPTS_OF = /^CPU\*(all|\d+)$/;
/** Two digits behind the point are printed. */
const ROUNDING = 0.011;

/** The names of the cells, `CPU*` taken apart; null where the first of its cells is not the sum of the others: some CPUs were chosen. */
function namesFor(names: readonly string[], cells: readonly string[]): readonly string[] | null {
  const first = names.indexOf(EACH_CPU);
  if (first < 0 || first !== names.length - 1) return names;
  const [all = Number.NaN, ...each] = cells.slice(first).map(Number);
  const sum = each.reduce((total, value) => total + value, 0);
  if (!(each.length > 0 && Math.abs(all - sum) <= ROUNDING * (each.length + 1))) return null;
  return [...names.slice(0, first), `${EACH_CPU}all`, ...each.map((_, i) => `${EACH_CPU}${i}`)];
}

interface Time {
  clock: Clock;
  at: number;
}

/** `2023-10-09 00:10:01 UTC`, with -t the host's own time, with older versions seconds since 1970. */
function timeOf(text: string): Time | null {
  if (/^\d{9,11}$/.test(text)) return { clock: 'epoch', at: Number(text) };
  const stamp = stampAt(text.replace(/ UTC$/, 'Z').replace(' ', 'T'));
  return stamp === null || stamp.clock === 'day' ? null : { clock: stamp.clock, at: stamp.at };
}

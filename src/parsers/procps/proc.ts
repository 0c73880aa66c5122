/**
 * Files of /proc that a person copies into a ticket: meminfo, and the pressure of cpu, memory and io, alone or behind the
 * names that head and grep put before them:
 *
 *     MemTotal:        8053804 kB
 *
 *     some avg10=0.43 avg60=3.43 avg300=4.56 total=123456
 *
 * Where `date +%T` or /proc/uptime stands above each report, it is the report's time.
 *
 * https://docs.kernel.org/accounting/psi.html
 */
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { isReadingTime, ReadingTime } from './reading-time.ts';

// MemTotal:        8053804 kB        HugePages_Total:       0
const MEMINFO = /^([A-Z][A-Za-z0-9_()]{1,40}): +(\d{1,20})( kB)?$/;
// Dirty:            120 kB        a part of meminfo, as grep and tail give it
const PART =
  /^(?:MemFree|MemAvailable|Buffers|Cached|Swap(?:Cached|Total|Free)|Dirty|Writeback|AnonPages|Mapped|Shmem|Slab|SReclaimable|SUnreclaim|Commit(?:Limit|ted_AS)|HugePages_Total): +\d{1,20}(?: kB)?$/;
// some avg10=0.43 avg60=3.43 avg300=4.56 total=123456        /proc/pressure/cpu:some avg10=…
const PRESSURE =
  /^(?:\S*pressure\/(\w+):)?(some|full) avg10=(\d+\.\d+) avg60=(\d+\.\d+) avg300=(\d+\.\d+) total=(\d{1,20})$/;
// ==> /proc/pressure/cpu <==
const FILE = /^==> \S*pressure\/(\w+) <==$/;
// findings/io.pressure        pressure-io.txt        proc/pressure/memory: a copy of one file tells by its name which it is
const RESOURCE_IN_NAME = /(?:^|[^a-z])(cpu|memory|io)(?:[^a-z]|$)/;
const AVERAGES = ['avg10', 'avg60', 'avg300'];

export const proc: Grammar = {
  name: 'proc',

  claims(head) {
    const lines = firstLines(head);
    const [first = '', second = ''] = isReadingTime(lines[0] ?? '') ? lines.slice(1) : lines;
    return (
      /^MemTotal: /.test(first) ||
      PART.test(first) ||
      PRESSURE.test(first) ||
      (FILE.test(first) && PRESSURE.test(second))
    );
  },

  begins: {
    like: /^(?:MemTotal: |==> |\S{0,100}(?:some|full) avg10=)/,
    sure: (lines) => proc.claims({ lines, complete: false }),
  },

  reader(context: ParseContext) {
    return lineReader(new ProcReader(context));
  },
};

class ProcReader implements LineParser {
  private readonly context: ParseContext;
  private readonly memory = new SeriesBuilder();
  private readonly pressure = new SeriesBuilder();
  private readonly time = new ReadingTime();
  /** How often each of them was printed: the files are read once an interval, from the start on. */
  private readonly reports = new Map<string, number>();
  /** Of the file whose name stands above, or of this one. */
  private resource: string | undefined;

  constructor(context: ParseContext) {
    this.context = context;
    this.resource = RESOURCE_IN_NAME.exec(context.name.split('/').at(-1) ?? '')?.[1];
  }

  line(text: string, number: number): LineVerdict {
    if (isPreamble(text)) return 'noise';
    if (this.time.take(text)) return 'read';
    const [file, size, stalled] = [FILE.exec(text), MEMINFO.exec(text), PRESSURE.exec(text)];
    if (file !== null) this.resource = file[1];
    else if (size !== null) this.addSize(size, number);
    else if (stalled !== null) this.addPressure(stalled, number);
    else return { unread: 'not of meminfo, not of pressure' };
    return 'read';
  }

  end() {
    const { time, context } = this;
    const clock = time.clock ?? (context.interval === null ? null : 'elapsed');
    const shared = { shape: 'series' as const, source: 0 };
    const datasets = [
      { ...shared, tool: context.tool ?? 'meminfo', title: 'memory', clock: time.clock, metrics: this.memory.build() },
      { ...shared, tool: context.tool ?? 'pressure', title: 'pressure', clock, metrics: this.pressure.build() },
    ];
    return { datasets: datasets.filter(({ metrics }) => metrics.length > 0) };
  }

  private addSize([, name = '', digits, unit]: RegExpExecArray, line: number): void {
    const facts = { line, sinceBoot: false, at: this.time.at, labels: {} };
    this.memory.add(name, unit === undefined ? '' : 'KiB', Number(digits), facts);
  }

  private addPressure([, named = this.resource, share = '', ...numbers]: RegExpExecArray, line: number): void {
    const labels: Record<string, string> = { ...(named === undefined ? {} : { resource: named }), share };
    const facts = { line, sinceBoot: false, at: this.timeOf(`${share} ${named}`), labels };
    AVERAGES.forEach((name, i) => {
      this.pressure.add(name, '%', Number(numbers[i]), facts);
    });
    this.pressure.add('total', 'us', Number(numbers[3]), facts);
  }

  /** When a reading of the resource was made: as the line above tells, else by how many came before it. */
  private timeOf(reading: string): number | null {
    const report = this.reports.get(reading) ?? 0;
    this.reports.set(reading, report + 1);
    const { interval } = this.context;
    return this.time.at ?? (interval === null ? null : report * interval);
  }
}

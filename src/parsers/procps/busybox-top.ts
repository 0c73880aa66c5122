/**
 * top -b of busybox: iterations of three lines and a table.
 *
 *     Mem: 9596616K used, 15087040K free, 9032K shrd, 61988K buff, 5385436K cached
 *     CPU:  75% usr  12% sys  12% nic   0% idle   0% io   0% irq   0% sirq
 *     Load average: 24.50 23.65 20.45 24/615 15898
 *       PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND
 *       812     1 root     S     1544   0%   0% /bin/sh
 *
 * procps/top.c of busybox
 */
import type { Dataset } from '../../datasets/shapes.ts';
import { EventsBuilder } from '../events-builder.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { firstLines, isPreamble } from '../terminal.ts';

const MEMORY = /^Mem: (\d{1,12})K used, (\d{1,12})K free, (\d{1,12})K shrd, (\d{1,12})K buff, (\d{1,12})K cached\s*$/;
const CPU = /^CPU\d{0,4}: +\d+(?:\.\d)?% usr .*% idle .*$/;
const SHARE = /(\d{1,5}(?:\.\d)?)% ([a-z]{1,10})/g;
const LOAD = /^Load average: (\d+\.\d+) (\d+\.\d+) (\d+\.\d+) (\d+)\/(\d+) \d+\s*$/;
const HEADING = /^\s*PID {2}PPID USER {5}STAT {3}VSZ %VSZ(?: CPU)? %CPU COMMAND\s*$/;
//   812     1 root     S     1544   0%   0 0.1% /bin/sh        VSZ is cut to four places: 1391g5568%
const ROW =
  /^\s*(\d{1,10}) +(\d{1,10}) (\S{1,8}) +([A-Z][A-Z<NsL+l]{0,4}) +(\d{1,10}(?:\.\d)?[kmgt]?) *(\d{1,4}(?:\.\d)?)%(?: +(\d{1,4})(?= +\d))? +(\d{1,3}(?:\.\d)?)% (.+)$/;
const MEMORY_NAMES = ['used', 'free', 'shrd', 'buff', 'cached'];

export const busyboxTop: Grammar = {
  name: 'busybox top',
  own: HEADING,
  claims: (head) => isTop(firstLines(head)),
  begins: { like: MEMORY, sure: isTop },
  reader: (context) => lineReader(new BusyboxReader(context)),
};

function isTop([first = '', second = '']: readonly string[]): boolean {
  return MEMORY.test(first) && CPU.test(second);
}

class BusyboxReader implements LineParser {
  private readonly context: ParseContext;
  private readonly series = new SeriesBuilder();
  private readonly rows = new EventsBuilder([
    { name: 'PID', type: 'number', unit: '', role: 'pid' },
    { name: 'PPID', type: 'number', unit: '', role: null },
    { name: 'USER', type: 'text', unit: '', role: null },
    { name: 'STAT', type: 'text', unit: '', role: null },
    { name: '%VSZ', type: 'number', unit: '%', role: null },
    { name: '%CPU', type: 'number', unit: '%', role: null },
    { name: 'COMMAND', type: 'text', unit: '', role: 'process' },
  ]);
  private report = -1;

  constructor(context: ParseContext) {
    this.context = context;
  }

  line(text: string, number: number): LineVerdict {
    const memory = MEMORY.exec(text);
    if (memory !== null) {
      this.report++;
      memory.slice(1).forEach((size, i) => {
        this.add(MEMORY_NAMES[i] as string, 'KiB', Number(size), { of: 'Mem' }, number);
      });
      return 'read';
    }
    if (CPU.test(text)) {
      for (const [, share, state = ''] of text.matchAll(SHARE))
        this.add(state, '%', Number(share), { cpu: 'all' }, number);
      return 'read';
    }
    const load = LOAD.exec(text);
    if (load !== null) {
      ['1', '5', '15'].forEach((minutes, i) => {
        this.add('load average', '', Number(load[i + 1]), { minutes }, number);
      });
      return 'read';
    }
    if (HEADING.test(text)) return 'read';
    const row = ROW.exec(text);
    if (row === null) return isPreamble(text) ? 'noise' : { unread: 'not a line of the summary, not a process' };
    const [, pid, parent, user = '', state = '', , size, , share, command = ''] = row;
    this.rows.add([Number(pid), Number(parent), user, state, Number(size), Number(share), command], this.at, number);
    return 'read';
  }

  end(): { datasets: Dataset[]; tool: string } {
    const clock = this.context.interval === null ? null : 'elapsed';
    const shared = { source: 0, tool: 'top', clock } as const;
    return {
      tool: 'top',
      datasets: [
        { shape: 'series', ...shared, title: 'summary', metrics: this.series.build() },
        { shape: 'events', ...shared, title: 'processes', ...this.rows.build() },
      ],
    };
  }

  private get at(): number | null {
    return this.context.interval === null ? null : this.report * this.context.interval;
  }

  private add(name: string, unit: string, value: number, labels: Record<string, string>, line: number): void {
    this.series.add(name, unit, value, { labels, at: this.at, line, sinceBoot: false });
  }
}

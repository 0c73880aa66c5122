/**
 * What perf sched timehist -s prints in place of its rows, and -S behind them: how often and how long each thread ran.
 *
 *     Runtime summary
 *                               comm  parent   sched-in     run-time    min-run     avg-run     max-run  stddev  migrations
 *                                               (count)       (msec)     (msec)      (msec)      (msec)       %
 *     ---------------------------------------------------------------------------------------------------------------------
 *                    rcu_preempt[15]       2          8       15.160      0.007       1.895       7.997   65.18       0
 *
 *     Terminated tasks:
 *     Idle stats:
 *         CPU  0 idle for    107.339  msec  ( 95.47%)
 *
 * With --state sleep, iowait, preempt and delay stand in place of the four columns from min-run on.
 */
import { GrowingCounts } from '../../datasets/counts.ts';
import type { Dataset } from '../../datasets/shapes.ts';
import { type ColumnPlan, EventsBuilder } from '../events-builder.ts';
import type { LineVerdict } from '../lines.ts';

const HEADING = /^\s+comm\s+parent\s+sched-in\s+run-time\s/;
const UNITS = /^\s+\(count\)\s/;
const SECTION = /^(?:Runtime summary|Wait-time summary|Terminated tasks:|Idle stats:)$/;
// Idle stats by callchain: of -I, two lines of headings for each CPU
const CHAINS =
  /^Idle stats by callchain:$|^ {2}CPU +\d+: +[\d.]+ +msec$|^ +Idle time \(msec\) +Count +Callchains$|^ +-+ +-+ +-+$/;
//    ThreadPoolForeg[8102/8096]    8096          4       19.834   …                sh[9841]    9839          5        1.517      0.012       0.303       1.159   71.50       0
const ROW = /^\s*(\S.*?)\[(-?\d{1,10})(?:\/-?\d{1,10})?\]\s+(-?\d{1,10}(?:\s+-?\d{1,20}(?:\.\d{1,9})?)*)\s*$/;
//     CPU  0 idle for    107.339  msec  ( 95.47%)
const IDLE = /^\s+CPU\s+(\d{1,5}) idle for\s+(\d{1,20}\.\d{1,9})\s+msec\b/;
// What the rows add up to:     Total number of unique tasks: 12
const TOTAL =
  /^\s*Total .*:\s|^\s+CPU\s+\d+ idle entire time window$|^(?:<no still running tasks>|<no terminated tasks>)$|^-+$/;
const COUNTED = new Set(['sched-in', 'migrations', 'parent']);

export class TimehistSummary {
  isOpen = false;
  private columns: string[] = [];
  private rows: EventsBuilder | null = null;
  private readonly idle = new GrowingCounts();

  line(text: string, line: number): LineVerdict {
    this.isOpen = true;
    if (HEADING.test(text)) {
      this.columns = text.trim().split(/\s+/).slice(1);
      this.rows ??= new EventsBuilder(columnsOf(this.columns));
      return 'noise';
    }
    if (SECTION.test(text) || UNITS.test(text) || TOTAL.test(text) || CHAINS.test(text)) return 'noise';
    const idle = IDLE.exec(text);
    if (idle !== null) {
      this.idle.add([`CPU ${idle[1]}`], Number(idle[2]), null, line);
      return 'read';
    }
    const row = ROW.exec(text);
    const cells = row?.[3]?.split(/\s+/) ?? [];
    if (row === null || this.rows === null || cells.length !== this.columns.length)
      return { unread: `not a thread and ${this.columns.length} numbers` };
    this.rows.add([row[1] as string, row[2] as string, ...cells], null, line);
    return 'read';
  }

  datasets(): Dataset[] {
    const common = { source: 0, tool: 'perf-sched', clock: null } as const;
    const datasets: Dataset[] = [];
    if (this.rows !== null)
      datasets.push({ shape: 'events', ...common, title: 'runtime of threads', ...this.rows.build() });
    if (this.idle.length > 0)
      datasets.push({ shape: 'counts', ...common, title: 'idle', unit: 'ms', ...this.idle.build(), cumulative: false });
    return datasets;
  }
}

function columnsOf(names: readonly string[]): ColumnPlan[] {
  return [
    { name: 'comm', type: 'text', unit: '', role: 'process' },
    { name: 'tid', type: 'number', unit: '', role: 'pid' },
    ...names.map((name): ColumnPlan => ({ name, type: 'number', unit: unitOf(name), role: null })),
  ];
}

function unitOf(name: string): string {
  if (COUNTED.has(name)) return '';
  return name === 'stddev' ? '%' : 'ms';
}

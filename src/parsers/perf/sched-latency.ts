/**
 * perf sched latency: how late each task got a CPU after it was woken, on average and at most.
 *
 *      ---------------------------------------------------------------------------------------------------------------
 *       Task                  |   Runtime ms  |  Count   | Avg delay ms    | Max delay ms    | Max delay start      | …
 *      ---------------------------------------------------------------------------------------------------------------
 *       dd:9843               |      3.975 ms |        1 | avg:   0.010 ms | max:   0.010 ms | max start: 11512.670163 s | …
 *       ThreadPoolForeg:(3)   |     21.308 ms |        4 | avg:   7.823 ms | max:  31.293 ms | max start: 11473.408432 s | …
 *
 * Tasks of one name are one row, with how many they are, unless -p asked for each. Versions differ in the columns' names and
 * number: they are read from the heading.
 *
 * tools/perf/builtin-sched.c of Linux: output_lat_thread
 */

import { type ColumnPlan, EventsBuilder } from '../events-builder.ts';
import type { Grammar } from '../grammar.ts';
import { LineLedger, type LineVerdict, lineReader } from '../lines.ts';
import { firstLines } from '../terminal.ts';

const HEADING = /^\s*Task\s+\|\s+Runtime ms\s+\|/;
const RULE = /^\s*-{4,}$/;
const TOTAL = /^\s*TOTAL:\s/;
// What perf lost or could not make out:   INFO: 0.012% lost events (72 out of 600000)
const INFO = /^\s*INFO: /;
// ThreadPoolForeg:(3)   dd:9843
const TASK = /^(.+):(?:\((\d{1,10})\)|(-?\d{1,10}))$/;
// avg:   0.010 ms     max start: 11512.670163 s      3.975 ms      1
const VALUE = /^(?:[a-z ]{2,10}: *)?(\d{1,20}(?:\.\d{1,9})?)(?: m?s)?$/;

export const perfSchedLatency: Grammar = {
  name: 'perf sched latency',

  claims: (head) => HEADING.test(firstLines(head, (line) => line.trim() === '' || RULE.test(line))[0] ?? ''),

  begins: {
    like: /^\s*(?:Task\s+\||-{4,}$)/,
    sure: ([first = '', second = '']) => HEADING.test(first) || HEADING.test(second),
  },

  reader() {
    const ledger = new LineLedger();
    let names: string[] = [];
    let rows = new EventsBuilder([]);

    function row(text: string, line: number): LineVerdict {
      const [task = '', ...cells] = text.split('|').map((cell) => cell.trim());
      const who = TASK.exec(task);
      const values = cells.slice(0, names.length).map((cell) => VALUE.exec(cell)?.[1]);
      if (who === null || values.length < names.length || values.includes(undefined))
        return { unread: `not a task and ${names.length} values, as in the heading` };
      rows.add([who[1] as string, who[3] ?? null, who[2] ?? '1', ...(values as string[])], null, line);
      return 'read';
    }

    return lineReader(
      {
        line(text, number) {
          if (text.trim() === '' || RULE.test(text) || TOTAL.test(text)) return 'noise';
          if (INFO.test(text)) {
            ledger.note(text.trim());
            return 'noise';
          }
          if (!HEADING.test(text)) return row(text, number);
          names = text
            .split('|')
            .slice(1)
            .map((name) => name.trim())
            .filter((name) => name !== '');
          rows = new EventsBuilder(columnsOf(names));
          return 'read';
        },
        end: () => ({
          tool: 'perf-sched',
          datasets: [
            { shape: 'events', source: 0, tool: 'perf-sched', title: 'delay of tasks', clock: null, ...rows.build() },
          ],
        }),
      },
      ledger,
    );
  },
};

function columnsOf(names: readonly string[]): ColumnPlan[] {
  return [
    { name: 'Task', type: 'text', unit: '', role: 'process' },
    { name: 'tid', type: 'number', unit: '', role: 'pid' },
    { name: 'threads', type: 'number', unit: '', role: null },
    ...names.map((name): ColumnPlan => {
      const isMs = name.endsWith(' ms');
      // Max delay start, Max delay at: seconds of perf's clock
      const unit = isMs ? 'ms' : /\b(?:start|end|at)$/.test(name) ? 's' : '';
      return { name, type: 'number', unit, role: isMs && name.startsWith('Max') ? 'duration' : null };
    }),
  ];
}

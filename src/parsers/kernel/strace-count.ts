/**
 * strace -c: what each system call cost the process that was traced.
 *
 *     % time     seconds  usecs/call     calls    errors syscall
 *     ------ ----------- ----------- --------- --------- ----------------
 *      44.44    0.000123           5        23         3 openat
 *     ------ ----------- ----------- --------- --------- ----------------
 *     100.00    0.000277                   224         9 total
 */
import { type ColumnPlan, EventsBuilder } from '../events-builder.ts';
import type { Grammar } from '../grammar.ts';
import { lineReader } from '../lines.ts';
import { firstLines, isPreamble } from '../terminal.ts';

const HEADING = /^% time {5}seconds {2}usecs\/call {5}calls {4}errors syscall\s*$/;
const RULE = /^-{6}(?: -{4,30}){5}\s*$/;
//  44.44    0.000123           5        23         3 openat          0.00    0.000000           0        13           read
const ROW = /^ {0,3}(\d{1,3}\.\d\d) +(\d{1,12}\.\d{6}) +(\d{1,15}) +(\d{1,15})(?: +(\d{1,15}))? +([a-z_][\w.]*)\s*$/;
const TOTAL = /^ {0,3}\d{1,3}\.\d\d +\d{1,12}\.\d{6} +(?:\d{1,15} +)?\d{1,15}(?: +\d{1,15})? +total\s*$/;
const COLUMNS: readonly ColumnPlan[] = [
  { name: '% time', type: 'number', unit: '%', role: null },
  { name: 'seconds', type: 'number', unit: 's', role: null },
  { name: 'usecs/call', type: 'number', unit: 'us', role: null },
  { name: 'calls', type: 'number', unit: '', role: null },
  { name: 'errors', type: 'number', unit: '', role: null },
  { name: 'syscall', type: 'text', unit: '', role: null },
];

export const straceCount: Grammar = {
  name: 'strace -c',
  claims: (head) => HEADING.test(firstLines(head)[0] ?? ''),
  begins: { like: HEADING },
  reader() {
    const rows = new EventsBuilder(COLUMNS);
    return lineReader({
      line(text, number) {
        if (HEADING.test(text)) return 'read';
        // The total is the sum of the rows.
        if (RULE.test(text) || TOTAL.test(text) || isPreamble(text)) return 'noise';
        const [, share, seconds, each, calls, errors, syscall = ''] = ROW.exec(text) ?? [];
        if (share === undefined) return { unread: 'not a system call and its numbers' };
        const numbers = [share, seconds, each, calls].map(Number);
        rows.add([...numbers, errors === undefined ? 0 : Number(errors), syscall], null, number);
        return 'read';
      },
      end: () => ({
        tool: 'strace',
        datasets: [{ shape: 'events', source: 0, tool: 'strace', title: 'system calls', clock: null, ...rows.build() }],
      }),
    });
  },
};

/**
 * A grammar to copy: to src/parsers/SUBSYSTEM/TOOL.ts, then its line in src/parsers/registry.ts. The comment at the top shows
 * real output, banner and ugly lines too.
 *
 *     foo 1.2, 2 queues
 *     QUEUE      COUNT   WAIT(ms)
 *     fast          12       0.35
 *     slow           3      41.20
 */
import { type ColumnPlan, EventsBuilder } from '../../src/parsers/events-builder.ts';
import type { Grammar } from '../../src/parsers/grammar.ts';
import { lineReader } from '../../src/parsers/lines.ts';
import { firstLines, isPreamble } from '../../src/parsers/terminal.ts';

// Each expression stands under a line that it reads, begins with ^, and bounds its repeats.
// foo 1.2, 2 queues
const BANNER = /^foo \d{1,3}\.\d{1,3}, \d{1,9} queues?\s*$/;
// QUEUE      COUNT   WAIT(ms)
const HEADING = /^QUEUE +COUNT +WAIT\(ms\)\s*$/;
// slow           3      41.20
const ROW = /^(\S{1,64}) +(\d{1,15}) +(\d{1,12}\.\d{1,3})\s*$/;

const COLUMNS: readonly ColumnPlan[] = [
  { name: 'QUEUE', type: 'text', unit: '', role: null },
  { name: 'COUNT', type: 'number', unit: '', role: null },
  { name: 'WAIT(ms)', type: 'number', unit: 'ms', role: null },
];

export const foo: Grammar = {
  name: 'foo',
  /** By the first lines of the file: no to every other sample, and yes to its own without a name. */
  claims: (head) => {
    const [first = '', second = ''] = firstLines(head);
    return BANNER.test(first) && HEADING.test(second);
  },
  /** How it begins below another tool's output, in a file into which several were pasted. */
  begins: { like: BANNER, sure: ([, second = '']) => HEADING.test(second) },
  reader() {
    const rows = new EventsBuilder(COLUMNS);
    return lineReader({
      /** Each line is read, known noise, or unread with a reason that a person can act on. */
      line(text, number) {
        if (BANNER.test(text) || HEADING.test(text)) return 'read';
        if (isPreamble(text)) return 'noise';
        const [, queue, count, wait] = ROW.exec(text) ?? [];
        if (queue === undefined) return { unread: 'not a queue, a count and a wait' };
        rows.add([queue, Number(count), Number(wait)], null, number);
        return 'read';
      },
      end: () => ({
        tool: 'foo',
        datasets: [{ shape: 'events', source: 0, tool: 'foo', title: 'queues', clock: null, ...rows.build() }],
      }),
    });
  },
};

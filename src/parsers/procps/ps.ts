/**
 * ps, with any choice of columns and the command anywhere among them:
 *
 *     USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
 *     root           1  0.1  0.0  51288 19856 ?        Ss   14:39   0:03 /sbin/init splash
 */
import { cellsOf } from '../cells.ts';
import { EventsBuilder } from '../events-builder.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { lineReader } from '../lines.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { columnsOfProcesses, isProcessHeading, wideColumn } from './process-columns.ts';

// COMMAND last in `ps aux`, anywhere in `ps -eo pid,comm,pcpu`
const COMMAND = /\s(?:COMMAND|CMD|ARGS)(?:\s|$)/;

function isHeading(line: string): boolean {
  return isProcessHeading(line) && COMMAND.test(line);
}

export const ps: Grammar = {
  name: 'ps',

  claims: (head) => isHeading(firstLines(head)[0] ?? ''),

  reader(context: ParseContext) {
    let columns: string[] = [];
    let events = new EventsBuilder([]);
    return lineReader({
      line(line, number) {
        if (isPreamble(line)) return 'noise';
        if (isHeading(line)) {
          if (columns.length > 0)
            return line.trim().split(/\s+/).join() === columns.join() ? 'noise' : { unread: 'another table' };
          columns = line.trim().split(/\s+/);
          events = new EventsBuilder(columnsOfProcesses(columns));
          return 'read';
        }
        const cells = cellsOf(line, columns.length, wideColumn(columns));
        if (cells === null) return { unread: `not ${columns.length} cells, as in the heading` };
        if (!/^\d+$/.test(cells[columns.indexOf('PID')] ?? '')) return { unread: 'no number under PID' };
        events.add(cells, null, number);
        return 'read';
      },
      end: () => ({
        datasets: [
          {
            shape: 'events',
            source: 0,
            tool: context.tool ?? 'ps',
            title: 'processes',
            clock: null,
            ...events.build(),
          },
        ],
      }),
    });
  },
};

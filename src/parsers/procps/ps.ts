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

// Mon Jun 11 10:59:20 2023: what lstart prints under STARTED, in any language
const STARTED =
  /\S{2,12} +\S{2,12} +\d{1,2} \d\d:\d\d:\d\d \d{4}(?= )|\S{2,12} +\d{1,2} \S{2,12} \d\d:\d\d:\d\d \d{4}(?= )/;
/** Stands for the blanks in it while a row is cut into cells. */
const JOINT = '\u0001';

/** The row with its start in one word, where that has several. */
function withWholeStart(row: string, columns: readonly string[]): string {
  if (!columns.includes('STARTED')) return row;
  return row.replace(STARTED, (start) => start.replaceAll(/ +/g, JOINT));
}

// COMMAND last in `ps aux`, anywhere in `ps -eo pid,comm,pcpu`
const COMMAND = /\s(?:COMMAND|CMD|ARGS)(?:\s|$)/;

//  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
const OF_TOP = /\sTIME\+\s/;

// PID   USER     TIME  COMMAND      PID   USER     COMMAND      PID  Uid        VSZ Stat Command: busybox, as it was built
const OF_BUSYBOX = /^ {0,8}PID +(?:USER|Uid) +(?:TIME +)?(?:VSZ +STAT? +)?COMMAND *$/i;

function isHeading(line: string): boolean {
  return (isProcessHeading(line) || OF_BUSYBOX.test(line)) && COMMAND.test(line) && !OF_TOP.test(line);
}

export const ps: Grammar = {
  name: 'ps',

  claims: (head) => isHeading(firstLines(head)[0] ?? ''),

  begins: { like: /\s(?:COMMAND|CMD|ARGS)(?:\s|$)/, sure: ([first = '']) => isHeading(first) },

  reader(context: ParseContext) {
    let columns: string[] = [];
    let events = new EventsBuilder([]);
    let hasRow = false;
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
        const cells = cellsOf(withWholeStart(line, columns), columns.length, wideColumn(columns));
        if (cells === null) return { unread: `not ${columns.length} cells, as in the heading` };
        const pid = cells[columns.indexOf('PID')] ?? '';
        if (pid === '-' && hasRow) {
          tellState(events, columns.indexOf('STAT'), cells);
          return 'read';
        }
        if (!/^\d+$/.test(pid)) return { unread: 'no number under PID' };
        hasRow = true;
        events.add(
          cells.map((cell) => cell.replaceAll(JOINT, ' ')),
          null,
          number,
        );
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

/**
 * With `m` the row of a process has no state, and those of its threads below it have, with `-` under PID: the process is in the
 * first one's, or in uninterruptible sleep where any is.
 */
function tellState(events: EventsBuilder, column: number, thread: readonly string[]): void {
  const state = thread[column];
  if (state === undefined) return;
  const known = events.lastCell(column);
  if (known === '-' || (state.startsWith('D') && !String(known).startsWith('D'))) events.replaceLast(column, state);
}

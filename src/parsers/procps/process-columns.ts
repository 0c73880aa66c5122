/** The columns of tables of processes, as ps and top print them in any order and choice. */
import { MAX_COLUMNS } from '../cells.ts';
import type { ColumnPlan } from '../events-builder.ts';

const KIBIBYTES = new Set('VIRT RES SHR CODE DATA SWAP USED ANON RSan RSfd RSsh RSlk PSS USS VSZ RSS SZ'.split(' '));
const TEXTS = new Set(
  'USER RUSER SUSER GROUP UID TTY TT S STAT STATE COMMAND CMD COMM ARGS WCHAN CGROUPS STIME START STARTED LSTART PR'.split(
    ' ',
  ),
);
const COMMANDS = /^(?:COMMAND|CMD|COMM|ARGS|UCMD|Command|BEFEHL|COM\.|COMANDO|КОМАНДА)$/;
const PIDS = new Set(['PID', '进程']);
const OTHERS = new Set(['%CPU', '%MEM', 'TTY', 'TT', 'VSZ', 'VIRT', 'STAT', 'TIME+']);

/** Whether the line heads a table of processes: a PID, no number, and a share or a terminal or a size. */
export function isProcessHeading(line: string): boolean {
  const words = line.trim().split(/\s+/);
  if (words.length > MAX_COLUMNS) return false;
  return words.some((word) => PIDS.has(word)) && words.some((word) => OTHERS.has(word)) && !/(?:^|\s)\d/.test(line);
}

/** The column that may hold blanks: the command's, or the last. */
export function wideColumn(columns: readonly string[]): number {
  const command = columns.findIndex((name) => COMMANDS.test(name));
  return command < 0 ? columns.length - 1 : command;
}

/** The columns of the table: commands, users and states are text whatever they look like. */
export function columnsOfProcesses(columns: readonly string[]): ColumnPlan[] {
  const wide = wideColumn(columns);
  return columns.map((name, i) => {
    const command = i === wide;
    const unit = KIBIBYTES.has(name) ? 'KiB' : name.startsWith('%') ? '%' : '';
    return {
      name,
      type: command || TEXTS.has(name) ? 'text' : 'auto',
      unit,
      role: command ? 'process' : name === 'PID' ? 'pid' : unit === 'KiB' ? 'size' : null,
    };
  });
}

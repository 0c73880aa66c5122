/** How processes end: those that a signal ended, again and again. */

import { commas } from '../datasets/amounts.ts';
import { rowCount, textAt } from '../datasets/cells.ts';
import { allRows, timeAt } from '../datasets/columns.ts';
import type { Events } from '../datasets/shapes.ts';
import { columnNamed, columnOf } from './distribution.ts';
import { allOf, linesOf, rowsBy } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';

/** SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV, SIGSYS: no way in which a program is meant to end. */
const VIOLENT: ReadonlySet<number> = new Set([4, 6, 7, 8, 9, 11, 31]);
const SIGKILL = 9;

export const dyingProcesses: Rule = {
  name: 'dying-processes',
  subsystem: 'cpu',
  topic: 'processes ended by a signal',
  about:
    'Processes of one name that crash or are killed (exitsnoop: signals 4, 6, 7, 8, 9, 11 and 31), several times in the window: a supervisor that starts them again makes it look like slowness. Exit codes are not judged: many programs say no by one.',
  closer: true,
  tools: ['exitsnoop'],
  thresholds: {
    least: {
      value: 3,
      unit: 'of one name',
      why: 'as for segfault: one is for whoever owns the program, three are a loop',
    },
  },
  judge(view, { least = 0 }) {
    return view.datasets('events', 'exitsnoop').flatMap((events): Verdict[] => {
      const deaths = [...allRows(rowCount(events))].filter((row) => VIOLENT.has(signalOf(events, row)));
      const found = [...rowsBy(events, columnOf(events, 'process'), deaths)].filter(([, rows]) => rows.length >= least);
      if (found.length > 0) return found.map(([name, rows]) => foundOf(events, name, rows));
      const title = `processes ended by a signal: ${commas(deaths.length)} of ${commas(rowCount(events))} that ended`;
      return [ruledOut(title, [], allOf(events.source))];
    });
  },
};

// signal 9 (KILL)        signal 11 (SEGV), core dumped        code 1        0
function signalOf(events: Events, row: number): number {
  const code = columnNamed(events, 'EXIT_CODE');
  return Number(/^signal (\d{1,3})\b/.exec(textAt(events, row, code))?.[1] ?? 0);
}

function foundOf(events: Events, name: string, rows: readonly number[]): Verdict {
  const killed = rows.filter((row) => signalOf(events, row) === SIGKILL).length;
  const crashed = rows.length - killed;
  const how = killed === 0 ? 'crashes' : crashed === 0 ? 'is killed' : 'crashes and is killed';
  const signals = [...new Set(rows.map((row) => signalOf(events, row)))].join(', ');
  return {
    verdict: 'found',
    severity: 'warning',
    title: `${name} ${how}: ${commas(rows.length)} times in the window, by signal ${signals}`,
    detail:
      killed > 0
        ? 'Signal 9 is sent by somebody: the OOM killer, an orchestrator whose probe failed, a person.'
        : 'Each restart costs start-up time and drops what was in flight.',
    since: timeAt(events.at, rows[0] as number),
    until: timeAt(events.at, rows.at(-1) as number),
    numbers: [{ label: 'ended by a signal', value: rows.length, unit: '' }],
    evidence: linesOf(events, rows),
    next: killed > 0 ? 'coldflame collect --tool dmesg,oomkill,killsnoop' : 'coredumpctl list',
  };
}

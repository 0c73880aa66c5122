/** Who uses the CPUs, and who is gone before top looks. */

import { commas, shareText, significant } from '../datasets/amounts.ts';
import { cellAt, numberAt, rowCount } from '../datasets/cells.ts';
import { allRows, timeAt } from '../datasets/columns.ts';
import { reportsIn } from '../datasets/event-sums.ts';
import { extent } from '../datasets/extent.ts';
import type { Events } from '../datasets/shapes.ts';
import { columnNamed, columnOf } from './distribution.ts';
import { topFunctions } from './on-cpu.ts';
import { allOf, linesOf, rowsBy } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import { collectorsOwn, type View } from './view.ts';

const hog: Rule = {
  name: 'cpu-consumer',
  subsystem: 'cpu',
  topic: 'processes by CPU',
  about:
    'One process, or one program in many processes, that takes much of what the host has. pidstat reports intervals, so it sees what top, a single look, may miss.',
  tools: ['pidstat', 'top'],
  thresholds: {
    share: { value: 0.5, unit: 'of all CPUs', why: 'whoever takes half of the host decides how the rest runs' },
  },
  judge(view, { share = 0 }) {
    const { cpus } = view;
    const tables = [view.datasets('events', 'pidstat'), view.datasets('events', 'top')].find(
      (found) => found.length > 0,
    );
    if (cpus === null || tables === undefined) return [];
    return tables.flatMap((events): Verdict[] => {
      const process = heaviest(events, columnOf(events, 'pid'));
      const program = heaviest(events, columnOf(events, 'process'));
      if (process === null || program === null) return [];
      const takesMuch = [process, program].find((each) => each.percent / 100 / cpus >= share);
      return [takesMuch === undefined ? notOne(view, events, process) : consumer(view, events, takesMuch)];
    });
  },
};

/** A process, or a program by its name, all of whose processes are taken together. */
interface Consumer {
  name: string;
  pids: string[];
  /** Mean %CPU over the reports: of one CPU. */
  percent: number;
  rows: number[];
}

function notOne(view: View, events: Events, { name, percent: used, rows }: Consumer): Verdict {
  const of = `${significant(used / 100)} of ${view.cpus}`;
  return ruledOut(
    `one process taking the CPUs: the heaviest, ${name}${whose(view, name)}, used ${of}`,
    [{ label: `${name}, mean`, value: used, unit: '% of a CPU' }],
    linesOf(events, rows),
  );
}

function consumer(view: View, events: Events, { name, pids, percent: used, rows }: Consumer): Verdict {
  const [pid] = pids;
  const who = pids.length === 1 ? `${name} (PID ${pid})${whose(view, name)}` : `${name}${whose(view, name)}`;
  const many = pids.length === 1 ? '' : `, in ${commas(pids.length)} processes`;
  const work = topFunctions(view, name);
  return {
    verdict: 'found',
    severity: 'warning',
    title: `${who} uses ${significant(used / 100)} of ${view.cpus} CPUs${many}`,
    detail: `${shareText(used / 100 / (view.cpus ?? 1))} of the host on average over ${commas(reportsIn(events))} reports. ${work ?? 'The CPU flame graph, narrowed to it, tells on what.'}`,
    since: timeAt(events.at, rows[0] as number),
    numbers: [{ label: `${name}, mean`, value: used, unit: '% of a CPU' }],
    evidence: linesOf(events, rows),
    next: pids.length === 1 ? `coldflame collect --set cpu --pid ${pid}` : 'coldflame collect --tool perf,execsnoop',
  };
}

function whose(view: View, name: string): string {
  return collectorsOwn(view).has(name) ? ' (a tool of this capture)' : '';
}

/** Who of those that the column tells apart has the highest mean %CPU over the reports of the table. */
function heaviest(events: Events, column: number): Consumer | null {
  const cpu = columnNamed(events, '%CPU');
  const [pid, process] = [columnOf(events, 'pid'), columnOf(events, 'process')];
  if (cpu < 0 || pid < 0 || column < 0) return null;
  const reports = reportsIn(events);
  const text = (row: number, of: number): string => String(cellAt(events, row, of) ?? '?');
  let top: Consumer | null = null;
  for (const rows of rowsBy(events, column).values()) {
    const used = rows.reduce((sum, row) => sum + (numberAt(events, row, cpu) || 0), 0) / reports;
    if (top !== null && used <= top.percent) continue;
    top = {
      name: text(rows[0] as number, process),
      pids: [...new Set(rows.map((row) => text(row, pid)))],
      percent: used,
      rows,
    };
  }
  return top;
}

export const FOR_EACH_CPU = 'new processes for each CPU';

const shortLived: Rule = {
  name: 'short-lived-processes',
  subsystem: 'cpu',
  topic: 'short-lived processes',
  about:
    'Many processes that are started and gone again between two looks of top: scripts in loops, crash loops, build steps. Each costs milliseconds of CPU that no process list shows. What the collector itself starts is not counted.',
  tools: ['execsnoop'],
  thresholds: {
    rate: {
      value: 20,
      unit: 'new processes a second',
      why: 'an exec costs about 1 ms of CPU and more for its libraries; 20 a second are no longer an administrator at work',
    },
  },
  judge(view, { rate = 0 }) {
    const { manifest } = view.capture;
    return view.datasets('events', 'execsnoop').flatMap((events): Verdict[] => {
      const own = rowsOfCollector(events);
      const rows = [...allRows(rowCount(events))].filter((row) => !own.has(row));
      const times = events.at.filter((at) => !Number.isNaN(at));
      const [first, last] = extent(times);
      const span = times.length > 1 ? last - first : 0;
      const run = manifest?.runs.find(({ tool, file }) => tool === 'execsnoop' && file !== null);
      const seconds = Math.max(span, (run?.ended ?? 0) - (run?.started ?? 0));
      if (seconds <= 0) return [];
      const perSecond = rows.length / seconds;
      const numbers = [
        { label: 'new processes', value: perSecond, unit: '/s' },
        ...(view.cpus === null ? [] : [{ label: FOR_EACH_CPU, value: perSecond / view.cpus, unit: '/s' }]),
      ];
      if (perSecond < rate)
        return [
          ruledOut(
            `short-lived processes: ${commas(rows.length)} new ones in ${significant(seconds)} s`,
            numbers,
            allOf(events.source),
          ),
        ];
      const parent = topParent(view, events, rows);
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `${commas(Number(significant(perSecond)))} new processes a second, which top cannot show${parent === null ? '' : `, most started by ${parent.says}`}`,
          detail: topNames(events, rows),
          since: timeAt(events.at, rows[0] as number),
          numbers,
          evidence: linesOf(events, rows),
          next:
            parent === null ? 'ps -eo pid,ppid,lstart,args --forest' : `ps -o pid,ppid,lstart,args -p ${parent.pid}`,
        },
      ];
    });
  },
};

/** `date 34 %, expr 33 %, grep 17 %`: what was started most. */
function topNames(events: Events, rows: readonly number[]): string {
  const groups = [...rowsBy(events, columnOf(events, 'process'), rows)].sort((a, b) => b[1].length - a[1].length);
  return groups
    .slice(0, 4)
    .map(([name, group]) => `${name} ${shareText(group.length / rows.length)}`)
    .join(', ');
}

/** The parents of the most of them: by name where any tool saw the parent, else by PID. */
function topParent(view: View, events: Events, rows: readonly number[]): { says: string; pid: string } | null {
  const ppid = columnNamed(events, 'PPID');
  if (ppid < 0) return null;
  const parents = [...rowsBy(events, ppid, rows)].sort((a, b) => b[1].length - a[1].length);
  const names = namesByPid(view);
  const [first] = parents;
  if (first === undefined || first[0] === '?') return null;
  const name = names.get(first[0]);
  const ofName = parents.filter(([pid]) => pid === first[0] || (name !== undefined && names.get(pid) === name));
  const share = ofName.reduce((sum, [, group]) => sum + group.length, 0) / rows.length;
  if (share < 0.5) return null;
  const pids = ofName.length === 1 ? `PID ${first[0]}` : `${ofName.length} processes, PID ${first[0]} the busiest`;
  return { says: name === undefined ? pids : `${name} (${pids})`, pid: first[0] };
}

/** Names of processes by PID, from every table that has both. */
function namesByPid(view: View): Map<string, string> {
  const names = new Map<string, string>();
  for (const events of view.datasets('events', 'execsnoop', 'pidstat', 'top', 'ps')) {
    const [pid, process] = [columnOf(events, 'pid'), columnOf(events, 'process')];
    if (pid < 0 || process < 0) continue;
    for (let row = 0; row < rowCount(events); row++)
      names.set(String(cellAt(events, row, pid)), String(cellAt(events, row, process)));
  }
  return names;
}

// rm -f /tmp/coldflame.4026531836.12880.301784.Rg3BKp/run/vmstat.end        timeout -s INT -k 3 18 nice -n 10 …
const STARTED_BY_COLLECTOR = /\/coldflame\.\d|^\S*timeout -s INT -k \d/;

/** The rows of what `coldflame collect` started, and of what that started. */
function rowsOfCollector(events: Events): Set<number> {
  const [pid, args] = [columnOf(events, 'pid'), columnNamed(events, 'ARGS')];
  const ppid = columnNamed(events, 'PPID');
  const pids = new Set<unknown>();
  const own = new Set<number>();
  for (let row = 0; row < rowCount(events); row++) {
    const cell = (column: number) => cellAt(events, row, column);
    const isOwn = STARTED_BY_COLLECTOR.test(String(cell(args) ?? '')) || pids.has(cell(pid)) || pids.has(cell(ppid));
    if (!isOwn) continue;
    own.add(row);
    pids.add(cell(pid));
  }
  return own;
}

export const processRules: readonly Rule[] = [shortLived, hog];

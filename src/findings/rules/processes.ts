/** Processes that come and go: started by the hundred, ended by a signal; queries; kernel locks; interrupts. */
import { groupsOf } from '../../datasets/groups.ts';
import { allRows, type EventTable, evidenceOfRows, rowsBy } from '../../signals/events.ts';
import type { Signals } from '../../signals/index.ts';
import { lookOf } from '../../signals/sources.ts';
import { factorFor } from '../../signals/units.ts';
import { countBasis, tableBasis } from '../basis.ts';
import { command, digits } from '../command.ts';
import type { Part, Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import { sumOf } from '../numbers.ts';
import { advise, collect, collectSet, runWith } from '../steps.ts';
import { cpuDetails } from './cpu.ts';
import { evidenceOfLines } from './memory.ts';
import { HALF_THE_WINDOW, lasting, seenDuring } from './series.ts';
import { LEAST_ROWS, secondsOf, slowEvents, timesOf } from './slow-events.ts';

const shortLived = rule({
  name: 'short-lived-processes',
  subsystem: 'cpu',
  resource: 'cpu',
  about:
    'Programs that are started many times a second. Each costs milliseconds of CPU that no process list shows. What the collector itself starts is not counted. sar counts threads that start as well, and names nobody.',
  asks: [{ events: 'exec' }, { signal: 'system.process.created' }],
  thresholds: {
    rate: {
      value: 20,
      unit: 'new processes a second',
      why: 'an exec costs about 1 ms of CPU and more for its libraries; 20 a second are no longer an administrator at work',
    },
    created: {
      value: 100,
      unit: 'new processes and threads a second',
      why: 'as sar and vmstat count them; threads cost a tenth of a process',
    },
    share: HALF_THE_WINDOW,
  },
  judge(signals, { rate, created, share }) {
    const traced = signals.events('exec').map((table): Test => {
      const rows = startedByOthers(signals, table);
      const seconds = secondsOf(signals, table);
      const perSecond = seconds === null ? Number.NaN : rows.length / seconds;
      const parent = topParent(signals, table, rows);
      return {
        subject: { kind: 'cpu', name: '' },
        distance: perSecond / rate,
        severity: severityOfStarts(perSecond, signals.cpus),
        form: 'traced',
        measures: [{ signal: 'process.created', stat: 'rate', value: perSecond }],
        basis: [tableBasis(signals, table)],
        evidence: evidenceOfRows(table, rows),
        ...timesOf(table, rows),
        who: parent === null ? [] : [parent.who],
        parts: programsStarted(table, rows),
        details: { count: rows.length, ...cpuDetails(signals), ...(seconds === null ? {} : { window: seconds }) },
        ...(seconds === null ? { unclear: { kind: 'no interval' } satisfies Reason } : {}),
        next: [
          ...runWith(digits(parent?.pid ?? null), (pid) => command`ps -o pid,ppid,lstart,args -p ${pid}`),
          advise('start fewer processes'),
        ],
      };
    });
    const counted = signals.tracks('system.process.created').map((track): Test => {
      const { distance, spell, mean } = lasting(track, { level: created, share });
      return {
        subject: { kind: 'cpu', name: '' },
        distance,
        severity: severityOfStarts(mean / 2, signals.cpus),
        form: 'counted',
        measures: [{ signal: 'system.process.created', stat: 'mean', value: mean }],
        ...seenDuring(signals, track, spell),
        details: cpuDetails(signals),
        next: [collect('execsnoop')],
      };
    });
    return [...traced, ...counted];
  },
});

/** A start costs a millisecond or two: by the hundred on each CPU a good part of it, under fifty some percent. */
function severityOfStarts(perSecond: number, cpus: number | null): Test['severity'] {
  if (cpus === null) return 'warning';
  if (perSecond / cpus >= 300) return 'critical';
  return perSecond / cpus >= 50 ? 'warning' : 'notice';
}

/** What was started most, as shares. */
function programsStarted(table: EventTable, rows: readonly number[]): Part[] {
  return [...rowsBy(rows, table.process)]
    .filter(([name]) => name !== '')
    .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
    .slice(0, 4)
    .map(([name, own]): Part => ({ kind: 'kind', name, share: own.length / rows.length }));
}

/** The parents of the most of them: by name where any tool saw the parent, else by PID. */
function topParent(
  signals: Signals,
  table: EventTable,
  rows: readonly number[],
): { who: Who; pid: number | null } | null {
  if (!table.has('parent')) return null;
  const parents = [...rowsBy(rows, (row) => table.text(row, 'parent'))]
    .filter(([pid]) => /^\d+$/.test(pid))
    .sort((a, b) => b[1].length - a[1].length || Number(a[0]) - Number(b[0]));
  const [first] = parents;
  if (first === undefined) return null;
  const names = namesByPid(signals);
  const name = names.get(Number(first[0]));
  const same = parents.filter(([pid]) => pid === first[0] || (name !== undefined && names.get(Number(pid)) === name));
  const share = sumOf(same.map(([, own]) => own.length)) / rows.length;
  if (share < 0.5) return null;
  const pid = same.length === 1 ? Number(first[0]) : null;
  // Without a name the PID is the name.
  const known = name === undefined ? { name: `PID ${first[0]}`, pid: null } : { name, pid };
  return { who: { role: 'user', ...known, processes: same.length, share }, pid };
}

/** Names of processes by PID, from every table that has both. */
function namesByPid(signals: Signals): Map<number, string> {
  const names = new Map<number, string>();
  const tables = signals.events('exec');
  for (const table of tables)
    for (const row of allRows(table)) {
      const [pid, name] = [table.pid(row), table.process(row)];
      if (pid !== null && name !== null) names.set(pid, name);
    }
  for (const { subject } of signals.tracks('process.cpu.utilization', 'process'))
    if (subject.pid !== undefined) names.set(subject.pid, subject.name);
  for (const { subject } of signals.tracks('process.memory.usage', 'process'))
    if (subject.pid !== undefined) names.set(subject.pid, subject.name);
  return names;
}

// rm -f /tmp/coldflame.4026531836.12880.301784.Rg3BKp/run/vmstat.end        timeout -s INT -k 3 18 nice -n 10 …
const STARTED_BY_COLLECTOR = /\/coldflame\.\d|^\S*timeout -s INT -k \d|coldflame-mark/;

/** The rows less what `coldflame collect` started, and what that started. */
function startedByOthers({ observer, capture }: Signals, table: EventTable): number[] {
  const words = new Set((capture.manifest?.marks ?? []).map(({ word }) => word).filter((word) => word !== ''));
  const own = new Set<number | null>();
  return allRows(table).filter((row) => {
    const [pid, parent, args] = [table.pid(row), table.number(row, 'parent'), table.text(row, 'arguments') ?? ''];
    const isOwn =
      STARTED_BY_COLLECTOR.test(args) ||
      [...words].some((word) => args.includes(word)) ||
      observer.isOwn('', parent) ||
      (observer.knowsPids && observer.isOwn('', pid)) ||
      (pid !== null && own.has(pid)) ||
      (parent !== null && own.has(parent));
    if (isOwn) own.add(pid);
    return !isOwn;
  });
}

/** SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV, SIGSYS: no way in which a program is meant to end. */
const VIOLENT: ReadonlySet<number> = new Set([4, 6, 7, 8, 9, 11, 31]);
const SIGKILL = 9;

const dying = rule({
  name: 'dying-processes',
  subsystem: 'cpu',
  resource: 'process',
  cell: { row: 'process', column: 'errors' },
  about:
    'Processes of one name that crash or are killed (exitsnoop: signals 4, 6, 7, 8, 9, 11 and 31), several times in the window: a supervisor that starts them again makes it look like slowness. Exit codes are not judged: many programs say no by one.',
  closer: true,
  asks: [{ events: 'exit' }],
  thresholds: {
    least: {
      value: 3,
      unit: 'of one name',
      why: 'as for segfault: one is for whoever owns the program, three are a loop',
    },
  },
  judge: (signals, { least }) =>
    signals.events('exit').flatMap((table): Test[] => {
      const deaths = allRows(table).filter((row) => VIOLENT.has(signalOf(table, row)));
      const programs = [...rowsBy(deaths, table.process)].sort(
        (a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1),
      );
      const found = programs.filter(([, rows]) => rows.length >= least);
      return (
        found.length > 0 ? found : programs.length > 0 ? programs.slice(0, 1) : [['', []] as [string, number[]]]
      ).map(([name, rows]): Test => {
        const killed = rows.filter((row) => signalOf(table, row) === SIGKILL).length;
        return {
          subject: name === '' ? { kind: 'process', name: '' } : { kind: 'process', name },
          distance: rows.length / least,
          severity: 'warning',
          form: killed === 0 ? 'crashes' : killed === rows.length ? 'is killed' : 'crashes and is killed',
          measures: [{ signal: 'process.ended', stat: 'count', value: rows.length }],
          basis: [tableBasis(signals, table)],
          evidence: evidenceOfRows(table, rows),
          ...timesOf(table, rows),
          parts: [...new Set(rows.map((row) => signalOf(table, row)))].map(
            (number): Part => ({ kind: 'signal', name: `${number}` }),
          ),
          details: { count: rows.length, of: table.count },
          next: killed > 0 ? [collect('dmesg', 'oomkill', 'killsnoop')] : [advise('read core dumps')],
        };
      });
    }),
});

// signal 9 (KILL)        signal 11 (SEGV), core dumped        code 1        0
function signalOf(table: EventTable, row: number): number {
  return Number(/^signal (\d{1,3})\b/.exec(table.text(row, 'exit') ?? '')?.[1] ?? 0);
}

const slowQueries = rule({
  name: 'slow-queries',
  subsystem: 'application',
  resource: 'process',
  about: 'Queries that took long in the server itself (mysqld_qslower).',
  closer: true,
  asks: [{ events: 'query' }],
  thresholds: {
    rate: { value: 1, unit: 'slow query a second', why: 'one a second is no nightly report' },
    slow: { value: 100_000, unit: 'us', why: 'a page that asks ten such queries takes a second' },
    least: LEAST_ROWS,
  },
  judge: (signals, limits) =>
    signals.events('query').map((table) =>
      slowEvents(signals, table, {
        ...limits,
        signal: 'process.query.duration',
        subject: { kind: 'process', name: '' },
        parts: [['query', 'query']],
        next: [advise('explain the query'), collectSet('offcpu')],
      }),
    ),
});

const kernelLocks = rule({
  name: 'kernel-locks',
  subsystem: 'kernel',
  resource: 'scheduler',
  about: 'Time that threads spent waiting for mutexes and semaphores of the kernel, by caller (klockstat).',
  closer: true,
  asks: [{ events: 'kernel lock' }],
  thresholds: {
    share: {
      value: 0.5,
      unit: 'of the window, waited for one caller by all threads together',
      why: 'half a thread stands still for it',
    },
  },
  judge: (signals, { share }) =>
    signals.events('kernel lock').flatMap((table): Test[] => {
      const look = lookOf(signals.capture, signals.source(table.source));
      const window = look === null ? null : look.to - look.from;
      const rows = allRows(table).filter((row) => table.usecs(row) !== null);
      const [worst] = [...rows].sort((a, b) => (table.usecs(b) as number) - (table.usecs(a) as number));
      if (worst === undefined) return [];
      const seconds = (table.usecs(worst) as number) / 1e6;
      return [
        {
          subject: { kind: 'scheduler', name: '' },
          distance: window === null ? Number.NaN : seconds / (share * window),
          severity: 'warning',
          measures: [{ signal: 'kernel.lock.wait', stat: 'sum', value: seconds }],
          basis: [tableBasis(signals, table)],
          evidence: evidenceOfRows(table, [worst]),
          parts: [{ kind: 'caller', name: table.text(worst, 'caller') ?? '' }],
          details: window === null ? {} : { window },
          ...(window === null ? { unclear: { kind: 'no interval' } satisfies Reason } : {}),
          next: [collectSet('offcpu')],
        },
      ];
    }),
});

const interrupts = rule({
  name: 'interrupt-time',
  subsystem: 'cpu',
  resource: 'cpu',
  about:
    'The CPU time that interrupts and their deferred work take (hardirqs, softirqs), and which device or kind takes most. It is charged to whatever program was interrupted, so that no process list shows it.',
  closer: true,
  asks: [{ signal: 'kernel.softirq.time' }, { signal: 'kernel.interrupt.time' }],
  thresholds: {
    share: {
      value: 0.15,
      unit: 'of all CPU time',
      why: 'as for softirq: above this it competes with the programs for the CPU',
    },
  },
  judge: (signals, { share }) =>
    (['kernel.softirq.time', 'kernel.interrupt.time'] as const).flatMap((signal) =>
      signals.counts(signal).flatMap((table): Test[] => {
        const look = lookOf(signals.capture, signals.source(table.source));
        const perUnit = factorFor(table.unit, 's');
        if (perUnit === null) return [];
        const kinds = [...groupsOf(table.rows, ({ key }) => key.join(' '))].map(([name, rows]) => ({
          name,
          value: sumOf(rows.map(({ value }) => value)),
        }));
        kinds.sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
        const total = sumOf(kinds.map(({ value }) => value));
        const window = look === null ? null : (look.to - look.from) * (signals.cpus ?? Number.NaN);
        const part = window === null ? Number.NaN : (total * perUnit) / window;
        return [
          {
            subject: { kind: 'cpu', name: '' },
            distance: part / share,
            severity: part >= 2 * share ? 'critical' : 'warning',
            form: signal === 'kernel.softirq.time' ? 'soft' : 'hard',
            measures: [{ signal, stat: 'share', value: 100 * part }],
            basis: [countBasis(signals, table)],
            evidence: evidenceOfLines(table, []),
            parts: kinds
              .slice(0, 3)
              .map(({ name, value }): Part => ({ kind: 'kind', name, share: total > 0 ? value / total : 0 })),
            ...(Number.isNaN(part)
              ? { unclear: { kind: signals.cpus === null ? 'no CPU count' : 'no interval' } satisfies Reason }
              : {}),
            next: [collect('mpstat', 'sar-dev', 'hardirqs'), advise('spread interrupts')],
          },
        ];
      }),
    ),
});

export const processRules: readonly Rule[] = [shortLived, dying, slowQueries, kernelLocks, interrupts];

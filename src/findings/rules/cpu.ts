/** CPU: who uses it, where its time goes, what is odd about it. */
import { timeAt } from '../../datasets/columns.ts';
import type { Severity, Subject } from '../../datasets/finding.ts';
import { addTo, groupsOf } from '../../datasets/groups.ts';
import type { Range } from '../../datasets/narrow.ts';
import type { SignalName } from '../../datasets/signals.ts';
import type { Signals } from '../../signals/index.ts';
import { doubtsAbout, isOfWholeHost } from '../../signals/sources.ts';
import {
  combined,
  evidenceOf,
  lengthOf,
  levelHeldFor,
  maxOf,
  meanOf,
  spellPast,
  type Track,
} from '../../signals/track.ts';
import { trackBasis } from '../basis.ts';
import { command, digits } from '../command.ts';
import type { Details, Part, Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import type { RuleName } from '../names.ts';
import { any, extentOf, FULL_CPUS, sumOf } from '../numbers.ts';
import { advise, collect, collectSet, type NextStep, runWith } from '../steps.ts';
import { cpuUsers, diskWaiters, duringOf, type Program, programsBy, programsIn, whoOf } from '../who.ts';
import { topFunctions } from './functions.ts';
import { HALF_THE_WINDOW, isOfSpell, type Lasting, lasting, lengthDetails, meanToSay, seenDuring } from './series.ts';

const CPUS: Subject = { kind: 'cpu', name: '' };

/** The range of a spell on the axis, for asking who did what then. */
export function during(spell: { since: number | null; until: number | null } | null) {
  return spell === null || spell.since === null || spell.until === null ? null : { from: spell.since, to: spell.until };
}

export function cpuDetails({ cpus }: Signals): { cpus?: number } {
  return cpus === null ? {} : { cpus };
}

const consumer = rule({
  name: 'cpu-consumer',
  subsystem: 'cpu',
  resource: 'cpu',
  cell: { row: 'cpu', column: 'utilization' },
  about:
    'One process, or one program in many processes, that takes much of what the host has, or all of one CPU. pidstat reports intervals, so it sees what a single look of top may miss. It is cleared only where the processes that were seen account for the CPU time that was used.',
  asks: [{ signal: 'process.cpu.utilization' }],
  thresholds: {
    share: { value: 0.5, unit: 'of all CPUs', why: 'whoever takes half of the host decides how the rest runs' },
    one: {
      value: 95,
      unit: '% of one CPU, by one process; what it waited for a CPU counts where it got a quarter of one',
      why: 'a single-threaded program at its limit gets no faster on a larger host',
    },
    seconds: { value: 10, unit: 's in all', why: 'shorter use is how programs start' },
    accounted: {
      value: 0.25,
      unit: 'of the CPUs, used by nobody who was seen',
      why: 'short-lived processes are in no process list: what they use clears nobody',
    },
  },
  judge(signals, { share, one, seconds, accounted }) {
    const { cpus } = signals;
    const tables = groupsOf(signals.tracks('process.cpu.utilization', 'process'), ({ dataset }) => dataset);
    return [...tables.values()].flatMap((tracks): Test[] => {
      const length = tracks.reduce((most, track) => Math.max(most, lengthOf(track)), 0);
      const enough = Math.min(length / 2, seconds);
      const programs = programsIn(signals, tracks);
      const ofHost = (all: Used) => (cpus === null ? 0 : levelHeldFor(all, enough) / (100 * cpus * share));
      const uses = programs.slice(0, MOST_CONSUMERS).map((program) => {
        const all = added(program.tracks);
        const used = levelHeldFor(busiestOf(program), enough) / one;
        const needs = used >= 1 ? null : neededBy(signals, program);
        // More than a CPU is of several threads, or of a group whose limit made it wait.
        const needed = needs === null || meanOf(needs) > MOST_OF_ONE ? 0 : levelHeldFor(needs, enough) / one;
        return { program, all, needs: needed >= 1 ? needs : null, distance: any(ofHost(all), used, needed) };
      });
      // The heaviest that is past a threshold: a single thread at its limit may use less than one in many processes.
      const most = uses.find(({ distance }) => distance >= 1) ?? uses[0];
      if (most === undefined) return [];
      const { program, all, needs, distance } = most;
      const { who, evidence, parts } = consumerFacts(signals, program);
      const missing = unaccountedShare(signals, tracks);
      const isMuch = ofHost(all) >= 1;
      const { lengths, ...times } = whenBusy(program, all);
      return [
        {
          subject: { kind: 'process', name: program.name, ...(who.pid === null ? {} : { pid: who.pid }) },
          distance,
          severity: isMuch && !hasRoom(signals) ? 'warning' : 'notice',
          form: isMuch || cpus === null || program.mean > 1.1 * one ? 'share' : needs === null ? 'one' : 'needs one',
          measures: [
            { signal: 'process.cpu.utilization', stat: 'mean', value: program.mean },
            { signal: 'process.cpu.utilization', stat: 'max', value: maxOf(all) },
            ...(needs === null
              ? []
              : [{ signal: 'process.cpu.wait', stat: 'mean', value: meanOf(needs) - program.mean } as const]),
          ],
          basis: [trackBasis(signals, tracks[0] as Track)],
          evidence,
          ...times,
          who: [
            who,
            ...programs
              .slice(0, MOST_CONSUMERS)
              .filter((each) => each !== program && each.mean >= 20)
              .slice(0, 2)
              .map((each) => whoOf(each, 'process.cpu.utilization', cpus === null ? null : 100 * cpus)),
          ],
          parts,
          details: { ...cpuDetails(signals), ...lengths, processes: program.tracks.length },
          ...(missing !== null && missing >= accounted ? { unclear: { kind: 'unaccounted', share: missing } } : {}),
          next: [
            collectSet('cpu', digits(who.pid)),
            ...runWith(digits(who.pid), (pid) => command`renice -n 10 -p ${pid}`),
          ],
        },
      ];
    });
  },
});

/** Whether all that tell say that CPUs were idle in the range. */
export function hasRoom(signals: Signals, within: Range | null = null): boolean {
  const busy = signals
    .tracks('system.cpu.utilization', 'host')
    .map((track) => meanOf(duringOf(track, within)))
    .filter((mean) => !Number.isNaN(mean));
  return busy.length > 0 && busy.every((mean) => mean < FULL_CPUS);
}

/** As many programs are looked at, heaviest first: behind them nobody uses half of a host, or is alone at its limit. */
const MOST_CONSUMERS = 8;
/** Percent of one CPU from which on a process that also waits decides how others run: with less it is one of many that wait. */
const A_QUARTER = 25;
/** Percent of one CPU that one thread may seem to use and wait for, by rounding. */
const MOST_OF_ONE = 105;

type Used = Pick<Track, 'values' | 'seconds' | 'at'>;

/** What a process would use of a CPU that it need not share: what it used and what it waited, which pidstat tells of one thread. */
function neededBy(signals: Signals, { tracks: [used, ...others] }: Program): Track | null {
  if (used === undefined || others.length > 0) return null;
  const waited = signals
    .tracks('process.cpu.wait', 'process')
    .find(({ dataset, subject }) => dataset === used.dataset && subject.pid === used.subject.pid);
  if (waited === undefined || meanOf(used) < A_QUARTER) return null;
  return combined('process.cpu.utilization', [used, waited], sumOf);
}

function consumerFacts(signals: Signals, program: Program): { who: Who; evidence: Test['evidence']; parts: Part[] } {
  const { cpus } = signals;
  const who = whoOf(program, 'process.cpu.utilization', cpus === null ? null : 100 * cpus);
  return {
    who,
    evidence: program.tracks.slice(0, 3).map((track) => evidenceOf(track)),
    parts: topFunctions(signals, program.name),
  };
}

/** From when to when a program used half of what it used at most. */
function whenBusy(program: Program, all: Used): Pick<Test, 'since' | 'until'> & { lengths: Details } {
  const track = { ...busiestOf(program), ...all };
  const spell = spellPast(track, maxOf(track) / 2);
  return { since: spell?.since ?? null, until: spell?.until ?? null, lengths: lengthDetails(track, spell) };
}

/** The process of a program that uses most. */
function busiestOf({ tracks }: Program): Track {
  return tracks.reduce((most, track) => (meanOf(track) > meanOf(most) ? track : most));
}

/** Tracks of one table as one, added up at each time. */
function added(tracks: readonly Track[]): Used {
  const sums = new Map<number | string, { value: number; seconds: number; at: number }>();
  for (const { values, at, seconds } of tracks)
    values.forEach((value, i) => {
      const key = timeAt(at, i) ?? `#${i}`;
      const known = sums.get(key);
      if (known === undefined) sums.set(key, { value, seconds: seconds[i] as number, at: at[i] as number });
      else known.value += value;
    });
  const rows = [...sums.values()];
  return {
    values: Float64Array.from(rows, ({ value }) => value),
    seconds: Float64Array.from(rows, ({ seconds }) => seconds),
    at: Float64Array.from(rows, ({ at }) => at),
  };
}

/** The part of the CPUs that was busy and that no process of the table used; null where it is not known. */
function unaccountedShare(signals: Signals, tracks: readonly Track[]): number | null {
  const busy = signals.tracks('system.cpu.utilization', 'host').map(meanOf);
  const [first] = tracks;
  if (busy.length === 0 || signals.cpus === null || first === undefined) return null;
  // Rows that are missing say nothing of processes that are.
  const source = signals.source(first.source);
  if (!isOfWholeHost(signals.capture, source) || doubtsAbout(signals.capture, source).length > 0) return null;
  const most = busy.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  const isOwn = ({ subject }: Track) => signals.observer.isOwn(subject.name, subject.pid ?? null);
  const foreign = sumOf(tracks.filter((track) => !isOwn(track)).map(meanOf)) / signals.cpus;
  // What the tools' own short-lived processes used, the manifest tells; what the table saw of the tools may be more.
  const own = sumOf(tracks.filter(isOwn).map(meanOf)) / signals.cpus;
  return Math.max(0, most - foreign - Math.max(own, 100 * (signals.observer.share ?? 0))) / 100;
}

const unaccounted = rule({
  name: 'unaccounted-cpu',
  subsystem: 'cpu',
  resource: 'cpu',
  closer: true,
  about:
    'CPU time that was used and that no process in the list used: programs that start and end between two looks, or interrupts. Process lists show nothing of them, so that a host looks busy with nobody to blame.',
  asks: [{ signal: 'process.cpu.utilization' }],
  thresholds: {
    share: { value: 0.3, unit: 'of the CPUs', why: 'less is interrupts and rounding' },
  },
  judge(signals, { share }) {
    const tables = groupsOf(signals.tracks('process.cpu.utilization', 'process'), ({ dataset }) => dataset);
    return [...tables.values()].flatMap((tracks): Test[] => {
      const missing = unaccountedShare(signals, tracks);
      if (missing === null) return [];
      const [busy] = signals.tracks('system.cpu.utilization', 'host');
      return [
        {
          subject: CPUS,
          distance: missing / share,
          severity: missing >= 2 * share ? 'warning' : 'notice',
          measures: [{ signal: 'system.cpu.utilization', stat: 'share', value: 100 * missing }],
          basis: [trackBasis(signals, tracks[0] as Track)],
          evidence: busy === undefined ? [] : [evidenceOf(busy)],
          parts: manyProcesses(tracks),
          details: cpuDetails(signals),
          next: [collect('execsnoop', 'perf')],
        },
      ];
    });
  },
});

/** Programs of which many processes were seen, each for a moment: what starts and ends all the time. */
function manyProcesses(tracks: readonly Track[]): Part[] {
  const passing = tracks.filter(({ lines }) => lines.filter((line) => line > 0).length <= lines.length / 2);
  const byName = groupsOf(passing, ({ subject }) => subject.name);
  return [...byName]
    .filter(([, own]) => own.length >= 5)
    .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
    .slice(0, 3)
    .map(([name, own]): Part => ({ kind: 'kind', name, count: own.length }));
}

const oneCpu = rule({
  name: 'one-cpu',
  subsystem: 'cpu',
  resource: 'cpu',
  cell: { row: 'cpu', column: 'utilization' },
  about:
    'One CPU at its limit while the others idle: a single thread, a pinned process or an interrupt that only one CPU serves. Averages over all CPUs hide it.',
  asks: [{ signal: 'system.cpu.utilization', of: 'cpu' }],
  thresholds: {
    busy: { value: 90, unit: '% busy', why: 'what is left is lost to sampling; the thread there has no time to spare' },
    others: {
      value: 50,
      unit: '% busy, on average of the other CPUs',
      why: 'with less than half used elsewhere there was room to run',
    },
    share: HALF_THE_WINDOW,
  },
  judge(signals, { busy, others, share }) {
    const tables = groupsOf(signals.tracks('system.cpu.utilization', 'cpu'), ({ dataset }) => dataset);
    return [...tables.values()]
      .filter((tracks) => tracks.length > 1)
      .map((tracks): Test => {
        const cpus = tracks.map((track) => {
          const held = lasting(track, { level: busy, share });
          const elsewhere = othersOf(tracks, track, timeToSay(held));
          const most = elsewhere < others ? Number.POSITIVE_INFINITY : others / elsewhere / 2;
          return { track, lasted: { ...held, distance: Math.min(held.distance, most) } };
        });
        const worst = cpus.reduce((most, each) => (each.lasted.distance > most.lasted.distance ? each : most));
        return oneCpuTest(signals, tracks, worst);
      });
  },
});

/** The time that the figures are of; null for all of it. */
function timeToSay(held: Lasting): Range | null {
  return isOfSpell(held) ? during(held.spell) : null;
}

/** How busy the other CPUs were on average. */
function othersOf(tracks: readonly Track[], track: Track, then: Range | null): number {
  const means = tracks.filter((other) => other !== track).map((other) => meanOf(duringOf(other, then)));
  return sumOf(means) / means.length;
}

interface OneCpu {
  track: Track;
  /** How far the CPU is from its limit, the others looked at. */
  lasted: Lasting;
}

function oneCpuTest(signals: Signals, tracks: readonly Track[], { track, lasted }: OneCpu): Test {
  const { distance, spell } = lasted;
  const then = timeToSay(lasted);
  const interrupts = interruptShare(signals, track, then);
  const held = programsBy(signals, 'process.cpu.utilization', during(spell)).filter(({ tracks: own }) =>
    own.some((process) => meanOf(process) >= ONE_PROCESS),
  );
  const who = held.slice(0, 2).map((program) => whoOf(program, 'process.cpu.utilization', 100));
  return {
    subject: { kind: 'cpu', name: track.subject.name },
    distance,
    severity: 'warning',
    form: interrupts >= INTERRUPTS ? 'interrupts' : 'thread',
    measures: [
      { signal: 'system.cpu.utilization', stat: 'mean', value: meanToSay(lasted) },
      {
        signal: 'system.cpu.utilization',
        stat: 'median',
        value: othersOf(tracks, track, then),
        of: { kind: 'cpu', name: 'others' },
      },
    ],
    basis: tracks.map((each) => trackBasis(signals, each)),
    evidence: [evidenceOf(track, spell?.hits)],
    since: spell?.since ?? null,
    until: spell?.until ?? null,
    who,
    details: { ...cpuDetails(signals), ...lengthDetails(track, spell), share: interrupts / 100 },
    next: [
      ...runWith(digits(track.subject.name), (cpu) => command`perf record -C ${cpu} -g -- sleep 10`),
      ...(interrupts >= INTERRUPTS ? [advise('spread interrupts')] : [collect('perf', 'pidstat')]),
    ],
  };
}

/** Percent of a CPU that a process uses which may be the one that holds it. */
const ONE_PROCESS = 60;
/** Percent of a CPU in interrupts from which on they are the cause. */
const INTERRUPTS = 30;

function interruptShare(signals: Signals, { dataset, subject }: Track, then: Range | null): number {
  const names = ['system.cpu.utilization.softirq', 'system.cpu.utilization.interrupt'] as const;
  return sumOf(
    names.map((name) => {
      const own = signals
        .tracks(name, 'cpu')
        .find((each) => each.dataset === dataset && each.subject.name === subject.name);
      return own === undefined ? 0 : meanOf(duringOf(own, then));
    }),
  );
}

interface StateOfCpu {
  name: Extract<RuleName, 'system-time' | 'iowait' | 'steal' | 'softirq'>;
  signal: SignalName;
  about: string;
  limit: number;
  why: string;
  /** Whose signal names the users; null where no process is. */
  users: SignalName | null;
  sharesCpus?: true;
  next: readonly NextStep[];
}

/** Where CPU time goes when it does not go to the programs. */
const STATES: readonly StateOfCpu[] = [
  {
    name: 'system-time',
    signal: 'system.cpu.utilization.system',
    about: 'CPU time spent in system calls, page faults and kernel threads.',
    limit: 30,
    why: 'Systems Performance, 2nd ed., 6.6.1: high system time is worth a look into the kernel; I/O-heavy hosts run at 20%',
    users: 'process.cpu.utilization.system',
    sharesCpus: true,
    next: [collect('perf', 'syscount')],
  },
  {
    name: 'iowait',
    signal: 'system.cpu.utilization.iowait',
    about:
      'CPUs that had nothing else to run while threads waited for storage. Low iowait does not prove fast disks: a busy CPU has none.',
    limit: 20,
    why: 'a fifth of the time with nothing to do but to wait for storage is felt by users',
    users: null,
    next: [collectSet('disk')],
  },
  {
    name: 'steal',
    signal: 'system.cpu.utilization.steal',
    about: 'Time in which a virtual CPU wanted to run and the hypervisor ran something else.',
    limit: 5,
    why: 'a guest cannot mend it, and one twentieth already shows as latency tails',
    users: null,
    next: [advise('ask the provider')],
  },
  {
    name: 'softirq',
    signal: 'system.cpu.utilization.softirq',
    about: 'CPU time in deferred interrupt work, most often packets.',
    limit: 15,
    why: 'above this, network processing competes with the programs for the CPU',
    users: null,
    next: [collect('softirqs', 'mpstat', 'sar-dev')],
  },
];

const states: readonly Rule[] = STATES.map(({ name, signal, about, limit, why, users, next, ...traits }) =>
  rule({
    name,
    subsystem: 'cpu',
    resource: 'cpu',
    about,
    asks: [{ signal }],
    ...traits,
    thresholds: {
      limit: { value: limit, unit: '% of CPU time', why },
      share: {
        ...HALF_THE_WINDOW,
        why: 'a condition of half the window is no burst; one that takes as much in all counts too',
      },
    },
    judge: (signals, { limit: level, share }) =>
      signals.tracks(signal, 'host').map((track): Test => {
        const held = lasting(track, { level, share, countsMean: true });
        const { distance, spell, mean } = held;
        const who = users === null ? [] : programsBy(signals, users, during(spell)).slice(0, 3);
        return {
          subject: CPUS,
          distance,
          severity: mean >= 2 * level ? 'critical' : 'warning',
          measures: [
            { signal, stat: 'mean', value: meanToSay(held) },
            { signal, stat: 'max', value: maxOf(track) },
          ],
          ...seenDuring(signals, track, spell),
          who:
            name === 'iowait'
              ? diskWaiters(signals, during(spell))
              : who.filter(({ mean: used }) => used >= 5).map((program) => whoOf(program, users ?? signal, null)),
          details: lengthDetails(track, spell),
          ...(name === 'iowait' && isBusy(signals) ? { unclear: { kind: 'busy CPUs' } satisfies Reason } : {}),
          next,
        };
      }),
  }),
);

/** Percent of all CPUs from which on next to none is idle to wait for storage. */
const BUSY_CPUS = 80;

function isBusy(signals: Signals): boolean {
  return signals.tracks('system.cpu.utilization', 'host').some((track) => meanOf(track) >= BUSY_CPUS);
}

const busy = rule({
  name: 'cpu-busy',
  subsystem: 'cpu',
  resource: 'cpu',
  cell: { row: 'cpu', column: 'utilization' },
  about:
    'CPUs that are busy nearly all the time. That is no fault by itself: a batch job should use them. It leaves no room for whatever comes next, and latency rises from here on.',
  asks: [{ signal: 'system.cpu.utilization' }],
  sharesCpus: true,
  thresholds: {
    busy: {
      value: 90,
      unit: '% of all CPUs',
      why: 'Systems Performance, 2nd ed., 2.3.10: queueing delay grows without bound near 100%',
    },
    share: HALF_THE_WINDOW,
    seconds: { value: 10, unit: 's in all', why: 'shorter peaks are how programs start' },
  },
  judge: (signals, { busy: level, share, seconds }) =>
    signals.tracks('system.cpu.utilization', 'host').map((track): Test => {
      const held = lasting(track, { level, share, burst: seconds });
      const { distance, spell } = held;
      return {
        subject: CPUS,
        distance,
        severity: 'notice',
        measures: [
          { signal: 'system.cpu.utilization', stat: 'mean', value: meanToSay(held) },
          { signal: 'system.cpu.utilization', stat: 'max', value: maxOf(track) },
        ],
        ...seenDuring(signals, track, spell),
        who: cpuUsers(signals, during(spell)),
        details: { ...cpuDetails(signals), ...lengthDetails(track, spell) },
        next: [collect('perf', 'pidstat')],
      };
    }),
});

const load = rule({
  name: 'load',
  subsystem: 'cpu',
  resource: 'cpu',
  about:
    'The load average counts threads that run, wait for a CPU, or sleep uninterruptibly (disk, some locks). Above the number of CPUs there is more demand than the host can serve; 1 minute against 15 tells whether it is rising or already falling. What was high 15 minutes ago and is not now is history.',
  asks: [{ signal: 'system.cpu.load_average.1m' }],
  sharesCpus: true,
  thresholds: {
    perCpu: {
      value: 1.5,
      unit: 'load per CPU',
      why: 'Systems Performance, 2nd ed., 6.6.1: compare with the CPU count; half as many again leaves room for bursts',
    },
    trend: {
      value: 1.3,
      unit: 'ratio of the 1 and the 15 minute load',
      why: 'damped averages differ by a few percent on a steady host',
    },
  },
  judge(signals, { perCpu, trend }) {
    const { cpus } = signals;
    const bySource = new Map<number, Track[]>();
    for (const name of ['system.cpu.load_average.1m', 'system.cpu.load_average.15m'] as const)
      for (const track of signals.tracks(name, 'host')) addTo(bySource, track.dataset, track);
    return [...bySource.values()].flatMap((tracks): Test[] => {
      const [one, fifteen] = ['system.cpu.load_average.1m', 'system.cpu.load_average.15m'].map((name) =>
        tracks.find(({ signal }) => signal === name),
      );
      const [now, before] = [one?.values.at(-1), fifteen?.values.at(-1)];
      if (one === undefined || now === undefined || before === undefined) return [];
      const most = Math.max(now, maxOf(one));
      const limit = cpus === null ? Number.NaN : perCpu * cpus;
      const isPast = most <= limit && before > limit;
      const blocked = extentOf(signals.tracks('system.process.count.blocked', 'host').map(meanOf))?.to ?? 0;
      const isBlocked = !isPast && blocked >= now / 2;
      return [
        {
          subject: { kind: 'host', name: '' },
          distance: Math.max(most, before) / limit,
          severity: isPast ? 'notice' : severityOfLoad(most / limit),
          form: isPast ? 'past' : trendOf(one, before, trend),
          measures: [
            { signal: 'system.cpu.load_average.1m', stat: 'last', value: now },
            { signal: 'system.cpu.load_average.15m', stat: 'last', value: before },
            ...(isBlocked ? [{ signal: 'system.process.count.blocked', stat: 'mean', value: blocked } as const] : []),
          ],
          basis: [trackBasis(signals, one)],
          evidence: [evidenceOf(one)],
          isPast,
          details: cpuDetails(signals),
          ...(cpus === null ? { unclear: { kind: 'no CPU count' } satisfies Reason } : {}),
          next: isBlocked ? [collectSet('disk'), collect('dstate', 'dmesg')] : [collect('vmstat', 'pidstat')],
        },
      ];
    });
  },
});

/** Several readings tell by themselves; of one the average of the quarter before it does. */
function trendOf({ values }: Track, quarter: number, trend: number): 'rising' | 'falling' | 'steady' {
  const now = values.at(-1) as number;
  const then = values.length >= 3 ? (values[0] as number) : quarter;
  return now > then * trend ? 'rising' : then > now * trend ? 'falling' : 'steady';
}

function severityOfLoad(distance: number): Severity {
  return distance >= 2 ? 'warning' : 'notice';
}

export const cpuRules: readonly Rule[] = [consumer, unaccounted, oneCpu, ...states, busy, load];

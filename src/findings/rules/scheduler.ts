/** Threads that wait for a CPU: how many, how long, and how often they are switched. */
import { groupsOf } from '../../datasets/groups.ts';
import { bucketTotal } from '../../datasets/percentiles.ts';
import type { Signals } from '../../signals/index.ts';
import { evidenceOf, evidenceOfWhole, lastTimeOf, maxOf, meanOf, timeOf } from '../../signals/track.ts';
import { distributionBasis, trackBasis } from '../basis.ts';
import { hillsOf, percentileOf, percentileRange, usecsPer } from '../distribution.ts';
import type { Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import { any, extentOf, FULL_CPUS, sumOf } from '../numbers.ts';
import { collect } from '../steps.ts';
import { cpuCandidates, cpuUsers, programsBy, whoOf } from '../who.ts';
import { cpuDetails, during, hasRoom } from './cpu.ts';
import { HALF_THE_WINDOW, lasting, lengthDetails, meanToSay, seenDuring } from './series.ts';
import { LEAST_ROWS, slowEvents } from './slow-events.ts';
import { scheduledMost } from './work.ts';

const runQueue = rule({
  name: 'run-queue',
  subsystem: 'cpu',
  resource: 'cpu',
  cell: { row: 'cpu', column: 'saturation' },
  about:
    'Threads that run or wait for a CPU (vmstat r and sar runq-sz count both; pidstat tells how long the first thread of each process waited). More of them than CPUs for most of the window means that everything on the host waits its turn.',
  asks: [{ signal: 'system.cpu.run_queue.length' }],
  sharesCpus: true,
  thresholds: {
    perCpu: {
      value: 1.5,
      unit: 'runnable threads per CPU',
      why: 'Systems Performance, 2nd ed., 6.6.1: r above the CPU count is saturation; half as many again leaves room for bursts',
    },
    share: HALF_THE_WINDOW,
    burst: { value: 3, unit: 'runnable threads per CPU in a burst', why: 'each waits for two others to run first' },
    seconds: { value: 5, unit: 's of such bursts', why: 'whoever waits through five seconds notices' },
  },
  judge(signals, { perCpu, share, burst, seconds }) {
    const { cpus } = signals;
    const counted = signals.tracks('system.cpu.run_queue.length').map((track): Test => {
      const limit = cpus === null ? Number.NaN : perCpu * cpus;
      const lasted = lasting(track, { level: limit, share });
      const bursts = lasting(track, { level: burst * (cpus ?? Number.NaN), share: 1, burst: seconds });
      const isBurst = lasted.distance < 1 && bursts.distance >= 1;
      const held = isBurst ? bursts : lasted;
      const told = held.spell;
      // vmstat looks when timers fire: threads that wake together are runnable then, on CPUs that are idle in between.
      const most = hasRoom(signals, during(told)) ? 0.99 : Number.POSITIVE_INFINITY;
      const distance = cpus === null ? Number.NaN : Math.min(most, any(lasted.distance, bursts.distance));
      const mean = meanToSay({ ...held, distance });
      return {
        subject: { kind: 'cpu', name: '' },
        distance,
        severity: isBurst ? 'notice' : mean > 2 * limit ? 'critical' : 'warning',
        form: isBurst ? 'burst' : 'lasting',
        measures: [
          { signal: 'system.cpu.run_queue.length', stat: 'mean', value: mean },
          { signal: 'system.cpu.run_queue.length', stat: 'max', value: maxOf(track) },
        ],
        ...seenDuring(signals, track, told),
        who: cpuUsers(signals, during(told)),
        details: { ...cpuDetails(signals), ...lengthDetails(track, told), limit },
        ...(cpus === null ? { unclear: { kind: 'no CPU count' } satisfies Reason } : {}),
        next: [collect('perf', 'runqlat', 'pidstat')],
      };
    });
    return [...counted, ...waiting(signals, perCpu)];
  },
});

/**
 * Of tables of processes: what all of them used of the CPUs and what they waited for one, where both are told. Of a process with
 * several threads the wait is of the first alone: it finds, and clears nothing, which is why the rule does not ask for it.
 */
function waiting(signals: Signals, perCpu: number): Test[] {
  const { cpus } = signals;
  const tables = groupsOf(signals.tracks('process.cpu.wait', 'process'), ({ dataset }) => dataset);
  return [...tables.values()].flatMap((tracks): Test[] => {
    const [first] = tracks;
    if (first === undefined || cpus === null) return [];
    const used = signals
      .tracks('process.cpu.utilization', 'process')
      .filter(({ dataset }) => dataset === first.dataset);
    const reports = tracks.reduce((most, { values }) => Math.max(most, values.length), 0);
    const running = sumOf(used.map((track) => sumOf(track.values))) / reports / 100;
    const runnable = running + sumOf(tracks.map((track) => sumOf(track.values))) / reports / 100;
    // Whoever waits beside idle CPUs is held back by a limit of its group.
    const isFull = running >= (FULL_CPUS / 100) * cpus && !hasRoom(signals);
    const distance = runnable / (perCpu * cpus);
    if (!isFull || distance < 1) return [];
    return [
      {
        subject: { kind: 'cpu', name: '' },
        distance,
        severity: distance > 2 ? 'critical' : 'warning',
        form: 'lasting',
        measures: [{ signal: 'system.cpu.run_queue.length', stat: 'mean', value: runnable }],
        basis: [trackBasis(signals, first)],
        evidence: tracks.slice(0, 3).map((track) => evidenceOf(track)),
        since: timeOf(first, 0),
        until: lastTimeOf(first),
        who: cpuUsers(signals),
        details: cpuDetails(signals),
        next: [collect('perf', 'runqlat', 'vmstat')],
      },
    ];
  });
}

const runQueueLatency = rule({
  name: 'run-queue-latency',
  subsystem: 'cpu',
  resource: 'scheduler',
  cell: { row: 'scheduler', column: 'saturation' },
  about: 'How long threads that could run waited for a CPU (runqlat). The tail is what users feel.',
  asks: [{ signal: 'process.run_queue.duration' }],
  sharesCpus: true,
  thresholds: {
    slow: {
      value: 10_000,
      unit: 'us at the 99th percentile',
      why: 'longer than the slices that the scheduler hands out; one in a hundred wake-ups is late by as much',
    },
    least: { value: 100, unit: 'wake-ups', why: 'the 99th percentile of fewer is one wake-up' },
  },
  judge: (signals, { slow, least }) =>
    signals.distributions('process.run_queue.duration').flatMap((distribution): Test[] => {
      const usecs = usecsPer(distribution.unit);
      if (usecs === null) return [];
      const buckets = distribution.counted();
      const total = bucketTotal(buckets);
      const range = percentileRange(buckets, 99, usecs);
      if (range === null) return [];
      const straddles = range.low < slow && range.high > slow;
      return [
        {
          subject: { kind: 'scheduler', name: '' },
          distance: total < least ? Number.NaN : range.low / slow,
          severity: range.low >= 5 * slow ? 'critical' : 'warning',
          measures: [percentileOf('process.run_queue.duration', range)],
          basis: [distributionBasis(signals, distribution)],
          evidence: [evidenceOfWhole(distribution)],
          who: cpuUsers(signals),
          hills: hillsOf(buckets, usecs),
          details: { count: total },
          ...(total < least
            ? { unclear: { kind: 'too few', count: total, least, of: 'wake-up' } satisfies Reason }
            : straddles
              ? { unclear: { kind: 'bucket too wide' } satisfies Reason }
              : {}),
          next: [collect('runqlen', 'cpudist', 'perf')],
        },
      ];
    }),
});

/** Samples of each queue's length: 0 is an idle CPU or one that runs its only thread. */
const runQueueLength = rule({
  name: 'run-queue-length',
  subsystem: 'cpu',
  resource: 'scheduler',
  about:
    'How often a sampled run queue held threads that waited (runqlen). It sees imbalance between CPUs, which averages hide.',
  closer: true,
  asks: [{ signal: 'process.run_queue.queued' }],
  sharesCpus: true,
  thresholds: {
    share: { value: 0.5, unit: 'of the samples with a thread waiting', why: 'a queue half of the time is no burst' },
    least: { value: 100, unit: 'samples', why: 'one second of one CPU' },
  },
  judge: (signals, { share, least }) =>
    signals.distributions('process.run_queue.queued').flatMap((distribution): Test[] => {
      const buckets = distribution.counted();
      const total = bucketTotal(buckets);
      if (total === 0) return [];
      const queued = bucketTotal(buckets.filter(([low]) => (low ?? 0) >= 1));
      const longest = buckets.findLast(([, , samples]) => samples > 0)?.[0] ?? 0;
      return [
        {
          subject: { kind: 'scheduler', name: '' },
          distance: total < least ? Number.NaN : queued / total / share,
          severity: 'warning',
          measures: [{ signal: 'process.run_queue.queued', stat: 'share', value: (100 * queued) / total }],
          basis: [distributionBasis(signals, distribution)],
          evidence: [evidenceOfWhole(distribution)],
          who: cpuUsers(signals),
          details: { count: total, limit: longest },
          ...(total < least
            ? { unclear: { kind: 'too few', count: total, least, of: 'sample' } satisfies Reason }
            : {}),
          next: [collect('runqlat', 'pidstat', 'mpstat')],
        },
      ];
    }),
});

/** Each row is a wait that was longer than the tool was told to let pass. */
const lateToRun = rule({
  name: 'late-to-run',
  subsystem: 'cpu',
  resource: 'scheduler',
  about:
    'Which tasks waited long between being able to run and running (runqslower), how often, and behind whom. The same task again and again is one that is bound to a crowded CPU or held back by a limit.',
  closer: true,
  asks: [{ events: 'run queue wait' }],
  sharesCpus: true,
  thresholds: {
    rate: {
      value: 1,
      unit: 'late wake-up a second',
      why: 'one a second is a steady tail; single ones happen on any host',
    },
    slow: { value: 10_000, unit: 'us', why: 'as for run-queue-latency, and the default of runqslower' },
    least: LEAST_ROWS,
  },
  judge: (signals, limits) =>
    signals.events('run queue wait').map((table) =>
      slowEvents(signals, table, {
        ...limits,
        signal: 'process.run_queue.duration',
        subject: { kind: 'scheduler', name: '' },
        next: [collect('runqlat', 'pidstat', 'mpstat', 'throttled')],
      }),
    ),
});

const contextSwitches = rule({
  name: 'context-switches',
  subsystem: 'cpu',
  resource: 'scheduler',
  cell: { row: 'scheduler', column: 'utilization' },
  about:
    'Context switches by the tens of thousands on each CPU: threads that hand each other small pieces of work, one lock for many threads, timers that fire all the time. Each costs microseconds and the contents of caches. pidstat -w names who switches; of a process with several threads it counts the first alone, and then whoever has most samples of a CPU profile in the scheduler is named.',
  asks: [{ signal: 'system.context_switches' }, { signal: 'process.context_switches.voluntary' }],
  thresholds: {
    perCpu: {
      value: 20_000,
      unit: 'switches a second on each CPU',
      why: 'at 5 us each, caches that are cold again included, this is a tenth of the CPU; busy servers run at a few thousand',
    },
    perProcess: {
      value: 5_000,
      unit: 'voluntary switches a second, by one thread',
      why: 'a thread that sleeps five times a millisecond waits for something small again and again',
    },
    share: HALF_THE_WINDOW,
  },
  judge(signals, { perCpu, perProcess, share }) {
    const { cpus } = signals;
    const ofHost = signals.tracks('system.context_switches', 'host').map((track): Test => {
      const level = perCpu * (cpus ?? 1);
      const held = lasting(track, { level, share });
      const { distance, spell } = held;
      const mean = meanToSay(held);
      const who = switchers(signals);
      return {
        subject: { kind: 'scheduler', name: '' },
        distance: cpus === null ? Math.min(distance, 0.99) : distance,
        severity: distance >= 3 ? 'warning' : 'notice',
        form: 'host',
        measures: [
          { signal: 'system.context_switches', stat: 'mean', value: mean },
          { signal: 'system.context_switches', stat: 'max', value: maxOf(track) },
        ],
        ...seenDuring(signals, track, spell),
        who,
        parts: who.length > 0 ? [] : cpuCandidates(signals, during(spell)),
        details: { ...cpuDetails(signals), ...lengthDetails(track, spell) },
        ...(cpus === null ? { unclear: { kind: 'no CPU count' } satisfies Reason } : {}),
        next: [collect('perf', 'offwaketime')],
      };
    });
    const host = extentOf(signals.tracks('system.context_switches', 'host').map(meanOf))?.to ?? null;
    const tables = groupsOf(signals.tracks('process.context_switches.voluntary', 'process'), ({ dataset }) => dataset);
    const ofProcesses = [...tables.values()].flatMap((tracks): Test[] => {
      const own = tracks.filter(({ subject }) => !signals.observer.isOwn(subject.name, subject.pid ?? null));
      const [most] = [...own].sort((a, b) => meanOf(b) - meanOf(a));
      if (most === undefined) return [];
      const { distance, spell, mean } = lasting(most, { level: perProcess, share });
      return [
        {
          subject: { kind: 'scheduler', name: '' },
          distance,
          severity: 'notice',
          form: 'process',
          measures: [
            { signal: 'process.context_switches.voluntary', stat: 'mean', value: mean },
            ...(host === null ? [] : [{ signal: 'system.context_switches', stat: 'mean', value: host } as const]),
          ],
          basis: [trackBasis(signals, most)],
          evidence: [evidenceOf(most, spell?.hits)],
          since: spell?.since ?? null,
          until: spell?.until ?? null,
          who: switchers(signals),
          next: [collect('perf', 'offwaketime')],
        },
      ];
    });
    return [...ofHost, ...ofProcesses];
  },
});

/**
 * Who switches most of its own will: a pair that plays ping-pong is two of them. pidstat counts the first thread of a process
 * alone, so that of a program with many the samples in the scheduler tell.
 */
function switchers(signals: Signals): Who[] {
  const counted = programsBy(signals, 'process.context_switches.voluntary')
    .slice(0, 2)
    .filter(({ mean }) => mean >= 1000)
    .map((program) => whoOf(program, 'process.context_switches.voluntary', null));
  return counted.length > 0 ? counted : scheduledMost(signals);
}

export const schedulerRules: readonly Rule[] = [runQueue, runQueueLatency, lateToRun, runQueueLength, contextSwitches];

/** Threads that wait for a CPU: how many, and how long. */
import { commas, shareText } from '../datasets/amounts.ts';
import { allBuckets, bucketTotal } from '../datasets/percentiles.ts';
import { HALF_THE_WINDOW } from './cpu.ts';
import { atLeast, atMost, columnOf, mixtureInWords, percentileInWords, usecsPer } from './distribution.ts';
import { allOf } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import { LEAST_ROWS, slowEvents } from './slow-events.ts';
import { mean, stretch, whole } from './view.ts';

const runQueue: Rule = {
  name: 'run-queue',
  subsystem: 'cpu',
  topic: 'CPU saturation (run queue)',
  about:
    'Threads that run or wait for a CPU (vmstat r counts both). More of them than CPUs for most of the window means that everything on the host waits its turn.',
  tools: ['vmstat'],
  thresholds: {
    perCpu: {
      value: 1.5,
      unit: 'runnable threads per CPU',
      why: 'Systems Performance, 2nd ed., 6.6.1: r above the CPU count is saturation; half as many again leaves room for bursts',
    },
    share: HALF_THE_WINDOW,
  },
  judge(view, { perCpu = 0, share = 0 }) {
    const { cpus } = view;
    if (cpus === null) return [];
    return view
      .tracks('vmstat', 'r')
      .filter(({ values }) => values.length > 0)
      .map((track): Verdict => {
        const average = mean(track.values).toFixed(1);
        const numbers = [
          { label: 'runnable threads, mean', value: mean(track.values), unit: '' },
          { label: 'CPUs', value: cpus, unit: '' },
        ];
        const above = stretch(track, (value) => value > perCpu * cpus);
        if (above === null || above.share < share) {
          const title = `CPU saturation: ${average} runnable threads on average for ${cpus} CPUs`;
          return ruledOut(title, numbers, [whole(track)]);
        }
        return {
          verdict: 'found',
          severity: above.mean > 2 * perCpu * cpus ? 'critical' : 'warning',
          title: `CPUs are saturated: ${average} runnable threads on average for ${cpus} CPUs, ${above.max} at most`,
          detail: `More than ${perCpu} threads per CPU in ${shareText(above.share)} of the intervals: each waits for a CPU before it runs.`,
          since: above.since,
          until: above.until,
          numbers,
          evidence: [above.evidence],
          next: 'coldflame collect --tool perf,runqlat,pidstat',
        };
      });
  },
};

const runQueueLatency: Rule = {
  name: 'run-queue-latency',
  subsystem: 'cpu',
  topic: 'run queue latency',
  about: 'How long threads that could run waited for a CPU (runqlat). The tail is what users feel.',
  tools: ['runqlat'],
  thresholds: {
    slow: {
      value: 10_000,
      unit: 'us at p99',
      why: 'longer than the slices that the scheduler hands out; one in a hundred wake-ups is late by as much',
    },
    least: { value: 100, unit: 'wake-ups', why: 'the 99th percentile of fewer is one wake-up' },
  },
  judge(view, { slow = 0, least = 0 }) {
    return view.datasets('histogram', 'runqlat').flatMap((histogram): Verdict[] => {
      const usecs = usecsPer(histogram.unit);
      const buckets = allBuckets(histogram);
      const total = bucketTotal(buckets);
      const p99 = usecs === null ? null : atLeast(buckets, 99, usecs);
      if (usecs === null || p99 === null || total < least) return [];
      const words = percentileInWords(buckets, 99, usecs);
      const modal = mixtureInWords(buckets, usecs, 'wake-ups');
      const numbers = [{ label: 'wait for a CPU p99, at least', value: p99, unit: 'us' }];
      const evidence = allOf(histogram.source);
      // Where the threshold lies within the bucket, neither can be said.
      const most = atMost(buckets, 99, usecs);
      if (p99 < slow && most > slow) return [];
      if (p99 < slow)
        return [ruledOut(`waiting for a CPU: ${words} over ${commas(total)} wake-ups`, numbers, evidence)];
      return [
        {
          verdict: 'found',
          severity: p99 >= 5 * slow ? 'critical' : 'warning',
          title: `Threads wait long for a CPU: ${words} over ${commas(total)} wake-ups`,
          detail: `CPU saturation, a CPU limit of a control group (throttling), or a thread pinned to a busy CPU.${modal === null ? '' : ` ${modal}`}`,
          since: null,
          numbers,
          evidence,
          next: 'coldflame collect --tool runqlen,cpudist,perf',
        },
      ];
    });
  },
};

/** Samples of each queue's length: 0 is an idle CPU or one that runs its only thread. */
const runQueueLength: Rule = {
  name: 'run-queue-length',
  subsystem: 'cpu',
  topic: 'length of the run queues',
  about:
    'How often a sampled run queue held threads that waited (runqlen). It sees imbalance between CPUs, which averages hide.',
  closer: true,
  tools: ['runqlen'],
  thresholds: {
    share: { value: 0.5, unit: 'of the samples with a thread waiting', why: 'a queue half of the time is no burst' },
    least: { value: 100, unit: 'samples', why: 'one second of one CPU' },
  },
  judge(view, { share = 0, least = 0 }) {
    return view.datasets('histogram', 'runqlen').flatMap((histogram): Verdict[] => {
      const { source } = histogram;
      const buckets = allBuckets(histogram);
      const total = bucketTotal(buckets);
      if (total < least) return [];
      const queued = bucketTotal(buckets.filter(([low]) => (low ?? 0) >= 1));
      const longest = buckets.findLast(([, , samples]) => samples > 0)?.[0] ?? 0;
      const numbers = [{ label: 'samples with a thread waiting', value: (100 * queued) / total, unit: '%' }];
      const evidence = allOf(source);
      if (queued < share * total)
        return [
          ruledOut(
            `queues for the CPUs: a thread waited in ${shareText(queued / total)} of ${commas(total)} samples`,
            numbers,
            evidence,
          ),
        ];
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `Threads queue for the CPUs in ${shareText(queued / total)} of the samples, ${longest} at most in one queue`,
          detail: 'Each of them can run, and waits for the one before it.',
          since: null,
          numbers,
          evidence,
          next: 'coldflame collect --tool runqlat,pidstat,mpstat',
        },
      ];
    });
  },
};

/** Each row is a wait that was longer than the tool was told to let pass. */
const lateToRun: Rule = {
  name: 'late-to-run',
  subsystem: 'cpu',
  topic: 'tasks that wait long for a CPU',
  about:
    'Which tasks waited long between being able to run and running (runqslower), how often, and behind whom. The task again and again is one that is bound to a crowded CPU or held back by a limit.',
  closer: true,
  tools: ['runqslower'],
  thresholds: {
    rate: {
      value: 1,
      unit: 'late wake-ups a second',
      why: 'one a second is a steady tail; single ones happen on any host',
    },
    slow: { value: 10_000, unit: 'us', why: 'as for run-queue-latency, and the default of runqslower' },
    least: LEAST_ROWS,
  },
  judge: (view, limits) =>
    view.datasets('events', 'runqslower').flatMap((events) =>
      slowEvents(view, events, limits, {
        what: 'Wake-ups',
        topic: 'late wake-ups',
        by: [columnOf(events, 'process')],
        next: 'coldflame collect --tool runqlat,pidstat,mpstat,throttled',
      }),
    ),
};

export const runQueueRules: readonly Rule[] = [runQueue, runQueueLatency, lateToRun, runQueueLength];

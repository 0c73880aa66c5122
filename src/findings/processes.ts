/** Who uses the CPUs, who waits for them, and who is gone before top looks. */
import { bucketTotal } from '../datasets/percentiles.ts';
import type { Events } from '../datasets/shapes.ts';
import { allBuckets, atLeast, columnOf, percentileInWords, usecsPer } from './distribution.ts';
import { linesOf, rowsBy, topShare } from './rows.ts';
import type { Rule, Verdict } from './rule.ts';
import { count, percent, round } from './words.ts';

const hog: Rule = {
  name: 'cpu-consumer',
  subsystem: 'cpu',
  topic: 'processes by CPU',
  about:
    'One process that takes much of what the host has. pidstat reports intervals, so it sees what top, a single look, may miss.',
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
      const top = heaviest(events);
      if (top === null) return [];
      const ofHost = top.percent / 100 / cpus;
      const numbers = [{ label: `${top.name}, mean`, value: top.percent, unit: '% of a CPU' }];
      const evidence = linesOf(events, top.rows);
      if (ofHost < share)
        return [
          {
            verdict: 'ruled-out',
            title: `one process taking the CPUs: the heaviest, ${top.name}, used ${round(top.percent / 100)} of ${cpus}`,
            numbers,
            evidence,
          },
        ];
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `${top.name} (PID ${top.pid}) uses ${round(top.percent / 100)} of ${cpus} CPUs`,
          detail: `${percent(ofHost)} of the host on average over ${count(top.rows.length)} reports. The CPU flame graph, narrowed to it, tells on what.`,
          since: events.at[top.rows[0] as number] ?? null,
          numbers,
          evidence,
          next: `coldflame collect --set cpu --pid ${top.pid}`,
        },
      ];
    });
  },
};

/** The process with the highest mean %CPU over the intervals of the table. */
function heaviest(events: Events): { name: string; pid: string; percent: number; rows: number[] } | null {
  const cpu = events.columns.findIndex(({ name }) => name === '%CPU');
  const pid = columnOf(events, 'pid');
  const process = columnOf(events, 'process');
  if (cpu < 0 || pid < 0) return null;
  const intervals = new Set(events.at).size || 1;
  let top: ReturnType<typeof heaviest> = null;
  for (const [id, rows] of rowsBy(events, pid)) {
    const used = rows.reduce((sum, row) => sum + (Number(events.rows[row]?.[cpu]) || 0), 0) / intervals;
    if (top === null || used > top.percent)
      top = { name: String(events.rows[rows[0] as number]?.[process] ?? '?'), pid: id, percent: used, rows };
  }
  return top;
}

const shortLived: Rule = {
  name: 'short-lived-processes',
  subsystem: 'cpu',
  topic: 'short-lived processes',
  about:
    'Many processes that are started and gone again between two looks of top: scripts in loops, crash loops, build steps. Each costs milliseconds of CPU that no process list shows.',
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
      const times = events.at.filter((at) => at !== null);
      const span = times.length > 1 ? Math.max(...times) - Math.min(...times) : 0;
      const seconds = Math.max(span, manifest === null ? 0 : manifest.ended - manifest.started);
      if (seconds <= 0) return [];
      const perSecond = events.rows.length / seconds;
      const numbers = [{ label: 'new processes', value: perSecond, unit: '/s' }];
      if (perSecond < rate)
        return [
          {
            verdict: 'ruled-out',
            title: `short-lived processes: ${count(events.rows.length)} new ones in ${round(seconds)} s`,
            numbers,
            evidence: [{ source: events.source, lines: null }],
          },
        ];
      const rows = [...events.rows.keys()];
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `${round(perSecond)} new processes a second, which top cannot show`,
          detail: topShare(events, rows, columnOf(events, 'process')) ?? '',
          since: events.at[0] ?? null,
          numbers,
          evidence: linesOf(events, rows),
          next: 'execsnoop, and follow PPID to who starts them',
        },
      ];
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
      const numbers = [{ label: 'p99, at least', value: p99, unit: 'us' }];
      const evidence = [{ source: histogram.source, lines: null }];
      if (p99 < slow)
        return [
          {
            verdict: 'ruled-out',
            title: `waiting for a CPU: ${words} over ${count(total)} wake-ups`,
            numbers,
            evidence,
          },
        ];
      return [
        {
          verdict: 'found',
          severity: p99 >= 5 * slow ? 'critical' : 'warning',
          title: `Threads wait long for a CPU: ${words} over ${count(total)} wake-ups`,
          detail: 'CPU saturation, a CPU limit of a control group (throttling), or a thread pinned to a busy CPU.',
          since: null,
          numbers,
          evidence,
          next: 'coldflame collect --tool runqlen,cpudist,perf',
        },
      ];
    });
  },
};

export const processRules: readonly Rule[] = [runQueueLatency, hog, shortLived];

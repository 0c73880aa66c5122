/** The latency of disks, from issue to completion unless the tool was told to count the queue too. */

import { commas, usecsText } from '../datasets/amounts.ts';
import { mergedBuckets, withGroups } from '../datasets/buckets.ts';
import { timeAt } from '../datasets/columns.ts';
import { addTo, groupsOf } from '../datasets/groups.ts';
import { allBuckets, bucketTotal } from '../datasets/percentiles.ts';
import type { Bucket, Events, Histogram } from '../datasets/shapes.ts';
import { diskNames, iosByDisk, type Timed } from './disk-users.ts';
import { atLeast, mixtureInWords, percentile, percentileInWords, usecsPer } from './distribution.ts';
import { allOf } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import { beatOf } from './slow-events.ts';
import type { View } from './view.ts';

export const diskLatency: Rule = {
  name: 'disk-latency',
  subsystem: 'disk',
  topic: 'disk I/O latency',
  about:
    'The distribution of block I/O latency (biolatency, biosnoop): a slow tail, or two modes where a fast path and a slow one are mixed. Averages hide both.',
  tools: ['biolatency', 'biosnoop'],
  thresholds: {
    slow: {
      value: 20_000,
      unit: 'us at p99',
      why: 'two seeks and a rotation of a disk; flash that takes as long is queueing or failing',
    },
    fast: { value: 4_000, unit: 'us at p99', why: 'below this, disks do not explain delays that a person notices' },
    inARow: {
      value: 3,
      unit: 'reports of a second',
      why: 'a burst that the percentile of the whole window hides, and that somebody waited for',
    },
    least: { value: 100, unit: 'I/Os', why: 'the 99th percentile of fewer is one I/O' },
  },
  judge(view, limits) {
    const counted = view
      .datasets('histogram', 'biolatency')
      .flatMap((histogram) => latenciesOfHistogram(view, histogram));
    const latencies =
      counted.length > 0
        ? counted
        : view.datasets('events', 'biosnoop').flatMap((events) => latenciesOfEvents(view, events, limits.slow ?? 0));
    return latencies.flatMap((each) => verdictOf(view, limits, each));
  },
};

/** Of one disk, in microseconds. */
interface Latency {
  disk: string;
  total: number;
  p99: number;
  words: string;
  /** How it is spread, where that tells more than the percentile. */
  detail: string | null;
  source: number;
  intervals: Interval[];
}

/** What one report, or one second, says by itself. */
interface Interval {
  at: number;
  total: number;
  p99: number;
  words: string;
}

function latenciesOfHistogram(view: View, histogram: Histogram): Latency[] {
  const usecs = usecsPer(histogram.unit);
  if (usecs === null) return [];
  const disks = bucketsByDisk(histogram);
  const nameOf = diskNames(view, [...disks.keys()]);
  return [...disks].flatMap(([printed, buckets]) => {
    const p99 = atLeast(buckets, 99, usecs);
    if (p99 === null) return [];
    const intervals = histogram.cumulative ? [] : intervalsOf(histogram, printed, usecs);
    const words = percentileInWords(buckets, 99, usecs);
    const detail = mixtureInWords(buckets, usecs, 'I/O');
    return [
      { disk: nameOf(printed), total: bucketTotal(buckets), p99, words, detail, source: histogram.source, intervals },
    ];
  });
}

function intervalsOf(histogram: Histogram, disk: string, usecs: number): Interval[] {
  const reports = new Map<number, number[]>();
  histogram.labels.forEach((labels, group) => {
    const at = timeAt(histogram.at, group);
    if (at !== null && diskOf(labels) === disk) addTo(reports, at, group);
  });
  return [...reports].flatMap(([at, each]) => {
    const merged = mergedBuckets(histogram, each);
    const p99 = atLeast(merged, 99, usecs);
    return p99 === null ? [] : [{ at, total: bucketTotal(merged), p99, words: percentileInWords(merged, 99, usecs) }];
  });
}

function latenciesOfEvents(view: View, events: Events, slow: number): Latency[] {
  return [...iosByDisk(view, events)].map(([disk, ios]) => {
    const seconds = new Map<number, Timed[]>();
    for (const io of ios) {
      const at = timeAt(events.at, io.row);
      if (at !== null) addTo(seconds, Math.floor(at), io);
    }
    const beat = beatOf(
      events,
      ios.filter(({ usecs }) => usecs >= slow).map(({ row }) => row),
    );
    const detail = beat === null ? null : `The slow ones are no steady tail: ${beat}.`;
    const intervals = [...seconds].map(([at, each]) => ({ at, ...p99Of(each) }));
    return { disk, ...p99Of(ios), detail, source: events.source, intervals };
  });
}

function verdictOf(
  view: View,
  { slow = 0, fast = 0, inARow = 0, least = 0 }: Readonly<Record<string, number>>,
  { disk, total, p99, words, detail, source, intervals }: Latency,
): Verdict[] {
  if (total < least) return [];
  const bad = intervals.filter((each) => each.total >= least && each.p99 >= slow);
  const of = disk === '' ? '' : ` of ${disk}`;
  const numbers = [
    { label: 'I/O p99, at least', value: p99, unit: 'us' },
    { label: 'I/Os', value: total, unit: '' },
  ];
  const evidence = allOf(source);
  const told = `${words} over ${commas(total)} I/Os`;
  if (p99 < fast && bad.length === 0)
    return [ruledOut(`disk latency${of}${measured(view, source)}: ${told}`, numbers, evidence)];
  if (p99 < slow && bad.length < inARow) return [];
  const worst = bad.reduce((a, b) => (b.p99 > a.p99 ? b : a), bad[0] as Interval);
  const burst = `${worst?.words} in the worst of ${bad.length} slow seconds; ${words} over all ${commas(total)} I/Os`;
  return [
    {
      verdict: 'found',
      severity: Math.max(p99, p99 < slow ? worst.p99 : 0) >= 5 * slow ? 'critical' : 'warning',
      ...(disk === '' ? {} : { subject: disk }),
      title: `Disk I/O${of} is slow: ${p99 < slow ? burst : told}`,
      detail: detail ?? 'One hill with a long tail: queueing, or a device at its limit.',
      since: bad[0]?.at ?? null,
      until: bad.at(-1)?.at ?? null,
      numbers,
      evidence,
      next: 'coldflame collect --tool biosnoop,biostacks,iostat',
    },
  ];
}

/** Both tools leave out the wait in the queue unless -Q asks for it: a saturated disk can look fast to them. */
function measured(view: View, source: number): string {
  const run = view.capture.sources[source]?.run ?? null;
  const command = run === null ? undefined : view.capture.manifest?.runs[run]?.command;
  return command === undefined || /\s-\w*Q/.test(command) ? '' : ' from issue to completion';
}

/** `vda`, and of a program of our own, whose maps have two keys, `254:0`. */
function diskOf({ disk, 'key 1': major, 'key 2': minor }: Readonly<Record<string, string>>): string {
  return disk ?? (major === undefined || minor === undefined ? '' : `${major}:${minor}`);
}

/** What was counted for each disk; the empty name where the tool did not tell disks apart. */
function bucketsByDisk(histogram: Histogram): Map<string, Bucket[]> {
  const disks = groupsOf(histogram.labels.keys(), (group) => diskOf(histogram.labels[group] as Record<string, string>));
  return new Map(
    [...disks].map(([disk, groups]) => [disk, allBuckets({ ...histogram, ...withGroups(histogram, groups) })]),
  );
}

function p99Of(ios: readonly Timed[]): { total: number; p99: number; words: string } {
  const p99 = percentile(
    ios.map(({ usecs }) => usecs),
    99,
  );
  return { total: ios.length, p99, words: `p99 ${usecsText(p99)}` };
}

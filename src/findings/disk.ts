/** Disks: saturation by queue, utilization and latency together, never by utilization alone. */

import { shareText, significant } from '../datasets/amounts.ts';
import { timeAt } from '../datasets/columns.ts';
import { extent } from '../datasets/extent.ts';
import { groupsOf } from '../datasets/groups.ts';
import { diskLatency } from './disk-latency.ts';
import { heaviestUser } from './disk-users.ts';
import { type Found, type Rule, ruledOut } from './rule.ts';
import { mean, type Track, type View, whole } from './view.ts';

/** A device's tracks by metric, over the names that versions of iostat gave them. */
interface Device {
  name: string;
  util: Track;
  queue: Track | undefined;
  awaits: Track[];
  /** How many reports there were: iostat -z leaves a device out of those in which it was idle. */
  reports: number;
}

function devices(view: View): Device[] {
  const [queues, awaits] = [
    byDevice(view, 'aqu-sz', 'avgqu-sz'),
    byDevice(view, 'await', 'r_await', 'w_await', 'f_await'),
  ];
  const reports = new Map<number, number>();
  for (const { source, values } of view.tracks('iostat', '%idle', '%util'))
    reports.set(source, Math.max(values.length, reports.get(source) ?? 0));
  return view
    .tracks('iostat', '%util')
    .filter(({ values }) => values.length > 0)
    .map((util) => ({
      name: util.labels.Device ?? '?',
      util,
      queue: queues.get(deviceOf(util))?.[0],
      awaits: awaits.get(deviceOf(util)) ?? [],
      reports: reports.get(util.source) ?? 0,
    }));
}

function byDevice(view: View, ...names: string[]): Map<string, Track[]> {
  return groupsOf(view.tracks('iostat', ...names), deviceOf);
}

/** Two files of iostat may be of two hosts. */
function deviceOf({ source, labels }: Track): string {
  return `${source} ${labels.Device}`;
}

/** The reports in which the device was busy, had a queue and was slow, all three. */
function saturatedIntervals(
  { util, queue, awaits }: Device,
  limits: { util: number; queue: number; slow: number },
): number[] {
  return [...util.values.keys()].filter((i) => {
    const slowest = Math.max(0, ...awaits.map(({ values }) => values[i] ?? 0));
    const isBusy = (util.values[i] as number) >= limits.util && (queue?.values[i] ?? 0) >= limits.queue;
    return isBusy && slowest >= limits.slow;
  });
}

function longestRun(hits: readonly number[]): number {
  let [longest, run] = [0, 0];
  for (const [i, hit] of hits.entries()) {
    run = hit - 1 === hits[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

const saturated: Rule = {
  name: 'disk-saturated',
  subsystem: 'disk',
  topic: 'disk saturation',
  about:
    'A disk that is busy nearly all the time, with a queue, and with latency above what the device gives at rest. Utilization alone proves nothing for devices that serve many requests at once: all three must agree.',
  tools: ['iostat'],
  thresholds: {
    util: {
      value: 80,
      unit: '% busy',
      why: 'iostat(1): near 100 % is saturation for devices that serve one request at a time; 80 % leaves room for averaging',
    },
    queue: { value: 1, unit: 'requests', why: 'more than one request in the queue on average is waiting' },
    await: { value: 10, unit: 'ms', why: 'above a disk seek; flash answers within 1 ms' },
    share: { value: 0.5, unit: 'of the intervals', why: 'a condition of half the window is no burst' },
    inARow: {
      value: 3,
      unit: 'intervals in a row',
      why: 'whoever waits for a disk through three reports of a second waits for seconds, however calm the rest was',
    },
  },
  judge(view, { util = 0, queue = 0, await: slow = 0, share = 0, inARow = 0 }) {
    const all = devices(view);
    if (all.length === 0) return [];
    const found = all.flatMap((device): Found[] => {
      const hits = saturatedIntervals(device, { util, queue, slow });
      if (hits.length < share * device.reports && longestRun(hits) < inARow) return [];
      const over = (track: Track) => mean(hits.map((hit) => track.values[hit] as number));
      const [busy, waiting] = [over(device.util), device.queue === undefined ? 0 : over(device.queue)];
      const latency = Math.max(...device.awaits.map(over));
      const [first, last] = [hits[0] as number, hits.at(-1) as number];
      const lines: [number, number] = [device.util.lines[first] as number, device.util.lines[last] as number];
      const when = hits.length < share * device.reports ? ` for ${hits.length} of ${device.reports} intervals` : '';
      const user = heaviestUser(view, device.name, [timeAt(device.util.at, first), timeAt(device.util.at, last)]);
      return [
        {
          verdict: 'found',
          severity: latency >= 5 * slow ? 'critical' : 'warning',
          subject: device.name,
          title: `Disk ${device.name} is saturated${when}: ${significant(busy)} % busy, queue ${significant(waiting)}, await ${significant(latency)} ms${user === null ? '' : `, most for ${user.process}`}`,
          detail:
            `Busy above ${util} % in ${shareText(hits.length / device.reports)} of the intervals, and requests wait for one another: the numbers are of those. ${user === null ? '' : `${user.says}.`}`.trim(),
          since: timeAt(device.util.at, first),
          until: timeAt(device.util.at, last),
          numbers: [
            { label: 'busy, mean', value: busy, unit: '%' },
            { label: 'queue, mean', value: waiting, unit: 'requests' },
            { label: 'await, mean', value: latency, unit: 'ms' },
          ],
          evidence: [{ source: device.util.source, lines }, ...(user?.evidence ?? [])],
          next: 'coldflame collect --tool biosnoop,biolatency,offcputime',
        },
      ];
    });
    if (found.length > 0) return found;
    const [, busiest] = extent(all.map((device) => mean(device.util.values)));
    return busiest >= util
      ? []
      : [
          ruledOut(
            `disk saturation: the busiest of ${all.length} devices was ${significant(busiest)} % busy on average`,
            [{ label: 'busiest device, mean', value: busiest, unit: '%' }],
            all.map(({ util: track }) => whole(track)),
          ),
        ];
  },
};

export const diskRules: readonly Rule[] = [saturated, diskLatency];

/** Limits of control groups: who stands still by its own limit while the host has CPUs and disks to spare. */

import { commas, shareText, significant, usecsText } from '../datasets/amounts.ts';
import { timeAt } from '../datasets/columns.ts';
import { itemsIn } from '../datasets/counts.ts';
import type { Counts } from '../datasets/shapes.ts';
import { allOf } from './rows.ts';
import { type Found, type Rule, ruledOut, type Verdict } from './rule.ts';
import { type Track, type View, whole } from './view.ts';

/** A group over the window: its counters are since it was made, so that only their growth tells. */
interface Limited {
  group: string;
  periods: number;
  throttled: number;
  /** Microseconds, summed over the CPUs that the group was taken off. */
  time: number;
  /** In CPUs; null where the files that tell it are not there. */
  limit: number | null;
  since: number | null;
  evidence: Track;
}

function limitedGroups(view: View): Limited[] {
  return view.tracks('throttled', 'nr_periods').flatMap((track): Limited[] => {
    const of = (...names: string[]) =>
      view
        .tracks('throttled', ...names)
        .find(({ source, labels }) => source === track.source && labels.group === track.labels.group);
    const throttled = of('nr_throttled');
    const time = of('throttled_usec', 'throttled_time');
    const periods = growth(track);
    if (throttled === undefined || periods <= 0) return [];
    const [quota, period] = [of('quota')?.values.at(-1), of('period')?.values.at(-1)];
    const began = throttled.values.findIndex((value, i) => i > 0 && value > (throttled.values[i - 1] as number));
    return [
      {
        group: track.labels.group ?? 'of this file',
        periods,
        throttled: growth(throttled),
        time: time === undefined ? 0 : growth(time) * (time.unit === 'ns' ? 1e-3 : 1),
        limit: quota === undefined || !period ? null : quota / period,
        since: timeAt(throttled.at, began),
        evidence: throttled,
      },
    ];
  });
}

function growth({ values }: Track): number {
  return (values.at(-1) ?? 0) - (values[0] ?? 0);
}

const cpuThrottled: Rule = {
  name: 'cpu-throttled',
  subsystem: 'container',
  topic: 'CPU limits of control groups',
  about:
    'Control groups whose threads all stood still because the group had used up the CPU time of its period (cpu.stat nr_throttled, nr_periods), though CPUs may have been idle. It shows as latency in steps of the period, and no process list tells it.',
  tools: ['throttled'],
  thresholds: {
    share: {
      value: 0.25,
      unit: 'of the periods in which the group ran',
      why: 'as CPUThrottlingHigh, the alert of kubernetes-mixin: limits that are only touched now and then are what they are for',
    },
    least: { value: 20, unit: 'periods', why: 'two seconds of work at the default of 100 ms' },
    time: {
      value: 100_000,
      unit: 'us of standing still for each second of such periods',
      why: 'a tenth of the time; a group may be throttled for the last millisecond of each period and lose nothing',
    },
  },
  judge(view, { share = 0, least = 0, time = 0 }) {
    const groups = limitedGroups(view);
    const found = groups.filter(
      (group) =>
        group.periods >= least &&
        group.throttled >= share * group.periods &&
        group.time >= (time * group.periods * PERIOD) / 1e6,
    );
    if (found.length > 0) return found.sort((a, b) => b.time - a.time).map(foundOf);
    const source = view.capture.sources.findIndex(({ tool }) => tool === 'throttled');
    return source < 0 ? [] : [belowLimits(groups, source)];
  },
};

/** Microseconds of a period where nobody set another. */
const PERIOD = 100_000;

function foundOf({ group, periods, throttled, time, limit, since, evidence }: Limited): Found {
  const of = limit === null ? '' : ` of ${significant(limit)} ${limit === 1 ? 'CPU' : 'CPUs'}`;
  return {
    verdict: 'found',
    severity: throttled >= 0.75 * periods ? 'critical' : 'warning',
    subject: group,
    title: `Control group ${group} is held back by its CPU limit${of}: in ${shareText(throttled / periods)} of its periods, ${usecsText(time)} in all`,
    detail:
      'Each time all its threads stand still until the next period begins, whatever CPUs are idle. The time is summed over the CPUs that it was taken off.',
    since,
    numbers: [
      { label: 'periods throttled', value: throttled, unit: '' },
      { label: 'periods', value: periods, unit: '' },
      { label: 'throttled', value: time / 1e6, unit: 's' },
    ],
    evidence: [evidence.lines[0], evidence.lines.at(-1)].map((line) => ({
      source: evidence.source,
      lines: [line as number, line as number],
    })),
    next: 'raise its limit (cpu.max, CPUQuota=, resources.limits.cpu), or let it run fewer threads at once; coldflame collect --tool runqlat,perf',
  };
}

function belowLimits(groups: readonly Limited[], source: number): Verdict {
  const [worst] = [...groups].sort((a, b) => b.throttled / b.periods - a.throttled / a.periods);
  const title =
    worst === undefined
      ? 'CPU limits of control groups: none that has one ran'
      : `CPU limits of control groups: of ${commas(groups.length)} with one, ${worst.group} was held back most, in ${shareText(worst.throttled / worst.periods)} of ${commas(worst.periods)} periods`;
  return ruledOut(title, [], worst === undefined ? allOf(source) : [whole(worst.evidence)]);
}

const ioThrottled: Rule = {
  name: 'io-throttled',
  subsystem: 'container',
  topic: 'disk limits of control groups',
  about:
    'Control groups whose disk requests are held back by their own limit (blkthrot): they wait although the disk may be idle, and iostat looks healthy.',
  closer: true,
  tools: ['blkthrot'],
  thresholds: {
    share: {
      value: 0.1,
      unit: 'of the requests of the group',
      why: 'one in ten that waits for its budget is what its programs feel; a limit that is touched now and then does its work',
    },
    least: { value: 100, unit: 'requests of the group', why: 'a share of fewer is chance' },
  },
  judge(view, { share = 0, least = 0 }) {
    const maps = view.datasets('counts', 'blkthrot');
    const [held, passed] = [requestsBy(maps, '@throttled'), requestsBy(maps, '@notthrottled')];
    const groups = [...held].map(([group, { sum, lines }]) => {
      return { group, waited: sum, all: sum + (passed.get(group)?.sum ?? 0), lines };
    });
    const source = maps[0]?.source;
    if (source === undefined) return [];
    const found = groups.filter(({ waited, all }) => all >= least && waited >= share * all);
    if (found.length === 0) {
      const title = `disk limits of control groups: ${commas(groups.reduce((sum, { waited }) => sum + waited, 0))} requests held back`;
      return [ruledOut(title, [], allOf(source))];
    }
    return found.map(
      ({ group, waited, all, lines }): Found => ({
        verdict: 'found',
        severity: 'warning',
        subject: group,
        title: `The control group with inode ${group} is held back by its disk limit: ${commas(waited)} of ${commas(all)} requests waited`,
        detail: 'They wait for the budget of the group (io.max), not for the disk.',
        since: null,
        numbers: [{ label: 'requests held back', value: waited, unit: '' }],
        evidence: lines.map((line) => ({ source, lines: [line, line] })),
        next: `find /sys/fs/cgroup -inum ${group}`,
      }),
    );
  },
};

/** Of each group, how many requests a map of blkthrot counted, and the lines that say so. */
function requestsBy(maps: readonly Counts[], title: string): Map<string, { sum: number; lines: number[] }> {
  const groups = new Map<string, { sum: number; lines: number[] }>();
  for (const map of maps.filter((each) => each.title === title))
    for (const { key, value, line } of itemsIn(map)) {
      const name = key.join(' ');
      const group = groups.get(name) ?? { sum: 0, lines: [] };
      groups.set(name, group);
      group.sum += value;
      group.lines.push(line);
    }
  return groups;
}

export const throttledRules: readonly Rule[] = [cpuThrottled, ioThrottled];

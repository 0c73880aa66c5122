/**
 * What a control group counts of its CPU time and of the limit on it: cpu.stat and cpu.max, of version 1 too, one file or
 * several behind the names that head and grep put before them, a report or one after another with `date +%T` or /proc/uptime above each:
 *
 *     14:03:20
 *     /sys/fs/cgroup/shop.slice/cpu.max:50000 100000
 *     /sys/fs/cgroup/shop.slice/cpu.stat:nr_periods 1043
 *     /sys/fs/cgroup/shop.slice/cpu.stat:nr_throttled 871
 *     /sys/fs/cgroup/shop.slice/cpu.stat:throttled_usec 40201337
 *
 * Version 1 counts `throttled_time` in nanoseconds. https://docs.kernel.org/admin-guide/cgroup-v2.html,
 * https://docs.kernel.org/scheduler/sched-bwc.html
 */
import type { Dataset } from '../../datasets/shapes.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { lineReader } from '../lines.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { isReadingTime, ReadingTime } from './reading-time.ts';

// /sys/fs/cgroup/shop.slice/cpu.stat:nr_periods 1043        cpu.max:max 100000        /sys/fs/cgroup/cpu/shop/cpu.cfs_quota_us:-1
const NAMED = /^((?:.*\/)?cpu\.(?:stat|max|cfs_quota_us|cfs_period_us)):(.*)$/;
// ==> /sys/fs/cgroup/shop.slice/cpu.stat <==
const FILE = /^==> (.*cpu\.(?:stat|max|cfs_quota_us|cfs_period_us)) <==$/;
// usage_usec 57026844        nr_throttled 12        core_sched.force_idle_usec 0
const STATISTIC = /^([a-z][a-z_.]{1,40}) (\d{1,20})$/;
// 50000 100000        max 100000        -1
const LIMIT = /^(max|-1|\d{1,20})(?: (\d{1,20}))?$/;
const UNITS: readonly [suffix: RegExp, unit: string][] = [
  [/_usec$/, 'us'],
  [/_time$/, 'ns'],
];

export const cgroup: Grammar = {
  name: 'cgroup',

  claims(head) {
    const lines = firstLines(head);
    const [first = '', second = ''] = isReadingTime(lines[0] ?? '') ? lines.slice(1) : lines;
    return NAMED.test(first) || (FILE.test(first) && second !== '') || /^(?:usage_usec|nr_periods) \d+$/.test(first);
  },

  reader(context: ParseContext) {
    const series = new SeriesBuilder();
    const time = new ReadingTime();
    let path = 'cpu.stat';

    return lineReader({
      line(line, number) {
        if (isPreamble(line)) return 'noise';
        const file = FILE.exec(line)?.[1];
        if (file !== undefined) path = file;
        if (file !== undefined || time.take(line)) return 'read';
        const [, of = path, rest = line] = NAMED.exec(line) ?? [];
        const facts = { at: time.at, line: number, sinceBoot: false, labels: labelsOf(of) };
        const values = of.endsWith('cpu.stat') ? statistic(rest) : limit(of, rest);
        if (values === null) return { unread: 'not of cpu.stat, not of a CPU limit' };
        for (const [name, unit, value] of values) series.add(name, unit, value, facts);
        return 'read';
      },
      end() {
        const dataset: Dataset = {
          shape: 'series',
          source: 0,
          tool: context.tool ?? 'throttled',
          title: 'CPU limits of control groups',
          clock: time.clock,
          metrics: series.build(),
        };
        return { datasets: dataset.metrics.length === 0 ? [] : [dataset] };
      },
    });
  },
};

type Value = [name: string, unit: string, value: number];

function statistic(text: string): Value[] | null {
  const [, name = '', digits] = STATISTIC.exec(text) ?? [];
  if (digits === undefined) return null;
  const unit = UNITS.find(([suffix]) => suffix.test(name))?.[1] ?? '';
  return [[name, unit, Number(digits)]];
}

/** Quota and period, in microseconds; a group without a limit has no quota. */
function limit(path: string, text: string): Value[] | null {
  const [, first, second] = LIMIT.exec(text) ?? [];
  if (first === undefined) return null;
  const period = path.endsWith('cfs_period_us') ? first : second;
  const quota = path.endsWith('cfs_period_us') || first === 'max' || first === '-1' ? undefined : first;
  return [
    ...(quota === undefined ? [] : [['quota', 'us', Number(quota)] satisfies Value]),
    ...(period === undefined ? [] : [['period', 'us', Number(period)] satisfies Value]),
  ];
}

/** The group as systemd and Kubernetes call it: less the mount, and of version 1 less the controllers' own folder. */
function labelsOf(path: string): Record<string, string> {
  if (!path.includes('/')) return {};
  const folder = path.slice(0, path.lastIndexOf('/'));
  return { group: folder.replace(/^.*\/cgroup(?:\/unified|\/cpu,cpuacct|\/cpuacct,cpu|\/cpu)?(?=\/|$)\/?/, '') || '/' };
}

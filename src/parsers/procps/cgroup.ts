/**
 * What control groups may use, use and count: the files of their folders, of version 2, and of version 1 those of the CPU. One file
 * or several behind the names that head and grep put before them, a report or one after another with `date +%T` or
 * /proc/uptime above each:
 *
 *     14:03:20
 *     /sys/fs/cgroup/shop.slice/cpu.max:50000 100000
 *     /sys/fs/cgroup/shop.slice/cpu.stat:nr_periods 1043
 *     /sys/fs/cgroup/shop.slice/cpu.stat:nr_throttled 871
 *     /sys/fs/cgroup/shop.slice/cpu.stat:throttled_usec 40201337
 *     /sys/fs/cgroup/shop.slice/memory.events:oom_kill 2
 *     /sys/fs/cgroup/shop.slice/io.max:254:0 rbps=max wbps=1048576 riops=max wiops=max
 *     /sys/fs/cgroup/shop.slice/io.pressure:some avg10=1.50 avg60=0.20 avg300=0.00 total=57026844
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

const FILES = [
  'cpu\\.(?:stat|max|pressure|cfs_quota_us|cfs_period_us)',
  'memory\\.(?:min|low|high|max|current|peak|swap\\.max|swap\\.current|stat|events(?:\\.local)?|pressure)',
  'memory\\.(?:memsw\\.)?(?:usage|limit|max_usage|soft_limit)_in_bytes|memory\\.failcnt|cpuacct\\.usage',
  'io\\.(?:max|stat|pressure)|pids\\.(?:max|current|peak)',
].join('|');
// /sys/fs/cgroup/shop.slice/cpu.stat:nr_periods 1043        cpu.max:max 100000        /sys/fs/cgroup/cpu/shop/cpu.cfs_quota_us:-1
const NAMED = new RegExp(`^((?:.*/)?(?:${FILES})):(.*)$`);
// ==> /sys/fs/cgroup/shop.slice/cpu.stat <==
const FILE = new RegExp(`^==> (.*(?:${FILES})) <==$`);
/** memory.stat by itself begins so, of version 2 and of version 1. */
const MEMORY_STAT = /^(?:anon|cache) \d{1,20}$/;
// usage_usec 57026844        nr_throttled 12        core_sched.force_idle_usec 0        oom_kill 2
const STATISTIC = /^([a-z][a-z_.]{1,40}) (\d{1,20})$/;
// 50000 100000        max 100000        -1        104857600        max
const LIMIT = /^(max|-1|\d{1,20})(?: (\d{1,20}))?$/;
// 254:0 rbps=max wbps=1048576 riops=max wiops=20        254:0 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0
const DEVICE = /^(\d{1,9}:\d{1,9})((?: [a-z_.]{1,30}=(?:max|\d{1,20}|\d{1,12}\.\d{1,6}))+)$/;
// some avg10=1.50 avg60=0.20 avg300=0.00 total=57026844
const PRESSURE = /^(some|full)((?: (?:avg10|avg60|avg300|total)=\d{1,20}(?:\.\d{1,6})?)+)$/;
const UNITS: readonly [suffix: RegExp, unit: string][] = [
  [/_usec$/, 'us'],
  [/_time$/, 'ns'],
  [/^avg/, '%'],
  [/^total$/, 'us'],
  [/bytes$/, 'bytes'],
  [/bps$/, 'bytes/s'],
  [/iops$/, '/s'],
];

const AMOUNT_UNITS: readonly [files: RegExp, unit: string][] = [
  [/^memory\.failcnt$/, ''],
  [/^memory\./, 'bytes'],
  [/^cpuacct\.usage$/, 'ns'],
];
/** Version 1 writes the largest number of whole pages where there is no limit: 9223372036854771712. */
const NO_LIMIT = 2 ** 63 - 2 ** 16;

export const cgroup: Grammar = {
  name: 'cgroup',

  claims(head) {
    const lines = firstLines(head);
    const [first = '', second = ''] = isReadingTime(lines[0] ?? '') ? lines.slice(1) : lines;
    if (MEMORY_STAT.test(first)) return STATISTIC.test(second);
    return NAMED.test(first) || (FILE.test(first) && second !== '') || /^(?:usage_usec|nr_periods) \d+$/.test(first);
  },

  begins: {
    like: /^(?:(?:usage_usec|nr_periods|anon|cache) \d|==> |(?:.{0,400}\/)?(?:cpu|cpuacct|memory|io|pids)\.[a-z_.]{3,30}:)/,
    sure: (lines) => cgroup.claims({ lines, complete: false }),
  },

  reader(context: ParseContext) {
    const series = new SeriesBuilder();
    const time = new ReadingTime();
    let path = 'cpu.stat';

    return lineReader({
      line(line, number) {
        if (isPreamble(line)) return 'noise';
        if (!path.includes('/') && MEMORY_STAT.test(line)) path = 'memory.stat';
        const file = FILE.exec(line)?.[1];
        if (file !== undefined) path = file;
        if (file !== undefined || time.take(line)) return 'read';
        const [, of = path, rest = line] = NAMED.exec(line) ?? [];
        const facts = { at: time.at, line: number, sinceBoot: false, labels: labelsOf(of) };
        const values = valuesOf(of, rest);
        if (values === null) return { unread: `not as ${of.split('/').at(-1)} is written` };
        for (const { name, unit, value, labels } of values)
          series.add(
            name,
            unit,
            value,
            labels === undefined ? facts : { ...facts, labels: { ...facts.labels, ...labels } },
          );
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

interface Value {
  name: string;
  unit: string;
  value: number;
  labels?: Record<string, string>;
}

/** Names are those of the file's own keys; keys that several files have, and values without one, have the file's before them. */
function valuesOf(path: string, text: string): Value[] | null {
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (file === 'cpu.stat') return statistic(text, '');
  if (file === 'memory.stat' || file.startsWith('memory.events')) return statistic(text, `${file}.`);
  if (file.endsWith('.pressure')) return pressure(file, text);
  if (file === 'io.max' || file === 'io.stat') return perDevice(file, text);
  if (file.startsWith('cpu.')) return cpuLimit(file, text);
  return amount(file, text);
}

function statistic(text: string, before: string): Value[] | null {
  const [, name = '', digits] = STATISTIC.exec(text) ?? [];
  return digits === undefined ? null : [{ name: before + name, unit: unitOf(name), value: Number(digits) }];
}

function unitOf(name: string): string {
  return UNITS.find(([suffix]) => suffix.test(name))?.[1] ?? '';
}

/** Quota and period, in microseconds; a group without a limit has no quota. */
function cpuLimit(file: string, text: string): Value[] | null {
  const [, first, second] = LIMIT.exec(text) ?? [];
  if (first === undefined) return null;
  const period = file === 'cpu.cfs_period_us' ? first : second;
  const quota = file === 'cpu.cfs_period_us' || first === 'max' || first === '-1' ? undefined : first;
  const values: [string, string | undefined][] = [
    ['quota', quota],
    ['period', period],
  ];
  return values.flatMap(([name, digits]) =>
    digits === undefined ? [] : [{ name, unit: 'us', value: Number(digits) }],
  );
}

/** A limit or what is used of it: `max` is none. */
function amount(file: string, text: string): Value[] | null {
  const [, digits, more] = LIMIT.exec(text) ?? [];
  if (digits === undefined || more !== undefined) return null;
  return digits === 'max' || digits === '-1' || Number(digits) >= NO_LIMIT
    ? []
    : [{ name: file, unit: AMOUNT_UNITS.find(([files]) => files.test(file))?.[1] ?? '', value: Number(digits) }];
}

function perDevice(file: string, text: string): Value[] | null {
  const [, device = '', pairs] = DEVICE.exec(text) ?? [];
  if (pairs === undefined) return null;
  return pairsOf(pairs)
    .filter(([, value]) => value !== 'max')
    .map(([name, value]) => ({
      name: `${file}.${name}`,
      unit: unitOf(name),
      value: Number(value),
      labels: { device },
    }));
}

function pressure(file: string, text: string): Value[] | null {
  const [, share = '', pairs] = PRESSURE.exec(text) ?? [];
  if (pairs === undefined) return null;
  const labels = { resource: file.slice(0, file.indexOf('.')), share };
  return pairsOf(pairs).map(([name, value]) => ({ name, unit: unitOf(name), value: Number(value), labels }));
}

/** ` rbps=max wbps=1048576` */
function pairsOf(text: string): [name: string, value: string][] {
  return text
    .trim()
    .split(' ')
    .map((pair) => pair.split('=') as [string, string]);
}

/** The group as systemd and Kubernetes call it: less the mount, and of version 1 less the controllers' own folder. */
function labelsOf(path: string): Record<string, string> {
  if (!path.includes('/')) return {};
  const folder = path.slice(0, path.lastIndexOf('/'));
  return {
    group:
      folder.replace(
        /^.*\/cgroup(?:\/(?:unified|cpu,cpuacct|cpuacct,cpu|cpu|cpuacct|memory|blkio|pids))?(?=\/|$)\/?/,
        '',
      ) || '/',
  };
}

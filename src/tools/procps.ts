/**
 * What procps prints, and the files of /proc and of control groups that it reads.
 * https://docs.kernel.org/filesystems/proc.html, https://docs.kernel.org/accounting/psi.html,
 * https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
import type { SignalName } from '../datasets/signals.ts';
import { columns, field, number, percent, processName, stateOfProcess, telling, tellingEach, text } from './columns.ts';
import type { ColumnMeaning, Columns, Telling } from './tool.ts';

const kibibytes: ColumnMeaning = { type: 'number', unit: 'KiB', role: 'size' };
const size: ColumnMeaning = { type: 'number', role: 'size' };

export const meminfoColumns: Columns = tellingEach(kibibytes, {
  MemTotal: 'system.memory.limit',
  MemFree: 'system.memory.usage.free',
  MemAvailable: 'system.linux.memory.available',
  Buffers: 'system.memory.usage.buffers',
  Cached: 'system.memory.usage.cached',
  AnonPages: 'system.memory.usage.anonymous',
  Slab: 'system.memory.usage.slab',
  SUnreclaim: 'system.memory.usage.slab_unreclaimable',
  Shmem: 'system.memory.usage.shared',
  Dirty: 'system.memory.dirty',
  Writeback: 'system.memory.writeback',
  Committed_AS: 'system.memory.committed',
  SwapTotal: 'system.paging.limit',
  SwapFree: 'system.paging.free',
});

/** Stands for the first value that a label has in a table. */
export const FIRST = '*first';

/** The first row is memory, whatever a locale calls it. */
const ofMemory = { row: FIRST };
const ofSwap = { row: 'Swap' };

export const freeColumns: Columns = {
  total: of(['system.memory.limit', ofMemory], ['system.paging.limit', ofSwap]),
  used: of(['system.memory.usage.used', ofMemory], ['system.paging.usage', ofSwap]),
  free: of(
    ['system.memory.usage.free', ofMemory],
    ['system.paging.free', ofSwap],
    ['system.linux.memory.available', { row: '-/+ buffers/cache' }],
  ),
  buffers: of(['system.memory.usage.buffers', ofMemory]),
  cache: of(['system.memory.usage.cached', ofMemory]),
  cached: of(['system.memory.usage.cached', ofMemory]),
  'buff/cache': of(['system.memory.usage.cached', ofMemory]),
  available: of(['system.linux.memory.available', ofMemory]),
  shared: size,
};

function of(...tells: readonly (readonly [SignalName, Telling['where']])[]): ColumnMeaning {
  return { ...size, tells: tells.map(([signal, where]) => ({ signal, ...(where === undefined ? {} : { where }) })) };
}

/** Of threads that run, wait for a CPU or sleep uninterruptibly, damped over so many minutes. */
const loadAverages: ColumnMeaning = {
  ...number,
  tells: [
    { signal: 'system.cpu.load_average.1m', where: { minutes: '1' }, over: 60 },
    { signal: 'system.cpu.load_average.5m', where: { minutes: '5' }, over: 300 },
    { signal: 'system.cpu.load_average.15m', where: { minutes: '15' }, over: 900 },
  ],
};
/** The fourth field of /proc/loadavg counts whoever reads it too. */
export const loadColumns: Columns = {
  'load average': loadAverages,
  running: telling(number, 'system.cpu.run_queue.length'),
};

/** The lines above top's table. */
export const topSummary: Columns = {
  'load average': loadAverages,
  ...tellingEach(
    percent,
    {
      us: 'system.cpu.utilization.user',
      sy: 'system.cpu.utilization.system',
      ni: 'system.cpu.utilization.nice',
      id: 'system.cpu.utilization.idle',
      wa: 'system.cpu.utilization.iowait',
      hi: 'system.cpu.utilization.interrupt',
      si: 'system.cpu.utilization.softirq',
      st: 'system.cpu.utilization.steal',
    },
    { firstSinceStart: true },
  ),
  total: {
    ...number,
    tells: [
      { signal: 'system.memory.limit', where: { of: 'Mem' } },
      { signal: 'system.paging.limit', where: { of: 'Swap' } },
    ],
  },
  free: {
    ...number,
    tells: [
      { signal: 'system.memory.usage.free', where: { of: 'Mem' } },
      { signal: 'system.paging.free', where: { of: 'Swap' } },
    ],
  },
  used: {
    ...number,
    tells: [
      { signal: 'system.memory.usage.used', where: { of: 'Mem' } },
      { signal: 'system.paging.usage', where: { of: 'Swap' } },
    ],
  },
  // Older versions print what is available in its parts, the cache on the line of swap.
  buffers: telling(number, 'system.memory.usage.buffers', { where: { of: 'Mem' } }),
  cached: telling(number, 'system.memory.usage.cached', { where: { of: 'Swap' } }),
  'avail Mem': telling(number, 'system.linux.memory.available'),
};

/** The columns of top's table. Its first report is of the time since each process started. */
export const processColumns: Columns = columns(['PID', 'PPID', 'UID'], {
  USER: text,
  PR: text,
  NI: number,
  VIRT: telling(kibibytes, 'process.memory.virtual'),
  RES: telling(kibibytes, 'process.memory.usage'),
  SHR: kibibytes,
  S: stateOfProcess,
  '%CPU': telling(percent, 'process.cpu.utilization', { firstSinceStart: true }),
  '%MEM': percent,
  'TIME+': text,
  COMMAND: processName,
});

/** Those of ps, whose %CPU is over the life of the process. */
export const lifetimeColumns: Columns = columns(['PID', 'PPID', 'UID'], {
  USER: text,
  VSZ: telling(kibibytes, 'process.memory.virtual'),
  RSS: telling(kibibytes, 'process.memory.usage'),
  STAT: stateOfProcess,
  S: stateOfProcess,
  '%CPU': percent,
  '%MEM': percent,
  WCHAN: field(text, 'wait channel'),
  CGROUP: field(text, 'control group'),
  CGROUPS: field(text, 'control group'),
  COMMAND: processName,
  CMD: processName,
});

const RESOURCES = ['cpu', 'memory', 'io'] as const;
const SHARES = ['some', 'full'] as const;

/** `total` counts microseconds; the averages are the kernel's own, over ten seconds and more. */
export const pressureColumns: Columns = {
  total: { type: 'number', unit: 'us', tells: pressures() },
  avg10: { ...percent, tells: pressures({ over: 10 }) },
  avg60: percent,
  avg300: percent,
};

function pressures(how: Omit<Telling, 'signal' | 'where'> = {}): Telling[] {
  return RESOURCES.flatMap((resource) =>
    SHARES.flatMap((share): Telling[] => [
      { signal: `system.pressure.${resource}.${share}`, where: { resource, share }, ...how },
    ]),
  );
}

/** Of /proc/pressure. */
export const pressureCounters = /^total$/;

const bytes: ColumnMeaning = { type: 'number', unit: 'bytes', role: 'size' };

/**
 * The files of a control group, named by their keys; keys that several files have, and values without one, have the name of the
 * file before them. Of version 1 `throttled_time` counts nanoseconds, and quota and period have files of their own.
 */
export const cgroupColumns: Columns = {
  ...tellingEach(bytes, {
    'memory.current': 'cgroup.memory.usage',
    'memory.usage_in_bytes': 'cgroup.memory.usage',
    'memory.max': 'cgroup.memory.limit',
    'memory.limit_in_bytes': 'cgroup.memory.limit',
  }),
  ...tellingEach(number, {
    'memory.events.max': 'cgroup.memory.at_limit',
    'memory.failcnt': 'cgroup.memory.at_limit',
    'memory.events.high': 'cgroup.memory.throttled',
    'memory.events.oom_kill': 'cgroup.memory.oom_kills',
  }),
  ...tellingEach(number, {
    'io.stat.rbytes': 'cgroup.disk.io.read',
    'io.stat.wbytes': 'cgroup.disk.io.write',
    'io.stat.rios': 'cgroup.disk.operations.read',
    'io.stat.wios': 'cgroup.disk.operations.write',
  }),
  ...tellingEach(number, {
    'io.max.rbps': 'cgroup.disk.limit.io.read',
    'io.max.wbps': 'cgroup.disk.limit.io.write',
    'io.max.riops': 'cgroup.disk.limit.operations.read',
    'io.max.wiops': 'cgroup.disk.limit.operations.write',
  }),
  ...tellingEach(number, { 'pids.current': 'cgroup.pids.usage', 'pids.max': 'cgroup.pids.limit' }),
  total: { type: 'number', unit: 'us', tells: groupPressures() },
  avg10: { ...percent, tells: groupPressures({ over: 10 }) },
  ...tellingEach(number, { nr_periods: 'cgroup.cpu.periods', nr_throttled: 'cgroup.cpu.throttled_periods' }),
  ...tellingEach({ type: 'number', unit: 'us' }, { throttled_usec: 'cgroup.cpu.throttled_time' }),
  ...tellingEach({ type: 'number', unit: 'ns' }, { throttled_time: 'cgroup.cpu.throttled_time' }),
  ...tellingEach({ type: 'number', unit: 'us' }, { quota: 'cgroup.cpu.quota', period: 'cgroup.cpu.period' }),
};

/** Kernel: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst. */
export const cgroupCounters =
  /^(?:total|nr_(?:periods|throttled|bursts)|\w+_usec|(?:throttled|burst)_time|memory\.failcnt|memory\.stat\.(?:pg|workingset_(?:refault|activate|restore|nodereclaim)|thp_(?:fault|collapse)_).*|io\.stat\.[rwd](?:bytes|ios)|(?:memory|pids)\.events\..+)$/;

function groupPressures(how: Omit<Telling, 'signal' | 'where'> = {}): Telling[] {
  return (['memory', 'io'] as const).map(
    (resource): Telling => ({ signal: `cgroup.pressure.${resource}.some`, where: { resource, share: 'some' }, ...how }),
  );
}

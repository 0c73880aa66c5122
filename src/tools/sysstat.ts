/**
 * The columns of sysstat's tools, whose names are the same in every locale and differ between versions.
 * https://github.com/sysstat/sysstat, sar(1), mpstat(1), iostat(1), pidstat(1)
 */
import { each, number, percent, perSecond, pid, processName, telling, tellingEach, text } from './columns.ts';
import type { ColumnMeaning, Columns } from './tool.ts';

const kibibytes: ColumnMeaning = { type: 'number', unit: 'KiB', role: 'size' };
const kibibytesPerSecond: ColumnMeaning = { type: 'number', unit: 'KiB/s' };
const mebibytesPerSecond: ColumnMeaning = { type: 'number', unit: 'MiB/s' };
const milliseconds: ColumnMeaning = { type: 'number', unit: 'ms', role: 'duration' };
/** Sectors are of 512 bytes. */
const sectorsPerSecond: ColumnMeaning = { type: 'number', unit: 'sectors/s' };

const cpuStates = tellingEach(percent, {
  '%usr': 'system.cpu.utilization.user',
  '%user': 'system.cpu.utilization.user',
  '%nice': 'system.cpu.utilization.nice',
  '%sys': 'system.cpu.utilization.system',
  '%system': 'system.cpu.utilization.system',
  '%iowait': 'system.cpu.utilization.iowait',
  '%irq': 'system.cpu.utilization.interrupt',
  '%soft': 'system.cpu.utilization.softirq',
  '%steal': 'system.cpu.utilization.steal',
  '%idle': 'system.cpu.utilization.idle',
});

/** As `mpstat -o JSON` spells them. */
const cpuStatesOfJson = tellingEach(percent, {
  usr: 'system.cpu.utilization.user',
  sys: 'system.cpu.utilization.system',
  iowait: 'system.cpu.utilization.iowait',
  irq: 'system.cpu.utilization.interrupt',
  soft: 'system.cpu.utilization.softirq',
  steal: 'system.cpu.utilization.steal',
  idle: 'system.cpu.utilization.idle',
});

export const mpstatColumns: Columns = {
  CPU: text,
  NODE: text,
  CORE: number,
  SOCK: number,
  ...cpuStates,
  ...cpuStatesOfJson,
  ...each(percent, '%guest', '%gnice'),
  'intr/s': telling(perSecond, 'system.interrupts'),
};

const deviceColumns: Columns = {
  ...tellingEach(kibibytesPerSecond, { 'rkB/s': 'system.disk.io.read', 'wkB/s': 'system.disk.io.write' }),
  ...tellingEach(mebibytesPerSecond, { 'rMB/s': 'system.disk.io.read', 'wMB/s': 'system.disk.io.write' }),
  ...tellingEach(sectorsPerSecond, {
    'rsec/s': 'system.disk.io.read',
    'wsec/s': 'system.disk.io.write',
    'rd_sec/s': 'system.disk.io.read',
    'wr_sec/s': 'system.disk.io.write',
  }),
  ...tellingEach(number, {
    'aqu-sz': 'system.disk.pending_operations',
    'avgqu-sz': 'system.disk.pending_operations',
  }),
  await: telling(milliseconds, 'system.disk.operation_time'),
  ...tellingEach(percent, { '%util': 'system.disk.io_time', util: 'system.disk.io_time' }),
};

export const iostatColumns: Columns = {
  'Device:': text,
  Device: text,
  ...deviceColumns,
  ...tellingEach(perSecond, {
    'r/s': 'system.disk.operations.read',
    'w/s': 'system.disk.operations.write',
    tps: 'system.disk.operations',
  }),
  ...each(perSecond, 'd/s', 'f/s', 'rrqm/s', 'wrqm/s', 'drqm/s'),
  ...tellingEach(kibibytesPerSecond, { 'kB_read/s': 'system.disk.io.read', 'kB_wrtn/s': 'system.disk.io.write' }),
  ...tellingEach(mebibytesPerSecond, { 'MB_read/s': 'system.disk.io.read', 'MB_wrtn/s': 'system.disk.io.write' }),
  ...each(kibibytesPerSecond, 'dkB/s', 'kB_dscd/s'),
  ...each(mebibytesPerSecond, 'dMB/s', 'MB_dscd/s'),
  ...tellingEach(milliseconds, {
    r_await: 'system.disk.operation_time.read',
    w_await: 'system.disk.operation_time.write',
    f_await: 'system.disk.operation_time.flush',
  }),
  ...each(milliseconds, 'd_await', 'svctm'),
  ...each(kibibytes, 'rareq-sz', 'wareq-sz', 'dareq-sz', 'areq-sz', 'kB_read', 'kB_wrtn', 'kB_dscd'),
  'avgrq-sz': { type: 'number', unit: 'sectors' },
  ...each(percent, '%rrqm', '%wrqm', '%drqm'),
  ...cpuStates,
};

export const interfaceColumns: Columns = {
  IFACE: text,
  ...tellingEach(perSecond, {
    'rxpck/s': 'system.network.packets.receive',
    'txpck/s': 'system.network.packets.transmit',
  }),
  ...each(perSecond, 'rxcmp/s', 'txcmp/s', 'rxmcst/s'),
  ...tellingEach(kibibytesPerSecond, {
    'rxkB/s': 'system.network.io.receive',
    'txkB/s': 'system.network.io.transmit',
  }),
  '%ifutil': telling(percent, 'system.network.utilization'),
};

/** `sar -n EDEV`. */
const interfaceErrorColumns: Columns = {
  ...tellingEach(perSecond, {
    'rxerr/s': 'system.network.errors.receive',
    'txerr/s': 'system.network.errors.transmit',
    'rxdrop/s': 'system.network.dropped.receive',
    'txdrop/s': 'system.network.dropped.transmit',
  }),
  ...each(perSecond, 'coll/s', 'txcarr/s', 'rxfram/s', 'rxfifo/s', 'txfifo/s'),
};

export const tcpColumns: Columns = {
  ...tellingEach(perSecond, {
    'active/s': 'system.network.tcp.connections.opened',
    'passive/s': 'system.network.tcp.connections.accepted',
    'iseg/s': 'system.network.tcp.segments.received',
    'oseg/s': 'system.network.tcp.segments.sent',
    'atmptf/s': 'system.network.tcp.connections.failed',
    'estres/s': 'system.network.tcp.connections.reset',
  }),
  // The NFS client's table has a column of this name too.
  'retrans/s': telling(perSecond, 'system.network.tcp.retransmissions', { beside: 'atmptf/s' }),
  ...each(perSecond, 'isegerr/s', 'orsts/s'),
};

/** Pressure over the interval, as `sar -q ALL` prints it of version 12.3 on: %sio is some, %fio is full. */
const pressureColumns = tellingEach(percent, {
  '%scpu': 'system.pressure.cpu.some',
  '%smem': 'system.pressure.memory.some',
  '%fmem': 'system.pressure.memory.full',
  '%sio': 'system.pressure.io.some',
  '%fio': 'system.pressure.io.full',
});

/** Everything that sar prints and that is a signal; `sar-dev` and `sar-tcp` are tables of it. */
export const sarColumns: Columns = {
  CPU: text,
  ...cpuStates,
  ...deviceColumns,
  ...interfaceColumns,
  ...interfaceErrorColumns,
  ...tcpColumns,
  ...pressureColumns,
  DEV: text,
  tps: telling(perSecond, 'system.disk.operations', { beside: 'DEV' }),
  'runq-sz': telling(number, 'system.cpu.run_queue.length'),
  'plist-sz': telling(number, 'system.process.count'),
  'ldavg-1': telling(number, 'system.cpu.load_average.1m', { over: 60 }),
  'ldavg-5': telling(number, 'system.cpu.load_average.5m', { over: 300 }),
  'ldavg-15': telling(number, 'system.cpu.load_average.15m', { over: 900 }),
  blocked: telling(number, 'system.process.count.blocked'),
  ...tellingEach(perSecond, {
    'proc/s': 'system.process.created',
    'cswch/s': 'system.context_switches',
    'fault/s': 'system.paging.faults.minor',
    'majflt/s': 'system.paging.faults.major',
  }),
  'intr/s': telling(perSecond, 'system.interrupts', { where: { INTR: 'sum' } }),
  ...tellingEach(
    { type: 'number', unit: 'pages/s' },
    {
      'pswpin/s': 'system.paging.operations.in',
      'pswpout/s': 'system.paging.operations.out',
      'pgscank/s': 'system.paging.scan.kswapd',
      'pgscand/s': 'system.paging.scan.direct',
    },
  ),
  ...tellingEach(kibibytes, {
    kbmemfree: 'system.memory.usage.free',
    kbavail: 'system.linux.memory.available',
    kbmemused: 'system.memory.usage.used',
    kbbuffers: 'system.memory.usage.buffers',
    kbcached: 'system.memory.usage.cached',
    kbcommit: 'system.memory.committed',
    kbdirty: 'system.memory.dirty',
    kbanonpg: 'system.memory.usage.anonymous',
    kbslab: 'system.memory.usage.slab',
    kbswpused: 'system.paging.usage',
  }),
  '%memused': telling(percent, 'system.memory.utilization.used'),
  kbswpfree: telling(kibibytes, 'system.paging.free'),
  'dropd/s': telling(perSecond, 'system.network.softnet.dropped', { where: { CPU: 'all' } }),
  'squeezd/s': telling(perSecond, 'system.network.softnet.squeezed', { where: { CPU: 'all' } }),
  'file-nr': telling(number, 'system.file_handle.count'),
  FILESYSTEM: text,
  MOUNTPOINT: text,
  '%fsused': telling(percent, 'system.filesystem.utilization'),
  '%Iused': telling(percent, 'system.filesystem.inodes.utilization'),
};

const processRates = tellingEach(perSecond, {
  'minflt/s': 'process.paging.faults.minor',
  'majflt/s': 'process.paging.faults.major',
  'cswch/s': 'process.context_switches.voluntary',
  'nvcswch/s': 'process.context_switches.involuntary',
});

export const pidstatColumns: Columns = {
  UID: text,
  USER: text,
  PID: pid,
  TGID: pid,
  TID: pid,
  ...tellingEach(percent, {
    '%usr': 'process.cpu.utilization.user',
    '%system': 'process.cpu.utilization.system',
    '%wait': 'process.cpu.wait',
    '%CPU': 'process.cpu.utilization',
  }),
  ...each(percent, '%guest', '%MEM'),
  CPU: number,
  ...processRates,
  VSZ: telling({ type: 'number', unit: 'KiB', role: 'size' }, 'process.memory.virtual'),
  RSS: telling({ type: 'number', unit: 'KiB', role: 'size' }, 'process.memory.usage'),
  ...tellingEach(kibibytesPerSecond, { 'kB_rd/s': 'process.disk.io.read', 'kB_wr/s': 'process.disk.io.write' }),
  'kB_ccwr/s': kibibytesPerSecond,
  iodelay: telling({ type: 'number', unit: 'ticks' }, 'process.disk.wait', { amount: true }),
  threads: telling(number, 'process.thread.count'),
  'fd-nr': telling(number, 'process.open_file_descriptors'),
  Command: processName,
};

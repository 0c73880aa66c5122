/**
 * What is measured, whoever printed it. A signal is named as OpenTelemetry's semantic conventions name it where they do
 * (https://opentelemetry.io/docs/specs/semconv/system/), with the attribute's value behind it (`.read` of
 * `disk.io.direction=read`), and in the same manner where they do not: pressure, run queue, control groups, the latency
 * that tracers see. The rows of the catalogue say which of their columns is which signal.
 */
import type { SubjectKind } from './finding.ts';

interface Signal {
  /** The noun of the field, as it stands in tables and sentences. */
  label: string;
  /** `%` is of one: of all CPUs, of one CPU for a process, of the time. Empty for a plain count. */
  unit: Unit;
  /** What a value is of. The first is what a rule asks for unless it says otherwise. */
  scope: readonly [SubjectKind, ...SubjectKind[]];
  /** What more of it means for whoever waits; null where it means nothing by itself. */
  worse: 'more' | 'less' | null;
  /** A `gauge` is what it was at a moment, a `rate` the mean of an interval, an `event` one of many that were timed or counted. */
  kind: 'gauge' | 'rate' | 'event';
}

export type Unit = '%' | 'bytes' | 'bytes/s' | 's' | 'ms' | 'us' | '/s' | 'pages/s' | 'threads' | 'requests' | '';

const cpu = (label: string, worse: Signal['worse']): Signal => ({
  label,
  unit: '%',
  scope: ['host', 'cpu'],
  worse,
  kind: 'rate',
});
const memory = (label: string, worse: Signal['worse'] = null): Signal => ({
  label,
  unit: 'bytes',
  scope: ['host'],
  worse,
  kind: 'gauge',
});
const host = (label: string, unit: Unit, worse: Signal['worse'], kind: Signal['kind'] = 'rate'): Signal => ({
  label,
  unit,
  scope: ['host'],
  worse,
  kind,
});
const of =
  (...scope: readonly [SubjectKind, ...SubjectKind[]]) =>
  (label: string, unit: Unit, worse: Signal['worse'], kind: Signal['kind'] = 'rate'): Signal => ({
    label,
    unit,
    scope,
    worse,
    kind,
  });
const disk = of('disk');
const network = of('interface');
const tcp = of('tcp');
const process = of('process');
const cgroup = of('cgroup');

export const signals = {
  'system.cpu.utilization': cpu('CPU busy', 'more'),
  'system.cpu.utilization.user': cpu('CPU time in programs', null),
  'system.cpu.utilization.nice': cpu('CPU time in programs of low priority', null),
  'system.cpu.utilization.system': cpu('CPU time in the kernel', 'more'),
  'system.cpu.utilization.iowait': cpu('CPU idle, waiting for I/O', 'more'),
  'system.cpu.utilization.interrupt': cpu('CPU time in interrupts', 'more'),
  'system.cpu.utilization.softirq': cpu('CPU time in soft interrupts', 'more'),
  'system.cpu.utilization.steal': cpu('CPU time stolen by the hypervisor', 'more'),
  'system.cpu.utilization.idle': cpu('CPU idle', 'less'),
  'system.cpu.load_average.1m': host('load average, 1 minute', 'threads', 'more'),
  'system.cpu.load_average.5m': host('load average, 5 minutes', 'threads', 'more'),
  'system.cpu.load_average.15m': host('load average, 15 minutes', 'threads', 'more'),
  'system.cpu.run_queue.length': host('runnable threads', 'threads', 'more', 'gauge'),
  'system.cpu.logical.count': host('CPUs', '', null, 'gauge'),
  'system.process.count.blocked': host('threads in uninterruptible sleep', 'threads', 'more', 'gauge'),
  'system.process.count': host('threads', '', null, 'gauge'),
  'system.process.limit': host('limit of threads', '', null, 'gauge'),
  'system.process.created': host('new processes', '/s', 'more'),
  'system.context_switches': host('context switches', '/s', 'more'),
  'system.interrupts': host('interrupts', '/s', 'more'),
  'system.pressure.cpu.some': host('some task waited for a CPU', '%', 'more'),
  'system.pressure.cpu.full': host('all tasks waited for a CPU', '%', 'more'),
  'system.pressure.memory.some': host('some task waited for memory', '%', 'more'),
  'system.pressure.memory.full': host('all tasks waited for memory', '%', 'more'),
  'system.pressure.io.some': host('some task waited for I/O', '%', 'more'),
  'system.pressure.io.full': host('all tasks waited for I/O', '%', 'more'),

  'system.memory.limit': memory('memory'),
  'system.linux.memory.available': memory('memory available', 'less'),
  'system.memory.usage.free': memory('memory free'),
  'system.memory.usage.used': memory('memory used', 'more'),
  'system.memory.usage.cached': memory('page cache'),
  'system.memory.usage.buffers': memory('buffers'),
  'system.memory.usage.anonymous': memory('anonymous memory', 'more'),
  'system.memory.usage.slab': memory('kernel slabs', 'more'),
  'system.memory.usage.slab_unreclaimable': memory('kernel slabs that cannot be reclaimed', 'more'),
  'system.memory.usage.shared': memory('shared memory and tmpfs', 'more'),
  'system.memory.dirty': memory('dirty pages', 'more'),
  'system.memory.writeback': memory('pages being written back', 'more'),
  'system.memory.committed': memory('committed memory', 'more'),
  'system.memory.oom_kills': host('processes killed for lack of memory', '/s', 'more'),
  'system.memory.utilization': host('memory not available', '%', 'more', 'gauge'),
  'system.memory.utilization.used': host('memory used', '%', 'more', 'gauge'),
  'system.paging.limit': memory('swap space'),
  'system.paging.usage': memory('swap used', 'more'),
  'system.paging.free': memory('swap free', 'less'),
  'system.paging.operations.in': host('pages read from swap', 'pages/s', 'more'),
  'system.paging.operations.out': host('pages written to swap', 'pages/s', 'more'),
  'system.paging.faults.major': host('major page faults', '/s', 'more'),
  'system.paging.faults.minor': host('page faults', '/s', 'more'),
  'system.paging.refaults': host('pages read again soon after they were evicted', 'pages/s', 'more'),
  'system.paging.scan.direct': host('pages scanned by programs that need memory', 'pages/s', 'more'),
  'system.paging.scan.kswapd': host('pages scanned by kswapd', 'pages/s', 'more'),

  'system.disk.io_time': disk('busy', '%', 'more'),
  'system.disk.pending_operations': disk('requests queued', 'requests', 'more'),
  'system.disk.operation_time': disk('mean time of a request', 'ms', 'more'),
  'system.disk.operation_time.read': disk('mean time of a read', 'ms', 'more'),
  'system.disk.operation_time.write': disk('mean time of a write', 'ms', 'more'),
  'system.disk.operation_time.flush': disk('mean time of a flush', 'ms', 'more'),
  'system.disk.operations': disk('requests', '/s', null),
  'system.disk.operations.read': disk('reads', '/s', null),
  'system.disk.operations.write': disk('writes', '/s', null),
  'system.disk.io.read': disk('read', 'bytes/s', null),
  'system.disk.io.write': disk('written', 'bytes/s', null),
  'system.disk.operation.duration': disk('time of a request', 'us', 'more', 'event'),
  'system.filesystem.utilization': of('filesystem')('space used', '%', 'more', 'gauge'),
  'system.filesystem.inodes.utilization': of('filesystem')('inodes used', '%', 'more', 'gauge'),
  'system.filesystem.operation.duration': of('filesystem')('time of a file operation', 'us', 'more', 'event'),
  'system.filesystem.cache.hit_ratio': host('reads served by the page cache', '%', 'less'),
  'system.filesystem.cache.misses': host('reads that missed the page cache', '/s', 'more'),
  'system.file_handle.count': host('open file handles', '', 'more', 'gauge'),
  'system.file_handle.limit': host('limit of open file handles', '', null, 'gauge'),

  'system.network.io.receive': network('received', 'bytes/s', null),
  'system.network.io.transmit': network('sent', 'bytes/s', null),
  'system.network.packets.receive': network('packets received', '/s', null),
  'system.network.packets.transmit': network('packets sent', '/s', null),
  'system.network.utilization': network('share of the link speed', '%', 'more'),
  'system.network.errors.receive': network('receive errors', '/s', 'more'),
  'system.network.errors.transmit': network('transmit errors', '/s', 'more'),
  'system.network.dropped.receive': network('packets dropped on receive', '/s', 'more'),
  'system.network.dropped.transmit': network('packets dropped on transmit', '/s', 'more'),
  'system.network.softnet.dropped': host('packets dropped at the CPU backlog', '/s', 'more'),
  'system.network.softnet.squeezed': host('softirq runs that ended with packets left', '/s', 'more'),
  'system.network.tcp.segments.sent': tcp('TCP segments sent', '/s', null),
  'system.network.tcp.segments.received': tcp('TCP segments received', '/s', null),
  'system.network.tcp.retransmissions': tcp('TCP retransmits', '/s', 'more'),
  'system.network.tcp.connections.opened': tcp('TCP connections opened', '/s', null),
  'system.network.tcp.connections.accepted': tcp('TCP connections accepted', '/s', null),
  'system.network.tcp.connections.failed': tcp('TCP connections that failed', '/s', 'more'),
  'system.network.tcp.connections.reset': tcp('TCP connections reset', '/s', 'more'),
  'system.network.tcp.listen.overflows': tcp('listen queue overflows', '/s', 'more'),
  'system.network.tcp.listen.drops': tcp('connection requests dropped', '/s', 'more'),
  'system.network.tcp.listen.queue': tcp('connections waiting to be accepted', '', 'more', 'event'),
  'system.network.tcp.connections.time_wait': tcp('TCP connections in TIME_WAIT', '', 'more', 'gauge'),
  'system.network.tcp.connections.close_wait': tcp('TCP connections in CLOSE_WAIT', '', 'more', 'event'),
  'system.network.tcp.retransmission': tcp('TCP retransmit', '', 'more', 'event'),
  'system.network.tcp.drop': tcp('TCP segment dropped', '', 'more', 'event'),
  'system.network.tcp.connect.duration': tcp('time of a TCP connect', 'us', 'more', 'event'),
  'system.network.tcp.syn_backlog': tcp('SYN backlog at a connection request', '', 'more', 'event'),
  'system.network.socket.dropped.datagrams': host('datagrams dropped at a full receive buffer', '/s', 'more'),
  'system.network.socket.dropped.segments': host('TCP segments dropped at a full queue of a socket', '/s', 'more'),
  'system.network.conntrack.count': host('tracked connections', '', 'more', 'gauge'),
  'system.network.conntrack.limit': host('limit of tracked connections', '', null, 'gauge'),
  'dns.lookup.duration': of('dns')('time of a name lookup', 'us', 'more', 'event'),

  'process.cpu.utilization': process('CPU used', '%', 'more'),
  'process.cpu.utilization.user': process('CPU used in the program', '%', null),
  'process.cpu.utilization.system': process('CPU used in the kernel', '%', null),
  'process.cpu.wait': process('time runnable and not running', '%', 'more'),
  'process.memory.usage': process('resident memory', 'bytes', 'more', 'gauge'),
  'process.memory.virtual': process('virtual memory', 'bytes', null, 'gauge'),
  'process.disk.io.read': process('read from disk', 'bytes/s', null),
  'process.disk.io.write': process('written to disk', 'bytes/s', null),
  'process.disk.wait': process('time waiting for disk', '%', 'more'),
  'process.context_switches.voluntary': process('voluntary context switches', '/s', 'more'),
  'process.context_switches.involuntary': process('involuntary context switches', '/s', 'more'),
  'process.paging.faults.minor': process('page faults', '/s', 'more'),
  'process.paging.faults.major': process('major page faults', '/s', 'more'),
  'process.thread.count': process('threads', '', null, 'gauge'),
  'process.open_file_descriptors': process('open files', '', null, 'gauge'),
  'process.uninterruptible': process('in uninterruptible sleep', '', 'more', 'gauge'),
  'process.run_queue.duration': of('scheduler')('wait for a CPU', 'us', 'more', 'event'),
  'process.run_queue.queued': of('scheduler')('run queues sampled with a thread waiting', '%', 'more', 'event'),
  'process.off_cpu.duration': process('time off CPU', 's', 'more', 'event'),
  'process.created': host('new processes', '/s', 'more', 'event'),
  'process.ended': process('processes ended by a signal', '', 'more', 'event'),
  'process.killed': process('processes killed for lack of memory', '', 'more', 'event'),
  'process.file.open.failed': process('failed opens', '', 'more', 'event'),
  'process.reclaim.duration': process('time of a direct reclaim', 'us', 'more', 'event'),
  'process.paging.swapped_in': process('pages read back from swap', 'pages/s', 'more', 'event'),
  'process.query.duration': process('time of a query', 'us', 'more', 'event'),

  'cgroup.cpu.quota': cgroup('CPU time of a period', 'us', null, 'gauge'),
  'cgroup.cpu.period': cgroup('period', 'us', null, 'gauge'),
  'cgroup.cpu.periods': cgroup('periods with work', '/s', null),
  'cgroup.cpu.throttled_periods': cgroup('throttled periods', '/s', 'more'),
  'cgroup.cpu.throttled_time': cgroup('time throttled', '%', 'more'),
  'cgroup.memory.usage': cgroup('memory of the group', 'bytes', 'more', 'gauge'),
  'cgroup.memory.limit': cgroup('memory limit', 'bytes', null, 'gauge'),
  'cgroup.memory.at_limit': cgroup('times at the memory limit', '/s', 'more'),
  'cgroup.memory.throttled': cgroup('times above memory.high', '/s', 'more'),
  'cgroup.memory.oom_kills': cgroup('processes killed at the memory limit', '/s', 'more'),
  'cgroup.pids.usage': cgroup('tasks of the group', '', 'more', 'gauge'),
  'cgroup.pids.limit': cgroup('limit of tasks', '', null, 'gauge'),
  'cgroup.pressure.memory.some': cgroup('some task of the group waited for memory', '%', 'more'),
  'cgroup.pressure.io.some': cgroup('some task of the group waited for I/O', '%', 'more'),
  'cgroup.disk.io.read': cgroup('read by the group', 'bytes/s', null),
  'cgroup.disk.io.write': cgroup('written by the group', 'bytes/s', null),
  'cgroup.disk.operations.read': cgroup('reads of the group', '/s', null),
  'cgroup.disk.operations.write': cgroup('writes of the group', '/s', null),
  'cgroup.disk.limit.io.read': cgroup('read limit of the group', 'bytes/s', null, 'gauge'),
  'cgroup.disk.limit.io.write': cgroup('write limit of the group', 'bytes/s', null, 'gauge'),
  'cgroup.disk.limit.operations.read': cgroup('limit of reads', '/s', null, 'gauge'),
  'cgroup.disk.limit.operations.write': cgroup('limit of writes', '/s', null, 'gauge'),
  'cgroup.disk.throttled': cgroup('disk requests held back', '%', 'more', 'event'),

  'kernel.message': of('kernel')('kernel messages', '', 'more', 'event'),
  'kernel.lock.wait': of('kernel')('wait for a kernel lock', 's', 'more', 'event'),
  'kernel.softirq.time': host('CPU time of soft interrupts', '%', 'more', 'event'),
  'kernel.interrupt.time': host('CPU time of interrupts', '%', 'more', 'event'),
  'profile.samples': of('profile')('CPU samples', '%', null, 'event'),
  'profile.samples.unknown': of('profile')('samples without a symbol', '%', 'more', 'event'),
  'profile.samples.callerless': of('profile')('samples without callers', '%', 'more', 'event'),
  'profile.samples.skew': of('profile')('samples in one fiftieth of the second', '%', 'more', 'event'),
  'tool.events.lost': of('tool')('events lost', '', 'more', 'event'),
  'tool.cpu.time': of('tool')('CPU time of a tool', 's', null),
  'tool.cpu.utilization': of('tool')('CPU time of the tools', '%', 'more'),
} as const satisfies Readonly<Record<string, Signal>>;

export type SignalName = keyof typeof signals;

/** What the vocabulary says of a signal. */
export function meaningOf(name: SignalName): Signal {
  return signals[name];
}

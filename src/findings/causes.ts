/**
 * One cause, one finding: what follows from a cause that was found is told under it and not beside it. A saturated disk
 * is also slow, makes CPUs idle and raises the load; a reader who is tired needs to be told once.
 */
import { severities } from '../datasets/finding.ts';
import type { SignalName } from '../datasets/signals.ts';
import type { RuleName } from './names.ts';
import { rankOf } from './names.ts';
import type { Fact } from './verdict.ts';

interface Cause {
  rule: RuleName;
  /** The rules whose findings it explains. */
  explains: readonly RuleName[];
  /** It explains them only where this was found too. */
  onlyWith?: RuleName;
  /** Only where this was not found: else both are of something larger. */
  unless?: RuleName;
  /** It explains them only from this value of one of its measures on, for each CPU. */
  perCpu?: { signal: SignalName; value: number };
  /** Only from this mean of its first measure on. */
  from?: number;
  /** It explains those of the same process alone. */
  ofSame?: true;
  /** It explains those of devices that are laid over others alone. */
  overIt?: true;
  /** It explains what such a thread of the kernel does. */
  by?: RegExp;
  /** A severe symptom does not make it severe: both are of the same root, and it is the milder one. */
  keepsSeverity?: true;
}

const CPU_WAITS: readonly RuleName[] = [
  'run-queue',
  'run-queue-latency',
  'late-to-run',
  'run-queue-length',
  'pressure-cpu',
  'load',
  'cpu-busy',
];
const DISK_WAITS: readonly RuleName[] = [
  'disk-latency',
  'slow-file-operations',
  'file-operation-latency',
  'off-cpu-disk',
  'off-cpu-fsync',
  'blocked-tasks',
  'iowait',
  'pressure-io',
];
const MEMORY_WAITS: readonly RuleName[] = [
  'memory-available',
  'direct-reclaim',
  'pressure-memory',
  'off-cpu-memory',
  'page-cache',
  'major-faults',
  'refaults',
];
const DEVICE_FAILURES: readonly RuleName[] = ['device-timeout', 'io-error', 'raid-failure', 'hardware-error'];

/** In the order in which they claim what they explain: whoever is above explains more. */
const CAUSES: readonly Cause[] = [
  ...DEVICE_FAILURES.slice(0, 2).map(
    (rule): Cause => ({
      rule,
      explains: [
        'io-error',
        'read-only-remount',
        'raid-failure',
        'disk-saturated',
        'hung-task',
        'io-stalls',
        ...DISK_WAITS,
      ],
    }),
  ),
  { rule: 'nfs-not-responding', explains: ['hung-task', 'io-stalls', 'load', ...DISK_WAITS] },
  { rule: 'soft-lockup', explains: ['rcu-stall'] },
  { rule: 'process-growth', explains: ['memory-growth'] },
  // A host that swaps with memory to spare swaps out a group that may have no more.
  {
    rule: 'memory-limit',
    explains: ['swapping', 'swapped-in', 'process-growth', 'disk-saturated', ...MEMORY_WAITS, ...DISK_WAITS],
    onlyWith: 'swapping',
    unless: 'memory-available',
  },
  {
    rule: 'swapping',
    explains: [...MEMORY_WAITS, 'swapped-in', 'memory-growth', 'process-growth', 'disk-saturated', ...DISK_WAITS],
  },
  ...(['swapping', 'memory-available', 'direct-reclaim'] as const).map(
    (rule): Cause => ({ rule, explains: ['system-time', 'cpu-consumer'], by: /^kswapd\d/ }),
  ),
  {
    rule: 'oom-kill',
    explains: [
      'oom-kill-events',
      'dying-processes',
      'process-growth',
      'memory-limit',
      'memory-available',
      'pressure-memory',
      'direct-reclaim',
      'off-cpu-memory',
      'major-faults',
    ],
  },
  { rule: 'oom-kill-events', explains: ['dying-processes', 'process-growth', 'memory-limit'] },
  { rule: 'memory-limit', explains: MEMORY_WAITS },
  { rule: 'process-growth', explains: MEMORY_WAITS },
  { rule: 'segfault', explains: ['dying-processes'] },
  { rule: 'memory-available', explains: ['memory-growth', ...MEMORY_WAITS] },
  { rule: 'direct-reclaim', explains: MEMORY_WAITS },
  {
    rule: 'io-throttled',
    explains: [
      'io-stalls',
      'off-cpu-disk',
      'off-cpu-fsync',
      'pressure-io',
      'file-operation-latency',
      'slow-file-operations',
      'blocked-tasks',
      'iowait',
    ],
  },
  // What is laid over a disk (LVM, encryption, RAID) waits as long as the disk; first, for it explains what the layer would.
  { rule: 'disk-saturated', explains: ['disk-saturated', 'disk-latency'], overIt: true },
  { rule: 'disk-saturated', explains: ['disk-writer', ...DISK_WAITS] },
  { rule: 'disk-saturated', explains: ['off-cpu-locks', 'off-cpu-futex'], ofSame: true },
  {
    rule: 'io-stalls',
    explains: [
      'slow-file-operations',
      'file-operation-latency',
      'off-cpu-disk',
      'off-cpu-fsync',
      'blocked-tasks',
      'iowait',
      'pressure-io',
      'hung-task',
      'disk-latency',
    ],
  },
  { rule: 'disk-latency', explains: DISK_WAITS },
  { rule: 'hung-task', explains: ['blocked-tasks', 'pressure-io', 'load'] },
  { rule: 'blocked-tasks', explains: ['pressure-io', 'iowait', 'load', 'off-cpu-disk'] },
  { rule: 'slow-file-operations', explains: ['file-operation-latency', 'off-cpu-disk', 'off-cpu-fsync'] },
  // Starting processes is work of the kernel: those that fill the CPUs show in its time. Each costs a millisecond or two.
  {
    rule: 'short-lived-processes',
    explains: [
      'system-time',
      'page-faults',
      'page-fault-rate',
      'syscalls',
      'unaccounted-cpu',
      'context-switches',
      ...CPU_WAITS,
    ],
    perCpu: { signal: 'process.created', value: 100 },
  },
  { rule: 'short-lived-processes', explains: ['unaccounted-cpu'] },
  { rule: 'failing-opens', explains: ['path-lookups', 'syscalls', 'system-time'], keepsSeverity: true },
  { rule: 'path-lookups', explains: ['syscalls', 'system-time'] },
  {
    rule: 'off-cpu-locks',
    explains: ['lock-contention', 'kernel-locks', 'spinning', 'context-switches', 'off-cpu-futex'],
  },
  { rule: 'off-cpu-futex', explains: ['context-switches'] },
  {
    rule: 'listen-overflows',
    explains: [
      'listen-backlog',
      'syn-flood',
      'slow-connects',
      'tcp-retransmits',
      'tcp-retransmit-peers',
      'connection-failures',
      'dropped-segments',
    ],
  },
  {
    rule: 'syn-flood',
    explains: ['listen-backlog', 'slow-connects', 'tcp-retransmits', 'tcp-retransmit-peers', 'dropped-segments'],
  },
  {
    rule: 'listen-backlog',
    explains: ['slow-connects', 'tcp-retransmits', 'tcp-retransmit-peers', 'dropped-segments'],
  },
  {
    rule: 'conntrack-full',
    explains: ['tcp-retransmits', 'tcp-retransmit-peers', 'slow-connects', 'connection-failures', 'dropped-segments'],
  },
  { rule: 'link-down', explains: ['interface-errors', 'tcp-retransmits', 'tcp-retransmit-peers'] },
  { rule: 'interface-errors', explains: ['tcp-retransmits', 'tcp-retransmit-peers'] },
  { rule: 'socket-drops', explains: ['dropped-segments'] },
  { rule: 'softnet-drops', explains: ['interface-errors', 'tcp-retransmits'] },
  { rule: 'tcp-retransmits', explains: ['tcp-retransmit-peers', 'slow-connects'] },
  { rule: 'interface-limit', explains: ['tcp-retransmits', 'interface-errors', 'softnet-drops'] },
  // Each connection hands over between client, kernel and server.
  {
    rule: 'connection-churn',
    explains: ['time-wait', 'context-switches', 'softirq', 'interrupt-time', 'system-time', 'syscalls'],
  },
  {
    rule: 'context-switches',
    explains: ['system-time', 'syscalls', 'timers', 'lock-contention', 'page-fault-rate', ...CPU_WAITS],
  },
  { rule: 'page-fault-rate', explains: ['page-faults', 'system-time'] },
  { rule: 'cpu-throttled', explains: ['run-queue-latency', 'late-to-run', 'pressure-cpu'] },
  { rule: 'one-cpu', explains: ['cpu-consumer'], ofSame: true },
  { rule: 'one-cpu', explains: ['pressure-cpu', 'run-queue-latency', 'late-to-run', 'softirq', 'interrupt-time'] },
  // ksoftirqd runs what soft interrupts leave over.
  { rule: 'softirq', explains: ['cpu-consumer'], by: /^ksoftirqd\/\d/ },
  { rule: 'softirq', explains: ['interrupt-time'] },
  // What a program is busy with says more than that it is busy.
  ...(['garbage-collection', 'regular-expressions', 'spinning'] as const).flatMap((rule): Cause[] => [
    { rule, explains: ['cpu-consumer', 'one-cpu', ...CPU_WAITS], ofSame: true },
    { rule, explains: CPU_WAITS, onlyWith: 'cpu-consumer' },
  ]),
  // One busy thread of many CPUs keeps nobody else waiting.
  { rule: 'cpu-consumer', explains: CPU_WAITS, perCpu: { signal: 'process.cpu.utilization', value: 25 } },
  {
    rule: 'cpu-consumer',
    explains: [
      'system-time',
      'syscalls',
      'compression',
      'allocation',
      'page-faults',
      'timers',
      'path-lookups',
      'page-fault-rate',
    ],
    ofSame: true,
  },
  // With so little left any work fills the CPUs.
  { rule: 'steal', explains: CPU_WAITS, from: 30 },
  { rule: 'run-queue', explains: CPU_WAITS },
  { rule: 'unaccounted-cpu', explains: ['cpu-busy', 'system-time', 'load', 'pressure-cpu'] },
  { rule: 'system-time', explains: ['syscalls', 'cpu-busy', 'load'] },
  { rule: 'off-cpu-fsync', explains: ['iowait', 'pressure-io', 'off-cpu-disk'] },
  { rule: 'off-cpu-disk', explains: ['iowait', 'pressure-io'] },
  { rule: 'pressure-io', explains: ['iowait'] },
  // Whoever writes most, where nothing tells how busy the disks are.
  { rule: 'disk-writer', explains: ['iowait', 'pressure-io'] },
  { rule: 'cpu-busy', explains: ['load', 'pressure-cpu'] },
  // Threads that wait for disk count in the load too: what the run queue did not explain.
  { rule: 'disk-saturated', explains: ['load'] },
  { rule: 'disk-latency', explains: ['load'] },
  { rule: 'io-stalls', explains: ['load'] },
  { rule: 'nameless-jit', explains: ['unknown-frames'] },
  { rule: 'missing-callers', explains: ['unknown-frames'] },
];

/**
 * Puts what follows from a cause under it: the same facts, worst first, each cause followed by what it explains. A cause
 * takes on the severity of what it explains.
 */
export function underCauses(found: readonly Fact[]): Fact[] {
  const taken = new Map<Fact, Fact>();
  const explained = new Map<Fact, Fact[]>();
  const severe = new Map<Fact, Fact['severity']>();
  for (const cause of CAUSES)
    for (const root of found.filter((fact) => fact.rule.name === cause.rule && !fact.isPast)) {
      if (taken.has(root) || !holds(cause, root, found)) continue;
      const symptoms = found.filter(
        (fact) =>
          fact !== root &&
          !taken.has(fact) &&
          !explained.has(fact) &&
          !fact.isPast &&
          cause.explains.includes(fact.rule.name) &&
          follows(root, fact, cause.overIt) &&
          (!cause.ofSame || hasSameProcess(root, fact)) &&
          (cause.by === undefined || cause.by.test(fact.test?.who?.[0]?.name ?? '')),
      );
      if (symptoms.length === 0) continue;
      for (const symptom of symptoms) taken.set(symptom, root);
      explained.set(root, [...(explained.get(root) ?? []), ...symptoms]);
      if (!cause.keepsSeverity)
        severe.set(root, worst([severe.get(root) ?? root.severity, ...symptoms.map(({ severity }) => severity)]));
    }
  return found
    .filter((fact) => !taken.has(fact))
    .map((fact) => ({
      root: { ...fact, severity: severe.get(fact) ?? fact.severity },
      symptoms: [...(explained.get(fact) ?? [])].sort(inOrder),
    }))
    .sort((a, b) => inOrder(a.root, b.root))
    .flatMap(({ root, symptoms }) => [root, ...symptoms.map((symptom): Fact => ({ ...symptom, cause: root }))]);
}

function holds({ onlyWith, unless, from, perCpu }: Cause, root: Fact, found: readonly Fact[]): boolean {
  if (onlyWith !== undefined && !found.some((fact) => fact.rule.name === onlyWith)) return false;
  if (unless !== undefined && found.some((fact) => fact.rule.name === unless && !fact.isPast)) return false;
  if (from !== undefined && !((root.test?.measures[0]?.value ?? 0) >= from)) return false;
  if (perCpu === undefined) return true;
  const value = root.test?.measures.find(({ signal }) => signal === perCpu.signal)?.value ?? 0;
  return value / (root.test?.details?.cpus ?? 1) >= perCpu.value;
}

function worst(of: readonly Fact['severity'][]): Fact['severity'] {
  return severities.find((severity) => of.includes(severity)) ?? 'notice';
}

/** What is over stands below all that is live; then worst first, what explains most first, farthest first. */
export function inOrder(a: Fact, b: Fact): number {
  return (
    Number(a.isPast) - Number(b.isPast) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    rankOf(a.rule.name) - rankOf(b.rule.name) ||
    (b.test?.distance ?? 0) - (a.test?.distance ?? 0) ||
    (a.subject.name < b.subject.name ? -1 : a.subject.name > b.subject.name ? 1 : 0)
  );
}

function hasSameProcess(a: Fact, b: Fact): boolean {
  const names = new Set((a.test?.who ?? []).map(({ name }) => name));
  return (b.test?.who ?? []).slice(0, 1).some(({ name }) => names.has(name));
}

/** A slow sdb does not follow from a saturated sda, nor what was found on another host. */
function isOfSame(cause: Fact, symptom: Fact): boolean {
  if (cause.host !== symptom.host) return false;
  const [a, b] = [cause.subject, symptom.subject];
  return a.kind !== b.kind || a.name === '' || b.name === '' || a.name === b.name || a.kind === 'process';
}

// dm-0        md127
const LAID_OVER = /^(?:dm-|md)\d+$/;

function isLaidOver({ subject, host }: Fact, under: Fact): boolean {
  return host === under.host && LAID_OVER.test(subject.name) && !LAID_OVER.test(under.subject.name);
}

/** Seconds by which what began together may be told apart: reports of a second that are not taken at the same moment. */
const TOGETHER = 3;
/** Seconds after its cause in which a symptom still shows: averages over ten of them, queues that drain. */
const LINGERS = 10;

/** What began before its cause does not follow from it, nor does what began when that was long over. */
export function follows(cause: Fact, symptom: Fact, overIt = false): boolean {
  if (overIt ? !isLaidOver(symptom, cause) : !isOfSame(cause, symptom)) return false;
  const [began, over] = [cause.test?.since ?? null, cause.test?.until ?? null];
  const since = symptom.test?.since ?? null;
  const [before, behind] = [cause.test?.lag ?? 0, symptom.test?.lag ?? 0];
  // Without a time, it was seen in the window.
  if (over !== null && (since ?? 0) > over + LINGERS + before + behind) return false;
  return began === null || since === null || since >= began - TOGETHER - before;
}

/**
 * One cause, one finding: what follows from a cause that was found is told under it and not beside it. A saturated disk
 * is also slow, makes CPUs idle and raises the load; a reader who is tired needs to be told once.
 */
import type { Finding, Severity } from '../datasets/finding.ts';
import { severities } from '../datasets/finding.ts';
import { FOR_EACH_CPU } from './processes.ts';

interface Cause {
  rule: string;
  /** The rules whose findings it explains. */
  explains: readonly string[];
  /** It explains them only where this was found too. */
  onlyWith?: string;
  /** It explains them only from this value of one of its numbers on. */
  from?: { label: string; value: number };
}

const CPU_WAITS = ['run-queue', 'run-queue-latency', 'late-to-run', 'run-queue-length', 'pressure-cpu', 'load'];
const DISK_WAITS = [
  'disk-latency',
  'slow-file-operations',
  'file-operation-latency',
  'off-cpu-disk',
  'off-cpu-fsync',
  'iowait',
  'pressure-io',
];
const MEMORY_WAITS = ['memory-available', 'direct-reclaim', 'pressure-memory', 'off-cpu-memory', 'page-cache'];

/** In the order in which they claim what they explain: whoever is above explains more. */
const CAUSES: readonly Cause[] = [
  { rule: 'io-error', explains: ['disk-saturated', 'hung-task', ...DISK_WAITS] },
  { rule: 'swapping', explains: [...MEMORY_WAITS, 'swapped-in', 'disk-saturated', ...DISK_WAITS] },
  { rule: 'oom-kill', explains: ['oom-kill-events', 'dying-processes'] },
  { rule: 'oom-kill-events', explains: ['dying-processes'] },
  { rule: 'segfault', explains: ['dying-processes'] },
  { rule: 'direct-reclaim', explains: MEMORY_WAITS },
  { rule: 'disk-saturated', explains: DISK_WAITS },
  { rule: 'disk-latency', explains: DISK_WAITS },
  { rule: 'slow-file-operations', explains: ['file-operation-latency', 'off-cpu-disk', 'off-cpu-fsync'] },
  // Starting processes is work of the kernel: those that fill the CPUs show in its time. Each costs a millisecond or two.
  {
    rule: 'short-lived-processes',
    explains: ['system-time', 'page-faults', 'syscalls', ...CPU_WAITS],
    onlyWith: 'system-time',
    from: { label: FOR_EACH_CPU, value: 100 },
  },
  { rule: 'cpu-consumer', explains: CPU_WAITS },
  { rule: 'run-queue', explains: CPU_WAITS },
  // A group that stands still by its limit waits for CPUs that are idle: the queues stay short.
  { rule: 'cpu-throttled', explains: ['run-queue-latency', 'late-to-run', 'pressure-cpu'] },
  { rule: 'softirq', explains: ['interrupt-time'] },
  { rule: 'io-throttled', explains: ['off-cpu-disk', 'off-cpu-fsync', 'pressure-io', 'file-operation-latency'] },
  { rule: 'tcp-retransmits', explains: ['tcp-retransmit-peers'] },
  { rule: 'off-cpu-fsync', explains: ['iowait', 'pressure-io'] },
  { rule: 'off-cpu-disk', explains: ['iowait', 'pressure-io'] },
  // Threads that wait for disk count in the load too: what the run queue did not explain.
  { rule: 'disk-saturated', explains: ['load'] },
  { rule: 'disk-latency', explains: ['load'] },
  { rule: 'off-cpu-locks', explains: ['lock-contention', 'kernel-locks', 'spinning'] },
];

/**
 * @param found in the order of the rules: what explains most first
 * @returns the same findings, each cause followed by what it explains: those name it (`cause`), and it takes on their
 *   severity, their first number and their evidence
 */
export function underCauses(found: readonly Finding[]): Finding[][] {
  const taken = new Set<Finding>();
  const groups = new Map<Finding, Finding[]>();
  for (const { rule, explains, onlyWith, from } of CAUSES) {
    if (onlyWith !== undefined && !found.some((finding) => finding.rule === onlyWith)) continue;
    for (const cause of found.filter((finding) => finding.rule === rule)) {
      if (taken.has(cause) || !isEnough(cause, from)) continue;
      const free = found.filter((finding) => finding !== cause && !taken.has(finding) && !groups.has(finding));
      const symptoms = free.filter((finding) => explains.includes(finding.rule) && follows(cause, finding));
      if (symptoms.length === 0) continue;
      for (const symptom of symptoms) taken.add(symptom);
      groups.set(cause, [...(groups.get(cause) ?? []), ...symptoms]);
    }
  }
  return found.filter((finding) => !taken.has(finding)).map((finding) => joined(finding, groups.get(finding) ?? []));
}

function isEnough({ measures }: Finding, from: Cause['from']): boolean {
  return from === undefined || measures.some(({ label, value }) => label === from.label && value >= from.value);
}

/** A slow sdb does not follow from a saturated sda. */
function isOfSame({ subject: a }: Finding, { subject: b }: Finding): boolean {
  return a.kind !== b.kind || a.name === '' || b.name === '' || a.name === b.name;
}

/** Seconds by which what began together may be told apart: reports of a second that are not taken at the same moment. */
const TOGETHER = 3;
/** Seconds after its cause in which a symptom still shows: averages over ten of them, queues that drain. */
const LINGERS = 10;

/** What began before its cause does not follow from it, nor does what began when that was long over. */
function follows(cause: Finding, symptom: Finding): boolean {
  if (!isOfSame(cause, symptom)) return false;
  const over = cause.until ?? null;
  // Without a time, it was seen in the window.
  if (over !== null && (symptom.since ?? 0) > over + LINGERS) return false;
  return cause.since === null || symptom.since === null || symptom.since >= cause.since - TOGETHER;
}

function joined(cause: Finding, symptoms: readonly Finding[]): Finding[] {
  const all = [cause, ...symptoms];
  const severity = severities.find((each) => all.some((finding) => finding.severity === each)) as Severity;
  return [
    {
      ...cause,
      severity,
      measures: [...cause.measures, ...symptoms.flatMap(({ measures }) => measures.slice(0, 1))],
      evidence: [...cause.evidence, ...symptoms.flatMap(({ evidence }) => evidence.slice(0, 1))],
    },
    ...symptoms.map((symptom) => ({ ...symptom, cause: { rule: cause.rule, subject: cause.subject } })),
  ];
}

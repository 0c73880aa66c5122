/** The words of the USE table. */
import { counted, percentText, rounded, scaledText } from '../../datasets/amounts.ts';
import type { Subject } from '../../datasets/finding.ts';
import type { UseColumn } from '../../datasets/use.ts';
import type { Signals } from '../../signals/index.ts';
import { maxOf, meanOf, type Track } from '../../signals/track.ts';
import type { Test } from '../facts.ts';
import type { RuleName } from '../names.ts';
import type { Fact } from '../verdict.ts';
import { programsBy, whoOf } from '../who.ts';
import { seenText, words } from './index.ts';
import { pages } from './memory.ts';
import { amountText, forHowLong, quantityOf, said } from './words.ts';

const LABELS: Readonly<Partial<Record<Subject['kind'], string>>> = {
  cpu: 'CPUs',
  memory: 'Memory',
  disk: 'Disks',
  filesystem: 'File systems',
  interface: 'Interfaces',
  tcp: 'TCP',
  dns: 'Name lookups',
  scheduler: 'Scheduler, locks',
  cgroup: 'Control groups',
};

export function labelOfRow({ kind, name }: Subject): string {
  if (name === '') return LABELS[kind] ?? kind;
  return `${kind === 'interface' ? 'Interface' : 'Disk'} ${name}`;
}

/** A cell in a few words: the number, and who. */
export function cellText(signals: Signals, fact: Fact, resource: Subject, column: UseColumn): string {
  const { test, rule } = fact;
  if (test === null) return '';
  const text = SHORT[rule.name]?.(test, signals, resource, column);
  if (text !== undefined) return text;
  const { cell } = words[rule.name];
  return cell === undefined ? seenText(rule.name, test) : cell(test);
}

/** `98% busy, cc1 71%`. */
function cpuUse(signals: Signals): string {
  const [who] = programsBy(signals, 'process.cpu.utilization').map((program) =>
    whoOf(program, 'process.cpu.utilization', 100 * (signals.cpus ?? 0)),
  );
  const user =
    who === undefined || who.share === undefined || who.share < 0.1
      ? ''
      : `${who.name} ${percentText(100 * who.share)}`;
  const [track] = signals.tracks('system.cpu.utilization', 'host');
  const busy = track === undefined ? '' : `${percentText(meanOf(track))} busy`;
  return [busy, user].filter((part) => part !== '').join(', ');
}

/** `28% busy, 100% at most`. A disk that counts time for requests in parallel may say a little more than all of it. */
export function busyText(track: Track): string {
  return `${percentText(Math.min(100, meanOf(track)))} busy, ${percentText(Math.min(100, maxOf(track)))} at most`;
}

/** `queue 0.2`, of requests that were sent and not yet done. */
export function queueText(track: Track): string {
  const mean = meanOf(track);
  return mean < 0.05 ? 'no queue' : `queue ${rounded(mean)}`;
}

type Short = (test: Test, signals: Signals, resource: Subject, column: UseColumn) => string;

/** Rules whose number needs fewer words in a cell than in a list. */
const SHORT: Partial<Readonly<Record<RuleName, Short>>> = {
  'cpu-busy': (_, signals) => cpuUse(signals),
  'cpu-consumer': (_, signals) => cpuUse(signals),
  'one-cpu': (test) => `CPU ${test.subject.name} ${said(test, 'system.cpu.utilization', 'mean')} busy`,
  'run-queue': (test) => {
    const { cpus } = test.details ?? {};
    return `${said(test, 'system.cpu.run_queue.length', 'mean')} runnable${cpus === undefined ? '' : ` on ${counted(cpus, 'CPU')}`}`;
  },
  'memory-available': (test) =>
    `${percentText(100 - quantityOf(test, 'system.linux.memory.available', 'share').value)} used`,
  swapping: (test) => (test.measures.every(({ value }) => value === 0) ? 'no swapping' : `swapping, ${pages(test)}`),
  'disk-saturated': (test, signals, resource, column) => {
    const seconds = test.details?.seconds;
    const isBurst = seconds !== undefined && forHowLong(test) !== '';
    const track = signals.tracks('system.disk.io_time').find(({ subject }) => subject.name === resource.name);
    if (column === 'utilization') return track === undefined ? said(test, 'system.disk.io_time') : busyText(track);
    const queue = `queue ${said(test, 'system.disk.pending_operations')}, wait ${said(test, 'system.disk.operation_time')}`;
    return `${queue}${isBurst ? ` for ${scaledText(seconds, 's')}` : ''}`;
  },
  'context-switches': (test) => `${rounded(test.measures[0]?.value ?? 0)} switches/s`,
  'run-queue-latency': (test) => `wake-ups p99 ${said(test, 'process.run_queue.duration')}`,
  'off-cpu-locks': (test) => {
    const [first] = test.distance >= 1 ? (test.who ?? []) : [];
    return first?.quantity === undefined
      ? `${said(test, 'process.off_cpu.duration', 'sum')} in locks`
      : `${first.name} ${amountText(first.quantity)} in locks`;
  },
  'slow-dns': (test) => `p99 ${said(test, 'dns.lookup.duration', 'p99')}`,
  'tcp-retransmits': (test) => `${rounded(test.measures[0]?.value ?? 0)}/s resent`,
  'connection-churn': (test) => `${rounded(test.measures[0]?.value ?? 0)} connections/s`,
  'listen-overflows': (test) =>
    test.form === 'queue' ? seenText('listen-overflows', test) : `${rounded(test.measures[0]?.value ?? 0)}/s dropped`,
  'interface-limit': (test) => `${said(test, 'system.network.utilization', 'max')} of its speed at most`,
  'softnet-drops': (test) => `${rounded(test.measures[0]?.value ?? 0)}/s dropped`,
  'interface-errors': (test) => `${rounded(test.measures[0]?.value ?? 0)}/s`,
};

/** What the rules on CPUs and on whoever waits for them say. */
import { commas, counted, rounded, scaledText, shareText } from '../../datasets/amounts.ts';
import type { Test, Who } from '../facts.ts';
import type { RuleName } from '../names.ts';
import {
  amountText,
  atMost,
  beatSentence,
  firstUser,
  forHowLong,
  has,
  listed,
  modesSentence,
  onCpus,
  overWhatTime,
  partOf,
  partsSentence,
  partsText,
  quantityOf,
  said,
  sharesBeside,
  slowSeen,
  thresholdText,
  usersSentence,
  victimsSentence,
  type Words,
  whose,
  whoText,
} from './words.ts';

/** `1.8 of 2 CPUs`, `1.8 CPUs`: what the first uses, and others with it. */
function cpusUsed(test: Test, peers: readonly Who[] = []): string {
  const first = quantityOf(test, 'process.cpu.utilization', 'mean').value;
  const used = peers.reduce((sum, { quantity }) => sum + (quantity?.value ?? 0), first) / 100;
  const { cpus } = test.details ?? {};
  if (cpus !== undefined) return `${rounded(used)} of ${counted(cpus, 'CPU')}`;
  return rounded(used) === '1' ? '1 CPU' : `${rounded(used)} CPUs`;
}

/** Who uses most, and whoever uses nearly as much: neither of two equals is to blame alone. */
function alike({ who = [] }: Test): Who[] {
  const [first, ...rest] = who;
  const most = first?.quantity?.value ?? Number.POSITIVE_INFINITY;
  return first === undefined ? [] : [first, ...rest.filter(({ quantity }) => (quantity?.value ?? 0) >= 0.75 * most)];
}

const BLOCKED = 'system.process.count.blocked';
const users = (test: Test) => usersSentence(test, 'Used by');

function stateWords(
  topic: string,
  title: (test: Test) => string,
  why: string,
  signal: Parameters<typeof said>[1],
): Words {
  return {
    topic,
    title,
    details: (test) => [atMost(test, signal), users(test), victimsSentence(test), why],
    seen: (test) => `${said(test, signal, 'mean')}${overWhatTime(test)}`,
  };
}

export const cpuWords = {
  'cpu-consumer': {
    topic: 'processes by CPU',
    title: (test) => {
      const [who, ...peers] = alike(test);
      if (who === undefined) return `One program uses ${cpusUsed(test)}`;
      if (test.form === 'needs one')
        return `${whoText(who)} needs a whole CPU and gets ${said(test, 'process.cpu.utilization', 'mean')} of one`;
      // Who uses it for a part of the time uses more then.
      const mean = forHowLong(test) === '' ? '' : ' on average';
      if (peers.length > 0) return `${listed([who, ...peers].map(whoText))} use ${cpusUsed(test, peers)}${mean}`;
      return test.form === 'one'
        ? `${whoText(who)} uses all of one CPU`
        : `${whoText(who)} uses ${cpusUsed(test)}${mean}`;
    },
    details: (test) => [
      has(test, 'process.cpu.wait') ? `It was runnable and waited ${said(test, 'process.cpu.wait')} of the time.` : '',
      test.form === 'one' || test.form === 'needs one' ? 'A single thread can use no more than one CPU.' : '',
      partsSentence(test, 'function', 'Hottest functions'),
      others(test),
    ],
    seen: (test) => {
      const who = firstUser(test);
      return who === null ? 'no process used any' : `the heaviest, ${whoText(who)}, used ${cpusUsed(test)}`;
    },
  },
  'unaccounted-cpu': {
    topic: 'CPU time of no process that was seen',
    title: (test) =>
      `${said(test, 'system.cpu.utilization', 'share')} of the CPU time belongs to no process that was seen`,
    details: (test) => [
      'Process lists look once a second: programs that start and end between two looks are in none.',
      partsSentence(test, 'kind', 'Seen in many short-lived processes'),
    ],
    seen: (test) => said(test, 'system.cpu.utilization', 'share'),
  },
  'one-cpu': {
    topic: 'one CPU at its limit',
    title: (test) => {
      const cpu = `CPU ${test.subject.name}`;
      const time = forHowLong(test);
      if (test.form === 'interrupts')
        return `Interrupts hold ${cpu}${time}: ${said(test, 'system.cpu.utilization', 'mean')} busy, the others ${said(test, 'system.cpu.utilization', 'median')}`;
      const who = firstUser(test);
      const holder = who === null ? `${cpu} is saturated` : `${whoText(who)} holds ${cpu}`;
      return `${holder}${time}: ${said(test, 'system.cpu.utilization', 'mean')} busy, the others ${said(test, 'system.cpu.utilization', 'median')}`;
    },
    details: (test) => [
      test.form === 'interrupts'
        ? `${shareText(test.details?.share ?? 0)} of its time went to interrupts.`
        : 'One thread cannot use more than one CPU: a single-threaded program, or one that is pinned.',
    ],
    seen: (test) => `the busiest, CPU ${test.subject.name}, was ${said(test, 'system.cpu.utilization', 'mean')} busy`,
  },
  'system-time': stateWords(
    'CPU time in the kernel',
    (test) =>
      `The kernel uses ${said(test, 'system.cpu.utilization.system', 'mean')} of the CPUs${forHowLong(test)}${byWhom(test)}`,
    'System calls, page faults, locks or memory management: the kernel frames of the CPU flame graph tell which.',
    'system.cpu.utilization.system',
  ),
  iowait: stateWords(
    'CPU idle for I/O',
    (test) =>
      `CPUs idle while threads wait for I/O: ${said(test, 'system.cpu.utilization.iowait', 'mean')} of the time${forHowLong(test)}`,
    'Storage sets the pace, not the CPUs.',
    'system.cpu.utilization.iowait',
  ),
  steal: stateWords(
    'CPU time stolen by the hypervisor',
    (test) =>
      `The hypervisor withholds ${said(test, 'system.cpu.utilization.steal', 'mean')} of the CPU time${forHowLong(test)}`,
    'Neighbours, spent CPU credits, or an overcommitted host: nothing inside this guest can mend it.',
    'system.cpu.utilization.steal',
  ),
  softirq: stateWords(
    'CPU time in soft interrupts',
    (test) =>
      `Soft interrupts use ${said(test, 'system.cpu.utilization.softirq', 'mean')} of the CPUs${forHowLong(test)}`,
    'Most often packets: see which CPU, and whether the interrupts of the network card are spread.',
    'system.cpu.utilization.softirq',
  ),
  'cpu-busy': {
    topic: 'CPUs fully busy',
    title: (test) => `CPUs are ${said(test, 'system.cpu.utilization', 'mean')} busy${forHowLong(test)}${byWhom(test)}`,
    details: (test) => [users(test), 'Busy CPUs are no fault by themselves; from here on every new request waits.'],
    seen: (test) =>
      `${said(test, 'system.cpu.utilization', 'mean')} busy${overWhatTime(test)}, ${said(test, 'system.cpu.utilization', 'max')} at most`,
  },
  load: {
    topic: 'load',
    title: (test) => {
      const [now, before] = [said(test, 'system.cpu.load_average.1m'), said(test, 'system.cpu.load_average.15m')];
      if (test.form === 'past') return `Load was ${before}${onCpus(test)} 15 minutes ago, ${now} now`;
      const blocked = has(test, BLOCKED) ? `: ${said(test, BLOCKED)} threads wait for I/O` : '';
      return `Load is ${now}${onCpus(test)}, ${test.form ?? 'steady'}${blocked}`;
    },
    details: (test) =>
      test.form === 'past'
        ? ['The worst was over when the capture began.']
        : [
            `It was ${said(test, 'system.cpu.load_average.15m')} 15 minutes ago.`,
            has(test, BLOCKED)
              ? 'Storage or a file server keeps them, not the CPUs.'
              : 'Load also counts threads in uninterruptible sleep: compare with the run queue before blaming the CPUs.',
          ],
    seen: (test) =>
      `${said(test, 'system.cpu.load_average.1m')}${onCpus(test)}, ${said(test, 'system.cpu.load_average.15m')} 15 minutes ago`,
  },
  'run-queue': {
    topic: 'CPU saturation (run queue)',
    title: (test) =>
      `CPUs are saturated${test.form === 'burst' ? forHowLong(test) : ''}: ${said(test, 'system.cpu.run_queue.length', 'mean')} runnable threads${onCpus(test)}${byName(test)}`,
    details: (test) => [
      test.form === 'burst' ? 'The figures are for the saturated time only.' : spellSentence(test),
      atMost(test, 'system.cpu.run_queue.length'),
      'Each waits for a CPU before it runs.',
      users(test),
    ],
    seen: (test) =>
      `${said(test, 'system.cpu.run_queue.length', 'mean')} runnable threads${overWhatTime(test)}${onCpus(test)}`,
  },
  'run-queue-latency': {
    topic: 'wait for a CPU',
    title: (test) => `Threads wait for a CPU: 99th percentile ${said(test, 'process.run_queue.duration')}`,
    details: (test) => [
      `Over ${commas(test.details?.count ?? 0)} wake-ups.`,
      modesSentence(test),
      users(test),
      'CPU saturation, a CPU limit of a control group, or a thread pinned to a busy CPU.',
    ],
    seen: (test) =>
      `99th percentile ${said(test, 'process.run_queue.duration')} over ${commas(test.details?.count ?? 0)} wake-ups`,
  },
  'late-to-run': {
    topic: 'late wake-ups',
    title: (test) =>
      `${said(test, 'process.run_queue.duration', 'count')} wake-ups${whose(test)} were late by ${thresholdText(test)} or more`,
    details: (test) => [
      `Up to ${said(test, 'process.run_queue.duration', 'max')}.`,
      sharesBeside(test),
      beatSentence(test),
    ],
    seen: (test) => slowSeen(test, 'process.run_queue.duration'),
  },
  'run-queue-length': {
    topic: 'length of the run queues',
    title: (test) => `Threads queue for the CPUs in ${said(test, 'process.run_queue.queued')} of the samples`,
    details: (test) => [`At most ${counted(test.details?.limit ?? 0, 'thread')} waited in one queue.`, users(test)],
    seen: (test) =>
      `a thread waited in ${said(test, 'process.run_queue.queued')} of ${commas(test.details?.count ?? 0)} samples`,
  },
  'context-switches': {
    topic: 'context switches',
    title: (test) => {
      const names = (test.who ?? []).map(({ name }) => name);
      const [whole, theirs] = [quantityOf(test, 'system.context_switches', 'mean').value, switchesOf(test)];
      // pidstat counts the first thread of each process: a quarter that is seen stands for more.
      const isMost = !(theirs < 0.25 * whole);
      const number = Number.isNaN(whole) || (test.form === 'process' && !isMost) ? theirs : whole;
      const who =
        names.length === 0 ? '' : isMost || number === theirs ? ` by ${listed(names)}` : `, most by ${listed(names)}`;
      return `${rounded(number)} context switches a second${who}`;
    },
    details: (test) => [
      switchesOf(test) > 0
        ? usersSentence(test, 'Voluntary switches:')
        : usersSentence(test, 'Of the CPU samples in the scheduler:'),
      partsSentence(test, 'program', 'Candidates by CPU time'),
      'Threads hand each other small pieces of work, share one lock, or sleep for very short times.',
    ],
    seen: (test) => {
      const signal = test.form === 'process' ? 'process.context_switches.voluntary' : 'system.context_switches';
      return `${rounded(quantityOf(test, signal, 'mean').value)} a second`;
    },
  },
  'page-fault-rate': {
    topic: 'page faults a second',
    title: (test) => `${rounded(faults(test))} page faults a second${byWhom(test)}`,
    details: (test) => [
      usersSentence(test, 'Taken by'),
      'Each gives a process a fresh page, cleared first: a growing heap, short-lived processes, or an allocator that returns memory too eagerly.',
    ],
    seen: (test) => `${rounded(faults(test))} a second`,
  },
  'pressure-cpu': pressureWords('CPU', 'cpu'),
  'pressure-memory': pressureWords('memory', 'memory'),
  'pressure-io': pressureWords('I/O', 'io'),
  'interrupt-time': {
    topic: 'CPU time of interrupts',
    title: (test) =>
      `${test.form === 'hard' ? 'Hardware' : 'Soft'} interrupts use ${interruptShare(test)} of the CPU time`,
    details: (test) => [
      partsSentence(test, 'kind', 'Most of it'),
      'It is charged to whatever program was interrupted. mpstat tells whether one CPU bears it all.',
    ],
    seen: interruptShare,
  },
  'short-lived-processes': {
    topic: 'short-lived processes',
    title: (test) => {
      const parent = firstUser(test);
      const by =
        parent === null
          ? ''
          : `${parent.share !== undefined && parent.share < 0.95 ? ', most' : ''} started by ${whoText(parent)}`;
      return `${rounded(starts(test))} new processes a second${by}`;
    },
    details: (test) => [
      partsSentence(test, 'kind', 'Started most'),
      test.form === 'counted'
        ? 'Threads that start are counted too.'
        : 'Process lists do not show them: they end before the next look.',
    ],
    seen: (test) => `${rounded(starts(test))} new ones a second`,
  },
  'dying-processes': {
    topic: 'processes ended by a signal',
    title: (test) =>
      `${test.subject.name} ${test.form ?? 'ends'}: ${commas(test.details?.count ?? 0)} times, by signal ${partsText(test, 'signal')}`,
    details: (test) => [
      test.form === 'crashes'
        ? 'Each restart costs start-up time and drops what was in flight.'
        : 'Somebody sends signal 9: the OOM killer, an orchestrator whose probe failed, a person.',
    ],
    seen: (test) => `${commas(test.details?.count ?? 0)} of ${commas(test.details?.of ?? 0)} that ended`,
  },
  'slow-queries': {
    topic: 'slow queries',
    title: (test) => `${said(test, 'process.query.duration', 'count')} queries took ${thresholdText(test)} or more`,
    details: (test) => [
      `Up to ${said(test, 'process.query.duration', 'max')}.`,
      partsSentence(test, 'query', 'Most often'),
      beatSentence(test),
    ],
    seen: (test) => slowSeen(test, 'process.query.duration'),
  },
  'kernel-locks': {
    topic: 'kernel locks',
    title: (test) =>
      `Threads wait for a kernel lock in ${partOf(test, 'caller')?.name ?? 'the kernel'}: ${said(test, 'kernel.lock.wait')}`,
    details: (test) => [waitShare(test)],
    seen: (test) =>
      `most waited for, ${said(test, 'kernel.lock.wait')} in ${partOf(test, 'caller')?.name ?? 'the kernel'}`,
  },
} as const satisfies Partial<Readonly<Record<RuleName, Words>>>;

function others(test: Test): string {
  if (test.form !== 'needs one' && alike(test).length > 1) return users(test);
  const rest = (test.who ?? []).slice(1);
  return rest.length === 0
    ? ''
    : `Next: ${listed(rest.map((who) => `${whoText(who)} ${who.share === undefined ? '' : shareText(who.share)}`.trim()))}.`;
}

/** `, most by cc1 (6 processes)`; empty for nobody. */
function byWhom(test: Test): string {
  const who = firstUser(test);
  return who === null ? '' : `, most by ${whoText(who)}`;
}

/** Where there is no room for more than the name. */
function byName(test: Test): string {
  const who = firstUser(test);
  return who === null ? '' : `, most by ${who.name}`;
}

/** `Above the threshold for 9 s of 14 s.`; empty where it was for all of the time. */
function spellSentence(test: Test): string {
  const spell = forHowLong(test);
  return spell === '' ? '' : `Above the threshold${spell}.`;
}

/** Of those that are named, together. */
function switchesOf({ who = [] }: Test): number {
  return who.length === 0 ? Number.NaN : who.reduce((sum, { quantity }) => sum + (quantity?.value ?? 0), 0);
}

function faults(test: Test): number {
  return test.measures.find(({ stat }) => stat === 'mean')?.value ?? Number.NaN;
}

function starts(test: Test): number {
  return test.measures[0]?.value ?? Number.NaN;
}

function interruptShare(test: Test): string {
  const [quantity] = test.measures;
  return quantity === undefined ? '' : amountText(quantity);
}

function waitShare(test: Test): string {
  const { window } = test.details ?? {};
  return window === undefined
    ? ''
    : `That is ${shareText(quantityOf(test, 'kernel.lock.wait').value / window)} of the window, summed over threads.`;
}

function pressureWords(what: string, name: 'cpu' | 'memory' | 'io'): Words {
  const [some, full] = [`system.pressure.${name}.some`, `system.pressure.${name}.full`] as const;
  const worst = (test: Test) => {
    const { seconds } = test.details ?? {};
    return seconds === undefined ? 'the last ten seconds' : `the worst ${scaledText(seconds, 's')}`;
  };
  return {
    topic: `${what} pressure`,
    title: (test) =>
      `${what} pressure: tasks stalled ${said(test, some)} of ${worst(test)}${test.form === 'idle CPUs' ? ', on idle CPUs' : ''}`,
    details: (test) => [
      has(test, full) ? `All of them at once ${said(test, full)}.` : '',
      test.form === 'cpu' ? users(test) : victimsSentence(test),
      test.form === 'idle CPUs'
        ? 'A CPU limit of a control group holds them back, or threads that may use few CPUs.'
        : '',
      test.details?.seconds === undefined
        ? 'An average of the kernel over ten seconds: of a short capture much of it is earlier.'
        : 'The kernel counts this time itself; it is not sampled.',
    ],
    seen: (test) => `tasks stalled ${said(test, some)} of ${worst(test)}`,
  };
}

/** What the rules on memory and on limits say. */

import { commas, counted, rounded, scaledText } from '../../datasets/amounts.ts';
import { capitalized } from '../../datasets/capitalized.ts';
import type { Test } from '../facts.ts';
import type { RuleName } from '../names.ts';
import {
  amountText,
  beatSentence,
  firstUser,
  forHowLong,
  has,
  overWhatTime,
  partOf,
  partsSentence,
  quantityOf,
  said,
  sharesSentence,
  slowSeen,
  thresholdText,
  usersSentence,
  valueText,
  victimsSentence,
  type Words,
  whoText,
} from './words.ts';

const holders = (test: Test) => usersSentence(test, 'Largest:');

/** In and out together: `12,100 pages/s`, `over 740 pages/s` where the unit is one of several. */
export function pages({ measures }: Test): string {
  const total = measures.reduce((sum, { value }) => sum + value, 0);
  return `${total > 0 && measures.some(({ upTo }) => upTo !== undefined) ? 'over ' : ''}${rounded(total)} pages/s`;
}

/** `in 12 minutes`. */
function timeLeft({ details: { limit } = {} }: Test): string {
  return limit === undefined ? '' : scaledText(limit, 's');
}

/** `8.9 of 10 writes a second`, `1 of 1 MiB/s written`. */
function ofLimit({ measures: [usage, limit] }: Test): string {
  if (usage === undefined || limit === undefined) return 'its limit';
  const what = usage.signal.endsWith('write') ? 'write' : 'read';
  return usage.signal.includes('operations')
    ? `${rounded(usage.value)} of ${rounded(limit.value)} ${what}s a second`
    : `${amountText(usage)} of ${amountText(limit)} ${what === 'write' ? 'written' : 'read'}`;
}

/** `95 tasks; its limit is 100`. */
function tasksOf(test: Test): string {
  return `${counted(test.measures[0]?.value ?? 0, 'task')}; its limit is ${commas(test.details?.limit ?? 0)}`;
}

function heldBackDetails(test: Test): string[] {
  return [
    `${commas(test.details?.count ?? 0)} of ${commas(test.details?.of ?? 0)} requests waited for the budget of the group (io.max), not for the disk.`,
    'The number is the inode of its folder.',
  ];
}

export const memoryWords = {
  swapping: {
    topic: 'swapping',
    title: (test) => `The host is swapping: ${pages(test)}${forHowLong(test)}`,
    details: (test) => [
      'Memory that programs use is on disk: each touch of it waits for the disk.',
      `In ${said(test, 'system.paging.operations.in')}, out ${said(test, 'system.paging.operations.out')}.`,
      holders(test),
    ],
    seen: (test) => `${pages(test)}${overWhatTime(test)}`,
  },
  'memory-available': {
    topic: 'memory available',
    title: (test) => `Memory is nearly used up: ${said(test, 'system.linux.memory.available', 'share')} available`,
    details: (test) => [
      has(test, 'system.linux.memory.available', 'min')
        ? `${said(test, 'system.linux.memory.available', 'min')} at the least.`
        : '',
      holders(test),
      'Allocations wait for reclaim; next come swapping or the OOM killer.',
    ],
    seen: (test) => `${said(test, 'system.linux.memory.available', 'share')} at the least`,
  },
  'memory-growth': {
    topic: 'growth of memory use',
    title: (test) => {
      const kind = partOf(test, 'kind');
      const by = kind === null ? '' : `, most of it ${kind.name}`;
      return `Memory is used up by ${said(test, 'system.linux.memory.available')}${by}`;
    },
    details: (test) => [
      timeLeft(test) === '' ? '' : `At this pace none is left in ${timeLeft(test)}.`,
      partOf(test, 'kind') === null ? '' : 'No process list shows that.',
      holders(test),
    ],
    seen: (test) =>
      quantityOf(test, 'system.linux.memory.available').value > 0
        ? `${said(test, 'system.linux.memory.available')}`
        : 'none',
  },
  'process-growth': {
    topic: 'growth of processes',
    title: (test) => {
      const who = firstUser(test);
      const left = timeLeft(test) === '' ? '' : `, memory is used up in ${timeLeft(test)}`;
      return `${who === null ? 'A process' : whoText(who)} grows by ${said(test, 'process.memory.usage', 'rate')}${left}`;
    },
    details: (test) => [
      `It holds ${said(test, 'process.memory.usage', 'last')}.`,
      `Seen for ${scaledText(test.details?.seconds ?? 0, 's')}: a cache that fills looks the same at first.`,
    ],
    seen: (test) =>
      has(test, 'process.memory.usage', 'rate')
        ? `the fastest by ${said(test, 'process.memory.usage', 'rate')}`
        : 'none grew steadily',
  },
  'direct-reclaim': {
    topic: 'direct reclaim',
    title: (test) =>
      test.form === 'counted'
        ? `Programs reclaim memory themselves: ${said(test, 'system.paging.scan.direct')} scanned`
        : `${said(test, 'process.reclaim.duration', 'count')} allocations reclaimed memory first, for ${thresholdText(test)} or more`,
    details: (test) => [
      test.form === 'counted' ? '' : `Up to ${said(test, 'process.reclaim.duration', 'max')}.`,
      test.form === 'counted' ? holders(test) : sharesSentence(test),
      beatSentence(test),
      'kswapd does not keep up, or a control group is at its limit.',
    ],
    seen: reclaimed,
    cell: (test) =>
      test.form !== 'counted' && quantityOf(test, 'process.reclaim.duration', 'count').value === 0
        ? 'no slow direct reclaim'
        : reclaimed(test),
  },
  'swapped-in': {
    topic: 'pages read back from swap',
    title: (test) => `Programs wait for swap: ${said(test, 'process.paging.swapped_in')}${mostFor(test)}`,
    details: () => ['Each page is a disk access that the program waits for.'],
    seen: (test) => said(test, 'process.paging.swapped_in'),
  },
  'major-faults': {
    topic: 'major page faults',
    title: (test) => `${rounded(first(test))} major page faults a second${byProgram(test)}`,
    details: () => ['Code and mapped files are read from disk again and again: memory is short.'],
    seen: (test) => `${rounded(first(test))} a second`,
  },
  refaults: {
    topic: 'pages read again after they were evicted',
    title: (test) =>
      `The host reads ${said(test, 'system.paging.refaults')} again that it just evicted${forHowLong(test)}`,
    details: (test) => [
      'What is in use does not fit into memory: the same pages are dropped and read, over and over.',
      holders(test),
    ],
    seen: (test) => said(test, 'system.paging.refaults'),
  },
  'page-cache': {
    topic: 'page cache',
    title: (test) =>
      `The page cache misses: ${said(test, 'system.filesystem.cache.hit_ratio')} hits, ${said(test, 'system.filesystem.cache.misses')} missed`,
    details: () => ['The files in use are larger than the memory left for them, or are read for the first time.'],
    seen: (test) =>
      `${said(test, 'system.filesystem.cache.hit_ratio')} hits, ${said(test, 'system.filesystem.cache.misses')} missed`,
  },
  'oom-kill-events': {
    topic: 'processes killed during the capture',
    title: (test) => {
      const [victim] = test.who ?? [];
      const count = test.details?.count ?? 0;
      if (test.form === 'group') return `${capitalized(groupText(test))} lost ${killsText(count)} at its memory limit`;
      if (test.form === 'host') return `The kernel killed ${killsText(count)} for lack of memory`;
      return victim === undefined
        ? `${commas(count)} processes were killed for lack of memory`
        : `${victim.name} was killed for lack of memory${count > 1 ? `, ${commas(count)} kills in all` : ''}`;
    },
    details: (test) => [
      partsSentence(test, 'caller', 'Asked for memory last'),
      partsSentence(test, 'program', 'Gone since then'),
    ],
    seen: (test) => (quantityOf(test, 'process.killed').value === 0 ? 'none' : said(test, 'process.killed')),
  },
  'cpu-throttled': {
    topic: 'CPU limits of control groups',
    title: (test) => `${capitalized(groupText(test))} is held back by its CPU limit${limitText(test)}`,
    details: (test) => [
      `Throttled in ${said(test, 'cgroup.cpu.throttled_periods')} of its periods (${commas(test.details?.count ?? 0)} of ${commas(test.details?.of ?? 0)})${standing(test)}.`,
      'Each time all its threads stand still until the next period, whatever CPUs are idle.',
    ],
    seen: (test) =>
      (test.details?.of ?? 0) === 0
        ? 'no group with a CPU limit ran'
        : `${groupName(test)} was throttled most, in ${said(test, 'cgroup.cpu.throttled_periods')} of ${commas(test.details?.of ?? 0)} periods`,
  },
  'memory-limit': {
    topic: 'memory limits of control groups',
    title: (test) => {
      const group = capitalized(groupText(test));
      if (test.form === 'stalled')
        return `${group} stalls for memory ${said(test, 'cgroup.pressure.memory.some')} of the worst ten seconds`;
      const limit = test.details?.limit === undefined ? '' : ` of ${scaledText(test.details.limit, 'bytes')}`;
      return `${group} is at its memory limit${limit}`;
    },
    details: (test) => [
      test.form === 'max' ? `It hit the limit ${amount(test)} a second: every allocation frees something first.` : '',
      test.form === 'high' ? `It passed memory.high ${amount(test)} a second and was slowed down for it.` : '',
      holders(test),
    ],
    seen: (test) =>
      test.form === 'stalled'
        ? `${groupName(test)} stalled ${said(test, 'cgroup.pressure.memory.some')} of the worst ten seconds`
        : test.measures[0]?.value === 0
          ? `${groupName(test)} did not hit its memory limit`
          : `${groupName(test)} hit its memory limit ${amount(test)} a second`,
  },
  'io-throttled': {
    topic: 'disk limits of control groups',
    title: (test) =>
      test.form === 'at limit'
        ? `${capitalized(groupText(test))} is at its disk limit on ${partOf(test, 'device')?.name ?? 'its disk'}`
        : `A disk limit holds ${groupText(test)} back: ${said(test, 'cgroup.disk.throttled')} of its requests waited`,
    details: (test) =>
      test.form === 'at limit'
        ? [
            `It used ${ofLimit(test)}.`,
            has(test, 'cgroup.pressure.io.some')
              ? `Its tasks stalled ${said(test, 'cgroup.pressure.io.some', 'max')} of the worst ten seconds.`
              : '',
            'The disk itself may be idle: iostat does not show it.',
          ]
        : heldBackDetails(test),
    seen: (test) =>
      test.form === 'at limit'
        ? `${test.subject.name} at ${ofLimit(test)}`
        : test.subject.name === ''
          ? 'no request was held back'
          : `${said(test, 'cgroup.disk.throttled')} of the requests of ${test.subject.name} waited`,
  },
  'tasks-used': {
    topic: 'tasks of control groups',
    title: (test) => `${capitalized(groupText(test))} has ${tasksOf(test)}`,
    details: () => ['At the limit no thread or process starts: some programs exit, others hang.'],
    seen: (test) => `${test.subject.name} has ${tasksOf(test)}`,
  },
  'io-stalls': {
    topic: 'stalls on idle disks',
    title: (test) => {
      const who = (test.who ?? [])[0];
      const name =
        who !== undefined ? whoText(who) : test.subject.kind === 'cgroup' ? capitalized(groupText(test)) : 'tasks';
      const subject = name === 'tasks' ? 'Tasks stall' : `${name} stalls`;
      return `${subject} for I/O (${said(test, 'system.pressure.io.some')}) while disks are idle`;
    },
    details: (test) => [
      `Tasks stalled ${said(test, 'system.pressure.io.some')} of the worst ten seconds; the busiest disk was ${said(test, 'system.disk.io_time')} busy then.`,
      victimsSentence(test),
      'Look for an I/O limit of its control group, a network file system, or a frozen one.',
    ],
    seen: (test) =>
      `tasks stalled ${said(test, 'system.pressure.io.some')}, the busiest disk was ${said(test, 'system.disk.io_time')} busy`,
  },
} as const satisfies Partial<Readonly<Record<RuleName, Words>>>;

function mostFor(test: Test): string {
  const [who] = test.who ?? [];
  return who === undefined ? '' : `, most by ${whoText(who)}`;
}

function byProgram(test: Test): string {
  const who = firstUser(test);
  return who === null ? '' : `, most by ${whoText(who)}`;
}

function first(test: Test): number {
  return test.measures[0]?.value ?? Number.NaN;
}

function reclaimed(test: Test): string {
  return test.form === 'counted'
    ? `${said(test, 'system.paging.scan.direct')} scanned on average`
    : slowSeen(test, 'process.reclaim.duration');
}

function amount(test: Test): string {
  const [quantity] = test.measures;
  return quantity === undefined ? '' : `${rounded(quantity.value)} times`;
}

function killsText(count: number): string {
  return count === 1 ? 'a process' : `${commas(count)} processes`;
}

function groupName({ subject: { name } }: Test): string {
  return name === '' ? 'the group of this file' : name;
}

/** `control group kubepods/pod7`; files that do not tell of which group they are are of one. */
function groupText({ subject: { name } }: Test): string {
  return name === '' ? 'the control group of this file' : `control group ${name}`;
}

function limitText({ details: { limit } = {} }: Test): string {
  return limit === undefined ? '' : ` of ${rounded(limit)} ${limit === 1 ? 'CPU' : 'CPUs'}`;
}

function standing({ details: { seconds } = {} }: Test): string {
  return seconds === undefined ? '' : `, ${valueText(seconds, 's')} in all, summed over CPUs`;
}

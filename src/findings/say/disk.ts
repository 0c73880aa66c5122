/** What the rules on disks, files and waits say. */

import { commas, percentText, scaledText } from '../../datasets/amounts.ts';
import { capitalized } from '../../datasets/capitalized.ts';
import type { Test } from '../facts.ts';
import type { RuleName } from '../names.ts';
import { isShell } from '../shells.ts';
import {
  beatSentence,
  firstUser,
  forHowLong,
  has,
  listed,
  modesSentence,
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

function disk({ subject: { name } }: Test): string {
  return name === '' ? 'the disks' : `disk ${name}`;
}

/** `98% busy, 243 requests queued, each waits 54 ms`. */
function diskNumbers(test: Test): string {
  return diskParts(test).join(', ');
}

function diskParts(test: Test): string[] {
  const parts = [`${said(test, 'system.disk.io_time')} busy`];
  if (has(test, 'system.disk.pending_operations'))
    parts.push(`${said(test, 'system.disk.pending_operations')} requests queued`);
  if (has(test, 'system.disk.operation_time')) parts.push(`each waits ${said(test, 'system.disk.operation_time')}`);
  return parts;
}

function waitWords(topic: string, what: string, why: string): Words {
  const seconds = (test: Test) => said(test, 'process.off_cpu.duration', 'sum');
  return {
    topic,
    title: (test) => {
      const [victim] = test.who ?? [];
      if (victim === undefined || victim.name === '') return `Threads waited ${seconds(test)} for ${what}`;
      return `Threads of ${victim.name} waited ${victim.quantity === undefined ? seconds(test) : quantityText(victim.quantity.value)} for ${what}`;
    },
    details: (test) => [
      partsSentence(test, 'caller', 'Most in'),
      `${capitalized(said(test, 'process.off_cpu.duration', 'share'))} of the explained off-CPU time, summed over threads.`,
      timesUnknown(test),
      why,
    ],
    seen: (test) => `${seconds(test)} over all threads`,
  };
}

/** Why no time stands behind the title: offcputime prints one sum for each stack. */
function timesUnknown({ since, details }: Test): string {
  if (since !== undefined) return '';
  const within = details?.window === undefined ? '' : ` in these ${quantityText(details.window)}`;
  return `The stacks have no times: when${within} the threads waited is unknown.`;
}

function quantityText(seconds: number): string {
  return scaledText(seconds, 's');
}

/** What a shell is charged with, its children may have done. */
function shellSentence(test: Test): string {
  const user = firstUser(test);
  if (user === null || user.quantity === undefined || !isShell(user.name)) return '';
  const programs = partsText(test, 'program');
  return `A shell is counted as reading and writing what the programs it ran did${programs === '' ? '' : `: ${programs}`}.`;
}

export const diskWords = {
  'disk-saturated': {
    topic: 'disk saturation',
    title: (test) => {
      const who = firstUser(test);
      const [victim] = (test.who ?? []).filter(({ role }) => role === 'victim');
      if (who === null && victim === undefined) return `${capitalized(disk(test))} is saturated: ${diskNumbers(test)}`;
      const subject =
        who === null ? `${capitalized(disk(test))} is saturated` : `${whoText(who)} saturates ${disk(test)}`;
      if (victim !== undefined) return `${subject} and stalls ${victim.name}`;
      return `${subject}: ${diskParts(test).at(-1)}`;
    },
    details: (test) => [
      (test.who ?? []).length > 0 ? `${capitalized(diskNumbers(test))}.` : '',
      forHowLong(test) === '' ? '' : `Saturated${forHowLong(test)}; the figures are for the saturated time only.`,
      usersSentence(test, 'Requests of'),
      shellSentence(test),
      byKernel(test),
      test.details?.limit === undefined
        ? ''
        : `The device itself needed ${scaledText(test.details.limit, 'us')} at most; the rest is queueing.`,
      victimsSentence(test),
    ],
    seen: (test) =>
      test.subject.name === ''
        ? 'no disk was busy'
        : `the busiest, ${test.subject.name}, was ${diskNumbers(test)}${forHowLong(test)}`,
  },
  'disk-latency': {
    topic: 'disk I/O latency',
    title: (test) =>
      `${test.subject.name === '' ? 'Disk I/O' : `I/O on ${test.subject.name}`} is slow: 99th percentile ${said(test, 'system.disk.operation.duration')}`,
    details: (test) => [
      test.form === 'burst'
        ? `In the worst of ${commas(test.details?.seconds ?? 0)} slow seconds, of ${commas(test.details?.count ?? 0)} requests in all.`
        : `Over ${commas(test.details?.count ?? 0)} requests${measured(test)}.`,
      modesSentence(test) === '' ? beatSentence(test) : modesSentence(test),
      usersSentence(test, 'Requests of'),
    ],
    seen: (test) =>
      `${test.subject.name === '' ? '' : `${test.subject.name}, `}99th percentile ${said(test, 'system.disk.operation.duration')} over ${commas(test.details?.count ?? 0)} requests${measured(test)}`,
  },
  'disk-writer': {
    topic: 'programs by disk I/O',
    title: (test) => {
      const who = firstUser(test);
      const signal = test.form === 'reads' ? 'process.disk.io.read' : 'process.disk.io.write';
      const verb = test.form === 'reads' ? 'reads' : 'writes';
      return `${who === null ? 'A program' : whoText(who)} ${verb} ${said(test, signal)}`;
    },
    details: (test) => [
      firstUser(test)?.share === undefined
        ? ''
        : `That is ${percentText(100 * (firstUser(test)?.share ?? 0))} of what programs ${test.form === 'reads' ? 'read' : 'wrote'}${forHowLong(test)}.`,
      shellSentence(test),
    ],
    seen: (test) => {
      const signal = test.form === 'reads' ? 'process.disk.io.read' : 'process.disk.io.write';
      return `most, ${test.subject.name}, ${test.form === 'reads' ? 'read' : 'wrote'} ${said(test, signal)}`;
    },
  },
  'slow-file-operations': {
    topic: 'slow file operations',
    title: (test) =>
      `${said(test, 'system.filesystem.operation.duration', 'count')} file operations${whose(test)} took ${thresholdText(test)} or more`,
    details: (test) => [
      `Up to ${said(test, 'system.filesystem.operation.duration', 'max')}.`,
      sharesBeside(test),
      partsSentence(test, 'file', 'Most on'),
      beatSentence(test),
    ],
    seen: (test) => slowSeen(test, 'system.filesystem.operation.duration'),
  },
  'file-operation-latency': {
    topic: 'latency of file operations',
    title: (test) =>
      `File operations wait: ${operation(test)}99th percentile ${said(test, 'system.filesystem.operation.duration')}`,
    details: (test) => [
      `Over ${commas(test.details?.count ?? 0)} operations.`,
      modesSentence(test),
      'Waits of the programs themselves, with what the file system and its locks add to the disk.',
    ],
    seen: (test) =>
      `${operation(test)}99th percentile ${said(test, 'system.filesystem.operation.duration')} over ${commas(test.details?.count ?? 0)}`,
  },
  'filesystem-full': {
    topic: 'space of file systems',
    title: (test) =>
      `File system ${test.subject.name} is full: ${said(test, fullSignal(test))} of its ${test.form ?? 'space'} used`,
    details: () => [],
    seen: (test) => `the fullest, ${test.subject.name}, ${said(test, fullSignal(test))} of its ${test.form ?? 'space'}`,
  },
  'failing-opens': {
    topic: 'failing opens',
    title: (test) => {
      const who = firstUser(test);
      const count = has(test, 'process.file.open.failed', 'rate')
        ? `${said(test, 'process.file.open.failed', 'rate')} fail`
        : `${commas(test.details?.count ?? 0)} failed`;
      return `${who === null ? 'A program' : whoText(who)} looks for files that are not there: ${count}`;
    },
    details: (test) => [
      `${commas(test.details?.count ?? 0)} of its ${commas(test.details?.of ?? 0)} ${test.form === 'stat' ? 'stats' : 'opens'} failed.`,
      partsSentence(test, 'file', 'Most often'),
    ],
    seen: (test) =>
      `most by ${firstUser(test)?.name ?? 'nobody'}, ${commas(test.details?.count ?? 0)} of ${commas(test.details?.of ?? 0)}`,
  },
  'blocked-tasks': {
    topic: 'tasks in uninterruptible sleep',
    title: (test) => {
      const who = test.who ?? [];
      const count = quantityOf(test, 'process.uninterruptible').value;
      const rest = count - who.reduce((sum, { processes }) => sum + processes, 0);
      const names = [...who.map(whoText), ...(rest > 0 ? [`${commas(rest)} more`] : [])];
      const how = test.form === 'one look' ? '' : 'stuck ';
      return `${who.length === 0 ? 'Tasks' : listed(names)} ${count === 1 ? 'is' : 'are'} ${how}in uninterruptible sleep`;
    },
    details: (test) => [
      partsSentence(test, 'wait', 'They wait in'),
      test.form === 'one look'
        ? 'Seen at one look: so many at once wait for storage, a network file system or a frozen one.'
        : 'State D from one look to the next: storage, a network file system or a frozen one does not answer.',
    ],
    seen: (test) =>
      quantityOf(test, 'process.uninterruptible').value === 0 ? 'none' : `${said(test, 'process.uninterruptible')}`,
  },
  'off-cpu-memory': waitWords(
    'waits for memory',
    'memory',
    'Reclaim, dirty pages or swap: memory is short, of the host or of a control group, or files are written faster than the disk takes them.',
  ),
  'off-cpu-fsync': waitWords('waits for fsync', 'fsync', 'Each commit waits for the disk.'),
  'off-cpu-disk': waitWords(
    'waits for disk I/O',
    'disk I/O',
    'biolatency, biosnoop and iostat tell which device and which kind of request.',
  ),
  'off-cpu-locks': waitWords(
    'waits for locks',
    'locks',
    'Time under the lock sets the pace, however many threads there are.',
  ),
  'off-cpu-futex': {
    ...waitWords('futex waits without symbols', 'a futex without symbols', ''),
    title: (test) => {
      const [victim] = test.who ?? [];
      const who = victim === undefined || victim.name === '' ? 'Threads' : `Threads of ${victim.name}`;
      const waited =
        victim?.quantity === undefined
          ? said(test, 'process.off_cpu.duration', 'sum')
          : quantityText(victim.quantity.value);
      return test.form === 'contended'
        ? `${who} waited ${waited} for a contended lock`
        : `${who} waited ${waited} for locks or work`;
    },
    details: (test) => [
      test.form === 'contended' ? 'Its threads switch all the time.' : '',
      'They waited in a futex: no symbol on these stacks tells a lock from a pool without work.',
      timesUnknown(test),
    ],
  },
} as const satisfies Partial<Readonly<Record<RuleName, Words>>>;

function fullSignal(test: Test): 'system.filesystem.utilization' | 'system.filesystem.inodes.utilization' {
  return test.form === 'inodes' ? 'system.filesystem.inodes.utilization' : 'system.filesystem.utilization';
}

function operation(test: Test): string {
  const part = partOf(test, 'operation');
  return part === null ? '' : `${part.name} `;
}

function byKernel({ details: { count = 0, of = 0 } = {} }: Test): string {
  return count === 0 || of === 0
    ? ''
    : `Kernel threads submitted ${commas(count)} of ${commas(of)} requests: whose those are is unknown.`;
}

function measured({ details: { before } = {} }: Test): string {
  return before === undefined ? ', from issue to completion' : '';
}

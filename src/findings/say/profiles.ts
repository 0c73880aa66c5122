/** What the rules on CPU profiles, and on how far all of it can be trusted, say. */
import { commas, scaledText } from '../../datasets/amounts.ts';
import type { Part, Test } from '../facts.ts';
import type { RuleName } from '../names.ts';
import { firstUser, listed, partOf, partsSentence, said, usersSentence, type Words, whoText } from './words.ts';

function workWords(what: string, ...why: readonly string[]): Words {
  return {
    topic: what.toLowerCase(),
    title: (test) => `${what}: ${shareOf(test)}${of(test)}`,
    details: (test) => [partsSentence(test, 'function', 'In'), ...why],
    seen: shareOf,
  };
}

/** `20% of the busy CPU samples`: of those of idle CPUs it is no part. */
function shareOf(test: Test): string {
  return `${said(test, 'profile.samples')} of the ${test.form === 'busy' ? 'busy ' : ''}CPU samples`;
}

/** `, most in java`; empty for nobody in particular. */
function of(test: Test): string {
  const who = firstUser(test);
  return who === null || (who.share ?? 0) < 0.5 ? '' : `, most in ${whoText(who)}`;
}

const RUNTIMES: Readonly<Record<string, string>> = { node: 'Node', java: 'the JVM', python: 'Python', dotnet: '.NET' };

function runtime(test: Test): string {
  return RUNTIMES[partOf(test, 'runtime')?.name ?? ''] ?? 'a runtime';
}

export const profileWords = {
  'garbage-collection': workWords('Garbage collection', 'A heap that is too small, or garbage without end.'),
  'lock-contention': workWords(
    'Locks and wake-ups',
    'Time spent on waiting for locks, not in the work they protect; off-CPU stacks show the rest of the wait.',
  ),
  'page-faults': workWords(
    'Page faults',
    'Memory is taken anew again and again: short-lived processes, a growing heap, or an allocator that returns memory too eagerly.',
  ),
  'path-lookups': workWords(
    'Looking up paths',
    'Files that are not there, long lists of folders, or the same file opened again and again: opensnoop tells which.',
  ),
  'regular-expressions': workWords(
    'Regular expressions',
    'Nested repeats on long input take exponential time in an engine that backtracks.',
  ),
  timers: workWords('Timers', 'Threads wake up only to poll for work, or timeouts are set and cleared all the time.'),
  spinning: workWords('Busy waiting', 'On a saturated host the spinner keeps the one it waits for from running.'),
  allocation: workWords('Memory allocation', 'Objects are made and thrown away in the hot path.'),
  compression: workWords('Compression', 'A faster algorithm or a lower level often costs little size.'),
  syscalls: workWords('System calls', 'Many small calls, or few expensive ones: syscount tells which.'),
  'unknown-frames': {
    topic: 'samples without symbols',
    title: (test) => `${said(test, 'profile.samples.unknown')} of the CPU samples have no symbol${modules(test)}`,
    details: (test) => [
      partsSentence(test, 'module', 'In'),
      'What they do cannot be told; shares of everything else are too low.',
    ],
    seen: (test) => `${said(test, 'profile.samples.unknown')} of the CPU samples`,
  },
  'nameless-jit': {
    topic: 'samples in compiled code without names',
    title: (test) =>
      `${said(test, 'profile.samples.unknown')} of the CPU samples are code of ${runtime(test)} without names`,
    details: (test) => [
      usersSentence(test, 'Of'),
      'The runtime compiled it while it ran; it can write a map for perf.',
    ],
    seen: (test) => `${said(test, 'profile.samples.unknown')} of the CPU samples`,
  },
  'missing-callers': {
    topic: 'stacks without callers',
    title: (test) =>
      `${said(test, 'profile.samples.callerless')} of the stacks have lost their callers${modules(test)}`,
    details: (test) => [
      partsSentence(test, 'module', 'In'),
      'Compiled without frame pointers: the functions at the top are right, who called them is unknown. Record with --call-graph dwarf.',
    ],
    seen: (test) => `${said(test, 'profile.samples.callerless')} of the stacks`,
  },
  'skewed-sampling': {
    topic: 'sampling in step with the workload',
    title: (test) => `${said(test, 'profile.samples.skew')} of the samples fall into the same 20 ms of the second`,
    details: (test) => [
      `Between ${commas(test.details?.before ?? 0)} and ${commas((test.details?.before ?? 0) + 20)} ms.`,
      'The workload wakes in bursts at this moment of each second, or the sampler runs in step with it.',
    ],
    seen: (test) => `${said(test, 'profile.samples.skew')} in the fullest fiftieth of the second`,
  },
  'lost-events': {
    topic: 'lost events',
    title: (test) => `${test.subject.name} lost ${said(test, 'tool.events.lost')} events: its counts are too low`,
    details: () => ['The rate was higher than its buffer could take: trace one process, or sample less often.'],
    seen: (test) => said(test, 'tool.events.lost'),
  },
  'collector-cost': {
    topic: 'cost of collecting',
    title: (test) => `Collecting used ${said(test, 'tool.cpu.utilization')} of the CPUs`,
    details: (test) => [
      `${listed((test.who ?? []).map((who) => `${who.name} ${who.quantity === undefined ? '' : scaledText(who.quantity.value, 's')}`.trim()))} of CPU time.`,
      'A part of what was measured is the measuring.',
    ],
    seen: (test) => `${said(test, 'tool.cpu.utilization')} of the CPUs`,
  },
  'collector-samples': {
    topic: "samples of the capture's own tools",
    title: (test) => `${said(test, 'profile.samples')} of the CPU samples are of the tools of this capture`,
    details: (test) => [
      usersSentence(test, 'Of'),
      'Look at the other processes alone: the flame graph can hide these.',
    ],
    seen: (test) => `${said(test, 'profile.samples')} of the CPU samples`,
  },
} as const satisfies Partial<Readonly<Record<RuleName, Words>>>;

/** `, most in libfoo.so`; empty where no module has most of them. */
function modules(test: Test): string {
  const module: Part | null = partOf(test, 'module');
  return module === null || module.name === '' || module.name === '[unknown]'
    ? ''
    : `, most in ${module.name.split('/').at(-1)}`;
}

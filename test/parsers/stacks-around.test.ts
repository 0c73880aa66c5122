/** Stacks with something around them that is no stack: complaints, comments, odd times, other measures. */
import { describe, expect, test } from 'vitest';
import { foldedStacks } from '../../src/datasets/fold.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { type Reading, read } from '../reading.ts';

const SAMPLES = `foo 1 100.000001:     1 cycles:u:
\t5574a37dd36e main+0x30 (/home/u/foo)

foo 1 100.000002:     1 cycles:u:
\t5574a37dd36e main+0x30 (/home/u/foo)

`;

function folded({ datasets }: Reading): [string, number][] {
  const [stacks] = datasets.filter(({ shape }) => shape === 'stacks') as Stacks[];
  return stacks === undefined ? [] : foldedStacks(stacks.profile, () => false);
}

describe('perf script 2>&1', () => {
  const complaints = Array.from(
    { length: 600 },
    (_, i) => `addr2line: /lib/m${i % 3}.ko.xz: file format not recognized`,
  );

  test.each([
    ['a page of complaints above it', `${complaints.join('\n')}\n`],
    [
      'what perf says of lost chunks',
      'Warning:\nProcessed 1000 events and lost 3 chunks!\n\nCheck IO/CPU overload!\n\n',
    ],
    ['what perf could not open', 'Failed to open /tmp/perf-9.map, continuing without symbols\n'],
  ])('%s', async (_, above) => {
    const reading = await read(above + SAMPLES);
    expect(reading.grammar).toBe('perf script');
    expect(folded(reading)).toEqual([['foo;main', 2]]);
    expect(reading.unread).toEqual([]);
    expect(reading.notes.length).toBeGreaterThan(0);
    expect(reading.notes.length).toBeLessThanOrEqual(3);
  });

  test('a time whose fraction simpleperf printed as a number', async () => {
    const lines = ['936601', '8374'].map(
      (usec) =>
        `Gecko\t25122 [007] 115539.${usec}:\t\t1000000 task-clock:u:\n        b3cea6c4\tLock::unlock() (/system/lib/libc.so)\n`,
    );
    const reading = await read(lines.join('\n'));
    expect(folded(reading)).toEqual([['Gecko;Lock::unlock', 2_000_000]]);
    const [stacks] = reading.datasets as Stacks[];
    expect(Array.from(stacks?.profile.samples?.at ?? [])).toEqual([115539.936601, 115539.008374]);
  });
});

describe('folded stacks', () => {
  test('what Austin says of them is no stack, and tells the unit', async () => {
    const reading = await read(
      '# austin: 3.0.0\n# interval: 100\n# mode: wall\n\nP1;T0:1;/a/b.py:main:3 100\nP1;T0:1;/a/b.py:f:7 50\n\n# duration: 200\n',
    );
    expect(folded(reading)).toEqual([
      ['P1;T0:1;/a/b.py:f:7', 50],
      ['P1;T0:1;/a/b.py:main:3', 100],
    ]);
    expect(reading.datasets[0]).toMatchObject({ tool: 'austin', unit: 'usecs' });
    expect(reading).toMatchObject({ read: 2, noise: 6, unreadCount: 0 });
  });

  test('a frame may begin with the same mark', async () => {
    expect(folded(await read('#main;b 3\n#main;c 2\n'))).toEqual([
      ['#main;b', 3],
      ['#main;c', 2],
    ]);
  });

  test('names that Python printed as bytes', async () => {
    expect(folded(await read("b'java';b'run';x 3\njava;run;y 2\n"))).toEqual([
      ['java;run;x', 3],
      ['java;run;y', 2],
    ]);
  });
});

test('stats() by stack of bpftrace is a profile of what it sums up to', async () => {
  const text =
    'Attaching 1 probe...\n\n@ns[\n    do_futex+1\n    sys_futex+3\n]: count 3, average 200, total 600\n@ns[\n    do_read+1\n]: count 1, average 100, total 100\n';
  const reading = await read(text);
  expect(folded(reading)).toEqual([
    ['do_read', 100],
    ['sys_futex;do_futex', 600],
  ]);
  expect(reading.datasets[0]).toMatchObject({ unit: 'nsecs' });
});

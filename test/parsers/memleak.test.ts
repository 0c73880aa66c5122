import { expect, test } from 'vitest';
import { plain } from '../plain.ts';
import { read } from '../reading.ts';
import { folded, sample } from './bpf-read.ts';

test('the last report is the answer; what it grew from is a series', async () => {
  const reading = await read(sample('memleak/bcc.txt'));
  expect(folded(reading)).toEqual([
    ['__libc_start_call_main', 64],
    ['__libc_start_call_main;main;zmalloc', 90],
  ]);
  const [stacks, growth] = reading.datasets;
  expect(plain(stacks)).toMatchObject({ tool: 'memleak', kind: 'memory', unit: 'bytes' });
  expect(plain(growth)).toMatchObject({
    shape: 'series',
    clock: 'day',
    // 13:30:16 and 13:30:21; 45 + 4096 and 90 + 64
    metrics: [
      {
        unit: 'bytes',
        points: [
          [48616, 4141],
          [48621, 154],
        ],
        lines: [2, 9],
      },
    ],
  });
});

test('libbpf-tools: indices, addresses in brackets, times without zeros', async () => {
  const reading = await read(sample('memleak/libbpf.txt'));
  expect(folded(reading)).toEqual([
    ['<null sym>;malloc', 96],
    ['path_openat_[k];alloc_empty_file_[k];kmem_cache_alloc_[k]', 12288],
  ]);
  expect(plain(reading.datasets[1])).toMatchObject({
    metrics: [
      {
        points: [
          [32703, 8192],
          [32708, 12384],
        ],
      },
    ],
  });
});

test('a stack that was lost keeps its bytes', async () => {
  const text =
    '[1:2:3] Top 10 stacks with outstanding allocations:\n\t4096 bytes in 1 allocations from stack\n\t\tstack information lost\n';
  expect(folded(await read(text))).toEqual([['[unknown]', 4096]]);
});

test('nothing outstanding is an answer', async () => {
  const reading = await read('[12:00:01] Top 10 stacks with outstanding allocations:\n');
  expect(folded(reading)).toEqual([]);
  expect(reading.datasets.map(({ shape }) => shape)).toEqual(['stacks']);
  expect(reading.unreadCount).toBe(0);
});

test('with -a the allocations of the last report are a table', async () => {
  const report = (stamp: string, ...addresses: string[]) =>
    `[${stamp}] Top 2 stacks with outstanding allocations:\n${addresses.map((address) => `\taddr = ${address} size = 16\n`).join('')}\t${16 * addresses.length} bytes in ${addresses.length} allocations from stack\n\t\tmain+0x6d [allocs]\n`;
  const reading = await read(report('11:16:33', '948cd0') + report('11:16:34', '948cd0', '948d10'));
  expect(reading.unreadCount).toBe(0);
  expect(folded(reading)).toEqual([['main', 32]]);
  expect(plain(reading.datasets[2])).toMatchObject({
    shape: 'events',
    rows: [
      ['948cd0', 16],
      ['948d10', 16],
    ],
    lines: [6, 7],
  });
});

test('a report whose heading was cut to dots is a report of its own', async () => {
  const stack = (bytes: number) => `\t${bytes} bytes in 1 allocations from stack\n\t\tmain+0x6d [allocs]\n`;
  expect(folded(await read(`...\n${stack(80)}...\n${stack(160)}...\n`))).toEqual([['main', 160]]);
  const headed = `[1:2:3] Top 2 stacks with outstanding allocations:\n${stack(80)}...\n${stack(160)}...\n`;
  expect(folded(await read(headed))).toEqual([['main', 240]]);
});

/** What holds for any output of the BPF tools, whole, cut or damaged. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/datasets/shapes.ts';
import { type Reading, read } from '../reading.ts';
import { sample } from './bpf-read.ts';

const SAMPLES = [
  'profile/bcc.txt',
  'profile/bcc-delimited.txt',
  'profile/bcc-2016-addresses.txt',
  'offcputime/bcc.txt',
  'offcputime/bcc-2016.txt',
  'offcputime/libbpf-verbose.txt',
  'stackcount/bcc-per-process.txt',
  'stackcount/bcc-2016.txt',
  'stackcount/bcc-usdt.txt',
  'wakeuptime/bcc.txt',
  'offwaketime/bcc.txt',
  'offwaketime/bcc-2016.txt',
  'memleak/bcc.txt',
  'memleak/libbpf.txt',
  'biostacks/bpftrace.txt',
  'biostacks/libbpf.txt',
  'bpftrace/old-spellings.txt',
  'bpftrace/many-maps.txt',
  'bpftrace/many-maps-json.txt',
  'bpftrace/intervals.txt',
  'bpftrace/stacks-by-command.txt',
  'bpftrace/stacks-perf.txt',
  'bpftrace/stacks-json.txt',
];

/** Every number that a dataset holds, summed. */
function amount(dataset: Dataset): number {
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, number) => all + Math.abs(number), 0);
  switch (dataset.shape) {
    case 'stacks':
      return sum(dataset.profile.self);
    case 'histogram':
      return sum(dataset.counts);
    case 'counts':
      return sum(dataset.values);
    case 'series':
      return sum(dataset.metrics.flatMap(({ values }) => [...values]));
    case 'events':
      return dataset.lines.length;
    case 'text':
      return dataset.lines.length;
  }
}

function expectSound({ lines, read: wasRead, noise, unreadCount, datasets }: Reading, text: string): void {
  const printed = text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  expect(wasRead + noise + unreadCount).toBe(lines);
  expect(lines).toBe(printed);
  for (const dataset of datasets) {
    expect(Number.isFinite(amount(dataset))).toBe(true);
    if (dataset.shape === 'histogram')
      expect([dataset.lines.length, dataset.starts.at(-1)]).toEqual([dataset.counts.length, dataset.counts.length]);
    if (dataset.shape === 'stacks')
      dataset.profile.parent.forEach((parent, node) => {
        expect(parent <= node).toBe(true);
      });
  }
}

describe.each(SAMPLES)('%s', (path) => {
  const whole = sample(path);
  const lines = whole.split('\n');

  test('cut at any line, it never tells more than the whole', async () => {
    const all = await read(whole);
    const most = new Map(all.datasets.map((dataset) => [`${dataset.shape} ${dataset.title}`, amount(dataset)]));
    for (let end = 0; end < lines.length; end++) {
      const text = lines.slice(0, end).join('\n');
      const cut = await read(text);
      expectSound(cut, text);
      // memleak's last report may be smaller than the one before; what is text only until a map comes, is all text.
      if (all.datasets[0]?.tool === 'memleak' || cut.grammar === 'text') continue;
      for (const dataset of cut.datasets)
        if (dataset.shape !== 'text')
          expect(amount(dataset)).toBeLessThanOrEqual(most.get(`${dataset.shape} ${dataset.title}`) ?? 0);
    }
  });

  test('damaged anywhere, every line is still accounted for', async () => {
    const damage = fc.oneof(
      fc.record({ does: fc.constant('drop' as const), at: fc.nat(), with: fc.constant('') }),
      fc.record({ does: fc.constant('repeat' as const), at: fc.nat(), with: fc.constant('') }),
      fc.record({
        does: fc.constant('insert' as const),
        at: fc.nat(),
        with: fc.string({ unit: 'binary', maxLength: 40 }),
      }),
      fc.record({
        does: fc.constant('insert' as const),
        at: fc.nat(),
        with: fc.constantFrom(' ', ', ', ']', '[', '@', '@[', ']: 5', '    ', '{', '"', '\n', '^C', '\u0000', '|', '-'),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
        let text = whole;
        for (const { does, at, with: inserted } of damages) {
          const place = at % Math.max(1, text.length);
          const rest = does === 'drop' ? text.slice(place + 7) : text.slice(place);
          text = text.slice(0, place) + (does === 'repeat' ? text.slice(place, place + 60) : inserted) + rest;
        }
        expectSound(await read(text), text);
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

test('hostile lines cost no more than their length', async () => {
  const long = 500_000;
  const lines = [
    `    -${' '.repeat(long)}x`,
    `    -${' ('.repeat(long / 2)}x`,
    `@[${', '.repeat(long / 2)}`,
    `@x[${'['.repeat(long)}`,
    `@x[${']: '.repeat(long / 3)}x`,
    `@:${' '.repeat(long)}5 x`,
    `[0]${' '.repeat(long)}x`,
    `[1, 2) 5 |${' '.repeat(long)}x`,
    `{"type": "map", "data": ${'['.repeat(long)}`,
    `    f${'(.so'.repeat(long / 4)}x`,
    `    f (${'.so'.repeat(long / 3)}x`,
    `    f${' ['.repeat(long / 2)}x`,
    `    f${'+0x'.repeat(long / 3)}z`,
    `${'a:1'.repeat(long / 3)}: WARNING`,
    `Tracing ${'. '.repeat(long / 2)}x`,
    `[...${'] '.repeat(long / 2)}x`,
    `${'A '.repeat(long / 2)}a`,
  ];
  for (const start of [
    'Attaching 1 probe...\n@x: 1\n',
    'Sampling at 49 Hertz of all threads by user stack\n',
    '{"type": "time", "data": ""}\n',
    '[1:2:3] Top 1 stacks with outstanding allocations:\n1 bytes in 1 allocations from stack\n',
  ]) {
    const text = `${start}${lines.join('\n')}\n    12\n`;
    expectSound(await read(text), text);
  }
});

test('a stack 100,000 frames deep is read', async () => {
  const frames = Array.from({ length: 100_000 }, (_, i) => `    f${i}\n`).join('');
  const bcc = await read(
    `Sampling at 49 Hertz of all threads by user stack\n${frames}    -                deep (1)\n        7\n`,
  );
  const bpftrace = await read(`@[\n${frames}, deep]: 7\n`);
  for (const { datasets } of [bcc, bpftrace]) {
    const [stacks] = datasets;
    if (stacks?.shape !== 'stacks') throw new Error('no stacks');
    expect([stacks.profile.parent.length, amount(stacks)]).toEqual([100_002, 7]);
  }
});

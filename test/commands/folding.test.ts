/** `export --format folded` as its users know it, on captures small enough to fold by hand. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from '../../src/cli/parse.ts';
import type { Verb } from '../../src/cli/verb.ts';
import { type FoldingOptions, foldedOf, readOptionsFor } from '../../src/commands/folding.ts';
import { verbNamed } from '../../src/commands/index.ts';
import { readCapture } from '../../src/commands/read.ts';
import { writeCapture } from '../report/fixture.ts';

const SAMPLE = (who: string, time: string, event: string, frames: string[]) =>
  `${who} ${time}: ${event}:\n${frames.map((frame) => `\t 55d0 ${frame}\n`).join('')}\n`;
const USER = ['leaf (/bin/x)', 'main (/bin/x)'];
const FIRST =
  SAMPLE('web 10/11 [000]', '5.000000', '3 cycles', USER) +
  SAMPLE('web 10/12 [001]', '6.500000', '4 cycles', ['[unknown] (/lib/libc.so.6)', ...USER]) +
  SAMPLE('web 10/12 [001]', '6.600000', 'faults', USER) +
  SAMPLE('swapper 0/0 [001]', '7.000000', '90 cycles', ['intel_idle ([kernel.kallsyms])']);
const SECOND = SAMPLE('web 10/11 [000]', '1.000000', '5 cycles', USER);

/** Folds files of the texts with the words of a command line. */
function fold(texts: string[], ...words: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'coldflame-'));
  const paths = texts.map((text, i) => {
    const path = join(folder, `${i}.txt`);
    writeFileSync(path, text);
    return path;
  });
  return foldFiles(paths, ...words);
}

async function foldFiles(paths: string[], ...words: string[]) {
  const { values, operands } = parse((await verbNamed('export')) as Verb, ['--format', 'folded', ...words, ...paths]);
  const options = values as unknown as FoldingOptions;
  const notes: string[] = [];
  const capture = await readCapture(operands, readOptionsFor(options));
  const chunks = Array.from(
    foldedOf(capture, options, (text) => notes.push(text)),
    (chunk) => Buffer.from(chunk),
  );
  return { lines: Buffer.concat(chunks).toString().trimEnd().split('\n'), notes };
}

test.each([
  [[], ['swapper;intel_idle 90', 'web;main;leaf 3', 'web;main;leaf;[libc.so.6] 4']],
  [['--all'], ['swapper;intel_idle_[k] 90', 'web;main;leaf 3', 'web;main;leaf;[libc.so.6] 4']],
  [['--addrs'], ['swapper;intel_idle 90', 'web;main;leaf 3', 'web;main;leaf;[libc.so.6 <55d0>] 4']],
  [['--event', 'faults'], ['web;main;leaf 1']],
  // Seconds from the first sample of the file, whatever its event.
  [['--event', 'faults', '--from', '1.5'], ['web;main;leaf 1']],
  [['--tid'], ['swapper-0/0;intel_idle 90', 'web-10/11;main;leaf 3', 'web-10/12;main;leaf;[libc.so.6] 4']],
  [['--pid'], ['swapper-0;intel_idle 90', 'web-10;main;leaf 3', 'web-10;main;leaf;[libc.so.6] 4']],
  [['--tid', '12'], ['web;main;leaf;[libc.so.6] 4']],
  [['--pid', '--tid=11'], ['web-10;main;leaf 3']],
  [['--cpu', '0'], ['web;main;leaf 3']],
  [['--comm', 'web', '--from', '1'], ['web;main;leaf;[libc.so.6] 4']],
  [['--from', '1', '--to', '2'], ['web;main;leaf;[libc.so.6] 4']],
  [
    ['--skip-after', 'leaf', '--comm', 'web'],
    ['web;leaf 3', 'web;leaf;[libc.so.6] 4'],
  ],
])('%j', async (words, expected) => {
  expect((await fold([FIRST], ...words, '--')).lines).toEqual(expected);
});

test('times are the clock of the host, too, where a manifest tells it', async () => {
  const path = writeCapture();
  // Of the fixture: 100 samples a second on one CPU, 50 on the other.
  const weights = (lines: string[]) => lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  for (const [from, to] of [
    ['14:00:02', '14:00:03.5'],
    ['13:00:02Z', '2026-03-01T14:00:03.5'],
    ['2', '3.5s'],
  ] as const)
    expect(weights((await foldFiles([path], '--event', 'cpu-clock', '--from', from, '--to', to)).lines)).toBe(225);
  await expect(fold([FIRST], '--from', '14:00:02')).rejects.toThrow("needs the host's clock");
});

test('idle CPUs left out, and how much that was', async () => {
  const { lines, notes } = await fold([FIRST], '--no-idle');
  expect(lines).toEqual(['web;main;leaf 3', 'web;main;leaf;[libc.so.6] 4']);
  expect(notes.join('\n')).toContain('excluded 93%');
});

test('files are one profile, and the events that were not folded are named', async () => {
  const { lines, notes } = await fold([FIRST, SECOND]);
  expect(lines).toContain('web;main;leaf 8');
  expect(notes.join('\n')).toMatch(/faults/);
});

test('maps of one bpftrace program are not summed: each is a profile of its own', async () => {
  const maps = `@[
    read+1
    main+2
]: 5

@waits[
    schedule+3
    main+2
]: 900
`;
  const first = await fold([maps]);
  expect(first.lines).toEqual(['main;read 5']);
  expect(first.notes.join('\n')).toContain('excluded: @waits');
  for (const flag of ['--event', '--event-filter'])
    expect((await fold([maps], flag, '@waits')).lines).toEqual(['main;schedule 900']);
});

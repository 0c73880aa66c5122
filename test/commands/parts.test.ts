/** A file large enough to be read in parts, by a thread for each CPU: the whole must be what the parts were. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../dist/coldflame.js');
const SAMPLE = join(import.meta.dirname, '../../samples/perf/default.txt');
/** 160 MB: more than one thread reads by itself. */
const BLOCKS = 40_000;
const FUNCTIONS = 1000;

const folder = mkdtempSync(join(tmpdir(), 'coldflame-parts-'));
const large = join(folder, 'large.txt');

beforeAll(() => {
  const text = readFileSync(SAMPLE, 'utf8').trimEnd();
  const file = openSync(large, 'w');
  // A thousand functions that each part meets in an order of its own, between blocks of the same real samples.
  const block = (i: number) => {
    const name = (i * 7919) % FUNCTIONS;
    return `${text}\n\nextra 1 1.000000: 5 cpu-clock:ppp: \n\t ffff inner_${name}+0x1 (/a)\n\t ffff outer_${name % 10}+0x1 (/a)\n\n`;
  };
  for (let i = 0; i < BLOCKS; i += 1000) writeSync(file, Array.from({ length: 1000 }, (_, k) => block(i + k)).join(''));
  closeSync(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

function folded(path: string): Map<string, number> {
  const text = execFileSync('node', [PROGRAM, 'export', path, '--format', 'folded'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = text.trimEnd().split('\n');
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test('parts that threads read are one profile', () => {
  const whole = folded(large);
  const small = folded(SAMPLE);
  for (const [stack, weight] of small) expect([stack, whole.get(stack)]).toEqual([stack, weight * BLOCKS]);
  for (let i = 0; i < FUNCTIONS; i++)
    expect(whole.get(`extra;outer_${i % 10};inner_${i}`)).toBe((5 * BLOCKS) / FUNCTIONS);
  expect(whole.size).toBe(small.size + FUNCTIONS);
  // The period is the word before the event.
  const awk =
    '/ cpu-clock:ppp: $/ { for (i = 1; i <= NF; i++) if ($i ~ /^cpu-clock/) sum += $(i - 1) } END { printf "%.0f", sum }';
  const total = Number(execFileSync('awk', [awk, large], { encoding: 'utf8' }));
  expect([...whole.values()].reduce((sum, weight) => sum + weight, 0)).toBe(total);
});

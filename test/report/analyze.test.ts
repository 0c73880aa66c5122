/** `analyze` as it is called: what it prints, cuts, packs and refuses. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import { sumOf } from '../../src/datasets/columns.ts';
import { LADDER } from '../../src/render/report/fit/cuts.ts';
import { HOSTILE, samples, writeCapture } from './fixture.ts';

const PROGRAM = join(import.meta.dirname, '../../dist/coldflame.js');
const capture = writeCapture();
const folder = mkdtempSync(join(tmpdir(), 'coldflame-analyze-'));

function analyze(...flags: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync('node', [PROGRAM, 'analyze', capture, ...flags], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

test('prints host, window, findings, what was read, what failed, and where the report is', () => {
  const path = join(folder, 'r.html');
  const { status, out } = analyze('-o', path);
  expect(status).toBe(0);
  expect(out).toMatch(/^db-7 {2}2026-03-01 14:00:00 CET \(13:00:00 UTC\), 10 s\n/);
  expect(out).toMatch(/^perf +cpu-clock:ppp: 1,500 samples/m);
  expect(out).toMatch(/^failed +iostat: failed, status 127: ended with 127$/m);
  expect(out).toMatch(/^not there +tcpretrans: not installed: not installed: apt-get install bpfcc-tools$/m);
  expect(out).toContain(path);
  expect(out).not.toContain('\u001b');
});

test('-o - puts the report on standard output, and the summary elsewhere', () => {
  const { out, err } = analyze('-o', '-');
  expect(out).toMatch(/^<!doctype html>/);
  expect(err).toMatch(/^db-7/);
});

test('--from and --to leave the samples of the range', () => {
  const expected = samples().filter(({ at }) => at >= 2 && at < 3.5).length;
  const { out } = analyze('-o', join(folder, 'cut.html'), '--from', '14:00:02', '--to', '13:00:03.5Z');
  expect(out).toMatch(new RegExp(`^perf +cpu-clock:ppp: ${expected} samples`, 'm'));
});

test('a loose file is cut by seconds from its first sample', () => {
  const first = Math.min(...samples().map(({ at }) => at));
  const expected = samples().filter(({ at }) => at - first < 2).length;
  const file = join(capture, 'perf.txt');
  const { stdout } = spawnSync('node', [PROGRAM, 'analyze', file, '-o', join(folder, 'loose.html'), '--to', '2'], {
    encoding: 'utf8',
  });
  expect(stdout).toMatch(new RegExp(`^perf +cpu-clock:ppp: ${expected} samples`, 'm'));
});

test('--at marks seconds from the start', () => {
  analyze('-o', join(folder, 'mark.html'), '--at', '2026-03-01T14:00:04');
  expect(readFileSync(join(folder, 'mark.html'), 'utf8')).toMatch(/<body [^>]*data-mark="4">/);
});

test('--at outside of the capture is said to mark nothing', () => {
  const [inside, outside] = ['14:00:04', '15:30:00'].map(
    (at) => analyze('-o', join(folder, 'at.html'), '--at', at).out,
  );
  expect(inside).not.toMatch(/^--at/m);
  expect(outside).toMatch(/^--at +15:30:00 is outside the capture; nothing is marked$/m);
});

test.each([
  [['--at', 'noon'], /--at must be a time: .*got noon/],
  [['--from', '14:00:05', '--to', '14:00:05'], /--to must be later than --from/],
  [['--max-size', 'small'], /--max-size must be a size .*got small/],
])('%j is refused in one sentence, as a wrong command line', (flags, said) => {
  const { status, err } = analyze('-o', join(folder, 'no.html'), ...flags);
  expect(status).toBe(2);
  expect(err).toMatch(said);
  expect(err.trim().split('\n')).toHaveLength(1);
});

test('--max-size makes the report smaller and says what was left out', () => {
  const whole = join(folder, 'whole.html');
  analyze('-o', whole);
  const limit = Math.floor(statSync(whole).size * 0.99);
  const fitted = join(folder, 'fitted.html');
  const { status, out } = analyze('-o', fitted, '--max-size', String(limit));
  expect(status).toBe(0);
  expect(statSync(fitted).size).toBeLessThanOrEqual(limit);
  expect(out).toMatch(/^left out +\S/m);
  expect(readFileSync(fitted, 'utf8')).toContain('Left out to make this report smaller');
});

test('whatever is left out, weights and counts stay', async () => {
  const read = await readCapture([capture], { samples: true });
  const amounts = ({ datasets }: Capture): number[] =>
    datasets.flatMap((dataset) => {
      if (dataset.shape === 'stacks') return [sumOf(dataset.profile.self)];
      return dataset.shape === 'histogram' ? [sumOf(dataset.counts)] : [];
    });
  const whole = amounts(read);
  expect(whole).toEqual(expect.arrayContaining([42, 1500]));
  let [now, cuts] = [read, 0];
  for (const cut of LADDER) {
    const less = cut.of(now);
    if (less !== null) cuts++;
    now = less ?? now;
    expect(amounts(now)).toEqual(whole);
  }
  expect(cuts).toBeGreaterThan(1);
});

test('--pack writes the report, a summary and pictures', () => {
  const pack = join(folder, 'pack');
  const { status } = analyze('--pack', pack);
  expect(status).toBe(0);
  const names = readdirSync(pack);
  expect(names).toEqual(
    expect.arrayContaining(['report.html', 'summary.md', '02-perf-flamegraph.png', '02-perf-flamegraph.svg']),
  );
  const png = readFileSync(join(pack, '02-perf-flamegraph.png'));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  const summary = readFileSync(join(pack, 'summary.md'), 'utf8');
  // Of ten numbers 0, 2, 4 and 6 are the server's and even: 400 of 1,500 samples, of which 300 are of idle CPUs.
  expect(summary).toMatch(/of 1,200 samples \(300 more are of idle CPUs\):\n[\s\S]* 33\.3% █+·* parse\n/);
  expect(summary.replace(/^ {4}.*$/gm, '')).not.toContain(HOSTILE);
});

test('--pack names the pictures of a tool that prints several tables by their titles', () => {
  const pack = join(folder, 'tables');
  const sample = join(import.meta.dirname, '../../samples/iostat/extended.txt');
  spawnSync('node', [PROGRAM, 'analyze', sample, '--pack', pack]);
  const names = readdirSync(pack).filter((name) => name.endsWith('.svg'));
  expect(names.sort()).toEqual(['01-iostat-cpu-use.svg', '02-iostat-disks.svg']);
});

/** Two captures compared, against changes counted by hand. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  countChanges,
  distributionsOf,
  isBeyondChance,
  percentileOf,
  seriesChanges,
} from '../../src/datasets/changes.ts';
import { pairs } from '../../src/datasets/pairs.ts';
import type { Dataset, Series, Text } from '../../src/datasets/shapes.ts';
import { countsOf, histogramOf, metricOf } from '../plain.ts';

const PROGRAM = join(import.meta.dirname, '../../dist/coldflame.js');
const head = { source: 0, tool: 't', title: '', clock: null };

test('a mean leaves out the reports since boot, and a metric that is gone is told', () => {
  const series = (name: string, values: number[], sinceBoot: number): Series => ({
    ...head,
    shape: 'series',
    metrics: [
      metricOf(
        { name, labels: { CPU: '0' }, unit: '%', sinceBoot },
        values.map((value, i) => [i, value]),
      ),
    ],
  });
  expect(seriesChanges(series('r', [90, 1, 3], 1), series('r', [4], 0))).toMatchObject([
    { name: 'r · CPU 0', before: 2, after: 4, unit: '%', most: [3, 4] },
  ]);
  expect(seriesChanges(series('r', [1], 0), series('b', [4], 0)).map(({ before, after }) => [before, after])).toEqual([
    [null, 4],
    [1, null],
  ]);
});

test('of counts that accumulate the last state counts', () => {
  const counts = (values: number[], cumulative: boolean) =>
    countsOf(
      { ...head, shape: 'counts', unit: 'calls', cumulative },
      values.map((value) => ({ key: ['read'], value })),
    );
  expect(countChanges(counts([1, 2], false), counts([5, 9], true))).toEqual([
    { name: 'read', before: 3, after: 9, unit: 'calls' },
  ]);
});

test('percentiles are of all intervals together', () => {
  const histogram = histogramOf(
    { ...head, shape: 'histogram', unit: 'usecs', cumulative: false },
    [1, 2].map((at) => ({
      labels: { time: String(at), disk: 'sda' },
      at,
      buckets: [
        [0, 2, 49],
        [2, 4, at === 1 ? 0 : 2],
      ],
    })),
  );
  const [sda] = distributionsOf(histogram);
  expect([sda?.name, sda?.count]).toEqual(['disk sda', 100]);
  expect([50, 99].map((p) => sda && percentileOf(sda, p))).toEqual([
    [0, 2, 98],
    [2, 4, 2],
  ]);
});

test('datasets are matched by title first, then, where a title is only that of a file, in their order', () => {
  const text = (title: string): Text => ({ ...head, shape: 'text', title, lines: [] });
  const [a, b, c] = [text('a'), text('b'), text('c')] as [Dataset, Dataset, Dataset];
  const [later, other] = [text('b'), text('d')] as [Dataset, Dataset];
  expect(pairs({ datasets: [a, b, c], sources: [] }, { datasets: [other, later], sources: [] })).toEqual([[b, later]]);
  expect(
    pairs({ datasets: [a, b, c], sources: [{ name: 'a' }] }, { datasets: [other, later], sources: [{ name: 'd' }] }),
  ).toEqual([
    [a, other],
    [b, later],
  ]);
});

test('what one sample more or less makes is chance', () => {
  const share = (before: number, after: number) => ({ name: 'f', before, after, unit: '%' });
  // Standard errors by hand: sqrt(.0108 * .9892 / 93) = 1.07 %, sqrt(.0645 * .9355 / 93) = 2.55 %.
  expect(isBeyondChance(share(0, 1.08), 395, 93)).toBe(false);
  expect(isBeyondChance(share(0, 6.45), 395, 93)).toBe(true);
  expect(isBeyondChance(share(0, 1.08), 40000, 9300)).toBe(true);
  // 16 of 46, then 2 of 2: of 18 in 48 together, sqrt(.375 * .625 * (1 / 46 + 1 / 2)) = 35 %.
  expect(isBeyondChance(share(34.8, 100), 46, 2)).toBe(false);
});

test('diff writes a report that says what grew', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coldflame-diff-'));
  writeFileSync(join(folder, 'before.folded'), 'app;read 90\napp;lock 10\n');
  writeFileSync(join(folder, 'after.folded'), 'app;read 50\napp;lock 50\n');
  const path = join(folder, 'diff.html');
  const files = ['before.folded', 'after.folded'].map((name) => join(folder, name));
  const { status, stdout } = spawnSync('node', [PROGRAM, 'diff', ...files, '-o', path], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter(Boolean);
  expect([status, ...lines.slice(0, 3), lines.slice(3, 5).sort()]).toEqual([
    0,
    'before              before.folded',
    'after               after.folded',
    'no finding is new or worse',
    ['folded        10% before, 50% after: lock', 'folded        90% before, 50% after: read'],
  ]);
  expect(lines.slice(5)).toEqual([expect.stringContaining(`report        ${path} (`)]);
  const html = readFileSync(path, 'utf8');
  expect(html).toMatch(/>lock<\/td><td class="n">40<\/td><td class="n">10%?<\/td><td class="n">50%?<\/td>/);
});

/** A page made to fit: what it weighs is known before it is made, and what goes is said. */
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Capture } from '../../src/datasets/capture.ts';
import type { Column, Dataset } from '../../src/datasets/shapes.ts';
import { fitted, type Page, type PageWish } from '../../src/render/report/fit/fit.ts';
import { reportPage } from '../../src/render/report/report.ts';
import { ReportData } from '../../src/render/report/wire/report-data.ts';
import { countsOf, eventsOf, metricOf } from '../plain.ts';

const head = { source: 0, tool: 'tool', title: 'tool', clock: 'elapsed' } as const;
const columns: Column[] = [
  { name: 'TIME(s)', type: 'number', unit: 's', role: 'time' },
  { name: 'PATH', type: 'text', unit: '', role: null },
];

/** Digits without a pattern, the same in every run. */
function noise(i: number): number {
  const mixed = Math.imul(i ^ (i >>> 15), 0x2c1b3c6d);
  return (Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 0) / 2 ** 32;
}

function captureOf(...datasets: Dataset[]): Capture {
  const facts = { name: 't', tool: 'tool', grammar: 'tool', raw: null, run: null };
  const account = { lines: 1, read: 1, noise: 0, unreadCount: 0, unread: [], notes: [] };
  return { name: 't', manifest: null, damage: [], sources: [{ ...facts, ...account }], datasets };
}

const series = (rows: number): Dataset => ({
  ...head,
  shape: 'series',
  metrics: ['r', 'us', 'sy'].map((name, k) =>
    metricOf(
      { name },
      Array.from({ length: rows }, (_, i) => [i, Math.round(noise(i + 7 * k) * 10_000) / 100]),
    ),
  ),
});
const log = (rows: number): Dataset =>
  eventsOf(
    { ...head, shape: 'events', columns },
    Array.from({ length: rows }, (_, i) => [i / 10, `/var/${Math.floor(noise(i) * 1e9)}`]),
    Array.from({ length: rows }, (_, i) => i / 10),
  );
const counts = (rows: number): Dataset =>
  countsOf(
    { ...head, shape: 'counts', unit: 'calls', cumulative: false },
    Array.from({ length: rows }, (_, i) => ({
      key: [`k${i % 10}`],
      value: Math.floor(noise(i) * 1000),
      at: Math.floor(i / 10),
    })),
  );

async function fittedTo(capture: Capture, limit: number) {
  let pages = 0;
  const result = await fitted(capture, limit, (wish: PageWish): Page => {
    pages++;
    return reportPage({ capture, findings: [] }, wish);
  });
  const [, data = ''] = /id="data">([^<]*)</.exec(result.report) ?? [];
  return { ...result, pages, data: new ReportData(inflateSync(Buffer.from(data, 'base64'))) };
}

describe.each([
  ['series', series(200_000), /^\d[\d,]* values of long series; the mean, least and greatest of each/],
  ['a log', log(150_000), /^\d[\d,]* rows, the oldest of each table/],
  ['counts', counts(700_000), /^intervals shorter than/],
])('%s', (_, dataset, words) => {
  test.each([1])('fits %d MB, is made twice at most, and says what is gone', async (megabytes) => {
    const limit = megabytes * 2 ** 20;
    const { report, cuts, fits, pages, data } = await fittedTo(captureOf(dataset), limit);
    expect(fits).toBe(true);
    expect(report.length).toBeLessThanOrEqual(limit);
    // The first is what tells how large a page is; another follows where it is too large.
    expect(pages).toBeLessThanOrEqual(3);
    expect(cuts).toEqual([expect.stringMatching(words)]);
    expect(report).toContain(cuts[0]);
    expect(data.dataset(0).shape).toBe(dataset.shape);
  });
});

test('what fits is left alone', async () => {
  const { cuts, pages, data } = await fittedTo(captureOf(log(1000)), 2 ** 20);
  expect([cuts, pages]).toEqual([[], 1]);
  expect(data.dataset(0)).toMatchObject({ lines: { length: 1000 } });
});

test('pictures that take more than their part are left to the script', async () => {
  const many = Array.from({ length: 6 }, () => series(20_000));
  const { report, fits } = await fittedTo(captureOf(...many), 600_000);
  expect(fits).toBe(true);
  expect(report).toMatch(/Left out to make this report smaller: .*\d pictures? where no script runs/);
});

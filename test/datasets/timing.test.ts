/** What rows are about, and which of them a range keeps: each number here was counted by hand. */
import { expect, test } from 'vitest';
import { narrow } from '../../src/datasets/narrow.ts';
import type { Clock, Events, Series, Timing } from '../../src/datasets/shapes.ts';
import { secondsTold, tellTiming } from '../../src/datasets/timing.ts';
import { countsOf, metricOf, timesOf } from '../plain.ts';

function events(at: (number | null)[], clock: Clock = 'day', timing?: Timing): Events {
  const lines = Uint32Array.from(at, (_, i) => i + 1);
  const head = { shape: 'events', source: 0, tool: 't', title: '', clock, ...(timing && { timing }) } as const;
  return { ...head, columns: [], cells: [], at: timesOf(at), lines };
}

function series(at: number[], timing?: Timing): Series {
  const points = at.map((time): [number, number] => [time, time]);
  const metrics = [
    metricOf(
      { name: 'r' },
      points,
      at.map((_, i) => i + 1),
    ),
  ];
  return {
    shape: 'series',
    source: 0,
    tool: 'vmstat',
    title: '',
    clock: 'capture',
    ...(timing && { timing }),
    metrics,
  };
}

test.each<[string, Clock, (number | null)[], number]>([
  ['14:03:20 is cut to the second', 'day', [50_600, 50_601, null, 50_601], 1],
  ['since 1970, cut to the second', 'epoch', [1_795_204_806, 1_795_204_807], 1],
  ['/proc/uptime has hundredths', 'monotonic', [24_511.36, 24_512.5], 0.01],
  ['a third digit', 'day', [50_602.997, 50_603], 0.001],
  ['microseconds have no width', 'monotonic', [24_511.361201, 24_512], 0],
  ['since 1970 with microseconds', 'epoch', [1_795_204_806.553127], 0],
  ['reports that are counted were not cut', 'elapsed', [0, 1, 2], 0],
  ['elapsed times that are printed were', 'elapsed', [0, 1.3, 2], 0.1],
])('%s', (_, clock, at, grain) => {
  const dataset = events(at, clock);
  tellTiming(dataset, null, false);
  expect(dataset.timing?.grain ?? 0).toBe(grain);
});

test.each<[string, number[], number | null, number]>([
  ['the interval that the tool was told', [1, 2, 3], 5, 5],
  ['else what most reports are apart', [10, 20, 30, 41], null, 10],
  ['one report alone tells none', [10], null, 0],
])('a report is about %s', (_, at, interval, span) => {
  const dataset = series(at);
  tellTiming(dataset, interval, true);
  expect(dataset.timing?.span ?? 0).toBe(span);
});

test('a sum that is printed once is of the time that the tool ran; a gauge is of its moment', () => {
  const sum = countsOf(
    { shape: 'counts', source: 0, tool: 't', title: '', clock: 'capture', unit: 'I/Os', cumulative: false },
    [{ key: ['vda'], value: 3, at: 30 }],
  );
  tellTiming(sum, null, true, 30.08);
  expect(sum.timing?.span).toBe(30.08);
  const gauge = series([10]);
  tellTiming(gauge, null, true, 30.08);
  expect(gauge.timing?.span ?? 0).toBe(0);
});

const lines = (dataset: Events, from: number, to: number, outside = false) => [
  ...narrow(dataset, { from, to, outside }).lines,
];

test('a report is kept where the second before its stamp touches the range', () => {
  const dataset = series([1, 2, 3, 4, 5], { span: 1, grain: 0, doubt: 0 });
  const kept = (from: number, to: number) => [...(narrow(dataset, { from, to }).metrics[0]?.values ?? [])];
  // Of seconds 2 to 4 tell the reports of 3 and 4, and not that of 2, which ended there.
  expect(kept(2, 4)).toEqual([3, 4]);
  expect(kept(2.5, 2.6)).toEqual([3]);
  expect(kept(1.9, 4)).toEqual([2, 3, 4]);
  expect(kept(5, 9)).toEqual([]);
});

test('a stamp that was cut is kept where any of its second touches the range', () => {
  const dataset = events([10, 11, 12, null], 'capture', { span: 0, grain: 1, doubt: 0 });
  expect(lines(dataset, 10.4, 11.2)).toEqual([1, 2]);
  expect(lines(dataset, 11, 12)).toEqual([2]);
  expect(lines(dataset, 13, 14)).toEqual([]);
  // Each row with a time is inside or outside, never both.
  expect(lines(dataset, 10.4, 11.2, true)).toEqual([3]);
});

test('a moment is kept in a half-open range', () => {
  const dataset = events([10, 11, 12], 'capture');
  expect(lines(dataset, 10, 12)).toEqual([1, 2]);
  expect(lines(dataset, 10, 12, true)).toEqual([3]);
});

test('a range that ends on a row to the microsecond does not touch the next', () => {
  const dataset = series([0.9912371635, 1.9912371635], { span: 1, grain: 0, doubt: 0 });
  expect([...(narrow(dataset, { from: 0, to: 0.991238 }).metrics[0]?.values ?? [])]).toHaveLength(1);
});

test('the reports that a range touches are about more than the range', () => {
  const dataset = series([1, 2, 3, 4, 5], { span: 1, grain: 0, doubt: 0 });
  expect(secondsTold(narrow(dataset, { from: 1.9, to: 4 }))).toBe(3);
  expect(secondsTold(narrow(dataset, { from: 7, to: 9 }))).toBeNull();
  expect(secondsTold(events([1, 2], 'capture', { span: 0, grain: 1, doubt: 0 }))).toBeNull();
});

/** Counters as rates, against sums made by hand. */
import { expect, test } from 'vitest';
import { asRate, withRates } from '../../src/datasets/counters.ts';
import type { Series } from '../../src/datasets/shapes.ts';
import { metricOf, pointsOf } from '../plain.ts';

test('a counter of time is the share of the time that it grew by; one that was set back is left out', () => {
  // 250 ms in the first second, 1 s in the next two, then it starts anew.
  const total = metricOf({ name: 'total', unit: 'us', isCounter: true }, [
    [0, 1_000_000],
    [1, 1_250_000],
    [3, 2_250_000],
    [4, 10],
    [5, 500_010],
  ]);
  const rate = asRate(total);
  expect(rate.unit).toBe('%');
  expect(pointsOf(rate)).toEqual([
    [1, 25],
    [3, 50],
    [5, 50],
  ]);
});

test('a count is so many a second', () => {
  const throttled = metricOf({ name: 'nr_throttled', isCounter: true }, [
    [0, 5],
    [2, 25],
  ]);
  expect(asRate(throttled)).toMatchObject({ unit: '/s', sinceBoot: 0 });
  expect(pointsOf(asRate(throttled))).toEqual([[2, 10]]);
});

test.each([
  [
    'what is no counter stays, though it grows',
    metricOf({ name: 'total', unit: 'KiB' }, [
      [0, 5],
      [1, 6],
    ]),
  ],
  ['one value has no rate', metricOf({ name: 'nr_throttled', isCounter: true }, [[0, 5]])],
  [
    'nor have values without times',
    metricOf({ name: 'nr_throttled', isCounter: true }, [
      [null, 5],
      [null, 9],
    ]),
  ],
])('%s', (_, metric) => {
  expect(asRate(metric)).toBe(metric);
});

test('bytes and ticks of the CPU have rates of their own units', () => {
  const metrics = [
    metricOf({ name: 'receive bytes', unit: 'bytes', isCounter: true }, [
      [0, 1000],
      [2, 5000],
    ]),
    // A tick is a hundredth of a second: 50 of them in one are half a CPU.
    metricOf({ name: 'user', unit: 'ticks', isCounter: true }, [
      [0, 100],
      [1, 150],
    ]),
    metricOf({ name: 'procs_running' }, [[0, 3]]),
  ];
  const series: Series = { shape: 'series', source: 0, tool: '', title: '', clock: 'capture', metrics };
  const [bytes, ticks, running] = withRates(series).metrics;
  expect([bytes?.unit, ticks?.unit]).toEqual(['bytes/s', '%']);
  expect([bytes, ticks].map((each) => each?.values[0])).toEqual([2000, 50]);
  expect(running).toBe(metrics[2]);
});

/** Counters as rates, against sums made by hand. */
import { expect, test } from 'vitest';
import { asRate } from '../../src/render/counters.ts';
import { momentWords } from '../../src/render/heatmap-words.ts';
import { metricOf, pointsOf } from '../plain.ts';

test('a counter of time is the share of the time that it grew by; one that was set back is left out', () => {
  // 250 ms in the first second, 1 s in the next two, then it starts anew.
  const total = metricOf({ name: 'total', unit: 'us' }, [
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
  const throttled = metricOf({ name: 'nr_throttled' }, [
    [0, 5],
    [2, 25],
  ]);
  expect(asRate(throttled)).toMatchObject({ unit: '/s', sinceBoot: 0 });
  expect(pointsOf(asRate(throttled))).toEqual([[2, 10]]);
});

test.each([
  [
    'memory is no counter though it is called total',
    metricOf({ name: 'total', unit: 'KiB' }, [
      [0, 5],
      [1, 6],
    ]),
  ],
  ['one value has no rate', metricOf({ name: 'nr_throttled' }, [[0, 5]])],
  [
    'nor have values without times',
    metricOf({ name: 'nr_throttled' }, [
      [null, 5],
      [null, 9],
    ]),
  ],
])('%s', (_, metric) => {
  expect(asRate(metric)).toBe(metric);
});

test('a moment of a heat map in words: the fullest cells and the highest', () => {
  const map = {
    label: '',
    columns: [
      [0, 1],
      [1, 2],
    ] as [number, number][],
    columnUnit: 'seconds' as const,
    rows: [1, 2, 4, 8, 16].map((low) => ({ low, high: 2 * low, name: null })),
    rowTitle: '',
    rowUnit: 'us',
    values: Float64Array.of(0, 7, 0, 30, 0, 9, 0, 8, 0, 1),
    valueKind: 'count' as const,
    valueUnit: 'I/Os',
    notes: [],
  };
  expect(momentWords(map, 1.5)).toBe('55 I/Os: 30 in 2 to 4 µs, 9 in 4 to 8 µs, 1 in 16 to 32 µs');
  expect(momentWords(map, 0.5)).toBe('0 I/Os');
  expect(momentWords(map, 2)).toBe('');
});

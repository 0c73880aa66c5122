/** What is said of buckets, against numbers counted by hand. */
import { describe, expect, test } from 'vitest';
import { mergedBuckets } from '../../src/datasets/buckets.ts';
import { allBuckets, modes, percentileBucket } from '../../src/datasets/percentiles.ts';
import type { Bucket, Histogram } from '../../src/datasets/shapes.ts';
import { histogramOf } from '../plain.ts';

const powers = (counts: readonly number[]): Bucket[] =>
  counts.map((count, i) => [i === 0 ? 0 : 2 ** i, 2 ** (i + 1), count]);

describe('percentileBucket', () => {
  // 10 values: 1 in [0,2), 8 in [2,4), 0 in [4,8), 1 in [8,16).
  const buckets = powers([1, 8, 0, 1]);
  test.each([
    [10, 0],
    [11, 1],
    [50, 1],
    [90, 1],
    [91, 3],
    [99, 3],
    [100, 3],
  ])('p%d is in bucket %d', (p, index) => expect(percentileBucket(buckets, p)).toBe(index));

  test('of nothing there is none', () => {
    expect(percentileBucket([], 50)).toBeNull();
    expect(percentileBucket(powers([0, 0]), 50)).toBeNull();
  });
});

describe('modes', () => {
  test('a fast path and a slow one', () => {
    const found = modes(powers([10, 500, 200, 20, 3, 0, 40, 300, 90]));
    expect(found.map(({ peak, count }) => [peak, count])).toEqual([
      [1, 733],
      [7, 430],
    ]);
  });

  test('one hill is one mode', () => expect(modes(powers([1, 12, 15, 43, 52, 47, 52, 36, 15, 2, 2]))).toHaveLength(1));
  test('few counts are no hills', () => expect(modes(powers([0, 1, 1, 1, 1, 6, 1, 3]))).toHaveLength(1));
  test('nothing has none', () => expect(modes(powers([0, 0, 0]))).toEqual([]));
});

test('intervals are added up by bucket', () => {
  const intervals: Bucket[][] = [
    [
      [0, 2, 1],
      [2, 4, 5],
    ],
    [
      [2, 4, 1],
      [4, null, 7],
    ],
    [[null, 0, 2]],
  ];
  const histogram = histogramOf(
    { source: 0, tool: '', title: '', clock: null, shape: 'histogram', unit: '', cumulative: false },
    intervals.map((buckets) => ({ buckets })),
  );
  expect(mergedBuckets(histogram, [0, 1, 2])).toEqual([
    [null, 0, 2],
    [0, 2, 1],
    [2, 4, 6],
    [4, null, 7],
  ]);
});

describe('allBuckets', () => {
  // Two probes, printed twice: 3 and 1 values by 10:00:01, 2 more and 4 more by 10:00:02.
  const groups = (
    [
      ['read', '10:00:01', 3],
      ['write', '10:00:01', 1],
      ['read', '10:00:02', 5],
      ['write', '10:00:02', 5],
    ] as const
  ).map(([probe, time, count]) => ({
    labels: { probe, time },
    buckets: [[0, 2, count] as const],
  }));
  const histogram = (cumulative: boolean, printed = groups): Histogram => {
    const head = { source: 0, tool: 'argdist', title: 'argdist', clock: null, unit: '' };
    return histogramOf({ ...head, shape: 'histogram', cumulative }, printed);
  };

  test('intervals add up', () => expect(allBuckets(histogram(false))).toEqual([[0, 2, 14]]));
  test('of states that repeat what came before, the last of each probe counts', () =>
    expect(allBuckets(histogram(true))).toEqual([[0, 2, 10]]));
  test('without groups there are none', () => expect(allBuckets(histogram(true, []))).toEqual([]));
});

/** What is said of buckets, against numbers counted by hand. */
import { describe, expect, test } from 'vitest';
import { mergeBuckets, modes, percentileBucket } from '../../src/datasets/percentiles.ts';
import type { Bucket } from '../../src/datasets/shapes.ts';

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
  expect(
    mergeBuckets([
      [
        [0, 2, 1],
        [2, 4, 5],
      ],
      [
        [2, 4, 1],
        [4, null, 7],
      ],
      [[null, 0, 2]],
    ]),
  ).toEqual([
    [null, 0, 2],
    [0, 2, 1],
    [2, 4, 6],
    [4, null, 7],
  ]);
});

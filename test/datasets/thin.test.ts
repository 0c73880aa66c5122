/** Long datasets with fewer rows, against sums and peaks counted by hand. */
import { describe, expect, test } from 'vitest';
import type { Counts, Histogram, Series } from '../../src/datasets/shapes.ts';
import {
  countsInSteps,
  countsOfKeys,
  extremes,
  histogramInSteps,
  seriesInSteps,
  stepFor,
} from '../../src/datasets/thin.ts';
import { countsOf, groupsOf, histogramOf, itemsOf, metricOf, pointsOf } from '../plain.ts';

const head = { source: 0, tool: 't', title: '', clock: 'capture' } as const;
const seriesOf = (...metrics: Series['metrics']): Series => ({ ...head, shape: 'series', metrics });

test('of each part in a row the least and the greatest stay', () => {
  const values = Float64Array.of(3, 1, 2, 9, 5, 5, 5, 5);
  expect([...extremes(values, 4)]).toEqual([1, 3, 4]);
  expect([...extremes(values, 8)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a step is one that a person can name', () => {
  expect([stepFor(86_400, 10_000), stepFor(86_400, 1000), stepFor(60, 100), stepFor(1e9, 10)]).toEqual([
    10,
    120,
    1,
    86_400 * 1158,
  ]);
});

describe('series', () => {
  // 100 seconds: 7 throughout, but for 99 at 42 s and -5 at 43 s; the first is since boot.
  const points = Array.from({ length: 101 }, (_, i): [number, number] => [i, i === 42 ? 99 : i === 43 ? -5 : 7]);
  const of = (sinceBoot = 0) => {
    const metric = metricOf({ name: 'r', sinceBoot }, points);
    return seriesOf(metric, { ...metric, name: 'b' });
  };

  test('have mean, least and greatest of each step, no peak lost', () => {
    const made = seriesInSteps(of(), 10);
    const metric = made?.dataset.metrics[0];
    expect(made?.step).toBe(10);
    expect(made?.dataset.timing).toMatchObject({ span: 10 });
    // (8 * 7 + 99 - 5) / 10
    expect(metric && pointsOf(metric)[4]).toEqual([49, 15]);
    expect([metric?.spread?.least[4], metric?.spread?.greatest[4]]).toEqual([-5, 99]);
    expect([metric?.spread?.least[3], metric?.spread?.greatest[3], metric?.lines[3]]).toEqual([7, 7, 31]);
    expect(metric?.at).toBe(made?.dataset.metrics[1]?.at);
  });

  test('that count are where they stood at the end of each step', () => {
    // Seven a second.
    const counter = metricOf(
      { name: 'ctxt', isCounter: true },
      points.map(([at], i) => [at, 7 * i]),
    );
    const [metric] = seriesInSteps(seriesOf(counter), 10)?.dataset.metrics ?? [];
    expect(metric && pointsOf(metric).slice(0, 3)).toEqual([
      [9, 63],
      [19, 133],
      [29, 203],
    ]);
    expect(metric?.spread).toBeUndefined();
  });

  test('again, of what was made of many already', () => {
    const twice = seriesInSteps(seriesInSteps(of(), 10)?.dataset as Series, 3);
    const spread = twice?.dataset.metrics[0]?.spread;
    expect([twice?.step, Math.min(...(spread?.least ?? [])), Math.max(...(spread?.greatest ?? []))]).toEqual([
      60, -5, 99,
    ]);
  });

  test('keep their averages since boot by themselves', () => {
    const metric = seriesInSteps(of(1), 10)?.dataset.metrics[0];
    expect(metric?.sinceBoot).toBe(1);
    expect(metric && pointsOf(metric).slice(0, 2)).toEqual([
      [0, 7],
      [9, 7],
    ]);
  });

  test('without times are cut by their order, and short ones not at all', () => {
    const untimed = seriesOf(
      metricOf(
        { name: 'r' },
        points.map(([, value]) => [null, value]),
      ),
    );
    expect(seriesInSteps(untimed, 10)).toMatchObject({
      step: null,
      dataset: { metrics: [{ values: { length: 10 } }] },
    });
    expect(seriesInSteps(of(), 60)).toBeNull();
  });
});

describe('counts', () => {
  const items = Array.from({ length: 60 }, (_, i) => ({ key: [i % 2 === 0 ? 'a' : 'b'], value: i, at: i >> 1 }));
  const counts = (cumulative: boolean): Counts => countsOf({ ...head, shape: 'counts', unit: '', cumulative }, items);

  test('of several intervals are added up by their key', () => {
    const made = countsInSteps(counts(false), 3);
    expect(made?.step).toBe(10);
    expect(made && itemsOf(made.dataset)).toMatchObject([
      { key: ['a'], value: 90, at: 9 },
      { key: ['b'], value: 100, at: 9 },
      { key: ['a'], value: 290, at: 19 },
      { key: ['b'], value: 300, at: 19 },
      { key: ['a'], value: 490, at: 29 },
      { key: ['b'], value: 500, at: 29 },
    ]);
  });

  test('that accumulate are the last of each step', () => {
    const made = countsInSteps(counts(true), 3);
    expect(made && itemsOf(made.dataset).map(({ value }) => value)).toEqual([18, 19, 38, 39, 58, 59]);
  });

  test('of the least keys are added up', () => {
    const many = countsOf(
      { ...head, shape: 'counts', unit: '', cumulative: false },
      [5, 90, 1, 70, 2].map((value, i) => ({ key: [`k${i}`], value })),
    );
    expect(itemsOf(countsOfKeys(many, 2) as Counts).map(({ key, value }) => [...key, value])).toEqual([
      ['k1', 90],
      ['k3', 70],
      ['3 other keys', 8],
    ]);
    expect(countsOfKeys(many, 5)).toBeNull();
  });
});

test('histograms of several intervals are added up by bucket and label', () => {
  const groups = Array.from({ length: 40 }, (_, i) => ({
    labels: { disk: i % 2 === 0 ? 'sda' : 'sdb', time: String(i) },
    at: i >> 1,
    buckets: [[0, 2, 1] as const, [2, null, i] as const],
  }));
  const histogram: Histogram = histogramOf({ ...head, shape: 'histogram', unit: 'usecs', cumulative: false }, groups);
  const made = histogramInSteps(histogram, 2);
  expect(made?.step).toBe(10);
  expect(made && groupsOf(made.dataset).map(({ labels, at, buckets }) => [labels.disk, at, buckets])).toEqual([
    [
      'sda',
      9,
      [
        [0, 2, 10],
        [2, null, 90],
      ],
    ],
    [
      'sda',
      19,
      [
        [0, 2, 10],
        [2, null, 290],
      ],
    ],
    [
      'sdb',
      9,
      [
        [0, 2, 10],
        [2, null, 100],
      ],
    ],
    [
      'sdb',
      19,
      [
        [0, 2, 10],
        [2, null, 300],
      ],
    ],
  ]);
});

/** Sums over event logs, counted by hand. */
import { expect, test } from 'vitest';
import { alongTime, eventRate, eventTotals } from '../../src/datasets/event-sums.ts';
import type { Events } from '../../src/datasets/shapes.ts';

const log: Events = {
  shape: 'events',
  source: 0,
  tool: 'pidstat',
  title: 'pidstat',
  clock: 'capture',
  columns: [
    { name: '%CPU', type: 'number', unit: '%', role: null },
    { name: 'Command', type: 'text', unit: '', role: 'process' },
  ],
  rows: [
    [50, 'a'],
    [30, 'b'],
    [70, 'a'],
    [null, 'b'],
  ],
  at: [1, 1, 2, 4],
  lines: [3, 4, 5, 6],
};

test('a share of the CPU is its mean over the reports, of which there are three', () => {
  expect(eventTotals(log, 0)?.items.map(({ key, value }) => [key[0], value])).toEqual([
    ['a', 40],
    ['b', 10],
  ]);
});

test('without a weight rows are counted', () => {
  expect(eventTotals(log, null)?.items.map(({ value }) => value)).toEqual([2, 2]);
});

test('stamps to the second are counted by the second', () => {
  expect(eventRate(log)?.metrics[0]?.points).toEqual([
    [1, 2],
    [2, 1],
    [3, 0],
    [4, 1],
  ]);
});

test('a log of one moment has no rate', () => {
  expect(eventRate({ ...log, at: [1, 1, 1, null] })).toBeNull();
});

test('a table of reports is drawn by process: what a report leaves out took nothing of it', () => {
  expect(alongTime(log)?.metrics.map(({ labels, points }) => [labels.Command, points])).toEqual([
    [
      'a',
      [
        [1, 50],
        [2, 70],
        [4, 0],
      ],
    ],
    [
      'b',
      [
        [1, 30],
        [2, 0],
        [4, 0],
      ],
    ],
  ]);
});

test('a log without such a column is drawn by its rows', () => {
  const columns = log.columns.map((column, i) => (i === 0 ? { ...column, name: 'LAT(ms)' } : column));
  expect(alongTime({ ...log, columns })?.metrics[0]?.name).toBe('rows a second');
});

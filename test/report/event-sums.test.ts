/** Sums over event logs, counted by hand. */
import { expect, test } from 'vitest';
import { alongTime, eventRate, eventTotals } from '../../src/datasets/event-sums.ts';
import type { Counts } from '../../src/datasets/shapes.ts';
import { eventsOf, itemsOf, pointsOf, timesOf } from '../plain.ts';

const log = eventsOf(
  {
    shape: 'events',
    source: 0,
    tool: 'pidstat',
    title: 'pidstat',
    clock: 'capture',
    columns: [
      { name: '%CPU', type: 'number', unit: '%', role: null },
      { name: 'Command', type: 'text', unit: '', role: 'process' },
    ],
  },
  [
    [50, 'a'],
    [30, 'b'],
    [70, 'a'],
    [null, 'b'],
  ],
  [1, 1, 2, 4],
);
const itemsIn = (counts: Counts | null) => (counts === null ? [] : itemsOf(counts));

test('a share of the CPU is its mean over the reports, of which there are three', () => {
  expect(itemsIn(eventTotals(log, 0)).map(({ key, value }) => [key[0], value])).toEqual([
    ['a', 40],
    ['b', 10],
  ]);
});

test('without a weight rows are counted', () => {
  expect(itemsIn(eventTotals(log, null)).map(({ value }) => value)).toEqual([2, 2]);
});

test('stamps to the second are counted by the second', () => {
  expect(eventRate(log)?.metrics.flatMap(pointsOf)).toEqual([
    [1, 2],
    [2, 1],
    [3, 0],
    [4, 1],
  ]);
});

test('a log of one moment has no rate', () => {
  expect(eventRate({ ...log, at: timesOf([1, 1, 1, null]) })).toBeNull();
});

test('a table of reports is drawn by process: what a report leaves out took nothing of it', () => {
  expect(alongTime(log)?.metrics.map((metric) => [metric.labels.Command, pointsOf(metric)])).toEqual([
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

test('memory is a level: a report that leaves a process out does not empty it, and who runs in turn holds it once', () => {
  const levels = eventsOf(
    {
      ...log,
      columns: [
        { name: 'RSS', type: 'number', unit: 'KiB', role: 'size' },
        { name: 'PID', type: 'number', unit: '', role: 'pid' },
        { name: 'Command', type: 'text', unit: '', role: 'process' },
      ],
    },
    [
      [60, 7, 'shop'],
      [500, 20, 'cc1'],
      [300, 21, 'cc1'],
      [62, 7, 'shop'],
      [5, 8, 'shop'],
    ],
    [1, 1, 2, 4, 3],
  );
  // shop: 60 at 1, 60 + 5 at 3, 62 at 4; cc1: 500, then another of 300.
  expect(alongTime(levels)?.metrics.map((metric) => [metric.labels.Command, pointsOf(metric)])).toEqual([
    [
      'cc1',
      [
        [1, 500],
        [2, 300],
      ],
    ],
    [
      'shop',
      [
        [1, 60],
        [3, 65],
        [4, 62],
      ],
    ],
  ]);
  const totals = eventTotals(levels, 0);
  expect([totals?.title, totals?.noSum]).toEqual(['RSS by Command, mean while seen', true]);
  expect(itemsIn(totals).map(({ key, value }) => [key[0], Math.round(value)])).toEqual([
    ['shop', 62],
    ['cc1', 400],
  ]);
});

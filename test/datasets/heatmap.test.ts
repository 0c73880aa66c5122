/** Grids of time against something else: nothing counted is lost on the way, the edges least of all. */
import { describe, expect, test } from 'vitest';
import {
  cpuHeatMap,
  eventHeatMap,
  type HeatMap,
  histogramHeatMaps,
  subsecondHeatMap,
} from '../../src/datasets/heatmap.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import type { Column, Events, Series, Stacks } from '../../src/datasets/shapes.ts';
import { momentWords } from '../../src/render/heatmap-words.ts';
import { eventsOf, histogramOf, metricOf } from '../plain.ts';

const shared = { source: 0, tool: 'x', title: 'x', clock: 'elapsed' as const };
const at = ({ values, columns }: HeatMap, row: number, column: number): number =>
  values[row * columns.length + column] as number;
const sum = ({ values }: HeatMap): number => values.reduce((total, value) => total + value, 0);

function log(rows: [at: number | null, ms: number | string][]): Events {
  const columns: Column[] = [{ name: 'LAT(ms)', type: 'number', unit: 'ms', role: 'duration' }];
  return eventsOf(
    { ...shared, shape: 'events', columns },
    rows.map(([, ms]) => [ms]),
    rows.map(([time]) => time),
  );
}

describe('an event log', () => {
  test('the last time and the greatest latency are in the last column and the top row', () => {
    const map = eventHeatMap(
      log([
        [0, 0.5],
        [3, 1],
        [10, 100],
      ]),
    ) as HeatMap;
    expect(sum(map)).toBe(3);
    expect(at(map, map.rows.length - 1, map.columns.length - 1)).toBe(1);
    expect(at(map, 0, 0)).toBe(1);
    const [low, high] = map.columns.at(-1) as [number, number];
    expect(low <= 10 && 10 < high).toBe(true);
    expect((map.rows.at(-1)?.high ?? 0) > 100).toBe(true);
  });

  test('every row falls into the cell of its time and latency', () => {
    const rows = Array.from({ length: 500 }, (_, i): [number, number] => [i * 0.037, (i * 7919) % 1000]);
    const map = eventHeatMap(log(rows)) as HeatMap;
    expect(sum(map)).toBe(500);
    map.columns.forEach(([from, to], column) => {
      map.rows.forEach(({ low, high }, row) => {
        const inside = rows.filter(
          ([time, ms]) => time >= from && time < to && ms >= (low ?? -Infinity) && ms < (high ?? Infinity),
        );
        expect(at(map, row, column)).toBe(inside.length);
      });
    });
  });

  test('rows without a time or a number are left out and said', () => {
    const map = eventHeatMap(
      log([
        [0, 1],
        [1, 2],
        [null, 3],
        [2, 'n/a'],
      ]),
    ) as HeatMap;
    expect(sum(map)).toBe(2);
    expect(map.notes.join()).toContain('2 of 4 rows');
  });

  test('whole seconds are not cut finer', () => {
    const map = eventHeatMap(
      log([
        [0, 1],
        [1, 2],
        [3, 3],
      ]),
    ) as HeatMap;
    expect(map.columns).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });

  test('without a duration there is none', () => {
    const events = log([[0, 1]]);
    expect(eventHeatMap({ ...events, columns: [{ name: 'PID', type: 'number', unit: '', role: 'pid' }] })).toBeNull();
  });
});

test('interval histograms: a column an interval, a map a disk', () => {
  const group = (disk: string, time: number, counts: number[]) => ({
    labels: { disk, time: String(time) },
    at: time,
    buckets: counts.map((count, i): [number, number, number] => [2 ** i, 2 ** (i + 1), count]),
  });
  const head = { ...shared, shape: 'histogram', unit: 'usecs', cumulative: false } as const;
  const groups = [group('sda', 0, [1, 2]), group('sdb', 0, [9]), group('sda', 1, [0, 0, 5]), group('sdb', 1, [1])];
  const histogram = histogramOf(head, groups);
  const [sda, sdb] = histogramHeatMaps(histogram) as [HeatMap, HeatMap];
  expect([sda.label, sdb.label]).toEqual(['disk sda', 'disk sdb']);
  expect(sda.columns).toEqual([
    [0, 1],
    [1, 2],
  ]);
  expect(sda.rows).toHaveLength(3);
  expect([at(sda, 0, 0), at(sda, 1, 0), at(sda, 2, 1), sum(sda), sum(sdb)]).toEqual([1, 2, 5, 8, 10]);
});

test('samples by second and offset: the last second and the last slot are there', () => {
  const builder = new ProfileBuilder({ samples: true });
  const node = builder.child(0, builder.frame('main'));
  const thread = { comm: 'x', pid: 1, tid: 1 };
  for (const time of [0, 0.019, 0.02, 0.999, 1.5, 2.99]) builder.add(node, 1, { at: time, thread, cpu: 0 });
  const stacks: Stacks = { ...shared, shape: 'stacks', kind: 'on-cpu', unit: 'samples', profile: builder.build() };
  const map = subsecondHeatMap(stacks) as HeatMap;
  expect([map.columns.length, map.rows.length, sum(map)]).toEqual([3, 50, 6]);
  expect([at(map, 0, 0), at(map, 1, 0), at(map, 49, 0), at(map, 25, 1), at(map, 49, 2)]).toEqual([2, 1, 1, 1, 1]);
});

test('mpstat: CPUs in the order of their numbers, busy is what is not idle, since boot is left out', () => {
  const metric = (cpu: string, idle: number[]) =>
    metricOf(
      { name: '%idle', labels: { CPU: cpu }, unit: '%', sinceBoot: 1 },
      idle.map((value, i) => [i, value]),
    );
  const series: Series = {
    ...shared,
    shape: 'series',
    metrics: [metric('all', [50, 50, 50]), metric('10', [99, 0, 25]), metric('2', [99, 100, 75])],
  };
  const map = cpuHeatMap(series) as HeatMap;
  expect(map.rows.map(({ name }) => name)).toEqual(['CPU 2', 'CPU 10']);
  expect([...map.values]).toEqual([0, 25, 100, 75]);
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

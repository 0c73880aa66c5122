import { expect, test } from 'vitest';
import { parseManifest } from '../../src/archive/manifest.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import { axisOf, isOfOneMoment } from '../../src/render/report/axis.ts';
import { lanesOf } from '../../src/render/report/lanes.ts';
import { metricOf } from '../plain.ts';

function series(tool: string, source: number, metrics: { name: string; unit: string; points: [number, number][] }[]) {
  const whole = metrics.map(({ points, ...metric }) => metricOf(metric, points));
  return { shape: 'series' as const, source, tool, title: tool, clock: 'capture' as const, metrics: whole };
}

function sourceOf(tool: string) {
  const account = { lines: 1, read: 1, noise: 0, unreadCount: 0, unread: [], notes: [] };
  return { ...account, name: `${tool}.txt`, tool, grammar: tool, raw: null, run: null };
}

test('a lane is of the tool that reports most often, and of the unit that is meant', () => {
  const top = series('top', 0, [
    {
      name: 'id',
      unit: '%',
      points: [
        [0, 50],
        [5, 40],
      ],
    },
    {
      name: 'si',
      unit: '%',
      points: [
        [0, 3],
        [5, 4],
      ],
    },
  ]);
  const mpstat = series('mpstat', 1, [
    {
      name: '%idle',
      unit: '%',
      points: [
        [0, 50],
        [1, 30],
        [2, 20],
        [3, 10],
      ],
    },
  ]);
  const capture: Capture = {
    name: 'c',
    manifest: null,
    damage: [],
    sources: ['top', 'mpstat'].map(sourceOf),
    datasets: [top, mpstat],
  };
  const axis = axisOf(capture);
  if (axis === null) throw new Error('no axis');
  const lanes = lanesOf(capture, axis);
  expect(lanes.map(({ label }) => label)).toEqual(['CPU busy']);
  expect(lanes[0]?.value).toEqual([50, 70, 80, 90]);
});

test('the axis of a capture is its window, and what tools said just after it', () => {
  const seconds = (last: number) =>
    series('vmstat', 0, [
      {
        name: 'r',
        unit: '',
        points: [
          [0, 1],
          [last, 1],
        ],
      },
    ]);
  const manifest = parseManifest(JSON.stringify({ coldflame: 1, started: 1000, ended: 1030, window: 6.5 }));
  const axis = (last: number) => axisOf({ name: 'c', manifest, damage: [], sources: [], datasets: [seconds(last)] });
  expect(axis(5)).toMatchObject({ from: 0, to: 6.5 });
  expect(axis(7)?.to).toBeCloseTo(7, 2);
  // A clock that is an hour off is no reason to draw an hour.
  expect(axis(3600)?.to).toBe(6.5);
});

test.each([
  [[50_600], true],
  [[50_600.1234], true],
  [[50_600, 50_601], false],
])('times %j are of one moment: %s', (times, isMoment) => {
  const once = series('uptime', 0, [{ name: 'load1', unit: '', points: times.map((at) => [at, 1]) }]);
  const axis = axisOf({ name: 'c', manifest: null, damage: [], sources: [], datasets: [once] });
  expect(axis !== null && isOfOneMoment(axis)).toBe(isMoment);
});

test('a lane tells since when its tool was watching, where the capture does', () => {
  const points: [number, number][] = [
    [4, 50],
    [5, 30],
    [6, 20],
  ];
  const mpstat = series('mpstat', 0, [{ name: '%idle', unit: '%', points }]);
  const run = { tool: 'mpstat', via: 'classic', command: 'mpstat 1', pids: [], started: 0, attached: 3, ended: 10 };
  const manifest = {
    host: { cpus: 2 },
    runs: [run],
    started: 0,
    ended: 10,
    notes: [],
    marks: [],
    collector: { pids: [], cpu: null },
  };
  const capture = (attached: number | null) =>
    ({
      name: 'c',
      manifest: { ...manifest, runs: [{ ...run, attached }] },
      damage: [],
      sources: [{ ...sourceOf('mpstat'), run: 0 }],
      datasets: [{ ...mpstat, clock: 'capture' }],
    }) as unknown as Capture;
  const since = (attached: number | null) => {
    const [lane] = lanesOf(capture(attached), { source: null, from: 0, to: 10 });
    return [lane?.label, lane?.watchedFrom];
  };
  expect(since(3)).toEqual(['CPU busy', 3]);
  expect(since(null)).toEqual(['CPU busy', undefined]);
});

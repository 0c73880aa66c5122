import { expect, test } from 'vitest';
import type { Manifest, Run } from '../../src/datasets/capture.ts';
import { layOnAxis } from '../../src/datasets/clock.ts';
import type { Clock, Events, Series } from '../../src/datasets/shapes.ts';
import { metricOf, timesOf } from '../plain.ts';

/** 2026-11-20 23:59:50 in a zone two hours east of UTC, for a minute; the kernel was up 1000 s. */
const manifest: Manifest = {
  coldflame: 1,
  host: { hostname: 'db1', kernel: '6.1', arch: 'x86_64', os: 'Debian', cpus: 2, memoryBytes: null },
  started: Date.UTC(2026, 10, 20, 21, 59, 50) / 1000,
  ended: Date.UTC(2026, 10, 20, 22, 0, 50) / 1000,
  monotonic: 1000,
  versions: {},
  utcOffset: 7200,
  zone: 'EET',
  windowBegan: null,
  notes: [],
  collector: { pids: [], cpu: null },
  marks: [],
  runs: [],
};

function events(clock: Clock, at: (number | null)[]): Events {
  return {
    shape: 'events',
    source: 0,
    tool: 't',
    title: '',
    clock,
    columns: [],
    cells: [],
    at: timesOf(at),
    lines: new Uint32Array(at.length),
  };
}

/** A tool that printed its first line two seconds after the capture started. */
const run: Run = {
  ...{ tool: 't', via: 'classic', command: 't 1', outcome: 'ok', reason: '', file: 't.txt', stderr: '' },
  ...{ started: 1.5, ended: 60, attached: 2, late: false, status: 0, bytes: 1, pids: [], interval: 1 },
  ...{ cpu: null, cpuAttaching: null, cpuInWindow: null },
};

function laid(clock: Clock, at: (number | null)[], withManifest = true, of: Run | null = run): Events {
  const dataset = events(clock, at);
  layOnAxis(dataset, withManifest ? manifest : null, of);
  return dataset;
}

const clockOf = (hours: number, minutes: number, seconds: number) => hours * 3600 + minutes * 60 + seconds;

test.each<[Clock, number, number]>([
  ['epoch', Date.UTC(2026, 10, 20, 21, 59, 55) / 1000, 5],
  ['local', Date.UTC(2026, 10, 20, 23, 59, 55) / 1000, 5],
  ['monotonic', 1005, 5],
  ['elapsed', 3, 5],
  ['day', clockOf(23, 59, 55), 5],
  ['day', clockOf(0, 0, 5), 15],
  ['capture', 5, 5],
])('%s %d lies on the axis', (clock, at, expected) => {
  const dataset = laid(clock, [at]);
  expect([...dataset.at]).toEqual([expected]);
  expect(dataset.clock).toBe('capture');
});

test('a clock of the day goes on past midnight, and a straggler stays before it', () => {
  const at = [clockOf(23, 59, 58), null, clockOf(0, 0, 1), clockOf(23, 59, 59), clockOf(0, 0, 2)];
  expect([...laid('day', at).at]).toEqual([8, Number.NaN, 11, 9, 12]);
});

test('without a manifest, times count from the first record and the clock keeps its name', () => {
  const dataset = laid('day', [clockOf(23, 59, 58), clockOf(0, 0, 1)], false);
  expect([...dataset.at]).toEqual([0, 3]);
  expect(dataset.clock).toBe('day');
  expect([...laid('epoch', [50, 40, 60], false).at]).toEqual([10, 0, 20]);
});

test('a history of the day that ends at the capture lies before it, not after', () => {
  const at = [clockOf(0, 10, 0), clockOf(12, 0, 0), clockOf(23, 50, 0)];
  expect([...laid('day', at).at]).toEqual([-85_790, -43_190, -590]);
});

test('what the manifest does not tell stays on its own clock', () => {
  expect(laid('elapsed', [1, 2], true, null).clock).toBe('elapsed');
  expect([...laid('perf', [100, 101]).at]).toEqual([0, 1]);
});

test('a device that appears after midnight lies after the others', () => {
  const metric = (at: number[], line: number) =>
    metricOf(
      { name: 'tps' },
      at.map((value) => [value, 0]),
      at.map((_, i) => line + i),
    );
  const dataset: Series = {
    shape: 'series',
    source: 0,
    tool: 'iostat',
    title: '',
    clock: 'day',
    metrics: [metric([clockOf(0, 0, 4)], 9), metric([clockOf(23, 59, 59), clockOf(0, 0, 4)], 1)],
  };
  layOnAxis(dataset, manifest, null);
  expect(dataset.metrics.map(({ at }) => [...at])).toEqual([[14], [9, 14]]);
});

test('intervals that a tool counted are as long as they were, by its first and last line', () => {
  // vmstat 1 printed its first line at 2 s and its 11th at 12.4 s.
  const dataset = laid('elapsed', [0, 5, 10], true, { ...run, lastPrinted: 12.4 });
  expect([...dataset.at].map((at) => Math.round(at * 1000) / 1000)).toEqual([2, 7.2, 12.4]);
  expect(dataset.timing).toEqual({ span: 0, grain: 0, doubt: 0.02 });
});

test('a tool whose first line was not seen began between its start and when it must have', () => {
  // perf stat was started at 1.5 s and ended at 60 s, when it had counted 58 s: it began at 2 s at the latest.
  const dataset = laid('elapsed', [1, 58], true, { ...run, via: 'perf', attached: 6.5 });
  expect([...dataset.at]).toEqual([2.75, 59.75]);
  expect(dataset.timing?.doubt).toBeCloseTo(0.27, 9);
});

test('a first line that was seen too late for all that came behind it is no beginning', () => {
  // 78 seconds of vmstat 1 that were over at 80 s: it began at 2 s at the latest, and at 1.5 s at the earliest.
  const dataset = laid('elapsed', [0, 78], true, { ...run, ended: 80, attached: 43.8 });
  expect([...dataset.at]).toEqual([1.75, 79.75]);
  expect(dataset.timing?.doubt).toBeCloseTo(0.27, 9);
  // By its last line, too.
  const printed = laid('elapsed', [0, 10], true, { ...run, attached: 9, lastPrinted: 12.5 });
  expect([...printed.at]).toEqual([2, 12]);
});

test("bcc's tools count from the first thing that they see", () => {
  const dataset = laid('elapsed', [0, 40], true, { ...run, via: 'bcc', attached: 4 });
  // Between 1.5 s and 20 s: the middle of it, and as much doubt.
  expect([...dataset.at]).toEqual([10.75, 50.75]);
  expect(dataset.timing?.doubt).toBeCloseTo(9.27, 9);
});

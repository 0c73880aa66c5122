/** A range compared with the rest of its own capture, against numbers counted by hand. */
import { expect, test } from 'vitest';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import type { Column, Dataset, Stacks } from '../../src/datasets/shapes.ts';
import { differences, partsOf } from '../../src/render/report/against.ts';
import { eventsOf, histogramOf, metricOf } from '../plain.ts';

const axis = { source: null, from: 0, to: 10 };
const parts = partsOf({ from: 4, to: 6 }, 'rest', axis);
const head = { source: 0, clock: 'capture' } as const;

/** 100 samples a second; in the range 60 of 100 are of the backup, and before and after 10 of 100. */
function stacks(): Stacks {
  const profile = new ProfileBuilder({ samples: true });
  for (let i = 0; i < 1000; i++) {
    const at = i / 100;
    const isBackup = i % 100 < (at >= 4 && at < 6 ? 60 : 10);
    const [comm, leaf] = isBackup ? ['backup', 'compress'] : ['db', 'query'];
    const node = [comm, leaf].reduce((parent, name) => profile.child(parent, profile.frame(name)), 0);
    profile.add(node, 1, { at, thread: { comm, pid: 1, tid: 1 }, cpu: 0 });
  }
  return {
    ...head,
    tool: 'perf',
    title: 'perf',
    shape: 'stacks',
    kind: 'on-cpu',
    unit: 'samples',
    profile: profile.build(),
  };
}

function changesOf(...datasets: Dataset[]): unknown[] {
  return differences(datasets, parts, axis).map(({ what, before, after, change }) => [what, before, after, change]);
}

test('the rest is what lies outside of the range, and as long', () => {
  expect(parts.seconds).toEqual([8, 2]);
  expect(parts.before).toEqual({ from: 4, to: 6, outside: true });
});

test('processes and functions by their share of the samples', () => {
  expect(changesOf(stacks())).toEqual([
    ['CPU samples of backup', '10%', '60%', '+50 points'],
    ['CPU samples of db', '90%', '40%', '−50 points'],
    ['CPU samples in compress', '10%', '60%', '+50 points'],
    ['CPU samples in query', '90%', '40%', '−50 points'],
  ]);
});

test('the collector’s own threads are no difference', () => {
  const told = differences([stacks()], parts, axis, ({ comm }) => comm === 'backup');
  expect(told).toEqual([]);
});

test('metrics by their means, distributions by their 99th percentile', () => {
  const points = Array.from({ length: 10 }, (_, i): [number, number] => [i + 0.5, i === 4 || i === 5 ? 90 : 10]);
  const busy = {
    ...head,
    tool: 'iostat',
    title: 'iostat',
    shape: 'series' as const,
    metrics: [metricOf({ name: '%util', unit: '%' }, points)],
  };
  const latency = histogramOf(
    { ...head, tool: 'biolatency', title: 'biolatency', shape: 'histogram', unit: 'us', cumulative: false },
    points.map(([at, value]) => ({ at, buckets: value > 50 ? [[1024, 2048, 200]] : [[64, 128, 200]] })),
  );
  expect(changesOf(busy, latency)).toEqual([
    ['iostat %util', '10%', '90%', '×9'],
    ['biolatency, 99th percentile', '64 to 128 µs', '1.02 to 2.05 ms', '×8 to ×32'],
  ]);
});

test('who came, who went, and who has more rows a second', () => {
  const columns: Column[] = [{ name: 'COMM', type: 'text', unit: '', role: 'process' }];
  const rows: [name: string, at: number][] = [
    ...Array.from({ length: 20 }, (_, i): [string, number] => ['rm', 4 + i / 10]),
    ...Array.from({ length: 8 }, (_, i): [string, number] => ['cron', i < 4 ? i : i + 2]),
    ...Array.from({ length: 8 }, (_, i): [string, number] => ['same', i + 0.5]),
  ];
  const log = eventsOf(
    { ...head, tool: 'execsnoop', title: 'execsnoop', shape: 'events', columns },
    rows.map(([name]) => [name]),
    rows.map(([, at]) => at),
  );
  expect(changesOf(log)).toEqual([
    ['execsnoop rows of rm', '0/s', '10/s', 'came'],
    ['execsnoop rows of cron', '1/s', '0/s', 'went'],
  ]);
});

/** Numbers that no tool prints and a damaged or crafted file may hold: none becomes Infinity, NaN or a list of a billion. */
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../src/archive/manifest.ts';
import { eventRate } from '../src/datasets/event-sums.ts';
import { extent } from '../src/datasets/extent.ts';
import { cpuHeatMap, histogramHeatMaps } from '../src/datasets/heatmap.ts';
import type { Bucket, Dataset, Events, Series, Stacks } from '../src/datasets/shapes.ts';
import { toCsv } from '../src/exports/csv.ts';
import { toSpeedscope } from '../src/exports/speedscope.ts';
import { timeTicks } from '../src/render/time-ticks.ts';
import { calendarDay, clockTime } from '../src/render/when.ts';
import { histogramOf, metricOf, timesOf } from './plain.ts';
import { claimants, read } from './reading.ts';
import { samples } from './samples.ts';
import { expectSound } from './sound.ts';

/** The first sample of each grammar. */
const oneOfEach = [...new Map(samples.toReversed().map((sample) => [claimants(sample.text)[0], sample])).values()];

describe.each(oneOfEach)('$name', ({ text, tool }) => {
  test.each([
    ['400 digits', '9'.repeat(400)],
    ['400 digits and a fraction', `${'9'.repeat(400)}.5`],
    ['what an exponent makes infinite', '1e400'],
    ['256 digits', '9'.repeat(256)],
    ['a number beyond 2^53', '18446744073709551615'],
  ])('%s in place of every second number', async (_, number) => {
    let count = 0;
    const odd = text.slice(0, 20_000).replace(/\d+(?:\.\d+)?/g, (found) => (count++ % 2 === 0 ? found : number));
    expectSound(await read(odd, { tool }), odd);
  });
});

const events: Events = {
  ...{ shape: 'events', source: 0, tool: 'execsnoop', title: '', clock: 'epoch' },
  ...{ columns: [], cells: [], at: new Float64Array(), lines: new Uint32Array() },
};

describe('times that jump by years', () => {
  test('a log has a rate with a point for each of some steps', () => {
    const rate = eventRate({ ...events, at: timesOf([0, 1, 4e9]) });
    expect(rate?.metrics[0]?.values.length).toBeLessThan(200);
  });

  test('an axis has no more marks than have room', () => {
    expect(timeTicks({ from: 0, to: 1e12 }, null, 600)).toHaveLength(3);
  });

  test('a time outside of the calendar is told in seconds', () => {
    expect(clockTime(1e300)).toBe('1e+300 s');
    expect(clockTime(-1, 1)).toBe('-1.0 s');
    expect(calendarDay(Number.MAX_VALUE)).toBe('');
  });

  test.each([
    [1e300, 2e300],
    [-1, 5],
    [20, 10],
    [0, 1e15],
  ])('a manifest that goes from %d to %d tells no window', (started, ended) => {
    expect(() => parseManifest(JSON.stringify({ coldflame: 1, started, ended, runs: [] }))).toThrow(/when the capture/);
  });
});

test('a run that began at 1e308 began at no known time', () => {
  const runs = [{ tool: 'vmstat', outcome: 'ok', started: 1e308, ended: -1e308, interval: 1e300 }];
  const manifest = parseManifest(JSON.stringify({ coldflame: 1, started: 1, ended: 2, runs }));
  expect(manifest.runs).toMatchObject([{ started: null, ended: null, interval: null }]);
});

test('the extent of a week of seconds', () => {
  expect(extent(Array.from({ length: 604_800 }, (_, i) => i))).toEqual([0, 604_799]);
});

test('CPUs without a report in the range have no heat map', () => {
  const idle = (cpu: string) => metricOf({ name: '%idle', labels: { CPU: cpu }, unit: '%' }, []);
  const series: Series = { ...events, shape: 'series', metrics: [idle('0'), idle('1')] };
  expect(cpuHeatMap(series)).toBeNull();
});

test('more events than there is room for are put together, and none is lost', async () => {
  const text = Array.from(
    { length: 1500 },
    (_, i) => `app ${i} [000] ${i}.000000: 1 event${i}: \n\t7f00 main (/x)\n\n`,
  );
  const { datasets } = await read(text.join(''));
  const counts = datasets.map((dataset) => (dataset.shape === 'stacks' ? dataset.profile.sampleCount : 0));
  expect(counts).toHaveLength(1000);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1500);
  expect(datasets.at(-1)).toMatchObject({ event: 'other events', profile: { sampleCount: 501 } });
});

test('intervals beyond what a map has columns for are put together', () => {
  const groups = Array.from({ length: 3000 }, (_, i) => ({
    at: i,
    buckets: [[0, 1, 2]] as Bucket[],
  }));
  const head = { source: 0, tool: 'x', title: '', clock: 'epoch', shape: 'histogram', unit: 'usecs' } as const;
  const [map] = histogramHeatMaps(histogramOf({ ...head, cumulative: false }, groups));
  expect(map?.columns).toHaveLength(500);
  expect(map?.columns[0]).toEqual([0, 6]);
  expect(map?.values.reduce((sum, value) => sum + value, 0)).toBe(6000);
  expect(map?.notes).toEqual([expect.stringMatching(/6 intervals put together/)]);
});

test('JSON a hundred thousand levels deep is kept as text', async () => {
  const deep = `{"type": "map", "data": ${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
  const { datasets } = await read(`{"type": "map", "data": {"@a": 1}}\n${deep}\n`);
  expect(datasets).toMatchObject([{ title: '@a' }, { shape: 'text', lines: [deep] }]);
});

test('labels called as members of every object are labels like others', async () => {
  const bucket = '     usecs               : count     distribution\n         0 -> 1          : 7        |****|\n';
  const { datasets } = await read(`__proto__ = x\n${bucket}\nconstructor = y\n${bucket}`);
  const csv = [...toCsv(datasets[0] as Dataset)].join('');
  expect(csv).toBe('__proto__,constructor,at,low (usecs),high (usecs),count\nx,,,0,2,7\n,y,,0,2,7\n');
});

test('an event called as a member of every object is a unit like others', async () => {
  const { datasets } = await read('app 1 [000] 1.000000: 5 constructor: \n\t7f00 main (/x)\n\n');
  const speedscope = JSON.parse([...toSpeedscope('x', datasets as Stacks[])].join(''));
  expect(speedscope.profiles).toMatchObject([{ name: 'constructor: app (1)', unit: 'none', weights: [5] }]);
});

/** Numbers that no tool prints and a damaged or crafted file may hold: none becomes Infinity, NaN or a list of a billion. */
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../src/archive/manifest.ts';
import { eventRate } from '../src/datasets/event-sums.ts';
import { extent } from '../src/datasets/extent.ts';
import { cpuHeatMap } from '../src/datasets/heatmap.ts';
import type { Events, Series } from '../src/datasets/shapes.ts';
import { axisTicks } from '../src/render/report/axis.ts';
import { calendarDay, clockTime } from '../src/render/report/when.ts';
import { claimants, read, samples } from './samples.ts';
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
    expectSound(await read(odd, tool), odd);
  });
});

const events: Events = {
  ...{ shape: 'events', source: 0, tool: 'execsnoop', title: '', clock: 'epoch' },
  ...{ columns: [], rows: [], at: [], lines: [] },
};

describe('times that jump by years', () => {
  test('a log has a rate with a point for each of some steps', () => {
    const rate = eventRate({ ...events, at: [0, 1, 4e9] });
    expect(rate?.metrics[0]?.points.length).toBeLessThan(200);
  });

  test('an axis has no more marks than were asked for', () => {
    expect(axisTicks({ from: 0, to: 1e12 }, null, 8).at.length).toBeLessThan(10);
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

test('the extent of a week of seconds', () => {
  expect(extent(Array.from({ length: 604_800 }, (_, i) => i))).toEqual([0, 604_799]);
});

test('CPUs without a report in the range have no heat map', () => {
  const idle = (cpu: string) => ({
    name: '%idle',
    labels: { CPU: cpu },
    unit: '%',
    points: [],
    lines: [],
    sinceBoot: 0,
  });
  const series: Series = { ...events, shape: 'series', metrics: [idle('0'), idle('1')] };
  expect(cpuHeatMap(series)).toBeNull();
});

/** Pictures of what is no stack: the numbers are on them, what is left out is said, nothing in them is markup. */
import { describe, expect, test } from 'vitest';
import { eventsAt } from '../../src/datasets/cells.ts';
import { allRows } from '../../src/datasets/columns.ts';
import { eventHeatMap, type HeatMap } from '../../src/datasets/heatmap.ts';
import type { Bucket, Metric, Series } from '../../src/datasets/shapes.ts';
import { barsSvg } from '../../src/render/bars.ts';
import { colorClasses, heatmapSvg } from '../../src/render/heatmap.ts';
import { histogramSvg } from '../../src/render/histogram.ts';
import { linesSvg } from '../../src/render/lines.ts';
import type { Markup } from '../../src/render/markup.ts';
import { isOfNumbers, panelsOf } from '../../src/render/panels.ts';
import { chartSvg, picturesFor } from '../../src/render/picture.ts';
import { pngOf } from '../../src/render/png.ts';
import { tableSvg } from '../../src/render/table.ts';
import { countsOf, eventsOf, histogramOf, metricOf } from '../plain.ts';

const HOSTILE = '</title><script>alert(1)</script>\u001b[31m"&';
const shared = { source: 0, tool: 'tool', title: 'tool', clock: null };

const runqlat = { ...shared, tool: 'runqlat', title: 'runqlat', shape: 'histogram', unit: 'usecs' } as const;
const buckets: Bucket[] = [
  [0, 2, 10],
  [2, 4, 500],
  [4, 8, 200],
  [8, 16, 20],
  [16, 32, 0],
  [32, 64, 40],
  [64, 128, 300],
  [128, null, 30],
];
const histogram = histogramOf({ ...runqlat, cumulative: false }, [{ buckets }]);
const counts = countsOf(
  { ...shared, shape: 'counts', unit: 'calls', cumulative: false },
  Array.from({ length: 50 }, (_, i) => ({ key: [`f${i}`], value: 100 - i })),
);
const metric = (name: string, values: number[], more: Pick<Partial<Metric>, 'unit' | 'labels' | 'sinceBoot'> = {}) =>
  metricOf(
    { name, unit: '%', sinceBoot: 1, ...more },
    values.map((value, i) => [i, value]),
  );
const vmstat: Series = {
  ...shared,
  tool: 'vmstat',
  title: 'vmstat',
  shape: 'series',
  metrics: [
    metric('r', [99, 1, 2, 3], { unit: '' }),
    metric('us', [1, 10, 20, 30]),
    metric('sy', [1, 10, 10, 10]),
    metric('id', [98, 80, 70, 60]),
  ],
};
const biosnoop = eventsOf(
  {
    ...shared,
    tool: 'biosnoop',
    title: 'biosnoop',
    shape: 'events',
    clock: 'elapsed',
    columns: [
      { name: 'TIME(s)', type: 'number', unit: 's', role: 'time' },
      { name: 'COMM', type: 'text', unit: '', role: 'process' },
      { name: 'LAT(ms)', type: 'number', unit: 'ms', role: 'duration' },
    ],
  },
  Array.from({ length: 60 }, (_, i) => [i / 10, i === 7 ? HOSTILE : 'dd', i === 7 ? 900 : 0.5 + (i % 5)]),
  Array.from({ length: 60 }, (_, i) => i / 10),
);
const heat = (): Markup => heatmapSvg([eventHeatMap(biosnoop) as HeatMap], 'biosnoop');

describe('every picture', () => {
  const named = { title: HOSTILE, subtitle: HOSTILE };
  test.each([
    ['histogram', () => histogramSvg(histogram, named)],
    ['heatmap', () => heatmapSvg([eventHeatMap(biosnoop) as HeatMap], HOSTILE, { subtitle: HOSTILE })],
    ['lines', () => linesSvg(vmstat, named)],
    ['bars', () => barsSvg(counts, named)],
    ['table', () => tableSvg(biosnoop, named)],
  ])('%s: valid XML, no style, a description, hostile names as text', async (_, draw) => {
    const { text } = draw();
    await expect(pngOf(text)).resolves.toBeInstanceOf(Uint8Array);
    expect(text).not.toMatch(/\sstyle=|<style|\sclass=|<script/);
    expect(text).toMatch(/<title>.+<\/title>\s*<desc>.+<\/desc>/);
  });

  test.each([
    ['histogram', () => histogramSvg(histogram)],
    ['heatmap', heat],
    ['lines', () => linesSvg(vmstat)],
    ['bars', () => barsSvg(counts)],
    ['table', () => tableSvg(biosnoop)],
  ])('%s is the same each time', async (name, draw) => {
    await expect(draw().text).toMatchFileSnapshot(`golden/${name}.svg`);
  });

  test('in a page it takes the ink of the page and paints no paper', () => {
    const { text } = histogramSvg(histogram, { theme: 'page' });
    expect(text).toContain('fill="currentColor"');
    expect(text).not.toContain('width="100%" height="100%"');
  });
});

describe('histogram', () => {
  const { text } = histogramSvg(histogram);

  test('each bar has its range, count and share', () => {
    expect(text).toContain('<title>2 to 4 µs: 500 (45.45%)</title>');
    expect(text).toContain('<title>16 to 32 µs: 0 (0%)</title>');
    expect(text).toContain('<title>from 128 µs: 30 (2.73%)</title>');
  });

  test('percentiles are the buckets they fall in, never a point', () => {
    // 1,100 in all: the 550th is in [4,8), the 990th in [64,128), the 1,089th in [128,…).
    expect(text).toContain('>p50 is 4 to 8 µs<');
    expect(text).toContain('>p90 is 64 to 128 µs<');
    expect(text).toContain('>p99 is from 128 µs<');
  });

  test('several modes are named', () => {
    // The empty bucket from 16 to 32 belongs to neither.
    expect(text).toContain('2 modes: 0 to 16 µs (66%), from 32 µs (34%)');
  });

  const widths = (svg: Markup): number[] =>
    [...svg.text.matchAll(/width="([\d.]+)" height="[\d.]+" fill="#0072b2"/g)].map(([, width]) => Number(width));

  test('on a log scale each doubling is as wide, on a linear one as wide as its bounds are apart', () => {
    const log = widths(histogramSvg(histogram));
    expect(Math.max(...log) - Math.min(...log)).toBeLessThan(0.2);
    const [, two = 0, four = 0, eight = 0] = widths(histogramSvg(histogram, { scale: 'linear' }));
    // A pixel of each bar is the gap to the next.
    expect((four + 1) / (two + 1)).toBeCloseTo(2, 1);
    expect((eight + 1) / (four + 1)).toBeCloseTo(2, 1);
  });

  test('groups stand side by side, those beyond the limit are counted', () => {
    const groups = Array.from({ length: 30 }, (_, i) => ({ buckets, labels: { disk: `d${i}` } }));
    const drawn = histogramSvg(histogramOf({ ...runqlat, cumulative: false }, groups)).text;
    expect(drawn.match(/1,100 in all/g)?.length).toBeGreaterThanOrEqual(24);
    expect(drawn).toContain('6 more groups not drawn, with 6,600 in all');
  });

  test('a cumulative tool is not added up', () => {
    const twice = histogramOf({ ...runqlat, cumulative: true }, [{ buckets }, { buckets }]);
    expect(histogramSvg(twice).text).toContain('>1,100 in all');
  });
});

describe('heat map', () => {
  test('a cell tells its time, its range and how many', () => {
    expect(heat().text).toContain('<title>0.7 s to 0.8 s, 700 ms to 1 s: 1 rows (1.67%)</title>');
  });

  test('the classes cover every count without a gap', () => {
    for (const [least, most] of [
      [1, 1],
      [1, 2],
      [1, 7],
      [3, 9],
      [50, 100],
      [1, 12_345],
      [4_000_000, 4_000_001],
    ] as const) {
      const classes = colorClasses(
        { values: Float64Array.of(0, least, most), valueKind: 'count' },
        Array(8).fill('#000'),
      );
      expect(classes[0]?.low).toBe(least);
      expect(classes.length).toBeLessThanOrEqual(8);
      expect((classes.at(-1)?.high ?? 0) > most).toBe(true);
      expect(classes.slice(1).map(({ low }) => low)).toEqual(classes.slice(0, -1).map(({ high }) => high));
    }
  });
});

describe('lines', () => {
  test('the average since boot is left out and said so', () => {
    const { text } = linesSvg(vmstat);
    expect(text).toContain('The first report is an average since boot and is left out');
    expect(text).toContain('r: least 1, mean 2, most 3');
  });

  test('parts of a whole are stacked, idle is left blank', () => {
    const { text } = linesSvg(vmstat);
    expect(text).toMatch(/fill="none" fill-opacity="0.85"><title>id:/);
    expect(text).not.toMatch(/stroke-width="1.5"[^>]*><title>us:/);
  });

  test('rates of bytes are said in what people say, and the axis is cut at whole ones', () => {
    // 4,194,304 KiB/s are 4 GiB/s.
    const { text } = linesSvg({ ...vmstat, metrics: [metric('wkB/s', [0, 0, 4_194_304], { unit: 'KiB/s' })] });
    for (const mark of ['1 GiB/s', '2 GiB/s', '4 GiB/s']) expect(text).toContain(`>${mark}<`);
    expect(text).not.toContain('(KiB/s)');
  });

  test('one report alone is drawn as values', () => {
    const once = { ...vmstat, metrics: [metric('us', [7]), metric('sy', [3]), metric('id', [90])] };
    const { text } = linesSvg(once);
    expect(text).toContain('The only report is an average since boot');
    expect(text).toContain('us: 7 %');
  });
});

test('what stayed the same is a number, but not a share; what is named first stands first', () => {
  const course = (name: string, values: readonly number[], unit = '') =>
    metricOf(
      { name, unit },
      values.map((value, i) => [i, value]),
    );
  const series: Series = {
    ...{ shape: 'series', source: 0, tool: '', title: '', clock: 'capture' },
    metrics: [course('TTL', [64, 64, 64]), course('busy', [100, 100, 100], '%'), course('drops', [1, 5, 2])],
  };
  const panels = panelsOf(series, ['drops']);
  expect(panels.map((panel) => [panel.title, isOfNumbers(panel)])).toEqual([
    ['drops', false],
    ['TTL', true],
    ['busy', false],
  ]);
});

describe('bars', () => {
  test('sorted, the tail put together, nothing lost', () => {
    const { text } = barsSvg(counts, { most: 10 });
    expect(text.indexOf('>f0<')).toBeLessThan(text.indexOf('>f9<'));
    // f10 to f49: 90 + 89 + … + 51.
    expect(text).toContain('and 40 more: 2,820 (');
  });
});

describe('table', () => {
  test('the heaviest first, the rest counted', () => {
    const { text } = tableSvg(biosnoop, { most: 5 });
    expect(text).toContain('60 rows, greatest LAT(ms) first');
    expect(text).toContain('>and 55 more rows<');
    // The others took 0.5 to 4.5 ms.
    expect([...text.matchAll(/>(900|[0-4]\.5)</g)].map(([, latency]) => latency)).toEqual([
      '900',
      ...Array(4).fill('4.5'),
    ]);
  });
});

describe('which picture', () => {
  test.each([
    [histogram, 'histogram'],
    [counts, 'bars'],
    [vmstat, 'lines'],
    [biosnoop, 'heatmap'],
    [eventsAt(biosnoop, allRows(5)), 'table'],
  ] as const)('%#', (dataset, name) => {
    expect(picturesFor(dataset)[0]).toBe(name);
    expect(chartSvg(dataset, name, {}).text).toMatch(/^<svg /);
  });
});

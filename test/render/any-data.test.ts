/** Whatever the numbers, a picture is whole: valid XML, no coordinate that is none, nothing outside what it can hold. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bucket, Counts, Events, Histogram, Series } from '../../src/datasets/shapes.ts';
import type { Markup } from '../../src/render/markup.ts';
import { chartSvg, picturesFor } from '../../src/render/picture.ts';
import { pngOf } from '../../src/render/png.ts';
import { fitMiddle, fitName, fitText, textWidth } from '../../src/render/text.ts';
import { countsOf, eventsOf, histogramOf, metricOf } from '../plain.ts';

const shared = { source: 0, tool: 'tool', title: 'tool', clock: 'elapsed' as const };
const amount = fc.oneof(
  fc.nat(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
  fc.constantFrom(0, 1, -1, 1e15, 1e-9, 2 ** 53),
);
const time = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e6 }));
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('</svg>', ']]>', '\ud800', ''));
const unit = fc.constantFrom('usecs', 'nsecs', 'bytes', '', '%', 'KiB', '$latency/1000', 's');

const buckets = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: -1000, max: 1_000_000 }), { minLength: 1, maxLength: 40 }),
    fc.nat(),
    fc.boolean(),
  )
  .map(([bounds, count, open]): Bucket[] => {
    const ascending = bounds.sort((a, b) => a - b);
    const inner = ascending.slice(1).map((high, i): Bucket => [ascending[i] as number, high, (count * (i + 1)) % 977]);
    return open ? [[null, ascending[0] as number, 3], ...inner, [ascending.at(-1) as number, null, 1]] : inner;
  });

const histogram: fc.Arbitrary<Histogram> = fc
  .record({
    groups: fc.array(fc.record({ labels: fc.dictionary(text, text, { maxKeys: 2 }), at: time, buckets }), {
      maxLength: 9,
    }),
    unit,
    cumulative: fc.boolean(),
  })
  .map(({ groups, ...rest }) => histogramOf({ ...shared, shape: 'histogram', ...rest }, groups));

const series: fc.Arbitrary<Series> = fc
  .array(
    fc.record({
      name: fc.oneof(text, fc.constantFrom('us', 'sy', 'id', '%idle', 'r', 'free')),
      labels: fc.dictionary(fc.constantFrom('CPU', 'dev'), fc.constantFrom('0', '1', 'all')),
      unit,
      points: fc.array(fc.tuple(time, amount), { maxLength: 8 }),
      sinceBoot: fc.integer({ min: 0, max: 2 }),
    }),
    { maxLength: 12 },
  )
  .map((metrics) => ({
    ...shared,
    shape: 'series',
    metrics: metrics.map(({ points, ...metric }) => metricOf(metric, points)),
  }));

const counts: fc.Arbitrary<Counts> = fc
  .tuple(fc.array(fc.tuple(fc.array(text, { maxLength: 3 }), amount, time), { maxLength: 60 }), unit, fc.boolean())
  .map(([items, name, cumulative]) =>
    countsOf(
      { ...shared, shape: 'counts', unit: name, cumulative },
      items.map(([key, value, at]) => ({ key, value, at })),
    ),
  );

const events: fc.Arbitrary<Events> = fc.array(fc.tuple(time, amount, text), { maxLength: 60 }).map((rows) =>
  eventsOf(
    {
      ...shared,
      shape: 'events',
      columns: [
        { name: 'LAT(ms)', type: 'number', unit: 'ms', role: 'duration' },
        { name: 'COMM', type: 'text', unit: '', role: 'process' },
      ],
    },
    rows.map(([, value, comm]) => [value, comm]),
    rows.map(([at]) => at),
  ),
);

async function expectWhole({ text: svg }: Markup): Promise<void> {
  expect(svg).not.toMatch(/="[^"]*(?:NaN|Infinity|undefined)[^"]*"/);
  await expect(pngOf(svg)).resolves.toBeInstanceOf(Uint8Array);
}

describe.each([
  ['histogram', histogram],
  ['series', series],
  ['counts', counts],
  ['events', events],
] as const)('%s', (_, datasets) => {
  test('every picture of it is whole, in every width and theme', async () => {
    const widths = fc.constantFrom(200, 600, 1600);
    await fc.assert(
      fc.asyncProperty(
        datasets as fc.Arbitrary<Histogram | Series | Counts | Events>,
        widths,
        async (dataset, width) => {
          for (const name of picturesFor(dataset)) await expectWhole(chartSvg(dataset, name, { width, theme: 'page' }));
        },
      ),
      { numRuns: 40 },
    );
  });
});

test('text that is made to fit does', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 300 }), (words, width) => {
      for (const shorten of [fitText, fitMiddle, fitName])
        expect(textWidth(shorten(words, width, 12), 12)).toBeLessThanOrEqual(width + 1e-9);
    }),
  );
});

test.each([
  ['io/netty/channel/AbstractChannelHandlerContext:.fireChannelRead', 220, /^\.\.\w+:\.fireChannelRead$/],
  ['io/netty/channel/AbstractChannelHandlerContext:.fireChannelRead', 60, /^fireC\w+\.\.$/],
  ['v8::internal::(anonymous namespace)::Invoke', 150, /^\.\.Invoke$/],
  ['std::__introsort_loop<store::Order*, std::vector<store::Order> >', 150, /^__introsort_loop<store:\.\.$/],
  ['encoding/json.(*decodeState).object', 160, /^\.\.\S+\(\*decodeState\)\.object$/],
  ['net/http.(*conn).serve.func1', 80, /^serve\.f\w*\.\.$|^\.*serve\.func1$/],
  ['JS:*handleRequest /srv/app/server.js:3:22', 150, /^JS:\*handleRequest.*\.\.$/],
  ['JS:~Module._extensions..js node:internal/modules/cjs/loader:1604:37', 90, /^JS:~Module.*\.\.$/],
  ['tcp_v4_do_rcv.part.0', 80, /^tcp_v4\w+\.\.$/],
])('%s in %d pixels keeps its own name', (name, width, cut) => {
  expect(fitName(name, width, 12)).toMatch(cut);
  expect(fitName(name, 1000, 12)).toBe(name);
});

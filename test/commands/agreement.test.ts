/** The biosnoop of this capture counts from a moment that nobody wrote down: it must stand where iostat's writes are. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import { rowAt } from '../../src/datasets/cells.ts';
import type { Dataset, Events, Metric, Series } from '../../src/datasets/shapes.ts';
import { withTimes } from '../../src/datasets/times.ts';
import { setByTraffic } from '../../src/signals/agreement.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');
let capture: Capture;
let biosnoop: Events;
beforeAll(async () => {
  capture = await readCapture([join(SAMPLES, 'sick/build-and-backup.tar.gz')], { samples: false });
  biosnoop = requestsOf(capture);
});

function requestsOf({ datasets }: Capture): Events {
  return datasets.find((dataset): dataset is Events => dataset.tool === 'biosnoop') as Events;
}

/**
 * By writes a second, while the program goes by bytes: the shift at which the squares of the differences are least. Reports that
 * began before biosnoop was there count nothing.
 */
function bestShift({ datasets }: Capture, biosnoop: Events): number {
  const disks = datasets.find(({ tool, title }) => tool === 'iostat' && title === 'disks') as Series;
  const { at, values } = disks.metrics.find(({ name, labels }) => name === 'w/s' && labels.Device === 'vda') as Metric;
  const kind = biosnoop.columns.findIndex(({ name }) => name === 'T');
  const times = [...biosnoop.at].filter((_, row) => String(rowAt(biosnoop, row)[kind]).includes('W'));
  let best = { shift: Number.NaN, squares: Number.POSITIVE_INFINITY };
  for (let shift = -1.5; shift <= 1.5; shift += 0.05) {
    let squares = 0;
    for (let i = 1; i < values.length; i++) {
      if ((at[i] as number) < 1 + Math.min(...times)) continue;
      const end = (at[i] as number) - shift;
      const traced = times.filter((time) => time > end - 1 && time <= end).length;
      squares += (traced - (values[i] as number)) ** 2;
    }
    if (squares < best.squares) best = { shift, squares };
  }
  return best.shift;
}

test('they agree within a tenth of a second', () => {
  expect(Math.abs(bestShift(capture, biosnoop))).toBeLessThan(0.1);
  expect(biosnoop.timing?.doubt).toBeLessThan(0.1);
});

test('so they do in the demo, whose biosnoop prints the kernel clock', async () => {
  const demo = await readCapture([join(SAMPLES, 'demo/capture.tar.gz')], { samples: false });
  expect(Math.abs(bestShift(demo, requestsOf(demo)))).toBeLessThan(0.1);
  expect(requestsOf(demo).timing?.doubt).toBeLessThan(0.1);
});

test('values of iostat without a time keep nothing from being set', () => {
  const moved: Events = { ...biosnoop, at: biosnoop.at.map((at) => at + 0.5), timing: { span: 0, grain: 0, doubt: 1 } };
  const gapped = (dataset: Dataset): Dataset =>
    dataset.tool === 'iostat' ? withTimes(dataset, (at) => at.map((time, i) => (i < 16 ? Number.NaN : time))) : dataset;
  setByTraffic({ ...capture, datasets: capture.datasets.map((each) => (each === biosnoop ? moved : gapped(each))) });
  expect(moved.at.every((at, row) => Math.abs(at - (biosnoop.at[row] as number)) < 0.1)).toBe(true);
  expect(moved.timing?.doubt).toBeLessThan(0.1);
});

test('what does not go up and down with iostat is left where it was', () => {
  const steady: Events = {
    ...biosnoop,
    at: biosnoop.at.map((_, row) => (30 * row) / biosnoop.at.length),
    timing: { span: 0, grain: 0, doubt: 1 },
  };
  const before = [...steady.at];
  setByTraffic({ ...capture, datasets: capture.datasets.map((dataset) => (dataset === biosnoop ? steady : dataset)) });
  expect([...steady.at]).toEqual(before);
  expect(steady.timing?.doubt).toBe(1);
});

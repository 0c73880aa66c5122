/** A report is input, too: the ticket may be all that is left. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { foldedStacks } from '../../src/datasets/fold.ts';
import type { Dataset } from '../../src/datasets/shapes.ts';
import { assess } from '../../src/findings/index.ts';
import { renderReport } from '../../src/render/report/report.ts';

const DEMO = resolve(import.meta.dirname, '../../samples/demo/capture.tar.gz');
const place = mkdtempSync(join(tmpdir(), 'coldflame-report-'));
afterAll(() => rmSync(place, { recursive: true }));

/** A page keeps times to the microsecond, and everything else as it was. */
function outline(dataset: Dataset): unknown[] {
  const { shape, tool, title, source, clock } = dataset;
  return [shape, tool, title, source, clock, shape === 'stacks' ? foldedStacks(dataset.profile, () => true) : null];
}

test('what a report holds is what the capture said', async () => {
  const capture = await readCapture([DEMO], { samples: true });
  const page = await renderReport({ capture, findings: assess(capture).findings, mark: null, range: null });
  const path = join(place, 'report.html');
  writeFileSync(path, page);
  const again = await readCapture([path], { samples: true });
  expect(again.datasets.map(outline)).toEqual(capture.datasets.map(outline));
  expect(again.sources).toEqual(capture.sources);
  expect(again.manifest).toEqual(capture.manifest);
  expect(assess(again).findings.map(({ title }) => title)).toEqual(assess(capture).findings.map(({ title }) => title));
});

test('one that was cut is said to be', async () => {
  const page = readFileSync(join(place, 'report.html'));
  const path = join(place, 'cut.html');
  writeFileSync(path, page.subarray(0, page.length >> 1));
  await expect(readCapture([path], { samples: true })).rejects.toThrow(/^cut\.html: .*(?:cut short|cannot be read)/);
});

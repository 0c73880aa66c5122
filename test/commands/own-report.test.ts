/** A report is input, too: the ticket may be all that is left. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { foldedStacks } from '../../src/datasets/fold.ts';
import type { Dataset } from '../../src/datasets/shapes.ts';
import { assess } from '../../src/findings/index.ts';
import { renderReport } from '../../src/render/report/report.ts';
import { ByteWriter, writeColumn } from '../../src/render/report/wire/columns.ts';
import { pageOf } from '../fuzz/reports.ts';

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

describe('data that nobody wrote is refused in a sentence', () => {
  const folded = { source: 0, tool: 'x', title: 'x', clock: null, shape: 'stacks', kind: 'on-cpu', unit: 'samples' };
  const frames = { names: 4, kinds: 0, modules: 5, moduleOf: 0 };
  const profile = { ...frames, parent: 1, frame: 0, self: 0, sampleCount: 1, threads: [], samples: null };
  const source = {
    name: 'a',
    tool: 'x',
    grammar: 'x',
    lines: 1,
    read: 1,
    noise: 0,
    unreadCount: 0,
    unread: [],
    notes: [],
  };
  const whole = {
    capture: { name: 'a', manifest: null, damage: [] },
    sources: [{ ...source, run: null }],
    raw: [null] as unknown[],
    datasets: [{ shape: 'stacks', head: folded, profile }],
  };
  const column = (...values: number[]) => {
    const writer = new ByteWriter();
    writeColumn(writer, values);
    return writer.view().slice();
  };
  /** No bytes for each, and so many of them: 2 to the power of 49. */
  const endless = Uint8Array.of(0, 128, 128, 128, 128, 128, 128, 128, 1, 0);
  const texts = ['["main"]', '["app"]'].map((text) => new TextEncoder().encode(text));
  const blobs = [column(0, 0), column(0, 0), column(0, 2), endless, ...texts, column(0)];

  function read(changed: object): Promise<unknown> {
    const json = new TextEncoder().encode(JSON.stringify({ ...whole, ...changed }));
    const writer = new ByteWriter();
    writer.unsigned(blobs.length);
    for (const blob of [json, ...blobs]) writer.unsigned(blob.length);
    for (const blob of [json, ...blobs]) writer.append(blob);
    const path = join(place, 'made.html');
    writeFileSync(path, pageOf(writer.view()));
    return readCapture([path], { samples: true });
  }
  const stacks = (changed: object) => ({
    datasets: [{ shape: 'stacks', head: folded, profile: { ...profile, ...changed } }],
  });

  test('and what is sound is read', async () => {
    const one = { ...profile, names: 4, kinds: 6, modules: 5, moduleOf: 6 };
    expect(await read({ datasets: [{ shape: 'stacks', head: folded, profile: one }] })).toMatchObject({ damage: [] });
  });

  test.each<[string, object, RegExp]>([
    ['a stack that is its own caller', stacks({ parent: 2, kinds: 6, moduleOf: 6 }), /dataset 1 is not sound/],
    ['a column of more numbers than memory holds', stacks({ self: 3 }), /more numbers than a report has/],
    [
      'a table of rows without end',
      { raw: [{ rows: 1e15, others: 4, rowsBefore: 0, gaps: [], fields: [] }] },
      /a table without its columns/,
    ],
    ['a name that is no text', { sources: [{ ...source, run: null, name: { a: 1 } }] }, /sources is not what/],
    [
      'a dataset of a source that is not there',
      { datasets: [{ shape: 'text', head: { ...folded, shape: 'text', source: 7 }, lines: 4 }] },
      /not sound/,
    ],
    [
      'a shape that is a member of every object',
      { datasets: [{ shape: 'text', head: { ...folded, shape: 'toString' }, lines: 4 }] },
      /not sound/,
    ],
  ])('%s', async (_, changed, said) => {
    await expect(read(changed)).rejects.toThrow(said);
  });
});

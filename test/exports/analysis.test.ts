/** What `analyze --json` prints is as docs/analysis.schema.json says, checked by a validator that knows nothing of us. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import { analysisJson } from '../../src/exports/analysis.ts';
import { assess } from '../../src/findings/index.ts';
import { findingOf } from '../finding.ts';

const ROOT = join(import.meta.dirname, '../..');
const validate = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync(join(ROOT, 'docs/analysis.schema.json'), 'utf8')) as object,
);

test.each([
  'demo/capture.tar.gz',
  'sick/disk-fsync.tar.gz',
  'sick/slow-dns.tar.gz',
  'sick/healthy.tar.gz',
  'vmstat/interval.txt',
  'perf/default.txt',
])('%s', async (name) => {
  const capture = await readCapture([join(ROOT, 'samples', name)], { samples: true });
  const document = JSON.parse(analysisJson(capture, assess(capture)));
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  for (const { evidence } of document.findings)
    for (const { source } of evidence) expect(document.sources[source]).toBeDefined();
});

test('a name drives no terminal', () => {
  const capture: Capture = { name: 'a\u001b[31m\u202eb\u009b', manifest: null, damage: [], sources: [], datasets: [] };
  const text = analysisJson(capture, { findings: [findingOf({ title: 'é\u007f' })], use: [] });
  expect(text).toMatch(/^[\n -~]*$/);
  const { name, findings } = JSON.parse(text);
  expect([name, findings[0].title]).toEqual([capture.name, 'é\u007f']);
});

/** Secrets planted in what every tool of the catalogue prints: none is in what is made of it. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import { totalWeight } from '../../src/datasets/fold.ts';
import { assess } from '../../src/findings/index.ts';
import { SHAPES, secretOf } from './shapes.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');
const BIN = join(import.meta.dirname, '../../dist/coldflame.js');
const PLANTED = /EXAMPLE\d{4}z/;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-masking-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A sample of each tool: the first text in its folder. */
const samples = readdirSync(SAMPLES)
  .filter((name) => statSync(join(SAMPLES, name)).isDirectory())
  .flatMap((tool) => {
    const file = readdirSync(join(SAMPLES, tool)).find((name) => /\.(?:txt|folded|csv)$/.test(name));
    return file === undefined ? [] : [{ tool, file }];
  });

/** The text with all the secrets between its lines, and in the words of some of them. */
function planted(text: string, from: number): string {
  const lines = text.split('\n');
  const secrets = SHAPES.map((shape, i) => shape(secretOf(from + i)));
  const middle = Math.floor(lines.length / 2);
  const inWords = lines
    .slice(0, middle)
    .map((line, i) => (i % 7 === 3 ? `${line} --token=${secretOf(from + 50)}` : line));
  return [...inWords, ...secrets, ...lines.slice(middle), ...secrets.slice(0, 5)].join('\n');
}

/** All that is in it, but numbers. */
function textsOf(capture: Capture): string {
  return JSON.stringify(capture, (_, value: unknown) => (ArrayBuffer.isView(value) ? undefined : value));
}

describe('in the output of', () => {
  test.each(samples)('$tool', async ({ tool, file }) => {
    const path = join(folder, `${tool}-${file}`);
    writeFileSync(path, planted(readFileSync(join(SAMPLES, tool, file), 'utf8'), 100));
    const open = await readCapture([path], { samples: true, mask: false });
    expect(textsOf(open)).toMatch(PLANTED);
    expect(textsOf(await readCapture([path], { samples: true }))).not.toMatch(PLANTED);
  });
});

test('in a capture: report, pack, exports, pictures and JSON have none, not in their packed parts either', () => {
  const place = join(folder, 'capture');
  spawnSync('mkdir', ['-p', place]);
  for (const [i, { tool, file }] of samples.slice(0, 40).entries())
    writeFileSync(join(place, `${tool}.txt`), planted(readFileSync(join(SAMPLES, tool, file), 'utf8'), 100 + i * 60));
  // A file may be called after a secret, and a manifest names commands.
  writeFileSync(join(place, `token=${secretOf(9000)}.txt`), 'a;b 1\n');
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, 'manifest.json'), 'utf8'));
  manifest.runs[0].command = `perf record -- ${SHAPES[0]?.(secretOf(9001))}`;
  manifest.notes = SHAPES.map((shape, i) => shape(secretOf(9100 + i)));
  writeFileSync(join(place, 'manifest.json'), JSON.stringify(manifest));
  const run = (...words: string[]) => {
    const { stdout, stderr } = spawnSync(process.execPath, [BIN, ...words], { cwd: folder, maxBuffer: 2 ** 30 });
    return { stdout, text: stdout.toString('latin1') + stderr.toString('latin1') };
  };
  const report = run('analyze', 'capture', '-o', 'r.html', '--pack', 'pack');
  const html = readFileSync(join(folder, 'r.html'), 'latin1');
  const [, data = ''] = /<script type="application\/octet-stream" id="data">([^<]*)</.exec(html) ?? [];
  const block = inflateSync(Buffer.from(data, 'base64'));
  const outputs: Record<string, string> = {
    summary: report.text,
    report: html,
    block: block.toString('latin1'),
    'block as UTF-16': block.toString('utf16le'),
    json: run('analyze', 'capture', '--json').text,
    'json export': run('export', 'capture', '-f', 'json').text,
    folded: run('export', 'capture', '-f', 'folded', '-e', 'perf').text,
    speedscope: run('export', 'capture', '-f', 'speedscope').text,
    pprof: gunzipSync(run('export', 'capture', '-f', 'pprof').stdout).toString('latin1'),
    svg: run('draw', 'capture').text,
    'a file that is not there': run('draw', `token=${secretOf(9002)}`).text.replaceAll(secretOf(9002), ''),
  };
  for (const name of readdirSync(join(folder, 'pack')).filter((each) => !each.endsWith('.png')))
    outputs[`pack/${name}`] = readFileSync(join(folder, 'pack', name), 'latin1');
  expect(Object.entries(outputs).filter(([, text]) => text === '')).toEqual([]);
  expect(
    Object.entries(outputs).flatMap(([name, text]) => (PLANTED.test(text) ? [`${name}: ${PLANTED.exec(text)}`] : [])),
  ).toEqual([]);
  expect(html).toContain('[masked]');
  expect(run('export', 'capture', '-f', 'json', '--no-mask').text).toMatch(PLANTED);
});

test('weights, counts and verdicts are what they were', async () => {
  const path = join(SAMPLES, 'demo/capture.tar.gz');
  const [open, masked] = [
    await readCapture([path], { samples: true, mask: false }),
    await readCapture([path], { samples: true }),
  ];
  const shape = (capture: Capture) => ({
    weights: capture.datasets.map((dataset) =>
      dataset.shape === 'stacks' ? totalWeight(dataset.profile) : dataset.shape,
    ),
    verdicts: assess(capture).findings.map(({ rule, verdict, severity }) => [rule, verdict, severity]),
  });
  expect(shape(masked)).toEqual(shape(open));
  expect(masked.masking).toEqual({ secrets: [] });
});

describe('masking changes no sum and no verdict of', () => {
  // One of each shape, with secrets in its texts: stacks, a table of arguments, a histogram.
  test.each(['wakeuptime', 'execsnoop', 'biolatency'])('%s', async (tool) => {
    const sample = samples.find((each) => each.tool === tool);
    const text = readFileSync(join(SAMPLES, tool, sample?.file ?? ''), 'utf8');
    const path = join(folder, `same-${tool}.txt`);
    writeFileSync(path, planted(text, 300));
    const told = async (mask: boolean) => {
      const capture = await readCapture([path], { samples: true, mask });
      return {
        ledger: capture.sources.map(({ grammar, lines, read, noise, unreadCount }) => [
          grammar,
          lines,
          read,
          noise,
          unreadCount,
        ]),
        numbers: JSON.stringify(capture.datasets, (key, value: unknown) =>
          key === 'profile'
            ? totalWeight(value as never)
            : ArrayBuffer.isView(value)
              ? [...(value as Float64Array)]
              : typeof value === 'string'
                ? ''
                : value,
        ),
        verdicts: assess(capture).findings.map(({ rule, verdict, severity, measures }) => [
          rule,
          verdict,
          severity,
          measures.map(({ value }) => value),
        ]),
      };
    };
    expect(await told(true)).toEqual(await told(false));
  });
});

test('frames that differ in their secret alone are one frame, with their weights', async () => {
  const path = join(folder, 'two.folded');
  writeFileSync(
    path,
    `app;run token=${secretOf(1)};a 2\napp;run token=${secretOf(2)};a 3\napp;run token=${secretOf(2)};b 4\n`,
  );
  const { datasets } = await readCapture([path], { samples: true });
  const [stacks] = datasets.flatMap((dataset) => (dataset.shape === 'stacks' ? [dataset] : []));
  expect(stacks?.profile.frames.names).toEqual(['app', 'run token=[masked]', 'a', 'b']);
  expect([...(stacks?.profile.self ?? [])].filter((weight) => weight > 0).sort()).toEqual([4, 5]);
});

/** perf.data wherever it comes from, with the symbols that are where it is or where --symbols says. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { capturedText } from '../../src/commands/summary.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import { foldedStacks } from '../../src/datasets/fold.ts';
import { Writer } from '../perfdata/writer.ts';

const SAMPLE = resolve(import.meta.dirname, '../../samples/recordings/cpp');
const BUILD_ID = 'be084f5b61a6c3beeff945108c232f8cec7eac5c';
/** By awk, of cpp.folded: what ends in it. */
const OWN_FUNCTION = /shop::Cart<double>::total 15045135$/;
const place = mkdtempSync(join(tmpdir(), 'coldflame-recordings-'));
afterAll(() => rmSync(place, { recursive: true }));

const recording = join(place, 'perf.data');
copyFileSync(join(SAMPLE, 'perf/perf.data'), recording);

async function read(paths: readonly string[], symbols: readonly string[] = []): Promise<Capture> {
  return readCapture(paths, { samples: true, symbols });
}

function folded({ datasets }: Capture): string[] {
  return datasets.flatMap((dataset) =>
    dataset.shape === 'stacks'
      ? foldedStacks(dataset.profile, () => true).map(([stack, weight]) => `${stack} ${weight}`)
      : [],
  );
}

const named = expect.arrayContaining([expect.stringMatching(OWN_FUNCTION)]);
const put = (name: string, bytes: Uint8Array) => {
  writeFileSync(join(place, name), bytes);
  return join(place, name);
};
const tar = (name: string, ...files: string[]) => {
  execFileSync('tar', ['cf', join(place, name), '-C', SAMPLE, ...files]);
  return join(place, name);
};

describe('the same stacks', () => {
  test.each([
    ['a folder', () => SAMPLE],
    ['an archive', () => tar('both.tar', 'perf/perf.data', `perf/symbols/${BUILD_ID}`)],
    ['an archive with the symbols first', () => tar('turned.tar', `perf/symbols/${BUILD_ID}`, 'perf/perf.data')],
  ])('%s', async (_, path) => {
    const capture = await read([path()]);
    expect(folded(capture)).toEqual(named);
    expect(capture.damage).toEqual([]);
    expect(capture.sources.map(({ name, grammar }) => [name, grammar])).toEqual([['perf/perf.data', 'perf.data']]);
  });

  test.each([
    ['a folder of debug files', () => join(SAMPLE, 'perf/symbols')],
    ['an archive of them', () => tar('symbols.tar', `perf/symbols/${BUILD_ID}`)],
    [
      'as /usr/lib/debug has them',
      () => {
        const folder = join(place, 'root/usr/lib/debug/.build-id', BUILD_ID.slice(0, 2));
        mkdirSync(folder, { recursive: true });
        copyFileSync(join(SAMPLE, 'perf/symbols', BUILD_ID), join(folder, `${BUILD_ID.slice(2)}.debug`));
        return join(place, 'root');
      },
    ],
    [
      'as ~/.debug has them',
      () => {
        const folder = join(place, 'cache/tmp/pd/work', BUILD_ID);
        mkdirSync(folder, { recursive: true });
        copyFileSync(join(SAMPLE, 'perf/symbols', BUILD_ID), join(folder, 'elf'));
        return join(place, 'cache');
      },
    ],
  ])('--symbols: %s', async (_, symbols) => {
    expect(folded(await read([recording], [symbols()]))).toEqual(named);
  });

  test('gzipped', async () => {
    const path = put('perf.data.gz', gzipSync(readFileSync(recording)));
    expect(folded(await read([path], [join(SAMPLE, 'perf/symbols')]))).toEqual(named);
  });

  test('none of it without its symbols', async () => {
    // Of a program that this machine cannot have by chance: the sample's may lie where it was recorded.
    const other = readFileSync(recording).toString('latin1').replaceAll('/tmp/pd/work', '/tmp/pd/none');
    const idOf = (hex: string) => Buffer.from(hex, 'hex').toString('latin1');
    const bytes = Buffer.from(other.replaceAll(idOf(BUILD_ID), idOf(BUILD_ID.replace('be', 'ff'))), 'latin1');
    expect(folded(await read([put('other.data', bytes)]))).not.toEqual(named);
  });
});

test('a recording that is alone tells its host and the wall clock', async () => {
  const { manifest, sources, datasets } = await read([recording]);
  // What perf script --header-only says of it; its first sample is 88.7 ms behind the reference time, 19:34:35.251022.
  expect(manifest).toMatchObject({ host: { hostname: 'vm', arch: 'x86_64', cpus: 2 } });
  expect(manifest?.runs[0]?.command).toBe(
    '/usr/bin/perf record -q -e cpu-clock:u -F 997 -g -k mono -o rec.data ./work',
  );
  expect(new Date((manifest?.started ?? 0) * 1000).toISOString()).toBe('2026-11-30T19:34:35.339Z');
  expect(datasets.map(({ clock }) => clock)).toEqual(['capture']);
  expect(sources[0]?.run).toBe(0);
});

test('a recording without the wall clock still tells its host', async () => {
  const facts = new Writer();
  const bytes = new Writer()
    .sample(10, 5n, [0x1010n])
    .file([{ ids: [1n] }], { 3: facts.text('db1'), 4: facts.text('6.1.0'), 7: facts.bytes(8, 4) });
  const capture = await read([put('unclocked.data', bytes)]);
  expect([capture.manifest, capture.host]).toEqual([null, expect.objectContaining({ hostname: 'db1', cpus: 4 })]);
  expect(capturedText(capture)).toMatch(/unclocked\.data: db1, kernel 6\.1\.0, 4 CPUs; no manifest$/);
});

describe('what is no recording', () => {
  test('a program among other files is said to be one', async () => {
    const folder = join(place, 'programs');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.folded'), 'a;b 1\na;c 2\n');
    copyFileSync(join(SAMPLE, 'perf/symbols', BUILD_ID), join(folder, 'work'));
    const { aside, damage } = await read([folder]);
    expect([aside, damage]).toEqual([['work'], []]);
  });

  test('--symbols that are none', async () => {
    const path = put('none.tar', readFileSync(tar('empty.tar', 'perf/perf.data')));
    await expect(read([recording], [path])).rejects.toThrow('no symbols in it');
    await expect(read([recording], [join(place, 'nowhere')])).rejects.toThrow(
      /^--symbols .*nowhere: no such file or folder$/,
    );
  });
});

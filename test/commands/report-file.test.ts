import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pathBeside, reportPaths, sizeLimit } from '../../src/commands/report-file.ts';

test.each([
  ['capture.tar', 'capture.html'],
  ['/tmp/capture.tar.gz', '/tmp/capture.html'],
  ['/tmp/capture.tgz', '/tmp/capture.html'],
  ['/tmp/out.perf.txt', '/tmp/out.perf.txt.html'],
  ['/tmp/incident/', '/tmp/incident.html'],
  // What `-` stands for.
  ['/dev/stdin', 'coldflame.html'],
])('the report of %s is %s', (file, path) => {
  expect(pathBeside(file, '.html')).toBe(path);
});

test('a comparison has a name of its own', () => {
  expect(pathBeside('/tmp/capture.tar', '-diff.html')).toBe('/tmp/capture-diff.html');
  expect(pathBeside('/dev/stdin', '-diff.html')).toBe('coldflame-diff.html');
});

test('the report of the folder one is in has its name', () => {
  expect(pathBeside('.', '.html')).toBe(`${process.cwd().split('/').at(-1)}.html`);
});

test.each([
  ['1000000', 1_000_000],
  ['500K', 512_000],
  ['1.5MiB', 1_572_864],
  ['8mb', 8_388_608],
])('--max-size %s is %i bytes', (text, bytes) => {
  expect(sizeLimit(text)).toBe(bytes);
});

test.each([
  [
    ['db', 'db', 'db-2'],
    ['db', 'db-2', 'db-2-2'],
  ],
  [
    ['DB', 'db'],
    ['DB', 'db-2'],
  ],
  [
    ['../../etc/cron.d/x', '..', '-rf', ''],
    ['_.._etc_cron.d_x', 'capture', '-rf', 'capture-2'],
  ],
  [['h'.repeat(5000)], ['h'.repeat(200)]],
])('reports of the hosts %j are %j: each is a file of its own, in the folder', (hosts, names) => {
  const folder = mkdtempSync(join(tmpdir(), 'coldflame-each-'));
  const captures = hosts.map((hostname) => ({
    name: '',
    manifest: null,
    host: { hostname },
    damage: [],
    sources: [],
    datasets: [],
  }));
  expect(reportPaths(folder, captures)).toEqual(names.map((name) => join(folder, `${name}.html`)));
  rmSync(folder, { recursive: true });
});

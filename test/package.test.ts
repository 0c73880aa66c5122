/** What goes to npm: whole, under licences that allow it, with nothing that runs when it is installed. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

test('nothing runs when it is installed, and nothing is needed but sharp, which may be missing', () => {
  expect(['preinstall', 'install', 'postinstall', 'prepare'].filter((name) => name in manifest.scripts)).toEqual([]);
  expect([manifest.dependencies, Object.keys(manifest.optionalDependencies)]).toEqual([undefined, ['sharp']]);
});

test('the pack has the program, its man pages, fonts and licences, and no source', () => {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [{ files }] = JSON.parse(execFileSync('npm', words, { cwd: ROOT, encoding: 'utf8' }));
  const paths: string[] = files.map(({ path }: { path: string }) => path);
  const man = manifest.man.map((path: string) => path.replace('./', ''));
  expect(paths).toEqual(
    expect.arrayContaining(['dist/coldflame.js', 'dist/LICENSES.txt', 'dist/fonts/DejaVuSans.ttf', 'LICENSE', ...man]),
  );
  expect(paths.filter((path) => /\.ts$|^test\/|^src\/|node_modules|\.map$/.test(path))).toEqual([]);
  expect(files.reduce((sum: number, { size }: { size: number }) => sum + size, 0)).toBeLessThan(15 * 2 ** 20);
});

test('what is bundled is named with a licence that allows it, and with its text', () => {
  const [, ...parts] = readFileSync(join(ROOT, 'dist/LICENSES.txt'), 'utf8').split(/\n-{78}\n\n/);
  // d3-selection 3.0.1: ISC
  const heads = parts.map((part) => /^(\S+) [\d.]+: ([^\n]+)\n\n(\S)?/.exec(part) ?? []);
  const names = heads.map(([, name]) => name);
  expect(names).toEqual(expect.arrayContaining(['yargs', 'tar-stream', 'uplot', 'd3-flame-graph', 'dejavu-fonts-ttf']));
  const allowed = /^(?:MIT|ISC|BSD-[23]-Clause|Apache-2\.0|Apache-2\.0 OR MIT|SEE LICENSE IN README\.md AND LICENSE)$/;
  expect(heads.filter(([, , licence = '']) => !allowed.test(licence)).map(([head]) => head)).toEqual([]);
  expect(heads.filter(([, , , text]) => text === undefined).map(([, name]) => name)).toEqual([]);
});

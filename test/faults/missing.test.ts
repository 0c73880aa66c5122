/** What a machine may lack: sharp, a folder for temporary files, a Node.js that is new enough, somebody who listens. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';

const BIN = join(import.meta.dirname, '../../dist/coldflame.js');
const NO_SHARP = ['--require', join(import.meta.dirname, 'no-sharp.cjs')];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-missing-'));
  writeFileSync(join(folder, 'a.folded'), 'app;main;work 2\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(node: readonly string[], words: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, BIN, ...words], {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const NEEDED = 'PNG needs the package sharp, which cannot be loaded here (npm install sharp); SVG needs nothing';

test('without sharp a PNG is refused in words, and a pack has its pictures as SVG', () => {
  expect(run(NO_SHARP, ['draw', 'a.folded', '-q', '-o', 'a.png'])).toMatchObject({
    status: 1,
    stderr: `coldflame: ${NEEDED}\n`,
  });
  expect(existsSync(join(folder, 'a.png'))).toBe(false);
  const packed = run(NO_SHARP, ['analyze', 'a.folded', '--pack', 'pack']);
  expect(packed.status).toBe(0);
  expect(packed.stdout).toContain(`no PNGs: ${NEEDED}\n`);
  expect(readdirSync(join(folder, 'pack')).sort()).toEqual(['01-folded-flamegraph.svg', 'report.html', 'summary.md']);
});

test('without a folder for temporary files a PNG is drawn with the fonts of the machine', () => {
  expect(run([], ['draw', 'a.folded', '-q', '-o', 'b.png'], { TMPDIR: '/nowhere' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});

test('with a Node.js that is too old, one line says which is needed', () => {
  const source = readFileSync(BIN, 'utf8').replace(/^#!.*/, '');
  // What ES5 had: whoever cannot read the file says less.
  expect(source).not.toMatch(/=>|`|\b(?:const|let|class|import)\b[^:]|\?\./);
  const said: string[] = [];
  const process = {
    versions: { node: '16.20.2' },
    version: 'v16.20.2',
    stderr: { write: (text: string) => said.push(text) },
    exitCode: 0,
  };
  new Script(`(function (process, require) {${source}\n})`).runInThisContext()(process, () => said.push('loaded'));
  expect([said, process.exitCode]).toEqual([['coldflame: Node.js 20.19 or newer is needed (this is v16.20.2)\n'], 1]);
});

test.each([
  ['export', 'export a.folded -f folded'],
  ['help', 'draw -h'],
  ['an error', 'draw none'],
  ['the summary', 'analyze a.folded -o b.html'],
])('nobody listens: %s ends quietly', (_, words) => {
  // Both ends of the pipe are closed before the program says anything.
  const line = `{ sleep 0.3; "$0" "$1" ${words} 2>&1; echo "$?" >status; } | true; cat status`;
  const { stdout, stderr } = spawnSync('sh', ['-c', line, process.execPath, BIN], { cwd: folder, encoding: 'utf8' });
  expect([stdout.trim(), stderr]).toEqual([expect.stringMatching(/^[01]$/), '']);
});

/**
 * Every call by which input is read fails once: what was read is told, with what was not, or nothing is written and the reason is a
 * sentence. Never a report that keeps silent about it. And no shell to collect with.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'dist/coldflame.js');
const PRELOAD = join(import.meta.dirname, 'preload.cjs');
const FAULTS = ['EIO', 'EACCES', 'EMFILE', 'EINTR'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-read-'));
  mkdirSync(join(folder, 'in'));
  for (const name of ['vmstat/plain.txt', 'iostat/old-columns.txt', 'recordings/cpp/perf/perf.data'])
    copyFileSync(join(ROOT, 'samples', name), join(folder, 'in', name.replaceAll('/', '-')));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(words: readonly string[], fault = '') {
  const env = { ...process.env, COLDFLAME_FAULT: fault, COLDFLAME_CALLS: join(folder, 'calls.json') };
  rmSync(join(folder, 'out.html'), { force: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', PRELOAD, BIN, ...words], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('every call that reads fails once', () => {
  const words = ['analyze', 'in', '-o', 'out.html'];
  const good = run(words);
  expect([good.status, good.stderr]).toEqual([0, '']);
  const files = /^read +(\d+) files/m.exec(good.stdout)?.[1];
  const calls = JSON.parse(readFileSync(join(folder, 'calls.json'), 'utf8')) as Record<string, number>;
  const names = ['openSync', 'readSync', 'statSync', 'fstatSync', 'readdirSync'].filter((name) => calls[name]);
  expect(names).toEqual(expect.arrayContaining(['openSync', 'readSync', 'readdirSync']));
  const tried = names.flatMap((name, i) => {
    const last = calls[name] as number;
    return [...new Set([1, Math.ceil(last / 2), last])].map(
      (at) => `${name}:${at}:${FAULTS[(i + at) % FAULTS.length]}`,
    );
  });
  for (const fault of tried) {
    const { status, stdout, stderr } = run(words, fault);
    expect([fault, stderr]).toEqual([fault, expect.not.stringMatching(/\n\s+at |injected/)]);
    // All of it, or what is missing is told.
    const isWhole = status === 0 && stdout.includes(`${files} files`);
    const isTold = status === 1 && /damaged +|^coldflame: [^\n]+\n$/m.test(stdout + stderr);
    expect([fault, status, isWhole || isTold, stdout.slice(-300)]).toEqual([fault, status, true, expect.anything()]);
    expect([fault, readdirSync(folder).filter((name) => name.startsWith('.'))]).toEqual([fault, []]);
  }
}, 120_000);

test.each(['EAGAIN', 'ENOMEM', 'EMFILE'])('no shell can be started (%s)', (fault) => {
  const there = run(['collect', '--plan', '--via', 'sh'], `spawn:1:${fault}`);
  const here = run(['collect', '--plan'], `spawn:1:${fault}`);
  for (const { status, stderr } of [here, there])
    expect([status, stderr]).toEqual([
      1,
      `coldflame: /bin/sh could not be started (${fault}): see the limits of processes and open files (ulimit -a)\n`,
    ]);
});

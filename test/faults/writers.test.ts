/**
 * Every call by which a result is written fails once, in every way: the old file is there whole, or the new one, nothing is
 * left beside it, and what is said is a sentence. As SQLite tests itself.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const BIN = join(import.meta.dirname, '../../dist/coldflame.js');
const PRELOAD = join(import.meta.dirname, 'preload.cjs');
const OLD = '<meta name="generator" content="coldflame 0.0.1">what was there';
/** `COLDFLAME_FAULTS=all`: each fault in each call, else every other one in those that hardly fail. */
const isThorough = process.env.COLDFLAME_FAULTS === 'all';
const FAULTS = ['ENOSPC', 'EDQUOT', 'EIO', 'EACCES', 'EROFS', 'EINTR', 'EFBIG'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-faults-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a verb in a folder of its own, where `out` has something already. */
function run(words: readonly string[], out: string, fault = '') {
  const place = mkdtempSync(join(folder, 'run-'));
  writeFileSync(join(place, 'a.folded'), 'app;main;work 2\napp;main;wait 3\n');
  writeFileSync(join(place, out), OLD);
  const env = { ...process.env, COLDFLAME_FAULT: fault, COLDFLAME_CALLS: join(folder, 'calls.json') };
  const { status, stderr } = spawnSync(process.execPath, ['--require', PRELOAD, BIN, ...words], { cwd: place, env });
  return { place, status, stderr: stderr.toString(), written: readFileSync(join(place, out)) };
}

const VERBS: [string, string[], string][] = [
  ['export', ['export', 'a.folded', '-f', 'speedscope', '-o', 'out.json'], 'out.json'],
  ['draw', ['draw', 'a.folded', '-q', '-o', 'out.svg'], 'out.svg'],
  ['analyze', ['analyze', 'a.folded', '-q', '-o', 'out.html'], 'out.html'],
];

describe.each(VERBS)('%s', (_, words, out) => {
  const whole = () => run(words, out);

  test(
    'every call that writes fails in every way',
    () => {
      const good = whole();
      expect(good.status).toBe(0);
      const calls = JSON.parse(readFileSync(join(folder, 'calls.json'), 'utf8')) as Record<string, number>;
      const names = ['openSync', 'writeSync', 'fchmodSync', 'fsyncSync', 'closeSync', 'renameSync'];
      expect(names.filter((name) => !calls[name])).toEqual([]);
      const tried = names.flatMap((name, i) => {
        // Of many writes the first and the last.
        const ats = [...new Set([1, calls[name] as number])];
        const every = name === 'writeSync' ? [...FAULTS, 'short'] : FAULTS;
        const some = FAULTS.filter((_, k) => (k + i) % 2 === 0);
        const faults = isThorough || name === 'writeSync' || name === 'openSync' ? every : some;
        return ats.flatMap((at) => faults.map((fault) => `${name}:${at}:${fault}`));
      });
      for (const fault of tried) {
        const { place, status, stderr, written } = run(words, out, fault);
        const isNew = written.equals(good.written);
        expect([fault, isNew || written.toString() === OLD]).toEqual([fault, true]);
        expect([fault, status === 0 ? isNew : status === 1]).toEqual([fault, true]);
        expect([fault, readdirSync(place).filter((name) => name.startsWith('.'))]).toEqual([fault, []]);
        expect(stderr).not.toMatch(/\n\s+at |injected/);
        if (status !== 0) expect(stderr).toMatch(/^coldflame: [^\n]+\n$/);
      }
    },
    (isThorough ? 20 : 2) * 60_000,
  );
});

/** COLDFLAME_LIMITS, in a process of its own: limits are raised for all of it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { raiseBySize, takeLimits } from '../../src/commands/limits.ts';
import { raised } from '../../src/datasets/limits.ts';

const PROGRAM = join(import.meta.dirname, '../../dist/coldflame.js');
const run = promisify(execFile);
let folder = '';
let bomb = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-limits-'));
  bomb = join(folder, 'bomb.folded.gz');
  // A member of gzip may follow another: 192 MB of one stack in a fifth of a megabyte, more than 128 MB and a hundred times its size.
  const line = `main;${'x'.repeat(4088)} 1\n`;
  writeFileSync(bomb, Buffer.concat(Array.from({ length: 48 }, () => gzipSync(line.repeat(1024)))));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function foldedWith(limits: string): Promise<{ count: number; said: string }> {
  const env = { ...process.env, COLDFLAME_LIMITS: limits };
  // What is damaged ends with 1, after all that is whole.
  const { stdout, stderr } = await run(process.execPath, [PROGRAM, 'export', bomb, '--format', 'folded'], {
    env,
  }).catch((error: { stdout: string; stderr: string }) => error);
  return { count: Number(stdout.trim().split(' ').at(-1)), said: stderr };
}

test('it raises what may be unpacked, as the message says that it does', async () => {
  const first = await foldedWith('');
  expect(first.count).toBeGreaterThan(2 ** 27 / 4096 - 1024);
  expect(first.count).toBeLessThan(48 * 1024);
  expect(first.said).toMatch(/unpacks to more than 100 times its size.*COLDFLAME_LIMITS=4 reads four times as much/s);
  expect(await foldedWith('2')).toEqual({ count: 48 * 1024, said: expect.not.stringContaining('unpacks to more') });
});

test.each(['0', 'x', '-1', '1001'])('it is a number from 1 to 1000, not %s', (limits) => {
  vi.stubEnv('COLDFLAME_LIMITS', limits);
  expect(takeLimits).toThrow(`COLDFLAME_LIMITS must be a number between 1 and 1000 (got "${limits}")`);
  vi.unstubAllEnvs();
});

test('large files raise them too, up to four times', () => {
  const sized = (name: string, bytes: number) => {
    const path = join(folder, name);
    writeFileSync(path, '');
    truncateSync(path, bytes);
    return path;
  };
  raiseBySize([sized('small.txt', 2 ** 26), folder, join(folder, 'not there')]);
  expect(raised(100)).toBe(100);
  raiseBySize([sized('day.txt', 3 * 2 ** 26)]);
  expect(raised(100)).toBe(300);
  raiseBySize([sized('days.txt', 2 ** 30)]);
  expect(raised(100)).toBe(400);
});

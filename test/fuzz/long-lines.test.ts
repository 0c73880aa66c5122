/** What an expression took minutes for, square in its length as it was. CPU time, as the fuzzing counts it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { random } from './mutate.ts';
import { faultOf, type Target } from './targets.ts';

const folder = mkdtempSync(join(tmpdir(), 'coldflame-long-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a line of carriage returns', async () => {
  const path = join(folder, 'vmstat.txt');
  writeFileSync(path, `procs\n${'\r'.repeat(100_000)}x\n`);
  const check = async () => void (await readCapture([path], { samples: true }));
  const target: Target = { name: 'a line', few: 1, most: 1500, input: () => '', check };
  expect(await faultOf(target, '', random(1))).toBeNull();
});

/** --as: files whose content does not tell the tool that printed them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';

const NOISE = Array.from({ length: 30 }, (_, i) => `noise ${i} of a log, nothing more 12\n`).join('');
const VMSTAT = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
 2  0      0 181244   2108 2811020    0    0    35    60  112  218  3  1 95  1  0
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-as-'));
  writeFileSync(join(folder, 'x.txt'), NOISE + VMSTAT + NOISE);
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (as: string) => readCapture([join(folder, 'x.txt')], { samples: false, as });

test('the tool that is named reads the file, and what is not its own is unread', async () => {
  const { sources } = await read('vmstat');
  expect(sources).toMatchObject([{ tool: 'vmstat', lines: 63, read: 3, unreadCount: 60 }]);
});

test('in UTF-16, as PowerShell writes it', async () => {
  const path = join(folder, 'utf-16.txt');
  writeFileSync(path, `\ufeff${NOISE}${VMSTAT}`, 'utf16le');
  const { sources } = await readCapture([path], { samples: false, as: 'vmstat' });
  expect(sources).toMatchObject([{ tool: 'vmstat', lines: 33, read: 3 }]);
});

test.each([
  ['free', /x\.txt: no line of it reads as the output of free/],
  ['vmstta', /--as vmstta is no known tool/],
])('%s', async (tool, message) => {
  await expect(read(tool)).rejects.toThrow(message);
});

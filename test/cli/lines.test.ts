/**
 * Command lines and what they answer: `lines.txt` has the exit status where it is not 0, standard output as it is and standard
 * error behind `! `. UPDATE_GOLDENS=1 writes it anew; read it before you commit it.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PLACE = join(import.meta.dirname, 'lines.txt');
const update = process.env.UPDATE_GOLDENS !== undefined;

interface Line {
  command: string;
  answer: string;
}

/** A `$ ` begins a command line, `## ` a heading that stands for people. */
const blocks = readFileSync(PLACE, 'utf8').split(/^(?=\$ |## )/m);
const lines: Line[] = blocks
  .filter((block) => block.startsWith('$ '))
  .map((block) => ({ command: block.slice(2, block.indexOf('\n')), answer: block.slice(block.indexOf('\n') + 1) }));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-lines-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'bin/coldflame'),
    `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'dist/coldflame.js')}' "$@"\n`,
  );
  chmodSync(join(folder, 'bin/coldflame'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the line with a shell in a folder of its own, which has a few files. */
async function answerTo(command: string): Promise<string> {
  const place = mkdtempSync(join(folder, 'line-'));
  const put = (name: string, text: string) => writeFileSync(join(place, name), text);
  put('a.folded', 'app;main;work 2\napp;main;wait 3\n');
  put('b.folded', 'app;main;work 4\napp;main;idle 1\n');
  put(
    'perf.txt',
    'web 7/8 [001] 1.500000: 3 cycles:\n\t1f work (/bin/web)\n\nweb 7/8 [001] 2.500000: 1 faults:\n\t1f work (/bin/web)\n\n',
  );
  put('many.folded', Array.from({ length: 20_000 }, (_, i) => `a;b${i} 1\n`).join(''));
  put('notes.txt', 'the disk was slow\nsince noon\n');
  put('empty.txt', '');
  put('thresholds.json', '{ "no-such-rule": { "x": 1 } }');
  put('hist.txt', '     usecs               : count     distribution\n         0 -> 1          : 3        |***|\n');
  mkdirSync(join(place, 'dir'));
  const { status, stdout, stderr } = await outcomeOf(command, place);
  const text = (status === 0 ? '' : `[${status}]\n`) + stdout + stderr.replace(/^(?=.)/gm, '! ');
  return text.replaceAll(place, 'DIR').replace(/\([\d.,]+ [KM]i?B\)/g, '(SIZE)');
}

function outcomeOf(command: string, cwd: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn('sh', ['-c', command], {
    cwd,
    env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: cwd, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((done) => child.on('close', (status) => done({ status, stdout, stderr })));
}

const answered = new Map<string, string>();

describe.concurrent('a command line is answered', () => {
  test.each(lines)('$command', async ({ command, answer }) => {
    const got = await answerTo(command);
    answered.set(command, got);
    expect(got).not.toMatch(/^!? *at .*:\d+:\d+\)?$|\bError:/m);
    if (!update) expect(got.trimEnd()).toBe(answer.trimEnd());
  });
});

test('there are 200 of them, and none twice', () => {
  expect(lines.length).toBeGreaterThanOrEqual(200);
  expect(new Set(lines.map(({ command }) => command)).size).toBe(lines.length);
});

afterAll(() => {
  if (!update) return;
  const renewed = blocks.map((block) => {
    const command = block.slice(2, block.indexOf('\n'));
    return block.startsWith('$ ') ? `$ ${command}\n${(answered.get(command) ?? '').trimEnd()}\n\n` : block;
  });
  writeFileSync(PLACE, `${renewed.join('').trimEnd()}\n`);
});

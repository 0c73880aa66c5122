/** `coldflame diff` as a check: what it exits with, and what programs read of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const place = mkdtempSync(join(tmpdir(), 'coldflame-check-'));
afterAll(() => rmSync(place, { recursive: true }));

writeFileSync(join(place, 'one.folded'), 'sh;main;a 900\nsh;main;b|c 100\n');
// 500 of 1,000 samples instead of 900 is no chance; 905 is.
writeFileSync(join(place, 'two.folded'), 'sh;main;a 500\nsh;main;b|c 400\nsh;d 100\n');
writeFileSync(join(place, 'alike.folded'), 'sh;main;a 905\nsh;main;b|c 95\n');

function diff(...args: string[]) {
  const program = join(ROOT, 'dist/coldflame.js');
  const { status, stdout } = spawnSync(process.execPath, [program, 'diff', ...args], { cwd: place, encoding: 'utf8' });
  return { status, stdout };
}

test('functions that changed beyond chance fail the check that asks for them', () => {
  const { status, stdout } = diff('one.folded', 'two.folded', '-f', 'json', '--fail-on', 'changed');
  expect(status).toBe(3);
  const { before, functions } = JSON.parse(stdout);
  expect(before.name).toBe('one.folded');
  expect(functions).toMatchObject([
    { name: 'a', of: 'self', before: 0.9, after: 0.5 },
    { name: 'b|c', of: 'self', before: 0.1, after: 0.4 },
    { name: 'd', of: 'self', before: 0, after: 0.1 },
  ]);
  expect(diff('one.folded', 'two.folded', '-f', 'json', '--fail-on', 'worse').status).toBe(0);
  expect(diff('one.folded', 'alike.folded', '-f', 'json', '--fail-on', 'changed').status).toBe(0);
});

test('stacks with both weights, as difffolded.pl prints them', () => {
  expect(diff('one.folded', 'two.folded', '-f', 'folded').stdout).toBe(
    'sh;d 0 100\nsh;main;a 900 500\nsh;main;b|c 100 400\n',
  );
});

test('Markdown, in which no name ends its cell', () => {
  const { stdout } = diff('one.folded', 'two.folded', '-f', 'markdown');
  expect(stdout).toContain(
    '| function | event | before | after |\n| --- | --- | --- | --- |\n| `a` | folded | 90% | 50% |\n',
  );
  expect(stdout).toContain('| `b\\|c` | folded | 10% | 40% |\n');
  // Nobody asked for a report.
  expect(readdirSync(place)).not.toContain('two-diff.html');
});

test('a finding that is new fails the check', () => {
  const sick = (name: string) => join(ROOT, `samples/sick/${name}.tar.gz`);
  const { status, stdout } = diff(sick('healthy'), sick('disk-fsync'), '-f', 'markdown', '--fail-on', 'worse');
  expect(status).toBe(3);
  expect(stdout).toMatch(/^\| new \| .*loop0.* \| critical \|$/m);
});

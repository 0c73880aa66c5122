/** What only a terminal gets: progress, and colors unless NO_COLOR or --color say otherwise. `script` is the terminal. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const BIN = join(import.meta.dirname, '../../dist/coldflame.js');
const RED = '\u001b[31mcoldflame:';
const isHere = spawnSync('script', ['--version']).status === 0;
const CLEAR = '\r\u001b\\[K';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-terminal-'));
  writeFileSync(join(folder, 'a.folded'), 'app;main;work 2\n');
  const sample = 'web 7/8 [001] 1.500000: 3 cycles:\n\t1f work (/bin/web)\n\n';
  writeFileSync(join(folder, 'large.txt'), sample.repeat((80 * 2 ** 20) / sample.length));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** All that the line wrote to its terminal. */
function onTerminal(line: string, env: Record<string, string> = {}): string {
  const typescript = join(folder, 'typescript');
  spawnSync('script', ['-qefc', line.replace('coldflame', `'${process.execPath}' '${BIN}'`), typescript], {
    cwd: folder,
    env: { PATH: process.env.PATH, TERM: 'xterm', ...env },
    stdio: 'ignore',
  });
  return readFileSync(typescript, 'utf8').split('\n').slice(1, -2).join('\n');
}

test.skipIf(!isHere)('a large file is read with a bar that goes away, and quietly with -q', () => {
  const shown = onTerminal('coldflame export large.txt -f folded -o large.folded');
  expect(shown).toMatch(/reading [#.]{30} \d+% of 80(\.0)? MiB, \d+s left/);
  // The last that is done to the line is to clear it.
  expect(shown.trimEnd().endsWith('\r\u001b[K')).toBe(true);
  expect(onTerminal('coldflame export large.txt -f folded -q -o large.folded').trim()).toBe('');
});

test.skipIf(!isHere)('what is slow to unpack has a bar, too: symbols that bzip2 packed', () => {
  writeFileSync(join(folder, 'symbols.tar.bz2'), Buffer.concat([Buffer.from('BZh9'), Buffer.alloc(3 * 2 ** 20)]));
  expect(onTerminal('coldflame export a.folded -f folded --symbols symbols.tar.bz2')).toMatch(
    /reading [#.]{30} \d+% of 3(\.0)? MiB/,
  );
});

test.skipIf(!isHere)('what is being done stands on a line that goes before results come', () => {
  expect(onTerminal('coldflame analyze a.folded -o a.html')).toMatch(
    new RegExp(`judging${CLEAR}a\\.folded.*making the report${CLEAR}report `, 's'),
  );
});

test.skipIf(!isHere)('errors are red on a terminal, unless NO_COLOR or --color=never say otherwise', () => {
  expect(onTerminal('coldflame draw none.txt')).toContain(RED);
  expect(onTerminal('coldflame draw none.txt', { NO_COLOR: '1' })).not.toContain(RED);
  expect(onTerminal('coldflame draw none.txt --color never')).not.toContain(RED);
  expect(onTerminal('coldflame -h')).toContain('\u001b[1mCommands:');
});

test('elsewhere nothing is colored or drawn over, unless --color=always', () => {
  const run = (...words: string[]) => spawnSync(process.execPath, [BIN, ...words], { cwd: folder, encoding: 'utf8' });
  expect(run('draw', 'none.txt').stderr).toBe('coldflame: none.txt: no such file or folder\n');
  expect(run('draw', 'none.txt', '--color', 'always').stderr).toContain(RED);
  expect(run('analyze', 'a.folded', '-o', 'a.html').stderr).toBe('');
});

test('-v says what each file was read as', () => {
  const run = spawnSync(process.execPath, [BIN, 'export', 'a.folded', '-f', 'folded', '-v'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('coldflame: a.folded: folded, 1 line\n');
});

test.skipIf(!isHere)('a result drives no terminal, and a pipe gets every byte of it', () => {
  // CSI in one character, a title, and text that turns round.
  writeFileSync(join(folder, 'codes.folded'), 'app;a\u009b31mb;\u202ecod 2\n');
  expect(onTerminal('coldflame export codes.folded -f folded')).toContain('app;a\ufffd31mb;\ufffdcod 2');
  expect(onTerminal('coldflame export codes.folded -f folded | cat')).toContain('app;a\u009b31mb;\u202ecod 2');
  expect(onTerminal('coldflame export codes.folded -f json')).not.toMatch(/\u009b|\u202e/);
});

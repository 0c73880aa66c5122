/** Completions as the shells give them: bash by itself; zsh and fish read theirs without a fault where they are here. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completionFor, shells } from '../../src/cli/completion.ts';
import { optionsOf } from '../../src/cli/verb.ts';
import { allVerbs } from '../../src/commands/index.ts';

const verbs = await allVerbs();
const isHere = (shell: string) => spawnSync(shell, ['--version']).status === 0;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-completion-'));
  for (const shell of shells) writeFileSync(join(folder, shell), completionFor(shell, verbs));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers for the last of the words, which it cuts at `=`. */
function offered(...words: string[]): string[] {
  const array = words.map((word) => `'${word}'`).join(' ');
  const script = `compopt() { :; }; source ./bash; COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _coldflame; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

test.skipIf(!isHere('bash')).each([
  [['coldflame', 'an'], ['analyze']],
  [['coldflame', 'help', 'di'], ['diff']],
  [['coldflame', 'analyze', '--pa'], ['--pack']],
  [['coldflame', 'analyze', '--no'], ['--no-mask']],
  [['coldflame', 'export', '--format', 'sp'], ['speedscope']],
  [['coldflame', 'export', '-f', 'sp'], ['speedscope']],
  [['coldflame', 'export', '--format', '=', 'sp'], ['speedscope']],
  [
    ['coldflame', 'export', '--format', '='],
    ['folded', 'json', 'csv', 'speedscope', 'pprof', 'parquet'],
  ],
  [['coldflame', 'collect', '-t', 'runqs'], ['runqslower']],
  [['coldflame', 'tools', 'biol'], ['biolatency']],
  [
    ['coldflame', 'completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  // Files are the shell's own.
  [['coldflame', 'analyze', 'cap'], []],
  [['coldflame', 'analyze', '-o', 'cap'], []],
])('%j', (words, expected) => {
  const found = offered(...words);
  if (words.includes('=') && words.at(-1) === '=') expect(found).toEqual(expect.arrayContaining(expected));
  else expect(found).toEqual(expected);
});

test.each(shells)('%s: every command and every option, and no fault in reading it', (shell) => {
  const script = completionFor(shell, verbs);
  for (const verb of verbs) {
    expect(script).toContain(verb.name);
    for (const name of Object.keys(optionsOf(verb))) expect(script).toContain(name);
  }
  if (!isHere(shell)) return;
  expect(spawnSync(shell, ['-n', join(folder, shell)], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test.skipIf(!isHere('fish'))('fish offers formats and tools', () => {
  const of = (line: string) =>
    spawnSync('fish', ['--no-config', '-c', `source ./fish; complete -C '${line}'`], { cwd: folder, encoding: 'utf8' })
      .stdout.split('\n')
      .map((each) => each.split('\t')[0]);
  expect(of('coldflame export --format sp')).toContain('speedscope');
  expect(of('coldflame tools biol')).toContain('biolatency');
  expect(of('coldflame analyze --no-m')).toContain('--no-mask');
});

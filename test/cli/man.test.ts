/** Man pages say what the command table says, in roff that groff reads without a word. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manPages } from '../../src/cli/man.ts';
import { optionsOf } from '../../src/cli/verb.ts';
import { allVerbs } from '../../src/commands/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const { version, man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, string> & {
  man: string[];
};
const verbs = await allVerbs();
const pages = manPages(verbs, version as string);
const isGroffHere = spawnSync('groff', ['--version']).status === 0;

test.each(pages)('%s.1', (name, page) => {
  const verb = verbs.find((each) => name === `coldflame-${each.name}`);
  if (verb !== undefined)
    for (const option of Object.keys(optionsOf(verb))) expect(page).toContain(option.replaceAll('-', '\\-'));
  if (!isGroffHere) return;
  const { status, stdout, stderr } = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-P-cbou'], {
    input: page,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  for (const [line] of verb?.examples ?? []) expect(stdout.replace(/\s+/g, ' ')).toContain(line.replace('…', '...'));
});

test('the package installs each of them', () => {
  expect(man).toEqual(pages.map(([name]) => `./dist/man/${name}.1`));
  expect(readdirSync(join(ROOT, 'dist/man')).sort()).toEqual(pages.map(([name]) => `${name}.1`).sort());
});

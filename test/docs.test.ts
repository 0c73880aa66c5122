/** What the pages for people promise: links lead somewhere, and each coldflame command line is one that the program takes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from '../src/cli/parse.ts';
import type { Verb } from '../src/cli/verb.ts';
import { allVerbs } from '../src/commands/index.ts';

const ROOT = join(import.meta.dirname, '..');
const pages = [...readdirSync(ROOT), ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const verbs = await allVerbs();

/** The words of a shell line, up to its first pipe or redirection, without its comment. */
function wordsOf(line: string): string[] {
  const words = line.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? [];
  const end = words.findIndex((word) => /^(?:[|>#;&]|\d?>)/.test(word));
  return (end < 0 ? words : words.slice(0, end)).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

/** Command lines in blocks and in `code`, each from `coldflame` on. */
function commandsIn(text: string): string[] {
  // A line goes on behind a backslash.
  const blocks = text
    .replace(/ \\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('    '));
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...spans].flatMap((line) => /(?:^|[\s|])(coldflame [a-z].*)/.exec(line)?.[1] ?? []);
}

/** What is wrong with the words; that no file is named is nothing in a page that names an option. */
function faultOf(verb: Verb, words: readonly string[]): string | null {
  try {
    parse(verb, words);
    return null;
  } catch (error) {
    const { message } = error as Error;
    return /^\w+ needs /.test(message) ? null : message;
  }
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  test('leads somewhere', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
  });

  test('writes a percentage as the program does', () => {
    expect(text.match(/.*\d %(?!util).*/g)).toBeNull();
  });

  test('has commands that are taken', () => {
    for (const command of commandsIn(text)) {
      const [, name, ...words] = wordsOf(command);
      const verb = verbs.find((each) => each.name === name);
      if (
        verb === undefined ||
        words.length === 0 ||
        /[…A-Z]{3,}(?![\w.])/.test(words.join(' ').replace(/PID|HOST/g, ''))
      ) {
        expect([command, name === 'help' || verb !== undefined]).toEqual([command, true]);
        continue;
      }
      expect([command, faultOf(verb, words)]).toEqual([command, null]);
    }
  });
});

/** Help is read in a terminal of 100 columns, and says of each option what its value is. */
import { describe, expect, test } from 'vitest';
import { helpOf, shortHelp } from '../../src/cli/help.ts';
import { optionsOf, spellings } from '../../src/cli/verb.ts';
import { allVerbs, entries } from '../../src/commands/index.ts';

const plain = (text: string) => text;
const verbs = await allVerbs();

test('the short help lists every command, with three first steps, within 100 columns', () => {
  const help = shortHelp(entries, plain).split('\n');
  expect(help.filter((line) => line.length > 100)).toEqual([]);
  for (const { name, summary } of entries)
    expect(help.some((line) => line.includes(`  ${name}`) && line.includes(summary))).toBe(true);
  expect(help.filter((line) => line.startsWith('  coldflame '))).toHaveLength(3);
});

describe.each(verbs.map((verb) => ({ name: verb.name, verb })))('$name', ({ name, verb }) => {
  const help = helpOf(verb, plain);

  test('fits 100 columns, and ends with examples that are of this command', () => {
    expect(help.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(verb.examples.length).toBeGreaterThan(1);
    for (const [line] of verb.examples) expect(line).toMatch(`coldflame ${name}`);
    expect(help).toMatch(new RegExp(`^Usage: coldflame ${name} `));
  });

  test('says of each option what it is: a noun phrase or what it does, no sentence', () => {
    for (const [option, { describe: words, value, type, choices }] of Object.entries(optionsOf(verb))) {
      expect([option, words]).toEqual([option, expect.stringMatching(/^(?:[a-z0-9]|JSON|CPU|PID)[^\n]{5,}[^.]$/)]);
      expect([option, value !== undefined]).toEqual([option, type !== 'boolean']);
      // What may be chosen is told, where it is not the name of something that another command lists.
      if (choices !== undefined)
        expect([option, choices.filter((choice) => !words.includes(choice))]).toEqual([option, []]);
    }
  });

  test('has each letter and each name once', () => {
    const all = Object.entries(optionsOf(verb)).flatMap(([option, row]) => spellings(option, row));
    expect(all.length).toBe(new Set(all).size);
  });
});

/** Names from outside that code could take for its own: members of every object, markup, formulas, codes of a terminal. */
import { describe, expect, test } from 'vitest';
import { claimants, read } from './reading.ts';
import { goldenOf, samples } from './samples.ts';
import { expectSound } from './sound.ts';

/** The first sample of each grammar. */
const oneOfEach = [...new Map(samples.toReversed().map((sample) => [claimants(sample.text)[0], sample])).values()];
/** What every object has, and a name that sorts where it does and no object has. */
const MEMBERS = [
  ['constructor', 'constructoq'],
  ['__proto__', '__prota__'],
] as const;
/** Words replaced in each sample. */
const MOST_WORDS = 15;

describe.each(oneOfEach)('$name', ({ text, tool }) => {
  const words = [...new Set(text.match(/(?<![\w-])[A-Za-z_][\w/-]*/g))].slice(0, MOST_WORDS);

  test.each(MEMBERS)('a word called %s is a word like any other', async (member, other) => {
    for (const word of words) {
      const said = async (name: string) => {
        const odd = text.replaceAll(word, name);
        const reading = await read(odd, { tool });
        expectSound(reading, odd);
        return goldenOf(reading).replaceAll(name, 'NAME').replace(/\s+/g, '');
      };
      expect(await said(member), word).toBe(await said(other));
    }
  });
});

test.each([
  [
    'a value that will not become a text',
    '{"type": "lost_events", "data": {"a": {"toString": 1}}}',
    'lost_events a {"toString":1}',
  ],
  ['a number', '{"type": "lost_events", "data": {"events": 3}}', 'lost_events events 3'],
])('bpftrace tells what it lost: %s', async (_, line, note) => {
  const { notes } = await read(`${line}\n{"type": "map", "data": {"@a": 1}}\n`);
  expect(notes).toEqual([note]);
});

test('a record of bpftrace without data is unread', async () => {
  const { unread } = await read('{"type": "map", "data": {"@a": 1}}\n{"type": "printf"}\n{"type": "map"}\n');
  expect(unread.map(({ line }) => line)).toEqual([2, 3]);
});

test('a process of bpftool whose name is no text', async () => {
  const { datasets } = await read(
    '[{"id":6,"type":"xdp","tag":"6deef7357e7b4530","pids":[{"pid":1,"comm":{"toString":1}}]}]',
  );
  expect(datasets).toMatchObject([{ rows: [[6, 'xdp', '6deef7357e7b4530', '[{"pid":1,"comm":{"toString":1}}]']] }]);
});

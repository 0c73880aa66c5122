/** Folded stacks are read as splitting strings would read them, whatever the lines, and wherever chunks are cut. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldedStacks, totalWeight } from '../../src/datasets/fold.ts';
import { folded } from '../../src/parsers/folded.ts';
import type { Parsed } from '../../src/parsers/grammar.ts';

const context = { name: 'x', tool: null, interval: null, samples: false };

/** Reads a text in chunks of the given length. */
async function read(text: string, chunk = 1 << 20): Promise<Parsed> {
  const bytes = new TextEncoder().encode(text);
  const reader = folded.reader(context);
  for (let at = 0; at < bytes.length; at += chunk) await reader.write(bytes.subarray(at, at + chunk));
  return reader.end();
}

function stacksOf({ datasets }: Parsed): Record<string, number> {
  const [dataset] = datasets;
  return dataset?.shape === 'stacks' ? Object.fromEntries(foldedStacks(dataset.profile, () => true)) : {};
}

describe('lines beside one another', () => {
  test.each([
    [
      'a name that begins the next',
      'main;ab 1\nmain;abc 2\nmain;ab;c 4\nmain;a 8\n',
      { 'main;a': 8, 'main;ab': 1, 'main;ab;c': 4, 'main;abc': 2 },
    ],
    ['the same stack again', 'a;b 1\na;b 2\na 3\na;b 4\n', { a: 3, 'a;b': 7 }],
    [
      'names that end like counts',
      'a;worker 12 100\na;worker 12 1\na;worker 1 1\na;b 5\n',
      { 'a;b': 5, 'a;worker 1': 1, 'a;worker 12': 101 },
    ],
    ['no line end at the end', 'a;b 1\na;c 2', { 'a;b': 1, 'a;c': 2 }],
    ['returns before line ends', 'a;b 1\r\na;b 2\r\n', { 'a;b': 3 }],
    ['marks', 'a;read_[k] 1\na;read 2\n', { 'a;read': 2, 'a;read_[k]': 1 }],
    ['empty names', 'a;;b 1\n;a;b; 2\na;b 4\n', { 'a;b': 7 }],
    ['decimals', 'a;b 1.5\na;b 2\n', { 'a;b': 3.5 }],
    ['letters beyond ASCII', 'é;ü 1\né;û 2\n', { 'é;ü': 1, 'é;û': 2 }],
    ['a byte order mark', '\ufeffa;b 1\na;b 2\n', { 'a;b': 3 }],
  ])('%s', async (_, text, expected) => {
    for (const chunk of [1, 3, 1 << 20]) expect(stacksOf(await read(text, chunk))).toEqual(expected);
  });
});

const name = fc.constantFrom(
  'a',
  'ab',
  'abc',
  'b',
  'a b',
  'é',
  'x_[k]',

  '[unknown]',
  'std::f<int, 2>',
  '日本',
);
const count = fc.integer({ min: 0, max: 99_999 });
const stack = fc
  .tuple(fc.array(name, { minLength: 1, maxLength: 6 }), count)
  .map(([names, n]) => `${names.join(';')} ${n}`);
const other = fc.constantFrom(
  '',
  'prose',
  '12',
  'a;b',
  'a;b -1',
  'WARNING: lost',
  '[...]',
  '^Ca;b 3',
  'a;b 1e5',
  '   ',
);

test('any plain lines in any chunks give each stack its weight', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stack, { maxLength: 40 }), fc.integer({ min: 1, max: 64 }), async (lines, chunk) => {
      const expected: Record<string, number> = {};
      for (const line of lines) {
        const cut = line.lastIndexOf(' ');
        const [key, weight] = [line.slice(0, cut), Number(line.slice(cut + 1))];
        if (weight > 0) expected[key] = (expected[key] ?? 0) + weight;
      }
      const parsed = await read(lines.map((line) => `${line}\n`).join(''), chunk);
      expect(stacksOf(parsed)).toEqual(expected);
      expect([parsed.lines, parsed.read, parsed.unreadCount]).toEqual([lines.length, lines.length, 0]);
    }),
  );
});

test('lines between them that are no stacks change nothing, and every line is accounted for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(stack, other), { maxLength: 40 }),
      fc.integer({ min: 1, max: 64 }),
      async (lines, chunk) => {
        const text = lines.map((line) => `${line}\n`).join('');
        const [whole, parts] = [await read(text), await read(text, chunk)];
        expect(stacksOf(parts)).toEqual(stacksOf(whole));
        expect(parts.lines).toBe(lines.length);
        expect(parts.read + parts.noise + parts.unreadCount).toBe(lines.length);
        const weights = lines.map((line) => Number(/^(?:\^C)?.*\S\s+(\d+)$/.exec(line)?.[1] ?? 0));
        const [dataset] = parts.datasets;
        expect(dataset?.shape === 'stacks' ? totalWeight(dataset.profile) : 0).toBe(weights.reduce((a, b) => a + b, 0));
      },
    ),
  );
});

test('a short file with notes beside its stacks is folded, prose with a semicolon is not', () => {
  const claims = (text: string) => folded.claims({ lines: text.split('\n'), complete: true });
  expect(claims('// of the second run\na;b;c 1\na;b;d 4\na;b 5\na;c 1\nnot a stack\n')).toBe(true);
  expect(claims('He said so; it was in 1999\nNobody heard him\n')).toBe(false);
});

test('megabytes of blanks within a frame are read like others', async () => {
  const frame = `a${' '.repeat(4 << 20)}b`;
  const parsed = await read(`${frame};-;c 3\n`);
  expect([parsed.read, parsed.unreadCount]).toEqual([1, 0]);
  // No comparison that would print megabytes.
  const [[stack, weight] = []] = Object.entries(stacksOf(parsed));
  expect([stack?.length, stack?.slice(-8), weight]).toEqual([frame.length + 8, ';-;c_[k]', 3]);
});

/** The search of function names: the same matches as JavaScript's own, in bounded time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_PATTERN } from '../../src/render/flame/pattern.ts';
import { NO_QUERY, type Query, Search } from '../../src/render/flame/search.ts';

const NAMES = [
  'tcp_sendmsg',
  'TCP_v4_rcv.part.0',
  '{{closure}}',
  'operator()',
  'std::vector<int, std::allocator<int> >::push_back(int const&)',
  'Łódź::naïve',
  '😀 emoji',
  'a\nb',
  '',
];

/** The names that match, searched without a stop. */
function found(names: readonly string[], query: Partial<Query>): string[] {
  const search = new Search(names, { ...NO_QUERY, ...query });
  search.go(() => 0);
  expect(search.fault).toBe('');
  return names.filter((_, i) => search.matches?.[i] === 1);
}

function faultOf(pattern: string): string {
  return new Search(NAMES, { search: pattern, regex: true, matchCase: false }).fault;
}

test('plain text is text, whatever it means in a regular expression', () => {
  expect(found(NAMES, { search: '{{closure}}' })).toEqual(['{{closure}}']);
  expect(found(NAMES, { search: 'operator()' })).toEqual(['operator()']);
  expect(found(NAMES, { search: 'tcp' })).toEqual(['tcp_sendmsg', 'TCP_v4_rcv.part.0']);
  expect(found(NAMES, { search: 'tcp', matchCase: true })).toEqual(['tcp_sendmsg']);
});

describe('a regular expression matches what JavaScript matches', () => {
  const PATTERNS = [
    '^tcp|rcv$',
    'tcp_(?:send|recv)(msg)?',
    '(?<what>close?d?ure)',
    '{{closure}}',
    'x{2',
    '[^a-z_]',
    '[\\]\\d]',
    'n{2}|\\bint\\b',
    '\\Bint',
    'v[2-6]_.{3}\\.',
    'a.b',
    'a\\sb',
    '\\u0141\\xf3',
    'i?',
    'p{1,3}u',
    '(a|b|)*c',
    '.+?::push',
    '[\\s\\S]$',
    '()',
    'ł',
  ];
  test.each(PATTERNS)('%s', (pattern) => {
    for (const matchCase of [true, false]) {
      const own = new RegExp(pattern, matchCase ? '' : 'i');
      expect(found(NAMES, { search: pattern, regex: true, matchCase })).toEqual(NAMES.filter((name) => own.test(name)));
    }
  });

  test('whatever is put together', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^b]', '\\w', '\\b', '^', '$', '_');
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 3 },
        atom,
        fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => one + other),
        fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(?:${one}|${other})`),
        fc
          .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,}', '*?'))
          .map(([one, times]) => `(${one})${times}`),
      ),
    }));
    const names = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '_', ' '), maxLength: 6 }), { maxLength: 8 });
    fc.assert(
      fc.property(pattern, names, (text, list) => {
        expect(found(list, { search: text, regex: true, matchCase: true })).toEqual(
          list.filter((name) => new RegExp(text).test(name)),
        );
      }),
      { numRuns: 400 },
    );
  });
});

test('what cannot be searched for says why', () => {
  expect(faultOf('(')).toBe('not a regular expression: unterminated group');
  expect(faultOf('tcp(?=_send)')).toBe('not a regular expression: lookahead and lookbehind are not supported');
  expect(faultOf('(?<!x)y')).toBe('not a regular expression: lookahead and lookbehind are not supported');
  expect(faultOf('(a)\\1')).toBe('not a regular expression: back references are not supported');
  expect(faultOf('((a{100}){100}){100}')).toBe('not a regular expression: too many repetitions');
  expect(faultOf('a'.repeat(MAX_PATTERN + 1))).toBe(`not a regular expression: longer than ${MAX_PATTERN} characters`);
});

test('what hangs a browser takes no time that grows with more than the name', () => {
  // Each further letter would double the time of a backtracking search: 2^1,000,000 steps.
  const names = [`${'a'.repeat(1_000_000)}!`, `${'a'.repeat(40)}!`];
  for (const pattern of ['(\\w+\\w*)+$', '^(a|a)*$', '(a*)*b', '(x+x+)+y'])
    expect(found(names, { search: pattern, regex: true }).length).toBe(0);
});

test('a search stops when its time is up, and goes on from there', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `function_${i}`);
  const search = new Search(names, { search: '_7$', regex: true, matchCase: false });
  // A clock of which each look takes 10 ms: five looks, and no more, fit in 50 ms.
  let now = 0;
  const clock = (): number => {
    now += 10;
    return now;
  };
  search.go(clock, 50);
  expect(search.isDone).toBe(false);
  expect(search.share).toBeGreaterThan(0);
  expect(search.share).toBeLessThan(0.2);
  while (!search.isDone) search.go(clock, 50);
  expect(names.filter((_, i) => search.matches?.[i] === 1)).toEqual(['function_7']);
});

/** Rows read from bytes say what the same rows read as text say. */
import { describe, expect, test } from 'vitest';
import { numberIn } from '../../src/parsers/rows/words.ts';
import { claimants, read } from '../reading.ts';
import { goldenOf, samples } from '../samples.ts';

const TOOLS = ['vmstat', 'iostat', 'mpstat', 'sar', 'sar-dev', 'sar-tcp', 'pidstat'];
/** What reads rows from bytes; sadf's output is another's. */
const GRAMMARS = ['vmstat', 'iostat', 'sysstat'];
const ROW = /^.*\d[ \t]+\d.*$/gm;
const tables = samples.filter(({ tool, name, text }) => {
  if (!TOOLS.includes(tool) || !name.endsWith('.txt') || text.search(ROW) < 0) return false;
  return claimants(text).some((grammar) => GRAMMARS.includes(grammar));
});

describe.each(tables)('$name', ({ text, tool }) => {
  test('a blank that is not ASCII behind a row changes nothing', async () => {
    const rows = text.replaceAll(ROW, '$&\u00a0');
    expect(goldenOf(await read(rows, { tool }))).toBe(goldenOf(await read(text, { tool })));
  });

  test('it may come in pieces of any length', async () => {
    expect(goldenOf(await read(text, { tool }, 7))).toBe(goldenOf(await read(text, { tool })));
  });
});

test.each([
  ['12', 12],
  ['-0.50', -0.5],
  ['0,14', 0.14],
  ['0.1', 0.1],
  ['99999999.9999999', 99999999.9999999],
  ['123456789012345', 123456789012345],
])('%s is a number', (text, number) => {
  expect(numberIn(Buffer.from(text), 0, text.length, ','.charCodeAt(0))).toBe(number);
});

test.each(['', '-', '.5', '5.', '1.2.3', '1e5', '0x1', '1234567890123456', '12345678.90123456'])(
  '%s is left to be read as text',
  (text) => {
    expect(numberIn(Buffer.from(text), 0, text.length)).toBeNaN();
  },
);

test('a minus without digits, a number of a word before, and signs are not numbers', () => {
  expect(numberIn(Buffer.from('1 -'), 2, 3)).toBeNaN();
  expect(numberIn(Buffer.from('+1'), 0, 2)).toBeNaN();
});

test('a byte order mark and returns at the ends of lines are not of the rows', async () => {
  const text = samples.find(({ name }) => name === 'vmstat/plain.txt')?.text ?? '';
  const windows = `\ufeff${text.replaceAll('\n', '\r\n')}`;
  expect(goldenOf(await read(windows))).toBe(goldenOf(await read(text)));
});

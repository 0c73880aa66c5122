/** Reading by lines, whatever the grammar. */
import { expect, test } from 'vitest';
import { lineReader } from '../../src/parsers/lines.ts';

test('of two million lines and some the rest is counted as unread', async () => {
  const reader = lineReader({ line: () => 'read', end: () => ({ datasets: [] }) });
  for (let i = 0; i < 2000; i++) await reader.write(Buffer.from('x\n'.repeat(1000)));
  await reader.write(Buffer.from('a\nb\nc'));
  const { lines, read, unreadCount, unread } = await reader.end();
  expect({ lines, read, unreadCount }).toEqual({ lines: 2_000_003, read: 2_000_000, unreadCount: 3 });
  expect(unread[0]).toEqual({ line: 2_000_001, text: 'a', why: expect.stringMatching(/^beyond 2000000 lines/) });
});

test.each([
  ['text', {}],
  ['bytes', { row: () => true }],
])('behind the lines that are shown the rest is counted, in chunks of any length: %s', async (_, more) => {
  const reader = lineReader({ ...more, line: () => 'read', end: () => ({ datasets: [] }) });
  await reader.write(Buffer.from('x\n'.repeat(2_001_500)));
  for (const chunk of ['a', 'b\nc', '\n\n', 'd\n', 'e']) await reader.write(Buffer.from(chunk));
  const { lines, read, unreadCount, unread } = await reader.end();
  // ab, c, a blank one, d and e.
  expect({ lines, read, unreadCount, shown: unread.length }).toEqual({
    lines: 2_001_505,
    read: 2_000_000,
    unreadCount: 1505,
    shown: 1000,
  });
});

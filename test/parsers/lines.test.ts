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

/** What no grammar claims: kept whole, as text. */
import type { Grammar, ParseContext } from './grammar.ts';
import { lineReader } from './lines.ts';

/** Beyond this many lines the rest is counted as unread: a report is no place for a log. */
const MAX_TEXT_LINES = 100_000;

export const text: Grammar = {
  name: 'text',
  claims: () => false,
  reader: (context: ParseContext) => {
    const lines: string[] = [];
    return lineReader({
      line(line) {
        if (lines.length >= MAX_TEXT_LINES) return { unread: `more than ${MAX_TEXT_LINES} lines of plain text` };
        lines.push(line);
        return 'read';
      },
      end: () => ({
        datasets: [{ shape: 'text', source: 0, tool: context.tool ?? 'text', title: context.name, clock: null, lines }],
      }),
    });
  },
};

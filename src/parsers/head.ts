/** What of a file is looked at to find its grammar. */
import type { Head } from './grammar.ts';

/** How much of a file detection looks at. */
export const HEAD_BYTES = 64 * 1024;

/** The whole lines at the start of a file, from its first bytes. */
export function headOf(bytes: Uint8Array, complete: boolean, encoding = 'utf-8'): Head {
  const lines = new TextDecoder(encoding).decode(bytes).split('\n');
  const last = lines.pop() ?? '';
  if (complete ? last !== '' : lines.length === 0) lines.push(last);
  return { lines: lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)), complete };
}

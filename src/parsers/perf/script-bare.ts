/**
 * perf script of which `-F` left out what makes an event line: neither a time nor a thread with an event stands over the
 * stacks, at most a comm, a thread, a CPU, a period.
 *
 *     node  9242
 *     \t         1499bf1 deflate_slow
 *     \t         149a030 deflate.part.0
 *
 * Without call chains each line is a sample: `           mkdir  9582  ffffffff8168de77 mod_memcg_lruvec_state`. What was not
 * printed is not known: events cannot be told apart, and a line before a stack is its process whatever it says.
 */
import type { Grammar, Head } from '../grammar.ts';
import { perfScript } from './script.ts';
import { isExtra } from './script-extra.ts';
import { parseBareHeader } from './script-header.ts';
import { perfScriptReader } from './script-reader.ts';

// Both kinds of lines have the address 16 wide.
const CHAINED = /^\t(?=.{16}(?: |$)) *[0-9a-f]{1,16}(?: |$)/;

// An address of a stack's frame, or of a sample on one line.
const HAS_ADDRESS = /^\t[ 0-9a-f]{16}|^\t *[0-9a-f]{1,16}(?: |$)| [0-9a-f]{8,16} \S/;

export const perfScriptBare: Grammar = {
  name: 'perf script without events',
  claims,
  reader: (context) => perfScriptReader(context, { bare: true }),
  cut: '\n\n',
};

/** Stacks, each with one line before it at most; or lines that are all samples. */
function claims(head: Head): boolean {
  if (!head.lines.some((line) => HAS_ADDRESS.test(line)) || perfScript.claims(head)) return false;
  const { lines, complete } = head;
  const content = lines.filter((line) => !line.startsWith('#') && !isExtra(line));
  const filled = content.filter((line) => line.trim() !== '');
  if (filled.length === 0) return false;
  if (filled.some((line) => CHAINED.test(line)))
    return content.every((line, i) => isStackLine(line, i, content, complete));
  // A table may have a column of numbers that is as wide; it has no addresses.
  return filled.some((line) => / [0-9a-f]{8,16} \S/.test(line)) && filled.every((line) => parseBareHeader(line)?.tail);
}

function isStackLine(line: string, i: number, lines: readonly string[], complete: boolean): boolean {
  if (line.trim() === '' || CHAINED.test(line)) return true;
  const next = lines[i + 1];
  // The page may end behind the line; a sample may be without a stack.
  const isBeforeStack = next === undefined ? !complete : next === '' || CHAINED.test(next);
  return isBeforeStack && !line.startsWith('\t') && parseBareHeader(line) !== null;
}

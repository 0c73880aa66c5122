/** The files of the verbs that read. */
import { STDIN } from '../archive/stdin.ts';
import type { Operand } from '../cli/verb.ts';

export const FILES: readonly Operand[] = [
  { name: 'FILE', several: true, needed: 'a FILE: a capture, a folder, tool output, or - for standard input' },
];

/** The path behind a word: `-` is standard input. */
export function pathOf(word: string): string {
  return word === '-' ? STDIN : word;
}

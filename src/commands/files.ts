/** The files of the verbs that read. */
import { STDIN } from '../archive/stdin.ts';
import type { Operand, OptionTable } from '../cli/verb.ts';

export const FILES: readonly Operand[] = [
  { name: 'FILE', several: true, needed: 'a FILE: a capture, a folder, tool output, or - for standard input' },
];

/** Where perf.data finds names for its addresses. */
export const SYMBOLS = {
  symbols: {
    type: 'string',
    value: 'DIR|TAR',
    array: true,
    describe: 'where to find symbols for perf.data: sysroot, debug files, ~/.debug, perf archive; may be repeated',
  },
} as const satisfies OptionTable;

/** How files are read whose content does not tell. */
export const READING = {
  as: { type: 'string', value: 'TOOL', describe: 'tool that printed the files (default: what their content says)' },
} as const satisfies OptionTable;

/** The path behind a word: `-` is standard input. */
export function pathOf(word: string): string {
  return word === '-' ? STDIN : word;
}

/** The grammars whose files come in gigabytes, and are read by several threads. */
import { folded } from './folded.ts';
import type { Grammar } from './grammar.ts';
import { perfScript } from './perf-script.ts';

const large: readonly Grammar[] = [folded, perfScript];

export function grammarNamed(name: string): Grammar | undefined {
  return large.find((grammar) => grammar.name === name);
}

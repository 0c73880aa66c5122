/** The grammars whose files come in gigabytes, and are read by several threads. */
import { folded } from './folded.ts';
import type { Grammar, Head } from './grammar.ts';
import { perfScript } from './perf/script.ts';

const large: readonly Grammar[] = [folded, perfScript];

export function grammarNamed(name: string): Grammar | undefined {
  return large.find((grammar) => grammar.name === name);
}

/** The large grammar that claims a file that begins so. Asked first: no other claims it too, and need not be loaded then. */
export function largeGrammarFor(head: Head): Grammar | undefined {
  return large.find((grammar) => grammar.claims(head));
}

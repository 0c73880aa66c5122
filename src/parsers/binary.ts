/** The grammars of files that are no text. */
import type { Grammar } from './grammar.ts';
import { isPprof } from './profiles/pprof-head.ts';

/** A grammar that is told by bytes. Its name is that of the source; what reads it is loaded when it is met. */
export interface BinaryGrammar {
  name: string;
  claims(first: Uint8Array): boolean;
  load(): Promise<Grammar['reader']>;
}

const grammars: readonly BinaryGrammar[] = [
  { name: 'pprof', claims: isPprof, load: async () => (await import('./profiles/pprof.ts')).pprofReader },
];

/** The grammar of a file that begins so; undefined for text, and for what nobody knows. */
export function binaryGrammarFor(first: Uint8Array): BinaryGrammar | undefined {
  return grammars.find((grammar) => grammar.claims(first));
}

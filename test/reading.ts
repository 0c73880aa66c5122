/** Reading a text as the program does: detection first, then the grammar that claimed it. */
import type { ParseContext, Parsed } from '../src/parsers/grammar.ts';
import { HEAD_BYTES, headOf } from '../src/parsers/head.ts';
import { grammarFor, grammars } from '../src/parsers/registry.ts';

export type Reading = Parsed & { grammar: string };

const CONTEXT: ParseContext = { name: 'test', tool: null, interval: null, samples: true };

function headOfBytes(bytes: Uint8Array) {
  return headOf(bytes.subarray(0, HEAD_BYTES), bytes.length <= HEAD_BYTES);
}

/** The names of the grammars that claim the text. */
export function claimants(text: string): string[] {
  const head = headOfBytes(new TextEncoder().encode(text));
  return grammars.filter((grammar) => grammar.claims(head)).map(({ name }) => name);
}

/**
 * @param context what the manifest or the file's name would tell; nothing unless given
 * @param chunk how many bytes come at a time
 */
export async function read(
  text: string,
  context: Partial<ParseContext> = {},
  chunk = Number.POSITIVE_INFINITY,
): Promise<Reading> {
  const bytes = new TextEncoder().encode(text);
  const grammar = grammarFor(headOfBytes(bytes));
  const reader = grammar.reader({ ...CONTEXT, ...context });
  for (let at = 0; at < bytes.length; at += chunk) await reader.write(bytes.subarray(at, at + chunk));
  return { ...(await reader.end()), grammar: grammar.name };
}

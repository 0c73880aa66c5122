/** Stacks of the samples, read as the program reads them, as folded lines. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { foldedStacks } from '../src/datasets/fold.ts';
import type { Dataset, Stacks } from '../src/datasets/shapes.ts';
import { binaryGrammarFor } from '../src/parsers/binary.ts';
import { NO_CONTEXT, type Reader } from '../src/parsers/grammar.ts';

const SAMPLES = resolve(import.meta.dirname, '../samples');

export const sample = (name: string) => readFileSync(join(SAMPLES, name));

/** The profile `i` of those that were read. */
export function only(datasets: readonly Dataset[], i = 0): Stacks {
  return datasets.filter(({ shape }) => shape === 'stacks')[i] as Stacks;
}

export function lines({ profile }: Stacks): string[] {
  return foldedStacks(profile, () => false).map(([stack, weight]) => `${stack} ${weight}`);
}

export async function binaryReader(bytes: Uint8Array): Promise<Reader> {
  const grammar = binaryGrammarFor(bytes);
  if (grammar === undefined) throw new Error('no grammar claims it');
  return (await grammar.load())(NO_CONTEXT);
}

export async function readBinary(bytes: Uint8Array): Promise<Dataset[]> {
  const reader = await binaryReader(bytes);
  await reader.write(bytes);
  return (await reader.end()).datasets;
}

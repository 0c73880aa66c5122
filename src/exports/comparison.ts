/** What `diff --format` prints for programs: the comparison as JSON, and stacks with both weights. */
import type { Capture } from '../datasets/capture.ts';
import type { Comparison } from '../datasets/comparison.ts';
import { foldedStacks } from '../datasets/fold.ts';
import { pairs } from '../datasets/pairs.ts';
import { ascii, findingJson } from './analysis.ts';

const VERSION = 1;

/** @returns one JSON document in ASCII: sources of evidence are those of the finding's own capture; shares are from 0 to 1 */
export function comparisonJson({ before, after, changes, functions }: Comparison): string {
  const document = {
    coldflame: VERSION,
    before: sideJson(before),
    after: sideJson(after),
    findings: changes.map(({ kind, note, ...sides }) => ({
      change: kind,
      note,
      before: sides.before && findingJson(sides.before),
      after: sides.after && findingJson(sides.after),
    })),
    functions,
  };
  return `${ascii(JSON.stringify(document, null, 1))}\n`;
}

function sideJson({ name, manifest, damage }: Capture): unknown {
  return { name, host: manifest?.host.hostname ?? null, started: manifest?.started ?? null, damage };
}

/**
 * The first profile that both have, a stack a line with its weights before and after: what difffolded.pl prints and
 * flamegraph.pl draws red and blue.
 */
export function* differential({ before, after }: Pick<Comparison, 'before' | 'after'>): Generator<string> {
  for (const [earlier, later] of pairs(before, after)) {
    if (earlier.shape !== 'stacks' || later.shape !== 'stacks') continue;
    const [was, is] = [earlier, later].map(({ profile }) => new Map(foldedStacks(profile, () => false)));
    const stacks = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort();
    for (const stack of stacks) yield `${stack} ${was?.get(stack) ?? 0} ${is?.get(stack) ?? 0}\n`;
    return;
  }
}

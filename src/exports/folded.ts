/** Profiles as folded stacks, the line that flamegraph.pl, speedscope and inferno read. */
import { foldedStacks } from '../datasets/fold.ts';
import type { Profile } from '../datasets/profile.ts';

/** @returns lines in chunks, each stack with its weight, sorted by stack. */
export function* toFolded(profile: Profile): Generator<string> {
  for (const [stack, weight] of foldedStacks(profile, () => false)) yield `${stack} ${weight}\n`;
}

/** Profiles as folded stacks, the line that flamegraph.pl, speedscope and inferno read. */
import { foldedStacks } from '../datasets/fold.ts';
import type { Profile } from '../datasets/profile.ts';

/** @returns lines, each stack of each profile with its weight, sorted by stack. */
export function* toFolded(profiles: readonly Profile[]): Generator<string> {
  for (const profile of profiles)
    for (const [stack, weight] of foldedStacks(profile, () => false)) yield `${stack} ${weight}\n`;
}

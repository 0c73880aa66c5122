/** One function between all that called it and all that it called, wherever it stands in the stacks. */
import type { Profile } from '../../datasets/profile.ts';
import { nodeTotals } from '../../datasets/profile-functions.ts';
import { StackTrie } from '../../datasets/stack-trie.ts';

/** Both over the frames of the profile, of the same weight: that of the samples which have the function on their stack. */
export interface Sandwich {
  /** The callers, the nearest at the root; what ends there had no further caller. */
  callers: Profile;
  /** The callees, the nearest at the root; what ends there ran in the function itself. */
  callees: Profile;
}

/**
 * A function that calls itself counts once a sample: where it stands first, from the root. Below are that call's callers,
 * above are its callees, further calls of itself among them.
 * @param profile from the root up
 * @param wanted the function's frame
 */
export function sandwichOf(profile: Profile, wanted: number): Sandwich {
  const { parent, frame, self } = profile;
  const totals = nodeTotals(profile);
  const callers = new StackTrie();
  const callees = new StackTrie();
  /** Where a node that stands on the function is in the callees' trie; -1 for the others. */
  const place = new Int32Array(parent.length).fill(-1);
  for (let node = 1; node < parent.length; node++) {
    const above = place[parent[node] as number] as number;
    const isOutermost = above < 0 && frame[node] === wanted;
    if (isOutermost) addCallers(callers, profile, node, totals[node] as number);
    if (isOutermost) place[node] = 0;
    else if (above >= 0) place[node] = callees.child(above, frame[node] as number);
    if ((place[node] as number) >= 0) callees.add(place[node] as number, self[node] as number);
  }
  const made = (trie: StackTrie): Profile => ({ ...profile, ...trie.columns(), samples: null });
  return { callers: made(callers), callees: made(callees) };
}

function addCallers(trie: StackTrie, { parent, frame }: Profile, node: number, weight: number): void {
  if (weight === 0) return;
  let at = 0;
  for (let caller = parent[node] as number; caller !== 0; caller = parent[caller] as number)
    at = trie.child(at, frame[caller] as number);
  trie.add(at, weight);
}

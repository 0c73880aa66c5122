/** What a profile says of its functions and stacks as numbers. */
import { once } from './once.ts';
import type { Profile } from './profile.ts';

/** The weight at and above each node: the width of its box. */
export function nodeTotals({ parent, self }: Pick<Profile, 'parent' | 'self'>): Float64Array {
  const totals = self.slice();
  for (let node = totals.length - 1; node > 0; node--) {
    const above = parent[node] as number;
    totals[above] = (totals[above] as number) + (totals[node] as number);
  }
  return totals;
}

export interface FunctionWeights {
  /** By frame: the weight of the samples that ran it. */
  self: Float64Array;
  /** By frame: the weight of the samples that have it on their stack, however often. */
  total: Float64Array;
}

/** Self and total of each frame. A function that calls itself counts once per sample. */
export function functionWeights(profile: Profile): FunctionWeights {
  const { parent, frame, frames } = profile;
  const totals = nodeTotals(profile);
  const self = new Float64Array(frames.names.length);
  const total = new Float64Array(frames.names.length);
  const open = new Uint32Array(frames.names.length);
  for (let node = 1; node < parent.length; node++) {
    const id = frame[node] as number;
    self[id] = (self[id] as number) + (profile.self[node] as number);
  }
  walk(profile, {
    enter(node) {
      const id = frame[node] as number;
      if (open[id] === 0) total[id] = (total[id] as number) + (totals[node] as number);
      open[id] = (open[id] as number) + 1;
    },
    leave(node) {
      const id = frame[node] as number;
      open[id] = (open[id] as number) - 1;
    },
  });
  return { self, total };
}

/** Visits the nodes depth first, children in the order of their numbers; as deep as the stacks are. */
export function walk(
  { parent }: Pick<Profile, 'parent'>,
  visit: { enter(node: number): void; leave(node: number): void },
): void {
  const { first, next } = childLists(parent);
  let node = first[0] as number;
  while (node !== 0) {
    visit.enter(node);
    let following = first[node] as number;
    while (following === 0 && node !== 0) {
      visit.leave(node);
      following = next[node] as number;
      if (following === 0) node = parent[node] as number;
      if (node === 0) return;
    }
    node = following;
  }
}

export interface ChildLists {
  first: Uint32Array;
  next: Uint32Array;
}

/** Each node's first child and next sibling, ascending; 0 where there is none. Ranges of a profile share its tree. */
export const childLists = once((parent: Uint32Array): ChildLists => {
  const first = new Uint32Array(parent.length);
  const next = new Uint32Array(parent.length);
  for (let node = parent.length - 1; node > 0; node--) {
    const above = parent[node] as number;
    next[node] = first[above] as number;
    first[above] = node;
  }
  return { first, next };
});

/** First frames (processes, where stacks begin with them) by the weight under them, heaviest first. */
export function weightByRoot(profile: Profile): [name: string, weight: number][] {
  const totals = nodeTotals(profile);
  const weights = new Map<string, number>();
  for (let node = 1; node < totals.length; node++) {
    if (profile.parent[node] !== 0) continue;
    const name = profile.frames.names[profile.frame[node] as number] as string;
    weights.set(name, (weights.get(name) ?? 0) + (totals[node] as number));
  }
  return [...weights].sort(([, a], [, b]) => b - a);
}

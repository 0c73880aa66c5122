/** Two profiles laid over one another: what grew, what shrank, what is gone. */
import { weightText } from './amounts.ts';
import { isBeyondChance } from './changes.ts';
import { stackPath, totalWeight } from './fold.ts';
import type { Profile } from './profile.ts';
import { nodeTotals } from './profile-functions.ts';
import { diffed } from './profile-merge.ts';

export interface Comparison {
  /** The later profile, with the nodes added that only the earlier has; those weigh nothing. */
  profile: Profile;
  /** The weight that ended at each node in the earlier profile, on the later one's scale if `normalised`. */
  before: Float64Array;
  beforeTotal: number;
  normalised: boolean;
  /** 1 for each node whose own change is no more than chance makes it; null where nothing was sampled, or nobody asked. */
  byChance: Uint8Array | null;
  /** How the two were put on one scale, in words. */
  note: string;
  /** The lowest frames of what the later profile has no sample of, the heaviest first; none that may be so by chance. */
  removed: { path: string[]; weight: number }[];
}

export interface CompareOptions {
  /** Compare as counted, without bringing the two to one scale. */
  raw?: boolean;
  /** Of the weights, for the words. */
  unit?: string;
  /** How many samples the weights of each are of, to tell changes from chance. */
  samples?: readonly [before: number, after: number] | null;
}

/**
 * Lays an earlier profile under a later one. Two captures are rarely of the same length: unless `raw`, the earlier is
 * scaled so that both weigh the same, and a frame's change is a change of its share.
 */
export function compareProfiles(
  before: Profile,
  after: Profile,
  { raw = false, unit = '', samples = null }: CompareOptions = {},
): Comparison {
  const { profile, base } = diffed(before, after, { normalised: !raw });
  const counted = `Before ${weightText(totalWeight(before), unit)}, after ${weightText(totalWeight(after), unit)}`;
  return {
    profile,
    before: base,
    beforeTotal: totalWeight({ self: base }),
    normalised: !raw,
    byChance: samples === null ? null : chanceOf(base, profile.self, samples),
    note: raw ? `${counted}, compared as counted` : `${counted}: scaled to the same total, so that shares are compared`,
    removed: removedFrom(profile, base, samples),
  };
}

/** By each node's own share of its profile, before and after. */
function chanceOf(before: Float64Array, after: Float64Array, [was, is]: readonly [number, number]): Uint8Array {
  const [whole, now] = [totalWeight({ self: before }), totalWeight({ self: after })];
  return Uint8Array.from(after, (weight, node) => {
    const change = { before: (100 * (before[node] as number)) / whole, after: (100 * weight) / now };
    return isBeyondChance(change, was, is) ? 0 : 1;
  });
}

function removedFrom(profile: Profile, base: Float64Array, samples: CompareOptions['samples']): Comparison['removed'] {
  const after = nodeTotals(profile);
  const before = nodeTotals({ parent: profile.parent, self: base });
  const removed: Comparison['removed'] = [];
  for (let node = 1; node < after.length; node++) {
    const above = profile.parent[node] as number;
    const lowest = above === 0 || (after[above] as number) > 0;
    const share = (100 * (before[node] as number)) / (before[0] as number);
    const told = !samples || isBeyondChance({ before: share, after: 0 }, ...samples);
    if (after[node] === 0 && share > 0 && lowest && told)
      removed.push({ path: stackPath(profile, node), weight: before[node] as number });
  }
  return removed.sort((a, b) => b.weight - a.weight);
}

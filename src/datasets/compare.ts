/** Two profiles laid over one another: what grew, what shrank, what is gone. */
import { totalWeight } from './fold.ts';
import type { FrameKind, Frames, Profile } from './profile.ts';

export interface Comparison {
  /** The later profile, with the nodes added that only the earlier has; those weigh nothing. */
  profile: Profile;
  /** The weight that ended at each node in the earlier profile, on the later one's scale if `normalised`. */
  before: Float64Array;
  beforeTotal: number;
  normalised: boolean;
  /** How the two were put on one scale, in words. */
  note: string;
  /** The lowest frames of what the later profile has no sample of, the heaviest first. */
  removed: { path: string[]; weight: number }[];
}

/**
 * Lays an earlier profile under a later one. Two captures are rarely of the same length: unless `raw`, the earlier is
 * scaled so that both weigh the same, and a frame's change is a change of its share.
 */
export function compareProfiles(before: Profile, after: Profile, { raw = false } = {}): Comparison {
  const { profile, nodeOf } = overlay(after, before);
  const [weightBefore, weightAfter] = [totalWeight(before), totalWeight(after)];
  const scale = raw || weightBefore === 0 ? 1 : weightAfter / weightBefore;
  const scaled = new Float64Array(profile.parent.length);
  before.self.forEach((weight, node) => {
    const target = nodeOf[node] as number;
    scaled[target] = (scaled[target] as number) + weight * scale;
  });
  return {
    profile,
    before: scaled,
    beforeTotal: weightBefore * scale,
    normalised: !raw,
    note: raw
      ? `Before ${weightBefore} and after ${weightAfter}, as counted`
      : `Before ${weightBefore} and after ${weightAfter}, put on the same scale`,
    removed: removedFrom(profile, scaled),
  };
}

/** The trie of `base` with what only `other` has added behind it, and where each of `other`'s nodes is in it. */
function overlay(base: Profile, other: Profile): { profile: Profile; nodeOf: Uint32Array } {
  const { frames, frameOf } = joinFrames(base.frames, other.frames);
  const children = new Map<number, number>();
  const key = (parent: number, frame: number): number => parent * frames.names.length + frame;
  const parent = [...base.parent];
  const frame = [...base.frame];
  for (let node = 1; node < parent.length; node++)
    children.set(key(parent[node] as number, frame[node] as number), node);
  const nodeOf = new Uint32Array(other.parent.length);
  for (let node = 1; node < nodeOf.length; node++) {
    const above = nodeOf[other.parent[node] as number] as number;
    const own = frameOf[other.frame[node] as number] as number;
    let known = children.get(key(above, own));
    if (known === undefined) {
      known = parent.length;
      children.set(key(above, own), known);
      parent.push(above);
      frame.push(own);
    }
    nodeOf[node] = known;
  }
  const self = new Float64Array(parent.length);
  self.set(base.self);
  return {
    profile: { ...base, frames, parent: Uint32Array.from(parent), frame: Uint32Array.from(frame), self },
    nodeOf,
  };
}

function joinFrames(base: Frames, other: Frames): { frames: Frames; frameOf: number[] } {
  const key = (name: string, kind: FrameKind | undefined): string => `${kind}${name}`;
  const ids = new Map(base.names.map((name, i) => [key(name, base.kinds[i]), i]));
  const frames = { names: [...base.names], kinds: [...base.kinds], modules: [...base.modules] };
  const frameOf = other.names.map((name, i) => {
    const kind = other.kinds[i] as FrameKind;
    let id = ids.get(key(name, kind));
    if (id === undefined) {
      id = frames.names.length;
      ids.set(key(name, kind), id);
      frames.names.push(name);
      frames.kinds.push(kind);
      frames.modules.push(other.modules[i] ?? '');
    }
    return id;
  });
  return { frames, frameOf };
}

function removedFrom(profile: Profile, before: Float64Array): Comparison['removed'] {
  const after = Float64Array.from(profile.self);
  const earlier = Float64Array.from(before);
  for (let node = after.length - 1; node > 0; node--) {
    const above = profile.parent[node] as number;
    after[above] = (after[above] as number) + (after[node] as number);
    earlier[above] = (earlier[above] as number) + (earlier[node] as number);
  }
  const removed: Comparison['removed'] = [];
  for (let node = 1; node < after.length; node++) {
    const above = profile.parent[node] as number;
    const lowest = above === 0 || (after[above] as number) > 0;
    if (after[node] === 0 && (earlier[node] as number) > 0 && lowest)
      removed.push({ path: pathOf(profile, node), weight: earlier[node] as number });
  }
  return removed.sort((a, b) => b.weight - a.weight);
}

function pathOf({ parent, frame, frames }: Profile, node: number): string[] {
  const path: string[] = [];
  for (let at = node; at !== 0; at = parent[at] as number) path.push(frames.names[frame[at] as number] as string);
  return path.reverse();
}

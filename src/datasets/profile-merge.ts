/** Several profiles as one, and one against another. Frames are the same when name and kind are. */
import { totalWeight } from './fold.ts';
import type { Frames, Profile, Samples, Thread } from './profile.ts';
import { StackTrie } from './stack-trie.ts';

/** Profiles in one trie, each with its own weights there. */
interface Combined {
  frames: Frames;
  trie: StackTrie;
  /** For each profile, the place of each of its nodes in the trie. */
  places: Uint32Array[];
}

function combine(profiles: readonly Profile[]): Combined {
  const frames: Frames = { names: [], kinds: [], modules: [] };
  const ids = new Map<string, number>();
  const trie = new StackTrie();
  const places = profiles.map((profile) => {
    const frameIds = adopt(profile.frames, frames, ids);
    const place = new Uint32Array(profile.parent.length);
    for (let node = 1; node < place.length; node++) {
      const above = place[profile.parent[node] as number] as number;
      place[node] = trie.child(above, frameIds[profile.frame[node] as number] as number);
    }
    return place;
  });
  return { frames, trie, places };
}

/** The numbers that `from`'s frames have in `into`, to which the new ones are added. */
function adopt(from: Frames, into: Frames, ids: Map<string, number>): Uint32Array {
  return Uint32Array.from(from.names, (name, i) => {
    const kind = from.kinds[i] as Frames['kinds'][number];
    const key = `${kind}${name}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = into.names.push(name) - 1;
    into.kinds.push(kind);
    into.modules.push(from.modules[i] as string);
    ids.set(key, id);
    return id;
  });
}

/** The sum of profiles. Samples are kept where every one of them has them, in the profiles' order. */
export function merged(profiles: readonly Profile[]): Profile {
  const [only] = profiles;
  if (only !== undefined && profiles.length === 1) return only;
  const { frames, trie, places } = combine(profiles);
  profiles.forEach(({ self }, p) => {
    const place = places[p] as Uint32Array;
    for (let node = 0; node < place.length; node++) trie.add(place[node] as number, self[node] as number);
  });
  return {
    frames,
    ...trie.columns(),
    sampleCount: profiles.reduce((sum, { sampleCount }) => sum + sampleCount, 0),
    threads: profiles.flatMap(({ threads }): Thread[] => threads),
    samples: mergedSamples(profiles, places),
  };
}

function mergedSamples(profiles: readonly Profile[], places: readonly Uint32Array[]): Samples | null {
  const count = profiles.reduce((sum, { samples }) => sum + (samples?.at.length ?? 0), 0);
  if (count === 0 || profiles.some(({ samples, sampleCount }) => samples === null && sampleCount > 0)) return null;
  const weighted = profiles.some(({ samples }) => samples?.weight);
  const all = {
    at: new Float64Array(count),
    stack: new Uint32Array(count),
    weight: weighted ? new Float64Array(count).fill(1) : null,
    thread: new Uint32Array(count),
    cpu: new Int16Array(count),
  };
  let start = 0;
  let firstThread = 0;
  profiles.forEach(({ samples, threads }, p) => {
    if (samples !== null) {
      const place = places[p] as Uint32Array;
      all.at.set(samples.at, start);
      all.stack.set(
        samples.stack.map((node) => place[node] as number),
        start,
      );
      if (samples.weight !== null) all.weight?.set(samples.weight, start);
      all.thread.set(
        samples.thread.map((thread) => thread + firstThread),
        start,
      );
      all.cpu.set(samples.cpu, start);
      start += samples.at.length;
    }
    firstThread += threads.length;
  });
  return all;
}

/**
 * Two profiles over one trie: each keeps its own weights and samples, and both have the same frames and nodes, so that a
 * node's number means the same stack in both.
 */
export function overlaid(before: Profile, after: Profile): [before: Profile, after: Profile] {
  if (before.frames === after.frames && before.parent === after.parent && before.frame === after.frame)
    return [before, after];
  const { frames, trie, places } = combine([before, after]);
  const { parent, frame } = trie.columns();
  const over = (profile: Profile, place: Uint32Array): Profile => {
    const self = new Float64Array(parent.length);
    for (let node = 0; node < place.length; node++) {
      const there = place[node] as number;
      self[there] = (self[there] as number) + (profile.self[node] as number);
    }
    return { ...profile, frames, parent, frame, self, samples: mergedSamples([profile], [place]) };
  };
  return [over(before, places[0] as Uint32Array), over(after, places[1] as Uint32Array)];
}

/** Two profiles over one trie: `profile` is the second, `base` what the first had at each node. */
export interface ProfileDiff {
  profile: Profile;
  base: Float64Array;
}

/**
 * @param normalised scale the first to the total of the second, so that a longer capture is not taken for growth
 */
export function diffed(before: Profile, after: Profile, { normalised }: { normalised: boolean }): ProfileDiff {
  const [was, profile] = overlaid(before, after);
  const scale = normalised ? totalWeight(after) / totalWeight(before) : 1;
  return { profile, base: Number.isFinite(scale) ? was.self.map((weight) => weight * scale) : was.self };
}

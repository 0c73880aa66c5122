/** Stacks by the thread they were sampled on: a root for each in the place of the process. */
import { FrameKind, type Frames, type Profile, type Samples, type Thread } from './profile.ts';
import { rebuilt } from './profile-map.ts';

/**
 * The profile with the first frame of each stack named by the thread that was sampled: `java-4242/4243`.
 * @param profile with samples; one without them is returned as it is, for it does not know its threads
 */
export function rootedByThread(profile: Profile, nameOf: (thread: Thread) => string): Profile {
  if (profile.samples === null) return profile;
  const names = [...new Set(profile.threads.map(nameOf))];
  const rank = new Map(names.map((name, i) => [name, i]));
  const rootOf = Uint32Array.from(profile.threads, (thread) => rank.get(nameOf(thread)) as number);
  const bare = withoutProcesses(profile);
  return { ...bare, frames: withRoots(profile.frames, names), ...underRoots(bare, rootOf, names.length) };
}

function withoutProcesses(profile: Profile): Profile & { samples: Samples } {
  const { parent, frame, frames } = profile;
  const isProcess = (node: number): boolean =>
    parent[node] === 0 && frames.kinds[frame[node] as number] === FrameKind.process;
  const bare = rebuilt(profile, (trie, above, node) =>
    isProcess(node) ? 0 : trie.child(above, frame[node] as number),
  );
  return bare as Profile & { samples: Samples };
}

function withRoots({ names, kinds, modules }: Frames, roots: readonly string[]): Frames {
  return {
    names: [...names, ...roots],
    kinds: [...kinds, ...roots.map(() => FrameKind.process)],
    modules: [...modules, ...roots.map(() => '')],
  };
}

/**
 * Copies of the stacks under the roots that have samples of them. A root's samples come one after another, so that it is
 * enough to remember of each node where its latest copy is: no table of millions to look copies up in.
 */
function underRoots(
  { parent, frame, frames, samples }: Profile & { samples: Samples },
  rootOf: Uint32Array,
  roots: number,
): Pick<Profile, 'parent' | 'frame' | 'self' | 'samples'> {
  const copies = new Copies(parent.length);
  const copy = new Uint32Array(parent.length);
  const stack = new Uint32Array(samples.stack.length);
  const pending: number[] = [];
  let [root, rootId] = [0, -1];
  for (const sample of byRoot(samples.thread, rootOf, roots)) {
    const id = frames.names.length + (rootOf[samples.thread[sample] as number] as number);
    if (id !== rootId) root = copies.add(0, id);
    rootId = id;
    // What was copied for another root has a number below this one's.
    let node = samples.stack[sample] as number;
    for (; node !== 0 && (copy[node] as number) <= root; node = parent[node] as number) pending.push(node);
    let to = node === 0 ? root : (copy[node] as number);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      to = copies.add(to, frame[next] as number);
      copy[next] = to;
    }
    stack[sample] = to;
  }
  const { size } = copies;
  const self = new Float64Array(size);
  for (let i = 0; i < stack.length; i++) {
    const node = stack[i] as number;
    self[node] = (self[node] as number) + (samples.weight === null ? 1 : (samples.weight[i] as number));
  }
  return {
    parent: copies.parent.slice(0, size),
    frame: copies.frame.slice(0, size),
    self,
    samples: { ...samples, stack },
  };
}

/** The columns of a trie that only grows; node 0 is the empty stack. */
class Copies {
  parent: Uint32Array;
  frame: Uint32Array;
  size = 1;

  constructor(expected: number) {
    this.parent = new Uint32Array(Math.max(expected, 2));
    this.frame = new Uint32Array(this.parent.length);
  }

  add(above: number, id: number): number {
    if (this.size === this.parent.length) {
      this.parent = doubled(this.parent);
      this.frame = doubled(this.frame);
    }
    this.parent[this.size] = above;
    this.frame[this.size] = id;
    return this.size++;
  }
}

function doubled(column: Uint32Array): Uint32Array {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
}

/** The samples' numbers, those of one root after those of another: a counting sort. */
function byRoot(thread: Uint32Array, rootOf: Uint32Array, roots: number): Uint32Array {
  const next = new Uint32Array(roots + 1);
  for (let i = 0; i < thread.length; i++) {
    const after = (rootOf[thread[i] as number] as number) + 1;
    next[after] = (next[after] as number) + 1;
  }
  for (let root = 1; root <= roots; root++) next[root] = (next[root] as number) + (next[root - 1] as number);
  const order = new Uint32Array(thread.length);
  for (let i = 0; i < thread.length; i++) {
    const root = rootOf[thread[i] as number] as number;
    const place = next[root] as number;
    order[place] = i;
    next[root] = place + 1;
  }
  return order;
}

/** A profile on the wire. */
import type { FrameKind, Frames, Profile, Samples, Thread } from '../../../datasets/profile.ts';
import type { BlobReader, BlobWriter, Ref } from './container.ts';

interface WireFrames {
  names: Ref;
  kinds: Ref;
  /** Distinct modules, and for each frame which. */
  modules: Ref;
  moduleOf: Ref;
}

export interface WireProfile extends WireFrames {
  parent: Ref;
  frame: Ref;
  self: Ref;
  sampleCount: number;
  threads: Thread[];
  samples: WireSamples | null;
}

interface WireSamples {
  /** The nodes that samples end at, the busiest first; `stack` counts in it, so that busy stacks are small numbers. */
  leaves: Ref;
  at: Ref;
  stack: Ref;
  weight: Ref | null;
  thread: Ref;
  cpu: Ref;
}

/** Times in the report are to the microsecond, as perf prints them. */
export function toMicros(at: number): number {
  return Math.round(at * 1e6) / 1e6;
}

/** Samples are written CPU by CPU and in time order on each: neighbours there are alike, which is what deflate likes. */
export function writeProfile(blobs: BlobWriter, profile: Profile): WireProfile {
  return {
    ...blobs.once(profile.frames, () => writeFrames(blobs, profile.frames)),
    parent: blobs.numbers(profile.parent),
    frame: blobs.numbers(profile.frame),
    self: blobs.numbers(profile.self),
    sampleCount: profile.sampleCount,
    threads: profile.threads,
    samples: profile.samples === null ? null : writeSamples(blobs, profile.samples, profile.parent.length),
  };
}

function writeFrames(blobs: BlobWriter, { names, kinds, modules }: Frames): WireFrames {
  const ids = new Map<string, number>();
  const moduleOf = modules.map((name) => idOf(ids, name));
  return {
    names: blobs.text(JSON.stringify(names)),
    kinds: blobs.numbers(kinds),
    modules: blobs.text(JSON.stringify([...ids.keys()])),
    moduleOf: blobs.numbers(moduleOf),
  };
}

function idOf(ids: Map<string, number>, name: string): number {
  let id = ids.get(name);
  if (id === undefined) {
    id = ids.size;
    ids.set(name, id);
  }
  return id;
}

function writeSamples(blobs: BlobWriter, samples: Samples, nodes: number): WireSamples {
  const order = cpuOrder(samples);
  const { leaves, rank } = rankLeaves(samples.stack, nodes);
  const { weight } = samples;
  return {
    leaves: blobs.numbers(leaves),
    at: blobs.numbers(gathered(new Float64Array(order.length), order, (i) => toMicros(samples.at[i] as number))),
    stack: blobs.numbers(
      gathered(new Uint32Array(order.length), order, (i) => rank[samples.stack[i] as number] as number),
    ),
    weight:
      weight === null
        ? null
        : blobs.numbers(gathered(new Float64Array(order.length), order, (i) => weight[i] as number)),
    thread: blobs.numbers(gathered(new Uint32Array(order.length), order, (i) => samples.thread[i] as number)),
    cpu: blobs.numbers(gathered(new Int16Array(order.length), order, (i) => samples.cpu[i] as number)),
  };
}

/** The values of samples in an order. There are millions: `from` would take ten times as long. */
function gathered<T extends Float64Array | Uint32Array | Int16Array>(
  into: T,
  order: Uint32Array,
  value: (i: number) => number,
): T {
  for (let i = 0; i < order.length; i++) into[i] = value(order[i] as number);
  return into;
}

/** Sample numbers by CPU, then time, then as read; those without a time come last. What a CPU recorded is in order mostly. */
function cpuOrder({ at, cpu }: Samples): Uint32Array {
  const earlier = (a: number, b: number) => {
    const byTime = (at[a] as number) - (at[b] as number);
    if (byTime < 0 || byTime > 0) return byTime;
    return Number(Number.isNaN(at[a])) - Number(Number.isNaN(at[b])) || a - b;
  };
  const order = new Uint32Array(cpu.length);
  let from = 0;
  for (const own of byCpu(cpu)) {
    const isInOrder = own.every((sample, i) => i === 0 || earlier(own[i - 1] as number, sample) <= 0);
    order.set(isInOrder ? own : own.sort(earlier), from);
    from += own.length;
  }
  return order;
}

/** The numbers of the samples of each CPU, as read. */
function byCpu(cpu: Int16Array): Uint32Array[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < cpu.length; i++) counts.set(cpu[i] as number, (counts.get(cpu[i] as number) ?? 0) + 1);
  const cpus = [...counts.keys()].sort((a, b) => a - b);
  const own = new Map(cpus.map((each) => [each, { samples: new Uint32Array(counts.get(each) as number), length: 0 }]));
  for (let i = 0; i < cpu.length; i++) {
    const mine = own.get(cpu[i] as number) as { samples: Uint32Array; length: number };
    mine.samples[mine.length++] = i;
  }
  return [...own.values()].map(({ samples }) => samples);
}

/** Nodes that samples end at, by how many do, and each node's place in that list. */
function rankLeaves(stack: Uint32Array, nodes: number): { leaves: Uint32Array; rank: Uint32Array } {
  const counts = new Uint32Array(nodes);
  for (const node of stack) counts[node] = (counts[node] as number) + 1;
  const leaves = Uint32Array.from(counts, (_, node) => node)
    .filter((node) => (counts[node] as number) > 0)
    .sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  const rank = new Uint32Array(nodes);
  leaves.forEach((node, i) => {
    rank[node] = i;
  });
  return { leaves, rank };
}

export function readProfile(blobs: BlobReader, wire: WireProfile): Profile {
  const modules = JSON.parse(blobs.text(wire.modules)) as string[];
  return {
    frames: {
      names: JSON.parse(blobs.text(wire.names)) as string[],
      kinds: Array.from(blobs.numbers(wire.kinds)) as FrameKind[],
      modules: Array.from(blobs.numbers(wire.moduleOf), (id) => modules[id] as string),
    },
    parent: Uint32Array.from(blobs.numbers(wire.parent)),
    frame: Uint32Array.from(blobs.numbers(wire.frame)),
    self: blobs.numbers(wire.self),
    sampleCount: wire.sampleCount,
    threads: wire.threads,
    samples: wire.samples === null ? null : readSamples(blobs, wire.samples),
  };
}

function readSamples(blobs: BlobReader, wire: WireSamples): Samples {
  const leaves = Uint32Array.from(blobs.numbers(wire.leaves));
  const stack = new Uint32Array(blobs.numbers(wire.stack));
  for (let i = 0; i < stack.length; i++) stack[i] = leaves[stack[i] as number] as number;
  return {
    at: blobs.numbers(wire.at),
    stack,
    weight: wire.weight === null ? null : blobs.numbers(wire.weight),
    thread: new Uint32Array(blobs.numbers(wire.thread)),
    cpu: new Int16Array(blobs.numbers(wire.cpu)),
  };
}

/** The tables of the folding engine as profiles: one for each event. */
import type { Frames, Profile, Samples, Thread } from '../../datasets/profile.ts';
import { EventFlag, type FoldEngine, type SampleColumns } from './engine.ts';

/** What the engine's numbers stand for. */
export interface FoldNames {
  frames: Frames;
  threads: Thread[];
  /** The thread of each task. */
  threadOfTask: readonly number[];
}

export interface EventProfile {
  /** Whether a period was printed, and a time. */
  weighted: boolean;
  timed: boolean;
  profile: Profile;
}

/**
 * Takes the tables apart by event: the engine's trie has the events on its empty stack, and each becomes the empty
 * stack of a profile. Frames and threads are shared between them.
 * @param events how many there are
 */
export function profilesOf(engine: FoldEngine, events: number, names: FoldNames): EventProfile[] {
  const nodes = engine.nodes();
  const weights = engine.weights();
  const samples = engine.calls.sampleCount() > 0 ? engine.samples() : null;
  const { eventOf, numberOf, counts } = events === 1 ? numberedAlike(nodes.length / 2) : numbered(nodes, events);
  const tries = events === 1 ? [onlyTrie(nodes, weights)] : triesOf(nodes, weights, { eventOf, numberOf, counts });
  const own = samples === null ? [] : samplesByEvent(samples, eventOf, events);
  return tries.map((trie, event) => {
    const { count, flags } = engine.eventFacts(event);
    const taken = samples && samplesOf(samples, own[event] as Uint32Array, numberOf, names, isWeighted(flags));
    // A file of many events has many threads that most of its events never met.
    const { threads, samples: kept } =
      taken !== null && events > 1 ? ownThreads(taken, names.threads) : { threads: names.threads, samples: taken };
    const profile: Profile = {
      frames: names.frames,
      ...trie,
      sampleCount: count,
      threads,
      samples: kept,
    };
    return { weighted: isWeighted(flags), timed: (flags & EventFlag.timed) !== 0, profile };
  });
}

function isWeighted(flags: number): boolean {
  return (flags & EventFlag.weighted) !== 0;
}

type Trie = Pick<Profile, 'parent' | 'frame' | 'self'>;

function emptyTrie(size: number): Trie {
  return { parent: new Uint32Array(size), frame: new Uint32Array(size), self: new Float64Array(size) };
}

function triesOf(nodes: Uint32Array, weights: Float64Array, { eventOf, numberOf, counts }: Numbers): Trie[] {
  const tries = counts.map(emptyTrie);
  for (let node = 1; node < weights.length; node++) {
    const { parent, frame, self } = tries[eventOf(node)] as Trie;
    const number = numberOf(node);
    self[number] = weights[node] as number;
    if (number === 0) continue;
    parent[number] = numberOf(nodes[node * 2] as number);
    frame[number] = nodes[node * 2 + 1] as number;
  }
  return tries;
}

/** Where there is one event, its node is the first, and all others stand over it. */
function onlyTrie(nodes: Uint32Array, weights: Float64Array): Trie {
  const size = Math.max(weights.length - 1, 1);
  const trie = emptyTrie(size);
  const { parent, frame } = trie;
  trie.self.set(weights.subarray(1));
  for (let number = 1; number < size; number++) {
    parent[number] = (nodes[number * 2 + 2] as number) - 1;
    frame[number] = nodes[number * 2 + 3] as number;
  }
  return trie;
}

/** For each node, its event and its number in that event's profile; and how many nodes each profile has. */
interface Numbers {
  eventOf(node: number): number;
  numberOf(node: number): number;
  counts: number[];
}

/** Where there is one event, its node is the first. */
function numberedAlike(size: number): Numbers {
  return { eventOf: () => 0, numberOf: (node) => node - 1, counts: [Math.max(size - 1, 1)] };
}

function numbered(nodes: Uint32Array, events: number): Numbers {
  const size = nodes.length / 2;
  const eventOf = new Uint16Array(size);
  const numberOf = new Uint32Array(size);
  const counts = new Array<number>(events).fill(0);
  for (let node = 1; node < size; node++) {
    const parent = nodes[node * 2] as number;
    const event = parent === 0 ? (nodes[node * 2 + 1] as number) : (eventOf[parent] as number);
    eventOf[node] = event;
    numberOf[node] = counts[event] as number;
    counts[event] = (counts[event] as number) + 1;
  }
  return {
    eventOf: (node) => eventOf[node] as number,
    numberOf: (node) => numberOf[node] as number,
    counts: counts.map((count) => Math.max(count, 1)),
  };
}

/** The numbers of each event's samples, in the order they were read. */
function samplesByEvent({ stack }: SampleColumns, eventOf: (node: number) => number, events: number): Uint32Array[] {
  const counts = new Uint32Array(events);
  for (const node of stack) counts[eventOf(node)] = (counts[eventOf(node)] as number) + 1;
  const own = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  stack.forEach((node, i) => {
    const event = eventOf(node);
    const at = counts[event] as number;
    (own[event] as Uint32Array)[at] = i;
    counts[event] = at + 1;
  });
  return own;
}

/** The samples with the threads that they are of, numbered as they come. */
function ownThreads(samples: Samples, threads: readonly Thread[]): { threads: Thread[]; samples: Samples } {
  const numbers = new Map<number, number>();
  const thread = samples.thread.map((id) => {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return number;
  });
  return { threads: Array.from(numbers.keys(), (id) => threads[id] as Thread), samples: { ...samples, thread } };
}

function samplesOf(
  all: SampleColumns,
  own: Uint32Array,
  numberOf: (node: number) => number,
  { threadOfTask }: FoldNames,
  weighted: boolean,
): Samples {
  const { length } = own;
  const at = new Float64Array(length);
  const stack = new Uint32Array(length);
  const weight = weighted ? new Float64Array(length) : null;
  const thread = new Uint32Array(length);
  const cpu = new Int16Array(length);
  for (let to = 0; to < length; to++) {
    const from = own[to] as number;
    at[to] = all.at[from] as number;
    stack[to] = numberOf(all.stack[from] as number);
    if (weight !== null) weight[to] = all.weight[from] as number;
    thread[to] = threadOfTask[all.task[from] as number] as number;
    cpu[to] = all.cpu[from] as number;
  }
  return { at, stack, weight, thread, cpu };
}

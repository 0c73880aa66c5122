/**
 * A file read in parts, each by a thread of its own: what the reader of one part sends to the reader of the part before
 * it. Joined in the order of the file, the numbers come out as if one thread had read it all.
 */
import type { FrameKind, Thread } from '../../datasets/profile.ts';
import type { SampleColumns } from './engine.ts';
import type { FoldPart } from './fold-part.ts';
import type { FoldTables } from './tables.ts';

/** What a reader has read, after its last line: views of the engine's tables, which is not to be used again. */
export function partOf({ engine, frames, threads, tasks, events, ledger }: FoldTables): FoldPart {
  const { calls } = engine;
  const { names, kinds, modules } = frames;
  return {
    nodes: engine.nodes(),
    weights: engine.weights(),
    samples: calls.sampleCount() > 0 ? engine.samples() : null,
    names,
    kinds,
    modules,
    threads: threads.values,
    threadOfTask: tasks.values,
    events: events.values.map((name, id) => ({ name, ...engine.eventFacts(id) })),
    ledger: {
      lines: calls.lineCount(),
      noise: ledger.noise + calls.noiseCount(),
      unreadCount: ledger.unreadCount,
      lost: ledger.lost,
      unread: ledger.unread,
      notes: ledger.notes,
    },
  };
}

/** Takes in the part that follows what was read. False where it is too large for that: then nothing was taken in. */
export function joinPart(tables: FoldTables, part: FoldPart): boolean {
  const { calls } = tables.engine;
  const places = joinStacks(tables, part);
  if (places === null) return false;
  joinLines(tables, part);
  if (part.samples !== null) joinSamples(tables, part, part.samples, places);
  // The places lie where the cache does.
  calls.emptyCache();
  return true;
}

function joinLines({ engine, ledger }: FoldTables, { ledger: other }: FoldPart): void {
  const before = engine.calls.lineCount();
  for (const { line, text, why } of other.unread) ledger.addUnread(before + line, text, why);
  ledger.unreadCount += other.unreadCount - other.unread.length;
  ledger.noise += other.noise;
  ledger.lost += other.lost;
  for (const note of other.notes) ledger.noteOnce(note);
  engine.calls.addLines(other.lines);
}

/** @returns where the part's nodes are now, null where they are too many */
function joinStacks(
  tables: FoldTables,
  { nodes, weights, names, kinds, modules, events }: FoldPart,
): Uint32Array | null {
  const { engine, frames } = tables;
  if (weights.length > engine.calls.joinLimit()) return null;
  const frameIds = Uint32Array.from(names, (name, i) => frames.id(name, kinds[i] as FrameKind, modules[i]));
  const eventIds = events.map(({ name, count, flags }) => {
    const id = tables.event(name);
    engine.calls.addFacts(id, count, flags);
    return id;
  });
  for (let i = 2; i < nodes.length; i += 2) {
    const frame = nodes[i + 1] as number;
    // The events stand on the empty stack.
    nodes[i + 1] = (nodes[i] === 0 ? eventIds[frame] : frameIds[frame]) as number;
  }
  return engine.joinTrie(nodes, weights);
}

function joinSamples(tables: FoldTables, part: FoldPart, samples: SampleColumns, places: Uint32Array): void {
  const tasks = part.threadOfTask.map((thread) => tables.task({ ...(part.threads[thread] as Thread), cpu: null }));
  const { at, weight, stack, task, cpu } = samples;
  for (let i = 0; i < at.length; i++) {
    const place = places[stack[i] as number] as number;
    tables.engine.calls.addSample(
      at[i] as number,
      weight[i] as number,
      place,
      tasks[task[i] as number] as number,
      cpu[i] as number,
    );
  }
}

/** Large files on disk: read in place, and by a thread for each part where that is worth it. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readSpan, type Span, spansOf, type Taker } from '../archive/on-disk.ts';
import { foldModule } from '../parsers/fold/engine.ts';
import type { FoldPart } from '../parsers/fold/fold-part.ts';
import type { Grammar, ParseContext, Reader } from '../parsers/grammar.ts';
import type { PartRequest } from './part-worker.ts';

/** A thread costs some 50 ms and 20 MB: a part must be worth it. */
const LEAST_BYTES = 32 << 20;
/** What this thread reads while the others start. */
const LEAD_BYTES = 48 << 20;
const MAX_THREADS = 4;
/** What a thread's strings need until they are old or gone: V8 would take five times as much. */
const YOUNG_MEGABYTES = 3;

/** The thread's program lies beside the bundle; run from source there is none, and one thread reads it all. */
const PROGRAM = join(import.meta.dirname, 'part-worker.js');

/**
 * Reads the file into the reader, the first part here and the others in threads; what a thread cannot read is read here.
 */
export async function readParts(
  path: string,
  grammar: Grammar,
  context: ParseContext,
  reader: Reader & Taker,
  onRead: (bytes: number) => void = () => {},
): Promise<void> {
  const [first, ...rest] = spansFor(path, grammar) as [Span, ...Span[]];
  const parts = await Promise.all(
    rest.map((span) => partFrom({ path, span, grammar: grammar.name, context, module: foldModule() })),
  );
  readSpan(path, first, toldOf(reader, onRead));
  for (const [i, span] of rest.entries()) {
    const part = await parts[i]?.done;
    onRead(span.end - span.start);
    if (!(part && reader.join?.(part))) readSpan(path, span, reader);
  }
}

function toldOf(reader: Taker, onRead: (bytes: number) => void): Taker {
  return {
    room: () => reader.room(),
    filled(length) {
      reader.filled(length);
      onRead(length);
    },
  };
}

function spansFor(path: string, { cut }: Grammar): Span[] {
  const count = cut !== undefined && existsSync(PROGRAM) ? Math.min(availableParallelism(), MAX_THREADS) : 1;
  return spansOf(path, { count, least: LEAST_BYTES, lead: LEAD_BYTES, mark: cut ?? '\n' });
}

/** Starts a thread; what it has read comes when it is done, null where it could not. */
async function partFrom(request: PartRequest): Promise<{ done: Promise<FoldPart | null> }> {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(PROGRAM, {
    workerData: request,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
  const done = new Promise<FoldPart | null>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', () => resolve(null));
    worker.once('exit', () => resolve(null));
  });
  return { done };
}

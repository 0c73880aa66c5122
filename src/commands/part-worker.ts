/** The thread that reads one part of a large file. */
import { parentPort, workerData } from 'node:worker_threads';
import { readSpan, type Span, type Taker } from '../archive/on-disk.ts';
import { transferOf } from '../parsers/fold/part.ts';
import type { ParseContext } from '../parsers/grammar.ts';
import { grammarNamed } from '../parsers/large.ts';

export interface PartRequest {
  path: string;
  span: Span;
  grammar: string;
  context: ParseContext;
}

const { path, span, grammar, context } = workerData as PartRequest;
const reader = grammarNamed(grammar)?.reader(context);
if (reader?.room !== undefined) readSpan(path, span, reader as Taker);
const part = reader?.part?.() ?? null;
parentPort?.postMessage(part, part === null ? [] : transferOf(part));

/** The thread that reads one part of a large file. */
import { parentPort, workerData } from 'node:worker_threads';
import { readSpan, type Span, type Taker } from '../archive/on-disk.ts';
import { shareModule } from '../parsers/fold/engine.ts';
import type { ParseContext } from '../parsers/grammar.ts';
import { grammarNamed } from '../parsers/large.ts';

export interface PartRequest {
  path: string;
  span: Span;
  grammar: string;
  context: ParseContext;
  module: WebAssembly.Module;
}

const { path, span, grammar, context, module } = workerData as PartRequest;
shareModule(module);
const reader = grammarNamed(grammar)?.reader(context);
if (reader?.room !== undefined) readSpan(path, span, reader as Taker);
parentPort?.postMessage(reader?.part?.() ?? null);

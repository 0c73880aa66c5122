/** perf.data read from memory, and its stacks as folded lines. */
import { foldedStacks } from '../../src/datasets/fold.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { NO_CONTEXT } from '../../src/parsers/grammar.ts';
import { type ParsedRecording, type RecordingOptions, readRecording } from '../../src/parsers/perfdata/reader.ts';
import { bytesOf } from '../../src/symbols/bytes.ts';

export function readBytes(bytes: Uint8Array, options: RecordingOptions = {}, samples = false): ParsedRecording {
  return readRecording(bytesOf(bytes), { ...NO_CONTEXT, samples }, options);
}

/** The stacks of an event, or of the only one. */
export function stacksOf({ datasets }: ParsedRecording, event?: string): Stacks {
  const found = datasets.filter(
    (dataset) => dataset.shape === 'stacks' && (event === undefined || dataset.event === event),
  );
  if (found.length !== 1) throw new Error(`${found.length} profiles of ${event ?? 'any event'}`);
  return found[0] as Stacks;
}

export function folded(parsed: ParsedRecording, event?: string): string[] {
  return foldedStacks(stacksOf(parsed, event).profile, () => true).map(([stack, weight]) => `${stack} ${weight}`);
}

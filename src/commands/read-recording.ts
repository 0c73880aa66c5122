/** perf.data: where its bytes are, and where those of its symbols. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { InputFile } from '../archive/input.ts';
import type { ParseContext } from '../parsers/grammar.ts';
import { type ParsedRecording, readRecording } from '../parsers/perfdata/reader.ts';
import type { Bytes } from '../symbols/bytes.ts';
import { Symbols } from '../symbols/finder.ts';
import { ThisMachine } from '../symbols/on-disk.ts';

/** Reads it in place where it is a file on disk; else all of it is kept until it is read, for it is read twice. */
export async function readRecordingFile({ bytes, onDisk }: InputFile, context: ParseContext): Promise<ParsedRecording> {
  const symbols = new Symbols([new ThisMachine()], unpackXz);
  if (onDisk === undefined) return readWith(await inMemory(bytes), context, symbols);
  const file = openSync(onDisk.path, 'r');
  try {
    const read = (into: Uint8Array, at: number) => readSync(file, into, 0, into.length, at);
    return await readWith({ size: onDisk.size, read }, context, symbols);
  } finally {
    closeSync(file);
  }
}

/** Where symbols were met packed, they are unpacked, and all is read once more. */
async function readWith(recording: Bytes, context: ParseContext, symbols: Symbols): Promise<ParsedRecording> {
  const parsed = readRecording(recording, context, { symbols });
  return (await symbols.settle()) ? readRecording(recording, context, { symbols }) : parsed;
}

async function unpackXz(packed: Uint8Array): Promise<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const unpacked = new XzReadableStream(new Blob([packed as Uint8Array<ArrayBuffer>]).stream());
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

async function inMemory(bytes: AsyncIterable<Uint8Array>): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  const starts: number[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    if (chunk.length === 0) continue;
    chunks.push(chunk);
    starts.push(size);
    size += chunk.length;
  }
  return { size, read: (into, at) => readChunks(chunks, starts, into, at) };
}

function readChunks(chunks: readonly Uint8Array[], starts: readonly number[], into: Uint8Array, at: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  let done = 0;
  for (let i = low - 1; i >= 0 && i < chunks.length && done < into.length; i++) {
    const from = done === 0 ? at - (starts[i] as number) : 0;
    const part = (chunks[i] as Uint8Array).subarray(from, from + into.length - done);
    into.set(part, done);
    done += part.length;
  }
  return done;
}

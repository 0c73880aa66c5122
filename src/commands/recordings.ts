/**
 * Recordings (perf.data) and what names their addresses, set aside while input is read: symbols may come behind the recording
 * that needs them.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { isRecording } from '../archive/binary.ts';
import type { InputFile } from '../archive/input.ts';
import { partitionPoint } from '../datasets/columns.ts';
import type { Bytes } from '../symbols/bytes.ts';
import { isOfSymbols } from '../symbols/kinds.ts';

/** What is kept of files of symbols: those of a capture are 64 MB at most, unless it was told otherwise. */
export const MAX_SYMBOL_BYTES = 2 ** 30;

export interface SetAside {
  file: InputFile;
  bytes: Bytes;
  /** What perf record --threads wrote beside it: records alone. */
  more: Bytes[];
}

// perf.data/data.0, where perf.data/data is the recording
const MORE = /((?:^|\/)data)\.\d+$/;

export class Recordings {
  readonly recordings: SetAside[] = [];
  readonly symbolFiles: { file: InputFile; all: Uint8Array }[] = [];
  private symbolBytes = 0;

  /** What another set aside. */
  takeAll(other: Recordings): void {
    this.recordings.push(...other.recordings);
    this.symbolFiles.push(...other.symbolFiles);
    this.symbolBytes += other.symbolBytes;
  }

  /** Whether the file is a recording, or of symbols, and was set aside. */
  async takes(file: InputFile, first: Uint8Array, all: AsyncIterable<Uint8Array>): Promise<boolean> {
    if (isRecording(first)) {
      this.recordings.push({ file, bytes: await bytesIn(file, all), more: [] });
      return true;
    }
    const whole = MORE.test(file.name) ? file.name.replace(MORE, '$1') : null;
    const owner = this.recordings.find((recording) => recording.file.name === whole);
    if (owner !== undefined) {
      owner.more.push(await bytesIn(file, all));
      return true;
    }
    if (!isOfSymbols(file.name, first)) return false;
    const symbols = Buffer.concat(await chunksOf(all, MAX_SYMBOL_BYTES - this.symbolBytes));
    this.symbolBytes += symbols.length;
    this.symbolFiles.push({ file, all: symbols });
    return true;
  }
}

async function bytesIn({ onDisk: disk }: InputFile, all: AsyncIterable<Uint8Array>): Promise<Bytes> {
  return disk === undefined ? inChunks(await chunksOf(all)) : onDisk(disk);
}

/** Opened for each pass over it, and as long as the program runs. */
function onDisk({ path, size }: NonNullable<InputFile['onDisk']>): Bytes {
  let file: number | undefined;
  return {
    size,
    read: (into, at) => {
      file ??= openSync(path, 'r');
      const length = readSync(file, into, 0, into.length, at);
      if (at + length >= size) {
        closeSync(file);
        file = undefined;
      }
      return length;
    },
  };
}

export async function chunksOf(
  bytes: AsyncIterable<Uint8Array>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    if (chunk.length === 0) continue;
    size += chunk.length;
    if (size > limit) break;
    chunks.push(chunk);
  }
  return chunks;
}

function inChunks(chunks: readonly Uint8Array[]): Bytes {
  const starts: number[] = [];
  let size = 0;
  for (const chunk of chunks) {
    starts.push(size);
    size += chunk.length;
  }
  return { size, read: (into, at) => readChunks(chunks, starts, into, at) };
}

function readChunks(chunks: readonly Uint8Array[], starts: readonly number[], into: Uint8Array, at: number): number {
  const first = partitionPoint(starts.length, (i) => (starts[i] as number) <= at) - 1;
  let done = 0;
  for (let i = first; i >= 0 && i < chunks.length && done < into.length; i++) {
    const from = done === 0 ? at - (starts[i] as number) : 0;
    const part = (chunks[i] as Uint8Array).subarray(from, from + into.length - done);
    into.set(part, done);
    done += part.length;
  }
  return done;
}

/** What perf record -z compressed: one zstd stream over all of its records, which are read as they come out. */
import { Decompress } from 'fzstd';
import { ZstdFrames } from './zstd-frames.ts';

/** What comes out at once, and the longest record that may be cut by it. */
const ROOM_BYTES = 8 << 20;
/** Records become a tenth of their size, a fortieth where they are much the same. What grows more is no recording. */
const MOST_TIMES = 256;
const ALWAYS_BYTES = 32 << 20;

export class Inflater {
  private readonly memory: Uint8Array;
  private readonly at: number;
  private readonly read: (at: number, length: number) => number;
  private readonly stream: Decompress;
  private readonly frames = new ZstdFrames();
  private left = 0;
  private taken = 0;
  private given = 0;

  /** @param read reads whole records from `at` on, and tells how many bytes that was; -1 where there is what is no record */
  constructor(memory: Uint8Array, at: number, read: (at: number, length: number) => number) {
    this.memory = memory;
    this.at = at;
    this.read = read;
    this.stream = new Decompress((chunk) => this.take(chunk));
  }

  /** Returns what is wrong with it, or null. */
  add(bytes: Uint8Array): string | null {
    this.taken += bytes.length;
    try {
      this.frames.take(bytes);
      this.stream.push(bytes);
      return null;
    } catch (error) {
      return `what was compressed there is damaged (${(error as Error).message})`;
    }
  }

  private take(chunk: Uint8Array): void {
    this.given += chunk.length;
    if (this.given > ALWAYS_BYTES + this.taken * MOST_TIMES)
      throw new Error(`it unpacks to more than ${MOST_TIMES} times its size`);
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + ROOM_BYTES - this.left);
      this.memory.set(part, this.at + this.left);
      const total = this.left + part.length;
      const done = this.read(this.at, total);
      if (done < 0) throw new Error('bytes in it are no record');
      this.left = total - done;
      if (this.left === ROOM_BYTES) throw new Error('no record begins in it');
      this.memory.copyWithin(this.at, this.at + done, this.at + total);
      from += part.length;
    }
  }
}

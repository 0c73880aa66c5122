/** A profile as folded stacks, the lines that flamegraph.pl, speedscope and inferno read. */
import { frameTexts, orderedStacks } from '../datasets/fold.ts';
import { FrameKind, type Profile } from '../datasets/profile.ts';

export interface FoldedOptions {
  /** Mark kernel frames `_[k]` and JIT-compiled ones `_[j]`; inlined ones are always `_[i]`, a waker's always `_[w]`. */
  kernel: boolean;
  jit: boolean;
}

const CHUNK_BYTES = 1 << 18;
const SEMICOLON = 0x3b;

/** @returns lines in chunks: each distinct stack with its weight, sorted by the stack's text. */
export function toFolded(
  profile: Profile,
  { kernel, jit }: FoldedOptions = { kernel: false, jit: false },
): Uint8Array[] {
  const isMarked = (kind: FrameKind) => (kind === FrameKind.kernel ? kernel : kind === FrameKind.jit ? jit : true);
  const texts = frameTexts(profile, isMarked).map((text, frame) =>
    profile.frames.kinds[frame] === FrameKind.process ? text.replaceAll(' ', '_') : text,
  );
  const lines = new ByteChunks();
  orderedStacks(profile, texts, (distinct) => {
    const encoder = new TextEncoder();
    const bytes = distinct.map((text) => encoder.encode(text));
    let path = new Uint8Array(1 << 16);
    const ends = [0];
    return {
      enter(text) {
        const name = bytes[text] as Uint8Array;
        const end = ends.at(-1) as number;
        path = withRoom(path, end, name.length + 1);
        path.set(name, end);
        path[end + name.length] = SEMICOLON;
        ends.push(end + name.length + 1);
      },
      leave: () => ends.pop(),
      stack(text, weight) {
        lines.add(path, ends.at(-1) as number);
        const name = bytes[text];
        if (name !== undefined) lines.add(name, name.length);
        lines.addText(` ${weight}\n`);
      },
    };
  });
  return lines.all();
}

/** Bytes put together in chunks of some size, so that neither the writer nor the memory sees small ones. */
class ByteChunks {
  private readonly full: Uint8Array[] = [];
  private chunk = new Uint8Array(CHUNK_BYTES);
  private used = 0;

  add(bytes: Uint8Array, length: number): void {
    if (this.used + length > this.chunk.length) this.flush(length);
    // A name is short: copying it here costs less than a call.
    if (length < 32) for (let i = 0; i < length; i++) this.chunk[this.used + i] = bytes[i] as number;
    else this.chunk.set(bytes.length === length ? bytes : bytes.subarray(0, length), this.used);
    this.used += length;
  }

  addText(ascii: string): void {
    if (this.used + ascii.length > this.chunk.length) this.flush(ascii.length);
    for (let i = 0; i < ascii.length; i++) this.chunk[this.used++] = ascii.charCodeAt(i);
  }

  all(): Uint8Array[] {
    this.flush(0);
    return this.full;
  }

  private flush(needed: number): void {
    if (this.used > 0) this.full.push(this.chunk.subarray(0, this.used));
    this.chunk = new Uint8Array(Math.max(CHUNK_BYTES, needed));
    this.used = 0;
  }
}

function withRoom(bytes: Uint8Array<ArrayBuffer>, used: number, needed: number): Uint8Array<ArrayBuffer> {
  if (used + needed <= bytes.length) return bytes;
  const larger = new Uint8Array((used + needed) * 2);
  larger.set(bytes.subarray(0, used));
  return larger;
}

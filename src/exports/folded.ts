/** A profile as folded stacks, the lines that flamegraph.pl, speedscope and inferno read. */
import { frameTexts, orderedStacks, type StackVisitor } from '../datasets/fold.ts';
import { FrameKind, type Profile } from '../datasets/profile.ts';

export interface FoldedOptions {
  /** Mark kernel frames `_[k]` and JIT-compiled ones `_[j]`; inlined ones are always `_[i]`, a waker's always `_[w]`. */
  kernel: boolean;
  jit: boolean;
}

const CHUNK_BYTES = 1 << 18;
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const NEWLINE = 0x0a;
const NO_NAME = new Uint8Array(0);

/**
 * @returns lines in chunks: each distinct stack with its weight, sorted by the stack's text. A chunk is only there until
 * the next one is asked for.
 */
export function* toFolded(
  profile: Profile,
  { kernel, jit }: FoldedOptions = { kernel: false, jit: false },
): Generator<Uint8Array> {
  const isMarked = (kind: FrameKind) => (kind === FrameKind.kernel ? kernel : kind === FrameKind.jit ? jit : true);
  const texts = frameTexts(profile, isMarked).map((text, frame) =>
    profile.frames.kinds[frame] === FrameKind.process ? text.replaceAll(' ', '_') : text,
  );
  const stacks = orderedStacks(profile, texts);
  const lines = new FoldedLines(stacks.texts);
  while (stacks.visit(lines)) yield lines.take();
  yield lines.take();
}

/** Writes lines into one buffer, each from the path that leads to its last frame. */
class FoldedLines implements StackVisitor {
  private readonly names: Uint8Array[];
  private chunk = new Uint8Array(CHUNK_BYTES * 2);
  private used = 0;
  private path = new Uint8Array(1 << 16);
  private pathEnd = 0;
  private readonly ends: number[] = [];

  constructor(texts: readonly string[]) {
    const encoder = new TextEncoder();
    this.names = texts.map((text) => encoder.encode(text));
  }

  enter(text: number): void {
    const name = this.names[text] as Uint8Array;
    const end = this.pathEnd + name.length;
    if (end >= this.path.length) this.path = enlarged(this.path, end + 1);
    put(this.path, name, this.pathEnd);
    this.path[end] = SEMICOLON;
    this.ends.push(this.pathEnd);
    this.pathEnd = end + 1;
  }

  leave(): void {
    this.pathEnd = this.ends.pop() as number;
  }

  stack(text: number, weight: number): boolean {
    const name = this.names[text] ?? NO_NAME;
    const count = String(weight);
    const size = this.pathEnd + name.length + count.length + 2;
    if (this.used + size > this.chunk.length) this.chunk = enlarged(this.chunk, this.used + size);
    this.chunk.set(this.path.subarray(0, this.pathEnd), this.used);
    put(this.chunk, name, this.used + this.pathEnd);
    let at = this.used + this.pathEnd + name.length;
    this.chunk[at++] = SPACE;
    for (let i = 0; i < count.length; i++) this.chunk[at++] = count.charCodeAt(i);
    this.chunk[at++] = NEWLINE;
    this.used = at;
    return at >= CHUNK_BYTES;
  }

  take(): Uint8Array {
    const taken = this.chunk.subarray(0, this.used);
    this.used = 0;
    return taken;
  }
}

/** A name is short: a loop is faster than a call. */
function put(target: Uint8Array, name: Uint8Array, at: number): void {
  if (name.length > 48) target.set(name, at);
  else for (let i = 0; i < name.length; i++) target[at + i] = name[i] as number;
}

function enlarged(bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(needed * 2);
  larger.set(bytes);
  return larger;
}

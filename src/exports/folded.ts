/** A profile as folded stacks, the lines that flamegraph.pl, speedscope and inferno read. */
import { frameTexts } from '../datasets/fold.ts';
import { FrameKind, type Profile } from '../datasets/profile.ts';
import { wasm } from '../generated/folded-wasm.ts';

export interface FoldedOptions {
  /** Mark kernel frames `_[k]` and JIT-compiled ones `_[j]`; inlined ones are always `_[i]`, a waker's always `_[w]`. */
  kernel: boolean;
  jit: boolean;
}

/** assembly/folded.ts */
interface Exports {
  start(nodes: number, frames: number, texts: number, textBytes: number): number;
  prepare(): boolean;
  write(): number;
  SELF: WebAssembly.Global;
  PARENTS: WebAssembly.Global;
  FRAMES: WebAssembly.Global;
  TEXT_OF: WebAssembly.Global;
  TEXTS: WebAssembly.Global;
  BYTES: WebAssembly.Global;
  OUTPUT: WebAssembly.Global;
}

const PAGE = 1 << 16;
const SEMICOLON = 0x3b;
const encoder = new TextEncoder();

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
  const { exports, memory } = instance();
  fill(exports, memory, profile, texts);
  if (!exports.prepare()) throw new RangeError('the stacks are too deep and too many to put in order');
  for (let length = exports.write(); length > 0; length = exports.write())
    yield new Uint8Array(memory.buffer, exports.OUTPUT.value >>> 0, length);
}

function instance(): { exports: Exports; memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const decimal = (weight: number, at: number) =>
    encoder.encodeInto(String(weight), new Uint8Array(memory.buffer, at >>> 0, 32)).written;
  const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  const { exports } = new WebAssembly.Instance(module, { env: { memory }, host: { decimal } });
  return { exports: exports as Exports, memory };
}

/** Puts the profile into the memory. Frames of the same text are the same there, whatever their kind. */
function fill(exports: Exports, memory: WebAssembly.Memory, profile: Profile, textOfFrame: readonly string[]): void {
  const { parent, frame, self } = profile;
  const texts = [...new Set(textOfFrame)].sort();
  const joined = encoder.encode(texts.join(''));
  const size = exports.start(parent.length, textOfFrame.length, texts.length, joined.length) >>> 0;
  memory.grow(Math.ceil(size / PAGE) - 1);
  const column = ({ value }: WebAssembly.Global, length: number) => new Uint32Array(memory.buffer, value >>> 0, length);
  new Float64Array(memory.buffer, exports.SELF.value >>> 0, self.length).set(self);
  column(exports.PARENTS, parent.length).set(parent);
  column(exports.FRAMES, frame.length).set(frame);
  const idOf = new Map(texts.map((text, id) => [text, id]));
  column(exports.TEXT_OF, textOfFrame.length).set(textOfFrame.map((text) => idOf.get(text) as number));
  new Uint8Array(memory.buffer, exports.BYTES.value >>> 0, joined.length).set(joined);
  const entries = column(exports.TEXTS, texts.length * 4);
  const ranks = ranksOf(texts);
  let start = 0;
  texts.forEach((text, id) => {
    const length = Buffer.byteLength(text);
    entries[id * 4] = ranks[id * 2] as number;
    entries[id * 4 + 1] = ranks[id * 2 + 1] as number;
    entries[id * 4 + 2] = start;
    entries[id * 4 + 3] = length;
    start += length;
  });
}

/** Whether `text`, which sorts after `start`, sorts before `start;`. */
function isBetween(start: string, text: string): boolean {
  return text.startsWith(start) && text.charCodeAt(start.length) < SEMICOLON;
}

/**
 * For sorted texts, the rank of each text (even) and of each text followed by `;` (odd) among all of them. A text followed
 * by `;` sorts after those that begin with it and go on with a smaller character: `a`, `a!`, `a;`, `ab`.
 */
function ranksOf(sorted: readonly string[]): Uint32Array {
  const ranks = new Uint32Array(sorted.length * 2);
  const open: number[] = [];
  let rank = 0;
  const closeBefore = (text: string | null) => {
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      if (text !== null && isBetween(sorted[last] as string, text)) return;
      ranks[last * 2 + 1] = rank++;
      open.pop();
    }
  };
  sorted.forEach((text, id) => {
    closeBefore(text);
    ranks[id * 2] = rank++;
    open.push(id);
  });
  closeBefore(null);
  return ranks;
}

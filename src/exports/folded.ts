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
  start(nodes: number, frames: number, textBytes: number): number;
  prepare(): boolean;
  write(): number;
  SELF: WebAssembly.Global;
  PARENTS: WebAssembly.Global;
  FRAMES: WebAssembly.Global;
  TEXT_OF: WebAssembly.Global;
  BYTES: WebAssembly.Global;
  OUTPUT: WebAssembly.Global;
}

const PAGE = 1 << 16;
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

/** Puts the profile into the memory. */
function fill(exports: Exports, memory: WebAssembly.Memory, profile: Profile, textOfFrame: readonly string[]): void {
  const { parent, frame, self } = profile;
  const { bytes, lengths } = encoded(textOfFrame);
  const size = exports.start(parent.length, textOfFrame.length, bytes.length) >>> 0;
  memory.grow(Math.ceil(size / PAGE) - 1);
  const column = ({ value }: WebAssembly.Global, length: number) => new Uint32Array(memory.buffer, value >>> 0, length);
  new Float64Array(memory.buffer, exports.SELF.value >>> 0, self.length).set(self);
  column(exports.PARENTS, parent.length).set(parent);
  column(exports.FRAMES, frame.length).set(frame);
  column(exports.TEXT_OF, lengths.length).set(lengths);
  new Uint8Array(memory.buffer, exports.BYTES.value >>> 0, bytes.length).set(bytes);
}

/** The bytes of the texts, one behind the other, and how many each has. */
function encoded(texts: readonly string[]): { bytes: Uint8Array; lengths: number[] } {
  const joined = texts.join('');
  const bytes = encoder.encode(joined);
  // All ASCII, as names mostly are: each text has as many bytes as characters.
  if (bytes.length === joined.length) return { bytes, lengths: texts.map((text) => text.length) };
  // One by one: a text may end, and the next begin, with half a character.
  const each = texts.map((text) => encoder.encode(text));
  return { bytes: Buffer.concat(each), lengths: each.map((text) => text.length) };
}

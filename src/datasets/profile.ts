/**
 * A profile in memory: distinct frames, a trie of stacks over them, the weight that ended at each stack, and, where they
 * are wanted, the samples one by one. Columnar, so that ten million samples fit: what is distinct is stored once, and a
 * sample costs 18 bytes, or 26 with a weight.
 */

/** What a frame is. The order is the wire format of the report: append only. */
export const FrameKind = {
  user: 0,
  kernel: 1,
  jit: 2,
  inlined: 3,
  /** The first frame of a stack: the command it belongs to. */
  process: 4,
  /** A frame of the waker's stack in offwaketime's chains. */
  waker: 5,
  /** `--` or `-` between kernel and user stack, or between target and waker. */
  delimiter: 6,
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** Distinct frames: two frames are the same when name and kind are. */
export interface Frames {
  /** The name without offset and without annotation. */
  readonly names: string[];
  readonly kinds: FrameKind[];
  /** The module (`libc.so.6`, `[kernel.kallsyms]`) first seen with the frame; empty when none was printed. */
  readonly modules: string[];
}

export interface Thread {
  readonly comm: string;
  readonly pid: number | null;
  readonly tid: number | null;
}

/** One entry per sample, in the order they were read. */
export interface Samples {
  /** On the dataset's clock; NaN where the sample had none. */
  readonly at: Float64Array;
  /** The stack's node in the trie. */
  readonly stack: Uint32Array;
  /** null: each weighs 1. */
  readonly weight: Float64Array | null;
  /** Index into `threads`. */
  readonly thread: Uint32Array;
  /** -1 where it was not printed. */
  readonly cpu: Int16Array;
}

export interface Profile {
  readonly frames: Frames;
  /** Node 0 is the empty stack; a parent's number is smaller than its children's. */
  readonly parent: Uint32Array;
  /** The frame of each node; node 0 has none (its entry is 0 and means nothing). */
  readonly frame: Uint32Array;
  /** The weight of the samples whose stack ends at the node. */
  readonly self: Float64Array;
  /** How many samples were read, whatever they weigh. */
  readonly sampleCount: number;
  readonly threads: Thread[];
  readonly samples: Samples | null;
}

/**
 * What a zstd stream says of itself, looked at before it is unpacked: a few bytes may ask for gigabytes.
 *
 * RFC 8878, 3.1.1
 */

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a5;
const RUN_LENGTH = 1;
/** What the RFC recommends. perf record takes 512 KB, at whatever level. */
const MAX_WINDOW_BYTES = 8 << 20;
/** The unpacker moves its window for each block. Of what perf compressed it moves some hundred times as much as it is given. */
const ALWAYS_MOVED = 4 * 2 ** 30;
const MOST_TIMES = 4096;

type Step = { read: number } | { skip: number };

export class ZstdFrames {
  private readonly steps = this.frames();
  private wanted = this.steps.next().value;
  /** What has been read of a number, and how many bytes that is. */
  private value = 0;
  private length = 0;
  private taken = 0;
  private moved = 0;

  /** @throws Error where the stream asks for more than is given it */
  take(bytes: Uint8Array): void {
    this.taken += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const { wanted } = this;
      if ('skip' in wanted) {
        const skipped = Math.min(wanted.skip, bytes.length - at);
        wanted.skip -= skipped;
        at += skipped;
        if (wanted.skip === 0) this.wanted = this.next(0);
      } else {
        this.value += (bytes[at++] as number) * 2 ** (8 * this.length++);
        if (this.length === wanted.read) this.wanted = this.next(this.value);
      }
    }
  }

  /** The next step that takes bytes. */
  private next(value: number): Step {
    this.value = 0;
    this.length = 0;
    let step = this.steps.next(value).value;
    while ('skip' in step && step.skip === 0) step = this.steps.next(0).value;
    return step;
  }

  private *frames(): Generator<Step, never, number> {
    for (;;) {
      const magic = yield { read: 4 };
      if (magic >>> 4 === SKIPPABLE) {
        yield { skip: yield { read: 4 } };
        continue;
      }
      if (magic !== MAGIC) throw new Error('it is no zstd');
      const flags = yield { read: 1 };
      const isSingle = (flags & 0x20) !== 0;
      const window = isSingle ? 0 : windowOf(yield { read: 1 });
      yield { skip: [0, 1, 2, 4][flags & 3] as number };
      const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] as number;
      const size = sizeBytes === 0 ? 0 : yield { read: sizeBytes };
      yield* this.blocks(isSingle ? size : window);
      if ((flags & 4) !== 0) yield { skip: 4 };
    }
  }

  private *blocks(window: number): Generator<Step, void, number> {
    if (window > MAX_WINDOW_BYTES) throw new Error(`its window is ${window} bytes, more than perf record takes`);
    for (let isLast = false; !isLast; ) {
      const block = yield { read: 3 };
      isLast = (block & 1) !== 0;
      this.moved += window;
      if (this.moved > ALWAYS_MOVED + this.taken * MOST_TIMES) throw new Error('it is cut into too many blocks');
      yield { skip: ((block >> 1) & 3) === RUN_LENGTH ? 1 : block >> 3 };
    }
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

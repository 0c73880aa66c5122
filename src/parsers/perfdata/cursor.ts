/**
 * Reads numbers and texts of a stretch of bytes, one behind the other, in the byte order of whoever wrote them. Raises
 * RangeError at the end of the stretch.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly little: boolean;
  private readonly view: DataView;
  at: number;
  end: number;

  constructor(bytes: Uint8Array, little: boolean, at = 0) {
    this.bytes = bytes;
    this.little = little;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
    this.end = bytes.length;
  }

  /** Turns to another stretch of the same bytes: there are as many as records. */
  over(at: number, size: number): this {
    this.at = at;
    this.end = at + size;
    return this;
  }

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    return this.view.getUint8(this.next(1));
  }

  u16(): number {
    return this.view.getUint16(this.next(2), this.little);
  }

  u32(): number {
    return this.view.getUint32(this.next(4), this.little);
  }

  i32(): number {
    return this.u32() | 0;
  }

  u64(): bigint {
    return this.view.getBigUint64(this.next(8), this.little);
  }

  /** A number of 64 bits that is small, or not exact. */
  number(): number {
    const [low, high] = this.halves();
    return high * 2 ** 32 + low;
  }

  /** The lower and the upper half of 64 bits. */
  halves(): [low: number, high: number] {
    const [first, second] = [this.u32(), this.u32()];
    return this.little ? [first, second] : [second, first];
  }

  skip(length: number): this {
    this.at += length;
    return this;
  }

  /** A text up to its NUL, in `length` bytes or in all that are left. */
  text(length = this.left): string {
    const start = this.next(length);
    const nul = this.bytes.subarray(start, this.at).indexOf(0);
    return decoder.decode(this.bytes.subarray(start, nul < 0 ? this.at : start + nul));
  }

  /** The same, where its length stands before it: perf's `do_write_string`. */
  string(): string {
    return this.text(this.u32());
  }

  /** Where the next bytes begin, and goes behind them. */
  private next(length: number): number {
    const { at } = this;
    if (at < 0 || at + length > this.end) throw new RangeError('goes on behind its end');
    this.at = at + length;
    return at;
  }
}

const decoder = new TextDecoder();

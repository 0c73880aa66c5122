/** Reads numbers and texts of a stretch of bytes, one behind the other, in the byte order of whoever wrote them. */

const latin = new TextDecoder('utf-8');

export class Cursor {
  readonly bytes: Uint8Array;
  readonly little: boolean;
  private readonly view: DataView;
  at: number;

  constructor(bytes: Uint8Array, little: boolean, at = 0) {
    this.bytes = bytes;
    this.little = little;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.view.getUint8(this.at++);
  }

  u16(): number {
    this.at += 2;
    return this.view.getUint16(this.at - 2, this.little);
  }

  u32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4, this.little);
  }

  i32(): number {
    return this.u32() | 0;
  }

  u64(): bigint {
    this.at += 8;
    return this.view.getBigUint64(this.at - 8, this.little);
  }

  /** A number of 64 bits that is small, or not exact. */
  number(): number {
    const [first, second] = [this.u32(), this.u32()];
    return this.little ? second * 2 ** 32 + first : first * 2 ** 32 + second;
  }

  skip(length: number): this {
    this.at += length;
    return this;
  }

  /** A text up to its NUL, in `length` bytes or in all that are left. */
  text(length = this.left): string {
    const all = this.bytes.subarray(this.at, this.at + length);
    const end = all.indexOf(0);
    this.at += length;
    return latin.decode(end < 0 ? all : all.slice(0, end));
  }

  /** The same, where its length stands before it: perf's `do_write_string`. */
  string(): string {
    const length = this.u32();
    if (length > this.left) throw new RangeError('a text goes on behind its section');
    return this.text(length);
  }
}

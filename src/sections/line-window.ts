/** A stream's lines, looked at some way ahead of where they are handed on. */

/** A line that goes on for longer is looked at as far as this. */
const MAX_TEXT = 16 * 1024;
const NEWLINE = 10;

export class LineWindow {
  /** Whether the stream has ended: what is in the window is all there is. */
  ended = false;
  private readonly iterator: AsyncIterator<Uint8Array>;
  private buffer: Buffer = Buffer.alloc(0);
  private start = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.iterator = bytes[Symbol.asyncIterator]();
  }

  /** How many bytes are in the window. */
  get length(): number {
    return this.buffer.length - this.start;
  }

  /** Reads on until the window holds so many bytes, or all that are left. Raises what the stream raises. */
  async fill(length: number): Promise<void> {
    while (this.length < length && !this.ended) {
      const next = await this.iterator.next();
      if (next.done) this.ended = true;
      else if (this.length === 0)
        [this.buffer, this.start] = [Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length), 0];
      else [this.buffer, this.start] = [Buffer.concat([this.buffer.subarray(this.start), next.value]), 0];
    }
  }

  /** Where the line after the one at `offset` begins; -1 where the window ends within the line. */
  next(offset: number): number {
    const end = this.buffer.indexOf(NEWLINE, this.start + offset);
    if (end >= 0) return end + 1 - this.start;
    return this.ended && offset < this.length ? this.length : -1;
  }

  /** The line at `offset` without its end. */
  text(offset: number): string {
    const from = this.start + offset;
    const newline = this.buffer.indexOf(NEWLINE, from);
    let end = Math.min(newline < 0 ? this.buffer.length : newline, from + MAX_TEXT);
    if (end > from && this.buffer[end - 1] === 13) end--;
    return this.buffer.toString('utf8', from, end);
  }

  byte(offset: number): number {
    return this.buffer[this.start + offset] ?? NEWLINE;
  }

  /** The text of the lines from `offset` on: so many, or fewer where the window ends before. */
  lines(offset: number, count: number): string[] {
    const lines: string[] = [];
    for (let at = offset; lines.length < count && at >= 0 && at < this.length; at = this.next(at))
      lines.push(this.text(at));
    return lines;
  }

  /** The bytes before `offset`, which leave the window. */
  take(offset: number): Uint8Array {
    const bytes = this.buffer.subarray(this.start, this.start + offset);
    this.start += offset;
    return bytes;
  }
}

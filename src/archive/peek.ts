/** Looking at the beginning of a stream without losing it. */

export interface Peeked {
  /** At least as many bytes as were asked for, unless the stream is shorter. */
  first: Uint8Array;
  /** True when `first` is all there is. */
  complete: boolean;
  /** The stream from its beginning. */
  all: AsyncIterable<Uint8Array>;
}

/** The first `size` bytes or more, read chunk by chunk. Raises what the stream raises. */
export async function peek(bytes: AsyncIterable<Uint8Array>, size: number): Promise<Peeked> {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let complete = false;
  while (length < size && !complete) {
    const next = await iterator.next();
    if (next.done) complete = true;
    else {
      chunks.push(next.value);
      length += next.value.length;
    }
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* chunks;
    chunks.length = 0;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { first: chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks), complete, all: all() };
}

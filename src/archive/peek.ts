/** Looking at the beginning of a stream without losing it. */

export interface Peeked {
  /** At least as many bytes as were asked for, unless the stream is shorter. */
  first: Uint8Array;
  /** True when `first` is all there is. */
  complete: boolean;
  /** The stream from its beginning. */
  all: AsyncIterable<Uint8Array>;
}

/**
 * The first `size` bytes or more, read chunk by chunk. Raises what the stream raises before its first byte; what it raises
 * later is raised by `all`, in its place.
 */
export async function peek(bytes: AsyncIterable<Uint8Array>, size: number): Promise<Peeked> {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let complete = false;
  let fault: { error: unknown } | null = null;
  while (length < size && !complete) {
    try {
      const next = await iterator.next();
      if (next.done) complete = true;
      else {
        chunks.push(next.value);
        length += next.value.length;
      }
    } catch (error) {
      if (length === 0) throw error;
      fault = { error };
      complete = true;
    }
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* chunks;
    chunks.length = 0;
    if (fault !== null) throw fault.error;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { first: chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks), complete, all: all() };
}

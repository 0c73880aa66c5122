/**
 * gzip, member by member (RFC 1952). Node's own reading of it drops, where something else stands behind a member, what that
 * member unpacked to last.
 */
import type { InflateRaw } from 'node:zlib';
import { UserError } from '../errors.ts';

/** What is left of the stream, as it is taken. */
class Input {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array();

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.iterator = bytes[Symbol.asyncIterator]();
  }

  /** The next bytes, as many as came at once; none at the end. */
  async some(): Promise<Uint8Array> {
    if (this.rest.length === 0) {
      const next = await this.iterator.next();
      return next.done ? new Uint8Array() : next.value;
    }
    const { rest } = this;
    this.rest = new Uint8Array();
    return rest;
  }

  /** Exactly so many. Raises where there are fewer. */
  async exactly(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const some = await this.some();
      if (some.length === 0) throw new Error('unexpected end of file');
      bytes.set(some.subarray(0, length - at), at);
      this.giveBack(some.subarray(length - at));
      at += some.length;
    }
    return bytes;
  }

  giveBack(bytes: Uint8Array): void {
    if (bytes.length > 0) this.rest = this.rest.length === 0 ? bytes : Buffer.concat([bytes, this.rest]);
  }
}

const MAGIC = [0x1f, 0x8b] as const;
const DEFLATE = 8;
/** Bits of a header's flags, for what follows the ten bytes that each has. */
const [HEADER_CRC, EXTRA, NAME, COMMENT] = [2, 4, 8, 16];
const CHUNK_BYTES = 1 << 20;
/** No name of a file is longer, and comments are a line. */
const MAX_TEXT_BYTES = 1 << 16;
/** bgzip's members have 64 KB; logs that were appended one by one may have less. */
const [SMALL_BYTES, MAX_SMALL] = [4096, 10_000];
/** CRC32 and length, modulo 2³². */
const TRAILER_BYTES = 8;

/**
 * What the bytes unpack to.
 * @throws Error where it is damaged or cut short, after what was whole; UserError where something else stands behind it
 */
export async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { createInflateRaw, crc32 } = await import('node:zlib');
  const input = new Input(bytes);
  let small = 0;
  for (let members = 0; ; members++) {
    const first = await input.some();
    if (first.length === 0) return;
    input.giveBack(first);
    if (members > 0 && first[0] !== MAGIC[0]) {
      // Tapes are filled up with zeros.
      if (first.every((byte) => byte === 0)) return;
      throw new UserError('what stands behind its end is no gzip, and is left out');
    }
    await passHeader(input);
    const sum = { crc: 0, length: 0 };
    for await (const piece of inflated(input, createInflateRaw({ chunkSize: CHUNK_BYTES }))) {
      sum.crc = crc32(piece, sum.crc);
      sum.length += piece.length;
      yield piece;
    }
    const trailer = new DataView((await input.exactly(TRAILER_BYTES)).buffer);
    if (trailer.getUint32(0, true) !== sum.crc || trailer.getUint32(4, true) !== sum.length % 2 ** 32)
      throw new Error('checksum does not match');
    // Each takes a tenth of a millisecond, and an empty one is 20 bytes, which pack well.
    if (sum.length < SMALL_BYTES && ++small > MAX_SMALL)
      throw new UserError(
        `more than ${MAX_SMALL} members of less than ${SMALL_BYTES} bytes each; the rest is left out`,
      );
  }
}

async function passHeader(input: Input): Promise<void> {
  const [one, two, method, flags = 0] = await input.exactly(10);
  if (one !== MAGIC[0] || two !== MAGIC[1] || method !== DEFLATE) throw new Error('no header of gzip');
  if (flags & EXTRA) {
    const length = new DataView((await input.exactly(2)).buffer).getUint16(0, true);
    await input.exactly(length);
  }
  for (const text of [NAME, COMMENT]) if (flags & text) await passText(input);
  if (flags & HEADER_CRC) await input.exactly(2);
}

/** A name or a comment, up to the zero that ends it. */
async function passText(input: Input): Promise<void> {
  for (let length = 0; length < MAX_TEXT_BYTES; ) {
    const some = await input.some();
    if (some.length === 0) throw new Error('unexpected end of file');
    const end = some.indexOf(0);
    if (end >= 0) return input.giveBack(some.subarray(end + 1));
    length += some.length;
  }
  throw new Error(`a name longer than ${MAX_TEXT_BYTES} bytes`);
}

/** The member's data; what stands behind it is given back. */
async function* inflated(input: Input, stream: InflateRaw): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let fault: Error | null = null;
  let isOver = false;
  const over = new Promise<void>((resolve) => {
    const end = (error: Error | null) => {
      fault = error;
      isOver = true;
      resolve();
    };
    stream.once('end', () => end(null));
    stream.once('error', end);
  });
  stream.on('data', (piece: Uint8Array) => pieces.push(piece));
  let given = 0;
  let last: Uint8Array = new Uint8Array();
  while (!isOver) {
    last = await input.some();
    if (last.length === 0) stream.end();
    given += last.length;
    // Where it fails, what was written is never said to be done.
    const written = new Promise<void>((resolve) =>
      last.length === 0 ? undefined : stream.write(last, () => resolve()),
    );
    await Promise.race([written, over]);
    // The end of the data is told a moment after what was written is done.
    if (stream.bytesWritten < given) await over;
    yield* pieces.splice(0);
  }
  yield* pieces.splice(0);
  if (fault !== null) throw fault;
  input.giveBack(last.subarray(last.length - (given - stream.bytesWritten)));
}

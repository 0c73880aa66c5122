/** What gzip, xz, zstd and bzip2 packed, and what it may unpack to. */
import type { Transform } from 'node:stream';
import { raised, TO_RAISE_LIMITS } from '../datasets/limits.ts';
import { UserError } from '../errors.ts';
import { gunzip } from './gzip.ts';
import { peek } from './peek.ts';

/** The bytes behind a path: read from it, and unpacked from those, at whatever depth. */
export interface Tally {
  read: number;
  unpacked: number;
  /** Told of each chunk that was read. */
  onRead?: ((bytes: number) => void) | undefined;
}

/**
 * What may be made of a path: so much, and so many times what was read. perf script shrinks to a sixteenth, that of an
 * idle host to a sixtieth; a bomb grows a thousandfold.
 */
const FREELY_UNPACKED = 2 ** 27;
const MAX_GROWTH = 100;
/** A packed file in a packed file is somebody's second thought; a third is nobody's. */
const MAX_LAYERS = 2;

/** So little is unpacked at a time that what a bomb makes of it is no trouble. */
const SLICE_BYTES = 1 << 16;
/** As many as the longest mark has. */
export const MARK_BYTES = 6;

interface Packing {
  name: string;
  mark: readonly number[];
  /** What the bytes unpack to; raises what is wrong with them, after all that came before. */
  unpack(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

const packings: readonly Packing[] = [
  { name: 'gzip', mark: [0x1f, 0x8b], unpack: gunzip },
  { name: 'xz', mark: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: unxz },
  { name: 'zstd', mark: [0x28, 0xb5, 0x2f, 0xfd], unpack: unzstd },
  // `BZh`, a digit, and half of pi.
  { name: 'bzip2', mark: [0x42, 0x5a, 0x68], unpack: bunzip2 },
];

function packingOf(first: Uint8Array): Packing | undefined {
  return packings.find(({ mark }) => mark.every((byte, i) => first[i] === byte));
}

export function isPacked(first: Uint8Array): boolean {
  return packingOf(first) !== undefined;
}

/** The bytes, counted as read. */
export async function* counted(bytes: AsyncIterable<Uint8Array>, tally: Tally): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    tally.read += chunk.length;
    tally.onRead?.(chunk.length);
    yield chunk;
  }
}

/**
 * The stream itself, or what it unpacks to where it begins as a packed one does, twice at most.
 * @param name for errors
 * @throws UserError, while it is read: where it is damaged, after all that was whole; where more comes out than any tool's
 * output packs into so little.
 */
export async function unpacked(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  tally: Tally,
): Promise<AsyncIterable<Uint8Array>> {
  let plain = bytes;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const { first, all } = await peek(plain, MARK_BYTES);
    const packing = packingOf(first);
    if (packing === undefined) return all;
    plain = grown(name, unpackedBy(name, packing, all), tally);
  }
  return plain;
}

/** The bytes, counted as unpacked, up to what is allowed. */
export async function* grown(name: string, bytes: AsyncIterable<Uint8Array>, tally: Tally): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    tally.unpacked += chunk.length;
    if (tally.unpacked > raised(FREELY_UNPACKED) + raised(MAX_GROWTH) * tally.read)
      throw new UserError(
        `${name}: unpacks to more than ${raised(MAX_GROWTH)} times its size, as no output of a tool does; if you trust it, ${TO_RAISE_LIMITS}`,
      );
    yield chunk;
  }
}

async function* unpackedBy(
  name: string,
  { name: packing, unpack }: Packing,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* unpack(inSlices(bytes));
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${name}: ${error.message}`);
    // A decoder that runs out of bytes may say so by a fault of its own.
    const why = error instanceof TypeError ? 'unexpected end of file' : (error as Error).message;
    throw new UserError(`${name}: damaged or cut short (${packing}: ${why})`);
  }
}

async function* inSlices(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes)
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) yield chunk.subarray(at, at + SLICE_BYTES);
}

/** Decoders are loaded where something is packed so: most input is not. By Node itself where it can (22.15), for it checks sums. */
async function* unzstd(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const zlib = (await import('node:zlib')) as { createZstdDecompress?: () => Transform };
  if (zlib.createZstdDecompress !== undefined) {
    yield* byStream(bytes, zlib.createZstdDecompress());
    return;
  }
  const { Decompress } = await import('fzstd');
  const pieces: Uint8Array[] = [];
  // A piece is a part of the decoder's own memory, which it writes again.
  const decoder = new Decompress((piece) => pieces.push(piece.slice()));
  for await (const slice of bytes) {
    decoder.push(slice);
    yield* pieces.splice(0);
  }
  decoder.push(new Uint8Array(), true);
  yield* pieces.splice(0);
}

/** How a stream begins: with a block (pi) or, an empty one, with its end (the root of pi). Streams begin at whole bytes. */
const STREAM_OF_BZIP2 = /BZh[1-9](?:1AY&SY|.rE8P.)/gs;
const STREAM_MARK_BYTES = 10;
const [SMALL_BYTES, MAX_SMALL_STREAMS] = [4096, 1000];

async function* bunzip2(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { default: bunzip } = await import('unbzip2-stream');
  const stream = bunzip();
  const pieces: Uint8Array[] = [];
  let fault: Error | null = null;
  // It is done with what it is given when it returns.
  stream.on('data', (piece: Uint8Array) => pieces.push(piece));
  stream.on('error', (error: Error) => {
    fault ??= error;
  });
  let [streams, unpackedBytes, before] = [0, 0, ''];
  for await (const slice of bytes) {
    // Each begins anew with tables of megabytes, a millisecond's work, and an empty one is 14 bytes.
    const text = before + Buffer.from(slice).toString('latin1');
    streams += text.match(STREAM_OF_BZIP2)?.length ?? 0;
    before = text.slice(-STREAM_MARK_BYTES + 1);
    if (streams > MAX_SMALL_STREAMS && unpackedBytes < streams * SMALL_BYTES)
      throw new UserError(`more than ${MAX_SMALL_STREAMS} nearly empty streams; the rest is left out`);
    stream.write(slice as never);
    for (const piece of pieces) unpackedBytes += piece.length;
    yield* pieces.splice(0);
    if (fault !== null) throw fault;
  }
  stream.end();
  yield* pieces.splice(0);
  if (fault !== null) throw fault;
}

async function* unxz(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { default: xz } = await import('xz-decompress');
  const packed = bytes[Symbol.asyncIterator]();
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const next = await packed.next();
    if (next.done) controller.close();
    else controller.enqueue(next.value);
  };
  const reader = new xz.XzReadableStream(new ReadableStream({ pull }, { highWaterMark: 0 })).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

/**
 * What a stream makes of the bytes, a slice at a time. Read as a stream it would drop, when it fails, what it had made and
 * nobody had taken.
 */
async function* byStream(bytes: AsyncIterable<Uint8Array>, stream: Transform): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let fault: Error | null = null;
  const over = new Promise<void>((resolve) => {
    stream.once('end', resolve);
    stream.once('error', (error) => {
      fault = error;
      resolve();
    });
  });
  stream.on('data', (piece: Uint8Array) => pieces.push(piece));
  for await (const slice of bytes) {
    // When it fails, what was written is never said to be done.
    const written = new Promise<void>((resolve) => stream.write(slice, () => resolve()));
    await Promise.race([written, over]);
    yield* pieces.splice(0);
    if (fault !== null) throw fault;
  }
  stream.end();
  await over;
  yield* pieces.splice(0);
  if (fault !== null) throw fault;
}

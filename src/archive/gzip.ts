/** gzip, whatever is packed in it and how often, and what it may unpack to. */
import { UserError } from '../errors.ts';
import { peek } from './peek.ts';

/** The bytes behind a path: read from it, and unpacked from those, at whatever depth. */
export interface Tally {
  read: number;
  unpacked: number;
  /** Told of each chunk that was read. */
  onRead?: ((bytes: number) => void) | undefined;
}

/**
 * What gzip may make of a path: so much, and so many times what was read. perf script shrinks to a sixteenth, that of an
 * idle host to a sixtieth; a bomb grows a thousandfold.
 */
const FREELY_UNPACKED = 2 ** 30;
const MAX_GROWTH = 200;

const MAGIC = [0x1f, 0x8b];
const CHUNK_BYTES = 1 << 20;

/** The bytes, counted as read. */
export async function* counted(bytes: AsyncIterable<Uint8Array>, tally: Tally): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    tally.read += chunk.length;
    tally.onRead?.(chunk.length);
    yield chunk;
  }
}

/**
 * The stream itself, or what it unpacks to where it begins as gzip does.
 * @param name for errors
 * @throws UserError, while it is read, where more comes out than any tool's output packs into so little.
 */
export async function unpacked(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  tally: Tally,
): Promise<AsyncIterable<Uint8Array>> {
  const { first, all } = await peek(bytes, MAGIC.length);
  if (!isGzip(first)) return all;
  // Loaded where something is packed: most input is not.
  const [{ createGunzip }, { Readable }] = await Promise.all([import('node:zlib'), import('node:stream')]);
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const source = Readable.from(all);
  source.once('error', (error) => gunzip.destroy(error));
  return bounded(name, source.pipe(gunzip), tally);
}

export function isGzip(first: Uint8Array): boolean {
  return MAGIC.every((byte, i) => first[i] === byte);
}

async function* bounded(name: string, bytes: AsyncIterable<Uint8Array>, tally: Tally): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    tally.unpacked += chunk.length;
    if (tally.unpacked > FREELY_UNPACKED + MAX_GROWTH * tally.read)
      throw new UserError(
        `${name}: unpacks to more than ${MAX_GROWTH} times its size, as no output of a tool does; gunzip it yourself if you trust it`,
      );
    yield chunk;
  }
}

/** An archive that comes through a connection: after a greeting perhaps, cut short perhaps, or not at all. */
import { UserError } from '../errors.ts';
import { openStream } from './input.ts';
import { MANIFEST_NAME, parseManifest } from './manifest.ts';

/** More is no greeting. */
const MAX_GREETING = 2 ** 20;
/** What is told of it. */
const MAX_PRINTED = 200;
const USTAR = { offset: 257, text: 'ustar' };
const TAR_START = `${MANIFEST_NAME}\0`;
const GZIP_START = Buffer.from([0x1f, 0x8b, 8]);

export interface Arriving {
  /** The archive's own bytes. */
  bytes: AsyncIterable<Uint8Array>;
  found(): boolean;
  /** The first line of what came before it, or instead of it. */
  printed(): string;
}

/**
 * The capture in a stream that may begin with something else: what a login shell, a banner or a wrapper prints.
 * Our archives begin with their manifest, or as gzip does.
 */
export function archiveIn(stream: AsyncIterable<Uint8Array>): Arriving {
  let greeting: Buffer = Buffer.alloc(0);
  let found = false;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      if (found) {
        yield chunk;
        continue;
      }
      greeting = Buffer.concat([greeting, chunk]);
      const start = startIn(greeting);
      if (start >= 0) {
        found = true;
        const rest = greeting.subarray(start);
        greeting = greeting.subarray(0, start);
        yield rest;
      } else if (greeting.length > MAX_GREETING) return;
    }
  }
  return { bytes: bytes(), found: () => found, printed: () => firstLine(greeting) };
}

function startIn(greeting: Buffer): number {
  const packed = greeting.indexOf(GZIP_START);
  for (let at = greeting.indexOf(TAR_START); at >= 0; at = greeting.indexOf(TAR_START, at + 1)) {
    const magic = at + USTAR.offset;
    if (greeting.toString('latin1', magic, magic + USTAR.text.length) === USTAR.text)
      return packed < 0 ? at : Math.min(at, packed);
  }
  return packed;
}

function firstLine(greeting: Buffer): string {
  const line = greeting
    .toString('utf8', 0, MAX_GREETING)
    .split('\n')
    .find((each) => each.trim() !== '');
  return (line ?? '').trim().slice(0, MAX_PRINTED);
}

/**
 * Reads the archive to its end: every checksum, the end mark, and that all is there that the manifest names.
 * @throws UserError for one that is damaged, cut short or incomplete
 */
export async function verified(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const arrived = new Set<string>();
  const manifest: Uint8Array[] = [];
  try {
    for await (const file of openStream(name, bytes, { read: 0, unpacked: 0 })) {
      arrived.add(file.name);
      for await (const chunk of file.bytes) if (file.name === MANIFEST_NAME) manifest.push(chunk);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${name}: the archive is damaged or cut short (${(error as Error).message})`);
  }
  const { runs } = parseManifest(Buffer.concat(manifest).toString());
  const missing = runs.flatMap(({ file }) => (file === null || arrived.has(file) ? [] : [file]));
  if (missing.length > 0)
    throw new UserError(`${name}: the archive lacks ${missing.join(', ')}, which its manifest names`);
}

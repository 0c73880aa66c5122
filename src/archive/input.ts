/**
 * Whatever a person points at becomes a stream of named files: a capture.tar, the same gzipped, a folder it was
 * unpacked to, loose tool output, any of these gzipped, or stdin. Nothing is unpacked to disk, and a name from an
 * archive is only ever a label.
 */
import { closeSync, opendirSync, openSync, readSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { EmptyInput, UserError, unreadable } from '../errors.ts';
import { counted, isGzip, type Tally, unpacked } from './gzip.ts';
import { MANIFEST_NAME } from './manifest.ts';
import { peek } from './peek.ts';
import { STDIN } from './stdin.ts';

export interface InputFile {
  name: string;
  bytes: AsyncIterable<Uint8Array>;
  /** The file on disk that `bytes` are the bytes of, as they are; where there is one. */
  onDisk?: { path: string; size: number };
}

/** More entries than any capture has; past it an archive is refused as hostile. */
const MAX_ENTRIES = 10_000;
/** An archive whose entries say they hold more than this is refused before they are read. */
const MAX_ENTRY_BYTES = 64 * 2 ** 30;

/** `ustar` stands here in every tar that POSIX, GNU and busybox tar write. */
const TAR_MAGIC_OFFSET = 257;
const FIRST_BYTES = 512;
const BLOCK_BYTES = 512;
const FIRST_CHUNK_BYTES = 1 << 16;
const CHUNK_BYTES = 1 << 20;

/**
 * The files behind a path, one after another; each must be read before the next is asked for.
 * @param onRead told of the bytes that were read from the path, as they are on disk
 * @throws UserError when there is nothing at the path, it may not be read, or an archive is damaged.
 */
export async function* openInput(path: string, onRead?: (bytes: number) => void): AsyncGenerator<InputFile> {
  try {
    yield* open(path, { read: 0, unpacked: 0, onRead });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: ${unreadable(error as Error)}`);
  }
}

async function* open(path: string, tally: Tally): AsyncGenerator<InputFile> {
  if (path === STDIN) {
    yield* openStream('stdin', counted(process.stdin, tally), tally);
    return;
  }
  const facts = statSync(path);
  if (facts.isDirectory()) yield* openFolder(path, tally);
  else {
    const name = basename(path);
    const bytes = bytesOf(path);
    for await (const file of openStream(name, counted(bytes, tally), tally))
      yield facts.isFile() && isPlain(path) ? { ...file, onDisk: { path, size: facts.size } } : file;
    await bytes.return(undefined);
  }
}

/**
 * The file's bytes, read when they are asked for. Nothing else is done meanwhile: Node's streams, which read in another
 * thread, take 8 ms to begin.
 */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    // Of a large file no more is asked for than what it begins with.
    for (let size = FIRST_CHUNK_BYTES; ; size = CHUNK_BYTES) {
      const chunk = Buffer.allocUnsafe(size);
      const length = readSync(file, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** Whether the file's bytes are what it says, not a container of it. */
function isPlain(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const first = new Uint8Array(FIRST_BYTES);
    readSync(file, first);
    return !isGzip(first) && !isTar(first);
  } finally {
    closeSync(file);
  }
}

async function* openFolder(root: string, tally: Tally): AsyncGenerator<InputFile> {
  const paths: string[] = [];
  for await (const entry of opendirSync(root, { recursive: true })) {
    if (entry.isFile()) paths.push(join(entry.parentPath, entry.name));
    if (paths.length > MAX_ENTRIES) throw new UserError(`${root}: more than ${MAX_ENTRIES} files: not a capture`);
  }
  if (paths.length === 0) throw new EmptyInput(`${root}: an empty folder`);
  // The manifest first, as in an archive: what follows is read with its facts.
  paths.sort((a, b) => Number(isManifest(b)) - Number(isManifest(a)) || (a < b ? -1 : 1));
  for (const path of paths) {
    const name = relative(root, path);
    const bytes = bytesOf(path);
    yield { name, bytes: openedLate(name, counted(bytes, tally), tally) };
    await bytes.return(undefined);
  }
}

/** Opened when it is read, so that a file which may not be read does not hide the ones after it. */
async function* openedLate(name: string, bytes: AsyncIterable<Uint8Array>, tally: Tally): AsyncGenerator<Uint8Array> {
  yield* await unpacked(name, bytes, tally);
}

function isManifest(path: string): boolean {
  return basename(path) === MANIFEST_NAME;
}

/** The files in a stream of bytes: those of an archive, or the one that it is. */
export async function* openStream(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  tally: Tally,
): AsyncGenerator<InputFile> {
  const { first, all } = await peek(await unpacked(name, bytes, tally), FIRST_BYTES);
  if (first.length === 0) throw new EmptyInput(`${name}: empty`);
  if (isTar(first)) yield* openTar(name, all, tally);
  else yield { name, bytes: all };
}

async function* openTar(name: string, bytes: AsyncIterable<Uint8Array>, tally: Tally): AsyncGenerator<InputFile> {
  // Loaded where an archive is read: most input is none.
  // A CommonJS package: in the bundle only its default is there.
  const [{ default: tar }, { Readable }] = await Promise.all([import('tar-stream'), import('node:stream')]);
  const extract = tar.extract();
  const end = { isBlank: false };
  const source = Readable.from(watchingEnd(bytes, end));
  source.once('error', (error) => extract.destroy(error));
  source.pipe(extract);
  let entries = 0;
  try {
    for await (const entry of extract) {
      if (++entries > MAX_ENTRIES) throw new UserError(`${name}: more than ${MAX_ENTRIES} entries: not a capture`);
      if ((entry.header.size ?? 0) > MAX_ENTRY_BYTES)
        throw new UserError(`${name}: ${entry.header.name} says it is larger than ${MAX_ENTRY_BYTES} bytes`);
      if (entry.header.type === 'file')
        yield {
          name: entry.header.name,
          bytes: await unpacked(entry.header.name, entry as AsyncIterable<Uint8Array>, tally),
        };
      entry.resume();
    }
    if (!end.isBlank) throw new UserError(`${name}: the archive ends without its end mark: it was cut short`);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${name}: the archive is damaged or cut short (${(error as Error).message})`);
  }
}

/** Tells whether the last block was blank, which is how a tar ends: one cut between two entries looks whole otherwise. */
async function* watchingEnd(bytes: AsyncIterable<Uint8Array>, end: { isBlank: boolean }): AsyncGenerator<Uint8Array> {
  let last: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    last = chunk.length >= BLOCK_BYTES ? chunk : Buffer.concat([last.subarray(-BLOCK_BYTES), chunk]);
    end.isBlank = last.subarray(-BLOCK_BYTES).every((byte) => byte === 0);
    yield chunk;
  }
}

function isTar(first: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(first.subarray(TAR_MAGIC_OFFSET, TAR_MAGIC_OFFSET + 5)) === 'ustar';
}

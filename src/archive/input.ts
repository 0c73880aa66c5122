/**
 * Whatever a person points at becomes a stream of named files: a capture.tar, a zip, the same packed by gzip, xz, zstd or
 * bzip2, an archive in an archive, a folder it was unpacked to, loose tool output, any of these packed, or stdin. Nothing is
 * unpacked to disk, and a name from an archive is only ever a label.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { EmptyInput, UserError, unreadable } from '../errors.ts';
import { isOfBundle } from './bundle.ts';
import { filesIn } from './folder.ts';
import { MANIFEST_NAME } from './manifest.ts';
import { isDocumentation } from './no-output.ts';
import { peek } from './peek.ts';
import { STDIN } from './stdin.ts';
import { type ArchivedFile, isTar, MAX_ENTRIES, openTar } from './tar.ts';
import { counted, grown, isPacked, type Tally, unpacked } from './unpack.ts';
import { isZip, openZip } from './zip.ts';

export interface InputFile {
  name: string;
  bytes: AsyncIterable<Uint8Array>;
  /** The file on disk that `bytes` are the bytes of, as they are; where there is one. */
  onDisk?: { path: string; size: number };
  /** It was found in a folder or an archive: nobody named it. */
  isInside?: boolean;
  /** It was found there by a name that documentation has, or among documentation. */
  isDocumentation?: boolean;
}

/** Is told what of an archive is left out, in words. */
type Said = (what: string) => void;

/** An archive in an archive is read, one in that is not. */
const MAX_DEPTH = 1;
const FIRST_BYTES = 512;
const FIRST_CHUNK_BYTES = 1 << 16;
const CHUNK_BYTES = 1 << 20;

/**
 * The files behind a path, one after another; each must be read before the next is asked for.
 * @param onRead told of the bytes that were read from the path, as they are on disk
 * @param said is told what of it is damaged or left out and does not end it
 * @throws UserError when there is nothing at the path, it may not be read, or an archive is damaged; after all before that.
 */
export async function* openInput(
  path: string,
  { onRead, said = () => {} }: { onRead?: ((bytes: number) => void) | undefined; said?: Said } = {},
): AsyncGenerator<InputFile> {
  try {
    yield* open(path, { read: 0, unpacked: 0, onRead }, said);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: ${unreadable(error as Error)}`);
  }
}

async function* open(path: string, tally: Tally, said: Said): AsyncGenerator<InputFile> {
  if (path === STDIN) {
    yield* openStream('stdin', counted(process.stdin, tally), tally, said);
    return;
  }
  const facts = statSync(path);
  if (facts.isDirectory()) yield* openFolder(path, tally, said);
  else {
    const bytes = bytesOf(path);
    for await (const file of openStream(basename(path), counted(bytes, tally), tally, said))
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
    return !isPacked(first) && !isArchive(first);
  } finally {
    closeSync(file);
  }
}

function isArchive(first: Uint8Array): boolean {
  return isTar(first) || isZip(first);
}

async function* openFolder(root: string, tally: Tally, said: Said): AsyncGenerator<InputFile> {
  const paths: string[] = [];
  for (const path of filesIn(root, (folder, why) => said(`${folder}: ${unreadable(why)}`))) {
    paths.push(path);
    if (paths.length > MAX_ENTRIES) throw new UserError(`${root}: more than ${MAX_ENTRIES} files: not a capture`);
  }
  if (paths.length === 0) throw new EmptyInput(`${root}: an empty folder`);
  // The manifest first, as in an archive: what follows is read with its facts.
  paths.sort((a, b) => Number(isManifest(b)) - Number(isManifest(a)) || (a < b ? -1 : 1));
  // What is private in a bundle, and of which node a file is, is told by the whole of its name.
  const isBundle = isOfBundle(`${basename(resolve(root))}/x`);
  for (const path of paths) {
    const bytes = bytesOf(path);
    const inside = { name: relative(isBundle ? dirname(resolve(root)) : root, path), bytes: counted(bytes, tally) };
    for await (const file of expanded(inside, 0, tally, said)) yield foundInside(file, resolve(path));
    await bytes.return(undefined);
  }
}

function isManifest(path: string): boolean {
  return basename(path) === MANIFEST_NAME;
}

/** The files in a stream of bytes: those of an archive, or the one that it is. */
export async function* openStream(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  tally: Tally,
  said: Said = () => {},
): AsyncGenerator<InputFile> {
  const { first, all } = await peek(await unpacked(name, bytes, tally), FIRST_BYTES);
  if (first.length === 0) throw new EmptyInput(`${name}: empty`);
  if (!isArchive(first)) yield { name, bytes: all };
  else
    for await (const member of membersOf(name, first, all, tally, said))
      for await (const file of expanded(member, 0, tally, said)) yield foundInside(file, member.name);
}

/** A file that nobody named, by where it was found. */
function foundInside(file: InputFile, path: string): InputFile {
  return { ...file, isInside: true, ...(isDocumentation(path) ? { isDocumentation: true } : {}) };
}

function membersOf(
  name: string,
  first: Uint8Array,
  all: AsyncIterable<Uint8Array>,
  tally: Tally,
  said: Said,
): AsyncGenerator<ArchivedFile> {
  if (isTar(first)) return openTar(name, all, said);
  return withGrowth(openZip(name, all), tally);
}

/** What a zip unpacks is counted, too. */
async function* withGrowth(files: AsyncIterable<ArchivedFile>, tally: Tally): AsyncGenerator<ArchivedFile> {
  for await (const { name, bytes } of files) yield { name, bytes: grown(name, bytes, tally) };
}

/** The file unpacked, or the files in it. What keeps it from being opened is raised when its bytes are asked for. */
async function* expanded(
  { name, bytes }: ArchivedFile,
  depth: number,
  tally: Tally,
  said: Said,
): AsyncGenerator<InputFile> {
  const opened = await peekOrFault(name, bytes, tally);
  if ('fault' in opened) yield { name, bytes: raising(opened.fault) };
  else if (!isArchive(opened.first)) yield { name, bytes: opened.all };
  else if (depth >= MAX_DEPTH) said(`${name}: an archive in an archive in an archive; unpack it and analyze that`);
  else yield* nested(name, membersOf(name, opened.first, opened.all, tally, said), depth, tally, said);
}

async function* nested(
  name: string,
  members: AsyncGenerator<ArchivedFile>,
  depth: number,
  tally: Tally,
  said: Said,
): AsyncGenerator<InputFile> {
  try {
    for await (const member of members)
      yield* expanded({ ...member, name: `${name}/${member.name}` }, depth + 1, tally, said);
  } catch (error) {
    said(error instanceof UserError ? error.message : `${name}: damaged or cut short (${(error as Error).message})`);
  }
}

async function peekOrFault(name: string, bytes: AsyncIterable<Uint8Array>, tally: Tally) {
  try {
    return await peek(await unpacked(name, bytes, tally), FIRST_BYTES);
  } catch (fault) {
    return { fault: fault as Error };
  }
}

// biome-ignore lint/correctness/useYield: it has nothing to give
async function* raising(fault: Error): AsyncGenerator<Uint8Array> {
  throw fault;
}

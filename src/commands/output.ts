/**
 * Where results go. A file is written beside its place and renamed when it is whole, so that what was there is lost to no full
 * disk and to no signal; one of the inputs is never written over. Standard output is a well-behaved part of a pipe.
 */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isatty } from 'node:tty';
import type { Option } from '../cli/verb.ts';
import { UserError } from '../errors.ts';
import { partBeside } from '../part-file.ts';
import type { Inputs } from './inputs.ts';
import { isQuiet, printable, writeError } from './terminal.ts';

export type Chunks = Iterable<string | Uint8Array>;

/** A place for a result, looked at before the work begins. */
export interface Output {
  /** `-` for standard output. */
  path: string;
  /** It is kept from others because an input is. */
  isPrivate: boolean;
  /**
   * Writes the chunks, at the pace of the reader: the next chunk is asked for when the one before is written, so that its
   * memory may be used again.
   * @throws UserError where that fails; a file that was there is still there then
   */
  write(chunks: Chunks): Promise<void>;
}

export interface OutputOptions {
  inputs: Inputs;
  /** The option that names it, for messages. */
  option?: string;
  /** Permissions asked for; else those that the inputs have too. */
  mode?: number | undefined;
  /** It may be gzip, and so replace such a file. */
  isPacked?: boolean;
  /** The user did not name it: only a report of ours may be replaced. */
  isDefault?: boolean;
}

/** Chunks are gathered to this size: a write call per line would cost more than making the line. */
const WRITE_BYTES = 1 << 16;
const STDOUT = 1;
/** Captures and our reports are known by their first bytes. */
const HEAD_BYTES = 2048;
const OUR_MARK = '<meta name="generator" content="coldflame ';

export const MODE = {
  type: 'string',
  value: 'MODE',
  describe: 'permissions of what is written, such as 644 (default: those of the inputs)',
} as const satisfies Option;

/** `644` as the system has it. */
export function modeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw new UserError(`--mode must be three octal digits, such as 600 or 644 (got ${text})`, 2);
}

/**
 * @throws UserError (exit 2) for a place that is one of the inputs, or somebody else's file where none was named; (exit 1)
 * for one that cannot be written
 */
export function outputAt(
  path: string,
  { inputs, option = '-o', mode, isPacked = false, isDefault = false }: OutputOptions,
): Output {
  const there = path === '-' ? fstatSync(STDOUT) : statSync(path, { throwIfNoEntry: false });
  if (there?.isFile() && inputs.has(there))
    throw new UserError(
      path === '-'
        ? 'standard output is one of the inputs; name another file'
        : `${path} is one of the inputs; name another file with ${option}`,
      2,
    );
  if (path === '-') return { path, isPrivate: false, write: printData };
  if (there?.isDirectory()) throw new UserError(`${path}: is a folder; name a file in it`);
  // A pipe, a terminal, /dev/null: there is nothing to lose.
  if (there !== undefined && !there.isFile())
    return { path, isPrivate: false, write: async (chunks) => writeInto(path, chunks) };
  const head = there === undefined ? '' : headOf(path);
  if (!isPacked && head !== null && isCapture(head))
    throw new UserError(
      `${path} is an archive or a recording; name another file with ${option}, or remove it first`,
      2,
    );
  if (isDefault && there !== undefined && !head?.includes(OUR_MARK)) {
    const why = head === null ? 'may not be read by this user' : 'is no report of coldflame';
    throw new UserError(`${path} is there and ${why}; name another file with ${option}`, 2);
  }
  const place = behindLinks(path);
  checkFolder(path, place);
  const usual = 0o666 & ~process.umask();
  const permissions = mode ?? usual & (inputs.mode | 0o600);
  const owner = there ?? inputs.owner;
  return {
    path,
    isPrivate: mode === undefined && (usual & ~permissions & 0o044) !== 0,
    write: async (chunks) => replace(path, place, chunks, permissions, owner),
  };
}

/** Prints a result: every byte of it to a file or a pipe, but to a terminal nothing that drives it, as ls does. */
export async function printData(chunks: Chunks): Promise<void> {
  await print(isatty(STDOUT) ? printables(chunks) : chunks);
}

function* printables(chunks: Chunks): Generator<string> {
  const decoder = new TextDecoder();
  for (const chunk of chunks)
    yield printable(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
}

/** Prints to standard output. */
export async function print(chunks: Chunks): Promise<void> {
  try {
    for (const chunk of gathered(chunks)) await printChunk(chunk);
  } catch (error) {
    const fault = error as NodeJS.ErrnoException;
    // The reader of a pipe has seen enough (head): that is no fault.
    if (fault.code === 'EPIPE') return;
    throw faultOf('standard output', fault);
  }
}

/** Tells people what was done: on standard output, unless the result went there. With --quiet, nobody. */
export async function tell(text: string, output: string | null): Promise<void> {
  if (isQuiet()) return;
  if (output === '-') writeError(text);
  else await print([text]);
}

/** To standard output, without Node's stream, which takes 1 to 3 ms to make: it is asked where a pipe was told not to block. */
export async function printChunk(chunk: Uint8Array): Promise<void> {
  let at = 0;
  try {
    while (at < chunk.length) at += writeSync(STDOUT, chunk, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    await new Promise<void>((done, failed) => {
      // The stream says a fault twice: to whom wrote, and as an event that ends the process where nobody listens.
      process.stdout.once('error', failed);
      process.stdout.write(chunk.subarray(at), (fault) => {
        if (fault) return failed(fault);
        process.stdout.off('error', failed);
        done();
      });
    });
  }
}

type Owner = { uid: number; gid: number } | null;

function replace(path: string, place: string, chunks: Chunks, mode: number, owner: Owner): void {
  const part = partBeside(place);
  try {
    const file = openSync(part, 'wx', 0o600);
    try {
      for (const chunk of gathered(chunks)) for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
      fchmodSync(file, mode);
      own(file, owner);
      sync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, place);
  } catch (error) {
    discard(part);
    throw faultOf(path, error as NodeJS.ErrnoException);
  }
}

/** The fault that led here tells more than one of this. */
function discard(part: string): void {
  try {
    rmSync(part, { force: true });
  } catch {
    // The next run removes it.
  }
}

/** What root writes belongs to whoever owned what was there, or else the input: they could not read it otherwise. */
function own(file: number, owner: Owner): void {
  if (process.getuid?.() === 0 && owner !== null) fchownSync(file, owner.uid, owner.gid);
}

/** Some file systems cannot. */
function sync(file: number): void {
  try {
    fsyncSync(file);
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function writeInto(path: string, chunks: Chunks): void {
  try {
    const file = openSync(path, 'w');
    try {
      for (const chunk of gathered(chunks)) for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw faultOf(path, error as NodeJS.ErrnoException);
  }
}

/** The file that a link leads to, whether it is there or not: the link stays. */
function behindLinks(path: string): string {
  const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  if (!link) return path;
  try {
    return realpathSync(path);
  } catch {
    return resolve(dirname(path), readlinkSync(path));
  }
}

function checkFolder(path: string, place: string): void {
  const folder = dirname(place);
  const facts = statSync(folder, { throwIfNoEntry: false });
  if (!facts?.isDirectory()) throw new UserError(`${path}: its folder does not exist`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw faultOf(path, error as NodeJS.ErrnoException);
  }
}

/** What it begins with, byte for byte; null where it cannot be read. */
function headOf(path: string): string | null {
  try {
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return head.toString('latin1', 0, readSync(file, head));
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

/** gzip, tar and perf.data: what a capture may be, and no text or picture of ours is. */
function isCapture(head: string): boolean {
  return head.startsWith('\x1f\x8b') || head.startsWith('ustar', 257) || head.startsWith('PERFILE2');
}

/** A fault of the system in words; anything else is one of ours, and goes on as it is. */
function faultOf(path: string, error: NodeJS.ErrnoException): Error {
  return error.code === undefined ? error : new UserError(`${path}: ${reason(error)}`);
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOSPC') return 'no space left on the disk; name another place with -o';
  if (code === 'EDQUOT') return 'the disk quota is used up; name another place with -o';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to write there; name another place with -o';
  if (code === 'EROFS') return 'the file system is read-only; name another place with -o';
  if (code === 'EFBIG') return 'larger than files may be here (ulimit -f); name another place with -o';
  if (code === 'ENOENT') return 'cannot be created there; name another place with -o';
  return `cannot be written (${code ?? message})`;
}

function* gathered(chunks: Chunks): Generator<Uint8Array> {
  let text = '';
  for (const chunk of chunks) {
    if (typeof chunk === 'string') {
      text += chunk;
      if (text.length < WRITE_BYTES) continue;
    }
    if (text !== '') yield Buffer.from(text);
    text = '';
    if (typeof chunk !== 'string') yield chunk;
  }
  if (text !== '') yield Buffer.from(text);
}

/** The folder and those above it. Node's own recursive mkdir never ends where a folder can hold none, as in /proc. */
export async function makeFolder(folder: string, tries = 2): Promise<void> {
  const fault = await mkdir(folder).then(
    () => null,
    ({ code }: NodeJS.ErrnoException) => code,
  );
  if (fault === null || (fault === 'EEXIST' && (await stat(folder)).isDirectory())) return;
  const above = dirname(folder);
  if (fault !== 'ENOENT' || above === folder || tries === 1) throw Object.assign(new Error(), { code: fault });
  await makeFolder(above);
  // Once more: it, too, may be another process's by now, and where there can be none (/proc) it is not tried for ever.
  await makeFolder(folder, tries - 1);
}

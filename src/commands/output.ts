/** Writing results: to a file, or to standard output as a well-behaved part of a pipe. */
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../errors.ts';
import { isQuiet } from './terminal.ts';

/** Chunks are gathered to this size: a write call per line would cost more than making the line. */
const WRITE_BYTES = 1 << 16;
const STDOUT = 1;

/**
 * Writes the chunks to `path`, or to standard output when it is `-`, at the pace of the reader: the next chunk is asked
 * for when the one before is written, so that its memory may be used again.
 * @throws UserError when the place is full or may not be written.
 */
export async function writeOutput(path: string, chunks: Iterable<string | Uint8Array>): Promise<void> {
  try {
    if (path === '-') for (const chunk of gathered(chunks)) await print(chunk);
    else writeInto(path, chunks);
  } catch (error) {
    const fault = error as NodeJS.ErrnoException;
    // The reader of a pipe has seen enough (head): that is no fault.
    if (path === '-' && fault.code === 'EPIPE') return;
    if (fault.code === undefined) throw error;
    throw new UserError(`${path === '-' ? 'standard output' : path}: ${reason(fault, path)}`);
  }
}

/** Tells people what was done: on standard output, unless the result went there. With --quiet, nobody. */
export async function tell(text: string, output: string | null): Promise<void> {
  if (isQuiet()) return;
  if (output === '-') process.stderr.write(text);
  else await writeOutput('-', [text]);
}

/** Without Node's stream, which takes 1 to 3 ms to make: it is asked where a pipe was told not to block. */
async function print(chunk: Uint8Array): Promise<void> {
  let at = 0;
  try {
    while (at < chunk.length) at += writeSync(STDOUT, chunk, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(chunk.subarray(at), (fault) => (fault ? reject(fault) : resolve()));
    });
  }
}

function writeInto(path: string, chunks: Iterable<string | Uint8Array>): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk of gathered(chunks)) for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
  } finally {
    closeSync(file);
  }
}

function reason(error: NodeJS.ErrnoException, path: string): string {
  if (error.code === 'ENOSPC') return 'no space left on the disk; name another place with -o';
  if (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'EPERM')
    return 'no permission to write; name another place with -o';
  if (error.code === 'ENOENT')
    return existsSync(dirname(path))
      ? 'cannot be created there; name another place with -o'
      : 'its folder does not exist';
  if (error.code === 'EISDIR') return 'is a folder; name a file in it';
  return error.message;
}

function* gathered(chunks: Iterable<string | Uint8Array>): Generator<Uint8Array> {
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

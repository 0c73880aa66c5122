/** Writing results: to a file, or to standard output as a well-behaved part of a pipe. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../errors.ts';

/** Chunks are gathered to this size: a write call per line would cost more than making the line. */
const WRITE_BYTES = 1 << 16;

/**
 * Writes the chunks to `path`, or to standard output when it is `-`, at the pace of the reader.
 * @throws UserError when the place is full or may not be written.
 */
export async function writeOutput(path: string, chunks: Iterable<string | Uint8Array>): Promise<void> {
  const source = Readable.from(gathered(chunks), { objectMode: false });
  if (path === '-') {
    await pipeline(source, process.stdout, { end: false });
    return;
  }
  try {
    await pipeline(source, createWriteStream(path));
  } catch (error) {
    throw new UserError(`${path}: ${reason(error as NodeJS.ErrnoException)}`);
  }
}

function reason(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOSPC') return 'the disk is full; name another place with -o';
  if (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'EPERM')
    return 'may not be written; name another place with -o';
  if (error.code === 'ENOENT') return 'its folder does not exist';
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

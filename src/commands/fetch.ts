/**
 * An archive from a script that runs elsewhere: found among whatever else that host prints, verified while it comes, and given
 * its name when it is whole.
 */
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { archiveIn, verified } from '../archive/arriving.ts';
import { nameOf, startThere, supervised, type Way } from '../collectors/run.ts';
import { UserError } from '../errors.ts';
import { partBeside } from '../part-file.ts';
import { printChunk } from './output.ts';

export interface FetchOptions {
  /** A path, `-` for standard output, or empty for the first free capture.tar. */
  output: string;
  force: boolean;
  /** Bytes that stay free where it is written. */
  minFree: number;
}

export interface Fetched {
  /** Null where it went to standard output. */
  path: string | null;
  /** The script's. */
  status: number;
}

/** What the collector may write in all, and room for what its bounds do not count. */
const MAX_BYTES = 4 * 2 ** 30;
/** So often the free space is looked at. */
const LOOK_BYTES = 16 * 2 ** 20;
/** ssh's own exit status. */
const NO_WAY_THROUGH = 255;

/**
 * Runs a script that writes its archive to standard output, and brings the archive here, readable by its owner alone.
 * @throws UserError when no whole archive arrived; nothing is left of it then
 */
export async function fetchArchive(way: Way, script: string, options: FetchOptions): Promise<Fetched> {
  const { output, force } = options;
  if (output === '-') return { path: null, status: await arrive(way, script, printed) };
  const wanted = resolve(output === '' ? 'capture.tar' : output);
  checkPlace(wanted, output === '' || force);
  const part = partBeside(wanted);
  try {
    const file = openSync(part, 'wx', 0o600);
    let status: number;
    try {
      status = await arrive(way, script, writerTo(file, dirname(wanted), options.minFree));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return { path: publish(part, wanted, output === '' ? 'numbered' : force ? 'forced' : 'new'), status };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${wanted}: could not be written (${(error as NodeJS.ErrnoException).code ?? error})`);
  } finally {
    rmSync(part, { force: true });
  }
}

async function printed(chunk: Uint8Array): Promise<void> {
  await printChunk(chunk).catch(({ code }: NodeJS.ErrnoException) => {
    throw new UserError(`standard output: could not be written (${code})`);
  });
}

/** @throws UserError for a place where no archive can be, or where there is one that is not to be replaced */
function checkPlace(wanted: string, mayReplace: boolean): void {
  const there = statSync(wanted, { throwIfNoEntry: false });
  // Root would put a file in the place of /dev/null.
  if (there !== undefined && !there.isFile())
    throw new UserError(`${wanted}: not a file; name another with -o (-o - is standard output)`);
  if (there !== undefined && !mayReplace)
    throw new UserError(`${wanted} is there already; --force replaces it, -o names another`, 2);
}

/** Runs it and hands the archive on, chunk by chunk. */
async function arrive(way: Way, script: string, write: (chunk: Uint8Array) => void | Promise<void>): Promise<number> {
  const child = startThere(way, 'pipe');
  const ended = supervised(child, script);
  const name = nameOf(way);
  const arriving = archiveIn(child.stdout as AsyncIterable<Uint8Array>);
  let fault: unknown = null;
  try {
    await verified(name, forwarded(arriving.bytes, write));
  } catch (error) {
    fault = error;
    child.stdout?.destroy();
    child.stdin?.end();
  }
  const status = await ended;
  // What the connection says tells more than what did not come through it.
  if (!arriving.found()) throw nothingCame(name, way, status, arriving.printed());
  if (fault !== null) throw fault;
  return status;
}

async function* forwarded(
  bytes: AsyncIterable<Uint8Array>,
  write: (chunk: Uint8Array) => void | Promise<void>,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new UserError(`the archive is larger than ${MAX_BYTES / 2 ** 30} GiB: no capture is`);
    await write(chunk);
    yield chunk;
  }
}

function writerTo(file: number, folder: string, minFree: number): (chunk: Uint8Array) => void {
  let unlooked = LOOK_BYTES;
  return (chunk) => {
    unlooked += chunk.length;
    if (unlooked >= LOOK_BYTES) {
      unlooked = 0;
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize < minFree)
        throw new UserError(
          `${folder}: less than ${Math.round(minFree / 2 ** 20)} MiB free; name another place with -o or lower --min-free`,
        );
    }
    for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
  };
}

function nothingCame(name: string, way: Way, status: number, printed: string): UserError {
  const instead = printed === '' ? '' : `; it printed ${JSON.stringify(printed)}`;
  if ('ssh' in way && status === NO_WAY_THROUGH)
    return new UserError(`${name}: ssh did not get through; see what it said above`);
  const tried = 'via' in way ? `; \`echo echo hello | ${way.via}\` must print hello` : '';
  return new UserError(`${name}: no archive came back (exit status ${status})${instead}${tried}`);
}

/** Gives the archive its name; without one from the user, the first free of capture.tar, capture-2.tar, … */
function publish(part: string, wanted: string, how: 'numbered' | 'forced' | 'new'): string {
  if (how === 'forced') {
    renameSync(part, wanted);
    return wanted;
  }
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : join(dirname(wanted), `${basename(wanted, '.tar')}-${number}.tar`);
    try {
      // A link fails where the name is taken, whoever took it just now.
      linkSync(part, name);
      return name;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST' && how === 'numbered') continue;
      if (code === 'EEXIST')
        throw new UserError(`${wanted} is there already; --force replaces it, -o names another`, 2);
      // A file system without links: then with what is between looking and renaming.
      if (statSync(name, { throwIfNoEntry: false }) !== undefined) throw error;
      renameSync(part, name);
      return name;
    }
  }
}

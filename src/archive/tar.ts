/** The files in a tar, as far as it goes. */
import { UserError } from '../errors.ts';

/** More entries than a sosreport has; past it an archive is refused as hostile. */
export const MAX_ENTRIES = 50_000;
/** An archive whose entries say they hold more than this is refused before they are read. */
const MAX_ENTRY_BYTES = 64 * 2 ** 30;

const BLOCK_BYTES = 512;
/** The header's sum of its own bytes stands here, in octal digits; in the sum itself it counts as blanks. */
const [SUM_START, SUM_END] = [148, 156];

export interface ArchivedFile {
  name: string;
  bytes: AsyncIterable<Uint8Array>;
}

/** Whether the block is a header of tar: its sum is right. That of 1979 has no other mark. */
export function isTar(first: Uint8Array): boolean {
  if (first.length < BLOCK_BYTES || first[0] === 0) return false;
  const printed = new TextDecoder('latin1')
    .decode(first.subarray(SUM_START, SUM_END))
    .replace(/[\0 ]+/g, ' ')
    .trim();
  if (!/^[0-7]{1,7}$/.test(printed)) return false;
  let sum = 0;
  for (let i = 0; i < BLOCK_BYTES; i++) sum += i >= SUM_START && i < SUM_END ? 32 : (first[i] as number);
  return sum === Number.parseInt(printed, 8);
}

/**
 * The files, one after another. What the archive's stream raises ends them, and is raised when all before it were given.
 * @param said is told what of it is left out
 * @throws UserError where the archive is damaged or cut short, after its last whole file
 */
export async function* openTar(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  said: (what: string) => void,
): AsyncGenerator<ArchivedFile> {
  // Loaded where an archive is read: most input is none.
  // A CommonJS package: in the bundle only its default is there.
  const [{ default: tar }, { Readable }] = await Promise.all([import('tar-stream'), import('node:stream')]);
  const extract = tar.extract({ allowUnknownFormat: true } as never);
  const end = { isBlank: false, fault: null as Error | null };
  // An error of the source would destroy what the archive has not handed out yet.
  const source = Readable.from(watchingEnd(bytes, end));
  source.pipe(extract);
  const names = new Set<string>();
  let entries = 0;
  try {
    for await (const entry of extract) {
      const { name: inside, size = 0, type, pax } = entry.header;
      if (++entries > MAX_ENTRIES) throw new UserError(`${name}: more than ${MAX_ENTRIES} entries: not a capture`);
      if (size > MAX_ENTRY_BYTES)
        throw new UserError(`${name}: ${inside} says it is larger than ${MAX_ENTRY_BYTES} bytes`);
      // GNU tar writes the holes of a sparse file as a map before its data.
      const isSparse = Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'));
      if (isSparse || (type as string | null) === null) said(`${inside}: a member of a kind that is not read (sparse)`);
      else if (type === 'file' || type === 'contiguous-file') {
        if (names.has(inside)) said(`${inside}: twice in the archive; both are read`);
        names.add(inside);
        yield { name: inside, bytes: entry as AsyncIterable<Uint8Array> };
      }
      entry.resume();
    }
  } catch (error) {
    if (end.fault !== null) throw asUserError(name, end.fault);
    throw error instanceof UserError
      ? error
      : new UserError(`${name}: the archive is damaged or cut short (${(error as Error).message})`);
  }
  if (end.fault !== null) throw asUserError(name, end.fault);
  if (!end.isBlank) throw new UserError(`${name}: the archive ends without its end mark: it was cut short`);
}

function asUserError(name: string, error: Error): UserError {
  return error instanceof UserError ? error : new UserError(`${name}: damaged or cut short (${error.message})`);
}

/** Tells whether the last block was blank, which is how a tar ends: one cut between two entries looks whole otherwise. */
async function* watchingEnd(
  bytes: AsyncIterable<Uint8Array>,
  end: { isBlank: boolean; fault: Error | null },
): AsyncGenerator<Uint8Array> {
  let last: Uint8Array = new Uint8Array();
  try {
    for await (const chunk of bytes) {
      last = chunk.length >= BLOCK_BYTES ? chunk : Buffer.concat([last.subarray(-BLOCK_BYTES), chunk]);
      end.isBlank = last.subarray(-BLOCK_BYTES).every((byte) => byte === 0);
      yield chunk;
    }
  } catch (error) {
    end.fault = error as Error;
  }
}

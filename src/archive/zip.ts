/** The files in a zip, read from its beginning as a stream: what a cut or a damaged list at its end does not touch is read. */
import { UserError } from '../errors.ts';
import { peek } from './peek.ts';
import { type ArchivedFile, MAX_ENTRIES } from './tar.ts';

// PK\3\4 before a file; PK\5\6 of an archive without files
const MARKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x50, 0x4b, 0x05, 0x06],
] as const;
/** Stored and deflated: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.4.5 */
const METHODS = new Set([0, 8]);
/** A bit of the flags, which stand behind the mark and the version: 4.4.4 there. */
const [FLAGS_AT, ENCRYPTED] = [6, 1];
/** So little is unpacked at a time that what a bomb makes of it is no trouble. */
const SLICE_BYTES = 1 << 14;

export function isZip(first: Uint8Array): boolean {
  return MARKS.some((mark) => mark.every((byte, i) => first[i] === byte));
}

interface Entry {
  name: string;
  pieces: Uint8Array[];
  isDone: boolean;
  fault: Error | null;
}

/**
 * The files, one after another.
 * @throws UserError where the archive is damaged or cut short, after its last whole file
 */
export async function* openZip(name: string, packed: AsyncIterable<Uint8Array>): AsyncGenerator<ArchivedFile> {
  const { first, all: bytes } = await peek(packed, FLAGS_AT + 1);
  if (((first[FLAGS_AT] ?? 0) & ENCRYPTED) !== 0)
    throw new UserError(`${name}: encrypted: unpack it with its password and analyze the folder`);
  const { Unzip, UnzipInflate } = await import('fflate');
  const entries: Entry[] = [];
  let count = 0;
  const unzip = new Unzip((file) => {
    const entry: Entry = { name: file.name, pieces: [], isDone: false, fault: null };
    file.ondata = (fault, piece, isLast) => {
      if (piece?.length > 0) entry.pieces.push(piece);
      entry.fault ??= fault;
      entry.isDone ||= isLast || fault !== null;
    };
    entries.push(entry);
    count++;
    if (METHODS.has(file.compression)) file.start();
    else {
      const why = `packed in a way that is not read (method ${file.compression}): unpack ${name} and analyze the folder`;
      [entry.fault, entry.isDone] = [new UserError(`${file.name}: ${why}`), true];
    }
  });
  unzip.register(UnzipInflate);
  const source = inSlices(bytes)[Symbol.asyncIterator]();
  let isOver = false;
  let fault: Error | null = null;
  /** Reads on; false where there is no more. */
  const more = async (): Promise<boolean> => {
    if (isOver) return false;
    try {
      const next = await source.next();
      isOver = next.done === true;
      unzip.push(next.done ? new Uint8Array() : next.value, isOver);
    } catch (error) {
      fault = error as Error;
      isOver = true;
    }
    return true;
  };

  async function* contentOf(entry: Entry): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield* entry.pieces.splice(0);
      if (entry.fault !== null) throw entry.fault;
      if (entry.isDone) return;
      if (!(await more())) throw new Error('unexpected end of file');
    }
  }

  for (;;) {
    const entry = entries.shift();
    if (entry !== undefined) {
      if (count > MAX_ENTRIES) throw new UserError(`${name}: more than ${MAX_ENTRIES} entries: not a capture`);
      const content = contentOf(entry);
      if (!entry.name.endsWith('/')) yield { name: entry.name, bytes: content };
      // What was not wanted of it is passed over.
      while (!entry.isDone && (await more())) entry.pieces.length = 0;
    } else if (!(await more())) break;
  }
  if (fault !== null) throw asUserError(name, fault);
}

async function* inSlices(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes)
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) yield chunk.subarray(at, at + SLICE_BYTES);
}

function asUserError(name: string, error: Error): UserError {
  return error instanceof UserError
    ? error
    : new UserError(`${name}: the archive is damaged or cut short (${error.message})`);
}

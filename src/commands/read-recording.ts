/** perf.data with its symbols: those that came with it, those of places that were named, this machine's. */
import { statSync } from 'node:fs';
import { openInput } from '../archive/input.ts';
import { peek } from '../archive/peek.ts';
import { UserError, unreadable } from '../errors.ts';
import type { ParseContext } from '../parsers/grammar.ts';
import { type ParsedRecording, readRecording } from '../parsers/perfdata/reader.ts';
import { ArchivedSymbols } from '../symbols/archived.ts';
import { type SymbolPlace, Symbols } from '../symbols/finder.ts';
import { isOfSymbols } from '../symbols/kinds.ts';
import { Folder, ThisMachine } from '../symbols/on-disk.ts';
import { chunksOf, MAX_SYMBOL_BYTES, type Recordings, type SetAside } from './recordings.ts';
import { setV8Flag } from './v8-flag.ts';

export { recordedHost, recordedManifest, recordedNote } from './recorded-manifest.ts';

const HEAD_BYTES = 4096;

/**
 * Reads a recording that was set aside.
 * @param places where else its symbols may be, before those of this machine
 */
export async function readSetAside(
  { bytes, more }: SetAside,
  { symbolFiles }: Recordings,
  context: ParseContext,
  places: readonly SymbolPlace[],
): Promise<ParsedRecording> {
  const archived = new ArchivedSymbols();
  for (const { file, all } of symbolFiles) archived.add(file.name, all);
  const symbols = new Symbols([archived, ...places, new ThisMachine()], unpackXz);
  const read = () => withSmallNurseries(() => readRecording(bytes, context, { symbols, more }));
  const parsed = read();
  // Where symbols were met packed, they are unpacked now, and all is read once more.
  const whole = (await symbols.settle()) ? read() : parsed;
  return { ...whole, notes: [...whole.notes, ...symbols.refused] };
}

/** Of the objects that reading makes, one for each process and file, none lives on: the 32 MB that V8 would have them fill are of no use. */
function withSmallNurseries<T>(read: () => T): T {
  setV8Flag('--semi-space-growth-factor=1');
  try {
    return read();
  } finally {
    setV8Flag('--semi-space-growth-factor=2');
  }
}

/**
 * Where `--symbols` says that symbols are: a folder is looked into when something of it is wanted, an archive is read.
 * @throws UserError where there is nothing
 */
export async function symbolPlaces(paths: readonly string[], onRead?: OnRead): Promise<SymbolPlace[]> {
  return Promise.all(paths.map((path) => symbolPlace(path, onRead)));
}

/** Told of the bytes that are read, as they are on disk. */
type OnRead = ((bytes: number) => void) | undefined;

async function symbolPlace(path: string, onRead: OnRead): Promise<SymbolPlace> {
  try {
    if (statSync(path).isDirectory()) return new Folder(path);
  } catch (error) {
    throw new UserError(`--symbols ${path}: ${unreadable(error as Error)}`, 2);
  }
  const archived = new ArchivedSymbols();
  let count = 0;
  for await (const file of openInput(path, { onRead })) {
    const { first, all } = await peek(file.bytes, HEAD_BYTES);
    if (!isOfSymbols(file.name, first)) continue;
    archived.add(file.name, Buffer.concat(await chunksOf(all, MAX_SYMBOL_BYTES)));
    count++;
  }
  if (count === 0) throw new UserError(`--symbols ${path}: no symbols in it: ELF files, kallsyms, maps of JITs`, 2);
  return archived;
}

async function unpackXz(packed: Uint8Array): Promise<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const unpacked = new XzReadableStream(new Blob([packed as Uint8Array<ArrayBuffer>]).stream());
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

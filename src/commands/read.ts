/** Input to capture: the first half of the pipeline, which every verb that reads shares. */

import { binaryInWords, isRecording } from '../archive/binary.ts';
import { type InputFile, openInput } from '../archive/input.ts';
import { MANIFEST_NAME, parseManifest } from '../archive/manifest.ts';
import type { Taker } from '../archive/on-disk.ts';
import { peek } from '../archive/peek.ts';
import type { Capture, Manifest, Run } from '../datasets/capture.ts';
import { firstOfProfiles, layOnAxis } from '../datasets/clock.ts';
import { UserError } from '../errors.ts';
import type { Grammar, Head, ParseContext, Reader } from '../parsers/grammar.ts';
import { HEAD_BYTES, headOf } from '../parsers/head.ts';
import { largeGrammarFor } from '../parsers/large.ts';
import { text } from '../parsers/text.ts';
import { toolNamed } from '../tools/index.ts';
import { readParts } from './read-parts.ts';

export interface ReadOptions {
  /** Keep each sample of a profile: needed to select by time, thread or CPU. */
  samples: boolean;
  /** Frames without a symbol tell their address. */
  addresses?: boolean;
}

/** Raw text beyond this is not kept for the report: no tool but perf script prints as much. */
const MAX_RAW_BYTES = 4 * 2 ** 20;
/** A manifest larger than this is not one. */
const MAX_MANIFEST_BYTES = 16 * 2 ** 20;

/**
 * Reads everything behind the paths into one capture.
 * @throws UserError for what cannot be opened; damaged content is said in the sources instead.
 */
export async function readCapture(paths: readonly string[], options: ReadOptions): Promise<Capture> {
  const capture: Capture = { name: paths[0] ?? '', manifest: null, damage: [], sources: [], datasets: [] };
  for (const path of paths) {
    try {
      await readPath(path, capture, options);
    } catch (error) {
      if (!(error instanceof UserError) || capture.sources.length === 0) throw error;
      capture.damage.push(error.message);
    }
  }
  refuseWhatIsNone(capture);
  return capture;
}

/** Names are as the manifest has them: from the folder it is in, whatever `tar c .` or `tar c capture` put before them. */
async function readPath(path: string, capture: Capture, options: ReadOptions): Promise<void> {
  const arrived = new Set<string>();
  let folder: string | null = null;
  try {
    for await (const file of openInput(path)) {
      // The collector writes the manifest first, so that what follows is read with its facts.
      if (isManifest(file.name)) {
        folder = file.name.slice(0, -MANIFEST_NAME.length);
        await readManifest(file, capture);
        continue;
      }
      if (folder !== null && file.name.startsWith(folder)) file.name = file.name.slice(folder.length);
      arrived.add(file.name);
      await readFile(file, capture, options).catch((error: Error) => capture.damage.push(faultOf(file, error)));
    }
  } finally {
    // A manifest that was named by itself says nothing of the files beside it.
    if (folder !== null && !isManifest(path)) sayMissing(capture, arrived);
  }
}

function isManifest(name: string): boolean {
  return name.split('/').at(-1) === MANIFEST_NAME;
}

/** An archive that was cut between two of its files looks whole: its manifest tells what should be there. */
function sayMissing({ manifest, damage }: Capture, arrived: ReadonlySet<string>): void {
  const missing = (manifest?.runs ?? []).flatMap(({ file }) => (file === null || arrived.has(file) ? [] : [file]));
  if (missing.length > 0) damage.push(`${missing.join(', ')}: not there, though ${MANIFEST_NAME} names them`);
}

/** A manifest that cannot be used costs its facts, not the files beside it. */
async function readManifest(file: InputFile, capture: Capture): Promise<void> {
  try {
    capture.manifest = parseManifest(await textOf(file, MAX_MANIFEST_BYTES));
  } catch (error) {
    const { message } = error as Error;
    capture.damage.push(error instanceof UserError ? message : `${file.name}: damaged or cut short (${message})`);
  }
}

/** @throws UserError when there is nothing in it that a tool printed. */
function refuseWhatIsNone({ name, manifest, damage, sources }: Capture): void {
  if (manifest !== null) return;
  if (sources.length === 0) throw new UserError(damage[0] ?? `${name}: no files in it`);
  // One unknown text is shown as text; a folder of nothing else was a slip of the keyboard.
  if (sources.length > 1 && sources.every(({ grammar }) => grammar === text.name))
    throw new UserError(`${name}: no capture: no ${MANIFEST_NAME}, and no file in it is the output of a known tool`);
}

function faultOf({ name }: InputFile, error: NodeJS.ErrnoException): string {
  if (error.code !== undefined) return `${name}: cannot be read (${error.code})`;
  return `${name}: not read, by a fault of coldflame itself (${error.message}): please report it`;
}

/** Reads one file into the capture: finds its grammar, parses it, lays its times on the capture's axis. */
async function readFile(file: InputFile, capture: Capture, options: ReadOptions): Promise<void> {
  const run = runOf(file.name, capture.manifest);
  const { first, complete, all } = await peek(file.bytes, HEAD_BYTES);
  const binary = binaryInWords(first);
  if (binary !== null) {
    // perf.data stands in a capture on purpose (--keep-perf-data), for other tools.
    if (capture.manifest === null || !isRecording(first)) capture.damage.push(`${file.name}: ${binary}`);
    return;
  }
  const context: ParseContext = {
    name: file.name,
    tool: run?.tool ?? toolInName(file.name),
    interval: run?.interval ?? null,
    ...(run === null ? {} : { command: run.command }),
    samples: options.samples,
    addresses: options.addresses ?? false,
  };
  const grammar = await grammarFor(headOf(first.subarray(0, HEAD_BYTES), complete && first.length <= HEAD_BYTES));
  const reader = grammar.reader(context);
  const raw = new RawText();
  let damage: string | null = null;
  try {
    if (file.onDisk !== undefined && file.onDisk.size > MAX_RAW_BYTES && isTaker(reader)) {
      await readParts(file.onDisk.path, grammar, context, reader);
      raw.omit();
    } else {
      for await (const chunk of all) {
        raw.add(chunk);
        await reader.write(chunk);
      }
    }
  } catch (error) {
    const { message } = error as Error;
    damage = error instanceof UserError ? message : `${file.name}: damaged or cut short (${message})`;
  }
  const { datasets, tool, ...account } = await reader.end();
  if (damage !== null) capture.damage.push(`${damage}; what came before is shown`);
  const source = capture.sources.length;
  capture.sources.push({
    ...account,
    name: file.name,
    tool: tool ?? context.tool ?? datasets[0]?.tool ?? grammar.name,
    grammar: grammar.name,
    raw: raw.text(),
    run: run === null ? null : (capture.manifest?.runs.indexOf(run) ?? null),
  });
  const firstSample = firstOfProfiles(datasets);
  for (const dataset of datasets) {
    dataset.source = source;
    layOnAxis(dataset, capture.manifest, run?.started ?? null, dataset.shape === 'stacks' ? firstSample : null);
    capture.datasets.push(dataset);
  }
}

/** A large file's grammar is found without loading all the others: start-up is a good part of its time. */
async function grammarFor(head: Head): Promise<Grammar> {
  return largeGrammarFor(head) ?? (await import('../parsers/registry.ts')).grammarFor(head);
}

function isTaker(reader: Reader): reader is Reader & Taker {
  return reader.room !== undefined && reader.filled !== undefined;
}

function runOf(name: string, manifest: Manifest | null): Run | null {
  return manifest?.runs.find((run) => run.file === name) ?? null;
}

/** The tool that a file is called after: `samples/biosnoop/idle.txt` and `runqlat-2.log` are told by a word in them. */
function toolInName(name: string): string | null {
  const words = name
    .split('/')
    .reverse()
    .map((part) => /^\w+/.exec(part)?.[0] ?? '');
  return words.find((word) => toolNamed(word) !== undefined) ?? null;
}

/** The text of a file as it was read, unless it is too large to keep. */
class RawText {
  private chunks: Uint8Array[] = [];
  private length = 0;

  add(chunk: Uint8Array): void {
    this.length += chunk.length;
    if (this.length > MAX_RAW_BYTES) this.chunks = [];
    else this.chunks.push(chunk);
  }

  /** For a file that is not kept whatever its length. */
  omit(): void {
    this.length = Number.POSITIVE_INFINITY;
    this.chunks = [];
  }

  text(): string | null {
    return this.length > MAX_RAW_BYTES ? null : new TextDecoder().decode(Buffer.concat(this.chunks));
  }
}

async function textOf(file: InputFile, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file.bytes) {
    length += chunk.length;
    if (length > limit) break;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

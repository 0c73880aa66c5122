/** One file of input into the capture: its grammar, its datasets, its times on the capture's axis. */
import { binaryInWords, isReport } from '../archive/binary.ts';
import { bundleRoot, hostFactsIn, partsOf } from '../archive/bundle.ts';
import { type Encoding, encodingOf, inUtf8 } from '../archive/encoding.ts';
import type { InputFile } from '../archive/input.ts';
import { isNoOutput } from '../archive/no-output.ts';
import type { Taker } from '../archive/on-disk.ts';
import { peek } from '../archive/peek.ts';
import type { Capture, Manifest, Run, Source } from '../datasets/capture.ts';
import { firstOfProfiles, layOnAxis } from '../datasets/clock.ts';
import { calibrate } from '../datasets/marks.ts';
import type { Dataset } from '../datasets/shapes.ts';
import { tellTiming } from '../datasets/timing.ts';
import { UserError } from '../errors.ts';
import type { Pseudonyms } from '../masking/pseudonyms.ts';
import { type BinaryGrammar, binaryGrammarFor } from '../parsers/binary.ts';
import { folded, isOfLoneFrames } from '../parsers/folded.ts';
import type { Grammar, Head, ParseContext, Parsed, Reader } from '../parsers/grammar.ts';
import { HEAD_BYTES, headOf } from '../parsers/head.ts';
import { largeGrammarFor } from '../parsers/large.ts';
import { markCounters } from '../parsers/measure.ts';
import { text } from '../parsers/text.ts';
import type { ReadSection } from '../sections/read.ts';
import { toolNamed } from '../tools/index.ts';
import { type BundleFacts, takenIn } from './bundles.ts';
import { readParts } from './read-parts.ts';
import { chunksOf, type Recordings } from './recordings.ts';

export interface ReadOptions {
  /** Keep each sample of a profile: needed to select by time, thread or CPU. */
  samples: boolean;
  /** Frames without a symbol tell their address. */
  addresses?: boolean;
  /**
   * Stacks are wanted: a loose text whose lines are all a name and a number is stacks of one frame, as to flamegraph.pl.
   * Unasked it is not: so is many another listing, /proc/vmstat first of all.
   */
  loneFrames?: boolean;
  /** Whether passwords and tokens are kept out of everything that is made of it; they are unless this is false. */
  mask?: boolean;
  /** Names in place of those of hosts, users and the like. */
  redact?: Pseudonyms | undefined;
  /** Told of the bytes that are read, as they are on disk. */
  onRead?: ((bytes: number) => void) | undefined;
  /** Where perf.data finds symbols, beside what came with it and this machine. */
  symbols?: readonly string[] | undefined;
  /** The tool that printed the files without a manifest, whatever their content looks like. */
  as?: string | undefined;
  /** Takes what files of bundles tell of their hosts. */
  bundles?: BundleFacts;
  /** Takes the captures of our own reports, each of which is one; without it they are left aside. */
  reports?: Capture[] | undefined;
  /** Takes recordings and symbols aside, until all is there. */
  recordings?: Recordings;
}

/** Raw text beyond this is not kept for the report: no tool but perf script prints as much. */
const MAX_RAW_BYTES = 4 * 2 ** 20;

/**
 * Reads one file into the capture. What is damaged in it is said in the capture, which keeps what came before the damage.
 * Raises what keeps the file from being opened, and faults of our own.
 */
export async function readFile(file: InputFile, capture: Capture, options: ReadOptions): Promise<void> {
  const { first, complete, all } = await peek(file.bytes, HEAD_BYTES);
  const run = runOf(file.name, capture.manifest);
  if (await options.recordings?.takes(file, first, all)) return;
  if (isReport(first)) return readReport(file.name, all, capture, options.reports);
  const packed = binaryGrammarFor(first);
  if (packed !== undefined) return readPacked({ ...file, bytes: all }, packed, capture, run, options);
  const binary = binaryInWords(first);
  // What a manifest names is of a tool, whatever it is called.
  const isBeside = file.isInside === true && run === null;
  if (isBeside && (file.isDocumentation === true || isNoOutput(file.name) || binary?.isReadable === false))
    leaveAside(capture, file.name);
  else if (binary !== null) capture.damage.push(`${file.name}: ${binary.words}`);
  else {
    const encoding = encodingOf(first);
    const head = headOf(first.subarray(0, HEAD_BYTES), complete && first.length <= HEAD_BYTES, encoding);
    await readText(asText(file, all, encoding), head, capture, run, options);
  }
}

/** The file in UTF-8: what had to be decoded is no longer what is on disk. */
function asText({ onDisk, ...file }: InputFile, all: AsyncIterable<Uint8Array>, encoding: Encoding): InputFile {
  const isSame = onDisk !== undefined && encoding === 'utf-8';
  return { ...file, ...(isSame ? { onDisk } : {}), bytes: inUtf8(all, encoding) };
}

/** A report of our own is the capture that it was made of. */
async function readReport(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  capture: Capture,
  reports: ReadOptions['reports'],
): Promise<void> {
  if (reports === undefined) return leaveAside(capture, name);
  const { captureInReport } = await import('./read-report.ts');
  reports.push(captureInReport(name, Buffer.concat(await chunksOf(bytes))));
}

async function readPacked(
  { name, bytes }: InputFile,
  grammar: BinaryGrammar,
  capture: Capture,
  run: Run | null,
  options: ReadOptions,
): Promise<void> {
  const reader = (await grammar.load())(contextOf(name, run, options));
  for await (const chunk of bytes) await reader.write(chunk);
  const parsed = await reader.end();
  addSource(capture, parsed, { name, tool: parsed.tool ?? grammar.name, grammar: grammar.name, raw: null, run });
}

/**
 * Reads what a tool printed, in one grammar where that is known, else whatever outputs are in it.
 * @param file its bytes are in UTF-8
 */
async function readText(
  file: InputFile,
  head: Head,
  capture: Capture,
  run: Run | null,
  options: ReadOptions,
): Promise<void> {
  const context = contextOf(file.name, run, options);
  if (run === null && options.as !== undefined) {
    const grammar = await forcedGrammar(file.name, head, { ...context, tool: options.as });
    await readWhole(file, grammar, { ...context, tool: options.as }, run, capture, options.onRead);
    return;
  }
  const isLarge = file.onDisk !== undefined && file.onDisk.size > MAX_RAW_BYTES && largeGrammarFor(head) !== undefined;
  const isLone = options.loneFrames === true && isOfLoneFrames(head) && (await grammarFor(head)) === text;
  // What the collector wrote is one tool's, and stacks come by the gigabyte: these are not looked through for others.
  if (run !== null || isLone || isLarge)
    await readWhole(file, isLone ? folded : await grammarFor(head), context, run, capture, options.onRead);
  else await readLoose(file, context, capture, options.bundles ?? new Map());
}

/** Counts a file that holds nothing of a tool and stands beside what does. */
export function leaveAside(capture: Capture, name: string): void {
  capture.aside ??= [];
  capture.aside.push(name);
}

/** Reads the recordings that were set aside, each as a source. Symbols without a recording are files like any other. */
export async function readRecordings(recordings: Recordings, capture: Capture, options: ReadOptions): Promise<void> {
  const { recordings: _, ...plain } = options;
  if (recordings.recordings.length === 0) {
    for (const { file, all } of recordings.symbolFiles) await readFile({ ...file, bytes: once(all) }, capture, plain);
    return;
  }
  const { readSetAside, recordedHost, recordedManifest, recordedNote, symbolPlaces } = await import(
    './read-recording.ts'
  );
  const places = await symbolPlaces(options.symbols ?? [], options.onRead);
  const isAlone = recordings.recordings.length === 1 && capture.sources.length === 0 && capture.manifest === null;
  for (const aside of recordings.recordings) {
    const { name } = aside.file;
    const context = contextOf(name, runOf(name, capture.manifest), options);
    const { damage, facts, ...parsed } = await readSetAside(aside, recordings, context, places);
    const isEmpty = parsed.lines === 0;
    for (const fault of damage) capture.damage.push(`${name}: ${fault}${isEmpty ? '' : '; what came before is shown'}`);
    if (isEmpty) continue;
    if (isAlone) {
      capture.manifest = recordedManifest(name, facts, parsed.datasets);
      const [host, note] = capture.manifest === null ? [recordedHost(facts), recordedNote(facts)] : [null, null];
      if (host !== null) capture.host = host;
      if (note !== null) parsed.notes.unshift(note);
    }
    const run = runOf(name, capture.manifest);
    const told = run === null && facts.command !== '' ? { command: facts.command } : {};
    addSource(capture, parsed, { name, tool: context.tool ?? 'perf', grammar: 'perf.data', raw: null, run, ...told });
  }
}

async function* once(all: Uint8Array): AsyncGenerator<Uint8Array> {
  yield all;
}

async function readWhole(
  file: InputFile,
  grammar: Grammar,
  context: ParseContext,
  run: Run | null,
  capture: Capture,
  onRead: ReadOptions['onRead'],
): Promise<void> {
  const reader = grammar.reader(context);
  const { raw, length, damage } = await feed(reader, grammar, context, file, onRead);
  const parsed = await reader.end();
  if (damage !== null) capture.damage.push(`${damage}; what came before is shown`);
  const tool = parsed.tool ?? context.tool ?? parsed.datasets[0]?.tool ?? grammar.name;
  addSource(capture, parsed, { name: file.name, tool, grammar: grammar.name, raw, bytes: length, run });
}

/** A file of which nothing is known: whatever outputs are in it, each as a source. */
async function readLoose(
  { name, bytes }: InputFile,
  context: ParseContext,
  capture: Capture,
  bundles: BundleFacts,
): Promise<void> {
  const { readSections } = await import('../sections/read.ts');
  let damage: string | null = null;
  const sound = untilDamaged(bytes, (error) => {
    damage = error instanceof UserError ? error.message : `${name}: damaged or cut short (${error.message})`;
  });
  const sections = await readSections(sound, { context, maxRaw: MAX_RAW_BYTES });
  if (damage !== null) capture.damage.push(`${damage}; what came before is shown`);
  if (capture.manifest === null) addHostFacts(name, sections, bundles);
  for (const { grammar, parsed, command, title, host, facts, firstLine, raw } of sections) {
    const isOne = sections.length === 1;
    const tool = parsed.tool ?? parsed.datasets[0]?.tool ?? grammar.name;
    const { cpus = null } = { ...facts, ...(grammar === text ? hostFactsIn(command ?? name, raw ?? '') : {}) };
    addSource(capture, parsed, {
      name: isOne ? name : `${name}: ${title ?? tool}`,
      tool,
      grammar: grammar.name,
      raw,
      run: null,
      ...(isOne ? {} : { file: name }),
      ...(firstLine === 1 ? {} : { firstLine }),
      ...(command === null ? {} : { command }),
      ...(host === null ? {} : { host }),
      ...(cpus === null ? {} : { cpus }),
    });
    if (capture.manifest === null)
      capture.host = { ...capture.host, ...facts, ...(host === null ? {} : { hostname: host }) };
  }
}

/** `hostname`, `uname -a`, lscpu: a file of a bundle, or the output of a command in one. */
function addHostFacts(name: string, sections: readonly ReadSection[], bundles: BundleFacts): void {
  const root = bundleRoot(name) ?? '';
  for (const { raw, grammar, command } of sections) {
    if (raw === null || grammar !== text) continue;
    for (const [what, printed] of partsOf(command ?? name, raw)) {
      const facts = { ...hostFactsIn(what, printed), ...takenIn(what, printed) };
      if (Object.keys(facts).length > 0) bundles.set(root, { ...bundles.get(root), ...facts });
    }
  }
}

async function* untilDamaged(
  bytes: AsyncIterable<Uint8Array>,
  damaged: (error: Error) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    damaged(error as Error);
  }
}

function contextOf(name: string, run: Run | null, { samples, addresses = false }: ReadOptions): ParseContext {
  return {
    name,
    tool: run?.tool ?? toolInName(name),
    interval: run?.interval ?? null,
    ...(run === null ? {} : { command: run.command }),
    samples,
    addresses,
  };
}

/** Gives the file's bytes to the reader. What is wrong with them is told, for the reader has what came before. */
async function feed(
  reader: Reader,
  grammar: Grammar,
  context: ParseContext,
  { name, bytes, onDisk }: InputFile,
  onRead: ReadOptions['onRead'],
): Promise<{ raw: string | null; length: number; damage: string | null }> {
  const raw = new RawText();
  let length = 0;
  let damage: string | null = null;
  try {
    if (onDisk !== undefined && onDisk.size > MAX_RAW_BYTES && isTaker(reader)) {
      await readParts(onDisk.path, grammar, context, reader, onRead);
      raw.omit();
      length = onDisk.size;
    } else {
      for await (const chunk of bytes) {
        raw.add(chunk);
        length += chunk.length;
        await reader.write(chunk);
      }
    }
  } catch (error) {
    const { message } = error as Error;
    damage = error instanceof UserError ? message : `${name}: damaged or cut short (${message})`;
  }
  return { raw: raw.text(), length, damage };
}

type SourceFacts = Pick<
  Source,
  'name' | 'tool' | 'grammar' | 'raw' | 'bytes' | 'file' | 'firstLine' | 'command' | 'host'
> & {
  run: Run | null;
};

/** Adds the source and its datasets, their times laid on the capture's axis. */
function addSource(capture: Capture, { datasets, host: _, ...account }: Parsed, { run, ...facts }: SourceFacts): void {
  const { manifest, sources } = capture;
  const source = sources.length;
  sources.push({ ...account, ...facts, run: run === null ? null : (manifest?.runs.indexOf(run) ?? null) });
  const isRepeated = toolNamed(facts.tool)?.capture.some(({ interval }) => interval !== undefined) === true;
  for (const dataset of datasets) {
    dataset.source = source;
    markCounters(dataset);
    tellTiming(dataset, run?.interval ?? null, isRepeated || dataset.shape !== 'events', lengthOf(run));
    capture.datasets.push(dataset);
  }
  // What has no manifest is laid when all of it is there.
  if (manifest !== null) layOnCapture(datasets, manifest, run);
}

function lengthOf(run: Run | null): number | null {
  return run === null || run.started === null || run.ended === null ? null : run.ended - run.started;
}

/** Lays a source's times on the axis that a manifest tells. */
export function layOnCapture(datasets: readonly Dataset[], manifest: Manifest, run: Run | null = null): void {
  const firstSample = firstOfProfiles(datasets);
  for (const dataset of datasets) {
    layOnAxis(dataset, manifest, run, dataset.shape === 'stacks' ? firstSample : null);
    if (dataset.shape === 'events') calibrate(dataset, manifest.marks);
  }
}

let registry: Promise<typeof import('../parsers/registry.ts')> | null = null;

/** A large file's grammar is found without loading all the others: start-up is a good part of its time. */
async function grammarFor(head: Head): Promise<Grammar> {
  const large = registry === null ? largeGrammarFor(head) : undefined;
  if (large !== undefined) return large;
  registry ??= import('../parsers/registry.ts');
  return (await registry).grammarFor(head);
}

/** @throws UserError where the tool is none of the catalogue, or prints nothing like the file. */
async function forcedGrammar(name: string, head: Head, context: ParseContext & { tool: string }): Promise<Grammar> {
  const { tool } = context;
  if (toolNamed(tool) === undefined)
    throw new UserError(`--as ${tool} is no known tool; coldflame tools lists them`, 2);
  const { grammarReading } = await import('../parsers/registry.ts');
  const grammar = await grammarReading(head, context);
  if (grammar === null) throw new UserError(`${name}: no line of it reads as the output of ${tool}`);
  return grammar;
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

/** Input to capture: the first half of the pipeline, which every verb that reads shares. */

import { type InputFile, openInput } from '../archive/input.ts';
import { MANIFEST_NAME, parseManifest } from '../archive/manifest.ts';
import type { Capture } from '../datasets/capture.ts';
import { UserError, unreadable } from '../errors.ts';
import { maskCapture } from '../masking/mask.ts';
import { redactCapture } from '../masking/redact.ts';
import { text } from '../parsers/text.ts';
import { type ReadOptions, readFile, readRecordings } from './read-file.ts';
import { Recordings } from './recordings.ts';

/** A manifest larger than this is not one. */
const MAX_MANIFEST_BYTES = 16 * 2 ** 20;

/**
 * Reads everything behind the paths into one capture.
 * @throws UserError for what cannot be opened; damaged content is said in the sources instead.
 */
export async function readCapture(paths: readonly string[], options: ReadOptions): Promise<Capture> {
  const capture: Capture = { name: paths[0] ?? '', manifest: null, damage: [], sources: [], datasets: [] };
  const recordings = new Recordings();
  for (const path of paths) {
    try {
      await readPath(path, capture, { ...options, recordings });
    } catch (error) {
      if (!(error instanceof UserError) || capture.sources.length === 0) throw error;
      capture.damage.push(error.message);
    }
  }
  await readRecordings(recordings, capture, options);
  expectOutput(capture);
  if (options.mask !== false) maskCapture(capture);
  if (options.redact !== undefined) redactCapture(capture, options.redact);
  return capture;
}

/** Names are as the manifest has them: from the folder it is in, whatever `tar c .` or `tar c capture` put before them. */
async function readPath(path: string, capture: Capture, options: ReadOptions): Promise<void> {
  const arrived = new Set<string>();
  let folder: string | null = null;
  try {
    for await (const file of openInput(path, options.onRead)) {
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
function expectOutput({ name, manifest, damage, sources }: Capture): void {
  if (manifest !== null) return;
  if (sources.length === 0) throw new UserError(damage[0] ?? `${name}: no files in it`);
  // One unknown text is shown as text; a folder of nothing else was a slip of the keyboard.
  if (sources.length > 1 && sources.every(({ grammar }) => grammar === text.name))
    throw new UserError(`${name}: no capture: no ${MANIFEST_NAME}, and no file in it is the output of a known tool`);
}

function faultOf({ name }: InputFile, error: NodeJS.ErrnoException): string {
  if (error.code !== undefined) return `${name}: ${unreadable(error)}`;
  return `${name}: not read, by a fault of coldflame itself (${error.message}): please report it`;
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

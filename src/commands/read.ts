/** Input to captures: the first half of the pipeline, which every verb that reads shares. */

import { isOfBundle, isWanted } from '../archive/bundle.ts';
import { type InputFile, openInput } from '../archive/input.ts';
import { isForeign, MANIFEST_NAME, parseManifest } from '../archive/manifest.ts';
import { STDIN } from '../archive/stdin.ts';
import { commas } from '../datasets/amounts.ts';
import type { Capture, Manifest, Source } from '../datasets/capture.ts';
import { groupsOf } from '../datasets/groups.ts';
import { byHost, nameOf, partOf } from '../datasets/hosts.ts';
import { layTogether } from '../datasets/loose-clock.ts';
import { tellOnce } from '../datasets/once-told.ts';
import type { Dataset } from '../datasets/shapes.ts';
import { UserError, unreadable } from '../errors.ts';
import { maskCapture } from '../masking/mask.ts';
import { redactCapture } from '../masking/redact.ts';
import { csv } from '../parsers/csv/csv.ts';
import { text } from '../parsers/text.ts';
import { setByTraffic } from '../signals/agreement.ts';
import { type BundleFacts, byBundle } from './bundles.ts';
import { raiseBySize } from './limits.ts';
import { layOnCapture, leaveAside, type ReadOptions, readFile, readRecordings } from './read-file.ts';
import { Recordings } from './recordings.ts';

/** A manifest larger than this is not one. */
const MAX_MANIFEST_BYTES = 16 * 2 ** 20;

/**
 * Reads everything behind the paths into one capture.
 * @throws UserError for what cannot be opened, and for captures of several hosts; damaged content is said in the capture.
 */
export async function readCapture(paths: readonly string[], options: ReadOptions): Promise<Capture> {
  const captures = await readCaptures(paths, options);
  if (captures.length === 1) return captures[0] as Capture;
  const names = captures.map(nameOf);
  throw new UserError(
    `${paths.join(', ')}: ${captures.length} captures, which are not merged: ${names.join(', ')}; name one of them, or write a report each with: coldflame analyze -o DIR/`,
  );
}

/**
 * Reads everything behind the paths: a capture for each manifest, and for the files without one a capture for each host
 * that they name. Files without a manifest beside one capture are of that.
 * @throws UserError for what cannot be opened; damaged content is said in the captures.
 */
export async function readCaptures(paths: readonly string[], options: ReadOptions): Promise<Capture[]> {
  raiseBySize(paths);
  const captures = await capturesBehind(paths, options);
  if (options.mask !== false) for (const capture of captures) maskCapture(capture);
  if (options.redact !== undefined) for (const capture of captures) redactCapture(capture, options.redact);
  return captures;
}

async function capturesBehind(paths: readonly string[], reading: ReadOptions): Promise<Capture[]> {
  const bundles: BundleFacts = new Map();
  const options = { ...reading, bundles };
  const captures: Capture[] = [];
  const loose = emptyCapture(paths[0] ?? '');
  const loosePaths: string[] = [];
  const recordings = new Recordings();
  for (const path of paths) {
    try {
      const found = await readPath(path, loose, recordings, options);
      if (found.length === 0) loosePaths.push(path);
      captures.push(...found);
    } catch (error) {
      if (!(error instanceof UserError) || (captures.length === 0 && loose.sources.length === 0)) throw error;
      loose.damage.push(error.message);
    }
  }
  const [only] = captures;
  if (only !== undefined && captures.length === 1) {
    // Read again, now that the clock of their capture is known: they are few and small beside it.
    for (const path of loosePaths.filter((each) => each !== STDIN)) await readInto(only, path, options);
    if (loosePaths.includes(STDIN) || loosePaths.length === 0) {
      await readRecordings(recordings, loose, options);
      moveInto(only, loose);
    }
    return [laidTogether(only)];
  }
  await readRecordings(recordings, loose, options);
  if (captures.length === 0) {
    leaveTextsAside(loose, paths);
    expectOutput(loose);
    sayBinaryDays(loose);
    return hostsOf(loose, bundles);
  }
  const others = loose.sources.length > 0 || loose.damage.length > 0 ? hostsOf(loose, bundles) : [];
  return [...captures, ...others];
}

function hostsOf(loose: Capture, bundles: BundleFacts): Capture[] {
  const captures = byBundle(loose, bundles).flatMap(byHost).map(laidTogether);
  // Which of several logs tells when is known now.
  for (const capture of captures) tellOnce(capture);
  return captures;
}

/** Without a manifest times are laid by the clocks that the files print, once all of a host's are there. */
function laidTogether(capture: Capture): Capture {
  if (capture.manifest !== null) return capture;
  const sources = capture.sources.map(({ notes }) => ({
    datasets: [] as Dataset[],
    note: (text: string) => notes.push(text),
  }));
  for (const dataset of capture.datasets) sources[dataset.source]?.datasets.push(dataset);
  return { ...capture, printedClock: layTogether(sources, capture.taken) };
}

function emptyCapture(name: string): Capture {
  return { name, manifest: null, damage: [], sources: [], datasets: [] };
}

async function readInto(capture: Capture, path: string, options: ReadOptions): Promise<void> {
  const said = (what: string) => capture.damage.push(what);
  const recordings = new Recordings();
  for await (const file of openInput(path, { said })) await readFileInto(file, capture, { ...options, recordings });
  await readRecordings(recordings, capture, options);
}

function moveInto(capture: Capture, { host, aside, sources, datasets, damage }: Capture): void {
  const before = capture.sources.length;
  for (const dataset of datasets) dataset.source += before;
  if (capture.manifest !== null) for (const each of byFile(datasets)) layOnCapture(each, capture.manifest);
  capture.sources.push(...sources);
  capture.datasets.push(...datasets);
  capture.damage.push(...damage);
  if (host !== undefined) capture.host = { ...capture.host, ...host };
  for (const name of aside ?? []) leaveAside(capture, name);
}

function byFile(datasets: readonly Dataset[]): Dataset[][] {
  return [...groupsOf(datasets, ({ source }) => String(source)).values()];
}

/** A capture in a folder of an archive, or in all of it. */
interface Place {
  /** Ends in a stroke, or is empty. */
  folder: string;
  capture: Capture;
  recordings: Recordings;
  arrived: Set<string>;
}

/**
 * The captures behind a path; what is of none goes to `loose`. Names are as the manifest has them: from the folder it is in,
 * whatever `tar c .` or `tar c capture` put before them.
 */
async function readPath(
  path: string,
  loose: Capture,
  recordings: Recordings,
  options: ReadOptions,
): Promise<Capture[]> {
  const first = emptyCapture(path);
  const places: Place[] = [];
  const aside = new Recordings();
  const reports: Capture[] = [];
  const isLate = await readPlaces(path, places, first, { ...options, reports, recordings: aside });
  if (isLate && path !== STDIN) {
    // The collector writes the manifest first; who packed it again put it after files that are read with its facts.
    const known = places.map(({ folder, capture: { manifest } }) => placeOf(path, folder, manifest));
    const again = emptyCapture(path);
    reports.length = 0;
    await readPlaces(path, known, again, { ...options, reports, recordings });
    moveInto(loose, again);
    return [...(await finished(path, known, options)), ...laidReports(path, reports)];
  }
  if (isLate)
    first.damage.push(`${path}: ${MANIFEST_NAME} comes after files that it tells of: they are read without it`);
  recordings.takeAll(aside);
  moveInto(loose, first);
  return [...(await finished(path, places, options)), ...laidReports(path, reports)];
}

/** The captures of reports: those beside one another are called after their files. */
function laidReports(path: string, reports: readonly Capture[]): Capture[] {
  const nameIn = (name: string) => (path.endsWith(name) ? path : `${path}: ${name}`);
  return reports.map((report) => laidTogether({ ...report, name: nameIn(report.name) }));
}

function placeOf(path: string, folder: string, manifest: Manifest | null): Place {
  return { folder, capture: { ...emptyCapture(path), manifest }, recordings: new Recordings(), arrived: new Set() };
}

/** @returns whether a manifest came after files that it tells of */
async function readPlaces(path: string, places: Place[], loose: Capture, options: ReadOptions): Promise<boolean> {
  const known = new Set(places.map(({ folder }) => folder));
  const looseNames: string[] = [];
  let isLate = false;
  const said = (what: string) => (places[0]?.capture ?? loose).damage.push(what);
  try {
    for await (const file of openInput(path, { onRead: options.onRead, said })) {
      if (isManifest(file.name)) {
        const folder = file.name.slice(0, -MANIFEST_NAME.length);
        if (known.has(folder)) continue;
        const place = placeOf(path, folder, null);
        const read = await readManifest(file);
        if (read === null) {
          leaveAside(loose, file.name);
          continue;
        }
        const { manifest, damage } = read;
        place.capture.manifest = manifest;
        if (manifest === null) loose.damage.push(...damage);
        else {
          isLate ||= looseNames.some((name) => name.startsWith(folder));
          places.push(place);
        }
        continue;
      }
      const place = ownerOf(file.name, places);
      if (place === null && isOfBundle(file.name) && !isWanted(file.name)) {
        leaveAside(loose, file.name);
        continue;
      }
      if (place === null) looseNames.push(file.name);
      else {
        file.name = file.name.slice(place.folder.length);
        place.arrived.add(file.name);
      }
      // A report beside its capture says the same again.
      const own = place === null ? options : { ...options, recordings: place.recordings, reports: undefined };
      await readFileInto(file, place?.capture ?? loose, own);
    }
  } catch (error) {
    if (!(error instanceof UserError) || (places.length === 0 && loose.sources.length === 0)) throw error;
    said(error.message);
  }
  return isLate;
}

/** The capture in whose folder the file is, the innermost of several. */
function ownerOf(name: string, places: readonly Place[]): Place | null {
  const inside = places.filter(({ folder }) => name.startsWith(folder));
  return inside.reduce<Place | null>(
    (best, place) => (best !== null && best.folder.length >= place.folder.length ? best : place),
    null,
  );
}

async function readFileInto(file: InputFile, capture: Capture, options: ReadOptions): Promise<void> {
  await readFile(file, capture, options).catch((error: Error) => capture.damage.push(faultOf(file, error)));
}

/** The captures with their names, and with what their manifests name and did not arrive. */
async function finished(path: string, places: readonly Place[], options: ReadOptions): Promise<Capture[]> {
  for (const { capture, folder, arrived, recordings } of places) {
    await readRecordings(recordings, capture, options);
    setByTraffic(capture);
    if (places.length > 1) capture.name = `${path}: ${folder.replace(/\/$/, '')}`;
    // A manifest that was named by itself says nothing of the files beside it.
    if (!isManifest(path)) sayMissing(capture, arrived);
  }
  return places.map(({ capture }) => capture);
}

function isManifest(name: string): boolean {
  return name.split('/').at(-1) === MANIFEST_NAME;
}

/** An archive that was cut between two of its files looks whole: its manifest tells what should be there. */
function sayMissing({ manifest, damage }: Capture, arrived: ReadonlySet<string>): void {
  const missing = (manifest?.runs ?? []).flatMap(({ file }) => (file === null || arrived.has(file) ? [] : [file]));
  if (missing.length > 0) damage.unshift(`${missing.join(', ')}: not there, though ${MANIFEST_NAME} names them`);
}

/** A manifest that cannot be used costs its facts, not the files beside it. Null for one of other programs, as sos has. */
async function readManifest(file: InputFile): Promise<{ manifest: Manifest | null; damage: string[] } | null> {
  try {
    const text = await textOf(file, MAX_MANIFEST_BYTES);
    return isForeign(text) ? null : { manifest: parseManifest(text), damage: [] };
  } catch (error) {
    const { message } = error as Error;
    const fault = error instanceof UserError ? message : `${file.name}: damaged or cut short (${message})`;
    return { manifest: null, damage: [fault] };
  }
}

/** Texts of no tool that stand in an archive or a folder beside what is known are not for a report. */
function leaveTextsAside(capture: Capture, paths: readonly string[]): void {
  const isNamed = ({ name, file = name }: Source) => paths.some((path) => path.split('/').at(-1) === file);
  const isKept = (source: Source) => isOfTool(source) || isNamed(source) || source.file !== undefined;
  const { sources } = capture;
  if (paths.includes(STDIN) || sources.every(({ grammar }) => grammar === text.name)) return;
  const kept = partOf(capture, (source) => isKept(sources[source] as Source));
  for (const source of sources) if (!isKept(source)) leaveAside(capture, source.name);
  capture.sources = kept.sources;
  capture.datasets = kept.datasets;
}

// var/log/sa/sa09       var/log/sysstat/sa20231009.xz
const BINARY_DAY = /(?:^|\/)sa\d{2,8}(?:\.(?:xz|gz|bz2))?$/;

/** A bundle often has sysstat's own file of each day beside its text: without the text, what makes it is said once. */
function sayBinaryDays({ aside = [], sources, damage }: Capture): void {
  const days = aside.filter((name) => BINARY_DAY.test(name)).toSorted();
  if (days.length === 0 || sources.some(({ tool }) => tool.startsWith('sar'))) return;
  const others = days.length === 1 ? '' : ` and ${days.length - 1} more`;
  damage.push(`${days[0]}${others}: sysstat's own file: on a host with the same sysstat, sar -A -f FILE > sar.txt`);
}

// latency.csv   load.tsv   out.log: two columns of anything else are settings as often as results
const OF_ROWS = /\.(?:csv|tsv|txt|log|out|dat)$/i;

/** A table of no tool that is known counts where its name says so. */
function isOfTool({ grammar, tool, name, file = name }: Source): boolean {
  return grammar === csv.name ? tool !== csv.name || OF_ROWS.test(file) : grammar !== text.name;
}

/** @throws UserError when there is nothing in it that a tool printed. */
function expectOutput({ name, damage, sources, aside = [] }: Capture): void {
  const files = sources.length + aside.length;
  if (sources.length === 0 && aside.length === 0) throw new UserError(damage[0] ?? `${name}: no files in it`);
  // One unknown text is shown as text; a folder of nothing else was a slip of the keyboard.
  if (files > 1 && sources.every(({ grammar }) => grammar === text.name))
    throw new UserError(
      `${name}: no capture: no ${MANIFEST_NAME}, and none of its ${commas(files)} files is the output of a known tool`,
    );
}

function faultOf({ name }: InputFile, error: NodeJS.ErrnoException): string {
  if (error instanceof UserError) return error.message;
  if (error.code !== undefined) return `${name}: ${unreadable(error)}`;
  return `${name}: internal error, please report it: ${error.message}`;
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

/** The report as a file: where it goes, how large it may be, and what is said of it. */
import { mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { STDIN } from '../archive/stdin.ts';
import { bytes } from '../cli/values.ts';
import { bytesText } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import { nameOf } from '../datasets/hosts.ts';
import type { Fitted } from '../render/report/fit/fit.ts';
import type { Output } from './output.ts';

/** Of a host's name, which may be as long as its capture says; the name of a file has 255 bytes at most. */
const MAX_NAME = 200;

/** Beside what was read: capture.tar.gz gives capture.html, where `ending` is `.html`. */
export function pathBeside(file: string, ending: string): string {
  if (file === STDIN) return `coldflame${ending}`;
  // Resolved, as `.` has no name of its own.
  const name = basename(resolve(file)).replace(/(?:\.tar)?(?:\.(?:gz|xz|zst|bz2))?$|\.(?:t[gx]z|tbz2?|tzst|zip)$/, '');
  return join(dirname(file), `${name}${ending}`);
}

/** Whether reports are to go into a folder: one that is there, or that is called as one. */
export function isFolder(path: string): boolean {
  return path.endsWith('/') || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A report for each capture in the folder, which is made if it is not there: `db1.html`, and where a host comes again `db1-2.html`. */
export function reportPaths(folder: string, captures: readonly Capture[]): string[] {
  mkdirSync(folder, { recursive: true });
  const taken = new Set<string>();
  return captures.map((capture) => {
    const host =
      nameOf(capture)
        .slice(0, MAX_NAME)
        .replace(/[^\w.-]+/g, '_')
        .replace(/^\.+/, '') || 'capture';
    // A host may be called as another one's second report, or differ in case alone, which not all file systems tell apart.
    let name = host;
    for (let again = 2; taken.has(name.toLowerCase()); again++) name = `${host}-${again}`;
    taken.add(name.toLowerCase());
    return join(folder, `${name}.html`);
  });
}

/** @returns the bytes of `--max-size`; Infinity where no size was asked for */
export function sizeLimit(maxSize: string | undefined): number {
  return maxSize === undefined ? Number.POSITIVE_INFINITY : bytes('--max-size', maxSize);
}

const PRIVATE = ', private as the input is (--mode 644 opens it)';

/**
 * What was cut from the report, whether it fits, and where it is.
 * @param place null where it was not written
 * @param width of the words before each line
 */
export function reportLines({ report, cuts, fits }: Fitted, place: Output | null, maxSize = '', width = 12): string[] {
  const lines = cuts.map((cut) => ['left out', cut]);
  if (cuts.length > 0) lines.push(['', 'coldflame export has all of it, and so has a report with a larger --max-size']);
  if (!fits) {
    const least = bytesText(Buffer.byteLength(report));
    lines.push([
      'too large',
      `--max-size ${maxSize} is too small: the report takes ${least} with all excluded that can be`,
    ]);
  }
  if (place !== null && place.path !== '-')
    lines.push(['report', `${place.path} (${bytesText(Buffer.byteLength(report))})${place.isPrivate ? PRIVATE : ''}`]);
  return lines.map(([head = '', text]) => `${head.padEnd(width)}${text}`);
}

/** What is being done, on a line of the terminal that goes when it is done. Elsewhere than on a terminal nothing is shown. */
import { statSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { SingleBar } from 'cli-progress';
import { bytesText, commas, counted } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import { readCapture } from './read.ts';
import type { ReadOptions } from './read-file.ts';
import { detail, isQuiet, writeError } from './terminal.ts';

const STDERR = 2;
/** Less is read in a second. */
const WORTH_A_BAR = 64 * 2 ** 20;
/** A byte of it takes so many times as long: bzip2 itself unpacks 3 MB of what it packed a second, xz 10. */
const SLOW: readonly (readonly [ending: RegExp, times: number])[] = [
  [/\.t?bz2?$/, 32],
  [/\.t?xz$/, 8],
];

export interface Progress {
  /** So many bytes more were read. */
  read(bytes: number): void;
  /** What is done now: `making the report`. */
  doing(what: string): void;
  done(): void;
}

const SILENT: Progress = { read: () => {}, doing: () => {}, done: () => {} };

/** @param paths of what is about to be read */
export async function startProgress(paths: readonly string[]): Promise<Progress> {
  if (isQuiet() || !isatty(STDERR)) return SILENT;
  const total = paths.reduce((sum, path) => sum + sizeOf(path), 0);
  const bar = paths.reduce((sum, path) => sum + workOf(path), 0) < WORTH_A_BAR ? null : await barOf(total);
  const clear = () => {
    bar?.stop();
    writeError('\r\u001b[K');
  };
  return {
    read: (bytes) => bar?.increment(bytes),
    doing(what) {
      clear();
      writeError(what);
    },
    done: clear,
  };
}

/** Reads a capture and shows how far it is. */
export async function readShown(paths: readonly string[], options: ReadOptions): Promise<Capture> {
  const progress = await startProgress([...paths, ...(options.symbols ?? [])]);
  const capture = await readCapture(paths, { ...options, onRead: progress.read }).finally(progress.done);
  tellSources(capture);
  return capture;
}

/** What each file was read as: --verbose. */
export function tellSources({ sources, aside = [] }: Capture): void {
  for (const { name, tool, grammar, lines, unreadCount } of sources) {
    const how = grammar === tool ? tool : `${tool} (${grammar})`;
    detail(`${name}: ${how}, ${counted(lines, 'line')}${unreadCount === 0 ? '' : `, ${commas(unreadCount)} not read`}`);
  }
  for (const name of aside) detail(`${name}: of no known tool, not kept`);
}

async function barOf(total: number): Promise<SingleBar> {
  const { default: progress } = await import('cli-progress');
  const bar = new progress.SingleBar({
    format: `reading {bar} {percentage}% of ${bytesText(total)}, {eta_formatted} left`,
    barsize: 30,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    clearOnComplete: true,
    hideCursor: null,
    // Reading leaves no time for timers.
    synchronousUpdate: true,
  });
  bar.start(total, 0);
  return bar;
}

function workOf(path: string): number {
  return sizeOf(path) * (SLOW.find(([ending]) => ending.test(path))?.[1] ?? 1);
}

function sizeOf(path: string): number {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts?.isFile() ? facts.size : 0;
}

/** Text for a terminal: names in it come from other people's processes. */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { shown } from '../render/shown.ts';

export type When = 'auto' | 'always' | 'never';
export type Stream = 'stdout' | 'stderr';
type Style = Parameters<typeof styleText>[0];

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/** How much is said, and in which looks: --quiet, --verbose and --color, set once. */
const talk: { notes: boolean; details: boolean; color: When } = { notes: true, details: false, color: 'auto' };

export function setTalk({
  quiet = false,
  verbose = false,
  color = 'auto',
}: Partial<Record<'quiet' | 'verbose', boolean | undefined>> & { color?: When | undefined }): void {
  talk.notes = !quiet;
  talk.details = verbose && !quiet;
  talk.color = color;
}

export function isQuiet(): boolean {
  return !talk.notes;
}

/** The text in the style, where the stream has colors and they are wanted (https://no-color.org). */
export function styled(style: Style, text: string, stream: Stream): string {
  return hasColors(stream) ? styleText(style, text) : text;
}

function hasColors(stream: Stream): boolean {
  // A terminal is asked for first: making Node's stream takes 1 to 3 ms.
  if (talk.color === 'auto') return isatty(DESCRIPTORS[stream]) && process[stream].hasColors();
  return talk.color === 'always';
}

/** Characters of a line; what is no terminal has room enough. */
export function widthOf(stream: Stream): number {
  return isatty(DESCRIPTORS[stream]) ? process[stream].columns : WIDTH;
}

const WIDTH = 120;

/** The text with whatever could drive a terminal (escape codes, returns) shown as U+FFFD. Line ends and tabs stay. */
export function printable(text: string): string {
  return shown(text).replaceAll('\r', '\ufffd');
}

/** Writes to standard error; whoever closed it does not want to hear. */
export function writeError(text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  try {
    while (at < bytes.length) at += writeSync(DESCRIPTORS.stderr, bytes, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') process.stderr.write(bytes.subarray(at));
  }
}

/** Says what went wrong: on standard error, with the program's name before it. */
export function say(text: string): void {
  writeError(`${styled(['bold', 'red'], 'coldflame:', 'stderr')} ${printable(text)}\n`);
}

/** Says what is good to know; not with --quiet. */
export function note(text: string): void {
  if (talk.notes) writeError(`coldflame: ${printable(text)}\n`);
}

/** Says what --verbose asks for. */
export function detail(text: string): void {
  if (talk.details) note(text);
}

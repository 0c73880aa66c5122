/** Text for a terminal: names in it come from other people's processes. */
import { shown } from '../render/shown.ts';

/** How much is said on standard error, as --quiet and --verbose have it. */
const talk = { notes: true, details: false };

export function setTalk({
  quiet = false,
  verbose = false,
}: {
  quiet?: boolean | undefined;
  verbose?: boolean | undefined;
}): void {
  talk.notes = !quiet;
  talk.details = verbose && !quiet;
}

export function isQuiet(): boolean {
  return !talk.notes;
}

/** The text with whatever could drive a terminal (escape codes, returns) shown as U+FFFD. Line ends and tabs stay. */
export function printable(text: string): string {
  return shown(text).replaceAll('\r', '\ufffd');
}

/** Says what went wrong: on standard error, with the program's name before it. */
export function say(text: string): void {
  process.stderr.write(`coldflame: ${printable(text)}\n`);
}

/** Says what is good to know; not with --quiet. */
export function note(text: string): void {
  if (talk.notes) say(text);
}

/** Says what --verbose asks for. */
export function detail(text: string): void {
  if (talk.details) say(text);
}

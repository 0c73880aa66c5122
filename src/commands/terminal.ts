/** Text for a terminal: names in it come from other people's processes. */
import { shown } from '../render/shown.ts';

/** The text with whatever could drive a terminal (escape codes, returns) shown as U+FFFD. Line ends and tabs stay. */
export function printable(text: string): string {
  return shown(text).replaceAll('\r', '\ufffd');
}

/** Says something beside the results: on standard error, with the program's name before it. */
export function say(text: string): void {
  process.stderr.write(`coldflame: ${printable(text)}\n`);
}

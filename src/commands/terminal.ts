/** Text for a terminal: names in it come from other people's processes. */

/** The text with whatever could drive a terminal (escape codes, returns) shown as U+FFFD. Line ends and tabs stay. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to replace
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** Text from outside as a person may be shown it: names in it come from other people's processes. */

/**
 * What is not seen and drives a terminal, turns the order of the text around it, or makes two names look the same, and what
 * XML 1.0 cannot hold even escaped: controls but tab and line ends, marks of direction, spaces without width, line ends of
 * Unicode, lone surrogates. Joiners stay: words and emoji are written with them.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to replace
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text with each such character shown as U+FFFD. */
export function shown(text: string): string {
  return text.replace(UNSEEN, '\ufffd');
}

/** The same on one line. */
export function shownOnLine(text: string): string {
  return shown(text).replace(/[\t\n\r]+/g, ' ');
}

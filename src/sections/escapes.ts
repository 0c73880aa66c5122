/** What a terminal was told between the characters it showed: colours, titles, the typing of a person. */

const [ESCAPE, BACKSPACE, RETURN, NEWLINE] = [0x1b, 0x08, 0x0d, 0x0a];
// ESC [ 32 ; 1 m     ESC ] 0 ; root@db1: ~ BEL     ESC ( B     ESC =
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]?|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?|[()*+][0-~]|[ -/]?[0-~])?/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SILENT = /[\x00\x07\x0e\x0f]/g;

/** The line as a terminal showed it at last. */
export function asShown(line: string): string {
  const text = line
    .replace(SEQUENCE, '')
    .replace(/(?<!\r)\r+$/, '')
    .replace(SILENT, '');
  // What stands before a carriage return was written over.
  return rubbedOut(text.slice(text.lastIndexOf('\r') + 1));
}

/** The text without each character that a backspace follows, and without the backspaces. */
function rubbedOut(text: string): string {
  if (!text.includes('\b')) return text;
  const left: string[] = [];
  for (const character of text) {
    if (character === '\b') left.pop();
    else left.push(character);
  }
  return left.join('');
}

/** Whether the bytes hold what `asShown` takes away. */
export function needsTerminal(bytes: Uint8Array): boolean {
  if (bytes.includes(ESCAPE) || bytes.includes(BACKSPACE)) return true;
  for (let at = bytes.indexOf(RETURN); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(RETURN, at + 1))
    if (bytes[at + 1] !== NEWLINE) return true;
  return false;
}

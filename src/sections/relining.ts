/**
 * Lines that were broken or spread on their way: a mail or a terminal that broke them at its edge, a page that put a blank line behind
 * each. They are put together again where that lets more of them be read.
 */

/** Lines put together, and the number in the file at which each of them began. */
export interface Relined {
  lines: readonly string[];
  numbers: readonly number[];
}

/** Edges of mails and terminals are between these. */
const [NARROWEST, WIDEST] = [60, 250];
/** So many lines of a hundred stand beside a blank one, where a page spread them. */
const MOST = 80;
const FEW = 3;

/** How the lines may have been before. */
export function reliningsOf(lines: readonly string[]): Relined[] {
  const found: Relined[] = [];
  if (isSpread(lines)) found.push(withoutBlanks(lines));
  const width = lines.reduce((most, { length }) => Math.max(most, length), 0);
  if (width < NARROWEST || width > WIDEST) return found;
  for (const goesOn of WAYS) {
    const joined = unbroken(lines, (line, next) => goesOn(line, next, width));
    if (joined.lines.length < lines.length) found.push(joined);
  }
  return found;
}

type GoesOn = (line: string, next: string, width: number) => boolean;

/** Whether a line goes on in the next one: those first that join less, for what is as wide as there is room may also end there. */
const WAYS: readonly GoesOn[] = [
  // 19  0      0 19091368  39784 2715280    0    0   603  7300  898 2344 71 10 17  1
  //   0
  (line, next, width) => line.length === width && next.length < width,
  (line, _, width) => line.length === width,
  // At a blank, as fold -s and mails do.
  (line, next, width) => next.length < width / 2 && hasNoRoom(line, next, width),
];

function isSpread(lines: readonly string[]): boolean {
  const filled = lines.flatMap((line, i) => (line.trim() === '' ? [] : [i]));
  const apart = filled.filter((at) => at === 0 || lines[at - 1]?.trim() === '');
  return filled.length >= FEW && apart.length * 100 >= filled.length * MOST;
}

function withoutBlanks(lines: readonly string[]): Relined {
  const numbers = lines.flatMap((line, i) => (line.trim() === '' ? [] : [i + 1]));
  return { lines: numbers.map((number) => lines[number - 1] as string), numbers };
}

function unbroken(lines: readonly string[], goesOn: (line: string, next: string) => boolean): Relined {
  const joined: string[] = [];
  const numbers: number[] = [];
  for (const [i, line] of lines.entries()) {
    const before = lines[i - 1] ?? '';
    if (before.trim() !== '' && line.trim() !== '' && goesOn(before, line)) joined.push(`${joined.pop()}${line}`);
    else {
      joined.push(line);
      numbers.push(i + 1);
    }
  }
  return { lines: joined, numbers };
}

/** Whether the next word would not have fitted, and the blank before it is still there. */
function hasNoRoom(line: string, next: string, width: number): boolean {
  const [word = ''] = /^\S+/.exec(next) ?? [];
  return line.endsWith(' ') && line.length + word.length > width;
}

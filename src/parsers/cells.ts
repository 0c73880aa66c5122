/** Cutting rows of tables into cells. */

/**
 * The cells of a row with `count` columns of which one, `wide`, may hold blanks: what stands left of it is counted from
 * the left, what stands right of it from the right.
 *
 * @returns null where the row has fewer cells, or more without a column to hold them
 */
export function cellsOf(row: string, count: number, wide: number | null): string[] | null {
  const words = row.trim().split(/\s+/);
  if (words.length === count) return words;
  if (words.length < count || wide === null) return null;
  const after = count - wide - 1;
  return [...words.slice(0, wide), between(row.trim(), wide, after), ...words.slice(words.length - after)];
}

/** The text without its first `before` and last `after` words, blanks inside as they were. */
function between(row: string, before: number, after: number): string {
  let start = 0;
  for (let i = 0; i < before; i++) start = nextWord(row, start);
  let end = row.length;
  for (let i = 0; i < after; i++) end = previousEnd(row, end);
  return row.slice(start, end);
}

const isBlank = (char: string | undefined) => char === ' ' || char === '\t';

function nextWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBlank(text[at])) at++;
  while (at < text.length && isBlank(text[at])) at++;
  return at;
}

function previousEnd(text: string, from: number): number {
  let at = from;
  while (at > 0 && !isBlank(text[at - 1])) at--;
  while (at > 0 && isBlank(text[at - 1])) at--;
  return at;
}

/**
 * Lays the words of a row under the words of its header, both being right-aligned: for rows that leave cells blank.
 *
 * @returns a cell for each word of the header, '' where it is blank; null where a word stands under none or two under one
 */
export function cellsUnder(header: string, row: string): string[] | null {
  const heads = spans(header);
  const cells = heads.map(() => '');
  for (const word of spans(row)) {
    const column = heads.findIndex(({ end }, i) => word.end <= end && word.end > (heads[i - 1]?.end ?? 0));
    if (column < 0 || cells[column] !== '') return null;
    cells[column] = word.text;
  }
  return cells;
}

/**
 * The cells of a row that stand under the words of its heading, text left-aligned and numbers right-aligned: each is cut
 * from the next at the last blank between the two headings.
 *
 * @returns null where a cell reaches under the next heading
 */
export function cellsBetween(heading: string, row: string): string[] | null {
  const heads = spans(heading);
  const cells: string[] = [];
  let start = 0;
  for (const [i, { end }] of heads.entries()) {
    const next = heads[i + 1];
    const cut = next === undefined ? row.length : row.lastIndexOf(' ', next.end - next.text.length - 1);
    if (cut < end && next !== undefined) return null;
    cells.push(row.slice(start, cut).trim());
    start = cut;
  }
  return cells;
}

function spans(text: string): { text: string; end: number }[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], end: match.index + match[0].length }));
}

/** More columns than any table has (mpstat -I on a host of thousands of interrupts comes nearest). */
export const MAX_COLUMNS = 4096;

// Linux 6.1.0-18-amd64 (db1) 	03/09/2022 	_x86_64_	(2 CPU)        2026년 11월 20일
const BANNER = /^\S+ (\S+) \(([^)]{1,255})\)\s+(\S+(?: \d{1,2}\S){0,2})(?:\s+_?\S+_)?(?:\s+\((\d+) [^)]*\))?\s*$/;

/** What the first line of sysstat's tools tells of the host. */
export interface SysstatBanner {
  kernel: string;
  host: string;
  /** As printed, in the locale's order. */
  date: string;
  cpus: number | null;
}

/** The line that every tool of sysstat prints first; null for any other. */
export function sysstatBanner(line: string): SysstatBanner | null {
  const match = /\(/.test(line) ? BANNER.exec(line) : null;
  if (match === null) return null;
  const [, kernel = '', host = '', date = '', cpus] = match;
  return { kernel, host, date, cpus: cpus === undefined ? null : Number(cpus) };
}

export function isSysstatBanner(line: string): boolean {
  return sysstatBanner(line) !== null;
}

/**
 * Splitting a row into the columns of its header. Columns overflow, texts hold spaces, cells are blank: so a row is
 * split by what its cells can be, and by where they stand only where that leaves a choice. A row that could be read in two
 * ways is not read.
 *
 *     PID    COMM               FD ERR PATH
 *     2679   Web Content         3   0 /etc/ld.so.cache
 *     2679   sed                -1   2
 */
import type { CellKind } from './column-names.ts';
import type { HeaderColumn } from './table-header.ts';

/** The text of each cell, `mark` columns left out; null is blank. */
export type RowTexts = (string | null)[];
export type Split = { cells: RowTexts } | { unread: string };

/** The kernel's names of tasks (COMM, PCOMM, TASK) have 15 characters; a command line in their place has more. */
const MAX_COMM = 16;
const MAX_MIDDLE_TEXT = 64;
/** A row that can be tried in more ways than this is nobody's: those of the tools take 20 steps at most. */
const MAX_TRIES = 400;

const ALWAYS_PRINTED: ReadonlySet<CellKind> = new Set([
  'integer',
  'number',
  'seconds',
  'percent',
  'clock',
  'amount',
  'mark',
]);
const COMM = /COMM$|^TASK$/;

/** `%-36s %8d`: the field of a number begins about as far before its name. */
const NAME_FIELD = 4;

const AMBIGUOUS = 'could be split into its columns in more than one way';

const CLOCK = /^\d{1,2}:\d{2}:\d{2}(?:\.\d+)?:?$/;
const INTEGER = /^-?\d+$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
export const TESTS: Record<CellKind, (text: string) => boolean> = {
  free: () => true,
  word: () => true,
  unknown: () => true,
  integer: (text) => INTEGER.test(text) || PLACEHOLDER.test(text),
  number: (text) => NUMBER.test(text) || PLACEHOLDER.test(text),
  // 100.00%  -%
  percent: (text) => /^(?:-?\d+(?:\.\d+)?|-|nan|-nan)%?$/.test(text),
  // 07:38:50  07:38:50.123  18:35:32:  and dcsnoop.bt's milliseconds, uthreads' 0.924
  clock: (text) => CLOCK.test(text) || NUMBER.test(text),
  seconds: (text) => NUMBER.test(text) || CLOCK.test(text),
  amount: (text) => /^-?\d+(?:\.\d+)?(?: ?(?:ns|us|ms|s|m|h))?$/.test(text),
  letters: (text) => /^[A-Z?-]{1,8}>?$/.test(text),
  // 10.0.0.1  fe80::8a3:9dff:fed5:6b19  10.0.0.1:22  [::1]:80
  address: (text) => /^[0-9a-fA-F:.[\]%]+[\w:]*$/.test(text),
  mark: () => true,
};
/** What is printed where a number is not known, or is none: the size of an fsync is LL_MAX. */
export const PLACEHOLDER = /^(?:\?|-|N\/A|nan|-nan|inf|LL_MAX)$/;

/** A splitter for the rows under one header. It keeps its working memory from row to row. */
export function rowSplitter(columns: readonly HeaderColumn[]): (line: string) => Split {
  const splitter = new RowSplitter(columns);
  return (line) => splitter.split(line);
}

/** A splitter for rows of unquoted CSV (tcplife -s, ext4slower -j): commas beyond the header's are of the text at the end. */
export function commaSplitter(columns: readonly HeaderColumn[]): (line: string) => Split {
  const last = columns.length - 1;
  const joins = columns[last]?.kind === 'free';
  return (line) => {
    const fields = line.split(',');
    const cells = joins && fields.length > last ? [...fields.slice(0, last), fields.slice(last).join(',')] : fields;
    const fits = cells.length === columns.length && columns.every(({ kind }, i) => isCell(kind, cells[i] as string));
    if (!fits) return { unread: `is not ${columns.length} fields between commas, as the header has them` };
    return { cells: cells.map((text) => (text === '' ? null : text)) };
  };
}

function isCell(kind: CellKind, text: string): boolean {
  return text === '' || TESTS[kind](text);
}

/** Where the words of a row stand. */
interface Places {
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** A row with one word in each column, and the rest in the last where that is any text: whether it can be read so and not otherwise. */
export class PlainRow {
  /** The last column is any text. */
  readonly endsFree: boolean;
  private readonly columns: readonly HeaderColumn[];
  /** Texts with spaces before the last column, and what follows each: with these, words could have moved. */
  private readonly movable: readonly number[];

  constructor(columns: readonly HeaderColumn[]) {
    this.columns = columns;
    this.endsFree = columns.at(-1)?.kind === 'free';
    this.movable = columns.flatMap(({ kind }, i) => (kind === 'free' && i < columns.length - 1 ? [i, i + 1] : []));
  }

  /** Whether there is a word for each column. `row` is where the line begins. */
  hasWords({ starts }: Places, count: number, row: number): boolean {
    const { columns, endsFree } = this;
    if (endsFree ? count < columns.length : count !== columns.length) return false;
    // A number and any text: a sentence that begins with a number is one, unless it is set in as the header is.
    return !(endsFree && columns.length === 2) || (starts[0] as number) - row === columns[0]?.start;
  }

  /** Whether no word can be of another column: it stands where the header has it, or there is no other way. */
  isCertain(places: Places, row: number): boolean {
    return this.movable.every((i) => this.stands(i, places, row)) || (!this.endsFree && this.isOnlyWay(places));
  }

  mayMove(column: number): boolean {
    return this.movable.includes(column);
  }

  private stands(column: number, { starts, ends }: Places, row: number): boolean {
    const { start, end } = this.columns[column] as HeaderColumn;
    return (starts[column] as number) - row === start || (ends[column] as number) - row === end;
  }

  /** A blank cell would leave two words to a text, and each text is too far from the next word for that. */
  private isOnlyWay({ starts, ends }: Places): boolean {
    return (
      this.columns.length > 2 &&
      this.columns.every(
        ({ kind, name }, i) =>
          kind !== 'amount' && (kind !== 'free' || (ends[i + 1] as number) - (starts[i] as number) > longestOf(name)),
      )
    );
  }
}

function longestOf(name: string): number {
  return COMM.test(name) ? MAX_COMM : MAX_MIDDLE_TEXT;
}

/** One way to read the row: for each column its first token, and how many it takes. */
interface Way {
  first: number[];
  count: number[];
  /** How many cells stand under their names. */
  score: number;
  /** Texts with spaces, and what follows them, all stand under their names. */
  firm: boolean;
}

class RowSplitter {
  private readonly columns: readonly HeaderColumn[];
  private readonly tests: ((text: string) => boolean)[];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  private readonly plain: PlainRow;
  private line = '';
  private tokens = 0;
  private tries = 0;

  constructor(columns: readonly HeaderColumn[]) {
    this.columns = columns;
    this.tests = columns.map(({ kind, name }) => (kind === 'mark' ? (text: string) => text === name : TESTS[kind]));
    this.plain = new PlainRow(columns);
  }

  split(line: string): Split {
    this.line = line;
    this.tokens = this.tokenize(line);
    return this.plainRow() ?? this.search();
  }

  private tokenize(line: string): number {
    let count = 0;
    let at = 0;
    while (at < line.length) {
      while (at < line.length && isBlank(line.charCodeAt(at))) at++;
      if (at === line.length) break;
      this.starts[count] = at;
      while (at < line.length && !isBlank(line.charCodeAt(at))) at++;
      this.ends[count++] = at;
    }
    return count;
  }

  private text(first: number, count: number): string {
    return this.line.slice(this.starts[first], this.ends[first + count - 1]);
  }

  /** The row with one word in each column, which nearly all are. */
  private plainRow(): Split | null {
    const { columns, tokens, plain } = this;
    if (!plain.hasWords(this, tokens, 0)) return null;
    const cells: RowTexts = [];
    for (let i = 0; i < columns.length; i++) {
      const rest = plain.endsFree && i === columns.length - 1;
      const text = rest ? this.text(i, tokens - i) : this.text(i, 1);
      if (!(this.tests[i] as (text: string) => boolean)(text)) return null;
      if (columns[i]?.kind !== 'mark') cells.push(text);
    }
    return plain.isCertain(this, 0) ? { cells } : null;
  }

  private search(): Split {
    this.tries = 0;
    const ways: Way[] = [];
    this.place(0, 0, 0, { first: [], count: [], score: 0, firm: true }, ways);
    if (this.tries > MAX_TRIES) return { unread: AMBIGUOUS };
    ways.sort((a, b) => b.score - a.score);
    const [best, next] = ways;
    if (best === undefined) return { unread: `does not fit the columns ${this.names()}` };
    if (next !== undefined && (next.score === best.score || !best.firm)) return { unread: AMBIGUOUS };
    if (!this.isUnderHeader(best)) return { unread: 'does not stand under its columns' };
    return { cells: this.cellsOf(best) };
  }

  /**
   * Where a row begins with any text, a sentence that ends in a number would be one: the number must stand under its
   * column, or the text must have moved it there.
   */
  private isUnderHeader({ first, count }: Way): boolean {
    const [text, number] = this.columns;
    if (this.columns.length !== 2 || text === undefined || number === undefined) return true;
    if (this.plain.endsFree) return this.starts[0] === text.start;
    if (text.kind !== 'free') return true;
    const token = first[1] as number;
    if (this.stands(1, token, count[1] as number, 0)) return true;
    const [start, textEnd] = [this.starts[token] as number, this.ends[token - 1] as number];
    if (start <= number.start && (this.ends[token] as number) > number.end) return true;
    return textEnd >= number.start - NAME_FIELD && start - textEnd > 1;
  }

  private names(): string {
    return this.columns.map(({ name }) => name).join(' ');
  }

  /** Tries every way to give column `column` and those after it the tokens from `token` on. */
  private place(column: number, token: number, shift: number, way: Way, ways: Way[]): void {
    if (++this.tries > MAX_TRIES) return;
    if (column === this.columns.length) {
      if (token === this.tokens) ways.push(way);
      return;
    }
    const { kind } = this.columns[column] as HeaderColumn;
    const left = this.tokens - token;
    const isLast = column === this.columns.length - 1;
    if (kind === 'free' && isLast) {
      if (left > 0) this.take(column, token, left, shift, way, ways);
    } else {
      const most = kind === 'free' || kind === 'amount' ? left : Math.min(left, 1);
      for (let count = 1; count <= most && this.fits(column, token, count); count++)
        this.take(column, token, count, shift, way, ways);
    }
    if (this.isBlankUnder(column, shift)) this.take(column, token, 0, shift, way, ways);
  }

  private fits(column: number, token: number, count: number): boolean {
    const { kind, name } = this.columns[column] as HeaderColumn;
    const text = this.text(token, count);
    if (kind === 'amount') return count <= 2 && (this.tests[column] as (text: string) => boolean)(text);
    return count === 1 ? (this.tests[column] as (text: string) => boolean)(text) : text.length <= longestOf(name);
  }

  private take(column: number, token: number, count: number, shift: number, way: Way, ways: Way[]): void {
    const stands = count > 0 && this.stands(column, token, count, shift);
    const next = {
      first: [...way.first, token],
      count: [...way.count, count],
      score: way.score + (stands ? 1 : 0),
      firm: way.firm && (stands || count === 0 || !this.plain.mayMove(column)),
    };
    this.place(column + 1, token + count, this.shiftAfter(column, token + count, shift), next, ways);
  }

  /** A cell that is too long for its column moves all that follows to the right. */
  private shiftAfter(column: number, nextToken: number, shift: number): number {
    const following = this.columns[column + 1];
    if (following === undefined || nextToken === 0) return shift;
    return Math.max(shift, (this.ends[nextToken - 1] as number) + 1 - following.start);
  }

  private stands(column: number, token: number, count: number, shift: number): boolean {
    const { start, end } = this.columns[column] as HeaderColumn;
    return this.starts[token] === start + shift || this.ends[token + count - 1] === end + shift;
  }

  /** Whether nothing is printed under the column's name, so that its cell is empty. Numbers are always printed. */
  private isBlankUnder(column: number, shift: number): boolean {
    const { start, end, kind } = this.columns[column] as HeaderColumn;
    return (
      column > 0 &&
      !ALWAYS_PRINTED.has(kind) &&
      this.line.slice(Math.max(0, start + shift), Math.max(0, end + shift)).trim() === ''
    );
  }

  private cellsOf({ first, count }: Way): RowTexts {
    const cells: RowTexts = [];
    this.columns.forEach(({ kind }, i) => {
      if (kind !== 'mark') cells.push(count[i] === 0 ? null : this.text(first[i] as number, count[i] as number));
    });
    return cells;
  }
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

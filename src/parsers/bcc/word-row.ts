/**
 * Rows with one word in each column, which nearly all are, from bytes into a table. What is any other row is left to be read
 * as text (table-row.ts), and both must say the same of a row that this takes.
 */
import type { RowCells } from '../rows/row-cells.ts';
import type { Words } from '../rows/words.ts';
import type { CellKind } from './column-names.ts';
import type { HeaderColumn } from './table-header.ts';
import type { TableColumn } from './table-meaning.ts';
import { PlainRow, TESTS } from './table-row.ts';

type Take = 'integer' | 'number' | 'seconds' | 'clock' | 'text';

const NUMBERS: ReadonlySet<CellKind> = new Set(['integer', 'number', 'seconds', 'percent']);
const TEXTS: ReadonlySet<CellKind> = new Set(['free', 'word', 'unknown', 'letters', 'address']);
/** What not every word is. */
const TESTED: ReadonlySet<CellKind> = new Set(['letters', 'address']);

export class WordRow {
  private readonly columns: readonly HeaderColumn[];
  private readonly takes: readonly Take[];
  private readonly plain: PlainRow;

  private constructor(columns: readonly HeaderColumn[], takes: readonly Take[]) {
    this.columns = columns;
    this.takes = takes;
    this.plain = new PlainRow(columns);
  }

  /** Null for a table with cells of two words, marks between its columns, or numbers that are kept as texts. */
  static of(header: readonly HeaderColumn[], columns: readonly TableColumn[]): WordRow | null {
    const takes = header.map((column, i) => takeOf(column, columns[i]));
    return takes.includes(null) ? null : new WordRow(header, takes as Take[]);
  }

  /** Fills the cells from a row that begins at `start`; false where it is not as plain as that. */
  fill(words: Words, start: number, cells: RowCells): boolean {
    const { columns, plain } = this;
    if (!plain.hasWords(words, words.count, start)) return false;
    const last = columns.length - 1;
    for (let i = 0; i <= last; i++)
      if (!this.fillCell(words, i, plain.endsFree && i === last ? words.count - 1 : i, cells)) return false;
    return plain.isCertain(words, start);
  }

  private fillCell(words: Words, i: number, end: number, cells: RowCells): boolean {
    const take = this.takes[i] as Take;
    const number = take === 'text' || take === 'clock' ? Number.NaN : words.plainNumber(i);
    if (!Number.isNaN(number)) {
      cells.setNumber(i, number);
      return take !== 'integer' || words.isWhole(i);
    }
    if (take === 'integer' || take === 'number' || (take !== 'text' && words.clock(i) < 0)) return false;
    const { kind } = this.columns[i] as HeaderColumn;
    const isKnown = cells.setText(i, words.bytes, words.starts[i] as number, words.ends[end] as number);
    return isKnown || !TESTED.has(kind) || TESTS[kind](words.text(i, end));
  }
}

function takeOf({ kind }: HeaderColumn, column: TableColumn | undefined): Take | null {
  const cell = column?.kind ?? 'mark';
  if (kind === 'clock' || TEXTS.has(kind)) {
    if (cell === kind) return kind === 'clock' ? 'clock' : 'text';
    return kind !== 'clock' && kind !== 'free' && NUMBERS.has(cell) ? 'number' : null;
  }
  return (kind === 'integer' || kind === 'number' || kind === 'seconds') && NUMBERS.has(cell) ? kind : null;
}

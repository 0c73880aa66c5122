/** A row of a table on its way from bytes into columns: nothing is kept of it before all of it is known to fit. */
import type { GrowingCells } from '../../datasets/cells.ts';
import { KnownTexts } from './known-texts.ts';
import { textIn } from './words.ts';

export class RowCells {
  private readonly columns: readonly GrowingCells[];
  private readonly known: KnownTexts[];
  private readonly numbers: Float64Array;
  /** Of texts that are known. */
  private readonly ids: Uint32Array;
  /** Of texts that are not: where they stand. */
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private bytes: Uint8Array = new Uint8Array();
  private readonly same: { text: string; id: number }[] = [];

  constructor(columns: readonly GrowingCells[]) {
    this.columns = columns;
    this.known = columns.map(() => new KnownTexts());
    this.numbers = new Float64Array(columns.length);
    this.ids = new Uint32Array(columns.length);
    this.starts = new Int32Array(columns.length);
    this.ends = new Int32Array(columns.length);
  }

  /** @param number NaN for nothing printed */
  setNumber(column: number, number: number): void {
    this.numbers[column] = number;
    this.ids[column] = 0;
    this.ends[column] = 0;
  }

  /** @returns whether the text has been in the column before */
  setText(column: number, bytes: Uint8Array, from: number, to: number): boolean {
    const id = (this.known[column] as KnownTexts).find(bytes, from, to);
    this.bytes = bytes;
    this.ids[column] = id > 0 ? id : 0;
    this.starts[column] = from;
    this.ends[column] = to;
    return id > 0;
  }

  /** A text that many rows in a row have. */
  setSame(column: number, text: string): void {
    if (this.same[column]?.text !== text)
      this.same[column] = { text, id: (this.columns[column] as GrowingCells).idOf(text) };
    this.ids[column] = this.same[column].id;
    this.ends[column] = 1;
  }

  /** Puts the row into the columns. */
  push(): void {
    for (let i = 0; i < this.columns.length; i++) {
      const column = this.columns[i] as GrowingCells;
      if (this.ends[i] !== 0) column.pushId(this.ids[i] || this.idOf(i, column));
      else if (Number.isNaN(this.numbers[i])) column.push(null);
      else column.pushNumber(this.numbers[i] as number);
    }
  }

  private idOf(i: number, column: GrowingCells): number {
    const [from, to] = [this.starts[i] as number, this.ends[i] as number];
    const id = column.idOf(textIn(this.bytes, from, to));
    (this.known[i] as KnownTexts).add(this.bytes, from, to, id);
    return id;
  }
}

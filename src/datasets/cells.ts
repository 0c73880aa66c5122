/** The cells of event tables: one column at a time, or row by row where that is what is asked for. */
import { allRows, Growing, heaviestOf, picked } from './columns.ts';
import type { Cell, Cells, Events } from './shapes.ts';

const NONE = new Uint32Array();
const NO_NUMBERS = new Float64Array();

export function rowCount({ lines }: Pick<Events, 'lines'>): number {
  return lines.length;
}

export function cellOf({ numbers, ids, texts }: Cells, row: number): Cell {
  const id = ids[row] ?? 0;
  if (id > 0) return texts[id - 1] as string;
  const number = numbers[row] ?? Number.NaN;
  return Number.isNaN(number) ? null : number;
}

/** A cell of the table; null for a column that there is not (-1), as for a cell that nothing was printed in. */
export function cellAt({ cells }: Pick<Events, 'cells'>, row: number, column: number): Cell {
  const found = cells[column];
  return found === undefined ? null : cellOf(found, row);
}

/** The number in a cell; NaN where it holds none. */
export function numberAt({ cells }: Pick<Events, 'cells'>, row: number, column: number): number {
  return cells[column]?.numbers[row] ?? Number.NaN;
}

/** The cell as text, empty where nothing was printed. */
export function textAt(events: Pick<Events, 'cells'>, row: number, column: number): string {
  return String(cellAt(events, row, column) ?? '');
}

export function rowAt({ cells }: Pick<Events, 'cells'>, row: number): Cell[] {
  return cells.map((each) => cellOf(each, row));
}

/** The rows one after another. */
export function* rowsOf(events: Pick<Events, 'cells' | 'lines'>): Generator<Cell[]> {
  for (let row = 0; row < events.lines.length; row++) yield rowAt(events, row);
}

/** A column of so many cells. */
export function cellsOf(length: number, cellAt: (row: number) => Cell): Cells {
  const cells = new GrowingCells();
  for (let row = 0; row < length; row++) cells.push(cellAt(row));
  return cells.build();
}

/** The same table with these rows, in this order. */
export function eventsAt(events: Events, rows: Uint32Array): Events {
  const { cells, at, lines } = events;
  return {
    ...events,
    cells: cells.map((each) => cellsAt(each, rows)),
    at: picked(at, rows),
    lines: picked(lines, rows),
  };
}

export function cellsAt({ numbers, ids, texts }: Cells, rows: Uint32Array): Cells {
  return {
    numbers: numbers.length === 0 ? numbers : picked(numbers, rows),
    ids: ids.length === 0 ? ids : picked(ids, rows),
    texts,
  };
}

/**
 * The numbers of the rows with the greatest numbers in a column, the greatest first; those without a number last, and what
 * is equal in its own order.
 *
 * @param column null keeps the order of the rows
 * @param most how many
 */
export function heaviestFirst(
  cells: readonly Cells[],
  length: number,
  column: number | null,
  most: number,
): Uint32Array {
  const rows = allRows(length);
  if (column === null) return rows.slice(0, most);
  const { numbers = NO_NUMBERS } = cells[column] ?? {};
  const weights =
    rows.length === numbers.length ? numbers.map((each) => (Number.isNaN(each) ? -Infinity : each)) : noWeights(length);
  const heavier = (a: number, b: number): number => (weights[b] as number) - (weights[a] as number) || a - b;
  if (most < length / 8) return heaviestOf(weights, most).sort(heavier);
  return rows.sort(heavier).slice(0, most);
}

function noWeights(length: number): Float64Array {
  return new Float64Array(length).fill(-Infinity);
}

/** The same table with no text that none of its rows holds any more. */
export function withoutUnused(events: Events): Events {
  return { ...events, cells: events.cells.map(withUsedTexts) };
}

function withUsedTexts({ numbers, ids, texts }: Cells): Cells {
  const used = new Uint32Array(texts.length + 1);
  const kept: string[] = [];
  const renumbered = ids.map((id) => {
    if (id > 0 && used[id] === 0) used[id] = kept.push(texts[id - 1] as string);
    return used[id] as number;
  });
  return { numbers, ids: renumbered, texts: kept };
}

/** Numbers for the distinct values of a column, whatever they are, from 0 on in the order in which they are first seen. */
export interface Kinds {
  /** Of each row. */
  kind: Uint32Array;
  values: Cell[];
}

export function kindsOf(cells: Cells, rows: number): Kinds {
  const kind = new Uint32Array(rows);
  const values: Cell[] = [];
  const ofText = new Uint32Array(cells.texts.length + 1);
  const ofNumber = new Map<number | null, number>();
  for (let row = 0; row < rows; row++) {
    const id = cells.ids[row] ?? 0;
    const number = cells.numbers[row] ?? Number.NaN;
    let place = id > 0 ? (ofText[id] as number) - 1 : (ofNumber.get(Number.isNaN(number) ? null : number) ?? -1);
    if (place < 0) {
      place = values.length;
      const value = cellOf(cells, row);
      values.push(value);
      if (id > 0) ofText[id] = place + 1;
      else ofNumber.set(value as number | null, place);
    }
    kind[row] = place;
  }
  return { kind, values };
}

/** The cells of a column while its rows come in. */
export class GrowingCells {
  length = 0;
  private readonly numbers = new Growing(Float64Array);
  private readonly ids = new Growing(Uint32Array);
  private readonly texts: string[] = [];
  private readonly idByText = new Map<string, number>();

  push(cell: Cell): void {
    if (typeof cell === 'number') this.pushNumber(cell);
    else if (cell === null) this.length++;
    else this.pushText(cell);
  }

  pushNumber(number: number): void {
    this.numbers.fillTo(this.length++, Number.NaN);
    this.numbers.push(number);
  }

  pushText(text: string): void {
    this.pushId(this.idOf(text));
  }

  /** A text by the number that `idOf` gave it. */
  pushId(id: number): void {
    this.ids.fillTo(this.length++, 0);
    this.ids.push(id);
  }

  /** The cell that came last. */
  get last(): Cell {
    return this.at(this.length - 1);
  }

  /** Puts another cell in the place of the last. */
  replaceLast(cell: Cell): void {
    this.length--;
    this.numbers.cutTo(this.length);
    this.ids.cutTo(this.length);
    this.push(cell);
  }

  at(row: number): Cell {
    const id = row < this.ids.length ? this.ids.at(row) : 0;
    if (id > 0) return this.texts[id - 1] as string;
    const number = row < this.numbers.length ? this.numbers.at(row) : Number.NaN;
    return Number.isNaN(number) ? null : number;
  }

  /** Makes texts of the numbers so far. */
  protected textsOfNumbers(textOf: (number: number, row: number) => string): void {
    const { numbers, ids } = this;
    for (let row = 0; row < numbers.length; row++) {
      const number = numbers.at(row);
      if (Number.isNaN(number)) continue;
      ids.fillTo(row, 0);
      ids.push(this.idOf(textOf(number, row)));
    }
    numbers.cutTo(0);
  }

  build(): Cells {
    const { numbers, ids, length } = this;
    if (numbers.length > 0) numbers.fillTo(length, Number.NaN);
    if (ids.length > 0) ids.fillTo(length, 0);
    return {
      numbers: numbers.length > 0 ? numbers.build() : NO_NUMBERS,
      ids: ids.length > 0 ? ids.build() : NONE,
      texts: this.texts,
    };
  }

  /** The number of a text in this column, from 1. */
  idOf(text: string): number {
    const known = this.idByText.get(text);
    if (known !== undefined) return known;
    const id = this.texts.push(text);
    this.idByText.set(text, id);
    return id;
  }
}

/**
 * The column with its texts read as numbers.
 *
 * @param numberOf a text's number, or null
 * @param keep what stays a text where it is no number; else nothing does
 */
export function withNumbers(cells: Cells, numberOf: (text: string) => number | null, keep = false): Cells {
  if (cells.ids.length === 0) return cells;
  const read = cells.texts.map((text) => numberOf(text) ?? Number.NaN);
  const numbers = cells.numbers.length > 0 ? cells.numbers : new Float64Array(cells.ids.length).fill(Number.NaN);
  const ids = keep ? cells.ids : NONE;
  for (let row = 0; row < cells.ids.length; row++) {
    const id = cells.ids[row] as number;
    if (id === 0) continue;
    const number = read[id - 1] as number;
    if (Number.isNaN(number)) continue;
    numbers[row] = number;
    if (keep) ids[row] = 0;
  }
  return { numbers, ids, texts: keep ? cells.texts : [] };
}

/** The column with its numbers as texts. */
export function withTexts(cells: Cells): Cells {
  if (cells.numbers.length === 0) return cells;
  const column = new GrowingCells();
  for (let row = 0; row < cells.numbers.length; row++) {
    const cell = cellOf(cells, row);
    column.push(cell === null ? null : String(cell));
  }
  return column.build();
}

/** Collects the rows of a table. */
import { withNumbers, withTexts } from '../datasets/cells.ts';
import { Growing } from '../datasets/columns.ts';
import type { Cell, Cells, Column, Events } from '../datasets/shapes.ts';
import { numberOf } from './numbers.ts';
import { PrintedCells } from './rows/printed-cells.ts';
import { RowCells } from './rows/row-cells.ts';

/** A column before its rows are known: `auto` is a number if every cell of it is one. */
export interface ColumnPlan extends Omit<Column, 'type'> {
  type: Column['type'] | 'auto';
}

export class EventsBuilder {
  private readonly plans: readonly ColumnPlan[];
  private readonly cells: PrintedCells[];
  private readonly at = new Growing(Float64Array);
  private readonly lines = new Growing(Uint32Array);

  constructor(plans: readonly ColumnPlan[]) {
    this.plans = plans;
    this.cells = plans.map(({ type }) => new PrintedCells(type === 'auto'));
  }

  get length(): number {
    return this.lines.length;
  }

  add(cells: readonly Cell[], at: number | null, line: number): void {
    for (let i = 0; i < this.cells.length; i++) (this.cells[i] as PrintedCells).push(cells[i] ?? null);
    this.at.push(at ?? Number.NaN);
    this.lines.push(line);
  }

  /**
   * A row of which all is plain, each cell where it stands among the bytes.
   *
   * @param starts of each column, and `ends`; a cell that is empty holds nothing
   */
  addPrinted(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, at: number, line: number): void {
    for (let i = 0; i < this.cells.length; i++)
      (this.cells[i] as PrintedCells).pushBytes(bytes, starts[i] as number, ends[i] as number);
    this.at.push(at);
    this.lines.push(line);
  }

  /** A row to be filled from bytes, again and again; `addRow` takes what is in it. */
  rowCells(): RowCells {
    return new RowCells(this.cells);
  }

  addRow(row: RowCells, at: number, line: number): void {
    row.push();
    this.at.push(at);
    this.lines.push(line);
  }

  /** What the last row holds in a column. */
  lastCell(column: number): Cell {
    return this.cells[column]?.last ?? null;
  }

  /** Puts something else into a column of the last row: its text goes on over several lines. */
  replaceLast(column: number, cell: Cell): void {
    this.cells[column]?.replaceLast(cell);
  }

  /** The columns with their types settled, and the rows. */
  build(): Pick<Events, 'columns' | 'cells' | 'at' | 'lines'> {
    const printed = this.cells.map((column) => column.build());
    const columns = this.plans.map((plan, i): Column => ({ ...plan, type: typeOf(plan, printed[i] as Cells) }));
    const cells = printed.map((each, i) =>
      columns[i]?.type === 'number' ? withNumbers(each, numberOf) : withTexts(each),
    );
    return { columns, cells, at: this.at.build(), lines: this.lines.build() };
  }
}

function typeOf({ type }: ColumnPlan, { numbers, texts }: Cells): Column['type'] {
  if (type !== 'auto') return type;
  const isNumbers = numbers.length + texts.length > 0 && texts.every((text) => numberOf(text) !== null);
  return isNumbers ? 'number' : 'text';
}

/** Which rows of a table are shown, and in what order. */
import { cellOf } from '../../../../datasets/cells.ts';
import { allRows } from '../../../../datasets/columns.ts';
import type { Cell, Cells } from '../../../../datasets/shapes.ts';
import { cellText } from '../../cell-text.ts';
import type { Table, TableColumn } from '../../tables.ts';

export interface Sort {
  column: number;
  down: boolean;
}

/** How a table is sorted before anyone asked for another order; null keeps that of the tool. */
export function firstSort({ heaviest }: Table): Sort | null {
  return heaviest === null ? null : { column: heaviest, down: true };
}

/** What a press on a column's name asks for: that column, and when it is sorted by already, the other way round. */
export function sortAfterPress(sort: Sort | null, column: number, { type }: TableColumn): Sort {
  return sort?.column === column ? { column, down: !sort.down } : { column, down: type === 'number' };
}

/** The numbers of the rows that hold the text in any cell, as they are sorted. */
export function rowsInOrder(
  table: Table,
  text: string,
  sort: Sort | null,
  timeText: (at: number) => string,
): Uint32Array {
  const rows = rowsWith(table, text.trim().toLowerCase(), timeText);
  if (sort !== null) sortRows(rows, table, sort);
  return rows;
}

function rowsWith(table: Table, wanted: string, timeText: (at: number) => string): Uint32Array {
  const all = allRows(table.length);
  if (wanted === '') return all;
  const holds = table.columns.map((column, i) => holder(table.cells[i] as Cells, column, wanted, timeText));
  return all.filter((row) => holds.some((each) => each(row)));
}

/** Whether the cell of a row holds the text; each distinct text is looked at once. */
function holder(
  cells: Cells,
  column: TableColumn,
  wanted: string,
  timeText: (at: number) => string,
): (row: number) => boolean {
  const isIn = (cell: Cell): boolean => cellText(cell, column, timeText).toLowerCase().includes(wanted);
  const ofText = cells.texts.map(isIn);
  return (row) => {
    const id = cells.ids[row] ?? 0;
    return id > 0 ? (ofText[id - 1] as boolean) : isIn(cellOf(cells, row));
  };
}

/** In place; rows that are equal stay in the tool's order, empty cells come last. */
function sortRows(order: Uint32Array, { cells }: Table, { column, down }: Sort): void {
  const sign = down ? -1 : 1;
  const sorted = cells[column] as Cells;
  order.sort((a, b) => {
    const [left, right] = [cellOf(sorted, a), cellOf(sorted, b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || a - b;
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right) || a - b;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return sign * (left < right ? -1 : left > right ? 1 : 0) || a - b;
  });
}

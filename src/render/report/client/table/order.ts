/** Which rows of a table are shown, and in what order. */
import type { Cell } from '../../../../datasets/shapes.ts';
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
export function rowsInOrder(table: Table, text: string, sort: Sort | null, timeText: (at: number) => string): number[] {
  const rows = rowsWith(table, text.trim().toLowerCase(), timeText);
  if (sort !== null) sortRows(rows, table, sort);
  return rows;
}

function rowsWith({ rows, columns }: Table, wanted: string, timeText: (at: number) => string): number[] {
  const all = rows.map((_, i) => i);
  if (wanted === '') return all;
  const holds = (cell: Cell | undefined, column: TableColumn): boolean =>
    cellText(cell ?? null, column, timeText)
      .toLowerCase()
      .includes(wanted);
  return all.filter((row) => columns.some((column, i) => holds(rows[row]?.[i], column)));
}

/** In place; rows that are equal stay in the tool's order, empty cells come last. */
function sortRows(order: number[], { rows }: Table, { column, down }: Sort): void {
  const sign = down ? -1 : 1;
  order.sort((a, b) => {
    const [left, right] = [rows[a]?.[column] ?? null, rows[b]?.[column] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || a - b;
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right) || a - b;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return sign * (left < right ? -1 : left > right ? 1 : 0) || a - b;
  });
}

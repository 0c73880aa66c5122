/** Cells and heads of tables in words: the same with a script and without. */
import { commas } from '../../datasets/amounts.ts';
import type { Cell } from '../../datasets/shapes.ts';
import type { TableColumn } from './tables.ts';

/** `LAT (ms)`, unless the name tells the unit already. */
export function headText({ name, unit }: TableColumn): string {
  return unit === '' || name.includes(unit) ? name : `${name} (${unit})`;
}

/** A cell as text. Numbers keep every digit the tool printed. */
export function cellText(cell: Cell, column: TableColumn, timeText: (at: number) => string): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  if (column.type === 'time') return timeText(cell);
  // A bare number may be a process or an address: as printed.
  return column.unit === '' ? String(cell) : commas(cell, 6);
}

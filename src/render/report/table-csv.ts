/** A table as CSV (RFC 4180). In the page itself, which has no room for the library that `coldflame export` writes it by. */
import { rowAt } from '../../datasets/cells.ts';
import { FORMULA } from '../../datasets/formula.ts';
import type { Cell } from '../../datasets/shapes.ts';
import { headText } from './cell-text.ts';
import type { Table } from './tables.ts';

/** The names of the columns, then the rows in the order of the tool. Times are seconds on the dataset's clock. */
export function csvOf(table: Table): string {
  const lines = [lineOf(table.columns.map(headText))];
  for (let row = 0; row < table.length; row++) lines.push(lineOf(rowAt(table, row)));
  return lines.join('');
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(field).join(',')}\n`;
}

/** Numbers as they are; of a text, what a spreadsheet would run is made a text. */
function field(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

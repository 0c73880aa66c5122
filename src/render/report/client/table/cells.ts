/** The elements that a table of the page is made of: names of columns, rows, and the room of rows that are out of view. */
import { cellAt } from '../../../../datasets/cells.ts';
import { allRows } from '../../../../datasets/columns.ts';
import type { Cell } from '../../../../datasets/shapes.ts';
import { cellText, headText } from '../../cell-text.ts';
import type { Table, TableColumn } from '../../tables.ts';
import { element } from '../shell/dom.ts';
import type { Sort } from './order.ts';

export const ROW_HEIGHT = 26;
/** Rows that are looked at to see how wide a column is. */
const MEASURED_ROWS = 400;
const MAX_COLUMN_CHARACTERS = 64;
/** Width of a line's number. */
const LINE_CHARACTERS = 6;
/** A longer text may be cut off: the whole of it is in a tooltip. */
const CUT_CHARACTERS = 20;

export interface TableOptions {
  name: string;
  timeText: (at: number) => string;
  /** Opens the line a row came from. */
  openLine?: (line: number) => void;
  /** A click on a name filters the page to it. */
  namesFilter?: boolean;
  /** Called with the row's number in the table when it is activated. */
  pick?: (row: number) => void;
}

/** The row of names; `press` is told the number of the column whose name was pressed. */
export function headRow(
  table: Table,
  sort: Sort | null,
  options: TableOptions,
  press: (column: number) => void,
): HTMLElement {
  const cells = table.columns.map((column, i) => headCell(column, sort?.column === i ? sort : null, () => press(i)));
  if (showsLines(table, options)) cells.push(element('th', { scope: 'col', class: 'n' }, 'line'));
  return element('tr', { 'aria-rowindex': 1 }, ...cells);
}

function headCell(column: TableColumn, sort: Sort | null, press: () => void): HTMLElement {
  const button = element('button', { type: 'button', onclick: press }, headText(column));
  if (sort !== null) button.append(element('span', { class: 'sort', 'aria-hidden': 'true' }, sort.down ? ' ↓' : ' ↑'));
  const order = sort?.down ? 'descending' : 'ascending';
  return element('th', { scope: 'col', class: classOf(column), 'aria-sort': sort === null ? null : order }, button);
}

/** @param place of the row among those that are shown, from 0 */
export function tableRow(table: Table, row: number, place: number, options: TableOptions): HTMLElement {
  const { pick, openLine } = options;
  const cells = table.columns.map((column, i) => cellOf(cellAt(table, row, i), column, options));
  if (pick !== undefined) cells[0]?.replaceChildren(pickButton(cells[0].textContent ?? '', () => pick(row)));
  if (openLine !== undefined && table.lines.length > 0) cells.push(lineCell(table.lines[row] ?? 0, openLine));
  return element('tr', { 'aria-rowindex': place + 2 }, ...cells);
}

function cellOf(cell: Cell, column: TableColumn, { timeText, namesFilter = false }: TableOptions): HTMLElement {
  const text = cellText(cell, column, timeText);
  const title = text.length > CUT_CHARACTERS ? text : null;
  if (!namesFilter || column.isName !== true || typeof cell !== 'string' || cell === '')
    return element('td', { class: classOf(column), title }, text);
  const button = element(
    'button',
    { type: 'button', class: 'cell-button name', 'data-name': cell, title: `Filter the page to ${text}` },
    text,
  );
  return element('td', { class: classOf(column) }, button);
}

function pickButton(text: string, pick: () => void): HTMLElement {
  return element('button', { type: 'button', class: 'cell-button', title: text, onclick: pick }, text);
}

function lineCell(line: number, openLine: (line: number) => void): HTMLElement {
  const button = element(
    'button',
    {
      type: 'button',
      class: 'cell-button',
      'aria-label': `Line ${line} of the text`,
      onclick: () => openLine(line),
    },
    String(line),
  );
  return element('td', { class: 'n' }, button);
}

function classOf({ type }: TableColumn): string | null {
  return type === 'number' ? 'n' : null;
}

function showsLines({ lines }: Table, { openLine }: TableOptions): boolean {
  return openLine !== undefined && lines.length > 0;
}

/** Stands in for rows above or below those in view. */
export function spacer(rows: number): HTMLElement {
  const row = element('tr', { class: 'spacer', 'aria-hidden': 'true' });
  row.style.height = `${Math.max(0, rows) * ROW_HEIGHT}px`;
  return row;
}

/** How many characters each column is wide. */
export function columnWidths(table: Table, options: TableOptions): number[] {
  const rows = [...allRows(Math.min(table.length, MEASURED_ROWS))];
  const measured = table.columns.map((column, i) => {
    const lengths = rows.map((row) => cellText(cellAt(table, row, i), column, options.timeText).length);
    return Math.min(MAX_COLUMN_CHARACTERS, Math.max(...lengths, headText(column).length + 2, 5));
  });
  return showsLines(table, options) ? [...measured, LINE_CHARACTERS] : measured;
}

/** A table of any length: sorted by a click on a column's name, filtered as one types, with only the rows in view in the page. */

import { commas, counted } from '../../../datasets/amounts.ts';
import type { Cell } from '../../../datasets/shapes.ts';
import { cellText, headText } from '../table-html.ts';
import type { Table, TableColumn } from '../tables.ts';
import { element, everyFrame } from './dom.ts';

const ROW_HEIGHT = 26;
const SPARE_ROWS = 12;
const MAX_HEIGHT = 440;
/** Browsers stop at elements much taller than this. */
const MAX_ROWS = 500_000;
/** Rows that are looked at to see how wide a column is. */
const MEASURED_ROWS = 400;
const MAX_COLUMN_CHARACTERS = 64;

export interface TableOptions {
  name: string;
  timeText: (at: number) => string;
  /** Opens the line a row came from. */
  openLine?: (line: number) => void;
  /** Called with the row's number in the table when it is activated. */
  pick?: (row: number) => void;
}

export interface DataTable {
  element: HTMLElement;
  /** Shows another table of the same columns; order and filter stay. */
  set(table: Table): void;
  filter(text: string): void;
}

export function dataTable(first: Table, options: TableOptions): DataTable {
  let table = first;
  let order: number[] = [];
  let sort: { column: number; down: boolean } | null =
    table.heaviest === null ? null : { column: table.heaviest, down: true };
  const filter = element('input', {
    type: 'search',
    placeholder: 'Filter rows',
    'aria-label': `Filter ${options.name}`,
  });
  const count = element('span', { class: 'count', role: 'status' });
  const head = element('thead');
  const body = element('tbody');
  const columnWidths = element('colgroup');
  const grid = element('table', { 'aria-label': options.name }, columnWidths, head, body);
  const scroll = element(
    'div',
    { class: 'grid-scroll', tabindex: '0', role: 'region', 'aria-label': `${options.name}, scrollable` },
    grid,
  );

  function arrange(): void {
    order = filtered(table, filter.value, options.timeText);
    if (sort !== null) sortRows(order, table, sort);
    count.textContent =
      order.length === table.rows.length
        ? counted(order.length, 'row')
        : `${commas(order.length)} of ${counted(table.rows.length, 'row')}`;
    grid.setAttribute('aria-rowcount', String(order.length + 1));
    scroll.style.height = `${Math.min(MAX_HEIGHT, (order.length + 1) * ROW_HEIGHT + 14)}px`;
    drawRows();
  }

  function drawHead(): void {
    const cells = table.columns.map((column, i) => headCell(column, i));
    if (options.openLine !== undefined && table.lines.length > 0)
      cells.push(element('th', { scope: 'col', class: 'n' }, 'line'));
    head.replaceChildren(element('tr', { 'aria-rowindex': 1 }, ...cells));
    columnWidths.replaceChildren(
      ...widths(table, options).map((characters) => {
        const col = element('col');
        col.style.width = `calc(${characters}ch + 20px)`;
        return col;
      }),
    );
    grid.style.minWidth = '100%';
    grid.style.width = `calc(${widths(table, options).reduce((sum, each) => sum + each, 0)}ch + ${20 * cells.length}px)`;
  }

  function headCell(column: TableColumn, index: number): HTMLElement {
    const sorted = sort?.column === index;
    const button = element('button', { type: 'button' }, headText(column));
    if (sorted) button.append(element('span', { class: 'sort', 'aria-hidden': 'true' }, sort?.down ? ' ↓' : ' ↑'));
    button.addEventListener('click', () => {
      sort = sorted ? { column: index, down: !sort?.down } : { column: index, down: column.type === 'number' };
      drawHead();
      scroll.scrollTop = 0;
      arrange();
      (head.querySelectorAll('button')[index] as HTMLElement | undefined)?.focus();
    });
    return element(
      'th',
      {
        scope: 'col',
        class: column.type === 'number' ? 'n' : null,
        'aria-sort': sorted ? (sort?.down ? 'descending' : 'ascending') : null,
      },
      button,
    );
  }

  function drawRows(): void {
    const shown = Math.min(order.length, MAX_ROWS);
    const from = Math.max(0, Math.floor(scroll.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const to = Math.min(shown, Math.ceil((scroll.scrollTop + MAX_HEIGHT) / ROW_HEIGHT) + SPARE_ROWS);
    const rows = order.slice(from, to).map((row, i) => rowElement(row, from + i));
    body.replaceChildren(spacer(from), ...rows, spacer(shown - to));
  }

  function rowElement(row: number, place: number): HTMLElement {
    const cells = table.columns.map((column, i) => cellElement(table.rows[row]?.[i] ?? null, column));
    if (options.openLine !== undefined && table.lines.length > 0) cells.push(lineCell(table.lines[row] ?? 0));
    if (options.pick !== undefined && cells[0] !== undefined) {
      const text = cells[0].textContent ?? '';
      cells[0].replaceChildren(
        element(
          'button',
          { type: 'button', class: 'cell-button', title: text, onclick: () => options.pick?.(row) },
          text,
        ),
      );
    }
    return element('tr', { 'aria-rowindex': place + 2 }, ...cells);
  }

  function cellElement(cell: Cell, column: TableColumn): HTMLElement {
    const text = cellText(cell, column, options.timeText);
    return element('td', { class: column.type === 'number' ? 'n' : null, title: text.length > 20 ? text : null }, text);
  }

  function lineCell(line: number): HTMLElement {
    const button = element(
      'button',
      {
        type: 'button',
        class: 'cell-button',
        'aria-label': `Line ${line} of the text`,
        onclick: () => options.openLine?.(line),
      },
      String(line),
    );
    return element('td', { class: 'n' }, button);
  }

  filter.addEventListener('input', () => {
    scroll.scrollTop = 0;
    arrange();
  });
  scroll.addEventListener('scroll', everyFrame(drawRows));
  drawHead();
  arrange();
  return {
    element: element('div', { class: 'grid' }, element('div', { class: 'grid-tools' }, filter, count), scroll),
    set(next) {
      const sameColumns = next.columns.length === table.columns.length;
      table = next;
      if (!sameColumns) drawHead();
      arrange();
    },
    filter(text) {
      filter.value = text;
      arrange();
    },
  };
}

function spacer(rows: number): HTMLElement {
  const row = element('tr', { class: 'spacer', 'aria-hidden': 'true' });
  row.style.height = `${Math.max(0, rows) * ROW_HEIGHT}px`;
  return row;
}

function filtered(table: Table, text: string, timeText: (at: number) => string): number[] {
  const wanted = text.trim().toLowerCase();
  const all = table.rows.map((_, i) => i);
  if (wanted === '') return all;
  return all.filter((row) =>
    table.columns.some((column, i) =>
      cellText(table.rows[row]?.[i] ?? null, column, timeText)
        .toLowerCase()
        .includes(wanted),
    ),
  );
}

/** In place; rows that are equal stay in the tool's order, empty cells come last. */
function sortRows(order: number[], { rows }: Table, { column, down }: { column: number; down: boolean }): void {
  const sign = down ? -1 : 1;
  order.sort((a, b) => {
    const [left, right] = [rows[a]?.[column] ?? null, rows[b]?.[column] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || a - b;
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right) || a - b;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return sign * (left < right ? -1 : left > right ? 1 : 0) || a - b;
  });
}

/** How many characters each column is wide. */
function widths(table: Table, options: TableOptions): number[] {
  const rows = table.rows.slice(0, MEASURED_ROWS);
  const measured = table.columns.map((column, i) => {
    const longest = rows.reduce(
      (most, row) => Math.max(most, cellText(row[i] ?? null, column, options.timeText).length),
      0,
    );
    return Math.min(MAX_COLUMN_CHARACTERS, Math.max(longest, headText(column).length + 2, 5));
  });
  return options.openLine !== undefined && table.lines.length > 0 ? [...measured, 6] : measured;
}

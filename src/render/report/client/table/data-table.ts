/** A table of any length: sorted by a click on a column's name, filtered as one types, with only the rows in view in the page. */
import { commas, counted } from '../../../../datasets/amounts.ts';
import type { Table, TableColumn } from '../../tables.ts';
import { element, everyFrame } from '../shell/dom.ts';
import { columnWidths, headRow, ROW_HEIGHT, spacer, type TableOptions, tableRow } from './cells.ts';
import { firstSort, rowsInOrder, type Sort, sortAfterPress } from './order.ts';

const SPARE_ROWS = 12;
const MAX_HEIGHT = 440;
/** Browsers stop at elements much taller than this. */
const MAX_ROWS = 500_000;
/** Left and right of a cell's text together, in pixels. */
const CELL_MARGINS = 20;

export class DataTable {
  readonly element: HTMLElement;
  private table: Table;
  private sort: Sort | null;
  /** The rows that are shown, by their numbers in the table. */
  private order: Uint32Array = new Uint32Array();
  private readonly options: TableOptions;
  private readonly filterField: HTMLInputElement;
  private readonly count = element('span', { class: 'count', role: 'status' });
  private readonly head = element('thead');
  private readonly body = element('tbody');
  private readonly widths = element('colgroup');
  private readonly grid: HTMLElement;
  private readonly scroll: HTMLElement;

  constructor(table: Table, options: TableOptions) {
    const { name } = options;
    this.table = table;
    this.sort = firstSort(table);
    this.options = options;
    this.filterField = element('input', {
      type: 'search',
      placeholder: 'Filter rows',
      'aria-label': `Filter ${name}`,
      oninput: () => this.arrangeFromTop(),
    });
    this.grid = element('table', { 'aria-label': name }, this.widths, this.head, this.body);
    this.scroll = element(
      'div',
      { class: 'grid-scroll', tabindex: '0', role: 'region', 'aria-label': `${name}, scrollable` },
      this.grid,
    );
    this.scroll.addEventListener(
      'scroll',
      everyFrame(() => this.drawRows()),
    );
    const tools = element('div', { class: 'grid-tools' }, this.filterField, this.count);
    this.element = element('div', { class: 'grid' }, tools, this.scroll);
    this.drawHead();
    this.arrange();
  }

  /** Shows another table of the same columns; order and filter stay. */
  set(table: Table): void {
    const sameColumns = table.columns.length === this.table.columns.length;
    this.table = table;
    if (!sameColumns) this.drawHead();
    this.arrange();
  }

  filter(text: string): void {
    this.filterField.value = text;
    this.arrange();
  }

  private sortBy(column: number): void {
    this.sort = sortAfterPress(this.sort, column, this.table.columns[column] as TableColumn);
    this.drawHead();
    this.arrangeFromTop();
    this.head.querySelectorAll('button')[column]?.focus();
  }

  private arrangeFromTop(): void {
    this.scroll.scrollTop = 0;
    this.arrange();
  }

  private arrange(): void {
    const { table, filterField, sort, options } = this;
    this.order = rowsInOrder(table, filterField.value, sort, options.timeText);
    const [shown, all] = [this.order.length, table.length];
    this.count.textContent = shown === all ? counted(all, 'row') : `${commas(shown)} of ${counted(all, 'row')}`;
    this.grid.setAttribute('aria-rowcount', String(shown + 1));
    this.scroll.style.height = `${Math.min(MAX_HEIGHT, (shown + 1) * ROW_HEIGHT + 14)}px`;
    this.drawRows();
  }

  private drawHead(): void {
    const { table, sort, options } = this;
    this.head.replaceChildren(headRow(table, sort, options, (column) => this.sortBy(column)));
    const widths = columnWidths(table, options);
    this.widths.replaceChildren(...widths.map(columnElement));
    const characters = widths.reduce((sum, each) => sum + each, 0);
    this.grid.style.minWidth = '100%';
    this.grid.style.width = `calc(${characters}ch + ${CELL_MARGINS * widths.length}px)`;
  }

  private drawRows(): void {
    const { table, order, options, scroll } = this;
    const shown = Math.min(order.length, MAX_ROWS);
    const from = Math.max(0, Math.floor(scroll.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const to = Math.min(shown, Math.ceil((scroll.scrollTop + MAX_HEIGHT) / ROW_HEIGHT) + SPARE_ROWS);
    const rows = Array.from(order.subarray(from, to), (row, i) => tableRow(table, row, from + i, options));
    this.body.replaceChildren(spacer(from), ...rows, spacer(shown - to));
  }
}

function columnElement(characters: number): HTMLElement {
  const column = element('col');
  column.style.width = `calc(${characters}ch + ${CELL_MARGINS}px)`;
  return column;
}

/** The head of a table as plain HTML: what is there with scripts off, in print, and until the script takes over. */
import { counted } from '../../datasets/amounts.ts';
import { cellAt } from '../../datasets/cells.ts';
import type { Cell } from '../../datasets/shapes.ts';
import { type Markup, markup } from '../markup.ts';
import { cellText, headText } from './cell-text.ts';
import type { TableColumn, TableHead } from './tables.ts';

/** Rows in the HTML itself. All of them are in the data. */
export const STATIC_ROWS = 12;
/** Longer texts are cut in the static table. */
const STATIC_CHARACTERS = 200;
/** No more columns than this in the static table. */
const STATIC_COLUMNS = 24;

/** @param timeText a time in words */
export function tableHtml({ head, length }: TableHead, timeText: (at: number) => string, caption: string): Markup {
  const columns = head.columns.slice(0, STATIC_COLUMNS);
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${columns.map(
    (column) => markup`<th scope="col"${column.type === 'number' && markup` class="n"`}>${headText(column)}</th>`,
  )}</tr></thead>
<tbody>${Array.from(
    { length: head.length },
    (_, row) => markup`<tr>${columns.map((column, i) => cellHtml(cellAt(head, row, i), column, timeText))}</tr>
`,
  )}</tbody></table></div>
${length > head.length && markup`<p class="quiet">${counted(length, 'row')} in all; the first ${head.length} are here.</p>`}`;
}

function cellHtml(cell: Cell, column: TableColumn, timeText: (at: number) => string): Markup {
  const text = cellText(cell, column, timeText);
  const cut = text.length > STATIC_CHARACTERS ? `${text.slice(0, STATIC_CHARACTERS)}…` : text;
  return markup`<td${column.type === 'number' && markup` class="n"`}>${cut}</td>`;
}

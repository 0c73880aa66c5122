/** Rows of an event log as a still table, for where no script sorts and filters: the heaviest first. */
import type { Cell, Column, Events } from '../datasets/shapes.ts';
import { drawSheet, label, line, MARGIN, type PictureOptions, sheetFor } from './chart.ts';
import { commas } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { fitMiddle, textWidth } from './text.ts';

export interface TableOptions extends PictureOptions {
  /** How many rows are drawn; default 30. */
  most?: number;
}

const ROW = 19;
const SIZE = 12;
const GAP = 14;
const MAX_COLUMN = 320;

/** The rows with the greatest duration, else size, first; in the order of the log where it has neither. */
export function tableSvg(events: Events, options: TableOptions = {}): Markup {
  const { most = 30 } = options;
  const weight = weightColumn(events.columns);
  const order = weight === null ? 'as logged' : `greatest ${events.columns[weight]?.name} first`;
  const sheet = sheetFor(options, events.title, `${commas(events.rows.length)} rows, ${order}`);
  const rows = heaviestRows(events, weight, most);
  const widths = columnWidths(events.columns, rows, sheet.width - 2 * MARGIN);
  const lefts = widths.map((_, i) => MARGIN + widths.slice(0, i).reduce((sum, width) => sum + width + GAP, 0));
  const used = lefts.filter((left, i) => left + (widths[i] as number) <= sheet.width - MARGIN + 1).length;
  const cells = (values: readonly Cell[], y: number, faint: boolean): Markup[] =>
    values.slice(0, used).map((value, i) => {
      const [left, width] = [lefts[i] as number, widths[i] as number];
      const numeric = events.columns[i]?.type === 'number';
      const text = fitMiddle(cellText(value), width, SIZE);
      return label(sheet.theme, numeric ? left + width : left, y, text, { anchor: numeric ? 'end' : 'start', faint });
    });
  const head = cells(
    events.columns.map(({ name }) => name),
    sheet.top + 12,
    true,
  );
  const body = rows.map(
    (row, i) =>
      markup`<g><title>${rowWords(events.columns, row)}</title>${cells(row, sheet.top + 34 + i * ROW, false)}</g>\n`,
  );
  const rule = line(sheet.theme, MARGIN, sheet.top + 18, sheet.width - MARGIN, sheet.top + 18);
  const bottom = sheet.top + 26 + Math.max(1, rows.length) * ROW;
  const left = events.rows.length - rows.length;
  const remarks = [
    left > 0 ? `and ${commas(left)} more rows` : '',
    used < events.columns.length
      ? `columns that found no room: ${events.columns
          .slice(used)
          .map(({ name }) => name)
          .join(', ')}`
      : '',
  ].filter((remark) => remark !== '');
  return drawSheet(sheet, bottom, [...head, rule, ...body], '', remarks);
}

/** The column that says how heavy a row is, or null. */
export function weightColumn(columns: readonly Column[]): number | null {
  for (const wanted of ['duration', 'size'] as const) {
    const found = columns.findIndex(({ role, type }) => role === wanted && type === 'number');
    if (found >= 0) return found;
  }
  return null;
}

function heaviestRows({ rows }: Events, weight: number | null, most: number): Cell[][] {
  if (weight === null) return rows.slice(0, most);
  const heavy = (row: Cell[]): number => (typeof row[weight] === 'number' ? (row[weight] as number) : -Infinity);
  return rows.toSorted((a, b) => heavy(b) - heavy(a)).slice(0, most);
}

function columnWidths(columns: readonly Column[], rows: readonly Cell[][], room: number): number[] {
  const natural = columns.map(({ name }, i) =>
    Math.min(
      MAX_COLUMN,
      rows.reduce((most, row) => Math.max(most, textWidth(cellText(row[i] ?? null), SIZE)), textWidth(name, SIZE)) + 2,
    ),
  );
  const wanted = natural.reduce((sum, width) => sum + width + GAP, -GAP);
  if (wanted <= room) return natural;
  // Only what is wide gives way: numbers and short names stay whole.
  const narrow = natural.filter((width) => width <= 90).reduce((sum, width) => sum + width, 0);
  const gaps = GAP * (columns.length - 1);
  const factor = Math.max(0.25, (room - gaps - narrow) / (wanted - gaps - narrow));
  return natural.map((width) => (width <= 90 ? width : Math.max(60, width * factor)));
}

function cellText(value: Cell): string {
  return value === null ? '' : String(value);
}

function rowWords(columns: readonly Column[], row: readonly Cell[]): string {
  return columns.map(({ name }, i) => `${name} ${cellText(row[i] ?? null)}`).join(', ');
}

/** Rows of an event log as a still table, for where no script sorts and filters: the heaviest first. */
import { counted } from '../datasets/amounts.ts';
import { heaviestFirst, rowAt, rowCount } from '../datasets/cells.ts';
import { reportColumn } from '../datasets/event-sums.ts';
import type { Cell, Column, Events } from '../datasets/shapes.ts';
import { drawSheet, label, line, MARGIN, type PictureOptions, sheetFor, titleOf } from './chart.ts';
import { type Markup, markup } from './markup.ts';
import { fitMiddle, textWidth } from './text.ts';

export interface TableOptions extends PictureOptions {
  /** How many rows are drawn; default 30. */
  most?: number;
}

const ROW = 19;
const SIZE = 12;
const GAP = 14;

/** The rows with the greatest duration, else size, else CPU use first; in the order of the log where it has neither. */
export function tableSvg(events: Events, options: TableOptions = {}): Markup {
  const { most = 30 } = options;
  const weight = weightColumn(events.columns);
  const order = weight === null ? 'as logged' : `greatest ${events.columns[weight]?.name} first`;
  const sheet = sheetFor(options, titleOf(events), `${counted(rowCount(events), 'row')}, ${order}`);
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
  const left = rowCount(events) - rows.length;
  const remarks = [
    left > 0 ? `and ${counted(left, 'more row')}` : '',
    used < events.columns.length
      ? `columns that found no room: ${events.columns
          .slice(used)
          .map(({ name }) => name)
          .join(', ')}`
      : '',
  ].filter((remark) => remark !== '');
  return drawSheet(sheet, bottom, [...head, rule, ...body], '', remarks);
}

/** The column that says how heavy a row is: a duration, what a process took of a report, a size; or null. */
export function weightColumn(columns: readonly Column[]): number | null {
  const ofRole = (wanted: Column['role']): number =>
    columns.findIndex(({ role, type }) => role === wanted && type === 'number');
  const [duration, size] = [ofRole('duration'), ofRole('size')];
  if (duration >= 0) return duration;
  return reportColumn(columns) ?? (size >= 0 ? size : null);
}

function heaviestRows(events: Events, weight: number | null, most: number): Cell[][] {
  return Array.from(heaviestFirst(events.cells, rowCount(events), weight, most), (row) => rowAt(events, row));
}

/** As wide as the cells are; where that is too much, the widest give way to one common width. */
function columnWidths(columns: readonly Column[], rows: readonly Cell[][], room: number): number[] {
  const natural = columns.map(
    ({ name }, i) =>
      rows.reduce((most, row) => Math.max(most, textWidth(cellText(row[i] ?? null), SIZE)), textWidth(name, SIZE)) + 2,
  );
  let left = room - GAP * (columns.length - 1);
  let share = Infinity;
  const ascending = natural.toSorted((a, b) => a - b);
  ascending.forEach((width, i) => {
    if (share !== Infinity) return;
    const even = left / (ascending.length - i);
    if (width > even) share = Math.max(60, even);
    else left -= width;
  });
  return natural.map((width) => Math.min(width, share));
}

function cellText(value: Cell): string {
  return value === null ? '' : String(value);
}

function rowWords(columns: readonly Column[], row: readonly Cell[]): string {
  return columns.map(({ name }, i) => `${name} ${cellText(row[i] ?? null)}`).join(', ');
}

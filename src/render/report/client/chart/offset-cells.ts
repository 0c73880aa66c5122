/** The cells of a sub-second heat map: which time each is, which one is pointed at, where a key leads. */
import type { HeatMap } from '../../../../datasets/heatmap.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import { toMicroseconds } from '../../view.ts';

export interface OffsetCell {
  column: number;
  /** From the beginning of the second, which is drawn lowest. */
  row: number;
}

export const FIRST_CELL: OffsetCell = { column: 0, row: 0 };

/** In seconds. Where several seconds share a column, its cells stand for no time within them, and begin where it does. */
export function startOf({ column, row }: OffsetCell, { columns, rows }: HeatMap): number {
  const [low, high] = columns[column] as [number, number];
  return high - low > 1 ? low : low + row / rows.length;
}

function endOf(cell: OffsetCell, map: HeatMap): number {
  const [low, high] = map.columns[cell.column] as [number, number];
  return high - low > 1 ? high : startOf(cell, map) + 1 / map.rows.length;
}

/** From the earlier of two cells to the later one, both included, in seconds. */
export function rangeBetween(one: OffsetCell, other: OffsetCell, map: HeatMap): Range {
  const [first, last] = startOf(one, map) <= startOf(other, map) ? [one, other] : [other, one];
  return { from: toMicroseconds(startOf(first, map)), to: toMicroseconds(endOf(last, map)) };
}

/** How much was sampled in a cell. */
export function amountIn({ column, row }: OffsetCell, { columns, values }: HeatMap): number {
  return values[row * columns.length + column] as number;
}

/** The cell at a place of the picture, given as shares of its width and height from the left and the top. */
export function cellAt(x: number, y: number, { columns, rows }: HeatMap): OffsetCell {
  return { column: placeOf(x, columns.length), row: rows.length - 1 - placeOf(y, rows.length) };
}

function placeOf(share: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(share * count)));
}

/** The cell that an arrow key leads to, at an edge the same one; null for other keys. */
export function cellByKey({ column, row }: OffsetCell, key: string, { columns, rows }: HeatMap): OffsetCell | null {
  switch (key) {
    case 'ArrowLeft':
      return { column: Math.max(0, column - 1), row };
    case 'ArrowRight':
      return { column: Math.min(columns.length - 1, column + 1), row };
    case 'ArrowUp':
      return { column, row: Math.min(rows.length - 1, row + 1) };
    case 'ArrowDown':
      return { column, row: Math.max(0, row - 1) };
    default:
      return null;
  }
}

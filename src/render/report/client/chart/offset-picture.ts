/** The picture of a sub-second heat map: its cells on a canvas, and over them the range, the cursor and the incident. */
import type { HeatMap } from '../../../../datasets/heatmap.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import { type ColorClass, colorClasses } from '../../../heatmap.ts';
import { themeOf } from '../../../theme.ts';
import { element, styleValue } from '../shell/dom.ts';
import { legendItem, legendList } from '../shell/legend.ts';
import type { OffsetCell } from './offset-cells.ts';

const ROW_HEIGHT = 5;
const LEAST_HEIGHT = 150;
/** Cells larger than this, in pixels, have a gap between them. */
const GAP_FROM = 4;

/** What is drawn over the cells. */
export interface OffsetMarks {
  range: Range | null;
  cursor: OffsetCell | null;
  /** The incident, in seconds on the axis. */
  mark: number | null;
}

/** The size of all and of one cell, in the page's pixels. */
interface Sizes {
  width: number;
  height: number;
  cellWidth: number;
  cellHeight: number;
}

interface DrawnCells {
  picture: HTMLCanvasElement;
  of: HeatMap;
  width: number;
  dark: string;
}

export class OffsetPicture {
  readonly canvas = element('canvas', { class: 'offset-canvas', tabindex: '0', role: 'img' });
  readonly legend = legendList();
  private readonly unit: string;
  /** The cells alone, in device pixels: drawn anew when size, cells or colours change, and not with every range. */
  private cells: DrawnCells | null = null;

  /** @param unit of what is counted in a cell */
  constructor(unit: string) {
    this.unit = unit;
  }

  /** @param width in the page's pixels */
  draw(map: HeatMap, width: number, { range, cursor, mark }: OffsetMarks): void {
    const sizes = sizesOf(map, width);
    setSize(this.canvas, sizes);
    const pen = this.canvas.getContext('2d');
    if (pen === null) return;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(this.cellsOf(map, sizes), 0, 0);
    pen.scale(ratio(), ratio());
    if (range !== null) veil(pen, map, range, sizes);
    if (cursor !== null) drawCursor(pen, map, cursor, sizes);
    if (mark !== null) drawMark(pen, map, mark, sizes);
    this.canvas.setAttribute(
      'aria-label',
      `Samples by second and by offset within it, ${map.columns.length} seconds; arrow keys move, Enter starts and ends a range`,
    );
  }

  private cellsOf(map: HeatMap, sizes: Sizes): HTMLCanvasElement {
    const dark = styleValue('--is-dark');
    const { cells } = this;
    if (cells !== null && cells.of === map && cells.width === sizes.width && cells.dark === dark) return cells.picture;
    const classes = colorClasses(map, themeOf(dark === '1' ? 'dark' : 'light').ramp);
    const picture = cellPicture(map, sizes, classes);
    this.cells = { picture, of: map, width: sizes.width, dark };
    this.legend.replaceChildren(
      ...classes.map(({ words, color }) => legendItem(words, color)),
      element('li', {}, `${this.unit} a cell`),
    );
    return picture;
  }
}

function sizesOf({ columns, rows }: HeatMap, width: number): Sizes {
  const cellHeight = Math.max(ROW_HEIGHT, LEAST_HEIGHT / rows.length);
  return { width, height: cellHeight * rows.length, cellWidth: width / columns.length, cellHeight };
}

/** Writes only what changes: to set a canvas's size, even to the same, clears it. */
function setSize(canvas: HTMLCanvasElement, { width, height }: Sizes): void {
  if (canvas.style.height !== `${height}px`) canvas.style.height = `${height}px`;
  const [wide, high] = [Math.round(width * ratio()), Math.round(height * ratio())];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
}

function ratio(): number {
  return devicePixelRatio || 1;
}

function cellPicture(map: HeatMap, sizes: Sizes, classes: readonly ColorClass[]): HTMLCanvasElement {
  const { width, height } = sizes;
  const picture = element('canvas', { width: width * ratio(), height: height * ratio() });
  const pen = picture.getContext('2d');
  if (pen === null) return picture;
  pen.scale(ratio(), ratio());
  pen.fillStyle = styleValue('--cell-zero');
  pen.fillRect(0, 0, width, height);
  drawCells(pen, map, sizes, classes);
  return picture;
}

function drawCells(
  pen: CanvasRenderingContext2D,
  { columns, rows, values }: HeatMap,
  { cellWidth, cellHeight }: Sizes,
  classes: readonly ColorClass[],
): void {
  const width = Math.max(cellWidth - gap(cellWidth), 0.5);
  const height = cellHeight - gap(cellHeight);
  for (let row = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++) {
      const value = values[row * columns.length + column] as number;
      const color = classes.find(({ low, high }) => value >= low && value < high)?.color;
      if (color === undefined) continue;
      pen.fillStyle = color;
      pen.fillRect(column * cellWidth, (rows.length - 1 - row) * cellHeight, width, height);
    }
}

function gap(size: number): number {
  return size > GAP_FROM ? 1 : 0;
}

/** Covers what is outside the range: the seconds before and after, and the parts of the first and the last one. */
function veil(pen: CanvasRenderingContext2D, { columns }: HeatMap, range: Range, { height, cellWidth }: Sizes): void {
  pen.fillStyle = styleValue('--veil');
  columns.forEach(([low, high], column) => {
    const part = (at: number): number => Math.min(1, Math.max(0, (at - low) / (high - low)));
    const [from, to] = [part(range.from), part(range.to)];
    // The second's beginning is at the bottom.
    pen.fillRect(column * cellWidth, height * (1 - from), cellWidth, height * from);
    pen.fillRect(column * cellWidth, 0, cellWidth, height * (1 - to));
  });
}

function drawCursor(
  pen: CanvasRenderingContext2D,
  { rows }: HeatMap,
  { column, row }: OffsetCell,
  { cellWidth, cellHeight }: Sizes,
): void {
  pen.strokeStyle = styleValue('--ink');
  pen.strokeRect(column * cellWidth, (rows.length - 1 - row) * cellHeight, cellWidth, cellHeight);
}

function drawMark(pen: CanvasRenderingContext2D, { columns }: HeatMap, mark: number, sizes: Sizes): void {
  const column = columns.findIndex(([low, high]) => mark >= low && mark < high);
  if (column < 0) return;
  pen.fillStyle = styleValue('--mark');
  pen.fillRect((column + 0.5) * sizes.cellWidth - 1, 0, 2, sizes.height);
}

/**
 * The sub-second offset heat map, after Netflix FlameScope: one column per second, the offset within it upwards, colour by
 * how many samples. Dragging from cell to cell sets the range from the first to the last of them, both included.
 */
import { commas } from '../../../datasets/amounts.ts';
import { type HeatMap, subsecondHeatMap } from '../../../datasets/heatmap.ts';
import type { Range } from '../../../datasets/narrow.ts';
import type { Stacks } from '../../../datasets/shapes.ts';
import { type ColorClass, colorClasses } from '../../heatmap.ts';
import { themeOf } from '../../theme.ts';
import { isOnAxis } from '../axis.ts';
import { type Context, timeText, type Widget } from './context.ts';
import { element, everyFrame, styleValue } from './dom.ts';

const ROW_HEIGHT = 5;
const CHOICES = [50, 25, 20, 10];

interface Cell {
  column: number;
  row: number;
}

/** null where samples have no times, or cover less than two seconds. */
export function offsetMap(stacks: Stacks, context: Context): (Widget & { element: HTMLElement }) | null {
  const { axis, store } = context;
  if (axis === null || !isOnAxis(stacks, axis)) return null;
  let map = subsecondHeatMap(stacks, CHOICES[0]);
  if (map === null || map.columns.length < 2) return null;
  const canvas = element('canvas', { class: 'offset-canvas', tabindex: '0', role: 'img' });
  const said = element('p', { class: 'offset-said', role: 'status' });
  const size = element(
    'select',
    { 'aria-label': 'Cell height' },
    ...CHOICES.map((rows) => element('option', { value: rows }, `${1000 / rows} ms`)),
  );
  const legend = element('ul', { class: 'legend', 'aria-label': 'Colours' });
  const figure = element(
    'figure',
    { class: 'offset-map' },
    element(
      'figcaption',
      {},
      element('b', {}, 'Sub-second offset'),
      ' a column is a second, upwards the part of it; drag over cells to see their stacks ',
      size,
    ),
    canvas,
    said,
    legend,
  );
  /** Kept, not asked for: to ask makes the browser lay out what was just drawn beside it. */
  let width = 0;
  let cursor: Cell = { column: 0, row: 0 };
  let anchor: Cell | null = null;

  const startOf = ({ column, row }: Cell, { columns, rows }: HeatMap): number => {
    const [low, high] = columns[column] as [number, number];
    return high - low > 1 ? low : low + row / rows.length;
  };
  const endOf = (cell: Cell, now: HeatMap): number => {
    const [low, high] = now.columns[cell.column] as [number, number];
    return high - low > 1 ? high : startOf(cell, now) + 1 / now.rows.length;
  };

  /** The cells alone, in device pixels: drawn anew when size, cells or colours change, and not with every range. */
  let cells: { picture: HTMLCanvasElement; of: HeatMap; width: number; dark: string } | null = null;

  function cellPicture(now: HeatMap, width: number, height: number): HTMLCanvasElement {
    const dark = styleValue('--is-dark');
    if (cells !== null && cells.of === now && cells.width === width && cells.dark === dark) return cells.picture;
    const picture = element('canvas', { width: width * ratio(), height: height * ratio() });
    const pen = picture.getContext('2d');
    if (pen !== null) {
      pen.scale(ratio(), ratio());
      pen.fillStyle = styleValue('--cell-zero');
      pen.fillRect(0, 0, width, height);
      const classes = colorClasses(now, themeOf(dark === '1' ? 'dark' : 'light').ramp);
      drawCells(pen, now, width / now.columns.length, height / now.rows.length, classes);
      legend.replaceChildren(
        ...classes.map(({ words, color }) => legendItem(words, color)),
        element('li', {}, `${unitOf(stacks)} a cell`),
      );
    }
    cells = { picture, of: now, width, dark };
    return picture;
  }

  function draw(): void {
    if (map === null || width === 0) return;
    const { columns, rows } = map;
    const [cellWidth, cellHeight] = [width / columns.length, Math.max(ROW_HEIGHT, 150 / rows.length)];
    const height = cellHeight * rows.length;
    if (canvas.style.height !== `${height}px`) canvas.style.height = `${height}px`;
    const [wide, high] = [Math.round(width * ratio()), Math.round(height * ratio())];
    if (canvas.width !== wide) canvas.width = wide;
    if (canvas.height !== high) canvas.height = high;
    const pen = canvas.getContext('2d');
    if (pen === null) return;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(cellPicture(map, width, height), 0, 0);
    pen.scale(ratio(), ratio());
    if (store.view.range !== null) veil(pen, map, store.view.range, cellWidth, cellHeight);
    pen.strokeStyle = styleValue('--ink');
    if (document.activeElement === canvas)
      pen.strokeRect(cursor.column * cellWidth, (rows.length - 1 - cursor.row) * cellHeight, cellWidth, cellHeight);
    const { mark } = context;
    const marked = mark === null ? -1 : columns.findIndex(([low, high]) => mark >= low && mark < high);
    pen.fillStyle = styleValue('--mark');
    if (marked >= 0) pen.fillRect((marked + 0.5) * cellWidth - 1, 0, 2, height);
    canvas.setAttribute(
      'aria-label',
      `Samples by second and by offset within it, ${columns.length} seconds; arrow keys move, Enter starts and ends a range`,
    );
  }

  function cellAt(event: PointerEvent): Cell {
    const { columns, rows } = map as HeatMap;
    const box = canvas.getBoundingClientRect();
    const within = (share: number, count: number): number =>
      Math.min(count - 1, Math.max(0, Math.floor(share * count)));
    return {
      column: within((event.clientX - box.left) / box.width, columns.length),
      row: rows.length - 1 - within((event.clientY - box.top) / box.height, rows.length),
    };
  }

  function choose(from: Cell, to: Cell): void {
    const now = map as HeatMap;
    const [first, last] = startOf(from, now) <= startOf(to, now) ? [from, to] : [to, from];
    const tidy = (at: number): number => Math.round(at * 1e6) / 1e6;
    store.setRange({ from: tidy(startOf(first, now)), to: tidy(endOf(last, now)) });
  }

  function say(cell: Cell): void {
    const now = map as HeatMap;
    const value = now.values[cell.row * now.columns.length + cell.column] as number;
    said.textContent = `${timeText(context, stacks, startOf(cell, now))}, offset ${commas(now.rows[cell.row]?.low ?? 0)} ms: ${commas(value)} ${unitOf(stacks)}`;
  }

  const drawSoon = everyFrame(draw);
  let latest: Cell | null = null;
  const chooseSoon = everyFrame(() => {
    if (anchor !== null && latest !== null) choose(anchor, latest);
  });
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    anchor = cellAt(event);
    latest = anchor;
    chooseSoon();
  });
  canvas.addEventListener('pointermove', (event) => {
    latest = cellAt(event);
    say(latest);
    if (anchor !== null && event.buttons === 1) chooseSoon();
  });
  canvas.addEventListener('pointerup', () => {
    if (anchor !== null && latest !== null) choose(anchor, latest);
    anchor = null;
  });
  canvas.addEventListener('dblclick', () => store.setRange(null));
  canvas.addEventListener('keydown', (event) => {
    const { columns, rows } = map as HeatMap;
    if (event.key === 'ArrowLeft') cursor = { ...cursor, column: Math.max(0, cursor.column - 1) };
    else if (event.key === 'ArrowRight')
      cursor = { ...cursor, column: Math.min(columns.length - 1, cursor.column + 1) };
    else if (event.key === 'ArrowUp') cursor = { ...cursor, row: Math.min(rows.length - 1, cursor.row + 1) };
    else if (event.key === 'ArrowDown') cursor = { ...cursor, row: Math.max(0, cursor.row - 1) };
    else if (event.key === 'Escape') {
      anchor = null;
      store.setRange(null);
    } else if (event.key === 'Enter') {
      if (anchor !== null) choose(anchor, cursor);
      else choose(cursor, cursor);
      anchor = anchor === null ? cursor : null;
    } else return;
    event.preventDefault();
    say(cursor);
    drawSoon();
  });
  canvas.addEventListener('focus', drawSoon);
  canvas.addEventListener('blur', drawSoon);
  size.addEventListener('change', () => {
    map = subsecondHeatMap(stacks, Number(size.value));
    cursor = { column: 0, row: 0 };
    draw();
  });
  new ResizeObserver(([entry]) => {
    width = Math.max(1, entry?.contentRect.width ?? 0);
    drawSoon();
  }).observe(figure);
  let shown: { range: Range | null; dark: string } | null = null;
  return {
    element: figure,
    update() {
      const now = { range: store.view.range, dark: styleValue('--is-dark') };
      if (shown?.range !== now.range || shown.dark !== now.dark) draw();
      shown = now;
    },
  };
}

function unitOf({ profile, unit }: Stacks): string {
  return profile.samples?.weight === null ? 'samples' : unit;
}

function legendItem(words: string, color: string): HTMLElement {
  const swatch = element('span', { class: 'swatch' });
  swatch.style.background = color;
  return element('li', {}, swatch, words);
}

function ratio(): number {
  return devicePixelRatio || 1;
}

function drawCells(
  pen: CanvasRenderingContext2D,
  { columns, rows, values }: HeatMap,
  width: number,
  height: number,
  classes: readonly ColorClass[],
): void {
  for (let row = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++) {
      const value = values[row * columns.length + column] as number;
      const color = classes.find(({ low, high }) => value >= low && value < high)?.color;
      if (color === undefined) continue;
      pen.fillStyle = color;
      const y = (rows.length - 1 - row) * height;
      pen.fillRect(column * width, y, Math.max(width - (width > 4 ? 1 : 0), 0.5), height - (height > 4 ? 1 : 0));
    }
}

/** Covers what is outside the range: the seconds before and after, and the parts of the first and the last one. */
function veil(
  pen: CanvasRenderingContext2D,
  { columns, rows }: HeatMap,
  range: Range,
  width: number,
  height: number,
): void {
  pen.fillStyle = styleValue('--veil');
  const tall = rows.length * height;
  columns.forEach(([low, high], column) => {
    const part = (at: number): number => Math.min(1, Math.max(0, (at - low) / (high - low)));
    const [from, to] = [part(range.from), part(range.to)];
    // The second's beginning is at the bottom.
    pen.fillRect(column * width, tall * (1 - from), width, tall * from);
    pen.fillRect(column * width, 0, width, tall * (1 - to));
  });
}

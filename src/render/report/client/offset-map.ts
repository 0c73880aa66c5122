/**
 * The sub-second offset heat map, after Netflix FlameScope: a column a second, the offset within it upwards, colour by
 * how many samples. Dragging from cell to cell sets the range from the first to the last of them, both included.
 */
import { type HeatMap, subsecondHeatMap } from '../../../datasets/heatmap.ts';
import type { Stacks } from '../../../datasets/shapes.ts';
import { commas } from '../../format.ts';
import { colorClasses } from '../../heatmap.ts';
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
  );
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

  function draw(): void {
    if (map === null) return;
    const { columns, rows, values } = map;
    const width = Math.max(1, figure.clientWidth);
    const ratio = devicePixelRatio || 1;
    const [cellWidth, cellHeight] = [width / columns.length, Math.max(ROW_HEIGHT, 150 / rows.length)];
    canvas.style.height = `${cellHeight * rows.length}px`;
    canvas.width = width * ratio;
    canvas.height = cellHeight * rows.length * ratio;
    const pen = canvas.getContext('2d');
    if (pen === null) return;
    pen.scale(ratio, ratio);
    pen.fillStyle = styleValue('--cell-zero');
    pen.fillRect(0, 0, width, cellHeight * rows.length);
    const dark = styleValue('--is-dark') === '1';
    const classes = colorClasses(map, themeOf(dark ? 'dark' : 'light').ramp);
    const range = store.view.range;
    for (let row = 0; row < rows.length; row++)
      for (let column = 0; column < columns.length; column++) {
        const value = values[row * columns.length + column] as number;
        const cell = { column, row };
        const chosen = range === null || (startOf(cell, map) < range.to - 1e-9 && endOf(cell, map) > range.from + 1e-9);
        const color = classes.find(({ low, high }) => value >= low && value < high)?.color;
        if (color === undefined && chosen) continue;
        pen.globalAlpha = chosen ? 1 : 0.25;
        pen.fillStyle = color ?? styleValue('--paper');
        const y = (rows.length - 1 - row) * cellHeight;
        pen.fillRect(
          column * cellWidth,
          y,
          Math.max(cellWidth - (cellWidth > 4 ? 1 : 0), 0.5),
          cellHeight - (cellHeight > 4 ? 1 : 0),
        );
      }
    pen.globalAlpha = 1;
    pen.strokeStyle = styleValue('--ink');
    if (document.activeElement === canvas)
      pen.strokeRect(cursor.column * cellWidth, (rows.length - 1 - cursor.row) * cellHeight, cellWidth, cellHeight);
    const { mark } = context;
    if (mark !== null) {
      const column = columns.findIndex(([low, high]) => mark >= low && mark < high);
      pen.fillStyle = styleValue('--mark');
      if (column >= 0) pen.fillRect((column + 0.5) * cellWidth - 1, 0, 2, cellHeight * rows.length);
    }
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
    said.textContent = `${timeText(context, stacks, startOf(cell, now))}, offset ${commas(now.rows[cell.row]?.low ?? 0)} ms: ${commas(value)} ${stacks.profile.samples?.weight === null ? 'samples' : stacks.unit}`;
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
  new ResizeObserver(drawSoon).observe(figure);
  return { element: figure, update: draw };
}

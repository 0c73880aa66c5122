/** Heat maps: a grid of cells, each coloured by the class its number falls in; the classes are the legend. */

import { commas, counted, percent } from '../datasets/amounts.ts';
import type { HostClock } from '../datasets/capture.ts';
import type { HeatMap, Row } from '../datasets/heatmap.ts';
import type { Range } from '../datasets/narrow.ts';
import {
  bar,
  drawSheet,
  label,
  line,
  MARGIN,
  notWatched,
  type PictureOptions,
  type Sheet,
  SMALL,
  sheetFor,
  spaced,
  timeAxis,
} from './chart.ts';
import { px, tick } from './format.ts';
import { rowWords } from './heatmap-words.ts';
import { type Markup, markup } from './markup.ts';
import { fitMiddle, textWidth } from './text.ts';
import { hostTime } from './when.ts';

/** The most maps drawn one under the other. */
export const MAX_MAPS = 12;
/** Of a map with more cells, those of one colour are one shape, without words of their own. */
const MAX_TOLD_CELLS = 4000;
/** In a page, whose script tells what each cell is. */
const MAX_TOLD_IN_PAGE = 400;
const MAX_CELL = 40;
/** From this ratio of the greatest count to the least on, classes grow. */
const SPREAD = 16;

/** Half open: a value from `low` up to but not including `high` has the colour. */
export interface ColorClass {
  low: number;
  high: number;
  color: string;
  words: string;
}

/**
 * The classes that values are coloured by: a share in even steps; counts one by one where they are few, else in steps
 * that grow, so that a single slow request is seen beside a thousand fast ones.
 */
export function colorClasses(
  { values, valueKind }: Pick<HeatMap, 'values' | 'valueKind'>,
  ramp: readonly string[],
): ColorClass[] {
  const steps = ramp.length;
  const bounds =
    valueKind === 'percent'
      ? Array.from({ length: steps + 1 }, (_, i) => (100 * i) / steps)
      : countBounds(values, steps);
  return bounds.slice(1).map((high, i) => {
    const low = bounds[i] as number;
    const color = ramp[Math.round((i * (steps - 1)) / Math.max(1, bounds.length - 2))] as string;
    return { low, high, color, words: classWords(low, high, valueKind) };
  });
}

function classWords(low: number, high: number, kind: HeatMap['valueKind']): string {
  if (kind === 'percent') return `${commas(low, 1)}–${commas(high, 1)}%`;
  return high - low <= 1 ? commas(low, 0) : `${commas(low, 0)}–${commas(high - 1, 0)}`;
}

/** Ascending whole bounds around the counts that are there, for at most `steps` classes. */
function countBounds(values: Float64Array, steps: number): number[] {
  const counts = values.filter((value) => value > 0);
  const least = Math.max(1, Math.floor(counts.reduce((low, value) => Math.min(low, value), Infinity)) || 1);
  const end = Math.floor(counts.reduce((high, value) => Math.max(high, value), 1)) + 1;
  const first = Number.isFinite(least) ? least : 1;
  const bounds = [first];
  for (let i = 1; i <= steps && (bounds.at(-1) as number) < end; i++) {
    // Even steps where counts are alike, growing ones where they are not.
    const even = first + ((end - first) * i) / steps;
    const growing = first * (end / first) ** (i / steps);
    const next = Math.round(end / first < SPREAD ? even : growing);
    bounds.push(i === steps ? end : Math.min(end, Math.max((bounds.at(-1) as number) + 1, next)));
  }
  return bounds;
}

/** The maps of one dataset, one under the other, on one colour scale. */
export function heatmapSvg(maps: readonly HeatMap[], title: string, options: PictureOptions = {}): Markup {
  const shown = maps.slice(0, MAX_MAPS);
  const sheet = sheetFor(options, title, shown[0] === undefined ? '' : axesWords(shown[0]));
  const kind = shown[0]?.valueKind ?? 'count';
  const values = Float64Array.from(shown.flatMap((map) => Array.from(map.values)));
  const classes = colorClasses({ values, valueKind: kind }, sheet.theme.ramp);
  let top = sheet.top + 10;
  const body: Markup[] = [];
  for (const map of shown) {
    const drawn = drawMap(sheet, map, classes, top);
    body.push(drawn.body);
    top = drawn.bottom + MARGIN;
  }
  const legend = drawLegend(sheet, classes, shown[0]?.valueUnit ?? '', top);
  const remarks = shown.flatMap(({ notes, label: name }) =>
    notes.map((note) => (name === '' ? note : `${name}: ${note}`)),
  );
  if (maps.length > shown.length) remarks.push(`${counted(maps.length - shown.length, 'more map')} not drawn`);
  return drawSheet(sheet, legend.bottom, [...body, legend.body], '', remarks);
}

function axesWords({ rowTitle, rowUnit, columnUnit, valueUnit, valueKind }: HeatMap): string {
  const across = columnUnit === 'seconds' ? 'time' : 'intervals in their order';
  const up = rowTitle === 'offset' ? 'offset within the second' : rowTitle === '' ? rowUnit : rowTitle;
  return `across: ${across} · up: ${up} · colour: ${valueKind === 'percent' ? valueUnit : `how many ${valueUnit}`.trim()}`;
}

function columnWords({ columns, columnUnit }: HeatMap, column: number, clock: HostClock | null): string {
  const [low, high] = columns[column] as [number, number];
  if (columnUnit === 'interval') return `interval ${low}`;
  const decimals = high - low < 1 ? 1 : 0;
  return `${hostTime(low, clock, decimals)} to ${hostTime(high, clock, decimals)}`;
}

interface Grid {
  left: number;
  top: number;
  cellHeight: number;
  bottom: number;
  right: number;
  /** What the grid's width stands for: seconds, or numbers of intervals. */
  span: Range;
  /** The left edge of a time. */
  x: (at: number) => number;
}

function drawMap(
  sheet: Sheet,
  map: HeatMap,
  classes: readonly ColorClass[],
  top: number,
): { body: Markup; bottom: number } {
  const { theme } = sheet;
  const grid = gridOf(sheet, map, top + (map.label === '' ? 0 : 20));
  const { right } = grid;
  const told = theme.paper === null ? MAX_TOLD_IN_PAGE : MAX_TOLD_CELLS;
  const name =
    map.label === '' ? null : label(theme, MARGIN, top + 12, fitMiddle(map.label, sheet.width - 2 * MARGIN, 12));
  const { from, to } = grid.span;
  // A page that is alive lays its time brush over this.
  const span = map.columnUnit === 'seconds' ? markup` data-from="${from}" data-to="${to}"` : null;
  const body = markup`<g>${name}<g${span}>${bar(grid.left, grid.top, right - grid.left, grid.bottom - grid.top, theme.panel)}</g>
${map.columnUnit === 'seconds' && notWatched(sheet, grid.span, grid)}${map.values.length > told ? plainCells(map, grid, classes) : cells(sheet, map, grid, classes)}${rowLabels(sheet, map, grid)}${columnLabels(sheet, map, grid)}</g>
`;
  return { body, bottom: grid.bottom + 22 };
}

function gridOf(sheet: Sheet, { rows, columns, rowUnit, columnUnit }: HeatMap, top: number): Grid {
  const labels = rows.map(({ low, high, name }) => textWidth(name ?? tick(low ?? high ?? 0, rowUnit), SMALL));
  const left =
    MARGIN +
    Math.min(
      140,
      labels.reduce((most, width) => Math.max(most, width), 0),
    ) +
    8;
  const cellHeight = Math.max(4, Math.min(rows.length < 12 ? 26 : 18, 460 / rows.length));
  const own = { from: (columns[0] as [number, number])[0], to: (columns.at(-1) as [number, number])[1] };
  const isShared = columnUnit === 'seconds' && sheet.span !== null;
  const span = isShared && sheet.span !== null ? sheet.span : own;
  const room = sheet.width - MARGIN - left;
  const scale = (isShared ? room : Math.min(room, columns.length * MAX_CELL)) / (span.to - span.from);
  return {
    left,
    top,
    cellHeight,
    bottom: top + rows.length * cellHeight,
    right: left + (span.to - span.from) * scale,
    span,
    x: (at) => left + (at - span.from) * scale,
  };
}

function* filled(map: HeatMap): Generator<{ row: number; column: number; value: number }> {
  const width = map.columns.length;
  for (let cell = 0; cell < map.values.length; cell++) {
    const value = map.values[cell] as number;
    if (Number.isNaN(value) || (value === 0 && map.valueKind === 'count')) continue;
    yield { row: Math.floor(cell / width), column: cell % width, value };
  }
}

function cells(
  { clock }: Sheet,
  map: HeatMap,
  { bottom, cellHeight, x, left, right }: Grid,
  classes: readonly ColorClass[],
): Markup[] {
  const total = map.valueKind === 'count' ? map.values.reduce((sum, value) => sum + value, 0) : 0;
  const drawn: Markup[] = [];
  for (const { row, column, value } of filled(map)) {
    const [low, high] = map.columns[column] as [number, number];
    const [from, to] = [Math.max(left, x(low)), Math.min(right, x(high))];
    if (to <= from) continue;
    const color = classes[classOf(value, classes)]?.color ?? 'none';
    const amount =
      map.valueKind === 'percent'
        ? `${commas(value)}${map.valueUnit}`
        : `${commas(value)} ${map.valueUnit} (${percent(value, total)})`.replace('  ', ' ');
    const words = `${columnWords(map, column, clock)}, ${rowWords(map.rows[row] as Row, map.rowUnit)}: ${amount}`;
    const gap = cellHeight >= 8 && to - from >= 8 ? 1 : 0;
    const y = bottom - (row + 1) * cellHeight;
    drawn.push(
      markup`<rect x="${px(from)}" y="${px(y)}" width="${px(Math.max(0.5, to - from - gap))}" height="${px(cellHeight - gap)}" fill="${color}"><title>${words}</title></rect>\n`,
    );
  }
  return drawn;
}

/** The class of a value, by its number; the first for whatever is below all of them. */
function classOf(value: number, classes: readonly ColorClass[]): number {
  return Math.max(
    0,
    classes.findLastIndex(({ low }) => value >= low),
  );
}

/** All cells of a colour as one path: those beside one another in a row as one box. */
function plainCells(map: HeatMap, { bottom, cellHeight, x, ...grid }: Grid, classes: readonly ColorClass[]): Markup[] {
  const paths = classes.map((): string[] => []);
  const height = px(cellHeight);
  let [start, row, color] = [0, -1, -1];
  const close = (end: number): void => {
    if (color < 0) return;
    const left = Math.max(grid.left, x((map.columns[start] as [number, number])[0]));
    const right = Math.min(grid.right, x((map.columns[end - 1] as [number, number])[1]));
    const own = color;
    color = -1;
    if (right <= left) return;
    paths[own]?.push(
      `M${px(left)} ${px(bottom - (row + 1) * cellHeight)}h${px(Math.max(0.5, right - left))}v${height}H${px(left)}z`,
    );
  };
  let end = 0;
  for (const cell of filled(map)) {
    const own = classOf(cell.value, classes);
    if (cell.row !== row || cell.column !== end || own !== color) {
      close(end);
      [start, row, color] = [cell.column, cell.row, own];
    }
    end = cell.column + 1;
  }
  close(end);
  return paths.flatMap((boxes, i) =>
    boxes.length === 0 ? [] : [markup`<path d="${boxes.join('')}" fill="${classes[i]?.color}"/>\n`],
  );
}

/** A named row has its name beside it; a range has its lower bound at its lower edge, as an axis does. */
function rowLabels({ theme }: Sheet, { rows, rowUnit }: HeatMap, { left, bottom, cellHeight }: Grid): Markup[] {
  const every = Math.max(1, Math.ceil(14 / cellHeight));
  const named = rows[0]?.name !== null;
  const edges = named ? rows.map(({ name }) => name ?? '') : boundLabels(rows, rowUnit);
  return edges.flatMap((text, i) => {
    if (i % every !== 0 || text === '') return [];
    const y = bottom - i * cellHeight - (named ? cellHeight / 2 : 0);
    return [label(theme, left - 6, y + 4, text, { anchor: 'end', size: SMALL })];
  });
}

function boundLabels(rows: readonly Row[], unit: string): string[] {
  const lower = rows.map(({ low }) => (low === null ? '' : tick(low, unit)));
  const top = rows.at(-1)?.high ?? null;
  return [...lower, top === null ? '' : tick(top, unit)];
}

function columnLabels(sheet: Sheet, { columns, columnUnit }: HeatMap, grid: Grid): Markup[] {
  if (columnUnit === 'seconds')
    return timeAxis(sheet, grid.span, { left: grid.left, right: grid.right, bottom: grid.bottom });
  const { theme } = sheet;
  const places = columns.map(([from]) => ({ at: grid.x(from + 0.5), text: String(from) }));
  return spaced(places, SMALL).map((i) => {
    const { at: x, text } = places[i] as { at: number; text: string };
    return markup`${line(theme, x, grid.bottom, x, grid.bottom + 4)}${label(theme, x, grid.bottom + 16, text, { anchor: 'middle', size: SMALL })}`;
  });
}

function drawLegend(
  { theme, width }: Sheet,
  classes: readonly ColorClass[],
  unit: string,
  top: number,
): { body: Markup; bottom: number } {
  let [x, y] = [MARGIN, top + 4];
  const body = classes.map(({ color, words }) => {
    const space = 18 + textWidth(words, SMALL) + 14;
    if (x + space > width - MARGIN) [x, y] = [MARGIN, y + 18];
    const entry = markup`${bar(x, y, 14, 12, color)}${label(theme, x + 18, y + 10, words, { size: SMALL })}`;
    x += space;
    return entry;
  });
  if (x + textWidth(unit, SMALL) > width - MARGIN) [x, y] = [MARGIN, y + 18];
  const last = unit === '' ? null : label(theme, x, y + 10, unit, { size: SMALL, faint: true });
  return { body: markup`<g>${body}${last}</g>`, bottom: y + 18 };
}

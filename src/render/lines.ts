/** Series over time: a panel for what is read together, each with its unit, all on one time axis. */
import { commas, counted, hasScale, unitStep } from '../datasets/amounts.ts';
import { meanOf } from '../datasets/columns.ts';
import { extentOf } from '../datasets/extent.ts';
import { labelWords } from '../datasets/labels.ts';
import type { Range } from '../datasets/narrow.ts';
import type { Metric, Series } from '../datasets/shapes.ts';
import { extremes } from '../datasets/thin.ts';
import {
  timeAxis as clockAxis,
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
  ticks,
  titleOf,
} from './chart.ts';
import { px, tick } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { extentOfLine, isOfNumbers, isZero, type Line, type LinePanel, onlySinceBoot, panelsOf } from './panels.ts';
import { fitMiddle, textWidth } from './text.ts';
import { drawValues } from './values.ts';

const MAX_PANELS = 40;
/** How many metrics are named that are zero throughout. */
const MAX_ZERO = 12;
const PANEL_HEIGHT = 150;
const AXIS = 64;
const MIN_PANEL_WIDTH = 520;
/** Points of a line for each pixel: the least and the greatest of what falls on it. */
const POINTS_PER_PIXEL = 2;
/** Points of all lines of a picture together. */
const MAX_POINTS = 30_000;

/**
 * Every metric of the series, in panels side by side where the picture is wide enough.
 *
 * @param most panels that are drawn; how many are not is said
 */
export function linesSvg(series: Series, options: PictureOptions = {}, most = MAX_PANELS): Markup {
  const panels = panelsOf(series, options.first);
  return linePanelsSvg(panels, sheetFor(options, titleOf(series)), remarksOf(series, panels, most), most);
}

/** Panels that are put together already. */
export function linePanelsSvg(
  panels: readonly LinePanel[],
  sheet: Sheet,
  remarks: readonly string[],
  most = MAX_PANELS,
): Markup {
  const shown = panels.slice(0, most);
  const across = shown.length < 2 ? 1 : Math.max(1, Math.floor((sheet.width - MARGIN) / MIN_PANEL_WIDTH));
  const width = (sheet.width - MARGIN) / across - MARGIN;
  const axis = timeAxis(shown, sheet.span);
  let top = sheet.top;
  const body: Markup[] = [];
  for (let i = 0; i < shown.length; i += across) {
    const row = shown
      .slice(i, i + across)
      .map((panel, k) => drawPanel(sheet, panel, axis, MARGIN + k * (width + MARGIN), top, width));
    body.push(...row.map((drawn) => drawn.body));
    top = Math.max(...row.map((drawn) => drawn.bottom)) + MARGIN;
  }
  return drawSheet(
    sheet,
    Math.max(top - MARGIN / 2, sheet.top),
    body,
    shown.map(({ title }) => title).join('; '),
    remarks,
  );
}

function remarksOf({ metrics }: Series, panels: readonly LinePanel[], most: number): string[] {
  const hidden = panels.length - most;
  const zero = zeroWords(metrics);
  const boot = metrics.some(({ sinceBoot }) => sinceBoot > 0);
  return [
    onlySinceBoot(metrics)
      ? 'The only report is an average since boot: it says little of now'
      : boot
        ? 'The first report is an average since boot and is left out'
        : '',
    zero.length > 0 ? `Zero throughout and not drawn: ${zero.join(', ')}` : '',
    hidden > 0 ? `${counted(hidden, 'more panel')} not drawn` : '',
  ].filter((remark) => remark !== '');
}

/** The metrics that are zero throughout, by name where they are so for every label (device, CPU), else with it. */
function zeroWords(metrics: readonly Metric[]): string[] {
  const other = new Set(metrics.filter((metric) => !isZero(metric)).map(({ name }) => name));
  const words = metrics
    .filter(isZero)
    .map((metric) => (other.has(metric.name) ? `${metric.name} (${labelWords(metric)})` : metric.name));
  const distinct = [...new Set(words)];
  const more = distinct.length - MAX_ZERO;
  return more > 0 ? [...distinct.slice(0, MAX_ZERO), `and ${more} more`] : distinct;
}

interface TimeAxis {
  low: number;
  high: number;
  /** Where a point has no time, its number stands for it. */
  timed: boolean;
  /** So many points of each line are drawn. */
  most: number;
}

function timeAxis(panels: readonly LinePanel[], span: Range | null): TimeAxis {
  const times = [...new Set(panels.flatMap(({ lines }) => lines.map(({ at }) => at)))].filter(
    ({ length }) => length > 0,
  );
  const timed = times.length > 0 && times.every((at) => !at.some(Number.isNaN));
  const most = Math.floor(MAX_POINTS / panels.reduce((sum, { lines }) => sum + lines.length, 1));
  if (timed && span !== null) return { low: span.from, high: span.to, timed, most };
  const [low, high] = timed ? extentOf(times) : extentOf(times.map(({ length }) => [1, length]));
  return low <= high ? { low, high, timed, most } : { low: 0, high: 1, timed, most };
}

interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: (at: number) => number;
  y: (value: number) => number;
}

function drawPanel(
  sheet: Sheet,
  panel: LinePanel,
  axis: TimeAxis,
  left: number,
  top: number,
  width: number,
): { body: Markup; bottom: number } {
  const { theme } = sheet;
  const unit = panel.unit === '' || hasScale(panel.unit) ? '' : ` (${panel.unit})`;
  const title = label(theme, left, top + 12, fitMiddle(`${panel.title}${unit}`, width, 12));
  const legend =
    panel.lines.length > 1 || panel.hidden > 0
      ? drawLegend(sheet, panel, left, top + 18, width)
      : { body: null, bottom: top + 18 };
  if (isOfNumbers(panel)) return drawValues(sheet, panel, { left, top, width });
  const plot = plotOf(panel, axis, { left: left + AXIS, right: left + width - 12, top: legend.bottom + 6 });
  const shapes = panel.stacked ? areas(sheet, panel, axis, plot) : strokes(sheet, panel, axis, plot);
  return {
    body: markup`<g>${title}${legend.body}${axis.timed && notWatched(sheet, { from: axis.low, to: axis.high }, plot)}${grid(sheet, panel, axis, plot)}${shapes}</g>\n`,
    bottom: plot.bottom + 22,
  };
}

function plotOf(panel: LinePanel, axis: TimeAxis, place: Pick<Plot, 'left' | 'right' | 'top'>): Plot {
  const bottom = place.top + PANEL_HEIGHT - 40;
  const [low, high] = valueRange(panel);
  const across = axis.high > axis.low ? (place.right - place.left) / (axis.high - axis.low) : 0;
  const up = (bottom - place.top) / (high - low);
  return {
    ...place,
    bottom,
    x: (at) => place.left + (at - axis.low) * across,
    y: (value) => bottom - (value - low) * up,
  };
}

/** From zero, unless there are negative values; a little above the greatest. */
function valueRange({ stacked, lines }: LinePanel): [number, number] {
  if (stacked) return [0, 100];
  const [low, high] = extentOf([[0], ...lines.map(extentOfLine)]);
  if (low === high) return [low, low + 1];
  return [low, high + (high - low) * 0.05];
}

function grid(sheet: Sheet, panel: LinePanel, axis: TimeAxis, plot: Plot): Markup[] {
  const { theme } = sheet;
  const [low, high] = valueRange(panel);
  const step = unitStep(high, panel.unit);
  const rows = ticks(low / step, high / step, 4).map((each) => {
    const value = each * step;
    const y = plot.y(value);
    const text = tick(value, panel.unit);
    return markup`${line(theme, plot.left, y, plot.right, y, value !== 0)}${label(theme, plot.left - 6, y + 4, text, { anchor: 'end', size: SMALL, faint: true })}`;
  });
  const count = Math.max(2, Math.floor((plot.right - plot.left) / 80));
  if (axis.timed) return [...rows, ...clockAxis(sheet, { from: axis.low, to: axis.high }, plot)];
  const at = ticks(axis.low, axis.high, count).filter(Number.isInteger);
  const places = at.map((value) => ({ at: plot.x(value), text: `#${value}` }));
  const columns = spaced(places, SMALL).map((i) => {
    const { at: x, text } = places[i] as { at: number; text: string };
    return markup`${line(theme, x, plot.bottom, x, plot.bottom + 4)}${label(theme, x, plot.bottom + 16, text, { anchor: 'middle', size: SMALL, faint: true })}`;
  });
  return [...rows, ...columns];
}

function colorOf({ theme }: Sheet, i: number, name: string): string {
  // Idle is what is left over: it must not shout.
  if (/^%?id(le)?$/.test(name)) return 'none';
  return theme.series[i % theme.series.length] as string;
}

function strokes(sheet: Sheet, { lines, unit }: LinePanel, { timed, most }: TimeAxis, plot: Plot): Markup[] {
  return lines.map((each, i) => {
    const { name } = each;
    const { at, values } = withPeaks(each);
    const color = sheet.theme.series[i % sheet.theme.series.length] as string;
    const places = Array.from(
      extremes(values, mostPoints(plot, most)),
      (k) => `${px(plot.x(timed ? (at[k] as number) : k + 1))} ${px(plot.y(values[k] as number))}`,
    );
    const words = `${name}: ${rangeWords(each, unit)}`;
    if (places.length === 1) {
      const [x = '0', y = '0'] = (places[0] as string).split(' ');
      return markup`<circle cx="${x}" cy="${y}" r="3" fill="${color}"><title>${words}</title></circle>`;
    }
    return markup`<path d="M${places.join('L')}" fill="none" stroke="${color}" stroke-width="1.5" stroke-linejoin="round"><title>${words}</title></path>`;
  });
}

function mostPoints({ left, right }: Plot, most: number): number {
  return Math.min(most, POINTS_PER_PIXEL * Math.max(1, Math.round(right - left)));
}

/** Where each value stands for many, the least and the greatest of them in its place: they are what must be seen. */
function withPeaks({ at, values, spread }: Line): Pick<Line, 'at' | 'values'> {
  if (spread === undefined) return { at, values };
  return {
    at: Float64Array.from({ length: 2 * at.length }, (_, i) => at[i >> 1] as number),
    values: Float64Array.from(
      { length: 2 * at.length },
      (_, i) => (i % 2 === 0 ? spread.least : spread.greatest)[i >> 1] as number,
    ),
  };
}

function rangeWords(line: Line, unit: string): string {
  const [low, high] = extentOfLine(line);
  return `least ${commas(low)}, mean ${commas(meanOf(line.values))}, most ${commas(high)} ${unit}`.trim();
}

/** Parts on top of one another; the last, what is idle, is left white. */
function areas(sheet: Sheet, { lines, unit }: LinePanel, { timed, most }: TimeAxis, plot: Plot): Markup[] {
  // Each moment that is drawn is one that was: of many those at which least and most was left over stay.
  const kept = extremes(lines.at(-1)?.values ?? new Float64Array(), mostPoints(plot, most));
  let floor = new Float64Array(kept.length);
  return lines.map((each, i) => {
    const { name, at, values } = each;
    const place = (height: number, k: number) =>
      `${px(plot.x(timed ? (at[kept[k] as number] as number) : (kept[k] as number) + 1))} ${px(plot.y(height))}`;
    const top = floor.map((below, k) => below + (values[kept[k] as number] as number));
    const [lower, upper] = [Array.from(floor, place), Array.from(top, place)];
    floor = top;
    return markup`<path d="M${[...upper, ...lower.reverse()].join('L')}Z" fill="${colorOf(sheet, i, name)}" fill-opacity="0.85"><title>${name}: ${rangeWords(each, unit)}</title></path>`;
  });
}

function drawLegend(
  sheet: Sheet,
  panel: LinePanel,
  left: number,
  top: number,
  width: number,
): { body: Markup; bottom: number } {
  const { theme } = sheet;
  let [x, y] = [left, top];
  const more = panel.hidden > 0 ? [{ text: `and ${panel.hidden} more with lower peaks`, color: 'none' }] : [];
  const entries = panel.lines.map(({ name }, i) => ({
    text: fitMiddle(name, 180, SMALL),
    color: panel.stacked ? colorOf(sheet, i, name) : (theme.series[i % theme.series.length] as string),
  }));
  const body = [...entries, ...more].map(({ text, color }) => {
    const space = 14 + textWidth(text, SMALL) + 12;
    if (x + space > left + width && x > left) [x, y] = [left, y + 16];
    const swatch =
      color === 'none' && more[0]?.text !== text
        ? markup`<rect x="${px(x)}" y="${px(y + 1)}" width="10" height="10" fill="none" stroke="${theme.ink}" stroke-opacity="0.5"/>`
        : markup`<rect x="${px(x)}" y="${px(y + 1)}" width="10" height="10" fill="${color}"/>`;
    const entry = markup`${swatch}${label(theme, x + 14, y + 10, text, { size: SMALL })}`;
    x += space;
    return entry;
  });
  return { body: markup`${body}`, bottom: y + 14 };
}

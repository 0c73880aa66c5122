/** A panel of lines on the report's axis, by uPlot: values under the pointer, the brush, the incident. */
import uPlot from 'uplot';
import { commas, hasScale, unitStep } from '../../../../datasets/amounts.ts';
import type { HostClock } from '../../../../datasets/capture.ts';
import { allRows } from '../../../../datasets/columns.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import { tick } from '../../../format.ts';
import type { Line, LinePanel } from '../../../panels.ts';
import { type Tick, timeTicks } from '../../../time-ticks.ts';
import { hostTime } from '../../../when.ts';
import type { Context } from '../shell/context.ts';
import { element, styleValue } from '../shell/dom.ts';
import { brush } from '../strip/brush.ts';
import { drawSpreads, reachOf } from './spread.ts';

const HEIGHT = 150;
const MIN_WIDTH = 180;
const LEFT = 56;
const FONT = '11px system-ui';
const COLORS = 8;
/** Steps between the marks of an axis, in the unit that its numbers are said in. */
const INCREMENTS = [0.01, 0.1, 1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9].flatMap((ten) => [
  ten,
  2 * ten,
  5 * ten,
]);
/** Parts of a stack that are no work, as `%idle` of mpstat and `id` of vmstat: their areas are faint. */
const IDLE = /^%?idle$|^id$/;
/** How strong an area's colour is, as the last two digits of a colour. */
const [FAINT, STRONG] = ['18', 'b0'];

export interface LineChart {
  element: HTMLElement;
  /** The range, the time that is shown or the colours changed. */
  update(): void;
  /** The crosshair moved: the legend tells the values there. */
  point(): void;
}

const NO_TIME: Range = { from: 0, to: 1 };

/** What a chart's values lie along. */
export interface Along {
  /** Of the axis, now; null where points have no times, and their order is all there is. */
  span(): Range | null;
  /** Tells the host's clock; null where times are seconds alone. */
  clock: HostClock | null;
  /** When the tool was attached, where that is known. */
  watchedFrom: number | null;
}

/** A line's values on the chart's times; null where it has none. */
type Values = ArrayLike<number | null>;

export function lineChart(panel: LinePanel, along: Along, context: Context): LineChart {
  const { span } = along;
  const plot = element('div', { class: 'line-plot' });
  const only = panel.lines.length === 1 ? ' of-one' : '';
  const figure = element('figure', { class: `line-chart${only}` }, captionOf(panel), plot);
  const isTimed = span() !== null;
  const { times, values } = columnsOf(panel, isTimed);
  const drawn = panel.stacked ? cumulated(values) : values;
  const ends = (): Range => span() ?? { from: 0, to: Math.max(times.length - 1, 1) };
  const chart = new uPlot(optionsOf(panel, values, ends, along), [times, ...drawn] as uPlot.AlignedData, plot);
  const canvas = chart.root.querySelector('canvas');
  canvas?.setAttribute('role', 'img');
  canvas?.setAttribute('aria-label', `${panel.title}${unitOf(panel)} over time; the numbers are in the table`);
  const showBrush = isTimed ? brush(chart.over, context, { scale: ends }) : () => {};
  new ResizeObserver(() => chart.setSize({ width: Math.max(MIN_WIDTH, plot.clientWidth), height: HEIGHT })).observe(
    plot,
  );
  let shown = ends();
  return {
    element: figure,
    update() {
      const now = ends();
      if (now.from !== shown.from || now.to !== shown.to) chart.setScale('x', { min: now.from, max: now.to });
      else chart.redraw(false);
      shown = now;
      showBrush();
    },
    point() {
      const { at } = context.crosshair;
      if (!isTimed || chart.over.matches(':hover')) return;
      const isShown = at !== null && at >= shown.from && at <= shown.to;
      // Outside of the plot there is no cursor.
      chart.setCursor(isShown ? { left: chart.valToPos(at, 'x'), top: 0 } : { left: -10, top: -10 });
    },
  };
}

function captionOf(panel: LinePanel): HTMLElement {
  const hidden = panel.hidden > 0 ? ` · ${panel.hidden} smaller lines are not drawn` : '';
  return element('figcaption', {}, element('b', {}, panel.title), unitOf(panel), hidden);
}

/** The unit, where the numbers do not say it themselves. */
function unitOf({ unit }: LinePanel): string {
  return unit === '' || hasScale(unit) ? '' : ` (${unit})`;
}

function optionsOf(panel: LinePanel, values: readonly Values[], ends: () => Range, along: Along): uPlot.Options {
  const { stacked, apart, lines } = panel;
  const [least, greatest] = reachOf(panel);
  return {
    width: 400,
    height: HEIGHT,
    padding: [6, 30, 0, 0],
    scales: {
      x: { time: false, range: () => [ends().from, ends().to] },
      y: {
        range: (_, low, high) => {
          const top = Math.max(high, greatest);
          return stacked ? [0, 100] : [Math.min(low, least), top > 0 ? top * 1.08 : 1];
        },
      },
    },
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, ...(apart ? { dataIdx: nearestValue } : {}) },
    legend: { live: true },
    axes: [timeAxis(along), valueAxis(panel)],
    series: [timeSeries(along), ...seriesOf(panel, values)],
    hooks: { drawClear: [(plot) => coverUnwatched(plot, ends(), along)], drawAxes: [drawSpreads(panel)] },
    // A stack is drawn from its top down, each area over the one behind it.
    ...(stacked ? { bands: lines.slice(1).map((_, i): uPlot.Band => ({ series: [i + 2, i + 1] })) } : {}),
  };
}

/** Between the lines over what was not watched, in pixels. */
const UNWATCHED_STEP = 7;

/** The time before the tool was attached must not look quiet. */
function coverUnwatched({ ctx, bbox }: uPlot, { from, to }: Range, { watchedFrom }: Along): void {
  if (watchedFrom === null || watchedFrom <= from) return;
  const { left, top, width, height } = bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, Math.min(1, (watchedFrom - from) / (to - from)) * width, height);
  ctx.clip();
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += UNWATCHED_STEP * devicePixelRatio) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.strokeStyle = styleValue('--line-strong');
  ctx.lineWidth = devicePixelRatio;
  ctx.stroke();
  ctx.restore();
}

function timeAxis(along: Along): uPlot.Axis {
  return {
    stroke: () => styleValue('--muted'),
    grid: { show: false },
    ticks: { size: 4, stroke: () => styleValue('--line') },
    size: 26,
    font: FONT,
    ...timeMarks(along),
  };
}

function valueAxis({ unit }: LinePanel): uPlot.Axis {
  return {
    stroke: () => styleValue('--muted'),
    grid: { stroke: () => styleValue('--line'), width: 1 },
    ticks: { show: false },
    size: LEFT,
    font: FONT,
    values: (_, marks) => marks.map((mark) => tick(mark, unit)),
    incrs: (_, __, ___, high) => INCREMENTS.map((each) => each * unitStep(high, unit)),
    space: 28,
  };
}

/** The times, as the legend tells the one under the pointer. */
function timeSeries({ span, clock }: Along): uPlot.Series {
  if (span() === null) return { label: 'report', value: (_, at) => (at === null ? '' : String(at + 1)) };
  return { label: 'time', value: (_, at) => (at === null ? '' : hostTime(at, clock)) };
}

/** @param values that the legend tells: those of a stack are drawn on top of one another */
function seriesOf({ lines, stacked, apart }: LinePanel, values: readonly Values[]): uPlot.Series[] {
  const sparse = values.some((column) => Array.from(column).filter((value) => value !== null).length < 3);
  return lines.map(({ name, spread }, i) => {
    const color = (): string => styleValue(`--series-${i % COLORS}`);
    return {
      label: name,
      stroke: color,
      width: 1.5,
      spanGaps: apart ?? false,
      points: { show: sparse },
      value: (_, __, ___, at) => (at === null ? '' : numberText(values[i]?.[at] ?? null) + spreadText(spread, at)),
      ...(stacked ? { fill: () => color() + (IDLE.test(name) ? FAINT : STRONG) } : {}),
    };
  });
}

/** Where the axis is marked, and how: whole steps of the host's clock, or the reports by their number. */
function timeMarks({ span, clock }: Along): Pick<uPlot.Axis, 'splits' | 'values'> {
  if (span() === null) return { values: (_, marks) => marks.map((at) => (Number.isInteger(at) ? String(at + 1) : '')) };
  const ticks = (plot: uPlot): Tick[] => timeTicks(span() ?? NO_TIME, clock, plot.bbox.width / devicePixelRatio);
  return {
    splits: (plot) => ticks(plot).map(({ at }) => at),
    values: (plot) => ticks(plot).map(({ text }) => text),
  };
}

/** The index nearest to the pointer at which the line has a value. */
function nearestValue(plot: uPlot, line: number, index: number): number {
  const column = plot.data[line];
  if (line === 0 || column === undefined) return index;
  for (let step = 0; step < column.length; step++) {
    if ((column[index - step] ?? null) !== null) return index - step;
    if ((column[index + step] ?? null) !== null) return index + step;
  }
  return index;
}

function numberText(value: number | null): string {
  return value === null ? '' : commas(value, 3);
}

/** `(3–40)`: what a mean is of. */
function spreadText(spread: Line['spread'], at: number): string {
  const [least, greatest] = [spread?.least[at], spread?.greatest[at]];
  return least === undefined || greatest === undefined ? '' : ` (${numberText(least)}–${numberText(greatest)})`;
}

/** All lines on the times that any of them has; null where one has no value. */
function columnsOf({ lines }: LinePanel, timed: boolean): { times: ArrayLike<number>; values: Values[] } {
  const [first] = lines;
  // Lines of one table, which nearly all are.
  if (timed && first !== undefined && lines.every(({ at }) => at === first.at) && isAscending(first.at))
    return { times: first.at, values: lines.map(({ values }) => values) };
  const keys = lines.map(({ at }) => (timed ? at : Float64Array.from(allRows(at.length))));
  const times = [...new Set(keys.flatMap((each) => [...each]))].filter((at) => !Number.isNaN(at)).sort((a, b) => a - b);
  const places = new Map(times.map((at, i) => [at, i]));
  const values = lines.map((line, k) => {
    const column = new Array<number | null>(times.length).fill(null);
    line.values.forEach((value, i) => {
      const place = places.get(keys[k]?.[i] as number);
      if (place !== undefined) column[place] = value;
    });
    return column;
  });
  return { times, values };
}

function isAscending(times: Float64Array): boolean {
  return times.every((at, i) => (i === 0 ? !Number.isNaN(at) : at > (times[i - 1] as number)));
}

function cumulated(values: readonly Values[]): Values[] {
  let below: Values = [];
  return values.map((column) => {
    below = Array.from(column, (value, i) => (value ?? 0) + (below[i] ?? 0));
    return below;
  });
}

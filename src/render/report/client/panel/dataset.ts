/** The live parts of each dataset: picture and table, redrawn for the range that is set. */

import { counted } from '../../../../datasets/amounts.ts';
import { alongTime } from '../../../../datasets/event-sums.ts';
import { extent } from '../../../../datasets/extent.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Dataset, Series } from '../../../../datasets/shapes.ts';
import { hasTimes, timesOf } from '../../../../datasets/times.ts';
import type { FunctionRow } from '../../../flame/functions.ts';
import { type LinePanel, panelsOf } from '../../../panels.ts';
import { type Axis, isOnAxis } from '../../axis.ts';
import { mapsOf, sumPicture, timePicture } from '../../pictures.ts';
import { functionTable, type Table, tableOf } from '../../tables.ts';
import { type LineChart, lineChart } from '../chart/line-chart.ts';
import { offsetMap } from '../chart/offset-map.ts';
import { FlamePanel } from '../flame/panel.ts';
import { type Context, narrowed, rangeFor, timeText, type Widget } from '../shell/context.ts';
import { element, whenAtRest } from '../shell/dom.ts';
import { brush } from '../strip/brush.ts';
import { DataTable } from '../table/data-table.ts';

/** Charts shown at once; a host of 64 CPUs has as many. */
const MAX_CHARTS = 12;

/** Below this width a picture made for a laptop is too small to read. */
const NARROW = 640;

/** Brings a dataset's part of the page to life. */
export function mountDataset(host: HTMLElement, index: number, context: Context): Widget {
  const dataset = context.data.dataset(index);
  const widgets: Widget[] = [rangeNote(host, dataset, context)];
  const sum = host.querySelector<HTMLElement>('.picture.sum');
  const time = host.querySelector<HTMLElement>('.picture.time');
  let flame: FlamePanel | null = null;
  if (sum !== null && dataset.shape === 'stacks') {
    flame = new FlamePanel(sum, index, dataset, context);
    widgets.push(flame);
    const map = offsetMap(dataset, context);
    if (map !== null) time?.replaceChildren(map.element);
    if (map !== null) widgets.push(map);
  } else if (sum !== null && dataset.shape === 'series') widgets.push(mountLines(sum, dataset, context));
  else if (sum !== null) widgets.push(mountSum(sum, dataset, context));
  const rate = dataset.shape === 'events' && mapsOf(dataset).length === 0 ? alongTime(dataset) : null;
  if (time !== null && rate !== null) widgets.push(mountLines(time, rate, context));
  else if (time !== null && dataset.shape !== 'stacks') widgets.push(mountTime(time, dataset, context));
  widgets.push(mountTable(host, index, dataset, context, flame));
  return {
    update() {
      for (const widget of widgets) widget.update();
    },
  };
}

/** Says what the range does to this dataset, or why it does nothing. */
function rangeNote(host: HTMLElement, dataset: Dataset, context: Context): Widget {
  const note = element('p', { class: 'range-note', role: 'status', hidden: true });
  host.prepend(note);
  const { axis, store } = context;
  const update = (): void => {
    note.hidden = store.view.range === null;
    if (note.hidden || axis === null) return;
    const why = notNarrowed(dataset, axis);
    note.hidden = why === null;
    note.textContent = why === null ? '' : `Whole capture, ${why}.`;
  };
  update();
  return { update };
}

/** Why a range does nothing to a dataset; null where it does. */
export function notNarrowed(dataset: Dataset, axis: Axis): string | null {
  if (dataset.clock === null || !hasTimes(dataset)) return 'not narrowed: this output has no times';
  return isOnAxis(dataset, axis) ? null : 'not narrowed: its clock could not be laid on the capture’s';
}

/** On a phone pictures are drawn anew, as wide as it is; elsewhere the ones that are there are scaled a little. */
export function roomFor(host: HTMLElement): number | undefined {
  return host.clientWidth > 0 && host.clientWidth < NARROW ? Math.max(300, host.clientWidth) : undefined;
}

/** The picture of a range: drawn again when the range changes. */
function mountSum(host: HTMLElement, dataset: Dataset, context: Context): Widget {
  const width = roomFor(host);
  let shown = host.childElementCount === 0 || width !== undefined ? undefined : null;
  const draw = (): void => {
    const range = rangeFor(context, dataset);
    if (range === shown) return;
    shown = range as null;
    // Markup is made by a template that escapes whatever is put into it.
    host.innerHTML = sumPicture(narrowed(context, dataset), 'page', width)?.text ?? '';
  };
  draw();
  return { update: draw };
}

/** A picture along the time, with the brush over its plots. */
function mountTime(host: HTMLElement, dataset: Dataset, context: Context): Widget {
  const width = roomFor(host);
  if (host.childElementCount === 0 || width !== undefined)
    host.innerHTML = timePicture(dataset, 'page', width)?.text ?? '';
  if (context.axis === null || !isOnAxis(dataset, context.axis)) return { update: () => {} };
  const surfaces = [...host.querySelectorAll<SVGGElement>('g[data-from]')].map((plot) => {
    const surface = element('div', { class: 'brush-surface' });
    host.append(surface);
    const scale = { from: Number(plot.dataset.from), to: Number(plot.dataset.to) };
    return { plot, surface, show: brush(surface, context, { scale: () => scale }) };
  });
  const place = (): void => {
    const from = host.getBoundingClientRect();
    for (const { plot, surface } of surfaces) {
      const box = plot.getBoundingClientRect();
      surface.style.left = `${box.left - from.left + host.scrollLeft}px`;
      surface.style.top = `${box.top - from.top}px`;
      surface.style.width = `${box.width}px`;
      surface.style.height = `${box.height}px`;
    }
  };
  new ResizeObserver(place).observe(host);
  return {
    update() {
      for (const { show } of surfaces) show();
    },
  };
}

function mountLines(host: HTMLElement, series: Series, context: Context): Widget {
  const { axis } = context;
  const span = axis !== null && isOnAxis(series, axis) ? axis : spanOf([series]);
  return mountPanels(host, panelsOf(series), span, series.clock, context);
}

/** Charts of the panels, the first `most` of them at once. */
export function mountPanels(
  host: HTMLElement,
  panels: readonly LinePanel[],
  span: Range | null,
  clock: Dataset['clock'],
  context: Context,
  most = MAX_CHARTS,
): Widget {
  const manifest = clock === 'capture' ? context.data.capture.manifest : null;
  if (panels.length === 0) return { update: () => {} };
  const grid = element('div', { class: panels.length > 1 ? 'line-charts' : 'line-charts single' });
  const charts: LineChart[] = [];
  const add = (more: readonly LinePanel[]): void => {
    for (const panel of more) {
      const chart = lineChart(panel, span, manifest, context);
      charts.push(chart);
      grid.append(chart.element);
    }
  };
  add(panels.slice(0, most));
  host.replaceChildren(grid);
  const rest = panels.slice(most);
  if (rest.length > 0) {
    const button = element('button', { type: 'button' }, `Show ${rest.length} more of these charts`);
    button.addEventListener('click', () => {
      button.remove();
      add(rest);
    });
    host.append(button);
  }
  return {
    update() {
      for (const chart of charts) {
        chart.showBrush();
        chart.redraw();
      }
    },
  };
}

/** From the first to the last time of series that are on no axis but their own. */
export function spanOf(all: readonly Series[]): Range | null {
  const [from, to] = extent(all.flatMap(timesOf).flatMap((at) => extent(at)));
  if (from > to) return null;
  return { from, to: to > from ? to : from + 1 };
}

function mountTable(
  host: HTMLElement,
  index: number,
  dataset: Dataset,
  context: Context,
  flame: FlamePanel | null,
): Widget {
  const details = host.querySelector<HTMLDetailsElement>('details.table');
  const place = details?.querySelector<HTMLElement>('.table-host') ?? null;
  if (details === null || place === null) return { update: () => {} };
  let table: DataTable | null = null;
  /** What the rows were made of: a search in the flame graph makes no others. */
  let shown: readonly unknown[] = [null];
  let functions: readonly FunctionRow[] = [];
  const current = (): Table | null => {
    if (flame === null || dataset.shape !== 'stacks') return tableOf(narrowed(context, dataset));
    functions = flame.functions();
    return functionTable(functions, dataset.unit);
  };
  const show = (): void => {
    // The functions of a large profile take a while: they wait until they are looked at.
    if (flame !== null && !details.open) return;
    const of = flame?.functionsOf() ?? [rangeFor(context, dataset)];
    if (table !== null && of.every((each, i) => each === shown[i])) return;
    const rows = current();
    if (rows === null) return;
    const count = details.querySelector('.count');
    if (count !== null) count.textContent = counted(rows.length, dataset.shape === 'stacks' ? 'function' : 'row');
    if (!details.open) return;
    shown = of;
    if (table !== null) table.set(rows);
    else table = mountRows(place, dataset, rows, context, (row) => pick(functions[row]?.frame));
  };
  const pick = (frame: number | undefined): void => {
    if (frame === undefined) return;
    context.store.setFlame(index, { sandwich: frame });
    host.querySelector('.flame-body')?.scrollIntoView({ block: 'nearest' });
  };
  details.addEventListener('toggle', show);
  show();
  // Pictures are what is looked at while a range is dragged.
  return { update: whenAtRest(show) };
}

/** @param pick what a click on a function does */
function mountRows(
  place: HTMLElement,
  dataset: Dataset,
  rows: Table,
  context: Context,
  pick: (row: number) => void,
): DataTable {
  const openLine = (line: number): void => context.openText(dataset.source, line, line);
  const made = new DataTable(rows, {
    name: dataset.shape === 'stacks' ? `Functions of ${dataset.title}` : dataset.title,
    timeText: (at) => timeText(context, dataset, at),
    ...(dataset.shape === 'stacks' ? { pick } : context.data.hasText(dataset.source) ? { openLine } : {}),
  });
  place.replaceChildren(made.element);
  return made;
}

/** The time strip under the bar: a thin lane for each signal on the common axis, the brush, the marks, the clock. */
import { counted } from '../../../../datasets/amounts.ts';
import { hostClock } from '../../../../datasets/capture.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import { hostTime } from '../../../when.ts';
import type { Axis, Lane } from '../../axis.ts';
import { type Context, spanShown } from '../shell/context.ts';
import { byId, element } from '../shell/dom.ts';
import { brush } from './brush.ts';
import { drawLane, laneAmount, laneMost, laneValueAt } from './lane.ts';
import { drawMarks } from './marks.ts';

/** Few enough that the head stays small; the others are one click away. */
const FIRST_LANES = 2;
const MAX_LANES = 10;

interface DrawnLane {
  lane: Lane;
  canvas: HTMLCanvasElement;
  /** The greatest value, or the one under the crosshair. */
  value: HTMLElement;
  row: HTMLElement;
}

/** Shows the strip; returns what draws it again. */
export function mountStrip(context: Context): () => void {
  const { axis, data, store, crosshair } = context;
  if (axis === null) return () => {};
  const host = byId('strip');
  const lanes = data.lanes().slice(0, MAX_LANES).map(drawnLane);
  const plot = element('div', { class: 'plot' });
  const ticks = element('div', { class: 'ticks', 'aria-hidden': 'true' });
  const at = element('span', { class: 'crosshair-time' });
  const grid = element(
    'div',
    { class: 'lanes' },
    ...lanes.map(({ row }) => row),
    element('div', { class: 'lane-axis' }, moreButton(lanes, draw), at, ticks),
    plot,
  );
  host.append(grid);
  host.hidden = false;
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  plot.setAttribute(
    'aria-label',
    'Time range: arrow keys move it, with Shift its end, Z zooms to it, Escape clears it',
  );
  plot.addEventListener('keydown', (event) => onKey(event, context, axis));
  const scale = (): Range => spanShown(context) ?? axis;
  const showBrush = brush(plot, context, { scale });
  let width = 0;
  function draw(): void {
    if (width === 0) return;
    for (const { lane, canvas } of lanes) drawLane(canvas, lane, scale(), width);
    drawMarks(ticks, context, scale(), width);
    showBrush();
  }
  const tell = (): void => {
    const time = crosshair.at;
    at.textContent = time === null ? '' : hostTime(time, hostClock(data.capture), 1);
    for (const { lane, value } of lanes) value.textContent = valueText(lane, time);
  };
  new ResizeObserver(([entry]) => {
    width = entry?.contentRect.width ?? 0;
    draw();
  }).observe(plot);
  keepClear(host);
  store.listen((view, before) => {
    if (view.window !== before.window) draw();
    else showBrush();
  });
  crosshair.listen(host, tell);
  tell();
  return draw;
}

function drawnLane(lane: Lane): DrawnLane {
  const canvas = element('canvas', { 'aria-hidden': 'true' });
  const value = element('span', { class: 'lane-value' });
  const name = element('span', { class: 'lane-name', title: `${lane.label}, as ${lane.tool} told it` }, lane.label);
  return { lane, canvas, value, row: element('div', { class: 'lane' }, name, value, canvas) };
}

function valueText(lane: Lane, time: number | null): string {
  if (time === null) return laneMost(lane);
  const value = laneValueAt(lane, time);
  return value === null ? '–' : laneAmount(value, lane);
}

/** The lanes beyond the first are there when they are asked for. */
function moreButton(lanes: readonly DrawnLane[], draw: () => void): HTMLElement {
  const more = lanes.length - FIRST_LANES;
  if (more <= 0) return element('span', {});
  const button = element('button', { type: 'button', class: 'more-lanes', 'aria-expanded': 'false' });
  const show = (isOpen: boolean): void => {
    for (const { row } of lanes.slice(FIRST_LANES)) row.hidden = !isOpen;
    button.textContent = isOpen ? 'fewer signals' : counted(more, 'more signal');
    button.setAttribute('aria-expanded', String(isOpen));
    draw();
  };
  button.addEventListener('click', () => show(button.getAttribute('aria-expanded') === 'false'));
  queueMicrotask(() => show(false));
  return button;
}

/** Anchors and the contents list keep clear of what stays in view. */
function keepClear(host: HTMLElement): void {
  const bar = host.previousElementSibling as HTMLElement | null;
  const measure = (): void => {
    const stays = getComputedStyle(host).position === 'sticky';
    const set = (name: string, height: number): void =>
      document.documentElement.style.setProperty(name, stays ? `${height}px` : '0px');
    set('--bar-height', bar?.offsetHeight ?? 0);
    set('--strip-height', host.offsetHeight);
  };
  const observer = new ResizeObserver(measure);
  observer.observe(host);
  if (bar !== null) observer.observe(bar);
}

function onKey(event: KeyboardEvent, { store }: Context, axis: Axis): void {
  const span = axis.to - axis.from;
  const { range, window } = store.view;
  const from = range ?? { from: axis.from, to: axis.from + span / 10 };
  const step = (event.key === 'ArrowRight' ? 1 : -1) * (span / 100);
  if (event.key === 'Escape') store.setRange(null);
  else if (event.key === 'z' || event.key === 'Z') store.set({ window: window === null ? range : null });
  else if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
  else if (event.shiftKey)
    store.setRange({ from: from.from, to: Math.min(axis.to, Math.max(from.from + span / 200, from.to + step)) });
  else {
    const moved = Math.min(axis.to - from.to, Math.max(axis.from - from.from, step));
    store.setRange({ from: from.from + moved, to: from.to + moved });
  }
  event.preventDefault();
}

/** The time strip under the bar: a thin lane for each signal on the common axis, the brush, the incident. */
import { commas, durationText } from '../../../../datasets/amounts.ts';
import { hostTime, utcTime } from '../../../when.ts';
import type { Axis, Lane } from '../../axis.ts';
import { viewToFragment } from '../../view.ts';
import type { Context } from '../shell/context.ts';
import { announce, byId, copyAndSay, element, styleValue } from '../shell/dom.ts';
import type { Store } from '../shell/store.ts';
import { brush } from './brush.ts';
import { drawTicks } from './ticks.ts';

const LANE_HEIGHT = 16;
/** Few enough that the strip may stay in view. */
const MAX_LANES = 6;

/** Shows the strip; returns what draws it again. */
export function mountStrip(context: Context): () => void {
  const { axis, data, store } = context;
  if (axis === null) return () => {};
  const host = byId('strip');
  const lanes = data.lanes().slice(0, MAX_LANES);
  const canvases = lanes.map(() => element('canvas', { height: LANE_HEIGHT, 'aria-hidden': 'true' }));
  const ticks = element('div', { class: 'ticks', 'aria-hidden': 'true' });
  const plot = element('div', { class: 'plot' }, ...canvases, ticks);
  const labels = element(
    'div',
    { class: 'lane-labels' },
    ...lanes.map((lane) => element('span', { title: laneTitle(lane) }, lane.label)),
    element('span', { class: 'axis-label' }, data.capture.manifest === null ? 'seconds' : 'host time'),
  );
  const range = rangeRow(context, axis);
  host.append(range.row, element('div', { class: 'lanes' }, labels, plot));
  host.hidden = false;
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  plot.setAttribute('aria-label', 'Time range: arrow keys move it, with Shift its end, Escape clears it');
  plot.addEventListener('keydown', (event) => moveByKey(event, context, axis));
  const showBrush = brush(plot, context, { scale: () => axis });
  const draw = (): void => {
    for (const [i, canvas] of canvases.entries()) drawLane(canvas, lanes[i] as Lane, axis);
    drawTicks(ticks, axis, data.capture.manifest, ticks.clientWidth);
  };
  new ResizeObserver(draw).observe(plot);
  // Anchors and the contents list keep clear of what stays in view.
  new ResizeObserver(() => {
    const stays = getComputedStyle(host).position === 'sticky';
    document.documentElement.style.setProperty('--strip-height', stays ? `${host.offsetHeight}px` : '0px');
  }).observe(host);
  store.listen(() => {
    showBrush();
    range.show();
  });
  range.show();
  return draw;
}

function laneTitle({ label, unit, value, full, before }: Lane): string {
  const most = (values: readonly number[]): string =>
    `${commas(values.reduce((max, each) => Math.max(max, each), 0))}${unit === '%' ? '%' : ` ${unit}`}`;
  const words = before === undefined ? most(value) : `${most(before.value)} before, ${most(value)} after`;
  return `${label}: at most ${words}${full === null ? '' : ` of ${full}`}`;
}

function drawLane(canvas: HTMLCanvasElement, lane: Lane, axis: Axis): void {
  const width = canvas.parentElement?.clientWidth ?? 0;
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = LANE_HEIGHT * ratio;
  const pen = canvas.getContext('2d');
  if (pen === null || width === 0) return;
  pen.scale(ratio, ratio);
  const greatest = [...lane.value, ...(lane.before?.value ?? [])].reduce((max, each) => Math.max(max, each), 0);
  const top = lane.full ?? Math.max(greatest, 1e-9);
  const x = (time: number): number => ((time - axis.from) / (axis.to - axis.from)) * width;
  const y = (each: number): number => LANE_HEIGHT - 1 - (Math.min(each, top) / top) * (LANE_HEIGHT - 4);
  const stroke = ({ at, value }: Pick<Lane, 'at' | 'value'>, color: string): void => {
    pen.beginPath();
    for (const [i, time] of at.entries()) pen.lineTo(x(time), y(value[i] as number));
    pen.strokeStyle = styleValue(color);
    pen.lineWidth = 1;
    pen.stroke();
  };
  if (lane.before === undefined) {
    fillLane(pen, lane, x, y);
    stroke(lane, '--lane');
  } else {
    stroke(lane.before, '--before');
    stroke(lane, '--after');
  }
}

function fillLane(
  pen: CanvasRenderingContext2D,
  { at, value }: Lane,
  x: (time: number) => number,
  y: (value: number) => number,
): void {
  pen.beginPath();
  pen.moveTo(x(at[0] ?? 0), LANE_HEIGHT);
  for (const [i, time] of at.entries()) pen.lineTo(x(time), y(value[i] as number));
  pen.lineTo(x(at.at(-1) ?? 0), LANE_HEIGHT);
  pen.fillStyle = styleValue('--lane-fill');
  pen.fill();
}

function rangeRow(context: Context, axis: Axis): { row: HTMLElement; show: () => void } {
  const { data, store } = context;
  const { manifest } = data.capture;
  const from = element('input', {
    type: 'text',
    size: 12,
    'aria-label': 'From',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  const to = element('input', { type: 'text', size: 12, 'aria-label': 'To', spellcheck: 'false', autocomplete: 'off' });
  const text = element('span', { class: 'range-text' });
  const clear = element(
    'button',
    { type: 'button', class: 'quiet-button', onclick: () => store.setRange(null) },
    'Whole capture',
  );
  const read = (): void => {
    const [start, end] = [readTime(from.value, context), readTime(to.value, context)];
    if (start === null || end === null || start >= end) {
      announce('Not a range: type two times as they are shown, the earlier first');
      show();
    } else store.setRange({ from: Math.max(start, axis.from), to: Math.min(end, axis.to) });
  };
  from.addEventListener('change', read);
  to.addEventListener('change', read);
  function show(): void {
    const range = store.view.range;
    const shown = range ?? axis;
    from.value = hostTime(shown.from, manifest, 3).replace(/ s$/, '');
    to.value = hostTime(shown.to, manifest, 3).replace(/ s$/, '');
    clear.disabled = range === null;
    const utc = utcTime(shown.from, manifest, 0);
    const length = shown.to - shown.from;
    text.textContent = `${length < 1 ? `${commas(length * 1000)} ms` : durationText(length)}${utc === null ? '' : `, from ${utc} UTC`}`;
  }
  const row = element(
    'div',
    { class: 'range-row' },
    element('span', { class: 'range-name' }, 'Time'),
    from,
    element('span', { 'aria-hidden': 'true' }, '–'),
    to,
    text,
    clear,
    element(
      'button',
      { type: 'button', class: 'quiet-button', onclick: () => void copyLink(store) },
      'Copy link to this view',
    ),
  );
  return { row, show };
}

async function copyLink(store: Store): Promise<void> {
  const link = `${location.href.replace(/#.*/, '')}#${viewToFragment(store.view)}`;
  await copyAndSay(link, 'Link');
}

/** A typed time, on the host's clock or in seconds, as seconds on the axis; null for anything else. */
function readTime(text: string, { data }: Context): number | null {
  const { manifest } = data.capture;
  const parts = text.trim().split(':').map(Number);
  if (parts.some((part) => !Number.isFinite(part)) || parts.length > 3) return null;
  const seconds = parts.reduce((sum, part) => sum * 60 + part, 0);
  if (manifest === null || parts.length < 2) return seconds;
  const day = (manifest.started + manifest.utcOffset) % 86400;
  const clock = parts.length === 2 ? seconds * 60 : seconds;
  return clock - day + (clock < day - 43200 ? 86400 : 0);
}

function moveByKey(event: KeyboardEvent, { store }: Context, axis: Axis): void {
  const span = axis.to - axis.from;
  const range = store.view.range ?? { from: axis.from, to: axis.from + span / 10 };
  const step = (event.key === 'ArrowRight' ? 1 : -1) * (span / 100);
  if (event.key === 'Escape') store.setRange(null);
  else if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
  else if (event.shiftKey)
    store.setRange({ from: range.from, to: Math.min(axis.to, Math.max(range.from + span / 200, range.to + step)) });
  else {
    const moved = Math.min(axis.to - range.to, Math.max(axis.from - range.from, step));
    store.setRange({ from: range.from + moved, to: range.to + moved });
  }
  event.preventDefault();
}

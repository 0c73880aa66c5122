/**
 * One brush, on every surface that lies along the time axis: drag for a range, drag its edges, move it, click to clear. The
 * pointer's time is the crosshair's, on all of them.
 */
import type { Range } from '../../../../datasets/narrow.ts';
import { toMicroseconds } from '../../view.ts';
import type { Context } from '../shell/context.ts';
import { element, everyFrame } from '../shell/dom.ts';

export interface BrushScale extends Range {
  /** What a drag snaps to, in seconds: the width of a heat map's column; 0 is nothing. */
  step?: number;
}

export interface BrushOptions {
  /** What the width of the surface stands for, now. */
  scale(): BrushScale;
  /** What a click does, in the place of clearing the range. */
  click?(at: number, event: PointerEvent): void;
}

/** How near to an edge, in pixels, a drag takes the edge. */
const EDGE = 6;
/** A drag shorter than this is a click. */
const CLICK = 4;

type Grip = { kind: 'new'; anchor: number } | { kind: 'move'; offset: number; width: number };

/**
 * Makes an element a place to set the range. It shows the range, the incident and the crosshair.
 * @returns what shows them again after one of them or the scale changed
 */
export function brush(surface: HTMLElement, context: Context, { scale, click }: BrushOptions): () => void {
  const { store, crosshair, mark } = context;
  const band = element('div', { class: 'brush-band', hidden: true });
  const other = element('div', { class: 'brush-band base', hidden: true });
  const line = element('div', { class: 'brush-mark', hidden: true });
  const cross = element('div', { class: 'brush-cross', hidden: true });
  surface.classList.add('brush');
  surface.append(other, band, line, cross);
  const timeAt = (x: number): number => {
    const box = surface.getBoundingClientRect();
    const { from, to } = scale();
    return clamp(from + ((x - box.left) / box.width) * (to - from), scale());
  };
  const share = (at: number): string => {
    const { from, to } = scale();
    return `${(100 * (at - from)) / (to - from)}%`;
  };
  const place = (what: HTMLElement, at: number | null): void => {
    const { from, to } = scale();
    what.hidden = at === null || at < from || at > to;
    if (at !== null && !what.hidden) what.style.left = share(at);
  };

  const cover = (what: HTMLElement, range: Range | null): void => {
    const now = scale();
    what.hidden = range === null || range.to < now.from || range.from > now.to;
    if (range === null || what.hidden) return;
    const [from, to] = [clamp(range.from, now), clamp(range.to, now)];
    what.style.left = share(from);
    what.style.width = `${(100 * (to - from)) / (now.to - now.from)}%`;
  };

  function show(): void {
    const { range, base } = store.view;
    cover(band, range);
    cover(other, base === 'rest' ? null : base);
    place(line, mark);
    place(cross, crosshair.at);
  }

  const pointed = everyFrame(() => crosshair.set(latest === null ? null : timeAt(latest)));
  let latest: number | null = null;
  surface.addEventListener('pointermove', (event) => {
    latest = event.clientX;
    pointed();
  });
  surface.addEventListener('pointerleave', () => {
    latest = null;
    pointed();
  });
  crosshair.listen(surface, () => place(cross, crosshair.at));

  surface.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const start = event.clientX;
    const before = store.view.range;
    const { from, to } = scale();
    const grip = gripAt(timeAt(start), before, (EDGE / surface.getBoundingClientRect().width) * (to - from));
    let now = start;
    let isDragged = false;
    const set = everyFrame(() => store.setRange(rangeOf(grip, timeAt(now), scale())));
    surface.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent): void => {
      now = moved.clientX;
      if (Math.abs(now - start) >= CLICK) isDragged = true;
      if (isDragged) set();
    };
    const stop = (): void => {
      surface.removeEventListener('pointermove', move);
      surface.removeEventListener('pointerup', up);
      surface.removeEventListener('pointercancel', cancel);
    };
    const up = (last: PointerEvent): void => {
      stop();
      if (isDragged) return;
      if (click !== undefined) click(timeAt(start), last);
      // A finger that only touches asks for the values there.
      else if (last.pointerType === 'mouse') store.setRange(null);
    };
    // The page scrolls: this was no drag.
    const cancel = (): void => {
      stop();
      if (isDragged) store.setRange(before);
    };
    surface.addEventListener('pointermove', move);
    surface.addEventListener('pointerup', up);
    surface.addEventListener('pointercancel', cancel);
    if (event.pointerType === 'mouse') event.preventDefault();
  });
  show();
  return show;
}

function clamp(at: number, { from, to }: Range): number {
  return Math.min(to, Math.max(from, at));
}

function gripAt(at: number, range: Range | null, edge: number): Grip {
  if (range !== null) {
    if (Math.abs(at - range.from) < edge) return { kind: 'new', anchor: range.to };
    if (Math.abs(at - range.to) < edge) return { kind: 'new', anchor: range.from };
    if (at > range.from && at < range.to)
      return { kind: 'move', offset: at - range.from, width: range.to - range.from };
  }
  return { kind: 'new', anchor: at };
}

function rangeOf(grip: Grip, at: number, scale: BrushScale): Range {
  if (grip.kind === 'move') {
    const from = Math.min(scale.to - grip.width, Math.max(scale.from, at - grip.offset));
    return snapped(from, from + grip.width, scale);
  }
  return snapped(Math.min(grip.anchor, at), Math.max(grip.anchor, at), scale);
}

/** Whole steps, or parts of the width that can be told apart: what is seen in the address is what is cut by. */
function snapped(from: number, to: number, { from: first, to: last, step = 0 }: BrushScale): Range {
  if (step > 0) {
    const low = first + Math.floor((from - first) / step) * step;
    const high = first + Math.ceil((to - first) / step) * step;
    return { from: toMicroseconds(low), to: toMicroseconds(Math.max(high, low + step)) };
  }
  // Milliseconds, and finer where little time is looked at.
  const grain = Math.min(0.001, Math.max(1e-6, 10 ** Math.floor(Math.log10((last - first) / 10_000))));
  const round = (at: number): number => toMicroseconds(Math.round(at / grain) * grain);
  const low = round(from);
  return { from: low, to: toMicroseconds(Math.max(round(to), low + grain)) };
}

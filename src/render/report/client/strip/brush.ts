/** One brush, on every surface that lies along the time axis: drag for a range, drag its edges, move it, click to clear. */
import type { Range } from '../../../../datasets/narrow.ts';
import { toMicroseconds } from '../../view.ts';
import { element, everyFrame } from '../shell/dom.ts';
import type { Store } from '../shell/store.ts';

export interface BrushScale extends Range {
  /** What a drag snaps to, in seconds: the width of a heat map's column; 0 is nothing. */
  step?: number;
}

/** How near to an edge, in pixels, a drag takes the edge. */
const EDGE = 6;
/** A drag shorter than this is a click. */
const CLICK = 4;

type Grip = { kind: 'new'; anchor: number } | { kind: 'move'; offset: number; width: number };

/**
 * Makes an element, whose width stands for `scale`, a place to set the range. It shows the range and the incident.
 * @returns what shows them again after either changed
 */
export function brush(surface: HTMLElement, scale: BrushScale, store: Store, mark: number | null): () => void {
  const band = element('div', { class: 'brush-band', hidden: true });
  const line = element('div', { class: 'brush-mark', hidden: true });
  surface.classList.add('brush');
  surface.append(band, line);
  const span = scale.to - scale.from;
  const clamp = (at: number): number => Math.min(scale.to, Math.max(scale.from, at));
  const timeAt = (x: number): number => {
    const box = surface.getBoundingClientRect();
    return clamp(scale.from + ((x - box.left) / box.width) * span);
  };

  function show(): void {
    const range = store.view.range;
    band.hidden = range === null;
    if (range !== null) {
      band.style.left = `${((clamp(range.from) - scale.from) / span) * 100}%`;
      band.style.width = `${((clamp(range.to) - clamp(range.from)) / span) * 100}%`;
    }
    line.hidden = mark === null || mark < scale.from || mark > scale.to;
    if (mark !== null) line.style.left = `${((mark - scale.from) / span) * 100}%`;
  }

  surface.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const start = event.clientX;
    const grip = gripAt(start, store.view.range, timeAt, (EDGE / surface.getBoundingClientRect().width) * span);
    let latest = start;
    const set = everyFrame(() => store.setRange(rangeOf(grip, timeAt(latest), scale)));
    surface.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent): void => {
      latest = moved.clientX;
      if (Math.abs(latest - start) >= CLICK) set();
    };
    const end = (): void => {
      surface.removeEventListener('pointermove', move);
      if (Math.abs(latest - start) < CLICK) store.setRange(null);
    };
    surface.addEventListener('pointermove', move);
    surface.addEventListener('pointerup', end, { once: true });
    surface.addEventListener('pointercancel', end, { once: true });
    event.preventDefault();
  });
  show();
  return show;
}

function gripAt(x: number, range: Range | null, timeAt: (x: number) => number, edge: number): Grip {
  const at = timeAt(x);
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

/** Whole steps, or milliseconds: what is seen in the address is what is cut by. */
function snapped(from: number, to: number, { from: first, step = 0 }: BrushScale): Range {
  if (step > 0) {
    const low = first + Math.floor((from - first) / step) * step;
    const high = first + Math.ceil((to - first) / step) * step;
    return { from: toMicroseconds(low), to: toMicroseconds(Math.max(high, low + step)) };
  }
  const low = Math.round(from * 1000) / 1000;
  return { from: low, to: Math.max(Math.round(to * 1000) / 1000, low + 0.001) };
}

/** The frames that d3-flame-graph has drawn: which is where, and which is beside which. */
import type { FlameDatum } from 'd3-flame-graph';
import type { PlacedNode } from './slots.ts';

/** What the library lays out: a box of the tree with its place. */
export type Datum = FlameDatum<PlacedNode>;

/** An element of a frame. d3 keeps in it what it draws. */
export type DrawnFrame = SVGGElement & { readonly __data__: Datum };

export function framesIn(stage: HTMLElement): NodeListOf<DrawnFrame> {
  return stage.querySelectorAll<DrawnFrame>('g.frame');
}

export function elementOf(stage: HTMLElement, datum: Datum): DrawnFrame | undefined {
  return [...framesIn(stage)].find((frame) => frame.__data__ === datum);
}

/** The frame that an event happened on. */
export function datumUnder(target: EventTarget | null): Datum | null {
  return (target as Element | null)?.closest?.<DrawnFrame>('g.frame')?.__data__ ?? null;
}

/** The frame that all others stand on; null where nothing is drawn. */
export function rootIn(stage: HTMLElement): Datum | null {
  let datum = stage.querySelector<DrawnFrame>('g.frame')?.__data__ ?? null;
  while (datum !== null && datum.parent !== null) datum = datum.parent;
  return datum;
}

/**
 * The frame that an arrow key leads to; null where there is none, and for other keys. Up and down are as they are seen:
 * with the root below, up is to the widest of what was called.
 */
export function neighbour(from: Datum, key: string, icicle: boolean): Datum | null {
  if (key === (icicle ? 'ArrowDown' : 'ArrowUp')) return widest(from.children ?? []);
  if (key === (icicle ? 'ArrowUp' : 'ArrowDown')) return from.parent;
  if (key === 'ArrowRight') return sibling(from, 1);
  return key === 'ArrowLeft' ? sibling(from, -1) : null;
}

function widest(frames: readonly Datum[]): Datum | null {
  return frames.reduce<Datum | null>(
    (most, frame) => (most === null || frame.data.value > most.data.value ? frame : most),
    null,
  );
}

function sibling(from: Datum, steps: number): Datum | null {
  const siblings = from.parent?.children ?? [];
  return siblings[siblings.indexOf(from) + steps] ?? null;
}

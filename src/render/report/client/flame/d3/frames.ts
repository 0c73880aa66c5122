/** The frames that d3-flame-graph has drawn: which element draws which. */
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

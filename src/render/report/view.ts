/**
 * What a person has set in the report: the range of time, the panel, and how each flame graph is looked at. It lives in
 * the URL's fragment, so that a link in a ticket opens the same view.
 */
import type { Range } from '../../datasets/narrow.ts';
import { type FlameView, flameFromParts, flameToParts } from '../flame/view.ts';

export interface View {
  range: Range | null;
  /** The time that pictures show; null is all. */
  window: Range | null;
  /** The id of the panel that was opened last. */
  panel: string | null;
  flames: ReadonlyMap<number, FlameView>;
}

/** `t=1.5,3&p=panel-perf&0.q=tcp`; what is as it was at first is left out. */
export function viewToFragment({ range, window, panel, flames }: View): string {
  const parts = new URLSearchParams();
  if (range !== null) parts.set('t', `${range.from},${range.to}`);
  if (window !== null) parts.set('w', `${window.from},${window.to}`);
  if (panel !== null) parts.set('p', panel);
  for (const [index, flame] of flames)
    for (const [key, value] of Object.entries(flameToParts(flame)))
      if (value !== '') parts.set(`${index}.${key}`, value);
  return parts.toString();
}

/** A time without what adding fractions of seconds leaves behind its sixth decimal: it will stand in the address. */
export function toMicroseconds(at: number): number {
  return Math.round(at * 1e6) / 1e6;
}

/** The view of a fragment; whatever is not understood in it is left out. A bare anchor (`panel-perf`) names a panel. */
export function viewFromFragment(fragment: string): View {
  if (!fragment.includes('='))
    return { range: null, window: null, panel: fragment === '' ? null : fragment, flames: new Map() };
  const parts = new URLSearchParams(fragment);
  const flames = new Map<number, FlameView>();
  for (const key of parts.keys()) {
    const index = /^(\d{1,4})\./.exec(key)?.[1];
    if (index !== undefined && !flames.has(Number(index)))
      flames.set(
        Number(index),
        flameFromParts((part) => parts.get(`${index}.${part}`) ?? ''),
      );
  }
  return { range: rangeFrom(parts.get('t')), window: rangeFrom(parts.get('w')), panel: parts.get('p'), flames };
}

function rangeFrom(text: string | null): Range | null {
  const [from = Number.NaN, to = Number.NaN] = (text ?? '').split(',').map(Number);
  return Number.isFinite(from) && Number.isFinite(to) && from < to ? { from, to } : null;
}

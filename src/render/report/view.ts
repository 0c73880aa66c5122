/**
 * What a person has set in the report: the range of time, what it is compared with, the name that all is filtered to, the
 * panel, and how each flame graph is looked at. It lives in the URL's fragment, so that a link in a ticket opens the same
 * view. A link can only select: whatever is not understood in it is left out.
 */
import type { Range } from '../../datasets/narrow.ts';
import { type FlameView, flameFromParts, flameToParts } from '../flame/view.ts';

export interface View {
  range: Range | null;
  /** What the range is compared with: the rest of the time, or another range; null is nothing. */
  base: Range | 'rest' | null;
  /** The time that pictures show; null is all. */
  window: Range | null;
  /** All that names something is filtered to this: a process, a disk, a peer, a file; null is no filter. */
  name: string | null;
  /** The id of the panel that was opened last. */
  panel: string | null;
  flames: ReadonlyMap<number, FlameView>;
}

export const PLAIN_VIEW: View = { range: null, base: null, window: null, name: null, panel: null, flames: new Map() };

/** Longer names are not taken from an address. */
const MAX_NAME = 300;

/**
 * `t=1.5,3&p=panel-perf&0.q=tcp`; what is as it was at first is left out.
 * @param report tells one report from others: numbers of frames mean nothing in another
 */
export function viewToFragment({ range, base, window, name, panel, flames }: View, report: string): string {
  const parts = new URLSearchParams();
  if (range !== null) parts.set('t', rangeText(range));
  if (base !== null) parts.set('b', base === 'rest' ? base : rangeText(base));
  if (window !== null) parts.set('w', rangeText(window));
  if (name !== null) parts.set('n', name);
  if (panel !== null) parts.set('p', panel);
  let hasFlames = false;
  for (const [index, flame] of flames)
    for (const [key, value] of Object.entries(flameToParts(flame)))
      if (value !== '') {
        parts.set(`${index}.${key}`, value);
        hasFlames = true;
      }
  if (hasFlames && report !== '') parts.set('r', report);
  return parts.toString();
}

/** A time without what adding fractions of seconds leaves behind its sixth decimal: it will stand in the address. */
export function toMicroseconds(at: number): number {
  return Math.round(at * 1e6) / 1e6;
}

/**
 * The view of a fragment. A bare anchor (`panel-perf`) names a panel. Of a link that was made for another report, what goes
 * by numbers of frames is left out.
 */
export function viewFromFragment(fragment: string, report: string): View {
  if (!fragment.includes('=')) return { ...PLAIN_VIEW, panel: fragment === '' ? null : fragment };
  const parts = new URLSearchParams(fragment);
  const base = parts.get('b');
  const name = parts.get('n') ?? '';
  return {
    range: rangeFrom(parts.get('t')),
    base: base === 'rest' ? 'rest' : rangeFrom(base),
    window: rangeFrom(parts.get('w')),
    name: name === '' || name.length > MAX_NAME ? null : name,
    panel: parts.get('p'),
    flames: isForOther(parts, report) ? new Map() : flamesFrom(parts),
  };
}

/** Whether the fragment was made for another report than this one. */
export function isLinkOfOther(fragment: string, report: string): boolean {
  return isForOther(new URLSearchParams(fragment), report);
}

function isForOther(parts: URLSearchParams, report: string): boolean {
  const made = parts.get('r');
  return made !== null && report !== '' && made !== report;
}

function flamesFrom(parts: URLSearchParams): Map<number, FlameView> {
  const flames = new Map<number, FlameView>();
  for (const key of parts.keys()) {
    const index = /^(\d{1,4})\./.exec(key)?.[1];
    if (index !== undefined && !flames.has(Number(index)))
      flames.set(
        Number(index),
        flameFromParts((part) => parts.get(`${index}.${part}`) ?? ''),
      );
  }
  return flames;
}

function rangeText({ from, to }: Range): string {
  return `${from},${to}`;
}

function rangeFrom(text: string | null): Range | null {
  const [from = Number.NaN, to = Number.NaN] = (text ?? '').split(',').map(Number);
  return Number.isFinite(from) && Number.isFinite(to) && from < to ? { from, to } : null;
}

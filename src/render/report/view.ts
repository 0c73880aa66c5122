/**
 * What a person has set in the report: the range of time, the panel, and how each flame graph is looked at. It lives in
 * the URL's fragment, so that a link in a ticket opens the same view.
 */
import type { Range } from '../../datasets/narrow.ts';

const colourings = ['name', 'package', 'kind'] as const;
export type Colouring = (typeof colourings)[number];
const orders = ['flame', 'callers', 'time'] as const;
/** Stacks merged from the root, from the leaf (`callers`), or side by side as they were sampled (`time`). */
export type Order = (typeof orders)[number];

const rootings = ['process', 'thread', 'cpu'] as const;
/** What the first frame of each stack tells. */
export type Rooting = (typeof rootings)[number];

const widthsOf = ['after', 'before'] as const;
export type Widths = (typeof widthsOf)[number];
const changesOf = ['self', 'total'] as const;
export type ChangeOf = (typeof changesOf)[number];

export interface FlameView {
  /** The frames from the root to the one zoomed into. */
  zoom: number[];
  search: string;
  matchCase: boolean;
  icicle: boolean;
  order: Order;
  rooting: Rooting;
  colouring: Colouring;
  /** Samples of idle CPUs are left out. */
  busyOnly: boolean;
  /** Runs of the same function are one frame. */
  mergeRecursion: boolean;
  /** Only stacks with this frame, from it on; null is all. */
  focus: number | null;
  /** Frames whose samples are left out. */
  hidden: number[];
  /** `pid:12`, `tid:34` or `comm:name`; empty is all. */
  thread: string;
  cpu: number | null;
  /** In a comparison: whose weights make the widths. */
  widths: Widths;
  /** In a comparison: what colours tell the change of, a frame alone or with all it calls; null is what its kind asks for. */
  changeOf: ChangeOf | null;
  /** In a comparison: orange in the place of red. */
  orange: boolean;
}

/** What of the view the stacks depend on. */
const STACKS_OF: readonly (keyof FlameView)[] = [
  'order',
  'rooting',
  'busyOnly',
  'mergeRecursion',
  'focus',
  'hidden',
  'thread',
  'cpu',
];

/** Whether the profile must be made anew for it: other colours or another zoom need it not. */
export function asksForOtherStacks(before: FlameView, now: FlameView): boolean {
  return STACKS_OF.some((key) => before[key] !== now[key]);
}

export interface View {
  range: Range | null;
  /** The id of the panel that was opened last. */
  panel: string | null;
  flames: ReadonlyMap<number, FlameView>;
}

export const PLAIN_FLAME: Readonly<FlameView> = {
  zoom: [],
  search: '',
  matchCase: false,
  icicle: false,
  order: 'flame',
  rooting: 'process',
  colouring: 'kind',
  busyOnly: false,
  mergeRecursion: false,
  focus: null,
  hidden: [],
  thread: '',
  cpu: null,
  widths: 'after',
  changeOf: null,
  orange: false,
};

/** `t=1.5,3&p=panel-perf&0.q=tcp`; what is as it was at first is left out. */
export function viewToFragment({ range, panel, flames }: View): string {
  const parts = new URLSearchParams();
  if (range !== null) parts.set('t', `${range.from},${range.to}`);
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

function flameToParts(view: FlameView): Record<string, string> {
  return {
    z: view.zoom.join('.'),
    q: view.search,
    case: view.matchCase ? '1' : '',
    ice: view.icicle ? '1' : '',
    o: view.order === PLAIN_FLAME.order ? '' : view.order,
    root: view.rooting === PLAIN_FLAME.rooting ? '' : view.rooting,
    by: view.colouring === PLAIN_FLAME.colouring ? '' : view.colouring,
    busy: view.busyOnly ? '1' : '',
    rec: view.mergeRecursion ? '1' : '',
    f: view.focus === null ? '' : String(view.focus),
    h: view.hidden.join('.'),
    th: view.thread,
    cpu: view.cpu === null ? '' : String(view.cpu),
    w: view.widths === PLAIN_FLAME.widths ? '' : view.widths,
    d: view.changeOf ?? '',
    orange: view.orange ? '1' : '',
  };
}

/** The view of a fragment; whatever is not understood in it is left out. A bare anchor (`panel-perf`) names a panel. */
export function viewFromFragment(fragment: string): View {
  if (!fragment.includes('=')) return { range: null, panel: fragment === '' ? null : fragment, flames: new Map() };
  const parts = new URLSearchParams(fragment);
  const flames = new Map<number, FlameView>();
  for (const key of parts.keys()) {
    const index = /^(\d{1,4})\./.exec(key)?.[1];
    if (index !== undefined && !flames.has(Number(index)))
      flames.set(Number(index), flameFromParts(parts, `${index}.`));
  }
  return { range: rangeFrom(parts.get('t')), panel: parts.get('p'), flames };
}

function rangeFrom(text: string | null): Range | null {
  const [from = Number.NaN, to = Number.NaN] = (text ?? '').split(',').map(Number);
  return Number.isFinite(from) && Number.isFinite(to) && from < to ? { from, to } : null;
}

function flameFromParts(parts: URLSearchParams, prefix: string): FlameView {
  const get = (key: string): string => parts.get(prefix + key) ?? '';
  const whole = (key: string): number | null => (/^\d{1,9}$/.test(get(key)) ? Number(get(key)) : null);
  const list = (key: string): number[] =>
    /^\d{1,9}(\.\d{1,9})*$/.test(get(key)) ? get(key).split('.').map(Number) : [];
  return {
    zoom: list('z'),
    search: get('q'),
    matchCase: get('case') === '1',
    icicle: get('ice') === '1',
    order: orders.find((order) => order === get('o')) ?? PLAIN_FLAME.order,
    rooting: rootings.find((rooting) => rooting === get('root')) ?? PLAIN_FLAME.rooting,
    colouring: colourings.find((colouring) => colouring === get('by')) ?? PLAIN_FLAME.colouring,
    busyOnly: get('busy') === '1',
    mergeRecursion: get('rec') === '1',
    focus: whole('f'),
    hidden: list('h'),
    thread: get('th'),
    cpu: whole('cpu'),
    widths: widthsOf.find((widths) => widths === get('w')) ?? PLAIN_FLAME.widths,
    changeOf: changesOf.find((change) => change === get('d')) ?? null,
    orange: get('orange') === '1',
  };
}

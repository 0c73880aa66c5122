/**
 * How a flame graph of the report is looked at, and the parts of an address that keep it. A link can only select: whatever
 * it names is bounded.
 */
import { queryFromParts, queryToParts } from './address.ts';
import { NO_QUERY, type Query } from './search.ts';

/** Of a path or a list of frames, no more is taken from an address: none that a person made is as long. */
const MAX_LISTED = 2000;

const colourings = ['name', 'package', 'module', 'kind'] as const;
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

export interface FlameView extends Query {
  /** The frames from the root to the one zoomed into. */
  zoom: number[];
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
  /** Of waits: the collector's own processes are in. */
  collector: boolean;
  /** The frame whose callers and callees stand beside the graph; null is none. */
  sandwich: number | null;
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
  'collector',
];

/** Whether the profile must be made anew for it: other colours or another zoom need it not. */
export function asksForOtherStacks(before: FlameView, now: FlameView): boolean {
  return STACKS_OF.some((key) => before[key] !== now[key]);
}

export const PLAIN_FLAME: Readonly<FlameView> = {
  zoom: [],
  ...NO_QUERY,
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
  collector: false,
  sandwich: null,
  widths: 'after',
  changeOf: null,
  orange: false,
};

/** Each part by its key; what is as it was at first is empty. */
export function flameToParts(view: FlameView): Record<string, string> {
  return {
    z: view.zoom.join('.'),
    ...queryToParts(view),
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
    own: view.collector ? '1' : '',
    s: view.sandwich === null ? '' : String(view.sandwich),
    w: view.widths === PLAIN_FLAME.widths ? '' : view.widths,
    d: view.changeOf ?? '',
    orange: view.orange ? '1' : '',
  };
}

/**
 * Whatever is not understood is left out.
 * @param get a part by its key; empty where there is none
 */
export function flameFromParts(get: (key: string) => string): FlameView {
  const whole = (key: string): number | null => (/^\d{1,9}$/.test(get(key)) ? Number(get(key)) : null);
  const list = (key: string): number[] =>
    /^\d{1,9}(\.\d{1,9})*$/.test(get(key)) ? get(key).split('.', MAX_LISTED).map(Number) : [];
  return {
    zoom: list('z'),
    ...queryFromParts(get),
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
    collector: get('own') === '1',
    sandwich: whole('s'),
    widths: widthsOf.find((widths) => widths === get('w')) ?? PLAIN_FLAME.widths,
    changeOf: changesOf.find((change) => change === get('d')) ?? null,
    orange: get('orange') === '1',
  };
}

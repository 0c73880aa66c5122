/** The controls over a flame graph. They change the view; the panel draws it. */
import { type FlameView, type Order, PLAIN_FLAME } from '../../../flame/view.ts';
import type { Context } from '../shell/context.ts';
import { element } from '../shell/dom.ts';
import type { FlameChoices } from './choices.ts';
import { type Control, choice, toggle } from './controls.ts';

/** Characters of a chip. */
const MAX_CHIP = 48;

export interface FlameTools {
  element: HTMLElement;
  /**
   * Shows what is set.
   * @param matched what a search matched, in words
   * @param names of the frames that the view tells by their numbers
   * @param isSearching a search takes long
   */
  show(matched: string, names: readonly string[], isSearching: boolean): void;
  focusSearch(): void;
}

type Change = (change: Partial<FlameView>) => void;

export function flameTools(
  { store }: Context,
  index: number,
  choices: FlameChoices,
  stopSearch: () => void,
): FlameTools {
  const view = (): FlameView => store.flame(index);
  const set: Change = (change) => store.setFlame(index, change);
  const search = searchField(set);
  const matchCase = toggle(
    'Aa',
    'Match case',
    (now) => now.matchCase,
    () => set({ matchCase: !view().matchCase }),
  );
  const regex = toggle(
    '.*',
    'Regular expression',
    (now) => now.regex,
    () => set({ regex: !view().regex }),
  );
  const stop = element('button', { type: 'button', hidden: true, onclick: stopSearch }, 'Stop searching');
  const controls = [...choiceControls(choices, set), ...choices.more, ...toggles(view, set)];
  const matched = element('output', { class: 'matched' });
  const chips = element('span', { class: 'chips' });
  const reset = element('button', { type: 'button', onclick: () => set({ ...PLAIN_FLAME }) }, 'Reset');
  const host = element(
    'div',
    { class: 'flame-tools', role: 'group', 'aria-label': 'Flame graph controls' },
    element('span', { class: 'search-box' }, search, matchCase.element, regex.element),
    stop,
    matched,
    ...controls.map((control) => control.element),
    chips,
    reset,
  );
  return {
    element: host,
    focusSearch: () => search.focus(),
    show(text, names, isSearching) {
      const now = view();
      // Whoever types is not interrupted.
      if (document.activeElement !== search) search.value = now.search;
      matched.textContent = text;
      stop.hidden = !isSearching;
      for (const control of [matchCase, regex, ...controls]) control.show(now);
      chips.replaceChildren(...chipsOf(now, names, set));
      reset.disabled = JSON.stringify(now) === JSON.stringify(PLAIN_FLAME);
    },
  };
}

function searchField(set: Change): HTMLInputElement {
  const field = element('input', {
    type: 'search',
    placeholder: 'Search functions',
    'aria-label': 'Search functions',
    spellcheck: 'false',
  });
  field.addEventListener('input', () => set({ search: field.value }));
  return field;
}

function choiceControls({ orders, threads, cpus }: FlameChoices, set: Change): Control[] {
  const order = choice(
    'Order',
    orders,
    (now) => now.order,
    (value) => set({ order: value as Order, zoom: [] }),
  );
  const thread = choice(
    'Processes and threads',
    threads,
    (now) => now.thread,
    (value) => set({ thread: value, zoom: [] }),
  );
  const cpu = choice(
    'CPU',
    cpus,
    (now) => (now.cpu === null ? '' : String(now.cpu)),
    (value) => set({ cpu: value === '' ? null : Number(value), zoom: [] }),
  );
  return [order, ...(threads.length > 1 ? [thread] : []), ...(cpus.length > 1 ? [cpu] : [])];
}

function toggles(view: () => FlameView, set: Change): Control[] {
  return [
    toggle(
      'Icicle',
      'Root on top',
      (now) => now.icicle,
      () => set({ icicle: !view().icicle }),
    ),
    toggle(
      'Merge recursion',
      'Show a function that calls itself as one frame',
      (now) => now.mergeRecursion,
      () => set({ mergeRecursion: !view().mergeRecursion, zoom: [] }),
    ),
  ];
}

/** What is zoomed into, focused on and hidden, each to be undone. */
function chipsOf({ zoom, focus, hidden }: FlameView, names: readonly string[], set: Change): HTMLElement[] {
  const nameOf = (frame: number): string => names[frame] ?? '';
  const zoomed = zoom.at(-1);
  return [
    ...(zoomed === undefined ? [] : [chip(`zoomed: ${nameOf(zoomed)}`, () => set({ zoom: [] }))]),
    ...(focus === null ? [] : [chip(`only: ${nameOf(focus)}`, () => set({ focus: null, zoom: [] }))]),
    ...hidden.map((frame) => {
      const others = hidden.filter((each) => each !== frame);
      return chip(`without: ${nameOf(frame)}`, () => set({ hidden: others, zoom: [] }));
    }),
  ];
}

function chip(text: string, remove: () => void): HTMLElement {
  return element(
    'button',
    { type: 'button', class: 'chip', 'aria-label': `Undo: ${text}`, onclick: remove },
    `${text.length > MAX_CHIP ? `${text.slice(0, MAX_CHIP - 1)}…` : text} ×`,
  );
}

/** The controls over a flame graph. They change the view; the panel draws it. */
import { commas } from '../../../datasets/amounts.ts';
import type { Stacks } from '../../../datasets/shapes.ts';
import { type Colouring, type FlameView, type Order, PLAIN_FLAME, type Rooting } from '../view.ts';
import type { Context } from './context.ts';
import { element } from './dom.ts';

/** Threads listed; the busiest first. */
const MAX_THREADS = 200;

export type Choice = [value: string, text: string];

/** A control over the graph, which shows what is set. */
interface Control {
  element: HTMLElement;
  show(view: FlameView): void;
}

/** What there is to choose from. */
export interface FlameChoices {
  orders: readonly Choice[];
  /** None where samples tell no threads and CPUs. */
  threads: readonly Choice[];
  cpus: readonly Choice[];
  /** Controls that only some graphs have. */
  more: readonly Control[];
}

export interface FlameTools {
  element: HTMLElement;
  /** Shows what is set, and what a search matched; `names` of the frames that the view tells by their numbers. */
  show(matched: string, names: readonly string[]): void;
  focusSearch(): void;
}

export function flameTools({ store }: Context, index: number, choices: FlameChoices): FlameTools {
  const view = (): FlameView => store.flame(index);
  const set = (change: Partial<FlameView>): void => store.setFlame(index, change);
  const search = element('input', {
    type: 'search',
    placeholder: 'Search functions (regex)',
    'aria-label': 'Search functions by regular expression',
    spellcheck: 'false',
  });
  search.addEventListener('input', () => set({ search: search.value }));
  const matched = element('output', { class: 'matched' });
  const caseSwitch = toggle('Aa', 'Match case', () => set({ matchCase: !view().matchCase }));
  const icicle = toggle('Icicle', 'Root on top', () => set({ icicle: !view().icicle }));
  const busy = toggle('Idle out', 'Leave out samples whose leaf is the idle loop', () =>
    set({ busyOnly: !view().busyOnly, zoom: [] }),
  );
  const recursion = toggle('Merge recursion', 'Show a function that calls itself as one frame', () =>
    set({ mergeRecursion: !view().mergeRecursion, zoom: [] }),
  );
  const order = choice('Order', choices.orders, (value) => set({ order: value as Order, zoom: [] }));
  const thread = choice('Processes and threads', choices.threads, (value) => set({ thread: value, zoom: [] }));
  const cpu = choice('CPU', choices.cpus, (value) => set({ cpu: value === '' ? null : Number(value), zoom: [] }));
  const chips = element('span', { class: 'chips' });
  const reset = element('button', { type: 'button', onclick: () => set({ ...PLAIN_FLAME }) }, 'Reset');
  const host = element(
    'div',
    { class: 'flame-tools', role: 'group', 'aria-label': 'Flame graph controls' },
    element('span', { class: 'search-box' }, search, caseSwitch),
    matched,
    order.element,
    ...(choices.threads.length > 1 ? [thread.element] : []),
    ...(choices.cpus.length > 1 ? [cpu.element] : []),
    ...choices.more.map((control) => control.element),
    icicle,
    busy,
    recursion,
    chips,
    reset,
  );

  function chip(text: string, remove: () => void): HTMLElement {
    return element(
      'button',
      { type: 'button', class: 'chip', 'aria-label': `Undo: ${text}`, onclick: remove },
      `${text.length > 48 ? `${text.slice(0, 47)}…` : text} ×`,
    );
  }

  return {
    element: host,
    focusSearch: () => search.focus(),
    show(text, names) {
      const now = view();
      if (document.activeElement !== search) search.value = now.search;
      matched.textContent = text;
      press(caseSwitch, now.matchCase);
      press(icicle, now.icicle);
      press(busy, now.busyOnly);
      press(recursion, now.mergeRecursion);
      order.set(now.order);
      for (const control of choices.more) control.show(now);
      thread.set(now.thread);
      cpu.set(now.cpu === null ? '' : String(now.cpu));
      chips.replaceChildren(
        ...(now.zoom.length > 0
          ? [chip(`zoomed: ${names[now.zoom.at(-1) as number] ?? ''}`, () => set({ zoom: [] }))]
          : []),
        ...(now.focus === null ? [] : [chip(`only: ${names[now.focus] ?? ''}`, () => set({ focus: null, zoom: [] }))]),
        ...now.hidden.map((frame) =>
          chip(`without: ${names[frame] ?? ''}`, () =>
            set({ hidden: now.hidden.filter((each) => each !== frame), zoom: [] }),
          ),
        ),
      );
      reset.disabled = JSON.stringify(now) === JSON.stringify(PLAIN_FLAME);
    },
  };
}

export function toggle(text: string, title: string, act: () => void): HTMLButtonElement {
  return element('button', { type: 'button', class: 'toggle', title, 'aria-pressed': 'false', onclick: act }, text);
}

export function press(button: HTMLButtonElement, on: boolean): void {
  button.setAttribute('aria-pressed', String(on));
}

export function choice(
  label: string,
  choices: readonly Choice[],
  act: (value: string) => void,
): { element: HTMLElement; set(value: string): void } {
  const list = element(
    'select',
    { 'aria-label': label },
    ...choices.map(([value, text]) => element('option', { value }, text)),
  );
  list.addEventListener('change', () => act(list.value));
  return {
    element: list,
    set(value) {
      list.value = value;
    },
  };
}

export const PLAIN_ORDERS: readonly Choice[] = [
  ['flame', 'Callees up'],
  ['callers', 'Callers (reversed)'],
];

/** What one profile can be looked at by. */
export function choicesOf(stacks: Stacks, { store }: Context, index: number): FlameChoices {
  const { samples } = stacks.profile;
  const timed = samples?.at.some((at) => !Number.isNaN(at)) ?? false;
  const rooting = choice(
    'Roots',
    [
      ['process', 'Roots: processes'],
      ['thread', 'Roots: threads'],
      ['cpu', 'Roots: CPUs'],
    ],
    (value) => store.setFlame(index, { rooting: value as Rooting, zoom: [] }),
  );
  const colouring = choice(
    'Colours',
    [
      ['kind', 'by kind'],
      ['package', 'by package'],
      ['name', 'by name'],
    ],
    (value) => store.setFlame(index, { colouring: value as Colouring }),
  );
  return {
    orders: timed ? [...PLAIN_ORDERS, ['time', 'In time order']] : PLAIN_ORDERS,
    threads: samples === null ? [] : threadChoices(stacks),
    cpus: samples === null ? [] : cpuChoices([stacks]),
    more: [
      ...(samples === null ? [] : [{ ...rooting, show: (view: FlameView) => rooting.set(view.rooting) }]),
      { ...colouring, show: (view: FlameView) => colouring.set(view.colouring) },
    ],
  };
}

function threadChoices({ profile }: Stacks): Choice[] {
  const { samples, threads } = profile;
  if (samples === null) return [['', 'All threads']];
  const weights = new Float64Array(threads.length);
  for (let i = 0; i < samples.thread.length; i++) {
    const thread = samples.thread[i] as number;
    weights[thread] = (weights[thread] as number) + (samples.weight?.[i] ?? 1);
  }
  const processes = new Map<string, { text: string; weight: number }>();
  const add = (key: string, text: string, weight: number): void => {
    const known = processes.get(key);
    processes.set(key, { text: known?.text ?? text, weight: (known?.weight ?? 0) + weight });
  };
  threads.forEach(({ comm, pid, tid }, i) => {
    const weight = weights[i] as number;
    add(`comm:${comm}`, comm, weight);
    if (pid !== null) add(`pid:${pid}`, `${comm} · pid ${pid}`, weight);
    if (tid !== null && tid !== pid) add(`tid:${tid}`, `${comm} · tid ${tid}`, weight);
  });
  const sorted = [...processes].sort(([, a], [, b]) => b.weight - a.weight).slice(0, MAX_THREADS);
  return [
    ['', 'All processes'],
    ...sorted.map(([key, { text, weight }]): Choice => [key, `${text} (${commas(weight)})`]),
  ];
}

/** The CPUs that samples of any of the profiles were taken on. */
export function cpuChoices(all: readonly Stacks[]): Choice[] {
  const counts = new Map<number, number>();
  for (const { profile } of all)
    for (const cpu of profile.samples?.cpu ?? []) if (cpu >= 0) counts.set(cpu, (counts.get(cpu) ?? 0) + 1);
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return [['', 'All CPUs'], ...sorted.map(([cpu, count]): Choice => [String(cpu), `CPU ${cpu} (${commas(count)})`])];
}

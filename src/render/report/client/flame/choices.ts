/** What there is to choose from over a flame graph: orders, threads, CPUs, roots and colours. */
import { counted, weightText } from '../../../../datasets/amounts.ts';
import { isOfWaits, type Stacks } from '../../../../datasets/shapes.ts';
import type { Colouring, Rooting } from '../../../flame/view.ts';
import type { Context } from '../shell/context.ts';
import { type Choice, type Control, choice, toggle } from './controls.ts';

/** Threads listed; the busiest first. */
const MAX_THREADS = 200;

export interface FlameChoices {
  orders: readonly Choice[];
  /** None where samples tell no threads and CPUs. */
  threads: readonly Choice[];
  cpus: readonly Choice[];
  /** Controls that only some graphs have. */
  more: readonly Control[];
}

export const PLAIN_ORDERS: readonly Choice[] = [
  ['flame', 'Callees up'],
  ['callers', 'Callers (reversed)'],
];

/**
 * What one profile can be looked at by.
 * @param isTimed it can be laid out in time
 * @param hasOwn processes of the collector are in it
 */
export function choicesOf(
  stacks: Stacks,
  { store }: Context,
  index: number,
  { isTimed, hasOwn }: { isTimed: boolean; hasOwn: boolean },
): FlameChoices {
  const { samples } = stacks.profile;
  const rooting = choice(
    'Roots',
    [
      ['process', 'Roots: processes'],
      ['thread', 'Roots: threads'],
      ['cpu', 'Roots: CPUs'],
    ],
    (view) => view.rooting,
    (value) => store.setFlame(index, { rooting: value as Rooting, zoom: [] }),
  );
  const colouring = choice(
    'Colours',
    [
      ['kind', 'Colours: kind'],
      ['package', 'Colours: package'],
      ['module', 'Colours: module'],
      ['name', 'Colours: name'],
    ],
    (view) => view.colouring,
    (value) => store.setFlame(index, { colouring: value as Colouring }),
  );
  const collector = toggle(
    'Show collector',
    'Include the collector’s own processes',
    (view) => view.collector,
    () => store.setFlame(index, { collector: !store.flame(index).collector, zoom: [] }),
  );
  const idle = toggle(
    'Hide idle',
    'Leave out samples of idle CPUs',
    (view) => view.busyOnly,
    () => store.setFlame(index, { busyOnly: !store.flame(index).busyOnly, zoom: [] }),
  );
  return {
    orders: isTimed ? [...PLAIN_ORDERS, ['time', 'In time order']] : PLAIN_ORDERS,
    threads: samples === null ? [] : threadChoices(stacks),
    cpus: samples === null ? [] : cpuChoices([stacks]),
    more: [
      ...(samples === null ? [] : [rooting]),
      colouring,
      ...(isOfWaits(stacks.kind) ? [] : [idle]),
      ...(hasOwn ? [collector] : []),
    ],
  };
}

function threadChoices({ profile, unit }: Stacks): Choice[] {
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
    ...sorted.map(([key, { text, weight }]): Choice => [key, `${text} (${weightText(weight, unit)})`]),
  ];
}

/** The CPUs that samples of any of the profiles were taken on. */
export function cpuChoices(all: readonly Stacks[]): Choice[] {
  const counts = new Map<number, number>();
  for (const { profile } of all)
    for (const cpu of profile.samples?.cpu ?? []) if (cpu >= 0) counts.set(cpu, (counts.get(cpu) ?? 0) + 1);
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return [
    ['', 'All CPUs'],
    ...sorted.map(([cpu, count]): Choice => [String(cpu), `CPU ${cpu} (${counted(count, 'sample')})`]),
  ];
}

/** What a comparison of two profiles can be looked at by: processes by name, for their numbers are others each time. */
import { percent } from '../../../../datasets/amounts.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import type { ChangeOf, FlameView, Widths } from '../../../flame/view.ts';
import type { SideNames } from '../../../sides.ts';
import { cpuChoices, type FlameChoices, PLAIN_ORDERS } from '../flame/choices.ts';
import { type Choice, choice, toggle } from '../flame/controls.ts';
import type { Context } from '../shell/context.ts';

/** Processes listed; the busiest of either capture first. */
const MAX_PROCESSES = 100;

export function diffChoices(
  both: readonly [Stacks, Stacks],
  { store }: Context,
  index: number,
  sides: SideNames,
): FlameChoices {
  const set = (change: Partial<FlameView>): void => store.setFlame(index, change);
  const sampled = both.every(({ profile }) => profile.samples !== null);
  const widths = choice(
    'Widths',
    [
      ['after', `Widths: ${sides.after}`],
      ['before', `Widths: ${sides.before}`],
    ],
    (view) => view.widths,
    (value) => set({ widths: value as Widths }),
  );
  const changes = choice(
    'Colours',
    [
      ['', 'Colours: by what changed'],
      ['self', 'Colours: own change'],
      ['total', 'Colours: with callees'],
    ],
    (view) => view.changeOf ?? '',
    (value) => set({ changeOf: value === '' ? null : (value as ChangeOf) }),
  );
  const orange = toggle(
    'Orange/blue',
    'Colours further apart for the colour-blind',
    (view) => view.orange,
    () => set({ orange: !store.flame(index).orange }),
  );
  return {
    orders: PLAIN_ORDERS,
    threads: sampled ? processChoices(both, sides) : [],
    cpus: sampled ? cpuChoices(both) : [],
    more: [widths, changes, orange],
  };
}

function processChoices(both: readonly [Stacks, Stacks], { before: was1, after: is1 }: SideNames): Choice[] {
  const [was, is] = both.map(sharesByProcess) as [Map<string, number>, Map<string, number>];
  const names = [...new Set([...is.keys(), ...was.keys()])].map((name) => {
    const shares = [was.get(name) ?? 0, is.get(name) ?? 0] as const;
    return { name, shares, most: Math.max(...shares) };
  });
  const sorted = names.sort((a, b) => b.most - a.most || (a.name < b.name ? -1 : 1)).slice(0, MAX_PROCESSES);
  return [
    ['', 'All processes'],
    ...sorted.map(({ name, shares: [before, after] }): Choice => {
      return [`comm:${name}`, `${name} (${was1} ${percent(before, 1, 1)}, ${is1} ${percent(after, 1, 1)})`];
    }),
  ];
}

function sharesByProcess({ profile: { samples, threads } }: Stacks): Map<string, number> {
  const weights = new Map<string, number>();
  let whole = 0;
  for (let i = 0; i < (samples?.thread.length ?? 0); i++) {
    const weight = samples?.weight?.[i] ?? 1;
    const name = threads[samples?.thread[i] as number]?.comm ?? '';
    weights.set(name, (weights.get(name) ?? 0) + weight);
    whole += weight;
  }
  return new Map([...weights].map(([name, weight]) => [name, weight / whole]));
}

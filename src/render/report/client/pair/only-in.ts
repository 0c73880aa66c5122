/** What only one of two profiles has, as a list of stacks under their flame graph for each. */
import { commas, counted, percent } from '../../../../datasets/amounts.ts';
import { stackFrames } from '../../../../datasets/fold.ts';
import type { SideNames } from '../../../sides.ts';
import { type ComparedFlame, type OnlyIn, onlyIn } from '../../diff/flame.ts';
import { element } from '../shell/dom.ts';

/** Stacks listed. */
const LISTED = 20;
/** Names shown of a stack: what it hangs on, and what it is. */
const SHOWN_NAMES = 3;

type Side = 'before' | 'after';

/** @param go leads to a stack of one side: its frames from the root */
export function onlyInLists(
  go: (side: Side, frames: number[]) => void,
  names: SideNames,
): {
  element: HTMLElement;
  show(flame: ComparedFlame): void;
} {
  const host = element('div', { class: 'only-in' });
  const listOf = (flame: ComparedFlame, side: Side): HTMLElement[] => {
    const found = onlyIn(flame, side);
    if (found.told.length + found.byChance.count === 0) return [];
    const open = host.querySelector<HTMLDetailsElement>(`details.${side}`)?.open ?? false;
    const items = itemsOf(found, (node) => go(side, stackFrames(flame[side].profile, node)));
    const summary = element('summary', {}, summaryOf(found, side, names));
    return [element('details', { class: side, open }, summary, element('ul', {}, ...items))];
  };
  return {
    element: host,
    show: (flame) => host.replaceChildren(...listOf(flame, 'before'), ...listOf(flame, 'after')),
  };
}

function summaryOf({ told }: OnlyIn, side: Side, names: SideNames): string {
  const word = side === 'before' ? 'Gone' : 'New';
  if (told.length === 0) return `${word}: nothing that is more than chance`;
  const share = told.reduce((sum, each) => sum + each.share, 0);
  return `${word}: ${counted(told.length, 'stack')}, ${percent(share, 1)} of ${names[side]}`;
}

function itemsOf({ told, byChance }: OnlyIn, go: (node: number) => void): HTMLElement[] {
  const items = told.slice(0, LISTED).map((stack) => itemOf(stack, () => go(stack.node)));
  const more = told.length - items.length;
  if (more > 0) items.push(quietItem(`and ${commas(more)} more`));
  if (byChance.count > 0) {
    const few = `${counted(byChance.count, 'stack')} of so few samples that the other may lack them by chance`;
    items.push(quietItem(`${few}, ${percent(byChance.share, 1)} together`));
  }
  return items;
}

function itemOf({ path, share }: OnlyIn['told'][number], go: () => void): HTMLElement {
  const button = element(
    'button',
    { type: 'button', class: 'cell-button', title: path.join(' → '), onclick: go },
    path.slice(-SHOWN_NAMES).join(' → '),
  );
  return element('li', {}, button, element('span', {}, percent(share, 1)));
}

function quietItem(words: string): HTMLElement {
  return element('li', { class: 'quiet' }, words);
}

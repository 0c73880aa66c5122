/** Two profiles as one flame graph: widths of one of them, colours of what changed, and what only one of them has. */
import { commas, counted, percent } from '../../../datasets/amounts.ts';
import { stackFrames } from '../../../datasets/fold.ts';
import type { Stacks } from '../../../datasets/shapes.ts';
import { changeColor } from '../../flame/colors.ts';
import {
  type ComparedFlame,
  changeAt,
  changeToldOf,
  comparedFlame,
  type FlameSide,
  type OnlyIn,
  onlyIn,
  overOneTrie,
  sharesAt,
} from '../diff/flame.ts';
import { type FlameNode, type FlameTree, flameTree, nodeAt } from '../flame-tree.ts';
import { matchedWeight, type Search, searchFrames } from '../flame-view.ts';
import type { DatasetPair } from '../pair.ts';
import type { ChangeOf, FlameView } from '../view.ts';
import { type Context, rangeFor, type Widget } from './context.ts';
import { diffChoices } from './diff-choices.ts';
import { element, styleValue } from './dom.ts';
import { flameDetails } from './flame-details.ts';
import { flameGraph } from './flame-graph.ts';
import { flameKey } from './flame-keys.ts';
import { flameTools } from './flame-tools.ts';

/** Stacks listed that only one of the two has. */
const LISTED = 20;
/** Names shown of such a stack: what it hangs on, and what it is. */
const SHOWN_NAMES = 3;

export interface DiffFlame extends Widget {
  /** What is shown, for the table of functions beside it. */
  flame(): ComparedFlame;
}

export function mountDiffFlame(
  host: HTMLElement,
  pair: DatasetPair,
  before: Stacks,
  after: Stacks,
  context: Context,
): DiffFlame {
  const { store } = context;
  const index = pair.after;
  const both = overOneTrie(before, after);
  const view = (): FlameView => store.flame(index);
  const set = (change: Partial<FlameView>): void => store.setFlame(index, change);
  let flame = compute();
  let tree: FlameTree | null = null;
  let search: Search = { matches: null, error: null };
  let largest = 0;

  const graph = flameGraph(`${after.title}, before and after`, {
    color: (node) => colorOf(node),
    words: (node) => wordsOf(node),
    zoom: (node) => zoom(node),
    pick: (node) => details.show(node, drawn().profile, wordsOf(node)),
    key: (event, node) =>
      flameKey(event, node, { view, set, zoom, focusSearch: tools.focusSearch, profile: () => drawn().profile }),
    resized: () => draw(),
  });
  const details = flameDetails({
    zoom: (node) => zoom(node),
    focus: (frame) => set({ focus: frame, zoom: [] }),
    hide: (frame) => set({ hidden: [...view().hidden, frame], zoom: [] }),
  });
  const tools = flameTools(context, index, diffChoices(both, context, index));
  const status = element('p', { class: 'flame-status', role: 'status' });
  const legend = element('ul', { class: 'legend', 'aria-label': 'Colours' });
  const lists = element('div', { class: 'only-in' });
  host.replaceChildren(tools.element, graph.element, status, details.element, legend, lists);

  function compute(): ComparedFlame {
    return comparedFlame(both, view(), [rangeFor(context, before), rangeFor(context, after)]);
  }

  /** Whose widths are drawn. */
  function drawn(): FlameSide {
    return flame[view().widths];
  }

  function zoom(node: FlameNode): void {
    set({ zoom: node.node === 0 ? [] : stackFrames(drawn().profile, node.node) });
  }

  /** Stood on their heads, stacks end in their process: no function has a self. */
  function changeOf(): ChangeOf {
    return view().order === 'callers' ? 'total' : (view().changeOf ?? changeToldOf(after));
  }

  function colorOf(node: FlameNode): string {
    if (node.frame < 0) return styleValue('--flame-root');
    if (search.matches?.[node.frame] === 1) return styleValue('--match');
    return changeColor(changeAt(flame, node.node, changeOf()), largest, { orange: view().orange });
  }

  function wordsOf(node: FlameNode): string {
    const [was, is] = sharesAt(flame, node.node, 'total');
    const parts = [
      `before ${percent(was, 1)} (${amount(flame.before.totals[node.node] as number, before)})`,
      `after ${percent(is, 1)} (${amount(flame.after.totals[node.node] as number, after)})`,
      points(is - was),
    ];
    if (view().order !== 'callers') {
      const [self, selfNow] = sharesAt(flame, node.node, 'self');
      if (self > 0 || selfNow > 0)
        parts.push(`self ${percent(self, 1)} before, ${percent(selfNow, 1)} after, ${points(selfNow - self)}`);
    }
    return `${node.name}\n${parts.join(' · ')}`;
  }

  function statusText(): string {
    const parts = [sideText('Before', before, flame.before), sideText('after', after, flame.after)];
    const words = [`${parts.join(', ')}: shares are compared, widths are of ${view().widths}`];
    if (tree !== null && tree.narrow.frames > 0)
      words.push(
        `${counted(tree.narrow.frames, 'frame')} too thin to draw: zoom in to see ${tree.narrow.frames === 1 ? 'it' : 'them'}`,
      );
    if (tree !== null && tree.deep.frames > 0)
      words.push(`${counted(tree.deep.frames, 'frame')} deeper than can be drawn`);
    return words.join(' · ');
  }

  function matchText(): string {
    if (search.error !== null) return search.error;
    const { matches } = search;
    if (matches === null) return '';
    const focus = nodeAt(drawn().profile, view().zoom);
    const share = ({ profile, totals }: FlameSide): string =>
      percent(matchedWeight(profile, matches, focus), totals[focus] as number);
    return `Matched: ${share(flame.before)} before, ${share(flame.after)} after`;
  }

  function draw(): void {
    const { profile } = drawn();
    search = searchFrames(profile, view());
    tree = flameTree(profile, nodeAt(profile, view().zoom), graph.width());
    largest = greatestChange(tree.root, (node) => changeAt(flame, node, changeOf()));
    graph.draw(tree, view().icicle || view().order === 'callers');
    status.textContent = statusText();
    details.keep(profile);
    legend.replaceChildren(...legendItems());
    tools.show(matchText(), profile.frames.names);
  }

  function legendItems(): HTMLElement[] {
    const of = changeOf() === 'self' ? 'by itself' : 'with all it calls';
    const most = `${commas(100 * largest)} points`;
    const items: [number, string][] = [
      [-largest, `shrank ${of}, by ${most}`],
      [
        0,
        flame.before.samples === null || flame.after.samples === null
          ? 'no change'
          : 'no change, or no more than chance',
      ],
      [largest, `grew ${of}, by ${most}`],
    ];
    return items.map(([change, text]) => {
      const swatch = element('span', { class: 'swatch' });
      swatch.style.background = changeColor(change, largest, { orange: view().orange });
      return element('li', {}, swatch, text);
    });
  }

  /** They are looked for below every box: not while a range is dragged. */
  function drawLists(): void {
    lists.replaceChildren(
      ...(['before', 'after'] as const).flatMap((side) => {
        const found = onlyIn(flame, side);
        return found.told.length + found.byChance.count === 0 ? [] : [listOf(side, found)];
      }),
    );
  }

  function listOf(side: 'before' | 'after', { told, byChance }: OnlyIn): HTMLElement {
    const share = told.reduce((sum, each) => sum + each.share, 0);
    const items = told.slice(0, LISTED).map(({ node, path, share: own }) => {
      const names = path.slice(-SHOWN_NAMES).join(' → ');
      const button = element('button', { type: 'button', class: 'cell-button', title: path.join(' → ') }, names);
      button.addEventListener('click', () => set({ widths: side, zoom: stackFrames(flame[side].profile, node) }));
      return element('li', {}, button, element('span', {}, percent(own, 1)));
    });
    const more = told.length - items.length;
    if (more > 0) items.push(element('li', { class: 'quiet' }, `and ${commas(more)} more`));
    if (byChance.count > 0) {
      const words = `${counted(byChance.count, 'stack')} of so few samples that the other may lack them by chance, ${percent(byChance.share, 1)} together`;
      items.push(element('li', { class: 'quiet' }, words));
    }
    const word = side === 'before' ? 'Gone' : 'New';
    const what =
      told.length === 0
        ? 'nothing that is more than chance'
        : `${counted(told.length, 'stack')}, ${percent(share, 1)} of ${side}`;
    const open = lists.querySelector<HTMLDetailsElement>(`details.${side}`)?.open ?? false;
    return element(
      'details',
      { class: side, open },
      element('summary', {}, `${word}: ${what}`),
      element('ul', {}, ...items),
    );
  }

  let last = { view: view(), ranges: [rangeFor(context, before), rangeFor(context, after)] };
  let timer = 0;
  draw();
  drawLists();

  return {
    flame: () => flame,
    update() {
      const next = { view: view(), ranges: [rangeFor(context, before), rangeFor(context, after)] };
      const isOther = changesStacks(last.view, next.view) || next.ranges.some((range, i) => range !== last.ranges[i]);
      last = next;
      if (isOther) {
        flame = compute();
        clearTimeout(timer);
        timer = setTimeout(drawLists, 200);
      }
      draw();
    },
  };
}

function amount(weight: number, { unit }: Stacks): string {
  return unit === 'samples' ? counted(weight, 'sample') : `${commas(weight)} ${unit}`;
}

function points(change: number): string {
  return `${change < 0 ? '−' : '+'}${commas(Math.abs(100 * change))} points`;
}

function sideText(side: string, stacks: Stacks, { shown, whole, hidden }: FlameSide): string {
  if (whole === 0) return `${side} nothing in this range`;
  const out = hidden.map(({ what, weight }) => `${what} hide ${percent(weight, whole)}`).join(', ');
  return `${side} ${amount(shown, stacks)}${out === '' ? '' : ` (${out})`}`;
}

function greatestChange(root: FlameNode, changeOf: (node: number) => number): number {
  let most = 0;
  const pending = [...root.children];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    most = Math.max(most, Math.abs(changeOf(node.node)));
    pending.push(...node.children);
  }
  return most;
}

function changesStacks(before: FlameView, after: FlameView): boolean {
  const keys: (keyof FlameView)[] = ['order', 'busyOnly', 'mergeRecursion', 'focus', 'hidden', 'thread', 'cpu'];
  return keys.some((key) => before[key] !== after[key]);
}

/** d3-flame-graph with what a report asks of it: our colours, keys, a tooltip, and zooming that brings back thin frames. */
import flamegraph, { type FlameDatum } from 'd3-flame-graph';
import { Node as HierarchyNode } from 'd3-hierarchy';
import { select } from 'd3-selection';
import { FONT_SIZE, fitName } from '../../text.ts';
import type { FlameNode, FlameTree } from '../flame-tree.ts';
import { element } from './dom.ts';
import './quiet-selection.ts';

const CELL = 18;
const MIN_WIDTH = 200;
/** A narrower frame has no name: two letters say nothing. */
const LEAST_LABEL = 35;
/** Left and right of a name. */
const LABEL_MARGIN = 4;

export interface FlameGraphOptions {
  color(node: FlameNode): string;
  /** What the tooltip and a screen reader are told. */
  words(node: FlameNode): string;
  zoom(node: FlameNode): void;
  /** A frame became the one at hand, by pointer or key; null: none. */
  pick(node: FlameNode): void;
  key(event: KeyboardEvent, node: FlameNode): boolean;
  /** The graph has another width: draw again. */
  resized(): void;
}

export interface FlameGraph {
  element: HTMLElement;
  draw(tree: FlameTree, icicle: boolean): void;
  width(): number;
}

/** `slot`: the number of the element that draws it. */
type Placed = FlameNode & { slot?: number };
type Datum = FlameDatum<Placed>;

// The library numbers frames by their order, so that with one more of them each becomes another element's. With ours a
// frame stays in its element, where little changes when a range is dragged.
Object.defineProperty(HierarchyNode.prototype, 'id', {
  get(this: Datum) {
    return this.data.slot;
  },
  set() {},
});

export function flameGraph(name: string, options: FlameGraphOptions): FlameGraph {
  const tip = element('div', { class: 'tip', role: 'status', hidden: true });
  // What scrolls is what has the focus: the keys bring the frame at hand into view.
  const stage = element('div', {
    class: 'flame-stage',
    tabindex: '0',
    role: 'group',
    'aria-label': `${name}: flame graph. Arrow keys go from frame to frame, Enter zooms, Escape zooms out, C copies the stack.`,
  });
  const host = element('div', { class: 'flame' }, stage, tip);
  const chart = flamegraph<FlameNode>()
    .cellHeight(CELL)
    .minFrameSize(0.5)
    .transitionDuration(0)
    // With a tooltip, even one that does nothing, the library puts no title into every frame; ours follows the pointer.
    .tooltip(() => {})
    .setColorMapper((datum) => options.color(datum.data));
  let drawn: FlameTree | null = null;
  let current: Datum | null = null;
  let icicleNow = false;
  let heightBefore = 0;
  let slots: ReadonlyMap<number, number> = new Map();
  /** Kept, not asked for: to ask makes the browser lay out what has changed. */
  let width = 0;
  new ResizeObserver(() => {
    const now = Math.max(MIN_WIDTH, stage.clientWidth);
    if (width !== 0 && now !== width) {
      width = now;
      options.resized();
    }
  }).observe(stage);

  function datumOf(target: EventTarget | null): Datum | null {
    const frame = (target as Element | null)?.closest?.('g.frame');
    return frame === null || frame === undefined ? null : ((frame as unknown as { __data__?: Datum }).__data__ ?? null);
  }

  function pointTo(datum: Datum | null, byKey: boolean): void {
    stage.querySelector('g.frame.current')?.classList.remove('current');
    current = datum;
    if (datum === null) return;
    const frame = [...stage.querySelectorAll('g.frame')].find(
      (each) => (each as unknown as { __data__?: Datum }).__data__ === datum,
    );
    frame?.classList.add('current');
    if (byKey) frame?.scrollIntoView({ block: 'nearest' });
    options.pick(datum.data);
  }

  /** Names where there is room. The library would cut off their ends, which is where two methods of one class differ. */
  function label(): void {
    for (const frame of stage.querySelectorAll<SVGGElement & { __data__: Datum }>('g.frame')) {
      const { data, x0, x1 } = frame.__data__;
      const room = (x1 - x0) * width;
      const name = room < LEAST_LABEL ? '' : fitName(data.name, room - 2 * LABEL_MARGIN, FONT_SIZE);
      const text = frame.childElementCount > 1 ? frame.lastElementChild : null;
      if (name === '') text?.remove();
      else if (text === null) frame.append(labelElement(name));
      else if (text.textContent !== name) text.textContent = name;
    }
  }

  // The library would zoom into what is drawn, without the frames that were too thin.
  stage.addEventListener('click', ({ target }) => {
    const datum = datumOf(target);
    if (datum === null) return;
    tip.hidden = true;
    stage.focus({ preventScroll: true });
    pointTo(datum, false);
    options.zoom(datum.data);
  });
  stage.addEventListener('pointermove', (event) => {
    const datum = datumOf(event.target);
    tip.hidden = datum === null;
    if (datum !== null) placeTip(tip, options.words(datum.data), event, host);
  });
  stage.addEventListener('pointerleave', () => {
    tip.hidden = true;
  });
  stage.addEventListener('keydown', (event) => {
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const root = rootOf(stage);
    if (root === null) return;
    const from = current ?? root;
    const next = neighbour(from, event.key, icicleNow);
    if (next !== null) pointTo(next, true);
    else if (!options.key(event, from.data)) return;
    event.preventDefault();
  });

  return {
    element: host,
    width() {
      if (width === 0) width = Math.max(MIN_WIDTH, stage.clientWidth);
      return width;
    },
    draw(tree, icicle) {
      const height = tree.levels * CELL;
      icicleNow = icicle;
      chart.width(width).height(height).inverted(icicle);
      if (drawn === tree) chart.update();
      else {
        pointTo(null, false);
        slots = placed(tree.root, slots);
        if (drawn === null) select(stage).datum(tree.root).call(chart);
        else chart.update(tree.root);
        label();
      }
      drawn = tree;
      const svg = stage.querySelector('svg');
      svg?.setAttribute('height', String(height));
      svg?.setAttribute('aria-hidden', 'true');
      svg?.querySelector('text.title')?.remove();
      // The roots are what is looked at first, where not all of it fits.
      if (height !== heightBefore) stage.scrollTop = icicle ? 0 : height;
      heightBefore = height;
    },
  };
}

function labelElement(name: string): SVGTextElement {
  const text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
  text.setAttribute('x', String(LABEL_MARGIN));
  text.setAttribute('y', String(CELL - 5));
  text.textContent = name;
  return text;
}

/**
 * Gives each frame of a tree an element's number: the one that drew it before, or one that draws nothing now.
 * @param before the numbers of the last tree, by the profile's node
 * @returns those of this one
 */
function placed(root: Placed, before: ReadonlyMap<number, number>): Map<number, number> {
  const slots = new Map<number, number>();
  const taken = new Set<number>();
  const homeless: Placed[] = [];
  const all: Placed[] = [root];
  for (const frame of all) {
    all.push(...frame.children);
    const slot = before.get(frame.node);
    if (slot === undefined || taken.has(slot)) homeless.push(frame);
    else {
      frame.slot = slot;
      taken.add(slot);
    }
  }
  let next = 0;
  for (const frame of homeless) {
    while (taken.has(next)) next++;
    frame.slot = next++;
  }
  for (const frame of all) slots.set(frame.node, frame.slot as number);
  return slots;
}

function placeTip(tip: HTMLElement, words: string, event: PointerEvent, host: HTMLElement): void {
  if (tip.textContent !== words) tip.textContent = words;
  const box = host.getBoundingClientRect();
  const left = event.clientX - box.left;
  tip.style.left = `${Math.max(0, Math.min(left + 14, box.width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${event.clientY - box.top + 18}px`;
}

function rootOf(stage: HTMLElement): Datum | null {
  const first = stage.querySelector('g.frame') as unknown as { __data__?: Datum } | null;
  let datum = first?.__data__ ?? null;
  while (datum !== null && datum.parent !== null) datum = datum.parent;
  return datum;
}

/** Up and down as they are seen: with the root below, up is to what was called. */
function neighbour(from: Datum, key: string, icicle: boolean): Datum | null {
  const deeper = icicle ? 'ArrowDown' : 'ArrowUp';
  const shallower = icicle ? 'ArrowUp' : 'ArrowDown';
  const children = from.children ?? [];
  if (key === deeper)
    return children.reduce<Datum | null>(
      (widest, child) => (widest === null || child.data.value > widest.data.value ? child : widest),
      null,
    );
  if (key === shallower) return from.parent;
  const siblings = from.parent?.children ?? [];
  const place = siblings.indexOf(from);
  if (key === 'ArrowRight') return siblings[place + 1] ?? null;
  if (key === 'ArrowLeft') return siblings[place - 1] ?? null;
  return null;
}

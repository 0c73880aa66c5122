/** d3-flame-graph with what a report asks of it: our colours, keys, a tooltip, and zooming that brings back thin frames. */
import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';
import { neighbour } from '../../../../flame/neighbours.ts';
import type { FlameNode, FlameTree } from '../../../../flame/tree.ts';
import { element } from '../../shell/dom.ts';
import { type Datum, datumUnder, elementOf, rootIn } from './frames.ts';
import { labelFrames } from './labels.ts';
import { giveSlots } from './slots.ts';
import './quiet-selection.ts';

const CELL = 18;
const MIN_WIDTH = 200;

export interface FlameGraphOptions {
  color(node: FlameNode): string;
  /** What the tooltip and a screen reader are told. */
  words(node: FlameNode): string;
  zoom(node: FlameNode): void;
  /** A frame became the one at hand, by pointer or key. */
  pick(node: FlameNode): void;
  /** @returns whether the key meant something */
  key(event: KeyboardEvent, node: FlameNode): boolean;
  /** The graph has another width: draw again. */
  resized(): void;
}

export class FlameGraph {
  readonly element: HTMLElement;
  private readonly options: FlameGraphOptions;
  /** What scrolls is what has the focus: the keys bring the frame at hand into view. */
  private readonly stage: HTMLElement;
  private readonly tip = element('div', { class: 'tip', role: 'status', hidden: true });
  private readonly chart = flamegraph<FlameNode>()
    .cellHeight(CELL)
    .minFrameSize(0.5)
    .transitionDuration(0)
    // With a tooltip, even one that does nothing, the library puts no title into every frame; ours follows the pointer.
    .tooltip(() => {})
    .setColorMapper((datum) => this.options.color(datum.data));
  private drawn: FlameTree | null = null;
  private height = 0;
  private icicle = false;
  /** The frame at hand. */
  private current: Datum | null = null;
  private slots: ReadonlyMap<number, number> = new Map();
  /** Kept, not asked for: to ask makes the browser lay out what has changed. */
  private knownWidth = 0;

  constructor(name: string, options: FlameGraphOptions) {
    this.options = options;
    this.stage = element('div', {
      class: 'flame-stage',
      tabindex: '0',
      role: 'group',
      'aria-label': `${name}: flame graph. Arrow keys go from frame to frame, Enter zooms, Escape zooms out, C copies the stack.`,
    });
    this.element = element('div', { class: 'flame' }, this.stage, this.tip);
    this.followPointer();
    this.stage.addEventListener('keydown', (event) => {
      if (this.onKey(event)) event.preventDefault();
    });
    new ResizeObserver(() => this.followWidth()).observe(this.stage);
  }

  /** In pixels, when last it was looked at. */
  width(): number {
    if (this.knownWidth === 0) this.knownWidth = Math.max(MIN_WIDTH, this.stage.clientWidth);
    return this.knownWidth;
  }

  /** @param icicle the root is on top */
  draw(tree: FlameTree, icicle: boolean): void {
    const height = tree.levels * CELL;
    this.icicle = icicle;
    this.chart.width(this.width()).height(height).inverted(icicle);
    if (this.drawn === tree) this.chart.update();
    else this.drawOther(tree);
    this.drawn = tree;
    const svg = this.stage.querySelector('svg');
    svg?.setAttribute('height', String(height));
    svg?.setAttribute('aria-hidden', 'true');
    svg?.querySelector('text.title')?.remove();
    // The roots are what is looked at first, where not all of it fits.
    if (height !== this.height) this.stage.scrollTop = icicle ? 0 : height;
    this.height = height;
  }

  private drawOther(tree: FlameTree): void {
    this.leave();
    this.slots = giveSlots(tree.root, this.slots);
    if (this.drawn === null) select(this.stage).datum(tree.root).call(this.chart);
    else this.chart.update(tree.root);
    labelFrames(this.stage, this.width(), CELL);
  }

  /** No frame is at hand. */
  private leave(): void {
    this.stage.querySelector('g.frame.current')?.classList.remove('current');
    this.current = null;
  }

  private pick(datum: Datum, byKey: boolean): void {
    this.leave();
    this.current = datum;
    const frame = elementOf(this.stage, datum);
    frame?.classList.add('current');
    if (byKey) frame?.scrollIntoView({ block: 'nearest' });
    this.options.pick(datum.data);
  }

  private followPointer(): void {
    const { stage, tip, options } = this;
    stage.addEventListener('click', ({ target }) => {
      const datum = datumUnder(target);
      if (datum !== null) this.enter(datum);
    });
    stage.addEventListener('pointermove', (event) => {
      const datum = datumUnder(event.target);
      tip.hidden = datum === null;
      if (datum !== null) placeTip(tip, options.words(datum.data), event, this.element);
    });
    stage.addEventListener('pointerleave', () => {
      tip.hidden = true;
    });
  }

  /** Zooms by ourselves: the library would go into what is drawn, without the frames that were too thin. */
  private enter(datum: Datum): void {
    this.tip.hidden = true;
    this.stage.focus({ preventScroll: true });
    this.pick(datum, false);
    this.options.zoom(datum.data);
  }

  /** @returns whether the key meant something */
  private onKey(event: KeyboardEvent): boolean {
    if (event.target !== this.stage || event.ctrlKey || event.metaKey || event.altKey) return false;
    const from = this.current ?? rootIn(this.stage);
    if (from === null) return false;
    const next = neighbour(from, event.key, this.icicle, ({ data }) => data.value);
    if (next === null) return this.options.key(event, from.data);
    this.pick(next, true);
    return true;
  }

  private followWidth(): void {
    const width = Math.max(MIN_WIDTH, this.stage.clientWidth);
    if (this.knownWidth === 0 || width === this.knownWidth) return;
    this.knownWidth = width;
    this.options.resized();
  }
}

function placeTip(tip: HTMLElement, words: string, event: PointerEvent, host: HTMLElement): void {
  if (tip.textContent !== words) tip.textContent = words;
  const box = host.getBoundingClientRect();
  const left = event.clientX - box.left;
  tip.style.left = `${Math.max(0, Math.min(left + 14, box.width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${event.clientY - box.top + 18}px`;
}

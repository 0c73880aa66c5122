/** d3-flame-graph with what a report asks of it: our colours, keys, a tooltip, and zooming that brings back thin frames. */
import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';
import { neighbour } from '../../../../flame/neighbours.ts';
import type { FlameNode, FlameTree } from '../../../../flame/tree.ts';
import { element } from '../../shell/dom.ts';
import { Tip } from '../../shell/tip.ts';
import { type Datum, datumUnder, elementOf, framesIn, rootIn } from './frames.ts';
import { labelFrames } from './labels.ts';
import { giveSlots } from './slots.ts';
import './quiet-selection.ts';

const CELL = 18;
const MIN_WIDTH = 200;

export interface FlameGraphOptions {
  color(node: FlameNode): string;
  /** What the tooltip and a screen reader are told. */
  words(node: FlameNode): string;
  /** A click, or Enter. */
  enter(node: FlameNode): void;
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
  private readonly tip: Tip;
  private readonly chart = flamegraph<FlameNode>()
    .cellHeight(CELL)
    .minFrameSize(0)
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

  /** @param label what a screen reader calls it, with the keys it takes */
  constructor(label: string, options: FlameGraphOptions) {
    this.options = options;
    this.stage = element('div', { class: 'flame-stage', tabindex: '0', role: 'group', 'aria-label': label });
    this.element = element('div', { class: 'flame' }, this.stage);
    this.tip = new Tip(this.element);
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

  /**
   * @param icicle the root is on top
   * @param marked nodes that stand out
   */
  draw(tree: FlameTree, icicle: boolean, marked: ReadonlySet<number> = new Set()): void {
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
    this.showMarked(marked);
    // The roots are what is looked at first, where not all of it fits.
    if (height !== this.height) this.stage.scrollTop = icicle ? 0 : height;
    this.height = height;
  }

  private drawOther(tree: FlameTree): void {
    const at = this.current?.data;
    this.leave();
    this.slots = giveSlots(tree.root, this.slots);
    if (this.drawn === null) select(this.stage).datum(tree.root).call(this.chart);
    else this.chart.update(tree.root);
    labelFrames(this.stage, this.width(), CELL);
    // The frame at hand stays at hand where it is drawn again.
    const again =
      at &&
      [...framesIn(this.stage)].find(({ __data__: { data } }) => data.node === at.node && data.frame === at.frame);
    if (again) this.take(again.__data__);
  }

  /** No frame is at hand. */
  private leave(): void {
    this.stage.querySelector('g.frame.current')?.classList.remove('current');
    this.current = null;
  }

  private take(datum: Datum): SVGGElement | undefined {
    this.leave();
    this.current = datum;
    const frame = elementOf(this.stage, datum);
    frame?.classList.add('current');
    return frame;
  }

  private pick(datum: Datum, byKey: boolean): void {
    const frame = this.take(datum);
    if (byKey) frame?.scrollIntoView({ block: 'nearest' });
    this.options.pick(datum.data);
  }

  private showMarked(marked: ReadonlySet<number>): void {
    const shown = this.stage.querySelector('g.frame.marked') !== null;
    if (marked.size === 0 && !shown) return;
    for (const frame of framesIn(this.stage)) frame.classList.toggle('marked', marked.has(frame.__data__.data.node));
  }

  private followPointer(): void {
    const { stage, tip, options } = this;
    stage.addEventListener('click', ({ target }) => {
      const datum = datumUnder(target);
      if (datum !== null) this.enter(datum);
    });
    stage.addEventListener('pointermove', (event) => {
      const datum = datumUnder(event.target);
      if (datum === null) tip.hide();
      else tip.show(options.words(datum.data), event);
    });
    stage.addEventListener('pointerleave', () => tip.hide());
  }

  /** Zooms by ourselves: the library would go into what is drawn, without the frames that were too thin. */
  private enter(datum: Datum): void {
    this.tip.hide();
    this.stage.focus({ preventScroll: true });
    this.pick(datum, false);
    this.options.enter(datum.data);
  }

  /** @returns whether the key meant something */
  private onKey(event: KeyboardEvent): boolean {
    if (event.target !== this.stage || event.ctrlKey || event.metaKey || event.altKey) return false;
    const from = this.current ?? rootIn(this.stage);
    if (from === null) return false;
    const next = neighbour(from, event.key, this.icicle, ({ data }) => data.value);
    if (next !== null) this.pick(next, true);
    else if (event.key === 'Enter') this.options.enter(from.data);
    else return this.options.key(event, from.data);
    return true;
  }

  private followWidth(): void {
    const { clientWidth } = this.stage;
    const width = Math.max(MIN_WIDTH, clientWidth);
    // While it is hidden it has none.
    if (clientWidth === 0 || this.knownWidth === 0 || width === this.knownWidth) return;
    this.knownWidth = width;
    this.options.resized();
  }
}

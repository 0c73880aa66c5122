/** The flame graph of a profile with all that is asked of it: search, order, threads, focus, functions. */
import { stackFrames } from '../../../../datasets/fold.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Profile } from '../../../../datasets/profile.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import { RunningSearch } from '../../../flame/client/running-search.ts';
import { chartTree, type FlameNode, type FlameTree, flameTree, nodeAt, timesOfBox } from '../../../flame/tree.ts';
import { asksForOtherStacks, type Colouring, type FlameView } from '../../../flame/view.ts';
import { type Viewed, viewed } from '../../../flame/viewed.ts';
import { type Context, rangeFor, type Widget } from '../shell/context.ts';
import { legendItem } from '../shell/legend.ts';
import { choicesOf } from './choices.ts';
import { FlamePaint, meaningsOf } from './colors.ts';
import { type FlameParts, flameParts } from './parts.ts';
import type { FlameSubject } from './subject.ts';
import { flameTools } from './tools.ts';
import { type DrawnProfile, frameWords, matchWords, statusWords } from './words.ts';

/** A tree and what it was made of: a search, other colours or the icicle need no other. */
interface MadeTree {
  tree: FlameTree;
  profile: Profile;
  zoom: readonly number[];
  width: number;
}

export class FlamePanel implements Widget, FlameSubject {
  private readonly stacks: Stacks;
  private readonly index: number;
  private readonly context: Context;
  private readonly parts: FlameParts;
  private readonly paint: FlamePaint;
  private seen: Viewed;
  private seenFor: { view: FlameView; range: Range | null };
  private readonly searching = new RunningSearch(() => this.draw());
  private matches: Uint8Array | null = null;
  private made: MadeTree | null = null;
  private legendFor: { seen: Viewed; colouring: Colouring } | null = null;

  constructor(host: HTMLElement, index: number, stacks: Stacks, context: Context) {
    this.stacks = stacks;
    this.index = index;
    this.context = context;
    this.paint = new FlamePaint(stacks.kind);
    this.seenFor = { view: this.view(), range: this.range() };
    this.seen = this.look();
    this.parts = flameParts(
      stacks.title,
      flameTools(context, index, choicesOf(stacks, context, index), () => this.stopSearch()),
      this,
    );
    host.replaceChildren(...this.parts.elements);
    this.draw();
  }

  /** What is shown, for the table of functions beside it. */
  viewed(): Viewed {
    return this.seen;
  }

  update(): void {
    const { view, range } = this.seenFor;
    const now = { view: this.view(), range: this.range() };
    this.seenFor = now;
    if (range !== now.range || asksForOtherStacks(view, now.view)) this.seen = this.look();
    this.draw();
  }

  view(): FlameView {
    return this.context.store.flame(this.index);
  }

  set(change: Partial<FlameView>): void {
    this.context.store.setFlame(this.index, change);
  }

  profile(): Profile {
    return this.seen.profile;
  }

  /** In the order of time, to go into a box is to go to its times. */
  zoom(node: FlameNode): void {
    const { profile } = this.seen;
    if (this.view().order !== 'time') {
      this.set({ zoom: node.node === 0 ? [] : stackFrames(profile, node.node) });
      return;
    }
    const range = timesOfBox(profile, node);
    if (range !== null && node.frame >= 0) this.context.store.setRange(range);
  }

  color(node: FlameNode): string {
    return this.paint.colorOf(node, this.matches);
  }

  private stopSearch(): void {
    this.searching.stop();
    this.draw();
  }

  words(node: FlameNode): string {
    return frameWords(node, this.drawn());
  }

  draw(): void {
    const { graph, tools, status, details } = this.parts;
    const { profile } = this.seen;
    const view = this.view();
    const search = this.searching.look(profile.frames.names, view);
    this.matches = search.matches;
    this.paint.mix(profile.frames, view.colouring);
    const drawn = this.drawn();
    graph.draw(drawn.tree, view.icicle || view.order === 'callers');
    status.textContent = statusWords(drawn, this.range() !== null);
    details.keep(profile);
    this.drawLegend(view.colouring);
    tools.show(matchWords(drawn, search, this.searching.progress), profile.frames.names, this.searching.isRunning);
  }

  private drawLegend(colouring: Colouring): void {
    const { stacks, seen, legendFor } = this;
    if (legendFor?.seen === seen && legendFor.colouring === colouring) return;
    this.legendFor = { seen, colouring };
    const { legend } = this.parts;
    legend.hidden = colouring === 'name';
    legend.replaceChildren(...meaningsOf(colouring, stacks, seen).map(([words, color]) => legendItem(words, color)));
  }

  private drawn(): DrawnProfile {
    return { stacks: this.stacks, seen: this.seen, tree: this.tree(), view: this.view() };
  }

  private tree(): FlameTree {
    const { profile } = this.seen;
    const { zoom, order } = this.view();
    const { made } = this;
    const width = this.parts.graph.width();
    if (made?.profile === profile && made.zoom === zoom && made.width === width) return made.tree;
    const byTime = order === 'time' ? chartTree(profile, width) : null;
    const tree = byTime ?? flameTree(profile, nodeAt(profile, zoom), width);
    this.made = { tree, profile, zoom, width };
    return tree;
  }

  private range(): Range | null {
    return rangeFor(this.context, this.stacks);
  }

  private look(): Viewed {
    const { view, range } = this.seenFor;
    const { profile } = this.stacks;
    return viewed(profile, view, profile.samples === null ? null : range);
  }
}

/** Two profiles as one flame graph: widths of one of them, colours of what changed, and what only one of them has. */
import { commas } from '../../../../datasets/amounts.ts';
import { stackFrames } from '../../../../datasets/fold.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Profile } from '../../../../datasets/profile.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import { RunningSearch } from '../../../flame/client/running-search.ts';
import { changeColor } from '../../../flame/colors.ts';
import { MERGED } from '../../../flame/layout.ts';
import { type FlameNode, flameTree, nodeAt } from '../../../flame/tree.ts';
import { asksForOtherStacks, type ChangeOf, type FlameView } from '../../../flame/view.ts';
import { type ComparedFlame, changeAt, changeToldOf, comparedFlame, overOneTrie } from '../../diff/flame.ts';
import { Marks } from '../flame/marks.ts';
import { type FlameParts, flameParts } from '../flame/parts.ts';
import type { FlameSubject } from '../flame/subject.ts';
import { flameTools } from '../flame/tools.ts';
import { type Context, rangeFor, type Widget } from '../shell/context.ts';
import { styleValue, whenAtRest } from '../shell/dom.ts';
import { HATCH } from '../shell/hatch.ts';
import { legendItem } from '../shell/legend.ts';
import { diffChoices } from './choices.ts';
import { onlyInLists } from './only-in.ts';
import { type BothStacks, diffFrameWords, diffMatchWords, diffStatus } from './words.ts';

export class DiffFlame implements Widget, FlameSubject {
  private readonly context: Context;
  private readonly index: number;
  private readonly both: BothStacks;
  private readonly parts: FlameParts;
  private readonly lists = onlyInLists((side, frames) => this.set({ widths: side, zoom: frames }));
  /** They are looked for below every box: not while a range is dragged. */
  private readonly listSoon = whenAtRest(() => this.lists.show(this.compared));
  private readonly marks = new Marks();
  private compared: ComparedFlame;
  private comparedFor: { view: FlameView; ranges: (Range | null)[] };
  private readonly searching = new RunningSearch(() => this.draw());
  private matches: Uint8Array | null = null;
  /** The greatest change of a box that is drawn, in shares: what the strongest colour stands for. */
  private largest = 0;

  /** @param index of the later dataset, under which the view is kept */
  constructor(host: HTMLElement, index: number, before: Stacks, after: Stacks, context: Context) {
    this.context = context;
    this.index = index;
    this.both = overOneTrie(before, after);
    this.comparedFor = { view: this.view(), ranges: this.ranges() };
    this.compared = this.compare();
    const tools = flameTools(context, index, diffChoices(this.both, context, index), () => this.stopSearch());
    this.parts = flameParts(`${after.title}, before and after`, tools, this, false);
    host.replaceChildren(this.parts.element, this.lists.element);
    this.draw();
    this.lists.show(this.compared);
  }

  /** What is shown, for the table of functions beside it. */
  flame(): ComparedFlame {
    return this.compared;
  }

  update(): void {
    const { view, ranges } = this.comparedFor;
    const now = { view: this.view(), ranges: this.ranges() };
    this.comparedFor = now;
    if (asksForOtherStacks(view, now.view) || ranges.some((range, i) => range !== now.ranges[i])) {
      this.compared = this.compare();
      this.listSoon();
    }
    this.draw();
  }

  view(): FlameView {
    return this.context.store.flame(this.index);
  }

  set(change: Partial<FlameView>): void {
    this.context.store.setFlame(this.index, change);
  }

  /** The side whose widths are drawn. */
  profile(): Profile {
    return this.compared[this.view().widths].profile;
  }

  zoom(node: FlameNode): void {
    this.set({ zoom: node.node === 0 ? [] : stackFrames(this.profile(), node.node) });
  }

  color(node: FlameNode): string {
    if (node.frame === MERGED) return HATCH;
    if (node.frame < 0) return styleValue('--flame-root');
    if (this.matches?.[node.frame] === 1) return styleValue('--match');
    return this.colorOfChange(this.changeOf(node));
  }

  mark(node: FlameNode): void {
    this.marks.turn(node.node);
    this.draw();
  }

  private stopSearch(): void {
    this.searching.stop();
    this.draw();
  }

  words(node: FlameNode): string {
    return diffFrameWords(node, this.compared, this.both, this.view());
  }

  draw(): void {
    const { graph, tools, status, details, legend } = this.parts;
    const [profile, view] = [this.profile(), this.view()];
    const zoomed = nodeAt(profile, view.zoom);
    const search = this.searching.look(profile.frames.names, view);
    this.matches = search.matches;
    const tree = flameTree(profile, zoomed, graph.width());
    this.largest = greatest(tree.root, (node) => Math.abs(this.changeOf(node)));
    graph.draw(tree, view.icicle || view.order === 'callers', this.marks.nodes);
    status.textContent = diffStatus(this.compared, this.both, view, tree);
    details.keep(profile);
    legend.replaceChildren(...this.legendItems());
    tools.show(
      diffMatchWords(this.compared, search, zoomed, this.searching.progress),
      profile.frames.names,
      this.searching.isRunning,
    );
  }

  private ranges(): (Range | null)[] {
    return this.both.map((stacks) => rangeFor(this.context, stacks));
  }

  private compare(): ComparedFlame {
    const {
      view,
      ranges: [before = null, after = null],
    } = this.comparedFor;
    return comparedFlame(this.both, view, [before, after]);
  }

  private changeOf({ node, frame }: FlameNode): number {
    if (frame === MERGED) return 0;
    return changeAt(this.compared, node, this.toldOf());
  }

  /** Stood on their heads, stacks end in their process: no function has a self. */
  private toldOf(): ChangeOf {
    const { order, changeOf } = this.view();
    return order === 'callers' ? 'total' : (changeOf ?? changeToldOf(this.both[1]));
  }

  private colorOfChange(change: number): string {
    return changeColor(change, this.largest, { orange: this.view().orange });
  }

  private legendItems(): HTMLElement[] {
    const { largest, compared } = this;
    const of = this.toldOf() === 'self' ? 'by itself' : 'with all it calls';
    const most = `${commas(100 * largest)} points`;
    const sampled = compared.before.samples !== null && compared.after.samples !== null;
    return [
      legendItem(`shrank ${of}, by ${most}`, this.colorOfChange(-largest)),
      legendItem(sampled ? 'no change, or no more than chance' : 'no change', this.colorOfChange(0)),
      legendItem(`grew ${of}, by ${most}`, this.colorOfChange(largest)),
    ];
  }
}

/** The greatest value of the boxes above the root. */
function greatest(root: FlameNode, sizeOf: (node: FlameNode) => number): number {
  let most = 0;
  const pending = [...root.children];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    most = Math.max(most, sizeOf(node));
    for (const child of node.children) pending.push(child);
  }
  return most;
}

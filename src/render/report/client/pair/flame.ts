/** Two profiles as one flame graph: widths of one of them, colours of what changed, and what only one of them has. */
import { commas } from '../../../../datasets/amounts.ts';
import { stackFrames } from '../../../../datasets/fold.ts';
import type { Part } from '../../../../datasets/narrow.ts';
import type { Profile, Thread } from '../../../../datasets/profile.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import { RunningSearch } from '../../../flame/client/running-search.ts';
import { changeColor } from '../../../flame/colors.ts';
import { MERGED } from '../../../flame/layout.ts';
import { type FlameNode, flameTree, nodeAt } from '../../../flame/tree.ts';
import { asksForOtherStacks, type ChangeOf, type FlameView } from '../../../flame/view.ts';
import type { SideNames } from '../../../sides.ts';
import { type ComparedFlame, changeAt, changeThatTells, comparedFlame } from '../../diff/flame.ts';
import { Marks } from '../flame/marks.ts';
import { type FlameParts, flameParts } from '../flame/parts.ts';
import type { FlameSubject } from '../flame/subject.ts';
import { flameTools } from '../flame/tools.ts';
import type { Context, Widget } from '../shell/context.ts';
import { styleValue, whenAtRest } from '../shell/dom.ts';
import { HATCH } from '../shell/hatch.ts';
import { hatchedItem, legendItem } from '../shell/legend.ts';
import { diffChoices } from './choices.ts';
import { onlyInLists } from './only-in.ts';
import { type BothStacks, diffFrameWords, diffMatchWords, diffStatus } from './words.ts';

/** What is compared. */
export interface Sides {
  /** Over one trie, so that frames have the same numbers whatever the view. */
  both: BothStacks;
  names: SideNames;
  /** What of each is looked at, now; null is all of it. */
  parts(): readonly [before: Part | null, after: Part | null];
  isCollectors: ((thread: Thread) => boolean) | null;
}

export class DiffFlame implements Widget, FlameSubject {
  private readonly context: Context;
  private readonly index: number;
  private readonly sides: Sides;
  private readonly parts: FlameParts;
  private readonly lists: ReturnType<typeof onlyInLists>;
  /** They are looked for below every box: not while a range is dragged. */
  private readonly listSoon = whenAtRest(() => this.lists.show(this.compared));
  private readonly marks = new Marks();
  private readonly searching = new RunningSearch(() => this.draw());
  private compared: ComparedFlame;
  private comparedFor: { view: FlameView; parts: ReturnType<Sides['parts']> };
  private matches: Uint8Array | null = null;
  /** What colours tell where nothing else is asked for. */
  private telling: ChangeOf = 'self';
  /** The greatest change of a box that is drawn, in shares: what the strongest colour stands for. */
  private largest = 0;

  /** @param index of the dataset under which the view is kept */
  constructor(host: HTMLElement, index: number, sides: Sides, context: Context) {
    this.context = context;
    this.index = index;
    this.sides = sides;
    this.lists = onlyInLists((side, frames) => this.set({ widths: side, zoom: frames }), sides.names);
    this.comparedFor = { view: this.view(), parts: sides.parts() };
    this.compared = this.compare();
    const tools = flameTools(context, index, diffChoices(sides.both, context, index, sides.names), () =>
      this.stopSearch(),
    );
    this.parts = flameParts(
      `${sides.both[1].title}, ${sides.names.before} and ${sides.names.after}`,
      tools,
      this,
      false,
    );
    host.replaceChildren(this.parts.element, this.lists.element);
    this.draw();
    this.lists.show(this.compared);
  }

  /** What is shown, for the table of functions beside it. */
  flame(): ComparedFlame {
    return this.compared;
  }

  /** What the colours tell the change of. */
  changeOf(): ChangeOf {
    const { order, changeOf } = this.view();
    // Stood on their heads, stacks end in their process: no function has a self.
    return order === 'callers' ? 'total' : (changeOf ?? this.telling);
  }

  update(): void {
    const { view, parts } = this.comparedFor;
    const now = { view: this.view(), parts: this.sides.parts() };
    this.comparedFor = now;
    if (asksForOtherStacks(view, now.view) || parts.some((part, i) => !isSamePart(part, now.parts[i] ?? null))) {
      this.compared = this.compare();
      this.marks.clear();
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
    return this.colorOfChange(this.changeAt(node));
  }

  words(node: FlameNode): string {
    return diffFrameWords(node, this.compared, this.sides.both, this.view(), this.sides.names);
  }

  mark(node: FlameNode): void {
    if (node.frame === MERGED) return;
    this.marks.turn(node.node);
    this.draw();
  }

  note(name: string): void {
    this.context.note(name);
  }

  private stopSearch(): void {
    this.searching.stop();
    this.draw();
  }

  draw(): void {
    const { graph, tools, status, details, legend } = this.parts;
    const { both, names } = this.sides;
    const [profile, view] = [this.profile(), this.view()];
    const zoomed = nodeAt(profile, view.zoom);
    const search = this.searching.look(profile.frames.names, view);
    this.matches = search.matches;
    const tree = flameTree(profile, zoomed, graph.width());
    this.largest = greatest(tree.root, (node) => Math.abs(this.changeAt(node)));
    graph.draw(tree, view.icicle || view.order === 'callers', this.marks.nodes);
    status.textContent = diffStatus(this.compared, both, view, tree, names);
    details.keep(profile);
    legend.replaceChildren(...this.legendItems(tree.narrow.frames > 0));
    tools.show(
      diffMatchWords(this.compared, search, zoomed, this.searching.progress, names),
      profile.frames.names,
      this.searching.isRunning,
    );
  }

  private compare(): ComparedFlame {
    const { view, parts } = this.comparedFor;
    const compared = comparedFlame(this.sides.both, view, parts, this.sides.isCollectors);
    this.telling = changeThatTells(compared, this.sides.both[1] as Stacks);
    return compared;
  }

  private changeAt({ node, frame }: FlameNode): number {
    return frame === MERGED ? 0 : changeAt(this.compared, node, this.changeOf());
  }

  private colorOfChange(change: number): string {
    return changeColor(change, this.largest, { orange: this.view().orange });
  }

  private legendItems(hatched: boolean): HTMLElement[] {
    const { largest, compared } = this;
    const of = this.changeOf() === 'self' ? 'by itself' : 'with all it calls';
    const most = `${commas(100 * largest)} points`;
    const sampled = compared.before.samples !== null && compared.after.samples !== null;
    return [
      legendItem(`shrank ${of}, by ${most}`, this.colorOfChange(-largest)),
      legendItem(sampled ? 'no change, or no more than chance' : 'no change', this.colorOfChange(0)),
      legendItem(`grew ${of}, by ${most}`, this.colorOfChange(largest)),
      ...(hatched ? [hatchedItem('frames too narrow to draw')] : []),
    ];
  }
}

function isSamePart(one: Part | null, other: Part | null): boolean {
  return one?.from === other?.from && one?.to === other?.to && one?.outside === other?.outside;
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

/** The flame graph of a profile with all that is asked of it: search, order, threads, focus, functions. */
import { stackFrames } from '../../../../datasets/fold.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Profile, Thread } from '../../../../datasets/profile.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import { RunningSearch } from '../../../flame/client/running-search.ts';
import { type FunctionRow, functionRows } from '../../../flame/functions.ts';
import { MERGED } from '../../../flame/layout.ts';
import { hasTimeline, type LaneKind, layoutTimeline, spanOfSamples, type Timeline } from '../../../flame/timeline.ts';
import { type FlameNode, type FlameTree, flameTree, MAX_BOXES, nodeAt, within } from '../../../flame/tree.ts';
import { asksForOtherStacks, type Colouring, type FlameView } from '../../../flame/view.ts';
import { type Viewed, viewed } from '../../../flame/viewed.ts';
import { laneName, spanWords } from '../../../flame/words.ts';
import { opened } from '../../collector.ts';
import { hasProcess } from '../../name-filter.ts';
import { type Context, isTimed, rangeFor, spanShown, timeText, type Widget } from '../shell/context.ts';
import { whenAtRest } from '../shell/dom.ts';
import { hatchedItem, legendItem } from '../shell/legend.ts';
import { choicesOf } from './choices.ts';
import { FlamePaint, meaningsOf } from './colors.ts';
import { Marks } from './marks.ts';
import { type FlameParts, flameParts } from './parts.ts';
import { SandwichPane } from './sandwich-pane.ts';
import type { FlameSubject } from './subject.ts';
import { TimelineGraph } from './timeline-graph.ts';
import { flameTools } from './tools.ts';
import { type DrawnProfile, frameWords, markedWords, matchWords, statusWords } from './words.ts';

/** Of a picture in time: more boxes are merged, more lanes counted. */
const TIMELINE_LIMITS = { maxBoxes: 20_000, maxLanes: 24, maxLevels: 64 };

/** So many boxes are drawn at once, the heaviest; the others once the hand rests. Each takes a tenth of a millisecond. */
const FIRST_BOXES = 400;

/** A tree and what it was made of: a search, other colours or the icicle need no other. */
interface MadeTree {
  tree: FlameTree;
  profile: Profile;
  zoom: readonly number[];
  width: number;
  /** How many boxes it may have. */
  most: number;
}

export class FlamePanel implements Widget, FlameSubject {
  private readonly stacks: Stacks;
  private readonly index: number;
  private readonly context: Context;
  private readonly parts: FlameParts;
  private readonly sandwich: SandwichPane;
  private readonly timeline: TimelineGraph | null;
  private readonly paint: FlamePaint;
  private readonly isTracerFolded: boolean;
  private readonly isCollectors: ((thread: Thread) => boolean) | null;
  private readonly marks = new Marks();
  private seen: Viewed;
  private seenFor: { view: FlameView; range: Range | null };
  private readonly searching = new RunningSearch(() => this.draw());
  private readonly drawOthers = whenAtRest(() => {
    this.tree(MAX_BOXES);
    this.draw();
  });
  private matches: Uint8Array | null = null;
  private made: MadeTree | null = null;
  private inTime: { timeline: Timeline | null; view: FlameView; span: Range; width: number } | null = null;
  private legendFor: { seen: Viewed; colouring: Colouring; hatched: boolean } | null = null;

  constructor(host: HTMLElement, index: number, stacks: Stacks, context: Context) {
    const first = opened(stacks, context.data.capture.manifest);
    this.stacks = first.stacks;
    this.isTracerFolded = first.isTracerFolded;
    this.isCollectors = first.isCollectors;
    this.index = index;
    this.context = context;
    this.paint = new FlamePaint(stacks.kind);
    this.seenFor = this.lookedFor();
    this.seen = this.look();
    const hasOwn = this.isCollectors !== null && this.seen.hidden.length > 0;
    const choices = choicesOf(this.stacks, context, index, { isTimed: hasTimeline(stacks), hasOwn });
    const tools = flameTools(context, index, choices, () => this.stopSearch());
    this.parts = flameParts(stacks.title, tools, this, true);
    this.sandwich = new SandwichPane(this.stacks, this);
    this.parts.body.append(this.sandwich.element);
    this.timeline = hasTimeline(stacks) ? this.timelineGraph() : null;
    if (this.timeline !== null) this.parts.graph.element.after(this.timeline.element);
    host.replaceChildren(this.parts.element);
    this.draw();
  }

  /** The functions of what is drawn: they follow range, filters and zoom. */
  functions(): FunctionRow[] {
    const { forward, profile } = this.seen;
    const { zoom, order } = this.view();
    if (order === 'time' || zoom.length === 0) return functionRows(forward);
    const rows = functionRows(within(profile, nodeAt(profile, zoom)).shown);
    if (order !== 'callers') return rows;
    // Leaf first, all that is zoomed into ran in the frame at the root.
    return rows.map((row) => ({ ...row, self: row.frame === zoom[0] ? row.total : 0 }));
  }

  /** What the functions depend on: while these stay, so do they. */
  functionsOf(): readonly unknown[] {
    const { zoom, order } = this.view();
    return [this.seen.forward, order === 'time' ? null : zoom];
  }

  update(): void {
    const { view, range } = this.seenFor;
    const now = this.lookedFor();
    this.seenFor = now;
    if (range !== now.range || asksForOtherStacks(view, now.view)) {
      this.seen = this.look();
      this.marks.clear();
    }
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

  /** The stacks as range, filters and order leave them. */
  shown(): Stacks {
    return { ...this.stacks, profile: this.seen.profile };
  }

  /** Into merged frames is into what they stand on. */
  zoom(node: FlameNode): void {
    this.set({ zoom: node.node === 0 ? [] : stackFrames(this.seen.profile, node.node) });
  }

  mark(node: FlameNode): void {
    if (node.frame === MERGED) return;
    this.marks.turn(node.node);
    this.draw();
  }

  color({ frame }: FlameNode): string {
    return this.paint.colorOf(frame, this.matches);
  }

  note(name: string): void {
    this.context.note(name);
  }

  private stopSearch(): void {
    this.searching.stop();
    this.draw();
  }

  words(node: FlameNode): string {
    return frameWords(node, this.drawn());
  }

  draw(): void {
    const { parts, seen, context } = this;
    const { profile, forward, whole } = seen;
    const view = this.view();
    const search = this.searching.look(profile.frames.names, view);
    this.matches = search.matches;
    this.paint.mix(profile.frames, view.colouring);
    const drawn = this.drawn();
    const timeline = view.order === 'time' ? this.drawTimeline() : null;
    parts.graph.element.hidden = timeline !== null;
    parts.details.element.hidden = timeline !== null;
    if (this.timeline !== null) this.timeline.element.hidden = timeline === null;
    if (timeline === null) parts.graph.draw(drawn.tree, view.icicle || view.order === 'callers', this.marks.nodes);
    parts.status.textContent = statusWords(drawn, {
      isCut: context.store.view.range !== null && this.range() === null,
      timeline,
      isTracerFolded: this.isTracerFolded,
      marked: markedWords(drawn, this.marks.nodes),
    });
    parts.details.keep(profile);
    this.drawLegend(view.colouring, timeline === null && drawn.tree.narrow.frames + drawn.tree.deep.frames > 0);
    parts.tools.show(
      matchWords(drawn, search, this.searching.progress),
      profile.frames.names,
      this.searching.isRunning,
    );
    this.sandwich.show(view.sandwich, forward, whole);
    parts.body.classList.toggle('with-side', !this.sandwich.element.hidden);
  }

  private drawLegend(colouring: Colouring, hatched: boolean): void {
    const { stacks, seen, legendFor } = this;
    if (legendFor?.seen === seen && legendFor.colouring === colouring && legendFor.hatched === hatched) return;
    this.legendFor = { seen, colouring, hatched };
    const { legend } = this.parts;
    const meanings = meaningsOf(colouring, stacks, seen).map(([words, color]) => legendItem(words, color));
    if (hatched) meanings.push(hatchedItem('frames too narrow to draw'));
    legend.hidden = meanings.length === 0;
    legend.replaceChildren(...meanings);
  }

  private drawn(): DrawnProfile {
    return { stacks: this.stacks, seen: this.seen, tree: this.tree(), view: this.view() };
  }

  private tree(most = FIRST_BOXES): FlameTree {
    const { profile } = this.seen;
    const { zoom } = this.view();
    const { made } = this;
    const width = this.parts.graph.width();
    const isSame = made?.profile === profile && made.zoom === zoom && made.width === width;
    if (isSame && (made.most >= most || !made.tree.isCut)) return made.tree;
    const tree = flameTree(profile, nodeAt(profile, zoom), width, most);
    this.made = { tree, profile, zoom, width, most };
    if (tree.isCut && most < MAX_BOXES) this.drawOthers();
    return tree;
  }

  private timelineGraph(): TimelineGraph {
    const { names } = this.stacks.profile.frames;
    return new TimelineGraph(this.stacks.title, this.context, {
      color: (frame) => this.paint.colorOf(frame, this.matches),
      name: ({ frame, merged }, box) =>
        frame[box] === MERGED ? `${merged[box]} boxes too narrow to draw` : (names[frame[box] as number] as string),
      laneName: (lane) => laneName(lane, this.lanes(), this.stacks.profile),
      times: ({ start, end }, box) =>
        spanWords(start[box] as number, end[box] as number, (at, decimals) =>
          timeText(this.context, this.stacks, at, decimals),
        ),
      resized: () => this.draw(),
    });
  }

  /** All the time that is shown, whatever range is set: the range is seen on it. */
  private drawTimeline(): Timeline | null {
    const { timeline, context } = this;
    if (timeline === null) return null;
    const span = (isTimed(context, this.stacks) ? spanShown(context) : null) ??
      spanOfSamples(this.stacks) ?? { from: 0, to: 1 };
    // Hidden it has no width.
    timeline.element.hidden = false;
    const width = timeline.width();
    const view = this.namedView();
    const { inTime } = this;
    const isSame =
      inTime !== null &&
      inTime.width === width &&
      inTime.span.from === span.from &&
      inTime.span.to === span.to &&
      !asksForOtherStacks(inTime.view, view);
    if (inTime === null || !isSame) {
      const { profile } = viewed(this.stacks.profile, { ...view, rooting: 'process' }, null, this.isCollectors);
      const minTime = (span.to - span.from) / width;
      const limits = { ...TIMELINE_LIMITS, ...span, lanes: this.lanes(), minTime };
      this.inTime = { timeline: layoutTimeline({ ...this.stacks, profile }, limits), view, span, width };
    }
    const made = this.inTime?.timeline ?? null;
    if (made !== null) timeline.draw(made, [this.matches, view.colouring]);
    return made;
  }

  private lanes(): LaneKind {
    return this.view().rooting === 'cpu' ? 'cpu' : 'thread';
  }

  private range(): Range | null {
    return rangeFor(this.context, this.stacks);
  }

  private lookedFor(): { view: FlameView; range: Range | null } {
    return { view: this.namedView(), range: this.range() };
  }

  /** The page's filter to a name is this graph's to a process, unless it has one of its own. */
  private namedView(): FlameView {
    const view = this.view();
    const { name } = this.context.store.view;
    if (name === null || view.thread !== '' || !hasProcess(this.stacks, name)) return view;
    return { ...view, thread: `comm:${name}` };
  }

  private look(): Viewed {
    const { view, range } = this.seenFor;
    const { profile } = this.stacks;
    return viewed(profile, view, profile.samples === null ? null : range, this.isCollectors);
  }
}

/** Beside a flame graph: one function, above it all that called it, below it all that it called. */
import { percent, weightText } from '../../../../datasets/amounts.ts';
import type { Profile } from '../../../../datasets/profile.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import { sandwichOf } from '../../../flame/sandwich.ts';
import { exactQuery } from '../../../flame/search.ts';
import { type FlameNode, type FlameTree, flameTree } from '../../../flame/tree.ts';
import { numberWords } from '../../../flame/words.ts';
import { element } from '../shell/dom.ts';
import { FlameGraph } from './d3/graph.ts';
import type { FlameSubject } from './subject.ts';

interface Half {
  graph: FlameGraph;
  tree: FlameTree | null;
}

export class SandwichPane {
  readonly element: HTMLElement;
  private readonly stacks: Stacks;
  private readonly flame: FlameSubject;
  private readonly head = element('div', { class: 'sandwich-head' });
  private readonly said = element('p', { class: 'frame-numbers', role: 'status' });
  private readonly callers: Half;
  private readonly callees: Half;
  /** What is shown: a search or other colours need no other trees. */
  private made: { frame: number; profile: Profile; whole: number } | null = null;

  constructor(stacks: Stacks, flame: FlameSubject) {
    this.stacks = stacks;
    this.flame = flame;
    this.callers = { graph: this.graph('Callers'), tree: null };
    this.callees = { graph: this.graph('Callees'), tree: null };
    this.element = element(
      'aside',
      { class: 'sandwich', 'aria-label': 'Callers and callees', hidden: true },
      this.head,
      element('h5', {}, 'Callers'),
      this.callers.graph.element,
      this.callees.graph.element,
      element('h5', {}, 'Callees'),
      this.said,
    );
  }

  /**
   * @param frame the function's number; null hides the pane
   * @param profile the stacks from the root, as the view has them
   * @param whole what shares are of
   */
  show(frame: number | null, profile: Profile, whole: number): void {
    const name = frame === null ? undefined : profile.frames.names[frame];
    this.element.hidden = name === undefined;
    if (frame === null || name === undefined) {
      this.made = null;
      return;
    }
    if (this.made?.frame !== frame || this.made.profile !== profile) this.make(frame, name, profile, whole);
    this.draw();
  }

  private make(frame: number, name: string, profile: Profile, whole: number): void {
    const { callers, callees } = sandwichOf(profile, frame);
    this.made = { frame, profile, whole };
    this.callers.tree = this.rooted(callers, frame, name, this.callers.graph);
    this.callees.tree = this.rooted(callees, frame, name, this.callees.graph);
    this.said.textContent = '';
    const total = this.callees.tree.total;
    const { self } = this.callees.tree.root;
    const numbers = { weight: total, self, total: whole, unit: this.stacks.unit, zoomed: null, before: null };
    this.head.replaceChildren(
      element(
        'button',
        {
          type: 'button',
          class: 'close',
          'aria-label': 'Close callers and callees',
          onclick: () => this.flame.set({ sandwich: null }),
        },
        '×',
      ),
      element('p', { class: 'frame-line' }, element('code', { class: 'frame-name' }, name)),
      element('p', { class: 'frame-numbers' }, numberWords(numbers).join(' · ')),
      element('div', { class: 'frame-actions' }, ...this.actions(frame, name)),
    );
  }

  /** The function itself is the root of both. */
  private rooted(profile: Profile, frame: number, name: string, graph: FlameGraph): FlameTree {
    const tree = flameTree(profile, 0, graph.width());
    return { ...tree, root: { ...tree.root, name, frame } };
  }

  private draw(): void {
    if (this.callers.tree !== null) this.callers.graph.draw(this.callers.tree, false);
    if (this.callees.tree !== null) this.callees.graph.draw(this.callees.tree, true);
  }

  private actions(frame: number, name: string): HTMLElement[] {
    const { flame } = this;
    const action = (text: string, act: () => void): HTMLElement =>
      element('button', { type: 'button', onclick: act }, text);
    return [
      action('Find in the graph', () => flame.set(exactQuery(name))),
      action('Focus', () => flame.set({ focus: frame, zoom: [] })),
      action('Hide', () => flame.set({ hidden: [...flame.view().hidden, frame], zoom: [] })),
    ];
  }

  private graph(side: 'Callers' | 'Callees'): FlameGraph {
    return new FlameGraph(
      `${side}: flame graph. Arrow keys go from frame to frame, Enter shows a frame's own callers and callees.`,
      {
        color: (node) => this.flame.color(node),
        words: (node) => this.words(node),
        enter: (node) => {
          if (node.frame >= 0) this.flame.set({ sandwich: node.frame });
        },
        pick: (node) => {
          this.said.textContent = this.words(node).replace('\n', ': ');
        },
        key: (event) => {
          if (event.key === 'Escape') this.flame.set({ sandwich: null });
          return event.key === 'Escape';
        },
        resized: () => {
          const { made } = this;
          this.made = null;
          if (made !== null) this.show(made.frame, made.profile, made.whole);
        },
      },
    );
  }

  private words({ name, value }: FlameNode): string {
    const { whole } = this.made ?? { whole: 0 };
    const of = this.callees.tree?.total ?? 0;
    return `${name}\n${weightText(value, this.stacks.unit)} · ${percent(value, of)} of this function · ${percent(value, whole)} of all`;
  }
}

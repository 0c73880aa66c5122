/** The flame graph of a profile with all that is asked of it: search, order, threads, focus, functions. */

import { commas, counted, percent } from '../../../datasets/amounts.ts';
import { stackFrames, totalWeight } from '../../../datasets/fold.ts';
import { FrameKind, type Profile } from '../../../datasets/profile.ts';
import type { Stacks } from '../../../datasets/shapes.ts';
import { frameColor, packageOf, paletteOf } from '../../flame/colors.ts';
import { chartTree, type FlameNode, type FlameTree, flameTree, nodeAt, timesOfBox } from '../flame-tree.ts';
import { matchedWeight, type Search, searchFrames, type Viewed, viewed } from '../flame-view.ts';
import type { FlameView, PLAIN_FLAME } from '../view.ts';
import { type Context, rangeFor, type Widget } from './context.ts';
import { element, styleValue } from './dom.ts';
import { flameDetails } from './flame-details.ts';
import { flameGraph } from './flame-graph.ts';
import { flameKey } from './flame-keys.ts';
import { choicesOf, flameTools } from './flame-tools.ts';

export interface FlamePanel extends Widget {
  /** What is shown, for the table of functions beside it. */
  viewed(): Viewed;
}

export function mountFlame(host: HTMLElement, index: number, stacks: Stacks, context: Context): FlamePanel {
  const { store } = context;
  const view = (): FlameView => store.flame(index);
  const set = (change: Partial<FlameView>): void => store.setFlame(index, change);
  let state = compute();
  let tree: FlameTree | null = null;
  let search: Search = { matches: null, error: null };
  /** The colours of this drawing; frames by their number, found when first drawn. */
  let painted: FlameView['colouring'] | null = null;
  let framesPainted: Profile['frames'] | null = null;
  let paint = { root: '', match: '', frames: [] as string[] };
  /** What the tree was made of: a search, other colours or the icicle need no other. */
  let treeOf = { profile: null as Profile | null, zoom: [] as readonly number[], width: 0 };
  let legendOf = { state: null as Viewed | null, colouring: null as FlameView['colouring'] | null };

  const graph = flameGraph(stacks.title, {
    color: (node) => colorOf(node),
    words: (node) => wordsOf(node),
    zoom: (node) => zoom(node),
    pick: (node) => details.show(node, state.profile, wordsOf(node)),
    key: (event, node) => flameKey(event, node, { view, set, zoom, profile: () => state.profile }, tools),
    resized: () => draw(),
  });
  const details = flameDetails({
    focus: (frame) => set({ focus: frame, zoom: [] }),
    hide: (frame) => set({ hidden: [...view().hidden, frame], zoom: [] }),
  });
  const tools = flameTools(context, index, choicesOf(stacks, context, index));
  const status = element('p', { class: 'flame-status', role: 'status' });
  const legend = element('ul', { class: 'legend', 'aria-label': 'Colours' });
  host.replaceChildren(tools.element, graph.element, status, details.element, legend);

  function compute(): Viewed {
    const range = rangeFor(context, stacks);
    return viewed(stacks.profile, view(), stacks.profile.samples === null ? null : range);
  }

  function zoom(node: FlameNode): void {
    if (view().order === 'time') {
      const range = timesOfBox(state.profile, node);
      if (range !== null && node.frame >= 0) store.setRange(range);
      return;
    }
    set({ zoom: node.node === 0 ? [] : stackFrames(state.profile, node.node) });
  }

  function colorOf(node: FlameNode): string {
    if (node.frame < 0) return paint.root;
    if (search.matches?.[node.frame] === 1) return paint.match;
    const known = paint.frames[node.frame];
    if (known !== undefined) return known;
    const { names, kinds, modules } = state.profile.frames;
    const facts = {
      name: names[node.frame] as string,
      kind: kinds[node.frame] as FrameKind,
      module: modules[node.frame] as string,
    };
    const { colouring } = view();
    const palette = colouring === 'kind' ? 'colorblind' : colouring === 'package' ? 'package' : paletteOf[stacks.kind];
    paint.frames[node.frame] = frameColor(facts, { palette });
    return paint.frames[node.frame] as string;
  }

  function wordsOf(node: FlameNode): string {
    const total = state.whole;
    const zoomed = weightOfFocus();
    const parts = [amount(node.value), `${percent(node.value, total)} of all`];
    if (zoomed !== null) parts.push(`${percent(node.value, zoomed)} of the zoomed frame`);
    // Callers up, a stack ends in its process.
    if (view().order !== 'callers') parts.push(`self ${commas(node.self)} (${percent(node.self, total)})`);
    return `${node.name}\n${parts.join(' · ')}`;
  }

  function amount(weight: number): string {
    return stacks.unit === 'samples' ? counted(weight, 'sample') : `${commas(weight)} ${stacks.unit}`;
  }

  function weightOfFocus(): number | null {
    return view().zoom.length === 0 || tree === null ? null : tree.root.value;
  }

  function statusText(): string {
    const { profile, hidden, whole } = state;
    const shown = tree?.root.value ?? 0;
    const parts = [
      whole === 0
        ? 'Nothing was sampled in this range.'
        : `${amount(shown)}${shown === whole ? '' : ` of ${commas(whole)} (${percent(shown, whole)})`}`,
    ];
    if (stacks.unit !== 'samples' && profile.sampleCount > 0) parts.push(counted(profile.sampleCount, 'sample'));
    for (const { what, weight } of hidden) parts.push(`${what} hide ${commas(weight)} (${percent(weight, whole)})`);
    if (tree !== null && tree.narrow.frames > 0)
      parts.push(
        `${counted(tree.narrow.frames, 'frame')} too thin to draw, in which ${percent(tree.narrow.weight, shown)} of the stacks go on: zoom in to see ${tree.narrow.frames === 1 ? 'it' : 'them'}`,
      );
    if (tree !== null && tree.deep.frames > 0)
      parts.push(`${counted(tree.deep.frames, 'frame')} deeper than can be drawn`);
    if (rangeFor(context, stacks) !== null && stacks.profile.samples === null)
      parts.push('samples have no times here: this is the whole capture');
    return parts.join(' · ');
  }

  function matchText(): string {
    if (search.error !== null) return search.error;
    if (search.matches === null) return '';
    const focus = nodeAt(state.profile, view().zoom);
    const below = view().order === 'time' ? 0 : focus;
    const matched = matchedWeight(state.profile, search.matches, below);
    return `Matched: ${percent(matched, tree?.root.value ?? totalWeight(state.profile))} (${amount(matched)})`;
  }

  function draw(): void {
    const { profile } = state;
    search = searchFrames(profile, view());
    const same = painted === view().colouring && framesPainted === profile.frames;
    painted = view().colouring;
    framesPainted = profile.frames;
    paint = { root: styleValue('--flame-root'), match: styleValue('--match'), frames: same ? paint.frames : [] };
    tree = currentTree(tree);
    graph.draw(tree, view().icicle || view().order === 'callers');
    status.textContent = statusText();
    details.keep(profile);
    drawLegend();
    tools.show(matchText(), profile.frames.names);
  }

  function currentTree(before: FlameTree | null): FlameTree {
    const { profile } = state;
    const { zoom, order } = view();
    const width = graph.width();
    if (before !== null && treeOf.profile === profile && treeOf.zoom === zoom && treeOf.width === width) return before;
    treeOf = { profile, zoom, width };
    const byTime = order === 'time' ? chartTree(profile, width) : null;
    return byTime ?? flameTree(profile, nodeAt(profile, zoom), width);
  }

  function drawLegend(): void {
    const { colouring } = view();
    if (legendOf.state === state && legendOf.colouring === colouring) return;
    legendOf = { state, colouring };
    legend.hidden = colouring === 'name';
    legend.replaceChildren(
      ...(colouring === 'package' ? packages() : kinds()).map(([text, color]) => {
        const swatch = element('span', { class: 'swatch' });
        swatch.style.background = color;
        return element('li', {}, swatch, text);
      }),
    );
  }

  function kinds(): [string, string][] {
    const names: [FrameKind, string][] = [
      [FrameKind.process, 'process'],
      [FrameKind.user, 'user'],
      [FrameKind.kernel, 'kernel'],
      [FrameKind.jit, 'JIT'],
      [FrameKind.inlined, 'inlined'],
      [FrameKind.waker, 'waker'],
    ];
    const present = new Set(stacks.profile.frames.kinds);
    return names
      .filter(([kind]) => present.has(kind))
      .map(([kind, text]) => [text, frameColor({ name: text, kind, module: '' }, { palette: 'colorblind' })]);
  }

  function packages(): [string, string][] {
    const weights = new Map<string, { weight: number; color: string }>();
    const { frames, self, frame: frameOf } = state.forward;
    const { names, kinds: kindOf, modules } = frames;
    for (let node = 1; node < self.length; node++) {
      const weight = self[node] as number;
      if (weight === 0) continue;
      const frame = frameOf[node] as number;
      const facts = {
        name: names[frame] as string,
        kind: kindOf[frame] as FrameKind,
        module: modules[frame] as string,
      };
      const key = packageOf(facts) || 'no module';
      const known = weights.get(key);
      if (known === undefined) weights.set(key, { weight, color: frameColor(facts, { palette: 'package' }) });
      else known.weight += weight;
    }
    return [...weights]
      .sort(([, a], [, b]) => b.weight - a.weight)
      .slice(0, 8)
      .map(([name, { weight, color }]) => [`${name} ${percent(weight, state.whole)}`, color]);
  }

  let last = { view: view(), range: rangeFor(context, stacks) };
  draw();

  return {
    viewed: () => state,
    update() {
      const next = { view: view(), range: rangeFor(context, stacks) };
      if (changesStacks(last.view, next.view) || last.range !== next.range) state = compute();
      last = next;
      draw();
    },
  };
}

/** Whether going from one view to the other needs the profile again, and not only other colours or another zoom. */
function changesStacks(before: FlameView, after: FlameView): boolean {
  const keys: (keyof typeof PLAIN_FLAME)[] = [
    'order',
    'rooting',
    'busyOnly',
    'mergeRecursion',
    'focus',
    'hidden',
    'thread',
    'cpu',
  ];
  return keys.some((key) => before[key] !== after[key]);
}

/** A flame graph file at work: zoom by click or Enter, search, keys, copying. */
import { FONT_SIZE, fitMiddle } from '../../text.ts';
import { boxAt, pathOf } from '../address.ts';
import { neighbour } from '../neighbours.ts';
import { fragmentOf, isShown, PLAIN, readState, type State } from './address.ts';
import { detailWords, drawMatches, drawZoom, matchWords } from './drawing.ts';
import { type Frame, type Graph, namesOf } from './graph.ts';
import { addPanel, type Panel, showSearch } from './panel.ts';
import { RunningSearch } from './running-search.ts';

const NO_NAMES: readonly string[] = [];

export class LiveGraph {
  private readonly graph: Graph;
  /** The line under the graph that tells of a frame. */
  private readonly details: SVGTextElement;
  private readonly matched: SVGTextElement;
  private readonly panel: Panel;
  private readonly searching = new RunningSearch(() => this.search());
  private state = PLAIN;
  private zoomed: Frame;
  /** The frame at hand, by key or click. */
  private focused: Frame | null = null;

  constructor(graph: Graph) {
    this.graph = graph;
    this.zoomed = graph.root;
    this.details = graph.svg.getElementById('details') as SVGTextElement;
    this.matched = graph.svg.getElementById('matched') as SVGTextElement;
    this.panel = addPanel(graph.svg, this.matched);
    this.followFrames(graph.svg.getElementById('frames') as SVGGElement);
    this.followPanel();
    this.followKeys();
    this.followCopying();
    addEventListener('hashchange', () => {
      if (!isShown(this.state)) this.show(readState());
    });
    this.show(readState());
  }

  private followFrames(holder: SVGGElement): void {
    holder.setAttribute('tabindex', '0');
    holder.setAttribute('role', 'group');
    holder.setAttribute('aria-label', 'Frames: arrow keys move, Enter zooms, Escape ends the zoom');
    holder.setAttribute('style', 'cursor:pointer;outline:none');
    holder.addEventListener('mouseover', ({ target }) => {
      const frame = this.frameOf(target);
      if (frame !== undefined) this.tell(frame);
    });
    holder.addEventListener('mouseleave', () => (this.focused === null ? this.say('') : this.tell(this.focused)));
    holder.addEventListener('click', ({ target }) => {
      const frame = this.frameOf(target);
      // Whoever selects a name to copy it does not want to zoom.
      if (frame !== undefined && getSelection()?.isCollapsed !== false) this.enter(frame);
    });
    holder.addEventListener('focus', () => this.focus(this.focused ?? this.zoomed));
  }

  private followPanel(): void {
    const { field, cases, regex, stop, reset } = this.panel;
    field.addEventListener('input', () => this.go({ search: field.value }));
    cases.addEventListener('click', () => this.go({ matchCase: !this.state.matchCase }));
    regex.addEventListener('click', () => this.go({ regex: !this.state.regex }));
    stop.addEventListener('click', () => {
      this.searching.stop();
      this.search();
    });
    reset.addEventListener('click', () => {
      this.go({ zoom: '', search: '' });
      this.focus(null);
    });
  }

  private followKeys(): void {
    addEventListener('keydown', (event) => {
      if (event.target === this.panel.field && event.key !== 'Escape' && !event.ctrlKey) return;
      if (this.onKey(event)) event.preventDefault();
    });
  }

  private followCopying(): void {
    // Chromium copies without a selection only where this is prevented.
    document.addEventListener('beforecopy', (event) => {
      if (this.copied() !== null) event.preventDefault();
    });
    document.addEventListener('copy', (event) => {
      const name = this.copied();
      if (name === null) return;
      event.clipboardData?.setData('text/plain', name);
      event.preventDefault();
    });
  }

  private frameOf(target: EventTarget | null): Frame | undefined {
    return this.graph.byGroup.get((target as Element | null)?.closest?.('#frames > g') as Element);
  }

  private go(change: Partial<State>): void {
    const isZoom = change.zoom !== undefined && change.zoom !== this.state.zoom;
    this.show({ ...this.state, ...change });
    // Back goes back a zoom; letters of a search are no steps to go back.
    if (isZoom) location.hash = fragmentOf(this.state);
    else location.replace(`#${fragmentOf(this.state)}`);
  }

  /** Into hatched frames is into what they stand on. */
  private enter(frame: Frame): void {
    this.go({ zoom: pathOf(frame.isHatched ? (frame.parent ?? frame) : frame) });
    this.focus(frame);
  }

  private show(state: State): void {
    const { graph } = this;
    const { box: frame, whole } = boxAt(graph.root, state.zoom);
    if (frame !== this.zoomed) {
      drawZoom(graph, frame);
      if (frame !== graph.root) frame.rect.scrollIntoView({ block: 'nearest' });
    }
    this.zoomed = frame;
    this.state = state;
    this.search();
    this.say(whole ? '' : 'Zoomed as far as the address leads: the frame it names is not in this picture');
  }

  private search(): void {
    const { graph, state, panel, searching } = this;
    const { matches, fault } = searching.look(state.search === '' ? NO_NAMES : namesOf(graph).names, state);
    showSearch(panel, state, { isFaulty: fault !== '', isRunning: searching.isRunning });
    drawMatches(graph, matches);
    const words = matches === null ? ' ' : matchWords(graph, this.zoomed, searching.progress);
    write(this.matched, fault === '' ? words : fault);
  }

  private say(words: string): void {
    write(this.details, words || ' ');
  }

  private tell(frame: Frame): void {
    const words = detailWords(this.graph, frame, this.zoomed);
    frame.title.textContent = words;
    this.say(`${this.graph.label} ${words}`);
  }

  private focus(frame: Frame | null): void {
    this.focused?.rect.removeAttribute('stroke');
    this.focused = frame;
    if (frame === null) return;
    frame.rect.setAttribute('stroke', 'black');
    this.tell(frame);
  }

  /** @returns whether the key meant something here. */
  private onKey({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
    const control = ctrlKey || metaKey;
    if ((control && key === 'f') || key === 'F3') this.panel.field.select();
    else if (control && key === 'i') this.go({ matchCase: !this.state.matchCase });
    else if (key === 'Escape') this.panel.reset.click();
    else if (control) return this.prepareCopy(key);
    else return this.focused !== null && this.onFrameKey(key, this.focused);
    return true;
  }

  private onFrameKey(key: string, focused: Frame): boolean {
    if (key === 'Enter' || key === ' ') {
      this.enter(focused);
      return true;
    }
    const next = neighbour(focused, key, this.graph.inverted, ({ weight }) => weight);
    if (next !== null) this.focus(next);
    return next !== null || key.startsWith('Arrow');
  }

  /** A copy needs a place to come from: without a click there is none. The key itself is left to the browser. */
  private prepareCopy(key: string): false {
    if (key === 'c' && this.copied() !== null) getSelection()?.collapse(this.details, 0);
    return false;
  }

  /** A cut name is copied whole; with nothing selected, the name of the frame that has the focus. */
  private copied(): string | null {
    const selection = getSelection();
    if (selection === null || selection.isCollapsed)
      return document.activeElement === this.panel.field ? null : (this.focused?.name ?? null);
    const from = this.frameOf(selection.anchorNode?.parentElement ?? null);
    const to = this.frameOf(selection.focusNode?.parentElement ?? null);
    return from !== undefined && from === to && selection.toString() === from.text?.textContent ? from.name : null;
  }
}

/** Writes into a line of the picture, cut in its middle where it would leave it; its tooltip has all of it. */
function write(line: SVGTextElement, words: string): void {
  const room = (line.ownerSVGElement?.viewBox.baseVal.width ?? 0) - Number(line.getAttribute('x')) - 10;
  line.textContent = fitMiddle(words, room, FONT_SIZE);
  if (line.textContent === words) return;
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  title.textContent = words;
  line.append(title);
}

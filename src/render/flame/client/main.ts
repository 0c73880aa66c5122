/**
 * What makes a flame graph file react: zoom by click or Enter, search by regular expression, keys, copying. The state is
 * the fragment of the address (`#zoom=…&search=…&case=1`): it can be bookmarked, sent, and gone back from.
 */
import { FONT_SIZE, fitMiddle } from '../../text.ts';
import { decoded, type Frame, frameAt, type Graph, pathOf, readGraph } from './graph.ts';
import { addPanel } from './panel.ts';
import { detailWords, drawMatches, drawZoom, matchWords } from './view.ts';

interface State {
  zoom: string;
  search: string;
  /** Upper and lower case are different. */
  cases: boolean;
}

function readState(): State {
  const parts = new Map(
    location.hash
      .slice(1)
      .split('&')
      .map((part) => part.split('=', 2) as [string, string]),
  );
  return {
    zoom: parts.get('zoom') ?? '',
    search: decoded(parts.get('search') ?? ''),
    cases: parts.get('case') === '1',
  };
}

function fragmentOf({ zoom, search, cases }: State): string {
  return [
    zoom === '' ? '' : `zoom=${zoom}`,
    search === '' ? '' : `search=${encodeURIComponent(search)}`,
    cases ? 'case=1' : '',
  ]
    .filter((part) => part !== '')
    .join('&');
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

function start(graph: Graph): void {
  const details = graph.svg.getElementById('details') as SVGTextElement;
  const matched = graph.svg.getElementById('matched') as SVGTextElement;
  const panel = addPanel(graph.svg, matched);
  let state: State = { zoom: '', search: '', cases: false };
  let zoomed: Frame = graph.root;
  let focused: Frame | null = null;

  function go(change: Partial<State>): void {
    const isZoom = change.zoom !== undefined && change.zoom !== state.zoom;
    show({ ...state, ...change });
    // Back goes back a zoom; letters of a search are no steps to go back.
    if (isZoom) location.hash = fragmentOf(state);
    else location.replace(`#${fragmentOf(state)}`);
  }

  function show(next: State): void {
    const { frame, whole } = frameAt(graph.root, next.zoom);
    if (frame !== zoomed) {
      drawZoom(graph, frame);
      if (frame !== graph.root) frame.rect.scrollIntoView({ block: 'nearest' });
    }
    zoomed = frame;
    state = next;
    search();
    say(whole ? '' : 'Zoomed as far as the address leads: the frame it names is not in this picture');
  }

  function search(): void {
    const { search: text, cases } = state;
    if (panel.field.value !== text) panel.field.value = text;
    panel.cases.textContent = cases ? 'Aa' : 'aa';
    panel.cases.setAttribute('aria-pressed', String(cases));
    let pattern: RegExp | null = null;
    let fault = '';
    try {
      pattern = text === '' ? null : new RegExp(text, cases ? '' : 'i');
    } catch (error) {
      fault = (error as Error).message;
    }
    drawMatches(graph, pattern);
    panel.field.setAttribute('aria-invalid', String(fault !== ''));
    panel.field.style.outline = fault === '' ? '' : '2px solid #d00';
    write(matched, fault !== '' ? fault : pattern === null ? ' ' : matchWords(graph, zoomed));
  }

  function say(words: string): void {
    write(details, words || ' ');
  }

  function tell(frame: Frame): void {
    const words = detailWords(graph, frame, zoomed);
    frame.title.textContent = words;
    say(`${graph.label} ${words}`);
  }

  function focus(frame: Frame | null): void {
    focused?.rect.removeAttribute('stroke');
    focused = frame;
    if (frame === null) return;
    frame.rect.setAttribute('stroke', 'black');
    tell(frame);
  }

  const frameOf = (target: EventTarget | null): Frame | undefined =>
    graph.byGroup.get((target as Element | null)?.closest?.('#frames > g') as Element);

  const holder = graph.svg.getElementById('frames') as SVGGElement;
  holder.setAttribute('tabindex', '0');
  holder.setAttribute('role', 'group');
  holder.setAttribute('aria-label', 'Frames: arrow keys move, Enter zooms, Escape ends the zoom');
  holder.setAttribute('style', 'cursor:pointer;outline:none');
  holder.addEventListener('mouseover', ({ target }) => {
    const frame = frameOf(target);
    if (frame !== undefined) tell(frame);
  });
  holder.addEventListener('mouseleave', () => (focused === null ? say('') : tell(focused)));
  holder.addEventListener('click', ({ target }) => {
    const frame = frameOf(target);
    // Whoever selects a name to copy it does not want to zoom.
    if (frame === undefined || getSelection()?.isCollapsed === false) return;
    go({ zoom: pathOf(frame) });
    focus(frame);
  });
  holder.addEventListener('focus', () => focus(focused ?? zoomed));

  panel.field.addEventListener('input', () => go({ search: panel.field.value }));
  panel.cases.addEventListener('click', () => go({ cases: !state.cases }));
  panel.reset.addEventListener('click', () => {
    go({ zoom: '', search: '' });
    focus(null);
  });
  addEventListener('hashchange', () => {
    if (location.hash.slice(1) !== fragmentOf(state)) show(readState());
  });
  addEventListener('keydown', (event) => {
    if (event.target === panel.field && event.key !== 'Escape' && !event.ctrlKey) return;
    if (onKey(event)) event.preventDefault();
  });
  // Chromium copies without a selection only where this is prevented.
  document.addEventListener('beforecopy', (event) => {
    if (copied() !== null) event.preventDefault();
  });
  document.addEventListener('copy', (event) => {
    const name = copied();
    if (name === null) return;
    event.clipboardData?.setData('text/plain', name);
    event.preventDefault();
  });

  /** A cut name is copied whole; with nothing selected, the name of the frame that has the focus. */
  function copied(): string | null {
    const selection = getSelection();
    if (selection === null || selection.isCollapsed)
      return document.activeElement === panel.field ? null : (focused?.name ?? null);
    const [from, to] = [
      frameOf(selection.anchorNode?.parentElement ?? null),
      frameOf(selection.focusNode?.parentElement ?? null),
    ];
    return from !== undefined && from === to && selection.toString() === from.text?.textContent ? from.name : null;
  }

  /** @returns whether the key meant something here. */
  function onKey({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
    const control = ctrlKey || metaKey;
    if ((control && key === 'f') || key === 'F3') panel.field.select();
    else if (control && key === 'i') go({ cases: !state.cases });
    else if (key === 'Escape') panel.reset.click();
    else if (control || focused === null) {
      // A copy needs a place to come from: without a click there is none.
      if (control && key === 'c' && copied() !== null) getSelection()?.collapse(details, 0);
      return false;
    } else if (key === 'Enter' || key === ' ') go({ zoom: pathOf(focused) });
    else {
      const next = neighbour(focused, key);
      if (next !== null) focus(next);
      return next !== null || key.startsWith('Arrow');
    }
    return true;
  }

  /** The frame that an arrow key leads to: up and down as they are drawn, left and right among siblings. */
  function neighbour(frame: Frame, key: string): Frame | null {
    const away = graph.inverted ? 'ArrowDown' : 'ArrowUp';
    const back = graph.inverted ? 'ArrowUp' : 'ArrowDown';
    if (key === back) return frame.parent;
    if (key === away)
      return frame.children.reduce<Frame | null>(
        (widest, child) => (child.weight > (widest?.weight ?? 0) ? child : widest),
        null,
      );
    const siblings = frame.parent?.children ?? [];
    const turn = siblings.indexOf(frame) + (key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : Number.NaN);
    return siblings[turn] ?? null;
  }

  show(readState());
}

const graph = readGraph(document.documentElement as unknown as SVGSVGElement);
if (graph !== null) start(graph);

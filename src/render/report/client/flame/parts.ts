/** What every flame graph in the page is made of: controls, the frame at hand, the graph, a line about it, what colours mean. */
import { element } from '../shell/dom.ts';
import { legendList } from '../shell/legend.ts';
import { FlameGraph } from './d3/graph.ts';
import { type FlameDetails, flameDetails } from './details.ts';
import { flameKey, KEYS_SAID } from './keys.ts';
import type { FlameSubject } from './subject.ts';
import type { FlameTools } from './tools.ts';

export interface FlameParts {
  element: HTMLElement;
  graph: FlameGraph;
  /** Where the graph stands, and what stands beside it. */
  body: HTMLElement;
  tools: FlameTools;
  status: HTMLElement;
  details: FlameDetails;
  legend: HTMLElement;
}

/** @param hasSandwich callers and callees can stand beside the graph */
export function flameParts(name: string, tools: FlameTools, subject: FlameSubject, hasSandwich: boolean): FlameParts {
  const details = flameDetails({
    focus: (frame) => subject.set({ focus: frame, zoom: [] }),
    hide: (frame) => subject.set({ hidden: [...subject.view().hidden, frame], zoom: [] }),
    note: (words) => subject.note(words),
    sandwich: hasSandwich ? (frame) => subject.set({ sandwich: frame }) : null,
  });
  const graph = new FlameGraph(`${name}: flame graph. ${KEYS_SAID}`, {
    color: (node) => subject.color(node),
    words: (node) => subject.words(node),
    enter: (node) => subject.zoom(node),
    pick: (node) => details.show(node, subject.profile(), subject.words(node)),
    key: (event, node) => flameKey(event, node, subject, tools),
    resized: () => subject.draw(),
  });
  const status = element('p', { class: 'flame-status', role: 'status' });
  const legend = legendList();
  const body = element('div', { class: 'flame-body' }, element('div', { class: 'flame-main' }, graph.element));
  const all = element('div', { class: 'flame-work' }, tools.element, details.element, body, status, legend);
  tools.element.append(fullScreenButton(all));
  return { element: all, graph, body, tools, status, details, legend };
}

/** Over the whole window, and back by the button or Escape. */
function fullScreenButton(work: HTMLElement): HTMLElement {
  const button = element('button', { type: 'button', class: 'full-screen', 'aria-pressed': 'false' }, 'Full screen');
  const turn = (on: boolean): void => {
    work.classList.toggle('full', on);
    document.documentElement.classList.toggle('has-full', on);
    button.setAttribute('aria-pressed', String(on));
  };
  button.addEventListener('click', () => turn(!work.classList.contains('full')));
  work.addEventListener('keydown', (event) => {
    // In the graph Escape goes out of a zoom first.
    const isDone = event.key === 'Escape' && !event.defaultPrevented;
    if (isDone && work.classList.contains('full')) turn(false);
  });
  return button;
}

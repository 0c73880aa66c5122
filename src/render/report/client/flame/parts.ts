/** What every flame graph in the page is made of: controls, the graph, a line about it, the frame at hand, what colours mean. */
import { element } from '../shell/dom.ts';
import { legendList } from '../shell/legend.ts';
import { FlameGraph } from './d3/graph.ts';
import { type FlameDetails, flameDetails } from './details.ts';
import { flameKey } from './keys.ts';
import type { FlameSubject } from './subject.ts';
import type { FlameTools } from './tools.ts';

export interface FlameParts {
  elements: HTMLElement[];
  graph: FlameGraph;
  tools: FlameTools;
  status: HTMLElement;
  details: FlameDetails;
  legend: HTMLElement;
}

export function flameParts(name: string, tools: FlameTools, subject: FlameSubject): FlameParts {
  const details = flameDetails({
    focus: (frame) => subject.set({ focus: frame, zoom: [] }),
    hide: (frame) => subject.set({ hidden: [...subject.view().hidden, frame], zoom: [] }),
  });
  const graph = new FlameGraph(name, {
    color: (node) => subject.color(node),
    words: (node) => subject.words(node),
    zoom: (node) => subject.zoom(node),
    pick: (node) => details.show(node, subject.profile(), subject.words(node)),
    key: (event, node) => flameKey(event, node, subject, tools),
    resized: () => subject.draw(),
  });
  const status = element('p', { class: 'flame-status', role: 'status' });
  const legend = legendList();
  const elements = [tools.element, graph.element, status, details.element, legend];
  return { elements, graph, tools, status, details, legend };
}

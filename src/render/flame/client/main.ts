/** What makes a flame graph file react: the script that stands in it. */
import { readGraph } from './graph.ts';
import { LiveGraph } from './live-graph.ts';

const graph = readGraph(document.documentElement as unknown as SVGSVGElement);
if (graph !== null) new LiveGraph(graph);

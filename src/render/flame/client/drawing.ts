/** Drawing the frames again for a zoom and a search, and the numbers that go with them. */
import { percent } from '../../../datasets/amounts.ts';
import type { HostClock } from '../../../datasets/capture.ts';
import { FONT_SIZE, fitName } from '../../text.ts';
import { timeTicks } from '../../time-ticks.ts';
import { matchedWeight } from '../weights.ts';
import { frameWords, matchedWords } from '../words.ts';
import { type Frame, type Graph, namesOf, treeOf } from './graph.ts';

const SVG = 'http://www.w3.org/2000/svg';
const MATCH = 'rgb(230,0,230)';
const FADED = '0.4';

/**
 * Shows the frame as wide as the picture, what is above it to scale, and what is below it faded. What stays hidden or
 * bright is not touched: to write an attribute, even the same, has the browser look at the frame again.
 */
export function drawZoom(graph: Graph, zoomed: Frame): void {
  if (graph.clock !== null) {
    drawTimes(graph, zoomed);
    return;
  }
  const below = new Set<Frame>();
  for (let at = zoomed.parent; at !== null; at = at.parent) below.add(at);
  const room = Number(graph.svg.viewBox.baseVal.width) - 2 * graph.side;
  const scale = room / zoomed.weight;
  const end = zoomed.start + zoomed.weight;
  for (const frame of graph.frames) {
    const inside = frame.depth >= zoomed.depth && frame.start >= zoomed.start && frame.start < end;
    if (below.has(frame)) place(graph, frame, graph.side, room);
    else if (inside) place(graph, frame, graph.side + (frame.start - zoomed.start) * scale, frame.weight * scale);
    show(frame, inside || below.has(frame));
    fade(frame, below.has(frame));
  }
}

/** In time, to zoom is to show a stretch of it in all lanes, with the clock under them. */
function drawTimes(graph: Graph, { start, weight }: Frame): void {
  const { svg, side, frames, clock } = graph;
  const room = svg.viewBox.baseVal.width - 2 * side;
  const scale = room / weight;
  const end = start + weight;
  for (const frame of frames) {
    const from = Math.max(start, frame.start);
    const to = Math.min(end, frame.start + frame.weight);
    show(frame, to > from);
    if (to > from) place(graph, frame, side + (from - start) * scale, (to - from) * scale);
  }
  drawClock(svg, { from: start, to: end }, { side, room }, clock?.manifest ?? null);
}

function drawClock(
  svg: SVGSVGElement,
  span: { from: number; to: number },
  { side, room }: { side: number; room: number },
  manifest: HostClock | null,
): void {
  const axis = svg.getElementById('axis');
  const [mark, text] = [axis?.querySelector('path'), axis?.querySelector('text')];
  if (!axis || !mark || !text) return;
  const scale = room / (span.to - span.from);
  const marks = timeTicks(span, manifest, room).flatMap((tick) => {
    const x = side + (tick.at - span.from) * scale;
    const half = tick.text.length * 3.3;
    const [line, words] = [mark.cloneNode() as Element, text.cloneNode() as Element];
    line.setAttribute('d', (mark.getAttribute('d') ?? '').replace(/([ML])\S+/g, `$1${x.toFixed(1)}`));
    words.setAttribute('x', Math.min(side + room - half, Math.max(side + half, x)).toFixed(1));
    words.textContent = tick.text;
    return [line, words];
  });
  axis.replaceChildren(...marks);
}

function show(frame: Frame, isShown: boolean): void {
  if (frame.isShown === isShown) return;
  frame.isShown = isShown;
  if (isShown) frame.group.removeAttribute('display');
  else frame.group.setAttribute('display', 'none');
}

function fade(frame: Frame, isFaded: boolean): void {
  if (frame.isFaded === isFaded) return;
  frame.isFaded = isFaded;
  if (isFaded) frame.rect.setAttribute('fill-opacity', FADED);
  else frame.rect.removeAttribute('fill-opacity');
}

function place(graph: Graph, frame: Frame, x: number, width: number): void {
  const { rect } = frame;
  rect.setAttribute('x', x.toFixed(1));
  rect.setAttribute('width', Math.max(width, 0.1).toFixed(1));
  const cut = width < FONT_SIZE * 1.5 || frame.isHatched ? '' : fitName(frame.name, width - 6, FONT_SIZE);
  if (cut === '') {
    frame.text?.setAttribute('display', 'none');
    return;
  }
  const text = frame.text ?? addText(graph, frame);
  text.removeAttribute('display');
  text.setAttribute('x', (x + 3).toFixed(1));
  if (text.textContent !== cut) text.textContent = cut;
}

function addText(graph: Graph, frame: Frame): SVGTextElement {
  const text = document.createElementNS(SVG, 'text');
  text.setAttribute('y', String(Number(frame.rect.getAttribute('y')) + graph.row - 4.5));
  frame.group.append(text);
  return text;
}

/**
 * Colours what matches. Frame `all` is no function and never does. Only what changes is touched: to write a colour, even
 * the same, has the browser look at the frame again, and there may be tens of thousands.
 * @param matches of a search of the graph's names; null for none
 */
export function drawMatches(graph: Graph, matches: Uint8Array | null): void {
  const nameOf = matches === null ? [] : namesOf(graph).nameOf;
  for (const frame of graph.frames) {
    const matched = frame !== graph.root && matches?.[nameOf[frame.index] as number] === 1 && !frame.isHatched;
    if (matched === frame.isMatched) continue;
    const { fill } = frame;
    frame.rect.setAttribute('fill', matched ? MATCH : fill);
    frame.isMatched = matched;
  }
}

function matchedIn(graph: Graph, within: Frame): number {
  return matchedWeight(treeOf(graph), (i) => (graph.frames[i] as Frame).isMatched, within.index);
}

/**
 * `Matched: 12.3% of all, 40% of the zoomed`; at least that where narrow frames are not in the picture.
 * @param progress of a search that is not done, in words
 */
export function matchWords(graph: Graph, zoomed: Frame, progress: string): string {
  const all = percent(matchedIn(graph, graph.root), graph.total, 1);
  const isAll = zoomed === graph.root;
  const share = isAll ? all : `${all} of all, ${percent(matchedIn(graph, zoomed), zoomed.weight, 1)} of the zoomed`;
  return matchedWords(share, { isLeast: graph.hidden > 0, progress });
}

/** What is known of a frame, as its tooltip and the line under the graph say it. */
export function detailWords(graph: Graph, frame: Frame, zoomed: Frame): string {
  // In time a box has its times, whatever is shown.
  if (graph.clock !== null || frame.isHatched) return frame.title.textContent ?? '';
  const { name, weight, self, before } = frame;
  const inZoom = zoomed !== graph.root && frame.start >= zoomed.start && frame.depth >= zoomed.depth;
  const share = inZoom ? zoomed.weight : null;
  return frameWords(name, { weight, self, total: graph.total, unit: graph.unit, zoomed: share, before });
}

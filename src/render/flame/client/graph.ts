/** The frames of the picture as they were drawn: read once from the markup, the only place they are in. */

export interface Frame {
  group: SVGGElement;
  rect: SVGRectElement;
  title: Element;
  text: SVGTextElement | null;
  name: string;
  depth: number;
  /** The weight to the left of it. */
  start: number;
  weight: number;
  self: number;
  before: number | null;
  fill: string;
  parent: Frame | null;
  children: Frame[];
  matched: boolean;
}

export interface Graph {
  svg: SVGSVGElement;
  frames: Frame[];
  root: Frame;
  total: number;
  unit: string;
  /** `Function:`. */
  label: string;
  side: number;
  row: number;
  inverted: boolean;
  /** How many frames are not drawn: what a search finds may be more. */
  hidden: number;
}

/** @returns null where nothing is drawn. */
export function readGraph(svg: SVGSVGElement): Graph | null {
  const { total = '0', unit = '', label = '', side = '10', row = '16', inverted, hidden = '0' } = svg.dataset;
  const frames: Frame[] = [];
  const open: Frame[] = [];
  for (const group of svg.querySelectorAll<SVGGElement>('#frames > g')) {
    const frame = readFrame(group);
    open.length = frame.depth;
    frame.parent = open[frame.depth - 1] ?? null;
    frame.parent?.children.push(frame);
    open.push(frame);
    frames.push(frame);
  }
  const root = frames[0];
  if (root === undefined) return null;
  return {
    svg,
    frames,
    root,
    total: Number(total),
    unit,
    label,
    side: Number(side),
    row: Number(row),
    inverted: inverted === '1',
    hidden: Number(hidden),
  };
}

function readFrame(group: SVGGElement): Frame {
  const [title, rect, text] = group.children as unknown as [Element, SVGRectElement, SVGTextElement | undefined];
  // Not by dataset, which takes three times as long to read.
  const number = (name: string): number => Number(group.getAttribute(name));
  const words = title.textContent ?? '';
  return {
    group,
    rect,
    title,
    text: text ?? null,
    // name (1,234 samples, 12.34%; self 5, 0.1%)
    name: words.slice(0, words.lastIndexOf(' (')),
    depth: number('data-d'),
    start: number('data-o'),
    weight: number('data-n'),
    self: number('data-s'),
    before: group.hasAttribute('data-b') ? number('data-b') : null,
    fill: rect.getAttribute('fill') ?? '',
    parent: null,
    children: [],
    matched: false,
  };
}

/**
 * The way to a frame by names, each percent-encoded, the n-th of its name among its siblings as `name*n`: it finds the
 * frame again when the graph was drawn anew, wider, narrower or from another capture.
 */
export function pathOf(frame: Frame): string {
  const steps: string[] = [];
  for (let at = frame; at.parent !== null; at = at.parent) {
    const twins = at.parent.children.filter(({ name }) => name === at.name);
    const turn = twins.indexOf(at);
    steps.push(encodeStep(at.name) + (turn > 0 ? `*${turn + 1}` : ''));
  }
  return steps.reverse().join(';');
}

/** The frame at the end of a path, or the last on the way that is here. */
export function frameAt(root: Frame, path: string): { frame: Frame; whole: boolean } {
  let frame = root;
  for (const step of path === '' ? [] : path.split(';')) {
    const [encoded = '', turn = '1'] = step.split('*');
    const wanted = decoded(encoded);
    const twins = frame.children.filter(({ name }) => name === wanted);
    const next = twins[Number(turn) - 1];
    if (next === undefined) return { frame, whole: false };
    frame = next;
  }
  return { frame, whole: true };
}

/** What was percent-encoded, here or by whatever the address was sent through; as it is where it was cut short. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Encodes what has a meaning in the fragment, and what browsers would encode themselves and so change. */
function encodeStep(name: string): string {
  return name.replace(/[^\w/:.$,()~@!-]/gu, encodeURIComponent).replaceAll('*', '%2A');
}

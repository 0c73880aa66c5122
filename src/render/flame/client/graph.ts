/** The frames of the picture as they were drawn: read from the markup, the only place they are in. */

/**
 * A frame and its element. Of tens of thousands, only the place of each is read before the picture is there; the rest when
 * it is asked for.
 */
export class Frame {
  readonly group: SVGGElement;
  readonly depth: number;
  /** The weight to the left of it. */
  readonly start: number;
  readonly weight: number;
  readonly parent: Frame | null;
  readonly children: Frame[] = [];
  /** How it is drawn now. */
  isShown = true;
  isFaded = false;
  isMatched = false;
  private knownName: string | null = null;
  private knownFill: string | null = null;

  constructor(group: SVGGElement, depth: number, parent: Frame | null) {
    this.group = group;
    this.depth = depth;
    this.start = this.number('data-o');
    this.weight = this.number('data-n');
    this.parent = parent;
  }

  get title(): Element {
    return this.group.firstElementChild as Element;
  }

  get rect(): SVGRectElement {
    return this.title.nextElementSibling as SVGRectElement;
  }

  get text(): SVGTextElement | null {
    return this.rect.nextElementSibling as SVGTextElement | null;
  }

  get name(): string {
    if (this.knownName === null) {
      // name (1,234 samples, 12.34%; self 5, 0.1%)
      const words = this.title.textContent ?? '';
      this.knownName = words.slice(0, words.lastIndexOf(' ('));
    }
    return this.knownName;
  }

  /** The colour it was drawn in. */
  get fill(): string {
    this.knownFill ??= this.rect.getAttribute('fill') ?? '';
    return this.knownFill;
  }

  get self(): number {
    return this.number('data-s');
  }

  /** The weight in the earlier profile, in a differential. */
  get before(): number | null {
    return this.group.hasAttribute('data-b') ? this.number('data-b') : null;
  }

  /** Not by dataset, which takes three times as long to read. */
  private number(name: string): number {
    return Number(this.group.getAttribute(name));
  }
}

export interface Graph {
  svg: SVGSVGElement;
  frames: Frame[];
  byGroup: Map<Element, Frame>;
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
  const byGroup = new Map<Element, Frame>();
  const open: Frame[] = [];
  for (const group of svg.querySelectorAll<SVGGElement>('#frames > g')) {
    const depth = Number(group.getAttribute('data-d'));
    const frame = new Frame(group, depth, open[depth - 1] ?? null);
    open.length = depth;
    frame.parent?.children.push(frame);
    open.push(frame);
    frames.push(frame);
    byGroup.set(group, frame);
  }
  const root = frames[0];
  if (root === undefined) return null;
  return {
    svg,
    frames,
    byGroup,
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

/** The frame that an arrow key leads to: up and down as they are drawn, left and right among siblings. */
export function neighbour(frame: Frame, key: string, inverted: boolean): Frame | null {
  if (key === (inverted ? 'ArrowUp' : 'ArrowDown')) return frame.parent;
  if (key === (inverted ? 'ArrowDown' : 'ArrowUp')) return widest(frame.children);
  if (key === 'ArrowRight') return sibling(frame, 1);
  return key === 'ArrowLeft' ? sibling(frame, -1) : null;
}

function widest(frames: readonly Frame[]): Frame | null {
  return frames.reduce<Frame | null>((most, frame) => (frame.weight > (most?.weight ?? 0) ? frame : most), null);
}

function sibling(frame: Frame, steps: number): Frame | null {
  const siblings = frame.parent?.children ?? [];
  return siblings[siblings.indexOf(frame) + steps] ?? null;
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

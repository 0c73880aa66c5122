/** The frames of the picture as they were drawn: read from the markup, the only place they are in. */

import type { HostClock } from '../../../datasets/capture.ts';
import { once } from '../../../datasets/once.ts';
import type { Tree } from '../weights.ts';

/**
 * A frame and its element. Of tens of thousands, only the place of each is read before the picture is there; the rest when
 * it is asked for.
 */
export class Frame {
  /** Its place among all of them. */
  readonly index: number;
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

  constructor(index: number, group: SVGGElement, depth: number, parent: Frame | null) {
    this.index = index;
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

  /** It stands for frames that are too narrow to be drawn. */
  get isHatched(): boolean {
    return this.group.hasAttribute('data-m');
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
  /** Of stacks at their times: tells the host's clock, or nothing where that is not known. Null for other graphs. */
  clock: { manifest: HostClock | null } | null;
}

/** @returns null where nothing is drawn. */
export function readGraph(svg: SVGSVGElement): Graph | null {
  const { total = '0', unit = '', label = '', side = '10', row = '16', inverted, hidden = '0', started } = svg.dataset;
  const frames: Frame[] = [];
  const byGroup = new Map<Element, Frame>();
  const open: Frame[] = [];
  for (const group of svg.querySelectorAll<SVGGElement>('#frames > g')) {
    const depth = Number(group.getAttribute('data-d'));
    const frame = new Frame(frames.length, group, depth, open[depth - 1] ?? null);
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
    clock:
      started === undefined ? null : { manifest: started === '' ? null : { started: Number(started), utcOffset: 0 } },
  };
}

/** The frames as a tree of numbers: what no frame above draws ends in the frame itself. */
export const treeOf = once(({ frames }: Graph): Tree => {
  const parent = frames.map((frame) => frame.parent?.index ?? 0);
  const self = Float64Array.from(frames, ({ weight }) => weight);
  for (let i = 1; i < frames.length; i++) {
    const above = parent[i] as number;
    self[above] = (self[above] as number) - (frames[i] as Frame).weight;
  }
  return { parent, self };
});

/** The names that frames have, each once, and which of them each frame has. */
export const namesOf = once(({ frames }: Graph): { names: string[]; nameOf: number[] } => {
  const numbers = new Map<string, number>();
  const nameOf = frames.map(({ name }) => {
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  });
  return { names: [...numbers.keys()], nameOf };
});

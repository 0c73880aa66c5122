/**
 * Stacks at their times on a canvas: a lane for each thread or CPU, its stacks from the bottom up. What the pointer is on
 * is told beside it; a click sets the range to the time of a box, a drag to the time dragged over.
 */
import { hostClock } from '../../../../datasets/capture.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import { MERGED } from '../../../flame/layout.ts';
import type { TimeLane, Timeline } from '../../../flame/timeline.ts';
import { FONT_SIZE, fitName } from '../../../text.ts';
import { toMicroseconds } from '../../view.ts';
import type { Context } from '../shell/context.ts';
import { element, everyFrame, styleValue } from '../shell/dom.ts';
import { Tip } from '../shell/tip.ts';
import { brush } from '../strip/brush.ts';
import { drawTicks } from '../strip/ticks.ts';

const ROW = 15;
/** Between lanes. */
const GAP = 6;
/** Of a lane's name, over its boxes. */
const LABEL = 16;
/** Narrower boxes have no name. */
const LEAST_LABEL = 32;
const HATCH_STEP = 5;
/** Of the lines in a hatched box, shorter ones cannot be seen. */
const LEAST_LINE = 1;

export interface TimelineOptions {
  color(frame: number): string;
  name(timeline: Timeline, box: number): string;
  laneName(lane: TimeLane): string;
  /** When the box was, in words. */
  times(timeline: Timeline, box: number): string;
  resized(): void;
}

export class TimelineGraph {
  readonly element: HTMLElement;
  private readonly context: Context;
  private readonly options: TimelineOptions;
  private readonly canvas = element('canvas', { 'aria-hidden': 'true' });
  private readonly surface = element('div', { class: 'timeline-surface' });
  private readonly stage: HTMLElement;
  private readonly axis = element('div', { class: 'ticks', 'aria-hidden': 'true' });
  private readonly said = element('p', { class: 'frame-numbers', role: 'status' });
  private readonly tip: Tip;
  private readonly showBrush: () => void;
  private timeline: Timeline | null = null;
  /** The lower edge of each lane's boxes. */
  private bases: number[] = [];
  private knownWidth = 0;
  /** The box at hand, by key. */
  private current = -1;
  private look: readonly unknown[] = [];
  private painted: readonly unknown[] = [];

  constructor(label: string, context: Context, options: TimelineOptions) {
    this.context = context;
    this.options = options;
    this.stage = element(
      'div',
      {
        class: 'timeline-stage',
        tabindex: '0',
        role: 'group',
        'aria-label': `${label}: stacks at their times. Arrow keys go from box to box, Enter sets the range to the box's time.`,
      },
      this.canvas,
      this.surface,
    );
    this.element = element('div', { class: 'timeline' }, this.stage, this.axis, this.said);
    this.tip = new Tip(this.element);
    this.showBrush = brush(this.surface, context, {
      scale: () => this.timeline ?? { from: 0, to: 1 },
      click: (_, event) => this.enter(this.boxUnder(event)),
    });
    this.followPointer();
    this.stage.addEventListener('keydown', (event) => {
      if (this.onKey(event.key)) event.preventDefault();
    });
    new ResizeObserver(() => this.followWidth()).observe(this.stage);
  }

  /** In pixels, when last it was looked at. */
  width(): number {
    if (this.knownWidth === 0) this.knownWidth = Math.max(200, this.stage.clientWidth);
    return this.knownWidth;
  }

  /** @param look what the colours depend on: while it and the boxes stay, nothing is painted again */
  draw(timeline: Timeline, look: readonly unknown[]): void {
    if (this.timeline !== timeline) this.current = -1;
    this.timeline = timeline;
    const now = [timeline, this.width(), this.current, styleValue('--ink'), ...look];
    const isPainted = now.length === this.painted.length && now.every((each, i) => each === this.painted[i]);
    this.painted = now;
    this.look = look;
    if (!isPainted) this.repaint(timeline);
    this.showBrush();
  }

  private repaint(timeline: Timeline): void {
    const height = this.placeLanes(timeline);
    const ratio = devicePixelRatio || 1;
    const [wide, high] = [Math.round(this.width() * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== wide) this.canvas.width = wide;
    if (this.canvas.height !== high) this.canvas.height = high;
    this.canvas.style.height = `${height}px`;
    this.surface.style.height = `${height}px`;
    const pen = this.canvas.getContext('2d');
    if (pen !== null) {
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, this.width(), height);
      this.paint(pen, timeline);
    }
    drawTicks(this.axis, timeline, hostClock(this.context.data.capture), this.width());
  }

  private placeLanes({ lanes }: Timeline): number {
    let top = 0;
    this.bases = lanes.map(({ levels }) => {
      top += LABEL + levels * ROW;
      const base = top;
      top += GAP;
      return base;
    });
    return Math.max(ROW, top);
  }

  private paint(pen: CanvasRenderingContext2D, timeline: Timeline): void {
    const { options } = this;
    pen.font = `${FONT_SIZE}px system-ui, sans-serif`;
    pen.textBaseline = 'alphabetic';
    pen.fillStyle = styleValue('--muted');
    timeline.lanes.forEach((lane, i) => {
      const base = this.bases[i] as number;
      pen.fillText(options.laneName(lane), 2, base - lane.levels * ROW - 4, this.width() - 4);
      pen.fillRect(0, base, this.width(), 0.5);
    });
    const hatched = new Path2D();
    for (let box = 0; box < timeline.frame.length; box++) {
      const { x, y, width } = this.placeOf(timeline, box);
      const frame = timeline.frame[box] as number;
      const painted = Math.max(width - (width > 3 ? 0.7 : 0), 0.3);
      pen.fillStyle = frame === MERGED ? styleValue('--hatch-ground') : options.color(frame);
      pen.fillRect(x, y, painted, ROW - 1);
      if (frame === MERGED) hatchLines(hatched, x, y, painted);
      if (width < LEAST_LABEL || frame === MERGED) continue;
      pen.fillStyle = '#10151c';
      pen.fillText(fitName(options.name(timeline, box), width - 6, FONT_SIZE), x + 3, y + ROW - 4.5);
    }
    pen.strokeStyle = styleValue('--hatch-line');
    pen.lineWidth = 1;
    pen.stroke(hatched);
    if (this.current >= 0) {
      const { x, y, width } = this.placeOf(timeline, this.current);
      pen.strokeStyle = styleValue('--ink');
      pen.lineWidth = 2;
      pen.strokeRect(x, y, Math.max(width, 2), ROW - 1);
    }
  }

  private placeOf(
    { from, to, start, end, lane, depth }: Timeline,
    box: number,
  ): { x: number; y: number; width: number } {
    const scale = this.width() / (to - from);
    const x = ((start[box] as number) - from) * scale;
    const base = this.bases[lane[box] as number] as number;
    return {
      x,
      y: base - ((depth[box] as number) + 1) * ROW,
      width: ((end[box] as number) - (start[box] as number)) * scale,
    };
  }

  private boxUnder({ clientX, clientY }: PointerEvent): number {
    const { timeline } = this;
    if (timeline === null) return -1;
    const area = this.canvas.getBoundingClientRect();
    const [x, y] = [clientX - area.left, clientY - area.top];
    // What was drawn last is on top.
    for (let box = timeline.frame.length - 1; box >= 0; box--) {
      const place = this.placeOf(timeline, box);
      if (y >= place.y && y < place.y + ROW && x >= place.x && x < place.x + Math.max(place.width, 1)) return box;
    }
    return -1;
  }

  private readonly tell = everyFrame(() => {
    const { timeline, pointer } = this;
    const box = timeline === null || pointer === null ? -1 : this.boxUnder(pointer);
    if (timeline === null || pointer === null || box < 0) this.tip.hide();
    else this.tip.show(this.words(timeline, box), pointer);
  });
  private pointer: PointerEvent | null = null;

  private followPointer(): void {
    this.surface.addEventListener('pointermove', (event) => {
      this.pointer = event;
      this.tell();
    });
    this.surface.addEventListener('pointerleave', () => {
      this.pointer = null;
      this.tell();
    });
  }

  private words(timeline: Timeline, box: number): string {
    return `${this.options.name(timeline, box)}\n${this.options.times(timeline, box)}`;
  }

  /** Sets the range to the time of a box; beside the boxes it clears it. */
  private enter(box: number): void {
    const { timeline } = this;
    this.stage.focus({ preventScroll: true });
    if (timeline === null || box < 0) {
      this.context.store.setRange(null);
      return;
    }
    this.take(timeline, box);
    this.context.store.setRange(timesOf(timeline, box));
  }

  private take(timeline: Timeline, box: number): void {
    this.current = box;
    this.said.textContent = this.words(timeline, box).replace('\n', ': ');
    this.draw(timeline, this.look);
  }

  /** @returns whether the key meant something */
  private onKey(key: string): boolean {
    const { timeline, current } = this;
    if (timeline === null || timeline.frame.length === 0) return false;
    if (key === 'Escape') this.context.store.setRange(null);
    else if (key === 'Enter' && current >= 0) this.enter(current);
    else if (!key.startsWith('Arrow')) return false;
    else this.take(timeline, current < 0 ? firstBox(timeline) : boxByKey(timeline, current, key));
    return true;
  }

  private followWidth(): void {
    const { clientWidth } = this.stage;
    const width = Math.max(200, clientWidth);
    // While it is hidden it has none.
    if (clientWidth === 0 || this.knownWidth === 0 || width === this.knownWidth) return;
    this.knownWidth = width;
    this.options.resized();
  }
}

function timesOf({ start, end }: Timeline, box: number): Range {
  const from = toMicroseconds(start[box] as number);
  return { from, to: Math.max(toMicroseconds(end[box] as number), from + 1e-6) };
}

function firstBox({ depth, start, lane }: Timeline): number {
  return depth.reduce(
    (best, each, box) =>
      each === 0 && lane[box] === 0 && (best < 0 || (start[box] as number) < (start[best] as number)) ? box : best,
    -1,
  );
}

/** Left and right at the same depth, up and down to what stands over or under the same time, then into the next lane. */
function boxByKey(timeline: Timeline, from: number, key: string): number {
  const { lane, depth, start, end } = timeline;
  const at = (start[from] as number) + 1e-9;
  const side = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
  const wanted = (depth[from] as number) + (key === 'ArrowUp' ? 1 : key === 'ArrowDown' ? -1 : 0);
  let best = from;
  for (let box = 0; box < depth.length; box++) {
    if (lane[box] !== lane[from] || depth[box] !== wanted || box === from) continue;
    const distance = ((start[box] as number) - (start[from] as number)) * (side || 1);
    if (side === 0) {
      if ((start[box] as number) < (end[from] as number) && (end[box] as number) > at) return box;
    } else if (distance > 0 && (best === from || distance < ((start[best] as number) - (start[from] as number)) * side))
      best = box;
  }
  return best;
}

/** Lines over a grey ground, as in the other flame graphs. A pattern in each of thousands of boxes takes seconds. */
function hatchLines(path: Path2D, x: number, y: number, width: number): void {
  const bottom = y + ROW - 1;
  // All of them are on one grid, through the corner of the canvas.
  for (let sum = Math.ceil((x + y) / HATCH_STEP) * HATCH_STEP; sum < x + width + bottom; sum += HATCH_STEP) {
    const left = Math.max(x, sum - bottom);
    const right = Math.min(x + width, sum - y);
    if (right - left < LEAST_LINE) continue;
    path.moveTo(left, sum - left);
    path.lineTo(right, sum - right);
  }
}

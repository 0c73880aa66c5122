/**
 * The sub-second offset heat map, after Netflix FlameScope: one column per second, the offset within it upwards, colour by
 * how many samples. Dragging from cell to cell sets the range from the first to the last of them, both included.
 */
import { commas } from '../../../../datasets/amounts.ts';
import { type HeatMap, subsecondHeatMap } from '../../../../datasets/heatmap.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import { isOnAxis } from '../../axis.ts';
import { type Context, timeText, type Widget } from '../shell/context.ts';
import { element, everyFrame, styleValue } from '../shell/dom.ts';
import { amountIn, cellAt, cellByKey, FIRST_CELL, type OffsetCell, rangeBetween, startOf } from './offset-cells.ts';
import { OffsetPicture } from './offset-picture.ts';

/** Cells a second is cut into. */
const CHOICES = [50, 25, 20, 10];

/** null where samples have no times, or cover less than two seconds. */
export function offsetMap(stacks: Stacks, context: Context): OffsetMap | null {
  const { axis } = context;
  if (axis === null || !isOnAxis(stacks, axis)) return null;
  const map = subsecondHeatMap(stacks, CHOICES[0]);
  return map === null || map.columns.length < 2 ? null : new OffsetMap(map, stacks, context);
}

class OffsetMap implements Widget {
  readonly element: HTMLElement;
  private map: HeatMap;
  private readonly stacks: Stacks;
  private readonly context: Context;
  private readonly unit: string;
  private readonly picture: OffsetPicture;
  private readonly said = element('p', { class: 'offset-said', role: 'status' });
  /** Kept, not asked for: to ask makes the browser lay out what was just drawn beside it. */
  private width = 0;
  /** Where the keys are. */
  private cursor = FIRST_CELL;
  /** Where the pointer is. */
  private pointed = FIRST_CELL;
  /** Where a range begins that has no end yet. */
  private anchor: OffsetCell | null = null;
  private shown: { range: Range | null; dark: string } | null = null;

  constructor(map: HeatMap, stacks: Stacks, context: Context) {
    this.map = map;
    this.stacks = stacks;
    this.context = context;
    this.unit = stacks.profile.samples?.weight === null ? 'samples' : stacks.unit;
    this.picture = new OffsetPicture(this.unit);
    const { canvas, legend } = this.picture;
    this.element = element('figure', { class: 'offset-map' }, this.caption(), canvas, this.said, legend);
    this.followPointer(canvas);
    canvas.addEventListener('keydown', (event) => {
      if (this.onKey(event.key)) event.preventDefault();
    });
    canvas.addEventListener('focus', this.drawSoon);
    canvas.addEventListener('blur', this.drawSoon);
    new ResizeObserver(([entry]) => {
      this.width = Math.max(1, entry?.contentRect.width ?? 0);
      this.drawSoon();
    }).observe(this.element);
  }

  update(): void {
    const { shown } = this;
    const now = { range: this.context.store.view.range, dark: styleValue('--is-dark') };
    this.shown = now;
    if (shown?.range !== now.range || shown.dark !== now.dark) this.draw();
  }

  private readonly drawSoon = everyFrame(() => this.draw());

  private draw(): void {
    if (this.width === 0) return;
    const { store, mark } = this.context;
    const cursor = document.activeElement === this.picture.canvas ? this.cursor : null;
    this.picture.draw(this.map, this.width, { range: store.view.range, cursor, mark });
  }

  private caption(): HTMLElement {
    const options = CHOICES.map((rows) => element('option', { value: rows }, `${1000 / rows} ms`));
    const height = element('select', { 'aria-label': 'Cell height' }, ...options);
    height.addEventListener('change', () => this.cutInto(Number(height.value)));
    const words = ' a column is a second, upwards the part of it; drag over cells to see their stacks ';
    return element('figcaption', {}, element('b', {}, 'Sub-second offset'), words, height);
  }

  /** Draws each second as that many cells. */
  private cutInto(rows: number): void {
    this.map = subsecondHeatMap(this.stacks, rows) ?? this.map;
    this.cursor = FIRST_CELL;
    this.draw();
  }

  private followPointer(canvas: HTMLCanvasElement): void {
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.pointed = this.cellUnder(event);
      this.anchor = this.pointed;
      this.chooseSoon();
    });
    canvas.addEventListener('pointermove', (event) => {
      this.pointed = this.cellUnder(event);
      this.say(this.pointed);
      if (this.anchor !== null && event.buttons === 1) this.chooseSoon();
    });
    canvas.addEventListener('pointerup', () => {
      this.chooseTo(this.pointed);
      this.anchor = null;
    });
    canvas.addEventListener('dblclick', () => this.context.store.setRange(null));
  }

  private cellUnder({ clientX, clientY }: PointerEvent): OffsetCell {
    const { left, top, width, height } = this.picture.canvas.getBoundingClientRect();
    return cellAt((clientX - left) / width, (clientY - top) / height, this.map);
  }

  private readonly chooseSoon = everyFrame(() => this.chooseTo(this.pointed));

  /** Sets the range that was begun, up to this cell. */
  private chooseTo(cell: OffsetCell): void {
    if (this.anchor !== null) this.context.store.setRange(rangeBetween(this.anchor, cell, this.map));
  }

  /** @returns whether the key meant something here. */
  private onKey(key: string): boolean {
    const next = cellByKey(this.cursor, key, this.map);
    if (next !== null) this.cursor = next;
    else if (key === 'Enter') this.beginOrEnd();
    else if (key === 'Escape') this.clear();
    else return false;
    this.say(this.cursor);
    this.drawSoon();
    return true;
  }

  private beginOrEnd(): void {
    const isBegun = this.anchor !== null;
    this.anchor ??= this.cursor;
    this.chooseTo(this.cursor);
    if (isBegun) this.anchor = null;
  }

  private clear(): void {
    this.anchor = null;
    this.context.store.setRange(null);
  }

  private say(cell: OffsetCell): void {
    const { map, unit } = this;
    const time = timeText(this.context, this.stacks, startOf(cell, map));
    const offset = `${commas(map.rows[cell.row]?.low ?? 0)} ms`;
    this.said.textContent = `${time}, offset ${offset}: ${commas(amountIn(cell, map))} ${unit}`;
  }
}

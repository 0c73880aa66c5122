/** One signal along the time axis, as a thin lane on a canvas. */
import { commas, quantity } from '../../../../datasets/amounts.ts';
import { partitionPoint } from '../../../../datasets/columns.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Lane } from '../../axis.ts';
import { styleValue } from '../shell/dom.ts';

export const LANE_HEIGHT = 18;
/** Over the line, so that the greatest value does not touch the lane above. */
const HEADROOM = 3;

/** Of the fill where a rule found something. */
const FOUND_OPACITY = 0.3;

type Course = Pick<Lane, 'at' | 'value'>;

/** @param span the time that the lane's width stands for */
export function drawLane(canvas: HTMLCanvasElement, lane: Lane, span: Range, width: number): void {
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(LANE_HEIGHT * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const pen = canvas.getContext('2d');
  if (pen === null || width === 0) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, LANE_HEIGHT);
  const top = lane.full ?? Math.max(greatest(lane), greatest(lane.before), 1e-9);
  const x = (time: number): number => ((time - span.from) / (span.to - span.from)) * width;
  const y = (each: number): number =>
    LANE_HEIGHT - 1 - (Math.min(Math.max(each, 0), top) / top) * (LANE_HEIGHT - 1 - HEADROOM);
  const stroke = (course: Course, color: string): void => {
    trace(pen, course, x, y);
    pen.strokeStyle = styleValue(color);
    pen.lineWidth = 1;
    pen.stroke();
  };
  if (lane.before !== undefined) {
    stroke(lane.before, '--before');
    stroke(lane, '--after');
    return;
  }
  coverUnwatched(pen, Math.min(x(lane.watchedFrom ?? Number.NEGATIVE_INFINITY), width));
  fill(pen, lane, x, y);
  stroke(lane, '--lane');
  for (const { from, to, severity } of lane.found ?? [])
    fillFound(pen, lane, { x, y }, { from: x(from), to: x(to), color: styleValue(`--${severity}`) });
}

/** Between the lines over what was not watched, in pixels. */
const UNWATCHED_STEP = 7;

/** The time before the tool was attached must not look quiet. */
function coverUnwatched(pen: CanvasRenderingContext2D, end: number): void {
  if (!(end > 0)) return;
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, end, LANE_HEIGHT);
  pen.clip();
  pen.beginPath();
  for (let x = -LANE_HEIGHT; x < end; x += UNWATCHED_STEP) {
    pen.moveTo(x, LANE_HEIGHT);
    pen.lineTo(x + LANE_HEIGHT, 0);
  }
  pen.strokeStyle = styleValue('--line-strong');
  pen.lineWidth = 1;
  pen.stroke();
  pen.restore();
}

function trace(
  pen: CanvasRenderingContext2D,
  { at, value }: Course,
  x: (time: number) => number,
  y: (value: number) => number,
): void {
  pen.beginPath();
  for (const [i, time] of at.entries()) pen.lineTo(x(time), y(value[i] as number));
}

function fill(
  pen: CanvasRenderingContext2D,
  lane: Course,
  x: (time: number) => number,
  y: (value: number) => number,
): void {
  trace(pen, lane, x, y);
  pen.lineTo(x(lane.at.at(-1) ?? 0), LANE_HEIGHT);
  pen.lineTo(x(lane.at[0] ?? 0), LANE_HEIGHT);
  pen.fillStyle = styleValue('--lane-fill');
  pen.fill();
}

/** Where a rule found the signal past its threshold, it has the colour of what was found. */
function fillFound(
  pen: CanvasRenderingContext2D,
  lane: Course,
  { x, y }: { x: (time: number) => number; y: (value: number) => number },
  { from, to, color }: { from: number; to: number; color: string },
): void {
  pen.save();
  pen.beginPath();
  pen.rect(from, 0, Math.max(2, to - from), LANE_HEIGHT);
  pen.clip();
  trace(pen, lane, x, y);
  pen.lineTo(x(lane.at.at(-1) ?? 0), LANE_HEIGHT);
  pen.lineTo(x(lane.at[0] ?? 0), LANE_HEIGHT);
  pen.globalAlpha = FOUND_OPACITY;
  pen.fillStyle = color;
  pen.fill();
  pen.globalAlpha = 1;
  trace(pen, lane, x, y);
  pen.strokeStyle = color;
  pen.lineWidth = 1.5;
  pen.stroke();
  pen.restore();
}

function greatest(course: Course | undefined): number {
  return course?.value.reduce((most, each) => Math.max(most, each), 0) ?? 0;
}

/** `98%`, `243`, `54 ms`. */
export function laneAmount(value: number, { unit }: Pick<Lane, 'unit'>): string {
  if (unit === '%') return `${commas(value, value < 10 ? 1 : 0)}%`;
  return unit === '' || unit === 'samples' ? commas(value, value < 10 ? 1 : 0) : quantity(value, unit);
}

/** The greatest value, before and after where two are compared. */
export function laneMost(lane: Lane): string {
  const most = laneAmount(greatest(lane), lane);
  return lane.before === undefined ? `max ${most}` : `max ${laneAmount(greatest(lane.before), lane)} → ${most}`;
}

/** The value at a time: that of the report which was about it; null where there is none near. */
export function laneValueAt({ at, value }: Course, time: number): number | null {
  const place = partitionPoint(at.length, (i) => (at[i] as number) < time);
  if (place === at.length) return null;
  // A report is about the time before it.
  const gap = at.length > 1 ? ((at.at(-1) as number) - (at[0] as number)) / (at.length - 1) : 0;
  return (at[place] as number) - time <= 1.5 * gap ? (value[place] as number) : null;
}

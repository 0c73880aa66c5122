/** From when to when loose files tell of, in words. */
import type { Capture } from '../../datasets/capture.ts';
import { calendarDay, clockTime } from '../when.ts';
import { axisOf, isOfOneMoment } from './axis.ts';

/** `2026-11-20 14:00:01 to 14:20:02 (zone unknown)`, of one moment that alone; null where nothing in them prints a wall clock. */
export function printedWindow(capture: Capture): string | null {
  const { printedClock = null } = capture;
  const axis = axisOf(capture);
  if (printedClock === null || axis === null) return null;
  const { started, zoned, dated } = printedClock;
  const [from, to] = [started + axis.from, started + axis.to];
  const day = (at: number): string => (dated ? `${calendarDay(at)} ` : '');
  const doubts = [...(dated ? [] : ['date unknown']), ...(zoned ? [] : ['zone unknown'])];
  const until = calendarDay(from) === calendarDay(to) ? '' : day(to);
  const doubt = doubts.length === 0 ? ' UTC' : ` (${doubts.join(', ')})`;
  if (isOfOneMoment(axis)) return `${day(from)}${clockTime(from)}${doubt}`;
  return `${day(from)}${clockTime(from)} to ${until}${clockTime(to)}${doubt}`;
}

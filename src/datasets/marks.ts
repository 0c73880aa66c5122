/**
 * Telling a tool's clock by the marks that the collector left: something harmless that was done at a known moment, found again
 * among the rows of what saw it.
 */
import type { Mark } from './capture.ts';
import { numberAt, rowCount, textAt } from './cells.ts';
import { READING } from './clock.ts';
import type { Events, Timing } from './shapes.ts';
import { changeTimes } from './times.ts';
import { MOMENT } from './timing.ts';

/** By how much times must be moved, in seconds: the least and the most that fits. */
interface Shift {
  least: number;
  most: number;
}

/** Marks are written down in hundredths of a second, the rest cut off. */
const HUNDREDTH = 0.01;
/** Tools that stamp a row when they print it are late by less than this, on a busy host. */
const LATE = 1;

/**
 * Moves an event table that lies on the capture's axis to where its rows of the marks belong, and tells how far it may still be
 * off. A clock whose zero was known is moved only where it is off by more than a tool is late to print; less is told as doubt.
 *
 * @returns by how many seconds it was moved; 0 where it was not, null where no mark is in it
 */
export function calibrate(events: Events, marks: readonly Mark[]): number | null {
  const { timing = MOMENT } = events;
  if (events.clock !== 'capture') return null;
  const shifts = shiftsOf(events, marks, timing);
  if (shifts.length === 0) return null;
  const needed = common(shifts);
  const off = Math.max(needed.least, 0, -needed.most);
  if (timing.doubt <= READING && off <= LATE) {
    events.timing = { ...timing, doubt: Math.max(timing.doubt, off) };
    return 0;
  }
  const by = (needed.least + needed.most) / 2;
  changeTimes(events, (at) => at + by);
  events.timing = { ...timing, doubt: Math.max((needed.most - needed.least) / 2, HUNDREDTH) };
  return by;
}

/** What fits all; where nothing does, because the tool was now more and now less late, from the least to the most of them. */
function common(shifts: readonly Shift[]): Shift {
  const least = shifts.reduce((most, shift) => Math.max(most, shift.least), Number.NEGATIVE_INFINITY);
  const most = shifts.reduce((least, shift) => Math.min(least, shift.most), Number.POSITIVE_INFINITY);
  return { least: Math.min(least, most), most: Math.max(least, most) };
}

/** For each row of a mark how far it must be moved to lie where the mark was left. */
function shiftsOf(events: Events, marks: readonly Mark[], { span, grain }: Timing): Shift[] {
  const pids = events.columns.findIndex(({ role }) => role === 'pid');
  const byPid = new Map(marks.flatMap((mark) => (mark.pid === null || mark.until === null ? [] : [[mark.pid, mark]])));
  if (pids < 0 || byPid.size === 0) return [];
  const shifts: Shift[] = [];
  for (let row = 0; row < rowCount(events); row++) {
    const mark = byPid.get(numberAt(events, row, pids)) as (Mark & { until: number }) | undefined;
    const at = events.at[row] as number;
    if (mark === undefined || Number.isNaN(at) || !isOf(mark, events, row)) continue;
    shifts.push({ least: mark.at - grain - at, most: mark.until + HUNDREDTH + span - at });
  }
  return shifts;
}

/** The shell that leaves the marks does other things too, of which its name for them is no part. */
function isOf({ kind, word }: Mark, events: Events, row: number): boolean {
  return kind !== 'exec' || events.columns.some((_, column) => textAt(events, row, column).includes(word));
}

/** Tables in which each row is a wait: how many were long, how many that is a second, and whose they were. */

import { commas, significant, usecsText } from '../datasets/amounts.ts';
import { timeAt } from '../datasets/columns.ts';
import { extent } from '../datasets/extent.ts';
import type { Events } from '../datasets/shapes.ts';
import { durations } from './distribution.ts';
import { periodOf } from './period.ts';
import { allOf, linesOf, topShare } from './rows.ts';
import { ruledOut, type Verdict } from './rule.ts';
import { secondsOf, type View } from './view.ts';

/** Common to the rules that count slow rows. */
export const LEAST_ROWS = { value: 10, unit: 'in all', why: 'a rate of fewer is chance' };

interface Words {
  /** As a title begins: `File operations`. */
  what: string;
  /** As what is ruled out begins: `slow file operations`. */
  topic: string;
  /** Columns that tell whose they were, -1 for none. */
  by: readonly number[];
  next: string;
}

/**
 * @param limits `slow`, microseconds from which a row counts; `rate`, such rows a second from which it is a
 *   finding, `least`, such rows in all
 * @returns no verdict where no time is known to count by
 */
export function slowEvents(
  view: View,
  events: Events,
  { slow = 0, rate = 0, least = 0 }: Readonly<Record<string, number>>,
  { what, topic, by, next }: Words,
): Verdict[] {
  const hits = durations(events).filter(({ usecs }) => usecs >= slow);
  const seconds = spanOf(events) ?? secondsOf(view, events.source);
  if (seconds === null) return [];
  const numbers = [
    { label: topic, value: hits.length, unit: '' },
    { label: 'a second', value: hits.length / seconds, unit: '/s' },
  ];
  if (hits.length / seconds < rate || hits.length < least) {
    const title = `${topic}: ${commas(hits.length)} of ${usecsText(slow)} or more in ${significant(seconds)} s`;
    return [ruledOut(title, numbers, allOf(events.source))];
  }
  const rows = hits.map(({ row }) => row);
  const worst = hits.reduce((most, { usecs }) => Math.max(most, usecs), 0);
  return [
    {
      verdict: 'found',
      severity: 'warning',
      title: `${what} are slow: ${commas(hits.length)} of ${usecsText(slow)} or more, up to ${usecsText(worst)}`,
      detail: [...by.map((column) => topShare(events, rows, column)), beatOf(events, rows)]
        .filter((words) => words !== null)
        .join('; '),
      since: timeAt(events.at, rows[0] as number),
      until: timeAt(events.at, rows.at(-1) as number),
      numbers,
      evidence: linesOf(events, rows),
      next,
    },
  ];
}

/** `they come every 5 s`, where they come at a beat. */
export function beatOf({ at }: Pick<Events, 'at'>, rows: readonly number[]): string | null {
  const times = rows.map((row) => timeAt(at, row)).filter((time) => time !== null);
  const period = periodOf(times);
  return period === null ? null : `they come every ${significant(period)} s: look for what runs at this beat`;
}

/** Seconds from the first event to the last, where there are two or more with a time. */
function spanOf({ at }: Events): number | null {
  const times = at.filter((time) => time !== null);
  if (times.length < 2) return null;
  const [first, last] = extent(times);
  return Math.max(1, last - first);
}

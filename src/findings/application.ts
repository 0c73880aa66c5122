/** What programs themselves wait for: queries, and the kernel's locks. */
import { shareText, usecsText } from '../datasets/amounts.ts';
import { cellAt, numberAt, rowCount } from '../datasets/cells.ts';
import type { Events } from '../datasets/shapes.ts';
import { columnNamed } from './distribution.ts';
import { linesOf } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import { LEAST_ROWS, slowEvents } from './slow-events.ts';

const slowQueries: Rule = {
  name: 'slow-queries',
  subsystem: 'application',
  topic: 'slow database queries',
  about: 'Queries that took long in the server itself (mysqld_qslower).',
  closer: true,
  tools: ['mysqld_qslower'],
  thresholds: {
    rate: { value: 1, unit: 'slow queries a second', why: 'one a second is no nightly report' },
    slow: { value: 100_000, unit: 'us', why: 'a page that asks ten such queries takes a second' },
    least: LEAST_ROWS,
  },
  judge: (view, limits) =>
    view.datasets('events', 'mysqld_qslower').flatMap((events) =>
      slowEvents(view, events, limits, {
        what: 'Queries',
        topic: 'slow queries',
        by: [columnNamed(events, 'QUERY')],
        next: 'EXPLAIN the slowest of them; coldflame collect --set offcpu',
      }),
    ),
};

const kernelLocks: Rule = {
  name: 'kernel-locks',
  subsystem: 'kernel',
  topic: 'contention of kernel locks',
  about: 'Time that threads spent waiting for mutexes and semaphores of the kernel, by caller (klockstat).',
  closer: true,
  tools: ['klockstat'],
  thresholds: {
    share: {
      value: 0.5,
      unit: 'of the window, waited for one caller by all threads together',
      why: 'half a thread stands still for it',
    },
  },
  judge(view, { share = 0 }) {
    const { manifest } = view.capture;
    const run = manifest?.runs.find(({ tool, file }) => tool === 'klockstat' && file !== null);
    const window = ((run?.ended ?? 0) - (run?.started ?? 0)) * 1e6;
    return view.datasets('events', 'klockstat').flatMap((events): Verdict[] => {
      const total = events.columns.findIndex(({ name }) => /^total (?:wait|spin)$/i.test(name));
      const worst = heaviest(events, total);
      if (worst === null || window <= 0) return [];
      const numbers = [{ label: 'waited for the lock', value: worst.usecs / 1e6, unit: 's' }];
      const caller = String(cellAt(events, worst.row, 0) ?? '?');
      const words = `${usecsText(worst.usecs)} in ${caller}`;
      const evidence = linesOf(events, [worst.row]);
      if (worst.usecs < share * window) return [ruledOut(`kernel locks: most waited for, ${words}`, numbers, evidence)];
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `Threads wait for a kernel lock: ${words}`,
          detail: `${shareText(worst.usecs / window)} of the window, summed over threads.`,
          since: null,
          numbers,
          evidence,
          next: 'coldflame collect --set offcpu',
        },
      ];
    });
  },
};

/** The row with the most in a column of nanoseconds. */
function heaviest(events: Events, column: number): { row: number; usecs: number } | null {
  if (column < 0 || events.columns[column]?.unit !== 'ns') return null;
  let worst: { row: number; usecs: number } | null = null;
  for (let row = 0; row < rowCount(events); row++) {
    const usecs = (numberAt(events, row, column) || 0) / 1000;
    if (worst === null || usecs > worst.usecs) worst = { row, usecs };
  }
  return worst;
}

export const applicationRules: readonly Rule[] = [slowQueries, kernelLocks];

/** Memory that programs have to wait for: direct reclaim, and pages that come back from swap. */

import { commas, shareText, significant } from '../datasets/amounts.ts';
import { sumOf, timeAt } from '../datasets/columns.ts';
import { sumsByKey } from '../datasets/counts.ts';
import { columnOf } from './distribution.ts';
import { allOf } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import { LEAST_ROWS, slowEvents } from './slow-events.ts';

const directReclaim: Rule = {
  name: 'direct-reclaim',
  subsystem: 'memory',
  topic: 'direct reclaim',
  about:
    'Programs that had to free memory themselves before they got some (drsnoop): kswapd does not keep up, or a control group is at its limit.',
  tools: ['drsnoop'],
  thresholds: {
    rate: { value: 10, unit: 'reclaims a second', why: 'single ones happen when large files are read' },
    slow: { value: 1000, unit: 'us', why: 'shorter ones cost less than a disk access' },
    least: LEAST_ROWS,
  },
  judge: (view, limits) =>
    view.datasets('events', 'drsnoop').flatMap((events) =>
      slowEvents(view, events, limits, {
        what: 'Allocations that reclaim memory first',
        topic: 'direct reclaims',
        by: [columnOf(events, 'process')],
        next: 'coldflame collect --tool free,vmstat,top,pressure',
      }),
    ),
};

const swappedIn: Rule = {
  name: 'swapped-in',
  subsystem: 'memory',
  topic: 'pages read back from swap, by process',
  about: 'Which programs wait for their own memory to come back from disk (swapin).',
  closer: true,
  tools: ['swapin'],
  thresholds: {
    rate: { value: 25, unit: 'pages a second', why: 'as for swapping: 100 KiB/s; each is a disk access' },
  },
  judge(view, { rate = 0 }) {
    const { manifest } = view.capture;
    return view.datasets('counts', 'swapin').flatMap((counts): Verdict[] => {
      const { source, at, lines } = counts;
      const run = manifest?.runs.find(({ tool, file }) => tool === 'swapin' && file !== null);
      const seconds = (run?.ended ?? 0) - (run?.started ?? 0);
      if (seconds <= 0) return [];
      const total = sumOf(counts.values);
      const numbers = [{ label: 'pages swapped in', value: total / seconds, unit: '/s' }];
      if (total / seconds < rate) {
        const title = `pages read back from swap: ${commas(total)} in ${significant(seconds)} s`;
        return [ruledOut(title, numbers, allOf(source))];
      }
      const pages = sumsByKey({ ...counts, cumulative: false });
      const [name, most] = [...pages].sort((a, b) => b[1] - a[1])[0] as [string, number];
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `Programs wait for swap: ${significant(total / seconds)} pages a second, ${shareText(most / total)} of them for ${name}`,
          detail: 'Each page is a disk access that the program waits for.',
          since: timeAt(at, 0),
          numbers,
          evidence: Array.from(lines.subarray(0, 20), (line) => ({ source, lines: [line, line] })),
          next: 'coldflame collect --tool vmstat,free,top',
        },
      ];
    });
  },
};

export const reclaimRules: readonly Rule[] = [directReclaim, swappedIn];

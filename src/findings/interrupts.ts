/** CPU time of interrupts, by what interrupts: softirqs and hardirqs. */
import { shareText, significant } from '../datasets/amounts.ts';
import { sumsByKey } from '../datasets/counts.ts';
import type { Counts } from '../datasets/shapes.ts';
import { allOf } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import { secondsOf } from './view.ts';

const USECS: ReadonlyMap<string, number> = new Map([
  ['usecs', 1],
  ['nsecs', 1e-3],
]);

export const interrupts: Rule = {
  name: 'interrupt-time',
  subsystem: 'cpu',
  topic: 'CPU time of interrupts, by kind',
  about:
    'The CPU time that interrupts and their deferred work take (hardirqs, softirqs), and which device or kind takes most. It is charged to whatever program was interrupted, so that no process list shows it.',
  closer: true,
  tools: ['softirqs', 'hardirqs'],
  thresholds: {
    share: {
      value: 0.15,
      unit: 'of all CPU time',
      why: 'as for softirq: above this it competes with the programs for the CPU',
    },
  },
  judge(view, { share = 0 }) {
    return view.datasets('counts', 'softirqs', 'hardirqs').flatMap((counts): Verdict[] => {
      const seconds = secondsOf(view, counts.source);
      const usecs = USECS.get(counts.unit);
      if (seconds === null || usecs === undefined || view.cpus === null || counts.cumulative) return [];
      const { total, kind, most } = sums(counts);
      const used = (total * usecs) / 1e6;
      const part = used / (seconds * view.cpus);
      const numbers = [{ label: `CPU time of ${counts.tool}`, value: used, unit: 's' }];
      const evidence = allOf(counts.source);
      const words = `${counts.tool} took ${shareText(part)} of the CPU time`;
      if (part < share) return [ruledOut(`CPU time of interrupts: ${words}`, numbers, evidence)];
      return [
        {
          verdict: 'found',
          severity: part >= 2 * share ? 'critical' : 'warning',
          title: `Interrupts use the CPUs: ${words}, ${shareText(most / total)} of it ${kind}`,
          detail: `${significant(used)} CPU seconds, charged to whatever ran there. mpstat tells whether one CPU bears it all.`,
          since: null,
          numbers,
          evidence,
          next: 'coldflame collect --tool mpstat,sar-dev,hardirqs',
        },
      ];
    });
  },
};

/** All of it, and the kind with the most. */
function sums(counts: Counts): { total: number; kind: string; most: number } {
  const kinds = sumsByKey({ ...counts, cumulative: false });
  const [[kind, most] = ['', 0]] = [...kinds].sort(([, a], [, b]) => b - a);
  return { total: [...kinds.values()].reduce((sum, value) => sum + value, 0), kind, most };
}

/** Processes killed for lack of memory: as the kernel log tells it, and as the oomkill tool saw it. */

import { bytesText, commas } from '../datasets/amounts.ts';
import { rowCount } from '../datasets/cells.ts';
import { allRows, timeAt } from '../datasets/columns.ts';
import { columnNamed } from './distribution.ts';
import { allOf, linesOf, topShare } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';

// Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB, file-rss:0kB
// Memory cgroup out of memory: Kill process 4242 (stress) score 1000 or sacrifice child
const VICTIM = /(memory cgroup )?out of memory:? kill(?:ed)? process \d+,? \((.*?)\)(?:.*? anon-rss:(\d+)kB)?/i;

/** `java with 3.72 GiB` or `stress (at the limit of its control group) with 163 MiB`: the victim that is named most. */
export function oomVictims(messages: readonly string[]): string {
  const kills = messages.flatMap((message) => {
    const [, group, name, kib] = VICTIM.exec(message) ?? [];
    return name === undefined
      ? []
      : [{ name, isGroup: group !== undefined, kib: kib === undefined ? null : Number(kib) }];
  });
  const times = new Map<string, number>();
  for (const { name } of kills) times.set(name, (times.get(name) ?? 0) + 1);
  const most = [...times].sort((a, b) => b[1] - a[1])[0]?.[0];
  const kill = kills.findLast(({ name }) => name === most);
  if (kill === undefined) return 'processes';
  const size = kill.kib === null ? '' : ` with ${bytesText(kill.kib * 1024)}`;
  const others = times.size > 1 ? ` and ${times.size - 1} more` : '';
  return `${kill.name}${size}${kill.isGroup ? ' at the limit of its control group' : ''}${others}`;
}

export const oomEvents: Rule = {
  name: 'oom-kill-events',
  subsystem: 'memory',
  topic: 'processes killed during the capture',
  about: 'Kills for lack of memory that the oomkill tool saw as they happened, with who asked for the memory.',
  tools: ['oomkill'],
  thresholds: { least: { value: 1, unit: 'kills', why: 'each is work that was lost' } },
  judge(view, { least = 0 }) {
    return view.datasets('events', 'oomkill').map((events): Verdict => {
      const rows = [...allRows(rowCount(events))];
      const numbers = [{ label: 'processes killed', value: rows.length, unit: '' }];
      if (rows.length < least)
        return ruledOut('processes killed during the capture: none', numbers, allOf(events.source));
      const victim = columnNamed(events, 'killed');
      return {
        verdict: 'found',
        severity: 'critical',
        title: `Killed for lack of memory during the capture: ${commas(rows.length)} ${rows.length === 1 ? 'process' : 'processes'}`,
        detail: topShare(events, rows, victim) ?? '',
        since: timeAt(events.at, 0),
        numbers,
        evidence: linesOf(events, rows),
        next: 'coldflame collect --tool dmesg,free,top',
      };
    });
  },
};

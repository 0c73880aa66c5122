/** Pressure stall information: the share of time that work waited for a resource, as the kernel itself counts it. */
import { extent } from '../datasets/extent.ts';
import type { Rule, Verdict } from './rule.ts';
import type { Track, View } from './view.ts';
import { whole } from './view.ts';
import { round } from './words.ts';

interface Resource {
  name: 'cpu' | 'memory' | 'io';
  subsystem: Rule['subsystem'];
  limit: number;
  why: string;
  next: string;
}

const RESOURCES: readonly Resource[] = [
  {
    name: 'memory',
    subsystem: 'memory',
    limit: 10,
    why: 'https://docs.kernel.org/accounting/psi.html; oomd kills at 10 % and less',
    next: 'coldflame collect --set memory',
  },
  {
    name: 'io',
    subsystem: 'disk',
    limit: 20,
    why: 'a fifth of the time that some thread stands still for storage',
    next: 'coldflame collect --set disk',
  },
  {
    name: 'cpu',
    subsystem: 'cpu',
    limit: 50,
    why: 'half of the time some thread that could run waits; short waits are how a busy host works',
    next: 'coldflame collect --tool runqlat,pidstat,perf',
  },
];

export const pressureRules: readonly Rule[] = RESOURCES.map(({ name, subsystem, limit, why, next }) => ({
  name: `pressure-${name}`,
  subsystem,
  topic: `pressure on ${name} (PSI)`,
  about: `The share of the last ten seconds in which at least one thread waited for ${name} (/proc/pressure/${name}, some avg10); "full" is the share in which none could work.`,
  tools: ['pressure'],
  thresholds: { limit: { value: limit, unit: '% of the time, some avg10', why } },
  judge(view, { limit: above = 0 }) {
    const some = latest(view, name, 'some');
    if (some === null) return [];
    const full = latest(view, name, 'full');
    const numbers = [{ label: `${name} pressure, some avg10`, value: some.value, unit: '%' }];
    const words = `${round(some.value)} % of the time some thread waited${full === null || full.value === 0 ? '' : `, ${round(full.value)} % all of them`}`;
    const verdict: Verdict =
      some.value < above
        ? { verdict: 'ruled-out', title: `pressure on ${name}: ${words}`, numbers, evidence: [whole(some.track)] }
        : {
            verdict: 'found',
            severity: (full?.value ?? 0) >= above ? 'critical' : 'warning',
            title: `Work waits for ${name}: ${words}`,
            detail: 'Counted by the kernel over ten seconds, not sampled.',
            since: null,
            numbers,
            evidence: [whole(some.track)],
            next,
          };
    return [verdict];
  },
}));

/** The highest avg10 of the window, and its track. A loose copy of one file does not name its resource: it is passed over. */
function latest(view: View, resource: string, share: string): { value: number; track: Track } | null {
  const track = view
    .tracks(['pressure', 'proc'], 'avg10')
    .find(({ labels, values }) => labels.resource === resource && labels.share === share && values.length > 0);
  return track === undefined ? null : { value: extent(track.values)[1], track };
}

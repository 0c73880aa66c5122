/** Limits of the whole host, by count: files, tracked connections, tasks. The kernel complains only once they are reached. */
import type { Subject } from '../../datasets/finding.ts';
import type { SignalName } from '../../datasets/signals.ts';
import type { Signals } from '../../signals/index.ts';
import { evidenceOf, maxOf } from '../../signals/track.ts';
import { trackBasis } from '../basis.ts';
import type { Rule, Test } from '../facts.ts';
import { rule } from '../facts.ts';
import { fullness } from '../numbers.ts';
import { advise, type NextStep } from '../steps.ts';

type Fact = readonly [name: string, place: number];

interface Counted {
  form: 'files' | 'connections' | 'tasks';
  subject: Subject;
  count: SignalName;
  limit: SignalName;
  /** What the manifest tells of it, once, as the collector starts: a fact, and which of its numbers it is. */
  facts?: { count: Fact; limits: readonly Fact[] };
  next: readonly NextStep[];
}

const COUNTED: readonly Counted[] = [
  {
    form: 'files',
    subject: { kind: 'filesystem', name: '' },
    count: 'system.file_handle.count',
    limit: 'system.file_handle.limit',
    // /proc/sys/fs/file-nr: 459 0 2466165
    facts: {
      count: ['files.open', 0],
      limits: [
        ['files.open', 2],
        ['fs.file-max', 0],
      ],
    },
    next: [advise('raise the limit of files')],
  },
  {
    form: 'connections',
    subject: { kind: 'tcp', name: '' },
    count: 'system.network.conntrack.count',
    limit: 'system.network.conntrack.limit',
    facts: { count: ['net.netfilter.nf_conntrack_count', 0], limits: [['net.netfilter.nf_conntrack_max', 0]] },
    next: [advise('raise the limit of conntrack')],
  },
  {
    form: 'tasks',
    subject: { kind: 'host', name: '' },
    count: 'system.process.count',
    limit: 'system.process.limit',
    next: [advise('raise the limit of tasks')],
  },
];

const hostLimits = rule({
  name: 'host-limits',
  subsystem: 'kernel',
  resource: 'host',
  about:
    'Limits of the whole host by count: open files against fs.file-max, tracked connections against nf_conntrack_max, tasks against the smaller of kernel.pid_max and kernel.threads-max. At the limit every program fails alike, on a host that looks idle; the kernel log says so only then.',
  closer: true,
  asks: COUNTED.map(({ count }) => ({ signal: count })),
  thresholds: {
    used: { value: 90, unit: '% of the limit', why: 'the next wave of clients takes the last tenth in seconds' },
  },
  judge: (signals, { used }) =>
    COUNTED.flatMap((counted): Test[] => {
      const limit = limitOf(signals, counted);
      if (limit <= 0 || !Number.isFinite(limit)) return [];
      const test = (most: number): Omit<Test, 'basis' | 'evidence'> => ({
        subject: counted.subject,
        distance: fullness((100 * most) / limit, used),
        severity: most >= 0.98 * limit ? 'critical' : 'warning',
        form: counted.form,
        measures: [{ signal: counted.count, stat: 'max', value: most }],
        details: { limit },
        next: counted.next,
      });
      const told = signals.tracks(counted.count).map(
        (track): Test => ({
          ...test(maxOf(track)),
          basis: [trackBasis(signals, track)],
          evidence: [evidenceOf(track)],
        }),
      );
      const once = counted.facts === undefined ? null : factOf(signals, counted.facts.count);
      return once === null ? told : [...told, { ...test(once), basis: [], evidence: [] }];
    }),
});

/** The least of all that is told; Infinity where nothing is. */
function limitOf(signals: Signals, { limit, facts }: Counted): number {
  const told = signals.tracks(limit).flatMap(({ values }) => values.at(-1) ?? []);
  const known = (facts?.limits ?? []).flatMap((fact) => factOf(signals, fact) ?? []);
  return [...told, ...known].reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
}

/** A number of what the manifest says of the host; null where it says nothing of it. */
function factOf({ capture, host }: Signals, [name, place]: Fact): number | null {
  const { hostname, facts = {} } = capture.manifest?.host ?? {};
  if ((host !== null && host !== hostname) || !Object.hasOwn(facts, name)) return null;
  const value = Number.parseInt((facts[name] as string).split(/\s+/)[place] ?? '', 10);
  return Number.isFinite(value) ? value : null;
}

export const limitRules: readonly Rule[] = [hostLimits];

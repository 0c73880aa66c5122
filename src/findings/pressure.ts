/** Pressure stall information: the share of time that work waited for a resource, as the kernel itself counts it. */
import { extent } from '../datasets/extent.ts';
import type { Rule, Verdict } from './rule.ts';
import type { Track, View } from './view.ts';
import { stretch, whole } from './view.ts';
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

/** Stamps of whole seconds tell a rate over less than this badly. */
const LEAST_SECONDS = 5;

export const pressureRules: readonly Rule[] = RESOURCES.map(({ name, subsystem, limit, why, next }) => ({
  name: `pressure-${name}`,
  subsystem,
  topic: `pressure on ${name} (PSI)`,
  about: `The share of ten seconds in which at least one thread waited for ${name} (/proc/pressure/${name}, some avg10), at its highest in the window; "full" is the share in which none could work.`,
  tools: ['pressure'],
  thresholds: { limit: { value: limit, unit: '% of the time, the highest some avg10', why } },
  judge(view, { limit: above = 0 }) {
    const some = highest(view, name, 'some');
    if (some === null) return [];
    const full = highest(view, name, 'full')?.value ?? 0;
    const numbers = [{ label: `${name} pressure, highest some avg10`, value: some.value, unit: '%' }];
    const words = `in the worst ten seconds some thread waited ${round(some.value)} % of the time${full === 0 ? '' : `, all of them ${round(full)} % at most`}`;
    const verdict: Verdict =
      some.value < above
        ? { verdict: 'ruled-out', title: `pressure on ${name}: ${words}`, numbers, evidence: [whole(some.track)] }
        : {
            verdict: 'found',
            severity: full >= above ? 'critical' : 'warning',
            title: `Work waits for ${name}: ${words}`,
            detail: [`Counted by the kernel, not sampled${readWhen(some)}.`, overWindow(view, name)].join(' ').trim(),
            since: stretch(some.track, (value) => value >= above)?.since ?? null,
            numbers,
            evidence: [{ source: some.track.source, lines: [some.line, some.line] }],
            next,
          };
    return [verdict];
  },
}));

interface Reading {
  value: number;
  /** Seconds since the capture started; null where no time is told. */
  at: number | null;
  line: number;
  track: Track;
}

/** The highest avg10 of the window. A loose copy of one file does not name its resource: it is passed over. */
function highest(view: View, resource: string, share: string): Reading | null {
  const track = trackOf(view, 'avg10', resource, share);
  if (track === undefined) return null;
  const [, value] = extent(track.values);
  const i = track.values.indexOf(value);
  return { value, at: track.at[i] ?? null, line: track.lines[i] as number, track };
}

function trackOf(view: View, metric: string, resource: string, share: string): Track | undefined {
  return view
    .tracks(['pressure', 'proc'], metric)
    .find(({ labels, values }) => labels.resource === resource && labels.share === share && values.length > 0);
}

/** An average over ten seconds that is read earlier tells of what was before the capture, too. */
function readWhen({ at }: Reading): string {
  if (at === null) return '';
  const before = at < 10 ? ', so that it tells of the time before, too' : '';
  return `; it was highest ${round(at)} s into the capture${before}`;
}

/** What the counter `total` says of the window itself, in which averages of the time before have no part. */
function overWindow(view: View, resource: string): string {
  const total = trackOf(view, 'total', resource, 'some');
  const [from, to] = [total?.at[0] ?? null, total?.at.at(-1) ?? null];
  if (total === undefined || from === null || to === null || to - from < LEAST_SECONDS) return '';
  const waited = ((total.values.at(-1) as number) - (total.values[0] as number)) / 1e6;
  return `Over the ${round(to - from)} s that were read, some thread waited ${round((100 * waited) / (to - from))} % of the time.`;
}

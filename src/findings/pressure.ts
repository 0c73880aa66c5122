/** Pressure stall information: the share of time that work waited for a resource, as the kernel itself counts it. */

import { significant } from '../datasets/amounts.ts';
import { timeAt } from '../datasets/columns.ts';
import { extent } from '../datasets/extent.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import type { Track, View } from './view.ts';
import { whole } from './view.ts';

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

/** PSI's own shortest average is over so many seconds. */
const WINDOW = 10;
/** Of a shorter capture all is taken, but not of less than this. */
const LEAST_SECONDS = 5;

export const pressureRules: readonly Rule[] = RESOURCES.map(({ name, subsystem, limit, why, next }) => ({
  name: `pressure-${name}`,
  subsystem,
  topic: `pressure on ${name} (PSI)`,
  about: `The share of the worst ten seconds of the capture in which at least one thread waited for ${name} (/proc/pressure/${name}, by how much the counter "some total" grew; the highest avg10 where the readings have no times); "full" is the share in which none could work.`,
  tools: ['pressure'],
  thresholds: { limit: { value: limit, unit: '% of the worst ten seconds', why } },
  judge(view, { limit: above = 0 }) {
    const some = worst(view, name, 'some', above);
    if (some === null) return [];
    const full = worst(view, name, 'full', above)?.percent ?? 0;
    const numbers = [{ label: `${name} pressure, ${some.label}`, value: some.percent, unit: '%' }];
    const words = `in the worst ${some.seconds === null ? 'ten' : Math.round(some.seconds)} seconds some thread waited ${significant(some.percent)} % of the time${full === 0 ? '' : `, all of them ${significant(full)} % at most`}`;
    const { source } = some.track;
    const evidence = some.lines.map((line) => ({ source, lines: [line, line] satisfies [number, number] }));
    const verdict: Verdict =
      some.percent < above
        ? ruledOut(`pressure on ${name}: ${words}`, numbers, [whole(some.track)])
        : {
            verdict: 'found',
            severity: full >= above ? 'critical' : 'warning',
            title: `Work waits for ${name}: ${words}`,
            detail: some.detail,
            since: some.since,
            until: some.until,
            numbers,
            evidence,
            next,
          };
    return [verdict];
  },
}));

interface Worst {
  percent: number;
  label: string;
  /** When it was seen first in that time and last; null where the readings tell no times. */
  since: number | null;
  until: number | null;
  /** How long that time is. */
  seconds: number | null;
  detail: string;
  lines: number[];
  track: Track;
}

/** @param above percent of the time between two readings from which work waits */
function worst(view: View, resource: string, share: string, above: number): Worst | null {
  const total = trackOf(view, 'total', resource, share);
  const spans = total === undefined ? [] : spansOf(total);
  if (total === undefined || spans.length === 0) return highestAverage(view, resource, share);
  const { from, to, percent } = spans.reduce((most, span) => (span.percent > most.percent ? span : most));
  const [began, ended] = [total.at[from] as number, total.at[to] as number];
  return {
    percent,
    label: 'worst ten seconds',
    since: growsFrom(total, from, to, above),
    until: ended,
    seconds: ended - began,
    detail: `Counted by the kernel, not sampled: from ${significant(Math.max(0, began))} s to ${significant(ended)} s of the capture.`,
    lines: [total.lines[from] as number, total.lines[to] as number],
    track: total,
  };
}

/** By how much a counter of microseconds grew from each reading to the first that is ten seconds later, in percent of the time. */
function spansOf({ at, values }: Track): { from: number; to: number; percent: number }[] {
  const [first, last] = [timeAt(at, 0), timeAt(at, at.length - 1)];
  if (first === null || last === null || at.some(Number.isNaN) || last - first < LEAST_SECONDS) return [];
  const length = Math.min(WINDOW, last - first);
  return [...at.keys()].flatMap((from) => {
    const to = at.findIndex((time) => (time as number) >= (at[from] as number) + length);
    if (to < 0) return [];
    const seconds = (at[to] as number) - (at[from] as number);
    return [{ from, to, percent: (((values[to] as number) - (values[from] as number)) / seconds) * 1e-4 }];
  });
}

/** The first reading of a stretch by which the counter had grown by so many percent of the time since the one before. */
function growsFrom({ at, values }: Track, from: number, to: number, above: number): number | null {
  for (let i = from + 1; i <= to; i++) {
    const seconds = (at[i] as number) - (at[i - 1] as number);
    if ((values[i] as number) - (values[i - 1] as number) >= above * 1e4 * seconds) return at[i] as number;
  }
  return at[from] as number;
}

/** The highest avg10. A loose copy of one file does not name its resource: it is passed over. */
function highestAverage(view: View, resource: string, share: string): Worst | null {
  const track = trackOf(view, 'avg10', resource, share);
  if (track === undefined) return null;
  const [, percent] = extent(track.values);
  const i = track.values.indexOf(percent);
  return {
    percent,
    label: 'highest some avg10',
    since: timeAt(track.at, i),
    until: timeAt(track.at, i),
    seconds: null,
    detail:
      'An average of the kernel over ten seconds and a little of the time before: of a short capture much of it is earlier.',
    lines: [track.lines[i] as number],
    track,
  };
}

function trackOf(view: View, metric: string, resource: string, share: string): Track | undefined {
  return view
    .tracks(['pressure', 'proc'], metric)
    .find(({ labels, values }) => labels.resource === resource && labels.share === share && values.length > 0);
}

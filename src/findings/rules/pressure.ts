/** Pressure stall information: the share of time that work waited for a resource, as the kernel itself counts it. */

import type { SubjectKind } from '../../datasets/finding.ts';
import type { SignalName } from '../../datasets/signals.ts';
import type { Signals } from '../../signals/index.ts';
import { evidenceOf, spellPast, type Track, timeOf } from '../../signals/track.ts';
import type { Subsystem } from '../../tools/tool.ts';
import { type Basis, trackBasis } from '../basis.ts';
import type { Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import { sumOf } from '../numbers.ts';
import { advise, collect, collectSet, type NextStep } from '../steps.ts';
import { cpuUsers, diskWaiters } from '../who.ts';
import { blockedNow } from './blocked.ts';
import { hasRoom } from './cpu.ts';

interface Resource {
  name: 'cpu' | 'memory' | 'io';
  subsystem: Subsystem;
  resource: SubjectKind;
  limit: number;
  why: string;
  next: NextStep;
}

const RESOURCES: readonly Resource[] = [
  {
    name: 'memory',
    subsystem: 'memory',
    resource: 'memory',
    limit: 10,
    why: 'https://docs.kernel.org/accounting/psi.html; oomd kills at 10% and less',
    next: collectSet('memory'),
  },
  {
    name: 'io',
    subsystem: 'disk',
    resource: 'disk',
    limit: 20,
    why: 'a fifth of the time that some task stands still for storage',
    next: collectSet('disk'),
  },
  {
    name: 'cpu',
    subsystem: 'cpu',
    resource: 'cpu',
    limit: 50,
    why: 'half of the time some task that could run waits; short waits are how a busy host works',
    next: collect('runqlat', 'pidstat', 'perf'),
  },
];

/** PSI's own shortest average is over so many seconds. */
const WINDOW = 10;
/** Of a shorter capture all is taken, but not of less than this. */
const LEAST_SECONDS = 5;

export const pressureRules: readonly Rule[] = RESOURCES.map(({ name, subsystem, resource, limit, why, next }) => {
  const [some, full] = [`system.pressure.${name}.some`, `system.pressure.${name}.full`] as const;
  return rule({
    name: `pressure-${name}`,
    subsystem,
    resource,
    cell: { row: resource, column: 'saturation' },
    about: `The share of the worst ten seconds in which at least one task waited for ${name} (/proc/pressure/${name}, by how much the counter "some total" grew; the highest avg10 where the readings have no times); "full" is the share in which none could work.`,
    asks: [{ signal: some }],
    ...(name === 'cpu' ? { sharesCpus: true as const } : {}),
    thresholds: { limit: { value: limit, unit: '% of the worst ten seconds', why } },
    judge(signals, { limit: level }) {
      return worstBySource(signals, some).map((worst): Test => {
        const all = worstBySource(signals, full).find(({ track }) => track.source === worst.track.source)?.percent ?? 0;
        const spell = spellPast(worst.track, level);
        const isIdle =
          name === 'cpu' &&
          worst.from !== null &&
          worst.to !== null &&
          hasRoom(signals, { from: worst.from, to: worst.to });
        return {
          subject: { kind: 'host', name: '' },
          distance: worst.percent / level,
          // All tasks of a host never wait for a CPU at once.
          severity: name !== 'cpu' && all >= level ? 'critical' : 'warning',
          form: isIdle ? 'idle CPUs' : name,
          measures: [
            { signal: some, stat: 'max', value: worst.percent },
            ...(all >= 0.1 ? [{ signal: full, stat: 'max', value: all } as const] : []),
          ],
          basis: [worst.basis],
          evidence: [evidenceOf(worst.track, worst.places)],
          since: worst.percent < level ? null : (spell?.since ?? worst.from),
          until: worst.percent < level ? null : (spell?.until ?? worst.to),
          who: isIdle ? [] : name === 'cpu' ? cpuUsers(signals) : name === 'io' ? waitingForDisks(signals) : [],
          details: worst.seconds === null ? {} : { seconds: worst.seconds },
          next: isIdle ? [collect('throttled', 'pidstat', 'mpstat'), advise('raise the CPU limit')] : [next],
        };
      });
    },
  });
});

function waitingForDisks(signals: Signals): Who[] {
  const blocked = blockedNow(signals);
  return blocked.length > 0 ? blocked : diskWaiters(signals);
}

interface Worst {
  percent: number;
  track: Track;
  places: Uint32Array;
  basis: Basis;
  from: number | null;
  to: number | null;
  /** How long the worst stretch is; null for an average of the kernel's own. */
  seconds: number | null;
}

/** Of each source the worst ten seconds by its counter; by its averages where that tells too little. */
export function worstBySource(signals: Signals, signal: SignalName, kind: 'host' | 'cgroup' = 'host'): Worst[] {
  const sources = new Map<string, Worst>();
  for (const track of signals.tracks(signal, kind)) {
    const worst = track.over === undefined ? worstStretch(signals, track) : highestAverage(signals, track);
    const key = `${track.source} ${track.subject.name}`;
    const known = sources.get(key);
    if (worst === null || (known !== undefined && known.seconds !== null && worst.seconds === null)) continue;
    if (known === undefined || known.seconds === null) sources.set(key, worst);
    else if (worst.percent > known.percent) sources.set(key, worst);
  }
  return [...sources.values()];
}

/** The mean over every ten seconds, and the highest of them. */
function worstStretch(signals: Signals, track: Track): Worst | null {
  const { values } = track;
  const seconds = track.seconds.map((each) => (Number.isNaN(each) ? 0 : each));
  const length = sumOf(seconds);
  if (length < LEAST_SECONDS - 0.5) return null;
  const wanted = Math.min(WINDOW, length) - 1e-6;
  let worst: Worst | null = null;
  for (const from of values.keys()) {
    let [covered, stalled, to] = [0, 0, from];
    for (; to < values.length && covered < wanted; to++) {
      covered += seconds[to] as number;
      stalled += (values[to] as number) * (seconds[to] as number);
    }
    if (covered < wanted) break;
    // On a host that is short of CPUs the clock is read a while before the counter.
    const percent = Math.min(100, stalled / covered);
    if (worst !== null && percent <= worst.percent) continue;
    const began = timeOf(track, from);
    worst = {
      percent,
      track,
      places: Uint32Array.of(from, to - 1),
      basis: trackBasis(signals, track),
      from: began === null ? null : began - (seconds[from] as number),
      to: timeOf(track, to - 1),
      seconds: covered,
    };
  }
  return worst;
}

/** The highest avg10: of a short capture much of it is earlier. */
function highestAverage(signals: Signals, track: Track): Worst {
  const percent = track.values.reduce((most, value) => Math.max(most, value), 0);
  const place = track.values.indexOf(percent);
  const at = timeOf(track, place);
  return {
    percent,
    track,
    places: Uint32Array.of(place),
    basis: trackBasis(signals, track),
    from: at,
    to: at,
    seconds: null,
  };
}

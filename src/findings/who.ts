/** Who uses a resource, and who waits for it: from whatever tells, process tables first, then profiles. */
import { rowsWhere } from '../datasets/columns.ts';
import { togetherAt } from '../datasets/levels.ts';
import type { Range } from '../datasets/narrow.ts';
import { meaningOf, type SignalName } from '../datasets/signals.ts';
import type { Signals } from '../signals/index.ts';
import { weightByProcess } from '../signals/profiles.ts';
import { isOfWholeHost } from '../signals/sources.ts';
import { evidenceOf, lengthOf, maxOf, meanOf, pick, secondsOf, type Track, timeOf } from '../signals/track.ts';
import type { Part, Who } from './facts.ts';
import { sumOf } from './numbers.ts';

/** A program: all processes of one name, by what one table says of them. */
export interface Program {
  name: string;
  tracks: readonly Track[];
  /** The mean over the time asked for, all its processes together. */
  mean: number;
  /** Of the first of its tracks. */
  source: number;
  /** How many processes, where they are not those of the tracks: children that are charged to the shell that started them. */
  children?: number;
}

/**
 * The programs by a signal of processes, most first, of the table that covers most of the time asked for. The capture's own
 * tools are left out.
 */
export function programsBy(signals: Signals, signal: SignalName, during: Range | null = null): Program[] {
  const tables = new Map<number, Track[]>();
  for (const track of signals.tracks(signal, 'process')) {
    const within = duringOf(track, during);
    if (within.values.length === 0) continue;
    tables.set(track.dataset, [...(tables.get(track.dataset) ?? []), within]);
  }
  const best = [...tables.values()].sort(
    (a, b) => coverOf(b) - coverOf(a) || (a[0]?.dataset ?? 0) - (b[0]?.dataset ?? 0),
  )[0];
  return best === undefined ? [] : programsIn(signals, best);
}

/** The programs of one table, most first. */
export function programsIn(signals: Signals, tracks: readonly Track[]): Program[] {
  const byName = new Map<string, Track[]>();
  for (const track of tracks) {
    const { name, pid = null } = track.subject;
    if (signals.observer.isOwn(name, pid)) continue;
    byName.set(name, [...(byName.get(name) ?? []), track]);
  }
  return [...byName]
    .map(([name, own]) => ({ name, tracks: own, mean: meanTogether(own), source: own[0]?.source ?? 0 }))
    .sort((a, b) => b.mean - a.mean || (a.name < b.name ? -1 : 1));
}

/** Of activity the sum: it is 0 where a process did nothing. Of a level what all held at one time: they may have run in turn. */
function meanTogether(tracks: readonly Track[]): number {
  const isLevel = tracks.every(({ signal, at }) => meaningOf(signal).kind === 'gauge' && !at.some(Number.isNaN));
  if (!isLevel) return sumOf(tracks.map(meanOf));
  const { values } = togetherAt(tracks);
  return sumOf(values) / values.length;
}

/** By how much of the time is told, and by how finely. */
function coverOf(tracks: readonly Track[]): number {
  const [longest] = [...tracks].sort((a, b) => lengthOf(b) - lengthOf(a));
  return longest === undefined ? 0 : lengthOf(longest) + longest.values.length * 1e-3;
}

/** What of a track lies in a range; all of it where none is given. */
export function duringOf(track: Track, range: Range | null): Track {
  if (range === null) return track;
  const { from, to } = range;
  return pick(
    track,
    rowsWhere(track.values.length, (i) => {
      const at = timeOf(track, i);
      return at === null || (at > from && at - (secondsOf(track, i) ?? 0) < to);
    }),
  );
}

/** The program as somebody with a part in a finding. */
export function whoOf({ name, tracks, mean, children }: Program, signal: SignalName, whole: number | null): Who {
  const [only] = tracks;
  return {
    role: 'user',
    name,
    pid: children === undefined && tracks.length === 1 ? (only?.subject.pid ?? null) : null,
    processes: children ?? tracks.length,
    quantity: { signal, stat: 'mean', value: mean },
    ...(whole === null || whole <= 0 ? {} : { share: mean / whole }),
    evidence: heaviest(tracks).map((track) => evidenceOf(track)),
  };
}

function heaviest(tracks: readonly Track[]): Track[] {
  return [...tracks].sort((a, b) => maxOf(b) - maxOf(a)).slice(0, 1);
}

/** Programs with less than this of the CPUs have no part in what is wrong with them. */
const LEAST_SHARE = 0.1;
export const MOST_NAMED = 3;

/**
 * Who uses the CPUs, heaviest first: by pidstat or top, else by the samples of a CPU profile.
 *
 * @param during seconds on the capture's axis
 */
export function cpuUsers(signals: Signals, during: Range | null = null): Who[] {
  const { cpus } = signals;
  const told = programsBy(signals, 'process.cpu.utilization', during)
    .map((program) => whoOf(program, 'process.cpu.utilization', cpus === null ? null : cpus * 100))
    .filter(({ share, quantity }) => (share ?? (quantity?.value ?? 0) / 100) >= LEAST_SHARE);
  return (told.length > 0 ? told : sampledUsers(signals)).slice(0, MOST_NAMED);
}

/** The same as candidates: who was busy meanwhile, which proves nothing. */
export function cpuCandidates(signals: Signals, during: Range | null): Part[] {
  return cpuUsers(signals, during).map(
    ({ name, share }): Part => ({ kind: 'program', name, ...(share === undefined ? {} : { share }) }),
  );
}

/** Percent of the time from which on a program that waits for a disk is hurt by it. */
const MUCH_WAITED = 50;

/** The programs that wait for a disk most of the time, as pidstat -d tells (iodelay); threads of the kernel wait for others. */
export function diskWaiters(signals: Signals, during: Range | null = null): Who[] {
  return programsBy(signals, 'process.disk.wait', during)
    .filter(({ name, mean }) => mean >= MUCH_WAITED && !isKernelWorker(name))
    .slice(0, 2)
    .map((program) => ({ ...whoOf(program, 'process.disk.wait', null), role: 'victim' }));
}

/** A share of so many samples is right within 7 points, 19 times of 20; of fewer it names anybody. */
const LEAST_SAMPLES = 200;

/** Whose samples a CPU profile of the whole host has, as shares of all; nobody's where they are few. */
function sampledUsers(signals: Signals): Who[] {
  const [profile] = signals.profiles('cpu time');
  if (profile === undefined || profile.stacks.profile.sampleCount < LEAST_SAMPLES) return [];
  const source = signals.source(profile.source);
  const { of, total } = weightByProcess(profile.stacks.profile);
  // Of a file that nobody speaks for, one process may be all that was asked for (perf record -p).
  if (!isOfWholeHost(signals.capture, source) || (source.run === null && of.size === 1)) return [];
  return [...of]
    .filter(([name]) => !IDLE.test(name) && !signals.observer.isOwn(name, null))
    .map(([name, weight]): Who => {
      const share = weight / total;
      const quantity = { signal: 'profile.samples', stat: 'share', value: 100 * share } as const;
      return { role: 'user', name, pid: null, processes: 1, share, quantity };
    })
    .filter(({ share = 0 }) => share >= LEAST_SHARE)
    .sort((a, b) => (b.share ?? 0) - (a.share ?? 0) || (a.name < b.name ? -1 : 1));
}

// swapper, swapper/0
export const IDLE = /^swapper(?:\/\d+)?$/;

// kworker/1:2H        jbd2/vda1-8        kswapd0        loop0        [kworker/u8:1-flush-254:0], as ps and iotop print it
const WORKS_FOR_OTHERS = /^\[?(?:kworker\/|jbd2\/|kswapd\d|loop\d+\]?$|xfsaild\/|md\d+_|flush-|dm_|dmcrypt_)/;

/** Threads of the kernel submit what others asked for. */
export function isKernelWorker(name: string): boolean {
  return WORKS_FOR_OTHERS.test(name);
}

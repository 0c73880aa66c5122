/** Memory: what does not fit any more, what grows, and who waits for it. */
import { rowsWhere } from '../../datasets/columns.ts';
import type { Severity, Subject } from '../../datasets/finding.ts';
import { groupsOf } from '../../datasets/groups.ts';
import { meaningOf } from '../../datasets/signals.ts';
import { evidenceOfRows } from '../../signals/events.ts';
import type { Signals } from '../../signals/index.ts';
import { lookOf } from '../../signals/sources.ts';
import {
  combined,
  evidenceOf,
  lastTimeOf,
  lengthOf,
  maxOf,
  meanOf,
  minOf,
  type Spell,
  spellPast,
  type Track,
  timeOf,
} from '../../signals/track.ts';
import { type Basis, countBasis, tableBasis, trackBasis } from '../basis.ts';
import { digits } from '../command.ts';
import type { Part, Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import { any, sumOf, towardsLess } from '../numbers.ts';
import { advise, collect, collectSet } from '../steps.ts';
import { programsBy, whoOf } from '../who.ts';
import { grownBy, type Lasting, lasting, lengthDetails, meanToSay, seenDuring } from './series.ts';
import { LEAST_ROWS, partsOf, slowEvents, timesOf } from './slow-events.ts';

const MEMORY: Subject = { kind: 'memory', name: '' };

/** So many times the least rate, and programs do little else than wait for it. */
const STANDSTILL = 4;

const swapping = rule({
  name: 'swapping',
  subsystem: 'memory',
  resource: 'memory',
  cell: { row: 'memory', column: 'saturation' },
  about:
    'Pages are moved between memory and disk through much of the window: the working set does not fit. Swap that is used but quiet is no problem, and is not reported.',
  asks: [{ signal: 'system.paging.operations.in' }, { signal: 'system.paging.operations.out' }],
  thresholds: {
    rate: { value: 25, unit: 'pages a second in or out', why: '100 KiB/s: less is the kernel tidying up' },
    share: { value: 0.3, unit: 'of the time', why: 'swapping comes in bursts; a third of the window is no accident' },
    seconds: { value: 10, unit: 's in all', why: 'ten seconds of it are ten seconds of standing still' },
    heavy: { value: 1000, unit: 'pages a second in or out', why: '4 MB/s: programs do little else than wait for it' },
    burst: { value: 3, unit: 's of that', why: 'as for disk-saturated: whoever waits through them notices' },
  },
  judge(signals, { rate, share, seconds, heavy, burst }) {
    const [ins, outs] = ['system.paging.operations.in', 'system.paging.operations.out'].map((name) =>
      groupsOf(signals.tracks(name as 'system.paging.operations.in'), ({ dataset }) => dataset),
    ) as [Map<number, Track[]>, Map<number, Track[]>];
    return [...new Set([...ins.keys(), ...outs.keys()])].map((dataset): Test => {
      const tracks = [ins.get(dataset)?.[0], outs.get(dataset)?.[0]].filter((track) => track !== undefined);
      const [first] = tracks as [Track];
      const both = combined(first.signal, tracks, sumOf) ?? first;
      const total = sumOf(tracks.map(meanOf));
      const each = tracks.map((track) => lasting(track, { level: rate, share, burst: seconds }));
      const { spell } = lasting(both, { level: rate, share });
      const bursts = tracks.map((track) => lasting(track, { level: heavy, share: 1, burst }).distance);
      const distance = any(...each.map((held) => held.distance), ...bursts);
      return {
        subject: MEMORY,
        distance,
        severity: total >= STANDSTILL * rate ? 'critical' : 'warning',
        measures: tracks.map(({ signal }, i) => ({
          signal,
          stat: 'mean',
          value: meanToSay({ ...(each[i] as Lasting), distance }),
          ...(first.isRelative ? { upTo: Number.POSITIVE_INFINITY } : {}),
        })),
        basis: tracks.map((track) => trackBasis(signals, track)),
        evidence: [evidenceOf(both, spell?.hits)],
        since: spell?.since ?? null,
        until: spell?.until ?? null,
        who: memoryUsers(signals),
        details: { ...lengthDetails(both, spell) },
        next: [collect('free', 'top', 'swapin', 'memleak')],
      };
    });
  },
});

/** The programs that hold most memory: a share of all where its size is known. */
function memoryUsers(signals: Signals): Who[] {
  return programsBy(signals, 'process.memory.usage')
    .filter(({ mean }) => mean >= (signals.memory ?? 0) * 0.1)
    .slice(0, 3)
    .map((program) => whoOf(program, 'process.memory.usage', signals.memory));
}

const available = rule({
  name: 'memory-available',
  subsystem: 'memory',
  resource: 'memory',
  cell: { row: 'memory', column: 'utilization' },
  about:
    'What the kernel could still hand out without swapping (MemAvailable; free prints it, sar as kbavail, top as avail Mem). Low free memory alone means nothing: the page cache uses it and gives it back. Free memory and caches together are more than what is available: little of them finds, much of them clears nothing.',
  asks: [{ signal: 'system.linux.memory.available' }],
  thresholds: {
    low: {
      value: 0.05,
      unit: 'of the total',
      why: 'reclaim begins to stall allocations near the watermarks, a few percent above none',
    },
  },
  judge(signals, { low }) {
    const limits = groupsOf(signals.tracks('system.memory.limit'), ({ dataset }) => dataset);
    return signals.tracks('system.linux.memory.available').flatMap((track): Test[] => {
      const total = limits.get(track.dataset)?.[0]?.values.at(-1) ?? (track.isRelative ? null : signals.memory);
      if (total === null || total <= 0) return [];
      const least = minOf(track);
      const share = least / total;
      const below = rowsWhere(track.values.length, (i) => (track.values[i] as number) < low * total);
      return [
        {
          subject: MEMORY,
          distance: towardsLess(share, low),
          severity: share < low / 5 ? 'critical' : 'warning',
          measures: [
            { signal: 'system.linux.memory.available', stat: 'share', value: 100 * share },
            ...(track.isRelative
              ? []
              : [{ signal: 'system.linux.memory.available', stat: 'min', value: least } as const]),
          ],
          basis: [trackBasis(signals, track)],
          evidence: [evidenceOf(track, share < low ? below : undefined)],
          since: share < low ? timeOf(track, below[0] ?? 0) : null,
          until: share < low ? timeOf(track, below.at(-1) ?? 0) : null,
          who: memoryUsers(signals),
          ...(track.isBound ? { unclear: { kind: 'estimate' } satisfies Reason } : {}),
          next: [collectSet('memory')],
        },
      ];
    });
  },
});

/** From its onset to the last reading, where it only grows or nearly so. */
interface Growth {
  /** Bytes a second. */
  rate: number;
  total: number;
  seconds: number;
  since: number;
}

/** A track that has gone less of the way than this has not begun to grow. */
const BEGUN = 0.05;

/** Null for a track that stays, comes and goes, or is too short. */
function growthOf(track: Track, sign: 1 | -1): Growth | null {
  const { values } = track;
  const [start, last] = [values[0], values.at(-1)];
  if (start === undefined || last === undefined || values.length < FEWEST_READINGS) return null;
  const whole = (last - start) * sign;
  // The last reading before it is on its way for good.
  const onset = values.findLastIndex((value) => (value - start) * sign <= BEGUN * whole);
  const grown = values.subarray(Math.max(0, Math.min(onset, values.length - FEWEST_READINGS)));
  const first = grown[0] as number;
  const [from, to] = [timeOf(track, values.length - grown.length), lastTimeOf(track)];
  if (from === null || to === null || to <= from) return null;
  const total = (last - first) * sign;
  const back = sumOf(grown.slice(1).map((value, i) => Math.max(0, -(value - (grown[i] as number)) * sign)));
  const [half = first] = values.subarray(values.length >> 1);
  // A program that starts grows, and then no more.
  const lately = (last - half) * sign;
  return total > 0 && back <= total / 4 && lately >= total / 4
    ? { rate: total / (to - from), total, seconds: to - from, since: from }
    : null;
}

const FEWEST_READINGS = 3;

const processGrowth = rule({
  name: 'process-growth',
  subsystem: 'memory',
  resource: 'memory',
  about:
    'A process whose resident memory grows through the whole window and would use up what is left of the host in minutes. Growth that stops is a cache that fills; a short window cannot tell it from a leak.',
  asks: [{ signal: 'process.memory.usage' }],
  thresholds: {
    minutes: {
      value: 30,
      unit: 'minutes until memory is used up',
      why: 'less time than it takes to find and roll back a release',
    },
    rate: {
      value: 1_048_576,
      unit: 'bytes a second',
      why: 'slower growth is a matter for monitoring, not for an incident',
    },
    lived: { value: 0.75, unit: 'of the window, that it was there', why: 'every program grows when it starts' },
  },
  judge(signals, { minutes, rate, lived }) {
    const left = leastAvailable(signals);
    const tables = groupsOf(signals.tracks('process.memory.usage', 'process'), ({ dataset }) => dataset);
    return [...tables.values()].flatMap((tracks): Test[] => {
      const own = tracks.filter(({ subject }) => !signals.observer.isOwn(subject.name, subject.pid ?? null));
      const length = own.reduce((most, track) => Math.max(most, lengthOf(track)), 0);
      const growing = own
        // What started in the window grows as every program does that starts.
        .filter((track) => lengthOf(track) >= lived * length)
        .map((track) => ({ track, growth: growthOf(track, 1) }))
        .filter((each): each is { track: Track; growth: Growth } => each.growth !== null)
        .sort((a, b) => b.growth.rate - a.growth.rate);
      const longest = own.reduce<Track | null>(
        (most, track) => (most === null || track.values.length > most.values.length ? track : most),
        null,
      );
      if (longest === null) return [];
      const [worst] = growing;
      const basis = [trackBasis(signals, longest)];
      if (worst === undefined)
        return [
          {
            subject: MEMORY,
            distance: longest.values.length < FEWEST_READINGS ? Number.NaN : 0,
            severity: 'notice',
            measures: [],
            basis,
            evidence: [evidenceOf(longest)],
            ...(longest.values.length < FEWEST_READINGS ? { unclear: tooFew(longest.values.length) } : {}),
          },
        ];
      const until = left === null ? null : left / worst.growth.rate;
      const soon = until === null ? worst.growth.rate / (8 * rate) : (minutes * 60) / until;
      const { subject } = worst.track;
      return [
        {
          subject,
          distance: Math.min(soon, worst.growth.rate / rate),
          severity: severityOfGrowth(until),
          measures: [
            { signal: 'process.memory.usage', stat: 'rate', value: worst.growth.rate },
            { signal: 'process.memory.usage', stat: 'last', value: worst.track.values.at(-1) ?? 0 },
          ],
          basis,
          evidence: [evidenceOf(worst.track)],
          since: worst.growth.since,
          until: lastTimeOf(worst.track),
          who: [{ role: 'user', name: subject.name, pid: subject.pid ?? null, processes: 1 }],
          details: { seconds: worst.growth.seconds, ...(until === null ? {} : { limit: until }) },
          next: [advise('find the leak'), collectSet('memory', digits(subject.pid ?? null))],
        },
      ];
    });
  },
});

function severityOfGrowth(secondsLeft: number | null): Severity {
  return secondsLeft !== null && secondsLeft <= 600 ? 'warning' : 'notice';
}

/** What was left at the last reading of whoever tells it. */
function leastAvailable(signals: Signals): number | null {
  const lasts = signals
    .tracks('system.linux.memory.available')
    .filter(({ isRelative }) => isRelative !== true)
    .map(({ values }) => values.at(-1) as number);
  return lasts.length === 0 ? null : lasts.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
}

const memoryGrowth = rule({
  name: 'memory-growth',
  subsystem: 'memory',
  resource: 'memory',
  about: 'Memory of the host that is used up through the whole window, so that none would be left in minutes.',
  asks: [{ signal: 'system.linux.memory.available' }],
  thresholds: {
    minutes: { value: 30, unit: 'minutes until none is left', why: 'as for process-growth' },
    share: {
      value: 0.02,
      unit: 'of all memory, in the window',
      why: 'less comes and goes with every program that starts',
    },
  },
  judge(signals, { minutes, share }) {
    return signals.tracks('system.linux.memory.available').flatMap((track): Test[] => {
      if (track.isRelative || signals.memory === null || track.values.length < FEWEST_READINGS) return [];
      const growth = growthOf(track, -1);
      const left = growth === null ? Number.POSITIVE_INFINITY : (track.values.at(-1) as number) / growth.rate;
      const used = (growth?.total ?? 0) / signals.memory;
      return [
        {
          subject: MEMORY,
          distance: Math.min((minutes * 60) / left, used / share),
          severity: severityOfGrowth(left),
          measures: [{ signal: 'system.linux.memory.available', stat: 'rate', value: growth?.rate ?? 0 }],
          basis: [trackBasis(signals, track)],
          evidence: [evidenceOf(track)],
          since: growth?.since ?? timeOf(track, 0),
          until: lastTimeOf(track),
          who: memoryUsers(signals),
          parts: growing(signals, growth?.rate ?? 0),
          details: { seconds: growth?.seconds ?? lengthOf(track), ...(Number.isFinite(left) ? { limit: left } : {}) },
          ...(track.isBound ? { unclear: { kind: 'estimate' } satisfies Reason } : {}),
          next: [collect('top', 'pidstat', 'meminfo'), advise('find the leak')],
        },
      ];
    });
  },
});

/** What of the memory that no process holds grew by half of it or more: no process list shows it. */
function growing(signals: Signals, rate: number): Part[] {
  const kinds = ['system.memory.usage.slab_unreclaimable', 'system.memory.usage.shared'] as const;
  return kinds.flatMap((signal) =>
    signals
      .tracks(signal)
      .flatMap((track) => growthOf(track, 1) ?? [])
      .filter((growth) => growth.rate >= rate / 2)
      .slice(0, 1)
      .map((): Part => ({ kind: 'kind', name: meaningOf(signal).label })),
  );
}

const directReclaim = rule({
  name: 'direct-reclaim',
  subsystem: 'memory',
  resource: 'memory',
  cell: { row: 'memory', column: 'saturation' },
  about:
    'Programs that had to free memory themselves before they got some: kswapd does not keep up, or a control group is at its limit. drsnoop times each; sar counts the pages that were scanned for it.',
  asks: [{ events: 'direct reclaim' }, { signal: 'system.paging.scan.direct' }],
  thresholds: {
    rate: { value: 10, unit: 'reclaims a second', why: 'single ones happen when large files are read' },
    slow: { value: 1000, unit: 'us', why: 'shorter ones cost less than a disk access' },
    least: LEAST_ROWS,
    scanned: {
      value: 1000,
      unit: 'pages a second, scanned by programs',
      why: '4 MB/s: kswapd works ahead of anything less',
    },
    share: { value: 0.3, unit: 'of the time', why: 'as for swapping' },
  },
  judge(signals, { rate, slow, least, scanned, share }) {
    const timed = signals.events('direct reclaim').map(
      (table): Test => ({
        ...slowEvents(signals, table, {
          signal: 'process.reclaim.duration',
          subject: MEMORY,
          rate,
          slow,
          least,
          next: [collect('free', 'vmstat', 'top', 'pressure')],
        }),
        form: 'timed',
      }),
    );
    const counted = signals.tracks('system.paging.scan.direct').map((track): Test => {
      const { distance, spell, mean } = lasting(track, { level: scanned, share });
      return {
        subject: MEMORY,
        distance,
        severity: 'warning',
        form: 'counted',
        measures: [{ signal: 'system.paging.scan.direct', stat: 'mean', value: mean }],
        ...seenDuring(signals, track, spell),
        who: memoryUsers(signals),
        next: [collect('free', 'top', 'pressure')],
      };
    });
    return [...timed, ...counted];
  },
});

const swappedIn = rule({
  name: 'swapped-in',
  subsystem: 'memory',
  resource: 'memory',
  about: 'Which programs wait for their own memory to come back from disk (swapin).',
  closer: true,
  asks: [{ signal: 'process.paging.swapped_in' }],
  thresholds: {
    rate: { value: 25, unit: 'pages a second', why: 'as for swapping: 100 KiB/s; each is a disk access' },
  },
  judge: (signals, { rate }) =>
    signals.counts('process.paging.swapped_in').flatMap((table): Test[] => {
      const look = lookOf(signals.capture, signals.source(table.source));
      const seconds = look === null ? null : look.to - look.from;
      const total = sumOf(table.rows.map(({ value }) => value));
      const byName = groupsOf(table.rows, ({ key }) => key.join(' '));
      const programs = [...byName].map(([name, rows]) => ({ name, pages: sumOf(rows.map(({ value }) => value)) }));
      programs.sort((a, b) => b.pages - a.pages || (a.name < b.name ? -1 : 1));
      const lines = table.rows.slice(0, 20).map(({ line }) => line);
      return [
        {
          subject: MEMORY,
          distance: seconds === null ? Number.NaN : total / seconds / rate,
          severity: 'warning',
          measures: [
            {
              signal: 'process.paging.swapped_in',
              stat: 'rate',
              value: seconds === null ? Number.NaN : total / seconds,
            },
          ],
          basis: [countBasis(signals, table)],
          evidence: evidenceOfLines(table, lines),
          since: table.rows[0]?.at ?? null,
          until: table.rows.at(-1)?.at ?? null,
          who: programs
            .slice(0, 3)
            .map(({ name, pages }): Who => ({ role: 'victim', name, pid: null, processes: 1, share: pages / total })),
          ...(seconds === null ? { unclear: { kind: 'no interval' } satisfies Reason } : {}),
          next: [collect('vmstat', 'free', 'top')],
        },
      ];
    }),
});

export function evidenceOfLines(
  { source, dataset }: { source: number; dataset: number },
  lines: readonly number[],
): Test['evidence'] {
  if (lines.length === 0) return [{ source, lines: null, drawn: { dataset } }];
  return lines.map((line) => ({ source, lines: [line, line], drawn: { dataset } }));
}

const majorFaults = rule({
  name: 'major-faults',
  subsystem: 'memory',
  resource: 'memory',
  about:
    'Page faults that read from disk: programs whose code or mapped files were dropped from memory and are read again, over and over. It is how a host thrashes that has no swap.',
  asks: [{ signal: 'system.paging.faults.major' }, { signal: 'process.paging.faults.major' }],
  thresholds: {
    rate: {
      value: 200,
      unit: 'major faults a second',
      why: 'each is a disk read that a program waits for; a start-up takes some hundreds in all',
    },
    share: { value: 0.3, unit: 'of the time', why: 'as for swapping' },
  },
  judge(signals, { rate, share }) {
    const ofHost = signals.tracks('system.paging.faults.major');
    const tables = groupsOf(signals.tracks('process.paging.faults.major', 'process'), ({ dataset }) => dataset);
    const ofProcesses = [...tables.values()].flatMap((tracks) =>
      [...tracks].sort((a, b) => meanOf(b) - meanOf(a)).slice(0, 1),
    );
    return [...ofHost, ...ofProcesses].map((track): Test => {
      const { distance, spell, mean } = lasting(track, { level: rate, share });
      return {
        subject: MEMORY,
        distance,
        severity: 'warning',
        measures: [
          { signal: track.signal, stat: 'mean', value: mean },
          { signal: track.signal, stat: 'max', value: maxOf(track) },
        ],
        ...seenDuring(signals, track, spell),
        who: programsBy(signals, 'process.paging.faults.major')
          .filter((program) => program.mean >= 10)
          .slice(0, 3)
          .map((program) => whoOf(program, 'process.paging.faults.major', null)),
        next: [collect('free', 'cachestat', 'biosnoop')],
      };
    });
  },
});

const refaults = rule({
  name: 'refaults',
  subsystem: 'memory',
  resource: 'memory',
  about:
    'Pages that were evicted and read again soon after (workingset_refault of /proc/vmstat): the files and heaps in use are larger than the memory left for them, and the host reads the same pages over and over. Each is a disk read that somebody waits for.',
  closer: true,
  asks: [{ signal: 'system.paging.refaults' }],
  thresholds: {
    rate: {
      value: 1000,
      unit: 'pages a second',
      why: '4 MB/s read a second time; a cache that fits has none, one that is warming has some for seconds',
    },
    share: { value: 0.3, unit: 'of the time', why: 'as for swapping' },
  },
  judge: (signals, { rate, share }) =>
    signals.tracks('system.paging.refaults').map((track): Test => {
      const held = lasting(track, { level: rate, share });
      const { distance, spell } = held;
      return {
        subject: MEMORY,
        distance,
        severity: meanToSay(held) >= MANY_REFAULTS * rate ? 'warning' : 'notice',
        measures: [{ signal: 'system.paging.refaults', stat: 'mean', value: meanToSay(held) }],
        ...seenDuring(signals, track, spell),
        who: memoryUsers(signals),
        details: lengthDetails(track, spell),
        next: [collect('cachestat', 'biosnoop', 'pressure')],
      };
    }),
});

/** So many times the threshold, and a disk does little else: 40 MB/s. */
const MANY_REFAULTS = 10;

const oomEvents = rule({
  name: 'oom-kill-events',
  subsystem: 'memory',
  resource: 'memory',
  cell: { row: 'memory', column: 'errors' },
  about:
    'Kills for lack of memory while the capture ran: as oomkill saw them, with who asked for the memory, and as /proc/vmstat and memory.events of control groups count them. A kill at the limit of a group may leave nothing in the log of its host that a container can read.',
  asks: [{ events: 'OOM kill' }, { signal: 'system.memory.oom_kills' }, { signal: 'cgroup.memory.oom_kills' }],
  thresholds: { least: { value: 1, unit: 'kill', why: 'each is work that was lost' } },
  judge(signals, { least }) {
    const traced = signals.events('OOM kill').map((table): Test => {
      const rows = Array.from({ length: table.count }, (_, row) => row);
      const basis: Basis[] = [tableBasis(signals, table)];
      const victims = partsOf(table, rows, 'victim', 'kind');
      return {
        subject: MEMORY,
        distance: rows.length / least,
        severity: 'critical',
        measures: [{ signal: 'process.killed', stat: 'count', value: rows.length }],
        basis,
        evidence: evidenceOfRows(table, rows),
        ...timesOf(table, rows),
        who: victims.map(
          ({ name, share = 0 }): Who => ({
            role: 'victim',
            name,
            pid: null,
            processes: Math.max(1, Math.round(share * rows.length)),
            share,
          }),
        ),
        parts: partsOf(table, rows, 'requester', 'caller'),
        details: { count: rows.length },
        next: [collect('dmesg', 'free', 'top')],
      };
    });
    const groups = innermost(signals);
    const ofGroups = sumOf(groups.map((track) => Math.round(grownBy(track))));
    // Kills that groups tell of are not told again of the host.
    const ofHost = signals
      .tracks('system.memory.oom_kills')
      .filter((track) => ofGroups === 0 || Math.round(grownBy(track)) > ofGroups);
    const counted = [...ofHost, ...groups].map((track): Test => {
      // What a counter grew by between two readings is whole but for the rounding of times.
      const count = Math.round(grownBy(track));
      const isGroup = track.subject.kind === 'cgroup';
      const spell = spellPast(track, Number.MIN_VALUE);
      return {
        subject: isGroup ? track.subject : MEMORY,
        distance: count / least,
        severity: 'critical',
        form: isGroup ? 'group' : 'host',
        measures: [{ signal: 'process.killed', stat: 'count', value: count }],
        ...seenDuring(signals, track, spell),
        parts: count === 0 ? [] : goneDuring(signals, spell),
        details: { count },
        next: [...(isGroup ? [advise('raise the memory limit')] : []), collect('dmesg', 'oomkill', 'top')],
      };
    });
    return [...traced, ...counted];
  },
});

/** Less than this nobody kills for. */
const LEAST_KILLED = 8 * 2 ** 20;
/** Seconds between the last look at a process and the count of its kill. */
const LOOKS = 3;

/** The processes that a list of processes shows until about then and not after, largest first: who was killed, most likely. */
function goneDuring(signals: Signals, spell: Spell | null): Part[] {
  const { since = null, until = null } = spell ?? {};
  if (since === null || until === null) return [];
  const tracks = signals.tracks('process.memory.usage', 'process');
  const ends = new Map<number, number>();
  for (const track of tracks) ends.set(track.dataset, Math.max(ends.get(track.dataset) ?? 0, lastTimeOf(track) ?? 0));
  return tracks
    .filter((track) => {
      const last = lastTimeOf(track);
      const isGone = last !== null && last < (ends.get(track.dataset) ?? 0);
      return isGone && last > since - LOOKS && last <= until && (track.values.at(-1) ?? 0) >= LEAST_KILLED;
    })
    .sort((a, b) => (b.values.at(-1) ?? 0) - (a.values.at(-1) ?? 0))
    .slice(0, 3)
    .map(({ subject: { name, pid } }): Part => ({ kind: 'program', name: `${name} (PID ${pid})` }));
}

/** The counters of control groups; a group counts what was killed in those below it, so the one farthest down tells. */
function innermost(signals: Signals): Track[] {
  const tracks = signals.tracks('cgroup.memory.oom_kills');
  const killed = tracks.filter((track) => grownBy(track) > 0);
  return tracks.filter(
    ({ subject }) => subject.name === '' || !killed.some((other) => other.subject.name.startsWith(`${subject.name}/`)),
  );
}

function tooFew(count: number): Reason {
  return { kind: 'too few', count, least: FEWEST_READINGS, of: 'reading' };
}

export const memoryRules: readonly Rule[] = [
  swapping,
  available,
  memoryGrowth,
  processGrowth,
  directReclaim,
  swappedIn,
  majorFaults,
  refaults,
  oomEvents,
];

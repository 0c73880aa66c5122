/** Disks: saturation by queue, utilization and latency together, never by utilization alone; latency; who writes. */
import type { Evidence, Subject } from '../../datasets/finding.ts';
import { addTo, groupsOf } from '../../datasets/groups.ts';
import type { Range } from '../../datasets/narrow.ts';
import { bucketTotal } from '../../datasets/percentiles.ts';
import type { SignalName } from '../../datasets/signals.ts';
import { type EventTable, evidenceOfRows } from '../../signals/events.ts';
import type { Distribution, Signals } from '../../signals/index.ts';
import { runOf } from '../../signals/sources.ts';
import {
  combined,
  evidenceOf,
  evidenceOfWhole,
  finderIn,
  lengthOf,
  levelHeldFor,
  meanOf,
  pick,
  spellPast,
  type Track,
} from '../../signals/track.ts';
import { type Basis, distributionBasis, tableBasis, trackBasis } from '../basis.ts';
import { hillsOf, percentileRange, usecsPer } from '../distribution.ts';
import type { Hill, Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import { any, percentile, sumOf } from '../numbers.ts';
import { isShell, ranByShells, withoutShells } from '../shells.ts';
import { advise, collect } from '../steps.ts';
import { isKernelWorker, programsIn, whoOf } from '../who.ts';
import { during } from './cpu.ts';
import { type DiskUsers, diskNames, diskUsers, requestsByDisk } from './disk-users.ts';
import { victimsOf } from './off-cpu.ts';
import { periodOf } from './period.ts';
import { HALF_THE_WINDOW, lasting, lengthDetails, meanToSay } from './series.ts';

const saturated = rule({
  name: 'disk-saturated',
  subsystem: 'disk',
  resource: 'disk',
  cell: { row: 'disk', column: 'saturation' },
  about:
    'A disk that is busy nearly all the time, with a queue, and with latency above what the device gives at rest. Utilization alone proves nothing for devices that serve many requests at once: all three must agree. A burst counts by its seconds.',
  asks: [{ signal: 'system.disk.io_time' }],
  thresholds: {
    util: {
      value: 80,
      unit: '% busy',
      why: 'iostat(1): near 100% is saturation for devices that serve one request at a time; 80% leaves room for averaging',
    },
    queue: { value: 1, unit: 'request', why: 'more than one request in the queue on average is waiting' },
    await: { value: 10, unit: 'ms', why: 'above a disk seek; flash answers within 1 ms' },
    share: { value: 0.5, unit: 'of the time', why: 'a condition of half the window is no burst' },
    seconds: {
      value: 3,
      unit: 's in all',
      why: 'whoever waits for a disk through three reports of a second waits for seconds, however calm the rest was',
    },
  },
  judge(signals, { util, queue, await: slow, share, seconds }) {
    const busy = signals.tracks('system.disk.io_time');
    if (busy.length === 0) return idleDisks(signals);
    return busy.map((track): Test => {
      const device = deviceOf(signals, track);
      // How far each report is, by the condition that is furthest from being met.
      const badness = combined(track.signal, [track, ...device.queue, ...device.waits], ([used = 0, ...rest]) => {
        const queued = device.queue.length > 0 ? (rest[0] ?? Number.NaN) / queue : Number.POSITIVE_INFINITY;
        const waits =
          device.waits.length > 0 ? rest.slice(device.queue.length).filter((wait) => !Number.isNaN(wait)) : null;
        const waited =
          waits === null ? Number.POSITIVE_INFINITY : waits.reduce((most, wait) => Math.max(most, wait), 0) / slow;
        return Math.min(used / util, Number.isNaN(queued) ? 0 : queued, waited);
      });
      const far = badness ?? { ...track, values: track.values.map(() => 0) };
      const spell = spellPast(far, 1);
      const enough = Math.min(share * lengthOf(far), seconds);
      const distance = any(levelHeldFor(far, enough), (spell?.seconds ?? 0) / enough);
      return diskTest(signals, device, spell, distance, slow);
    });
  },
});

/** A disk's tracks of one table. */
interface Device {
  track: Track;
  queue: Track[];
  waits: Track[];
}

function deviceOf(signals: Signals, track: Track): Device {
  const same = (signal: SignalName) =>
    signals
      .tracks(signal)
      .filter(({ dataset, subject }) => dataset === track.dataset && subject.name === track.subject.name);
  const split = [
    ...same('system.disk.operation_time.read'),
    ...same('system.disk.operation_time.write'),
    ...same('system.disk.operation_time.flush'),
  ];
  return {
    track,
    queue: same('system.disk.pending_operations').slice(0, 1),
    waits: split.length > 0 ? split : same('system.disk.operation_time'),
  };
}

function diskTest(
  signals: Signals,
  { track, queue, waits }: Device,
  spell: ReturnType<typeof spellPast>,
  distance: number,
  slow: number,
): Test {
  const over = (of: Track) => (spell === null ? meanOf(of) : meanOf(pick(of, placesOf(of, track, spell.hits))));
  const longest = waits
    .map(over)
    .filter((wait) => !Number.isNaN(wait))
    .reduce((most, wait) => Math.max(most, wait), 0);
  const queued = queue.map(over)[0];
  const users = diskUsers(signals, track.subject.name, during(spell));
  const isFound = distance >= 1;
  return {
    subject: track.subject,
    distance,
    severity: longest >= 5 * slow ? 'critical' : 'warning',
    measures: [
      { signal: 'system.disk.io_time', stat: 'mean', value: over(track) },
      ...(queued === undefined
        ? []
        : [{ signal: 'system.disk.pending_operations', stat: 'mean', value: queued } as const]),
      ...(waits.length === 0 ? [] : [{ signal: 'system.disk.operation_time', stat: 'mean', value: longest } as const]),
    ],
    basis: [trackBasis(signals, track)],
    evidence: [evidenceOf(track, spell?.hits), ...(isFound ? users.who.flatMap(({ evidence = [] }) => evidence) : [])],
    since: spell?.since ?? null,
    until: spell?.until ?? null,
    who: isFound ? withVictims(users, victimsOf(signals)) : [],
    parts: isFound && users.all === 0 ? ranByShells(signals, users.who) : [],
    details: {
      ...lengthDetails(track, spell),
      count: users.byKernel,
      of: users.all,
      ...deviceTime(signals, track.subject.name, longest),
    },
    next: [collect('biosnoop', 'biolatency', 'offcputime'), advise('move the work')],
  };
}

/** Of the requests of whoever has most, and of their bytes: who has less than either does not make a disk slow. */
const FEW_REQUESTS = 0.25;
const FEW_BYTES = 0.01;

/** Who uses a disk little and waits for it long is hurt by it. */
function withVictims({ who: users, moved }: DiskUsers, victims: readonly Who[]): Who[] {
  const [first] = users;
  const isSmall = ({ name, share = 1 }: Who) =>
    share < FEW_REQUESTS * (first?.share ?? 0) ||
    (moved.get(name) ?? 0) < FEW_BYTES * (moved.get(first?.name ?? '') ?? 0);
  const isVictim = (user: Who) => isSmall(user) && victims.some(({ name }) => name === user.name);
  const left = users.filter((user) => user === first || !isVictim(user));
  return [...left, ...victims.filter(({ name }) => left.every((user) => user.name !== name))];
}

/** The places of one track's rows in another of the same table. */
function placesOf(of: Track, track: Track, hits: Uint32Array): number[] {
  const find = finderIn(of);
  return Array.from(hits).flatMap((hit) => find(track, hit) ?? []);
}

/**
 * The most that a request took from issue to completion, in microseconds: what is more of await is queueing. Nothing where a request
 * took as long as they waited on average: then the device itself may be slow.
 *
 * @param waited milliseconds
 */
function deviceTime(signals: Signals, device: string, waited: number): { limit?: number } {
  const slowest = signals.events('block I/O').flatMap((table) => {
    const rows = requestsByDisk(signals, table).get(device) ?? [];
    return rows.length === 0 ? [] : [rows.reduce((most, row) => Math.max(most, table.usecs(row) ?? 0), 0)];
  });
  const [most] = slowest;
  return most === undefined || most >= 1000 * waited ? {} : { limit: most };
}

/** iostat -z prints no disk that did nothing: a report without any is an answer. */
function idleDisks(signals: Signals): Test[] {
  const tellers = new Set(signals.tellers([{ signal: 'system.disk.io_time' }]));
  return signals
    .tracks('system.cpu.utilization', 'host')
    .filter(({ source }) => tellers.has(source))
    .map(
      (track): Test => ({
        subject: { kind: 'disk', name: '' },
        distance: 0,
        severity: 'warning',
        measures: [{ signal: 'system.disk.io_time', stat: 'mean', value: 0 }],
        basis: [trackBasis(signals, track)],
        evidence: [evidenceOf(track)],
      }),
    );
}

const latency = rule({
  name: 'disk-latency',
  subsystem: 'disk',
  resource: 'disk',
  about:
    'The distribution of block I/O latency: a slow tail, or two modes where a fast path and a slow one are mixed. Averages hide both. Unless the tool was told to count the queue (-Q), it measures from issue to completion: a saturated disk can look fast.',
  asks: [{ signal: 'system.disk.operation.duration' }, { events: 'block I/O' }],
  thresholds: {
    slow: {
      value: 20_000,
      unit: 'us at the 99th percentile',
      why: 'two seeks and a rotation of a disk; flash that takes as long is queueing or failing',
    },
    seconds: {
      value: 3,
      unit: 'reports of a second',
      why: 'a burst that the percentile of the whole window hides, and that somebody waited for',
    },
    least: { value: 100, unit: 'requests', why: 'the 99th percentile of fewer is one request' },
  },
  judge(signals, limits) {
    const counted = signals
      .distributions('system.disk.operation.duration')
      .flatMap((each) => ofDistribution(signals, each, limits.least));
    const traced = signals.events('block I/O').flatMap((table) => ofRequests(signals, table, limits));
    return [...counted, ...traced].map((each) => latencyTest(signals, each, limits));
  },
});

/** What was told of at a time, and what of the requests it is of. */
interface Interval {
  at: number;
  during: Range;
  total: number;
  range: { low: number; high: number };
}

/** Of one disk, in microseconds. */
interface Latency {
  disk: string;
  total: number;
  range: { low: number; high: number };
  intervals: Interval[];
  hills: Hill[];
  period: number | null;
  source: number;
  basis: Basis;
  evidence: Evidence[];
}

function ofDistribution(signals: Signals, distribution: Distribution, least: number): Latency[] {
  const usecs = usecsPer(distribution.unit);
  if (usecs === null) return [];
  const printed = [...new Set(distribution.groups.map(({ labels }) => printedDisk(labels)))];
  const nameOf = diskNames(signals, printed);
  return printed.flatMap((disk): Latency[] => {
    const buckets = distribution.counted((labels) => printedDisk(labels) === disk);
    const range = percentileRange(buckets, 99, usecs);
    if (range === null) return [];
    return [
      {
        disk: nameOf(disk),
        total: bucketTotal(buckets),
        range,
        intervals: intervalsOf(distribution, disk, usecs, least),
        hills: hillsOf(buckets, usecs),
        period: null,
        source: distribution.source,
        basis: distributionBasis(signals, distribution),
        evidence: [evidenceOfWhole(distribution)],
      },
    ];
  });
}

function intervalsOf({ reports }: Distribution, disk: string, usecs: number, least: number): Interval[] {
  const all = reports((labels) => printedDisk(labels) === disk);
  return all.flatMap(({ at, buckets }, i) => {
    const range = percentileRange(buckets, 99, usecs);
    const total = bucketTotal(buckets);
    const during = { from: all[i - 1]?.at ?? at - 1, to: at };
    return range === null || total < least ? [] : [{ at, during, total, range }];
  });
}

/** `vda`, and of a program of our own, whose maps have two keys, `254:0`; empty where the tool does not tell disks apart. */
function printedDisk({ disk, 'key 1': major, 'key 2': minor }: Readonly<Record<string, string>>): string {
  return disk ?? (major === undefined || minor === undefined ? '' : `${major}:${minor}`);
}

function ofRequests(signals: Signals, table: EventTable, { slow, least }: { slow: number; least: number }): Latency[] {
  return [...requestsByDisk(signals, table)].map(([disk, rows]): Latency => {
    const seconds = new Map<number, number[]>();
    for (const row of rows) {
      const at = table.at(row);
      if (at !== null) addTo(seconds, Math.floor(at), row);
    }
    const late = rows.filter((row) => (table.usecs(row) as number) >= slow);
    return {
      disk,
      total: rows.length,
      range: exactly(table, rows),
      intervals: [...seconds]
        .filter(([, own]) => own.length >= least)
        .map(([at, own]) => ({ at, during: { from: at, to: at + 1 }, total: own.length, range: exactly(table, own) })),
      hills: [],
      period: periodOf(late.map((row) => table.at(row)).filter((at) => at !== null)),
      source: table.source,
      basis: tableBasis(signals, table),
      evidence: evidenceOfRows(table, late),
    };
  });
}

function exactly(table: EventTable, rows: readonly number[]): { low: number; high: number } {
  const p99 = percentile(
    rows.map((row) => table.usecs(row) as number),
    99,
  );
  return { low: p99, high: p99 };
}

function latencyTest(
  signals: Signals,
  { disk, total, range, intervals, hills, period, source, basis, evidence }: Latency,
  { slow, seconds, least }: { slow: number; seconds: number; least: number },
): Test {
  const bad = intervals.filter((each) => each.range.low >= slow);
  const worst = bad.reduce<Interval | null>(
    (most, each) => (most === null || each.range.low > most.range.low ? each : most),
    null,
  );
  const whole = distanceOf(range, slow);
  const isBurst = whole < 1 && bad.length >= seconds;
  const shown = isBurst && worst !== null ? worst.range : range;
  const subject: Subject = { kind: 'disk', name: disk };
  return {
    subject,
    distance: total < least ? Number.NaN : any(whole, bad.length / seconds),
    severity: shown.low >= 5 * slow ? 'critical' : 'warning',
    form: isBurst ? 'burst' : 'whole',
    measures: [{ signal: 'system.disk.operation.duration', stat: 'p99', value: shown.low, upTo: shown.high }],
    basis: [basis],
    evidence,
    since: bad[0]?.at ?? null,
    until: bad.at(-1)?.at ?? null,
    who: whole >= 1 || isBurst ? usersOfLatency(signals, disk, bad).who : [],
    hills,
    details: {
      count: total,
      seconds: bad.length,
      ...(period === null ? {} : { period }),
      ...(measuresQueue(signals, source) ? { before: 1 } : {}),
    },
    ...(total < least ? { unclear: { kind: 'too few', count: total, least, of: 'request' } satisfies Reason } : {}),
    next: [collect('biosnoop', 'biostacks', 'iostat')],
  };
}

/** Those of the slow time, where one is told. */
function usersOfLatency(signals: Signals, disk: string, bad: readonly Interval[]): DiskUsers {
  const [first, last] = [bad[0], bad.at(-1)];
  const slow = first === undefined || last === undefined ? null : { from: first.during.from, to: last.during.to };
  return diskUsers(signals, disk, slow);
}

/** A bucket that straddles the threshold, or half of it, is as near as its upper end. */
export function distanceOf({ low, high }: { low: number; high: number }, limit: number): number {
  return low >= limit ? low / limit : Math.max(low, Math.min(high, limit * 0.99)) / limit;
}

/** biolatency leaves out the wait in the queue unless -Q asks for it; biosnoop -Q has a column for that. Of a loose file nobody knows. */
function measuresQueue(signals: Signals, source: number): boolean {
  const command = runOf(signals.capture, signals.source(source))?.command;
  return command !== undefined && /biolatency\S*\s(?:.*\s)?-\w*Q/.test(command);
}

const writer = rule({
  name: 'disk-writer',
  subsystem: 'disk',
  resource: 'disk',
  about:
    'One program that reads or writes most of what goes to the disks, and much of it: a log that was left at debug level, a backup, a sort that spills. It is no fault by itself; it is who to ask when a disk is slow.',
  asks: [{ signal: 'process.disk.io.write' }, { signal: 'process.disk.io.read' }],
  thresholds: {
    rate: {
      value: 20_971_520,
      unit: 'bytes a second',
      why: '20 MiB/s fill a terabyte in 14 hours, and are a tenth of what a disk of a virtual machine gives',
    },
    share: HALF_THE_WINDOW,
    seconds: { value: 10, unit: 's in all', why: 'shorter bursts are how caches are written back' },
  },
  judge(signals, { rate, share, seconds }) {
    return (['process.disk.io.write', 'process.disk.io.read'] as const).flatMap((signal) => {
      const tables = groupsOf(signals.tracks(signal, 'process'), ({ dataset }) => dataset);
      return [...tables.values()].flatMap((tracks): Test[] => {
        const programs = withoutShells(signals, programsIn(signals, tracks)).filter(
          ({ name }) => !isKernelWorker(name),
        );
        const [most] = programs;
        const [heaviest] = [...(most?.tracks ?? [])].sort((a, b) => meanOf(b) - meanOf(a));
        if (most === undefined || heaviest === undefined) return [];
        const held = lasting(heaviest, { level: rate, share, burst: seconds });
        const { distance, spell } = held;
        const isOne = most.tracks.length === 1 && most.children === undefined;
        const all = sumOf(programs.map(({ mean }) => mean));
        return [
          {
            subject: {
              kind: 'process',
              name: most.name,
              ...(isOne && heaviest.subject.pid !== undefined ? { pid: heaviest.subject.pid } : {}),
            },
            distance,
            severity: 'notice',
            form: signal === 'process.disk.io.write' ? 'writes' : 'reads',
            // Of one process the figures are of the time that is told.
            measures: [{ signal, stat: 'mean', value: most.tracks.length === 1 ? meanToSay(held) : most.mean }],
            basis: [trackBasis(signals, heaviest)],
            evidence: [evidenceOf(heaviest, spell?.hits)],
            since: spell?.since ?? null,
            until: spell?.until ?? null,
            who: [whoOf(most, signal, all)],
            parts: ranByShells(signals, [whoOf(most, signal, all)]),
            details: lengthDetails(heaviest, spell),
            next: [
              ...(isShell(most.name) ? [collect('execsnoop')] : []),
              collect('biosnoop', 'filetop'),
              advise('move the work'),
            ],
          },
        ];
      });
    });
  },
});

export const diskRules: readonly Rule[] = [saturated, latency, writer];

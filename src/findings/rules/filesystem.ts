/** File systems: what programs feel, which disks alone do not show; space; files that are not there. */
import { groupsOf } from '../../datasets/groups.ts';
import { bucketTotal } from '../../datasets/percentiles.ts';
import { evidenceOfRows, rowsBy } from '../../signals/events.ts';
import type { Distribution, Signals } from '../../signals/index.ts';
import {
  evidenceOf,
  evidenceOfWhole,
  lastTimeOf,
  lengthOf,
  maxOf,
  meanOf,
  type Track,
  timeOf,
} from '../../signals/track.ts';
import { distributionBasis, tableBasis, trackBasis } from '../basis.ts';
import { hillsOf, percentileOf, percentileRange, usecsPer } from '../distribution.ts';
import type { Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import { all, fullness } from '../numbers.ts';
import { advise, collect } from '../steps.ts';
import { distanceOf } from './disk.ts';
import { foreignRows, LEAST_ROWS, partsOf, secondsOf, slowEvents, timesOf } from './slow-events.ts';

const slowOperations = rule({
  name: 'slow-file-operations',
  subsystem: 'filesystem',
  resource: 'filesystem',
  cell: { row: 'filesystem', column: 'saturation' },
  about:
    'Reads, writes, opens and syncs that took longer than 10 ms (ext4slower and its kin). These are waits of the programs themselves, queueing and locks in the file system included.',
  asks: [{ events: 'file operation' }],
  thresholds: {
    rate: {
      value: 1,
      unit: 'slow operation a second',
      why: 'one a second is a steady wait; single ones happen on any disk',
    },
    slow: { value: 10_000, unit: 'us', why: 'the default of the slower tools themselves' },
    least: LEAST_ROWS,
  },
  judge: (signals, limits) =>
    signals.events('file operation').map((table) =>
      slowEvents(signals, table, {
        ...limits,
        signal: 'system.filesystem.operation.duration',
        subject: { kind: 'filesystem', name: '' },
        parts: [
          ['path', 'file'],
          ['operation', 'operation'],
        ],
        next: [collect('biosnoop', 'offcputime', 'iostat')],
      }),
    ),
});

const operationLatency = rule({
  name: 'file-operation-latency',
  subsystem: 'filesystem',
  resource: 'filesystem',
  about:
    'The distribution of the latency of reads, writes, opens and syncs in the file system itself (ext4dist and its kin): what programs wait for, with queues and locks that the disk does not see.',
  closer: true,
  asks: [{ signal: 'system.filesystem.operation.duration' }],
  thresholds: {
    slow: {
      value: 20_000,
      unit: 'us at the 99th percentile',
      why: 'as for disk-latency: whoever reads or syncs waits for no more than that',
    },
    least: { value: 100, unit: 'operations', why: 'the 99th percentile of fewer is one operation' },
  },
  judge: (signals, { slow, least }) =>
    signals
      .distributions('system.filesystem.operation.duration')
      .flatMap((distribution) => operationsOf(signals, distribution, slow, least)),
});

function operationsOf(signals: Signals, distribution: Distribution, slow: number, least: number): Test[] {
  const usecs = usecsPer(distribution.unit);
  if (usecs === null) return [];
  // operation = 'fsync', or of bpftrace's the function that was traced
  const nameOf = ({ operation, key }: Readonly<Record<string, string>>) => operation ?? key ?? '';
  const names = [...new Set(distribution.groups.map(({ labels }) => nameOf(labels)))];
  return names.flatMap((name): Test[] => {
    const buckets = distribution.counted((labels) => nameOf(labels) === name);
    const range = percentileRange(buckets, 99, usecs);
    const total = bucketTotal(buckets);
    if (range === null) return [];
    return [
      {
        subject: { kind: 'filesystem', name: '' },
        distance: total < least ? Number.NaN : distanceOf(range, slow),
        severity: range.low >= 5 * slow ? 'critical' : 'warning',
        measures: [percentileOf('system.filesystem.operation.duration', range)],
        basis: [distributionBasis(signals, distribution)],
        evidence: [evidenceOfWhole(distribution)],
        parts: name === '' ? [] : [{ kind: 'operation', name }],
        hills: hillsOf(buckets, usecs),
        details: { count: total },
        ...(total < least
          ? { unclear: { kind: 'too few', count: total, least, of: 'operation' } satisfies Reason }
          : {}),
        next: [collect('ext4slower', 'biolatency', 'offcputime')],
      },
    ];
  });
}

const failingOpens = rule({
  name: 'failing-opens',
  subsystem: 'filesystem',
  resource: 'filesystem',
  cell: { row: 'filesystem', column: 'errors' },
  about:
    'A program that tries to open files that are not there, again and again: a wrong path, a missing configuration, a search through a long list of folders. What the capture opens itself is left out.',
  asks: [{ events: 'open' }, { events: 'stat' }],
  thresholds: {
    share: {
      value: 0.5,
      unit: 'of the opens of one program',
      why: 'library and configuration searches of a start-up fail less than half the time',
    },
    least: { value: 100, unit: 'failed opens', why: 'a start-up fails some tens of times' },
    rate: {
      value: 10,
      unit: 'failed opens a second',
      why: 'ten a second for the whole window is a loop, not a start-up',
    },
  },
  judge: (signals, { share, least, rate }) =>
    [...signals.events('open'), ...signals.events('stat')].flatMap((table): Test[] => {
      if (!table.has('error')) return [];
      const own = foreignRows(signals, table);
      const seconds = secondsOf(signals, table);
      const programs = [...rowsBy(own, table.process)].map(([name, rows]) => {
        const failed = rows.filter((row) => (table.number(row, 'error') ?? 0) > 0);
        const perSecond = seconds === null ? null : failed.length / seconds;
        const distance = all(
          failed.length / least,
          failed.length / Math.max(1, rows.length) / share,
          perSecond === null ? Number.POSITIVE_INFINITY : perSecond / rate,
        );
        return { name, rows, failed, perSecond, distance };
      });
      const sorted = programs.sort((a, b) => b.distance - a.distance || (a.name < b.name ? -1 : 1));
      const found = sorted.filter(({ distance }) => distance >= 1);
      return (found.length > 0 ? found : sorted.slice(0, 1)).map(
        ({ name, rows, failed, perSecond, distance }): Test => {
          const pids = new Set(failed.map((row) => table.pid(row)).filter((pid) => pid !== null));
          const [only = null] = pids;
          const who: Who = {
            role: 'user',
            name,
            pid: pids.size === 1 ? only : null,
            processes: Math.max(1, pids.size),
          };
          return {
            subject: distance >= 1 ? { kind: 'process', name } : { kind: 'filesystem', name: '' },
            distance,
            severity: (perSecond ?? 0) >= 100 * rate ? 'warning' : 'notice',
            form: table.kind,
            measures: [
              { signal: 'process.file.open.failed', stat: 'count', value: failed.length },
              ...(perSecond === null
                ? []
                : [{ signal: 'process.file.open.failed', stat: 'rate', value: perSecond } as const]),
            ],
            basis: [tableBasis(signals, table)],
            evidence: evidenceOfRows(table, failed),
            ...timesOf(table, failed),
            who: [who],
            parts: partsOf(table, failed, 'path', 'file'),
            details: { count: failed.length, of: rows.length },
            next: [advise('cache or remove the lookup'), collect('perf')],
          };
        },
      );
    }),
});

const pageCache = rule({
  name: 'page-cache',
  subsystem: 'filesystem',
  resource: 'memory',
  about: 'The share of file reads that memory served (cachestat). A falling ratio turns reads into disk I/O.',
  closer: true,
  asks: [{ signal: 'system.filesystem.cache.hit_ratio' }],
  thresholds: {
    ratio: { value: 80, unit: '% hits', why: 'below this one read in five waits for a disk' },
    misses: { value: 1000, unit: 'misses a second', why: 'a low ratio of few reads costs nothing' },
  },
  judge(signals, { ratio, misses }) {
    const missed = groupsOf(signals.tracks('system.filesystem.cache.misses'), ({ dataset }) => dataset);
    return signals.tracks('system.filesystem.cache.hit_ratio').flatMap((track): Test[] => {
      const lost = missed.get(track.dataset)?.[0];
      if (lost === undefined) return [];
      const [share, perSecond] = [meanOf(track), meanOf(lost)];
      return [
        {
          subject: { kind: 'memory', name: '' },
          // A table without times or an interval counts misses of no known time.
          distance: all(share >= 100 ? 0 : (100 - share) / (100 - ratio), perSecond / misses),
          ...(Number.isNaN(perSecond) ? { unclear: { kind: 'no interval' } satisfies Reason } : {}),
          severity: 'warning',
          measures: [
            { signal: 'system.filesystem.cache.hit_ratio', stat: 'mean', value: share },
            { signal: 'system.filesystem.cache.misses', stat: 'mean', value: perSecond },
          ],
          basis: [trackBasis(signals, track)],
          evidence: [evidenceOf(track)],
          since: timeOf(track, 0),
          until: lastTimeOf(track),
          next: [collect('free', 'filetop', 'biosnoop')],
        },
      ];
    });
  },
});

const full = rule({
  name: 'filesystem-full',
  subsystem: 'filesystem',
  resource: 'filesystem',
  cell: { row: 'filesystem', column: 'utilization' },
  about: 'A file system with nearly no space or inodes left: writes fail, and before that allocation gets slow.',
  asks: [{ signal: 'system.filesystem.utilization' }, { signal: 'system.filesystem.inodes.utilization' }],
  thresholds: {
    used: {
      value: 95,
      unit: '% used',
      why: 'ext4 keeps 5% for root; fragmentation and slow allocation come before the end',
    },
  },
  judge: (signals, { used }) =>
    (['system.filesystem.utilization', 'system.filesystem.inodes.utilization'] as const).flatMap((signal) =>
      signals
        .tracks(signal)
        .filter(({ subject }) => !IMAGE.test(subject.name))
        .filter((track, _, all) => !all.some((other) => isMountedAgain(track, other)))
        .map((track): Test => {
          const most = maxOf(track);
          return {
            subject: track.subject,
            distance: fullness(most, used),
            severity: most >= 99.5 ? 'critical' : 'warning',
            form: signal === 'system.filesystem.utilization' ? 'space' : 'inodes',
            measures: [{ signal, stat: 'max', value: most }],
            basis: [trackBasis(signals, track)],
            evidence: [evidenceOf(track)],
            details: { window: lengthOf(track) },
            next: [advise(signal === 'system.filesystem.utilization' ? 'free space' : 'remove small files')],
          };
        }),
    ),
});

// overlay  41152736 40912736  0 100% /var/lib/docker/overlay2/4f1c/merged
const OVERLAY = 'overlay';

/** Whether another file system of the table is the same one: a container's overlay says how full the one under it is. */
function isMountedAgain(track: Track, other: Track): boolean {
  if (other === track || other.dataset !== track.dataset || maxOf(other) !== maxOf(track)) return false;
  if (track.device === OVERLAY && other.device !== OVERLAY) return true;
  const isSame = other.device === track.device && (track.device === OVERLAY || track.device?.startsWith('/') === true);
  return isSame && other.subject.name < track.subject.name;
}

// /snap/core22/1621        /var/lib/snapd/snap/lxd/1        /media/cdrom
/** Images that are mounted to be read are full from the day they were made. */
const IMAGE = /^\/(?:snap|var\/lib\/snapd\/snap|media|cdrom)(?:\/|$)/;

export const filesystemRules: readonly Rule[] = [slowOperations, operationLatency, full, failingOpens, pageCache];

/** Limits: who stands still by a limit of its own while the host has CPUs, memory and disks to spare. */
import type { Subject } from '../../datasets/finding.ts';
import { groupsOf } from '../../datasets/groups.ts';
import type { SignalName } from '../../datasets/signals.ts';
import type { Signals } from '../../signals/index.ts';
import { evidenceOf, lengthOf, maxOf, meanOf, spellPast, type Track, timeOf } from '../../signals/track.ts';
import { countBasis, trackBasis } from '../basis.ts';
import { command, digits } from '../command.ts';
import type { Reason, Rule, Test } from '../facts.ts';
import { rule } from '../facts.ts';
import { all, any, sumOf } from '../numbers.ts';
import { advise, collect, collectSet, runWith } from '../steps.ts';
import { blockedNow } from './blocked.ts';
import { evidenceOfLines } from './memory.ts';
import { worstBySource } from './pressure.ts';
import { grownBy, lasting, seenDuring } from './series.ts';

/** The track of the same group and table, and of I/O of the same device. */
function sameGroup(signals: Signals, signal: SignalName, track: Track): Track | undefined {
  return signals
    .tracks(signal, 'cgroup')
    .find(
      ({ dataset, subject, device }) =>
        dataset === track.dataset && subject.name === track.subject.name && device === track.device,
    );
}

const cpuThrottled = rule({
  name: 'cpu-throttled',
  subsystem: 'container',
  resource: 'cgroup',
  cell: { row: 'cgroup', column: 'saturation' },
  about:
    'Control groups whose threads all stood still because the group had used up the CPU time of its period (cpu.stat nr_throttled, nr_periods), though CPUs may have been idle. It shows as latency in steps of the period, and no process list tells it. The counters are since the group was made: one reading of them tells nothing of now.',
  asks: [{ signal: 'cgroup.cpu.throttled_periods' }],
  thresholds: {
    share: {
      value: 0.25,
      unit: 'of the periods in which the group ran',
      why: 'as CPUThrottlingHigh, the alert of kubernetes-mixin: limits that are only touched now and then are what they are for',
    },
    least: { value: 20, unit: 'periods', why: 'two seconds of work at the default of 100 ms' },
    time: {
      value: 0.1,
      unit: 's of standing still, for each second of such periods',
      why: 'a tenth of the time; a group may be throttled for the last millisecond of each period and lose nothing',
    },
  },
  judge(signals, { share, least, time }) {
    return signals.tracks('cgroup.cpu.throttled_periods', 'cgroup').flatMap((track): Test[] => {
      const ran = sameGroup(signals, 'cgroup.cpu.periods', track);
      const stood = sameGroup(signals, 'cgroup.cpu.throttled_time', track);
      if (ran === undefined) return [];
      const [periods, throttled] = [grownBy(ran), grownBy(track)];
      const seconds = stood === undefined ? null : grownBy(stood) / 100;
      const ratio = periods > 0 ? throttled / periods : 0;
      const spell = spellPast(track, Number.MIN_VALUE);
      const limit = cpuLimit(signals, track);
      return [
        {
          subject: track.subject,
          distance: all(
            ratio / share,
            seconds === null || periods === 0 ? Number.POSITIVE_INFINITY : seconds / (time * periods * PERIOD),
            periods >= least ? Number.POSITIVE_INFINITY : periods / least,
          ),
          severity: ratio >= 0.75 ? 'critical' : 'warning',
          measures: [
            { signal: 'cgroup.cpu.throttled_periods', stat: 'share', value: 100 * ratio },
            ...(stood === undefined || seconds === null
              ? []
              : [{ signal: 'cgroup.cpu.throttled_time', stat: 'mean', value: meanOf(stood) } as const]),
          ],
          ...seenDuring(signals, track, spell),
          details: {
            count: Math.round(throttled),
            of: Math.round(periods),
            ...(seconds === null ? {} : { seconds }),
            ...(limit === null ? {} : { limit }),
          },
          next: [advise('raise the CPU limit'), collect('runqlat', 'perf')],
        },
      ];
    });
  },
});

/** Seconds of a period where nobody set another. */
const PERIOD = 0.1;

/** In CPUs; null where the files that tell it are not there. */
function cpuLimit(signals: Signals, track: Track): number | null {
  const [quota, period] = [
    sameGroup(signals, 'cgroup.cpu.quota', track),
    sameGroup(signals, 'cgroup.cpu.period', track),
  ];
  const [of, each] = [quota?.values.at(-1), period?.values.at(-1)];
  return of === undefined || each === undefined || each <= 0 ? null : of / each;
}

const memoryLimit = rule({
  name: 'memory-limit',
  subsystem: 'container',
  resource: 'cgroup',
  cell: { row: 'cgroup', column: 'utilization' },
  about:
    'Control groups at their memory limit (memory.events max and high, memory.current against memory.max): every allocation frees something first, and the group reads its own files again and again, on a host with memory to spare.',
  asks: [
    { signal: 'cgroup.memory.at_limit' },
    { signal: 'cgroup.memory.throttled' },
    { signal: 'cgroup.memory.usage' },
  ],
  thresholds: {
    rate: { value: 1, unit: 'time at the limit, a second', why: 'each is a reclaim that an allocation waited for' },
    used: {
      value: 0.98,
      unit: 'of the limit',
      why: 'page cache fills a group up to its limit and is given back: alone this is no finding',
    },
    stalled: {
      value: 10,
      unit: '% of the worst ten seconds, some task waited for memory',
      why: 'as for pressure-memory',
    },
  },
  judge(signals, { rate, used, stalled }) {
    const counted = (['cgroup.memory.at_limit', 'cgroup.memory.throttled'] as const).flatMap((signal) =>
      signals.tracks(signal, 'cgroup').map((track): Test => {
        const usage = sameGroupAnywhere(signals, 'cgroup.memory.usage', track.subject);
        const limit = sameGroupAnywhere(signals, 'cgroup.memory.limit', track.subject);
        const mean = meanOf(track);
        const spell = spellPast(track, Number.MIN_VALUE);
        return {
          subject: track.subject,
          distance: mean / rate,
          severity: mean >= 20 * rate ? 'critical' : 'warning',
          form: signal === 'cgroup.memory.at_limit' ? 'max' : 'high',
          measures: [
            { signal, stat: 'mean', value: mean },
            ...(usage === undefined
              ? []
              : [{ signal: 'cgroup.memory.usage', stat: 'max', value: maxOf(usage) } as const]),
          ],
          ...seenDuring(signals, track, spell),
          details: limit === undefined ? {} : { limit: limit.values.at(-1) as number },
          next: [advise('raise the memory limit'), collectSet('memory')],
        };
      }),
    );
    const stalls = worstBySource(signals, 'cgroup.pressure.memory.some', 'cgroup').map((worst): Test => {
      const usage = sameGroupAnywhere(signals, 'cgroup.memory.usage', worst.track.subject);
      const limit = sameGroupAnywhere(signals, 'cgroup.memory.limit', worst.track.subject);
      const share = usage === undefined || limit === undefined ? null : maxOf(usage) / (limit.values.at(-1) as number);
      return {
        subject: worst.track.subject,
        distance: all(worst.percent / stalled, share === null ? 0.99 : share / used),
        severity: worst.percent >= 4 * stalled ? 'critical' : 'warning',
        form: 'stalled',
        measures: [{ signal: 'cgroup.pressure.memory.some', stat: 'max', value: worst.percent }],
        basis: [worst.basis],
        evidence: [evidenceOf(worst.track, worst.places)],
        since: worst.from,
        until: worst.to,
        next: [advise('raise the memory limit'), collectSet('memory')],
      };
    });
    return [...counted, ...stalls];
  },
});

function sameGroupAnywhere(signals: Signals, signal: SignalName, subject: Subject): Track | undefined {
  return signals.tracks(signal, 'cgroup').find((track) => track.subject.name === subject.name);
}

/** What io.max may limit, and what io.stat counts of it. */
const LIMITED = [
  { limit: 'cgroup.disk.limit.operations.write', usage: 'cgroup.disk.operations.write' },
  { limit: 'cgroup.disk.limit.operations.read', usage: 'cgroup.disk.operations.read' },
  { limit: 'cgroup.disk.limit.io.write', usage: 'cgroup.disk.io.write' },
  { limit: 'cgroup.disk.limit.io.read', usage: 'cgroup.disk.io.read' },
] as const;

const ioThrottled = rule({
  name: 'io-throttled',
  subsystem: 'container',
  resource: 'cgroup',
  cell: { row: 'cgroup', column: 'saturation' },
  about:
    'Control groups whose disk requests are held back by their own limit: by blkthrot, or because they read or write as much as io.max lets them (io.stat) while their tasks stall (io.pressure). They wait although the disk may be idle, and iostat looks healthy.',
  closer: true,
  asks: [{ signal: 'cgroup.disk.throttled' }, ...LIMITED.map(({ limit }) => ({ signal: limit }))],
  thresholds: {
    share: {
      value: 0.1,
      unit: 'of the requests of the group',
      why: 'one in ten that waits for its budget is what its programs feel; a limit that is touched now and then does its work',
    },
    least: { value: 100, unit: 'requests of the group', why: 'a share of fewer is chance' },
    used: {
      value: 0.8,
      unit: 'of its limit',
      why: 'requests come in bursts: a group that waits for its budget uses a little less',
    },
    stalled: {
      value: 10,
      unit: '% of the worst ten seconds, some task of the group waited for I/O',
      why: 'a limit that nobody waits for does its work',
    },
  },
  judge(signals, { share, least, used, stalled }) {
    return [...heldBack(signals, { share, least }), ...atLimit(signals, { used, stalled })];
  },
});

/** Of groups with a limit in io.max, how near they are to it, and who waits for it. */
function atLimit(signals: Signals, { used, stalled }: { used: number; stalled: number }): Test[] {
  const waits = worstBySource(signals, 'cgroup.pressure.io.some', 'cgroup');
  const disks = signals.capture.manifest?.host.disks ?? {};
  return LIMITED.flatMap(({ limit: limited, usage }) =>
    signals.tracks(limited).flatMap((limit): Test[] => {
      const most = limit.values.at(-1) ?? 0;
      const own = sameGroup(signals, usage, limit);
      if (own === undefined || most <= 0) return [];
      const { distance, spell, mean } = lasting(own, { level: used * most, share: 0.5 });
      const wait = waits.find(({ track }) => track.source === own.source && track.subject.name === own.subject.name);
      const device = limit.device ?? '';
      return [
        {
          subject: limit.subject,
          // Without the group's pressure nobody knows whether anybody waits.
          distance: all(distance, wait === undefined ? 0.99 : wait.percent / stalled),
          severity: wait !== undefined && wait.percent >= 4 * stalled ? 'critical' : 'warning',
          form: 'at limit',
          measures: [
            { signal: usage, stat: 'mean', value: spell?.mean ?? mean },
            { signal: limited, stat: 'last', value: most },
            ...(wait === undefined
              ? []
              : [{ signal: 'cgroup.pressure.io.some', stat: 'max', value: wait.percent } as const]),
          ],
          ...seenDuring(signals, own, spell),
          who: blockedNow(signals),
          parts: [{ kind: 'device', name: Object.hasOwn(disks, device) ? (disks[device] as string) : device }],
          next: [advise('raise the I/O limit'), collectSet('disk')],
        },
      ];
    }),
  );
}

/** By blkthrot: which groups' requests waited for a budget. */
function heldBack(signals: Signals, { share, least }: { share: number; least: number }): Test[] {
  const tables = signals.counts('cgroup.disk.throttled');
  const held = tables.filter(({ title }) => title === '@throttled');
  const passed = groupsOf(
    tables.filter(({ title }) => title === '@notthrottled').flatMap(({ rows }) => rows),
    ({ key }) => key.join(' '),
  );
  const basis = tables.slice(0, 1).map((table) => countBasis(signals, table));
  const [first] = tables;
  if (first === undefined) return [];
  const groups = held.flatMap((table) =>
    [...groupsOf(table.rows, ({ key }) => key.join(' '))].map(([group, rows]) => ({ table, group, rows })),
  );
  if (groups.length === 0)
    return [
      {
        subject: { kind: 'cgroup', name: '' },
        distance: 0,
        severity: 'warning',
        measures: [{ signal: 'cgroup.disk.throttled', stat: 'share', value: 0 }],
        basis,
        evidence: evidenceOfLines(first, []),
      },
    ];
  return groups.map(({ table, group, rows }): Test => {
    const waited = sumOf(rows.map(({ value }) => value));
    const all = waited + sumOf((passed.get(group) ?? []).map(({ value }) => value));
    return {
      subject: { kind: 'cgroup', name: group },
      distance: all < least ? Number.NaN : waited / all / share,
      severity: 'warning',
      measures: [{ signal: 'cgroup.disk.throttled', stat: 'share', value: (100 * waited) / all }],
      basis,
      evidence: evidenceOfLines(
        table,
        rows.map(({ line }) => line),
      ),
      details: { count: waited, of: all },
      ...(all < least ? { unclear: { kind: 'too few', count: all, least, of: 'request' } satisfies Reason } : {}),
      next: [
        ...runWith(digits(group), (inode) => command`find /sys/fs/cgroup -inum ${inode}`),
        advise('raise the I/O limit'),
      ],
    };
  });
}

const tasksUsed = rule({
  name: 'tasks-used',
  subsystem: 'container',
  resource: 'cgroup',
  cell: { row: 'cgroup', column: 'utilization' },
  about:
    'Control groups near their task limit (pids.current against pids.max): at the limit fork and pthread_create fail with EAGAIN, which few programs expect. The kernel says so once for each group (task-limit).',
  closer: true,
  asks: [{ signal: 'cgroup.pids.usage' }],
  thresholds: {
    used: { value: 0.9, unit: 'of the limit', why: 'a pool of threads that starts takes the last tenth at once' },
  },
  judge: (signals, { used }) =>
    signals.tracks('cgroup.pids.usage').flatMap((track): Test[] => {
      const limit = sameGroupAnywhere(signals, 'cgroup.pids.limit', track.subject)?.values.at(-1) ?? 0;
      if (limit <= 0) return [];
      const spell = spellPast(track, used * limit);
      return [
        {
          subject: track.subject,
          distance: maxOf(track) / limit / used,
          severity: 'warning',
          measures: [{ signal: 'cgroup.pids.usage', stat: 'max', value: maxOf(track) }],
          ...seenDuring(signals, track, spell),
          details: { limit },
          next: [advise('raise the task limit')],
        },
      ];
    }),
});

/** Percent busy below which no disk explains a stall. */
const IDLE_DISK = 30;

const ioStalls = rule({
  name: 'io-stalls',
  subsystem: 'disk',
  resource: 'disk',
  about:
    'Tasks that stall for I/O while no disk is busy: a limit of their control group (io.max, blkio), a network file system, a frozen file system, or storage that no longer answers. iostat looks healthy in all of these.',
  asks: [{ signal: 'system.pressure.io.some' }],
  closer: true,
  thresholds: {
    stalled: {
      value: 15,
      unit: '% of the worst ten seconds',
      why: 'near to pressure-io; with the disks idle it is no load',
    },
    idle: {
      value: IDLE_DISK,
      unit: '% busy at most',
      why: 'a disk that is busy less than a third of the time keeps nobody waiting for seconds',
    },
  },
  judge(signals, { stalled, idle }) {
    const disks = signals.tracks('system.disk.io_time');
    if (signals.tellers([{ signal: 'system.disk.io_time' }]).length === 0) return [];
    return worstBySource(signals, 'system.pressure.io.some').map((worst): Test => {
      const busiest = disks.reduce((most, track) => any(most, busyDuring(track, worst.from, worst.to)), 0);
      // A busy disk may be why, and a limit may be there all the same: neither is proven.
      const isExplained = busiest >= idle && worst.percent >= stalled / 2;
      const who = blockedNow(signals);
      const limited = signals.tracks('cgroup.pressure.io.some', 'cgroup').length > 0 ? worstGroup(signals) : null;
      return {
        subject: limited ?? { kind: 'host', name: '' },
        distance: isExplained ? 0 : worst.percent / stalled,
        severity: worst.percent >= 3 * stalled ? 'critical' : 'warning',
        form: limited === null ? 'unknown' : 'group',
        measures: [
          { signal: 'system.pressure.io.some', stat: 'max', value: worst.percent },
          { signal: 'system.disk.io_time', stat: 'max', value: busiest, of: { kind: 'disk', name: '' } },
        ],
        basis: [worst.basis, ...disks.slice(0, 1).map((track) => trackBasis(signals, track))],
        evidence: [evidenceOf(worst.track, worst.places), ...disks.slice(0, 1).map((track) => evidenceOf(track))],
        since: worst.from,
        until: worst.to,
        who,
        details: { window: disks[0] === undefined ? 0 : lengthOf(disks[0]) },
        ...(isExplained ? { unclear: { kind: 'busy disk' } satisfies Reason } : {}),
        next: [collect('blkthrot', 'offcputime'), advise('raise the I/O limit'), advise('check the file server')],
      };
    });
  },
});

/** The mean of a disk in the stretch. */
function busyDuring(track: Track, from: number | null, to: number | null): number {
  const within = track.values.filter((_, i) => {
    const time = timeOf(track, i);
    return time === null || from === null || to === null || (time > from && time <= to + 1);
  });
  return within.length === 0 ? 0 : sumOf(within) / within.length;
}

/** The control group that stalls most by its own account. */
function worstGroup(signals: Signals): Subject | null {
  const groups = worstBySource(signals, 'cgroup.pressure.io.some', 'cgroup').sort((a, b) => b.percent - a.percent);
  return groups[0] === undefined || groups[0].percent < 10 ? null : groups[0].track.subject;
}

export const containerRules: readonly Rule[] = [cpuThrottled, memoryLimit, ioThrottled, tasksUsed, ioStalls];

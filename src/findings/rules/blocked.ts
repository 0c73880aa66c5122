/** Processes in uninterruptible sleep: most often storage or a network file system that does not answer. */
import { groupsOf } from '../../datasets/groups.ts';
import { type EventTable, evidenceOfRows, rowsBy } from '../../signals/events.ts';
import type { Signals } from '../../signals/index.ts';
import { lookOf, runOf } from '../../signals/sources.ts';
import { evidenceOf, lastTimeOf, meanOf, type Track, timeOf } from '../../signals/track.ts';
import { tableBasis, trackBasis } from '../basis.ts';
import type { Part, Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import { extentOf } from '../numbers.ts';
import { advise, collect, collectSet } from '../steps.ts';
import { isKernelWorker } from '../who.ts';
import { foreignRows, partsOf, processesOf, timesOf } from './slow-events.ts';

/** The processes that a table found in uninterruptible sleep in so much of its readings. */
function stuckIn(signals: Signals, tracks: readonly Track[], share: number): Track[] {
  return tracks
    .filter(
      ({ subject }) => !isKernelWorker(subject.name) && !signals.observer.isOwn(subject.name, subject.pid ?? null),
    )
    .filter((track) => meanOf(track) >= share && track.values.at(-1) === 1)
    .sort((a, b) => b.values.length - a.values.length || (a.subject.pid ?? 0) - (b.subject.pid ?? 0));
}

/** Who was in uninterruptible sleep in half of the readings or more, by name. */
export function blockedNow(signals: Signals): Who[] {
  const tables = groupsOf(signals.tracks('process.uninterruptible', 'process'), ({ dataset }) => dataset);
  const best =
    [...tables.values()].map((tracks) => stuckIn(signals, tracks, 0.5)).sort((a, b) => b.length - a.length)[0] ?? [];
  return whoOf(best);
}

function whoOf(tracks: readonly Track[]): Who[] {
  const byName = groupsOf(tracks, ({ subject }) => subject.name);
  return [...byName]
    .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
    .slice(0, 3)
    .map(
      ([name, own]): Who => ({
        role: 'victim',
        name,
        pid: own.length === 1 ? (own[0]?.subject.pid ?? null) : null,
        processes: own.length,
      }),
    );
}

const blocked = rule({
  name: 'blocked-tasks',
  subsystem: 'filesystem',
  resource: 'disk',
  about:
    'Processes that stay in uninterruptible sleep (state D) from one look to the next: they wait for storage, a network file system or a frozen one, and cannot be killed meanwhile. A disk that is merely busy lets them go in between.',
  asks: [{ signal: 'process.uninterruptible' }, { events: 'uninterruptible task' }],
  thresholds: {
    share: {
      value: 0.75,
      unit: 'of the readings in state D',
      why: 'a process that works with a disk is seen running or sleeping too',
    },
    many: {
      value: 3,
      unit: 'processes at one look',
      why: 'where there is a single look, one process may have been caught by chance',
    },
  },
  judge(signals, { share, many }) {
    const tables = groupsOf(signals.tracks('process.uninterruptible', 'process'), ({ dataset }) => dataset);
    const looked = signals.events('uninterruptible task').map((table) => lookedTest(signals, table, share));
    const listed = [...tables.values()].map((tracks): Test => {
      const readings = tracks.reduce((most, { values }) => Math.max(most, values.length), 0);
      const stuck = stuckIn(signals, tracks, share).filter(({ values }) => values.length >= Math.min(2, readings));
      const least = readings >= 2 ? 1 : many;
      const [first] = stuck;
      return {
        subject: { kind: 'host', name: '' },
        distance: stuck.length / least,
        severity: stuck.length >= 5 ? 'critical' : 'warning',
        measures: [{ signal: 'process.uninterruptible', stat: 'count', value: stuck.length }],
        basis: [trackBasis(signals, first ?? (tracks[0] as Track))],
        evidence: stuck.slice(0, 6).map((track) => evidenceOf(track)),
        since: first === undefined ? null : timeOf(first, 0),
        until: first === undefined ? null : lastTimeOf(first),
        who: whoOf(stuck),
        parts: waitingIn(signals, stuck),
        next: [
          collectSet('offcpu'),
          advise(isFrozen(waitingIn(signals, stuck)) ? 'thaw the file system' : 'check the file server'),
          collect('dmesg'),
        ],
      };
    });
    return [...looked, ...listed];
  },
});

/** Of a tool that prints only the tasks in state D, once a second: who is in most of its looks, and in which function. */
function lookedTest(signals: Signals, table: EventTable, share: number): Test {
  const { window } = signals;
  const whole = lookOf(signals.capture, signals.source(table.source));
  const look =
    whole === null || window === null
      ? whole
      : { from: Math.max(whole.from, window.from), to: Math.min(whole.to, window.to) };
  const interval = runOf(signals.capture, signals.source(table.source))?.interval ?? 1;
  const rows = foreignRows(signals, table)
    .filter((row) => !isKernelWorker(table.process(row) ?? ''))
    .filter((row) => (table.at(row) ?? Number.POSITIVE_INFINITY) >= (look?.from ?? 0));
  const times = extentOf(rows.map((row) => table.at(row)).filter((at) => at !== null));
  // A look that found nobody prints nothing.
  const seconds = look !== null ? look.to - look.from : times === null ? 0 : times.to - times.from + interval;
  const looks = Math.max(1, Math.round(seconds / Math.max(interval, gapOf(table, rows))));
  const shareOf = (own: readonly number[]) => new Set(own.map((row) => table.at(row))).size / looks;
  const tasks = [...rowsBy(rows, (row) => `${table.pid(row) ?? ''}`)]
    .map(([, own]) => ({ own, share: Math.min(1, shareOf(own)) }))
    .sort((a, b) => b.share - a.share || (a.own[0] as number) - (b.own[0] as number));
  const stuck = tasks.filter((task) => task.share >= share);
  const shown = (stuck.length > 0 ? stuck : tasks.slice(0, 1)).flatMap(({ own }) => own);
  const waits = partsOf(table, shown, 'wait channel', 'wait').filter(({ name }) => /[a-z]/i.test(name));
  return {
    subject: { kind: 'host', name: '' },
    // One look of a file that does not tell how long it was watched may have caught it by chance.
    distance: looks < LEAST_LOOKS ? Number.NaN : (tasks[0]?.share ?? 0) / share,
    severity: stuck.length >= 5 ? 'critical' : 'warning',
    measures: [{ signal: 'process.uninterruptible', stat: 'count', value: stuck.length }],
    basis: [tableBasis(signals, table)],
    evidence: evidenceOfRows(
      table,
      stuck.flatMap(({ own }) => own.slice(0, 1)),
    ),
    ...timesOf(table, shown),
    who: processesOf(
      table,
      stuck.flatMap(({ own }) => own.slice(0, 1)),
    ).map(({ share: _, ...who }) => who),
    parts: waits,
    ...(looks < LEAST_LOOKS
      ? { unclear: { kind: 'too few', count: looks, least: LEAST_LOOKS, of: 'look' } satisfies Reason }
      : {}),
    next: [
      collectSet('offcpu'),
      advise(isFrozen(waits) ? 'thaw the file system' : 'check the file server'),
      collect('dmesg'),
    ],
  };
}

const LEAST_LOOKS = 3;

/** The seconds from one look to the next, by the rows: on a slow host they are more than was asked for. 0 where few tell. */
function gapOf(table: EventTable, rows: readonly number[]): number {
  const times = [...new Set(rows.map((row) => table.at(row)).filter((at) => at !== null))].sort((a, b) => a - b);
  const gaps = times.slice(1).map((at, i) => at - (times[i] as number));
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0;
}

/** Writers of a frozen file system wait for its superblock (sb_start_write), which no disk or server lets go. */
function isFrozen([most]: readonly Part[]): boolean {
  return most !== undefined && /^(?:percpu_rwsem_wait|__sb_start_write|sb_start_write)\b/.test(most.name);
}

/** Where in the kernel they wait, where the table tells. */
function waitingIn(signals: Signals, stuck: readonly Track[]): Part[] {
  const channels = signals.processTexts('wait channel');
  const names = stuck
    .flatMap(({ subject }) => channels.get(subject.pid ?? -1) ?? [])
    .filter((name) => /[a-z]/i.test(name));
  return [...groupsOf(names, (name) => name)]
    .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
    .map(([name, own]): Part => ({ kind: 'wait', name, count: own.length }));
}

export const blockedRules: readonly Rule[] = [blocked];

/** Processes in uninterruptible sleep: most often storage or a network file system that does not answer. */
import { distinctTimes, medianGap } from '../../datasets/columns.ts';
import { groupsOf } from '../../datasets/groups.ts';
import type { Range } from '../../datasets/narrow.ts';
import { type EventTable, evidenceOfRows, rowsBy } from '../../signals/events.ts';
import type { Signals } from '../../signals/index.ts';
import { lookOf, runOf } from '../../signals/sources.ts';
import { evidenceOf, lastTimeOf, meanOf, type Track, timeOf } from '../../signals/track.ts';
import { tableBasis, trackBasis } from '../basis.ts';
import type { Part, Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import { advise, collect, collectSet, type NextStep } from '../steps.ts';
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
      const waits = waitingIn(signals, stuck);
      return {
        subject: { kind: 'host', name: '' },
        distance: stuck.length / least,
        severity: stuck.length >= 5 ? 'critical' : 'warning',
        form: readings >= 2 ? 'stuck' : 'one look',
        measures: [{ signal: 'process.uninterruptible', stat: 'count', value: stuck.length }],
        basis: [trackBasis(signals, first ?? (tracks[0] as Track))],
        evidence: stuck.slice(0, 6).map((track) => evidenceOf(track)),
        since: first === undefined ? null : timeOf(first, 0),
        until: first === undefined ? null : lastTimeOf(first),
        who: whoOf(stuck),
        parts: waits,
        next: stepsFor(waits),
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
  const times = distinctTimes(Float64Array.from(rows, (row) => table.at(row) ?? Number.NaN));
  const looks = looksIn(times, interval, look);
  const shareOf = (own: readonly number[]) => new Set(own.map((row) => table.at(row))).size / looks;
  const tasks = [...rowsBy(rows, (row) => `${table.pid(row) ?? ''}`)]
    .map(([, own]) => ({ own, share: Math.min(1, shareOf(own)) }))
    .sort((a, b) => b.share - a.share || (a.own[0] as number) - (b.own[0] as number));
  const stuck = tasks.filter((task) => task.share >= share);
  const firsts = stuck.map(({ own }) => own[0] as number);
  const shown = (stuck.length > 0 ? stuck : tasks.slice(0, 1)).flatMap(({ own }) => own);
  const waits = partsOf(table, shown, 'wait channel', 'wait').filter(({ name }) => /[a-z]/i.test(name));
  return {
    subject: { kind: 'host', name: '' },
    // One look of a file that does not tell how long it was watched may have caught it by chance.
    distance: looks < LEAST_LOOKS ? Number.NaN : (tasks[0]?.share ?? 0) / share,
    severity: stuck.length >= 5 ? 'critical' : 'warning',
    measures: [{ signal: 'process.uninterruptible', stat: 'count', value: stuck.length }],
    basis: [tableBasis(signals, table)],
    evidence: evidenceOfRows(table, firsts),
    ...timesOf(table, shown),
    who: processesOf(table, firsts).map(({ share: _, ...who }) => who),
    parts: waits,
    ...(looks < LEAST_LOOKS
      ? { unclear: { kind: 'too few', count: looks, least: LEAST_LOOKS, of: 'look' } satisfies Reason }
      : {}),
    next: stepsFor(waits),
  };
}

const LEAST_LOOKS = 3;

/** How often the tool looked: of a look that found nobody there is no row. On a slow host looks are further apart than asked for. */
function looksIn(times: Float64Array, interval: number, look: Range | null): number {
  const shown = times.length === 0 ? 0 : (times.at(-1) as number) - (times[0] as number) + interval;
  const seconds = look === null ? shown : look.to - look.from;
  return Math.max(1, Math.round(seconds / Math.max(interval, medianGap(times) ?? 0)));
}

function stepsFor(waits: readonly Part[]): NextStep[] {
  const look = [collectSet('offcpu'), collect('dmesg')];
  return isFrozen(waits) ? [advise('thaw the file system'), ...look] : [advise('check the file server'), ...look];
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

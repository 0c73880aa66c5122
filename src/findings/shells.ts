/** Shells among those that use a resource: what they ran is charged to them, and is who did it. */
import { groupsOf } from '../datasets/groups.ts';
import { allRows } from '../signals/events.ts';
import type { Signals } from '../signals/index.ts';
import { meanOf, type Track } from '../signals/track.ts';
import type { Part, Who } from './facts.ts';
import { MOST_NAMED, type Program } from './who.ts';

// sh        bash        dash        busybox
const SHELL = /^-?(?:sh|bash|dash|ash|ksh|mksh|zsh|busybox)$/;

export function isShell(name: string): boolean {
  return SHELL.test(name);
}

/**
 * Programs by their bytes, with the children of a shell in its place. The kernel adds what a process read and wrote to its parent's
 * when the parent has waited for it (/proc/PID/io): a shell that copies nothing has the bytes of each cp that it ran, after that.
 */
export function withoutShells(signals: Signals, programs: readonly Program[]): Program[] {
  return programs.flatMap((program): Program[] => {
    if (!isShell(program.name)) return [program];
    // The children are in the table themselves: it has what they have.
    const isTwice = ({ name, mean }: Program) =>
      !isShell(name) && mean >= ABOUT * program.mean && program.mean >= ABOUT * mean;
    if (programs.some(isTwice)) return [];
    const [most, ...rest] = ranBy(signals, program.tracks);
    return most === undefined || rest.length > 0 || !isAsleep(signals, program)
      ? [program]
      : [{ ...program, name: most.name, children: most.count ?? 1 }];
  });
}

/** A child that still runs is not yet in what its parent has. */
const ABOUT = 0.75;

/** Percent of a CPU with which nobody writes much: a shell that writes itself takes most of one. */
const ASLEEP = 5;

function isAsleep(signals: Signals, { tracks }: Program): boolean {
  const pids = new Set(tracks.map(({ subject }) => subject.pid));
  const own = signals.tracks('process.cpu.utilization', 'process').filter(({ subject }) => pids.has(subject.pid));
  return own.length > 0 && own.every((track) => meanOf(track) < ASLEEP);
}

/** What processes ran, or what those ran, by execsnoop, most first; whoever only waits is left out. */
function ranBy(signals: Signals, tracks: readonly Track[]): Part[] {
  const pids = new Set(tracks.map(({ subject }) => subject.pid ?? 0));
  const run = new Map<number, string>();
  const parents = new Set<number>();
  for (const table of signals.events('exec'))
    for (const row of allRows(table)) {
      const [pid, parent, name] = [table.pid(row), table.number(row, 'parent'), table.process(row)];
      if (pid === null || parent === null || name === null || !(pids.has(parent) || run.has(parent))) continue;
      run.set(pid, name);
      parents.add(parent);
    }
  // timeout and nice wait for whoever works.
  const workers = [...run].filter(([pid, name]) => !parents.has(pid) && !isShell(name) && name !== 'sleep');
  return [...groupsOf(workers, ([, name]) => name)]
    .map(([name, own]): Part => ({ kind: 'program', name, count: own.length }))
    .sort((a, b) => (b.count ?? 0) - (a.count ?? 0) || (a.name < b.name ? -1 : 1));
}

/** What a shell that is among the users ran; nothing of others. */
export function ranByShells(signals: Signals, who: readonly Who[]): Part[] {
  const shells = new Set(who.filter(({ name }) => isShell(name)).map(({ name }) => name));
  const tracks = (['process.disk.io.write', 'process.disk.io.read'] as const).flatMap((signal) =>
    signals.tracks(signal, 'process').filter(({ subject }) => shells.has(subject.name)),
  );
  return shells.size === 0 ? [] : ranBy(signals, tracks).slice(0, MOST_NAMED);
}

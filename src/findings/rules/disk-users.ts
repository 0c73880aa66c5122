/** Which process a disk works for, and who stands still behind it. */
import type { Range } from '../../datasets/narrow.ts';
import { type EventTable, evidenceOfRows, rowsBy } from '../../signals/events.ts';
import type { Signals } from '../../signals/index.ts';
import { maxOf } from '../../signals/track.ts';
import type { Who } from '../facts.ts';
import { sumOf } from '../numbers.ts';
import { withoutShells } from '../shells.ts';
import { isKernelWorker, programsBy, whoOf } from '../who.ts';
import { foreignRows } from './slow-events.ts';

/** What the users of a disk are known by. */
export interface DiskUsers {
  who: Who[];
  /** Requests that kernel threads submitted, of how many, where requests were traced. */
  byKernel: number;
  all: number;
  /** Bytes by name, of those that are named; empty where none are told. */
  moved: ReadonlyMap<string, number>;
}

/** As many rows of the slowest requests tell all. */
const SLOWEST = 5;

/**
 * The processes whose requests took most time in all, by biosnoop; else those that read and wrote most, by pidstat -d.
 *
 * @param during seconds on the capture's axis, for what is asked of a part of it; rows without a time count always
 */
export function diskUsers(signals: Signals, device: string, during: Range | null): DiskUsers {
  for (const table of signals.events('block I/O')) {
    const rows = (requestsByDisk(signals, table).get(device) ?? []).filter(
      (row) => during === null || table.mayBeIn(row, during),
    );
    if (rows.length === 0) continue;
    const processes = [...rowsBy(rows, table.process)].map(([name, own]) => ({
      name,
      own,
      usecs: sumOf(own.map((row) => table.usecs(row) ?? 0)),
    }));
    const programs = processes.filter(({ name }) => !isKernelWorker(name));
    const named = (programs.length > 0 ? programs : processes).sort(
      (a, b) => b.usecs - a.usecs || (a.name < b.name ? -1 : 1),
    );
    const byKernel = rows.length - sumOf(programs.map(({ own }) => own.length));
    const users = named.slice(0, 2);
    return {
      who: users.map(({ name, own }) => userOf(table, name, own, rows.length)),
      byKernel,
      all: rows.length,
      moved: new Map(users.map(({ name, own }) => [name, sumOf(own.map((row) => table.number(row, 'size') ?? 0))])),
    };
  }
  const then = readersAndWriters(signals, during);
  // What the kernel writes back now, programs wrote before.
  return { who: then.length > 0 ? then : readersAndWriters(signals, null), byKernel: 0, all: 0, moved: new Map() };
}

function userOf(table: EventTable, name: string, rows: readonly number[], all: number): Who {
  const slowest = [...rows].sort((a, b) => (table.usecs(b) ?? 0) - (table.usecs(a) ?? 0)).slice(0, SLOWEST);
  const pids = new Set(rows.map((row) => table.pid(row)).filter((pid) => pid !== null));
  const [only = null] = pids;
  return {
    role: 'user',
    name,
    pid: pids.size === 1 ? only : null,
    processes: Math.max(1, pids.size),
    share: rows.length / all,
    evidence: evidenceOfRows(table, slowest),
  };
}

/** Bytes a second below which a process has no part in what a disk does. */
const LEAST_BYTES = 2 ** 17;

function readersAndWriters(signals: Signals, during: Range | null): Who[] {
  return (['process.disk.io.write', 'process.disk.io.read'] as const)
    .flatMap((signal) =>
      withoutShells(signals, programsBy(signals, signal, during))
        .filter(({ name }) => !isKernelWorker(name))
        .slice(0, 1)
        .map((program) => ({ program, signal })),
    )
    .filter(({ program }) => program.mean >= LEAST_BYTES)
    .sort((a, b) => b.program.mean - a.program.mean)
    .map(({ program, signal }) => whoOf(program, signal, null));
}

const knownRequests = new WeakMap<EventTable, Map<string, number[]>>();

/** The rows of traced requests by device, as iostat would name it. There may be millions: they are looked through once. */
export function requestsByDisk(signals: Signals, table: EventTable): ReadonlyMap<string, readonly number[]> {
  const known = knownRequests.get(table) ?? requestsIn(signals, table);
  knownRequests.set(table, known);
  return known;
}

function requestsIn(signals: Signals, table: EventTable): Map<string, number[]> {
  const rows = foreignRows(signals, table).filter((row) => table.usecs(row) !== null);
  const printed = rowsBy(rows, (row) => table.text(row, 'disk'));
  const nameOf = diskNames(signals, [...printed.keys()]);
  const disks = new Map<string, number[]>();
  for (const [disk, own] of printed) disks.set(nameOf(disk), [...(disks.get(nameOf(disk)) ?? []), ...own]);
  return disks;
}

// 254:0
const NUMBERS = /^(\d+):(\d+)$/;

/**
 * Names for the disks as a tool printed them. Programs that know no names print major:minor; the manifest of the capture
 * says which those are. Where it does not, and one disk alone is without a name here and one alone was busy, they are the
 * same.
 */
export function diskNames(signals: Signals, printed: readonly string[]): (disk: string) => string {
  const known = signals.capture.manifest?.host.disks ?? {};
  const nameOf = (disk: string) => (Object.hasOwn(known, disk) ? (known[disk] as string) : diskName(disk));
  const names = new Set(printed.map(nameOf));
  const nameless = [...names].filter((name) => NUMBERS.test(name));
  const busy = signals.tracks('system.disk.io_time').filter((track) => maxOf(track) > 0);
  const others = new Set(busy.map(({ subject }) => subject.name));
  for (const name of names) others.delete(name);
  const [only] = [...others];
  if (nameless.length !== 1 || others.size !== 1 || only === undefined) return nameOf;
  return (disk) => (nameOf(disk) === nameless[0] ? only : nameOf(disk));
}

/**
 * `7:0` is loop0 and `8:16` sdb on every Linux (Documentation/admin-guide/devices.txt); other majors are given out as
 * drivers load, and stay as they are.
 */
function diskName(printed: string): string {
  const [, major, minor] = NUMBERS.exec(printed) ?? [];
  if (major === '7') return `loop${minor}`;
  if (major === '8' && Number(minor) < 256 && Number(minor) % 16 === 0)
    return `sd${String.fromCharCode(97 + Number(minor) / 16)}`;
  return printed;
}

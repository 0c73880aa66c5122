/** Which process a disk works for: biosnoop's rows by device and process. */
import { commas, usecsText } from '../datasets/amounts.ts';
import { cellAt, textAt } from '../datasets/cells.ts';
import { timeAt } from '../datasets/columns.ts';
import type { Evidence } from '../datasets/finding.ts';
import { addTo } from '../datasets/groups.ts';
import type { Events } from '../datasets/shapes.ts';
import { columnNamed, columnOf, durations } from './distribution.ts';
import { linesOf } from './rows.ts';
import type { View } from './view.ts';

export interface DiskUser {
  process: string;
  /** `fio issued 662 of 905 I/Os, the slowest took 131 ms`. */
  says: string;
  /** The rows of the slowest ones. */
  evidence: Evidence[];
}

export interface Timed {
  row: number;
  usecs: number;
}

/** As many rows of the slowest I/Os tell all. */
const SLOWEST = 5;

// kworker/1:2H        jbd2/vda1-8        kswapd0        loop0
const WORKS_FOR_OTHERS = /^(?:kworker\/|jbd2\/|kswapd\d|loop\d+$|xfsaild\/|md\d+_|flush-)/;

/**
 * The process whose I/O on the device took most time in all; null where biosnoop was not captured or saw none. Threads of
 * the kernel hand over what others asked for: they are named only where there is nobody else.
 *
 * @param during seconds since the capture began, for what is asked of a part of it; rows without a time count always
 */
export function heaviestUser(
  view: View,
  device: string,
  during: readonly [number | null, number | null],
): DiskUser | null {
  const [from, to] = [(during[0] ?? Number.NEGATIVE_INFINITY) - 1, during[1] ?? Number.POSITIVE_INFINITY];
  for (const events of view.datasets('events', 'biosnoop')) {
    const isThen = ({ row }: Timed) => {
      const at = timeAt(events.at, row);
      return at === null || (at >= from && at <= to);
    };
    const onDevice = (iosByDisk(view, events).get(device) ?? []).filter(isThen);
    const processes = [...byProcess(events, onDevice)];
    const own = processes.filter(([name]) => !WORKS_FOR_OTHERS.test(name));
    const [name, ios] = heaviest(own.length > 0 ? own : processes) ?? [];
    if (name === undefined || ios === undefined) continue;
    const slowest = [...ios].sort((a, b) => b.usecs - a.usecs).slice(0, SLOWEST);
    const worst = usecsText((slowest[0] as Timed).usecs);
    const handed = processes.reduce(
      (sum, [by, each]) => (own.length > 0 && WORKS_FOR_OTHERS.test(by) ? sum + each.length : sum),
      0,
    );
    const others =
      handed === 0 ? '' : `; ${commas(handed)} were handed over by threads of the kernel, for whom is not told`;
    return {
      process: name,
      says: `${name} issued ${commas(ios.length)} of its ${commas(onDevice.length)} I/Os then, the slowest took ${worst} from issue to completion${others}`,
      evidence: linesOf(
        events,
        slowest.map(({ row }) => row),
      ),
    };
  }
  return null;
}

/** The I/Os of biosnoop by device, as iostat would name it. */
export function iosByDisk(view: View, events: Events): Map<string, Timed[]> {
  const disk = columnNamed(events, 'DISK');
  const ios = new Map<string, Timed[]>();
  for (const io of durations(events)) addTo(ios, textAt(events, io.row, disk), io);
  const nameOf = diskNames(view, [...ios.keys()]);
  const disks = new Map<string, Timed[]>();
  for (const [printed, each] of ios) disks.set(nameOf(printed), [...(disks.get(nameOf(printed)) ?? []), ...each]);
  return disks;
}

function byProcess(events: Events, ios: readonly Timed[]): Map<string, Timed[]> {
  const process = columnOf(events, 'process');
  const processes = new Map<string, Timed[]>();
  for (const io of ios) addTo(processes, String(cellAt(events, io.row, process) ?? '?'), io);
  return processes;
}

function heaviest(groups: readonly [string, Timed[]][]): [string, Timed[]] | undefined {
  const time = (ios: Timed[]) => ios.reduce((sum, { usecs }) => sum + usecs, 0);
  return [...groups].sort(([, a], [, b]) => time(b) - time(a))[0];
}

// 254:0
const NUMBERS = /^(\d+):(\d+)$/;

/**
 * Names for the disks as a tool printed them. Programs that know no names print major:minor; the manifest of the capture
 * says which those are. Where it does not, and one disk alone is without a name here and one alone was busy in iostat, they
 * are the same.
 */
export function diskNames(view: View, printed: readonly string[]): (disk: string) => string {
  const known = view.capture.manifest?.host.disks ?? {};
  const nameOf = (disk: string) => (Object.hasOwn(known, disk) ? (known[disk] as string) : diskName(disk));
  const names = new Set(printed.map(nameOf));
  const nameless = [...names].filter((name) => NUMBERS.test(name));
  const busy = view.tracks('iostat', '%util').filter(({ values }) => values.some((util) => util > 0));
  const others = new Set(busy.map(({ labels }) => labels.Device ?? ''));
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

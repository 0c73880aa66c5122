/** What one of a printed unit is in the unit of a signal. */
import type { Unit } from '../datasets/signals.ts';

/** Page size of most hosts: vmstat prints KiB where sar prints pages. */
const PAGE = 4096;

const BYTES: ReadonlyMap<string, number> = new Map([
  ['bytes', 1],
  ['B', 1],
  ['kB', 1e3],
  ['KB', 1024],
  ['KiB', 1024],
  ['Kbytes', 1024],
  ['MB', 1e6],
  ['MiB', 2 ** 20],
  ['GB', 1e9],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
  ['sectors', 512],
  ['blocks', 1024],
]);
const SECONDS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-9],
  ['nsecs', 1e-9],
  ['us', 1e-6],
  ['usecs', 1e-6],
  ['ms', 1e-3],
  ['msecs', 1e-3],
  ['s', 1],
  ['secs', 1],
  ['seconds', 1],
  // Of the kernel's clock, a hundred a second (USER_HZ).
  ['ticks', 1e-2],
]);
/** Units that only say what is counted. */
const COUNTS: ReadonlySet<string> = new Set([
  '',
  '/s',
  'threads',
  'requests',
  'pages',
  'pages/s',
  'calls',
  'tasks',
  'wakeups',
]);

/**
 * @param printed as the parser names it
 * @returns null where one cannot be told from the other: then nothing is told. Of a time in percent, what one of it a second is.
 */
export function factorFor(printed: string, unit: Unit): number | null {
  if (printed === unit) return 1;
  if (unit === 'bytes') return BYTES.get(printed) ?? null;
  if (unit === 'bytes/s') return rateOf(printed);
  if (unit === 'pages/s') return COUNTS.has(printed) ? 1 : divided(rateOf(printed), PAGE);
  if (unit === 'us') return divided(SECONDS.get(printed), 1e-6);
  if (unit === 'ms') return divided(SECONDS.get(printed), 1e-3);
  if (unit === 's') return SECONDS.get(printed) ?? null;
  if (unit === '%') return SECONDS.has(printed) ? 100 * (SECONDS.get(printed) as number) : null;
  // The time that all requests waited together, in a second: how many there were on average.
  if (unit === 'requests' && SECONDS.has(printed)) return SECONDS.get(printed) as number;
  return COUNTS.has(printed) ? 1 : null;
}

/** `kB/s`; sectors are of 512 bytes whatever the disk says. */
function rateOf(printed: string): number | null {
  return printed.endsWith('/s') ? (BYTES.get(printed.slice(0, -2)) ?? null) : null;
}

function divided(value: number | null | undefined, by: number): number | null {
  return value === null || value === undefined ? null : value / by;
}

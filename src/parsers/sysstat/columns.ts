/**
 * What the columns of iostat, mpstat, pidstat and sar are. Versions add and rename columns, so that they are known by how
 * they are spelled: `%` before a share, `/s` behind a rate, `kB` and `MB` in sizes. The names are the C locale's in every
 * locale: sysstat translates its messages and not its headings.
 *
 * https://github.com/sysstat/sysstat (pr_stats.c, iostat.c, mpstat.c, pidstat.c)
 */
import { bytesOf, numberOf, rounded } from '../numbers.ts';

/** Columns that tell what a row is of. */
const LABELS = new Set(
  'CPU CORE SOCK NODE DEV IFACE INTR TTY FAN TEMP IN DEVICE BUS BAT FCHOST FILESYSTEM MOUNTPOINT status idvendor idprod manufact product'.split(
    ' ',
  ),
);
/** Columns that tell which process a row is of, and for whom it runs. */
export const PROCESS_LABELS = new Set(['UID', 'USER', 'PID', 'TGID', 'TID', 'Command', 'policy']);
/** Numbers whose names follow no rule. */
const PLAIN = new Set(
  (
    'tps rtps wtps dtps totsck tcpsck udpsck rawsck ip-frag tcp-tw tcp6sck udp6sck raw6sck ip6-frag runq-sz plist-sz ldavg-1 ldavg-5 ' +
    'ldavg-15 blocked dentunusd file-sz file-nr inode-sz inode-nr super-sz %super-sz dquot-sz rtsig-sz pty-nr blg_len MHz wghMHz rpm drpm ' +
    'degC inV maxpower Ifree Iused await svctm areq-sz aqu-sz avgrq-sz avgqu-sz all sum VSZ RSS StkSize StkRef threads fd-nr prio iodelay ' +
    'usr-ms system-ms guest-ms minflt-nr majflt-nr cap/min'
  ).split(' '),
);
// %usr   rxkB/s   kbmemfree   MBfsused   CPU12
const SPELLED = /^(?:%\S+|\S+\/s|kb[a-z]+|MBfs[a-z]+|CPU\d+)$/;

/** Whether a heading tells what its row is of, and is no number. */
export function isLabel(name: string): boolean {
  return LABELS.has(name);
}

/** Whether the word is the heading of a sysstat column. */
export function isColumn(name: string): boolean {
  return LABELS.has(name) || PROCESS_LABELS.has(name) || PLAIN.has(name) || SPELLED.test(name);
}

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^%/, '%'],
  [/^(?:[rwd]?kB\/s|kB_\S+\/s|(?:rx|tx)kB\/s)$/, 'KiB/s'],
  [/^(?:[rwd]?MB\/s|MB_\S+\/s)$/, 'MiB/s'],
  [/^(?:pgpg(?:in|out)\/s|[rw]kB_\S+\/s)$/, 'KiB/s'],
  [/^(?:[rw]sec\/s|(?:rd|wr)_sec\/s|b(?:read|wrtn|dscd)\/s)$/, 'sectors/s'],
  [/^Blk_\S+\/s$/, 'blocks/s'],
  [/^[rt]xbyt\/s$/, 'bytes/s'],
  [/^(?:tps|rtps|wtps|dtps|all|CPU\d+|\S+\/s)$/, '/s'],
  [/^(?:kb[a-z]+|kB_\S+|VSZ|RSS|StkSize|StkRef|[rwdf]?areq-sz)$/, 'KiB'],
  [/^MB/, 'MiB'],
  [/^Blk_/, 'blocks'],
  [/^avgrq-sz$/, 'sectors'],
  [/^(?:[rwdf]_)?await$|^svctm$|-ms$/, 'ms'],
  [/MHz$/, 'MHz'],
  [/^degC$/, '°C'],
  [/^d?rpm$/, 'rpm'],
  [/^inV$/, 'V'],
  [/^iodelay$/, 'ticks'],
];

/** The unit of a column by its name; sysstat's kB and MB are 1024 and 1024² bytes. Empty for plain numbers. */
export function unitOf(name: string): string {
  return UNITS.find(([spelling]) => spelling.test(name))?.[1] ?? '';
}

const BYTES_IN = new Map([
  ['KiB', 1024],
  ['KiB/s', 1024],
  ['MiB', 1024 ** 2],
  ['MiB/s', 1024 ** 2],
  ['sectors', 512],
  ['sectors/s', 512],
  ['blocks', 512],
  ['blocks/s', 512],
]);

/** A cell that has no value here: `-` for the TGID of a thread, `nan` where nothing was counted. */
const NO_VALUE = new Set(['-', 'nan', '-nan']);

/**
 * The value of a cell in its column's unit. With `--human` sizes have suffixes (`2.5M` under `kB_read/s` is 2560) and
 * shares a percent sign.
 *
 * @returns null where the cell has no value, undefined where it is no number
 */
export function cellValue(cell: string, unit: string): number | null | undefined {
  const plain = numberOf(cell);
  if (plain !== null) return plain;
  if (NO_VALUE.has(cell)) return null;
  if (unit === '%' && cell.endsWith('%')) return numberOf(cell.slice(0, -1)) ?? undefined;
  const step = BYTES_IN.get(unit);
  // -1.0k of pidstat --human, where what -1.00 stands for may not be read: nothing else is less than nothing.
  if (step !== undefined && cell.startsWith('-') && bytesOf(cell.slice(1)) !== null) return -1;
  const bytes = bytesOf(cell);
  return bytes === null || step === undefined ? undefined : rounded(bytes / step);
}

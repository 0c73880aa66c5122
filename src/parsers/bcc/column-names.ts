/**
 * The columns that the bcc, libbpf-tools and bpftrace tables share, by the name in the header: how a cell of it looks,
 * which is what lets a row be split, and what it means where the tool's row in the catalogue does not say.
 */
import type { Column } from '../../datasets/shapes.ts';

/**
 * How a cell looks.
 *
 * - `free`: text with spaces in it
 * - `word`: anything without spaces
 * - `integer`, `number`, `percent`, `clock`, `amount` (a number and its unit, `3.9 us`): only that, or a placeholder
 * - `seconds`: a number, or a time of day: libbpf-tools say `TIME(s)` over `15:27:28`
 * - `letters`: a short code of capitals, `W`, `WSM`, `R>`
 * - `address`: an IP address
 * - `mark`: what stands between two columns, `->`, and is no column
 * - `unknown`: a word, and a number if all of the column is
 */
export type CellKind =
  | 'free'
  | 'word'
  | 'integer'
  | 'number'
  | 'percent'
  | 'clock'
  | 'amount'
  | 'seconds'
  | 'letters'
  | 'address'
  | 'mark'
  | 'unknown';

export interface NameMeaning {
  kind: CellKind;
  unit: string;
  role: Column['role'];
}

const plain = (kind: CellKind): NameMeaning => ({ kind, unit: '', role: null });
const id = plain('integer');

/** Names that say all of it themselves; those that hold their unit, `LAT(ms)`, `TX_KB`, `READ/s`, are in `byShape`. */
const byName = new Map<string, NameMeaning>([
  ...each(['PID', 'TID', 'C-PID', 'PREV TID'], { kind: 'integer', unit: '', role: 'pid' }),
  ...each(['COMM', 'PCOMM', 'C-COMM', 'PREV COMM', 'TASK', 'CMD', 'CMDLINE'], {
    kind: 'free',
    unit: '',
    role: 'process',
  }),
  ...each(['TIME'], { kind: 'clock', unit: '', role: 'time' }),
  ...each(['BYTES', 'LEN', 'SIZE'], { kind: 'integer', unit: 'bytes', role: 'size' }),
  ...each(['Kbytes', 'KBYTES'], { kind: 'number', unit: 'KB', role: 'size' }),
  ...each(['MS', 'ms'], { kind: 'number', unit: 'ms', role: 'duration' }),
  // biosnoop -Q: before the device had it; what a request took there is LAT(ms).
  ...each(['QUE(ms)'], { kind: 'number', unit: 'ms', role: null }),
  ...each(['PPID', 'TPID', 'LPORT', 'RPORT', 'SPORT', 'DPORT', 'PORT', 'NETNS', 'MNT_NS', 'INO', 'CPU', 'MAJ'], id),
  ...each(
    ['MIN', 'FD', 'ERR', 'RET', 'RC', 'RESULT', 'CAP', 'AUDIT', 'INSETID', 'COUNT', 'SECTOR', 'I/O', 'READS'],
    id,
  ),
  ...each(
    ['WRITES', 'HITS', 'MISSES', 'DIRTIES', 'TOTAL', 'ALLOCS', 'PAGES', 'BACKLOG', 'SEQ', 'REFERENCE', 'MISS'],
    id,
  ),
  ...each(['RETRANSMITS', 'CONNECTS', 'BINDS', 'ORDER', 'Count', 'Chgs'], id),
  ...each(['HITRATIO', 'HIT%', '%RND', '%SEQ', 'READ_HIT%', 'WRITE_HIT%'], { kind: 'percent', unit: '%', role: null }),
  ...each(['T', 'D'], plain('letters')),
  ...each(['T>'], plain('letters')),
  ...each(['DISK', 'FLAGS', 'MODE', 'STATE', 'OLDSTATE', 'NEWSTATE', 'ADDR', 'PROTO', 'PROT'], plain('word')),
  ...each(
    ['NAME', 'FUNC', 'SYSCALL', 'SKADDR', 'SOFTIRQ', 'ZONE', 'TYPE', 'LABEL', 'OPTS', 'IF', 'NETIF'],
    plain('word'),
  ),
  ...each(['LADDR:LPORT', 'RADDR:RPORT', 'SADDR:SPORT', 'DADDR:DPORT'], plain('word')),
  ...each(['LADDR', 'RADDR', 'SADDR', 'DADDR'], plain('address')),
  ...each(['>', '->', '<->'], plain('mark')),
  ...each(
    ['PATH', 'FILE', 'FILENAME', 'ARGS', 'ARGs', 'HOST', 'QUERY', 'CALL', 'EVENT', '-', 'EXIT_CODE'],
    plain('free'),
  ),
  ...each(
    ['COMMAND', 'CACHE', 'HARDIRQ', 'DEVICE', 'METHOD', 'DESCRIPTION', 'Caller', 'TIDS', 'BINDS_TO'],
    plain('free'),
  ),
  ...each(['(FLAGS)'], plain('free')),
  ...each(['SOCKET'], plain('free')),
  // setuids.bt, behind arguments with spaces: (0)   (prevuid=0)
  ...each(['(RET)'], plain('word')),
  ...each(['# CALLS', '# ALLOCS'], id),
  ...each(['# BYTES'], { kind: 'integer', unit: 'bytes', role: 'size' }),
]);

// LAT(ms)  TIME(s)  AGE(s)  QUE(ms)  FREE(KB)  TIME (us)
const UNIT_IN_BRACKETS = /^([A-Za-z-]+) ?\((s|ms|us|ns|KB)\)$/;
// LATms  AVGms  TOTAL_usecs  ENDTIME_us  LATENCY_us  Open_ms
const TIME_AT_END = /^[A-Za-z]+_?(ms|us|ns|usecs|msecs|nsecs)$/;
// TX_KB  RX_KB  R_Kb  BUFFERS_MB  OFFSET_b
const SIZE_AT_END = /^[A-Z]+_(KB|Kb|MB|b)$/;
// TIME-UTC  TIME-CEST  TIME-+03: of exitsnoop, with the zone of the host
const ZONED = /^TIME-[A-Z+-][A-Z0-9+-]{1,5}$/;
// READ/s  GC/s
const RATE = /^[A-Za-z]+\/s$/;
// Avg Spin  Max hold  Total Wait
const LOCK_TIME = /^(?:Avg|Max|Total) (?:Spin|spin|Hold|hold|Wait)$/;

/** What a column is by its name; `unknown` where the name says nothing. */
export function meaningOfName(name: string): NameMeaning {
  return byName.get(name) ?? byShape(name) ?? plain('unknown');
}

/** Whether the name is one of the shared ones. */
export function isKnownName(name: string): boolean {
  return byName.has(name) || byShape(name) !== null;
}

function byShape(name: string): NameMeaning | null {
  const bracket = UNIT_IN_BRACKETS.exec(name);
  if (bracket !== null) {
    const [, what = '', unit = ''] = bracket;
    if (unit === 'KB') return { kind: 'number', unit, role: 'size' };
    const isTime = what === 'TIME' && !name.includes(' ');
    return { kind: isTime ? 'seconds' : 'number', unit, role: isTime ? 'time' : 'duration' };
  }
  const time = TIME_AT_END.exec(name);
  if (time !== null)
    return { kind: 'number', unit: time[1] as string, role: name.startsWith('ENDTIME') ? 'time' : 'duration' };
  const size = SIZE_AT_END.exec(name);
  if (size !== null) return { kind: 'number', unit: size[1] === 'b' ? 'bytes' : (size[1] as string), role: 'size' };
  if (RATE.test(name)) return { kind: 'number', unit: '/s', role: null };
  if (ZONED.test(name)) return { kind: 'clock', unit: '', role: 'time' };
  if (LOCK_TIME.test(name)) return { kind: 'amount', unit: 'ns', role: 'duration' };
  if (name === 'TOTAL_count') return id;
  return null;
}

function each(names: readonly string[], meaning: NameMeaning): [string, NameMeaning][] {
  return names.map((name) => [name, meaning]);
}

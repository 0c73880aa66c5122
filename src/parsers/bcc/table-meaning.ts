/** What the columns of a table are for: what the catalogue says of them, or their names; which is the time; which count. */
import type { Clock, Column } from '../../datasets/shapes.ts';
import { toolNamed } from '../../tools/index.ts';
import type { ColumnMeaning } from '../../tools/tool.ts';
import { type CellKind, meaningOfName } from './column-names.ts';
import type { HeaderColumn } from './table-header.ts';

export interface TableColumn extends Column {
  kind: CellKind;
}

/** Where a row's time stands, and how its numbers become seconds. */
export interface TimeColumn {
  index: number;
  clock: Clock;
  perSecond: number;
}

// FUNC  COUNT   SOFTIRQ  TOTAL_usecs   SYSCALL  COUNT  TIME (us)   LADDR:LPORT  RADDR:RPORT  RETRANSMITS
// METHOD  # CALLS  TIME (us)   TYPE  # ALLOCS  # BYTES
const COUNTER = /^(?:COUNT|# (?:CALLS|ALLOCS|BYTES)|TOTAL_\w+|RETRANSMITS|CONNECTS|BINDS|TIME \((?:us|ms)\))$/;
const COUNTED = new Map([
  ['COUNT', 'calls'],
  ['# CALLS', 'calls'],
  ['# ALLOCS', 'allocations'],
  ['TOTAL_count', 'events'],
  ['RETRANSMITS', 'retransmits'],
  ['CONNECTS', 'connects'],
  ['BINDS', 'binds'],
]);

const NUMERIC: ReadonlySet<CellKind> = new Set(['integer', 'number', 'percent', 'amount', 'seconds']);

/** @param tool whose row in the catalogue says more of the column than its name does */
export function columnOf({ name, kind }: HeaderColumn, tool: string): TableColumn {
  const byName = meaningOfName(name);
  const output = toolNamed(tool)?.output;
  const told: ColumnMeaning | undefined =
    (output?.shape === 'events' || output?.shape === 'series') && Object.hasOwn(output.columns, name)
      ? output.columns[name]
      : undefined;
  const type = told?.type ?? (NUMERIC.has(kind) ? 'number' : 'text');
  return {
    name,
    kind: kindFor(type, told?.unit ?? byName.unit, kind),
    type,
    unit: told?.unit ?? byName.unit,
    role: told?.role ?? byName.role,
  };
}

/** How its cells are taken, where the tool's row says otherwise than the name. */
function kindFor(type: Column['type'], unit: string, kind: CellKind): CellKind {
  if (type === 'number' && !NUMERIC.has(kind)) return unit === '%' ? 'percent' : 'number';
  return type === 'text' && NUMERIC.has(kind) ? 'word' : kind;
}

const PER_SECOND = new Map([
  ['s', 1],
  ['ms', 1e3],
  ['us', 1e6],
  ['ns', 1e9],
]);

/** The column that tells when; the finer one where there are two (execsnoop -T -t). */
export function timeColumn(columns: readonly TableColumn[]): TimeColumn | null {
  const index = columns.findIndex(({ role, type }) => role === 'time' && type === 'number');
  const column = columns[index];
  if (column !== undefined) {
    const perSecond = PER_SECOND.get(column.unit);
    if (perSecond !== undefined) return { index, clock: clockOf(column.name), perSecond };
  }
  const clock = columns.findIndex(({ role, kind }) => role === 'time' && kind === 'clock');
  return clock < 0 ? null : { index: clock, clock: 'day', perSecond: 1 };
}

/** The slower tools print the kernel's clock with `-j`; all others count from their start. */
function clockOf(name: string): Clock {
  return name.startsWith('ENDTIME') ? 'monotonic' : 'elapsed';
}

/** The columns at the end that count (argdist has its own first); none where anything but keys and counts is in the table. */
export function countersOf(columns: readonly TableColumn[]): number[] {
  if (columns[0]?.name === 'COUNT' && columns[1]?.name === 'EVENT') return [0];
  const counters = columns.map((_, i) => i).filter((i) => COUNTER.test((columns[i] as TableColumn).name));
  const first = counters[0] ?? columns.length;
  const atTheEnd = first > 0 && counters.length === columns.length - first;
  return atTheEnd && columns.slice(0, first).every(({ role }) => role !== 'time') ? counters : [];
}

/** The unit of a table of counts. */
export function countedUnit({ name, unit }: TableColumn, tool: string): string {
  const known = toolNamed(tool)?.output;
  return (known?.shape === 'counts' && name === 'COUNT' ? known.unit : COUNTED.get(name)) ?? unit;
}

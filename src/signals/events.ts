/** Event tables by what a row of them is, whoever printed it: `block I/O` of biosnoop, `kernel message` of dmesg. */
import type { Evidence } from '../datasets/finding.ts';
import type { Range } from '../datasets/narrow.ts';
import type { Events } from '../datasets/shapes.ts';
import { MOMENT, touches } from '../datasets/timing.ts';
import { toolNamed } from '../tools/index.ts';
import type { EventField, EventKind } from '../tools/tool.ts';
import { type Rows, rowsOf } from './tables.ts';
import { type Placed, roleIn } from './told.ts';
import { factorFor } from './units.ts';

export interface EventTable {
  tool: string;
  kind: EventKind;
  source: number;
  /** Null where the tool printed no row. */
  dataset: number | null;
  count: number;
  /** Whether the times are on the capture's axis. */
  isOnAxis: boolean;
  has(field: EventField): boolean;
  process(row: number): string | null;
  pid(row: number): number | null;
  text(row: number, field: EventField): string | null;
  number(row: number, field: EventField): number | null;
  /** How long it took, in microseconds. */
  usecs(row: number): number | null;
  at(row: number): number | null;
  /** Whether the row may be of that time; one without a time may be of any. */
  mayBeIn(row: number, range: Range): boolean;
  line(row: number): number;
}

/** The kind of event that a tool's rows are; null where they are none. */
export function eventsToldBy(tool: string): EventKind | null {
  const output = toolNamed(tool)?.output;
  return output?.shape === 'events' ? (output.of ?? null) : null;
}

export function eventTable({ dataset, place }: Placed<Events>, kind: EventKind): EventTable {
  const rows = rowsOf(dataset);
  const fields = fieldColumns(dataset.tool, rows);
  const [process, pid, duration] = [roleIn(rows, 'process'), roleIn(rows, 'pid'), durationIn(rows)];
  const perUnit = factorFor(rows.columns[duration]?.unit ?? '', 'us');
  return {
    tool: dataset.tool,
    kind,
    source: dataset.source,
    dataset: place,
    count: rows.count,
    isOnAxis: dataset.clock === 'capture',
    has: (field) => fields.has(field),
    process: (row) => rows.text(row, process),
    pid: (row) => rows.number(row, pid),
    text: (row, field) => rows.text(row, fields.get(field) ?? -1),
    number: (row, field) => rows.number(row, fields.get(field) ?? -1),
    usecs(row) {
      const value = rows.number(row, duration);
      return value === null || perUnit === null ? null : value * perUnit;
    },
    at: rows.at,
    mayBeIn(row, { from, to }) {
      const at = rows.at(row);
      return at === null || touches(at, dataset.timing ?? MOMENT, from, to);
    },
    line: rows.line,
  };
}

/** Of a tool that looked, and saw none. */
export function emptyTable(tool: string, source: number, kind: EventKind): EventTable {
  const none = (): null => null;
  return {
    ...{ tool, kind, source, dataset: null, count: 0, isOnAxis: false },
    has: () => false,
    ...{
      process: none,
      pid: none,
      text: none,
      number: none,
      usecs: none,
      at: none,
      mayBeIn: () => false,
      line: () => 0,
    },
  };
}

/** The text of a field for each PID of a table, in the order of its rows. */
export function textsByPid(events: Events, field: EventField): [pid: number, text: string][] {
  const rows = rowsOf(events);
  const [pid, column] = [roleIn(rows, 'pid'), fieldColumns(events.tool, rows).get(field) ?? -1];
  if (pid < 0 || column < 0) return [];
  return Array.from({ length: rows.count }, (_, row): [number | null, string | null] => [
    rows.number(row, pid),
    rows.text(row, column),
  ]).filter((pair): pair is [number, string] => pair[0] !== null && pair[1] !== null);
}

/** The first column of a field that the table has. */
function fieldColumns(tool: string, { columns }: Rows): Map<EventField, number> {
  const output = toolNamed(tool)?.output;
  const meanings = output !== undefined && 'columns' in output ? (output.columns ?? {}) : {};
  const fields = new Map<EventField, number>();
  columns.forEach(({ name }, i) => {
    const field = Object.hasOwn(meanings, name) ? meanings[name]?.field : undefined;
    if (field !== undefined && !fields.has(field)) fields.set(field, i);
  });
  return fields;
}

/** How long the thing itself took; klockstat's totals rather than its averages. */
function durationIn(rows: Rows): number {
  const total = rows.columns.findIndex(({ name, role }) => role === 'duration' && /^total (?:wait|spin)$/i.test(name));
  return total >= 0 ? total : roleIn(rows, 'duration');
}

/** More lines than this tell a reader nothing new. */
const MAX_LINES = 20;

/** The first of the rows as evidence, a line each; all of the source for no rows. */
export function evidenceOfRows({ source, dataset, line }: EventTable, rows: readonly number[]): Evidence[] {
  const drawn = dataset === null ? {} : { drawn: { dataset } };
  if (rows.length === 0) return [{ source, lines: null, ...drawn }];
  return rows.slice(0, MAX_LINES).map((row) => ({ source, lines: [line(row), line(row)], ...drawn }));
}

/** Every row. */
export function allRows({ count }: EventTable): number[] {
  return Array.from({ length: count }, (_, row) => row);
}

/** Rows by what a function says of them, in the order of first sight. */
export function rowsBy(rows: readonly number[], of: (row: number) => string | null): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const key = of(row) ?? '';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

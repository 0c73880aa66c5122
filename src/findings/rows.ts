/** Rows of event tables as evidence and in words. */
import { shareText } from '../datasets/amounts.ts';
import { cellAt, rowCount } from '../datasets/cells.ts';
import { allRows } from '../datasets/columns.ts';
import type { Evidence } from '../datasets/finding.ts';
import { addTo } from '../datasets/groups.ts';
import type { Events } from '../datasets/shapes.ts';

/** More lines than this tell a reader nothing new. */
const MAX_EVIDENCE = 20;

/** The whole of a source as evidence. */
export function allOf(source: number): Evidence[] {
  return [{ source, lines: null }];
}

/** The first rows as evidence, a line each. */
export function linesOf(events: Pick<Events, 'source' | 'lines'>, rows: readonly number[]): Evidence[] {
  return rows.slice(0, MAX_EVIDENCE).map((row) => {
    const line = events.lines[row] as number;
    return { source: events.source, lines: [line, line] };
  });
}

/** The value of a column that half of the rows or more have; null where none does. */
export function topValue(events: Events, rows: readonly number[], column: number): string | null {
  if (column < 0) return null;
  for (const [value, group] of rowsBy(events, column, rows)) if (group.length * 2 >= rows.length) return value;
  return null;
}

/** `mysqld has 83 % of them`: the most frequent value of a column; null where there is no such column. */
export function topShare(events: Events, rows: readonly number[], column: number): string | null {
  if (column < 0 || rows.length === 0) return null;
  const [name, most] = [...rowsBy(events, column, rows)].reduce((best, each) =>
    each[1].length > best[1].length ? each : best,
  );
  return `${name} has ${shareText(most.length / rows.length)} of them`;
}

/** Row numbers by the value of a column, in the order of first sight. */
export function rowsBy(
  events: Events,
  column: number,
  rows: Iterable<number> = allRows(rowCount(events)),
): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const row of rows) addTo(groups, String(cellAt(events, row, column) ?? '?'), row);
  return groups;
}

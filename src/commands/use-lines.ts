/** The USE table as lines of text that fit a terminal. */
import { isKnown, type UseCell, type UseTable, useColumns, useSigns } from '../datasets/use.ts';
import { shownOnLine } from '../render/shown.ts';

/** No column becomes narrower, however narrow the terminal. */
const LEAST_WIDTH = 12;
/** And none becomes wider, however wide it is: the row is to be read at a glance. */
const MOST_WIDTH = 44;

/** A table for each host of which something is known, each with an empty line behind it. */
export function useLines(tables: readonly UseTable[], width: number): string[] {
  return tables.flatMap(({ host, rows }) => {
    if (!rows.some((row) => useColumns.some((column) => isKnown(row[column])))) return [];
    const lines = [
      ['', ...useColumns.map((column) => `  ${column}`)],
      ...rows.map(({ label, ...cells }) => [label, ...useColumns.map((column) => cellText(cells[column]))]),
    ].map((cells) => cells.map(shownOnLine));
    const widths = fitting(
      (lines[0] ?? []).map((_, i) => lines.reduce((most, cells) => Math.max(most, (cells[i] ?? '').length), 0)),
      width,
    );
    return [
      ...(tables.length > 1 ? [shownOnLine(host ?? 'host unknown')] : []),
      ...lines.map((cells) =>
        cells
          .map((cell, i) => cut(cell, widths[i] as number))
          .join('  ')
          .trimEnd(),
      ),
      '',
    ];
  });
}

function cellText({ state, text }: UseCell): string {
  return `${useSigns[state] || ' '} ${text}`;
}

/** The widest gives way first. */
function fitting(wanted: readonly number[], width: number): number[] {
  const widths = wanted.map((each) => Math.min(each, MOST_WIDTH));
  const room = width - 2 * (widths.length - 1);
  for (let over = widths.reduce((sum, each) => sum + each, 0) - room; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] as number) <= LEAST_WIDTH) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

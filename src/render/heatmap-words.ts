/** What a heat map tells of a moment, in words. */
import { commas, range } from '../datasets/amounts.ts';
import type { HeatMap, Row } from '../datasets/heatmap.ts';

/** Cells named; the others are counted in. */
const MAX_CELLS = 3;

/** The range of a row, or its name. */
export function rowWords({ low, high, name }: Row, unit: string): string {
  return name ?? range(low, high, unit);
}

/** `37 I/Os: 20 in 64–128 µs, 9 in 128–256 µs, 1 in 16–33 ms`: the fullest cells, and the highest; empty beside the map. */
export function momentWords(map: HeatMap, at: number): string {
  const { columns, rows, values, rowUnit, valueUnit, valueKind } = map;
  const column = columns.findIndex(([low, high]) => at >= low && at < high);
  if (column < 0) return '';
  const cells = rows
    .map((row, i) => ({ row, i, value: values[i * columns.length + column] as number }))
    .filter(({ value }) => value > 0);
  const highest = cells.at(-1);
  const fullest = [...cells].sort((a, b) => b.value - a.value).slice(0, MAX_CELLS);
  if (highest !== undefined && valueKind === 'count' && !fullest.includes(highest)) fullest.splice(-1, 1, highest);
  if (valueKind === 'percent')
    return fullest.map(({ row, value }) => `${rowWords(row, rowUnit)} ${commas(value, 0)}%`).join(', ');
  const total = cells.reduce((sum, { value }) => sum + value, 0);
  const named = fullest.map(({ row, value }) => `${commas(value)} in ${rowWords(row, rowUnit)}`);
  return `${commas(total)} ${valueUnit}${named.length === 0 ? '' : `: ${named.join(', ')}`}`.replace('  ', ' ');
}

/** What two datasets that measure the same came to, as a table: one row a thing, before and after side by side. */
import { range as bucketRange } from '../../../datasets/amounts.ts';
import { rowCount } from '../../../datasets/cells.ts';
import { type Change, countChanges, percentileOf, type Seconds, seriesChanges } from '../../../datasets/changes.ts';
import { eventTotals } from '../../../datasets/event-sums.ts';
import type { Bucket, Cell, Counts, Dataset, Events, Histogram, Series } from '../../../datasets/shapes.ts';
import type { DistributionPair } from '../../overlay.ts';
import { CAPTURES, type SideNames } from '../../sides.ts';
import { weightColumn } from '../../table.ts';
import { type Table, type TableColumn, tableOfRows } from '../tables.ts';
import { distributionPairs, durationColumn, durationsOf, exactPercentile } from './distributions.ts';

const PERCENTILES = [50, 90, 99] as const;

export interface PairTable {
  caption: string;
  table: Table;
}

/** The tables of a pair that is no profile; none for what is only text. */
export function pairTables(
  before: Dataset,
  after: Dataset,
  seconds: Seconds,
  sides: SideNames = CAPTURES,
): PairTable[] {
  if (before.shape === 'series' && after.shape === 'series')
    return [{ caption: 'Means, what changed most first', table: seriesTable(before, after, sides) }];
  if (before.shape === 'histogram' && after.shape === 'histogram')
    return [{ caption: 'Percentiles, by bucket', table: histogramTable(before, after, seconds, sides) }];
  if (before.shape === 'counts' && after.shape === 'counts')
    return [countsTable('Counts', before, after, seconds, sides)];
  if (before.shape === 'events' && after.shape === 'events') return eventTables(before, after, seconds, sides);
  return [];
}

const text = (name: string): TableColumn => ({ name, type: 'text', unit: '' });
const number = (name: string, unit = ''): TableColumn => ({ name, type: 'number', unit });

function seriesTable(before: Series, after: Series, sides: SideNames): Table {
  const changes = byEffect(seriesChanges(before, after));
  return tableOfRows(
    [
      text('metric'),
      text('unit'),
      number(`mean ${sides.before}`),
      number(`mean ${sides.after}`),
      changeColumn,
      number(`most ${sides.before}`),
      number(`most ${sides.after}`),
    ],
    changes.map((change) => [
      change.name,
      change.unit,
      rounded(change.before),
      rounded(change.after),
      relative(change, sides),
      ...change.most.map(rounded),
    ]),
  );
}

/** The greatest clear change first; what only one capture has, and what is zero in both, last. */
export function byEffect<C extends Change & { effect: number }>(changes: readonly C[]): C[] {
  const isShared = ({ before, after }: C): boolean => before !== null && after !== null;
  return [...changes].sort((a, b) => Number(isShared(b)) - Number(isShared(a)) || b.effect - a.effect);
}

const changeColumn: TableColumn = number('change', '%');

/** By how much of what it was; a word where that is no number. */
function relative({ before, after }: Pick<Change, 'before' | 'after'>, sides: SideNames): Cell {
  if (before === null || after === null) return `only ${before === null ? sides.after : sides.before}`;
  if (before === after) return 0;
  return before === 0 ? 'from 0' : Math.round((1000 * (after - before)) / Math.abs(before)) / 10;
}

/** Four significant digits, and never fewer than a whole number has. */
function rounded(value: number | null): number | null {
  if (value === null || value === 0 || !Number.isFinite(value)) return value;
  const digits = Math.min(8, Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value)))));
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

function countHead(seconds: Seconds, { before, after }: SideNames): TableColumn[] {
  return [
    number(seconds === null ? `count ${before}` : before, seconds === null ? '' : '/s'),
    number(seconds === null ? `count ${after}` : after, seconds === null ? '' : '/s'),
  ];
}

function perSecond(counts: readonly [number, number], seconds: Seconds): Cell[] {
  return counts.map((count, i) => rounded(seconds === null ? count : count / (seconds[i] as number)));
}

function histogramTable(before: Histogram, after: Histogram, seconds: Seconds, sides: SideNames): Table {
  return tableOfRows(
    [
      text('what'),
      ...countHead(seconds, sides),
      ...PERCENTILES.flatMap((p) => [text(`p${p} ${sides.before}`), text(`p${p} ${sides.after}`)]),
    ],
    distributionPairs(before, after).map((pair) => [
      pair.name || after.title,
      ...perSecond([pair.before?.count ?? 0, pair.after?.count ?? 0], seconds),
      ...PERCENTILES.flatMap((p) => bucketsAt(pair, p).map((bucket) => bucketWords(bucket, after.unit))),
    ]),
  );
}

export function bucketsAt(
  { before, after }: DistributionPair,
  p: number,
): [before: Bucket | null, after: Bucket | null] {
  return [before && percentileOf(before, p), after && percentileOf(after, p)];
}

function bucketWords(bucket: Bucket | null, unit: string): string {
  return bucket === null ? '' : bucketRange(bucket[0], bucket[1], unit);
}

function countsTable(caption: string, before: Counts, after: Counts, seconds: Seconds, sides: SideNames): PairTable {
  const changes = countChanges(before, after, seconds).filter(({ before: was, after: is }) => was !== 0 || is !== 0);
  const unit = changes[0]?.unit ?? '';
  const title =
    seconds === null ? `${caption}, as counted: how long each was counted is not known` : `${caption}, per second`;
  return {
    caption: title,
    table: tableOfRows(
      [text('what'), number(sides.before, unit), number(sides.after, unit), changeColumn],
      changes.map((change) => [change.name, rounded(change.before), rounded(change.after), relative(change, sides)]),
    ),
  };
}

/** How often, how long, and whose. */
function eventTables(before: Events, after: Events, seconds: Seconds, sides: SideNames): PairTable[] {
  const weight = weightColumn(after.columns);
  // Reports of who used how much of the CPU are no events that happen so often.
  const isReport = weight !== null && after.columns[weight]?.unit === '%';
  const tables: PairTable[] = isReport
    ? []
    : [{ caption: 'In all', table: eventsTable(before, after, seconds, sides) }];
  const [was, is] = [eventTotals(before, sameColumn(before, after, weight)), eventTotals(after, weight)];
  if (was === null || is === null || was.title !== is.title || was.unit !== is.unit) return tables;
  // Shares of a CPU are means over their reports already.
  const counted = is.unit === '%' ? null : seconds;
  const { caption, table } = countsTable(is.title, was, is, counted, sides);
  return [...tables, { caption: is.unit === '%' ? is.title : caption, table }];
}

function sameColumn(before: Events, after: Events, column: number | null): number | null {
  if (column === null) return null;
  const found = before.columns.findIndex(({ name }) => name === after.columns[column]?.name);
  return found < 0 ? null : found;
}

function eventsTable(before: Events, after: Events, seconds: Seconds, sides: SideNames): Table {
  const column = after.columns[durationColumn(after)];
  const isTimed = column !== undefined && before.columns[durationColumn(before)]?.name === column.name;
  const rows: Cell[][] = [
    [
      'rows',
      seconds === null ? '' : '/s',
      ...changeCells(perSecond([rowCount(before), rowCount(after)], seconds), sides),
    ],
  ];
  if (isTimed) {
    const [was, is] = [durationsOf(before), durationsOf(after)];
    for (const p of PERCENTILES)
      rows.push([
        `${column.name} p${p}`,
        column.unit,
        ...changeCells([exactPercentile(was, p), exactPercentile(is, p)], sides),
      ]);
    rows.push([`${column.name} most`, column.unit, ...changeCells([was.at(-1) ?? null, is.at(-1) ?? null], sides)]);
  }
  return tableOfRows([text('what'), text('unit'), number(sides.before), number(sides.after), changeColumn], rows);
}

function changeCells([before = null, after = null]: readonly Cell[], sides: SideNames): Cell[] {
  const [was, is] = [before, after] as [number | null, number | null];
  return [rounded(was), rounded(is), relative({ before: was, after: is }, sides)];
}

/** Every shape as a table: what the page shows under each picture, and what it can sort, filter and narrow. */
import { groupCount, groupLabels, withGroups } from '../../datasets/buckets.ts';
import { cellsAt, cellsOf, eventsAt, heaviestFirst, rowCount } from '../../datasets/cells.ts';
import { allRows, hasTime, noTimes, picked } from '../../datasets/columns.ts';
import { itemsAt, keyWidth } from '../../datasets/counts.ts';
import { labelNames, labelOf } from '../../datasets/labels.ts';
import type { Cell, Cells, Counts, Dataset, Events, Histogram, Metric, Series } from '../../datasets/shapes.ts';
import { type FunctionRow, functionRows } from '../flame/functions.ts';
import { firstValues, SeriesRows, seriesLength } from './series-rows.ts';

export interface TableColumn {
  name: string;
  type: 'number' | 'text' | 'time';
  unit: string;
  /** Its cells name a process, a disk, a peer, a file: what the page can be filtered to. */
  isName?: boolean;
}

export interface Table {
  columns: TableColumn[];
  /** Those of each column. */
  cells: Cells[];
  /** How many rows there are. */
  length: number;
  /** The line of each row in the source; empty where rows come from many lines. */
  lines: Uint32Array;
  /** The column to sort by at first, largest on top; null keeps the order of the tool. */
  heaviest: number | null;
}

/** The rows of a table that stand first, and how many it has. */
export interface TableHead {
  head: Table;
  length: number;
}

/** As tools call what they name, beside processes. */
const NAMES =
  /^(disks?|dev(ice)?|iface|interface|[ls]?addr|daddr|raddr|ip|host|peer|file(name)?|path|comm|command|cgroup)$/i;

const TIME: TableColumn = { name: 'time', type: 'time', unit: '' };

/** The table of a dataset; null for plain text, which is its own. */
export function tableOf(dataset: Dataset): Table | null {
  switch (dataset.shape) {
    case 'stacks':
      return functionTable(functionRows(dataset.profile), dataset.unit);
    case 'histogram':
      return histogramTable(dataset);
    case 'events':
      return eventsTable(dataset);
    case 'counts':
      return countsTable(dataset);
    case 'series':
      return seriesTable(dataset);
    case 'text':
      return null;
  }
}

/**
 * The rows that stand first in a dataset's table: the heaviest where it has a column to sort by, else the first.
 *
 * @returns null for plain text
 */
export function tableHead(dataset: Dataset, most: number): TableHead | null {
  switch (dataset.shape) {
    case 'histogram': {
      const groups = dataset.starts.findIndex((start) => start >= most);
      const first = groups < 0 ? dataset : { ...dataset, ...withGroups(dataset, allRows(groups)) };
      return { head: firstRows(histogramTable(first), most), length: dataset.counts.length };
    }
    case 'events': {
      const rows = heaviestFirst(dataset.cells, rowCount(dataset), heaviestColumn(dataset), most);
      return { head: eventsTable(eventsAt(dataset, rows)), length: rowCount(dataset) };
    }
    case 'counts': {
      const rows = heaviestFirst([numbers(dataset.values)], dataset.values.length, 0, most);
      return { head: countsTable({ ...dataset, ...itemsAt(dataset, rows) }), length: dataset.values.length };
    }
    case 'series': {
      const first = dataset.metrics.map((metric) => ({ ...metric, ...firstValues(metric, most) }));
      return { head: firstRows(seriesTable({ ...dataset, metrics: first }), most), length: seriesLength(dataset) };
    }
    default: {
      const table = tableOf(dataset);
      return table && headOf(table, most);
    }
  }
}

export function headOf(table: Table, most: number): TableHead {
  const rows = heaviestFirst(table.cells, table.length, table.heaviest, most);
  return { head: rowsOfTable(table, rows), length: table.length };
}

function firstRows(table: Table, most: number): Table {
  return rowsOfTable(table, allRows(Math.min(most, table.length)));
}

function rowsOfTable(table: Table, rows: Uint32Array): Table {
  const lines = table.lines.length === 0 ? table.lines : picked(table.lines, rows);
  return { ...table, cells: table.cells.map((cells) => cellsAt(cells, rows)), length: rows.length, lines };
}

/** A short table whose rows are there already. */
export function tableOfRows(columns: TableColumn[], rows: readonly Cell[][], heaviest: number | null = null): Table {
  const cells = columns.map((_, i) => cellsOf(rows.length, (row) => rows[row]?.[i] ?? null));
  return { columns, cells, length: rows.length, lines: new Uint32Array(), heaviest };
}

/** Functions by the weight of the samples that ended in them, and of those they were anywhere in. */
export function functionTable(functions: readonly FunctionRow[], unit: string): Table {
  const whole = functions.reduce((sum, { self }) => sum + self, 0);
  const share = (weight: number): number => (whole === 0 ? 0 : Math.round((10_000 * weight) / whole) / 100);
  return tableOfRows(
    [
      text('function'),
      number('self', unit),
      number('self %', '%'),
      number('total', unit),
      number('total %', '%'),
      text('module'),
    ],
    functions.map(({ name, self, total, module }) => [name, self, share(self), total, share(total), module]),
    1,
  );
}

function text(name: string): TableColumn {
  return { name, type: 'text', unit: '' };
}

/** Of labels and keys: each names a thing. */
function naming(name: string): TableColumn {
  return { ...text(name), isName: true };
}

function number(name: string, unit: string): TableColumn {
  return { name, type: 'number', unit };
}

function numbers(column: Float64Array): Cells {
  return { numbers: column, ids: new Uint32Array(), texts: [] };
}

function histogramTable(histogram: Histogram): Table {
  const { at, starts, low, high, counts, lines, unit } = histogram;
  const names = labelNames(groupLabels(histogram));
  const timed = hasTime(at);
  const groupOf = new Uint32Array(counts.length);
  for (let group = 0; group < groupCount(histogram); group++)
    groupOf.fill(group, starts[group] as number, starts[group + 1] as number);
  const labels = names.map((name) => cellsOf(groupCount(histogram), (group) => labelIn(histogram.labels[group], name)));
  return {
    columns: [
      ...(timed ? [TIME] : []),
      ...names.map(naming),
      number('from', unit),
      number('below', unit),
      number('count', ''),
    ],
    cells: [
      ...(timed ? [cellsAt(numbers(at), groupOf)] : []),
      ...labels.map((cells) => cellsAt(cells, groupOf)),
      ...[low, high, counts].map(numbers),
    ],
    length: counts.length,
    lines,
    heaviest: null,
  };
}

function labelIn(labels: Record<string, string> | undefined, name: string): string | null {
  return labels === undefined ? null : labelOf({ labels }, name);
}

function eventsTable(events: Events): Table {
  const { columns, cells, lines } = events;
  const named = columns.map(({ name, type, unit, role }) => {
    const isName = type === 'text' && (role === 'process' || NAMES.test(name));
    return { name, type, unit, ...(isName ? { isName } : {}) };
  });
  return { columns: named, cells, length: lines.length, lines, heaviest: heaviestColumn(events) };
}

function heaviestColumn({ columns }: Events): number | null {
  const duration = columns.findIndex(({ role, type }) => role === 'duration' && type === 'number');
  return duration < 0 ? null : duration;
}

function countsTable(counts: Counts): Table {
  const { keys, key, values, at, lines, unit } = counts;
  const width = Math.max(1, keyWidth(counts));
  const timed = hasTime(at);
  const parts = Array.from({ length: width }, (_, i) => cellsOf(keys.length, (place) => keys[place]?.[i] ?? null));
  return {
    columns: [
      ...(timed ? [TIME] : []),
      ...parts.map((_, i) => naming(width === 1 ? 'what' : `key ${i + 1}`)),
      number(unit || 'count', ''),
    ],
    cells: [...(timed ? [numbers(at)] : []), ...parts.map((cells) => cellsAt(cells, key)), numbers(values)],
    length: values.length,
    lines,
    heaviest: width + (timed ? 1 : 0),
  };
}

/** One row for each line of the tool: the metrics that share time and labels side by side. */
function seriesTable({ metrics }: Series): Table {
  const names = [...new Set(metrics.map(({ name }) => name))];
  const labels = labelNames(metrics);
  const timed = metrics.some(({ at }) => hasTime(at));
  const rows = new SeriesRows(labels, metrics);
  const columns = names.flatMap((name) => columnsOf(name, metrics, rows));
  return {
    columns: [...(timed ? [TIME] : []), ...labels.map(naming), ...columns.map(({ column }) => column)],
    cells: [
      ...(timed ? [numbers(picked(rows.at, rows.order))] : []),
      ...rows.labelCells(),
      ...columns.map(({ values }) => numbers(values)),
    ],
    length: rows.length,
    lines: picked(rows.lines, rows.order),
    heaviest: null,
  };
}

/** The values of all metrics of a name; where they are means of many, the least and the greatest beside them. */
function columnsOf(
  name: string,
  metrics: readonly Metric[],
  rows: SeriesRows,
): { column: TableColumn; values: Float64Array }[] {
  const named = metrics.filter((metric) => metric.name === name);
  const unit = named[0]?.unit ?? '';
  const columnOf = (
    title: string,
    of: (metric: Metric) => Float64Array,
  ): { column: TableColumn; values: Float64Array } => {
    const values = noTimes(rows.length);
    for (const metric of named) put(of(metric), rows.of(metric), values);
    return { column: number(title, unit), values: picked(values, rows.order) };
  };
  if (named.every(({ spread }) => spread === undefined)) return [columnOf(name, ({ values }) => values)];
  return [
    columnOf(`${name}, mean`, ({ values }) => values),
    columnOf(`${name}, least`, ({ values, spread }) => spread?.least ?? values),
    columnOf(`${name}, most`, ({ values, spread }) => spread?.greatest ?? values),
  ];
}

function put(values: Float64Array, rows: Uint32Array, into: Float64Array): void {
  for (let i = 0; i < values.length; i++) into[rows[i] as number] = values[i] as number;
}

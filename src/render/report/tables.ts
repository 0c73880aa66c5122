/** Every shape as a table: what the page shows under each picture, and what it can sort, filter and narrow. */
import { groupCount, groupLabels } from '../../datasets/buckets.ts';
import { GrowingCells } from '../../datasets/cells.ts';
import { allRows, Growing, hasTime, noTimes, picked } from '../../datasets/columns.ts';
import { keyWidth } from '../../datasets/counts.ts';
import { labelNames, labelOf } from '../../datasets/labels.ts';
import type { Cell, Cells, Counts, Dataset, Events, Histogram, Metric, Series } from '../../datasets/shapes.ts';
import { type FunctionRow, functionRows } from '../flame/functions.ts';

export interface TableColumn {
  name: string;
  type: 'number' | 'text' | 'time';
  unit: string;
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

function number(name: string, unit: string): TableColumn {
  return { name, type: 'number', unit };
}

function cellsOf(length: number, cellAt: (row: number) => Cell): Cells {
  const cells = new GrowingCells();
  for (let row = 0; row < length; row++) cells.push(cellAt(row));
  return cells.build();
}

function numbers(column: Float64Array): Cells {
  return { numbers: column, ids: new Uint32Array(), texts: [] };
}

/** What is told of few things, for each of many rows: the thing of each row. */
function spread(cells: Cells, thingOf: Uint32Array): Cells {
  return { ...cells, numbers: ofThings(cells.numbers, thingOf), ids: ofThings(cells.ids, thingOf) };
}

function ofThings<Column extends Float64Array | Uint32Array>(column: Column, thingOf: Uint32Array): Column {
  return column.length === 0 ? column : picked(column, thingOf);
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
      ...names.map(text),
      number('from', unit),
      number('below', unit),
      number('count', ''),
    ],
    cells: [
      ...(timed ? [spread(numbers(at), groupOf)] : []),
      ...labels.map((cells) => spread(cells, groupOf)),
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

function eventsTable({ columns, cells, lines }: Events): Table {
  const heaviest = columns.findIndex(({ role, type }) => role === 'duration' && type === 'number');
  return {
    columns: columns.map(({ name, type, unit }) => ({ name, type, unit })),
    cells,
    length: lines.length,
    lines,
    heaviest: heaviest < 0 ? null : heaviest,
  };
}

function countsTable(counts: Counts): Table {
  const { keys, key, values, at, lines, unit } = counts;
  const width = Math.max(1, keyWidth(counts));
  const timed = hasTime(at);
  const parts = Array.from({ length: width }, (_, i) => cellsOf(keys.length, (place) => keys[place]?.[i] ?? null));
  return {
    columns: [
      ...(timed ? [TIME] : []),
      ...parts.map((_, i) => text(width === 1 ? 'what' : `key ${i + 1}`)),
      number(unit || 'count', ''),
    ],
    cells: [...(timed ? [numbers(at)] : []), ...parts.map((cells) => spread(cells, key)), numbers(values)],
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
  const rows = new SeriesRows(labels);
  const rowsOf = metrics.map((metric) => rows.of(metric));
  const order = rows.inOrder();
  const columns = names.map((name) => {
    const values = noTimes(order.length);
    metrics.forEach((metric, m) => {
      if (metric.name === name) put(metric.values, rowsOf[m] as Uint32Array, values);
    });
    return picked(values, order);
  });
  return {
    columns: [
      ...(timed ? [TIME] : []),
      ...labels.map(text),
      ...names.map((name) => number(name, unitOf(metrics, name))),
    ],
    cells: [...(timed ? [numbers(rows.times(order))] : []), ...rows.labelCells(order), ...columns.map(numbers)],
    length: order.length,
    lines: rows.lines(order),
    heaviest: null,
  };
}

function put(values: Float64Array, rows: Uint32Array, into: Float64Array): void {
  for (let i = 0; i < values.length; i++) into[rows[i] as number] = values[i] as number;
}

function unitOf(metrics: readonly Metric[], name: string): string {
  return metrics.find((metric) => metric.name === name)?.unit ?? '';
}

/** What the rows of one thing (a disk, a CPU) are found by. */
interface Thing {
  number: number;
  labels: (string | null)[];
  /** Rows by their line, where no other row of the line came first. */
  byLine: Map<number, number>;
  /** Rows by time and line: a line of JSON tells of several times. */
  byTime: Map<string, number>;
  /** Rows without a time: they have their order alone. */
  byOrder: number[];
  /** The rows of metrics that share their lines. */
  known: Map<Uint32Array, Uint32Array>;
}

/** Numbers for the rows of a series' table, as the metrics ask for them. */
class SeriesRows {
  private readonly names: readonly string[];
  private readonly things = new Map<string, Thing>();
  private readonly at = new Growing(Float64Array);
  private readonly line = new Growing(Uint32Array);
  private readonly thing = new Growing(Uint32Array);

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** The row of each value of the metric. */
  of({ labels, at, lines }: Metric): Uint32Array {
    const thing = this.thingOf(labels);
    const rows = thing.known.get(lines) ?? lines.map((line, i) => this.rowOf(thing, at[i] as number, line, i));
    thing.known.set(lines, rows);
    return rows;
  }

  /** All rows, by their time and then their line. */
  inOrder(): Uint32Array {
    const [at, line] = [this.at.build(), this.line.build()];
    const time = at.map((each) => (Number.isNaN(each) ? 0 : each));
    const before = (a: number, b: number): number =>
      (time[a] as number) - (time[b] as number) || (line[a] as number) - (line[b] as number) || a - b;
    const rows = allRows(line.length);
    return rows.every((row) => row === 0 || before(row - 1, row) < 0) ? rows : rows.sort(before);
  }

  times(order: Uint32Array): Float64Array {
    return picked(this.at.build(), order);
  }

  lines(order: Uint32Array): Uint32Array {
    return picked(this.line.build(), order);
  }

  labelCells(order: Uint32Array): Cells[] {
    const things = [...this.things.values()];
    const thingOf = picked(this.thing.build(), order);
    return this.names.map((_, i) =>
      spread(
        cellsOf(things.length, (thing) => things[thing]?.labels[i] ?? null),
        thingOf,
      ),
    );
  }

  private thingOf(labels: Record<string, string>): Thing {
    const texts = this.names.map((name) => labelOf({ labels }, name));
    const key = JSON.stringify(texts);
    const known = this.things.get(key);
    if (known !== undefined) return known;
    const number = this.things.size;
    const found = { byLine: new Map(), byTime: new Map(), byOrder: [], known: new Map() };
    const thing = { number, labels: texts, ...found };
    this.things.set(key, thing);
    return thing;
  }

  private rowOf(thing: Thing, at: number, line: number, i: number): number {
    if (Number.isNaN(at)) {
      thing.byOrder[i] ??= this.add(thing, at, line);
      return thing.byOrder[i] as number;
    }
    const row = thing.byLine.get(line);
    if (row === undefined) {
      const added = this.add(thing, at, line);
      thing.byLine.set(line, added);
      return added;
    }
    if (this.at.at(row) === at) return row;
    const key = `${at} ${line}`;
    const other = thing.byTime.get(key) ?? this.add(thing, at, line);
    thing.byTime.set(key, other);
    return other;
  }

  private add({ number }: Thing, at: number, line: number): number {
    this.at.push(at);
    this.line.push(line);
    this.thing.push(number);
    return this.line.length - 1;
  }
}

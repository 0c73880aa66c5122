/** The lines that metrics were printed on, as rows of one table: those of the same thing (a disk, a CPU) share them. */
import { cellsAt, cellsOf } from '../../datasets/cells.ts';
import { allRows, picked } from '../../datasets/columns.ts';
import { labelOf } from '../../datasets/labels.ts';
import type { Cells, Metric, Series } from '../../datasets/shapes.ts';

/** The metrics of one thing, by their lines: those that share them are there once. */
interface Thing {
  labels: (string | null)[];
  columns: Map<Uint32Array, Float64Array>;
}

export class SeriesRows {
  /** Of each row. */
  readonly at: Float64Array;
  readonly lines: Uint32Array;
  /** The rows by their time and then their line. */
  readonly order: Uint32Array;
  private readonly things: Thing[];
  private readonly thing: Uint32Array;
  private readonly rowsOf: ReadonlyMap<Uint32Array, Uint32Array>;

  /** @param names of the labels that tell things apart */
  constructor(names: readonly string[], metrics: readonly Metric[]) {
    this.things = thingsOf(names, metrics);
    const parts = this.things.map(({ columns }) => united(columns));
    const length = parts.reduce((sum, { lines }) => sum + lines.length, 0);
    [this.at, this.lines, this.thing] = [new Float64Array(length), new Uint32Array(length), new Uint32Array(length)];
    const rowsOf = new Map<Uint32Array, Uint32Array>();
    let start = 0;
    for (const [number, { at, lines, rows }] of parts.entries()) {
      this.at.set(at, start);
      this.lines.set(lines, start);
      this.thing.fill(number, start, start + lines.length);
      for (const [column, of] of rows) rowsOf.set(column, start === 0 ? of : of.map((row) => row + start));
      start += lines.length;
    }
    this.rowsOf = rowsOf;
    this.order = inOrder(this.at, this.lines);
  }

  get length(): number {
    return this.lines.length;
  }

  /** The row of each value of the metric. */
  of({ lines }: Metric): Uint32Array {
    return this.rowsOf.get(lines) as Uint32Array;
  }

  /** What each label is, in order. */
  labelCells(): Cells[] {
    const { things, order } = this;
    const thing = picked(this.thing, order);
    const names = things[0]?.labels ?? [];
    return names.map((_, i) =>
      cellsAt(
        cellsOf(things.length, (number) => things[number]?.labels[i] ?? null),
        thing,
      ),
    );
  }
}

/** How many rows the table of a series has. */
export function seriesLength({ metrics }: Series): number {
  const names = [...new Set(metrics.flatMap(({ labels }) => Object.keys(labels)))];
  return thingsOf(names, metrics).reduce((sum, { columns }) => sum + united(columns).lines.length, 0);
}

/** The first values of a metric, which make its first rows. */
export function firstValues({ at, values, lines, spread }: Metric, most: number): Partial<Metric> {
  const first = { at: at.subarray(0, most), values: values.subarray(0, most), lines: lines.subarray(0, most) };
  if (spread === undefined) return first;
  return { ...first, spread: { least: spread.least.subarray(0, most), greatest: spread.greatest.subarray(0, most) } };
}

function thingsOf(names: readonly string[], metrics: readonly Metric[]): Thing[] {
  const things = new Map<string, Thing>();
  for (const { labels, at, lines } of metrics) {
    const texts = names.map((name) => labelOf({ labels }, name));
    const key = JSON.stringify(texts);
    const thing = things.get(key) ?? { labels: texts, columns: new Map() };
    things.set(key, thing);
    thing.columns.set(lines, at);
  }
  return [...things.values()];
}

interface United {
  at: Float64Array;
  lines: Uint32Array;
  /** For each column of lines the row of each of its elements. */
  rows: Map<Uint32Array, Uint32Array>;
}

/** The rows of one thing: a line that several metrics stand on is one. */
function united(columns: Thing['columns']): United {
  const [[lines, at] = [new Uint32Array(), new Float64Array()]] = columns;
  if (columns.size === 1) return { at, lines, rows: new Map([[lines, allRows(lines.length)]]) };
  const rows = new RowNumbers();
  const of = new Map(
    [...columns].map(([each, times]) => [each, each.map((line, i) => rows.of(times[i] as number, line, i))]),
  );
  return { at: Float64Array.from(rows.at), lines: Uint32Array.from(rows.lines), rows: of };
}

/** Numbers for rows, from 0 on, in the order in which they are asked for. */
class RowNumbers {
  readonly at: number[] = [];
  readonly lines: number[] = [];
  /** By their line, where no other row of the line came first. */
  private readonly byLine = new Map<number, number>();
  /** By time and line: a line of JSON tells of several times. */
  private readonly byTime = new Map<string, number>();
  /** Rows without a time have their order alone. */
  private readonly byOrder: number[] = [];

  of(at: number, line: number, i: number): number {
    if (Number.isNaN(at)) {
      this.byOrder[i] ??= this.add(at, line);
      return this.byOrder[i] as number;
    }
    const row = this.byLine.get(line) ?? this.add(at, line);
    this.byLine.set(line, row);
    if (this.at[row] === at) return row;
    const key = `${at} ${line}`;
    const other = this.byTime.get(key) ?? this.add(at, line);
    this.byTime.set(key, other);
    return other;
  }

  private add(at: number, line: number): number {
    this.at.push(at);
    return this.lines.push(line) - 1;
  }
}

function inOrder(at: Float64Array, lines: Uint32Array): Uint32Array {
  const time = at.map((each) => (Number.isNaN(each) ? 0 : each));
  const before = (a: number, b: number): number =>
    (time[a] as number) - (time[b] as number) || (lines[a] as number) - (lines[b] as number) || a - b;
  const rows = allRows(lines.length);
  if (rows.every((row) => row === 0 || before(row - 1, row) < 0)) return rows;
  // Each thing's rows are in order already: an array's sort merges such runs, a typed array's does not look for them.
  return Uint32Array.from(Array.from(rows).sort(before));
}

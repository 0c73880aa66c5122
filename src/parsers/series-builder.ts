/** Collects the values of a table's columns into metrics, in the order in which they are first seen. */
import { Growing, picked, rowsWhere } from '../datasets/columns.ts';
import { raised, TO_RAISE_LIMITS } from '../datasets/limits.ts';
import type { Metric } from '../datasets/shapes.ts';

/** Disks, CPUs, interfaces of one table: each has a track for every column. */
const MAX_THINGS = 4096;

/** What is told of a value besides itself. */
export interface PointFacts {
  labels: Record<string, string>;
  at: number | null;
  line: number;
  /** The value is an average since boot, not of an interval. */
  sinceBoot: boolean;
  /** What the C locale calls the metric, where its name is translated. */
  english?: string;
}

export class SeriesBuilder {
  private readonly tracks: Track[] = [];
  private readonly byLabels = new Map<string, Rows>();
  /** Those of the row before: the cells of a row share their labels. */
  private labels: PointFacts['labels'] | null = null;
  private rows = new Rows();
  private readonly maxThings = raised(MAX_THINGS);

  add(name: string, unit: string, value: number, { labels, at, line, sinceBoot, english }: PointFacts): void {
    if (labels !== this.labels) this.turnTo(labels);
    const track = this.rows.tracks.get(name) ?? this.begin({ name, unit, english }, labels, this.rows);
    track.add(this.rows.rowOf(at ?? Number.NaN, line, track), value);
    if (sinceBoot) track.markSinceBoot();
  }

  /** Why rows of one thing more are not taken; null where they are, as those of a thing that is known. */
  whyFull(labels: PointFacts['labels']): string | null {
    if (this.byLabels.size < this.maxThings || this.byLabels.has(JSON.stringify(labels))) return null;
    return `of a disk, CPU or interface beyond the first ${this.maxThings}: ${TO_RAISE_LIMITS}`;
  }

  /** For whole rows of one thing, whose columns are always the same. */
  rowsOf(labels: PointFacts['labels'], columns: readonly SeriesColumn[]): SeriesRows {
    const rows = this.rowsWith(labels);
    return new SeriesRows(columns, rows, (column) => rows.tracks.get(column.name) ?? this.begin(column, labels, rows));
  }

  build(): Metric[] {
    return this.tracks.map((track) => track.build());
  }

  private begin({ name, unit, english }: SeriesColumn, labels: PointFacts['labels'], rows: Rows): Track {
    const translated = english === undefined || english === name ? {} : { english };
    const track = new Track({ name, ...translated, labels, unit }, rows);
    rows.tracks.set(name, track);
    this.tracks.push(track);
    return track;
  }

  private turnTo(labels: PointFacts['labels']): void {
    this.labels = labels;
    this.rows = this.rowsWith(labels);
  }

  private rowsWith(labels: PointFacts['labels']): Rows {
    const key = JSON.stringify(labels);
    const known = this.byLabels.get(key);
    if (known !== undefined) return known;
    const rows = new Rows();
    this.byLabels.set(key, rows);
    return rows;
  }
}

export interface SeriesColumn {
  name: string;
  unit: string;
  /** What the C locale calls it, where its name is translated. */
  english?: string | undefined;
}

/** Takes the rows of one thing, column by column. A column begins a metric with its first value. */
export class SeriesRows {
  private readonly columns: readonly SeriesColumn[];
  private readonly rows: Rows;
  private readonly begin: (column: SeriesColumn) => Track;
  private readonly tracks: (Track | undefined)[];

  constructor(columns: readonly SeriesColumn[], rows: Rows, begin: (column: SeriesColumn) => Track) {
    this.columns = columns;
    this.rows = rows;
    this.begin = begin;
    this.tracks = columns.map(() => undefined);
  }

  /** @param values as many as there are columns; NaN where nothing was printed */
  add(values: Float64Array, at: number, line: number, sinceBoot: boolean): void {
    const { tracks, rows } = this;
    for (let i = 0; i < tracks.length; i++) {
      const value = values[i] as number;
      if (Number.isNaN(value)) continue;
      const track = tracks[i] ?? this.track(i);
      track.add(rows.rowOf(at, line, track), value);
      if (sinceBoot) track.markSinceBoot();
    }
  }

  private track(i: number): Track {
    const track = this.begin(this.columns[i] as SeriesColumn);
    this.tracks[i] = track;
    return track;
  }
}

/** The lines that told something of one thing: the metrics of a line share its time. */
class Rows {
  readonly tracks = new Map<string, Track>();
  private readonly at = new Growing(Float64Array);
  private readonly lines = new Growing(Uint32Array);
  /** Columns that were built already, by the rows that they are of. */
  private readonly built: { rows: Uint32Array | number; at: Float64Array; lines: Uint32Array }[] = [];

  get length(): number {
    return this.lines.length;
  }

  /** The row that the track's next value stands on: the last one where that is of the same line, and has none yet. */
  rowOf(at: number, line: number, track: Track): number {
    const last = this.length - 1;
    if (last >= 0 && this.lines.at(last) === line && Object.is(this.at.at(last), at) && track.lastRow < last)
      return last;
    this.at.push(at);
    this.lines.push(line);
    return last + 1;
  }

  /** @param rows which of them; a number stands for the first so many */
  columns(rows: Uint32Array | number): Pick<Metric, 'at' | 'lines'> {
    const known = this.built.find((each) => isSame(each.rows, rows));
    if (known !== undefined) return { at: known.at, lines: known.lines };
    if (rows !== this.length) return this.keep(rows, this.columns(this.length));
    return this.keep(rows, { at: this.at.build(), lines: this.lines.build() });
  }

  private keep(rows: Uint32Array | number, { at, lines }: Pick<Metric, 'at' | 'lines'>): Pick<Metric, 'at' | 'lines'> {
    const made =
      typeof rows === 'number'
        ? { at: at.slice(0, rows), lines: lines.slice(0, rows) }
        : { at: picked(at, rows), lines: picked(lines, rows) };
    this.built.push({ rows, ...made });
    return made;
  }
}

function isSame(some: Uint32Array | number, others: Uint32Array | number): boolean {
  if (typeof some === 'number' || typeof others === 'number') return some === others;
  return some.length === others.length && some.every((row, i) => row === others[i]);
}

/** The values of one metric. */
class Track {
  lastRow = -1;
  /** Which of its values are averages since boot. */
  private readonly sinceBoot: number[] = [];
  private readonly head: Pick<Metric, 'name' | 'english' | 'labels' | 'unit'>;
  private readonly rows: Rows;
  private readonly values = new Growing(Float64Array);
  /** The row of each value, from the first row on that has none; until then value and row have the same number. */
  private rowOf: Growing<Uint32Array> | null = null;

  constructor(head: Pick<Metric, 'name' | 'english' | 'labels' | 'unit'>, rows: Rows) {
    this.head = head;
    this.rows = rows;
  }

  add(row: number, value: number): void {
    if (this.rowOf === null && row !== this.values.length) this.rowOf = numbersUpTo(this.values.length);
    this.values.push(value);
    this.rowOf?.push(row);
    this.lastRow = row;
  }

  /** The value that came last is one. */
  markSinceBoot(): void {
    this.sinceBoot.push(this.values.length - 1);
  }

  /** A tool that was started again printed another average since boot: they stand before all values of intervals. */
  build(): Metric {
    const { head, rows, rowOf, sinceBoot } = this;
    const values = this.values.build();
    const count = sinceBoot.length;
    const own = rowOf?.build() ?? null;
    if (count === 0 || sinceBoot.at(-1) === count - 1)
      return { ...head, ...rows.columns(own ?? values.length), values, sinceBoot: count };
    const among = new Set(sinceBoot);
    const others = rowsWhere(values.length, (i) => !among.has(i));
    const order = new Uint32Array(values.length);
    order.set(sinceBoot);
    order.set(others, count);
    const placed = rows.columns(own === null ? order : picked(own, order));
    return { ...head, ...placed, values: picked(values, order), sinceBoot: count };
  }
}

function numbersUpTo(end: number): Growing<Uint32Array> {
  const rows = new Growing(Uint32Array);
  for (let row = 0; row < end; row++) rows.push(row);
  return rows;
}

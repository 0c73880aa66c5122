/** Collects the values of a table's columns into metrics, in the order in which they are first seen. */
import { Growing, picked } from '../datasets/columns.ts';
import type { Metric } from '../datasets/shapes.ts';

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

  add(name: string, unit: string, value: number, { labels, at, line, sinceBoot, english }: PointFacts): void {
    if (labels !== this.labels) this.turnTo(labels);
    const { rows } = this;
    let track = rows.tracks.get(name);
    if (track === undefined) {
      const translated = english === undefined || english === name ? {} : { english };
      track = new Track({ name, ...translated, labels, unit }, rows);
      rows.tracks.set(name, track);
      this.tracks.push(track);
    }
    track.add(rows.rowOf(at ?? Number.NaN, line, track), value);
    if (sinceBoot) track.sinceBoot++;
  }

  build(): Metric[] {
    return this.tracks.map((track) => track.build());
  }

  private turnTo(labels: PointFacts['labels']): void {
    const key = JSON.stringify(labels);
    this.labels = labels;
    this.rows = this.byLabels.get(key) ?? new Rows();
    this.byLabels.set(key, this.rows);
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
        ? { at: at.subarray(0, rows), lines: lines.subarray(0, rows) }
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
  sinceBoot = 0;
  lastRow = -1;
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

  build(): Metric {
    const { head, rows, rowOf, sinceBoot } = this;
    const values = this.values.build();
    return { ...head, ...rows.columns(rowOf?.build() ?? values.length), values, sinceBoot };
  }
}

function numbersUpTo(end: number): Growing<Uint32Array> {
  const rows = new Growing(Uint32Array);
  for (let row = 0; row < end; row++) rows.push(row);
  return rows;
}

/** Rows of numbers under one heading, each about what its label says, from bytes into series. */
import type { SeriesBuilder, SeriesColumn, SeriesRows } from '../series-builder.ts';
import { KnownTexts } from './known-texts.ts';
import type { Words } from './words.ts';

export class PlainRows {
  private readonly series: SeriesBuilder;
  private readonly columns: readonly SeriesColumn[];
  private readonly label: { name: string; place: number } | null;
  /** Of the row that fits, without its label. */
  readonly values: Float64Array;
  private readonly known = new KnownTexts();
  private readonly rows: SeriesRows[] = [];
  private row: SeriesRows | null = null;

  /**
   * @param columns of the heading, with that of the label
   * @param label what the column is called that says what a row is about, and which it is; null where all rows are about the same
   */
  constructor(
    series: SeriesBuilder,
    columns: readonly SeriesColumn[],
    label: { name: string; place: number } | null = null,
  ) {
    this.series = series;
    this.columns = columns;
    this.label = label;
    this.values = new Float64Array(label === null ? columns.length : columns.length - 1);
  }

  /** Whether the words from this one on, up to another, are numbers, or `-` for none; `add` adds them then. */
  fits(words: Words, first: number, end = words.count): boolean {
    const { columns, values, label } = this;
    if (end - first !== columns.length) return false;
    const place = label?.place ?? -1;
    let [count, numbers] = [0, 0];
    for (let i = 0; i < columns.length; i++) {
      if (i === place) continue;
      const number = words.number(first + i);
      if (!Number.isNaN(number)) numbers++;
      else if (!words.isMinus(first + i)) return false;
      values[count++] = number;
    }
    // What has no number in it may be a heading.
    if (numbers === 0) return false;
    this.row = this.rowsOf(words, first + place);
    return this.row !== null;
  }

  /** @param at NaN where it is not known */
  add(at: number, line: number, sinceBoot: boolean): void {
    this.row?.add(this.values, at, line, sinceBoot);
  }

  /** Null where the series has no room for another. */
  private rowsOf(words: Words, word: number): SeriesRows | null {
    const { bytes, starts, ends } = words;
    const [from, to] = this.label === null ? [0, 0] : [starts[word] as number, ends[word] as number];
    const known = this.known.find(bytes, from, to);
    if (known >= 0) return this.rows[known] as SeriesRows;
    const labels: Record<string, string> = this.label === null ? {} : { [this.label.name]: words.text(word) };
    if (this.series.whyFull(labels) !== null) return null;
    const numbers = this.columns.filter((_, i) => i !== this.label?.place);
    const rows = this.series.rowsOf(labels, numbers);
    this.known.add(bytes, from, to, this.rows.push(rows) - 1);
    return rows;
  }
}

/**
 * A file's text on the wire. A long table goes column by column: its numbers take a fifth of what they take among the
 * letters of their lines, and nothing where the table's dataset has the same.
 */
import type { BlobReader, BlobWriter, Ref } from './container.ts';

export type WireText = Ref | WireRows;

interface WireRows {
  rows: number;
  /** Lines that are no rows, and how many rows stand before each. */
  others: Ref;
  rowsBefore: Ref;
  /** How many spaces stand before each field, and behind the last. */
  gaps: Ref[];
  fields: WireField[];
}

type WireField = { text: Ref } | { numbers: Ref; decimals: number };

/** Shorter texts are small as they are. */
const LEAST_CHARACTERS = 20_000;
/** How many of the lines must be rows, and how many of the rows must have a number in a column of numbers. */
const LEAST_SHARE = 0.9;
/** Lines that are looked at for what a row is. */
const LOOKED_AT = 1000;
const MAX_FIELDS = 60;
/** More than the text that is kept of a file has characters. */
const MAX_SPACES = 2 ** 28;
const MAX_DECIMALS = 6;
/** So many digits are always those of the double that they are read as. */
const SAFE_LENGTH = 15;
const POWERS = Array.from({ length: MAX_DECIMALS + 1 }, (_, decimals) => 10 ** decimals);
const [SPACE, POINT, ZERO, NINE] = [32, 46, 48, 57];

export function writeText(blobs: BlobWriter, text: string): WireText {
  if (text.length < LEAST_CHARACTERS) return blobs.text(text);
  const lines = text.split('\n');
  const columns = columnsOf(lines);
  const table = columns === null ? null : tableOf(lines, columns);
  if (columns === null || table === null) return blobs.text(text);
  const { gaps, texts, numbers, others, rowsBefore } = table;
  return {
    rows: lines.length - others.length,
    others: blobs.text(others.join('\n')),
    rowsBefore: blobs.numbers(rowsBefore),
    gaps: gaps.map((lengths) => blobs.numbers(lengths)),
    fields: columns.map((decimals, i) =>
      decimals === null
        ? { text: blobs.text((texts[i] as string[]).join('\n')) }
        : { numbers: blobs.numbers(numbers[i] as Float64Array), decimals },
    ),
  };
}

/** With how many decimals a column's numbers are printed; null where it is not of numbers that come back as they were. */
type Decimals = number | null;

/** The columns that most lines have; null where most have none in common. */
function columnsOf(lines: readonly string[]): Decimals[] | null {
  const step = Math.ceil(lines.length / LOOKED_AT);
  const fields = new Fields();
  const looked = lines.filter((_, i) => i % step === 0).map((line) => fields.textsOf(line));
  const counts = new Map<number, number>();
  for (const { length } of looked) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [usual = 0] = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  if (usual === 0 || usual > MAX_FIELDS) return null;
  const rows = looked.filter(({ length }) => length === usual);
  return Array.from({ length: usual }, (_, i) => {
    const decimals = decimalsOf(rows.at(-1)?.[i] as string);
    const isUsual = rows.filter((row) => isPrinted(row[i] as string, decimals)).length >= LEAST_SHARE * rows.length;
    return isUsual ? decimals : null;
  });
}

/** What stands between the spaces of a line. Made once, and filled for each. */
class Fields {
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  find(line: string): void {
    const { starts, ends } = this;
    let [count, at] = [0, 0];
    for (;;) {
      while (at < line.length && line.charCodeAt(at) === SPACE) at++;
      if (at >= line.length) break;
      starts[count] = at;
      while (at < line.length && line.charCodeAt(at) !== SPACE) at++;
      ends[count++] = at;
    }
    this.count = count;
  }

  textsOf(line: string): string[] {
    this.find(line);
    return Array.from({ length: this.count }, (_, i) => this.text(line, i));
  }

  text(line: string, i: number): string {
    return line.slice(this.starts[i], this.ends[i]);
  }
}

function decimalsOf(field: string): number {
  const point = field.indexOf('.');
  return point < 0 ? 0 : field.length - point - 1;
}

/** Whether the number alone tells how it was printed. */
function isPrinted(field: string, decimals: number): boolean {
  return !Number.isNaN(numberIn(field, 0, field.length, decimals));
}

/** The number that a part of the line is; NaN where it alone does not tell how that was printed. */
function numberIn(line: string, from: number, to: number, decimals: number): number {
  if (decimals > MAX_DECIMALS) return Number.NaN;
  const plain = plainNumberIn(line, from, to, decimals);
  if (!Number.isNaN(plain)) return plain;
  const field = line.slice(from, to);
  const number = Number(field);
  return number.toFixed(decimals) === field ? number : Number.NaN;
}

/** `12.50`, with two decimals: of so few digits none is lost. NaN where it is not as plain as that. */
function plainNumberIn(line: string, from: number, to: number, decimals: number): number {
  const point = decimals === 0 ? to : to - decimals - 1;
  if (to - from > SAFE_LENGTH || point <= from) return Number.NaN;
  if (point > from + 1 && line.charCodeAt(from) === ZERO) return Number.NaN;
  let digits = 0;
  for (let i = from; i < to; i++) {
    const code = line.charCodeAt(i);
    if (i === point && code === POINT) continue;
    if (i === point || code < ZERO || code > NINE) return Number.NaN;
    digits = digits * 10 + code - ZERO;
  }
  // Both are whole and exact: their quotient is the double nearest to what was printed.
  return digits / (POWERS[decimals] as number);
}

interface TextTable {
  gaps: Float64Array[];
  /** Of columns of text, and of columns of numbers. */
  texts: string[][];
  numbers: Float64Array[];
  others: string[];
  rowsBefore: number[];
}

/** @returns null where too few lines are rows */
function tableOf(lines: readonly string[], columns: readonly Decimals[]): TextTable | null {
  const gaps = Array.from({ length: columns.length + 1 }, () => new Float64Array(lines.length));
  const texts = columns.map((): string[] => []);
  const numbers = columns.map((decimals) => new Float64Array(decimals === null ? 0 : lines.length));
  const others: string[] = [];
  const rowsBefore: number[] = [];
  const fields = new Fields();
  const values = new Float64Array(columns.length);
  let rows = 0;
  for (let number = 0; number < lines.length; number++) {
    const line = lines[number] as string;
    fields.find(line);
    if (!readRow(line, fields, columns, values)) {
      rowsBefore.push(rows);
      others.push(line);
      continue;
    }
    let at = 0;
    for (let i = 0; i < columns.length; i++) {
      (gaps[i] as Float64Array)[rows] = (fields.starts[i] as number) - at;
      if (columns[i] === null) texts[i]?.push(fields.text(line, i));
      else (numbers[i] as Float64Array)[rows] = values[i] as number;
      at = fields.ends[i] as number;
    }
    (gaps[columns.length] as Float64Array)[rows++] = line.length - at;
  }
  if (others.length > (1 - LEAST_SHARE) * lines.length) return null;
  const ofRows = (column: Float64Array) => column.subarray(0, rows);
  return { gaps: gaps.map(ofRows), texts, numbers: numbers.map(ofRows), others, rowsBefore };
}

/** Fills `values` with the line's numbers. @returns whether the line is a row */
function readRow(line: string, fields: Fields, columns: readonly Decimals[], values: Float64Array): boolean {
  if (fields.count !== columns.length) return false;
  for (let i = 0; i < columns.length; i++) {
    const decimals = columns[i] as Decimals;
    if (decimals === null) continue;
    values[i] = numberIn(line, fields.starts[i] as number, fields.ends[i] as number, decimals);
    if (Number.isNaN(values[i])) return false;
  }
  return true;
}

export function readText(blobs: BlobReader, wire: WireText): string {
  if (typeof wire === 'number') return blobs.text(wire);
  const gaps = wire.gaps.map((ref) => blobs.numbers(ref));
  if (gaps.length !== wire.fields.length + 1 || gaps.some(({ length }) => length !== wire.rows))
    throw new RangeError('a table without its columns');
  const spaces = gaps.reduce((sum, lengths) => lengths.reduce((all, length) => all + length, sum), 0);
  if (!(spaces <= MAX_SPACES)) throw new RangeError('more spaces than a text has');
  const fields = wire.fields.map((field) => readField(blobs, field));
  const rowsBefore = blobs.numbers(wire.rowsBefore);
  const others = rowsBefore.length === 0 ? [] : blobs.text(wire.others).split('\n');
  const lines: string[] = [];
  let other = 0;
  for (let row = 0; row <= wire.rows; row++) {
    for (; other < others.length && rowsBefore[other] === row; other++) lines.push(others[other] as string);
    if (row === wire.rows) break;
    let line = '';
    for (let i = 0; i < fields.length; i++)
      line += ' '.repeat(gaps[i]?.[row] as number) + (fields[i] as (row: number) => string)(row);
    lines.push(line + ' '.repeat(gaps[fields.length]?.[row] as number));
  }
  return lines.join('\n');
}

function readField(blobs: BlobReader, field: WireField): (row: number) => string {
  if ('text' in field) {
    const parts = blobs.text(field.text).split('\n');
    return (row) => parts[row] as string;
  }
  const values = blobs.numbers(field.numbers);
  return (row) => (values[row] as number).toFixed(field.decimals);
}

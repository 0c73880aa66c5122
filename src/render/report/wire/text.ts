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
const MAX_DECIMALS = 6;
/** So many digits are always those of the double that they are read as. */
const SAFE_LENGTH = 15;
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
        : { numbers: blobs.numbers(Float64Array.from(numbers[i] as number[])), decimals },
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
  return decimals <= MAX_DECIMALS && (isPlain(field, decimals) || Number(field).toFixed(decimals) === field);
}

/** `12.50`, with two decimals: of so few digits none is lost. What is not as plain as that is found out by printing it. */
function isPlain(field: string, decimals: number): boolean {
  const point = decimals === 0 ? field.length : field.length - decimals - 1;
  if (field.length > SAFE_LENGTH || point < 1 || (point > 1 && field.charCodeAt(0) === ZERO)) return false;
  for (let i = 0; i < field.length; i++) {
    const code = field.charCodeAt(i);
    if (i === point ? code !== POINT : code < ZERO || code > NINE) return false;
  }
  return true;
}

interface TextTable {
  gaps: number[][];
  /** Of columns of text, and of columns of numbers. */
  texts: string[][];
  numbers: number[][];
  others: string[];
  rowsBefore: number[];
}

/** @returns null where too few lines are rows */
function tableOf(lines: readonly string[], columns: readonly Decimals[]): TextTable | null {
  const gaps = Array.from({ length: columns.length + 1 }, (): number[] => []);
  const texts = columns.map((): string[] => []);
  const numbers = columns.map((): number[] => []);
  const others: string[] = [];
  const rowsBefore: number[] = [];
  const fields = new Fields();
  const isRow = (line: string): boolean =>
    fields.count === columns.length &&
    columns.every((decimals, i) => decimals === null || isPrinted(fields.text(line, i), decimals));
  lines.forEach((line, number) => {
    fields.find(line);
    if (!isRow(line)) {
      rowsBefore.push(number - others.length);
      others.push(line);
      return;
    }
    let at = 0;
    columns.forEach((decimals, i) => {
      const part = fields.text(line, i);
      gaps[i]?.push((fields.starts[i] as number) - at);
      if (decimals === null) texts[i]?.push(part);
      else numbers[i]?.push(Number(part));
      at = fields.ends[i] as number;
    });
    gaps[columns.length]?.push(line.length - at);
  });
  return others.length <= (1 - LEAST_SHARE) * lines.length ? { gaps, texts, numbers, others, rowsBefore } : null;
}

export function readText(blobs: BlobReader, wire: WireText): string {
  if (typeof wire === 'number') return blobs.text(wire);
  const gaps = wire.gaps.map((ref) => blobs.numbers(ref));
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

/** The records of a CSV file as events: cells into values, columns into types. */
import Papa from 'papaparse';
import { cellOf, withNumbers } from '../../datasets/cells.ts';
import { Growing, noTimes } from '../../datasets/columns.ts';
import { TO_RAISE_LIMITS } from '../../datasets/limits.ts';
import type { Cell, Cells, Clock, Column, Events } from '../../datasets/shapes.ts';
import { meaningOfName } from '../bcc/column-names.ts';
import { maxRows } from '../bcc/table.ts';
import type { ParseContext } from '../grammar.ts';
import { PrintedCells } from '../rows/printed-cells.ts';
import { Words } from '../rows/words.ts';
import { stampAt } from '../stamps.ts';

/** The fields of one record. Without quotes there is nothing to it. */
export function fieldsOf(record: string, delimiter: string): string[] {
  if (!record.includes('"')) return record.split(delimiter);
  return Papa.parse<string[]>(record, { delimiter, newline: '\n' }).data[0] ?? [];
}

/** The fields where there is one for each name, or one more that is empty: some writers end each line with a delimiter. */
export function fieldsUnder(names: readonly string[], fields: readonly string[]): readonly string[] | null {
  if (fields.length === names.length) return fields;
  return fields.length === names.length + 1 && fields.at(-1) === '' ? fields.slice(0, -1) : null;
}

export class CsvTable {
  private readonly names: readonly string[];
  private readonly delimiter: string;
  private readonly cells: PrintedCells[];
  private readonly words = new Words();
  private readonly lines = new Growing(Uint32Array);
  private quoted = false;
  private readonly maxRows: number;

  constructor(names: readonly string[], delimiter: string) {
    this.names = names.map((name) => name.trim() || '#');
    this.cells = names.map(() => new PrintedCells(true));
    this.delimiter = delimiter;
    this.maxRows = maxRows(names.length);
  }

  /** Adds a record. @returns why it could not be added, or null */
  add(record: string, line: number): string | null {
    if (this.lines.length >= this.maxRows) return `more than ${this.maxRows} rows: ${TO_RAISE_LIMITS}`;
    const printed = fieldsOf(record, this.delimiter);
    const fields = fieldsUnder(this.names, printed);
    if (fields === null) return `${printed.length} fields under ${this.names.length} columns`;
    this.cells.forEach((column, i) => {
      column.push(fields[i] || null);
    });
    this.lines.push(line);
    return null;
  }

  /** Adds a record from its bytes; false, and nothing added, where it is not one of this many fields without quotes. */
  addPlain(bytes: Uint8Array, from: number, to: number, line: number): boolean {
    const { words, names } = this;
    if (this.lines.length >= this.maxRows || !words.splitAt(this.delimiter.charCodeAt(0), bytes, from, to))
      return false;
    const { count, starts, ends } = words;
    const isClosed = count === names.length + 1 && starts[count - 1] === ends[count - 1];
    if (count !== names.length && !isClosed) return false;
    for (let i = 0; i < names.length; i++)
      (this.cells[i] as PrintedCells).pushBytes(bytes, starts[i] as number, ends[i] as number);
    this.lines.push(line);
    return true;
  }

  /** Whether a record goes on after this line, because a quoted field is open at its end. */
  endsInQuotes(line: string, continued: boolean): boolean {
    if (!continued) this.quoted = false;
    let at = 0;
    while (at < line.length) {
      if (this.quoted) at = this.closing(line, at);
      else if (line[at] === '"') {
        this.quoted = true;
        at++;
      } else at = after(line, this.delimiter, at);
    }
    return this.quoted;
  }

  dataset({ name, tool }: ParseContext): Events {
    const printed = this.cells.map((column) => column.build());
    const columns = this.names.map((column, i) => this.column(column, printed[i] as Cells));
    const cells = printed.map((each, i) => (columns[i]?.type === 'number' ? withNumbers(each, this.number) : each));
    const lines = this.lines.build();
    const clock = clockOf(columns, cells);
    return {
      shape: 'events',
      source: 0,
      tool: tool ?? 'csv',
      title: name,
      clock: clock?.clock ?? null,
      columns,
      cells,
      at: clock === null ? noTimes(lines.length) : timesOf(clock, cells[clock.index] as Cells, lines.length),
      lines,
    };
  }

  /** The index behind the quote that closes the field, and what stands between it and the next delimiter. */
  private closing(line: string, from: number): number {
    const quote = line.indexOf('"', from);
    if (quote < 0) return line.length;
    if (line[quote + 1] === '"') return quote + 2;
    this.quoted = false;
    return after(line, this.delimiter, quote + 1);
  }

  /** A column is of numbers if every cell that holds anything is one, from end to end. */
  private column(name: string, { numbers, texts }: Cells): Column {
    const { unit, role } = meaningOf(name);
    const isNumber = numbers.length + texts.length > 0 && texts.every((text) => this.number(text) !== null);
    return { name, type: isNumber ? 'number' : 'text', unit: isNumber ? unit : '', role };
  }

  /** 12  -0.5  1.5e-3, and 0,5 where the delimiter is no comma. Not 007, not 1,234: digits would be lost. */
  private readonly number = (cell: string): number | null => {
    const text = this.delimiter === ',' ? cell.trim() : cell.trim().replace(',', '.');
    if (!NUMBER.test(text)) return null;
    const number = Number(text);
    // 1e999 is no number that a double holds.
    const holds = /^-?\d+$/.test(text) ? Number.isSafeInteger(number) : Number.isFinite(number);
    return holds ? number : null;
  };
}

function clockOf(columns: readonly Column[], cells: readonly Cells[]): CsvClock | null {
  const index = columns.findIndex(({ role }) => role === 'time');
  const [column, printed] = [columns[index], cells[index]];
  if (column === undefined || printed === undefined) return null;
  const number = printed.numbers.find((each) => !Number.isNaN(each));
  if (number !== undefined) return epochClock(index, number) ?? elapsedClock(index, column.unit);
  const stamp = printed.texts[0] === undefined ? null : stampAt(printed.texts[0]);
  if (stamp === null) return null;
  return { index, clock: stamp.clock, read: (cell) => (typeof cell === 'string' ? timeOn(cell, stamp.clock) : null) };
}

function timesOf({ read }: CsvClock, cells: Cells, rows: number): Float64Array {
  const ofText = cells.texts.map((text) => read(text) ?? Number.NaN);
  return Float64Array.from({ length: rows }, (_, row) => {
    const id = cells.ids[row] ?? 0;
    return id > 0 ? (ofText[id - 1] as number) : (read(cellOf(cells, row)) ?? Number.NaN);
  });
}

interface CsvClock {
  index: number;
  clock: Clock;
  read: (cell: Cell) => number | null;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const TIME_NAME = /^(?:time|timestamp|ts|date|datetime|epoch|@timestamp)$/i;
// latency_ms   p99 (us)   duration.ns
const TIME_UNIT = /[ _.(](ms|us|ns|usec|msec|nsec)\)?$/;

function meaningOf(name: string): Pick<Column, 'unit' | 'role'> {
  const { kind, unit, role } = meaningOfName(name);
  if (kind !== 'unknown') return { unit, role };
  if (TIME_NAME.test(name)) return { unit: '', role: 'time' };
  const time = TIME_UNIT.exec(name);
  return time === null ? { unit: '', role: null } : { unit: time[1] as string, role: 'duration' };
}

/** Unix times from 2001 to 2286, in seconds to nanoseconds; other numbers count from nobody knows where. */
function epochClock(index: number, first: number): CsvClock | null {
  const perSecond = [1, 1e3, 1e6, 1e9].find((unit) => first / unit >= 1e9 && first / unit < 1e10);
  if (perSecond === undefined) return null;
  return { index, clock: 'epoch', read: (cell) => (typeof cell === 'number' ? cell / perSecond : null) };
}

/** A time that counts from the start of whatever wrote it: `TIME(s)`. */
function elapsedClock(index: number, unit = ''): CsvClock | null {
  const perSecond = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }[unit];
  if (perSecond === undefined) return null;
  return { index, clock: 'elapsed', read: (cell) => (typeof cell === 'number' ? cell / perSecond : null) };
}

function timeOn(text: string, clock: Clock): number | null {
  const stamp = stampAt(text);
  return stamp?.clock === clock ? stamp.at : null;
}

function after(line: string, delimiter: string, from: number): number {
  const next = line.indexOf(delimiter, from);
  return next < 0 ? line.length : next + 1;
}

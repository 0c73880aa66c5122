/** The rows under one header, collected into the shape that they are: events, counts, or series over time. */
import { cellOf, GrowingCells, withNumbers } from '../../datasets/cells.ts';
import { Growing, picked, rowsWhere, timeAt } from '../../datasets/columns.ts';
import { GrowingCounts } from '../../datasets/counts.ts';
import { raised, TO_RAISE_LIMITS } from '../../datasets/limits.ts';
import type { Cell, Cells, Clock, Column, Counts, Dataset, Events, Metric, Series } from '../../datasets/shapes.ts';
import type { LineVerdict } from '../lines.ts';
import { amountInNanoseconds, exactNumber } from '../numbers.ts';
import { RowCells } from '../rows/row-cells.ts';
import type { Words } from '../rows/words.ts';
import { DayClock } from '../stamps.ts';
import type { CellKind } from './column-names.ts';
import { secondsOfClock } from './lines.ts';
import type { HeaderColumn } from './table-header.ts';
import { columnOf, countedUnit, countersOf, type TableColumn, type TimeColumn, timeColumn } from './table-meaning.ts';
import { PLACEHOLDER, type RowTexts } from './table-row.ts';
import { WordRow } from './word-row.ts';

/** More rows than this are counted as unread: memory is finite. */
const MAX_ROWS = 5_000_000;
/** Also of a table with a thousand columns. */
const MAX_CELLS = 1 << 25;

/** How many rows are read of a table with so many columns. */
export function maxRows(columns: number): number {
  return raised(Math.min(MAX_ROWS, Math.floor(MAX_CELLS / columns)));
}

/** Fewer intervals than this may all grow by chance. */
const MIN_STATES = 3;

/** What is the same for every table of a file. */
export interface TableFacts {
  tool: string;
  title: string;
  /** Seconds between two reports, where it is known. */
  interval: number | null;
}

export class Table {
  private readonly facts: TableFacts;
  private readonly columns: TableColumn[];
  private readonly time: TimeColumn | null;
  private readonly counters: number[];
  /** The keys are the two ends of a connection: one key, as it is printed. */
  private readonly isFlow: boolean;
  private readonly cells: GrowingCells[];
  private words: RowCells;
  private readonly at = new Growing(Float64Array);
  private readonly lines = new Growing(Uint32Array);
  private readonly days = new DayClock();
  private stamped = false;
  private readonly maxRows: number;
  private reports = 0;

  constructor(header: readonly HeaderColumn[], facts: TableFacts) {
    this.facts = facts;
    this.columns = header.filter(({ kind }) => kind !== 'mark').map((column) => columnOf(column, facts.tool));
    this.cells = this.columns.map(() => new GrowingCells());
    this.maxRows = maxRows(this.columns.length);
    this.words = new RowCells(this.cells);
    this.time = timeColumn(this.columns);
    this.counters = countersOf(this.columns);
    this.isFlow = header.some(({ name }) => name === '<->');
  }

  /** A table of keys and how often each was counted. */
  get isCounts(): boolean {
    return this.counters.length > 0;
  }

  get length(): number {
    return this.lines.length;
  }

  /** Its header was printed: what follows was counted since the last time it was. */
  beginReport(): void {
    this.reports++;
  }

  /** @param stamp the time that stood alone above the row, as seconds of the day */
  add(cells: RowTexts, stamp: number | null, line: number): LineVerdict {
    if (this.length >= this.maxRows) return { unread: `more than ${this.maxRows} rows: ${TO_RAISE_LIMITS}` };
    const row = cells.map((text, i) => cellFrom(text, (this.columns[i] as TableColumn).kind));
    if (this.counters.some((i) => typeof row[i] !== 'number')) return { unread: 'the count is not a number' };
    this.cells.forEach((column, i) => {
      column.push(row[i] ?? null);
    });
    this.endRow(this.timeOf(row), stamp, line);
    return 'read';
  }

  /**
   * Whether each word of a row is a cell of its own; `addWords` adds it then.
   *
   * @param start where the row begins among the bytes
   */
  fitsWords(row: WordRow, words: Words, start: number): boolean {
    return this.length < this.maxRows && row.fill(words, start, this.words);
  }

  addWords(words: Words, stamp: number | null, line: number): void {
    this.words.push();
    this.endRow(this.timeOfWords(words), stamp, line);
  }

  /** @param own the time that the row itself tells */
  private endRow(own: number | null, stamp: number | null, line: number): void {
    this.lines.push(line);
    if (stamp !== null) this.stamped = true;
    this.at.push(own ?? stamp ?? this.reportTime() ?? Number.NaN);
  }

  /** How rows under this header are taken from their words; null where they cannot be. */
  wordRow(header: readonly HeaderColumn[]): WordRow | null {
    const isCounted = this.counters.every((i) => this.columns[i]?.type === 'number');
    return isCounted ? WordRow.of(header, this.columns) : null;
  }

  private timeOfWords(words: Words): number | null {
    if (this.time === null) return null;
    const number = words.plainNumber(this.time.index);
    if (!Number.isNaN(number)) return number / this.time.perSecond;
    const seconds = words.clock(this.time.index);
    return seconds < 0 ? null : this.atClock(this.time, seconds);
  }

  /** The last row's text under `name` goes on with this line; false where there is no such row or column. */
  continueLast(name: string, line: string): boolean {
    const column = this.cells[this.columns.findIndex((each) => each.name === name)];
    if (this.length === 0 || column === undefined) return false;
    column.replaceLast(`${column.last ?? ''}\n${line}`);
    return true;
  }

  /** Adds cells that stand on a line of their own under the last row; rows without such a line leave them blank. */
  extend(columns: readonly Column[], cells: readonly Cell[]): void {
    columns.forEach((column, i) => {
      const index = this.columns.findIndex(({ name }) => name === column.name);
      const place = index < 0 ? this.addColumn(column) : (this.cells[index] as GrowingCells);
      if (this.length > 0) place.replaceLast(cells[i] ?? null);
    });
  }

  private addColumn(column: Column): GrowingCells {
    const cells = new GrowingCells();
    cells.length = this.length;
    this.columns.push({ ...column, kind: 'word' });
    this.cells.push(cells);
    this.words = new RowCells(this.cells);
    return cells;
  }

  /** The time of the last row, for what stands under it. */
  get lastAt(): number | null {
    const at = this.length === 0 ? Number.NaN : this.at.at(this.length - 1);
    return Number.isNaN(at) ? null : at;
  }

  /** What the last row says in the column of this role or name. */
  lastCell(is: (column: Column) => boolean): Cell {
    return this.length === 0 ? null : (this.cells[this.columns.findIndex(is)]?.last ?? null);
  }

  get clock(): Clock | null {
    if (this.time !== null) return this.time.clock;
    if (this.stamped) return 'day';
    return this.isCounts && this.facts.interval !== null ? 'elapsed' : null;
  }

  datasets(): Dataset[] {
    const cells = this.cells.map((column) => column.build());
    const [at, lines] = [this.at.build(), this.lines.build()];
    if (this.counters.length > 0) return this.counters.map((index) => this.asCounts(index, { cells, at, lines }));
    this.settleTime();
    const settled = { cells: cells.map((column, i) => settle(column, this.columns[i] as TableColumn)), at, lines };
    return this.isSeries() ? [this.asSeries(settled)] : [this.asEvents(settled)];
  }

  /** The end of the interval that a report without a stamp is of. */
  private reportTime(): number | null {
    return this.clock === 'elapsed' && this.facts.interval !== null ? this.reports * this.facts.interval : null;
  }

  private timeOf(row: readonly Cell[]): number | null {
    if (this.time === null) return null;
    const cell = row[this.time.index] ?? null;
    if (typeof cell === 'number') return cell / this.time.perSecond;
    const seconds = typeof cell === 'string' ? secondsOfClock(cell) : null;
    return seconds === null ? null : this.atClock(this.time, seconds);
  }

  /** @param seconds of the day */
  private atClock(time: TimeColumn, seconds: number): number {
    time.clock = 'day';
    return this.days.at({ clock: 'day', at: seconds, text: '', end: 0 });
  }

  /** Times of day under `TIME(s)` are no numbers. */
  private settleTime(): void {
    const column = this.time === null ? undefined : this.columns[this.time.index];
    if (column?.kind === 'seconds' && this.time?.clock === 'day') Object.assign(column, { type: 'text', unit: '' });
  }

  /** A row per interval, with nothing but numbers in it: nobody looks these up in a table. */
  private isSeries(): boolean {
    return this.columns.every(({ type, role }) => type === 'number' || role === 'time') && this.columns.length > 1;
  }

  private asEvents(rows: Rows): Events {
    const columns = this.columns.map(({ name, type, unit, role }) => ({ name, type, unit, role }));
    return { ...this.head(), shape: 'events', columns, ...rows };
  }

  private asSeries({ cells, at, lines }: Rows): Series {
    const { interval } = this.facts;
    const clock = this.clock ?? (interval === null ? null : 'elapsed');
    const times = this.clock !== null || interval === null ? at : at.map((_, row) => (row + 1) * interval);
    const metrics = this.columns.flatMap(({ name, type, unit, role }, i): Metric[] => {
      if (type !== 'number' || role === 'time') return [];
      const { numbers } = cells[i] as Cells;
      const told = rowsWhere(numbers.length, (row) => !Number.isNaN(numbers[row]));
      const columns =
        told.length === lines.length
          ? { at: times, values: numbers, lines }
          : { at: picked(times, told), values: picked(numbers, told), lines: picked(lines, told) };
      return [{ name, labels: {}, unit, ...columns, sinceBoot: 0 }];
    });
    return { ...this.head(), clock, shape: 'series', metrics };
  }

  private asCounts(index: number, { cells, at, lines }: Rows): Counts {
    const column = this.columns[index] as TableColumn;
    const { numbers } = cells[index] as Cells;
    const keys = cells.filter((_, i) => !this.counters.includes(i));
    const items = new GrowingCounts();
    for (let row = 0; row < lines.length; row++) {
      const key = keys.map((each) => String(cellOf(each, row) ?? ''));
      items.add(this.isFlow ? [key.join(' <-> ')] : key, numbers[row] as number, timeAt(at, row), lines[row] as number);
    }
    const columns = items.build();
    return {
      ...this.head(),
      title: this.counters.length > 1 ? `${this.facts.title}: ${column.name}` : this.facts.title,
      shape: 'counts',
      unit: countedUnit(column, this.facts.tool),
      ...columns,
      cumulative: this.facts.tool === 'argdist' && isGrowing(columns),
    };
  }

  private head() {
    return { source: 0, tool: this.facts.tool, title: this.facts.title, clock: this.clock };
  }
}

type Rows = Pick<Events, 'cells' | 'at' | 'lines'>;

function cellFrom(text: string | null, kind: CellKind): Cell {
  if (text === null) return null;
  switch (kind) {
    case 'integer':
    case 'number':
    case 'seconds':
      return exactNumber(text) ?? text;
    case 'percent':
      return exactNumber(text.endsWith('%') ? text.slice(0, -1) : text) ?? text;
    case 'amount':
      return amountInNanoseconds(text) ?? text;
    case 'clock':
      return text.endsWith(':') ? text.slice(0, -1) : text;
    default:
      return text;
  }
}

/** A column of an unknown name holds numbers if all of its cells are numbers, or all of them percentages. */
function settle(cells: Cells, column: TableColumn): Cells {
  if (column.kind !== 'unknown') return cells;
  const printed = cells.texts.filter((text) => !PLACEHOLDER.test(text));
  const percent = printed.every((text) => text.endsWith('%'));
  const numberIn = (text: string) => exactNumber(percent ? text.slice(0, -1) : text);
  if (printed.length === 0 || printed.some((text) => numberIn(text) === null)) return cells;
  column.type = 'number';
  if (percent) column.unit = '%';
  return withNumbers(cells, numberIn, true);
}

/** Whether each interval holds what the one before it did, and more (argdist -c): nothing in the text says so. */
function isGrowing({ key, values, at }: Pick<Counts, 'key' | 'values' | 'at'>): boolean {
  const states: Map<number, number>[] = [];
  for (let i = 0; i < key.length; i++) {
    if (i === 0 || !Object.is(at[i], at[i - 1])) states.push(new Map());
    states.at(-1)?.set(key[i] as number, values[i] as number);
  }
  return (
    states.length >= MIN_STATES &&
    states.every((state, i) => [...(states[i - 1] ?? [])].every(([item, count]) => (state.get(item) ?? 0) >= count))
  );
}

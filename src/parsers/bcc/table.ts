/** The rows under one header, collected into the shape that they are: events, counts, or series over time. */
import type { Cell, Clock, Column, Counts, Dataset, Events, Metric, Series } from '../../datasets/shapes.ts';
import type { LineVerdict } from '../lines.ts';
import { amountInNanoseconds, exactNumber } from '../numbers.ts';
import { DayClock } from '../stamps.ts';
import type { CellKind } from './column-names.ts';
import { secondsOfClock } from './lines.ts';
import type { HeaderColumn } from './table-header.ts';
import { columnOf, countedUnit, countersOf, type TableColumn, type TimeColumn, timeColumn } from './table-meaning.ts';
import { PLACEHOLDER, type RowCells } from './table-row.ts';

/** More rows than this are counted as unread: memory is finite. */
export const MAX_ROWS = 5_000_000;

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
  private readonly rows: Cell[][] = [];
  private readonly at: (number | null)[] = [];
  private readonly lines: number[] = [];
  private readonly texts = new Map<string, string>();
  private readonly days = new DayClock();
  private stamped = false;
  private reports = 0;

  constructor(header: readonly HeaderColumn[], facts: TableFacts) {
    this.facts = facts;
    this.columns = header.filter(({ kind }) => kind !== 'mark').map((column) => columnOf(column, facts.tool));
    this.time = timeColumn(this.columns);
    this.counters = countersOf(this.columns);
    this.isFlow = header.some(({ name }) => name === '<->');
  }

  /** A table of keys and how often each was counted. */
  get isCounts(): boolean {
    return this.counters.length > 0;
  }

  get length(): number {
    return this.rows.length;
  }

  /** Its header was printed: what follows was counted since the last time it was. */
  beginReport(): void {
    this.reports++;
  }

  /** @param stamp the time that stood alone above the row, as seconds of the day */
  add(cells: RowCells, stamp: number | null, line: number): LineVerdict {
    if (this.rows.length >= MAX_ROWS) return { unread: `more than ${MAX_ROWS} rows` };
    const row = cells.map((text, i) => this.cell(text, (this.columns[i] as TableColumn).kind));
    if (this.counters.some((i) => typeof row[i] !== 'number')) return { unread: 'the count is not a number' };
    this.rows.push(row);
    this.lines.push(line);
    if (stamp !== null) this.stamped = true;
    this.at.push(this.timeOf(row) ?? stamp ?? this.reportTime());
    return 'read';
  }

  /** The last row's text under `name` goes on with this line; false where there is no such row or column. */
  continueLast(name: string, line: string): boolean {
    const column = this.columns.findIndex((each) => each.name === name);
    const row = this.rows.at(-1);
    if (row === undefined || column < 0) return false;
    row[column] = `${row[column] ?? ''}\n${line}`;
    return true;
  }

  /** Adds cells that stand on a line of their own under the last row; rows without such a line leave them blank. */
  extend(columns: readonly Column[], cells: readonly Cell[]): void {
    const row = this.rows.at(-1);
    columns.forEach((column, i) => {
      let index = this.columns.findIndex(({ name }) => name === column.name);
      if (index < 0) index = this.columns.push({ ...column, kind: 'word' }) - 1;
      if (row !== undefined) row[index] = cells[i] ?? null;
    });
  }

  /** The time of the last row, for what stands under it. */
  get lastAt(): number | null {
    return this.at.at(-1) ?? null;
  }

  /** What the last row says in the column of this role or name. */
  lastCell(is: (column: Column) => boolean): Cell {
    return this.rows.at(-1)?.[this.columns.findIndex(is)] ?? null;
  }

  get clock(): Clock | null {
    if (this.time !== null) return this.time.clock;
    if (this.stamped) return 'day';
    return this.isCounts && this.facts.interval !== null ? 'elapsed' : null;
  }

  datasets(): Dataset[] {
    if (this.counters.length > 0) return this.counters.map((index) => this.asCounts(index));
    this.settleTime();
    this.settleTypes();
    return this.isSeries() ? [this.asSeries()] : [this.asEvents()];
  }

  private cell(text: string | null, kind: CellKind): Cell {
    if (text === null) return null;
    switch (kind) {
      case 'integer':
      case 'number':
      case 'seconds':
        return exactNumber(text) ?? this.intern(text);
      case 'percent':
        return exactNumber(text.endsWith('%') ? text.slice(0, -1) : text) ?? text;
      case 'amount':
        return amountInNanoseconds(text) ?? text;
      case 'clock':
        return this.intern(text.endsWith(':') ? text.slice(0, -1) : text);
      default:
        return this.intern(text);
    }
  }

  /** The same text is kept once, and not as a piece of the chunk that it was read from. */
  private intern(text: string): string {
    if (text.length > 32 || this.texts.size > 65_536) return text;
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    this.texts.set(text, text);
    return text;
  }

  /** The end of the interval that a report without a stamp is of. */
  private reportTime(): number | null {
    return this.clock === 'elapsed' && this.facts.interval !== null ? this.reports * this.facts.interval : null;
  }

  private timeOf(row: readonly Cell[]): number | null {
    if (this.time === null) return null;
    const cell = row[this.time.index] ?? null;
    if (typeof cell === 'number') return cell / this.time.perSecond;
    const at = typeof cell === 'string' ? secondsOfClock(cell) : null;
    if (at !== null) this.time.clock = 'day';
    return at === null ? null : this.days.at({ clock: 'day', at, text: '', end: 0 });
  }

  /** Times of day under `TIME(s)` are no numbers. */
  private settleTime(): void {
    const column = this.time === null ? undefined : this.columns[this.time.index];
    if (column?.kind === 'seconds' && this.time?.clock === 'day') Object.assign(column, { type: 'text', unit: '' });
  }

  /** A column of an unknown name holds numbers if all of its cells are numbers, or all of them percentages. */
  private settleTypes(): void {
    this.columns.forEach((column, i) => {
      if (column.kind !== 'unknown') return;
      const texts = this.rows.map((row) => row[i]).filter((cell): cell is string => typeof cell === 'string');
      const printed = texts.filter((text) => !PLACEHOLDER.test(text));
      const percent = printed.every((text) => text.endsWith('%'));
      const numberIn = (text: string) => exactNumber(percent ? text.slice(0, -1) : text);
      if (printed.length === 0 || printed.some((text) => numberIn(text) === null)) return;
      column.type = 'number';
      if (percent) column.unit = '%';
      for (const row of this.rows) if (typeof row[i] === 'string') row[i] = numberIn(row[i]) ?? row[i];
    });
  }

  /** A row per interval, with nothing but numbers in it: nobody looks these up in a table. */
  private isSeries(): boolean {
    return this.columns.every(({ type, role }) => type === 'number' || role === 'time') && this.columns.length > 1;
  }

  private asEvents(): Events {
    for (const row of this.rows) while (row.length < this.columns.length) row.push(null);
    return {
      ...this.head(),
      shape: 'events',
      columns: this.columns.map(({ name, type, unit, role }) => ({ name, type, unit, role })),
      rows: this.rows,
      at: this.clock === null ? [] : this.at,
      lines: this.lines,
    };
  }

  private asSeries(): Series {
    const metrics: Metric[] = [];
    this.columns.forEach(({ name, type, unit, role }, i) => {
      if (type !== 'number' || role === 'time') return;
      const metric: Metric = { name, labels: {}, unit, points: [], lines: [], sinceBoot: 0 };
      this.rows.forEach((row, r) => {
        if (typeof row[i] !== 'number') return;
        metric.points.push([this.pointTime(r), row[i]]);
        metric.lines.push(this.lines[r] as number);
      });
      metrics.push(metric);
    });
    const { interval } = this.facts;
    return { ...this.head(), clock: this.clock ?? (interval === null ? null : 'elapsed'), shape: 'series', metrics };
  }

  private pointTime(row: number): number | null {
    const { interval } = this.facts;
    if (this.clock !== null) return this.at[row] ?? null;
    return interval === null ? null : (row + 1) * interval;
  }

  private asCounts(index: number): Counts {
    const column = this.columns[index] as TableColumn;
    const keys = this.columns.map((_, i) => i).filter((i) => !this.counters.includes(i));
    return {
      ...this.head(),
      title: this.counters.length > 1 ? `${this.facts.title}: ${column.name}` : this.facts.title,
      shape: 'counts',
      unit: countedUnit(column, this.facts.tool),
      items: this.rows.map((row, r) => ({
        key: this.keyOf(keys.map((i) => String(row[i] ?? ''))),
        value: row[index] as number,
        at: this.at[r] ?? null,
        line: this.lines[r] as number,
      })),
      cumulative: this.facts.tool === 'argdist' && this.isGrowing(index),
    };
  }

  private keyOf(cells: string[]): string[] {
    return this.isFlow ? [cells.join(' <-> ')] : cells;
  }

  /** Whether each interval holds what the one before it did, and more (argdist -c): nothing in the text says so. */
  private isGrowing(index: number): boolean {
    const states: Map<string, number>[] = [];
    this.rows.forEach((row, r) => {
      if (r === 0 || this.at[r] !== this.at[r - 1]) states.push(new Map());
      states.at(-1)?.set(JSON.stringify(row.toSpliced(index, 1)), row[index] as number);
    });
    return (
      states.length >= MIN_STATES &&
      states.every((state, i) => [...(states[i - 1] ?? [])].every(([key, count]) => (state.get(key) ?? 0) >= count))
    );
  }

  private head() {
    return { source: 0, tool: this.facts.tool, title: this.facts.title, clock: this.clock };
  }
}

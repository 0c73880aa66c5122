/** Collects the rows of a table. */
import type { Cell, Column, Events } from '../datasets/shapes.ts';
import { numberOf } from './numbers.ts';

/** A column before its rows are known: `auto` is a number if every cell of it is one. */
export interface ColumnPlan extends Omit<Column, 'type'> {
  type: Column['type'] | 'auto';
}

export class EventsBuilder {
  private readonly plans: readonly ColumnPlan[];
  private readonly rows: Cell[][] = [];
  private readonly at: (number | null)[] = [];
  private readonly lines: number[] = [];

  constructor(plans: readonly ColumnPlan[]) {
    this.plans = plans;
  }

  add(cells: Cell[], at: number | null, line: number): void {
    this.rows.push(cells);
    this.at.push(at);
    this.lines.push(line);
  }

  /** The columns with their types settled, and the rows. */
  build(): Pick<Events, 'columns' | 'rows' | 'at' | 'lines'> {
    const columns = this.plans.map((plan, i): Column => ({ ...plan, type: this.typeOf(plan, i) }));
    columns.forEach(({ type }, i) => {
      const settle = type === 'number' ? asNumber : asText;
      for (const row of this.rows) row[i] = settle(row[i] ?? null);
    });
    return { columns, rows: this.rows, at: this.at, lines: this.lines };
  }

  private typeOf({ type }: ColumnPlan, column: number): Column['type'] {
    if (type !== 'auto') return type;
    const cells = this.rows.map((row) => row[column] ?? null).filter((cell) => cell !== null);
    return cells.length > 0 && cells.every((cell) => asNumber(cell) !== null) ? 'number' : 'text';
  }
}

function asNumber(cell: Cell): number | null {
  return typeof cell === 'string' ? numberOf(cell) : cell;
}

function asText(cell: Cell): string | null {
  return cell === null ? null : String(cell);
}

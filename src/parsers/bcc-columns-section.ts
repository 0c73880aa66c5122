/** Tables under a header: events, counts, and numbers by interval. */
import type { Dataset } from '../datasets/shapes.ts';
import type { BccKind, Section, Surroundings } from './bcc-section.ts';
import { chooseTool, toolsOfHeader } from './bcc-signatures.ts';
import { Table } from './bcc-table.ts';
import type { LineVerdict } from './lines.ts';
import { RowStacks } from './row-stacks.ts';
import { commaColumns, type HeaderColumn, headerColumns, looksLikeEvents } from './table-header.ts';
import { commaSplitter, rowSplitter, type Split } from './table-row.ts';

interface OpenTable {
  table: Table;
  stacks: RowStacks;
  split: (line: string) => Split;
}

export class ColumnsSection implements Section {
  kind: BccKind | null = null;
  /** Why the last line was not a row. */
  why = '';
  private readonly around: Surroundings;
  private readonly tables = new Map<string, OpenTable>();
  private open: OpenTable | null = null;

  constructor(around: Surroundings) {
    this.around = around;
  }

  line(text: string, number: number): LineVerdict | null {
    return this.row(text, number) ?? this.frame(text) ?? this.header(text);
  }

  /** A row of the open table, which is what most lines are. */
  row(text: string, number: number): LineVerdict | null {
    if (this.open === null) return null;
    const split = this.open.split(text);
    if ('unread' in split) {
      this.why = split.unread;
      return null;
    }
    this.open.stacks.endRow();
    return this.open.table.add(split.cells, this.around.stamp?.at ?? null, number);
  }

  datasets(): Dataset[] {
    return [...this.tables.values()].flatMap(({ table, stacks }) => [...table.datasets(), ...stacks.datasets()]);
  }

  private frame(text: string): LineVerdict | null {
    if (this.open === null || !this.open.stacks.takes(text)) return null;
    this.open.stacks.add(text);
    return 'read';
  }

  private header(text: string): LineVerdict | null {
    const comma = commaColumns(text);
    const columns = comma ?? headerColumns(text);
    if (columns === null) return null;
    const owners = toolsOfHeader(columns);
    if (owners.length === 0 && (comma !== null || !looksLikeEvents(columns))) return null;
    this.begin(columns, owners, comma === null ? rowSplitter(columns) : commaSplitter(columns));
    return 'read';
  }

  /** Tables of one header are one; those of argdist are told apart by their probe. */
  private begin(columns: readonly HeaderColumn[], owners: readonly string[], split: OpenTable['split']): void {
    const { context, banner, probe } = this.around;
    const named = banner.filter((tool) => owners.includes(tool));
    const tool = chooseTool(named.length > 0 ? named : owners, context.tool) ?? 'columns';
    const key = JSON.stringify([tool, columns.map(({ name }) => name), probe]);
    const title = probe === null ? context.name : `${context.name}: ${probe}`;
    const known = this.tables.get(key);
    const table = known?.table ?? new Table(columns, { tool, title, interval: context.interval });
    this.open = { table, stacks: known?.stacks ?? new RowStacks(context, tool, table), split };
    this.tables.set(key, this.open);
    this.kind ??= table.isCounts ? 'bcc-counts' : 'bcc-columns';
  }
}

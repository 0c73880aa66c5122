/** Tables under a header: events, counts, and numbers by interval. */
import type { Column, Dataset } from '../../datasets/shapes.ts';
import type { LineVerdict } from '../lines.ts';
import type { Words } from '../rows/words.ts';
import { RowStacks } from './row-stacks.ts';
import type { BccKind, Section, Surroundings } from './section.ts';
import { chooseTool, toolsOfHeader } from './signatures.ts';
import { Table } from './table.ts';
import { commaColumns, type HeaderColumn, headerColumns, looksLikeEvents } from './table-header.ts';
import { commaSplitter, rowSplitter, type Split } from './table-row.ts';
import type { WordRow } from './word-row.ts';

interface OpenTable {
  table: Table;
  stacks: RowStacks;
  split: (line: string) => Split;
  /** Of rows that are taken from their words; null where they are read as text. */
  words: WordRow | null;
}

// klockstat of libbpf-tools, under each lock:    Max PID 1234, COMM kworker/0:1, Lock &cgrp->lock (0xffff888103b5a0d8)
const LONGEST_WAIT = /^\s+Max PID (\d+), COMM (.*), Lock (\S.*)$/;
const LONGEST_WAIT_COLUMNS: readonly Column[] = [
  { name: 'Max PID', type: 'number', unit: '', role: 'pid' },
  { name: 'COMM', type: 'text', unit: '', role: 'process' },
  { name: 'Lock', type: 'text', unit: '', role: null },
];

// sslsniff, around what was sent:  ----- DATA -----   ----- END DATA (TRUNCATED, 4096 bytes lost) -----
const DATA = /^-{5} DATA -{5}$/;
const END_OF_DATA = /^-{5} END DATA(?: \([^)]{1,80}\))? -{5}$/;

export class ColumnsSection implements Section {
  kind: BccKind | null = null;
  /** Why the last line was not a row. */
  why = '';
  private readonly around: Surroundings;
  private readonly tables = new Map<string, OpenTable>();
  private open: OpenTable | null = null;
  /** What was sent, under the rows that say so; it is anybody's text. */
  private readonly sent: string[] = [];
  private inData = false;
  /** The header that the banner stood over. */
  private named: { banner: readonly string[]; header: string } | null = null;

  constructor(around: Surroundings) {
    this.around = around;
  }

  line(text: string): LineVerdict | null {
    return this.header(text);
  }

  /** A row of the open table, which is what most lines are. */
  row(text: string, number: number): LineVerdict | null {
    if (this.open === null) return null;
    if (this.inData || DATA.test(text)) return this.dataOf(text);
    const split = this.open.split(text);
    if ('unread' in split) {
      this.why = split.unread;
      return null;
    }
    this.open.stacks.endRow();
    return this.open.table.add(split.cells, this.around.stamp?.at ?? null, number);
  }

  /** The same from a row's words, where each is one cell. */
  rowOfWords(words: Words, start: number, number: number): boolean {
    if (this.open === null || this.open.words === null || this.inData) return false;
    const { table, stacks, words: row } = this.open;
    if (!table.fitsWords(row, words, start)) return false;
    stacks.endRow();
    table.addWords(words, this.around.stamp?.at ?? null, number);
    return true;
  }

  private dataOf(text: string): LineVerdict {
    this.inData = !END_OF_DATA.test(text);
    this.sent.push(text);
    return 'read';
  }

  /** A line of something else stands between the rows. */
  interrupt(text: string): void {
    this.open?.stacks.interrupt(text);
  }

  /** Ends the table: the next row is another's. */
  close(): void {
    this.open = null;
  }

  datasets(): Dataset[] {
    const tables = [...this.tables.values()].flatMap(({ table, stacks }) => [
      ...table.datasets(),
      ...stacks.datasets(),
    ]);
    if (this.sent.length === 0) return tables;
    const title = `${this.around.context.name}: what was sent`;
    const tool = tables[0]?.tool ?? 'columns';
    return [...tables, { shape: 'text', source: 0, tool, title, clock: null, lines: this.sent }];
  }

  /** What stands under the last row and looks like nothing else: a line of its stack, or more of the row. */
  below(text: string): LineVerdict | null {
    return this.longestWait(text) ?? this.frame(text) ?? this.moreArguments(text);
  }

  private longestWait(text: string): LineVerdict | null {
    const match = text.length < 400 && text.includes('Max PID') ? LONGEST_WAIT.exec(text) : null;
    if (match === null || this.open === null || this.open.table.length === 0) return null;
    const [, pid, comm = '', lock = ''] = match;
    this.open.table.extend(LONGEST_WAIT_COLUMNS, [Number(pid), comm, lock]);
    return 'read';
  }

  private frame(text: string): LineVerdict | null {
    if (this.open === null || !this.open.stacks.takes(text)) return null;
    this.open.stacks.add(text);
    return 'read';
  }

  /**
   * execsnoop prints arguments as they are: those of `sh -c` may go on over many lines. Only where the manifest says that
   * the whole file is the tool's; in a loose file the line may be anybody's.
   */
  private moreArguments(text: string): LineVerdict | null {
    if (this.open === null || this.around.context.command === undefined) return null;
    return this.open.table.continueLast('ARGS', text) ? 'read' : null;
  }

  private header(text: string): LineVerdict | null {
    const comma = commaColumns(text);
    const columns = comma ?? headerColumns(text);
    if (columns === null) return null;
    const owners = toolsOfHeader(columns);
    if (owners.length === 0 && (comma !== null || !looksLikeEvents(columns))) return null;
    this.begin(columns, owners, comma !== null);
    return 'read';
  }

  /** Tables of one header are one, but for those of other tools and other probes of argdist. */
  private begin(columns: readonly HeaderColumn[], owners: readonly string[], isComma: boolean): void {
    const { context, probe } = this.around;
    const names = columns.map(({ name }) => name);
    const tool = this.toolOf(names, owners);
    const key = JSON.stringify([tool, names, probe]);
    const title = probe === null ? context.name : `${context.name}: ${probe}`;
    const known = this.tables.get(key);
    const table = known?.table ?? new Table(columns, { tool, title, interval: context.interval });
    this.open = {
      table,
      stacks: known?.stacks ?? new RowStacks(context, tool, table),
      split: isComma ? commaSplitter(columns) : rowSplitter(columns),
      words: isComma ? null : table.wordRow(columns),
    };
    this.tables.set(key, this.open);
    table.beginReport();
    this.kind ??= table.isCounts ? 'bcc-counts' : 'bcc-columns';
  }

  /** Opens the table of the slower tools under their banner: some versions print no header with it. */
  assume(header: string): void {
    const columns = headerColumns(header);
    if (columns !== null) this.begin(columns, toolsOfHeader(columns), false);
  }

  /** A banner stands over one table and its repetitions; another header below it is of who knows whom. */
  private toolOf(names: readonly string[], owners: readonly string[]): string {
    const { context, banner } = this.around;
    const header = names.join(' ');
    if (this.named?.banner !== banner) this.named = { banner, header };
    const told = this.named.header === header ? banner.filter((tool) => owners.includes(tool)) : [];
    return chooseTool(told.length > 0 ? told : owners, context.tool) ?? 'columns';
  }
}

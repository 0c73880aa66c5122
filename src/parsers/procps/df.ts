/**
 * df: how full each file system is, in space or (-i) in inodes, in any unit.
 *
 *     Filesystem     Type  Size  Used Avail Use% Mounted on
 *     /dev/vda       ext4  252G   22G   70G  24% /
 */
import type { Dataset } from '../../datasets/shapes.ts';
import { cellsOf } from '../cells.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { bytesOf, numberOf } from '../numbers.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { firstLines, isPreamble } from '../terminal.ts';

// Filesystem     1K-blocks      Used Available Use% Mounted on        Filesystem      Type  Size  Used Avail Use% Mounted on
// Filesystem       Inodes  IUsed    IFree IUse% Mounted on             Filesystem     1024-blocks … Capacity Mounted on of df -P
const HEADING =
  /^Filesystem\s+(Type\s+)?(Size|Inodes|1K-blocks|1024-blocks|1M-blocks|1G-blocks|1B-blocks|512-blocks)\s+(I?Used)\s+(Avail|Available|IFree)\s+(I?Use%|Capacity)\s+Mounted on\s*$/;
const BLOCKS: Readonly<Record<string, string>> = {
  '1K-blocks': 'KiB',
  '1024-blocks': 'KiB',
  '1M-blocks': 'MiB',
  '1G-blocks': 'GiB',
  '1B-blocks': 'B',
  '512-blocks': 'blocks',
};

export const df: Grammar = {
  name: 'df',
  claims: (head) => HEADING.test(firstLines(head)[0] ?? ''),
  begins: { like: HEADING },
  reader: (context) => lineReader(new FilesystemReader(context)),
};

interface Layout {
  typed: boolean;
  names: string[];
  /** Of plain numbers; empty for inodes. */
  unit: string;
  cells: number;
}

class FilesystemReader implements LineParser {
  private readonly context: ParseContext;
  private readonly series = new SeriesBuilder();
  private layout: Layout | null = null;
  /** A long name that stands on a line of its own, above its row. */
  private nameAbove: string | null = null;

  constructor(context: ParseContext) {
    this.context = context;
  }

  line(text: string, number: number): LineVerdict {
    const heading = HEADING.exec(text);
    if (heading !== null) return this.heading(heading);
    if (isPreamble(text)) return 'noise';
    const { layout } = this;
    if (layout === null) return { unread: 'a row before any heading' };
    if (/^\S+$/.test(text.trim()) && !/^\d/.test(text.trim())) {
      this.nameAbove = text.trim();
      return 'read';
    }
    const row = this.nameAbove === null ? text : `${this.nameAbove} ${text.trim()}`;
    this.nameAbove = null;
    const cells = cellsOf(row, layout.cells, layout.cells - 1);
    return cells === null
      ? { unread: `not ${layout.cells} cells, as in the heading` }
      : this.filesystem(cells, layout, number);
  }

  end() {
    const tool = 'df';
    const dataset: Dataset = {
      shape: 'series',
      source: 0,
      tool,
      title: 'file systems',
      clock: null,
      metrics: this.series.build(),
    };
    return { tool: this.context.tool ?? tool, datasets: dataset.metrics.length === 0 ? [] : [dataset] };
  }

  private heading([, type, size = '', ...others]: RegExpExecArray): LineVerdict {
    const names = [size === 'Inodes' ? size : 'Size', ...others];
    this.layout = {
      typed: type !== undefined,
      names,
      unit: BLOCKS[size] ?? '',
      cells: names.length + (type === undefined ? 2 : 3),
    };
    return 'read';
  }

  private filesystem(cells: readonly string[], { typed, names, unit }: Layout, line: number): LineVerdict {
    const [filesystem = '', ...rest] = cells;
    const type = typed ? (rest.shift() as string) : null;
    const mounted = rest.pop() as string;
    const labels: Record<string, string> = { filesystem, ...(type === null ? {} : { type }), mounted };
    const values = rest.map((cell) => amountOf(cell, unit));
    if (values.includes(undefined)) return { unread: 'no amount in every place' };
    values.forEach((amount, i) => {
      if (amount === null || amount === undefined) return;
      const facts = { labels, at: null, line, sinceBoot: false };
      this.series.add(names[i] as string, amount.unit, amount.value, facts);
    });
    return 'read';
  }
}

/** `22G` in bytes, `24%`, a plain number in the heading's unit; null for `-`, undefined for anything else. */
function amountOf(cell: string, unit: string): { value: number; unit: string } | null | undefined {
  if (cell === '-') return null;
  if (cell.endsWith('%')) {
    const share = numberOf(cell.slice(0, -1));
    return share === null ? undefined : { value: share, unit: '%' };
  }
  const plain = numberOf(cell);
  if (plain !== null) return { value: plain, unit };
  const bytes = bytesOf(cell);
  return bytes === null ? undefined : { value: bytes, unit: unit === '' && /[BbKkMmGgTtPpEe]/.test(cell) ? 'B' : unit };
}

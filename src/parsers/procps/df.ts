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
// Dateisystem    1K-Blöcke  Benutzt Verfügbar Verw% Eingehängt auf        Sys. de fichiers Taille Utilisé Dispo Uti% Monté sur
const TRANSLATED = /^\p{L}[^|:;<>(]{8,80}\s\S{0,14}%\S{0,2} +\p{L}[\p{L} ]{1,20}$/u;
// /dev/vda       ext4  252G   33G   59G  37% /        //nas/my share  1000000    500000    500000  50% /mnt/my share
const ROW =
  /^(\S.{0,400}?)\s+(?:([a-z][\w.]{1,15})\s+)?((?:-|\d[\d.,]{0,20}[A-Za-z]{0,3})(?:\s+-?(?:-|\d[\d.,]{0,20}[A-Za-z]{0,3})){2}\s+(?:-|\d{1,3}%))\s+(\/.*)$/;
// 1K-Blöcke    blocs de 1024
const BLOCK_SIZE = /\b(1K|1024|1M|1G|1B|512)\b/;
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
  claims: (head) => isHeading(firstLines(head)),
  begins: { like: new RegExp(`${HEADING.source}|${TRANSLATED.source}`, 'u'), sure: isHeading },
  reader: (context) => lineReader(new FilesystemReader(context)),
};

function isHeading([first = '', second = '']: readonly string[]): boolean {
  return HEADING.test(first) || (TRANSLATED.test(first) && ROW.test(second));
}

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
  /** A heading in another language: what its columns are is told by the row below it. */
  private translated: string | null = null;

  constructor(context: ParseContext) {
    this.context = context;
  }

  line(text: string, number: number): LineVerdict {
    const heading = HEADING.exec(text);
    if (heading !== null) return this.heading(heading);
    if (isPreamble(text)) return 'noise';
    if (TRANSLATED.test(text)) {
      this.translated = text;
      return 'read';
    }
    if (this.translated !== null) this.layout = layoutOf(this.translated, text) ?? this.layout;
    this.translated = null;
    const { layout } = this;
    if (layout === null) return { unread: 'a row before any heading' };
    if (/^\S+$/.test(text.trim()) && !/^\d/.test(text.trim())) {
      this.nameAbove = text.trim();
      return 'read';
    }
    const row = this.nameAbove === null ? text : `${this.nameAbove} ${text.trim()}`;
    this.nameAbove = null;
    const cells = cellsInRow(row, layout);
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

/** The cells of a row, by the amounts in it: names of shares and places where they are mounted have blanks. */
function cellsInRow(row: string, { typed, cells }: Layout): readonly string[] | null {
  const [, name = '', type, amounts, mounted = ''] = ROW.exec(row.trim()) ?? [];
  if (amounts === undefined || (typed && type === undefined)) return cellsOf(row, cells, cells - 1);
  const named = typed ? [name, type as string] : [type === undefined ? name : `${name} ${type}`];
  return [...named, ...amounts.split(/\s+/), mounted];
}

/** The columns of a heading in another language, in df's order; null where the row below is none of df's. */
function layoutOf(heading: string, row: string): Layout | null {
  const [, , type, amounts] = ROW.exec(row.trim()) ?? [];
  if (amounts === undefined) return null;
  const block = BLOCK_SIZE.exec(heading)?.[1];
  // Without a size of blocks and without a suffix they are inodes.
  const isInodes = block === undefined && /^\d+\s/.test(amounts);
  const names = isInodes ? ['Inodes', 'IUsed', 'IFree', 'IUse%'] : ['Size', 'Used', 'Available', 'Use%'];
  const unit = block === undefined ? '' : (BLOCKS[`${block}-blocks`] as string);
  return { typed: type !== undefined, names, unit, cells: names.length + (type === undefined ? 2 : 3) };
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

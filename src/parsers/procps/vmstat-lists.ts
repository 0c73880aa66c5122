/**
 * What vmstat prints once: its sums (-s), the disks' (-D) and the slabs (-m).
 *
 *         24684084 K total memory
 *              660 interrupts
 *
 *     Cache                       Num  Total   Size  Pages
 *     ext4_inode_cache          12345  12400   1184     27
 */
import { cellsOf } from '../cells.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineVerdict, lineReader } from '../lines.ts';
import { numberOf } from '../numbers.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { firstLines, isPreamble } from '../terminal.ts';

//     24684084 K total memory        24684084 K Gesamtspeicher        10 disks
const SUM = /^\s*(\d{1,20}) (?:([KkMm]) )?(\p{L}[^\d]{1,80})$/u;
const FIRST_SUM = /^\s*\d{1,20} (?:[KkMm] \p{L}|disks$)/u;
/** The sums of every locale are 13 wide; so many of them one after another are no chance. */
const ALIGNED_SUM = /^(?=.{13} \p{L}) *\d+ /u;
const FEWEST_SUMS = 5;
/** The numbers behind a cache, each 6 wide behind a blank, and the name before them, 24 wide. */
const SLAB_NUMBERS = 4;
const SLAB_WIDTH = 24 + SLAB_NUMBERS * 7;
const MAX_HEADING = 200;
/** The third number is the size of an object. */
const SIZE = 2;
const UNITS: Readonly<Record<string, string>> = { k: 'kB', K: 'KiB', m: 'MB', M: 'MiB' };

/**
 * The columns of a heading of slabs in any locale: four words behind what the caches are called.
 * `Cache                       Num  Total   Size  Pages`, `Nhớ tạm                Số Tổng   Cỡ  Trang`
 */
function slabColumns(line: string): string[] | null {
  const words = line.split(/\s+/);
  if (line.length > MAX_HEADING || words[0] === '' || /[\d%/:]/.test(line)) return null;
  if (words.length <= SLAB_NUMBERS || words.length > SLAB_NUMBERS + 2) return null;
  return [words.slice(0, -SLAB_NUMBERS).join(' '), ...words.slice(-SLAB_NUMBERS)];
}

/** `ext4_inode_cache          12345  12400   1184     27`; null for any other line. */
function slabValues(line: string): [cache: string, numbers: number[]] | null {
  if (line.length < SLAB_WIDTH) return null;
  const [cache = '', ...cells] = cellsOf(line, 1 + SLAB_NUMBERS, null) ?? [];
  const numbers = cells.map(numberOf).filter((value) => value !== null && Number.isInteger(value));
  return numbers.length === SLAB_NUMBERS ? [cache, numbers as number[]] : null;
}

export const vmstatLists: Grammar = {
  name: 'vmstat lists',

  claims(head) {
    const lines = firstLines(head)
      .slice(0, FEWEST_SUMS)
      .map((line) => line.trimEnd());
    const [first = '', second = ''] = lines;
    if (slabColumns(first) !== null && slabValues(second) !== null) return true;
    const isAligned = lines.length === FEWEST_SUMS && lines.every((line) => ALIGNED_SUM.test(line) && SUM.test(line));
    return isAligned || (FIRST_SUM.test(first) && SUM.test(second));
  },

  begins: {
    like: /^(?:\s{0,16}\d{1,20} (?:[KkMm] )?\p{L}|\S.{0,24} {4}\s*\p{L}+ +\p{L}+ +\p{L}+ +\p{L}+$)/u,
    sure: (lines) => vmstatLists.claims({ lines, complete: false }) && !isPreamble(lines[0] as string),
  },

  reader(context: ParseContext) {
    const series = new SeriesBuilder();
    let slabs: string[] | null = null;

    function sum(text: string, line: number): LineVerdict {
      const match = SUM.exec(text);
      if (match === null) return { unread: 'not a number and what it counts' };
      const [, digits, unit = '', name = ''] = match;
      series.add(name, UNITS[unit] ?? '', Number(digits), { labels: {}, at: null, line, sinceBoot: false });
      return 'read';
    }

    function slab(text: string, columns: readonly string[], line: number): LineVerdict {
      const slab = slabValues(text);
      if (slab === null) return { unread: 'not a cache and four numbers' };
      const [cache, numbers] = slab;
      numbers.forEach((value, i) => {
        const facts = { labels: { Cache: cache }, at: null, line, sinceBoot: false };
        series.add(columns[i + 1] as string, i === SIZE ? 'B' : '', value, facts);
      });
      return 'read';
    }

    return lineReader({
      line(line, number) {
        const text = line.trimEnd();
        if (isPreamble(text)) return 'noise';
        const heading = slabColumns(text);
        if (heading !== null) {
          slabs = heading;
          return 'read';
        }
        return slabs === null ? sum(text, number) : slab(text, slabs, number);
      },
      end() {
        const title = slabs === null ? 'counts since boot' : 'slabs';
        const tool = context.tool ?? 'vmstat';
        return { datasets: [{ shape: 'series', source: 0, tool, title, clock: null, metrics: series.build() }] };
      },
    });
  },
};

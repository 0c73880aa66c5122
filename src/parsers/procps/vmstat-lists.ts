/**
 * What vmstat prints once: its sums (-s), the disks' (-D) and the slabs (-m).
 *
 *         24684084 K total memory
 *              660 interrupts
 *
 *     Cache                       Num  Total   Size  Pages
 *     ext4_inode_cache          12345  12400   1184     27
 */
import { cellsOf, firstLines, isPreamble } from '../cells.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineVerdict, lineReader } from '../lines.ts';
import { numberOf } from '../numbers.ts';
import { SeriesBuilder } from '../series-builder.ts';

//     24684084 K total memory        24684084 K Gesamtspeicher        10 disks
const SUM = /^\s*(\d{1,20}) (?:([KkMm]) )?(\p{L}[^\d]{1,80})$/u;
const FIRST_SUM = /^\s*\d{1,20} (?:[KkMm] \p{L}|disks$)/u;
const SLABS = /^Cache\s+Num\s+Total\s+Size\s+Pages$/;
const UNITS: Readonly<Record<string, string>> = { k: 'kB', K: 'KiB', m: 'MB', M: 'MiB' };

export const vmstatLists: Grammar = {
  name: 'vmstat lists',

  claims(head) {
    const lines = firstLines(head);
    const first = lines[0]?.trimEnd() ?? '';
    return SLABS.test(first) || (FIRST_SUM.test(first) && SUM.test(lines[1]?.trimEnd() ?? ''));
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
      const [cache = '', ...cells] = cellsOf(text, columns.length, 0) ?? [];
      const values = cells.map(numberOf);
      if (values.length === 0 || values.includes(null)) return { unread: 'not a cache and four numbers' };
      values.forEach((value, i) => {
        const name = columns[i + 1] as string;
        const facts = { labels: { Cache: cache }, at: null, line, sinceBoot: false };
        series.add(name, name === 'Size' ? 'B' : '', value as number, facts);
      });
      return 'read';
    }

    return lineReader({
      line(line, number) {
        const text = line.trimEnd();
        if (isPreamble(text)) return 'noise';
        if (SLABS.test(text)) {
          slabs = text.split(/\s+/);
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

/**
 * /proc/diskstats: what each disk and partition did since boot.
 *
 *      254       0 vda 524046 19434 13610290 435618 958623 408724 72039376 807319 0 225032 1409639 388990 877 78683696 121152 207546 45548
 *
 * https://docs.kernel.org/admin-guide/iostats.html
 */
import { counterGrammar, numbersIn } from '../counter-file.ts';

const FIELDS: readonly (readonly [name: string, unit: string])[] = [
  ['reads completed', ''],
  ['reads merged', ''],
  ['sectors read', 'sectors'],
  ['time reading', 'ms'],
  ['writes completed', ''],
  ['writes merged', ''],
  ['sectors written', 'sectors'],
  ['time writing', 'ms'],
  ['in flight', ''],
  ['time doing I/O', 'ms'],
  ['weighted time doing I/O', 'ms'],
  ['discards completed', ''],
  ['discards merged', ''],
  ['sectors discarded', 'sectors'],
  ['time discarding', 'ms'],
  ['flushes completed', ''],
  ['time flushing', 'ms'],
];
/** Kernels before 4.18 print no discards, before 5.5 no flushes. */
const LENGTHS = new Set([11, 15, 17]);
const ROW = /^ {0,8}\d{1,4} +\d{1,7} (\S{1,64}) (\d[\d ]*)$/;

export const procDiskstats = counterGrammar({
  name: '/proc/diskstats',
  tool: 'proc-diskstats',
  title: 'disks since boot',
  begins: { like: /^ {0,8}\d{1,4} +\d{1,7} [a-z]\S* \d+ \d+ \d+ \d+ \d+ \d+ \d+/ },
  open: () => (text) => {
    const [, disk = '', rest = ''] = ROW.exec(text) ?? [];
    const values = numbersIn(rest.trim().split(/ +/));
    if (disk === '' || values === null || !LENGTHS.has(values.length)) return null;
    const labels = { disk };
    return values.map((value, i) => {
      const [name, unit] = FIELDS[i] as readonly [string, string];
      return { name, unit, value, labels };
    });
  },
});

/** The USE table of the demo: numbers counted by awk in its text, and what it says of what nobody told. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { UseColumn, UseTable } from '../../src/datasets/use.ts';
import { assess } from '../../src/findings/index.ts';

const DEMO = join(import.meta.dirname, '../../samples/sick/build-and-backup.tar.gz');
let table: UseTable;
let titles: string[];

beforeAll(async () => {
  const { use, findings } = assess(await readCapture([DEMO], { samples: true }));
  [table] = use as [UseTable];
  titles = findings.map(({ title }) => title);
});

function cell(label: string, column: UseColumn): string {
  const row = table.rows.find((each) => each.label === label);
  if (row === undefined) throw new Error(`no row ${label}`);
  return `${row[column].state}: ${row[column].text}`;
}

test.each<[string, UseColumn, string]>([
  // awk '/all/ && !/Average/ { s += 100 - $NF; n++ } END { print s / n }' mpstat.txt: 98.292
  ['CPUs', 'utilization', 'critical: 98% busy, cc1 71%'],
  // awk '$1 ~ /^[0-9]+$/ && n++ { s += $1 } END { print s / (n - 1) }' vmstat.txt: 6.27586
  ['CPUs', 'saturation', 'critical: 6.3 runnable on 2 CPUs'],
  // awk '$1 == "vda" && n++ { s += $NF; if ($NF > m) m = $NF } END { print s / (n - 1), m }' iostat.txt: 27.6066 100.00
  ['Disk vda', 'utilization', 'critical: 28% busy, 100% at most'],
  // No one ran a tool that reads the kernel's log.
  ['Disk vda', 'errors', 'unknown: not captured: dmesg'],
  // throttled ran, and no group has a limit of memory: to run it again would not tell.
  ['Control groups', 'utilization', 'unknown: not captured'],
])('%s, %s', (label, column, said) => {
  expect(cell(label, column)).toBe(said);
});

test('a finding has the number of its cell', () => {
  // 98.292 by awk, as above; of the 29 in which they were 90% busy or more it is 99.98.
  expect(titles).toContain('CPUs are 98% busy, most by cc1 (6 processes)');
});

test('a disk that is not the worst has its own numbers', async () => {
  const sick = join(import.meta.dirname, '../../samples/sick/disk-fsync.tar.gz');
  [table] = assess(await readCapture([sick], { samples: true })).use as [UseTable];
  // awk '$1 == "vda" && n++ { s += $NF; q += $(NF-1); if ($NF > m) m = $NF } END { print s/(n-1), m, q/(n-1) }' iostat.txt
  expect([cell('Disk vda', 'utilization'), cell('Disk vda', 'saturation')]).toEqual([
    'seen: 4% busy, 5.6% at most',
    'seen: queue 0.2',
  ]);
});

/** Files without a manifest on one axis: what is expected is read off the stamps by hand. */
import { expect, test } from 'vitest';
import { type LooseSource, layTogether } from '../../src/datasets/loose-clock.ts';
import type { Dataset, Series } from '../../src/datasets/shapes.ts';
import { timesOf } from '../../src/datasets/times.ts';
import { axisOf } from '../../src/render/report/axis.ts';
import { readSections } from '../../src/sections/read.ts';

const IOSTAT = `Linux 6.1.0 (shop) 	03/09/2026 	_x86_64_	(2 CPU)

03/09/2026 11:59:58 PM
Device             tps    kB_read/s    kB_wrtn/s    kB_dscd/s    kB_read    kB_wrtn    kB_dscd
vda               1.00         2.00         3.00         0.00        100        200          0

03/10/2026 12:00:03 AM
Device             tps    kB_read/s    kB_wrtn/s    kB_dscd/s    kB_read    kB_wrtn    kB_dscd
vda               1.00         2.00         3.00         0.00        100        200          0
`;
const mpstat = (date: string, stamps: string[]): string =>
  `Linux 6.1.0 (shop) 	${date} 	_x86_64_	(2 CPU)\n\n${stamps[0]}     CPU    %usr    %sys   %idle\n${stamps.map((at) => `${at}     all    1.00    4.00   95.00\n`).join('')}`;
const vmstat = (...stamps: string[]): string =>
  `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu----- -----timestamp-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st                 CET
${stamps.map((at) => ` 2  0      0 181244   2108 2811020    0    0    35    60   12   18  3  1 95  1  0 ${at}\n`).join('')}`;
const utc = (...stamps: string[]): string => mpstat('2026-03-09', stamps).replaceAll(/^2026.*?(?= )/gm, '$&+0000');

/** The text as the one section of a file. */
async function sectionOf(text: string) {
  const bytes = (async function* () {
    yield Buffer.from(text);
  })();
  const context = { name: 'test', tool: null, interval: null, samples: true };
  const sections = await readSections(bytes, { context, maxRaw: 0 });
  expect(sections).toHaveLength(1);
  return (sections[0] as (typeof sections)[number]).parsed;
}

async function laid(...texts: string[]) {
  const notes: string[] = [];
  const sources: LooseSource[] = [];
  for (const text of texts) {
    const { datasets } = await sectionOf(text);
    sources.push({ datasets, note: (note) => notes.push(note) });
  }
  const clock = layTogether(sources);
  const starts = sources.map(({ datasets }) =>
    Math.min(...datasets.flatMap((each) => timesOf(each).map((at) => at[0] as number))),
  );
  return { clock, starts, notes, datasets: sources.flatMap(({ datasets }) => datasets as Dataset[]) };
}

/** Seconds since 1970 of a time in the host's zone. */
const local = (iso: string): number => Date.parse(`${iso}Z`) / 1000;

test('files share the wall clock that they print, past midnight and in any order', async () => {
  const texts = [vmstat('2026-03-10 00:10:00'), IOSTAT, mpstat('03/09/2026', ['23:50:00', '23:50:01'])];
  const { clock, starts, datasets } = await laid(...texts);
  expect(starts).toEqual([1200, 598, 0]);
  expect(clock).toEqual({ started: local('2026-03-09T23:50:00'), utcOffset: 0, zoned: false, dated: true });
  expect(datasets.map((dataset) => dataset.clock)).toEqual(['capture', 'capture', 'capture']);
  expect((await laid(...texts.toReversed())).starts).toEqual(starts.toReversed());
  // The second row of iostat is five seconds after its first, on the next day.
  expect([...((datasets[1] as Series).metrics[0]?.at ?? [])]).toEqual([598, 603]);
});

test('a time without a date is of the day nearest to what has one', async () => {
  const bare = mpstat('', ['08:00:00']).slice(mpstat('', []).indexOf('\n\n') + 2);
  expect((await laid(bare, vmstat('2026-09-10 08:00:07'))).starts).toEqual([0, 7]);
  expect((await laid(bare, vmstat('2026-09-10 23:59:00', '2026-09-11 00:01:00'))).starts).toEqual([28_860, 0]);
  expect((await laid(bare)).clock).toMatchObject({ started: 8 * 3600, dated: false });
});

test('files of two days lie a day apart', async () => {
  expect((await laid(mpstat('03/09/2026', ['00:10:01']), mpstat('03/10/2026', ['00:10:01']))).starts).toEqual([
    0, 86_400,
  ]);
});

test("sar's tables of one day lie beside one another", async () => {
  const table = (heading: string, numbers: string) =>
    `\n00:00:01 ${heading}\n${['00:10:01', '12:00:01', '23:50:01'].map((at) => `${at} ${numbers}\n`).join('')}`;
  const banner = 'Linux 6.1.0 (shop) 	03/13/2026 	_x86_64_	(2 CPU)\n';
  const { datasets, clock } = await laid(
    `${banner}${table('proc/s cswch/s', '1.00 2.00')}${table('pswpin/s pswpout/s', '0.00 0.00')}`,
  );
  expect(datasets.map((dataset) => timesOf(dataset).map((at) => [...at]))).toEqual([
    [[0, 42_600, 85_200]],
    [[0, 42_600, 85_200]],
  ]);
  expect(clock).toMatchObject({ started: local('2026-03-13T00:10:01'), dated: true });
});

test('UTC lies beside local time where one zone alone lets them overlap', async () => {
  const { starts, notes } = await laid(
    vmstat('2026-03-09 14:00:00', '2026-03-09 14:01:00'),
    utc('2026-03-09T13:00:30', '2026-03-09T13:00:31'),
  );
  expect(starts).toEqual([0, 30]);
  expect(notes).toEqual([expect.stringContaining('UTC+01:00')]);
});

test('where several zones would, or none, UTC is not laid beside local time', async () => {
  const day = vmstat('2026-03-09 08:00:00', '2026-03-09 20:00:00');
  const { datasets, notes } = await laid(day, utc('2026-03-09T13:00:30', '2026-03-09T13:00:31'));
  expect(datasets.map(({ clock }) => clock)).toEqual(['capture', 'epoch']);
  expect(notes).toEqual([expect.stringContaining('not on their time axis')]);
  expect((await laid(utc('2026-03-09T13:00:30'))).clock).toMatchObject({ zoned: true, dated: true });
});

test('what the kernel logged weeks before does not stretch the axis; since boot alone makes none', async () => {
  const dmesg =
    '[Mon Feb  9 14:00:00 2026] sda: sda1 sda2\n[Mon Mar  9 14:00:01 2026] Out of memory: Killed process 12 (java)\n';
  const { datasets, starts } = await laid(dmesg, vmstat('2026-03-09 14:00:00', '2026-03-09 14:01:00'));
  expect(starts[0]).toBe(-28 * 86_400);
  expect(axisOf({ name: '', manifest: null, damage: [], sources: [], datasets })).toMatchObject({
    source: null,
    from: 0,
    to: 60.001,
  });
  const boot = await laid('[    1.234567] sda: sda1 sda2\n[10379042.100001] Out of memory: Killed process 12 (java)\n');
  expect(boot.clock).toBeNull();
  expect(axisOf({ name: '', manifest: null, damage: [], sources: [], datasets: boot.datasets })).toBeNull();
});

test('a log in UTC that prints the zone of its host lies beside what prints local time', async () => {
  const log = (stamp: string) => `${stamp} shop kernel: md: md0: recovery done.\n`;
  const zoned = `${log('2026-03-09T00:00:01.500000+01:00')}${log('2026-03-09T23:59:58.000000+01:00')}`;
  // A day of each: they overlap in many zones.
  const { starts, notes, datasets } = await laid(mpstat('2026-03-09', ['00:00:00', '23:59:59']), zoned);
  expect([starts, notes]).toEqual([[0, 1.5], []]);
  expect([...(timesOf(datasets[1] as Dataset)[0] ?? [])]).toEqual([1.5, 86_398]);
});

/** perf sched timehist as perf 6.1 prints it. Sums are those of `awk '{ sum += $4 }'` over the same rows. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { foldedStacks, totalWeight } from '../../src/datasets/fold.ts';
import type { Events } from '../../src/datasets/shapes.ts';
import { plain, rowsOf as rowsIn } from '../plain.ts';
import { claimants, read } from '../reading.ts';
import { eventsOf, rowsOf } from './read.ts';

const HEADING = `           time    cpu  task name                       wait time  sch delay   run time
                        [tid/pid]                          (msec)     (msec)     (msec)
--------------- ------  ------------------------------  ---------  ---------  ---------
`;
const sample = readFileSync(new URL('../../samples/perf-sched/timehist-state.txt', import.meta.url), 'utf8');

function sumOf(events: Events, name: string): number {
  const column = events.columns.findIndex((one) => one.name === name);
  return rowsIn(events).reduce((sum, row) => sum + Number(row[column]), 0);
}

test('every row is one, with its times', async () => {
  const parsed = await read(sample);
  const [table] = eventsOf(parsed.datasets);
  expect([parsed.unreadCount, table?.lines.length]).toEqual([0, 57]);
  expect(table && sumOf(table, 'sch delay')).toBeCloseTo(0.231, 6);
  expect(plain(rowsOf(parsed)[3])).toMatchObject({
    'task name': 'sh',
    tid: 9841,
    'sch delay': 0.034,
    'run time': 1.159,
    state: 'D',
  });
  expect(claimants(sample)).toEqual(['perf sched timehist']);
});

test('a call chain tells what the next row of the thread has waited for', async () => {
  const { datasets } =
    await read(`${HEADING}     100.000000 [0000]  dd[7]      0.000      0.000      0.100    schedule <- io_wait <- read
     100.500000 [0001]  sh[9/8]    9.000      0.000      0.100    schedule <- do_wait
     101.000000 [0001]  dd[7]    999.250      0.010      0.100    schedule <- poll
     102.000000 [0000]  dd[7]   1000.500      0.010      0.100
`);
  const [stacks] = datasets.filter((dataset) => dataset.shape === 'stacks');
  expect(plain(stacks)).toMatchObject({ kind: 'off-cpu', unit: 'usecs' });
  expect(stacks && foldedStacks(stacks.profile, () => false)).toEqual([
    ['dd;poll;schedule', 1_000_500],
    ['dd;read;io_wait;schedule', 999_250],
  ]);
  expect(Array.from(stacks?.profile.samples?.at ?? [])).toEqual([100, 101]);
});

test('no wait is lost', async () => {
  const { datasets } = await read(sample);
  const [stacks] = datasets.filter((dataset) => dataset.shape === 'stacks');
  expect([stacks && totalWeight(stacks.profile), stacks?.profile.sampleCount]).toEqual([1379, 36]);
});

describe('what flags add', () => {
  test('-V draws the CPUs, -w and -M tell of others, -n of who is next', async () => {
    const parsed =
      await read(`           time    cpu  012  task name                       wait time  sch delay   run time
                             [tid/pid]                          (msec)     (msec)     (msec)
--------------- ------  ---  ------------------------------  ---------  ---------  ---------
   11472.734068 [0000]       perf[8260]                                                       awakened: migration/0[18]
   11472.734072 [0000]  s    perf[8260]                          0.000      0.000      0.000  next: migration/0[18]         
   11472.734077 [0001]   m   swapper                                                          migrated: perf[8260] cpu 0 => 1
   11472.734100 [0000]  s    :-1[-1/2707]                        0.303      0.000      0.060  next: <idle>
`);
    expect(parsed.unread).toEqual([]);
    expect(rowsOf(parsed).map((row) => [row['task name'], row['wait time'], row.event])).toEqual([
      ['perf', null, 'awakened: migration/0[18]'],
      ['perf', 0, 'next: migration/0[18]'],
      ['<idle>', null, 'migrated: perf[8260] cpu 0 => 1'],
      [':-1', 0.303, 'next: <idle>'],
    ]);
  });

  test('-s sums up', async () => {
    const parsed = await read(
      readFileSync(new URL('../../samples/perf-sched/timehist-summary.txt', import.meta.url), 'utf8'),
    );
    expect(parsed.unread).toEqual([]);
    const dd = rowsOf(parsed).find(({ comm }) => comm === 'dd');
    expect(plain(dd)).toMatchObject({
      tid: 9843,
      parent: 9841,
      'sched-in': 69,
      'run-time': 10.946,
      'max-run': 5.3,
      stddev: 51.17,
    });
    expect(plain(parsed.datasets.find(({ shape }) => shape === 'counts'))).toMatchObject({
      unit: 'ms',
      items: [{ key: ['CPU 0'], value: 107.339 }],
    });
  });
});

test('a row that is cut is said', async () => {
  const { unread, unreadCount } = await read(
    `${HEADING}   11472.734072 [0000]  perf[8260]          0.000\n   11472.73\n`,
  );
  expect([unreadCount, unread.map(({ why }) => why)]).toEqual([
    2,
    ['not 3 values, as in the heading', 'no time, CPU and task'],
  ]);
});

test("its clock is perf's own, unless the record was told to use the monotonic one", async () => {
  const clockOf = async (command: string) => (await read(sample, { command })).datasets.map(({ clock }) => clock)[0];
  const after = '; perf sched timehist -i perf-sched.data --state';
  expect(await clockOf(`perf sched record -o perf-sched.data -- sleep 5${after}`)).toBe('perf');
  expect(await clockOf(`perf sched record -k mono -o perf-sched.data -- sleep 5${after}`)).toBe('monotonic');
});

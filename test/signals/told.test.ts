/**
 * Signals of what tools really printed (samples/): the same signal from each of them, in one unit. Where a number is not one that
 * can be read in the file, the command that counts it stands above it, run in samples/.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { SubjectKind } from '../../src/datasets/finding.ts';
import type { SignalName } from '../../src/datasets/signals.ts';
import { type Signals, signalsOf } from '../../src/signals/index.ts';
import { lengthOf, meanOf, type Track } from '../../src/signals/track.ts';
import { captureOf, iostat, pidstat, pidstatDisk, sar, steady, vmstat } from '../findings/host.ts';

async function of(name: string): Promise<Signals> {
  const [signals] = signalsOf(await readCapture([join(import.meta.dirname, '../../samples', name)], { samples: true }));
  return signals as Signals;
}

/** `vda 91.63`: what each track is of, and its first value. */
function firsts(signals: Signals, signal: SignalName, kind?: SubjectKind): string[] {
  return signals
    .tracks(signal, kind)
    .map(({ subject, values }) => `${subject.name} ${Math.round((values[0] as number) * 1000) / 1000}`.trim());
}

/** The columns of a track as tests write them down. */
function rowsIn(track: Track | undefined): Record<'values' | 'at' | 'seconds' | 'lines', number[]> {
  const { values, at, seconds, lines } = track as Track;
  return { values: [...values], at: [...at], seconds: [...seconds], lines: [...lines] };
}

function one(signals: Signals, signal: SignalName, kind?: SubjectKind): Track {
  const tracks = signals.tracks(signal, kind);
  if (tracks.length !== 1 || tracks[0] === undefined) throw new Error(`${tracks.length} tracks of ${signal}`);
  return tracks[0];
}

describe('the same signal, whoever prints it', () => {
  test.each([
    // The second rows: the first is since boot.
    ['vmstat/plain.txt', 'system.cpu.utilization.user', [65]],
    ['vmstat/plain.txt', 'system.cpu.run_queue.length', [5]],
    ['vmstat/plain.txt', 'system.context_switches', [11067]],
    ['sar/cpu-queue-memory.txt', 'system.cpu.utilization.user', [63.27]],
    ['sar/cpu-queue-memory.txt', 'system.cpu.run_queue.length', [1]],
    ['sar/cpu-queue-memory.txt', 'system.cpu.load_average.1m', [5.07]],
    // 23755168 KiB
    ['sar/cpu-queue-memory.txt', 'system.linux.memory.available', [24_325_292_032]],
    ['sar/many-japanese.txt', 'system.paging.faults.major', [9.9]],
    ['sar/many-japanese.txt', 'system.paging.faults.minor', [26_302.97]],
    ['sar/many-japanese.txt', 'system.paging.operations.out', [0]],
    ['top/batch.txt', 'system.cpu.load_average.15m', [3.33]],
    // 23025.9 MiB
    ['top/batch.txt', 'system.linux.memory.available', [24_144_406_118.4]],
    ['free/repeated.txt', 'system.linux.memory.available', [24_501_735_424]],
    ['free/old-layout.txt', 'system.linux.memory.available', [222_053 * 2 ** 20]],
  ] as const)('%s: %s', async (name, signal, expected) => {
    const signals = await of(name);
    expect(signals.tracks(signal).map(({ values }) => Math.round((values[0] as number) * 100) / 100)).toEqual(expected);
  });
});

describe('CPUs', () => {
  test('what is busy is what is neither idle nor waiting for I/O', async () => {
    // 100 - 15.31 - 2.55
    expect(firsts(await of('sar/cpu-queue-memory.txt'), 'system.cpu.utilization')).toEqual(['82.14']);
  });
  test('of all together, and of each by its number', async () => {
    const signals = await of('mpstat/all-cpus.txt');
    expect(signals.tracks('system.cpu.utilization.idle', 'host')).toHaveLength(1);
    expect(signals.tracks('system.cpu.utilization.idle', 'cpu').map(({ subject }) => subject.name)).toEqual(['0', '1']);
    expect(signals.cpus).toBe(2);
  });
  test('the table of CPUs of iostat is of all of them, its first report is since boot', async () => {
    // 100 - 0 - 7.5 of the second report.
    expect(firsts(await of('iostat/extended.txt'), 'system.cpu.utilization')).toContain('92.5');
  });
});

describe('disks', () => {
  test('in one unit, whatever the tool counts in', async () => {
    // 8196.00 kB/s, and 0.15 MB/s of 2^20.
    expect(firsts(await of('iostat/extended.txt'), 'system.disk.io.read')).toEqual([`vda ${8196 * 1024}`]);
    expect(firsts(await of('iostat/devices-megabytes.txt'), 'system.disk.io.read')).toEqual([`vda ${0.15 * 2 ** 20}`]);
    expect(firsts(await of('sar/many-japanese.txt'), 'system.disk.io.write')).toEqual([`vda ${353_873.27 * 1024}`]);
  });
  test('reads and writes wait by themselves where the tool tells them apart', async () => {
    const signals = await of('iostat/extended.txt');
    expect(firsts(signals, 'system.disk.operation_time.read')).toEqual(['vda 1.63']);
    expect(firsts(signals, 'system.disk.operation_time.write')).toEqual(['vda 0.61']);
    expect(firsts(await of('sar/many-japanese.txt'), 'system.disk.operation_time')).toEqual(['vda 0.75']);
  });
  test('the table of transfers of all disks together is of none', async () => {
    expect((await of('sar/many-japanese.txt')).tracks('system.disk.operations').map(({ subject }) => subject)).toEqual([
      { kind: 'disk', name: 'vda' },
    ]);
  });
});

describe('processes', () => {
  test('with their PID, each table with its own columns', async () => {
    const signals = await of('pidstat/tables.txt');
    expect(signals.tracks('process.cpu.utilization').map(({ subject, values }) => [subject, values[0]])).toEqual([
      [{ kind: 'process', name: 'python3', pid: 11163 }, 45],
      [{ kind: 'process', name: 'python3', pid: 11169 }, 45],
    ]);
    expect(firsts(signals, 'process.disk.io.write')[0]).toBe(`python3 ${11_264 * 1024}`);
    expect(firsts(signals, 'process.memory.usage')[0]).toBe(`python3 ${10_060 * 1024}`);
    expect(firsts(signals, 'process.context_switches.voluntary')[0]).toBe('python3 27');
  });
  test('threads are none', async () => {
    const tracks = (await of('pidstat/threads.txt')).tracks('process.cpu.utilization');
    // awk '$5 != "-" && $4 == "-"' leaves the rows of processes
    expect(new Set(tracks.map(({ subject }) => subject.pid)).size).toBe(tracks.length);
    expect(tracks.every(({ subject }) => !subject.name.startsWith('|__'))).toBe(true);
  });
  test('the first list of top is of the time since each started', async () => {
    const gzip = (await of('top/batch.txt'))
      .tracks('process.cpu.utilization')
      .find(({ subject }) => subject.pid === 32_176);
    // 26.9 in the first list, 20.3 in the second.
    expect(gzip?.values[0]).toBe(20.3);
  });
  test('their state is a signal: 1 where it is D', async () => {
    const blocked = (await of('top/batch.txt')).tracks('process.uninterruptible');
    expect(blocked.find(({ subject }) => subject.pid === 4383)?.values[0]).toBe(1);
    expect(blocked.find(({ subject }) => subject.pid === 32_176)?.values[0]).toBe(0);
  });
});

describe('counters', () => {
  test('are what they grew by in a second', async () => {
    // some total=7729857092 and, at 14171.97, what follows: awk '/cpu:some/ { sub(/.*total=/, ""); print }' pressure/stamped.txt | head -2
    const tracks = (await of('pressure/stamped.txt')).tracks('system.pressure.cpu.some');
    const [counter] = tracks.filter(({ over }) => over === undefined);
    expect(counter?.isCounter).toBe(true);
    expect(counter?.seconds[0]).toBeCloseTo(1.01, 5);
    expect(counter?.values.every((value) => value >= 0 && value <= 100.5)).toBe(true);
    const [average] = tracks.filter(({ over }) => over === 10);
    expect(average?.values[0]).toBe(91.29);
  });
  test('one that was set back counts from there', async () => {
    const text = [100, 300, 50, 90]
      .map(
        (total, i) =>
          `${1000 + i}.00 9.99\n/proc/pressure/io:some avg10=0.00 avg60=0.00 avg300=0.00 total=${total}000\n`,
      )
      .join('');
    const [signals] = signalsOf(await captureOf({ 'pressure.txt': text }));
    const counter = signals?.tracks('system.pressure.io.some').find(({ isCounter }) => isCounter);
    // 200 ms and 40 ms of a second.
    expect(rowsIn(counter).values.map(Math.round)).toEqual([20, 4]);
    expect(rowsIn(counter).at).toEqual([1, 3]);
  });
});

describe('when', () => {
  test('each value ends its interval, and the lines are those that say so', async () => {
    const [signals] = signalsOf(await captureOf({ 'vmstat.txt': vmstat(steady({ r: 3 }, 4)) }));
    expect(rowsIn(one(signals as Signals, 'system.cpu.run_queue.length'))).toMatchObject({
      values: [3, 3, 3, 3],
      at: [1, 2, 3, 4],
      seconds: [1, 1, 1, 1],
      lines: [4, 5, 6, 7],
    });
  });
  test('a reading stands for no more than its interval and a half: what lies between was not seen', async () => {
    const rows = steady([[5, 100, 1, 1, 1, 0]], 3);
    const text = sar('runq-sz  plist-sz   ldavg-1   ldavg-5  ldavg-15   blocked', rows).replace('14:00:03', '14:00:09');
    const [signals] = signalsOf(await captureOf({ 'sar.txt': text }));
    expect(rowsIn(one(signals as Signals, 'system.cpu.run_queue.length')).seconds).toEqual([1, 1, 1.5]);
  });
});

describe('what did nothing', () => {
  test('is left out of iostat -z and 0 there, but how long its requests took is not', async () => {
    const reports = [{ vda: { w: 9, util: 40, wAwait: 3 } }, {}, {}, { vda: { w: 9, util: 20, wAwait: 5 } }];
    const [signals] = signalsOf(await captureOf({ 'iostat.txt': iostat(reports) }));
    expect(rowsIn(one(signals as Signals, 'system.disk.io_time')).values).toEqual([40, 0, 0, 20]);
    expect(one(signals as Signals, 'system.disk.io_time').lines.filter((line) => line > 0)).toHaveLength(2);
    expect(rowsIn(one(signals as Signals, 'system.disk.operation_time.write')).values).toEqual([3, 5]);
  });
  test('is left out of pidstat and used no CPU there, but has its memory still', async () => {
    const rows = [[{ pid: 1, name: 'a', usr: 50 }], [{ pid: 2, name: 'b', usr: 10 }], [{ pid: 1, name: 'a', usr: 70 }]];
    const [signals] = signalsOf(await captureOf({ 'pidstat.txt': pidstat(rows) }));
    const [a] = (signals as Signals).tracks('process.cpu.utilization').filter(({ subject }) => subject.name === 'a');
    expect(rowsIn(a).values).toEqual([50, 0, 70]);
    expect(meanOf(a as Track)).toBe(40);
    expect(lengthOf(a as Track)).toBe(3);
  });
});

test('ticks of an interval are a share of its time', async () => {
  // 50 ticks of 10 ms in a second.
  const [signals] = signalsOf(
    await captureOf({ 'pidstat.txt': pidstatDisk(steady([{ pid: 1, name: 'a', delay: 50 }], 3)) }),
  );
  expect(rowsIn(one(signals as Signals, 'process.disk.wait')).values).toEqual([50, 50, 50]);
});

test('a column that two tables have is told apart by its neighbours', async () => {
  const nfs = sar('call/s retrans/s    read/s   write/s  access/s  getatt/s', steady([[900, 700, 1, 1, 1, 1]], 3));
  const [signals] = signalsOf(await captureOf({ 'sar.txt': nfs }));
  expect((signals as Signals).tracks('system.network.tcp.retransmissions')).toEqual([]);
});

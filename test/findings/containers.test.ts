/** Limits of control groups: who stands still by a limit of its own on a host with room. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assessed, clock, foundBy, iostat, nextOf, only, steady, verdicts } from './host.ts';

const sample = (name: string) => readFileSync(join(import.meta.dirname, '../../samples', name), 'utf8');

describe('cpu-throttled', () => {
  test('a loop in a real group of 0.2 CPUs; its neighbour with 1.5 is left alone', async () => {
    const text = sample('throttled/version-1.txt');
    const found = await only('cpu-throttled', { 'throttled.txt': text }, { seconds: 5 });
    // awk -F'[: ]' '/thumb.*nr_/ { n[$2] = $3; if (!($2 in f)) f[$2] = $3 } END { for (k in n) print k, n[k] - f[k] }': 51 and 51;
    // throttled_time from 8540978133 to 12203157458: 3.662179325 s, of a window of five.
    expect(found).toMatchObject({
      verdict: 'found',
      severity: 'critical',
      subject: { kind: 'cgroup', name: 'shop.slice/thumbnailer.service' },
      title: 'Control group shop.slice/thumbnailer.service is held back by its CPU limit of 0.2 CPUs',
      detail:
        'Throttled in 100% of its periods (51 of 51), 3.7 s in all, summed over CPUs. Each time all its threads stand still until the next period, whatever CPUs are idle.',
    });
    for (const { lines } of found.evidence)
      expect(text.split('\n')[(lines?.[1] ?? 0) - 1]).toMatch(/thumbnailer.service.*nr_throttled/);
  });

  /** Version 2: of 100 periods so many were cut short, and the group stood still for so long in all. */
  const group = (throttled: number, usecs: number, periods = 100) =>
    [0, 1]
      .map(
        (n) =>
          `${clock(n * 9)}\n/sys/fs/cgroup/shop/cpu.stat:nr_periods ${5000 + periods * n}\n/sys/fs/cgroup/shop/cpu.stat:nr_throttled ${4000 + throttled * n}\n/sys/fs/cgroup/shop/cpu.stat:throttled_usec ${9_000_000 + usecs * n}\n`,
      )
      .join('');
  test.each([
    ['a quarter of the periods', group(26, 1_500_000), 'found: Control group shop is held back by its CPU limit'],
    [
      'a little less',
      group(24, 1_500_000),
      'near: CPU limits of control groups: shop was throttled most, in 24% of 100 periods',
    ],
    [
      'often, but for a moment each time',
      group(90, 300_000),
      'ruled-out: CPU limits of control groups: shop was throttled most, in 90% of 100 periods',
    ],
    [
      'throttled before the capture only',
      group(0, 0),
      'ruled-out: CPU limits of control groups: shop was throttled most, in 0% of 100 periods',
    ],
    [
      'a group that did not run',
      group(0, 0, 0),
      'ruled-out: CPU limits of control groups: no group with a CPU limit ran',
    ],
  ])('%s', async (_, text, said) => {
    expect(await verdicts('cpu-throttled', { 'throttled.txt': text })).toEqual([said]);
  });
  test('one reading of counters is of all time, and clears nobody', async () => {
    const one = `${clock(3)}\n/sys/fs/cgroup/shop/cpu.stat:nr_periods 81234\n/sys/fs/cgroup/shop/cpu.stat:nr_throttled 45123\n/sys/fs/cgroup/shop/cpu.stat:throttled_usec 9000000\n`;
    expect(await verdicts('cpu-throttled', { 'throttled.txt': one })).toEqual([
      'not-known: CPU limits of control groups (throttled was read only once)',
    ]);
  });
});

describe('io-throttled', () => {
  test('a real group, and one that is too small to tell', async () => {
    // @throttled[5120]: 506 and @notthrottled[5120]: 1; @throttled[18]: 12 alone
    const found = await only('io-throttled', { 'blkthrot.txt': sample('blkthrot/own-bpftrace.txt') });
    expect(found.title).toBe('A disk limit holds control group 5120 back: 99.8% of its requests waited');
    expect(found.detail).toMatch(/^506 of 507 requests waited for the budget of the group/);
    expect(nextOf(found)[0]).toBe('find /sys/fs/cgroup -inum 5120');
  });
  test.each([
    [60, 940, 'near: disk limits of control groups: 6% of the requests of 5120 waited'],
    [20, 980, 'ruled-out: disk limits of control groups: 2% of the requests of 5120 waited'],
  ])('%d of %d more', async (held, passed, said) => {
    const text = `Attaching 3 probes...\n\n@notthrottled[5120]: ${passed}\n\n@throttled[5120]: ${held}\n`;
    expect(await verdicts('io-throttled', { 'blkthrot.txt': text })).toEqual([said]);
  });
});

describe('a group that writes as much as io.max lets it', () => {
  /** Of 10 writes a second, stalled so many ms of each second. */
  const group = (writes: number, ms: number | null) =>
    Array.from({ length: 11 }, (_, i) => {
      const path = '/sys/fs/cgroup/backup';
      const stalled =
        ms === null ? '' : `${path}/io.pressure:some avg10=1.00 avg60=1.00 avg300=1.00 total=${ms * 1000 * i}\n`;
      return `${(1000 + i).toFixed(2)} 500.00
${path}/io.max:259:3 rbps=max wbps=max riops=max wiops=10
${path}/io.stat:259:3 rbytes=0 wbytes=${writes * i * 4096} rios=0 wios=${100 + writes * i} dbytes=0 dios=0
${stalled}`;
    }).join('');
  test('while its tasks stall, on the disk that the manifest names', async () => {
    const found = await only('io-throttled', { 'throttled.txt': group(9, 530) });
    expect(found.title).toBe('Control group backup is at its disk limit on nvme0n1');
    expect(found).toMatchObject({ severity: 'critical' });
    expect(found.detail).toMatch(/^It used 9 of 10 writes a second\. Its tasks stalled 53% of the worst ten seconds\./);
  });
  test('stands in the USE row of control groups', async () => {
    const { use } = await assessed({ 'throttled.txt': group(9, 530) });
    const row = use[0]?.rows.find(({ label }) => label === 'Control groups');
    expect(row?.saturation).toMatchObject({
      state: 'critical',
      rule: 'io-throttled',
      text: 'backup at 9 of 10 writes a second',
    });
  });
  test('is not held back where nobody waits, or where it has room', async () => {
    const verdict = async (writes: number, ms: number | null) =>
      (await only('io-throttled', { 'throttled.txt': group(writes, ms) })).verdict;
    expect(await verdict(9, 40)).toBe('ruled-out');
    expect(await verdict(3, 530)).toBe('ruled-out');
    expect(await verdict(9, null)).toBe('near');
  });
  test('is the cause of stalls on an idle disk', async () => {
    const idle = iostat(steady({ nvme0n1: { w: 9, wAwait: 1, util: 4 } }));
    const pressure = Array.from(
      { length: 11 },
      (_, i) =>
        `${(1000 + i).toFixed(2)} 9.99\n/proc/pressure/io:some avg10=1.00 avg60=1.00 avg300=0.50 total=${i * 540_000}\n`,
    ).join('');
    const files = { 'throttled.txt': group(9, 530), 'iostat.txt': idle, 'pressure.txt': pressure };
    expect(await foundBy(files)).toEqual(['io-throttled', 'io-stalls', 'pressure-io']);
  });
});

test('a group with nearly as many tasks as it may have', async () => {
  const group = (tasks: number, limit = '100') => ({
    'throttled.txt': Array.from(
      { length: 11 },
      (_, i) => `${(1000 + i).toFixed(2)} 500.00
/sys/fs/cgroup/shop/pids.max:${limit}
/sys/fs/cgroup/shop/pids.current:${i === 7 ? tasks : 5}
`,
    ).join(''),
  });
  expect(await verdicts('tasks-used', group(95))).toEqual(['found: Control group shop has 95 tasks; its limit is 100']);
  expect(await verdicts('tasks-used', group(60))).toEqual([
    'near: tasks of control groups: shop has 60 tasks; its limit is 100',
  ]);
  expect((await only('tasks-used', group(9))).verdict).toBe('ruled-out');
  // Without a limit there is nothing to reach.
  expect(await foundBy(group(95, 'max'))).toEqual([]);
});

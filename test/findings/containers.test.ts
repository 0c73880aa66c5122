/** Limits of control groups: who stands still by a limit of its own on a host with room. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clock, nextOf, only, verdicts } from './host.ts';

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
    ['a group that did not run', group(0, 0, 0), 'ruled-out: CPU limits of control groups: none that has one ran'],
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

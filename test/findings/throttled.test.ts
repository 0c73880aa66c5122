/** CPU limits of control groups: a real one that holds its group back, and a real one that does not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judgeBy } from './judge.ts';

const REAL = readFileSync(join(import.meta.dirname, '../../samples/throttled/version-1.txt'), 'utf8');

describe('cpu-throttled', () => {
  test('a loop in a group of 0.2 CPUs; its neighbour with 1.5 is left alone', async () => {
    const all = await judgeBy('cpu-throttled', { 'throttled.txt': REAL });
    // awk -F'[: ]' '/thumb.*nr_/ { n[$2] = $3; if (!($2 in f)) f[$2] = $3 } END { for (k in n) print k, n[k] - f[k] }': 51 and 51;
    // throttled_time from 8540978133 to 12203157458: 3.662179325 s, of a window of five.
    expect(all).toMatchObject([
      {
        verdict: 'found',
        severity: 'critical',
        subject: { kind: 'cgroup', name: 'shop.slice/thumbnailer.service' },
        title:
          'Control group shop.slice/thumbnailer.service is held back by its CPU limit of 0.2 CPUs: in 100 % of its periods, 3.66 s in all',
        evidence: [{ lines: [7, 7] }, { lines: [42, 42] }],
      },
    ]);
    expect(REAL.split('\n')[41]).toMatch(/thumbnailer.service.*nr_throttled 170/);
  });

  /** Version 2: of 100 periods so many were cut short, and the group stood still for so long in all. */
  const group = (throttled: number, usecs: number) =>
    [0, 1]
      .map(
        (n) =>
          `14:00:0${n * 9}\n/sys/fs/cgroup/shop/cpu.stat:nr_periods ${5000 + 100 * n}\n/sys/fs/cgroup/shop/cpu.stat:nr_throttled ${4000 + throttled * n}\n/sys/fs/cgroup/shop/cpu.stat:throttled_usec ${9_000_000 + usecs * n}\n`,
      )
      .join('');
  test('a quarter of the periods, and a little less', async () => {
    expect(await judgeBy('cpu-throttled', { 'throttled.txt': group(26, 1_500_000) })).toMatchObject([
      { verdict: 'found', severity: 'warning', since: 9 },
    ]);
    expect(await judgeBy('cpu-throttled', { 'throttled.txt': group(24, 1_500_000) })).toMatchObject([
      {
        verdict: 'ruled-out',
        title: 'CPU limits of control groups: of 1 with one, shop was held back most, in 24 % of 100 periods',
      },
    ]);
  });
  test('often, but for a moment each time', async () => {
    expect(await judgeBy('cpu-throttled', { 'throttled.txt': group(90, 300_000) })).toMatchObject([
      { verdict: 'ruled-out' },
    ]);
  });
  test('throttled before the capture only, and no group with a limit', async () => {
    for (const text of [group(0, 0), '14:00:00\n/sys/fs/cgroup/cpu.stat:nr_periods 0\n'])
      expect(await judgeBy('cpu-throttled', { 'throttled.txt': text })).toMatchObject([{ verdict: 'ruled-out' }]);
  });
});

/**
 * Hosts that were made sick on purpose (samples/sick): the first finding names the illness. The numbers were counted in the
 * captured text by what stands above each case, with T the unpacked archive.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Finding } from '../../src/datasets/finding.ts';
import { findingsOf } from '../../src/findings/index.ts';

const SICK = join(import.meta.dirname, '../../samples/sick');

async function findings(name: string): Promise<Finding[]> {
  return findingsOf(await readCapture([join(SICK, `${name}.tar.gz`)], { samples: true }));
}

async function found(name: string): Promise<Finding[]> {
  return (await findings(name)).filter(({ verdict }) => verdict === 'found');
}

/** The rules whose findings follow from the first. */
function symptoms([cause, ...others]: readonly Finding[]): string[] {
  return others.filter((finding) => finding.cause?.rule === cause?.rule).map(({ rule }) => rule);
}

function numberOf(finding: Finding | undefined, label: string): number {
  return finding?.measures.find((number) => number.label === label)?.value ?? Number.NaN;
}

describe('the top finding of', () => {
  test('a process of eight threads that computes on two CPUs', async () => {
    const all = await found('cpu-hog');
    // awk '/^[0-9]/ && $NF == "pricing" { s += $8; n++ } END { print s / n }' T/pidstat.txt: 182.396 (n: 10)
    expect(all[0]).toMatchObject({ severity: 'critical', title: 'pricing (PID 2521) uses 1.82 of 2 CPUs' });
    expect(numberOf(all[0], 'pricing, mean')).toBeCloseTo(182.396, 3);
    expect(all[0]?.detail).toMatch(/Of its samples it ran simulate_path in 9\d\.?\d* %/);
    // awk 'NR > 3 { s += $1; n++ } END { print s / n }' T/vmstat.txt: 20.1111
    expect(numberOf(all[0], 'runnable threads, mean')).toBeCloseTo(20.1111, 4);
    expect(symptoms(all)).toEqual(expect.arrayContaining(['run-queue', 'run-queue-latency', 'load']));
  });

  test('a disk that does 80 writes a second and six writers that wait for each', async () => {
    const all = await found('disk-fsync');
    // awk '$1 == "loop0" && n++ { u += $NF; q += $(NF-1); w += $12; k++ } END { print u/k, q/k, w/k }' T/iostat.txt:
    // 98.3789 5.55222 36.2811
    expect(all[0]).toMatchObject({
      rule: 'disk-saturated',
      title: 'Disk loop0 is saturated: 98.4 % busy, queue 5.55, await 36.3 ms, most for fio',
    });
    // biosnoop began at 1.07 s, iostat's last report was at 9.05 s: awk '$4 == "7:0" && $1 <= 7.98' T/biosnoop.txt: 1,129
    // rows, 634 of them with COMM fio, all others kworker's and jbd2's
    expect(all[0]?.detail).toContain('fio issued 634 of its 1,129 I/Os then');
    // The buckets under `disk = loop0` summed over the intervals: 1,812 I/Os, the 1,794th of them in 65536 -> 131071.
    const latency = all.find(({ rule }) => rule === 'disk-latency');
    expect(latency?.title).toBe('Disk I/O of loop0 is slow: p99 in 65.5 ms to 131 ms over 1,812 I/Os');
    // The numbers of the stacks of fio with do_fsync, summed: 59,604,271 us
    const waits = all.find(({ rule }) => rule === 'off-cpu-fsync');
    expect(waits?.title).toBe('Threads of fio wait for fsync and the file system journal: 59.6 s');
    expect(symptoms(all)).toEqual(expect.arrayContaining(['disk-latency', 'off-cpu-fsync']));
  });

  test('three shell scripts that ask one process after another', async () => {
    const all = await found('fork-storm');
    expect(all[0]).toMatchObject({ rule: 'short-lived-processes', severity: 'critical' });
    expect(all[0]?.title).toContain('new processes a second, which top cannot show, most started by healthcheck.sh');
    // grep -cE '^[0-9]+:.* (177(03|04|05)) ' T/execsnoop.txt, less what the collector started, over 11.09 s by the manifest
    expect(numberOf(all[0], 'new processes')).toBeGreaterThan(1300);
    expect(numberOf(all[0], 'new processes')).toBeLessThan(1500);
    expect(symptoms(all)).toEqual(expect.arrayContaining(['system-time', 'run-queue', 'load']));
  });

  test('a program that outgrows its control group of 160 MiB', async () => {
    const all = await found('memory-cgroup');
    // grep -c 'Killed process' T/dmesg.txt: 3, the last with anon-rss:163072kB, 159.25 MiB
    expect(all[0]).toMatchObject({
      rule: 'oom-kill',
      severity: 'critical',
      title: 'The kernel killed thumbnailer with 159 MiB at the limit of its control group for lack of memory, 3 times',
    });
    expect(numberOf(all[0], 'lines in the kernel log')).toBe(3);
  });

  test('twelve threads and one lock that is held while its owner sleeps', async () => {
    const all = await found('lock-contention');
    // The numbers of the stacks with lll_lock_wait, all of them ledger's, summed: 108,496,209 us;
    // with those of other processes in __mutex_lock and rwsem_down: 108,500,339 us
    expect(all[0]).toMatchObject({ rule: 'off-cpu-locks' });
    expect(all[0]?.title).toBe('Threads of ledger wait for locks: 108 s, most in worker');
    expect(numberOf(all[0], 'waited for locks')).toBeCloseTo(108.500339, 6);
  });

  test('a name server that answers after 800 ms', async () => {
    const all = await found('slow-dns');
    // awk 'NR > 1 { n++; if ($4 >= 100) s++ } END { print n, s }' T/gethostlatency.txt: 33 33; the largest is 820.920
    expect(all[0]).toMatchObject({
      rule: 'slow-dns',
      title: 'Name lookups by checkout are slow: 33 of 33 took 100 ms or more, p99 821 ms',
    });
  });
});

test('a healthy host gives no finding, and rules out what was looked at', async () => {
  const all = await findings('healthy');
  expect(all.filter(({ verdict }) => verdict === 'found').map(({ title }) => title)).toEqual([]);
  const ruledOut = all.filter(({ verdict }) => verdict === 'ruled-out').map(({ title }) => title);
  // awk '$1 == "vda" && n++ { u += $NF; k++ } END { print u/k, k }' T/iostat.txt: 1.295 8 (-z leaves out idle reports)
  expect(ruledOut).toContain('disk saturation: the busiest of 1 devices was 1.29 % busy on average');
  expect(ruledOut).toEqual(expect.arrayContaining([expect.stringMatching(/^slow DNS: p99 /)]));
});

test('a healthy host that works a little: CPU, run queue and load of work say nothing either', async () => {
  const all = await findings('healthy-cpu');
  expect(all.filter(({ verdict }) => verdict === 'found').map(({ title }) => title)).toEqual([]);
  const ruledOut = all.filter(({ verdict }) => verdict === 'ruled-out').map(({ title }) => title);
  // awk 'NR > 3 { s += $1; n++ } END { print s / n, n }' T/vmstat.txt: 1.66667 9
  expect(ruledOut).toContain('CPU saturation: 1.7 runnable threads on average for 2 CPUs');
});

test.each([
  ['cpu-hog', 'pidstat.txt', /\bpricing$/],
  ['disk-fsync', 'iostat.txt', /^loop0 /],
  ['fork-storm', 'execsnoop.txt', /^\d\d:\d\d:\d\d \S+ +\d+ +\d+ /],
  ['memory-cgroup', 'dmesg.txt', /Killed process \d+ \(thumbnailer\)/],
  ['slow-dns', 'gethostlatency.txt', /^\S+ +\d+ +checkout +8\d\d\.\d+ /],
])('the first line that %s rests on is in %s and says so', async (name, file, says) => {
  const capture = await readCapture([join(SICK, `${name}.tar.gz`)], { samples: true });
  const [top] = findingsOf(capture);
  const { source = -1, lines = null } = top?.evidence[0] ?? {};
  expect(capture.sources[source]?.name).toBe(file);
  expect(capture.sources[source]?.raw?.split('\n')[(lines?.[0] ?? 0) - 1]).toMatch(says);
  for (const each of top?.evidence ?? [])
    expect(each.lines?.[1] ?? 1).toBeLessThanOrEqual(capture.sources[each.source]?.lines ?? 0);
});

/** Memory: what does not fit, what grows, who waits; each rule against its near miss. */
import { describe, expect, test } from 'vitest';
import {
  assessed,
  dmesg,
  foundBy,
  judge,
  judgeBy,
  mpstat,
  nextOf,
  only,
  pidstatMemory,
  sar,
  steady,
  times,
  verdicts,
  vmstat,
} from './host.ts';

const MIB = 1024;

/** /proc/meminfo once a second, as the capture writes it. */
function meminfo(available: readonly number[], total = 8192): string {
  return available
    .map(
      (mib, i) =>
        `${(1000 + i).toFixed(2)} 9999.99\nMemTotal:       ${total * MIB} kB\nMemFree:        ${100 * MIB} kB\nMemAvailable:   ${mib * MIB} kB\nCached:         ${500 * MIB} kB\n`,
    )
    .join('');
}

const free = (available: number, total = 8192) =>
  `               total        used        free      shared  buff/cache   available\nMem:            ${total}        5000         100          10        2863        ${available}\nSwap:              0           0           0\n`;

describe('swapping', () => {
  test('in and out add up, the row since boot does not count', async () => {
    const found = await only('swapping', {
      'vmstat.txt': vmstat([...steady({ si: 400, so: 600 }, 5), ...steady({}, 5)]),
    });
    expect(found).toMatchObject({ verdict: 'found', severity: 'critical', since: 0, until: 5 });
    // vmstat counts KiB: 100 pages in and 150 out of 4 KiB, in half of the time.
    expect(found.title).toBe('The host is swapping: 250 pages/s for 5 s of 10 s');
    expect(found.detail).toBe(
      'Memory that programs use is on disk: each touch of it waits for the disk. In 100 pages/s, out 150 pages/s.',
    );
    expect(nextOf(found)).toEqual(['coldflame collect --tool free,top,swapin,memleak']);
  });
  test.each([
    ['once a little', [{ si: 4 }, ...steady({}, 9)], 'ruled-out: swapping: 0.1 pages/s on average'],
    ['for two of ten seconds', [...steady({ si: 400 }, 2), ...steady({}, 8)], 'near: swapping: 20 pages/s on average'],
    ['all the time, but only 48 KiB/s', steady({ so: 48 }), 'ruled-out: swapping: 12 pages/s on average'],
  ])('%s', async (_, rows, said) => {
    expect(await verdicts('swapping', { 'vmstat.txt': vmstat(rows) })).toEqual([said]);
  });
  test('ten seconds of sixty are ten seconds of standing still', async () => {
    const rows = [...steady({ si: 400 }, 10), ...steady({}, 50)];
    expect(await verdicts('swapping', { 'vmstat.txt': vmstat(rows) }, { seconds: 60 })).toEqual([
      'found: The host is swapping: 100 pages/s for 10 s of 60 s',
    ]);
  });
  test('in a unit that nothing tells: at least so much', async () => {
    // vmstat -S M: 173 MiB free, which is no number of pages. Of the units of -S the smallest is k: 200 kB/s are 48.8 pages of 4 KiB.
    const mega = (so: number) => vmstat(steady({ free: 173, so }));
    const files = (so: number) => ({ 'vmstat.txt': mega(so) });
    expect(await verdicts('swapping', files(200), { isLoose: true })).toEqual([
      'found: The host is swapping: over 49 pages/s',
    ]);
    expect(await verdicts('swapping', files(0), { isLoose: true })).toEqual([
      'not-known: swapping: 0 pages/s on average (these files do not say which window they were to cover)',
    ]);
    const { use } = await assessed(files(200), { isLoose: true });
    expect(use[0]?.rows.find(({ label }) => label === 'Memory')?.saturation.text).toBe('swapping, over 49 pages/s');
  });
  test('by sar, in pages', async () => {
    const rows = steady([[30, 70]]);
    expect(await verdicts('swapping', { 'sar.txt': sar('pswpin/s pswpout/s', rows) })).toEqual([
      'found: The host is swapping: 100 pages/s',
    ]);
  });
  test('with whose memory it is, and what follows from it', async () => {
    const files = {
      'vmstat.txt': vmstat(steady({ si: 400, so: 600 })),
      'free.txt': free(90),
      'pidstat.txt': pidstatMemory(
        steady([
          { pid: 42, name: 'java', rss: 4 * 1024 * MIB },
          { pid: 7, name: 'cron', rss: 9000 },
        ]),
      ),
    };
    const found = await judge(files);
    expect(found.filter(({ verdict }) => verdict === 'found').map(({ rule, cause }) => [rule, cause?.rule])).toEqual([
      ['swapping', undefined],
      ['memory-available', 'swapping'],
    ]);
    expect(found[0]?.detail).toContain('Largest: java (PID 42) 50%.');
    // Of 8 GiB: ten compilers in turn hold 1.6 GiB at any time, and not ten times that.
    const inTurn = pidstatMemory(
      Array.from({ length: 10 }, (_, i) => [{ pid: 100 + i, name: 'cc1', rss: 1.6 * 1024 * MIB }]),
    );
    const swapping = await only('swapping', { ...files, 'pidstat.txt': inTurn });
    expect(swapping.detail).toContain('Largest: cc1 (10 processes) 20%.');
  });
});

describe('memory-available', () => {
  test('by meminfo, the least of all readings', async () => {
    const found = await only('memory-available', {
      'meminfo.txt': meminfo([4000, 300, 160, 170, 900, 900, 900, 900, 900, 900]),
    });
    // 160 of 8192 MiB.
    expect(found).toMatchObject({ verdict: 'found', severity: 'warning', since: 1, until: 3 });
    expect(found.title).toBe('Memory is nearly used up: 2% available');
    expect(found.detail).toBe(
      '160 MiB at the least. Allocations wait for reclaim; next come swapping or the OOM killer.',
    );
  });
  test('under one percent is critical', async () => {
    expect(await only('memory-available', { 'meminfo.txt': meminfo(steady(80)) })).toMatchObject({
      severity: 'critical',
    });
  });
  test.each([
    [
      'much is left all the time',
      { 'meminfo.txt': meminfo(steady(4000)) },
      'ruled-out: memory available: 49% at the least',
    ],
    ['9% is near', { 'meminfo.txt': meminfo(steady(737)) }, 'near: memory available: 9% at the least'],
    [
      'one reading clears nothing',
      { 'free.txt': free(4000) },
      'not-known: memory available: 49% at the least (free was read only once)',
    ],
  ])('%s', async (_, files, said) => {
    expect(await verdicts('memory-available', files)).toEqual([said]);
  });
  test('one reading finds', async () => {
    expect(await verdicts('memory-available', { 'free.txt': free(160) })).toEqual([
      'found: Memory is nearly used up: 2% available',
    ]);
  });
  test('every file is judged, not the first', async () => {
    expect(await verdicts('memory-available', { 'free.txt': free(4000), 'free-2.txt': free(160) })).toEqual([
      'found: Memory is nearly used up: 2% available',
    ]);
  });
  test('free of procps before 3.3.10, whose second line says what is left', async () => {
    const old =
      '             total       used       free     shared    buffers     cached\nMem:          8192       8100         92          0         10         20\n-/+ buffers/cache:       8070        122\nSwap:            0          0          0\n';
    expect(await verdicts('memory-available', { 'free.txt': old })).toEqual([
      'found: Memory is nearly used up: 1.5% available',
    ]);
  });
  test('free and cache of vmstat are no more than a bound', async () => {
    // 800,000 + 20,000 + 300,000 of 8,388,608 KiB.
    expect(await verdicts('memory-available', { 'vmstat.txt': vmstat(steady({})) })).toEqual([
      'not-known: memory available: 13% at the least (free memory and caches alone do not tell what is available)',
    ]);
    expect((await only('memory-available', { 'vmstat.txt': vmstat(steady({ free: 10_000 })) })).verdict).toBe('found');
  });
});

describe('growth', () => {
  const list = (rss: (second: number) => number, seconds = 10) =>
    pidstatMemory(
      steady(0, seconds).map((_, i) => [
        { pid: 42, name: 'leaky', rss: Math.round(rss(i)) },
        { pid: 7, name: 'cron', rss: 9000 },
      ]),
    );
  test('one that grew as it started, and then no more', async () => {
    const rss = (i: number) => Math.min(150, 50 + 25 * i) * MIB;
    const files = {
      'pidstat.txt': pidstatMemory(Array.from({ length: 10 }, (_, i) => [{ pid: 42, name: 'node', rss: rss(i) }])),
    };
    expect((await only('process-growth', files)).verdict).toBe('ruled-out');
  });
  test('a process that grows by 50 MiB/s, with 4 GiB left', async () => {
    const files = { 'pidstat.txt': list((i) => (500 + 50 * i) * MIB), 'meminfo.txt': meminfo(steady(4096)) };
    const found = await only('process-growth', files);
    expect(found).toMatchObject({ verdict: 'found', severity: 'warning', subject: { name: 'leaky', pid: 42 } });
    expect(found.title).toBe('leaky (PID 42) grows by 50 MiB/s, memory is used up in 82 s');
    // 4096 / 50 s.
    expect(found.detail).toBe('It holds 950 MiB. Seen for 9 s: a cache that fills looks the same at first.');
    expect(nextOf(found)).toEqual([
      'See what it allocates: a heap profile of its runtime, or memleak on its PID.',
      'coldflame collect --set memory --pid 42',
    ]);
  });
  test.each([
    ['2 MiB/s leave 34 minutes', (i: number) => (500 + 2 * i) * MIB, 'near'],
    ['half a MiB/s', (i: number) => (500 + 0.5 * i) * MIB, 'ruled-out'],
    ['it comes and goes', (i: number) => (500 + (i % 2) * 300 + i) * MIB, 'ruled-out'],
    ['it shrinks', (i: number) => (900 - 50 * i) * MIB, 'ruled-out'],
  ])('%s', async (_, rss, verdict) => {
    const files = { 'pidstat.txt': list(rss), 'meminfo.txt': meminfo(steady(4096)) };
    expect((await only('process-growth', files)).verdict).toBe(verdict);
  });
  test('a program that starts in the window grows as all do', async () => {
    const late = pidstatMemory(
      steady(0).map((_, i) => [
        { pid: 7, name: 'cron', rss: 9000 },
        ...(i > 5 ? [{ pid: 42, name: 'young', rss: i * 100 * MIB }] : []),
      ]),
    );
    expect((await only('process-growth', { 'pidstat.txt': late, 'meminfo.txt': meminfo(steady(4096)) })).verdict).toBe(
      'ruled-out',
    );
  });
  test('memory of the host, and the process that takes it', async () => {
    const files = {
      'meminfo.txt': meminfo(steady(0).map((_, i) => 4096 - 60 * i)),
      'pidstat.txt': list((i) => (1000 + 50 * i) * MIB),
    };
    const found = await only('memory-growth', files);
    // From 4,096 to 3,556 MiB in 9 s; that lasts 59 s more.
    expect(found.title).toBe('Memory is used up by 60 MiB/s');
    expect(found.detail).toBe('At this pace none is left in 59 s. Largest: leaky (PID 42) 15%.');
    expect(found.cause?.rule).toBe('process-growth');
  });
  test('little by little is no incident', async () => {
    const files = { 'meminfo.txt': meminfo(steady(0).map((_, i) => 4096 - i)) };
    expect(await verdicts('memory-growth', files)).toEqual(['ruled-out: growth of memory use: 1 MiB/s']);
    // A single look beside it cannot tell growth, and takes nothing away from what can.
    expect(await verdicts('memory-growth', { ...files, 'free.txt': free(4000) })).toEqual([
      'ruled-out: growth of memory use: 1 MiB/s',
    ]);
    expect(await verdicts('memory-growth', { 'free.txt': free(4000) })).toEqual([
      'not-known: growth of memory use (free was read only once)',
    ]);
  });
});

test('/proc/vmstat counts pages since boot', async () => {
  const text = (swapped: number) =>
    times(
      11,
      (i) =>
        `${(1000 + i).toFixed(2)} 500.00\nnr_free_pages 9000\npgmajfault ${5e6}\npswpin ${9e6 + swapped * i}\npswpout ${9e6 + swapped * i}\n`,
    );
  const found = await only('swapping', { 'proc-vmstat.txt': text(2000) });
  expect(found.title).toBe('The host is swapping: 4,000 pages/s');
  expect((await only('swapping', { 'proc-vmstat.txt': text(0) })).verdict).toBe('ruled-out');
});

describe('direct-reclaim', () => {
  const drsnoop = (rows: number, ms: number) =>
    `TIME(s)       COMM           PID     LAT(ms) PAGES  FREE(KB)\n${times(rows, (i) => `${((i * 9.9) / rows).toFixed(9)}   ${i % 5 === 0 ? 'cron ' : 'mysqld'}         17678      ${ms.toFixed(2)}   143     86028\n`)}`;
  test('300 in ten seconds, most of mysqld', async () => {
    const found = await only('direct-reclaim', { 'drsnoop.txt': drsnoop(300, 4) });
    expect(found.title).toBe('300 allocations reclaimed memory first, for 1 ms or more');
    expect(found.detail).toBe(
      'Up to 4 ms. Of mysqld (PID 17678) 80% and cron (PID 17678) 20%. kswapd does not keep up, or a control group is at its limit.',
    );
  });
  test.each([
    ['short ones', drsnoop(300, 0.2), 'ruled-out: direct reclaim: 0 of 1 ms or more in 10 s'],
    ['few', drsnoop(40, 4), 'ruled-out: direct reclaim: 40 of 1 ms or more in 10 s'],
    ['half of the rate', drsnoop(80, 4), 'near: direct reclaim: 80 of 1 ms or more in 10 s'],
  ])('%s', async (_, text, said) => {
    expect(await verdicts('direct-reclaim', { 'drsnoop.txt': text })).toEqual([said]);
  });
  test('pages that programs scan, by sar', async () => {
    const table = (pages: number) =>
      sar(
        'pgpgin/s pgpgout/s   fault/s  majflt/s  pgfree/s pgscank/s pgscand/s pgsteal/s    %vmeff',
        steady([[0, 0, 90, 0, 500, 10, pages, 9, 90]]),
      );
    expect(await verdicts('direct-reclaim', { 'sar.txt': table(2000) })).toEqual([
      'found: Programs reclaim memory themselves: 2,000 pages/s scanned',
    ]);
    expect(await verdicts('direct-reclaim', { 'sar.txt': table(400) })).toEqual([
      'ruled-out: direct reclaim: 400 pages/s scanned on average',
    ]);
  });
});

describe('major-faults', () => {
  test('a host that thrashes without swap, by whom', async () => {
    const found = await only('major-faults', {
      'pidstat.txt': pidstatMemory(
        steady([
          { pid: 42, name: 'java', major: 300 },
          { pid: 7, name: 'cron', major: 1 },
        ]),
      ),
    });
    expect(found.title).toBe('300 major page faults a second, most by java (PID 42)');
  });
  test.each([
    [120, 'near: major page faults: 120 a second'],
    [20, 'ruled-out: major page faults: 20 a second'],
  ])('%d a second', async (major, said) => {
    const files = { 'pidstat.txt': pidstatMemory(steady([{ pid: 42, name: 'java', major }])) };
    expect(await verdicts('major-faults', files)).toEqual([said]);
  });
});

describe('page-fault-rate', () => {
  test.each([
    [150_000, 'found: 150,000 page faults a second, most by churn (PID 42)', 'notice'],
    [310_000, 'found: 310,000 page faults a second, most by churn (PID 42)', 'warning'],
    [60_000, 'near: page faults a second: 60,000 a second', 'notice'],
    [9000, 'ruled-out: page faults a second: 9,000 a second', 'notice'],
  ])('%d faults a second', async (minor, said, severity) => {
    const files = { 'pidstat.txt': pidstatMemory(steady([{ pid: 42, name: 'churn', minor }])) };
    expect(await verdicts('page-fault-rate', files)).toEqual([said]);
    expect((await only('page-fault-rate', files)).severity).toBe(severity);
  });
});

describe('page-cache', () => {
  const cachestat = (hits: number, misses: number) =>
    `    HITS   MISSES  DIRTIES HITRATIO   BUFFERS_MB  CACHED_MB\n${times(10, () => `    ${hits}     ${misses}       10   ${((100 * hits) / (hits + misses)).toFixed(2)}%           10       1000\n`)}`;
  test.each([
    [5000, 5000, 'found: The page cache misses: 50% hits, 5,000/s missed'],
    [95_000, 5000, 'ruled-out: page cache: 95% hits, 5,000/s missed'],
    [4, 6, 'ruled-out: page cache: 40% hits, 6/s missed'],
  ])('%d hits and %d misses', async (hits, misses, said) => {
    expect(await verdicts('page-cache', { 'cachestat.txt': cachestat(hits, misses) })).toEqual([said]);
  });
});

describe('pressure', () => {
  const psi = (resource: string, some: number, full: number) =>
    [some, some / 2]
      .map(
        (avg10) =>
          `/proc/pressure/${resource}:some avg10=${avg10.toFixed(2)} avg60=1.00 avg300=0.50 total=1234567\n/proc/pressure/${resource}:full avg10=${full.toFixed(2)} avg60=0.20 avg300=0.10 total=23456\n`,
      )
      .join('');
  test.each([
    [
      'memory',
      24,
      12,
      'critical',
      'memory pressure: tasks stalled 24% of the last ten seconds',
      'All of them at once 12%.',
    ],
    ['io', 31, 6, 'warning', 'I/O pressure: tasks stalled 31% of the last ten seconds', 'All of them at once 6%.'],
    ['cpu', 88, 0, 'warning', 'CPU pressure: tasks stalled 88% of the last ten seconds', ''],
  ] as const)('%s, by the averages of the kernel', async (resource, some, full, severity, title, all) => {
    const found = await only(`pressure-${resource}`, { 'pressure.txt': psi(resource, some, full) });
    expect(found).toMatchObject({ verdict: 'found', severity, title });
    expect(found.detail).toBe(
      `${all} An average of the kernel over ten seconds: of a short capture much of it is earlier.`.trim(),
    );
    expect((await only(`pressure-${resource}`, { 'pressure.txt': psi(resource, 3, 1) })).verdict).not.toBe('found');
  });

  /** A reading each second for 25 s, in which work waited `ms` milliseconds in those from `first` to `last`. */
  const readings = (first: number, last: number, ms: number, avg10 = 1) => {
    let total = 5_000_000;
    return times(26, (second) => {
      if (second > first && second <= last) total += ms * 1000;
      return `${(1000 + second).toFixed(2)} 9999.99\n/proc/pressure/io:some avg10=${avg10.toFixed(2)} avg60=1.00 avg300=0.50 total=${total}\n`;
    });
  };
  test('by its counter: 8 s of 450 ms each, of which the worst ten seconds have all', async () => {
    const found = await only('pressure-io', { 'pressure.txt': readings(6, 14, 450) }, { seconds: 25 });
    expect(found.title).toBe('I/O pressure: tasks stalled 36% of the worst 10 s');
    expect(found.detail).toBe('The kernel counts this time itself; it is not sampled.');
    expect(found).toMatchObject({ since: 6, until: 14 });
  });
  test('what an average says of the time before the capture is not of it', async () => {
    expect(await verdicts('pressure-io', { 'pressure.txt': readings(6, 14, 100, 60) }, { seconds: 25 })).toEqual([
      'ruled-out: I/O pressure: tasks stalled 8% of the worst 10 s',
    ]);
  });
  test('two resources in one file are told apart', async () => {
    const files = { 'pressure.txt': psi('memory', 1, 0) + psi('io', 31, 6) };
    expect(await foundBy(files)).toEqual(['pressure-io']);
  });
});

describe('kills for lack of memory', () => {
  const head = 'Tracing OOM kills... Ctrl-C to stop.\n';
  const kill = (victim: string) =>
    `14:00:03 Triggered by PID 3297 ("ntpd"), OOM kill of PID 22516 ("${victim}"), 3850642 pages, loadavg: 0.99 0.39 0.30 3/282 22724\n`;
  test('each is one too many, and who asked is told', async () => {
    const found = await only('oom-kill-events', { 'oomkill.txt': head + kill('perl') + kill('perl') + kill('java') });
    expect(found).toMatchObject({ severity: 'critical', since: 3 });
    expect(found.title).toBe('perl was killed for lack of memory, 3 kills in all');
    expect(found.detail).toBe('Asked for memory last: ntpd 100%.');
  });
  test('a tracer that saw none rules it out', async () => {
    expect(await verdicts('oom-kill-events', { 'oomkill.txt': head })).toEqual([
      'ruled-out: processes killed during the capture: none',
    ]);
  });
  test('counted by the kernel and by the group whose limit it was', async () => {
    const vmstatFile = times(
      10,
      (i) => `${(1000 + i).toFixed(2)} 500.00\nnr_free_pages 1000\noom_kill ${7 + (i > 4 ? 2 : 0)}\n`,
    );
    expect(await verdicts('oom-kill-events', { 'proc-vmstat.txt': vmstatFile })).toEqual([
      'found: The kernel killed 2 processes for lack of memory',
    ]);
    const events = (kills: (i: number) => number) =>
      times(
        10,
        (i) => `${(1000 + i).toFixed(2)} 500.00
/sys/fs/cgroup/pods/memory.events:oom_kill ${kills(i)}
/sys/fs/cgroup/pods/web/memory.events:oom_kill ${kills(i)}
`,
      );
    expect(await verdicts('oom-kill-events', { 'throttled.txt': events((i) => (i > 4 ? 1 : 0)) })).toEqual([
      'found: Control group pods/web lost a process at its memory limit',
    ]);
    expect((await judgeBy('oom-kill-events', { 'throttled.txt': events(() => 3) }))[0]?.verdict).toBe('ruled-out');
  });
  test('unless the log says that there was one', async () => {
    const log = dmesg([
      4,
      'Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB, file-rss:0kB',
    ]);
    const [event] = await judgeBy('oom-kill-events', { 'oomkill.txt': head, 'dmesg.txt': log });
    expect(event).toMatchObject({
      verdict: 'not-known',
      reason: 'there is a finding on memory',
      beside: { rule: 'oom-kill' },
    });
  });
});

test('swapped-in: who waits for its own memory', async () => {
  const swapin = (pages: number) =>
    `Attaching 2 probes...\n14:00:05\n@[java, 42]: ${pages}\n@[cron, 7]: ${pages / 10}\n`;
  const found = await only('swapped-in', { 'swapin.txt': swapin(400) });
  // 440 pages in 10 s.
  expect(found.title).toBe('Programs wait for swap: 44 pages/s, most by java 42');
  expect((await only('swapped-in', { 'swapin.txt': swapin(100) })).verdict).toBe('ruled-out');
});

test('memory that no process holds: slabs of the kernel', async () => {
  const files = (slabs: number) => ({
    'meminfo.txt': times(
      10,
      (i) => `${(1000 + i).toFixed(2)} 500.00
MemTotal:        8388608 kB
MemFree:         ${4_000_000 - 100_000 * i} kB
MemAvailable:    ${4_000_000 - 100_000 * i} kB
SUnreclaim:      ${500_000 + slabs * i} kB
`,
    ),
  });
  // 100,000 KiB a second.
  expect(await verdicts('memory-growth', files(90_000))).toEqual([
    'found: Memory is used up by 98 MiB/s, most of it kernel slabs that cannot be reclaimed',
  ]);
  expect(await verdicts('memory-growth', files(40_000))).toEqual(['found: Memory is used up by 98 MiB/s']);
});

test.each([
  [12_000, 10, 'found: The host reads 12,000 pages/s again that it just evicted', 'warning'],
  [4000, 10, 'found: The host reads 4,000 pages/s again that it just evicted', 'notice'],
  // Four of ten seconds: a third of the window.
  [12_000, 4, 'found: The host reads 12,000 pages/s again that it just evicted for 4 s of 10 s', 'warning'],
  [900, 10, 'near: pages read again after they were evicted: 900 pages/s', 'notice'],
  [400, 10, 'ruled-out: pages read again after they were evicted: 400 pages/s', 'notice'],
])('refaults: %d pages a second for %d s', async (rate, seconds, said, severity) => {
  const readings = times(
    11,
    (i) =>
      `${(1000 + i).toFixed(2)} 500.00\nnr_free_pages 90000\nworkingset_refault_file ${5 + rate * Math.min(i, seconds)}\n`,
  );
  const files = { 'proc-vmstat.txt': readings };
  expect(await verdicts('refaults', files)).toEqual([said]);
  expect((await only('refaults', files)).severity).toBe(severity);
});

describe('vmstat -s', () => {
  const sums = (i: number) => `     16384256 K total memory
     15984256 K used memory
       104256 K free memory
         1256 K buffer memory
       294488 K swap cache
      8384256 K total swap
      8300000 K used swap
        84256 K free swap
      ${1_000_000 + 9000 * i} pages swapped in
      ${2_000_000 + 8000 * i} pages swapped out
    123456789 interrupts
    ${10_000_000 + 300_000 * i} CPU context switches
      ${1000 + 2000 * i} forks
`;
  test('its counters need two readings', async () => {
    const twice = `Mon Jan  5 14:00:00 UTC 2026\n${sums(0)}Mon Jan  5 14:00:01 UTC 2026\n${sums(1)}`;
    const titles = (await judge({ 'vmstat.txt': twice }, { isLoose: true }))
      .filter(({ verdict }) => verdict === 'found')
      .map(({ title }) => title);
    expect(titles).toEqual([
      'The host is swapping: 17,000 pages/s',
      // 104256 + 1256 + 294488 KiB of 16384256.
      'Memory is nearly used up: 2.4% available',
      '2,000 new processes a second',
    ]);
    expect(await foundBy({ 'vmstat.txt': sums(9) }, { isLoose: true })).toEqual(['memory-available']);
  });
});

test('growth is told from its onset on, at its own pace', async () => {
  // 1,000 MiB for 6 s, then 100 MiB/s.
  const left = Array.from({ length: 11 }, (_, i) => 4000 - 100 * Math.max(0, i - 5));
  const found = await only('memory-growth', { 'meminfo.txt': meminfo(left) });
  expect(found).toMatchObject({ verdict: 'found', since: 5, until: 10 });
  expect(found.title).toBe('Memory is used up by 100 MiB/s');
  expect(found.detail).toMatch(/^At this pace none is left in 35 s\./);
});

test.each([
  // 12,000 KiB a second are 3,000 pages: three seconds of that are felt, two are not; 3,900 KiB are no such burst.
  [3, 12_000, 'found: The host is swapping: 3,000 pages/s for 3 s of 20 s'],
  [2, 12_000, 'near: swapping: 300 pages/s on average'],
  [3, 3900, 'near: swapping: 146 pages/s on average'],
])('swapping for %d s of 20 s with %d KiB/s', async (seconds, si, said) => {
  const files = { 'vmstat.txt': vmstat([...steady({ si }, seconds), ...steady({}, 20 - seconds)]) };
  expect(await verdicts('swapping', files, { seconds: 20 })).toEqual([said]);
});

test('kills that a control group tells of are not told again of the host', async () => {
  const readings = (text: (i: number) => string) => times(11, (i) => `${(1000 + i).toFixed(2)} 500.00\n${text(i)}`);
  const files = (host: number, group: number) => ({
    'proc-vmstat.txt': readings((i) => `nr_free_pages 90000\noom_kill ${i > 4 ? 3 + host : 3}\n`),
    'throttled.txt': readings((i) => `/sys/fs/cgroup/shop/api/memory.events:oom_kill ${i > 4 ? group : 0}\n`),
  });
  expect(await verdicts('oom-kill-events', files(4, 4))).toEqual([
    'found: Control group shop/api lost 4 processes at its memory limit',
  ]);
  expect((await verdicts('oom-kill-events', files(5, 4))).sort()).toEqual([
    'found: Control group shop/api lost 4 processes at its memory limit',
    'found: The kernel killed 5 processes for lack of memory',
  ]);
});

test('CPU pressure while CPUs are idle is of a limit', async () => {
  const stalled = times(
    11,
    (i) =>
      `${(1000 + i).toFixed(2)} 500.00\n/proc/pressure/cpu:some avg10=0.00 avg60=0.00 avg300=0.00 total=${i * 700_000}\n`,
  );
  const titleOf = async (usr: number) =>
    (await only('pressure-cpu', { 'pressure.txt': stalled, 'mpstat.txt': mpstat(steady({ all: { usr } })) })).title;
  expect(await titleOf(20)).toBe('CPU pressure: tasks stalled 70% of the worst 10 s, on idle CPUs');
  expect(await titleOf(99)).toBe('CPU pressure: tasks stalled 70% of the worst 10 s');
});

test('who was killed, where only counts tell: whoever is gone since', async () => {
  const files = {
    'proc-vmstat.txt': times(
      11,
      (i) => `${(1000 + i).toFixed(2)} 500.00\nnr_free_pages 90000\noom_kill ${i > 4 ? 1 : 0}\n`,
    ),
    'pidstat.txt': pidstatMemory(
      Array.from({ length: 10 }, (_, i) => [
        { pid: 7, name: 'cron', rss: 90_000 },
        ...(i < 4 ? [{ pid: 4242, name: 'worker', rss: 500_000 }] : []),
        // Too small, and gone before.
        ...(i < 4 ? [{ pid: 4243, name: 'sh', rss: 900 }] : []),
        ...(i < 1 ? [{ pid: 4244, name: 'job', rss: 90_000 }] : []),
      ]),
    ),
  };
  const found = await only('oom-kill-events', files);
  expect(found.title).toBe('The kernel killed a process for lack of memory');
  expect(found.detail).toBe('Gone since then: worker (PID 4242).');
});

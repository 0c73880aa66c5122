/** CPU, memory and kernel log: each rule fires on what it is for, with the right numbers, and not on the near miss. */
import { describe, expect, test } from 'vitest';
import { judge, judgeBy } from './judge.ts';

const VMSTAT_HEAD = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
`;
/** The first row is since boot, and says the opposite of the rest: a rule that reads it is wrong. */
function vmstat(rows: readonly { r?: number; si?: number; so?: number }[]): string {
  const row = ({ r = 1, si = 0, so = 0 }) =>
    ` ${r}  0      0 800000  20000 300000  ${si}  ${so}     0     0  100  200 10  5 85  0  0\n`;
  return VMSTAT_HEAD + row({ r: 40, si: 9000, so: 9000 }) + rows.map(row).join('');
}

describe('run-queue', () => {
  test('14 runnable threads on 4 CPUs, the since-boot row left out', async () => {
    const [finding] = await judgeBy('run-queue', {
      'vmstat.txt': vmstat([{ r: 12 }, { r: 16 }, { r: 14 }, { r: 14 }]),
    });
    expect(finding).toMatchObject({ verdict: 'found', severity: 'critical', since: 1, confidence: 'high' });
    expect(finding?.title).toBe('CPUs are saturated: 14.0 runnable threads on average for 4 CPUs, 16 at most');
    expect(finding?.evidence).toEqual([{ source: 0, lines: [4, 7] }]);
  });
  test('a burst of one interval in four, and 6 of 4 CPUs, are none', async () => {
    expect(await judgeBy('run-queue', { 'vmstat.txt': vmstat([{ r: 20 }, {}, {}, {}]) })).toMatchObject([
      { verdict: 'ruled-out' },
    ]);
    expect(await judgeBy('run-queue', { 'vmstat.txt': vmstat([{ r: 6 }, { r: 6 }]) })).toMatchObject([
      { verdict: 'ruled-out' },
    ]);
  });
  test('a threshold of the user moves it', async () => {
    const files = { 'vmstat.txt': vmstat([{ r: 6 }, { r: 6 }]) };
    const found = await judge(files, { 'run-queue': { perCpu: 1 } });
    expect(found.find(({ rule }) => rule === 'run-queue')?.verdict).toBe('found');
  });
});

describe('swapping', () => {
  test('si and so add up', async () => {
    const rows = [{ si: 400, so: 600 }, { si: 400, so: 600 }, {}, {}];
    const [finding] = await judgeBy('swapping', { 'vmstat.txt': vmstat(rows) });
    expect(finding).toMatchObject({ verdict: 'found', severity: 'critical', since: 1 });
    expect(finding?.title).toBe('The host is swapping: 500 KiB/s on average, in 50 % of the intervals');
  });
  test('swap that is used but quiet is none', async () => {
    expect(await judgeBy('swapping', { 'vmstat.txt': vmstat([{ si: 4 }, {}, {}, { so: 60 }]) })).toMatchObject([
      { verdict: 'ruled-out' },
    ]);
  });
});

describe('load', () => {
  const uptime = (loads: string) => ` 14:00:01 up 3 days,  2:11,  2 users,  load average: ${loads}\n`;
  test.each([
    ['9.50, 6.00, 3.00', 'found', 'warning', /^More demand than CPUs: .* rising/],
    ['2.00, 6.00, 9.00', 'found', 'notice', /^There was more demand than CPUs: .* falling/],
    ['5.90, 5.90, 5.90', 'ruled-out', 'notice', /steady/],
  ])('%s on 4 CPUs', async (loads, verdict, severity, words) => {
    const [finding] = await judgeBy('load', { 'uptime.txt': uptime(loads) });
    expect(finding).toMatchObject({ verdict, severity });
    expect(finding?.title).toMatch(words);
  });
  test('what was captured already is not asked for again', async () => {
    const vmstat = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
 1  0      0 22686540 15656 1670260    0    0     0     0  244  561  7  3 90  0  0
`;
    const files = { 'uptime.txt': uptime('9.50, 6.00, 3.00') };
    expect(await judgeBy('load', files)).toMatchObject([{ next: [{ run: 'vmstat 1' }] }]);
    expect(await judgeBy('load', { ...files, 'vmstat.txt': vmstat })).toMatchObject([{ next: [] }]);
  });
});

const MPSTAT_HEAD = 'Linux 6.1.0 (db-7) \t01/05/26 \t_x86_64_\t(4 CPU)\n';
/** One report per entry; each names %usr %sys %iowait %soft %steal %idle of all CPUs and of each. */
function mpstat(reports: readonly Record<string, [number, number, number, number, number, number]>[]): string {
  const table = reports.map((report, i) => {
    const time = `14:00:0${i + 1}`;
    const head = `\n${time}     CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle\n`;
    const rows = Object.entries(report).map(
      ([cpu, [usr, sys, wait, soft, steal, idle]]) =>
        `${time}     ${cpu}   ${usr.toFixed(2)}    0.00   ${sys.toFixed(2)}   ${wait.toFixed(2)}    0.00   ${soft.toFixed(2)}   ${steal.toFixed(2)}    0.00    0.00   ${idle.toFixed(2)}\n`,
    );
    return head + rows.join('');
  });
  return MPSTAT_HEAD + table.join('');
}

describe('one-cpu', () => {
  test('CPU 2 at its limit while three idle', async () => {
    const report = {
      all: [27, 0, 0, 0, 0, 73],
      0: [3, 0, 0, 0, 0, 97],
      1: [2, 0, 0, 0, 0, 98],
      2: [99, 0, 0, 0, 0, 1],
      3: [4, 0, 0, 0, 0, 96],
    } as const;
    const [finding] = await judgeBy('one-cpu', { 'mpstat.txt': mpstat([{ ...report }, { ...report }] as never) });
    expect(finding?.title).toBe('CPU 2 is saturated while the others idle: 99 % busy, the others 3 %');
  });
  test('all busy is no imbalance', async () => {
    const report = { all: [96, 0, 0, 0, 0, 4], 0: [97, 0, 0, 0, 0, 3], 1: [95, 0, 0, 0, 0, 5] } as const;
    expect(await judgeBy('one-cpu', { 'mpstat.txt': mpstat([{ ...report }] as never) })).toEqual([]);
  });
});

describe('where CPU time goes', () => {
  test.each([
    ['system-time', [10, 45, 0, 0, 0, 45], /%sys 45 on average/],
    ['iowait', [5, 5, 60, 0, 0, 30], /%iowait 60 on average/],
    ['softirq', [5, 5, 0, 25, 0, 65], /%soft 25 on average/],
    ['steal', [5, 5, 0, 0, 12, 78], /%steal 12 on average/],
  ] as const)('%s', async (rule, all, title) => {
    const [finding] = await judgeBy(rule, { 'mpstat.txt': mpstat([{ all: [...all] }, { all: [...all] }]) });
    expect(finding).toMatchObject({ verdict: 'found' });
    expect(finding?.title).toMatch(title);
    const healthy = await judgeBy(rule, {
      'mpstat.txt': mpstat([{ all: [...all] }, { all: [20, 10, 1, 1, 0, 68] }, { all: [20, 10, 1, 1, 0, 68] }]),
    });
    expect(healthy).toMatchObject([{ verdict: 'ruled-out' }]);
  });
});

describe('memory-available', () => {
  const free = (available: number) =>
    `               total        used        free      shared  buff/cache   available\nMem:            7963        5000         100          10        2863        ${available}\nSwap:              0           0           0\n`;
  test('2 % left', async () => {
    const [finding] = await judgeBy('memory-available', { 'free.txt': free(160) });
    expect(finding?.title).toBe('Memory is nearly used up: 2.01 % available');
  });
  test('little free but much available is fine', async () => {
    expect(await judgeBy('memory-available', { 'free.txt': free(2800) })).toMatchObject([{ verdict: 'ruled-out' }]);
  });
});

describe('kernel log', () => {
  const log = (text: string) => `[  900.000001] systemd[1]: Started Session 4 of user root.\n[ 1004.250000] ${text}\n`;
  test.each([
    ['oom-kill', 'Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB, file-rss:0kB'],
    ['oom-kill', 'Memory cgroup out of memory: Killed process 4242 (stress) total-vm:1000kB, anon-rss:1kB'],
    ['hung-task', 'INFO: task jbd2/sda1-8:245 blocked for more than 120 seconds.'],
    ['io-error', 'blk_update_request: I/O error, dev sdb, sector 2048 op 0x0:(READ) flags 0x0'],
    ['io-error', 'EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory lblock 0'],
    ['syn-flood', 'TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies.  Check SNMP counters.'],
  ])('%s: %s', async (rule, line) => {
    const [finding] = await judgeBy(rule, { 'dmesg.txt': log(line) });
    expect(finding).toMatchObject({ verdict: 'found', since: 4.25, evidence: [{ source: 0, lines: [2, 2] }] });
  });
  test('a crash loop, and a single crash', async () => {
    const crash = 'nginx[1234]: segfault at 7f2a10 ip 000055d0 sp 00007ffc error 4 in nginx[55d0+1000]';
    const loop = [0, 1, 2].map((second) => `[ 100${second}.500000] ${crash}\n`).join('');
    expect(await judgeBy('segfault', { 'dmesg.txt': loop })).toMatchObject([
      { verdict: 'found', since: 0.5, title: 'Processes crash: nginx, 3 times' },
    ]);
    expect(await judgeBy('segfault', { 'dmesg.txt': log(crash) })).toMatchObject([{ verdict: 'ruled-out' }]);
  });
  test('what the log told hours ago is history', async () => {
    const old = 'Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB, file-rss:0kB';
    // The capture starts at 1000 s of the monotonic clock; a host cannot be younger than its log.
    const [finding] = await judgeBy('oom-kill', { 'dmesg.txt': `[-9000.000000] ${old}\n` });
    expect(finding?.verdict ?? 'ruled-out').toBe('ruled-out');
  });
  test('a line of a megabyte is read in time', async () => {
    const long = `${'task '.repeat(100_000)}${'x['.repeat(200_000)} segfault at`;
    expect(await judgeBy('hung-task', { 'dmesg.txt': log(long) })).toMatchObject([{ verdict: 'ruled-out' }]);
  });
  test('what was over before the capture weighs less', async () => {
    const text = '[  900.000000] Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB\n';
    const [finding] = await judgeBy('oom-kill', { 'dmesg.txt': text });
    expect(finding).toMatchObject({ verdict: 'found', severity: 'warning', since: -100 });
    expect(finding?.title).toMatch(/once, before the capture$/);
  });
  test('what happened in the capture is counted apart from the hour before', async () => {
    const kill = (at: number) =>
      `[ ${at.toFixed(6)}] Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB\n`;
    const [finding] = await judgeBy('oom-kill', { 'dmesg.txt': [400, 600, 800, 1003.5].map(kill).join('') });
    expect(finding).toMatchObject({ severity: 'critical', since: 3.5, until: 3.5 });
    expect(finding?.title).toMatch(/for lack of memory, once, and 3 times in the hour before$/);
  });
  test('a log that only speaks of these things says nothing', async () => {
    const findings = await judge({
      'dmesg.txt': log('Linux agpgart interface v0.103, hung_task_timeout_secs set to 120'),
    });
    expect(findings.filter(({ verdict }) => verdict === 'found')).toEqual([]);
  });
});

test('a healthy host gives no finding, and what was not captured is named', async () => {
  const calm = { all: [8, 2, 0.5, 0.1, 0, 89.4], 0: [9, 2, 0, 0, 0, 89], 1: [7, 2, 1, 0, 0, 90] } as never;
  const findings = await judge({
    'vmstat.txt': vmstat([{}, { r: 3 }, {}]),
    'mpstat.txt': mpstat([calm, calm]),
    'uptime.txt': ' 14:00:01 up 3 days,  2:11,  2 users,  load average: 0.40, 0.50, 0.45\n',
  });
  expect(findings.filter(({ verdict }) => verdict === 'found')).toEqual([]);
  expect(findings.find(({ rule }) => rule === 'lost-events')).toBeUndefined();
  const latency = findings.find(({ rule }) => rule === 'run-queue-latency');
  expect(latency).toMatchObject({
    verdict: 'not-known',
    title: 'run queue latency: not captured (runqlat would tell)',
    next: [{ collect: ['runqlat'] }],
  });
});

/** Memory, locks, queries, retransmits and pressure: each rule fires on what it is for, and not on the near miss. */
import { describe, expect, test } from 'vitest';
import { judge, judgeBy } from './judge.ts';

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
      'Work waits for memory: in the worst ten seconds some thread waited 24 % of the time, all of them 12 % at most',
    ],
    [
      'io',
      31,
      6,
      'warning',
      'Work waits for io: in the worst ten seconds some thread waited 31 % of the time, all of them 6 % at most',
    ],
    ['cpu', 88, 0, 'warning', 'Work waits for cpu: in the worst ten seconds some thread waited 88 % of the time'],
  ])('%s', async (resource, some, full, severity, title) => {
    const files = { 'pressure.txt': psi(resource, some, full) };
    expect(await judgeBy(`pressure-${resource}`, files)).toMatchObject([{ verdict: 'found', severity, title }]);
    const calm = { 'pressure.txt': psi(resource, 4, 1) };
    expect(await judgeBy(`pressure-${resource}`, calm)).toMatchObject([{ verdict: 'ruled-out' }]);
  });
});

describe('pressure by its counter', () => {
  /** A reading each second for 25 s, of which work waited `ms` milliseconds in those from `first` to `last`. */
  const readings = (first: number, last: number, ms: number, avg10 = 1) => {
    let total = 5_000_000;
    return Array.from({ length: 26 }, (_, second) => {
      if (second > first && second <= last) total += ms * 1000;
      return `${(1000 + second).toFixed(2)} 9999.99\n/proc/pressure/io:some avg10=${avg10.toFixed(2)} avg60=1.00 avg300=0.50 total=${total}\n`;
    }).join('');
  };
  test('8 s of 450 ms each, of which the worst ten seconds have all', async () => {
    const [finding] = await judgeBy('pressure-io', { 'pressure.txt': readings(6, 14, 450) });
    expect(finding?.title).toBe('Work waits for io: in the worst 10 seconds some thread waited 36 % of the time');
    // The first ten seconds that hold all eight: from reading 4 to reading 14, on lines 10 and 30.
    expect(finding).toMatchObject({ since: 7, until: 14, evidence: [{ lines: [10, 10] }, { lines: [30, 30] }] });
  });
  test('what an average says of the time before the capture is not of it', async () => {
    expect(await judgeBy('pressure-io', { 'pressure.txt': readings(6, 14, 100, 60) })).toMatchObject([
      { verdict: 'ruled-out', title: 'pressure on io: in the worst 10 seconds some thread waited 8 % of the time' },
    ]);
  });
});

describe('direct-reclaim', () => {
  const drsnoop = (rows: number, ms: number) =>
    `TIME(s)       COMM           PID     LAT(ms) PAGES  FREE(KB)\n${Array.from({ length: rows }, (_, i) => `${((i * 10) / rows).toFixed(9)}   ${i % 5 === 0 ? 'cron ' : 'mysqld'}         17678      ${ms.toFixed(2)}   143     86028\n`).join('')}`;
  test('300 in ten seconds, most of mysqld', async () => {
    const [finding] = await judgeBy('direct-reclaim', { 'drsnoop.txt': drsnoop(300, 4) });
    expect(finding?.title).toBe('Allocations that reclaim memory first are slow: 300 of 1 ms or more, up to 4 ms');
    expect(finding?.detail).toBe('mysqld has 80 % of them');
  });
  test('short ones, and few', async () => {
    for (const text of [drsnoop(300, 0.2), drsnoop(40, 4)])
      expect(await judgeBy('direct-reclaim', { 'drsnoop.txt': text })).toMatchObject([{ verdict: 'ruled-out' }]);
  });
});

test('swapped-in: pages a second, and whose', async () => {
  const swapin = (pages: number) =>
    [1, 2]
      .map(
        (second) =>
          `12:10:5${second}\nCOMM             PID     COUNT\njava             2239    ${pages}\nbash             17      3\n`,
      )
      .join('\n');
  // 2 x (997 + 3) pages in the ten seconds that the tool ran
  expect(await judgeBy('swapped-in', { 'swapin.txt': swapin(997) })).toMatchObject([
    { verdict: 'found', title: 'Programs wait for swap: 200 pages a second, 99.7 % of them for java 2239' },
  ]);
  expect(await judgeBy('swapped-in', { 'swapin.txt': swapin(50) })).toMatchObject([{ verdict: 'ruled-out' }]);
});

test('swapping takes the waits for memory under it', async () => {
  const vmstat = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
${' 1  3  90000  80000   2000  30000  900  700     0     0  100  200 10  5 45 40  0\n'.repeat(5)}`;
  const free = `               total        used        free      shared  buff/cache   available
Mem:            7963        7800         100          10        63        90
Swap:           2047        1900         147
`;
  const found = (await judge({ 'free.txt': free, 'vmstat.txt': vmstat })).filter(({ verdict }) => verdict === 'found');
  expect(found.map(({ rule, cause }) => [rule, cause?.rule])).toEqual([
    ['swapping', undefined],
    ['memory-available', 'swapping'],
  ]);
});

describe('tcp-retransmit-peers', () => {
  const tcpretrans = (rows: number) =>
    `TIME     PID     IP LADDR:LPORT          T> RADDR:RPORT          STATE\n${Array.from({ length: rows }, (_, i) => `14:00:0${i % 10} 0       4  10.0.0.7:${40000 + i}    R> ${i % 4 === 0 ? '10.0.0.9' : '10.9.9.9'}:${443 + (i % 3)}      ${i % 2 === 0 ? 'SYN_SENT   ' : 'ESTABLISHED'}\n`).join('')}`;
  test('by machine, whatever the port', async () => {
    const [finding] = await judgeBy('tcp-retransmit-peers', { 'tcpretrans.txt': tcpretrans(40) });
    expect(finding).toMatchObject({ verdict: 'found', measures: [{ label: 'retransmits', value: 4, unit: '/s' }] });
    expect(finding?.title).toBe('TCP sends again: 4 retransmits a second, 75 % of them to 10.9.9.9');
    expect(finding?.detail).toBe('2 peers in all. By state, SYN_SENT has 50 % of them.');
  });
  test('a few are part of any network', async () => {
    expect(await judgeBy('tcp-retransmit-peers', { 'tcpretrans.txt': tcpretrans(6) })).toMatchObject([
      { verdict: 'ruled-out', title: 'TCP retransmits: 6 in 10 s' },
    ]);
  });
});

test('kernel-locks: the caller that waits most', async () => {
  const klockstat = (total: string) =>
    `Tracing mutex/sem lock events...  Hit Ctrl-C to end

                               Caller  Avg Wait    Count   Max Wait   Total Wait
           kernfs_dop_revalidate+0x21    1.2 us       14     3.4 ms        16 us
                       do_unlinkat+0x9d    3.1 ms     2600    40.2 ms       ${total}
`;
  expect(await judgeBy('kernel-locks', { 'klockstat.txt': klockstat('8.1 s') })).toMatchObject([
    { verdict: 'found', title: 'Threads wait for a kernel lock: 8.1 s in do_unlinkat+0x9d' },
  ]);
  expect(await judgeBy('kernel-locks', { 'klockstat.txt': klockstat('1.1 s') })).toMatchObject([
    { verdict: 'ruled-out' },
  ]);
});

test('slow-queries: many of one, and a nightly report', async () => {
  const queries = (rows: number) =>
    `Tracing MySQL server queries for PID 14371 slower than 1 ms...\nTIME(s)        PID           MS QUERY\n${Array.from({ length: rows }, (_, i) => `${((i * 9) / rows).toFixed(6)}       18608    130.751 SELECT * FROM words WHERE word REGEXP '^bre.*n$'\n`).join('')}`;
  expect(await judgeBy('slow-queries', { 'mysqld_qslower.txt': queries(50) })).toMatchObject([
    { verdict: 'found', title: 'Queries are slow: 50 of 100 ms or more, up to 131 ms' },
  ]);
  expect(await judgeBy('slow-queries', { 'mysqld_qslower.txt': queries(4) })).toMatchObject([{ verdict: 'ruled-out' }]);
});

test('run-queue-length: queues half of the time', async () => {
  const runqlen = (queued: number) =>
    `Sampling run queue length... Hit Ctrl-C to end.\n\n     runqlen       : count     distribution\n        0          : ${1000 - queued}       |****    |\n        1          : ${queued - 10}       |****    |\n        2          : 0        |        |\n        3          : 10       |        |\n`;
  expect(await judgeBy('run-queue-length', { 'runqlen.txt': runqlen(600) })).toMatchObject([
    { verdict: 'found', title: 'Threads queue for the CPUs in 60 % of the samples, 3 at most in one queue' },
  ]);
  expect(await judgeBy('run-queue-length', { 'runqlen.txt': runqlen(400) })).toMatchObject([{ verdict: 'ruled-out' }]);
});

test('oom-kill-events: each is one too many, none is none', async () => {
  const head = 'Tracing OOM kills... Ctrl-C to stop.\n';
  const kill =
    '14:00:03 Triggered by PID 3297 ("ntpd"), OOM kill of PID 22516 ("perl"), 3850642 pages, loadavg: 0.99 0.39 0.30 3/282 22724\n';
  expect(await judgeBy('oom-kill-events', { 'oomkill.txt': head + kill })).toMatchObject([
    { verdict: 'found', severity: 'critical', since: 3, detail: 'perl has 100 % of them' },
  ]);
  expect(await judgeBy('oom-kill-events', { 'oomkill.txt': head })).toEqual([]);
});

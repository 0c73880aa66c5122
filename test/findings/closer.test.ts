/** Rules over tools that look closer: each fires on what it is for, with the right numbers, and not on the near miss. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judge, judgeBy } from './judge.ts';

const sample = (name: string) => readFileSync(join(import.meta.dirname, '../../samples', name), 'utf8');
const times = (n: number, row: (i: number) => string) => Array.from({ length: n }, (_, i) => row(i)).join('');
const verdicts = async (rule: string, files: Record<string, string>) =>
  (await judgeBy(rule, files)).map(({ verdict }) => verdict);

describe('late-to-run', () => {
  const runqslower = (rows: number, usecs: number) =>
    `Tracing run queue latency higher than 10000 us\nTIME     COMM             TID           LAT(us)\n${times(
      rows,
      (i) => `14:00:0${i % 10} ${i % 4 === 0 ? 'cron   ' : 'java   '}          7265       ${usecs + i}\n`,
    )}`;
  test('forty in nine seconds, three in four of java', async () => {
    const [finding] = await judgeBy('late-to-run', { 'runqslower.txt': runqslower(40, 12_000) });
    expect(finding?.title).toBe('Wake-ups are slow: 40 of 10 ms or more, up to 12 ms');
    expect(finding?.detail).toBe('java has 75 % of them');
  });
  test('a few, and short ones', async () => {
    expect(await verdicts('late-to-run', { 'runqslower.txt': runqslower(6, 12_000) })).toEqual(['ruled-out']);
    expect(await verdicts('late-to-run', { 'runqslower.txt': runqslower(40, 3000) })).toEqual(['ruled-out']);
  });
});

describe('file-operation-latency', () => {
  const histogram = (operation: string, counts: readonly [low: number, high: number, count: number][]) =>
    `operation = '${operation}'\n     usecs               : count     distribution\n${counts
      .map(([low, high, n]) => `${`${low} -> ${high}`.padStart(20)} : ${String(n).padEnd(8)} |***   |\n`)
      .join('')}\n`;
  const head = 'Tracing ext4 operation latency... Hit Ctrl-C to end.\n\n';
  // The 198th of 200 lies in the second bucket of fsync; all reads are fast.
  const text = (slow: number) =>
    head +
    histogram('read', [[4, 7, 5000]]) +
    histogram('fsync', [
      [512, 1023, 200 - slow],
      [1024, 16_383, 0],
      [32_768, 65_535, slow],
    ]);
  test('the operation that waits is named', async () => {
    const all = await judgeBy('file-operation-latency', { 'ext4dist.txt': text(3) });
    expect(all.map(({ title }) => title)).toEqual([
      'File operations wait: fsync (ext4dist) p99 in 32.8 ms to 65.5 ms over 200 of them',
    ]);
  });
  test('one of 200 is below the 99th percentile', async () => {
    expect(await judgeBy('file-operation-latency', { 'ext4dist.txt': text(1) })).toMatchObject([
      {
        verdict: 'ruled-out',
        title: 'file operations (ext4dist): the slowest kind, fsync, p99 in 512 us to 1.02 ms over 200',
      },
    ]);
  });
});

describe('interrupt-time', () => {
  const softirqs = (net: number) =>
    `Tracing soft irq event time... Hit Ctrl-C to end.\n\nSOFTIRQ          TOTAL_usecs\ntimer                 200000\nnet_rx     ${String(net).padStart(17)}\n`;
  test('7 of the 40 CPU seconds that four CPUs have in ten', async () => {
    const [finding] = await judgeBy('interrupt-time', { 'softirqs.txt': softirqs(6_800_000) });
    expect(finding?.title).toBe('Interrupts use the CPUs: softirqs took 17.5 % of the CPU time, 97.1 % of it net_rx');
  });
  test('5 of the 40, and counts of events, which are no time', async () => {
    expect(await verdicts('interrupt-time', { 'softirqs.txt': softirqs(4_800_000) })).toEqual(['ruled-out']);
    expect(await verdicts('interrupt-time', { 'hardirqs.txt': sample('hardirqs/libbpf-count.txt') })).toEqual([]);
  });
});

describe('dying-processes', () => {
  const exitsnoop = (code: string, rows: number) =>
    `PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE\n${times(rows, (i) => `php-fpm          ${4000 + i}    900     ${4000 + i}    0.31    ${code}\n`)}sleep            7000    900     7000    1.00    signal 15 (TERM)\n`;
  test('a crash loop', async () => {
    expect(await judgeBy('dying-processes', { 'exitsnoop.txt': exitsnoop('signal 11 (SEGV)', 5) })).toMatchObject([
      {
        verdict: 'found',
        title: 'php-fpm crashes: 5 times in the window, by signal 11',
        next: [{ run: 'coredumpctl list' }],
      },
    ]);
  });
  test('two crashes, ends that were asked for, and exit codes', async () => {
    for (const text of [
      exitsnoop('signal 11 (SEGV)', 2),
      exitsnoop('signal 15 (TERM)', 9),
      exitsnoop('code 1', 50),
      sample('exitsnoop/libbpf.txt'),
    ])
      expect(await verdicts('dying-processes', { 'exitsnoop.txt': text })).toEqual(['ruled-out']);
  });
});

describe('slow-connects', () => {
  const tcpconnlat = (slow: number, ms: number) =>
    `TIME(s)  PID     COMM         IP SADDR            DADDR            DPORT LAT(ms)\n${times(
      100,
      (i) =>
        `${(i / 20).toFixed(3)}    32151   checkout     4  10.0.0.7         ${i < slow ? '10.0.0.9 ' : '10.0.0.8 '}        5432  ${i < slow ? ms : 0.4}\n`,
    )}`;
  test('four SYNs of a hundred sent again', async () => {
    const [finding] = await judgeBy('slow-connects', { 'tcpconnlat.txt': tcpconnlat(4, 1043.02) });
    expect(finding).toMatchObject({
      title: 'TCP connects wait for a SYN to be sent again: 4 of 100 took 1 s or more',
      detail: '10.0.0.9 has 100 % of them; checkout has 100 % of them',
    });
  });
  test('two of them, and a far peer', async () => {
    expect(await verdicts('slow-connects', { 'tcpconnlat.txt': tcpconnlat(2, 1043.02) })).toEqual(['ruled-out']);
    expect(await verdicts('slow-connects', { 'tcpconnlat.txt': tcpconnlat(40, 310.5) })).toEqual(['ruled-out']);
  });
});

describe('dropped-segments', () => {
  const tcpdrop = (state: string) =>
    `TIME     PID     IP SADDR:SPORT          > DADDR:DPORT          STATE (FLAGS)\n${times(
      30,
      (i) =>
        `14:00:0${i % 10} 0       4  10.0.0.${i}:443     > 10.0.0.7:8080         ${state}\n\ttcp_drop+0x1\n\ttcp_v4_do_rcv+0x135\n\n`,
    )}`;
  test('three a second at a listener', async () => {
    const [finding] = await judgeBy('dropped-segments', { 'tcpdrop.txt': tcpdrop('LISTEN (SYN)') });
    expect(finding?.title).toBe('The kernel drops TCP segments that arrive: 3 a second');
    expect(finding?.detail).toMatch(/^By receiver, 10.0.0.7:8080 has 100 % of them; by state, LISTEN has 100 %/);
  });
  test('resets, and what comes too late', async () => {
    for (const state of ['ESTABLISHED (RST|ACK)', 'CLOSE (ACK)'])
      expect(await verdicts('dropped-segments', { 'tcpdrop.txt': tcpdrop(state) })).toEqual(['ruled-out']);
  });
});

describe('io-throttled', () => {
  test('a real group, and one that is too small to tell', async () => {
    const all = await judgeBy('io-throttled', { 'blkthrot.txt': sample('blkthrot/own-bpftrace.txt') });
    // @throttled[5120]: 506 and @notthrottled[5120]: 1; @throttled[18]: 12 alone
    expect(all.map(({ title }) => title)).toEqual([
      'The control group with inode 5120 is held back by its disk limit: 506 of 507 requests waited',
    ]);
  });
  test('now and then', async () => {
    const text = 'Attaching 3 probes...\n\n@notthrottled[5120]: 940\n\n@throttled[5120]: 60\n';
    expect(await verdicts('io-throttled', { 'blkthrot.txt': text })).toEqual(['ruled-out']);
  });
});

test('what looks closer is missed only where it was asked for', async () => {
  const files = { 'uptime.txt': ' 14:00:01 up 3 days,  2:11,  2 users,  load average: 0.40, 0.50, 0.45\n' };
  const known = async (absent = {}) => (await judge(files, {}, absent)).some(({ rule }) => rule === 'io-throttled');
  expect(await known()).toBe(false);
  expect(await known({ blkthrot: { outcome: 'failed', reason: 'no kprobes' } })).toBe(true);
});

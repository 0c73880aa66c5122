/** Disks, file systems and network: each rule fires on what it is for, with the right numbers, and not on the near miss. */
import { describe, expect, test } from 'vitest';
import { judgeBy } from './judge.ts';

const IOSTAT_HEAD = 'Linux 6.1.0 (db-7) \t01/05/26 \t_x86_64_\t(4 CPU)\n';
/** The first report is since boot. */
function iostat(reports: readonly [await_: number, queue: number, util: number][]): string {
  const report = ([wait, queue, util]: readonly [number, number, number]) => `
avg-cpu:  %user   %nice %system %iowait  %steal   %idle
           5.00    0.00    2.00   40.00    0.00   53.00

Device            r/s     rkB/s   rrqm/s  %rrqm r_await rareq-sz     w/s     wkB/s   wrqm/s  %wrqm w_await wareq-sz  aqu-sz  %util
sda              1.00     10.00     0.00   0.00    0.50    10.00  400.00   8000.00     0.00   0.00   ${wait.toFixed(2)}    20.00   ${queue.toFixed(2)}  ${util.toFixed(2)}
`;
  return IOSTAT_HEAD + [[1, 0, 1] as [number, number, number], ...reports].map(report).join('');
}

describe('disk-saturated', () => {
  test('busy, queued and slow together', async () => {
    const [finding] = await judgeBy('disk-saturated', {
      'iostat.txt': iostat([
        [80, 30, 99],
        [88, 32, 100],
        [84, 34, 98],
      ]),
    });
    expect(finding).toMatchObject({ verdict: 'found', severity: 'critical' });
    expect(finding?.title).toBe('Disk sda is saturated: 99 % busy, queue 32, await 84 ms');
  });
  test('three seconds in a row of a calm window', async () => {
    const calm: [number, number, number][] = Array.from({ length: 9 }, () => [0.5, 0.1, 5]);
    const burst: [number, number, number][] = [
      [70, 240, 100],
      [90, 260, 100],
    ];
    const [finding] = await judgeBy('disk-saturated', {
      'iostat.txt': iostat([...calm, ...burst, [80, 250, 100], ...calm]),
    });
    expect(finding?.title).toBe('Disk sda is saturated for 3 of 21 intervals: 100 % busy, queue 250, await 80 ms');
    expect(finding).toMatchObject({ since: expect.any(Number), severity: 'critical' });
    expect(await judgeBy('disk-saturated', { 'iostat.txt': iostat([...calm, ...burst, ...calm]) })).toMatchObject([
      { verdict: 'ruled-out' },
    ]);
  });
  test('a device that is busy all the time but answers at once is not', async () => {
    expect(
      await judgeBy('disk-saturated', {
        'iostat.txt': iostat([
          [0.4, 0.9, 100],
          [0.4, 0.9, 100],
        ]),
      }),
    ).toEqual([]);
  });
  test('a burst of two reports in six, of which -z prints only the two', async () => {
    const calm = `
avg-cpu:  %user   %nice %system %iowait  %steal   %idle
           5.00    0.00    2.00    0.00    0.00   93.00

Device            r/s     rkB/s   rrqm/s  %rrqm r_await rareq-sz     w/s     wkB/s   wrqm/s  %wrqm w_await wareq-sz  aqu-sz  %util
`;
    const burst = iostat([
      [80, 30, 99],
      [88, 32, 100],
    ]);
    expect(await judgeBy('disk-saturated', { 'iostat.txt': burst + calm.repeat(4) })).toEqual([]);
    expect(await judgeBy('disk-saturated', { 'iostat.txt': burst + calm })).toMatchObject([{ verdict: 'found' }]);
  });
  test('idle disks are ruled out', async () => {
    const [finding] = await judgeBy('disk-saturated', {
      'iostat.txt': iostat([
        [1, 0.1, 4],
        [1, 0.1, 6],
      ]),
    });
    expect(finding).toMatchObject({
      verdict: 'ruled-out',
      title: 'disk saturation: the busiest of 1 devices was 5 % busy on average',
    });
  });
});

const HISTOGRAM_HEAD = '     usecs               : count     distribution\n';
function histogram(counts: readonly number[]): string {
  return `Tracing block device I/O... Hit Ctrl-C to end.\n\n${rowsOf(counts)}`;
}
function rowsOf(counts: readonly number[]): string {
  const rows = counts.map(
    (count, i) =>
      `${`${i === 0 ? 0 : 2 ** i} -> ${2 ** (i + 1) - 1}`.padStart(20)} : ${String(count).padEnd(8)} |****    |\n`,
  );
  return HISTOGRAM_HEAD + rows.join('');
}

describe('disk-latency', () => {
  test('two modes, and the tail in the bucket it falls in', async () => {
    // 900 between 64 and 127 us, 100 between 32,768 and 65,535 us: p99 lies in the second.
    const counts = [0, 0, 0, 0, 0, 0, 900, 0, 0, 0, 0, 0, 0, 0, 0, 100];
    const [finding] = await judgeBy('disk-latency', { 'biolatency.txt': histogram(counts) });
    expect(finding).toMatchObject({ verdict: 'found', severity: 'warning' });
    expect(finding?.title).toBe('Disk I/O is slow: p99 in 32.8 ms to 65.5 ms over 1,000 I/Os');
    expect(finding?.detail).toBe('Two kinds of I/O are mixed: 64 us to 128 us (90 %) and 32.8 ms to 65.5 ms (10 %).');
  });
  test('fast disks are ruled out, few I/Os say nothing', async () => {
    const [finding] = await judgeBy('disk-latency', { 'biolatency.txt': histogram([0, 0, 0, 0, 0, 0, 8000, 412]) });
    expect(finding).toMatchObject({
      verdict: 'ruled-out',
      title: 'disk latency from issue to completion: p99 in 128 us to 256 us over 8,412 I/Os',
    });
    expect(
      await judgeBy('disk-latency', { 'biolatency.txt': histogram([0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 3]) }),
    ).toEqual([]);
  });
  test('a burst that the whole window hides', async () => {
    // 27 seconds of 1,000 fast I/Os each; then seconds of 99 fast ones and 2 between 32,768 and 65,535 us: p99 lies there.
    const fast = [0, 0, 0, 0, 0, 0, 1000];
    const slow = [0, 0, 0, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 0, 2];
    const seconds = (slowOnes: number) => {
      const reports = Array.from(
        { length: 30 },
        (_, i) => `14:00:${10 + i}\n${rowsOf(i < 30 - slowOnes ? fast : slow)}\n`,
      );
      return { 'biolatency.txt': `Tracing block device I/O... Hit Ctrl-C to end.\n\n${reports.join('')}` };
    };
    const [finding] = await judgeBy('disk-latency', seconds(3));
    expect(finding).toMatchObject({ verdict: 'found', severity: 'warning', since: 37 });
    expect(finding?.title).toBe(
      'Disk I/O is slow: p99 in 32.8 ms to 65.5 ms in the worst of 3 slow seconds; p99 in 64 us to 128 us over all 27,303 I/Os',
    );
    // Two such seconds are no finding, and no reason to rule disks out.
    expect(await judgeBy('disk-latency', seconds(2))).toEqual([]);
  });
});

describe('disks by their numbers', () => {
  const snoop = (disk: string, comm = 'mysqld') =>
    Array.from(
      { length: 120 },
      (_, i) => `${(i / 20).toFixed(6)}    ${comm}         4242    ${disk}   W 1234       4096      60.00\n`,
    ).join('');
  const head = 'TIME(s)     COMM           PID     DISK      T SECTOR     BYTES   LAT(ms)\n';
  const busy = iostat([
    [80, 30, 99],
    [88, 32, 100],
    [84, 34, 98],
  ]);
  const slow = async (text: string) =>
    (await judgeBy('disk-latency', { 'biosnoop.txt': head + text })).map(({ subject }) => subject.name);

  test('the manifest tells names, devices.txt some, the others stay as they are', async () => {
    expect(await slow(snoop('259:3') + snoop('8:16') + snoop('7:2') + snoop('254:0'))).toEqual([
      'nvme0n1',
      'sdb',
      'loop2',
      '254:0',
    ]);
  });
  test('the one disk without a name is the one that iostat names', async () => {
    const [finding] = await judgeBy('disk-saturated', { 'iostat.txt': busy, 'biosnoop.txt': head + snoop('254:0') });
    expect(finding?.title).toBe('Disk sda is saturated: 99 % busy, queue 32, await 84 ms, most for mysqld');
    const two = { 'iostat.txt': busy, 'biosnoop.txt': head + snoop('254:0') + snoop('254:16', 'backup') };
    expect((await judgeBy('disk-saturated', two))[0]?.title).toBe(
      'Disk sda is saturated: 99 % busy, queue 32, await 84 ms',
    );
  });
  test('whose I/O it is, of the time it was saturated, the threads of the kernel left out', async () => {
    const rows =
      snoop('8:0', 'backup').replace(/^[\d.]+/gm, '0.100000') + snoop('8:0') + snoop('8:0', 'kworker/1:2H').repeat(2);
    const late = iostat([
      [1, 0.1, 4],
      [1, 0.1, 4],
      [80, 30, 99],
      [80, 30, 99],
      [80, 30, 99],
    ]);
    const [finding] = await judgeBy('disk-saturated', { 'iostat.txt': late, 'biosnoop.txt': head + rows });
    // From a second before the report of 3 s to that of 5 s: of 120 rows 20 a second those from 2.00 to 5.00.
    expect(finding?.title).toMatch(/, most for mysqld$/);
    expect(finding?.detail).toContain(
      'mysqld issued 61 of its 183 I/Os then, the slowest took 60 ms from issue to completion; 122 were handed over by threads of the kernel',
    );
  });
  test('a partition is no disk of another number', async () => {
    expect(await slow(snoop('8:17'))).toEqual(['8:17']);
  });
  test('our own biolatency tells disks by two keys', async () => {
    const map = (minor: number, low: number) => `@usecs[259, ${minor}]:\n[${low}, ${2 * low})       1000 |@@@@|\n\n`;
    const text = `Attaching 4 probes...\n14:00:01\n${map(3, 65_536)}${map(9, 64)}`;
    const all = await judgeBy('disk-latency', { 'biolatency.txt': text });
    expect(all.map(({ verdict, subject, title }) => [verdict, subject.name, title])).toEqual([
      ['found', 'nvme0n1', 'Disk I/O of nvme0n1 is slow: p99 in 65.5 ms to 131 ms over 1,000 I/Os'],
      ['ruled-out', '', 'disk latency of 259:9 from issue to completion: p99 in 64 us to 128 us over 1,000 I/Os'],
    ]);
  });
});

describe('slow-file-operations', () => {
  const head =
    'Tracing ext4 operations slower than 10 ms\nTIME     COMM           PID    T BYTES   OFF_KB   LAT(ms) FILENAME\n';
  const row = (second: number, ms: number, file = 'ibdata1') =>
    `14:00:0${second} mysqld         4242   S 0       0          ${ms.toFixed(2)} ${file}\n`;
  test('who waits for which file, and since when', async () => {
    const rows = Array.from({ length: 20 }, (_, i) =>
      row(2 + Math.floor(i / 4), 30 + i, i < 15 ? 'ibdata1' : 'binlog.7'),
    );
    const [finding] = await judgeBy('slow-file-operations', { 'ext4slower.txt': head + rows.join('') });
    expect(finding).toMatchObject({ verdict: 'found', since: 2 });
    expect(finding?.title).toBe('File operations are slow: 20 of 10 ms or more, up to 49 ms');
    expect(finding?.detail).toBe('mysqld has 100 % of them; ibdata1 has 75 % of them');
    expect(finding?.evidence[0]).toEqual({ source: 0, lines: [3, 3] });
  });
  test('one row of a loose file is no rate', async () => {
    const [finding] = await judgeBy('slow-file-operations', { 'ext4slower.txt': head + row(1, 88) + row(2, 90) });
    expect(finding?.verdict).toBe('ruled-out');
  });
  test('three in ten seconds happen on any disk', async () => {
    const [finding] = await judgeBy('slow-file-operations', {
      'ext4slower.txt': head + row(1, 12) + row(5, 14) + row(9, 11),
    });
    expect(finding?.verdict).toBe('ruled-out');
  });
});

describe('failing-opens', () => {
  const head = 'PID    COMM               FD ERR PATH\n';
  const row = (fails: boolean, i: number) =>
    `4242   node              ${fails ? '-1   2' : ' 9   0'} /srv/app/node_modules/x${i}\n`;
  test('150 of 200 fail', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => row(i % 4 !== 0, i % 3));
    const [finding] = await judgeBy('failing-opens', { 'opensnoop.txt': head + rows.join('') });
    expect(finding?.title).toBe('node looks for files that are not there: 150 of 200 opens fail');
  });
  test('a program that searches at its start', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => row(i < 60, i));
    expect(await judgeBy('failing-opens', { 'opensnoop.txt': head + rows.join('') })).toMatchObject([
      { verdict: 'ruled-out', title: 'failing opens: 60 of 200' },
    ]);
  });
});

describe('page-cache', () => {
  const head = '    HITS   MISSES  DIRTIES HITRATIO   BUFFERS_MB  CACHED_MB\n';
  test('misses that cost', async () => {
    const [finding] = await judgeBy('page-cache', {
      'cachestat.txt': `${head}    4000     6000       10   40.00%           10       1000\n    6000     4000       10   60.00%           10       1000\n`,
    });
    expect(finding?.title).toBe('The page cache misses: 50 % hits, 5000 misses an interval');
  });
  test('a low ratio of next to nothing', async () => {
    expect(
      await judgeBy('page-cache', {
        'cachestat.txt': `${head}       4       6       10   40.00%           10       1000\n`,
      }),
    ).toMatchObject([{ verdict: 'ruled-out' }]);
  });
});

describe('TCP', () => {
  function sar(retransmits: number, segments: number, connections = 2): string {
    const rows = [1, 2, 3].map(
      (second) => `
14:00:0${second}     active/s passive/s    iseg/s    oseg/s
14:00:0${second + 1}        ${connections.toFixed(2)}      1.00    900.00   ${segments.toFixed(2)}

14:00:0${second}     atmptf/s  estres/s retrans/s isegerr/s   orsts/s
14:00:0${second + 1}        0.00      0.00     ${retransmits.toFixed(2)}      0.00      0.00
`,
    );
    return IOSTAT_HEAD + rows.join('');
  }
  test('2 % of the segments are sent again', async () => {
    const [finding] = await judgeBy('tcp-retransmits', { 'sar-tcp.txt': sar(20, 1000) });
    expect(finding).toMatchObject({ verdict: 'found', severity: 'warning' });
    expect(finding?.title).toBe('TCP sends again: 20 retransmits a second, 2 % of the segments');
  });
  test('few of many, and many of next to none, are no loss', async () => {
    expect(await judgeBy('tcp-retransmits', { 'sar-tcp.txt': sar(5, 1000) })).toMatchObject([{ verdict: 'ruled-out' }]);
    expect(await judgeBy('tcp-retransmits', { 'sar-tcp.txt': sar(0.5, 4) })).toMatchObject([{ verdict: 'ruled-out' }]);
  });
  test('connections by the hundred', async () => {
    expect(await judgeBy('connection-churn', { 'sar-tcp.txt': sar(0, 1000, 900) })).toMatchObject([
      { verdict: 'found', title: '900 new TCP connections a second' },
    ]);
    expect(await judgeBy('connection-churn', { 'sar-tcp.txt': sar(0, 1000, 90) })).toMatchObject([
      { verdict: 'ruled-out' },
    ]);
  });
});

test('an interface near its speed, and a virtual one that has none', async () => {
  const dev = (util: number) => `${IOSTAT_HEAD}
14:00:01        IFACE   rxpck/s   txpck/s    rxkB/s    txkB/s   rxcmp/s   txcmp/s  rxmcst/s   %ifutil
14:00:02         eth0  80000.00  80000.00 110000.00   4000.00      0.00      0.00      0.00     ${util.toFixed(2)}
14:00:02        veth1  80000.00  80000.00 110000.00   4000.00      0.00      0.00      0.00      0.00
`;
  expect(await judgeBy('interface-limit', { 'sar-dev.txt': dev(93) })).toMatchObject([
    { verdict: 'found', title: 'Interface eth0 is near its speed: 93 % on average, 93 % at most' },
  ]);
  expect(await judgeBy('interface-limit', { 'sar-dev.txt': dev(40) })).toMatchObject([{ verdict: 'ruled-out' }]);
});

describe('slow-dns', () => {
  const head = 'TIME      PID    COMM                  LATms HOST\n';
  const row = (ms: number) => `14:00:03  4242   curl              ${ms.toFixed(2)} api.example.com\n`;
  test('a name server that answers late', async () => {
    const [finding] = await judgeBy('slow-dns', {
      'gethostlatency.txt': head + [5004, 5001, 5003, 5002, 12].map(row).join(''),
    });
    expect(finding?.title).toBe('Name lookups by curl are slow: 4 of 5 took 100 ms or more, p99 5 s');
  });
  test('two first lookups', async () => {
    expect(
      await judgeBy('slow-dns', { 'gethostlatency.txt': head + [180, 140, 2, 3, 2].map(row).join('') }),
    ).toMatchObject([{ verdict: 'ruled-out' }]);
  });
});

test('listen-backlog: requests that come to a full one', async () => {
  const backlog = (full: number) => `Attaching 4 probes...
Tracing SYN backlog size. Ctrl-C to end.

@backlog[128]: 
[0]                  900 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
[64, 128)             50 |@@@                                                 |
[128, 256)           ${full} |@                                                   |
`;
  expect(await judgeBy('listen-backlog', { 'tcpsynbl.txt': backlog(50) })).toMatchObject([
    { verdict: 'found', title: 'A listen backlog of 128 overflows: 50 of 1,000 requests came to a full one' },
  ]);
  expect(await judgeBy('listen-backlog', { 'tcpsynbl.txt': backlog(0) })).toMatchObject([{ verdict: 'ruled-out' }]);
});

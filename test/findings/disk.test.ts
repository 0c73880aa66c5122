/** Disks and file systems: each rule against its near miss, with who it is and who waits. */
import { describe, expect, test } from 'vitest';
import {
  buckets,
  clock,
  type DeviceRow,
  foundBy,
  inBuckets,
  iostat,
  judge,
  judgeBy,
  mpstat,
  nextOf,
  only,
  pidstat,
  pidstatDisk,
  SYSCALL,
  sar,
  steady,
  times,
  verdicts,
  waited,
} from './host.ts';

const CALM: DeviceRow = { w: 20, wAwait: 0.5, queue: 0.1, util: 5 };
const BUSY: DeviceRow = { r: 100, rAwait: 20, w: 900, wAwait: 80, queue: 30, util: 99 };
const vda = (rows: readonly DeviceRow[]) => ({ 'iostat.txt': iostat(rows.map((row) => ({ vda: row }))) });

const SNOOP = 'TIME(s)     COMM           PID     DISK      T SECTOR     BYTES   LAT(ms)\n';
/** Requests, `each` a second from `from` to `to`. */
const snoop = (comm: string, { disk = 'vda', from = 0, to = 10, each = 12, ms = 60, pid = 4242, bytes = 4096 } = {}) =>
  times(
    (to - from) * each,
    (i) =>
      `${(from + i / each).toFixed(6)}    ${comm}         ${pid}    ${disk}   W 1234       ${bytes}      ${ms.toFixed(2)}\n`,
  );

describe('disk-saturated', () => {
  test('busy, queued and slow together; the since-boot report left out', async () => {
    const found = await only('disk-saturated', vda(steady(BUSY)));
    expect(found).toMatchObject({ verdict: 'found', severity: 'critical', since: 0, until: 10, confidence: 'high' });
    expect(found.subject).toEqual({ kind: 'disk', name: 'vda' });
    expect(found.title).toBe('Disk vda is saturated: 99% busy, 30 requests queued, each waits 80 ms');
    expect(found.detail).toBe('');
    expect(nextOf(found)).toEqual([
      'coldflame collect --tool biosnoop,biolatency,offcputime',
      'Move or pace this work: ionice, a rate limit, another time of day.',
    ]);
  });
  test('three seconds of thirty: what they cost is said, of the saturated time alone', async () => {
    const burst = (seconds: number) =>
      vda([...steady(CALM, 9), ...steady(BUSY, seconds), ...steady(CALM, 21 - seconds)]);
    const found = await only('disk-saturated', burst(3), { seconds: 30 });
    expect(found).toMatchObject({ since: 9, until: 12, severity: 'critical' });
    expect(found.detail).toBe('Saturated for 3 s of 30 s; the figures are for the saturated time only.');
    expect(await verdicts('disk-saturated', burst(2), { seconds: 30 })).toEqual([
      'near: disk saturation: the busiest, vda, was 99% busy, 30 requests queued, each waits 80 ms for 2 s of 30 s',
    ]);
    expect((await only('disk-saturated', burst(1), { seconds: 30 })).verdict).toBe('ruled-out');
  });
  test('three seconds that are not in a row are as long', async () => {
    const rows = steady(CALM, 30).map((row, i) => (i % 10 === 5 ? BUSY : row));
    expect((await only('disk-saturated', vda(rows), { seconds: 30 })).verdict).toBe('found');
  });
  test.each([
    ['busy all the time, but it answers at once', { util: 100, w: 900, wAwait: 0.4, queue: 0.9 }, 'ruled-out'],
    ['slow, but hardly used', { util: 4, w: 1, wAwait: 90, queue: 0.1 }, 'ruled-out'],
    ['a deep queue that is served fast', { util: 100, w: 9000, wAwait: 2, queue: 18 }, 'ruled-out'],
    ['half of everything', { util: 60, w: 900, wAwait: 6, queue: 0.6 }, 'near'],
    ['reads that wait', { util: 99, r: 100, rAwait: 12, queue: 2 }, 'found'],
  ])('%s', async (_, row, verdict) => {
    const [first] = (await judgeBy('disk-saturated', vda(steady(row)))).map((each) => each.verdict);
    expect(first).toBe(verdict);
  });
  test('an idle disk says its numbers', async () => {
    expect(await verdicts('disk-saturated', vda(steady(CALM)))).toEqual([
      'ruled-out: disk saturation: the busiest, vda, was 5% busy, 0.1 requests queued, each waits 500 µs',
    ]);
  });
  test('sar -d, with one column for the wait', async () => {
    const rows = steady([
      ['vda', 900, 0, 8000, 0, 9, 30, 80, 99],
      ['vdb', 9, 0, 80, 0, 9, 0.1, 1, 1],
    ]);
    const head = 'DEV       tps     rkB/s     wkB/s     dkB/s   areq-sz    aqu-sz     await     %util';
    expect(await verdicts('disk-saturated', { 'sar.txt': sar(head, rows) })).toEqual([
      'found: Disk vda is saturated: 99% busy, 30 requests queued, each waits 80 ms',
    ]);
  });
  test('a disk that -z leaves out was idle meanwhile', async () => {
    const reports = [...steady({ vda: BUSY }, 2), ...steady({}, 8)] as Record<string, DeviceRow>[];
    expect((await only('disk-saturated', { 'iostat.txt': iostat(reports) })).verdict).toBe('near');
    expect(await verdicts('disk-saturated', { 'iostat.txt': iostat(steady({})) })).toEqual([
      'ruled-out: disk saturation: no disk was busy',
    ]);
  });
  test('two disks are two findings, and neither clears the other', async () => {
    const both = { 'iostat.txt': iostat(steady({ vda: BUSY, vdb: BUSY, vdc: CALM })) };
    expect((await judgeBy('disk-saturated', both)).map(({ subject, verdict }) => `${subject.name} ${verdict}`)).toEqual(
      ['vda found', 'vdb found'],
    );
  });
  test('every file is judged, not the first', async () => {
    const files = { 'iostat.txt': iostat(steady({ vda: CALM })), 'iostat-2.txt': iostat(steady({ vdb: BUSY })) };
    expect(
      (await judgeBy('disk-saturated', files)).map(({ subject, verdict }) => `${subject.name} ${verdict}`),
    ).toEqual(['vdb found']);
  });
});

describe('whose requests they are', () => {
  const late = vda([...steady(CALM, 5), ...steady(BUSY, 5)]);
  test('those of the saturated time, the threads of the kernel left out', async () => {
    const rows =
      snoop('backup', { from: 0, to: 3, pid: 17 }) +
      snoop('mysqld', { from: 5, to: 10 }) +
      snoop('kworker/1:2H', { from: 5, to: 10, each: 24, pid: 99 });
    const found = await only('disk-saturated', { ...late, 'biosnoop.txt': SNOOP + rows });
    expect(found.title).toBe('mysqld (PID 4242) saturates disk vda: each waits 80 ms');
    // 60 of mysqld's and 120 of the kernel's; the disk had none for longer than 60 ms.
    expect(found.detail).toBe(
      '99% busy, 30 requests queued, each waits 80 ms. Saturated for 5 s of 10 s; the figures are for the saturated time only. Requests of mysqld (PID 4242) 33%. Kernel threads submitted 120 of 180 requests: whose those are is unknown. The device itself needed 60 ms at most; the rest is queueing.',
    );
  });
  test('by what pidstat -d says, where no request was traced', async () => {
    const pidstat = pidstatDisk(
      steady(0).map((_, i) => [
        { pid: 4242, name: 'backup', written: i < 5 ? 0 : 90_000 },
        { pid: 7, name: 'logger', written: i < 5 ? 900_000 : 10 },
      ]),
    );
    const found = await only('disk-saturated', { ...late, 'pidstat.txt': pidstat });
    expect(found.title).toMatch(/^backup \(PID 4242\) saturates disk vda: /);
  });
  describe('a shell has the bytes of what it ran', () => {
    const written = 40 * 1024;
    const shell = { pid: 1201, name: 'sh', written };
    const execs = (name: string, parent = 1201) =>
      `TIME(s) PCOMM            PID    PPID   RET ARGS\n${times(8, (i) => `${i}.500   ${name}               ${2200 + i}   ${parent}     0 /usr/bin/${name} x\n`)}`;
    const asleep = { 'pidstat-2.txt': pidstat(steady([{ pid: 1201, name: 'sh', usr: 0.5 }])) };
    const charged = { 'pidstat.txt': pidstatDisk(steady([shell])) };
    const copies = { 'execsnoop.txt': execs('cp') };
    test.each([
      [
        'beside the child',
        { 'pidstat.txt': pidstatDisk(steady([shell, { pid: 9, name: 'cp', written }])) },
        'cp (PID 9)',
        '',
      ],
      [
        'beside somebody who has half of it',
        { 'pidstat.txt': pidstatDisk(steady([shell, { pid: 9, name: 'mysqld', written: written / 2 }])) },
        'sh (PID 1201)',
        '',
      ],
      ['that sleeps while cp runs', { ...charged, ...asleep, ...copies }, 'cp (8 processes)', ''],
      ['of which nothing tells whether it sleeps', { ...charged, ...copies }, 'sh (PID 1201)', ': cp 8'],
      [
        'that waits for nothing but sleep',
        { ...charged, ...asleep, 'execsnoop.txt': execs('sleep') },
        'sh (PID 1201)',
        '',
      ],
      ['that ran nothing', { ...charged, ...asleep, 'execsnoop.txt': execs('cp', 7) }, 'sh (PID 1201)', ''],
    ])('%s', async (_, files, who, ran) => {
      const writes = await only('disk-writer', files);
      const saturates = await only('disk-saturated', { ...files, ...vda(steady(BUSY)) });
      expect(writes.title).toBe(`${who} writes 40 MiB/s`);
      expect(saturates.title).toMatch(`${who} saturates disk vda`);
      const sentence = who.startsWith('sh')
        ? `A shell is counted as reading and writing what the programs it ran did${ran}.`
        : '';
      expect([writes.detail.endsWith(sentence), saturates.detail.endsWith(sentence)]).toEqual([true, true]);
    });
  });
  test('the device that needed as long as they waited is no queue', async () => {
    const detail = async (ms: number) =>
      (await only('disk-saturated', { ...late, 'biosnoop.txt': SNOOP + snoop('mysqld', { from: 5, ms }) })).detail;
    expect(await detail(79)).toMatch(/The device itself needed 79 ms at most; the rest is queueing\.$/);
    expect(await detail(80)).not.toContain('The device itself');
  });
  test('and who stands still behind it', async () => {
    const offcpu =
      waited(
        `schedule;io_schedule;jbd2_log_wait_commit;ext4_sync_file;${SYSCALL};fsync;commit`,
        'orderdb (42)',
        6_000_000,
      ) + waited(`schedule;do_epoll_wait;${SYSCALL};epoll_wait;main`, 'nginx (917)', 90_000_000);
    const files = {
      ...vda(steady(BUSY)),
      'biosnoop.txt': SNOOP + snoop('backup', { pid: 17 }),
      'offcputime.txt': offcpu,
    };
    const found = await only('disk-saturated', files);
    expect(found.title).toBe('backup (PID 17) saturates disk vda and stalls orderdb');
    expect(found.detail).toContain('99% busy, 30 requests queued, each waits 80 ms.');
    expect(found.detail).toMatch(/Stalled: orderdb for 6 s over all threads\.$/);
    expect(found.actors.map(({ role, name, text }) => `${role} ${name} ${text}`)).toEqual([
      'user backup 100%',
      'victim orderdb waited 6 s',
    ]);
    // Beside 120 requests of backup 34 are more than a quarter of those, 28 are less.
    const roles = async (each: number, bytes = 4096) => {
      const snooped = SNOOP + snoop('backup', { pid: 17, bytes }) + snoop('orderdb', { pid: 42, to: 1, each });
      const { actors } = await only('disk-saturated', { ...files, 'biosnoop.txt': snooped });
      return actors.map(({ role, name }) => `${role} ${name}`);
    };
    expect(await roles(34)).toEqual(['user backup', 'user orderdb']);
    expect(await roles(28)).toEqual(['user backup', 'victim orderdb']);
    // 34 of 4 KB are 1.2% of 120 of 96 KB, and less than 1% of 120 of 128 KB.
    expect(await roles(34, 96 << 10)).toEqual(['user backup', 'user orderdb']);
    expect(await roles(34, 128 << 10)).toEqual(['user backup', 'victim orderdb']);
  });
});

describe('disk-latency', () => {
  const biolatency = (text: string) => ({
    'biolatency.txt': `Tracing block device I/O... Hit Ctrl-C to end.\n\n${text}`,
  });
  test('two modes, and the tail in the bucket it falls in', async () => {
    // 900 from 64 to 127 us and 100 from 32,768 to 65,535 us: the 990th is one of those.
    const found = await only('disk-latency', biolatency(buckets(inBuckets({ 6: 900, 15: 100 }))));
    expect(found).toMatchObject({ verdict: 'found', severity: 'warning' });
    expect(found.title).toBe('Disk I/O is slow: 99th percentile 33 to 66 ms');
    expect(found.detail).toBe(
      'Over 1,000 requests, from issue to completion. Two modes: 64 to 128 µs (90%) and 33 to 66 ms (10%).',
    );
    expect(found.measures).toMatchObject([{ stat: 'p99', value: 32_768, unit: 'us' }]);
  });
  test.each([
    [
      'fast',
      { 6: 8000, 7: 412 },
      'ruled-out: disk I/O latency: 99th percentile 128 to 256 µs over 8,412 requests, from issue to completion',
    ],
    ['few', { 6: 9, 15: 3 }, 'not-known: disk I/O latency (only 12 requests, 100 are needed)'],
    [
      'a bucket on the threshold',
      { 6: 900, 14: 100 },
      'near: disk I/O latency: 99th percentile 16 to 33 ms over 1,000 requests, from issue to completion',
    ],
  ])('%s', async (_, at, said) => {
    expect(await verdicts('disk-latency', biolatency(buckets(inBuckets(at))))).toEqual([said]);
  });
  test('a burst that the whole window hides', async () => {
    const fast = inBuckets({ 6: 1000 });
    const slow = inBuckets({ 6: 99, 15: 2 });
    const seconds = (slowOnes: number) =>
      biolatency(times(30, (i) => `${clock(i + 1)}\n${buckets(i < 30 - slowOnes ? fast : slow)}\n`));
    const found = await only('disk-latency', seconds(3), { seconds: 30 });
    expect(found).toMatchObject({ verdict: 'found', since: 28, until: 30 });
    expect(found.title).toBe('Disk I/O is slow: 99th percentile 33 to 66 ms');
    // 27 * 1000 and 3 * 101.
    expect(found.detail).toContain('In the worst of 3 slow seconds, of 27,303 requests in all.');
    expect((await only('disk-latency', seconds(2), { seconds: 30 })).verdict).toBe('near');
  });
  test('by single requests, exactly, with who they are of', async () => {
    const text = SNOOP + snoop('mysqld', { each: 20, ms: 0.4 }) + snoop('backup', { each: 2, ms: 120, pid: 17 });
    const found = await only('disk-latency', { 'biosnoop.txt': text });
    // 200 and 20 requests: the 218th of 220.
    expect(found).toMatchObject({ severity: 'critical' });
    expect(found.title).toBe('I/O on vda is slow: 99th percentile 120 ms');
    expect(found.detail).toContain('Requests of backup (PID 17) 9.1% and mysqld (PID 4242) 91%.');
  });
  test('of whoever had requests in the slow time, by requests and by the reports of a histogram', async () => {
    const early = snoop('logrotate', { from: 0, to: 4, each: 120, ms: 0.2 });
    const slow = snoop('dump', { from: 6, to: 9, each: 120, ms: 90 });
    expect((await only('disk-latency', { 'biosnoop.txt': SNOOP + early + slow })).detail).toMatch(
      / Requests of dump \(PID 4242\) 100%\.$/,
    );
    const reports = times(10, (i) => `${clock(i + 1)}\n${buckets(inBuckets(i < 6 ? { 6: 100 } : { 15: 100 }))}\n`);
    const written = steady(0).map((_, i) => [
      { pid: 7, name: 'logrotate', written: i < 6 ? 900_000 : 0 },
      { pid: 9, name: 'dump', written: i < 6 ? 0 : 90_000 },
    ]);
    const found = await only('disk-latency', { ...biolatency(reports), 'pidstat.txt': pidstatDisk(written) });
    expect(found.detail).toMatch(/ Requests of dump \(PID 9\) 88 MiB\/s\.$/);
  });
  test('that come back at a beat', async () => {
    const text = SNOOP + times(10, (i) => snoop('mysqld', { from: i * 5, to: i * 5 + 1, each: 30, ms: 90 }));
    const found = await only('disk-latency', { 'biosnoop.txt': text }, { seconds: 50 });
    expect(found.detail).toContain('They come every 5 s: look for what runs at this interval.');
  });
  test('of biosnoop -Q the time on the device is judged, not that in the queue before it', async () => {
    const head = SNOOP.replace('LAT(ms)', 'QUE(ms) LAT(ms)');
    const rows = (queued: number, took: number) =>
      times(
        200,
        (i) =>
          `${(i / 20).toFixed(6)}    mysqld         4242    vda       R ${i}         4096      ${queued}    ${took}\n`,
      );
    const facts = { runs: { biosnoop: { command: 'biosnoop-bpfcc -Q' } } };
    const slow = await only('disk-latency', { 'biosnoop.txt': head + rows(0.01, 120) }, facts);
    expect(slow).toMatchObject({ verdict: 'found', title: 'I/O on vda is slow: 99th percentile 120 ms' });
    expect(slow.detail).toContain('from issue to completion');
    const quick = await only('disk-latency', { 'biosnoop.txt': head + rows(500, 0.1) }, facts);
    expect(quick.verdict).not.toBe('found');
  });
  test('-Q has the queue in it', async () => {
    const facts = { runs: { biolatency: { command: 'biolatency-bpfcc -Q 1' } } };
    const found = await only('disk-latency', biolatency(buckets(inBuckets({ 15: 1000 }))), facts);
    expect(found.detail).toBe('Over 1,000 requests.');
  });
});

describe('disks by their numbers', () => {
  const slow = async (text: string) =>
    (await judgeBy('disk-latency', { 'biosnoop.txt': SNOOP + text })).map(({ subject }) => subject.name).sort();
  test('the manifest tells names, devices.txt some, the others stay as they are', async () => {
    const text = ['259:3', '8:16', '7:2', '254:0', '8:17'].map((disk) => snoop('mysqld', { disk })).join('');
    // nvme0n1 by the manifest; 8:17 is a partition.
    expect(await slow(text)).toEqual(['254:0', '8:17', 'loop2', 'nvme0n1', 'sdb']);
  });
  test('the one disk without a name is the one that iostat names', async () => {
    const busy = vda(steady(BUSY));
    const one = await only('disk-saturated', { ...busy, 'biosnoop.txt': SNOOP + snoop('mysqld', { disk: '254:0' }) });
    expect(one.title).toMatch(/^mysqld \(PID 4242\) saturates disk vda/);
    const two = snoop('mysqld', { disk: '254:0' }) + snoop('backup', { disk: '254:16' });
    expect((await only('disk-saturated', { ...busy, 'biosnoop.txt': SNOOP + two })).title).toMatch(
      /^Disk vda is saturated/,
    );
  });
  test('our own biolatency tells disks by two keys', async () => {
    const map = (minor: number, low: number) => `@usecs[259, ${minor}]:\n[${low}, ${2 * low})       1000 |@@@@|\n\n`;
    const text = `Attaching 4 probes...\n14:00:01\n${map(3, 65_536)}${map(9, 64)}`;
    expect(await verdicts('disk-latency', { 'biolatency.txt': text })).toEqual([
      'found: I/O on nvme0n1 is slow: 99th percentile 66 to 131 ms',
    ]);
  });
});

describe('disk-writer', () => {
  const writer = (written: number, seconds = 10, of = 10) => ({
    'pidstat.txt': pidstatDisk(
      steady(0, of).map((_, i) => [
        { pid: 4242, name: 'debugd', written: i < seconds ? written : 0 },
        { pid: 7, name: 'cron', written: 100 },
      ]),
    ),
  });
  test('a program that writes 40 MiB/s', async () => {
    const found = await only('disk-writer', writer(40 * 1024));
    expect(found).toMatchObject({ severity: 'notice', title: 'debugd (PID 4242) writes 40 MiB/s' });
    expect(found.detail).toBe('That is 99.8% of what programs wrote.');
  });
  test('for ten seconds of sixty', async () => {
    expect((await only('disk-writer', writer(40 * 1024, 10, 60), { seconds: 60 })).verdict).toBe('found');
    expect((await only('disk-writer', writer(40 * 1024, 9, 60), { seconds: 60 })).verdict).toBe('near');
    expect(await verdicts('disk-writer', writer(4 * 1024))).toEqual([
      'ruled-out: programs by disk I/O: most, debugd, wrote 4 MiB/s',
    ]);
  });
  test('one that reads', async () => {
    const files = { 'pidstat.txt': pidstatDisk(steady([{ pid: 9, name: 'scan', read: 30 * 1024 }])) };
    expect(await verdicts('disk-writer', files)).toEqual(['found: scan (PID 9) reads 30 MiB/s']);
  });
});

describe('slow-file-operations', () => {
  const head =
    'Tracing ext4 operations slower than 10 ms\nTIME     COMM           PID    T BYTES   OFF_KB   LAT(ms) FILENAME\n';
  const row = (second: number, ms: number, file = 'ibdata1') =>
    `${clock(second)} mysqld         4242   S 0       0          ${ms.toFixed(2)} ${file}\n`;
  test('who waits for which file, and since when', async () => {
    const rows = times(20, (i) => row(2 + Math.floor(i / 4), 30 + i, i < 15 ? 'ibdata1' : 'binlog.7'));
    const found = await only('slow-file-operations', { 'ext4slower.txt': head + rows });
    expect(found).toMatchObject({ verdict: 'found', since: 2, until: 6, severity: 'warning' });
    expect(found.title).toBe('20 file operations of mysqld (PID 4242) took 10 ms or more');
    expect(found.detail).toBe('Up to 49 ms. Most on: ibdata1 75%, binlog.7 25%.');
    expect(found.evidence[0]).toMatchObject({ source: 0, lines: [3, 3] });
  });
  test('nine happen on any disk, six are not even near', async () => {
    const some = (n: number) => ({ 'ext4slower.txt': head + times(n, (i) => row(1 + (i % 9), 12)) });
    expect((await only('slow-file-operations', some(9))).verdict).toBe('near');
    expect(await verdicts('slow-file-operations', some(4))).toEqual([
      'ruled-out: slow file operations: 4 of 10 ms or more in 10 s',
    ]);
  });
  test('none at all is an answer', async () => {
    expect(await verdicts('slow-file-operations', { 'ext4slower.txt': head })).toEqual([
      'ruled-out: slow file operations: 0 of 10 ms or more in 10 s',
    ]);
  });
  test('a loose file of one row is no rate', async () => {
    const files = { 'ext4slower.txt': head + row(1, 88) };
    expect(await verdicts('slow-file-operations', files, { isLoose: true })).toEqual([
      expect.stringMatching(/^not-known: .*how long it was watched is unknown/),
    ]);
  });
});

describe('file-operation-latency', () => {
  const head = 'Tracing ext4 operation latency... Hit Ctrl-C to end.\n\n';
  const of = (operation: string, at: Record<number, number>) =>
    `operation = '${operation}'\n${buckets(inBuckets(at))}\n`;
  // The 198th of 200 lies in the slow bucket where three are in it, and before it where one is.
  const text = (slow: number) => head + of('read', { 2: 5000 }) + of('fsync', { 9: 200 - slow, 15: slow });
  test('the operation that waits is named', async () => {
    expect(await verdicts('file-operation-latency', { 'ext4dist.txt': text(3) })).toEqual([
      'found: File operations wait: fsync 99th percentile 33 to 66 ms',
    ]);
  });
  test('five times the threshold is critical', async () => {
    const severity = async (power: number) =>
      (await only('file-operation-latency', { 'ext4dist.txt': head + of('fsync', { 9: 190, [power]: 10 }) })).severity;
    // From 65.536 and from 131.072 ms on.
    expect(await severity(16)).toBe('warning');
    expect(await severity(17)).toBe('critical');
  });
  test('one of 200 is below the 99th percentile', async () => {
    expect(await verdicts('file-operation-latency', { 'ext4dist.txt': text(1) })).toEqual([
      'ruled-out: latency of file operations: fsync 99th percentile 512 µs to 1 ms over 200',
    ]);
  });
});

describe('failing-opens', () => {
  const head = 'PID    COMM               FD ERR PATH\n';
  const row = (fails: boolean, i: number, comm = 'node') =>
    `4242   ${comm}              ${fails ? '-1   2' : ' 9   0'} /srv/app/node_modules/x${i}\n`;
  test('150 of 200 fail', async () => {
    const rows = times(200, (i) => row(i % 4 !== 0, i % 3));
    const found = await only('failing-opens', { 'opensnoop.txt': head + rows });
    expect(found.title).toBe('node (PID 4242) looks for files that are not there: 15/s fail');
    // Of i % 4 != 0 below 200, each remainder by 3 has 50.
    expect(found.detail).toBe(
      '150 of its 200 opens failed. Most often: /srv/app/node_modules/x0 33%, /srv/app/node_modules/x1 33%, /srv/app/node_modules/x2 33%.',
    );
    expect(found.severity).toBe('notice');
  });
  test('each errno is a failure, EPERM too', async () => {
    const rows = times(200, (i) => row(true, i)).replaceAll('-1   2', '-1   1');
    expect((await only('failing-opens', { 'opensnoop.txt': head + rows })).verdict).toBe('found');
  });
  test('78,600 weigh more than 354', async () => {
    const many = times(10_000, (i) => row(true, i % 3));
    expect((await only('failing-opens', { 'opensnoop.txt': head + many })).severity).toBe('warning');
  });
  test('a program that searches at its start, and one that the capture started', async () => {
    const rows = times(200, (i) => row(i < 60, i));
    expect(await verdicts('failing-opens', { 'opensnoop.txt': head + rows })).toEqual([
      'near: failing opens: most by node, 60 of 200',
    ]);
    const facts = { runs: { opensnoop: { pids: [4242] } } };
    const own = times(200, (i) => row(true, i, 'bpftrace'));
    expect(await foundBy({ 'opensnoop.txt': head + own }, facts)).toEqual([]);
  });
});

test('stalls for I/O on idle disks: the limit of a group, or a file server', async () => {
  let total = 0;
  const pressure = (ms: number) =>
    times(11, (second) => {
      total += ms * 1000;
      return `${(1000 + second).toFixed(2)} 9999.99\n/proc/pressure/io:some avg10=1.00 avg60=1.00 avg300=0.50 total=${total}\n`;
    });
  const files = { ...vda(steady(CALM)), 'pressure.txt': pressure(540) };
  const found = await judge(files);
  expect(found.filter(({ verdict }) => verdict === 'found').map(({ title, cause }) => [title, cause?.rule])).toEqual([
    ['Tasks stall for I/O (54%) while disks are idle', undefined],
    ['I/O pressure: tasks stalled 54% of the worst 10 s', 'io-stalls'],
  ]);
  expect(found[0]?.detail).toMatch(/^Tasks stalled 54% of the worst ten seconds; the busiest disk was 5% busy then\./);
  // The same beside a disk that is busy is that disk.
  expect(await foundBy({ ...vda(steady(BUSY)), 'pressure.txt': pressure(540) })).toEqual([
    'disk-saturated',
    'pressure-io',
  ]);
  expect((await only('io-stalls', { ...vda(steady(CALM)), 'pressure.txt': pressure(100) })).verdict).toBe('near');
  // A second table in which the disks are busy proves no limit, and clears none.
  const second = { 'iostat-2.txt': iostat(steady({ vdb: BUSY })) };
  expect(await verdicts('io-stalls', { ...files, ...second })).toEqual([
    'not-known: stalls on idle disks: tasks stalled 54%, the busiest disk was 99% busy (a busy disk may explain the stalls, but does not rule out a limit)',
  ]);
  const calm = {
    ...files,
    'iostat-2.txt': iostat(steady({ vdb: { ...CALM, util: 60 } })),
    'pressure.txt': pressure(1),
  };
  expect((await only('io-stalls', calm)).verdict).toBe('ruled-out');
});

describe('tasks in state D, by dstate', () => {
  const head = 'TIME(s)   PID      TID      COMM             WCHAN\n';
  const at = (seconds: readonly number[], comm: string, wchan: string, pid = 257) =>
    seconds
      .map((second) => `${second.toFixed(2).padEnd(9)} ${pid}      ${pid}      ${comm.padEnd(16)} ${wchan}\n`)
      .join('');
  const all = Array.from({ length: 10 }, (_, i) => i + 0.1);
  test('writers of a frozen file system, in eight of ten looks', async () => {
    const text = head + at(all.slice(0, 8), 'reports', 'percpu_rwsem_wait');
    const found = await only('blocked-tasks', { 'dstate.txt': text });
    expect(found.title).toBe('reports (PID 257) is stuck in uninterruptible sleep');
    expect(found.detail).toMatch(/^They wait in: percpu_rwsem_wait/);
    expect(nextOf(found)[0]).toMatch(/thaw it, fsfreeze -u\.$/);
    expect(
      nextOf(await only('blocked-tasks', { 'dstate.txt': text.replaceAll('percpu_rwsem_wait', 'rpc_wait_bit') }))[0],
    ).toMatch(/^Check the file server/);
  });
  test('seven of ten are near; two are as busy disks are, and kernel threads wait for others', async () => {
    const verdict = async (text: string) => (await only('blocked-tasks', { 'dstate.txt': head + text })).verdict;
    expect(await verdict(at(all.slice(0, 7), 'reports', 'io_schedule'))).toBe('near');
    expect(await verdict(at(all.slice(0, 2), 'reports', 'io_schedule'))).toBe('ruled-out');
    expect(await verdict(at(all, 'kworker/u4:1', 'io_schedule'))).toBe('ruled-out');
  });
  test('a loose file says how long it looked by its rows alone', async () => {
    const loose = (seconds: readonly number[]) =>
      judgeBy('blocked-tasks', { 'dstate.txt': head + at(seconds, 'reports', 'io_schedule') }, { isLoose: true });
    expect((await loose(all))[0]?.verdict).toBe('found');
    expect((await loose([0.1]))[0]?.reason).toBe('only 1 look, 3 are needed');
  });
});

test('what LVM lays over a saturated disk is the same disk, said once', async () => {
  const busy = { w: 200, wkB: 90_000, wAwait: 80, queue: 16, util: 100 };
  const found = (await judge({ 'iostat.txt': iostat(steady({ 'dm-0': busy, sda: busy })) })).filter(
    ({ verdict, rule }) => verdict === 'found' && rule === 'disk-saturated',
  );
  expect(found.map(({ subject, cause }) => [subject.name, cause?.subject.name ?? null])).toEqual([
    ['sda', null],
    ['dm-0', 'sda'],
  ]);
});

test('who wrote what the kernel writes back now', async () => {
  const calm = { w: 2, wAwait: 1, util: 1 };
  const busy = { w: 900, wkB: 460_000, wAwait: 140, queue: 126, util: 100 };
  const row = (name: string, pid: number, from: number, to: number, i: number) =>
    i >= from && i < to ? [{ pid, name, written: 400_000 }] : [];
  const files = {
    'iostat.txt': iostat([...steady({ vda: calm }, 8), ...steady({ vda: busy }, 6), ...steady({ vda: calm }, 16)]),
    'pidstat.txt': pidstatDisk(
      Array.from({ length: 30 }, (_, i) => [...row('archiver', 9, 1, 6, i), ...row('kworker/u8:2-flush', 4, 8, 14, i)]),
    ),
  };
  expect((await only('disk-saturated', files, { seconds: 30 })).title).toMatch(
    /^archiver \(PID 9\) saturates disk vda/,
  );
});

describe('who waits for a disk, by pidstat -d', () => {
  const delays = (delay: number, written = 0) =>
    pidstatDisk(
      steady([
        { pid: 5000, name: 'mysqld', delay },
        { pid: 300, name: 'kworker/u8:1-flush-254:0', delay: 99 },
        { pid: 4242, name: 'logger', written, delay: 1 },
      ]),
    );
  const waiting = mpstat(steady({ all: { usr: 3, iowait: 45 } }));
  test.each([
    // Ticks of a hundredth of a second.
    [97, 'Stalled: mysqld (PID 5000) for 97% of the time. Storage sets the pace, not the CPUs.'],
    [49, 'Storage sets the pace, not the CPUs.'],
  ])('%d ticks a second', async (delay, detail) => {
    const files = { 'pidstat.txt': delays(delay), 'mpstat.txt': waiting };
    expect((await only('iowait', files)).detail).toBe(detail);
  });
  test('who writes most explains it, where nothing tells of the disks', async () => {
    const found = (await judge({ 'pidstat.txt': delays(97, 180_000), 'mpstat.txt': waiting })).filter(
      ({ verdict }) => verdict === 'found',
    );
    expect(found.map(({ rule, cause }) => [rule, cause?.rule])).toEqual([
      ['disk-writer', undefined],
      ['iowait', 'disk-writer'],
    ]);
  });
});

test('iotop: who writes, and in whose name threads of the kernel wait', async () => {
  const report = `Total DISK READ :       0.00 B/s | Total DISK WRITE :     190.73 M/s
Actual DISK READ:       0.00 B/s | Actual DISK WRITE:     180.73 M/s
    TID  PRIO  USER     DISK READ  DISK WRITE  SWAPIN     IO>    COMMAND
   4242 be/4 app         0.00 B/s  190.00 M/s  0.00 % 99.99 % java -jar log.jar
    300 be/4 root        0.00 B/s    0.00 B/s  0.00 % 93.00 % [kworker/u8:1-flush-254:0]
`;
  const files = { 'iotop.txt': times(4, () => report), 'mpstat.txt': mpstat(steady({ all: { iowait: 40 } })) };
  const found = await judge(files, { isLoose: true });
  const of = (rule: string) => found.find((each) => each.rule === rule);
  expect(of('disk-writer')?.title).toBe('java (PID 4242) writes 190 MiB/s');
  expect(of('iowait')?.actors.map(({ name }) => name)).toEqual(['java']);
});

test('a file system that is mounted again is full once', async () => {
  const row = (device: string, used: number, mounted: string) =>
    `${device} 41152736 40912736         0 ${used}% ${mounted}\n`;
  const df = [
    row('/dev/sda1', 100, '/'),
    row('/dev/sda1', 100, '/etc/hosts'),
    row('overlay', 100, '/var/lib/docker/overlay2/4f1c/merged'),
    row('/dev/sdb1', 100, '/srv'),
    row('tmpfs', 100, '/run'),
    row('tmpfs', 100, '/tmp'),
  ].join('');
  const full = async (rows: string) =>
    (await judgeBy('filesystem-full', { 'df.txt': `Filesystem 1K-blocks Used Available Use% Mounted on\n${rows}` }))
      .map(({ subject }) => subject.name)
      .sort();
  expect(await full(df)).toEqual(['/', '/run', '/srv', '/tmp']);
  // In a container there is nothing else; two of them are one.
  expect(await full(row('overlay', 100, '/') + row('overlay', 100, '/b') + row('/dev/sdb1', 96, '/srv'))).toEqual([
    '/',
    '/srv',
  ]);
});

test.each([
  [
    'Inodes   IUsed   IFree IUse%',
    'Find the folder with most files, and who makes them: du --inodes -x / | sort -n | tail.',
  ],
  ['1K-blocks    Used Available Use%', 'Free space, or find deleted files that are still open: lsof +L1.'],
])('df with %s', async (head, step) => {
  const df = `Filesystem     ${head} Mounted on\n/dev/vda1      2621440 2621440       0  100% /\n`;
  expect(nextOf(await only('filesystem-full', { 'df.txt': df }))).toEqual([step]);
});

/** Outputs of bcc's rarer tools and rarer moments. Expectations are read off the texts by eye. */
import { expect, test } from 'vitest';
import type { Counts, Histogram } from '../../src/datasets/shapes.ts';
import { itemsOf, plain } from '../plain.ts';
import { claimants, read } from '../reading.ts';
import { eventsOf, rowsOf } from './read.ts';

async function countsIn(text: string): Promise<[string, string, number][]> {
  const parsed = await read(text);
  expect(parsed.unread).toEqual([]);
  const counts = parsed.datasets.filter((dataset): dataset is Counts => dataset.shape === 'counts');
  return counts.flatMap((each) =>
    itemsOf(each).map(({ key, value }): [string, string, number] => [each.unit, key.join(' '), value]),
  );
}

test('methods are counted, and timed where that was asked for', async () => {
  const text = `Tracing calls in process 812 (language: java)... Ctrl-C to quit.

METHOD                                              # CALLS TIME (us)
shop/Cart.add                                             3 7.25
shop/Cart.total                                          12 31.50
^C
`;
  expect(await countsIn(text)).toEqual([
    ['calls', 'shop/Cart.add', 3],
    ['calls', 'shop/Cart.total', 12],
    ['us', 'shop/Cart.add', 7.25],
    ['us', 'shop/Cart.total', 31.5],
  ]);
});

test('a type with spaces is one key', async () => {
  const text =
    'TYPE                           # ALLOCS      # BYTES\nblock size 64                        22         1408\n';
  expect(await countsIn(text)).toEqual([
    ['allocations', 'block size 64', 22],
    ['bytes', 'block size 64', 1408],
  ]);
});

test('a banner of any wording that ends in how to stop it is no data', async () => {
  const text = `Display kvm exit reasons and statistics for all threads... Hit Ctrl-C to end.
PID      TID      KVM_EXIT_REASON                     COUNT
^C1273   1274     EXIT_REASON_HLT                     12
`;
  expect(await countsIn(text)).toEqual([['calls', '1273 1274 EXIT_REASON_HLT', 12]]);
});

test('the sums under llcstat are told, not lost', async () => {
  const parsed = await read(`PID      NAME             CPU     REFERENCE         MISS    HIT%
0        swapper/15       15        3515000       640000  81.79%
Total References: 3515000 Total Misses: 640000 Hit Rate: 81.79%
`);
  expect(parsed.unread).toEqual([]);
  expect(rowsOf(parsed)).toHaveLength(1);
  expect(parsed.notes).toEqual(['Total References: 3515000 Total Misses: 640000 Hit Rate: 81.79%']);
});

test('what sslsniff saw is text, whatever it looks like', async () => {
  const row = 'READ/RECV    0.154133456        curl             12915   1024\n';
  const text = `FUNC         TIME(s)            COMM             PID     LEN
${row}----- DATA -----
${row}^C
----- END DATA (TRUNCATED, 900 bytes lost) -----

${row}`;
  const parsed = await read(text);
  expect(parsed.unread).toEqual([]);
  expect(plain(eventsOf(parsed.datasets)[0])).toMatchObject({ tool: 'sslsniff', lines: [2, 8] });
  expect(plain(parsed.datasets[1])).toMatchObject({ shape: 'text', lines: { length: 4 } });
});

test('the return value of setuids stands behind arguments with spaces', async () => {
  const parsed = await read(`TIME     PID    COMM             UID    SYSCALL   ARGS (RET)
14:28:22 21787  sshd             0      setresuid ruid=122 euid=122 suid=122 (0)
`);
  expect(plain(rowsOf(parsed))).toMatchObject([{ ARGS: 'ruid=122 euid=122 suid=122', '(RET)': '(0)' }]);
});

test.each([
  ['a banner', 'Tracing block device I/O... Hit Ctrl-C to end.\n^C\n', 'biolatency'],
  [
    'a header',
    'Tracing run queue latency... Hit Ctrl-C to end.\n^C\n     usecs      : count    distribution\n',
    'runqlat',
  ],
  ['bpftrace', 'Attaching 4 probes...\nTracing block device I/O... Hit Ctrl-C to end.\n^C\n\n', 'biolatency'],
])('a histogram of nothing is a histogram: %s', async (_, text, tool) => {
  expect(claimants(text)).toHaveLength(1);
  const [histogram, ...others] = (await read(text)).datasets as Histogram[];
  expect(plain(histogram)).toMatchObject({ shape: 'histogram', tool, groups: [] });
  expect(others).toEqual([]);
});

test('a banner that could be of a counter is no histogram of nothing', async () => {
  expect(claimants('Tracing vfs_read... Hit Ctrl-C to end.\n^C\n')).toEqual([]);
});

test('maps under the table of a bpftrace program are read as maps', async () => {
  const parsed = await read(`Attaching 3 probes...
TIME     PID    COMM             LAT(ms)
12:00:01 100    bash             1
12:00:02 200    sshd             7
^C

@total[bash]: 1
@slow[
    vfs_read+1
    ksys_read+85
]: 3
`);
  expect(parsed.unread).toEqual([]);
  expect(rowsOf(parsed)).toHaveLength(2);
  expect(plain(parsed.datasets.slice(1))).toMatchObject([
    { shape: 'counts', title: '@total', items: [{ key: ['bash'], value: 1, line: 7 }] },
    { shape: 'stacks', title: '@slow' },
  ]);
});

test('an address that a system call returned is no number', async () => {
  const parsed = await read(`PID    COMM                SYS              RET ARGs
19813  server           SHMGET            10000 key: 0x78020001, size: 20
19813  server            SHMAT     7f1cf8b1f000 shmid: 0x10000, shmaddr: 0x0
`);
  expect(parsed.unread).toEqual([]);
  expect(rowsOf(parsed).map(({ RET }) => RET)).toEqual(['10000', '7f1cf8b1f000']);
});

test.each(['UTC', 'CEST', '+03', 'AEST'])('exitsnoop -t where the zone is %s: its column is the time', async (zone) => {
  const text = `${`TIME-${zone}`.padEnd(13)}LABEL PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE\n13:20:22.997 exit  bash             18300   17656   18300   1.65    code 65\n`;
  const [exits] = eventsOf((await read(text, { tool: 'exitsnoop' })).datasets);
  expect(exits).toMatchObject({ tool: 'exitsnoop', clock: 'day' });
  expect(exits?.columns[0]).toMatchObject({ name: `TIME-${zone}`, role: 'time' });
  expect([...(exits?.at ?? [])]).toEqual([13 * 3600 + 20 * 60 + 22.997]);
});

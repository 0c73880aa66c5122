import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plain } from '../plain.ts';
import { claimants, read } from '../reading.ts';
import { eventsOf, rowsOf } from './read.ts';

const utc = (...parts: [number, number, number, number, number, number]) => Date.UTC(...parts) / 1000;

describe('dmesg', () => {
  const OOM = 'Out of memory: Killed process 4242 (java)';
  test.each<[string, string, string | null, number | null]>([
    ['seconds', `[   12.345678] ${OOM}`, 'monotonic', 12.345678],
    ['a caller', `[   12.345678][  T123] ${OOM}`, 'monotonic', 12.345678],
    ['a delta', `[   12.345678 <    0.000017>] ${OOM}`, 'monotonic', 12.345678],
    ['a decimal comma', `[   12,345678 <   -0,000017>] ${OOM}`, 'monotonic', 12.345678],
    ['-x', `kern  :err   : [   12.345678] ${OOM}`, 'monotonic', 12.345678],
    ['-r', `<3>[   12.345678] ${OOM}`, 'monotonic', 12.345678],
    ['--color', `\u001b[32m[   12.345678] \u001b[0m\u001b[31m${OOM}\u001b[0m`, 'monotonic', 12.345678],
    ['-T', `[Fri Nov 20 14:39:12 2026] ${OOM}`, 'local', utc(2026, 10, 20, 14, 39, 12)],
    ['-T in French', `[ven. févr. 20 14:39:12 2026] ${OOM}`, 'local', utc(2026, 1, 20, 14, 39, 12)],
    ['-T in Chinese', `[五 11月 20 14:39:12 2026] ${OOM}`, 'local', utc(2026, 10, 20, 14, 39, 12)],
    ['-T in an unknown language', `[xx yyy 20 14:39:12 2026] ${OOM}`, null, null],
    ['ISO', `2026-11-20T14:39:12,500000+02:00 ${OOM}`, 'epoch', utc(2026, 10, 20, 12, 39, 12) + 0.5],
    ['-e', `[  +0.000017] ${OOM}`, null, null],
    [
      'journalctl',
      `Nov 20 14:39:12 db1 kernel: ${OOM}`,
      'year',
      utc(1972, 10, 20, 14, 39, 12) - utc(1972, 0, 1, 0, 0, 0),
    ],
    ['syslog', `Nov 20 14:39:12 db1 kernel: [   12.345678] ${OOM}`, 'monotonic', 12.345678],
    ['journalctl -o short-monotonic', `[   12.345678] db1 kernel: ${OOM}`, 'monotonic', 12.345678],
    ['journalctl -o short-iso', `2026-11-20T14:39:12+0000 db1 kernel: ${OOM}`, 'epoch', utc(2026, 10, 20, 14, 39, 12)],
  ])('%s', async (_, line, clock, at) => {
    const parsed = await read(`${line}\n`);
    const [table] = eventsOf(parsed.datasets);
    expect(plain(table)).toMatchObject({ tool: 'dmesg', clock, at: [at], lines: [1] });
    expect(rowsOf(parsed)[0]?.message).toBe(OOM);
  });

  test('a message of sizes is no event of perf', () => {
    const line = 'TCP established hash table entries: 262144 (order: 9, 2097152 bytes, linear)';
    expect(claimants(`[ven. nov. 20 14:39:12 2026] ${line}\n`)).toEqual(['dmesg']);
  });

  test.each([
    ['one host', 'db1', { hostname: 'db1' }, 0],
    ['two hosts', 'db2', undefined, 1],
  ])('a log of %s', async (_, other, host, notes) => {
    const mark = '-- Boot 5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c --\n';
    const parsed = await read(`Nov 20 14:39:12 db1 kernel: ${OOM}\n${mark}Nov 20 14:39:13 ${other} kernel: ${OOM}\n`);
    expect(parsed).toMatchObject({ read: 2, noise: 1 });
    expect([parsed.host, parsed.notes.length]).toEqual([host, notes]);
  });

  test('levels and facilities, by name and by number', async () => {
    const parsed = await read('<3>[    1.000001] a\n<30>[    1.000002] b\nkern  :crit  : [    1.000003] c\n');
    expect(rowsOf(parsed).map(({ facility, level }) => [facility, level])).toEqual([
      ['kern', 'err'],
      ['daemon', 'info'],
      ['kern', 'crit'],
    ]);
  });

  test('a line without a time belongs to the message above if it is set in, else it is unread', async () => {
    const parsed = await read('[    1.000001] first\n               second\n[...]\nstranger\n');
    expect(rowsOf(parsed).map(({ message }) => message)).toEqual(['first\n               second']);
    expect(plain(parsed.unread)).toMatchObject([{ line: 4, text: 'stranger' }]);
  });
});

describe('bpftool', () => {
  test('prog show: programs of several lines, fields that come and go', async () => {
    const parsed = await read(`6: cgroup_skb  tag 6deef7357e7b4530  gpl
	loaded_at 2019-11-07T16:22:14+0000  uid 0
	xlated 64B  not jited  memlock 4096B  map_ids 1,2
13: tracepoint  name sys_enter  tag 57cd311f2e27366b  gpl run_time_ns 81632 run_cnt 10
	loaded_at 2022-11-07T16:22:14+0000  uid 0
	xlated 64B  jited 61B  memlock 4096B  map_ids 3
	pids systemd(1), tmux: server(44)
`);
    expect(parsed.unread).toEqual([]);
    expect(parsed.tool).toBe('bpftool-prog');
    const [first, second] = rowsOf(parsed);
    expect(plain(first)).toMatchObject({
      id: 6,
      type: 'cgroup_skb',
      name: null,
      xlated: 64,
      jited: null,
      'not jited': 'yes',
    });
    expect(plain(second)).toMatchObject({
      id: 13,
      name: 'sys_enter',
      run_time_ns: 81_632,
      run_cnt: 10,
      jited: 61,
      map_ids: '3',
      pids: 'systemd(1), tmux: server(44)',
    });
    expect(plain(eventsOf(parsed.datasets)[0]?.lines)).toEqual([1, 4]);
  });

  test('perf show: functions with an offset, tracepoints and files mixed', async () => {
    const parsed = await read(`pid 21711  fd 5: prog_id 5  kprobe  func __x64_sys_write  offset 0
pid 21767  fd 5: prog_id 8  tracepoint  sys_enter_nanosleep
pid 21800  fd 5: prog_id 9  uprobe  filename /home/ann/a.out  offset 1159
`);
    expect(parsed.tool).toBe('bpftool-perf');
    expect(plain(rowsOf(parsed))).toMatchObject([
      { pid: 21_711, fd: 5, prog_id: 5, type: 'kprobe', func: '__x64_sys_write', offset: 0 },
      { pid: 21_767, tracepoint: 'sys_enter_nanosleep', offset: null },
      { pid: 21_800, filename: '/home/ann/a.out', offset: 1159 },
    ]);
  });

  test('-j', async () => {
    const parsed = await read(
      '[{"id":6,"type":"kprobe","tag":"6deef7357e7b4530","gpl_compatible":true,"uid":0,"bytes_xlated":64,"jited":true,"bytes_jited":61,"map_ids":[1,2],"pids":[{"pid":1,"comm":"systemd"}]}]\n',
    );
    expect(plain(rowsOf(parsed))).toMatchObject([
      { id: 6, xlated: 64, jited: 61, map_ids: '1,2', pids: 'systemd(1)', gpl: 'yes' },
    ]);
  });
});

test('programs as bpftool -p prints them, each with the line it begins on', async () => {
  const text = `[{
        "id": 10,
        "type": "xdp",
        "tag": "005a3d2123620c8b",
        "bytes_xlated": 528,
        "map_ids": [10
        ],
        "pids": [{
                "pid": 1,
                "comm": "systemd"
            }
        ]
    },{
        "id": 11,
        "type": "kprobe",
        "tag": "1b2c3d2123620c8b",
        "bytes_xlated": 64
    }
]
`;
  expect(claimants(text)).toEqual(['bpftool']);
  const parsed = await read(text);
  expect(parsed.unread).toEqual([]);
  expect(plain(rowsOf(parsed))).toMatchObject([
    { id: 10, type: 'xdp', xlated: 528, map_ids: '10', pids: 'systemd(1)' },
    { id: 11, type: 'kprobe', xlated: 64, map_ids: null },
  ]);
  expect(plain(eventsOf(parsed.datasets)[0]?.lines)).toEqual([1, 13]);
});

test('an array of bpftool that is cut short is unread, every line of it', async () => {
  const parsed = await read('[{\n        "id": 10,\n        "tag": "005a3d2123620c8b"\n');
  expect(parsed.unread.map(({ line }) => line)).toEqual([1, 2, 3]);
  expect(parsed.read).toBe(0);
});

test('a listing of bpftool that somebody indented', async () => {
  const parsed = await read(`    10: xdp  name some_prog  tag 005a3d2123620c8b  gpl run_time_ns 81632 run_cnt 10
            loaded_at 2017-09-29T20:11:00+0000  uid 0
            xlated 528B  jited 370B  memlock 4096B  map_ids 10
`);
  expect(plain(rowsOf(parsed))).toMatchObject([{ id: 10, run_time_ns: 81_632, xlated: 528, memlock: 4096 }]);
});

test('ss as it is collected: the queues of what listens, at the time of each reading', async () => {
  const parsed = await read(readFileSync(resolve(import.meta.dirname, '../../samples/ss/collected.txt'), 'utf8'));
  const [table] = eventsOf(parsed.datasets);
  const queues = rowsOf(parsed).map((row) => [row['Local Address:Port'], row['Recv-Q'], row['Send-Q']]);
  // 20261.39, 20262.39, 20263.40 and 20264.44 of /proc/uptime, two sockets each.
  const times = [...(table?.at ?? [])].map((at) => Math.round(at * 100) / 100);
  const [first, second, third, last] = [20261.39, 20262.39, 20263.4, 20264.44];
  expect([parsed.unread, times]).toEqual([[], [first, first, second, second, third, third, last, last]]);
  expect(table?.clock).toBe('monotonic');
  expect(queues.filter(([address]) => address === '127.0.0.1:5432').map(([, waiting, may]) => [waiting, may])).toEqual([
    [0, 2],
    [1, 2],
    [2, 2],
    [3, 2],
  ]);
});

test('a row of netstat below those of ss is none of ss', async () => {
  const table =
    'State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nLISTEN 0 128 0.0.0.0:22 0.0.0.0:*\n';
  const parsed = await read(`${table}tcp        0      0 10.0.0.5:22   10.0.0.9:5555   ESTABLISHED 812/sshd\n`);
  expect([rowsOf(parsed).length, parsed.unread.map(({ line }) => line)]).toEqual([1, [3]]);
});

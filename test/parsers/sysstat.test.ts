import { expect, test } from 'vitest';
import { plain, pointsOf, rowsOf as rowsIn } from '../plain.ts';
import { read } from '../reading.ts';
import { eventsOf, metric, rowsOf, seriesOf, valuesOf } from './read.ts';

const BANNER = 'Linux 5.4.0-42-generic (db1) \t03/09/2022 \t_x86_64_\t(2 CPU)\n';
const clock = (hours: number, minutes: number, seconds: number) => hours * 3600 + minutes * 60 + seconds;

const CPU = 'CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle';
const ALL = 'all    1.00    0.00    4.50    0.00    0.00    0.00    0.00    0.00    0.00   94.50';

test.each([
  ['24 hours', '14:59:29     ', '14:59:30     ', 'Average:     ', clock(14, 59, 30)],
  ['AM and PM', '11:59:59 AM  ', '12:00:00 PM  ', 'Average:     ', clock(12, 0, 0)],
  ['midnight', '11:59:59 PM  ', '12:00:00 AM  ', 'Average:     ', clock(0, 0, 0)],
  ['Chinese', '14时59分29秒  ', '14时59分30秒  ', '平均时间:  ', clock(14, 59, 30)],
  ['Chinese halves', '下午02时59分29秒  ', '下午02时59分30秒  ', '平均时间:  ', clock(14, 59, 30)],
  ['Korean', '오후 02시 59분 29초  ', '오후 02시 59분 30초  ', '평균:  ', clock(14, 59, 30)],
  ['French', '14:59:29     ', '14:59:30     ', 'Moyenne :  ', clock(14, 59, 30)],
  ['Finnish', '14.59.29     ', '14.59.30     ', 'Keskimäärin:  ', clock(14, 59, 30)],
])('a stamp of %s', async (_, heading, row, average, at) => {
  const text = `${BANNER}\n${heading}${CPU}\n${row}${ALL}\n${average}${ALL}\n`;
  const parsed = await read(text);
  expect(parsed.unread).toEqual([]);
  expect(parsed.tool).toBe('mpstat');
  expect(pointsOf(metric(parsed, '%sys'))).toEqual([[at, 4.5]]);
  expect(plain(metric(parsed, '%sys'))).toMatchObject({ unit: '%', labels: { CPU: 'all' }, lines: [4], sinceBoot: 0 });
});

test('a clock that passes midnight goes on', async () => {
  const rows = ['23:59:59', '00:00:00', '00:00:01'].map((stamp) => `${stamp}     ${ALL}\n`);
  const parsed = await read(`${BANNER}\n23:59:58     ${CPU}\n${rows.join('')}`);
  expect(pointsOf(metric(parsed, '%idle')).map(([at]) => at)).toEqual([86_399, 86_400, 86_401]);
});

test('a report with the stamp of its heading is since boot', async () => {
  const parsed = await read(`${BANNER}\n14:59:29     ${CPU}\n14:59:29     ${ALL}\n`);
  expect(metric(parsed, '%idle').sinceBoot).toBe(1);
});

test('cells that mpstat -T leaves blank stay blank', async () => {
  const parsed = await read(
    `${BANNER}
14:59:29     CPU CORE SOCK NODE    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle
14:59:30     all                   1.00    0.00    4.50    0.00    0.00    0.00    0.00    0.00    0.00   94.50
14:59:30       1    1    0    0    1.98    0.00    3.96    0.00    0.00    0.00    0.00    0.00    0.00   94.06
`,
  );
  expect(plain(seriesOf(parsed.datasets)[0]?.metrics.filter(({ name }) => name === '%usr'))).toMatchObject([
    { labels: { CPU: 'all' }, points: [[clock(14, 59, 30), 1]] },
    { labels: { CPU: '1', CORE: '1', SOCK: '0', NODE: '0' }, points: [[clock(14, 59, 30), 1.98]] },
  ]);
});

test('sar alternates tables, prints RESTART and comments, and keeps averages to itself', async () => {
  const parsed = await read(`${BANNER}
12:00:01 AM     IFACE   rxpck/s   txpck/s    rxkB/s    txkB/s   rxcmp/s   txcmp/s  rxmcst/s   %ifutil
12:10:01 AM      eth0    100.25     90.00     64.50     12.00      0.00      0.00      0.00      0.05

12:00:01 AM  active/s passive/s    iseg/s    oseg/s
12:10:01 AM      1.50      0.25     99.00     88.00

12:15:03 AM       LINUX RESTART\t(2 CPU)
12:16:00 AM  COM maintenance window

12:20:01 AM     IFACE   rxpck/s   txpck/s    rxkB/s    txkB/s   rxcmp/s   txcmp/s  rxmcst/s   %ifutil
12:30:01 AM      eth0    200.25     90.00     64.50     12.00      0.00      0.00      0.00      0.05
Average:         eth0    150.25     90.00     64.50     12.00      0.00      0.00      0.00      0.05
`);
  expect(parsed.unread).toEqual([]);
  expect(parsed.datasets.map(({ tool }) => tool)).toEqual(['sar-dev', 'sar-tcp']);
  expect(pointsOf(metric(parsed, 'rxpck/s', 'eth0'))).toEqual([
    [clock(0, 10, 1), 100.25],
    [clock(0, 30, 1), 200.25],
  ]);
  expect(metric(parsed, 'rxkB/s').unit).toBe('KiB/s');
  expect(valuesOf(parsed, 'passive/s')).toEqual([0.25]);
  expect(parsed.notes).toEqual(['the host was restarted at 12:15:03 AM']);
});

test('pidstat: several tables, threads, users and commands with blanks', async () => {
  const parsed = await read(`${BANNER}
07:38:50 PM   UID      TGID       TID    %usr %system  %guest   %wait    %CPU   CPU  Command
07:38:51 PM  1000     22187         -    9,09    1,82    0,00    0,00   10,91     0  Web Content
07:38:51 PM  1000         -     22190    0,91    0,91    0,00    0,00    1,82     1  |__JS Helper

07:38:50 PM      USER       PID   kB_rd/s   kB_wr/s kB_ccwr/s iodelay  Command
07:38:51 PM     mysql      1801     -1,00   2048,00      0,00       3  mysqld --user mysql
`);
  expect(parsed.unread).toEqual([]);
  const [threads, disks] = eventsOf(parsed.datasets);
  expect(threads && rowsIn(threads)).toEqual([
    ['07:38:51 PM', 1000, 22187, null, 9.09, 1.82, 0, 0, 10.91, 0, 'Web Content'],
    ['07:38:51 PM', 1000, null, 22190, 0.91, 0.91, 0, 0, 1.82, 1, '|__JS Helper'],
  ]);
  expect(plain(threads?.at)).toEqual([clock(19, 38, 51), clock(19, 38, 51)]);
  // -1,00: its /proc/PID/io could not be read.
  expect(disks && rowsIn(disks)).toEqual([['07:38:51 PM', 'mysql', 1801, null, 2048, 0, 3, 'mysqld --user mysql']]);
  expect(disks?.columns.find(({ role }) => role === 'process')?.name).toBe('Command');
});

test('pidstat -h prints seconds since 1970 and no blank rows', async () => {
  const parsed = await read(`${BANNER}
# Time        UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command
1795186770      0         1    0.00    0.50    0.00    0.00    0.50     1  systemd
`);
  expect(plain(parsed.datasets[0])).toMatchObject({ clock: 'epoch', at: [1795186770] });
  expect(plain(rowsOf(parsed)[0])).toMatchObject({ '%CPU': 0.5, PID: 1, Command: 'systemd' });
});

test('what is no row is said with its reason', async () => {
  const parsed = await read(
    `${BANNER}\n14:59:29     ${CPU}\n14:59:30     all    1.00    0.00\n14:59:30 hello\nrubbish\n`,
  );
  expect(parsed.unread.map(({ line, why }) => [line, why])).toEqual([
    [4, 'no number under %sys'],
    [5, 'no number under %usr'],
    [6, 'no stamp before the row'],
  ]);
});

test.each([
  ['sar', 'CPU     %user     %nice   %system   %iowait    %steal     %idle'],
  ['sar', 'CPU      %usr     %nice      %sys   %iowait    %steal      %irq     %soft    %guest    %gnice     %idle'],
  ['mpstat', 'CPU   %user   %nice %system %iowait    %irq   %soft   %idle    intr/s'],
  ['mpstat', 'CPU    intr/s'],
  ['sar', 'CPU   total/s   dropd/s squeezd/s  rx_rps/s flw_lim/s'],
])('%s prints %s', async (tool, heading) => {
  const zeros = heading
    .split(/\s+/)
    .slice(1)
    .map(() => '0.00');
  expect((await read(`14:59:29 ${heading}\n14:59:30 all ${zeros.join(' ')}\n`)).tool).toBe(tool);
});

test('a Korean banner has blanks in its date', async () => {
  const banner = 'Linux 6.18.44 (db1) \t2026년 11월 20일 \t_x86_64_\t(2 CPU)\n';
  const parsed = await read(`${banner}\n16시 47분 57초  ${CPU}\n16시 47분 58초  ${ALL}\n`);
  expect(parsed.unread).toEqual([]);
  expect(pointsOf(metric(parsed, '%sys'))).toEqual([[clock(16, 47, 58), 4.5]]);
});

test('pidstat --human where /proc/PID/io may not be read', async () => {
  const heading = '14:59:29      UID       PID   kB_rd/s   kB_wr/s kB_ccwr/s iodelay  Command\n';
  const parsed = await read(`${heading}14:59:30     1000       812     -1.0k     -1.0k     -1.0k       0  java\n`);
  expect(parsed.unread).toEqual([]);
  expect(rowsOf(parsed)).toMatchObject([{ PID: 812, 'kB_rd/s': null, 'kB_wr/s': null, Command: 'java' }]);
});

import { describe, expect, test } from 'vitest';
import { plain, pointsOf } from '../plain.ts';
import { claimants, read } from '../reading.ts';
import { eventsOf, metric, rowsOf, seriesOf, valuesOf } from './read.ts';

const clock = (hours: number, minutes: number, seconds: number) => hours * 3600 + minutes * 60 + seconds;

describe('vmstat', () => {
  const HEADING = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
`;

  test('counts reports in intervals, the first since boot, through repeated headings and overflowing columns', async () => {
    const parsed = await read(
      `${HEADING} 3  0      0 22686540 15656 1670260    0    0  1305  1580  244  561  7  3 90  0  0
11  2  12345678901 1 2 3    4    5     6     7    8    9 10 11 12 13 14
${HEADING} 1  0      0 22686540 15656 1670260    0    0    12     0  231  405  0  2 98  0  0
`,
      { interval: 5, command: 'vmstat 5' },
    );
    expect(parsed.unread).toEqual([]);
    expect(plain(metric(parsed, 'r'))).toMatchObject({
      points: [
        [0, 3],
        [5, 11],
        [10, 1],
      ],
      sinceBoot: 1,
      lines: [3, 4, 7],
    });
    expect(valuesOf(parsed, 'wa')).toEqual([0, 13, 0]);
    expect(['swpd', 'si', 'bi', 'cs', 'st', 'b'].map((name) => metric(parsed, name).unit)).toEqual([
      'KiB',
      'KiB/s',
      'blocks/s',
      '/s',
      '%',
      '',
    ]);
  });

  test('-S changes the unit, -y leaves out the report since boot', async () => {
    const row = ' 3  0      0  22686    15  1670    0    0  1305  1580  244  561  7  3 90  0  0\n';
    const parsed = await read(HEADING + row, { command: 'vmstat -y -S M 1 2', interval: 1 });
    expect(plain(metric(parsed, 'free'))).toMatchObject({ unit: 'MiB', sinceBoot: 0, points: [[1, 22_686]] });
  });

  test('-t, -w and another language', async () => {
    const parsed =
      await read(`--procs-- -----------------------memory---------------------- ---swap-- -----io---- -system-- ----------cpu---------- -carimbo de tempo--
   r    b         swpd        livre         buff        cache   si   so    bi    bo   in   cs  us  sy  id  wa  st  gu                 -03
   1    0            0     23790152        12728       747856    0    0  1214  1336  227  511   6   3  91   0   0   0 2026-11-20 15:03:41
`);
    expect(parsed.unread).toEqual([]);
    expect(seriesOf(parsed.datasets)[0]?.clock).toBe('local');
    expect(pointsOf(metric(parsed, 'livre'))).toEqual([[Date.UTC(2026, 10, 20, 15, 3, 41) / 1000, 23_790_152]]);
    expect(metric(parsed, 'gu').unit).toBe('%');
  });

  test('-d names a column by its group, and a device again begins a report', async () => {
    const report = (sda: number) =>
      `sda    ${sda}  11669 6322266   24890  21247  43051 7657736   23149      0      8\n`;
    const parsed = await read(
      `disk- ------------reads------------ ------------writes----------- -----IO------
       total merged sectors      ms  total merged sectors      ms    cur    sec
${report(74_268)}${report(74_300)}`,
      { interval: 1 },
    );
    expect(plain(metric(parsed, 'reads total', 'sda'))).toMatchObject({
      points: [
        [0, 74_268],
        [1, 74_300],
      ],
      sinceBoot: 0,
    });
    expect(metric(parsed, 'writes ms', 'sda').unit).toBe('ms');
    expect(metric(parsed, 'IO sec', 'sda').unit).toBe('s');
  });
});

describe('vmstat at once', () => {
  test('-s', async () => {
    const parsed = await read(`     24684084 K total memory
       622684 K used memory
        16808 non-nice user cpu ticks
   1795185552 boot time
`);
    expect(parsed.unread).toEqual([]);
    expect(plain(metric(parsed, 'used memory'))).toMatchObject({ unit: 'KiB', points: [[null, 622_684]] });
    expect(valuesOf(parsed, 'non-nice user cpu ticks')).toEqual([16_808]);
  });

  test('-m', async () => {
    const parsed = await read(`Cache                       Num  Total   Size  Pages
ext4_inode_cache          12345  12400   1184     27
Acpi-State                  102    102     80     51
`);
    expect(plain(metric(parsed, 'Size', 'Acpi-State'))).toMatchObject({ unit: 'B', points: [[null, 80]] });
  });
});

describe('/proc', () => {
  test('meminfo', async () => {
    const parsed = await read('MemTotal:        8053804 kB\nActive(anon):     498884 kB\nHugePages_Total:       2\n');
    expect(plain(metric(parsed, 'Active(anon)'))).toMatchObject({ unit: 'KiB', points: [[null, 498_884]] });
    expect(metric(parsed, 'HugePages_Total').unit).toBe('');
  });

  test.each([
    ['head', '==> /proc/pressure/io <==\nfull avg10=0.43 avg60=3.43 avg300=4.56 total=123456\n'],
    ['grep .', '/proc/pressure/io:full avg10=0.43 avg60=3.43 avg300=4.56 total=123456\n'],
  ])('pressure by %s', async (_, text) => {
    const parsed = await read(text);
    expect(plain(metric(parsed, 'avg60'))).toMatchObject({
      labels: { resource: 'io', share: 'full' },
      unit: '%',
      points: [[null, 3.43]],
    });
    expect(valuesOf(parsed, 'total')).toEqual([123_456]);
  });

  test('pressure that is read again and again is on the time axis', async () => {
    const report = (avg: string) =>
      `/proc/pressure/cpu:some avg10=${avg} avg60=0.00 avg300=0.00 total=1\n/proc/pressure/io:some avg10=0.00 avg60=0.00 avg300=0.00 total=2\n`;
    const parsed = await read(report('1.50') + report('2.50') + report('0.25'), { interval: 2 });
    expect(parsed.datasets[0]?.clock).toBe('elapsed');
    expect(pointsOf(metric(parsed, 'avg10', 'cpu'))).toEqual([
      [0, 1.5],
      [2, 2.5],
      [4, 0.25],
    ]);
  });
});

describe('free', () => {
  test('swap has the first three columns', async () => {
    const parsed =
      await read(`              total        used        free      shared     buffers       cache   available
Mem:        8053804     1262704     5830864       60576       61596      898640     6483996
Swap:       2097152           0     2097152
`);
    expect(valuesOf(parsed, 'available', 'Mem')).toEqual([6_483_996]);
    expect(valuesOf(parsed, 'free', 'Swap')).toEqual([2_097_152]);
    expect(metric(parsed, 'total', 'Mem').unit).toBe('KiB');
    expect(seriesOf(parsed.datasets)[0]?.metrics.length).toBe(10);
  });

  test('the old layout, where -/+ buffers/cache has no total', async () => {
    const parsed = await read(`             total       used       free     shared    buffers     cached
Mem:          3.7G       217M       3.2G        11M       8.2M       259M
-/+ buffers/cache:       150M       3.5G
Swap:         2.0G         0B       2.0G
`);
    expect(parsed.unread).toEqual([]);
    expect(valuesOf(parsed, 'used', '-/+ buffers/cache')).toEqual([150 * 2 ** 20]);
    expect(valuesOf(parsed, 'free', '-/+ buffers/cache')).toEqual([3.5 * 2 ** 30]);
    expect(plain(metric(parsed, 'used', 'Swap'))).toMatchObject({ unit: 'B', points: [[null, 0]] });
  });

  test.each([
    ['free -m', '7864        1233        5694          59         937        6332', undefined, 'MiB'],
    ['free --mega', '8247        1293        5970          62         983        6639', 'free --mega', 'MB'],
    ['free -b', '8247095296  1293008896  5970804736    62029824   983281664  6639611904', undefined, 'B'],
    ['free -g', '7           1           5           0           0           6', undefined, ''],
    ['free -g', '7           1           5           0           0           6', 'free -tg', 'GiB'],
  ])('%s', async (_, row, command, unit) => {
    const heading = '              total        used        free      shared  buff/cache   available\n';
    const parsed = await read(`${heading}Mem:        ${row}\n`, command === undefined ? {} : { command });
    expect(metric(parsed, 'total').unit).toBe(unit);
    expect(parsed.notes.length).toBe(unit === '' ? 1 : 0);
  });

  test('other languages, repeated, and on one line', async () => {
    const chinese = await read(`               total        used        free      shared  buff/cache   available
内存：      24684084      565164    22794304        8872     1635516    24118920
交换：             0           0           0
`);
    expect(valuesOf(chinese, 'used', '内存')).toEqual([565_164]);
    const line = await read('SwapUse           0 CachUse     1655204 MemUse      597212 MemFree    22742752\n');
    expect(valuesOf(line, 'MemFree')).toEqual([22_742_752]);
  });
});

describe('uptime', () => {
  const HOUR = 3600;
  test.each([
    [' 10:25:20 up 16:03,  2 users,  load average: 0.00, 0.01, 0.05', 16 * HOUR + 180, 2, [0, 0.01, 0.05]],
    ['10:25:20 up 3 days, 16:03,  1 user,  load average: 12.50, 8.25, 4.00', 88 * HOUR + 180, 1, [12.5, 8.25, 4]],
    [' 14:59:33 up 20 min,  0 user,  load average: 0,50, 0,58, 0,33', 1200, 0, [0.5, 0.58, 0.33]],
    [' 14:59:33 up 1 day, 3 min,  0 users,  load average: 0,50, 0,58, 0,33', 24 * HOUR + 180, 0, [0.5, 0.58, 0.33]],
    ['8:53  up 1 day, 22:28, 3 users, load averages: 1.70 1.73 1.84', 46 * HOUR + 1680, 3, [1.7, 1.73, 1.84]],
    ['10:25:20 AM  up  4:01, 12 users,  load averages: 1.20 1.31 1.40', 4 * HOUR + 60, 12, [1.2, 1.31, 1.4]],
  ])('%s', async (line, up, users, loads) => {
    const parsed = await read(`${line}\n`);
    expect(parsed.unread).toEqual([]);
    expect(valuesOf(parsed, 'up')).toEqual([up]);
    expect(valuesOf(parsed, 'users')).toEqual([users]);
    expect(['1', '5', '15'].flatMap((minutes) => valuesOf(parsed, 'load average', minutes))).toEqual(loads);
  });

  test('w adds who is logged in', async () => {
    const parsed = await read(` 10:25:20 up 16:03,  1 user,  load average: 0.00, 0.01, 0.05
USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT
ann      pts/0    192.168.1.7      09:12    1.00s  0.05s  0.00s vim notes and more
root     tty1                      Wed13   44:46   0.09s  0.05s -bash
`);
    expect(parsed.unread).toEqual([]);
    expect(plain(rowsOf(parsed))).toMatchObject([
      { USER: 'ann', 'LOGIN@': '09:12', WHAT: 'vim notes and more' },
      { FROM: '-', 'LOGIN@': 'Wed13', WHAT: '-bash' },
    ]);
  });

  test('/proc/loadavg', async () => {
    const parsed = await read('0.54 0.60 0.33 3/118 18317\n');
    expect(valuesOf(parsed, 'load average', '15')).toEqual([0.33]);
    expect(valuesOf(parsed, 'running')).toEqual([3]);
  });
});

describe('top', () => {
  const SCREEN = `top - 15:20:49 up 41 min,  1 user,  load average: 7.53, 4.63, 2.45
Tasks:   2 total,   1 running,   1 sleeping,   0 stopped,   0 zombie
%Cpu0  : 47.0 us, 23.5 sy, 20.9 ni,  0.0 id,  7.4 wa,  0.0 hi,  1.3 si,  0.0 st
%Cpu1  :100.0 us,  0.0 sy,  0.0 ni,  0.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st
KiB Mem : 25190241+total, 23180236+free,   999704 used, 31335072 buff/cache
GiB Swap:      7.6 total,      7.4 free,      0.2 used.    247.5 avail Mem

  PID USER      PR  NI    VIRT    RES    SHR S COMMAND          %CPU %MEM     TIME+
 4242 ann       20   0  0.227t   1.5g 12345m R order worker 2   99.7  0.6   1439:25
   10 root      rt   0       0      0      0 S migration/0       0.0  0.0   0:00.11
`;

  test('summary, CPUs one by one, cut numbers, units', async () => {
    const parsed = await read(SCREEN);
    expect(parsed.unread).toEqual([]);
    expect(plain(metric(parsed, 'us', '1'))).toMatchObject({ unit: '%', points: [[clock(15, 20, 49), 100]] });
    expect(valuesOf(parsed, 'used', 'Mem')).toEqual([999_704]);
    expect(plain(metric(parsed, 'avail Mem', 'Swap'))).toMatchObject({
      unit: 'GiB',
      points: [[clock(15, 20, 49), 247.5]],
    });
    expect(() => metric(parsed, 'total', 'Mem')).toThrow();
    expect(parsed.notes[0]).toContain('total of Mem is too wide');
  });

  test('processes, with the command in the middle and sizes with suffixes', async () => {
    const parsed = await read(SCREEN + SCREEN.replace('15:20:49', '15:20:54'));
    const [table] = eventsOf(parsed.datasets);
    expect(rowsOf(parsed)[0]).toEqual({
      PID: 4242,
      USER: 'ann',
      PR: '20',
      NI: 0,
      VIRT: 243_739_394.048,
      RES: 1_572_864,
      SHR: 12_641_280,
      S: 'R',
      COMMAND: 'order worker 2',
      '%CPU': 99.7,
      '%MEM': 0.6,
      'TIME+': '1439:25',
    });
    expect(plain(rowsOf(parsed)[1])).toMatchObject({ PR: 'rt', COMMAND: 'migration/0' });
    expect(plain(table?.at)).toEqual([49, 49, 54, 54].map((second) => clock(15, 20, second)));
  });

  test('the summary of old versions', async () => {
    const parsed = await read(`top - 10:25:20 up 16:03,  2 users,  load average: 0.00, 0.01, 0.05
Cpu(s):  0.3%us,  1.2%sy,  0.0%ni, 98.5%id,  0.0%wa,  0.0%hi,  0.0%si,  0.0%st
Mem:   8053804k total,  1262704k used,  6791100k free,    61596k buffers
`);
    expect(plain(metric(parsed, 'sy', 'all'))).toMatchObject({ unit: '%', points: [[clock(10, 25, 20), 1.2]] });
    expect(plain(metric(parsed, 'used', 'Mem'))).toMatchObject({
      unit: 'KiB',
      points: [[clock(10, 25, 20), 1_262_704]],
    });
  });
});

test('ps keeps commands whole', async () => {
  const parsed = await read(`USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
1000        4242 12.5  0.0  51288 19856 ?        Ss   14:39   0:03 java -jar "a  b.jar"
`);
  expect(plain(rowsOf(parsed))).toMatchObject([
    { USER: '1000', PID: 4242, '%CPU': 12.5, COMMAND: 'java -jar "a  b.jar"' },
  ]);
});

test('ps with its command before other columns', async () => {
  const parsed = await read(
    '    PID COMMAND         %CPU\n   4242 Web Content      1.5\n      1 systemd          0.0\n',
  );
  expect(rowsOf(parsed)).toEqual([
    { PID: 4242, COMMAND: 'Web Content', '%CPU': 1.5 },
    { PID: 1, COMMAND: 'systemd', '%CPU': 0 },
  ]);
});

describe('vmstat in other languages', () => {
  test.each([
    ['German', 'Cache                       Num Gesamt Größe Seiten', 'Größe'],
    ['Vietnamese', 'Nhớ tạm                Số Tổng   Cỡ  Trang', 'Cỡ'],
    ['Chinese', 'Cache                       Num 总共 大小  Pages', '大小'],
  ])('slabs in %s', async (_, heading, size) => {
    const text = `${heading}\nUNIX                         64     96   1024     32\nkmalloc-8                  5632   5632      8    512\n`;
    expect(claimants(text)).toEqual(['vmstat lists']);
    const parsed = await read(text);
    expect(parsed.unread).toEqual([]);
    expect(plain(metric(parsed, size, 'kmalloc-8'))).toMatchObject({ unit: 'B', points: [[null, 8]] });
  });

  test('sums of disks in French', async () => {
    const names = ['disques', 'partitions', 'lectures totales', 'lectures fusionnées', 'secteurs lus'];
    const text = names.map((name, i) => `${String(10 * i).padStart(13)} ${name}\n`).join('');
    expect(claimants(text)).toEqual(['vmstat lists']);
    expect(valuesOf(await read(text), 'secteurs lus')).toEqual([40]);
  });

  test.each([
    [
      'Ukrainian',
      'проц  -----------пам’ять--------- ---своп-- ----в/в---- -система- ----процесор---',
      ' r  b   swpd   free   buff кеш   si   so    bi    bo   in   cs us sy id wa st',
      '',
    ],
    [
      'Vietnamese, with a blank in a group',
      'ttrình -----------bộ nhớ----------- ---swap-- -----vr---- -hệthống ------cpu-----',
      ' r  b   swpd trống   buff nhớtạm   si   so    bi    bo   in   cs us sy id wa st',
      '',
    ],
    [
      'Polish, its last two groups run together',
      'proc. -----------pamięć---------- ---swap-- ---we/wy--- -system-- ------cpu-------------czas--------',
      'dz bl   swap  wolna  bufor  cache   si   so    bi    bo   in   cs uż sy be io sk                 UTC',
      ' 2026-11-20 16:47:59',
    ],
  ])('reports in %s', async (_, groups, names, stamp) => {
    const text = `${groups}\n${names}\n21  0      0 17666044  58392 6209088    0    0  1173  6189  954 4574 59 12 28  0  0${stamp}\n`;
    expect(claimants(text)).toEqual(['vmstat']);
    const parsed = await read(text);
    expect(parsed.unread).toEqual([]);
    const [series] = seriesOf(parsed.datasets);
    expect(series?.metrics.map(({ values }) => values[0])).toEqual([
      21, 0, 0, 17_666_044, 58_392, 6_209_088, 0, 0, 1173, 6189, 954, 4574, 59, 12, 28, 0, 0,
    ]);
    expect(series?.clock).toBe(stamp === '' ? null : 'local');
  });
});

test('who is logged in, under a translated heading', async () => {
  const parsed = await read(` 16:47:59 up  2:08,  1 user,  load average: 8,17, 7,92, 9,47
UŻYTK.  TTY      Z                ZAL.OD   BEZCZ. JCPU   PCPU CO
anna     pts/0    10.0.0.1         16:40    2.00s  0.33s  0.33s -bash
`);
  expect(parsed.unread).toEqual([]);
  expect(plain(rowsOf(parsed))).toMatchObject([{ 'UŻYTK.': 'anna', TTY: 'pts/0', CO: '-bash' }]);
});

test('the first line of top tells what uptime does', async () => {
  const parsed = await read('top - 11:20:43 up  1:18,  2 users,  load average: 0.00, 0.01, 0.05\n');
  expect(valuesOf(parsed, 'users')).toEqual([2]);
  expect(plain(metric(parsed, 'up'))).toMatchObject({ unit: 's', points: [[11 * 3600 + 20 * 60 + 43, 4680]] });
});

describe('cpu.stat and cpu.max', () => {
  const STAT = 'usage_usec 83120447\nnr_periods 1043\nnr_throttled 871\nthrottled_usec 40201337\n';
  test.each([
    ['cat', STAT, {}],
    ['head', `==> /sys/fs/cgroup/kubepods:burstable:pod1/cpu.stat <==\n${STAT}`, { group: 'kubepods:burstable:pod1' }],
    ['grep', STAT.replaceAll(/^/gm, '/sys/fs/cgroup/a b/cpu.stat:').replace(/\/sys[^\n]*$/, ''), { group: 'a b' }],
  ])('by %s', async (_, text, labels) => {
    expect(claimants(text)).toEqual(['cgroup']);
    const parsed = await read(text);
    expect(parsed.unreadCount).toBe(0);
    expect(plain(metric(parsed, 'throttled_usec'))).toMatchObject({ labels, unit: 'us', points: [[null, 40_201_337]] });
  });
  test.each([
    ['/sys/fs/cgroup/shop/cpu.max:50000 100000\n', 'quota', [50_000]],
    ['/sys/fs/cgroup/cpu,cpuacct/shop/cpu.cfs_period_us:100000\n', 'period', [100_000]],
  ])('%s', async (text, name, values) => {
    expect(valuesOf(await read(text), name, 'shop')).toEqual(values);
  });
  test('limits on memory, disks and processes, what is used of them, and who waits for them', async () => {
    const files = [
      ['memory.max', '104857600'],
      ['memory.high', 'max'],
      ['memory.current', '52428800'],
      ['memory.events', 'oom_kill 2'],
      ['pids.max', '512'],
      ['io.max', '254:0 rbps=max wbps=1048576 riops=max wiops=20'],
      ['io.stat', '254:0 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0'],
      ['io.pressure', 'full avg10=1.50 avg60=0.20 avg300=0.00 total=57026844'],
    ];
    const parsed = await read(files.map(([file, text]) => `/sys/fs/cgroup/shop/${file}:${text}\n`).join(''));
    expect(parsed.unread).toEqual([]);
    const of = (name: string) => {
      const { labels, unit, values } = metric(parsed, name);
      return [labels, unit, ...values];
    };
    const [group, device] = [{ group: 'shop' }, { group: 'shop', device: '254:0' }];
    expect(of('memory.max')).toEqual([group, 'bytes', 104_857_600]);
    expect(of('memory.current')).toEqual([group, 'bytes', 52_428_800]);
    expect(of('memory.events.oom_kill')).toEqual([group, '', 2]);
    expect(of('pids.max')).toEqual([group, '', 512]);
    expect(of('io.max.wbps')).toEqual([device, 'bytes/s', 1_048_576]);
    expect(of('io.max.wiops')).toEqual([device, '/s', 20]);
    expect(of('io.stat.wbytes')).toEqual([device, 'bytes', 314_773_504]);
    expect(of('total')).toEqual([{ ...group, resource: 'io', share: 'full' }, 'us', 57_026_844]);
    const names = seriesOf(parsed.datasets)[0]?.metrics.map(({ name }) => name) ?? [];
    for (const unlimited of ['memory.high', 'io.max.rbps', 'io.max.riops']) expect(names).not.toContain(unlimited);
  });
  test.each([
    ['memory.max:lots', 'memory.max'],
    ['io.max:254:0 wbps=fast', 'io.max'],
    ['io.pressure:some avg10=', 'io.pressure'],
  ])('%s is not as that file is written', async (line, file) => {
    const { unread } = await read(`/sys/fs/cgroup/shop/cpu.max:max 100000\n/sys/fs/cgroup/shop/${line}\n`);
    expect(unread.map(({ why }) => why)).toEqual([`not as ${file} is written`]);
  });
  test('a group without a limit has no quota, and what is no number is said', async () => {
    const parsed = await read('/sys/fs/cgroup/shop/cpu.max:max 100000\n/sys/fs/cgroup/shop/cpu.stat:nr_periods many\n');
    expect(seriesOf(parsed.datasets)[0]?.metrics.map(({ name }) => name)).toEqual(['period']);
    expect(plain(parsed.unread)).toMatchObject([{ line: 2 }]);
  });
});

test('a line of /proc/loadavg that cannot be read had its interval too', async () => {
  const text = '0.54 0.60 0.33 1/118 18317\n0.5\n0.50 0.60 0.33 1/118 18319\n';
  const parsed = await read(text, { interval: 5 });
  expect(parsed.unreadCount).toBe(1);
  expect(pointsOf(metric(parsed, 'running'))).toEqual([
    [0, 1],
    [10, 1],
  ]);
});

describe('df', () => {
  test.each([
    [
      'German',
      'Dateisystem    1K-Blöcke  Benutzt Verfügbar Verw% Eingehängt auf',
      '/dev/vda1 51606140 49000000 0 100% /',
    ],
    [
      'French',
      'Sys. de fichiers blocs de 1K  Utilisé Disponible Uti% Monté sur',
      '/dev/vda1 51606140 49000000 0 100% /',
    ],
    [
      'Japanese',
      'ファイルシス   タイプ 1K-ブロック     使用   使用可 使用% マウント位置',
      '/dev/vda1 ext4 51606140 49000000 0 100% /',
    ],
  ])('in %s', async (_, heading, row) => {
    const parsed = await read(`${heading}\n${row}\n`);
    expect(parsed.unread).toEqual([]);
    expect(seriesOf(parsed.datasets)[0]?.metrics.map(({ name, unit, values }) => [name, unit, ...values])).toEqual([
      ['Size', 'KiB', 51_606_140],
      ['Used', 'KiB', 49_000_000],
      ['Available', 'KiB', 0],
      ['Use%', '%', 100],
    ]);
  });

  test('blanks in the names of a share and of where it is mounted', async () => {
    const heading = 'Filesystem     1K-blocks     Used Available Use% Mounted on\n';
    const parsed = await read(`${heading}//nas/my share  1000000   500000    500000  50% /mnt/my share\n`);
    expect(parsed.unread).toEqual([]);
    expect(metric(parsed, 'Used')).toMatchObject({
      labels: { filesystem: '//nas/my share', mounted: '/mnt/my share' },
      values: Float64Array.of(500_000),
    });
  });
});

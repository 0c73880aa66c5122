/** What people paste: several outputs in a file, and what stands before, between and around them. */
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../src/datasets/cells.ts';
import { samples } from '../samples.ts';
import { linesOf, outline, pointsOf, sectionsIn } from './reading.ts';

const VMSTAT = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
 2  0      0 181244   2108 2811020    0    0    35    60  112  218  3  1 95  1  0
25  9      0 171244   2108 2811020    0    0   400  2060 1812 2218 33 11 10 46  0
26  8      0 171248   2108 2811024    0    0   401  2061 1813 2219 34 12 11 43  0
`;
const FREE = `               total        used        free      shared  buff/cache   available
Mem:           15884       12778         176          88        2929        2061
Swap:           2047         100        1947
`;
const UPTIME = ' 14:03:20 up 120 days,  3:04,  4 users,  load average: 25.10, 20.20, 12.30\n';
const IOSTAT = `Linux 5.14.0 (db1) 	10/09/2023 	_x86_64_	(4 CPU)

Device             tps    kB_read/s    kB_wrtn/s    kB_read    kB_wrtn
sda              84.73      2598.18      3146.18    3162109    3829060

Device             tps    kB_read/s    kB_wrtn/s    kB_read    kB_wrtn
sda               4.00        16.00        32.00         16         32
`;
const PS = `    PID TTY          TIME CMD
      1 ?        00:00:03 systemd
    812 ?        00:00:01 jbd2
`;

describe('several outputs in one file', () => {
  test('end where the next begins, and none is a row of another', async () => {
    const sections = await sectionsIn(IOSTAT + VMSTAT + PS + FREE + UPTIME);
    expect(outline(sections)).toEqual(['iostat 1+7', 'vmstat 8+5', 'ps 13+3', 'free 16+3', 'uptime 19+1']);
    expect(sections.flatMap(({ parsed }) => parsed.unread)).toEqual([]);
    // sda is the only device, and vmstat's rows are on the lines of the file.
    const disks = sections[0]?.parsed.datasets[0];
    expect(disks?.shape === 'series' && new Set(disks.metrics.map(({ labels }) => labels.Device))).toEqual(
      new Set(['sda']),
    );
    expect(linesOf(sections[1]?.parsed.datasets[0])).toEqual([10, 11, 12]);
  });

  test.each([1, 7, 64, 1000])('the same however the bytes come: %i at a time', async (chunk) => {
    const text = `=== vmstat 1 3 ===\n${VMSTAT}=== free -m ===\n${FREE}$ uptime\n${UPTIME}`;
    expect(outline(await sectionsIn(text, chunk))).toEqual(outline(await sectionsIn(text)));
  });

  test.each([
    ['=== free -m ==='],
    ['==== free -m'],
    ['### free -m'],
    ['## free -m ##'],
    ['***** free -m *****'],
    ['--- free -m ---'],
    ['+ free -m'],
    ['++ sudo free -m'],
    ['[root@db1 ~]# free -m'],
    ['root@db1:~# free -m'],
    ['user@db1:/var/log$ sudo free -m'],
    ['sh-5.2$ free -m'],
    ['$ free -m'],
    ['# free -m'],
    ['free -m'],
    ['free -m:'],
    ['Output of free -m:'],
    ['Command: free -m'],
    ['$ LC_ALL=C /usr/bin/free -m | head'],
    ['>>> free -m'],
    ['<<< free -m >>>'],
    [':: free -m ::'],
    ['[ free -m ]'],
    ['2) free -m'],
    ['**free -m:**'],
    ['### `free -m`'],
    ['=========\nfree -m\n========='],
    ['free -m\n-------'],
    ['{code:title=free -m|borderStyle=solid}'],
    ['➜  ~ free -m'],
    ['➜  app git:(main) ✗ free -m'],
    ['❯ sudo -u postgres free -m'],
    ['┌──(root㉿db1)-[~]\n└─# free -m'],
    ['/ # free -m'],
    ['(venv) root@db1:~# free -m'],
    ['PS C:\\Users\\me> ssh root@db1 free -m'],
    ['C:\\>ssh db1 free -m'],
    ["ops@bastion:~$ ssh -p 2222 root@db1 'free -m; exit'"],
    ['$ kubectl exec -n prod db-0 -c db -- free -m'],
    ['$ docker exec -u root db free -m'],
  ])('%s tells the command', async (heading) => {
    const [vmstat, free] = await sectionsIn(`${VMSTAT}${heading}\n${FREE}`);
    expect(outline([vmstat, free] as never)).toEqual(['vmstat 1+5', `free 6+${3 + heading.split('\n').length}`]);
    expect(free?.command).toContain('free -m');
    expect(vmstat?.parsed.unread).toEqual([]);
    // MiB, because the flag says so.
    expect(free?.parsed.datasets[0]).toMatchObject({
      metrics: expect.arrayContaining([expect.objectContaining({ name: 'total', unit: 'MiB' })]),
    });
  });

  test.each([
    ['== web1 ==', '== web2 ==', ['web1', 'web2']],
    ['### db1.example.com', '### db2.example.com', ['db1.example.com', 'db2.example.com']],
    ['$ ssh web1 free', '$ ssh ops@web2 free', ['web1', 'web2']],
    ['$ ssh web1\nweb1:~$ free', '$ ssh web2\nweb2:~$ free', ['web1', 'web2']],
    ['$ kubectl exec -it web-0 -- sh\n/ # free', '/ # exit\n$ kubectl exec web-1 -- free', ['web-0', 'web-1']],
    ['[1] 14:03:20 [SUCCESS] web1', '[2] 14:03:21 [SUCCESS] web2:22', ['web1', 'web2']],
    // dshbak and clush
    ['----------------\nweb[1-3]\n----------------', '----------------\nweb4\n----------------', ['web[1-3]', 'web4']],
    ['---------------\nweb[1-2] (2)\n---------------', '---------------\nold\n---------------', ['web[1-2]', 'old']],
    // of the same host, whatever is counted
    ['== run1 ==', '== run2 ==', [null]],
    ['== eth0 ==', '== eth1 ==', [null]],
    ['## CMake.js', '## os.path.join', [null]],
  ])('%s and %s tell whose it is', async (one, other, hosts) => {
    const sections = await sectionsIn(`${one}\n${FREE}${other}\n${FREE}`);
    expect([...new Set(sections.filter(({ grammar }) => grammar.name === 'free').map(({ host }) => host))]).toEqual(
      hosts,
    );
  });

  test('what a pager shows at its end is no line of the output', async () => {
    for (const mark of ['(END)', '--More--(15%)', 'lines 1-24/100 (END)', '[1]+  Stopped                 vmstat 1']) {
      const [vmstat] = await sectionsIn(`${VMSTAT}${mark}\n`);
      expect(vmstat?.parsed.unread, mark).toEqual([]);
    }
  });

  test('supportconfig puts the command under its heading', async () => {
    const text = `#==[ Command ]======================================#\n# /usr/bin/free -m\n${FREE}\n#==[ Command ]======================================#\n# /usr/bin/vmstat 1 3\n${VMSTAT}`;
    const sections = await sectionsIn(text);
    expect(sections.map(({ command }) => command)).toEqual(['/usr/bin/free -m', '/usr/bin/vmstat 1 3']);
  });

  test('an interval in the command gives times', async () => {
    const [vmstat] = await sectionsIn(`$ vmstat -S M 5 3\n${VMSTAT}`);
    expect(pointsOf(vmstat as never, 'r').map(([at]) => at)).toEqual([0, 5, 10]);
    expect(vmstat?.parsed.datasets[0]).toMatchObject({
      metrics: expect.arrayContaining([expect.objectContaining({ name: 'free', unit: 'MiB' })]),
    });
  });

  test('a paste of a ticket: fences, prose, the rest is text', async () => {
    const sections = await sectionsIn(
      `Hi, the host is slow:\n\n\`\`\`console\n$ vmstat 1\n${VMSTAT}\`\`\`\n\nthanks\n`,
    );
    expect(outline(sections)).toEqual(['text 1+5', 'vmstat 3+7']);
    expect(sections[0]?.parsed.datasets).toMatchObject([
      { shape: 'text', lines: ['Hi, the host is slow:', '', 'thanks'] },
    ]);
    expect(sections[1]?.parsed.unread).toEqual([]);
  });

  test('a file of nothing that is known is one text, its headings too', async () => {
    const text = '=== lsof ===\nsome words\n\n=== date ===\nMon Oct  9 14:03:20 CEST 2023\nother words\n';
    const sections = await sectionsIn(text);
    expect(sections).toHaveLength(1);
    expect(sections[0]?.grammar.name).toBe('text');
    expect(sections[0]?.parsed).toMatchObject({ lines: 6, unreadCount: 0 });
  });

  test('every line is of one section, and the raw text has the numbers of the file', async () => {
    const text = `Hello\n=== vmstat 1 3 ===\n${VMSTAT}\nMon Oct  9 14:03:20 CEST 2023\n=== free ===\n${FREE}\n`;
    const sections = await sectionsIn(text);
    expect(sections.reduce((sum, { parsed }) => sum + parsed.lines, 0)).toBe(text.split('\n').length - 1);
    for (const { raw, firstLine, parsed } of sections) {
      const lines = text.split('\n');
      (raw as string).split('\n').forEach((line, i) => {
        if (line !== '') expect(line).toBe(lines[firstLine - 1 + i]);
      });
      for (const line of linesOf(parsed.datasets[0])) expect(raw?.split('\n')[line - firstLine]).not.toBe('');
    }
  });

  test('a banner begins a run, with a row since boot of its own', async () => {
    const [iostat, ...others] = await sectionsIn(IOSTAT + IOSTAT);
    expect(others).toEqual([]);
    const dataset = iostat?.parsed.datasets[0];
    expect(dataset?.shape === 'series' && dataset.metrics[0]).toMatchObject({
      sinceBoot: 2,
      lines: Uint32Array.of(4, 11, 7, 14),
    });
  });

  test('vmstat appended by cron: each run begins with an average since boot', async () => {
    const run = `${VMSTAT.split('\n').slice(0, 4).join('\n')}\n`;
    const [vmstat] = await sectionsIn(run.repeat(3));
    const dataset = vmstat?.parsed.datasets[0];
    expect(dataset?.shape === 'series' && dataset.metrics[0]).toMatchObject({
      sinceBoot: 3,
      lines: Uint32Array.of(3, 7, 11, 4, 8, 12),
    });
  });

  test('the heading of every screen begins none', async () => {
    const [groups, names, average, row] = VMSTAT.split('\n') as [string, string, string, string];
    const screen = `${groups}\n${names}\n`;
    const text = `${screen}${average}\n${`${row}\n`.repeat(20)}${screen}${`${row}\n`.repeat(21)}${screen}${`${row}\n`.repeat(3)}`;
    const [vmstat] = await sectionsIn(text);
    const dataset = vmstat?.parsed.datasets[0];
    expect(dataset?.shape === 'series' && dataset.metrics[0]?.sinceBoot).toBe(1);
  });
});

describe('times that stand above', () => {
  const date = (second: number) => `Mon Oct  9 14:03:${second} CEST 2023\n`;
  const start = Date.UTC(2023, 9, 9, 14, 3, 20) / 1000;

  test('a loop is one dataset over time for each tool', async () => {
    const round = (second: number) => `${date(second)}${UPTIME}${FREE}${IOSTAT}`;
    const sections = await sectionsIn(round(20) + round(30) + round(40));
    expect(sections.map(({ parsed, grammar }) => parsed.tool ?? grammar.name)).toEqual(['uptime', 'free', 'iostat']);
    expect(pointsOf(sections[1] as never, 'total').map(([at]) => at)).toEqual([start, start + 10, start + 20]);
    expect(sections[1]?.parsed.datasets[0]?.clock).toBe('local');
  });

  test.each([
    'Mon Oct  9 14:03:20 CEST 2023',
    'Mon Oct  9 02:03:20 PM CEST 2023',
    'Mon 09 Oct 2023 02:03:20 PM CEST',
    'Mon, 09 Oct 2023 14:03:20 +0200',
    'Mo 9. Okt 14:03:20 CEST 2023',
    'lun. 09 oct. 2023 14:03:20 CEST',
    'mar 09 oct 2023 14:03:20 CEST',
    '2023-10-09 14:03:20',
    '===== Mon Oct  9 14:03:20 CEST 2023 =====',
    'zzz ***Mon Oct 9 14:03:20 CEST 2023',
    'zzz <2023-10-09 14:03:20> subcount: 1',
    'TIME: Mon Oct  9 14:03:20 CEST 2023',
    '[2023-10-09 14:03:20]',
    '1696860200',
    '=== 1696860200 ===',
  ])('%s', async (line) => {
    const [free] = await sectionsIn(`${line}\n${FREE}`);
    expect(pointsOf(free as never, 'total')).toEqual(
      [
        [start, 15884],
        [start, 2047],
      ].slice(0, 1),
    );
  });

  test('OSWatcher runs vmstat once a second', async () => {
    const round = (second: number) => `zzz ***Mon Oct 9 14:03:${second} CEST 2023\n${VMSTAT}`;
    const [vmstat] = await sectionsIn(`Linux OSWbb v7.3.3 db1\nSNAP_INTERVAL  30\n${round(20)}${round(50)}`);
    const times = pointsOf(vmstat as never, 'r').map(([at]) => (at as number) - start);
    expect(times).toEqual([0, 30, 1, 2, 31, 32]);
  });

  test('a number above what no tool prints is no time', async () => {
    const [text] = await sectionsIn('1696860200\nand so on\n');
    expect(text?.parsed.datasets).toMatchObject([{ shape: 'text', lines: ['1696860200', 'and so on'] }]);
  });

  test('marks of journalctl are no headings', async () => {
    const line = 'Oct 09 14:03:20 db1 kernel: Out of memory: Killed process 4242 (java)';
    const sections = await sectionsIn(
      `-- Logs begin at Mon 2023-10-02 08:00:00 CEST. --\n${line}\n-- Reboot --\n${line}\n`,
    );
    expect(outline(sections)).toEqual(['dmesg 1+4']);
    expect(sections[0]?.host).toBe('db1');
  });

  test('a date alone does not tell when the rows of a long run were printed', async () => {
    const [vmstat] = await sectionsIn(`${date(20)}${VMSTAT}`);
    expect(pointsOf(vmstat as never, 'r').map(([at]) => at)).toEqual([null, null, null]);
  });

  test('stamps of iostat -t and of bcc tools are theirs', async () => {
    const stamped = IOSTAT.replaceAll('\nDevice', '\n10/09/2023 02:03:20 PM\nDevice');
    const sections = await sectionsIn(stamped);
    expect(outline(sections)).toEqual(['iostat 1+9']);
    expect(sections[0]?.parsed.unread).toEqual([]);
  });

  test('intervals of bpftrace in which nothing was printed are none of the output below', async () => {
    const counts =
      'Attaching 2 probes...\n06:21:07\n@[cc1, 9512]: 134\n06:21:08\n\n06:21:09\n@[tmux: server, 4242]: 4\n\n\n';
    const sections = await sectionsIn(`${counts}=== memory ===\n${FREE}`);
    expect(outline(sections)).toEqual(['bpftrace 1+9', 'free 10+4']);
    expect(pointsOf(sections[1] as never, 'total')[0]?.[0]).toBe(null);
  });

  test('stamps of the rows of pidstat -h are theirs: its headings have none', async () => {
    // sysstat 12.6 prints so in a locale of 24 hours.
    const report = (i: number) => [
      '# Time        UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command',
      ...Array.from(
        { length: 40 },
        (_, pid) => `14:03:2${i}        0     ${1000 + pid}    1.00    0.00    0.00    0.00    1.00     0  w`,
      ),
      '',
    ];
    const sections = await sectionsIn(
      ['Linux 6.1.0 (db1) \t10/09/23 \t_x86_64_\t(2 CPU)', '', ...report(0), ...report(1)].join('\n'),
    );
    expect(sections.map(({ parsed }) => [parsed.tool, parsed.unread.length])).toEqual([['pidstat', 0]]);
    const [table] = sections.flatMap(({ parsed }) => parsed.datasets);
    // 14:03:20 and 14:03:21, a second apart.
    const times = [...new Set(table?.shape === 'events' ? table.at : [])];
    expect([times.length, (times[1] as number) - (times[0] as number)]).toEqual([2, 1]);
  });
  test('the stamp that an output begins with is none of the table above', async () => {
    const table = 'time,host,p99_ms\n1700000000,db1,4.2\n1700000001,db1,0.75\n';
    const counters = ['nr_periods 20', 'nr_throttled 4', 'throttled_time 1700000'];
    const stats = ['17:58:02', '17:58:03'].map((stamp) =>
      [stamp, ...counters.map((counter) => `/sys/fs/cgroup/cpu/shop.slice/cpu.stat:${counter}`), ''].join('\n'),
    );
    expect(outline(await sectionsIn(table + stats.join('')))).toEqual(['csv 1+3', 'throttled 4+8']);
  });

  test('what memleak attaches to is no line of the profile above', async () => {
    const profile = '{"nodes":[{"id":1,"callFrame":{"functionName":"(root)","url":""},"hitCount":2}]}\n';
    const leak =
      'Attaching to pid 5193, Ctrl+C to quit.\n[11:16:33] Top 1 stacks with outstanding allocations:\n\t80 bytes in 5 allocations from stack\n\t\tmain+0x6d [allocs]\n';
    expect(outline(await sectionsIn(profile + leak))).toEqual(['cpuprofile 1+1', 'memleak 2+4']);
  });
});

describe('what is wrapped around the lines', () => {
  const lines = (text: string) => text.trimEnd().split('\n');
  const vmstat = { read: 5, unreadCount: 0 };

  test.each([
    ['quote marks', (line: string) => `> ${line}`],
    ['twice', (line: string) => `>> ${line}`],
    ['a tab', (line: string) => `\t${line}`],
    ['four blanks', (line: string) => `    ${line}`],
    ['stamps of ts', (line: string, i: number) => `Oct 09 14:03:2${i} ${line}`],
    ['stamps of ts %.T', (line: string, i: number) => `14:03:2${i}.123456 ${line}`],
    ['stamps of ts -s', (line: string, i: number) => `00:00:0${i} ${line}`],
    ['ISO stamps', (line: string, i: number) => `2023-10-09T14:03:2${i}+0200 ${line}`],
    ['epoch stamps', (line: string, i: number) => `169685300${i}.123456 ${line}`],
    ['a host', (line: string) => `db1: ${line}`],
    ['a host of fabric', (line: string) => `[db1] out: ${line}`],
    ['a container', (line: string) => `web-1  | ${line}`],
    ['colours', (line: string) => `\u001b[32;22m${line}\u001b[0m`],
    ['ends of Windows', (line: string) => `${line}\r`],
    ['ends of a terminal log', (line: string) => `${line}\r\r`],
    ['quote marks, then stamps', (line: string, i: number) => `> Oct 09 14:03:2${i} ${line}`],
  ])('%s', async (_, wrap) => {
    const sections = await sectionsIn(`${lines(VMSTAT).map(wrap).join('\n')}\n`);
    expect(outline(sections)).toEqual(['vmstat 1+5']);
    expect(sections[0]?.parsed).toMatchObject(vmstat);
  });

  // Each reads in some way with something before its lines, and in a wrong one.
  const MPSTAT = `Linux 5.14.0 (db1) \t10/09/2023 \t_x86_64_\t(2 CPU)

14:03:20     CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle
14:03:21     all   33.00    0.00   11.00   46.00    0.00    0.00    0.00    0.00    0.00   10.00
14:03:21       0   35.00    0.00   10.00   45.00    0.00    0.00    0.00    0.00    0.00   10.00
`;
  const PS_AUX = `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
root           1  0.1  0.0  51288 19856 ?        Ss   14:39   0:03 /sbin/init splash
mysql        812 93.4 12.0 951288 91856 ?        Sl   14:39   9:03 /usr/sbin/mysqld
`;
  const BUSYBOX_PS = `PID   USER     TIME  COMMAND
    1 root      0:03 init
  812 root      0:00 sh -c while :; do date; sleep 9
`;
  const INTERRUPTS = `           CPU0       CPU1
  0:         40          0   IO-APIC   2-edge      timer
 24:        101         99   PCI-MSI 512-edge      virtio0
`;
  const MEMINFO = 'MemTotal:       16265216 kB\nMemFree:          180224 kB\nMemAvailable:    2110464 kB\n';
  const OUTPUTS = { VMSTAT, MPSTAT, PS_AUX, BUSYBOX_PS, INTERRUPTS, MEMINFO };

  /** Values and names, without times and lines. */
  async function valuesIn(text: string): Promise<string[]> {
    const datasets = (await sectionsIn(text)).flatMap(({ parsed }) => parsed.datasets);
    return datasets.flatMap((dataset) => {
      if (dataset.shape === 'series')
        return dataset.metrics.map(({ name, labels, unit, values }) =>
          JSON.stringify([name, labels, unit, [...values]]),
        );
      return dataset.shape === 'events' ? [...rowsOf(dataset)].map((row) => JSON.stringify(row)) : [dataset.shape];
    });
  }

  describe.each(Object.entries(OUTPUTS))('%s reads as it does alone', (_, output) => {
    test.each<[string, (line: string, i: number) => string]>([
      ['quote marks', (line) => `> ${line}`],
      ['a tab', (line) => `\t${line}`],
      ['stamps of ts %T', (line, i) => `14:03:2${i} ${line}`],
      ['stamps of ts %F %T', (line, i) => `2023-10-09 14:03:2${i} ${line}`],
      ['docker logs -t', (line, i) => `2023-10-09T14:03:20.12345678${i}Z ${line}`],
      ['a file of CRI', (line, i) => `2023-10-09T14:03:20.12345678${i}Z stdout F ${line}`],
      [
        'a file of docker',
        (line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2023-10-09T14:03:20.123456789Z' }),
      ],
      [
        'journalctl -o json',
        (line) => JSON.stringify({ __REALTIME_TIMESTAMP: '1696860200000000', _HOSTNAME: 'db1', MESSAGE: line }),
      ],
      ['journalctl', (line, i) => `Oct 09 14:03:2${i} db1 collect[812]: ${line}`],
      ['rsyslog', (line, i) => `2023-10-09T14:03:2${i}.123456+02:00 db1 collect: ${line}`],
      ['pdsh', (line) => `db1: ${line}`],
      ['the width of a terminal', (line) => line.padEnd(120)],
      ['hard blanks', (line) => line.replaceAll('  ', '\u00a0 ')],
      ['a page', (line, i) => `${i === 0 ? '<pre>\n' : ''}${line.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}`],
      ['cat -n', (line, i) => `${String(i + 1).padStart(6)}\t${line}`],
      ['grep -n', (line, i) => `${i + 7}:${line}`],
      ['numbers of a ticket', (line, i) => `${i + 1}. ${line}`],
      ['numbers of a viewer', (line, i) => `${String(i + 1).padStart(4)} | ${line}`],
      ['grep -H', (line) => `node1/out.txt:${line}`],
      ['grep -Hn', (line, i) => `/tmp/case-7/out.txt:${i + 1}:${line}`],
      ['stern', (line) => `web-7d9f8b6c5-x2x4q app ${line}`],
      ['stern -A', (line) => `default web-0 app ${line}`],
      ['a pane of tmux', (line) => `${line.padEnd(120)}│`],
      ['a box', (line) => `│ ${line.padEnd(119)}│`],
      ['a quote of Slack', (line) => `&gt; ${line.replaceAll('<', '&lt;')}`],
      ['stamps without seconds', (line, i) => `2023-10-09 14:0${i} ${line}`],
      ['stamps of a chat', (line) => `[14:03] ${line}`],
    ])('in %s', async (_, wrap) => {
      const plain = await valuesIn(output);
      expect(plain.length).toBeGreaterThan(0);
      expect(await valuesIn(`${lines(output).map(wrap).join('\n')}\n`)).toEqual(plain);
    });
  });

  test.each(Object.entries(OUTPUTS))(
    '%s broken at the edge of a terminal, or spread over twice the lines, reads as it does alone',
    async (_, output) => {
      const plain = await valuesIn(output);
      const width = Math.max(...lines(output).map((line) => line.length)) - 3;
      const broken = lines(output).flatMap(
        (line) => line.match(new RegExp(`.{1,${Math.max(width, 60)}}`, 'g')) ?? [''],
      );
      expect(await valuesIn(`${broken.join('\n')}\n`)).toEqual(plain);
      expect(await valuesIn(`${lines(output).join('\n\n')}\n`)).toEqual(plain);
    },
  );

  test('lines that were broken have the numbers of their beginnings, and no row is joined that ends there', async () => {
    const rows = lines(VMSTAT).flatMap((line) => (line.length > 78 ? [line.slice(0, 78), line.slice(78)] : [line]));
    const [section] = await sectionsIn(`${rows.join('\n')}\n`);
    expect(linesOf(section?.parsed.datasets[0])).toEqual([5, 7, 9]);
    // As wide as the widest, above one that was cut: nothing of it may be taken for its end.
    const cutOff = `${VMSTAT}${lines(VMSTAT)[4]?.slice(0, 60)}\n`;
    const [whole] = await sectionsIn(cutOff);
    expect(whole?.parsed).toMatchObject({ read: 5, unreadCount: 1 });
  });

  test('grep -H over the files of two nodes is of two hosts', async () => {
    const of = (node: string, kb: number) =>
      `${node}/meminfo:MemTotal:       16265216 kB\n${node}/meminfo:MemFree:          ${kb} kB\n`;
    const sections = await sectionsIn(of('node1', 180224) + of('node2', 90112));
    expect(sections.map((section) => [section.host, pointsOf(section, 'MemFree')[0]?.[1]])).toEqual([
      ['node1', 180224],
      ['node2', 90112],
    ]);
  });

  test('hyphens as a word processor writes them', async () => {
    const text = VMSTAT.replaceAll('--', '—').replaceAll('-', '–');
    expect(outline(await sectionsIn(text))).toEqual(['vmstat 1+5']);
  });

  test('parts of what a tool printed: some lines of meminfo, top without its first line, free without its blanks', async () => {
    const [memory] = await sectionsIn('Dirty:               120 kB\nWriteback:             8 kB\n');
    expect([pointsOf(memory as never, 'Dirty'), pointsOf(memory as never, 'Writeback')]).toEqual([
      [[null, 120]],
      [[null, 8]],
    ]);
    const [top] = await sectionsIn(`Tasks:  96 total,   2 running,  94 sleeping,   0 stopped,   0 zombie
%Cpu(s): 33.3 us, 11.1 sy,  0.0 ni, 10.0 id, 45.6 wa,  0.0 hi,  0.0 si,  0.0 st

    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
    812 mysql     20   0  951288  91856   7000 D  93.4  12.0   9:03.10 mysqld
`);
    expect(top?.parsed).toMatchObject({ tool: null, unreadCount: 0, datasets: [{ tool: 'top' }, { tool: 'top' }] });
    const free = FREE.replace(/ +/g, ' ').replace(/^ /, '');
    expect(pointsOf((await sectionsIn(free))[0] as never, 'used')).toEqual(
      pointsOf((await sectionsIn(FREE))[0] as never, 'used'),
    );
  });

  test('one line of each of many hosts', async () => {
    const text = [1, 2, 3, 4].map((i) => `db${i}: ${UPTIME.replace('25.10', `${i}.10`)}`).join('');
    const sections = await sectionsIn(text);
    expect(sections.map((section) => [section.host, pointsOf(section, 'load average')[0]?.[1]])).toEqual([
      ['db1', 1.1],
      ['db2', 2.1],
      ['db3', 3.1],
      ['db4', 4.1],
    ]);
  });

  test('a journal of two hosts is two outputs', async () => {
    const text = lines(VMSTAT).flatMap((line, i) =>
      ['db1', 'web2'].map(
        (host) => `Oct 09 14:03:2${i} ${host} collect[812]: ${host === 'db1' ? line : line.replace(/^25/, '99')}`,
      ),
    );
    const sections = await sectionsIn(text.join('\n'));
    expect(sections.map(({ host }) => host)).toEqual(['db1', 'web2']);
    expect(pointsOf(sections[1] as never, 'r').map(([, value]) => value)).toEqual([2, 99, 26]);
  });

  test('a journal in which the rows of two tools alternate, a host each', async () => {
    const free = lines(FREE);
    const text = lines(VMSTAT).flatMap((line, i) => [
      `Oct 09 14:03:2${i} db1 collect[812]: ${line}`,
      ...(free[i] === undefined ? [] : [`Oct 09 14:03:2${i} web2 collect[812]: ${free[i]}`]),
    ]);
    const sections = await sectionsIn(text.join('\n'));
    expect(sections.map(({ host, grammar }) => [host, grammar.name])).toEqual([
      ['db1', 'vmstat'],
      ['web2', 'free'],
    ]);
  });

  test('ts tells when each row was printed', async () => {
    const text = lines(VMSTAT).map((line, i) => `Oct 09 14:03:2${i} ${line}`);
    const [section] = await sectionsIn(text.join('\n'));
    const noon = 14 * 3600 + 3 * 60 + 20;
    expect(pointsOf(section as never, 'r')).toEqual([
      [noon + 2, 2],
      [noon + 3, 25],
      [noon + 4, 26],
    ]);
  });

  test('lines of two hosts that alternate are two outputs, with the lines of the file', async () => {
    const text = lines(VMSTAT).flatMap((line) => [`db1: ${line}`, `web2: ${line.replace(/^25/, '99')}`]);
    const sections = await sectionsIn(text.join('\n'));
    expect(sections.map(({ host }) => host)).toEqual(['db1', 'web2']);
    expect(pointsOf(sections[1] as never, 'r').map(([, value]) => value)).toEqual([2, 99, 26]);
    expect(linesOf(sections[1]?.parsed.datasets[0])).toEqual([6, 8, 10]);
  });

  test('blocks of salt', async () => {
    const block = (text: string) =>
      lines(text)
        .map((line) => `    ${line}`)
        .join('\n');
    const sections = await sectionsIn(`web1.example.com:\n${block(VMSTAT)}\nweb2.example.com:\n${block(FREE)}\n`);
    expect(sections.map(({ host, grammar, firstLine }) => [host, grammar.name, firstLine])).toEqual([
      ['web1.example.com', 'vmstat', 1],
      ['web2.example.com', 'free', 7],
    ]);
    expect(linesOf(sections[0]?.parsed.datasets[0])).toEqual([4, 5, 6]);
  });

  test('line ends of old Macs', async () => {
    const sections = await sectionsIn(VMSTAT.replaceAll('\n', '\r'));
    expect(outline(sections)).toEqual(['vmstat 1+5']);
  });

  test('a page that was saved', async () => {
    const text = `<html><body><pre>${VMSTAT}</pre><p>free:</p><pre>${FREE}</pre></body></html>\n`;
    const sections = await sectionsIn(text);
    expect(outline(sections)).toEqual(['vmstat 1+5', 'free 6+4']);
    expect(sections.flatMap(({ parsed }) => parsed.unread)).toEqual([]);
  });

  test('a mail tells when it was sent, not when what is in it was printed', async () => {
    const head = 'From: a@example.com\nDate: Mon, 09 Oct 2023 14:03:20 +0200\nSubject: slow\n\n';
    const sections = await sectionsIn(`${head}${FREE}`);
    expect(pointsOf(sections[1] as never, 'total')[0]).toEqual([null, 15884]);
  });

  test('lines beyond what is read of alternating hosts are unread, with their numbers in the file', async () => {
    const text = lines(VMSTAT).flatMap((line) => [`db1: ${line}`, `web2: ${line}`]);
    expect(text).toHaveLength(10);
    // The first seven lines fit, and not the eighth.
    const characters = text.slice(0, 8).join('').length - 1;
    for (const chunk of [1 << 20, 50]) {
      const sections = await sectionsIn(text.join('\n'), chunk, { hostLimits: { hosts: 9, characters } });
      expect(sections.map(({ host, parsed: { lines } }) => [host, lines])).toEqual([
        ['db1', 5],
        ['web2', 5],
      ]);
      expect(sections.map((section) => pointsOf(section, 'r').length)).toEqual([2, 1]);
      expect(sections.map(({ parsed }) => parsed.unread.map(({ line, text }) => [line, text]))).toEqual([
        [[9, text[8]]],
        [
          [8, text[7]],
          [10, text[9]],
        ],
      ]);
      expect(sections[0]?.parsed.unread[0]?.why).toMatch(/cut the file/);
      for (const { parsed } of sections) expect(parsed.lines).toBe(parsed.read + parsed.noise + parsed.unreadCount);
    }
  });

  test('lines of more hosts than are told apart are unread, and never those of another', async () => {
    const text = lines(VMSTAT).flatMap((line) => ['db1', 'web2', 'web3', 'web4'].map((host) => `${host}: ${line}`));
    const sections = await sectionsIn(text.join('\n'), 1 << 20, { hostLimits: { hosts: 2, characters: 1e6 } });
    expect(sections.map(({ host, parsed: { lines, unreadCount } }) => [host, lines, unreadCount])).toEqual([
      ['db1', 5, 0],
      ['web2', 5, 0],
      [null, 10, 10],
    ]);
    expect(sections.map((section) => pointsOf(section, 'r').length)).toEqual([3, 3, 0]);
    expect(sections[2]?.parsed.unread[0]).toEqual({
      line: 3,
      text: text[2],
      why: expect.stringMatching(/2 in the file/),
    });
  });

  test('a mail that quotes some, and says some itself', async () => {
    const quoted = lines(FREE).map((line) => `> ${line}`);
    const sections = await sectionsIn(`Hello,\n\n${quoted.join('\n')}\n\nand now:\n\n${VMSTAT}`);
    expect(sections.map(({ grammar }) => grammar.name)).toEqual(['text', 'free', 'vmstat']);
  });

  test('script: its lines, what was typed, and rubbed out, are none of the output', async () => {
    const shown = `Script started on 2023-10-09 14:03:20+02:00 [TERM="xterm" TTY="/dev/pts/0" COLUMNS="80" LINES="24"]\n`;
    const typed = `\u001b]0;root@db1: ~\u0007\u001b[?2004h[root@db1 ~]# vmsta\b\bstat 1 3\r\n\u001b[?2004l\r${VMSTAT.replaceAll('\n', '\r\n')}`;
    const sections = await sectionsIn(
      `${shown}${typed}\u001b[?2004h[root@db1 ~]# exit\r\n\nScript done on 2023-10-09 14:03:30+02:00 [COMMAND_EXIT_CODE="0"]\n`,
    );
    expect(sections.map(({ grammar }) => grammar.name)).toEqual(['vmstat']);
    expect(sections[0]?.parsed.unread).toEqual([]);
    expect(sections[0]?.host).toBe('db1');
  });

  test('watch', async () => {
    for (const head of [
      'Every 2.0s: free -m            db1: Mon Oct  9',
      'Alle 2,0s: free -m            db1: Mo  9 Okt',
    ]) {
      const [free] = await sectionsIn(`${head} 14:03:20 2023\n\n${FREE}`);
      expect(free).toMatchObject({ command: 'free -m', host: 'db1' });
      expect(pointsOf(free as never, 'total')[0]?.[0]).toBe(Date.UTC(2023, 9, 9, 14, 3, 20) / 1000);
    }
  });
});

describe('what looks like a heading and is none', () => {
  test.each(samples.filter(({ tool }) => tool === 'top'))('that of the processes in $name', async ({ text }) => {
    // It is like that of ps.
    expect(outline(await sectionsIn(text))).toEqual([`top 1+${text.split('\n').length - 1}`]);
  });
  test.each([
    [
      'pidstat -h',
      '# Time        UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command\n1696853000      0         1    0.00    1.00    0.00    0.00    1.00     0  systemd\n',
    ],
    [
      'perf sched latency',
      ' -------------------------------------------------------------------------------------------------------------------------------------------\n  Task                  |   Runtime ms  |  Count   | Avg delay ms    | Max delay ms    | Max delay start           | Max delay end          |\n -------------------------------------------------------------------------------------------------------------------------------------------\n  dd:9843               |      3.975 ms |        1 | avg:   0.010 ms | max:   0.010 ms | max start: 11512.670163 s | max end: 11512.670173 s\n',
    ],
  ])('%s', async (_, text) => {
    const sections = await sectionsIn(text);
    expect(sections).toHaveLength(1);
    expect(sections[0]?.grammar.name).not.toBe('text');
    expect(sections[0]?.parsed.unread).toEqual([]);
  });
});

test.each([
  ['ps/two-processes.txt', 'proc-diskstats/once.txt', ['ps', '/proc/diskstats']],
  ['top/batch.txt', 'proc-softnet/once.txt', ['top', '/proc/net/softnet_stat']],
  ['iostat/devices-megabytes.txt', 'proc-stat/once.txt', ['iostat', '/proc/stat']],
  ['iostat/devices-megabytes.txt', 'proc-stack/threads.txt', ['iostat', 'proc stack']],
  ['top/busybox.txt', 'jfr/print.txt', ['busybox top', 'jfr print']],
])('%s, and %s right below it', async (above, below, grammars) => {
  const text = [above, below].map((name) => samples.find((sample) => sample.name === name)?.text).join('');
  const sections = await sectionsIn(text);
  expect(sections.map(({ grammar }) => grammar.name)).toEqual(grammars);
  expect(sections.flatMap(({ parsed }) => parsed.unread)).toEqual([]);
});

test('a stamp of argdist without a table above the first that has one', async () => {
  const table = '     size                : count     distribution\n         0 -> 1          : 2        |********|\n';
  const sections = await sectionsIn(`[02:16:38]\n[02:16:39]\n[02:16:40]\n${table}[02:16:41]\n${table}`);
  // The first table has its stamp with it.
  expect(outline(sections)).toEqual(['text 1+2', 'argdist 3+6']);
});

test('a load average below what nobody knows', async () => {
  expect(outline(await sectionsIn('so it stood\n0.54 0.60 0.33 1/118 18317\n'))).toEqual(['text 1+1', 'uptime 2+1']);
});

test('a stack in a comment of a source file is no profile', async () => {
  const source = `/* Lines are\n * a stack and its count */\n// swapper;start_kernel;rest_init 12\nconst LINE = /x/;\n`;
  expect((await sectionsIn(source)).map(({ grammar }) => grammar.name)).toEqual(['text']);
});

test('text of no tool keeps the blank line it begins with', async () => {
  const [text] = await sectionsIn('\nhello\n\nthere\n');
  expect(text?.parsed.datasets).toMatchObject([{ shape: 'text', lines: ['', 'hello', '', 'there'] }]);
});

describe('sar as the file that is looked at afterwards', () => {
  test('two days, each with its banner and several tables, are one series over two days', async () => {
    const swap = (rows: string) => `00:00:01     pswpin/s pswpout/s\n${rows}Average:         0.00      0.00\n\n`;
    const queue = (rows: string) =>
      `00:00:01      runq-sz  plist-sz   ldavg-1   ldavg-5  ldavg-15   blocked\n${rows}\n`;
    const of = (date: string) =>
      `Linux 5.14.0 (db1) \t${date} \t_x86_64_\t(4 CPU)\n\n` +
      swap('00:10:01         1.00      0.00\n23:50:01         2.00      0.00\n') +
      queue(
        '00:10:01            1       200      0.10      0.20      0.30         0\n23:50:01            9       200      0.10      0.20      0.30         0\n',
      );
    const sections = await sectionsIn(of('10/09/2023') + of('10/10/2023'));
    expect(sections).toHaveLength(1);
    const midnight = Date.UTC(2023, 9, 9) / 1000;
    const times = [601, 85_801, 87_001, 172_201].map((second) => midnight + second);
    expect(pointsOf(sections[0] as never, 'pswpin/s').map(([at]) => at)).toEqual(times);
    expect(pointsOf(sections[0] as never, 'runq-sz')).toEqual(times.map((at, i) => [at, i % 2 === 0 ? 1 : 9]));
    expect(sections[0]?.facts).toMatchObject({ hostname: 'db1', kernel: '5.14.0', cpus: 4 });
  });
});

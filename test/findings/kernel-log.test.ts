/** The kernel log: each complaint by lines that kernels print, its near misses, and what stands against clearing it. */
import { describe, expect, test } from 'vitest';
import { rules } from '../../src/findings/index.ts';
import type { RuleName } from '../../src/findings/names.ts';
import { dmesg, foundBy, judge, only, verdicts } from './host.ts';

const QUIET = [-100, 'systemd[1]: Started Session 4 of user root.'] as const;
const log = (...lines: readonly string[]) => ({
  'dmesg.txt': dmesg(QUIET, ...lines.map((text, i) => [4.25 + i, text] as const)),
});

/** As the kernel prints them; https://elixir.bootlin.com tells the format strings. */
const LINES: readonly [RuleName, string, string][] = [
  [
    'oom-kill',
    'Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB, file-rss:0kB',
    'The kernel killed java (3.7 GiB) for lack of memory, once',
  ],
  [
    'oom-kill',
    'Memory cgroup out of memory: Killed process 4242 (stress) total-vm:1000kB, anon-rss:1024kB',
    'The kernel killed stress (1 MiB) at its memory limit, once',
  ],
  [
    'oom-kill',
    'Out of memory (oom_kill_allocating_task): Killed process 3333 (worker) total-vm:9000kB, anon-rss:2048kB',
    'The kernel killed worker (2 MiB) for lack of memory, once',
  ],
  [
    'oom-kill',
    'Memory cgroup out of memory: Kill process 4242 (stress) score 1000 or sacrifice child',
    'The kernel killed stress at its memory limit, once',
  ],
  [
    'hung-task',
    'INFO: task jbd2/sda1-8:245 blocked for more than 120 seconds.',
    'jbd2/sda1-8 hangs in the kernel, once',
  ],
  ['soft-lockup', 'watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [java:12345]', 'CPU 3 is locked up in java, once'],
  ['soft-lockup', 'NMI watchdog: Watchdog detected hard LOCKUP on cpu 3', 'CPU 3 is locked up, once'],
  [
    'soft-lockup',
    'BUG: workqueue lockup - pool cpus=2 node=0 flags=0x0 nice=0 stuck for 32s!',
    'A CPU is locked up, once',
  ],
  ['rcu-stall', 'rcu: INFO: rcu_sched self-detected stall on CPU', 'A CPU is stalled (RCU), once'],
  ['rcu-stall', 'INFO: rcu_preempt detected stalls on CPUs/tasks: { 3 }', 'A CPU is stalled (RCU), once'],
  [
    'kernel-oops',
    'BUG: unable to handle page fault for address: ffffffffc0000000',
    'The kernel ran into a fault of its own, once',
  ],
  ['kernel-oops', 'Oops: 0002 [#1] PREEMPT SMP NOPTI', 'The kernel ran into a fault of its own, once'],
  ['kernel-oops', 'kernel BUG at mm/slub.c:305!', 'The kernel ran into a fault of its own, once'],
  ['hardware-error', 'mce: [Hardware Error]: Machine check events logged', 'The hardware reports errors, once'],
  [
    'hardware-error',
    'EDAC MC0: 1 CE memory read error on CPU_SrcID#0_Ha#0_Chan#0_DIMM#0',
    'The hardware reports errors, once',
  ],
  [
    'hardware-error',
    'pcieport 0000:00:1c.0: AER: Corrected error received: 0000:00:1c.0',
    'The hardware reports errors, once',
  ],
  ['raid-failure', 'md/raid1:md0: Disk failure on sdb1, disabling device.', 'A disk of an array failed: sdb1, once'],
  [
    'io-error',
    'blk_update_request: I/O error, dev sdb, sector 2048 op 0x0:(READ) flags 0x0',
    'sdb reports I/O errors, once',
  ],
  [
    'io-error',
    'EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory lblock 0',
    'sda1 reports I/O errors, once',
  ],
  ['io-error', 'Buffer I/O error on dev sda1, logical block 0, async page read', 'sda1 reports I/O errors, once'],
  ['io-error', 'XFS (sdc1): metadata I/O error in "xlog_recover" at daddr 0x2', 'sdc1 reports I/O errors, once'],
  ['device-timeout', 'nvme nvme0: I/O 123 QID 4 timeout, aborting', 'nvme0 does not answer and is reset, once'],
  [
    'device-timeout',
    'nvme nvme0: controller is down; will reset: CSTS=0x3, PCI_STATUS=0x10',
    'nvme0 does not answer and is reset, once',
  ],
  [
    'device-timeout',
    'sd 2:0:0:0: [sda] tag#12 FAILED Result: hostbyte=DID_TIME_OUT driverbyte=DRIVER_OK cmd_age=30s',
    'sda does not answer and is reset, once',
  ],
  ['device-timeout', 'ata1: hard resetting link', 'ata1 does not answer and is reset, once'],
  ['read-only-remount', 'EXT4-fs (sda1): Remounting filesystem read-only', 'File system sda1 became read-only, once'],
  [
    'read-only-remount',
    'XFS (sdb1): Filesystem has been shut down due to log error (0x2).',
    'File system sdb1 became read-only, once',
  ],
  ['nfs-not-responding', 'nfs: server nas01 not responding, still trying', 'File server nas01 does not answer, once'],
  [
    'nfs-not-responding',
    'CIFS: VFS: \\\\nas02 has not responded in 180 seconds. Reconnecting...',
    'File server nas02 does not answer, once',
  ],
  ['link-down', 'ixgbe 0000:01:00.0 eth0: NIC Link is Down', 'The link of eth0 went down, once'],
  ['link-down', 'e1000e: eth1 NIC Link is Down', 'The link of eth1 went down, once'],
  [
    'allocation-failure',
    'java: page allocation failure: order:5, mode:0x40cc0(GFP_KERNEL|__GFP_COMP)',
    'The kernel could not allocate memory in java, once',
  ],
  [
    'conntrack-full',
    'nf_conntrack: nf_conntrack: table full, dropping packet',
    'The table of tracked connections is full, once',
  ],
  ['neighbour-overflow', 'neighbour: arp_cache: neighbor table overflow!', 'The neighbour table overflows, once'],
  ['file-limit', 'VFS: file-max limit 1620000 reached', 'The host has no file handles left, once'],
  [
    'task-limit',
    'cgroup: fork rejected by pids controller in /system.slice/app.service',
    'Control group /system.slice/app.service may start no more tasks, once',
  ],
  [
    'thermal-throttling',
    'CPU3: Core temperature above threshold, cpu clock throttled (total events = 123)',
    'CPU3 ran too hot and slowed down, once',
  ],
  [
    'clock-trouble',
    "clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because the skew is too large:",
    'The clock source is unstable, once',
  ],
  [
    'syn-flood',
    'TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies.  Check SNMP counters.',
    'The listener on port 8080 overflows with connection requests, once',
  ],
  [
    'syn-flood',
    'TCP: request_sock_TCP: Possible SYN flooding on port 0.0.0.0:8443. Sending cookies.',
    'The listener on port 0.0.0.0:8443 overflows with connection requests, once',
  ],
];

describe('complaints of the kernel', () => {
  test.each(LINES)('%s: %s', async (rule, line, title) => {
    const files = log(line);
    const found = await only(rule, files);
    expect(found).toMatchObject({ verdict: 'found', isPast: false, since: 4.25, title });
    expect(found.evidence).toMatchObject([{ source: 0, lines: [2, 2] }]);
    // Each line has one reading.
    expect(await foundBy(files)).toEqual([rule]);
  });
});

test('how a request was given up is no second time that the disk did not answer', async () => {
  const files = log('nvme nvme0: I/O 123 QID 4 timeout, aborting', 'nvme nvme0: Abort status: 0x0');
  expect(await verdicts('device-timeout', files)).toEqual(['found: nvme0 does not answer and is reset, once']);
});

test('a crash loop, a single crash, and two kinds of them', async () => {
  const crash = 'nginx[1234]: segfault at 7f2a10 ip 000055d0 sp 00007ffc error 4 in nginx[55d0+1000]';
  const trap = 'traps: php-fpm[77] general protection fault ip:55d0 sp:7ffc error:0 in php-fpm[55d0+1000]';
  expect(await verdicts('segfault', log(crash, crash, trap))).toEqual(['found: nginx and php-fpm crashed 3 times']);
  expect((await only('segfault', log(crash))).verdict).toBe('ruled-out');
});

describe('when it was said', () => {
  const kill = (at: number) =>
    [at, 'Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB'] as const;
  test('hours ago: of another time', async () => {
    expect(
      (await only('oom-kill', { 'dmesg.txt': `[-9000.000000] ${kill(0)[1]}\n[ 1001.000000] x\n` })).verdict,
    ).not.toBe('found');
  });
  test('in the hour before: history, below everything live, whatever its severity', async () => {
    const files = { 'dmesg.txt': dmesg(kill(-900), [2, 'ixgbe 0000:01:00.0 eth0: NIC Link is Down']) };
    const found = await only('oom-kill', files);
    expect(found).toMatchObject({ verdict: 'found', isPast: true, severity: 'notice', since: -900 });
    expect(found.title).toBe(
      'The kernel killed java (3.7 GiB) for lack of memory, once, in the hour before the capture',
    );
    expect(await foundBy(files)).toEqual(['link-down', 'oom-kill']);
  });
  test('in the minute before: live', async () => {
    expect(await only('oom-kill', { 'dmesg.txt': dmesg(kill(-50)) })).toMatchObject({
      isPast: false,
      severity: 'critical',
    });
  });
  test('now and before are counted apart', async () => {
    const found = await only('oom-kill', { 'dmesg.txt': dmesg(kill(-600), kill(-400), kill(-200), kill(3.5)) });
    expect(found).toMatchObject({ severity: 'critical', since: 3.5, until: 3.5 });
    expect(found.title).toMatch(/for lack of memory, once$/);
    expect(found.detail).toMatch(/^3 times more in the hour before\./);
  });
});

describe('what no rule knows', () => {
  test('is shown as it is, and stands against clearing', async () => {
    const strange = 'foo_bar: device fooctl failed to frobnicate: -5';
    const findings = await judge(log(strange));
    expect(findings[0]).toMatchObject({ rule: 'kernel-errors', verdict: 'found', severity: 'notice' });
    expect(findings[0]?.detail).toContain(strange);
    expect(findings.filter(({ verdict }) => verdict === 'ruled-out')).toEqual([]);
    expect(findings.find(({ rule }) => rule === 'io-error')).toMatchObject({
      verdict: 'not-known',
      beside: { rule: 'kernel-errors' },
    });
  });
  test('by its level, where the log has levels', async () => {
    const graded = (level: string) => ({ 'dmesg.txt': `kern  :${level} : [ 1004.250000] foo: something odd\n` });
    expect((await only('kernel-errors', graded('err   '))).severity).toBe('warning');
    expect((await only('kernel-errors', graded('notice'))).verdict).toBe('ruled-out');
  });
  test.each([
    'Linux agpgart interface v0.103, hung_task_timeout_secs set to 120',
    'ACPI: EINJ: error injection support is enabled',
    'softlockup detector: timeout is 10',
    'Command line: BOOT_IMAGE=/vmlinuz panic=10 errors=remount-ro',
    'oom_reaper: reaped process 2573 (java), now anon-rss:0kB, file-rss:0kB',
  ])('%s is no complaint', async (line) => {
    expect(await foundBy(log(line))).toEqual([]);
  });
});

test('a log of eighteen lines, each a failure, clears nothing that it could tell', async () => {
  const findings = await judge(log(...LINES.slice(0, 18).map(([, line]) => line)));
  expect(findings.filter(({ verdict }) => verdict === 'ruled-out')).toEqual([]);
});

test('a quiet log rules out what it would tell', async () => {
  expect(await verdicts('io-error', { 'dmesg.txt': dmesg(QUIET, [5, 'random: crng init done']) })).toEqual([
    'ruled-out: I/O errors: none in 2 lines of the kernel log',
  ]);
});

test('too few to be found are told', async () => {
  const crash = 'traps: nginx[1234] general protection fault ip:55d0 sp:7ffc error:0 in nginx[55d0+1000]';
  expect(await verdicts('segfault', log(crash, crash))).toEqual([
    'near: crashes: 2 times in 3 lines of the kernel log',
  ]);
});

test('a line of a megabyte is read in time', async () => {
  const long = `${'task '.repeat(100_000)}${'x['.repeat(200_000)} segfault at`;
  const began = performance.now();
  expect((await only('hung-task', log(long))).verdict).toBe('ruled-out');
  expect(performance.now() - began).toBeLessThan(20_000);
});

test('seconds since boot are not told on the clock of another file', async () => {
  const crash =
    'traps: web[5913] trap int3 ip:5603ebd5f915 sp:7fffb5854e80 error:0 in web[4f43915,5603e92e8000+9079000]';
  const dmesgText = [257, 258, 9999].map((at) => `[ ${at}.427766] ${crash}\n`).join('');
  const times = async (files: Readonly<Record<string, string>>) => {
    const crashes = (await judge(files, { isLoose: true })).find(({ rule }) => rule === 'segfault');
    return crashes === undefined ? null : [crashes.since, crashes.until];
  };
  const uptime = ' 23:55:55 up  5:44,  0 user,  load average: 12.02, 6.25, 7.65\n';
  expect(await times({ 'dmesg.txt': dmesgText, 'uptime.txt': uptime })).toEqual([null, null]);
  // Alone, they are since boot, and said so.
  expect((await times({ 'dmesg.txt': dmesgText }))?.every((time) => time !== null)).toBe(true);
});

test('a task that the kernel calls hung two minutes after its disk stopped answering', async () => {
  const disk = [-300, 'nvme nvme0: I/O 512 QID 3 timeout, reset controller'] as const;
  const hung = (at: number) => [at, 'INFO: task jbd2/sda1-8:245 blocked for more than 120 seconds.'] as const;
  const causeOf = async (at: number) =>
    (await only('hung-task', { 'dmesg.txt': dmesg(disk, hung(at)) }, { isLoose: true })).cause;
  expect(await causeOf(-180)).toMatchObject({ rule: 'device-timeout' });
  expect(await causeOf(-130)).toBeNull();
});

test('what is older than an hour is told beside what is not there', async () => {
  const crash = (at: number) => [at, 'app[7]: segfault at 0 ip 0 sp 0 error 4'] as const;
  const files = { 'dmesg.txt': dmesg(crash(-900), crash(-899), crash(-898)) };
  expect(await verdicts('segfault', files, { overrides: { segfault: { recent: 600 } } })).toEqual([
    'ruled-out: crashes: none in the window, 3 times earlier than that',
  ]);
});

test('the control group whose limit was hit', async () => {
  const lines = dmesg(
    [
      2,
      'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/pods/web,task_memcg=/pods/web/c1,task=java,pid=9912,uid=1000',
    ],
    [2, 'Memory cgroup out of memory: Killed process 9912 (java) total-vm:81234kB, anon-rss:20912kB'],
  );
  expect((await only('oom-kill', { 'dmesg.txt': lines })).detail).toMatch(/^At its limit: \/pods\/web\. /);
});

test('a file server is said to be silent minutes after whoever waits for it began to', async () => {
  const stalled = Array.from(
    { length: 31 },
    (_, i) =>
      `${(1000 + i).toFixed(2)} 500.00\n/proc/pressure/io:some avg10=0.00 avg60=0.00 avg300=0.00 total=${i * 900_000}\n`,
  ).join('');
  const files = {
    'pressure.txt': stalled,
    'dmesg.txt': dmesg([20, 'nfs: server nas01 not responding, still trying']),
  };
  expect((await only('pressure-io', files, { seconds: 30 })).cause).toMatchObject({ rule: 'nfs-not-responding' });
});

describe('the lines that docs/findings.md shows', () => {
  const read = rules.filter(({ lines = [] }) => lines.length > 0);
  test('each rule of the kernel log shows some', () => {
    expect(read.map(({ name }) => name)).toHaveLength(
      rules.filter(({ asks }) => asks.some((ask) => 'events' in ask && ask.events === 'kernel message')).length - 1,
    );
  });
  test.each(read.map(({ name, lines = [] }) => [name, lines] as const))(
    '%s reads all of its own',
    async (name, lines) => {
      // Of crashes it takes three.
      const found = await only(name, log(...lines, ...lines, ...lines));
      expect([found.verdict, found.measures[0]?.value]).toEqual(['found', 3 * lines.length]);
    },
  );
});

const OTHERS: readonly (readonly [line: string, title: string])[] = [
  ['sd 3:0:0:0: [sdc] tag#7 critical target error, dev sdc, sector 9 op 0x1:(WRITE)', 'sdc reports I/O errors, once'],
  ['critical space allocation error, dev dm-3, sector 9', 'dm-3 reports I/O errors, once'],
  ['device-mapper: multipath: 253:3: Failing path 8:32.', 'path 8:32 does not answer and is reset, once'],
  ['bond0: (slave eth1): link status definitely down, disabling slave', 'The link of eth1 went down, once'],
  ['libceph: mon0 (1)10.0.0.1:6789 session lost, hunting for new mon', 'File server does not answer, once'],
  ['nf_conntrack: expectation table full', 'The table of tracked connections is full, once'],
  [
    'x86/split lock detection: #AC: game/12345 took a split_lock trap at address: 0x7f0e',
    'game locks the bus for all CPUs (split locks), once',
  ],
  ['sched: RT throttling activated', 'Real-time tasks used all CPU time that they may, once'],
  ['TCP: too many orphaned sockets', 'TCP has used up its memory or sockets, once'],
  // What no rule knows is shown as it is.
  ...[
    'BUG: Bad rss-counter state mm:00000000abcdef01 type:MM_ANONPAGES val:9',
    'WARNING: CPU: 3 PID: 1234 at kernel/rcu/tree.c:1 foo+0x1/0x2',
    'audit: backlog limit exceeded',
    'e1000e 0000:00:19.0 eno1: Detected Hardware Unit Hang:',
    'Out of memory and no killable processes...',
    'device-mapper: thin: 253:4: switching pool to out-of-data-space (queue IO) mode',
    'NETDEV WATCHDOG: eth0 (ixgbe): transmit queue 3 timed out',
  ].map((line) => [line, 'The kernel reports errors that no rule knows, once'] as const),
];
test.each(OTHERS)('%s', async (line, title) => {
  const found = (await judge(log(line))).filter(({ verdict }) => verdict === 'found');
  expect(found.map((each) => each.title)).toEqual([title]);
});

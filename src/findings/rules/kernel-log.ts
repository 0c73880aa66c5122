/** The kernel log: what the kernel itself complained about. */
import type { Severity, SubjectKind } from '../../datasets/finding.ts';
import { once } from '../../datasets/once.ts';
import type { UseColumn } from '../../datasets/use.ts';
import { allRows, type EventTable, evidenceOfRows } from '../../signals/events.ts';
import type { Signals } from '../../signals/index.ts';
import { tableBasis } from '../basis.ts';
import { command } from '../command.ts';
import type { Part, PartKind, Rule, Test, Threshold, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import type { RuleName } from '../names.ts';
import { advise, collect, collectSet, type NextStep, run } from '../steps.ts';
import { timesOf } from './slow-events.ts';

interface Complaint {
  name: RuleName;
  about: string;
  severity: Severity;
  cell?: { row: SubjectKind; column: UseColumn };
  /** Real lines that the pattern reads. */
  lines: readonly string[];
  pattern: RegExp;
  /** Seconds that it went on for before the kernel says so. */
  lag?: number;
  /** How many lines of it are no accident. */
  least: Threshold;
  /** What a line names, and of which kind that is: the first group that matched, of the first pattern of a kind that does. */
  names?: readonly (readonly [RegExp, PartKind])[];
  next: readonly NextStep[];
}

const ONE: Threshold = { value: 1, unit: 'line', why: 'the kernel says so only when work was lost' };

const COMPLAINTS: readonly Complaint[] = [
  {
    name: 'oom-kill',
    about: 'The kernel ran out of memory, of the host or of a control group, and killed a process.',
    severity: 'critical',
    cell: { row: 'memory', column: 'errors' },
    lines: [
      'Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB',
      'Memory cgroup out of memory: Killed process 4242 (stress)',
      'Out of memory (oom_kill_allocating_task): Killed process 3333 (worker)',
    ],
    pattern: /out of memory(?: \([\w ]{1,40}\))?:? kill(?:ed)? process/i,
    least: ONE,
    next: [collectSet('memory')],
  },
  {
    name: 'hung-task',
    about: 'A thread stayed in uninterruptible sleep longer than hung_task_timeout_secs (120 s unless set).',
    severity: 'critical',
    cell: { row: 'filesystem', column: 'errors' },
    lines: ['INFO: task jbd2/sda1-8:245 blocked for more than 120 seconds.'],
    pattern: /task \S.* blocked for more than \d+ seconds/,
    lag: 120,
    least: ONE,
    names: [[/task (\S+):\d+ blocked/, 'kind']],
    next: [collectSet('offcpu'), advise('check the file server')],
  },
  {
    name: 'soft-lockup',
    about: 'A CPU did not schedule for 20 seconds and more: the kernel loops, or the hypervisor took the CPU away.',
    severity: 'critical',
    cell: { row: 'cpu', column: 'errors' },
    lines: [
      'watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [java:12345]',
      'NMI watchdog: Watchdog detected hard LOCKUP on cpu 3',
      'BUG: workqueue lockup - pool cpus=2 node=0 flags=0x0 nice=0 stuck for 32s!',
    ],
    pattern: /soft lockup|hard LOCKUP|workqueue lockup/,
    least: ONE,
    names: [
      [/\bcpu ?#?(\d+)/i, 'device'],
      [/\[([^\]:]{1,40}):\d+\]/, 'kind'],
    ],
    next: [advise('report the kernel'), advise('ask the provider')],
  },
  {
    name: 'rcu-stall',
    about: 'A CPU did not pass through the scheduler for 21 seconds and more (RCU): as for soft-lockup.',
    severity: 'critical',
    cell: { row: 'cpu', column: 'errors' },
    lines: [
      'rcu: INFO: rcu_sched self-detected stall on CPU',
      'INFO: rcu_preempt detected stalls on CPUs/tasks: { 3 }',
    ],
    pattern: /\brcu\w*\b.*(?:detected stalls?|self-detected stall|detected expedited stalls|kthread starved)/,
    least: ONE,
    next: [advise('report the kernel'), advise('ask the provider')],
  },
  {
    name: 'kernel-oops',
    about: 'The kernel ran into a fault of its own. What it did then is lost; locks that it held stay held.',
    severity: 'critical',
    cell: { row: 'kernel', column: 'errors' },
    lines: [
      'BUG: unable to handle page fault for address: ffffffffc0000000',
      'Oops: 0002 [#1] PREEMPT SMP NOPTI',
      'kernel BUG at mm/slub.c:305!',
      'Kernel panic - not syncing',
      'Unable to handle kernel NULL pointer dereference',
    ],
    pattern:
      /\bBUG: (?:unable to handle|kernel NULL|KASAN|Bad page|scheduling while atomic)|\bOops\b.*\[#\d+\]|kernel BUG at|Kernel panic|Unable to handle kernel|general protection fault.*\[#\d+\]/,
    least: ONE,
    next: [advise('report the kernel')],
  },
  {
    name: 'hardware-error',
    about:
      'A CPU, memory or bus reported errors that were corrected, or were not: retries cost time, data may be damaged.',
    severity: 'warning',
    cell: { row: 'cpu', column: 'errors' },
    lines: [
      'mce: [Hardware Error]: Machine check events logged',
      'EDAC MC0: 1 CE memory read error on CPU_SrcID#0',
      'pcieport 0000:00:1c.0: AER: Corrected error received',
      '{1}[Hardware Error]: It has been corrected by h/w',
    ],
    pattern:
      /\[Hardware Error\]|\bEDAC\b.*\b(?:CE|UE)\b|[Mm]achine [Cc]heck(?: events|:| exception)|\bAER: .*(?:error|Error)|PCIe Bus Error/,
    least: ONE,
    next: [advise('check the hardware')],
  },
  {
    name: 'raid-failure',
    about: 'A disk of an array failed: the array works on without it, slower and without a spare.',
    severity: 'warning',
    cell: { row: 'disk', column: 'errors' },
    lines: ['md/raid1:md0: Disk failure on sdb1, disabling device.', 'md/raid:md0: Operation continuing on 1 devices.'],
    pattern: /\bmd\/raid\S*: *(?:Disk failure|Operation continuing)|\bmd: .*(?:kicking|failed)|raid array is not clean/,
    least: ONE,
    names: [
      [/Disk failure on ([\w-]+)/, 'device'],
      [/(\bmd\d+)/, 'device'],
    ],
    next: [advise('check the device')],
  },
  {
    name: 'io-error',
    about: 'A block device or a file system reported errors: the data path is damaged, retries take seconds each.',
    severity: 'critical',
    cell: { row: 'disk', column: 'errors' },
    lines: [
      'sd 2:0:0:0: [sdb] tag#12 FAILED Result: hostbyte=DID_OK driverbyte=DRIVER_SENSE',
      'blk_update_request: I/O error, dev sdb, sector 2048 op 0x0:(READ)',
      'Buffer I/O error on dev sda1, logical block 0',
      'EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory lblock 0',
      'ata3.00: failed command: READ FPDMA QUEUED',
      'XFS (sda1): metadata I/O error in "xlog"',
      'BTRFS error (device vda2): bdev',
      'blk_update_request: critical target error, dev sdb, sector 2048 op 0x1:(WRITE)',
      'EXT4-fs (dm-0): This should not happen!! Data will be lost',
    ],
    pattern:
      /\bI\/O error\b|\bcritical (?:target|medium|nexus|space allocation) error\b|EXT4-fs error|EXT4-fs .*Data will be lost|XFS .*(?:[Cc]orruption|metadata I\/O error)|BTRFS (?:error|critical)|[Mm]edium [Ee]rror|ata\d+.*failed command|JBD2: .*[Ee]rror|FAILED Result: hostbyte=DID_OK|Unrecovered read error|lost (?:async )?page write/,
    least: ONE,
    names: [[/(?:\bdev |device |logical block on dev )([\w-]+)|XFS \(([\w-]+)\)|(ata\d+)|\[(sd[a-z]+)\]/, 'device']],
    next: [advise('check the device')],
  },
  {
    name: 'device-timeout',
    about: 'A disk or its controller did not answer and was reset: every request to it waited for 30 seconds and more.',
    severity: 'critical',
    cell: { row: 'disk', column: 'errors' },
    lines: [
      'nvme nvme0: I/O 123 QID 4 timeout, aborting',
      'nvme nvme0: controller is down; will reset: CSTS=0x3',
      'sd 2:0:0:0: [sda] tag#12 FAILED Result: hostbyte=DID_TIME_OUT driverbyte=DRIVER_OK',
      'ata1: hard resetting link',
      'device-mapper: multipath: 253:3: Failing path 8:32.',
    ],
    // Both NVMe and SCSI wait 30 seconds for an answer.
    lag: 30,
    pattern:
      /\bnvme\S* .*(?:timeout|controller is down|resetting controller)|hostbyte=DID_(?!OK\b)|\bata\d+\S*: (?:hard resetting|soft resetting|exception Emask|link is slow)|attempting task abort|timing out command|scsi host\d+: .*reset|\bmmc\d+: Timeout waiting|multipath: .*Failing path/i,
    least: ONE,
    names: [[/\bnvme (nvme\d+)|\[(sd[a-z]+)\]|\b(ata\d+)|\b(mmc\d+)|Failing (path [\d:]+\d)/, 'device']],
    next: [advise('check the device')],
  },
  {
    name: 'read-only-remount',
    about: 'A file system met an error and became read-only, or shut down: every write to it fails from then on.',
    severity: 'critical',
    cell: { row: 'filesystem', column: 'errors' },
    lines: [
      'EXT4-fs (sda1): Remounting filesystem read-only',
      'XFS (sdb1): Filesystem has been shut down due to log error (0x2).',
    ],
    pattern: /Remounting filesystem read-only|Filesystem has been shut down|xfs_do_force_shutdown|forced readonly/,
    least: ONE,
    names: [[/\(([\w-]+)\)/, 'device']],
    next: [advise('check the device')],
  },
  {
    name: 'nfs-not-responding',
    about: 'A file server does not answer: whoever touches its files waits in uninterruptible sleep until it does.',
    severity: 'critical',
    cell: { row: 'filesystem', column: 'errors' },
    lines: [
      'nfs: server nas01 not responding, still trying',
      'CIFS: VFS: \\\\nas01 has not responded in 180 seconds. Reconnecting...',
      'libceph: osd3 down',
    ],
    // timeo of nfs(5), two times of three
    lag: 180,
    pattern:
      /\bnfs: server \S+ not responding|\bCIFS\b.*has not responded|\bceph: .*(?:hung|stale)|\blibceph: (?:osd\d+ down|mon\d+ .*session lost)|rpcbind: server \S+ not responding/,
    least: ONE,
    names: [[/server (\S+) not|VFS: \\\\(\S+) has/, 'host']],
    next: [advise('check the file server')],
  },
  {
    name: 'link-down',
    about: 'A network interface lost its link: what was on the way is lost, TCP backs off for seconds.',
    severity: 'warning',
    cell: { row: 'interface', column: 'errors' },
    lines: [
      'ixgbe 0000:01:00.0 eth0: NIC Link is Down',
      'e1000e: eth0 NIC Link is Down',
      'r8169 0000:02:00.0 enp2s0: Link is Down',
      'bond0: (slave eth1): link status definitely down, disabling slave',
    ],
    pattern:
      /\b(?:NIC )?Link is Down\b|\bcarrier lost\b|\b(?!veth|br-|docker)\w+: link down\b|link status definitely down/i,
    least: ONE,
    names: [[/\(slave (\w+)\)|\b(\w+): (?:NIC )?link|\b(\w+) NIC Link/i, 'device']],
    next: [advise('check the cable')],
  },
  {
    name: 'allocation-failure',
    about: 'The kernel could not get memory in one piece for itself: packets or requests were dropped for it.',
    severity: 'warning',
    cell: { row: 'memory', column: 'errors' },
    lines: [
      'java: page allocation failure: order:5, mode:0x40cc0(GFP_KERNEL|__GFP_COMP)',
      'SLUB: Unable to allocate memory on node -1, gfp=0x420',
      'XFS: java(1234) possible memory allocation deadlock size 32776 in kmem_alloc (mode:0x2400240)',
    ],
    pattern:
      /page allocation (?:failure|stalls)|SLUB: Unable to allocate|vmalloc: allocation failure|possible memory allocation deadlock/,
    least: ONE,
    names: [[/^(\S{1,40}): page allocation/, 'kind']],
    next: [collect('free', 'meminfo')],
  },
  {
    name: 'conntrack-full',
    about:
      'The table of tracked connections is full: packets of new connections are dropped, on a host that looks idle.',
    severity: 'critical',
    cell: { row: 'tcp', column: 'errors' },
    lines: ['nf_conntrack: nf_conntrack: table full, dropping packet'],
    pattern: /conntrack: (?:expectation )?table full/,
    least: ONE,
    next: [advise('raise the limit of conntrack')],
  },
  {
    name: 'neighbour-overflow',
    about: 'The table of neighbours (ARP) is full: packets to hosts of this network wait or are dropped.',
    severity: 'warning',
    cell: { row: 'interface', column: 'errors' },
    lines: ['neighbour: arp_cache: neighbor table overflow!', 'Neighbour table overflow.'],
    pattern: /neighbou?r table overflow/i,
    least: ONE,
    next: [advise('raise the neighbour limit')],
  },
  {
    name: 'file-limit',
    about: 'The host has as many files open as it may: opens, accepts and pipes fail in every process.',
    severity: 'critical',
    cell: { row: 'filesystem', column: 'errors' },
    lines: ['VFS: file-max limit 1620000 reached'],
    pattern: /file-max limit \d+ reached/,
    least: ONE,
    next: [advise('raise the limit of files')],
  },
  {
    name: 'task-limit',
    about: 'A control group has as many tasks as it may: it cannot start threads or processes.',
    severity: 'warning',
    cell: { row: 'cgroup', column: 'errors' },
    lines: ['cgroup: fork rejected by pids controller in /system.slice/app.service'],
    pattern: /fork rejected by pids controller/,
    least: ONE,
    names: [[/controller in (\S+)/, 'kind']],
    next: [advise('raise the task limit')],
  },
  {
    name: 'tcp-memory',
    about:
      'TCP has used up the memory that it may have (net.ipv4.tcp_mem), or the sockets that no process owns any more: it drops segments and closes connections.',
    severity: 'warning',
    cell: { row: 'tcp', column: 'errors' },
    lines: ['TCP: out of memory -- consider tuning tcp_mem', 'TCP: too many orphaned sockets'],
    pattern: /\bTCP: (?:out of memory|too many orphaned sockets)/,
    least: ONE,
    next: [run(command`ss -s`), advise('close connections')],
  },
  {
    name: 'rt-throttling',
    about:
      'Tasks of real-time priority used all CPU time that they may (kernel.sched_rt_runtime_us): the kernel holds them back so that others run at all.',
    severity: 'warning',
    cell: { row: 'scheduler', column: 'errors' },
    lines: ['sched: RT throttling activated'],
    pattern: /\bRT throttling activated/,
    least: ONE,
    next: [run(command`ps -eo pid,cls,rtprio,pcpu,comm --sort=-pcpu`)],
  },
  {
    name: 'split-locks',
    about:
      'A program uses atomic instructions on data that lies across two cache lines. Each locks the bus for all CPUs, and since Linux 5.19 the kernel makes the program wait 10 ms for each.',
    severity: 'warning',
    cell: { row: 'cpu', column: 'saturation' },
    lines: ['x86/split lock detection: #AC: game/12345 took a split_lock trap at address: 0x7f0e'],
    pattern: /took a split_lock trap|took a bus_lock trap/,
    least: ONE,
    names: [[/#(?:AC|DB): (\S{1,40})\/\d+ took/, 'kind']],
    next: [advise('align atomics')],
  },
  {
    name: 'thermal-throttling',
    about: 'CPUs were slowed down because they were too hot.',
    severity: 'warning',
    cell: { row: 'cpu', column: 'errors' },
    lines: ['CPU3: Core temperature above threshold, cpu clock throttled (total events = 123)'],
    pattern: /temperature above threshold|cpu clock throttled|critical temperature reached/i,
    least: ONE,
    names: [[/(CPU\d+)/, 'device']],
    next: [advise('check cooling')],
  },
  {
    name: 'clock-trouble',
    about:
      'The clock source was given up for a slower one, or time jumped: reading the clock becomes a system call that costs a microsecond, timeouts and leases go wrong.',
    severity: 'warning',
    cell: { row: 'kernel', column: 'errors' },
    lines: [
      "clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because the skew is too large:",
      'tsc: Marking TSC unstable due to clocksource watchdog',
      'hpet: lost 7 rtc interrupts',
    ],
    pattern:
      /Marking (?:clocksource '\w+' as|TSC) unstable|clock(?:source)? .*unstable|[Tt]ime has been changed backwards|lost \d+ rtc interrupts/,
    least: ONE,
    next: [advise('check the clock')],
  },
  {
    name: 'syn-flood',
    about:
      'A listening port got more connection requests than its backlog holds: an attack, or an accept loop that is too slow. The kernel says so once for each socket, however often it happens.',
    severity: 'warning',
    cell: { row: 'tcp', column: 'errors' },
    lines: ['TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies.'],
    pattern: /possible SYN flooding/i,
    least: ONE,
    // Possible SYN flooding on port 8080.        Possible SYN flooding on port 0.0.0.0:8080.
    names: [[/on port ([\w.:[\]]*\w)/, 'port']],
    next: [advise('accept faster'), collect('tcpsynbl', 'tcpaccept')],
  },
  {
    name: 'segfault',
    about: 'Processes ended by an invalid memory access; a supervisor that restarts them makes it look like slowness.',
    severity: 'warning',
    cell: { row: 'process', column: 'errors' },
    lines: [
      'nginx[1234]: segfault at 7f2a ip 000055d0 sp 00007ffc error 4 in nginx[55d0+1000]',
      'traps: nginx[1234] general protection fault ip:55d0 sp:7ffc error:0 in nginx[55d0+1000]',
    ],
    pattern: /\bsegfault at\b|traps: \S+\[\d+\] /i,
    least: { value: 3, unit: 'crashes', why: 'one is for whoever owns the program; three in an hour are a loop' },
    names: [[/(?:traps: )?(?<!\S)(\S+)\[\d+\]:? /, 'kind']],
    next: [advise('read core dumps')],
  },
];

/** Lines that say more of a complaint that a rule knows, or that are no complaint. */
const KNOWN =
  // oom-kill:constraint=CONSTRAINT_MEMCG,…        oom_reaper: reaped process 2573        java invoked oom-killer: gfp_mask=0x…
  /^oom-kill:|^oom_reaper|invoked oom-killer|Tasks state|Mem-Info|^\[ *\d+\] +\d+ +\d+|Killed process|echo 0 > \/proc\/sys\/kernel\/hung_task|Not tainted|^ *<\/?TASK>|^Call Trace/;
/** What no rule knows, where the log tells no levels: the words of an error. */
const LOOKS_BAD =
  /\b(?:error|errors|fail(?:ed|ure|s)|fault|fatal|panic|corrupt(?:ed|ion)?|stall(?:ed)?|stuck|timed out|timeout|unresponsive|lockup|overflow|dropped|exceeded|hang|hung|out[- ]of[- ](?:\w+[- ])?(?:memory|space)|unable to)\b|\bBUG: |^WARNING: CPU: /i;
/** Words of start-up that look bad and are not. */
const HARMLESS =
  /error(?:s=| handling| reporting| injection| Record| Source)|(?:errors|fault)=|no errors|ERST|fault[- ]?injection|page fault handler|fail-?(?:over|safe)|Using .* timeout|timeout (?:set|of|is)|soft-?lockup detector|command line:/i;
const BAD_LEVELS: ReadonlySet<string> = new Set(['emerg', 'alert', 'crit', 'err']);

const RECENT = {
  value: 3600,
  unit: 's before the window',
  why: 'what the kernel said before then does not explain a slow host of now',
} as const;

/** Characters of a message that are searched: the kernel's own lines end here (LOG_LINE_MAX), others are no messages. */
const LONGEST = 1024;
/** What the kernel said within a minute of the window belongs to what was captured. */
const JUST_BEFORE = 60;

function messageOf(table: EventTable, row: number): string {
  return (table.text(row, 'message') ?? '').slice(0, LONGEST);
}

/** What any of the complaints matches: no rule looks at the lines of a quiet log one by one. An expression for each set of flags. */
const ANY_COMPLAINT = [...new Set(COMPLAINTS.map(({ pattern }) => pattern.flags))].map((flags) => {
  const patterns = COMPLAINTS.filter(({ pattern }) => pattern.flags === flags);
  return new RegExp(patterns.map(({ pattern }) => `(?:${pattern.source})`).join('|'), flags);
});

/** The rows of each complaint, found in one look through the log. */
const complainedIn = once((table: EventTable): Map<Complaint, number[]> => {
  const found = new Map<Complaint, number[]>(COMPLAINTS.map((complaint) => [complaint, []]));
  for (let row = 0; row < table.count; row++) {
    const message = messageOf(table, row);
    if (!ANY_COMPLAINT.some((pattern) => pattern.test(message))) continue;
    for (const [{ pattern }, rows] of found) if (pattern.test(message)) rows.push(row);
  }
  return found;
});

const complaints: readonly Rule[] = COMPLAINTS.map((complaint) =>
  rule({
    name: complaint.name,
    subsystem: 'kernel',
    resource: complaint.cell?.row ?? 'kernel',
    ...(complaint.cell === undefined ? {} : { cell: complaint.cell }),
    about: complaint.about,
    lines: complaint.lines,
    asks: [{ events: 'kernel message' }],
    thresholds: { least: complaint.least, recent: RECENT },
    judge: (signals, { least, recent }) =>
      signals.events('kernel message').map((table) => {
        const rows = complainedIn(table).get(complaint) ?? [];
        return logTest(
          signals,
          table,
          rows,
          { least, recent, severity: complaint.severity, lag: complaint.lag ?? 0, next: complaint.next },
          partsIn(table, complaint),
        );
      }),
  }),
);

const others = rule({
  name: 'kernel-errors',
  subsystem: 'kernel',
  resource: 'kernel',
  cell: { row: 'kernel', column: 'errors' },
  about:
    'Lines of the kernel log of level error or worse that no other rule knows; of a log without levels, lines with the words of an error. They are shown as they are. Nothing that the log could tell is ruled out beside them.',
  asks: [{ events: 'kernel message' }],
  thresholds: {
    least: { value: 1, unit: 'line', why: 'what nobody knows a reading of, a person must read' },
    recent: RECENT,
  },
  judge: (signals, { least, recent }) =>
    signals.events('kernel message').map((table) => {
      const rows = allRows(table).filter((row) => isUnknownError(table, row));
      const isGraded = rows.some((row) => table.text(row, 'level') !== null);
      const parts = (told: readonly number[]): Part[] =>
        told.slice(0, 1).map((row): Part => ({ kind: 'message', name: messageOf(table, row).slice(0, 120) }));
      return logTest(
        signals,
        table,
        rows,
        { least, recent, severity: isGraded ? 'warning' : 'notice', lag: 0, next: [advise('read the log')] },
        parts,
      );
    }),
});

function isUnknownError(table: EventTable, row: number): boolean {
  const message = messageOf(table, row);
  const level = table.text(row, 'level');
  const isBad = level === null ? LOOKS_BAD.test(message) && !HARMLESS.test(message) : BAD_LEVELS.has(level);
  return isBad && !KNOWN.test(message) && !COMPLAINTS.some(({ pattern }) => pattern.test(message));
}

/** What the messages name, most often named first, three of a kind at most. */
function partsIn(table: EventTable, { names = [] }: Complaint): (rows: readonly number[]) => Part[] {
  return (rows) => {
    const times = new Map<PartKind, Map<string, number>>();
    for (const row of rows)
      for (const [kind, name] of namesIn(messageOf(table, row), names)) {
        const known = times.get(kind) ?? new Map<string, number>();
        times.set(kind, known.set(name, (known.get(name) ?? 0) + 1));
      }
    return [...times].flatMap(([kind, counts]) =>
      [...counts]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, 3)
        .map(([name, count]): Part => ({ kind, name, count })),
    );
  };
}

function namesIn(message: string, names: NonNullable<Complaint['names']>): Map<PartKind, string> {
  const found = new Map<PartKind, string>();
  for (const [pattern, kind] of names) {
    const name = pattern.exec(message)?.slice(1).find(Boolean);
    if (name !== undefined && !found.has(kind)) found.set(kind, name);
  }
  return found;
}

interface LogLimits {
  least: number;
  recent: number;
  severity: Severity;
  lag: number;
  next: readonly NextStep[];
}

function logTest(
  signals: Signals,
  table: EventTable,
  rows: readonly number[],
  { least, recent, severity, lag, next }: LogLimits,
  parts: (rows: readonly number[]) => Part[],
): Test {
  const from = signals.window?.from ?? 0;
  // A log whose clock cannot be laid on the capture's may be of any age.
  const age = (row: number) => (table.isOnAxis ? from - (table.at(row) ?? from) : 0);
  const within = rows.filter((row) => age(row) <= recent);
  const now = within.filter((row) => age(row) <= JUST_BEFORE);
  const isPast = now.length < least && within.length >= least;
  const told = isPast ? within : now;
  return {
    subject: { kind: 'kernel', name: '' },
    distance: within.length / least,
    severity: isPast ? 'notice' : severity,
    isPast,
    lag,
    measures: [{ signal: 'kernel.message', stat: 'count', value: told.length }],
    basis: [tableBasis(signals, table)],
    evidence: evidenceOfRows(table, told),
    ...timesOf(table, told),
    ...(isKill(table, told) ? { who: victimsOf(table, told) } : {}),
    parts: [...parts(told), ...(isKill(table, told) ? groupsAtLimit(table) : [])],
    details: {
      count: told.length,
      before: within.length - now.length,
      older: rows.length - within.length,
      of: table.count,
    },
    next: isAtLimit(table, told) ? [advise('raise the memory limit'), ...next] : next,
  };
}

function isAtLimit(table: EventTable, rows: readonly number[]): boolean {
  return rows.length > 0 && rows.every((row) => VICTIM.exec(messageOf(table, row))?.[1] !== undefined);
}

// Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB, file-rss:0kB
// Memory cgroup out of memory: Kill process 4242 (stress) score 1000 or sacrifice child
const VICTIM =
  /(memory cgroup )?out of memory(?: \([\w ]{1,40}\))?:? kill(?:ed)? process (\d+),? \((.*?)\)(?:.*? anon-rss:(\d+)kB)?/i;

// oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/kubepods/pod9,task_memcg=/kubepods/pod9/c1,task=java
const LIMITED_GROUP = /^oom-kill:.*,oom_memcg=([^,]{1,400}),/;

/** The control groups whose limit was hit, as the lines beside the kills tell (since Linux 5.0). */
function groupsAtLimit(table: EventTable): Part[] {
  const names = allRows(table).flatMap((row) => LIMITED_GROUP.exec(messageOf(table, row))?.[1] ?? []);
  return [...new Set(names)].slice(0, 3).map((name): Part => ({ kind: 'group', name }));
}

function isKill(table: EventTable, rows: readonly number[]): boolean {
  return rows.some((row) => VICTIM.test(messageOf(table, row)));
}

/** Who was killed, the one that is named most first. A `cgroup` part of the who's name is told by its share: 1 where all were at a limit. */
function victimsOf(table: EventTable, rows: readonly number[]): Who[] {
  const kills = rows.flatMap((row) => {
    const [, group, pid, name, kib] = VICTIM.exec(messageOf(table, row)) ?? [];
    return name === undefined
      ? []
      : [
          {
            name,
            pid: Number(pid),
            isGroup: group !== undefined,
            bytes: kib === undefined ? null : Number(kib) * 1024,
          },
        ];
  });
  const byName = new Map<string, typeof kills>();
  for (const kill of kills) byName.set(kill.name, [...(byName.get(kill.name) ?? []), kill]);
  return [...byName]
    .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
    .map(([name, own]): Who => {
      const last = own.at(-1) as (typeof kills)[number];
      return {
        role: 'victim',
        name,
        pid: own.length === 1 ? last.pid : null,
        processes: own.length,
        share: own.filter(({ isGroup }) => isGroup).length / own.length,
        ...(last.bytes === null
          ? {}
          : { quantity: { signal: 'process.memory.usage', stat: 'last', value: last.bytes } }),
      };
    });
}

export const kernelLogRules: readonly Rule[] = [...complaints, others];

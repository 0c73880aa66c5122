/** The kernel log: what the kernel itself complained about. */
import type { Events } from '../datasets/shapes.ts';
import type { Found, Rule, Verdict } from './rule.ts';
import { count } from './words.ts';

interface Complaint {
  name: string;
  topic: string;
  about: string;
  severity: Found['severity'];
  /** Beside a real line it reads. */
  pattern: RegExp;
  says: (times: string) => string;
  detail: string;
  next: string | null;
}

const COMPLAINTS: readonly Complaint[] = [
  {
    name: 'oom-kill',
    topic: 'processes killed for lack of memory',
    about: 'The kernel ran out of memory, of the host or of a control group, and killed a process.',
    severity: 'critical',
    // Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB
    // Memory cgroup out of memory: Killed process 4242 (stress)
    pattern: /out of memory:? kill(?:ed)? process/i,
    says: (times) => `The kernel killed processes for lack of memory (${times})`,
    detail: 'What was killed restarts cold or not at all; what is left shares what memory there is.',
    next: 'coldflame collect --set memory',
  },
  {
    name: 'hung-task',
    topic: 'hung tasks',
    about: 'A thread stayed in uninterruptible sleep longer than hung_task_timeout_secs (120 s unless set).',
    severity: 'critical',
    // INFO: task jbd2/sda1-8:245 blocked for more than 120 seconds.
    pattern: /task \S.* blocked for more than \d+ seconds/,
    says: (times) => `Threads hung in the kernel (${times})`,
    detail: 'Most often storage or a network file system that does not answer; the stack follows in the log.',
    next: 'coldflame collect --set offcpu',
  },
  {
    name: 'io-error',
    topic: 'I/O errors',
    about: 'A block device or a file system reported errors: the data path is damaged, retries take seconds each.',
    severity: 'critical',
    // blk_update_request: I/O error, dev sdb, sector 2048 op 0x0:(READ)
    // EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory lblock 0
    pattern:
      /\bI\/O error\b|EXT4-fs error|XFS .*(?:corruption|metadata I\/O error)|BTRFS error|Medium Error|ata\d+.*failed command/i,
    says: (times) => `A device or file system reports errors (${times})`,
    detail: 'Retries look like slow disk; check the device and its path before tuning anything.',
    next: 'smartctl -a /dev/DEVICE',
  },
  {
    name: 'syn-flood',
    topic: 'SYN flooding',
    about:
      'A listening port got more connection requests than its backlog holds: an attack, or an accept loop that is too slow.',
    severity: 'warning',
    // TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies.
    pattern: /possible SYN flooding/i,
    says: (times) => `A listening port overflows (${times})`,
    detail: 'A listener that accepts too slowly looks the same as an attack: see its backlog and its CPU time.',
    next: 'ss -lnt; coldflame collect --tool tcpsynbl,tcpaccept',
  },
  {
    name: 'segfault',
    topic: 'crashes',
    about: 'Processes ended by an invalid memory access; a supervisor that restarts them makes it look like slowness.',
    severity: 'warning',
    // nginx[1234]: segfault at 7f2a ip 000055d0 sp 00007ffc error 4 in nginx[55d0+1000]
    pattern: /\bsegfault at\b|general protection fault|traps: .* trap /i,
    says: (times) => `Processes crash (${times})`,
    detail: 'A crash loop costs start-up time again and again and drops what was in flight.',
    next: 'coredumpctl list',
  },
];

const complaints: readonly Rule[] = COMPLAINTS.map((complaint) => ({
  name: complaint.name,
  subsystem: 'kernel',
  topic: complaint.topic,
  about: complaint.about,
  tools: ['dmesg'],
  thresholds: {},
  judge: (view) => view.datasets('events', 'dmesg').map((log) => judgeLog(complaint, log)),
}));

function judgeLog({ pattern, topic, severity, says, detail, next }: Complaint, log: Events): Verdict {
  const message = log.columns.findIndex(({ name }) => name === 'message');
  const hits = log.rows.flatMap((row, i) => (pattern.test(String(row[message] ?? '')) ? [i] : []));
  const first = hits[0];
  if (first === undefined) {
    const title = `${topic}: none in ${count(log.rows.length)} lines of the kernel log`;
    return { verdict: 'ruled-out', title, numbers: [], evidence: [{ source: log.source, lines: null }] };
  }
  const since = log.at[first] ?? null;
  const old = since !== null && log.clock === 'capture' && hits.every((hit) => (log.at[hit] ?? 0) < -OLD_SECONDS);
  return {
    verdict: 'found',
    severity: old ? 'notice' : severity,
    title: says(hits.length === 1 ? 'once' : `${count(hits.length)} times`),
    detail: `${detail} ${old ? 'The last of it was over an hour before the capture.' : ''}`.trim(),
    since,
    numbers: [{ label: 'lines in the kernel log', value: hits.length, unit: '' }],
    evidence: hits.slice(0, MAX_EVIDENCE).map((hit) => lineOf(log, hit)),
    next,
  };
}

/** What the kernel said longer ago than this explains a slow host of now less likely. */
const OLD_SECONDS = 3600;
/** More lines than this tell a reader nothing new. */
const MAX_EVIDENCE = 20;

function lineOf(log: Events, row: number): { source: number; lines: [number, number] } {
  const line = log.lines[row] as number;
  return { source: log.source, lines: [line, line] };
}

export const kernelRules: readonly Rule[] = complaints;

/** The kernel log: what the kernel itself complained about. */

import { commas } from '../datasets/amounts.ts';
import { rowCount, textAt } from '../datasets/cells.ts';
import { allRows, timeAt } from '../datasets/columns.ts';
import type { Severity } from '../datasets/finding.ts';
import type { Events } from '../datasets/shapes.ts';
import { columnNamed } from './distribution.ts';
import { oomEvents, oomVictims } from './oom.ts';
import { allOf, linesOf } from './rows.ts';
import { type Rule, ruledOut, type Threshold, type Verdict } from './rule.ts';

interface Complaint {
  name: string;
  topic: string;
  about: string;
  severity: Severity;
  /** Beside a real line it reads. */
  pattern: RegExp;
  /** How many lines of it are no accident. */
  least: Threshold;
  /** @param messages the lines that match, oldest first */
  says: (times: string, messages: readonly string[]) => string;
  detail: string;
  next: string | null;
}

const ONE = { value: 1, unit: 'lines', why: 'the kernel says so only when work was lost' };

const COMPLAINTS: readonly Complaint[] = [
  {
    name: 'oom-kill',
    topic: 'processes killed for lack of memory',
    about: 'The kernel ran out of memory, of the host or of a control group, and killed a process.',
    severity: 'critical',
    // Out of memory: Killed process 2573 (java) total-vm:5841280kB, anon-rss:3901948kB
    // Memory cgroup out of memory: Killed process 4242 (stress)
    pattern: /out of memory:? kill(?:ed)? process/i,
    least: ONE,
    says: (times, messages) => `The kernel killed ${oomVictims(messages)} for lack of memory, ${times}`,
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
    least: ONE,
    // INFO: task jbd2/sda1-8:245 blocked for more than 120 seconds.
    says: (times, messages) => `Threads hang in the kernel: ${named(messages, /task (\S+):\d+ blocked/)}, ${times}`,
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
    least: ONE,
    // I/O error, dev sdb, sector 2048        EXT4-fs error (device sda1)        ata3.00: failed command
    says: (times, messages) =>
      `A device or file system reports errors: ${named(messages, /(?:\bdev |device |logical block on dev )([\w-]+)|XFS \(([\w-]+)\)|(ata\d+)/)}, ${times}`,
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
    least: ONE,
    // Possible SYN flooding on port 8080.        Possible SYN flooding on port 0.0.0.0:8080.
    says: (times, messages) => `A listening port overflows: ${named(messages, /on port ([\w.:[\]]*\w)/)}, ${times}`,
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
    least: { value: 3, unit: 'crashes', why: 'one is for whoever owns the program; three in an hour are a loop' },
    // nginx[1234]: segfault at 7f2a        traps: nginx[1234] general protection fault
    says: (times, messages) => `Processes crash: ${named(messages, /(?:traps: )?(\S+)\[\d+\]:? /)}, ${times}`,
    detail: 'A crash loop costs start-up time again and again and drops what was in flight.',
    next: 'coredumpctl list',
  },
];

/** What the messages name, most often named first, three at most; `the log tells which` where none does. */
function named(messages: readonly string[], pattern: RegExp): string {
  const times = new Map<string, number>();
  for (const message of messages) {
    const name = pattern.exec(message)?.slice(1).find(Boolean);
    if (name !== undefined) times.set(name, (times.get(name) ?? 0) + 1);
  }
  const names = [...times].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return names.length === 0 ? 'the log tells which' : names.slice(0, 3).join(', ');
}

const complaints: readonly Rule[] = COMPLAINTS.map((complaint) => ({
  name: complaint.name,
  subsystem: 'kernel',
  topic: complaint.topic,
  about: complaint.about,
  tools: ['dmesg'],
  thresholds: {
    least: complaint.least,
    recent: {
      value: 3600,
      unit: 's before the capture',
      why: 'what the kernel said before then does not explain a slow host of now',
    },
  },
  judge: (view, limits) => view.datasets('events', 'dmesg').map((log) => judgeLog(complaint, limits, log)),
}));

/** Characters of a message that are searched: the kernel's own lines end here (LOG_LINE_MAX), others are no messages. */
const LONGEST = 1024;

/** What the kernel said within a minute of the capture belongs to what was captured. */
const JUST_BEFORE = 60;

function lessThan(severity: Severity): Severity {
  return severity === 'critical' ? 'warning' : 'notice';
}

/** `3 times`, `once, and 14 times in the hour before`, `3 times, before the capture`. */
function timesIn(now: number, all: number): string {
  const words = (n: number) => (n === 1 ? 'once' : `${commas(n)} times`);
  if (now === 0) return `${words(all)}, before the capture`;
  return now === all ? words(now) : `${words(now)}, and ${words(all - now)} in the hour before`;
}

function judgeLog(
  { pattern, topic, severity, says, detail, next }: Complaint,
  { least = 0, recent = 0 }: Readonly<Record<string, number>>,
  log: Events,
): Verdict {
  const message = columnNamed(log, 'message');
  const said = (row: number) => textAt(log, row, message).slice(0, LONGEST);
  const all = [...allRows(rowCount(log))].filter((row) => pattern.test(said(row)));
  // A log whose clock cannot be laid on the capture's may be of any age.
  const isRecent = (row: number) => log.clock !== 'capture' || (timeAt(log.at, row) ?? 0) >= -recent;
  const hits = all.filter(isRecent);
  const first = hits[0];
  if (first === undefined || hits.length < least) {
    const seen = all.length === 0 ? 'none' : `${commas(hits.length)} in the hour before, ${commas(all.length)} in all`;
    const title = `${topic}: ${seen} in ${commas(rowCount(log))} lines of the kernel log`;
    return ruledOut(title, [], allOf(log.source));
  }
  const isNow = (row: number) => log.clock !== 'capture' || (timeAt(log.at, row) ?? 0) >= -JUST_BEFORE;
  const now = hits.filter(isNow);
  const isOver = now.length === 0;
  const told = isOver ? hits : now;
  return {
    verdict: 'found',
    severity: isOver ? lessThan(severity) : severity,
    title: says(timesIn(now.length, hits.length), told.map(said)),
    detail,
    since: timeAt(log.at, told[0] as number),
    until: timeAt(log.at, hits.at(-1) as number),
    numbers: [{ label: 'lines in the kernel log', value: hits.length, unit: '' }],
    evidence: linesOf(log, told),
    next,
  };
}

export const kernelRules: readonly Rule[] = [...complaints, oomEvents];

/** A small capture written by hand, so that every number in its report can be counted without the code under test. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Capture } from '../../src/datasets/capture.ts';
import type { Profile } from '../../src/datasets/profile.ts';

/** The monotonic clock when the capture started. */
const MONOTONIC = 5000;
/** 2026-03-01 13:00:00 UTC; the host is an hour east. */
const STARTED = 1_772_370_000;
const SECONDS = 10;
export const HOSTILE = '</script><img src=x onerror=alert(1)>';

export interface Sample {
  /** Seconds since the capture started. */
  at: number;
  comm: string;
  pid: number;
  cpu: number;
  /** Root first. */
  stack: string[];
}

/** A hundred samples a second on one CPU, fifty on the other; which stack depends on the number alone. */
export function samples(): Sample[] {
  const list: Sample[] = [];
  for (let i = 0; i < 1000; i++) {
    const at = 0.003 + i / 100;
    const busy = i % 10 < 7;
    list.push(
      busy
        ? { at, comm: 'server', pid: 41, cpu: 0, stack: ['main', 'serve', i % 2 === 0 ? 'parse' : 'parse_header'] }
        : { at, comm: 'swapper', pid: 0, cpu: 0, stack: ['cpu_startup_entry', 'do_idle', 'default_idle'] },
    );
    if (i % 2 === 0)
      list.push({ at: at + 0.001, comm: HOSTILE, pid: 52, cpu: 1, stack: ['walk', 'walk', 'walk', `leaf${i % 5}`] });
  }
  return list;
}

function perfText(list: readonly Sample[]): string {
  const head = '# ========\n# cmdline : /usr/bin/perf record -F 99 -a -g -k mono\n# ========\n#\n';
  return (
    head +
    list
      .map(({ at, comm, pid, cpu, stack }) => {
        const head = `${comm} ${pid}/${pid} [00${cpu}] ${(MONOTONIC + at).toFixed(6)}: cpu-clock:ppp: `;
        const frames = stack.map((name, i) => `\t    55d${i} ${name}+0x1 (/usr/bin/app)`).reverse();
        return `${head}\n${frames.join('\n')}\n`;
      })
      .join('\n')
  );
}

/** One report since boot, then one for each number of runnable threads. */
function vmstatText(runnable: readonly number[], steady?: number): string {
  const rows = runnable.map((r, i) => {
    const busy = steady ?? 10 * (i + 1);
    return ` ${r}  0      0 400000  10000 200000    0    0     0     0  100  200 ${busy}  1 ${99 - busy}  0  0`;
  });
  return `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
 1  0      0 400000  10000 200000    0    0     5    10  100  200  5  1 94  0  0
${rows.join('\n')}
`;
}

/** The n-th interval counts n in its first bucket and 2 in its second. */
const RUNQLAT = `Tracing run queue latency... Hit Ctrl-C to end.
${Array.from(
  { length: 10 },
  (_, i) => `
14:00:${String(i + 1).padStart(2, '0')}
     usecs               : count    distribution
         0 -> 1          : ${String(i + 1).padEnd(8)} |****                                    |
         2 -> 3          : 2        |****                                    |`,
).join('\n')}
`;

const BIOSNOOP = `TIME(s)        COMM           PID    DISK    T  SECTOR    BYTES   LAT(ms)
${Array.from({ length: 40 }, (_, i) => `${(i / 4).toFixed(6).padEnd(14)} writer${i % 3}        ${200 + i}    sda     W  ${1000 + i}      4096       ${(0.5 + i / 8).toFixed(2)}`).join('\n')}
`;

const runs = [
  { tool: 'perf', via: 'perf', command: 'perf script -i perf.data', file: 'perf.txt' },
  { tool: 'runqlat', via: 'bcc', command: 'runqlat-bpfcc -T 1 10', file: 'runqlat.txt', interval: 1 },
  { tool: 'vmstat', via: 'classic', command: 'vmstat 1 10', file: 'vmstat.txt', interval: 1 },
  { tool: 'biosnoop', via: 'bcc', command: 'biosnoop-bpfcc', file: 'biosnoop.txt' },
  { tool: 'uptime', via: 'classic', command: 'uptime', file: 'uptime.txt' },
  { tool: 'dmesg', via: 'classic', command: 'dmesg', file: 'dmesg.txt' },
  {
    tool: 'tcpretrans',
    via: 'bcc',
    command: 'tcpretrans-bpfcc',
    file: null,
    outcome: 'missing',
    reason: 'not installed: apt-get install bpfcc-tools',
  },
  {
    tool: 'iostat',
    via: 'classic',
    command: 'iostat -x 1',
    file: null,
    outcome: 'failed',
    reason: 'ended with 127',
    status: 127,
  },
];

/** What another capture is like, where it is not like the first. */
export interface Other {
  list?: readonly Sample[];
  /** Unix seconds. */
  started?: number;
  seconds?: number;
  /** In each report of vmstat but the first. */
  runnable?: readonly number[];
  /** Percent of user time in each of them (default: 10, 20, and so on). */
  busy?: number;
  /** Tools that were not run, and files in the place of those that are usual. */
  without?: readonly string[];
  files?: Readonly<Record<string, string>>;
}

function manifestOf({ started = STARTED, seconds = SECONDS, without = [] }: Other): object {
  return {
    coldflame: 1,
    host: { hostname: 'db-7', kernel: '6.1.0', arch: 'x86_64', os: 'Debian 12', cpus: 2, memoryBytes: 4 * 2 ** 30 },
    started,
    ended: started + seconds,
    monotonic: MONOTONIC,
    utcOffset: 3600,
    zone: 'CET',
    notes: [],
    runs: runs
      .filter(({ tool }) => !without.includes(tool))
      .map((run) => ({
        outcome: 'ok',
        reason: '',
        stderr: '',
        started: 0,
        ended: seconds,
        status: 0,
        bytes: 1,
        interval: null,
        ...run,
      })),
  };
}

/** Writes the capture as a folder and tells where. */
export function writeCapture(other: Other = {}): string {
  const { list = samples(), runnable = [1, 2, 3, 4, 5, 6, 7, 8, 9], without = [] } = other;
  const folder = mkdtempSync(join(tmpdir(), 'coldflame-report-'));
  mkdirSync(folder, { recursive: true });
  const files: Record<string, string> = {
    'manifest.json': JSON.stringify(manifestOf(other)),
    'perf.txt': perfText(list),
    'vmstat.txt': vmstatText(runnable, other.busy),
    'runqlat.txt': RUNQLAT,
    'biosnoop.txt': BIOSNOOP,
    'other.folded': 'daemon;read;wait 30\ndaemon;write 12\n',
    'uptime.txt': ' 14:00:00 up 3 days,  1:02,  1 user,  load average: 0.52, 0.58, 0.59\n',
    'dmesg.txt': '[    0.000000] Linux version 6.1.0\n[ 4999.000000] eth0: link up\n',
    ...other.files,
  };
  for (const [name, text] of Object.entries(files))
    if (!without.some((tool) => name === `${tool}.txt`)) writeFileSync(join(folder, name), text);
  return folder;
}

/** A capture of nothing but one profile, as perf's. */
export function captureOf(name: string, profile: Profile): Capture {
  const none = { lines: 1, read: 1, noise: 0, unreadCount: 0, unread: [], notes: [], raw: null, run: null };
  const shape = { shape: 'stacks', kind: 'on-cpu', unit: 'samples', clock: 'perf' } as const;
  return {
    name,
    manifest: null,
    damage: [],
    sources: [{ name: 'perf.txt', tool: 'perf', grammar: 'perf script', ...none }],
    datasets: [{ ...shape, source: 0, tool: 'perf', title: 'cpu-clock', profile }],
  };
}

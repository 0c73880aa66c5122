/** A host and its capture, written down as the text of its tools and read through the parsers that a real one goes through. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture, Manifest, Run } from '../../src/datasets/capture.ts';
import { type Finding, stepText } from '../../src/datasets/finding.ts';
import { type Assessment, assess, type ThresholdOverrides } from '../../src/findings/index.ts';
import type { RuleName } from '../../src/findings/names.ts';
import { toolNamed } from '../../src/tools/index.ts';

/** 14:00:00 UTC. */
export const STARTED = Date.UTC(2026, 0, 5, 14, 0, 0) / 1000;
export const SECONDS = 10;

export type Files = Readonly<Record<string, string>>;

export interface HostFacts {
  /** Length of the capture. */
  seconds?: number;
  cpus?: number | null;
  memoryBytes?: number | null;
  overrides?: ThresholdOverrides;
  /** What was asked for and gave nothing, by tool. */
  absent?: Readonly<Record<string, Pick<Run, 'outcome' | 'reason'>>>;
  /** What the manifest says of a run, by tool. */
  runs?: Readonly<Record<string, Partial<Run>>>;
  manifest?: Partial<Manifest>;
  /** Files as somebody sent them, without a manifest. */
  isLoose?: boolean;
}

/** A host with 4 CPUs and 8 GiB, captured from 14:00:00 UTC for 10 seconds. The name of a file tells its tool. */
function manifestFor(files: Files, facts: HostFacts): Manifest {
  const { seconds = SECONDS, cpus = 4, memoryBytes = 8 * 2 ** 30, absent = {}, runs = {}, manifest = {} } = facts;
  return {
    coldflame: 2,
    host: {
      hostname: 'db-7',
      kernel: '6.1.0',
      arch: 'x86_64',
      os: 'Debian 12',
      cpus,
      memoryBytes,
      disks: { '259:3': 'nvme0n1' },
    },
    started: STARTED,
    ended: STARTED + seconds,
    monotonic: 1000,
    utcOffset: 0,
    zone: 'UTC',
    versions: {},
    windowBegan: null,
    notes: [],
    collector: { pids: [], cpu: null },
    marks: [],
    runs: [
      ...Object.entries(files).map(([file, text]) => {
        const tool = toolOf(file);
        return runOf(tool, seconds, { file, bytes: Buffer.byteLength(text), ...runs[tool] });
      }),
      ...Object.entries(absent).map(([tool, how]) => runOf(tool, seconds, { started: null, ended: null, ...how })),
    ],
    ...manifest,
  };
}

/** `iostat.txt` and `iostat-2.txt` are of iostat. */
function toolOf(file: string): string {
  const name = file.replace(/\.txt$/, '');
  return toolNamed(name) === undefined ? name.replace(/-\d$/, '') : name;
}

function runOf(tool: string, seconds: number, facts: Partial<Run>): Run {
  return {
    tool,
    via: toolNamed(tool)?.capture[0]?.via ?? 'classic',
    command: `${tool} 1`,
    outcome: 'ok',
    reason: '',
    file: null,
    stderr: '',
    started: 0,
    ended: seconds,
    status: 0,
    attached: 0,
    late: false,
    bytes: 0,
    interval: 1,
    pids: [],
    cpu: null,
    cpuAttaching: null,
    cpuInWindow: null,
    ...facts,
  };
}

export async function captureOf(files: Files, facts: HostFacts = {}): Promise<Capture> {
  const folder = mkdtempSync(join(tmpdir(), 'coldflame-findings-'));
  try {
    if (!facts.isLoose) writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifestFor(files, facts)));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const paths = facts.isLoose ? Object.keys(files).map((name) => join(folder, name)) : [folder];
    return await readCapture(paths, { samples: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function assessed(files: Files, facts: HostFacts = {}): Promise<Assessment> {
  return assess(await captureOf(files, facts), facts.overrides);
}

export async function judge(files: Files, facts: HostFacts = {}): Promise<Finding[]> {
  return (await assessed(files, facts)).findings;
}

/** The findings of one rule; of what is not known for one reason, the one that names it. */
export async function judgeBy(rule: RuleName, files: Files, facts: HostFacts = {}): Promise<Finding[]> {
  return (await judge(files, facts)).filter(({ rule: own, also = [] }) => own === rule || also.includes(rule));
}

/** The one finding of a rule. */
export async function only(rule: RuleName, files: Files, facts: HostFacts = {}): Promise<Finding> {
  const findings = await judgeBy(rule, files, facts);
  if (findings.length !== 1 || findings[0] === undefined)
    throw new Error(`${rule} has ${findings.length} findings: ${findings.map(({ title }) => title).join('; ')}`);
  return findings[0];
}

/** `found: Disk vda …`, `not-known: swapping: 0 pages/s on average (vmstat was read only once)`. */
export async function verdicts(rule: RuleName, files: Files, facts: HostFacts = {}): Promise<string[]> {
  return (await judgeBy(rule, files, facts)).map(({ verdict, title, reason }) =>
    reason === '' ? `${verdict}: ${title}` : `${verdict}: ${title} (${reason})`,
  );
}

export async function foundBy(files: Files, facts: HostFacts = {}): Promise<string[]> {
  return (await judge(files, facts)).filter(({ verdict }) => verdict === 'found').map(({ rule }) => rule);
}

/** What a finding says to do next, one step a line. */
export function nextOf({ next }: Finding): string[] {
  return next.map(stepText);
}

export function times(n: number, row: (i: number) => string): string {
  return Array.from({ length: n }, (_, i) => row(i)).join('');
}

/** The clock so many seconds after the capture began. */
export function clock(seconds: number): string {
  return new Date((STARTED + seconds) * 1000).toISOString().slice(11, 19);
}

const SYSSTAT = 'Linux 6.1.0 (db-7) \t01/05/26 \t_x86_64_\t(4 CPU)\n';

const VMSTAT_HEAD = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
`;

interface VmstatRow {
  r?: number;
  b?: number;
  si?: number;
  so?: number;
  cs?: number;
  us?: number;
  sy?: number;
  id?: number;
  free?: number;
}

/** The first row is since boot, and says the opposite of the rest: a rule that reads it is wrong. */
export function vmstat(rows: readonly VmstatRow[]): string {
  const row = ({
    r = 1,
    b = 0,
    si = 0,
    so = 0,
    cs = 200,
    us = r >= 4 ? 80 : 10,
    sy = 5,
    id = 95 - us,
    free = 800_000,
  }: VmstatRow) =>
    ` ${r}  ${b}      0 ${free}  20000 300000  ${si}  ${so}     0     0  100  ${cs} ${us} ${sy} ${id}  0  0\n`;
  return VMSTAT_HEAD + row({ r: 40, b: 30, si: 9000, so: 9000, cs: 900_000 }) + rows.map(row).join('');
}

/** The same in every second. */
export function steady<T>(value: T, seconds = SECONDS): T[] {
  return Array.from({ length: seconds }, () => value);
}

export interface CpuTimes {
  usr?: number;
  nice?: number;
  sys?: number;
  iowait?: number;
  irq?: number;
  soft?: number;
  steal?: number;
}

/** A report a second, each of `all` and of the CPUs by number. */
export function mpstat(reports: readonly Readonly<Record<string, CpuTimes>>[]): string {
  const table = reports.map((report, i) => {
    const time = clock(i + 1);
    const head = `\n${clock(i)}     CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle\n`;
    const rows = Object.entries(report).map(
      ([cpu, { usr = 0, nice = 0, sys = 0, iowait = 0, irq = 0, soft = 0, steal = 0 }]) => {
        const states = [usr, nice, sys, iowait, irq, soft, steal, 0, 0];
        const idle = 100 - states.reduce((sum, each) => sum + each, 0);
        return `${time}     ${cpu}   ${[...states, idle].map((each) => each.toFixed(2)).join('   ')}\n`;
      },
    );
    return head + rows.join('');
  });
  return SYSSTAT + table.join('');
}

export interface DeviceRow {
  r?: number;
  w?: number;
  rkB?: number;
  wkB?: number;
  rAwait?: number;
  wAwait?: number;
  queue?: number;
  util?: number;
}

/** `iostat -x 1`; the first report is since boot, and says the opposite of the rest. */
export function iostat(reports: readonly Readonly<Record<string, DeviceRow>>[]): string {
  const row = (name: string, of: DeviceRow): string => {
    const { r = 0, w = 0, rkB = 0, wkB = 0, rAwait = 0, wAwait = 0, queue = 0, util = 0 } = of;
    return `${name.padEnd(10)} ${r.toFixed(2)} ${rkB.toFixed(2)} 0.00 0.00 ${rAwait.toFixed(2)} 4.00 ${w.toFixed(2)} ${wkB.toFixed(2)} 0.00 0.00 ${wAwait.toFixed(2)} 4.00 ${queue.toFixed(2)} ${util.toFixed(2)}\n`;
  };
  const report = (devices: Readonly<Record<string, DeviceRow>>): string => `
avg-cpu:  %user   %nice %system %iowait  %steal   %idle
           5.00    0.00    2.00    0.00    0.00   93.00

Device            r/s     rkB/s   rrqm/s  %rrqm r_await rareq-sz     w/s     wkB/s   wrqm/s  %wrqm w_await wareq-sz  aqu-sz  %util
${Object.entries(devices)
  .map(([name, of]) => row(name, of))
  .join('')}`;
  const names = [...new Set(reports.flatMap(Object.keys))];
  const opposite = (name: string): DeviceRow =>
    reports.some((each) => (each[name]?.util ?? 0) > 50)
      ? { r: 1, util: 1 }
      : { r: 9, w: 900, wAwait: 800, queue: 500, util: 99 };
  const sinceBoot = Object.fromEntries(names.map((name) => [name, opposite(name)]));
  return SYSSTAT + [sinceBoot, ...reports].map(report).join('');
}

export interface ProcessRow {
  pid: number;
  name: string;
  usr?: number;
  system?: number;
  wait?: number;
}

/** `pidstat 1`. */
export function pidstat(reports: readonly (readonly ProcessRow[])[]): string {
  return pidstatTable(
    '   UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command',
    reports,
    ({ usr = 0, system = 0, wait = 0 }) => [usr, system, 0, wait, usr + system, 1],
  );
}

/** `pidstat -w 1`. */
export function pidstatSwitches(
  reports: readonly (readonly { pid: number; name: string; voluntary: number; forced?: number }[])[],
): string {
  return pidstatTable('   UID       PID   cswch/s nvcswch/s  Command', reports, ({ voluntary, forced = 0 }) => [
    voluntary,
    forced,
  ]);
}

/** `pidstat -d 1`. */
export function pidstatDisk(
  reports: readonly (readonly { pid: number; name: string; read?: number; written?: number; delay?: number }[])[],
): string {
  return pidstatTable(
    '   UID       PID   kB_rd/s   kB_wr/s kB_ccwr/s iodelay  Command',
    reports,
    ({ read = 0, written = 0, delay = 0 }) => [read, written, 0, delay],
  );
}

/** `pidstat -r 1`. */
export function pidstatMemory(
  reports: readonly (readonly { pid: number; name: string; minor?: number; major?: number; rss?: number }[])[],
): string {
  return pidstatTable(
    '   UID       PID  minflt/s  majflt/s     VSZ     RSS   %MEM  Command',
    reports,
    ({ minor = 0, major = 0, rss = 1000 }) => [minor, major, 100_000, rss, 0.1],
  );
}

function pidstatTable<T extends { pid: number; name: string }>(
  head: string,
  reports: readonly (readonly T[])[],
  cells: (row: T) => readonly number[],
): string {
  const isWhole = (i: number) => /VSZ|RSS|CPU {2}|iodelay/.test(head.trim().split(/\s+/)[i + 2] ?? '');
  const table = reports.map((rows, i) => {
    const body = rows.map((row) => {
      const numbers = cells(row).map((value, place) => (isWhole(place) ? value.toFixed(0) : value.toFixed(2)));
      return `${clock(i + 1)}      0 ${row.pid}  ${numbers.join('  ')}  ${row.name}\n`;
    });
    return `\n${clock(i)}   ${head}\n${body.join('')}`;
  });
  return SYSSTAT + table.join('');
}

/** A table of sar: a report a second, each of one or several rows. */
export function sar(head: string, reports: readonly (readonly (readonly (number | string)[])[])[]): string {
  const table = reports.map((rows, i) => {
    const cells = (row: readonly (number | string)[]) =>
      row.map((cell) => (typeof cell === 'string' ? cell : cell.toFixed(2))).join('     ');
    return `\n${clock(i)}     ${head}\n${rows.map((row) => `${clock(i + 1)}     ${cells(row)}\n`).join('')}`;
  });
  return SYSSTAT + table.join('');
}

/** A histogram of powers of two as bcc prints them: counts by power, from 0 on. */
export function buckets(counts: readonly number[], unit = 'usecs'): string {
  const rows = counts.map((count, i) => {
    const range = `${i === 0 ? 0 : 2 ** i} -> ${2 ** (i + 1) - 1}`;
    return `${range.padStart(20)} : ${String(count).padEnd(8)} |****    |\n`;
  });
  return `     ${unit}               : count     distribution\n${rows.join('')}`;
}

/** A number in the bucket of a power of two, the others empty. */
export function inBuckets(at: Readonly<Record<number, number>>): number[] {
  const most = Object.keys(at).reduce((max, power) => Math.max(max, Number(power)), 0);
  return Array.from({ length: most + 1 }, (_, power) => at[power] ?? 0);
}

/** Lines of dmesg, each with its seconds since the capture began; its clock begins at 1000. */
export function dmesg(...lines: readonly (readonly [at: number, text: string])[]): string {
  return lines.map(([at, text]) => `[${(1000 + at).toFixed(6).padStart(12)}] ${text}\n`).join('');
}

/** Folded stacks as `profile -f` prints them. */
export function folded(stacks: Readonly<Record<string, number>>): string {
  return Object.entries(stacks)
    .map(([stack, count]) => `${stack} ${count}\n`)
    .join('');
}

/** A stack as offcputime prints it, leaf first, with its process and microseconds. */
export function waited(frames: string, process: string, usecs: number): string {
  const lines = frames.split(';').map((frame) => `    ${frame}\n`);
  return `${lines.join('')}    -                ${process}\n        ${usecs}\n\n`;
}

export const SYSCALL = 'do_syscall_64;entry_SYSCALL_64_after_hwframe';

/** For fast-check: the same hosts each time; COLDFLAME_RUNS=1000 tries so many others. */
export function runs(numRuns: number, seed: number): { numRuns: number; seed?: number } {
  const { COLDFLAME_RUNS } = process.env;
  return COLDFLAME_RUNS === undefined ? { numRuns, seed } : { numRuns: Number(COLDFLAME_RUNS) };
}

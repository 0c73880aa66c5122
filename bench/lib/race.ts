/** Whole processes against one another: in turn, output thrown away, medians. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

export interface Runner {
  name: string;
  /** A line for sh. */
  command: string;
}

export interface Timing {
  name: string;
  seconds: number;
  /** User and system, of all its processes and threads. Null, as the peak, where GNU time is not there to tell. */
  cpuSeconds: number | null;
  peakMegabytes: number | null;
}

interface Run {
  seconds: number;
  cpu: number | null;
  peak: number | null;
}

const TIME = '/usr/bin/time';
/** Where this names certificates, Node reads them whenever it starts: 25 ms that are none of ours. */
const { NODE_EXTRA_CA_CERTS: _, ...ENVIRONMENT } = process.env;

/**
 * Runs each `rounds` times in turn after one round that does not count. A runner that fails is left out.
 * @param warm rounds that do not count: none where one takes minutes
 */
export function race(runners: readonly Runner[], rounds: number, warm = 1): Timing[] {
  const runs = runners.map(() => [] as Run[]);
  for (let round = 1 - warm; round <= rounds; round++) {
    for (const [i, { command }] of runners.entries()) {
      const run = once(command);
      if (round > 0 && run !== null) runs[i]?.push(run);
    }
  }
  return runners.flatMap(({ name }, i) => {
    const own = runs[i] ?? [];
    if (own.length < rounds) return [];
    const peaks = own.map(({ peak }) => peak).filter((peak) => peak !== null);
    const cpus = own.map(({ cpu }) => cpu).filter((cpu) => cpu !== null);
    return [
      {
        name,
        seconds: median(own.map(({ seconds }) => seconds)),
        cpuSeconds: cpus.length === 0 ? null : median(cpus),
        peakMegabytes: peaks.length === 0 ? null : median(peaks) / 1024,
      },
    ];
  });
}

function once(command: string): Run | null {
  const started = process.hrtime.bigint();
  const line = `exec ${existsSync(TIME) ? `${TIME} -f '%M %U %S' ` : ''}${command} >/dev/null`;
  const { status, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8', env: ENVIRONMENT });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (status !== 0) return null;
  const [peak = Number.NaN, user = Number.NaN, system = Number.NaN] = (stderr.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  return { seconds, cpu: user + system >= 0 ? user + system : null, peak: peak > 0 ? peak : null };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** A table in Markdown: each with the ratios of its times to the first. */
export function table(timings: readonly Timing[]): string {
  const [first] = timings;
  const rows = timings.map(({ name, seconds, cpuSeconds, peakMegabytes }) => {
    const cells = [
      seconds.toFixed(3),
      ratio(seconds, first?.seconds ?? null),
      cpuSeconds?.toFixed(2) ?? '',
      ratio(cpuSeconds, first?.cpuSeconds ?? null),
      peakMegabytes?.toFixed(0) ?? '',
    ];
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  const head = ['', 'seconds', 'times ours', 'CPU seconds', 'times ours', 'peak MB'];
  return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n');
}

function ratio(value: number | null, first: number | null): string {
  return value === null || first === null || first === 0 ? '' : (value / first).toFixed(2);
}

/** Whether a program is on the PATH. */
export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** The machine, and how busy it is beside us. */
export function machine(): string {
  const load = existsSync('/proc/loadavg') ? readFileSync('/proc/loadavg', 'utf8').split(' ')[0] : '?';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0]?.model ?? 'CPU unknown'}, ${availableParallelism()} cores, ${memory} GB, Node ${process.version}, load ${load}`;
}

export function versionOf(command: string): string {
  return (
    spawnSync('sh', ['-c', `${command} 2>&1`], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n')[0] ?? ''
  );
}

/** inferno's programs do not tell their version; cargo knows what it installed. */
export function infernoVersion(): string {
  return versionOf('cargo install --list | grep ^inferno').replace(/:$/, '') || 'inferno of unknown version';
}

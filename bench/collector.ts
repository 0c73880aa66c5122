// What collecting costs. Beyond the tools themselves: CPU seconds of the script (and of the program that starts it) over a 30 s
// window of the 60-second checklist, as a share of one core. All in all: what every tool that this host has takes of its CPUs
// in the window, and apart from that to be attached. `npm run bench -- collector`, as root for the tools that need it.
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../src/datasets/capture.ts';

const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');
const SECONDS = 30;
const COLLECT = ['collect', '--set', '60s', '--for', String(SECONDS)];
const ALL = ['collect', '--set', 'all', '--for', String(SECONDS), '--quiet'];

/** Runs the command under a shell that tells the CPU time of all that it waited for; the tools' own is in the archive. */
function ownCpu(command: string, archive: string) {
  const line = `${command} >&2; times`;
  const { stdout, status } = spawnSync('sh', ['-c', line], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  if (status !== 0) throw new Error(`${command}: status ${status}`);
  // The second line is of the children: 0m1.230000s 0m0.450000s
  const [user = 0, system = 0] = (stdout.split('\n')[1] ?? '').split(' ').map(secondsOf);
  const { runs } = manifestOf(archive);
  const tools = runs.reduce((sum, { cpu }) => sum + (cpu ?? 0), 0);
  return { own: user + system - tools, tools, runs: runs.filter(({ outcome }) => outcome === 'ok').length };
}

function secondsOf(text: string): number {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

/** As the script wrote it: the window is seconds since the start. */
function manifestOf(archive: string): Manifest & { window: number } {
  return JSON.parse(execFileSync('tar', ['-xOf', archive, 'manifest.json'], { encoding: 'utf8' }));
}

/** Of all tools together, as the archive tells: the share of the CPUs in the window, with the script; and attaching. */
function costOfAll(archive: string): string {
  const { runs, window, windowBegan, collector, host } = manifestOf(archive);
  const sumOf = (key: 'cpuInWindow' | 'cpuAttaching') => runs.reduce((sum, run) => sum + (run[key] ?? 0), 0);
  const room = (window - (windowBegan ?? 0)) * (host.cpus ?? 1);
  const [inWindow, attaching] = [sumOf('cpuInWindow') + (collector.cpu ?? 0), sumOf('cpuAttaching')];
  const ran = runs.filter(({ outcome }) => outcome === 'ok').length;
  const share = `${inWindow.toFixed(2)} s of CPU = ${((inWindow / room) * 100).toFixed(1)} % of ${host.cpus} CPUs in the window`;
  return `${share}, by ${ran} tools and the script; before it ${attaching.toFixed(2)} s to attach them`;
}

/** Prints one line for the script alone, one for `coldflame collect`, and one for all tools that this host has. */
export default function collector(folder: string): void {
  const [script, archive] = [join(folder, 'c.sh'), join(folder, 'c.tar')];
  writeFileSync(script, execFileSync(process.execPath, [PROGRAM, ...COLLECT, '--script', '-o', archive]));
  const ways = [
    ['the script alone', `sh ${script}`],
    ['coldflame collect', `${process.execPath} ${PROGRAM} ${COLLECT.join(' ')} -o ${archive}`],
  ] as const;
  for (const [name, command] of ways) {
    const { own, tools, runs } = ownCpu(command, archive);
    const share = `${own.toFixed(2)} s of CPU in ${SECONDS} s = ${((own / SECONDS) * 100).toFixed(2)} % of one core`;
    process.stdout.write(`${name.padEnd(18)} ${share}, beside ${runs} tools that took ${tools.toFixed(2)} s\n`);
  }
  execFileSync(process.execPath, [PROGRAM, ...ALL, '-o', join(folder, 'all.tar')], { stdio: 'ignore' });
  process.stdout.write(`${'--set all'.padEnd(18)} ${costOfAll(join(folder, 'all.tar'))}\n`);
}

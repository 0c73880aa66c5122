// What collecting costs beyond the tools themselves: CPU seconds of the script (and of the program that starts it) over a
// 30 s window of the 60-second checklist, as a share of one core. `npm run bench -- collector`
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../src/datasets/capture.ts';

const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');
const SECONDS = 30;
const COLLECT = ['collect', '--set', '60s', '--for', String(SECONDS)];

/** Runs the command under a shell that tells the CPU time of all that it waited for; the tools' own is in the archive. */
function ownCpu(command: string, archive: string) {
  const line = `${command} >&2; times`;
  const { stdout, status } = spawnSync('sh', ['-c', line], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  if (status !== 0) throw new Error(`${command}: status ${status}`);
  // The second line is of the children: 0m1.230000s 0m0.450000s
  const [user = 0, system = 0] = (stdout.split('\n')[1] ?? '').split(' ').map(secondsOf);
  const { runs }: Manifest = JSON.parse(execFileSync('tar', ['-xOf', archive, 'manifest.json'], { encoding: 'utf8' }));
  const tools = runs.reduce((sum, { cpu }) => sum + (cpu ?? 0), 0);
  return { own: user + system - tools, tools, runs: runs.filter(({ outcome }) => outcome === 'ok').length };
}

function secondsOf(text: string): number {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

/** Prints one line for the script alone and one for `coldflame collect`. */
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
}

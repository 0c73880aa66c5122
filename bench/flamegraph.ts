/** Drawing a flame graph from folded stacks, against what else is on the PATH: `npm run bench -- flamegraph`. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { captures } from './lib/captures.ts';
import { has, infernoVersion, machine, race, table } from './lib/race.ts';
import { writeResults } from './lib/results.ts';

const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');
const ROUNDS = 5;
const LARGE_BYTES = 190_000_000;

export default function flamegraph(): void {
  const { small, large } = captures();
  const sections = [
    `${machine()}; ${infernoVersion()}. Whole processes in turn, output thrown away, medians of ${ROUNDS}.`,
    section(folded(small, 0)),
    section(folded(large, LARGE_BYTES)),
  ];
  writeResults('flamegraph', sections.join('\n\n'));
}

/** Folded stacks of a capture, by thread and process until they are as large as asked for: the more roots, the more stacks. */
function folded(capture: string, bytes: number): string {
  const path = capture.replace(/\.txt$/, '.folded');
  if (!existsSync(path)) {
    const fold = (flags: string, to: string) =>
      spawnSync('sh', ['-c', `node "${PROGRAM}" export "${capture}" --format folded ${flags} ${to} "${path}"`]);
    fold('--all', '>');
    for (const flags of ['--all --pid', '--all --tid', '--addrs']) if (statSync(path).size < bytes) fold(flags, '>>');
    if (statSync(path).size > bytes && bytes > 0)
      spawnSync('sh', ['-c', `head -c ${bytes} "${path}" | sed '$d' > "${path}.part"; mv "${path}.part" "${path}"`]);
  }
  return path;
}

function section(path: string): string {
  const runners = [{ name: 'coldflame', command: `node "${PROGRAM}" draw "${path}"` }];
  if (has('inferno-flamegraph')) runners.push({ name: 'inferno-flamegraph', command: `inferno-flamegraph "${path}"` });
  if (has('flamegraph.pl')) runners.push({ name: 'flamegraph.pl', command: `flamegraph.pl "${path}"` });
  return `**${(statSync(path).size / 1e6).toFixed(0)} MB of folded stacks**\n\n${table(race(runners, ROUNDS))}`;
}

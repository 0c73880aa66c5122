/**
 * Folding perf.data, against perf script with inferno and against samply: `npm run bench -- perfdata`. Records this machine
 * at work for some minutes the first time.
 */
import { spawnSync } from 'node:child_process';
import { statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { recordings, repeated } from './lib/captures.ts';
import { has, infernoVersion, machine, type Runner, race, table, versionOf } from './lib/race.ts';
import { writeResults } from './lib/results.ts';

const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');
const MEGABYTES = [50, 250, 500];
const ROUNDS = 3;
/** perf script takes minutes. */
const PEER_ROUNDS = 1;

export default function perfdata(folder: string): void {
  const recorded = recordings(MEGABYTES);
  const sections = [
    `${machine()}; ${versionOf('perf --version')}, ${infernoVersion()}, ${versionOf('samply --version')}. Whole processes in turn, output thrown away, medians of ${ROUNDS}, the peers' of ${PEER_ROUNDS}.`,
    ...recorded.map(({ megabytes, path }) => section(megabytes, path, folder)),
    growth(recorded.at(-1)?.path as string),
    conserved(recorded[0]?.path as string, folder),
  ];
  writeResults('perfdata', sections.join('\n\n'));
}

function section(megabytes: number, path: string, folder: string): string {
  const ours: Runner[] = [
    { name: 'coldflame export', command: `node "${PROGRAM}" export "${path}" --format folded --all` },
    { name: 'coldflame analyze', command: `node "${PROGRAM}" analyze "${path}" -o "${join(folder, 'report.html')}"` },
  ];
  const peers: Runner[] = [];
  if (has('perf') && has('inferno-collapse-perf'))
    peers.push({
      name: 'perf script, inferno-collapse-perf',
      command: `bash -c 'set -o pipefail; perf script --no-inline -i "${path}" 2>/dev/null | inferno-collapse-perf --all'`,
    });
  if (has('samply'))
    peers.push({
      name: 'samply import',
      command: `samply import --save-only -o "${join(folder, 'profile.json.gz')}" "${path}"`,
    });
  return `**${megabytes} MB**\n\n${table([...race(ours, ROUNDS), ...race(peers, PEER_ROUNDS, 0)])}`;
}

/** The same records again and again: time grows with the input, memory does not. */
function growth(path: string): string {
  const timings = [1, 2, 4].map((times) => {
    const input = times === 1 ? path : repeated(path, times);
    const megabytes = Math.round(statSync(input).size / 1e6);
    const command = `node "${PROGRAM}" export "${input}" --format folded --all`;
    const [timing] = race([{ name: `${times} times the large one, ${megabytes} MB`, command }], 1);
    if (times > 1) unlinkSync(input);
    return timing;
  });
  return table(timings.filter((timing) => timing !== undefined));
}

/** Weight by perf and awk, which know nothing of us. */
function conserved(path: string, folder: string): string {
  const mine = join(folder, 'ours.folded');
  spawnSync('sh', ['-c', `node "${PROGRAM}" export "${path}" --format folded > "${mine}"`]);
  const sum = `awk '{ samples++; weight += $1 } END { printf "%d samples, %.0f of weight", samples, weight }'`;
  const byPerf = versionOf(`perf script -i "${path}" -G -F period 2>/dev/null | ${sum}`);
  const folded = versionOf(`awk '{ weight += $NF } END { printf "%.0f of weight", weight }' "${mine}"`);
  return `Conserved: perf script and awk count ${byPerf}; the folded stacks hold ${folded}.`;
}

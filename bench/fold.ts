/**
 * Folding perf script, against what else is on the PATH: `npm run bench -- fold`. Records this machine at work for some
 * minutes the first time.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { agreement } from './lib/agreement.ts';
import { captures } from './lib/captures.ts';
import { has, infernoVersion, machine, type Runner, race, table, versionOf } from './lib/race.ts';
import { writeResults } from './lib/results.ts';

const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');
const ROUNDS = 5;
const PERL_ROUNDS = 2;

export default function fold(folder: string): void {
  const { small, large } = captures();
  const sections = [
    `${machine()}; ${infernoVersion()}. Whole processes in turn, output thrown away, medians of ${ROUNDS}.`,
    section('small', small),
    `${table(race([ours('export'), { name: 'node -e 0', command: 'node -e 0' }].map(starting), ROUNDS))}`,
    section('large', large),
    perl(large),
    growth(large),
    same(large, folder),
    conserved(large, folder),
  ];
  writeResults('fold', sections.filter((text) => text !== '').join('\n\n'));
}

function ours(command: string, path = ''): Runner {
  return { name: 'coldflame', command: `node "${PROGRAM}" ${command}${path && ` "${path}" --format folded`}` };
}

/** What it takes to start. */
function starting(runner: Runner): Runner {
  return runner.name === 'coldflame' ? { name: 'coldflame --version', command: `node "${PROGRAM}" --version` } : runner;
}

function section(name: string, path: string): string {
  const runners = [ours('export', path), { name: 'wc -l', command: `wc -l "${path}"` }];
  if (has('inferno-collapse-perf')) {
    runners.push({ name: 'inferno-collapse-perf', command: `inferno-collapse-perf "${path}"` });
    runners.push({ name: 'inferno-collapse-perf, 1 thread', command: `inferno-collapse-perf -n 1 "${path}"` });
  }
  return `**${name}**, ${(statSync(path).size / 1e6).toFixed(0)} MB\n\n${table(race(runners, ROUNDS))}`;
}

function perl(path: string): string {
  if (!has('stackcollapse-perf.pl')) return 'stackcollapse-perf.pl is not on the PATH.';
  return table(
    race(
      [ours('export', path), { name: 'stackcollapse-perf.pl', command: `stackcollapse-perf.pl "${path}"` }],
      PERL_ROUNDS,
    ),
  );
}

/** The same stacks again and again: time grows with the input, memory does not. */
function growth(path: string): string {
  const timings = [1, 2, 4, 8].map((times) => {
    const input = Array(times).fill(`"${path}"`).join(' ');
    return {
      name: `${times} times the large file, through a pipe`,
      command: `sh -c 'cat ${input} | node "${PROGRAM}" export - --format folded'`,
    };
  });
  return table(race(timings, 1));
}

function same(path: string, folder: string): string {
  if (!has('inferno-collapse-perf')) return '';
  const [mine, theirs] = [join(folder, 'ours.folded'), join(folder, 'theirs.folded')];
  spawnSync('sh', [
    '-c',
    `node "${PROGRAM}" export "${path}" --format folded > "${mine}"; inferno-collapse-perf "${path}" > "${theirs}" 2>/dev/null`,
  ]);
  return `Ours against inferno's on the large file:\n\n${agreement(mine, theirs)}`;
}

/** Samples and weight by awk, which knows nothing of us: an event line is what begins without a blank. */
function conserved(path: string, folder: string): string {
  const counted = `awk '/^[^ \\t#]/ { for (i = 2; i < NF; i++) if ($i ~ /^[0-9]+\\.[0-9]+:$/) { samples++; weight += $(i + 1) } } END { printf "%d samples, %.0f of weight", samples, weight }'`;
  const mine = join(folder, 'ours.folded');
  const byAwk = versionOf(`${counted} "${path}"`);
  const folded = versionOf(`awk '{ weight += $NF } END { printf "%.0f of weight", weight }' "${mine}"`);
  return `Conserved: awk counts ${byAwk}; the folded stacks hold ${folded}.`;
}

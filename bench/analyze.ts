/**
 * The whole way, from what a tool printed to a page or picture that a person opens, against the whole way of others:
 * `npm run bench -- analyze`. COLDFLAME_PYTHON names a Python that has pandas.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { captures } from './lib/captures.ts';
import { writeKind } from './lib/kinds.ts';
import { has, infernoVersion, machine, type Runner, race, table, versionOf } from './lib/race.ts';
import { writeResults } from './lib/results.ts';

const DATA = join(import.meta.dirname, 'data');
const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');
const PYTHON = process.env.COLDFLAME_PYTHON ?? 'python3';
const ROUNDS = Number(process.env.COLDFLAME_ROUNDS ?? 3);
const CSV_MEGABYTES = 40;
/** What a person asks of a table first. */
const PANDAS = `import sys, pandas
table = pandas.read_csv(sys.argv[1])
print(table.describe(include='all').to_html())
`;

export default function analyze(folder: string): void {
  mkdirSync(DATA, { recursive: true });
  const { small, large } = captures();
  const sections = [
    `${machine()}; ${infernoVersion()}. Whole processes in turn, output thrown away, medians of ${ROUNDS}. The page has what its peers make,\nand findings, tables and the time axis beside it; pandas makes a table of 11 rows.`,
    ...[small, large].map((path) => section(`${megabytes(path)} MB of perf script`, stackRunners(path, folder))),
    section(`${megabytes(small)} MB of perf script, packed`, packedRunners(packed(small), folder)),
    section(`${CSV_MEGABYTES} MB of CSV`, csvRunners(csv(), folder)),
  ];
  writeResults('analyze', sections.join('\n\n'));
}

function section(title: string, runners: readonly Runner[]): string {
  return `**${title}**\n\n${table(race(runners, ROUNDS))}`;
}

function ours(path: string, folder: string): Runner[] {
  return [
    { name: 'coldflame analyze', command: `node "${PROGRAM}" analyze "${path}" -o "${join(folder, 'out.html')}"` },
    { name: 'coldflame draw', command: `node "${PROGRAM}" draw "${path}"` },
  ];
}

function stackRunners(path: string, folder: string): Runner[] {
  return [
    ...ours(path, folder),
    ...inferno(`inferno-collapse-perf "${path}"`),
    { name: 'wc -l', command: `wc -l "${path}"` },
  ];
}

function packedRunners(path: string, folder: string): Runner[] {
  return [
    ...ours(path, folder),
    ...inferno(`gzip -dc "${path}" | inferno-collapse-perf`),
    { name: 'gzip -t', command: `gzip -t "${path}"` },
  ];
}

/** From stacks to a picture; none where inferno is not there. */
function inferno(folding: string): Runner[] {
  if (!has('inferno-flamegraph')) return [];
  return [{ name: 'inferno, both its programs', command: `sh -c '${folding} | inferno-flamegraph'` }];
}

function csvRunners(path: string, folder: string): Runner[] {
  const [page] = ours(path, folder) as [Runner, Runner];
  const floor = { name: 'wc -l', command: `wc -l "${path}"` };
  const pandas = versionOf(`${PYTHON} -c 'import pandas; print(pandas.__version__)'`);
  if (!/^\d/.test(pandas)) return [page, floor];
  const script = join(folder, 'describe.py');
  writeFileSync(script, PANDAS);
  return [page, { name: `pandas ${pandas}, describe()`, command: `${PYTHON} "${script}" "${path}"` }, floor];
}

function packed(path: string): string {
  const to = `${path}.gz`;
  if (!existsSync(to)) execFileSync('sh', ['-c', `gzip -c "${path}" > "${to}"`]);
  return to;
}

function csv(): string {
  const path = join(DATA, `csv-${CSV_MEGABYTES}.txt`);
  if (!existsSync(path)) writeKind('csv', path, CSV_MEGABYTES * 1e6);
  return path;
}

function megabytes(path: string): string {
  return (statSync(path).size / 1e6).toFixed(0);
}

/**
 * What each kind of table costs by its size, the whole way: `analyze`, and `export` to CSV and JSON. CPU seconds of whole
 * processes, user and system, and their peak memory; the slope from the least to the largest file, and the exponent of growth.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { kinds, writeKind } from './lib/kinds.ts';
import { machine, race } from './lib/race.ts';
import { writeResults } from './lib/results.ts';

const DATA = join(import.meta.dirname, 'data');
const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');
/** Megabytes. COLDFLAME_SIZES=10,40 measures others, COLDFLAME_KINDS=vmstat,sar only these. */
const SIZES = (process.env.COLDFLAME_SIZES ?? '10,40,100').split(',').map(Number);
const WANTED = process.env.COLDFLAME_KINDS?.split(',') ?? Object.keys(kinds);
const ROUNDS = Number(process.env.COLDFLAME_ROUNDS ?? 3);
/** What a process takes before it reads anything. */
const BASE_MEGABYTES = 120;

export default async function run(folder: string): Promise<void> {
  mkdirSync(DATA, { recursive: true });
  const rows = WANTED.flatMap((kind) => ways(folder).map(({ way, command }) => rowOf(kind, way, command)));
  const text = [
    `${machine()}. CPU seconds and peak memory of whole processes, medians of ${ROUNDS}; sizes in MB.`,
    '',
    `| kind | | ${SIZES.map((size) => `${size} MB`).join(' | ')} | s per MB | exponent | peak MB | B per B |`,
    `| --- | --- | ${SIZES.map(() => '---').join(' | ')} | --- | --- | --- | --- |`,
    ...rows,
  ];
  writeResults('kinds', text.join('\n'));
}

function ways(folder: string): { way: string; command: (path: string) => string }[] {
  const node = `${process.execPath} ${PROGRAM}`;
  return [
    { way: 'analyze', command: (path) => `${node} analyze '${path}' -o ${join(folder, 'out.html')}` },
    { way: 'csv', command: (path) => `${node} export '${path}' --format csv --dataset 0` },
    { way: 'json', command: (path) => `${node} export '${path}' --format json` },
  ];
}

function rowOf(kind: string, way: string, command: (path: string) => string): string {
  const runs = SIZES.map((size) => {
    const path = join(DATA, `${kind.replaceAll(' ', '-')}-${size}.txt`);
    if (!isThere(path, size * 1e6)) writeKind(kind, path, size * 1e6);
    const [timing] = race([{ name: kind, command: command(path) }], ROUNDS);
    return {
      size: statSync(path).size / 1e6,
      cpu: timing?.cpuSeconds ?? Number.NaN,
      peak: timing?.peakMegabytes ?? Number.NaN,
    };
  });
  const [least, most] = [runs[0], runs.at(-1)] as [(typeof runs)[number], (typeof runs)[number]];
  const slope = (most.cpu - least.cpu) / (most.size - least.size);
  const exponent = Math.log(most.cpu / least.cpu) / Math.log(most.size / least.size);
  const cells = [
    ...runs.map(({ cpu }) => cpu.toFixed(2)),
    slope.toFixed(3),
    runs.length > 1 ? exponent.toFixed(2) : '',
    most.peak.toFixed(0),
    ((most.peak - BASE_MEGABYTES) / most.size).toFixed(1),
  ];
  process.stderr.write(`${kind} ${way}: ${cells.join(' ')}\n`);
  return `| ${kind} | ${way} | ${cells.join(' | ')} |`;
}

function isThere(path: string, bytes: number): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= bytes;
}

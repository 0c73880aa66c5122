/**
 * Many captures: the page of a fleet and the Parquet store, against the number of captures: `npm run bench -- fleet`. Each is the
 * demo's, under a name of its own.
 */
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { machine, race, table, versionOf } from './lib/race.ts';
import { writeResults } from './lib/results.ts';

const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');
const DEMO = join(import.meta.dirname, '../samples/demo/capture.tar.gz');
/** Twice as many should take twice as long. */
const COUNTS = [50, 100, 200];

export default function fleet(folder: string): void {
  const sections = [...COUNTS.map((count) => page(count, folder)), parquet(folder)];
  const around = `${machine()}. Whole processes; the captures are the demo's, ${megabytes(statSync(DEMO).size)} MB.`;
  writeResults('fleet', [around, ...sections].join('\n\n'));
}

function page(count: number, folder: string): string {
  const captures = join(folder, `captures-${count}`);
  mkdirSync(captures);
  for (let i = 0; i < count; i++) copyFileSync(DEMO, join(captures, `host-${i}.tar.gz`));
  const out = join(folder, 'fleet.html');
  const command = `node "${PROGRAM}" fleet "${captures}" -o "${out}"`;
  const timings = race([{ name: `coldflame fleet, ${count} captures`, command }], 1, 0);
  const rate = count / (timings[0]?.cpuSeconds ?? Number.NaN);
  return `${table(timings)}\n\n${rate.toFixed(2)} captures a CPU second.`;
}

function parquet(folder: string): string {
  const store = join(folder, 'store');
  const command = `node "${PROGRAM}" export "${DEMO}" --format parquet -o "${store}"`;
  const timings = race([{ name: 'coldflame export --format parquet, one capture', command }], 3);
  return `${table(timings)}\n\nIt takes ${versionOf(`du -sk "${store}" | cut -f1`)} KiB in the store, and ${Math.round(statSync(DEMO).size / 1024)} KiB as an archive.`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

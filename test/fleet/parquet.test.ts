/** The store of many captures: DuckDB reads it, sums agree, and every query of docs/fleet.md answers. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { toParquet } from '../../src/exports/parquet.ts';
import { TABLES } from '../../src/exports/tables.ts';
import { assess } from '../../src/findings/index.ts';
import { allTracks } from '../../src/signals/index.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CAPTURES = [
  'samples/sick/build-and-backup.tar.gz',
  'samples/sick/healthy.tar.gz',
  'samples/sick/disk-fsync.tar.gz',
];
const DOCS = readFileSync(join(ROOT, 'docs/fleet.md'), 'utf8');
const store = mkdtempSync(join(tmpdir(), 'coldflame-store-'));
let db: DuckDBConnection;

async function filesOf(path: string) {
  const capture = await readCapture([join(ROOT, path)], { samples: true });
  return [...toParquet(capture, { findings: assess(capture).findings, signals: allTracks(capture) })];
}

beforeAll(async () => {
  for (const capture of CAPTURES)
    for (const { path, bytes } of await filesOf(capture)) {
      mkdirSync(join(store, dirname(join(...path))), { recursive: true });
      writeFileSync(join(store, ...path), bytes);
    }
  db = await (await DuckDBInstance.create(':memory:')).connect();
  for (const table of Object.keys(TABLES))
    await db.run(
      `CREATE VIEW ${table} AS SELECT * FROM read_parquet('${store}/${table}/**/*.parquet', hive_partitioning = true)`,
    );
}, 60_000);
afterAll(() => rmSync(store, { recursive: true }));

async function rows(sql: string) {
  return (await db.runAndReadAll(sql)).getRowObjectsJson();
}

test('weights of stacks, functions and samples are those that perf and offcputime printed', async () => {
  const demo = "host = 'shop-db-1'";
  const sums = (table: string) => `SELECT event, sum(weight) AS sum FROM ${table} WHERE ${demo} GROUP BY 1 ORDER BY 1`;
  // grep -c cpu-clock: perf.txt; awk 'NF == 1 { sum += $1 }' offcputime.txt
  const printed = [
    { event: 'cpu-clock', sum: 5420 },
    { event: 'offcputime', sum: 1_254_814_279 },
  ];
  expect(await rows(sums('stacks'))).toEqual(printed);
  expect(await rows(sums('samples'))).toEqual(printed);
  expect(await rows(`SELECT event, sum(self) AS sum FROM frames WHERE ${demo} GROUP BY 1 ORDER BY 1`)).toEqual(printed);
});

test('signals are in one unit, without averages since boot, whichever tool told them', async () => {
  const of = (signal: string, subject: string) =>
    rows(
      `SELECT tool, count(*)::INTEGER AS count, round(sum(value), 2) AS sum, any_value(unit) AS unit FROM signals
       WHERE host = 'shop-db-1' AND signal = '${signal}' AND subject = '${subject}' GROUP BY tool ORDER BY tool`,
    );
  // awk '$1 == "vda" && n++ { count++; sum += $NF } END { print count, sum }' iostat.txt
  expect(await of('system.disk.io_time', 'vda')).toEqual([{ tool: 'iostat', count: 29, sum: 800.59, unit: '%' }]);
});

test('times are the wall clock of the host', async () => {
  // iostat.txt: the first stamp is 21:00:05 in a zone one hour east
  const [first] = await rows(
    "SELECT min(time)::VARCHAR AS first FROM metrics WHERE host = 'shop-db-1' AND tool = 'iostat'",
  );
  expect(first?.first).toMatch(/^2026-11-20 20:00:05/);
});

describe('docs/fleet.md', () => {
  const queries = [...DOCS.matchAll(/\n\n([^\n]+)\n\n```sql\n([\s\S]*?)```/g)].map(
    ([, question, sql]) => [question as string, sql as string] as const,
  );

  test('has ten questions', () => {
    expect(queries).toHaveLength(10);
  });

  test.each(queries)('%s', async (_, sql) => {
    expect((await rows(sql)).length).toBeGreaterThan(0);
  });

  test('names every column', () => {
    for (const [table, columns] of Object.entries(TABLES)) {
      const row = DOCS.split('\n').find((line) => line.startsWith(`| ${table} |`)) ?? '';
      expect(Object.keys(columns).filter((name) => !row.includes(`\`${name}\``))).toEqual([]);
    }
  });

  test('its flame graph of all hosts has the weight of all', async () => {
    const [, sql] = queries.find(([question]) => question.startsWith('The merged')) as (typeof queries)[number];
    const folded = (await rows(sql)).map((row) => Number(String(row.folded).split(' ').at(-1)));
    const [all] = await rows("SELECT sum(weight) AS sum FROM stacks WHERE event = 'cpu-clock'");
    expect(folded.reduce((sum, weight) => sum + weight, 0)).toBe(all?.sum);
  });
});

test('the same capture gives the same files', async () => {
  const [once, twice] = [await filesOf(CAPTURES[1] as string), await filesOf(CAPTURES[1] as string)];
  expect(twice.map(({ path }) => path)).toEqual(once.map(({ path }) => path));
  expect(twice.every(({ bytes }, i) => Buffer.compare(bytes, once[i]?.bytes as Uint8Array) === 0)).toBe(true);
});

test('many processes write one store at once, and what each wrote is there whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coldflame-parallel-'));
  const [, ...small] = CAPTURES;
  const words = `printf '%s\\0' ${small.map((path) => `"${join(ROOT, path)}"`).join(' ')} |
    xargs -0 -P 2 -n 1 node "${join(ROOT, 'dist/coldflame.js')}" export --format parquet -o "${folder}"`;
  execFileSync('sh', ['-c', words]);
  const counts = (from: string) =>
    rows(
      `SELECT count(*)::INTEGER AS n, count(DISTINCT capture)::INTEGER AS captures, sum(value) AS sum
       FROM read_parquet('${from}/signals/**/*.parquet', hive_partitioning = true)
       WHERE host <> 'shop-db-1'`,
    );
  expect(await counts(folder)).toEqual(await counts(store));
  rmSync(folder, { recursive: true });
});

test('two loose files of one name and as many lines are two captures', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coldflame-loose-'));
  const path = join(folder, 'a.folded');
  const partitions: unknown[] = [];
  for (const text of ['a;b 1\n', 'a;b 2\n', 'a;b 1\n']) {
    writeFileSync(path, text);
    const [file] = [...toParquet(await readCapture([path], { samples: true }), { findings: [], signals: [] })];
    partitions.push(file?.path[3]);
  }
  rmSync(folder, { recursive: true });
  expect(new Set(partitions).size).toBe(2);
  expect(partitions[2]).toBe(partitions[0]);
});

test("no host's name leaves its folder", async () => {
  const capture = await readCapture([join(ROOT, CAPTURES[1] as string)], { samples: true });
  if (capture.manifest !== null) capture.manifest.host.hostname = '../../etc/x y\u0000é';
  const [file] = [...toParquet(capture, { findings: [], signals: [] })];
  expect(file?.path[2]).toBe('host=..%2F..%2Fetc%2Fx%20y%00%C3%A9');
});

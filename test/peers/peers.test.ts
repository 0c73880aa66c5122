/**
 * Every sample's exports, as the programs read them that they are for: `npm run peers`, which fetches these. `npm test` does the same
 * with a few (test/exports, test/fleet).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from '../../src/cli/parse.ts';
import { verbNamed } from '../../src/commands/index.ts';
import { readCapture } from '../../src/commands/read.ts';
import { totalWeight } from '../../src/datasets/fold.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { hasTimes } from '../../src/datasets/times.ts';
import { TABLES } from '../../src/exports/tables.ts';
import { launch } from '../report/browser.ts';

/** Milliseconds: a busy machine takes its time. */
const PATIENCE = 3_000_000;
const PLACE = process.env.COLDFLAME_PEERS ?? '';
const ROOT = resolve(import.meta.dirname, '../..');
const PYTHON = join(PLACE, 'python/bin/python');
const ENGINE = join(PLACE, 'node_modules/@paulirish/trace_engine/models/trace/trace.js');
const READER = join(import.meta.dirname, 'read.py');
const answers = (program: string, ...words: string[]) => PLACE !== '' && spawnSync(program, words).status === 0;
const has = {
  go: answers('go', 'version'),
  otlp: answers(PYTHON, '-c', 'import opentelemetry.proto.profiles.v1development.profiles_pb2'),
  pyarrow: answers(PYTHON, '-c', 'import pyarrow.dataset'),
  spark: answers(PYTHON, '-c', 'import pyspark') && answers('java', '-version'),
  firefox: answers(join(PLACE, 'node_modules/.bin/node'), join(PLACE, 'node_modules/.bin/profiler-cli'), '--version'),
};

if (PLACE !== '')
  for (const [peer, isThere] of Object.entries({ ...has, 'trace engine': existsSync(ENGINE) }))
    if (!isThere) process.stderr.write(`left out: ${peer}: it is not in ${PLACE}, and not on this machine\n`);

/** A file of samples/, or a capture, that something can be exported of. */
interface Exported {
  name: string;
  path: string;
  stacks: { title: string; weight: number; rounded: number; timed: number }[];
  /** Tables of events that have times. */
  events: number;
}

const place = mkdtempSync(join(tmpdir(), 'coldflame-peers-'));
const all: Exported[] = [];

/** The demo's programs; what travels with a recording. */
const ASIDE = new Set(['load', 'symbols']);

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (ASIDE.has(entry.name)) continue;
    if (entry.isDirectory()) yield* filesIn(path);
    else if (!/\.golden\.json$|README\.md$|\.cpp$/.test(entry.name)) yield path;
  }
}

/** @returns where it was written: `coldflame export PATH -f FORMAT -o …` */
async function exported({ name, path }: Exported, format: string, place: string): Promise<string> {
  const out = join(place, `${name.replaceAll('/', '~')}.${format}`);
  await run(path, format, out);
  return out;
}

async function run(path: string, format: string, out: string): Promise<void> {
  const verb = await verbNamed('export');
  if (verb === undefined) throw new Error('no such verb');
  const { values, ...given } = parse(verb, [path, '-f', format, '-o', out]);
  await verb.run(values as never, given);
  // A sample that is damaged is read as far as it goes.
  process.exitCode = 0;
}

const withStacks = () => all.filter(({ stacks }) => stacks.length > 0);
const readJson = (program: string, ...words: string[]) => {
  const { stdout, stderr, status } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1e9 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

describe.skipIf(PLACE === '')('exports of all samples', () => {
  beforeAll(async () => {
    for (const path of filesIn(join(ROOT, 'samples'))) {
      const { datasets } = await readCapture([path], { samples: true });
      if (datasets.every(({ shape }) => shape === 'text')) continue;
      const stacks = datasets.filter((dataset): dataset is Stacks => dataset.shape === 'stacks');
      const events = datasets.filter((dataset) => dataset.shape === 'events' && hasTimes(dataset));
      all.push({
        name: relative(join(ROOT, 'samples'), path),
        path,
        stacks: stacks
          .map(({ title, kind, profile }) => ({
            title,
            weight: totalWeight(profile),
            // Percentages of perf report: formats of whole numbers have them rounded.
            rounded: profile.self.reduce((sum, weight) => sum + Math.round(weight), 0),
            timed: kind === 'on-cpu' ? (profile.samples?.at.filter((at) => !Number.isNaN(at)).length ?? 0) : 0,
          }))
          .filter(({ weight }) => weight > 0),
        events: events.length,
      });
    }
  }, PATIENCE);
  afterAll(() => rmSync(place, { recursive: true }));

  test.skipIf(!has.go)('go tool pprof has the weights of each', async () => {
    for (const each of withStacks()) {
      const { stdout, stderr } = spawnSync('go', ['tool', 'pprof', '-raw', await exported(each, 'pprof', place)], {
        encoding: 'utf8',
        maxBuffer: 1e9,
      });
      // `         10         20: 4 3 2`: the values of a sample, by type
      const samples = /^Samples:\n.*\n([\s\S]*?)^Locations/m.exec(stdout)?.[1] ?? '';
      const sums = Array.from(samples.matchAll(/^ +([\d ]+): [\d ]*$/gm), ([, values]) =>
        (values as string).trim().split(/ +/).map(Number),
      ).reduce((sum, values) => sum + values.reduce((a, b) => a + b), 0);
      expect([each.name, sums, stderr]).toEqual([each.name, roundly(each), '']);
    }
    told('go tool pprof', withStacks());
  });

  describe('speedscope', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser.close());

    test('imports each, and writes all of its weight again', async () => {
      for (const each of withStacks()) {
        const { problems, profiles } = await throughSpeedscope(browser, await exported(each, 'speedscope', place));
        const sum = profiles.reduce((sum, { endValue, startValue }) => sum + endValue - startValue, 0);
        expect([each.name, problems]).toEqual([each.name, []]);
        expect(sum / weightOf(each), each.name).toBeCloseTo(1, 9);
      }
      told('speedscope', withStacks());
    });
  });

  test.skipIf(!has.otlp)("OpenTelemetry's messages have the weights of each", async () => {
    const folder = join(place, 'otlp');
    mkdirSync(folder);
    for (const each of withStacks()) await exported(each, 'otlp', folder);
    const sums = readJson(PYTHON, READER, 'otlp', folder);
    for (const each of withStacks()) {
      const own = sums[`${each.name.replaceAll('/', '~')}.otlp`] as string[];
      expect([each.name, own.reduce((sum, text) => sum + Number(text), 0)]).toEqual([each.name, roundly(each)]);
    }
    told('opentelemetry-proto', withStacks());
  });

  /** Whole captures: the reader is a process that starts for each file, and each question to it is another. */
  const captures = () =>
    all.filter(({ path, events, stacks }) => path.endsWith('.tar.gz') && (events > 0 || stacks.length > 0));

  test.skipIf(!has.firefox)('the Firefox Profiler has the threads and markers of each', async () => {
    const sessions = join(place, 'firefox');
    mkdirSync(sessions);
    const env = { ...process.env, PROFILER_CLI_SESSION_DIR: sessions, HOME: sessions };
    const ask = (...words: string[]) =>
      spawnSync(join(PLACE, 'node_modules/.bin/node'), [join(PLACE, 'node_modules/.bin/profiler-cli'), ...words], {
        encoding: 'utf8',
        env,
        maxBuffer: 1e9,
      });
    for (const each of captures()) {
      const path = await exported(each, 'firefox', place);
      const own = JSON.parse(readFileSync(path, 'utf8')).threads as {
        markers: { length: number };
        samples: { length: number; weight: number[] | null };
      }[];
      ask('load', path);
      // It waits half a second for its own reader, and says to try again.
      for (let i = 0; i < 100 && ask('status').status !== 0; i++) await setTimeout(500);
      const { threads } = JSON.parse(ask('thread', 'list', '--json').stdout) as { threads: { markerCount: number }[] };
      ask('stop', '--all');
      expect([each.name, threads.map(({ markerCount }) => markerCount)]).toEqual([
        each.name,
        own.map(({ markers }) => markers.length),
      ]);
    }
    told('Firefox Profiler', captures());
  });

  describe('perfetto', () => {
    test("each event is as the format's document has it; the tracing of Chrome's own tools has all samples", async () => {
      const TraceModel = await traceEngine();
      let count = 0;
      for (const each of all) {
        const { traceEvents } = JSON.parse(readFileSync(await exported(each, 'perfetto', place), 'utf8'));
        count += traceEvents.length;
        expect([each.name, traceEvents.filter((event: TraceEvent) => !isSound(event)).slice(0, 3)]).toEqual([
          each.name,
          [],
        ]);
        const sampled = traceEvents.filter(({ name }: TraceEvent) => name === 'ProfileChunk');
        if (sampled.length === 0 || TraceModel === null) continue;
        const engine = TraceModel.Processor.TraceProcessor.createWithAllHandlers();
        await engine.parse(traceEvents, {});
        const processes = [...engine.data.Samples.profilesInProcess.values()] as Map<number, EngineProfile>[];
        const samples = processes.flatMap((threads) =>
          [...threads.values()].map(({ rawProfile }) => rawProfile.samples.length),
        );
        const whole = each.stacks.reduce((sum, { timed }) => sum + timed, 0);
        expect([each.name, samples.reduce((a, b) => a + b, 0)]).toEqual([each.name, whole]);
      }
      process.stdout.write(`perfetto: ${count} events of ${all.length} files are sound\n`);
    });
  });

  test('the same bytes for the same input', async () => {
    for (const each of all)
      for (const format of [
        'json',
        'firefox',
        'perfetto',
        ...(each.stacks.length > 0 ? ['pprof', 'speedscope', 'otlp', 'folded'] : []),
      ]) {
        const sums: string[] = [];
        for (const turn of ['once', 'twice']) {
          const folder = join(place, turn);
          mkdirSync(folder, { recursive: true });
          const bytes = readFileSync(
            await exported(each, format, folder).catch((error) => {
              // Several events, and folded stacks have room for one.
              if (format !== 'folded') throw error;
              return READER;
            }),
          );
          sums.push(createHash('sha256').update(bytes).digest('hex'));
        }
        expect([each.name, format, sums[1]]).toEqual([each.name, format, sums[0]]);
      }
  });

  describe('parquet', () => {
    const store = join(place, 'store');
    let db: DuckDBConnection;
    /** A column of each table with numbers, whose sum must agree. */
    const summed: Readonly<Record<string, string>> = {
      captures: 'files',
      signals: 'value',
      metrics: 'value',
      events: 'duration',
      counts: 'value',
      histograms: 'count',
      stacks: 'weight',
      frames: 'self',
      samples: 'weight',
      findings: 'value',
    };
    const rows = async (sql: string) => (await db.runAndReadAll(sql)).getRowObjectsJson();
    const own: Record<string, [count: number, sum: number]> = {};

    beforeAll(async () => {
      for (const { path } of all) await run(path, 'parquet', store);
      db = await (await DuckDBInstance.create(':memory:')).connect();
      await db.run("SET TimeZone = 'UTC'");
      for (const table of Object.keys(TABLES))
        await db.run(
          `CREATE VIEW ${table} AS SELECT * FROM read_parquet('${store}/${table}/**/*.parquet', hive_partitioning = true)`,
        );
      for (const [table, column] of Object.entries(summed)) {
        const [{ n, sum } = {}] = await rows(
          `SELECT count(*)::INTEGER AS n, sum(${column})::DOUBLE AS sum FROM ${table}`,
        );
        own[table] = [Number(n), Number(sum)];
      }
    }, PATIENCE);

    const agree = (found: Record<string, [number, number]>) => {
      for (const [table, [count, sum]] of Object.entries(own)) {
        expect([table, found[table]?.[0]]).toEqual([table, count]);
        expect(Number(found[table]?.[1]) / sum, table).toBeCloseTo(1, 9);
      }
    };

    test('DuckDB has the weights of all profiles', async () => {
      const [{ sum } = {}] = await rows('SELECT sum(weight)::DOUBLE AS sum FROM stacks');
      expect(Number(sum) / withStacks().reduce((sum, each) => sum + weightOf(each), 0)).toBeCloseTo(1, 9);
      process.stdout.write(`parquet: ${all.length} files, rows and sums ${JSON.stringify(own)}\n`);
    });

    test.skipIf(!has.pyarrow)('pyarrow has the same rows and sums', () => {
      agree(readJson(PYTHON, READER, 'parquet', store, JSON.stringify(summed)));
    });

    test.skipIf(!has.spark)(
      "Spark has the same rows and sums, and the same answers to docs/fleet.md's questions",
      async () => {
        const docs = readFileSync(join(ROOT, 'docs/fleet.md'), 'utf8');
        const queries = Object.fromEntries(
          Array.from(docs.matchAll(/\n\n([^\n]+)\n\n```sql\n([\s\S]*?);\n```/g), ([, question, sql]) => [
            question,
            sql,
          ]),
        ) as Record<string, string>;
        const found = readJson(PYTHON, READER, 'spark', store, JSON.stringify(summed), JSON.stringify(queries));
        agree(found.tables);
        expect(Object.keys(queries)).toHaveLength(10);
        for (const [question, sql] of Object.entries(queries)) {
          const answer = await rows(sql);
          expect([question, plainly(found.rows[question])]).toEqual([question, plainly(answer)]);
          expect(answer.length, question).toBeGreaterThan(0);
        }
      },
    );
  });
});

interface TraceEvent {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  ts?: number;
  dur?: number;
  args: Record<string, unknown>;
}

interface EngineProfile {
  rawProfile: { samples: number[] };
}

/** Of the document "Trace Event Format": what each phase must have. */
function isSound({ ph, name, pid, tid, ts, dur, args }: TraceEvent): boolean {
  const isTime = (value: number | undefined) => Number.isInteger(value) && (value as number) >= 0;
  if (typeof name !== 'string' || !Number.isInteger(pid) || !Number.isInteger(tid)) return false;
  switch (ph) {
    case 'M':
      return ['process_name', 'thread_name'].includes(name) && typeof args.name === 'string';
    case 'C':
      return isTime(ts) && Object.values(args).every(Number.isFinite);
    case 'X':
      return isTime(ts) && isTime(dur);
    case 'P':
      return isTime(ts) && ['Profile', 'ProfileChunk'].includes(name);
    default:
      return false;
  }
}

/** What Chrome's developer tools read a trace by; null where it is not there. It expects one class of a browser. */
async function traceEngine() {
  if (!existsSync(ENGINE)) return null;
  Object.assign(globalThis, { DOMRect: class {}, window: globalThis });
  return await import(/* @vite-ignore */ pathToFileURL(ENGINE).href);
}

/** What speedscope has of a file: what it writes when it is told to save. */
async function throughSpeedscope(browser: Browser, path: string) {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  const script = `${path}.js`;
  const base64 = readFileSync(path).toString('base64');
  writeFileSync(script, `speedscope.loadFileFromBase64("x.json", ${JSON.stringify(base64)})`);
  await page.addInitScript('URL.createObjectURL = (blob) => { globalThis.saved = blob.text(); return "data:,"; };');
  const release = pathToFileURL(join(ROOT, 'node_modules/speedscope/dist/release/index.html')).href;
  await page.goto(`${release}#localProfilePath=${script}`);
  await page.getByText('Export').click();
  const saved = JSON.parse(String(await page.evaluate('globalThis.saved')));
  await page.close();
  return { problems, profiles: saved.profiles as { startValue: number; endValue: number }[] };
}

function weightOf({ stacks }: Exported): number {
  return stacks.reduce((sum, { weight }) => sum + weight, 0);
}

/** For formats of whole numbers. */
function roundly({ stacks }: Exported): number {
  return stacks.reduce((sum, { rounded }) => sum + rounded, 0);
}

function told(peer: string, files: readonly Exported[]): void {
  const weight = files.reduce((sum, each) => sum + weightOf(each), 0);
  process.stdout.write(`${peer}: ${files.length} files, ${weight} in all\n`);
}

/** Rows without what the two engines print in ways of their own: digits of doubles, zones of times. */
function plainly(rows: Record<string, unknown>[]): unknown[] {
  const cell = (value: unknown) => {
    // 2026-11-20 15:57:19.821   2026-11-20 15:57:19.821000+00:00
    const text = String(value ?? null).replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d{3})?.*$/, '$1$2');
    return text !== '' && Number.isFinite(Number(text)) ? Number(Number(text).toPrecision(9)) : text;
  };
  // Where NULL is in an order is each engine's own.
  return rows.map((row) => JSON.stringify(Object.values(row).map(cell))).sort();
}

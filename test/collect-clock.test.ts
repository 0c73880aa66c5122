/** What this machine's tools say of things done at known times, in a capture of a few seconds. `npm run bench -- clock` measures more. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { describeWhere, later, newFolder, openArchive } from './collecting.ts';

const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');
const monotonic = () => Number(process.hrtime.bigint()) / 1e9;

interface Done {
  from: number;
  to: number;
}

interface Exported {
  tool: string;
  time: { clock: string; span: number; grain: number; doubt: number };
  at: (number | null)[];
  rows: (string | number | null)[][];
  metrics?: { points: [number | null, number][] }[];
}

describeWhere('the clock of each tool', ['root', 'bpftrace', 'runqlat', 'vmstat'], () => {
  let datasets: Exported[];
  let zero: number;
  let archive: ReturnType<typeof openArchive>;
  const execs: Done[] = [];
  const writes: Done[] = [];

  beforeAll(async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'tmp'), { recursive: true });
    const words = [
      'collect',
      '--tool',
      'execsnoop,biosnoop,vmstat',
      '--for',
      '5',
      '--attach-wait',
      '30',
      '-o',
      'c.tar',
    ];
    const env = { ...process.env, TMPDIR: join(folder, 'tmp') };
    const child = spawn(process.execPath, [PROGRAM, ...words], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (said: Buffer) => {
        if (said.includes('the window begins')) resolve();
      });
      ended.then(() => resolve());
    });
    for (let i = 0; i < 3; i++) {
      execs.push(done(() => spawnSync('/bin/true', [`coldflame-clock-test-${process.pid}`])));
      writes.push(done(() => write(join(folder, `written-${i}`))));
      await later(700);
    }
    await ended;
    const json = spawnSync(process.execPath, [PROGRAM, 'export', 'c.tar', '-f', 'json'], {
      cwd: folder,
      maxBuffer: 2 ** 28,
    });
    ({ datasets } = JSON.parse(json.stdout.toString()) as { datasets: Exported[] });
    archive = openArchive(join(folder, 'c.tar'));
    zero = archive.manifest.monotonic as number;
  });

  function done(what: () => void): Done {
    const from = monotonic();
    what();
    return { from, to: monotonic() };
  }

  function write(path: string): void {
    const file = openSync(path, 'w');
    writeSync(file, Buffer.alloc(64 * 1024, 1));
    fsyncSync(file);
    closeSync(file);
  }

  const of = (tool: string) => datasets.find((dataset) => dataset.tool === tool) as Exported;

  /** Whether a row claims to be of a time at which it was done. */
  function isTrue(at: number | null, { grain, doubt }: Exported['time'], all: readonly Done[]): boolean {
    return all.some(({ from, to }) => at !== null && at - doubt <= to - zero && at + grain + doubt >= from - zero);
  }

  test('each program that was started stands within what its row claims', () => {
    const { rows, at, time } = of('execsnoop');
    const own = [...rows.keys()].filter((i) => rows[i]?.join(' ').includes(`coldflame-clock-test-${process.pid}`));
    expect(own.length).toBeGreaterThanOrEqual(3);
    expect(own.filter((i) => !isTrue(at[i] ?? null, time, execs))).toEqual([]);
  });

  test('requests to the disk of this process stand at their writes, to 50 ms', () => {
    const { rows, at, time } = of('biosnoop');
    const own = [...rows.keys()].filter((i) => rows[i]?.includes(process.pid));
    expect(own.length).toBeGreaterThanOrEqual(3);
    expect(own.filter((i) => !isTrue(at[i] ?? null, { ...time, doubt: 0.05 }, writes))).toEqual([]);
  });

  test('vmstat began when it printed its first line, and its last row is from before it ended', () => {
    const run = archive.run('vmstat');
    const { metrics, time } = of('vmstat');
    const times = (metrics?.[0]?.points ?? []).map(([at]) => at as number);
    expect(times[0]).toBeCloseTo(run.attached as number, 6);
    expect(times.at(-1)).toBeCloseTo(run.lastPrinted as number, 2);
    expect(time).toMatchObject({ clock: 'capture', span: 1, grain: 0, doubt: 0.02 });
  });

  test('the marks are in the manifest, and in the rows of what saw them', () => {
    const marks = archive.manifest.marks.filter(({ kind }) => kind === 'exec');
    expect(marks.length).toBeGreaterThanOrEqual(1);
    for (const { pid } of marks) expect(of('execsnoop').rows.some((row) => row.includes(pid))).toBe(true);
  });
});

/** The programs that read /proc in place of procps and sysstat, run for real and read by the tools' own grammars. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Series } from '../../src/datasets/shapes.ts';
import * as programs from '../../src/tools/proc-programs.ts';
import { read } from '../reading.ts';

const run = promisify(execFile);

async function seriesOf(program: string): Promise<{ tool: string | null; series: Series[] }> {
  const { stdout } = await run('sh', ['-c', program, 'sh', '2'], { env: { ...process.env, LC_ALL: 'C' } });
  const { unread, datasets } = await read(stdout);
  expect(unread).toEqual([]);
  return { tool: datasets[0]?.tool ?? null, series: datasets.filter((dataset) => dataset.shape === 'series') };
}

function sumOfLast(series: Series | undefined, names: string[], label = (_: Record<string, string>) => true): number {
  const chosen = series?.metrics.filter(({ name, labels }) => names.includes(name) && label(labels)) ?? [];
  expect(chosen).toHaveLength(names.length);
  return chosen.reduce((sum, { values }) => sum + (values.at(-1) ?? Number.NaN), 0);
}

describe.skipIf(!existsSync('/proc/stat'))('read from /proc', { concurrent: true }, () => {
  test('vmstat: the shares of CPU make a whole, and memory is that of meminfo', async () => {
    const { tool, series } = await seriesOf(programs.vmstat);
    expect(tool).toBe('vmstat');
    expect(Math.abs(sumOfLast(series[0], ['us', 'sy', 'id', 'wa', 'st']) - 100)).toBeLessThanOrEqual(5);
    const meminfo = readFileSync('/proc/meminfo', 'utf8');
    const kib = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(meminfo)?.[1]);
    const unused = kib('MemFree') + kib('Buffers') + kib('Cached');
    // The host goes on meanwhile: a tenth of all memory may have changed hands.
    const apart = Math.abs(sumOfLast(series[0], ['free', 'buff', 'cache']) - unused);
    expect(apart).toBeLessThan(0.1 * kib('MemTotal'));
  });

  test('mpstat: the shares of all CPUs make a whole', async () => {
    const { tool, series } = await seriesOf(programs.mpstat);
    const kinds = ['%usr', '%nice', '%sys', '%iowait', '%irq', '%soft', '%steal', '%guest', '%gnice', '%idle'];
    expect(tool).toBe('mpstat');
    expect(sumOfLast(series[0], kinds, ({ CPU }) => CPU === 'all')).toBeCloseTo(100, 0);
  });

  test('iostat: the shares of CPU make a whole, and its devices are disks', async () => {
    const { tool, series } = await seriesOf(programs.iostat);
    expect(tool).toBe('iostat');
    const shares = ['%user', '%nice', '%system', '%iowait', '%steal', '%idle'];
    expect(
      sumOfLast(
        series.find(({ metrics }) => metrics[0]?.name === '%user'),
        shares,
      ),
    ).toBeCloseTo(100, 0);
    for (const { labels } of series.flatMap(({ metrics }) => metrics))
      if (labels.Device !== undefined) expect(existsSync(`/sys/block/${labels.Device}`)).toBe(true);
  });

  test('sar -n DEV: the interfaces are those of /proc/net/dev', async () => {
    const { tool, series } = await seriesOf(programs.sarDev);
    expect(tool).toBe('sar-dev');
    const printed = new Set(series.flatMap(({ metrics }) => metrics.map(({ labels }) => labels.IFACE)));
    const there = [...readFileSync('/proc/net/dev', 'utf8').matchAll(/^ *(\S+):/gm)].map(([, name]) => name);
    expect([...printed].sort()).toEqual(there.sort());
  });

  test('sar -n TCP,ETCP: nine rates', async () => {
    const { tool, series } = await seriesOf(programs.sarTcp);
    expect(tool).toBe('sar-tcp');
    expect(series.flatMap(({ metrics }) => metrics.map(({ name }) => name)).sort()).toEqual(
      'active/s atmptf/s estres/s iseg/s isegerr/s orsts/s oseg/s passive/s retrans/s'.split(' '),
    );
  });

  test('throttled: three stamped reports, of groups that are there', async () => {
    const { stdout } = await run('sh', ['-c', programs.throttled, 'sh', '2']);
    expect(stdout.match(/^\d+\.\d\d \d+\.\d\d$/gm)).toHaveLength(3);
    for (const [, file = ''] of stdout.matchAll(/^(\/.*):/gm)) expect(existsSync(file)).toBe(true);
    expect((await read(stdout)).unread).toEqual([]);
  });

  test('what is read once a second is stamped each time', async () => {
    const { meminfo, pressure, procVmstat, procNet } = programs;
    const beginnings = [
      /^MemTotal: /m,
      /^\/proc\/pressure\/cpu:some /m,
      /^nr_free_pages \d/m,
      /^TcpExt: SyncookiesSent /m,
    ];
    for (const [i, program] of [meminfo, pressure, procVmstat, procNet].entries()) {
      const { stdout } = await run('sh', ['-c', program, 'sh', '2']);
      expect(stdout.match(/^\d+\.\d\d \d+\.\d\d$/gm)).toHaveLength(2);
      expect(stdout.match(new RegExp(beginnings[i]?.source ?? '', 'gm'))).toHaveLength(2);
    }
  });

  test('dstate: a table with a row and a stack for each task, and nothing more', async () => {
    const { stdout } = await run('sh', ['-c', programs.dstate, 'sh', '2']);
    const [header, ...rest] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^TIME\(s\) +PID +TID +COMM +WCHAN$/);
    for (const line of rest) expect(line).toMatch(/^(?:\d+\.\d\d +\d+ +\d+ +\S.* \S+| {8}\S+ \[kernel\])$/);
    expect((await read(stdout, { tool: 'dstate' })).unread).toEqual([]);
  });

  // Main threads are looked at; the others where one of those sleeps so, or the kernel counts somebody who waits for I/O.
  test.each([
    ['nobody', 'S', 'S', 0, []],
    ['a main thread', 'D', 'S', 0, ['13 13 order db do_wait']],
    ['another thread, for I/O', 'S', 'D', 1, ['13 14 order db do_wait']],
    ['another thread, for something else', 'S', 'D', 0, []],
  ])('dstate: %s in D', async (_, main, other, blocked, rows) => {
    const proc = mkdtempSync(join(tmpdir(), 'proc-'));
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(proc, path)), { recursive: true });
      writeFileSync(join(proc, path), `${text}\n`);
    };
    write('uptime', '100.00 50.00');
    write('loadavg', '0.10 0.20 0.30 1/120 999');
    write('stat', `ctxt 5\nprocs_running 1\nprocs_blocked ${blocked}`);
    for (const [path, tid, state] of [
      ['13/stat', 13, main],
      ['13/task/13/stat', 13, main],
      ['13/task/14/stat', 14, other],
    ] as const)
      write(path, `${tid} (order db) ${state} 1 13 13 0 -1 4194560`);
    for (const tid of [13, 14]) write(`13/task/${tid}/wchan`, 'do_wait');
    const { stdout } = await run('sh', ['-c', programs.dstate.replaceAll('/proc', proc), 'sh', '1']);
    rmSync(proc, { recursive: true });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/ +/).slice(1).join(' ')),
    ).toEqual(rows);
  });

  test('interrupted before its last report, each prints what it has', async () => {
    for (const program of [programs.vmstat, programs.mpstat, programs.iostat, programs.sarDev, programs.sarTcp]) {
      const words = ['-s', 'INT', '1.5', 'sh', '-c', program, 'sh', '100'];
      const { stdout } = await run('timeout', words).catch((error: { stdout: string }) => error);
      const { unread, datasets } = await read(stdout);
      expect(unread).toEqual([]);
      expect(datasets.filter(({ shape }) => shape === 'series')).not.toEqual([]);
    }
  });
});

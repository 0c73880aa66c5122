/** The program as it is shipped: the bundle, as a process, with exit codes and both outputs. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'dist/coldflame.js');
const STACKS = 'app;main;work 2\napp;main;wait 3\n';
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-cli-'));
  writeFileSync(join(folder, 'a.folded'), STACKS);
  writeFileSync(join(folder, 'capture.tar'), await tarOf('profile.txt', STACKS));
  writeFileSync(join(folder, 'many.folded'), Array.from({ length: 100_000 }, (_, i) => `a;b${i} 1\n`).join(''));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function tarOf(name: string, text: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function coldflame(words: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...words], { cwd: folder, input });
  return { status, stdout: stdout.toString(), stderr: stderr.toString(), bytes: stdout };
}

test.each([
  [['--skip-after', 'main'], 'main;wait 3\nmain;work 2\n'],
  [['--skip-after', 'work', '--skip-after', 'wait'], 'wait 3\nwork 2\n'],
  [['--merge-recursion', '--no-idle'], 'app;main;wait 3\napp;main;work 2\n'],
])('options of several words and several times: %j', (words, expected) => {
  expect(coldflame(['export', 'a.folded', '--format', 'folded', ...words]).stdout).toBe(expected);
});

test('analyze --json prints one document and writes a report only where it is asked to', () => {
  const { status, stdout, stderr } = coldflame(['analyze', 'a.folded', '--json']);
  expect([status, stderr, existsSync(join(folder, 'a.html'))]).toEqual([0, '', false]);
  expect(JSON.parse(stdout)).toMatchObject({ coldflame: 2, sources: [{ name: 'a.folded' }] });
  expect(JSON.parse(coldflame(['analyze', 'a.folded', '--json', '-o', 'named.html']).stdout).coldflame).toBe(2);
  expect(existsSync(join(folder, 'named.html'))).toBe(true);
});

test('--fail-on ends with 3 if a finding is as severe, and only then', () => {
  const oom = '[ 300.000001] Out of memory: Killed process 3333 (worker) total-vm:8kB, anon-rss:5kB\n';
  writeFileSync(join(folder, 'oom.txt'), oom);
  const status = (file: string, ...words: string[]) => coldflame(['analyze', file, '--json', ...words]).status;
  expect([
    status('oom.txt'),
    status('oom.txt', '--fail-on', 'critical'),
    status('oom.txt', '--fail-on', 'warning'),
  ]).toEqual([0, 3, 3]);
  expect(status('a.folded', '--fail-on', 'warning')).toBe(0);
});

describe('verbs do their work', () => {
  test('--version and --help', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(coldflame(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
    const { stdout } = coldflame(['--help']);
    for (const verb of ['collect', 'analyze', 'draw', 'export', 'tools']) expect(stdout).toMatch(`\n  ${verb} `);
  });

  test('analyze writes the report beside the capture', () => {
    expect(coldflame(['analyze', 'capture.tar'])).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(folder, 'capture.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('a file of no tool that is known is not passed over', () => {
    writeFileSync(join(folder, 'stat.txt'), ' Cache counter values for sh:\n\n   1,000 lines\n');
    const { stdout } = coldflame(['analyze', 'stat.txt', 'a.folded', '-o', 'stat.html']);
    expect(stdout).toMatch(/^as text +stat\.txt: format not recognized: shown as text/m);
    expect(stdout).not.toMatch(/a\.folded: of no tool/);
  });

  test('the same capture gives the same bytes', () => {
    const once = coldflame(['analyze', 'capture.tar', '-o', '-']);
    expect(once.stdout).toBe(coldflame(['analyze', 'capture.tar', '-o', '-']).stdout);
    expect(once.stdout).toMatch(/^<!doctype html>/);
  });

  test('export in every format', () => {
    const sorted = 'app;main;wait 3\napp;main;work 2\n';
    expect(coldflame(['export', 'capture.tar', '--format', 'folded']).stdout).toBe(sorted);
    expect(coldflame(['export', '-', '--format', 'folded'], STACKS).stdout).toBe(sorted);
    expect(coldflame(['export', 'a.folded', '--format', 'csv']).stdout.split('\n')[0]).toBe('stack,samples');
    const { datasets } = JSON.parse(coldflame(['export', 'a.folded', '--format', 'json']).stdout);
    expect(datasets[0].folded).toEqual([
      ['app;main;wait', 3],
      ['app;main;work', 2],
    ]);
    expect(JSON.parse(coldflame(['export', 'a.folded', '--format', 'speedscope']).stdout).profiles).toHaveLength(1);
    // profile.proto begins with its sample types: field 1, a message.
    expect(gunzipSync(coldflame(['export', 'a.folded', '--format', 'pprof']).bytes)[0]).toBe(0x0a);
  });

  test('what narrows stacks narrows them in every format of stacks, and is refused by the others', () => {
    const one = (comm: string, event: string) =>
      `${comm} 7/7 [000] 1.500000: 3 ${event}:\n\t1f work (/bin/${comm})\n\n`;
    writeFileSync(join(folder, 'two.txt'), `${one('web', 'cycles')}${one('db', 'cycles')}${one('web', 'faults')}`);
    const speedscope = (...words: string[]) =>
      JSON.parse(coldflame(['export', 'two.txt', '--format', 'speedscope', ...words]).stdout).profiles;
    // A profile for each thread of each event.
    const totals = (profiles: { endValue: number }[]) => profiles.map(({ endValue }) => endValue);
    expect(totals(speedscope())).toEqual([3, 3, 3]);
    expect(totals(speedscope('--comm', 'db'))).toEqual([3]);
    expect(totals(speedscope('--event', 'faults'))).toEqual([3]);
    const strings = (...words: string[]) =>
      gunzipSync(coldflame(['export', 'two.txt', '--format', 'pprof', ...words]).bytes).toString('latin1');
    expect(strings('--event', 'faults')).toContain('faults');
    expect(strings('--dataset', '0')).not.toContain('faults');
    for (const words of [
      ['csv', '--comm', 'db'],
      ['json', '--no-idle'],
      ['json', '--dataset', '0'],
      ['pprof', '--all'],
      ['csv', '--samples'],
    ]) {
      const { status, stderr } = coldflame(['export', 'two.txt', '--format', ...words]);
      expect(stderr).toMatch(/^coldflame: .*--/);
      expect(status).toBe(2);
    }
  });

  test('--dataset counts the datasets of the capture, whatever the format holds', () => {
    writeFileSync(
      join(folder, 'h.txt'),
      '     usecs               : count     distribution\n         0 -> 1          : 3        |***|\n',
    );
    const files = ['export', 'h.txt', 'a.folded'];
    expect(coldflame([...files, '--format', 'csv', '--dataset', '1']).stdout).toContain('app;main;work,2');
    expect(gunzipSync(coldflame([...files, '--format', 'pprof', '--dataset', '1']).bytes)[0]).toBe(0x0a);
    const { status, stderr } = coldflame([...files, '--format', 'pprof', '--dataset', '0']);
    expect(stderr).toMatch(
      /^coldflame: h\.txt: no dataset 0 for this format; choose:\n {2}--dataset 1: folded, stacks/,
    );
    expect(status).toBe(2);
    // The times of perf are of another clock, so that a format with one axis has no room for them.
    const [perf, vmstat] = ['perf/default.txt', 'vmstat/wide-stamped.txt'].map((name) => join(ROOT, 'samples', name));
    const timed = ['export', perf as string, vmstat as string, 'a.folded', '--format', 'firefox', '--dataset', '2'];
    expect(JSON.parse(coldflame(timed).stdout).threads[0].stringArray).toEqual(['app', 'main', 'work', 'wait']);
  });

  test('--event finds a profile by its tool, and an event without its modifiers', () => {
    writeFileSync(join(folder, 'offcputime.folded'), 'app;main;sleep 70\n');
    const of = (event: string) =>
      coldflame(['export', 'a.folded', 'offcputime.folded', '--format', 'folded', '--event', event]).stdout;
    expect(of('offcputime')).toBe('app;main;sleep 70\n');
    expect(of('offcputime (usecs)')).toBe('app;main;sleep 70\n');
    expect(of('offcpu')).toBe('');
  });

  test('an option that may be said often takes one value each time, and leaves the files alone', () => {
    const said = coldflame(['export', '--format', 'folded', '--comm', 'x', '--comm', 'y', 'a.folded']);
    expect(said).toMatchObject({ status: 1, stdout: '' });
    expect(said.stderr).toMatch(/^coldflame: a\.folded: --comm x y is for single samples, as perf script prints them;/);
  });

  test('narrowed to nothing, it says what there is, and fails as grep does', () => {
    const sample = (who: string, time: string) => `${who} [001] ${time}: 1 cycles:\n\t 55d0 main (/bin/x)\n\n`;
    writeFileSync(
      join(folder, 'p.txt'),
      sample('web 10/11', '1.500000') + sample('web 10/12', '2.000000') + sample('db 7/7', '4.250000'),
    );
    const narrowed = (...words: string[]) => coldflame(['export', 'p.txt', '--format', 'folded', ...words]);
    expect(narrowed('--comm', 'web')).toMatchObject({ status: 0, stdout: 'web;main 2\n' });
    for (const [words, known] of [
      [['--comm', 'nginx'], '--comm nginx; there is web, db'],
      [['--tid', '10'], '--tid 10; there is 11 (web), 12 (web), 7 (db)'],
      [['--cpu', '3', '--from', '5'], '--cpu 3 --from 5; there is CPU 1; 0 s to 2.75 s'],
    ] as const) {
      const stderr = `coldflame: p.txt: no sample of ${known}\n`;
      expect(narrowed(...words)).toMatchObject({ status: 1, stdout: '', stderr });
    }
  });

  test('draw gives SVG by default and PNG by name', () => {
    expect(coldflame(['draw', 'a.folded']).stdout).toContain('<svg');
    expect(coldflame(['draw', 'a.folded', '-o', 'a.png']).status).toBe(0);
    expect(readFileSync(join(folder, 'a.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  test('a reader that has seen enough is no fault', () => {
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${BIN}" export many.folded --format folded | head -n 1`],
      {
        cwd: folder,
      },
    );
    expect(stdout.toString()).toBe('a;b0 1\n');
    expect(stderr.toString()).toBe('');
  });

  /** Exports folded stacks into a pipe that somebody has told not to block. */
  function intoPipe(name: string): { reader: number; ended: Promise<unknown[]> } {
    const pipe = join(folder, `${name}.pipe`);
    spawnSync('mkfifo', [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    const words = [process.execPath, BIN, 'export', `${name}.folded`, '--format', 'folded'];
    // Node would tell its child's standard output to block.
    const child = spawn('sh', ['-c', '"$0" "$@" >&3', ...words], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit', writer],
    });
    const ended = once(child, 'exit');
    closeSync(writer);
    return { reader, ended };
  }

  test('a pipe that somebody has told not to block gets it all', async () => {
    const { reader, ended } = intoPipe('many');
    // Only when the pipe is full.
    await setTimeout(1000);
    let lines = 0;
    for await (const chunk of new Socket({ fd: reader })) lines += chunk.toString().split('\n').length - 1;
    expect([lines, ...(await ended)]).toEqual([100_000, 0, null]);
  });

  test('a reader of such a pipe that leaves in the midst of it is no fault either', async () => {
    writeFileSync(join(folder, 'more.folded'), Array.from({ length: 400_000 }, (_, i) => `a;b${i} 1\n`).join(''));
    const { reader, ended } = intoPipe('more');
    const bytes = Buffer.alloc(65_536);
    for (let seen = 0; seen < 1_500_000; ) {
      try {
        seen += readSync(reader, bytes);
      } catch {
        // Nothing is in it yet.
        await setTimeout(5);
      }
    }
    closeSync(reader);
    expect(await ended).toEqual([0, null]);
  });
});

describe('a hostile name is text everywhere', () => {
  const NAME = `</script><img src=x onerror=alert(1)>`;
  const ESCAPE = '\u001b]0;owned\u0007\u001b[31m';
  const perf = `${NAME} 4242/4242 [000] 10.000001: 1 cycles: \n\t    7f00 =cmd|'/c calc'!A1${ESCAPE} (/bin/x)\n\n`;

  test.each([
    ['the terminal', ['analyze', 'perf.txt', '-o', 'h.html']],
    ['the report', ['analyze', 'perf.txt', '-o', '-']],
    ['SVG', ['draw', 'perf.txt']],
    ['CSV', ['export', 'perf.txt', '--format', 'csv']],
  ])('%s', (place, words) => {
    writeFileSync(join(folder, 'perf.txt'), perf);
    const { status, stdout, stderr } = coldflame(words);
    expect(status).toBe(0);
    if (place !== 'CSV') expect(stdout + stderr).not.toContain('\u001b');
    if (place === 'the report' || place === 'SVG') expect(stdout).not.toContain('<img src=x');
    if (place === 'CSV') expect(stdout).not.toMatch(/^=|,=/m);
  });
});

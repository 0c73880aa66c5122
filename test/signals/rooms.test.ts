/** What signals know beside tracks: units, what follows from what, defects of tools, the capture's own tools, the sources. */
import { describe, expect, test } from 'vitest';
import type { Capture, Manifest, Run, Source } from '../../src/datasets/capture.ts';
import { type Signals, signalsOf } from '../../src/signals/index.ts';
import { observerOf } from '../../src/signals/observer.ts';
import { measureOf } from '../../src/signals/profiles.ts';
import { doubtsAbout, isAttachKnown, isOfWholeHost, isWholeFile, lookOf, lostBy } from '../../src/signals/sources.ts';
import { levelHeldFor, meanOf, spellPast, type Track } from '../../src/signals/track.ts';
import { factorFor } from '../../src/signals/units.ts';
import { captureOf, type HostFacts, steady, vmstat } from '../findings/host.ts';

describe('units', () => {
  test.each([
    ['KiB', 'bytes', 1024],
    ['kB', 'bytes', 1000],
    ['sectors/s', 'bytes/s', 512],
    ['MiB/s', 'bytes/s', 2 ** 20],
    // vmstat counts swap in KiB, sar in pages.
    ['KiB/s', 'pages/s', 0.25],
    ['pages/s', 'pages/s', 1],
    ['ms', 'us', 1000],
    ['nsecs', 'us', 0.001],
    ['s', 'ms', 1000],
    // A microsecond of each second is a ten thousandth of a percent.
    ['us', '%', 1e-4],
    ['ticks', '%', 1],
    ['', '/s', 1],
    ['', 'bytes', null],
    ['ms', 'bytes', null],
    ['KiB', 'bytes/s', null],
    ['furlongs', '', null],
  ] as const)('%s in %s', (printed, unit, factor) => {
    const made = factorFor(printed, unit);
    if (factor === null) expect(made).toBeNull();
    else expect(made).toBeCloseTo(factor, 12);
  });
});

describe('tracks', () => {
  const track = (values: readonly number[], seconds: readonly number[] = values.map(() => 1)): Track => ({
    signal: 'system.cpu.utilization',
    subject: { kind: 'host', name: '' },
    ...{ source: 0, dataset: 0, metric: 0 },
    values: Float64Array.from(values),
    seconds: Float64Array.from(seconds),
    at: Float64Array.from(values, (_, i) => i + 1),
    lines: Uint32Array.from(values, (_, i) => i + 1),
  });
  test('a mean weighs each value by its time', () => {
    expect(meanOf(track([10, 40], [3, 1]))).toBe(17.5);
    expect(meanOf(track([]))).toBeNaN();
  });
  test('the level that is held for so many seconds in all', () => {
    const values = track([5, 90, 20, 80, 70]);
    expect(levelHeldFor(values, 1)).toBe(90);
    expect(levelHeldFor(values, 2)).toBe(80);
    expect(levelHeldFor(values, 2.5)).toBe(70);
    expect(levelHeldFor(values, 99)).toBe(5);
    expect(levelHeldFor(track([]), 1)).toBeNaN();
    expect(levelHeldFor(track([90, 90, 80], [1, 2, 1]), 3)).toBe(90);
    // 7 and 10,007 have no divisor in common: each number below 10,007 once, and one far from all others.
    const many = track([...Array.from({ length: 10_007 }, (_, i) => (7 * i) % 10_007), 1e12]);
    expect(levelHeldFor(many, 1)).toBe(1e12);
    expect(levelHeldFor(many, 101)).toBe(9907);
    expect(levelHeldFor(many, 5000.5)).toBe(5007);
  });
  test('a spell is where the level is passed: from the beginning of its first interval to the end of its last', () => {
    expect(spellPast(track([5, 90, 20, 80, 5]), 80)).toMatchObject({
      hits: Uint32Array.of(1, 3),
      seconds: 2,
      share: 0.4,
      since: 1,
      until: 4,
      mean: 85,
      max: 90,
    });
    expect(spellPast(track([5, 6]), 10)).toBeNull();
  });
});

describe('vmstat of procps-ng 4.0.2 repeats its first memory columns', () => {
  const text = vmstat(steady(0).map((_, i) => ({ cs: 200 + i, free: 800_000 })));
  const available = async (facts: HostFacts, vmstatText = text) => {
    const [signals] = signalsOf(await captureOf({ 'vmstat.txt': vmstatText }, facts));
    return (signals as Signals).tracks('system.memory.usage.free').length;
  };
  test('by its version, where the manifest tells it', async () => {
    const version = (vmstatVersion: string) => ({ manifest: { versions: { vmstat: vmstatVersion } } });
    expect(await available(version('vmstat from procps-ng 4.0.2'))).toBe(0);
    expect(await available(version('vmstat from procps-ng 4.0.4'))).toBe(1);
  });
  test('else by memory that does not move by a page while the host works', async () => {
    expect(await available({ isLoose: true })).toBe(0);
    const moves = vmstat(steady(0).map((_, i) => ({ cs: 200 + i, free: 800_000 + i })));
    expect(await available({ isLoose: true }, moves)).toBe(1);
    const idle = vmstat(steady({ cs: 200, free: 800_000 }));
    expect(await available({ isLoose: true }, idle)).toBe(1);
  });
  test('the rest of its columns is live', async () => {
    const [signals] = signalsOf(await captureOf({ 'vmstat.txt': text }, { isLoose: true }));
    expect((signals as Signals).tracks('system.context_switches')[0]?.values).toHaveLength(10);
  });
});

describe('profiles by what they measure', () => {
  const stacks = (facts: object) =>
    measureOf({ shape: 'stacks', tool: 'perf', kind: 'on-cpu', unit: 'samples', ...facts } as never);
  test.each([
    ['cycles:P', 'cpu time'],
    ['cpu-clock:ppp:', 'cpu time'],
    ['cpu_core/cycles/P', 'cpu time'],
    ['task-clock:u', 'cpu time'],
    ['ref-cycles', 'cpu time'],
    ['page-faults:u', 'other'],
    ['cache-misses', 'other'],
    ['sched:sched_switch', 'other'],
    ['offcpu-time', 'time off CPU'],
  ] as const)('%s', (event, measure) => {
    expect(stacks({ event })).toBe(measure);
  });
  test('by the tool, where no event is named', () => {
    expect(stacks({ tool: 'profile' })).toBe('cpu time');
    expect(stacks({ tool: 'offcputime', kind: 'off-cpu' })).toBe('time off CPU');
    expect(stacks({ tool: 'folded' })).toBe('other');
    expect(stacks({ tool: 'memleak', kind: 'memory' })).toBe('other');
  });
});

const run = (facts: Partial<Run> = {}): Run => ({
  tool: 'perf',
  via: 'perf',
  command: 'perf record -a -g',
  outcome: 'ok',
  reason: '',
  file: 'perf.txt',
  stderr: '',
  started: 0,
  ended: 10,
  status: 0,
  attached: null,
  late: false,
  bytes: 100,
  interval: null,
  pids: [],
  cpu: null,
  cpuAttaching: null,
  cpuInWindow: null,
  ...facts,
});
const manifestOf = (runs: readonly Run[], facts: Partial<Manifest> = {}): Manifest =>
  ({
    coldflame: 2,
    started: 0,
    ended: 10,
    windowBegan: null,
    collector: { pids: [], cpu: null },
    runs,
    ...facts,
  }) as Manifest;

describe('the capture itself', () => {
  test('what it cost is the CPU time of its tools in the window, of all CPUs', () => {
    const observer = observerOf(
      manifestOf([run({ cpu: 9, cpuInWindow: 3 }), run({ tool: 'runqlat', cpu: 2 }), run({ tool: 'vmstat', cpu: 0 })], {
        windowBegan: 5,
      }),
      2,
    );
    // 3 and 2 s of 5 s on 2 CPUs.
    expect(observer.share).toBe(0.5);
    expect(observer.tools).toEqual([
      { tool: 'perf', seconds: 3 },
      { tool: 'runqlat', seconds: 2 },
    ]);
  });
  test.each([
    ['no manifest', null, 2],
    ['no CPU count', manifestOf([run({ cpu: 1 })]), null],
    ['nothing recorded', manifestOf([run()]), 2],
  ])('%s: not known', (_, manifest, cpus) => {
    expect(observerOf(manifest, cpus).share).toBeNull();
  });
  test("the user's own command is no cost, sleep is", () => {
    const share = (command: string) => observerOf(manifestOf([run({ cpu: 4, command })]), 2).share;
    expect(share('perf record -a -- make -j8')).toBe(0);
    expect(share('perf record -a -- sleep 10')).toBe(0.2);
  });
  test('by PID where they are recorded, by name else', () => {
    const known = observerOf(manifestOf([run({ pids: [42] })], { collector: { pids: [41], cpu: null } }), 2);
    expect([41, 42, 43].map((pid) => known.isOwn('perf', pid))).toEqual([true, true, false]);
    // A profile tells names alone.
    expect(known.isOwn('perf', null)).toBe(true);
    const older = observerOf(manifestOf([run({ command: '/usr/sbin/runqlat-bpfcc 1' })], { coldflame: 1 }), 2);
    expect(older.isOwn('runqlat-bpfcc', 42)).toBe(true);
    expect(older.isOwn('timeout', null)).toBe(true);
    expect(older.isOwn('mysqld', 42)).toBe(false);
  });
  test('sh is everybody', () => {
    expect(observerOf(manifestOf([run({ command: 'sh -c x' })], { coldflame: 1 }), 2).isOwn('sh', null)).toBe(false);
  });
  test('what did not start is nobody', () => {
    const missing = run({ command: 'mysqld_qslower', started: null });
    expect(observerOf(manifestOf([missing], { coldflame: 1 }), 2).isOwn('mysqld_qslower', null)).toBe(false);
  });
});

describe('sources', () => {
  const of = (facts: Partial<Run>, source: Partial<Source> = {}): [Capture, Source] => {
    const whole = {
      name: 'perf.txt',
      tool: 'perf',
      notes: [],
      unreadCount: 0,
      lines: 10,
      run: 0,
      bytes: 100,
      ...source,
    };
    return [
      { name: 'c', manifest: manifestOf([run(facts)]), damage: [], sources: [], datasets: [] } as Capture,
      whole as unknown as Source,
    ];
  };
  test('looked since they were attached, else since they were started', () => {
    expect(lookOf(...of({ attached: 2 }))).toEqual({ from: 2, to: 10 });
    expect(lookOf(...of({}))).toEqual({ from: 0, to: 10 });
    expect(lookOf(...of({ ended: null }))).toBeNull();
    expect(lookOf(...of({ started: 5, ended: 5 }))).toBeNull();
    expect(lookOf(...of({}, { run: null }))).toBeNull();
  });
  test('of those that compile a program first, nobody knows when unless it is recorded', () => {
    expect(isAttachKnown(...of({}))).toBe(true);
    expect(isAttachKnown(...of({ via: 'bcc' }))).toBe(false);
    expect(isAttachKnown(...of({ via: 'bpftrace', attached: 1 }))).toBe(true);
  });
  test.each([
    ['runqlat', 'bcc', 'runqlat-bpfcc 1', true],
    ['runqlat', 'bcc', 'runqlat-bpfcc -p 42 1', false],
    ['perf', 'perf', 'perf record -F 99 -a -g -o x -- sleep 10', true],
    ['perf', 'perf', 'perf record -F 99 -g -p 42 -o x -- sleep 10', false],
    ['perf', 'perf', 'perf record -F 99 -g -o x -- make', false],
  ] as const)('%s %s: %s', (tool, via, command, isWhole) => {
    expect(isOfWholeHost(...of({ tool, via, command }))).toBe(isWhole);
  });
  test('what they lost is added up, of their output and of what they said beside it', () => {
    const [capture, source] = of(
      { stderr: 'Processed 5 events and lost 12 chunks!' },
      { notes: ['Possibly lost 30 samples', 'Lost 2 events'] },
    );
    expect(lostBy(capture, source)).toBe(44);
  });
  test('doubts: lost, unread, ended, short, what they say themselves', () => {
    const kinds = (...args: Parameters<typeof of>) => doubtsAbout(...of(...args)).map(({ kind }) => kind);
    expect(kinds({})).toEqual([]);
    expect(kinds({}, { notes: ['Lost 2 events'] })).toEqual(['lost']);
    expect(kinds({}, { notes: ['the clock jumped'] })).toEqual(['said']);
    expect(kinds({}, { unreadCount: 1 })).toEqual(['unread']);
    expect(kinds({ outcome: 'cut' })).toEqual(['ended']);
    expect(kinds({ outcome: 'failed' })).toEqual(['ended']);
    expect(kinds({ bytes: 5000 })).toEqual(['cut short']);
    const [inside, source] = of({});
    if (inside.manifest !== null) inside.manifest.processes = 'namespace';
    expect(doubtsAbout(inside, source)).toEqual([{ kind: 'own processes' }]);
    // Names may have been masked.
    expect(kinds({ bytes: 5000 }, { bytes: 4950 })).toEqual([]);
  });
  test('a file is whole if the tool ended as asked and what it wrote is there', () => {
    expect(isWholeFile(...of({}))).toBe(true);
    expect(isWholeFile(...of({ outcome: 'cut' }))).toBe(false);
    expect(isWholeFile(...of({ bytes: 0 }))).toBe(false);
    expect(isWholeFile(...of({ bytes: 5000 }))).toBe(false);
    expect(isWholeFile(...of({}, { run: null }))).toBe(false);
  });
});

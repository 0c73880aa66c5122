/** What stands in a manifest is somebody else's: every field is checked before anything believes it. */
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../src/archive/manifest.ts';

const run = { tool: 'vmstat', outcome: 'ok', file: 'vmstat.txt', started: 0.5, interval: 1, bytes: 12 };
const whole = { coldflame: 1, host: { hostname: 'db1' }, started: 1000, ended: 1030, utcOffset: 3600, zone: 'CET' };
const read = (fields: object) => parseManifest(JSON.stringify({ ...whole, notes: [], runs: [run], ...fields }));

test('a sound manifest comes out as it went in', () => {
  const manifest = read({ monotonic: 5.25, versions: { perf: 'perf version 6.1' }, notes: ['perf: 3 lost events'] });
  expect(manifest).toMatchObject({ ...whole, monotonic: 5.25, notes: ['perf: 3 lost events'] });
  expect(manifest.runs[0]).toMatchObject(run);
  expect(manifest.versions).toEqual({ perf: 'perf version 6.1' });
});

test('a tool looked until the window closed, however long it wrote what it saw', () => {
  const slow = { ...run, tool: 'offcputime', ended: 13.9 };
  const { ended, runs } = read({ window: 6.5, runs: [{ ...run, ended: 6.25 }, slow] });
  expect(ended).toBe(1006.5);
  expect(runs.map((each) => each.ended)).toEqual([6.25, 6.5]);
  for (const window of [-1, 31, '6', null]) expect(read({ window }).ended).toBe(1030);
});

describe('what is no manifest is refused in a sentence', () => {
  test.each([
    ['{"coldflame":1,"host":', /not JSON/],
    ['null', /of version none/],
    ['[1]', /of version none/],
    ['{"coldflame":3}', /of version 3; this coldflame reads versions 1 and 2. Update/],
    ['{"coldflame":1}', /when the capture was/],
    ['{"coldflame":1,"started":"now","ended":1e999}', /when the capture was/],
  ])('%s', (text, message) => {
    expect(() => parseManifest(text)).toThrow(message);
  });
});

describe('what is not of its type becomes nothing, and is said', () => {
  test('runs that are no runs', () => {
    const { runs, notes } = read({ runs: [null, 7, { tool: 5 }, [], run] });
    expect(runs.map(({ tool }) => tool)).toEqual(['vmstat']);
    expect(notes).toHaveLength(4);
    expect(notes[0]).toBe('manifest.json: run 1 names no tool and is left out');
  });

  test('numbers that are none', () => {
    const hostile = {
      tool: 'x',
      outcome: 'ok',
      started: '1',
      ended: {},
      bytes: -5,
      interval: 0,
      status: null,
      cpu: [],
    };
    const [first] = read({ runs: [hostile] }).runs;
    expect(first).toMatchObject({ started: null, ended: null, bytes: 0, interval: null, status: null, cpu: null });
  });

  test('an outcome that nobody knows is a failure', () => {
    const { runs, notes } = read({ runs: [{ ...run, outcome: '</script>' }] });
    expect(runs[0]?.outcome).toBe('failed');
    expect(notes).toEqual(['manifest.json: vmstat has the outcome "</script>"']);
  });

  test('an offset from UTC of a year', () => {
    const { utcOffset, notes } = read({ utcOffset: 31_536_000 });
    expect(utcOffset).toBe(0);
    expect(notes).toHaveLength(1);
  });

  test('a list that is none, and a host that is none', () => {
    const manifest = read({ runs: { length: 1e9 }, host: 'db1', notes: 'x' });
    expect(manifest.runs).toEqual([]);
    expect(manifest.host).toMatchObject({ hostname: '', cpus: null, disks: {} });
    expect(manifest.notes).toHaveLength(2);
  });
});

test('sizes are bounded', () => {
  const { runs, notes } = read({ runs: Array.from({ length: 5000 }, () => ({ ...run, stderr: 'x'.repeat(100_000) })) });
  expect(runs).toHaveLength(1000);
  expect(runs[0]?.stderr).toHaveLength(65_536);
  expect(notes).toEqual(['manifest.json: 5000 runs; the first 1000 are read']);
});

test('a name that is the prototype of everything stays a name', () => {
  const text = JSON.stringify({ ...whole, runs: [], notes: [] }).replace('{', '{"versions":{"__proto__":"x"},');
  expect(Object.keys(parseManifest(text).versions)).toEqual(['__proto__']);
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

test('disks are numbers and a name, or left out', () => {
  const disks = JSON.parse('{"254:0":"vda","__proto__":"x","8:1":7,"a:b":"sda","8:2":""}');
  expect(read({ host: { disks } }).host.disks).toEqual({ '254:0': 'vda' });
});

describe('version 2', () => {
  const later = { coldflame: 2, windowBegan: 3.25, collector: { pids: [7], cpu: 0.4 }, marks: [] };
  const told = { attached: 2.5, late: true, pids: [41, 42], cpu: 9, cpuAttaching: 1.5, cpuInWindow: 0.25 };
  const mark = { kind: 'exec', at: 4.5, until: 4.75, word: 'coldflame-mark-1', pid: 99 };

  test('comes out as it went in', () => {
    const facts = { 'vm.swappiness': '60', 'disk.vda.scheduler': 'none' };
    const manifest = read({ ...later, marks: [mark], host: { facts }, runs: [{ ...run, ...told }] });
    expect(manifest).toMatchObject({ ...later, marks: [mark] });
    const narrowed = { pid: 41, comm: 'sh', container: '', cgroup: '' };
    expect(read({ ...later, narrowed, processes: 'namespace' })).toMatchObject({ narrowed, processes: 'namespace' });
    expect(manifest.host.facts).toEqual(facts);
    expect(manifest.runs[0]).toMatchObject(told);
  });

  test('what version 1 did not tell is not known', () => {
    const manifest = read({});
    expect(manifest).toMatchObject({ narrowed: null, processes: null });
    expect(manifest).toMatchObject({ windowBegan: null, marks: [], collector: { pids: [], cpu: null } });
    const unknown = { attached: null, late: false, pids: [], cpuAttaching: null, cpuInWindow: null };
    expect(manifest.runs[0]).toMatchObject(unknown);
    expect([manifest.host.facts, manifest.notes]).toEqual([{}, []]);
  });

  test('what is not of its type becomes nothing', () => {
    const hostile = {
      attached: -1,
      late: 'yes',
      pids: [0, -1, 1.5, '7', 2 ** 40, 12],
      cpuAttaching: 'x',
      cpuInWindow: -2,
    };
    const facts = JSON.parse('{"__proto__":"x","a":7}');
    const manifest = read({ ...later, windowBegan: 99, collector: 5, host: { facts }, runs: [{ ...run, ...hostile }] });
    expect(manifest.runs[0]).toMatchObject({
      attached: null,
      late: false,
      pids: [12],
      cpuAttaching: null,
      cpuInWindow: null,
    });
    expect(manifest).toMatchObject({ windowBegan: null, collector: { pids: [], cpu: null } });
    const lies = { narrowed: { pid: -4, comm: 7 }, processes: 'all' };
    expect(read({ ...later, ...lies })).toMatchObject({ narrowed: null, processes: null });
    expect(Object.entries(manifest.host.facts ?? {})).toEqual([
      ['__proto__', 'x'],
      ['a', ''],
    ]);
  });

  test('marks that are none are left out, and one that never ended has no end', () => {
    const marks = [
      mark,
      { ...mark, kind: 'rm' },
      { ...mark, at: null },
      { ...mark, word: 3 },
      { ...mark, until: 1 },
      7,
    ];
    expect(read({ ...later, marks }).marks).toEqual([mark, { ...mark, until: null }]);
    expect(read({ ...later, marks: 'x' }).notes).toEqual(['manifest.json: its marks are no list']);
    expect(read({ ...later, marks: Array.from({ length: 5000 }, () => mark) }).marks).toHaveLength(100);
  });
});

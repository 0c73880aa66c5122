/** What is said where nothing is wrong. */
import { expect, test } from 'vitest';
import { conclusionOf, type Finding, under } from '../../src/datasets/finding.ts';
import { clock, dmesg, type Files, iostat, judge, mpstat, steady, vmstat } from './host.ts';

const conclusion = async (files: Files, facts = {}) => conclusionOf(await judge(files, facts));

const CALM: Files = {
  'mpstat.txt': mpstat(steady({ all: { usr: 5 }, 0: { usr: 5 }, 1: { usr: 5 } })),
  'iostat.txt': iostat(steady({ vda: { w: 2, wAwait: 0.4, util: 1 } })),
};

test('a host that is well is said to be, with how much of it is known', async () => {
  const findings = await judge(CALM);
  const count = (verdict: string) =>
    findings.filter((each) => each.verdict === verdict).flatMap(({ rule, also = [] }) => [rule, ...also]).length;
  expect(count('ruled-out')).toBeGreaterThan(4);
  expect(conclusionOf(findings)).toBe(
    `No problem found: ${count('ruled-out')} checks clear, ${count('not-known')} not known.`,
  );
});

test('a notice is no problem, a warning is one', async () => {
  const busy = (usr: number) => ({ ...CALM, 'mpstat.txt': mpstat(steady({ all: { usr }, 0: { usr }, 1: { usr } })) });
  expect(await conclusion(busy(95))).toMatch(/^No problem found: 1 notice; \d+ checks? clear, /);
  expect(await conclusion({ ...busy(95), 'vmstat.txt': vmstat(steady({ r: 9 })) })).toBeNull();
});

test('CPUs that nobody could judge beside the tools are no CPUs that are well', async () => {
  const files = { ...CALM, 'mpstat.txt': mpstat(steady({ all: { usr: 99 }, 0: { usr: 99 }, 1: { usr: 99 } })) };
  // 30 of 40 s of CPU time.
  const cost = { runs: { mpstat: { cpu: 30, cpuInWindow: 30, pids: [9] } } };
  expect(await conclusion(files, cost)).toMatch(
    /^No verdict on the CPUs: collecting used 75% of them\. Otherwise: 1 notice; \d+ checks? clear, /,
  );
});

test('nor is what was over before the capture', async () => {
  const kill = 'Out of memory: Killed process 4242 (orderdb) total-vm:4096kB, anon-rss:2048kB, file-rss:0kB';
  expect(await conclusion({ ...CALM, 'dmesg.txt': dmesg([-600, kill]) })).toMatch(
    /^No problem found: 1 from before the capture; /,
  );
  expect(await conclusion({ ...CALM, 'dmesg.txt': dmesg([3, kill]) })).toBeNull();
});

test('loose files clear nothing, and a text says nothing', async () => {
  expect(await conclusion(CALM, { isLoose: true })).toMatch(/^Nothing is ruled out: \d+ checks not known\.$/);
  expect(await conclusion({ 'notes.txt': 'the shop was slow\n' }, { isLoose: true })).toBe(
    'Nothing here can be judged by a rule.',
  );
});

test('what was seen while the tools were being attached is not of the window', async () => {
  const half = [...steady({ all: { usr: 99 } }, 5), ...steady({ all: { usr: 9 } }, 5)];
  const files = { 'mpstat.txt': mpstat(half) };
  const found = async (windowBegan: number | null) =>
    (await judge(files, { manifest: { windowBegan } })).filter(({ verdict }) => verdict === 'found');
  expect((await found(null)).map(({ rule }) => rule)).toEqual(['cpu-busy']);
  expect(await found(5)).toEqual([]);
  // A second that is mostly in it counts; what was read before it and never in it stays.
  expect(await found(4.6)).toEqual([]);
  const load = `${clock(0)} up 9 days, load average: 44.00, 40.00, 39.00\n`;
  const uptime = await judge({ 'uptime.txt': ` ${load}` }, { manifest: { windowBegan: 5 } });
  expect(uptime.find(({ rule }) => rule === 'load')?.verdict).toBe('found');
});

test('what follows from a finding, and what was looked at beside it, is of its host', () => {
  const finding = (host: string, facts: Partial<Finding> = {}) =>
    ({ rule: 'run-queue', subject: { kind: 'cpu', name: '' }, host, cause: null, beside: null, ...facts }) as Finding;
  const ref = { rule: 'run-queue', subject: { kind: 'cpu', name: '' } } as const;
  const of = (host: string) => [
    finding(host, { rule: 'load', cause: ref }),
    finding(host, { rule: 'steal', beside: ref }),
  ];
  const root = finding('db-1');
  const { symptoms, beside } = under([root, ...of('db-1'), ...of('db-2')], root);
  expect([symptoms, beside].map((each) => each.map(({ rule, host }) => `${rule} ${host}`))).toEqual([
    ['load db-1'],
    ['steal db-1'],
  ]);
});

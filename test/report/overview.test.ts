/** The lines of the first screen that are no finding. */
import { expect, test } from 'vitest';
import type { Capture, Run } from '../../src/datasets/capture.ts';
import { aroundOf } from '../../src/render/report/findings-html.ts';
import { overviewHtml } from '../../src/render/report/overview-html.ts';

const NO_RUN = {
  ...{ via: '', outcome: 'ok' as const, reason: '', file: null, stderr: '', started: 0, ended: 10, attached: 0 },
  ...{ late: false, status: 0, bytes: 0, pids: [], cpuAttaching: null, cpuInWindow: null, interval: null },
};

test('what collecting used is the time of the tools in the window, as the finding says it', () => {
  const runs: Run[] = [
    // 5 of the 20 CPU seconds of the window; the rest went into writing after it.
    { ...NO_RUN, tool: 'perf', command: 'perf record -a', cpu: 9, cpuInWindow: 5 },
    { ...NO_RUN, tool: 'stat', command: 'perf stat -- make', cpu: 8, cpuInWindow: 8 },
  ];
  const host = { hostname: 'db-7', kernel: '', arch: '', os: '', cpus: 2, memoryBytes: null };
  const clock = { started: 0, ended: 10, windowBegan: null, monotonic: null, utcOffset: 0, zone: 'UTC' };
  const collector = { pids: [], cpu: 3 };
  const manifest = { coldflame: 2 as const, host, ...clock, versions: {}, notes: [], collector, marks: [], runs };
  const capture: Capture = { name: '', damage: [], sources: [], datasets: [], manifest };
  expect(overviewHtml([], [], aroundOf(capture, [])).text).toContain('Collecting used 25% of the CPUs.');
});

test.each([
  [{}, ''],
  [
    { narrowed: { pid: 42, comm: 'sh', container: '', cgroup: '' } },
    'Narrowed to process 42 (sh) where a tool can be.',
  ],
  [
    { narrowed: { pid: null, comm: '', container: 'web', cgroup: '/docker/f00d' } },
    'Narrowed to the container web, control group /docker/f00d, where a tool can be.',
  ],
  [
    { narrowed: { pid: null, comm: '', container: '', cgroup: '/shop.slice' }, processes: 'namespace' as const },
    'Narrowed to the control group /shop.slice where a tool can be. Collected in a container or PID namespace: processes outside it were not seen.',
  ],
  [{ processes: 'host' as const }, ''],
])('what was looked at is said first: %j', (facts, said) => {
  const host = { hostname: 'db-7', kernel: '', arch: '', os: '', cpus: 2, memoryBytes: null };
  const clock = { started: 0, ended: 10, windowBegan: null, monotonic: null, utcOffset: 0, zone: 'UTC' };
  const collector = { pids: [], cpu: null };
  const told = { coldflame: 2 as const, host, ...clock, versions: {}, notes: [], collector, marks: [], runs: [] };
  const capture: Capture = { name: '', damage: [], sources: [], datasets: [], manifest: { ...told, ...facts } };
  expect(/<p class="collecting">(.*?)<\/p>/.exec(overviewHtml([], [], aroundOf(capture, [])).text)?.[1] ?? '').toBe(
    said,
  );
});

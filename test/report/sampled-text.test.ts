/** How busy the CPUs were, as a profile alone tells it: each number counted by hand from the samples that stand here. */
import { expect, test } from 'vitest';
import { renderReport } from '../../src/render/report/report.ts';
import { sampledText } from '../../src/render/report/sampled-text.ts';
import { findingOf } from '../finding.ts';
import { captureOf } from '../findings/host.ts';

/** 101 ticks of 10 ms on each of 2 CPUs, of which CPU 0 runs `app` in all, CPU 1 in every second. */
function ticks(event: string, period: string, idle: string | null): string {
  const sample = (comm: string, cpu: number, i: number, frame: string) =>
    `${comm} 7 [00${cpu}] ${(100 + i / 100).toFixed(6)}: ${period} ${event}: \n\t    4004 ${frame} (/bin/app)\n\n`;
  const other = (i: number) =>
    i % 2 === 0 ? sample('app', 1, i, 'main') : idle === null ? '' : sample('swapper', 1, i, idle);
  return Array.from({ length: 101 }, (_, i) => sample('app', 0, i, 'main') + other(i)).join('');
}
const CLOCK = ticks('cpu-clock:ppp', '10000000', 'pv_native_safe_halt');
const CYCLES = ticks('cycles:P', '3000000', null);
const ALL = 'perf record -F 100 -ag';

test.each([
  // 101 + 51 samples of 10 ms, in 1 s.
  [
    'idle CPUs are sampled',
    CLOCK,
    '',
    'The host used 1.5 CPUs on average, by 202 samples of cpu-clock:ppp in 1 s. The number of CPUs is unknown.',
  ],
  [
    'every CPU, of a known number',
    CLOCK,
    ALL,
    'CPUs were 76% busy: 1.5 of 2 in use on average, by 202 samples of cpu-clock:ppp in 1 s.',
  ],
  [
    'idle CPUs whose functions have no names',
    ticks('cpu-clock', '10000000', '[unknown]'),
    ALL,
    'CPUs were 76% to 100% busy: 1.5 to 2 of 2 in use on average, by 202 samples of cpu-clock in 1 s.',
  ],
  [
    'one command',
    CLOCK,
    'perf record -F 100 -g -- make -a',
    'What was recorded used 1.5 CPUs on average, by 202 samples of cpu-clock:ppp in 1 s.',
  ],
  [
    'some CPUs',
    CLOCK,
    `${ALL} -C 0`,
    'What was recorded used 1.5 CPUs on average, by 202 samples of cpu-clock:ppp in 1 s.',
  ],
  [
    'cycles at a rate',
    CYCLES,
    ALL,
    'CPUs were about 76% busy: about 1.5 of 2 in use on average, by 152 samples of cycles:P in 1 s, taken at about the rate that was asked for.',
  ],
  ['cycles at no known rate', CYCLES, 'perf record -ag', null],
  [
    'nobody knows of whom',
    ticks('cpu-clock', '10000000', null),
    '',
    'What was recorded used 1.5 CPUs on average, by 152 samples of cpu-clock in 1 s. Whether that is the whole host is unknown.',
  ],
  ['no time', ticks('page-faults', '1', null), ALL, null],
  ['few samples', CLOCK.slice(0, 2000), ALL, null],
])('%s', async (_, text, command, said) => {
  const isKnown = command !== '';
  const capture = await captureOf(
    { 'perf.txt': text },
    isKnown ? { cpus: 2, runs: { perf: { command } } } : { isLoose: true },
  );
  expect(sampledText(capture)).toBe(said);
});

test('what lost samples was busier; what tells it better is asked', async () => {
  const lossy = { cpus: 2, runs: { perf: { command: ALL, stderr: 'Processed 300 events and lost 12 chunks!' } } };
  expect(sampledText(await captureOf({ 'perf.txt': CLOCK }, lossy))).toMatch(
    /^CPUs were at least 76% busy: at least 1\.5 of 2/,
  );
  const uptime = ' 14:00:01 up 1 day,  1:00,  1 user,  load average: 0.10, 0.20, 0.30\n';
  expect(sampledText(await captureOf({ 'perf.txt': CLOCK, 'uptime.txt': uptime }, lossy))).toBe(null);
});

test('a profile alone stands before its findings, unless one of them cannot wait', async () => {
  const capture = await captureOf({ 'perf.txt': CLOCK }, { isLoose: true });
  const order = async (severity: 'notice' | 'warning') => {
    const html = await renderReport({ capture, findings: [findingOf({ severity })] });
    return [...html.matchAll(/<section id="(overview|findings|cpu)"/g)].map(([, id]) => id);
  };
  expect(await order('notice')).toEqual(['overview', 'cpu', 'findings']);
  expect(await order('warning')).toEqual(['overview', 'findings', 'cpu']);
});

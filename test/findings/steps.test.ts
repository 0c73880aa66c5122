/** What to do next: what the capture does not tell yet, and what its host can run; and waits at a beat. */
import { describe, expect, test } from 'vitest';
import { stepText } from '../../src/datasets/finding.ts';
import { address, command, digits } from '../../src/findings/command.ts';
import { periodOf } from '../../src/findings/rules/period.ts';
import { collectSet, stepsOn } from '../../src/findings/steps.ts';
import type { Signals } from '../../src/signals/index.ts';
import { buckets, captureOf, type HostFacts, inBuckets, nextOf, only } from './host.ts';

test('a beat is told from a steady stream and from chance', () => {
  const bursts = [1, 6, 11, 16.2, 21].flatMap((start) => [start, start + 0.1, start + 0.3]);
  expect(periodOf(bursts)).toBeCloseTo(5, 1);
  expect(periodOf([...bursts].reverse())).toBeCloseTo(5, 1);
  expect(periodOf([1, 2.5, 9, 9.2, 14, 30, 31])).toBeNull();
  expect(periodOf(Array.from({ length: 100 }, (_, i) => i / 10))).toBeNull();
  // As printed to the second: ten a second, and two every four seconds.
  expect(periodOf(Array.from({ length: 100 }, (_, i) => Math.floor(i / 10)))).toBeNull();
  expect(periodOf([0, 0, 4, 4, 8, 8, 12, 12])).toBe(4);
  expect(periodOf([0, 4, 8])).toBeNull();
  expect(periodOf([])).toBeNull();
});

const late = { 'runqlat.txt': `Tracing run queue latency... Hit Ctrl-C to end.\n\n${buckets(inBuckets({ 14: 900 }))}` };
const failed = { outcome: 'failed', reason: 'no such tracepoint' } as const;
const missing = { outcome: 'missing', reason: 'not on this host: install linux-perf' } as const;
const next = async (absent: NonNullable<HostFacts['absent']> = {}, files = late) =>
  nextOf(await only('run-queue-latency', files, { absent }));

describe('what to collect next', () => {
  test('is what was not run yet', async () => {
    expect(await next()).toEqual(['coldflame collect --tool runqlen,cpudist,perf']);
    const cpudist = { 'cpudist.txt': late['runqlat.txt'].replace('run queue latency', 'on-CPU time') };
    expect(await next({}, { ...late, ...cpudist })).toEqual(['coldflame collect --tool runqlen,perf']);
  });
  test('is what can run here, and in the place of what cannot, what answers the same', async () => {
    expect(await next({ cpudist: failed })).toEqual(['coldflame collect --tool runqlen,perf']);
    expect(await next({ perf: missing })).toEqual(['coldflame collect --tool runqlen,cpudist,profile']);
    // Where nothing is left to collect there is a step all the same.
    expect(await next({ runqlen: failed, cpudist: failed, perf: missing, profile: failed })).toEqual([
      'Select its time in the report and compare it with the rest: look first at what grew most.',
    ]);
  });
  test('is run as root, where only that was missing', async () => {
    expect(await next({ runqlen: { outcome: 'skipped', reason: 'bcc: needs root' } })).toEqual([
      'sudo coldflame collect --tool runqlen,cpudist,perf',
    ]);
  });
  test('of a set that was tried is what it lacks', async () => {
    const ofCpus = async (tools: readonly string[]) => {
      const files = Object.fromEntries(tools.map((tool) => [`${tool}.txt`, 'nothing\n']));
      return stepsOn({ capture: await captureOf(files) } as Signals, [collectSet('cpu')]).map(stepText);
    };
    expect(await ofCpus(['df'])).toEqual(['coldflame collect --set cpu']);
    const most = [
      'perf',
      'runqlat',
      'execsnoop',
      'uptime',
      'mpstat',
      'pidstat',
      'top',
      'vmstat',
      'pressure',
      'throttled',
    ];
    expect(await ofCpus(most)).toEqual(['coldflame collect --tool runqlen,dmesg']);
    expect(await ofCpus([...most, 'runqlen', 'dmesg'])).toEqual([]);
  });
  test('for what is not known is a tool that can run, if any', async () => {
    const notKnown = async (absent: NonNullable<HostFacts['absent']>) =>
      nextOf(await only('run-queue-latency', {}, { absent }));
    expect(await notKnown({})).toEqual(['coldflame collect --tool runqlat']);
    expect(await notKnown({ runqlat: failed })).toEqual([]);
  });
});

describe('a word of the input is a word of a command only if it was checked', () => {
  test.each([
    ['4242', '4242'],
    [4242, '4242'],
    ['0', '0'],
    ['-1', null],
    ['1;reboot', null],
    ['1 2', null],
    ['٣', null],
    ['1e9', null],
    ['', null],
    [null, null],
    ['123456789012345678901', null],
  ])('digits of %j', (text, word) => {
    expect(digits(text)?.word ?? null).toBe(word);
  });
  test.each([
    ['192.0.2.7', true],
    ['2001:db8::2', true],
    ['::1', true],
    ['::ffff:192.0.2.7', true],
    ['fe80::1%eth0', false],
    ['192.0.2.7;id', false],
    ['$(id)', false],
    ['a.b.c.d', false],
    ['host', false],
    ['1:2', false],
    ['', false],
  ])('address %j', (text, isOne) => {
    expect(address(text) !== null).toBe(isOne);
  });
  test('and the words between are ours', () => {
    const pid = digits(42);
    expect(pid === null ? '' : command`ps -p ${pid} -o args`.text).toBe('ps -p 42 -o args');
  });
});

/** What lowers confidence, what collecting cost, and waits at a beat. */
import { describe, expect, test } from 'vitest';
import { stepText } from '../../src/datasets/finding.ts';
import { periodOf } from '../../src/findings/period.ts';
import { type Absent, judge, judgeBy } from './judge.ts';

test('a beat is told from a steady stream and from chance', () => {
  const bursts = [1, 6, 11, 16.2, 21].flatMap((start) => [start, start + 0.1, start + 0.3]);
  expect(periodOf(bursts)).toBeCloseTo(5, 1);
  expect(periodOf([1, 2.5, 9, 9.2, 14, 30, 31])).toBeNull();
  expect(periodOf(Array.from({ length: 100 }, (_, i) => i / 10))).toBeNull();
  // As printed to the second: ten a second, and two every four seconds.
  expect(periodOf(Array.from({ length: 100 }, (_, i) => Math.floor(i / 10)))).toBeNull();
  expect(periodOf([0, 0, 4, 4, 8, 8, 12, 12])).toBe(4);
  expect(periodOf([])).toBeNull();
});

test('slow I/O at a beat says so', async () => {
  const head = 'TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  LAT(ms)\n';
  const rows = Array.from({ length: 200 }, (_, i) => {
    const isLate = i % 40 < 4;
    return `${(i / 20).toFixed(6).padEnd(11)} postgres       4242   sda     W 1234       4096      ${isLate ? '60.00' : '0.40'}\n`;
  });
  const [finding] = await judgeBy('disk-latency', { 'biosnoop.txt': head + rows.join('') });
  expect(finding?.title).toBe('Disk I/O of sda is slow: p99 60 ms over 200 I/Os');
  expect(finding?.detail).toBe(
    'The slow ones are no steady tail: they come every 2 s: look for what runs at this beat.',
  );
});

test('what a tool lost lowers the confidence of what rests on it, and is a finding where it is much', async () => {
  const runqlat = (lost: string) =>
    `Tracing run queue latency... Hit Ctrl-C to end.\n${lost}\n     usecs               : count     distribution\n     16384 -> 32767      : 900      |****|\n`;
  const [sure] = await judgeBy('run-queue-latency', { 'runqlat.txt': runqlat('') });
  expect(sure).toMatchObject({ verdict: 'found', confidence: 'high' });
  const findings = await judge({ 'runqlat.txt': runqlat('Possibly lost 764896 samples') });
  expect(findings.find(({ rule }) => rule === 'run-queue-latency')?.confidence).not.toBe('high');
});

test('no rule without tools is said not to be captured', async () => {
  const findings = await judge({
    'uptime.txt': ' 14:00:01 up 3 days,  2:11,  2 users,  load average: 0.40, 0.50, 0.45\n',
  });
  expect(findings.filter(({ next }) => JSON.stringify(next).includes('undefined'))).toEqual([]);
  expect(findings.find(({ rule }) => rule === 'lost-events' || rule === 'collector-cost')).toBeUndefined();
});

test('what to run next is what was not run yet', async () => {
  const runqlat =
    'Tracing run queue latency... Hit Ctrl-C to end.\n\n     usecs               : count     distribution\n     16384 -> 32767      : 900      |****|\n';
  const alone = await judgeBy('run-queue-latency', { 'runqlat.txt': runqlat });
  expect(alone).toMatchObject([{ next: [{ collect: ['runqlen', 'cpudist', 'perf'] }] }]);
  const cpudist = runqlat.replace('run queue latency', 'on-CPU time');
  const files = { 'runqlat.txt': runqlat, 'cpudist.txt': cpudist };
  expect(await judgeBy('run-queue-latency', files)).toMatchObject([{ next: [{ collect: ['runqlen', 'perf'] }] }]);
});

describe('what to run next where the host cannot run it', () => {
  const runqlat =
    'Tracing run queue latency... Hit Ctrl-C to end.\n\n     usecs               : count     distribution\n     16384 -> 32767      : 900      |****|\n';
  const failed = { outcome: 'failed', reason: 'no such tracepoint' } as const;
  const missing = { outcome: 'missing', reason: 'not on this host: install linux-perf' } as const;
  const next = async (absent: Absent) =>
    (await judgeBy('run-queue-latency', { 'runqlat.txt': runqlat }, absent)).map(({ next, detail }) => ({
      next: next.map(stepText)[0] ?? null,
      detail,
    }));

  test('the others, and in its place what answers the same', async () => {
    expect(await next({ cpudist: failed })).toMatchObject([{ next: 'coldflame collect --tool runqlen,perf' }]);
    expect(await next({ perf: missing })).toMatchObject([{ next: 'coldflame collect --tool runqlen,cpudist,profile' }]);
  });
  test('what failed alike is said once', async () => {
    const uptime = { 'uptime.txt': ' 14:00:01 up 3 days,  2:11,  2 users,  load average: 0.40, 0.50, 0.45\n' };
    const absent = {
      ext4slower: failed,
      xfsslower: failed,
      nfsslower: { outcome: 'skipped', reason: 'no NFS' } as const,
    };
    expect(await judgeBy('slow-file-operations', uptime, absent)).toMatchObject([
      {
        title:
          'slow file system operations: ext4slower, xfsslower failed, no such tracepoint; nfsslower skipped, no NFS',
      },
    ]);
  });
  test('as root, where only that was missing', async () => {
    expect(await next({ runqlen: { outcome: 'skipped', reason: 'bcc: needs root' } })).toMatchObject([
      { next: 'sudo coldflame collect --tool runqlen,cpudist,perf' },
    ]);
  });
  test('why there is none', async () => {
    const [finding] = await next({ runqlen: failed, cpudist: failed, perf: missing, profile: failed });
    expect(finding?.next).toBeNull();
    expect(finding?.detail).toContain(
      'More would be told, but runqlen did not run here: failed, no such tracepoint; cpudist did not run',
    );
  });
  test('what is not known is told by a tool that can run, if any', async () => {
    const uptime = { 'uptime.txt': ' 14:00:01 up 3 days,  2:11,  2 users,  load average: 0.40, 0.50, 0.45\n' };
    expect(await judgeBy('lock-contention', uptime, { perf: missing })).toMatchObject([
      { verdict: 'not-known', next: [{ collect: ['profile'] }] },
    ]);
    expect(await judgeBy('run-queue-latency', uptime, { runqlat: failed })).toMatchObject([
      { title: 'run queue latency: runqlat failed, no such tracepoint', next: [] },
    ]);
  });
});

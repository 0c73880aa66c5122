/** Found, near, ruled out, not known: what it takes to clear, the same for all rules. */
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/datasets/finding.ts';
import { assess } from '../../src/findings/index.ts';
import {
  buckets,
  captureOf,
  type Files,
  type HostFacts,
  inBuckets,
  iostat,
  judge,
  mpstat,
  only,
  sar,
  steady,
  verdicts,
  vmstat,
} from './host.ts';

const CALM = { vda: { w: 20, wAwait: 0.5, queue: 0.1, util: 5 } };
const calmDisk: Files = { 'iostat.txt': iostat(steady(CALM)) };

const said = async (files: Files, facts: HostFacts = {}) =>
  (await verdicts('disk-saturated', files, facts))[0]?.replace(/ saturation: .* \(/, ' (');

describe('to rule something out', () => {
  test('all of the window must be seen', async () => {
    expect((await only('disk-saturated', calmDisk)).verdict).toBe('ruled-out');
    const half = { 'iostat.txt': iostat(steady(CALM, 5)) };
    expect(await said(half)).toBe('not-known: disk (iostat covers 50% of the window)');
  });
  test('of a short window a few seconds may be missing, of a long one no tenth', async () => {
    const seen = (seconds: number) => ({ 'iostat.txt': iostat(steady(CALM, seconds)) });
    expect((await only('disk-saturated', seen(8))).verdict).toBe('ruled-out');
    expect((await only('disk-saturated', seen(7))).verdict).toBe('not-known');
    expect((await only('disk-saturated', seen(90), { seconds: 100 })).verdict).toBe('ruled-out');
    expect((await only('disk-saturated', seen(89), { seconds: 100 })).verdict).toBe('not-known');
  });
  test('the window is what was asked for, without the time in which tools attach', async () => {
    const late = { 'iostat.txt': iostat(steady(CALM, 12)) };
    expect((await only('disk-saturated', late, { seconds: 12, manifest: { windowBegan: 2 } })).verdict).toBe(
      'ruled-out',
    );
  });
  test('files without a manifest do not say what they were to cover', async () => {
    expect(await said(calmDisk, { isLoose: true })).toBe(
      'not-known: disk (these files do not say which window they were to cover)',
    );
  });
  test('a tool that was narrowed to a process says nothing of the host', async () => {
    const files = {
      'biolatency.txt': `Tracing block device I/O... Hit Ctrl-C to end.\n\n${buckets(inBuckets({ 6: 1000 }))}`,
    };
    const facts = (command: string) => ({ runs: { runqlat: { command } } });
    const runqlat = {
      'runqlat.txt': `Tracing run queue latency... Hit Ctrl-C to end.\n\n${buckets(inBuckets({ 2: 1000 }))}`,
    };
    expect((await only('disk-latency', files)).verdict).toBe('ruled-out');
    expect((await only('run-queue-latency', runqlat, facts('runqlat-bpfcc 1'))).verdict).toBe('ruled-out');
    expect((await verdicts('run-queue-latency', runqlat, facts('runqlat-bpfcc -p 4242 1')))[0]).toMatch(
      /^not-known: .*\(runqlat looked at a part of the host only\)$/,
    );
  });
  test('when the tool was attached must be known', async () => {
    const files = {
      'runqlat.txt': `Tracing run queue latency... Hit Ctrl-C to end.\n\n${buckets(inBuckets({ 2: 1000 }))}`,
    };
    const attached = (at: number | null) => ({ runs: { runqlat: { via: 'bcc' as const, attached: at } } });
    expect((await only('run-queue-latency', files, attached(0.5))).verdict).toBe('ruled-out');
    expect((await verdicts('run-queue-latency', files, attached(6)))[0]).toMatch(
      /\(runqlat covers 40% of the window\)$/,
    );
    expect((await verdicts('run-queue-latency', files, attached(null)))[0]).toMatch(
      /\(this capture does not record when runqlat was attached\)$/,
    );
  });
  test('the tool must have ended as asked', async () => {
    const ended = { runs: { iostat: { outcome: 'cut' as const, reason: 'killed by signal 15' } } };
    expect(await said(calmDisk, ended)).toBe('not-known: disk (iostat was stopped: killed by signal 15)');
  });
  test('no line may be unread', async () => {
    const odd = { 'iostat.txt': `${calmDisk['iostat.txt']}vda is what this line says\n` };
    expect(await said(odd)).toMatch(/^not-known: disk \(1 of \d+ lines of iostat.txt are unread\)$/);
  });
  test('what was written must all be there', async () => {
    const bytes = Buffer.byteLength(calmDisk['iostat.txt'] as string);
    expect(await said(calmDisk, { runs: { iostat: { bytes: bytes + 60 } } })).toMatch(/^ruled-out/);
    expect(await said(calmDisk, { runs: { iostat: { bytes: 2 * bytes } } })).toBe(
      'not-known: disk (iostat.txt is shorter than what was written)',
    );
  });
  test('events that were lost are a doubt', async () => {
    const files = {
      'runqlat.txt': `Tracing run queue latency... Hit Ctrl-C to end.\n\n${buckets(inBuckets({ 2: 1000 }))}Possibly lost 500 samples\n`,
    };
    expect((await verdicts('run-queue-latency', files))[0]).toMatch(/\(runqlat lost 500 events\)$/);
  });
  test('a second file of the same that saw less may have been cut before the trouble', async () => {
    const two = { ...calmDisk, 'iostat-2.txt': iostat(steady(CALM, 5)) };
    expect((await only('disk-saturated', two)).verdict).toBe('ruled-out');
    const cut = { runs: { iostat: { bytes: 0 } } };
    expect(await said(two, cut)).toBe('not-known: disk (iostat covers 50% of the window)');
  });
  test('what ran and told nothing is named', async () => {
    const files = { 'iostat.txt': 'Linux 6.1.0 (db-7) \t01/05/26 \t_x86_64_\t(4 CPU)\n\n' };
    const failed = { absent: { iostat: { outcome: 'missing' as const, reason: 'not on this host: install sysstat' } } };
    expect((await verdicts('disk-saturated', files))[0]).toMatch(/^not-known: disk saturation/);
    expect(await verdicts('disk-saturated', {}, failed)).toEqual([
      expect.stringMatching(/^not-known: disk saturation, .* \(iostat missing, not on this host: install sysstat\)$/),
    ]);
  });
});

describe('what is found', () => {
  const BUSY = { vda: { w: 900, wAwait: 80, queue: 30, util: 99 } };
  test('needs no window, no manifest, no second reading', async () => {
    expect((await only('disk-saturated', { 'iostat.txt': iostat(steady(BUSY, 4)) }, { isLoose: true })).verdict).toBe(
      'found',
    );
  });
  test('is less sure by each doubt', async () => {
    const files = { 'iostat.txt': `${iostat(steady(BUSY))}vda is what this line says\n` };
    expect(await only('disk-saturated', files)).toMatchObject({ verdict: 'found', confidence: 'medium' });
    const lost = { runs: { iostat: { stderr: 'lost 12 events\n' } } };
    const found = await only('disk-saturated', files, lost);
    expect(found).toMatchObject({ confidence: 'low', doubts: ['iostat lost 12 events', expect.any(String)] });
  });
  test('is as sure where the end of its file is missing, but for less than half of the window', async () => {
    const found = (seconds: number, iostatOf = BUSY) =>
      only(
        'disk-saturated',
        { 'iostat.txt': iostat(steady(iostatOf, seconds)) },
        { runs: { iostat: { bytes: 9000, outcome: 'cut', reason: 'disk full' } } },
      );
    const doubts = ['iostat was stopped: disk full', 'iostat.txt is shorter than what was written'];
    expect(await found(6)).toMatchObject({ confidence: 'high', doubts });
    expect(await found(4)).toMatchObject({ confidence: 'low', doubts });
  });
  test('is less sure where another tool saw the same thing all the time and saw little', async () => {
    const files = { 'mpstat.txt': mpstat(steady({ all: { usr: 97 } })), 'vmstat.txt': vmstat(steady({})) };
    expect(await only('cpu-busy', files)).toMatchObject({ confidence: 'medium', doubts: ['vmstat saw no such thing'] });
  });
  test('takes away nothing of what is near or ruled out elsewhere', async () => {
    const files = { 'iostat.txt': iostat(steady(BUSY)), 'vmstat.txt': vmstat(steady({})) };
    const findings = await judge(files);
    expect(findings.filter(({ verdict }) => verdict === 'ruled-out').map(({ rule }) => rule)).toContain('swapping');
  });
  test('goes before what was looked at on the same resource, which clears nothing', async () => {
    const files = {
      'iostat.txt': iostat(steady(BUSY)),
      'biolatency.txt': `Tracing block device I/O... Hit Ctrl-C to end.\n\n${buckets(inBuckets({ 6: 1000 }))}`,
    };
    expect(await only('disk-latency', files)).toMatchObject({
      verdict: 'not-known',
      reason: 'there is a finding on disk vda',
      beside: { rule: 'disk-saturated', subject: { kind: 'disk', name: 'vda' } },
      next: [],
    });
  });
});

test('what is near says so, whatever else would keep it from being cleared', async () => {
  const half = { vda: { w: 900, wAwait: 6, queue: 0.6, util: 60 } };
  expect((await only('disk-saturated', { 'iostat.txt': iostat(steady(half)) }, { isLoose: true })).verdict).toBe(
    'near',
  );
});

test('tables of two hosts are judged by themselves', async () => {
  const files = {
    'iostat-1.txt': iostat(steady({ vda: { w: 900, wAwait: 80, queue: 30, util: 99 } })),
    'iostat-2.txt': iostat(steady(CALM)),
  };
  const capture = await captureOf(files, { isLoose: true });
  const sources = capture.sources.map((source, i) => ({ ...source, host: `db-${i + 1}` }));
  const findings = assess({ ...capture, sources }).findings.filter(({ rule }) => rule === 'disk-saturated');
  expect(findings.map(({ host, verdict }) => `${host} ${verdict}`)).toEqual(['db-1 found', 'db-2 not-known']);
});

describe('what lacks for one reason is told once', () => {
  const notKnown = (findings: readonly Finding[]) => findings.filter(({ verdict }) => verdict === 'not-known');
  test('with how many more', async () => {
    const findings = notKnown(await judge(calmDisk));
    const log = findings.find(({ rule }) => rule === 'oom-kill');
    expect(log?.title).toMatch(/^processes killed for lack of memory, device timeouts, I\/O errors and \d+ more$/);
    expect(log?.also).toContain('io-error');
    expect(log).toMatchObject({ reason: 'not captured (dmesg would tell)', next: [{ collect: ['dmesg'] }] });
  });
  test('what looks closer is missed only where it was asked for', async () => {
    const rules = async (facts: HostFacts) =>
      (await judge(calmDisk, facts)).flatMap(({ rule, also = [] }) => [rule, ...also]);
    expect(await rules({})).not.toContain('io-throttled');
    expect(await rules({ absent: { blkthrot: { outcome: 'failed', reason: 'no kprobes' } } })).toContain(
      'io-throttled',
    );
    expect(await rules({ absent: { blkthrot: { outcome: 'missing', reason: 'no bpftrace' } } })).not.toContain(
      'io-throttled',
    );
  });
});

test('the order of files means nothing', async () => {
  const files = {
    'a-vmstat.txt': vmstat(steady({ r: 14 })),
    'b-mpstat.txt': mpstat(steady({ all: { usr: 97 } })),
    'c-iostat.txt': iostat(steady({ vda: { w: 900, wAwait: 80, queue: 30, util: 99 }, vdb: { w: 1, util: 2 } })),
    'd-sar.txt': sar('pswpin/s pswpout/s', steady([[30, 70]])),
  };
  const names = Object.keys(files) as (keyof typeof files)[];
  const of = async (order: readonly (keyof typeof files)[]) =>
    (await judge(Object.fromEntries(order.map((name) => [name, files[name]])), { isLoose: true })).map(
      ({ rule, verdict, title, subject, cause }) => [rule, verdict, title, subject, cause],
    );
  expect(await of([...names].reverse())).toEqual(await of(names));
});

test('of thousands of subjects the worst are found, and how many more there are', async () => {
  const groups = Array.from(
    { length: 3000 },
    (_, i) => `@throttled[${i}]: 500\n@notthrottled[${i}]: ${i === 1234 ? 100 : 500}\n`,
  ).join('');
  const found = (await judge({ 'blkthrot.txt': `Attaching 3 probes...\n\n${groups}` })).filter(
    ({ rule, verdict }) => rule === 'io-throttled' && verdict === 'found',
  );
  expect(found).toHaveLength(25);
  expect(found[0]?.subject.name).toContain('1234');
  expect(found.at(-1)?.detail).toContain('2,975 more pass the same threshold');
  expect(found.slice(0, -1).some(({ detail }) => detail.includes('more pass'))).toBe(false);
});

/**
 * Hosts that were made sick on purpose (samples/sick): the first finding names the illness, by name. The numbers were counted
 * in the captured text by what stands above each case, with T the unpacked archive. docs/findings.md takes its examples here.
 */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import type { Finding } from '../../src/datasets/finding.ts';
import { findingsDocument } from '../../src/findings/document.ts';
import { type Assessment, assess, rules } from '../../src/findings/index.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');
const NAMES = [
  'cpu-hog',
  'disk-fsync',
  'fork-storm',
  'lock-contention',
  'memory-cgroup',
  'slow-dns',
  'accept-backlog',
  'io-limit',
  'build-and-backup',
  'healthy',
  'healthy-cpu',
  'bursts',
  'page-faults',
] as const;
type Name = (typeof NAMES)[number] | 'demo';

const captures = new Map<Name, Capture>();
const assessments = new Map<Name, Assessment>();

beforeAll(async () => {
  const paths: [Name, string][] = [
    ['demo', 'demo/capture.tar.gz'],
    ...NAMES.map((name): [Name, string] => [name, `sick/${name}.tar.gz`]),
  ];
  for (const [name, path] of paths) {
    const capture = await readCapture([join(SAMPLES, path)], { samples: true });
    captures.set(name, capture);
    assessments.set(name, assess(capture));
  }
});

function found(name: Name): Finding[] {
  return (assessments.get(name) as Assessment).findings.filter(({ verdict }) => verdict === 'found');
}

/** The rules whose findings follow from the first. */
function symptoms([cause, ...others]: readonly Finding[]): string[] {
  return others.filter((finding) => finding.cause?.rule === cause?.rule).map(({ rule }) => rule);
}

function measured(finding: Finding | undefined, signal: string, stat: string): number {
  const measure = finding?.measures.find((each) => each.signal === signal && each.stat === stat);
  return measure?.value ?? Number.NaN;
}

describe('the first finding of', () => {
  test('a process of eight threads that computes on two CPUs', () => {
    const all = found('cpu-hog');
    // awk '/^[0-9]/ && $NF == "pricing" { s += $8; n++ } END { print s / n }' T/pidstat.txt: 182.396 (n: 10)
    expect(all[0]).toMatchObject({ severity: 'critical', title: 'pricing (PID 2521) uses 1.8 of 2 CPUs' });
    expect(measured(all[0], 'process.cpu.utilization', 'mean')).toBeCloseTo(182.396, 3);
    expect(all[0]?.detail).toMatch(/^Hottest functions: simulate_path 9\d%/);
    // awk 'NR > 3 { s += $1; n++ } END { print s / n }' T/vmstat.txt: 20.1111
    const queue = all.find(({ rule }) => rule === 'run-queue');
    expect(measured(queue, 'system.cpu.run_queue.length', 'mean')).toBeCloseTo(20.1111, 4);
    expect(symptoms(all)).toEqual(expect.arrayContaining(['run-queue', 'load']));
  });

  test('a disk that does 80 writes a second and six writers that wait for each', () => {
    const all = found('disk-fsync');
    // awk '$1 == "loop0" && n++ { u += $NF; q += $(NF-1); w += $12; k++ } END { print u/k, q/k, w/k }' T/iostat.txt:
    // 98.3789 5.55222 36.2811
    expect(all[0]?.title).toMatch(/^fio \(.*\) saturates disk loop0: each waits 36 ms$/);
    expect(all[0]?.detail).toMatch(/^98% busy, 5\.6 requests queued, each waits 36 ms\./);
    // The buckets under `disk = loop0` summed over the intervals: 1,812 I/Os, the 1,794th of them in 65536 -> 131071.
    const latency = all.filter(({ rule }) => rule === 'disk-latency');
    expect(latency[0]?.subject.name).toBe('loop0');
    // The numbers of the stacks of fio with do_fsync, summed: 59,604,271 us
    const waits = all.find(({ rule }) => rule === 'off-cpu-fsync');
    expect(waits?.title).toBe('Threads of fio waited 60 s for fsync');
    expect(waits?.actors[0]).toMatchObject({ name: 'fio', text: 'waited 60 s' });
    expect(symptoms(all)).toEqual(expect.arrayContaining(['disk-latency', 'off-cpu-fsync']));
  });

  test('three shell scripts that ask one process after another', () => {
    const all = found('fork-storm');
    expect(all[0]).toMatchObject({ rule: 'short-lived-processes', severity: 'critical' });
    expect(all[0]?.title).toMatch(/^1,\d\d0 new processes a second started by healthcheck\.sh \(3 processes\)$/);
    // grep -cE '^[0-9]+:.* (177(03|04|05)) ' T/execsnoop.txt, less what the collector started, over 11.09 s by the manifest
    expect(measured(all[0], 'process.created', 'rate')).toBeGreaterThan(1300);
    expect(measured(all[0], 'process.created', 'rate')).toBeLessThan(1500);
    expect(symptoms(all)).toEqual(expect.arrayContaining(['system-time', 'run-queue', 'load']));
  });

  test('a program that outgrows its control group of 160 MiB', () => {
    const all = found('memory-cgroup');
    // grep -c 'Killed process' T/dmesg.txt: 3, the last with anon-rss:163072kB, 159.25 MiB
    expect(all[0]).toMatchObject({
      rule: 'oom-kill',
      severity: 'critical',
      title: 'The kernel killed thumbnailer (159 MiB) at its memory limit, 3 times',
    });
    expect(measured(all[0], 'kernel.message', 'count')).toBe(3);
  });

  test('twelve threads and one lock that is held while its owner sleeps', () => {
    const all = found('lock-contention');
    // The numbers of the stacks with lll_lock_wait, all of them ledger's, summed: 108,496,209 us;
    // with those of other processes in __mutex_lock and rwsem_down: 108,500,339 us
    expect(all[0]).toMatchObject({ rule: 'off-cpu-locks', title: 'Threads of ledger waited 108 s for locks' });
    expect(measured(all[0], 'process.off_cpu.duration', 'sum')).toBeCloseTo(108.500339, 6);
    expect(all[0]?.detail).toMatch(/^Most in: worker 100%\./);
    // It ran from 0.06 to 10.66 s, as the manifest says, and prints sums, without times.
    expect(all[0]).toMatchObject({ since: null, until: null });
    expect(all[0]?.detail).toContain('The stacks have no times: when in these 11 s the threads waited is unknown.');
  });

  test('a name server that answers after 800 ms', () => {
    const all = found('slow-dns');
    // awk 'NR > 1 { n++; if ($4 >= 100) s++ } END { print n, s }' T/gethostlatency.txt: 33 33; the largest is 820.920
    expect(all[0]?.title).toBe('Name lookups by checkout (PID 15629) are slow: 99th percentile 821 ms');
    expect(all[0]?.detail).toMatch(/^33 of 33 took 100 ms or more\./);
  });
});

test('a compiler beside a backup: two causes, each with what follows from it', () => {
  const all = found('build-and-backup');
  expect(all.filter(({ cause }) => cause === null).map(({ title }) => title)).toEqual([
    'nightly-backup (4 processes) saturates disk vda and stalls orderdb',
    'cc1 (6 processes) uses 1.4 of 2 CPUs',
    '39% of the stacks have lost their callers, most in cc1',
  ]);
});

describe('the demo', () => {
  test('what saturates the disk, who stands still behind it, and what follows from it', () => {
    const all = found('demo');
    expect(all.filter(({ severity }) => severity !== 'notice').map(({ title, cause }) => [title, cause?.rule])).toEqual(
      [
        ['nightly-backup (4 processes) saturates disk vda and stalls orderdb', undefined],
        ['I/O on vda is slow: 99th percentile 524 ms to 1 s', 'disk-saturated'],
        ['I/O pressure: tasks stalled 63% of the worst 10 s', 'disk-saturated'],
        ['Threads of orderdb waited 14 s for locks', 'disk-saturated'],
      ],
    );
    // awk '$1 == "vda" && $NF >= 80' T/iostat.txt | wc -l: eight reports, one after another
    expect(all[0]?.until).toBeCloseTo((all[0]?.since ?? 0) + 8, 1);
  });

  test('its kernel log was kept, and clears what it would have told', () => {
    const use = assessments.get('demo')?.use[0];
    const errors = new Map(use?.rows.map(({ resource, errors }) => [resource.kind, errors.text]));
    expect(errors.get('cpu')).toBe('none in the log');
  });
});

test.each(['healthy', 'healthy-cpu'] as const)(
  '%s: nothing above a notice, and what was looked at is ruled out',
  (name) => {
    expect(found(name).filter(({ severity, isPast }) => severity !== 'notice' && !isPast)).toEqual([]);
  },
);

test('a healthy host rules out what was looked at', () => {
  const { findings } = assessments.get('healthy') as Assessment;
  const titles = findings.filter(({ verdict }) => verdict !== 'found').map(({ title }) => title);
  // awk '$1 == "vda" && n++ { u += $NF; k++ } END { print u, k }' T/iostat.txt: 10.36 8, over nine seconds: -z leaves out one
  expect(titles).toEqual(
    expect.arrayContaining([expect.stringMatching(/^disk saturation: the busiest, vda, was 1\.\d% busy/)]),
  );
});

test.each([
  ['cpu-hog', 'pidstat.txt', /\bpricing$/],
  ['disk-fsync', 'iostat.txt', /^loop0 /],
  ['fork-storm', 'execsnoop.txt', /^\d\d:\d\d:\d\d \S+ +\d+ +\d+ /],
  ['memory-cgroup', 'dmesg.txt', /Killed process \d+ \(thumbnailer\)/],
  ['slow-dns', 'gethostlatency.txt', /^\S+ +\d+ +checkout +8\d\d\.\d+ /],
] as const)('the first line that %s rests on is in %s and says so', (name, file, says) => {
  const capture = captures.get(name) as Capture;
  const [top] = found(name);
  const { source = -1, lines = null } = top?.evidence[0] ?? {};
  expect(capture.sources[source]?.name).toBe(file);
  expect(capture.sources[source]?.raw?.split('\n')[(lines?.[0] ?? 0) - 1]).toMatch(says);
  for (const each of top?.evidence ?? [])
    expect(each.lines?.[1] ?? 1).toBeLessThanOrEqual(capture.sources[each.source]?.lines ?? 0);
});

describe('on the virtual host, without hardware virtualization, the first finding of', () => {
  test('a server that accepts two connections a second, with a backlog of four', () => {
    const all = found('accept-backlog');
    // awk '/LISTEN/ { print $2, $3, $4 }' T/ss.txt | sort | uniq -c: 24 of 32 readings say 5 4 127.0.0.1:8080
    expect(all[0]?.title).toBe('The listen queue of 127.0.0.1:8080 overflows: 0.4 connections dropped a second');
    // ListenDrops of T/proc-net.txt: 188 at 1351.08, the first reading in the window (from 1350.77), 194 at 1366.46: 6 in 15.38 s
    expect(measured(all[0], 'system.network.tcp.listen.drops', 'mean')).toBeCloseTo(6 / 15.38, 4);
  });

  test('a control group that may do ten writes a second on vdb, and commits each', () => {
    const all = found('io-limit');
    expect(all[0]?.title).toBe('Control group backup is at its disk limit on vdb');
    expect(all[0]?.detail).toMatch(/^It used 9\.9 of 10 writes a second\./);
    // wios of 254:16 in T/throttled.txt: 514 at 223.27, 642 at 236.23: 9.9 a second
    expect(measured(all[0], 'cgroup.disk.operations.write', 'mean')).toBeCloseTo(128 / 12.96, 2);
    expect(symptoms(all)).toEqual(expect.arrayContaining(['io-stalls', 'blocked-tasks', 'pressure-io']));
  });

  test('48 MiB every few seconds to a disk of 20 MB a second, which is idle between', () => {
    const all = found('bursts');
    expect(all[0]).toMatchObject({ rule: 'disk-saturated', severity: 'critical' });
    expect(all[0]?.title).toBe('archiver (PID 1375) saturates disk vdc: each waits 1.2 s');
    // awk '$1 == "vdc" && ++n > 1 { print $NF, $(NF - 1), $12 }' T/iostat.txt: of the reports in the window three are 80% busy or more,
    // with queues of 21.04, 17.99 and 22.43 and waits of 1052, 999.61 and 1504.07 ms
    expect(measured(all[0], 'system.disk.pending_operations', 'mean')).toBeCloseTo((21.04 + 17.99 + 22.43) / 3, 2);
  });

  test('a program whose pages are always new', () => {
    const all = found('page-faults');
    expect(all[0]).toMatchObject({ rule: 'page-faults', title: 'Page faults: 37% of the CPU samples, most in mapper' });
    // Of the 510 samples in T/perf.txt with asm_exc_page_fault or handle_mm_fault 376 are mapper's (awk 'BEGIN { RS = "" } …'); two are
    // of the tools of the capture.
    expect(all[0]?.actors[0]).toMatchObject({ name: 'mapper' });
    expect(all[0]?.actors[0]?.share).toBeCloseTo(376 / 508, 3);
  });
});

test('titles have twelve words at most', () => {
  for (const name of ['demo', ...NAMES] as const)
    for (const { title } of found(name)) expect([title, title.split(' ').length > 12]).toEqual([title, false]);
});

test('what is wrong has a next step, in each capture', () => {
  for (const name of ['demo', ...NAMES] as const)
    for (const { title, severity, cause, isPast, next } of found(name))
      if (severity !== 'notice' && cause === null && !isPast) expect([title, next]).not.toEqual([title, []]);
});

test('the plainest case is told with high confidence, though its files were cut, and one wait with one number', () => {
  expect(found('cpu-hog')[0]).toMatchObject({ rule: 'cpu-consumer', confidence: 'high' });
  expect(found('cpu-hog')[0]?.doubts).toHaveLength(2);
  const row = (name: Name, kind: string) =>
    assessments.get(name)?.use[0]?.rows.find(({ resource }) => resource.kind === kind);
  expect(row('lock-contention', 'scheduler')?.saturation.text).toBe('ledger 108 s in locks');
  expect(row('slow-dns', 'dns')?.saturation).toMatchObject({ state: 'warning', text: 'p99 821 ms' });
  expect(row('cpu-hog', 'dns')).toBeUndefined();
});

test('docs/findings.md is as the rules say (npx vitest run test/findings/sick -u makes it so)', async () => {
  const examples = new Map<string, Finding>();
  for (const name of ['demo', ...NAMES] as const)
    for (const finding of found(name)) if (!examples.has(finding.rule)) examples.set(finding.rule, finding);
  await expect(findingsDocument(rules, examples)).toMatchFileSnapshot('../../docs/findings.md');
});

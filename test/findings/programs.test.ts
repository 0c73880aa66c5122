/** Programs: processes that come and go, waits off CPU, wake-ups, locks, queries; each rule against its near miss. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  buckets,
  folded,
  foundBy,
  inBuckets,
  judge,
  mpstat,
  nextOf,
  only,
  pidstat,
  pidstatSwitches,
  SYSCALL,
  sar,
  steady,
  times,
  verdicts,
  vmstat,
  waited,
} from './host.ts';

const sample = (name: string) => readFileSync(join(import.meta.dirname, '../../samples', name), 'utf8');

describe('short-lived-processes', () => {
  const head = 'TIME(s) PCOMM            PID    PPID   RET ARGS\n';
  const execs = (each: number, comm = 'date', args = '/bin/date', parent = 4242) =>
    times(
      10 * each,
      (i) => `${(i / each).toFixed(3).padEnd(7)} ${comm}             ${5000 + i}   ${parent}     0 ${args}\n`,
    );
  test('a fork storm, and who starts it', async () => {
    const files = {
      'execsnoop.txt': head + execs(250),
      'pidstat.txt': pidstat(steady([{ pid: 4242, name: 'healthcheck', usr: 3 }])),
    };
    const found = await only('short-lived-processes', files);
    expect(found).toMatchObject({
      severity: 'warning',
      since: expect.closeTo(0, 1),
      title: '250 new processes a second started by healthcheck (PID 4242)',
    });
    expect(found.detail).toBe(
      'Started most: date 100%. Process lists do not show them: they end before the next look.',
    );
    expect(nextOf(found)).toEqual([
      'ps -o pid,ppid,lstart,args -p 4242',
      'Start fewer of them: keep one running and give it the work, or run it less often.',
    ]);
  });
  test('a parent that no tool names', async () => {
    const found = await only('short-lived-processes', { 'execsnoop.txt': head + execs(250) });
    expect(found.title).toBe('250 new processes a second started by PID 4242');
    expect(nextOf(found)[0]).toBe('ps -o pid,ppid,lstart,args -p 4242');
  });
  test('three hundred on each CPU fill them, under fifty are a notice', async () => {
    expect((await only('short-lived-processes', { 'execsnoop.txt': head + execs(36) })).severity).toBe('notice');
    expect((await only('short-lived-processes', { 'execsnoop.txt': head + execs(1200) })).severity).toBe('critical');
  });
  test('an administrator at work, and what the capture starts', async () => {
    expect(await verdicts('short-lived-processes', { 'execsnoop.txt': head + execs(3) })).toEqual([
      'ruled-out: short-lived processes: 3 new ones a second',
    ]);
    const own = head + execs(50, 'timeout', 'timeout -s INT -k 3 18 nice -n 10 perf');
    expect(await foundBy({ 'execsnoop.txt': own })).toEqual([]);
    // Started by the collector's own process.
    const manifest = { collector: { pids: [4242], cpu: null } };
    expect(await foundBy({ 'execsnoop.txt': head + execs(50) }, { manifest })).toEqual([]);
  });
  test('sar counts them, threads too, and names nobody', async () => {
    const table = (created: number) => ({ 'sar.txt': sar('proc/s   cswch/s', steady([[created, 500]])) });
    expect(await verdicts('short-lived-processes', table(400))).toEqual(['found: 400 new processes a second']);
    expect((await only('short-lived-processes', table(60))).verdict).toBe('near');
    expect((await only('short-lived-processes', table(20))).verdict).toBe('ruled-out');
  });
  test('explain what fills the CPUs, if they are many', async () => {
    const host = {
      'mpstat.txt': mpstat(steady({ all: { usr: 40, sys: 50 } })),
      'vmstat.txt': vmstat(steady({ r: 9 })),
    };
    const chain = async (each: number) =>
      (await judge({ ...host, 'execsnoop.txt': head + execs(each) }))
        .filter(({ verdict }) => verdict === 'found')
        .map(({ rule, cause }) => `${rule} ${cause?.rule ?? '-'}`);
    expect(await chain(500)).toEqual([
      'short-lived-processes -',
      'run-queue short-lived-processes',
      'system-time short-lived-processes',
      'cpu-busy short-lived-processes',
    ]);
    expect(await chain(40)).toEqual(['run-queue -', 'cpu-busy run-queue', 'system-time -', 'short-lived-processes -']);
  });
});

describe('dying-processes', () => {
  const exitsnoop = (code: string, rows: number) =>
    `PCOMM            PID     PPID    TID     AGE(s)  EXIT_CODE\n${times(rows, (i) => `php-fpm          ${4000 + i}    900     ${4000 + i}    0.31    ${code}\n`)}sleep            7000    900     7000    1.00    signal 15 (TERM)\n`;
  test('a crash loop, and one of kills', async () => {
    expect(await verdicts('dying-processes', { 'exitsnoop.txt': exitsnoop('signal 11 (SEGV)', 5) })).toEqual([
      'found: php-fpm crashes: 5 times, by signal 11',
    ]);
    expect(await verdicts('dying-processes', { 'exitsnoop.txt': exitsnoop('signal 9 (KILL)', 4) })).toEqual([
      'found: php-fpm is killed: 4 times, by signal 9',
    ]);
  });
  test.each([
    ['two crashes', exitsnoop('signal 11 (SEGV)', 2), 'near: processes ended by a signal: 2 of 3 that ended'],
    [
      'ends that were asked for',
      exitsnoop('signal 15 (TERM)', 9),
      'ruled-out: processes ended by a signal: 0 of 10 that ended',
    ],
    ['exit codes', exitsnoop('code 1', 50), 'ruled-out: processes ended by a signal: 0 of 51 that ended'],
  ])('%s', async (_, text, said) => {
    expect(await verdicts('dying-processes', { 'exitsnoop.txt': text })).toEqual([said]);
  });
});

describe('run-queue-latency', () => {
  const runqlat = (late: number, power = 14) => ({
    'runqlat.txt': `Tracing run queue latency... Hit Ctrl-C to end.\n\n${buckets(inBuckets({ 2: 10_000 - late, [power]: late }))}`,
  });
  test('the tail, not the bulk', async () => {
    const found = await only('run-queue-latency', runqlat(300));
    expect(found).toMatchObject({ verdict: 'found', severity: 'warning' });
    expect(found.title).toBe('Threads wait for a CPU: 99th percentile 16 to 33 ms');
    expect(found.detail).toBe(
      'Over 10,000 wake-ups. Two modes: 4 to 8 µs (97%) and 16 to 33 ms (3%). CPU saturation, a CPU limit of a control group, or a thread pinned to a busy CPU.',
    );
    expect((await only('run-queue-latency', runqlat(300, 16))).severity).toBe('critical');
  });
  test('nine in a thousand are below the 99th percentile', async () => {
    expect(await verdicts('run-queue-latency', runqlat(90))).toEqual([
      'ruled-out: wait for a CPU: 99th percentile 4 to 8 µs over 10,000 wake-ups',
    ]);
  });
  test('a bucket on the threshold, and few wake-ups', async () => {
    // 8,192 to 16,383 us, of which 10,000 is the threshold.
    expect((await only('run-queue-latency', runqlat(300, 13))).verdict).toBe('near');
    const few = {
      'runqlat.txt': `Tracing run queue latency... Hit Ctrl-C to end.\n\n${buckets(inBuckets({ 14: 60 }))}`,
    };
    expect(await verdicts('run-queue-latency', few)).toEqual([
      'not-known: wait for a CPU (only 60 wake-ups, 100 are needed)',
    ]);
  });
});

describe('late-to-run', () => {
  const runqslower = (rows: number, usecs: number) =>
    `Tracing run queue latency higher than 10000 us\nTIME     COMM             TID           LAT(us)\n${times(rows, (i) => `14:00:0${i % 10} ${i % 4 === 0 ? 'cron   ' : 'java   '}          7265       ${usecs + i}\n`)}`;
  test('forty in ten seconds, three in four of java', async () => {
    const found = await only('late-to-run', { 'runqslower.txt': runqslower(40, 12_000) });
    expect(found.title).toBe('40 wake-ups of java (PID 7265) were late by 10 ms or more');
    expect(found.detail).toBe('Up to 12 ms. Of java (PID 7265) 75% and cron (PID 7265) 25%.');
  });
  test.each([
    [6, 12_000, 'near: late wake-ups: 6 of 10 ms or more in 10 s'],
    [40, 3000, 'ruled-out: late wake-ups: 0 of 10 ms or more in 10 s'],
    [0, 0, 'ruled-out: late wake-ups: 0 of 10 ms or more in 10 s'],
  ])('%d of %d us', async (rows, usecs, said) => {
    expect(await verdicts('late-to-run', { 'runqslower.txt': runqslower(rows, usecs) })).toEqual([said]);
  });
});

test('run-queue-length: queues half of the time', async () => {
  const runqlen = (queued: number) => ({
    'runqlen.txt': `Sampling run queue length... Hit Ctrl-C to end.\n\n     runqlen       : count     distribution\n        0          : ${1000 - queued}       |****    |\n        1          : ${queued - 10}       |****    |\n        2          : 0        |        |\n        3          : 10       |        |\n`,
  });
  const found = await only('run-queue-length', runqlen(600));
  expect(found.title).toBe('Threads queue for the CPUs in 60% of the samples');
  expect(found.detail).toBe('At most 3 threads waited in one queue.');
  expect((await only('run-queue-length', runqlen(400))).verdict).toBe('near');
  expect(await verdicts('run-queue-length', runqlen(100))).toEqual([
    'ruled-out: length of the run queues: a thread waited in 10% of 1,000 samples',
  ]);
});

describe('context-switches', () => {
  test('half a million a second, and the pair that plays ping-pong', async () => {
    const files = {
      'vmstat.txt': vmstat(steady({ cs: 520_000 })),
      'pidstat.txt': pidstatSwitches(
        steady([
          { pid: 11, name: 'ping', voluntary: 130_000 },
          { pid: 12, name: 'pong', voluntary: 129_000 },
          { pid: 13, name: 'cron', voluntary: 2 },
        ]),
      ),
    };
    const found = await only('context-switches', files);
    expect(found).toMatchObject({ severity: 'warning', title: '520,000 context switches a second by ping and pong' });
    expect(found.detail).toContain('Voluntary switches: ping (PID 11) 130,000/s and pong (PID 12) 129,000/s.');
  });
  test('what the host switches, where its number is what the pair does', async () => {
    const pair = steady([
      { pid: 11, name: 'ping', voluntary: 30_000 },
      { pid: 12, name: 'pong', voluntary: 30_000 },
    ]);
    const files = { 'pidstat.txt': pidstatSwitches(pair) };
    expect((await only('context-switches', files)).title).toBe('60,000 context switches a second by ping and pong');
    expect((await only('context-switches', { ...files, 'vmstat.txt': vmstat(steady({ cs: 61_000 })) })).title).toBe(
      '61,000 context switches a second by ping and pong',
    );
  });
  test('many threads of one process, of which pidstat counts the first: by the samples in the scheduler', async () => {
    const files = {
      'vmstat.txt': vmstat(steady({ cs: 110_000 })),
      'profile.txt': folded({
        'ticker;read;schedule;finish_task_switch.isra.0': 150,
        'app;run;schedule': 50,
        'app;run': 200,
      }),
    };
    const found = await only('context-switches', files);
    expect(found.title).toBe('110,000 context switches a second, most by ticker');
    expect(found.detail).toMatch(/^Of the CPU samples in the scheduler: ticker 75%\. /);
  });
  test.each([
    [82_000, 'found', 'notice'],
    [70_000, 'near', 'notice'],
    [39_000, 'ruled-out', 'notice'],
  ])('%d a second on 4 CPUs', async (cs, verdict, severity) => {
    expect(await only('context-switches', { 'vmstat.txt': vmstat(steady({ cs })) })).toMatchObject({
      verdict,
      severity,
    });
  });
  test('one thread that sleeps five times a millisecond', async () => {
    const files = (voluntary: number) => ({
      'pidstat.txt': pidstatSwitches(steady([{ pid: 11, name: 'poller', voluntary }])),
    });
    expect(await verdicts('context-switches', files(6000))).toEqual([
      'found: 6,000 context switches a second by poller',
    ]);
    expect((await only('context-switches', files(2000))).verdict).toBe('ruled-out');
  });
});

describe('off CPU', () => {
  const idle = waited(`schedule;do_epoll_wait;${SYSCALL};epoll_wait;main`, 'nginx (917)', 90_000_000);
  const pool = waited(
    `schedule;futex_wait;do_futex;${SYSCALL};pthread_cond_wait@@GLIBC_2.3.2;next_job;worker`,
    'app (77)',
    80_000_000,
  );
  const fsync = (usecs: number) =>
    waited(`schedule;io_schedule;jbd2_log_wait_commit;ext4_sync_file;${SYSCALL};fsync;commit`, 'mysqld (42)', usecs);
  const lock = waited(
    `schedule;futex_wait;do_futex;${SYSCALL};__lll_lock_wait;post_entry;main`,
    'ledger (7)',
    9_000_000,
  );
  const futex = waited(`schedule;futex_wait;do_futex;${SYSCALL};[unknown]`, 'java (8)', 9_000_000);
  const disk = waited(`schedule;io_schedule;${SYSCALL};pread64;scan`, 'mysqld (42)', 2_000_000);
  const reclaim = waited(`schedule;shrink_lruvec;try_to_free_pages;${SYSCALL};malloc;grow`, 'batch (9)', 8_000_000);
  const of = (...stacks: readonly string[]) => ({ 'offcputime.txt': stacks.join('') });

  test('waits for the journal, by whom and where; idling left out', async () => {
    const files = of(idle, pool, fsync(6_000_000), disk);
    const found = await only('off-cpu-fsync', files);
    expect(found.title).toBe('Threads of mysqld waited 6 s for fsync');
    // 6 of 8 s that are explained.
    expect(found.detail).toBe(
      'Most in: commit 100%. 75% of the explained off-CPU time, summed over threads. The stacks have no times: when in these 10 s the threads waited is unknown. Each commit waits for the disk.',
    );
    expect(found.subject).toEqual({ kind: 'process', name: 'mysqld' });
    // 2 of 8 s, of the 30 % that it takes.
    expect((await only('off-cpu-disk', files)).verdict).not.toBe('found');
  });
  test('half of the window, or a second, is the least', async () => {
    expect((await only('off-cpu-fsync', of(fsync(5_100_000)))).verdict).toBe('found');
    expect((await only('off-cpu-fsync', of(fsync(4_900_000)))).verdict).toBe('near');
    expect(await verdicts('off-cpu-fsync', of(fsync(900_000)))).toEqual([
      'ruled-out: waits for fsync: 900 ms over all threads',
    ]);
  });
  test('waits for a lock', async () => {
    expect(await verdicts('off-cpu-locks', of(idle, pool, lock))).toEqual([
      'found: Threads of ledger waited 9 s for locks',
    ]);
  });
  test('with their times where each wait has one', async () => {
    const frames = [
      'schedule+0x6 ([kernel.kallsyms])',
      '__lll_lock_wait+0x9 (/lib/libc.so.6)',
      'main+0x1 (/bin/ledger)',
    ];
    const stack = frames.map((frame) => `\tffffffff821facd8 ${frame}\n`).join('');
    const goes = (from: string, to: string, at: number) =>
      `${from.replace('/', ' ')} [000] ${(1000 + at).toFixed(6)}: sched:sched_switch: prev_comm=${from.split('/')[0]} prev_pid=${from.split('/')[1]} prev_prio=120 prev_state=S ==> next_comm=${to.split('/')[0]} next_pid=${to.split('/')[1]} next_prio=120\n${stack}\n`;
    const text = [
      goes('ledger/7', 'other/9', 2),
      goes('other/9', 'ledger/7', 5),
      goes('ledger/7', 'other/9', 5.5),
      goes('other/9', 'ledger/7', 8.25),
    ];
    const runs = { perf: { command: 'perf record -k mono -e sched:sched_switch -a -g' } };
    const found = await only('off-cpu-locks', { 'perf.txt': text.join('') }, { runs });
    // 3 s and 2.75 s.
    expect(found.title).toBe('Threads of ledger waited 5.8 s for locks');
    expect(found).toMatchObject({ since: 2, until: 8.25 });
    expect(found.detail).not.toContain('no times');
  });
  test('waits for memory explain the disk waits below them', async () => {
    expect(await verdicts('off-cpu-memory', of(reclaim))).toEqual(['found: Threads of batch waited 8 s for memory']);
  });
  test('a futex without symbols is neither a lock nor none', async () => {
    expect(await verdicts('off-cpu-locks', of(futex))).toEqual([
      'not-known: waits for locks: 0 s over all threads (9 s of futex waits have no symbols that would tell a lock)',
    ]);
    expect(await verdicts('off-cpu-futex', of(futex))).toEqual(['found: Threads of java waited 9 s for locks or work']);
    const switches = pidstatSwitches(steady([{ pid: 8, name: 'java', voluntary: 1200 }]));
    expect(await verdicts('off-cpu-futex', { ...of(futex), 'pidstat.txt': switches })).toEqual([
      'found: Threads of java waited 9 s for a contended lock',
    ]);
  });
  test('a server that waits for work, and a pool that waits for jobs', async () => {
    expect(await foundBy(of(idle, pool))).toEqual([]);
    expect(await verdicts('off-cpu-locks', of(idle, pool))).toEqual([
      'ruled-out: waits for locks: 0 s over all threads',
    ]);
  });
  test('what the tools of the capture wait for is theirs', async () => {
    const own = waited(`schedule;io_schedule;${SYSCALL};pread64;scan`, 'perf (42)', 20_000_000);
    const facts = { manifest: { coldflame: 1 as const }, runs: { offcputime: { command: 'perf record' } } };
    expect(await foundBy(of(own), facts)).toEqual([]);
  });
  test('five frames of a stack rule nothing out: who called for the wait may be cut off', async () => {
    const files = { 'timehist.txt': sample('perf-sched/timehist-state.txt') };
    expect((await verdicts('off-cpu-fsync', files)).filter((said) => said.startsWith('ruled-out'))).toEqual([]);
  });
});

describe('kernel-locks', () => {
  const klockstat = (total: string) =>
    `Tracing mutex/sem lock events...  Hit Ctrl-C to end

                               Caller  Avg Wait    Count   Max Wait   Total Wait
           kernfs_dop_revalidate+0x21    1.2 us       14     3.4 ms        16 us
                       do_unlinkat+0x9d    3.1 ms     2600    40.2 ms       ${total}
`;
  test('the caller that waits most', async () => {
    const found = await only('kernel-locks', { 'klockstat.txt': klockstat('8.1 s') });
    expect(found.title).toBe('Threads wait for a kernel lock in do_unlinkat+0x9d: 8.1 s');
    expect(found.detail).toBe('That is 81% of the window, summed over threads.');
    expect((await only('kernel-locks', { 'klockstat.txt': klockstat('3.1 s') })).verdict).toBe('near');
    expect((await only('kernel-locks', { 'klockstat.txt': klockstat('1.1 s') })).verdict).toBe('ruled-out');
  });
});

test('slow-queries: many of one, and a nightly report', async () => {
  const queries = (rows: number) => ({
    'mysqld_qslower.txt': `Tracing MySQL server queries for PID 14371 slower than 1 ms...\nTIME(s)        PID           MS QUERY\n${times(rows, (i) => `${((i * 9) / rows).toFixed(6)}       18608    130.751 SELECT * FROM words WHERE word REGEXP '^bre.*n$'\n`)}`,
  });
  const found = await only('slow-queries', queries(50));
  expect(found.title).toBe('50 queries took 100 ms or more');
  expect(found.detail).toBe("Up to 131 ms. Most often: SELECT * FROM words WHERE word REGEXP '^bre.*n$' 100%.");
  expect((await only('slow-queries', queries(4))).verdict).toBe('ruled-out');
});

describe('interrupt-time', () => {
  const softirqs = (net: number) => ({
    'softirqs.txt': `Tracing soft irq event time... Hit Ctrl-C to end.\n\nSOFTIRQ          TOTAL_usecs\ntimer                 200000\nnet_rx     ${String(net).padStart(17)}\n`,
  });
  test('7 of the 40 CPU seconds that four CPUs have in ten', async () => {
    const found = await only('interrupt-time', softirqs(6_800_000));
    expect(found.title).toBe('Soft interrupts use 18% of the CPU time');
    expect(found.detail).toMatch(/^Most of it: net_rx 97%, timer 2\.9%\./);
  });
  test('4 of the 40 are near, 2 are not, and counts of events are no time', async () => {
    expect((await only('interrupt-time', softirqs(3_800_000))).verdict).toBe('near');
    expect(await verdicts('interrupt-time', softirqs(1_800_000))).toEqual(['ruled-out: CPU time of interrupts: 5%']);
    const counts = { 'hardirqs.txt': sample('hardirqs/libbpf-count.txt') };
    expect(await foundBy(counts)).toEqual([]);
  });
});

describe('blocked-tasks', () => {
  /** `top -b` once a second, each with a state and a command. */
  const top = (reports: readonly (readonly [pid: number, state: string, name: string][])[]) =>
    reports
      .map(
        (rows, i) =>
          `top - 14:00:0${i} up 3 days,  2:11,  1 user,  load average: 0.40, 0.50, 0.45\nTasks: 3 total,   1 running,   2 sleeping,   0 stopped,   0 zombie\n%Cpu(s):  1.0 us,  1.0 sy,  0.0 ni, 98.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\nMiB Mem :   8192.0 total,   5000.0 free,   1000.0 used,   2192.0 buff/cache\nMiB Swap:      0.0 total,      0.0 free,      0.0 used.   6500.0 avail Mem\n\n    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n${rows.map(([pid, state, name]) => `   ${pid} root      20   0   10000   5000   2000 ${state}   0.0   0.1   0:00.01 ${name}\n`).join('')}\n`,
      )
      .join('');
  const six = [1, 2, 3, 4, 5, 6].map((n): [number, string, string] => [4000 + n, 'D', 'cp']);
  test('six from the first look to the last', async () => {
    const found = await only('blocked-tasks', { 'top.txt': top(steady(six, 5)) });
    expect(found).toMatchObject({ severity: 'critical', title: 'cp (6 processes) are stuck in uninterruptible sleep' });
  });
  test('one, in all looks, and one in half of them', async () => {
    const one = (stuck: number) =>
      top(steady(0, 8).map((_, i) => [[4001, i < 8 - stuck ? 'S' : 'D', 'cp'] as [number, string, string]]));
    expect(await verdicts('blocked-tasks', { 'top.txt': one(8) })).toEqual([
      'found: cp (PID 4001) is stuck in uninterruptible sleep',
    ]);
    expect((await only('blocked-tasks', { 'top.txt': one(4) })).verdict).not.toBe('found');
  });
  test('a thread of the kernel works for others', async () => {
    const worker = top(steady([[7, 'D', 'kworker/0:1']] as [number, string, string][], 5));
    expect(await foundBy({ 'top.txt': worker })).toEqual([]);
  });
});

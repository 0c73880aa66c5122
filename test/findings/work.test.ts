/** Processes, profiles and trust in the samples: each rule fires on what it is for, and not on the near miss. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judge, judgeBy } from './judge.ts';

describe('cpu-consumer', () => {
  const head = 'Linux 6.1.0 (db-7) \t01/05/26 \t_x86_64_\t(4 CPU)\n';
  const report = (second: number, cpu: number) => `
14:00:0${second}      UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command
14:00:0${second}        0      4242  ${(cpu - 1).toFixed(2)}    1.00    0.00    0.00  ${cpu.toFixed(2)}     1  cc1plus
14:00:0${second}     1000       917    1.00    1.00    0.00    0.00    2.00     0  sshd
`;
  test('3 of 4 CPUs on average, though not in each interval', async () => {
    const [finding] = await judgeBy('cpu-consumer', { 'pidstat.txt': head + report(1, 380) + report(2, 220) });
    expect(finding).toMatchObject({ verdict: 'found', title: 'cc1plus (PID 4242) uses 3 of 4 CPUs', since: 1 });
  });
  test('one CPU of four is no hog', async () => {
    const [finding] = await judgeBy('cpu-consumer', { 'pidstat.txt': head + report(1, 100) + report(2, 100) });
    expect(finding).toMatchObject({
      verdict: 'ruled-out',
      title: 'one process taking the CPUs: the heaviest, cc1plus, used 1 of 4',
    });
  });
  test('a program whose processes are gone before the next report', async () => {
    // 90 and 130, then 100 and 100 % of a CPU, by four processes, none of which has more than 65 on average: 2.1 CPUs.
    const row = (second: number, pid: number, cpu: string) =>
      `14:00:0${second}        0      ${pid}  ${cpu}    0.00    0.00    0.00  ${cpu}     1  cc1\n`;
    const title = (second: number) =>
      `\n14:00:0${second}      UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command\n`;
    const two = (second: number, a: string, b: string) =>
      title(second) + row(second, 4000 + second, a) + row(second, 5000 + second, b);
    const text = head + two(1, '90.00', '130.00') + two(2, '100.00', '100.00');
    expect(await judgeBy('cpu-consumer', { 'pidstat.txt': text })).toMatchObject([
      { verdict: 'found', title: 'cc1 uses 2.1 of 4 CPUs, in 4 processes' },
    ]);
    const less = head + two(1, '90.00', '130.00') + two(2, '60.00', '100.00');
    expect(await judgeBy('cpu-consumer', { 'pidstat.txt': less })).toMatchObject([{ verdict: 'ruled-out' }]);
  });
});

describe('the tools of the capture', () => {
  const head = 'Linux 6.1.0 (db-7) \t01/05/26 \t_x86_64_\t(4 CPU)\n';
  const pidstat = `${head}
14:00:01      UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command
14:00:01        0      4242  98.00    1.00    0.00    0.00  99.00     1  perf
`;
  /** A thousand samples, of which so many are of perf itself. */
  const script = (perf: number) =>
    Array.from(
      { length: 1000 },
      (_, i) =>
        `${i < perf ? 'perf' : 'mysqld'}  4242 [000] ${(1000 + i / 100).toFixed(6)}:          1 cpu-clock: \n\t    5581 run_it+0x1 (/usr/bin/x)\n\n`,
    ).join('');
  test('are told apart in a table of processes', async () => {
    expect(await judgeBy('cpu-consumer', { 'pidstat.txt': pidstat, 'perf.txt': script(1) })).toMatchObject([
      { title: 'one process taking the CPUs: the heaviest, perf (a tool of this capture), used 0.99 of 4' },
    ]);
    expect(await judgeBy('cpu-consumer', { 'pidstat.txt': pidstat })).toMatchObject([
      { title: 'one process taking the CPUs: the heaviest, perf, used 0.99 of 4' },
    ]);
  });
  test('are told of where they are a tenth of a profile', async () => {
    expect(await judgeBy('collector-samples', { 'perf.txt': script(120) })).toMatchObject([
      { title: expect.stringMatching(/^12 % of .* is of the tools of this capture: perf 12 %$/) },
    ]);
    expect(await judgeBy('collector-samples', { 'perf.txt': script(80) })).toEqual([]);
  });
});

test('short-lived-processes: a fork storm against an administrator', async () => {
  const execsnoop = (each: number) =>
    `TIME(s) PCOMM            PID    PPID   RET ARGS\n${Array.from({ length: 10 * each }, (_, i) => `${(i / each).toFixed(3).padEnd(7)} date             ${5000 + i}   4242     0 /bin/date\n`).join('')}`;
  expect(await judgeBy('short-lived-processes', { 'execsnoop.txt': execsnoop(50) })).toMatchObject([
    {
      verdict: 'found',
      title: '50 new processes a second, which top cannot show, most started by PID 4242',
      detail: 'date 100 %',
    },
  ]);
  expect(await judgeBy('short-lived-processes', { 'execsnoop.txt': execsnoop(3) })).toMatchObject([
    { verdict: 'ruled-out' },
  ]);
});

test('run-queue-latency: the tail, not the bulk', async () => {
  const runqlat = (late: number) =>
    `Tracing run queue latency... Hit Ctrl-C to end.\n\n     usecs               : count     distribution\n         4 -> 7          : 9700     |****************************************|\n     16384 -> 32767      : ${late}      |*                                       |\n`;
  expect(await judgeBy('run-queue-latency', { 'runqlat.txt': runqlat(300) })).toMatchObject([
    {
      verdict: 'found',
      severity: 'warning',
      title: 'Threads wait long for a CPU: p99 in 16.4 ms to 32.8 ms over 10,000 wake-ups',
    },
  ]);
  expect(await judgeBy('run-queue-latency', { 'runqlat.txt': runqlat(90) })).toMatchObject([{ verdict: 'ruled-out' }]);
});

/** Folded stacks as `profile -f` prints them. */
const folded = (stacks: Record<string, number>) =>
  Object.entries(stacks)
    .map(([stack, count]) => `${stack} ${count}\n`)
    .join('');

describe('what fills the CPU profile', () => {
  test.each([
    ['lock-contention', 'app;run;pthread_mutex_lock;__lll_lock_wait;futex_wait_queue', /^Locks and wake-ups: 40 % /],
    ['page-faults', 'app;memset;asm_exc_page_fault;exc_page_fault;clear_page_erms', /^Page faults: 40 % /],
    ['allocation', 'app;parse;operator new(unsigned long);malloc;_int_malloc', /^Memory allocation: 40 % /],
    ['compression', 'app;gzwrite;deflate_slow;longest_match', /^Compression: 40 % /],
    ['garbage-collection', 'java;start_thread;GCTaskThread::run;G1ParTask::work', /^Garbage collection: 40 % /],
    ['spinning', 'app;spin_wait_for_lock;sched_yield', /^Busy waiting: 40 % /],
  ])('%s', async (rule, stack, title) => {
    const [finding] = await judgeBy(rule, { 'profile.txt': folded({ 'app;run;work': 600, [stack]: 400 }) });
    expect(finding).toMatchObject({ verdict: 'found', confidence: 'high' });
    expect(finding?.title).toMatch(title);
    expect(await judgeBy(rule, { 'profile.txt': folded({ 'app;run;work': 940, [stack]: 60 }) })).toEqual([]);
    expect(await judgeBy(rule, { 'profile.txt': folded({ 'app;run;work': 6, [stack]: 4 }) })).toEqual([]);
  });

  test('folded stacks of waits are no profile of CPU time', async () => {
    const waits = { 'mysqld;os_event_wait;futex_wait;schedule;finish_task_switch': 9_000_000 };
    expect(await judgeBy('lock-contention', { 'folded.txt': folded(waits) })).not.toMatchObject([{ verdict: 'found' }]);
    const work = { 'mysqld;run;futex_wait;schedule;finish_task_switch': 400, 'mysqld;run': 600 };
    expect(await judgeBy('lock-contention', { 'folded.txt': folded(work) })).toMatchObject([{ verdict: 'found' }]);
  });

  test('a folded file tells as much as the profile of a tool that is known', async () => {
    const files = { 'folded.txt': folded({ 'app;run;work': 940, 'app;run;malloc': 60 }) };
    const unknown = (await judge(files)).flatMap(({ rule, also = [] }) => [rule, ...also]);
    expect(unknown).not.toContain('allocation');
    expect(unknown).not.toContain('unknown-frames');
    // Of when its samples were, and of waits, it says nothing.
    expect(unknown).toEqual(expect.arrayContaining(['skewed-sampling', 'off-cpu-locks']));
  });

  test('two profiles of the same work are one finding', async () => {
    const stacks = folded({ 'app;run': 500, 'app;gzwrite;deflate_slow': 500 });
    expect(await judgeBy('compression', { 'profile.txt': stacks, 'perf.txt': stacks })).toHaveLength(1);
  });

  test('a sample counts once however many of its frames match', async () => {
    const stacks = { 'app;malloc;_int_malloc;malloc_consolidate': 300, 'app;run': 700 };
    const [finding] = await judgeBy('allocation', { 'profile.txt': folded(stacks) });
    expect(finding?.title).toMatch(/^Memory allocation: 30 % .*\(malloc\)$/);
  });

  test('unknown frames are a finding, and a doubt of the others', async () => {
    const stacks = { 'app;run;[libfoo.so]': 300, 'app;run;deflate_slow': 400, 'app;run': 300 };
    expect(await judgeBy('unknown-frames', { 'profile.txt': folded(stacks) })).toMatchObject([
      { title: expect.stringMatching(/^30 % of .* has no symbols: \[libfoo\.so\] 30 %$/) },
    ]);
    expect(await judgeBy('compression', { 'profile.txt': folded(stacks) })).toMatchObject([
      { confidence: 'medium', doubts: ['30 % of the samples have no symbol'] },
    ]);
  });
});

/** A stack as offcputime prints it, leaf first, with its process and microseconds. */
const waits = (frames: string, process: string, usecs: number) =>
  `${frames
    .split(';')
    .map((frame) => `    ${frame}\n`)
    .join('')}    -                ${process}\n        ${usecs}\n\n`;
const SYSCALL = 'do_syscall_64;entry_SYSCALL_64_after_hwframe';

describe('off-cpu', () => {
  const idle = waits(`schedule;do_epoll_wait;${SYSCALL};epoll_wait;main`, 'nginx (917)', 90_000_000);
  const pool = waits(
    `schedule;futex_wait;do_futex;${SYSCALL};pthread_cond_wait@@GLIBC_2.3.2;next_job;worker`,
    'app (77)',
    80_000_000,
  );
  const fsync = waits(
    `schedule;io_schedule;jbd2_log_wait_commit;ext4_sync_file;${SYSCALL};fsync;commit`,
    'mysqld (42)',
    6_000_000,
  );
  const lock = waits(
    `schedule;futex_wait;do_futex;${SYSCALL};__lll_lock_wait;post_entry;main`,
    'ledger (7)',
    9_000_000,
  );
  const disk = waits(`schedule;io_schedule;${SYSCALL};pread64;scan`, 'mysqld (42)', 2_000_000);

  test('waits for the journal, by whom and where; idling left out', async () => {
    const files = { 'offcputime.txt': idle + pool + fsync + disk };
    expect(await judgeBy('off-cpu-fsync', files)).toMatchObject([
      {
        verdict: 'found',
        title: 'Threads of mysqld wait for fsync and the file system journal: 6 s, most in commit',
        detail: expect.stringMatching(/^75 % of the time off CPU for a reason that is told\./),
      },
    ]);
    expect(await judgeBy('off-cpu-disk', files)).toMatchObject([{ verdict: 'ruled-out' }]);
  });
  test('waits for a lock', async () => {
    expect(await judgeBy('off-cpu-locks', { 'offcputime.txt': idle + pool + lock })).toMatchObject([
      { verdict: 'found', title: 'Threads of ledger wait for locks: 9 s, most in post_entry' },
    ]);
  });
  test('five frames of a stack rule nothing out: who called for the wait may be cut off', async () => {
    const text = readFileSync(new URL('../../samples/perf-sched/timehist-state.txt', import.meta.url), 'utf8');
    expect(await judgeBy('off-cpu-fsync', { 'timehist.txt': text })).toEqual([]);
  });
  test('a server that waits for work, and a pool that waits for jobs', async () => {
    const findings = await judge({ 'offcputime.txt': idle + pool });
    expect(findings.filter(({ verdict }) => verdict === 'found')).toEqual([]);
  });
});

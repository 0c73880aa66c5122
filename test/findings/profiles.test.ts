/** CPU profiles: what fills them, and how far they and the capture can be trusted. */
import { describe, expect, test } from 'vitest';
import { folded, foundBy, judge, only, verdicts } from './host.ts';

/** `perf script`: a sample each 10 ms, of a program and with a stack, leaf first. */
const script = (samples: readonly { comm: string; stack: readonly string[]; at?: number; event?: string }[]) =>
  samples
    .map(
      ({ comm, stack, at, event = 'cpu-clock' }, i) =>
        `${comm}  4242 [000] ${(1000 + (at ?? i / 100)).toFixed(6)}:          1 ${event}: \n${stack.map((frame) => `\t    5581 ${frame}\n`).join('')}\n`,
    )
    .join('');
const many = (n: number, comm: string, ...stack: readonly string[]) =>
  Array.from({ length: n }, () => ({ comm, stack }));
const RUN = 'run_it+0x1 (/usr/bin/x)';

describe('what fills the CPU profile', () => {
  test.each([
    ['lock-contention', 'app;run;pthread_mutex_lock;__lll_lock_wait;futex_wait_queue', 'Locks and wake-ups'],
    ['page-faults', 'app;memset;asm_exc_page_fault;exc_page_fault;clear_page_erms', 'Page faults'],
    ['path-lookups', 'app;open;do_sys_openat2;do_filp_open;path_openat;link_path_walk', 'Looking up paths'],
    ['allocation', 'app;parse;operator new(unsigned long);malloc;_int_malloc', 'Memory allocation'],
    ['compression', 'app;gzwrite;deflate_slow;longest_match', 'Compression'],
    ['garbage-collection', 'java;start_thread;GCTaskThread::run;G1ParTask::work', 'Garbage collection'],
    ['regular-expressions', 'app;search;pcre2_match_8', 'Regular expressions'],
    ['spinning', 'app;spin_wait_for_lock;sched_yield', 'Busy waiting'],
    ['timers', 'app;poll;asm_sysvec_apic_timer_interrupt;hrtimer_interrupt;__hrtimer_run_queues', 'Timers'],
    ['syscalls', 'app;write;entry_SYSCALL_64_after_hwframe;do_syscall_64;vfs_write', 'System calls'],
  ] as const)('%s', async (rule, stack, what) => {
    const of = (share: number) => ({ 'profile.txt': folded({ 'app;run;work': 1000 - share, [stack]: share }) });
    const found = await only(rule, of(600));
    expect(found).toMatchObject({ verdict: 'found', confidence: 'high' });
    expect(found.title).toMatch(new RegExp(`^${what}: 60% of the CPU samples`));
    // A hundredth of it is nothing of note.
    expect((await only(rule, of(10))).verdict).toBe('ruled-out');
    const few = { 'profile.txt': folded({ 'app;run;work': 40, [stack]: 60 }) };
    expect(await verdicts(rule, few)).toEqual([
      expect.stringMatching(/^not-known: .*\(only 100 samples, 200 are needed\)$/),
    ]);
  });

  test('idle CPUs are no part of it, and what takes little of the CPUs is no trouble', async () => {
    const of = (share: number) => ({
      'profile.txt': folded({
        'swapper/0;cpu_startup_entry;do_idle;default_idle': 1000,
        'app;run': 500 - share,
        'app;run;malloc': share,
      }),
    });
    // 150 of 500, a tenth of all.
    expect(await only('allocation', of(150))).toMatchObject({
      title: 'Memory allocation: 30% of the busy CPU samples, most in app',
      severity: 'notice',
    });
    // 74 of 1,500 are less than a twentieth of the CPUs.
    expect((await only('allocation', of(74))).verdict).toBe('near');
  });

  test('twice the limit weighs more', async () => {
    const of = (share: number) => ({
      'profile.txt': folded({ 'app;run;work': 1000 - share, 'app;run;malloc': share }),
    });
    expect((await only('allocation', of(390))).severity).toBe('notice');
    expect((await only('allocation', of(410))).severity).toBe('warning');
    expect((await only('allocation', of(190))).verdict).toBe('near');
  });

  test('collectors by the names of their threads', async () => {
    const stacks = { 'G1 Conc#0;start_thread;[unknown]': 300, 'java;run;work': 700 };
    expect((await only('garbage-collection', { 'profile.txt': folded(stacks) })).title).toMatch(
      /^Garbage collection: 30% of the CPU samples/,
    );
  });

  test('a sample counts once however many of its frames match', async () => {
    const stacks = { 'app;malloc;_int_malloc;malloc_consolidate': 300, 'app;run': 700 };
    const found = await only('allocation', { 'profile.txt': folded(stacks) });
    expect(found.title).toBe('Memory allocation: 30% of the CPU samples, most in app');
    expect(found.detail).toBe('In: malloc 100%. Objects are made and thrown away in the hot path.');
  });

  test('two profiles of the same work are one finding', async () => {
    const stacks = folded({ 'app;run': 500, 'app;gzwrite;deflate_slow': 500 });
    expect(await foundBy({ 'profile.txt': stacks, 'profile-2.txt': stacks })).toEqual(['compression']);
  });
});

describe('what a profile measures', () => {
  const faults = (event: string) => ({
    'perf.txt': script(
      Array.from({ length: 400 }, () => ({ comm: 'app', stack: ['malloc+0x1 (/usr/lib/libc.so.6)', RUN], event })),
    ),
  });
  test.each(['page-faults:u', 'cache-misses', 'offcpu-time'])('%s are no CPU time', async (event) => {
    expect(await foundBy(faults(event))).toEqual([]);
  });
  test.each(['cpu-clock', 'cycles:P', 'cpu_core/cycles/', 'task-clock:u'])('%s is', async (event) => {
    expect(await foundBy(faults(event))).toContain('allocation');
  });
  test('a folded file of unknown origin is of neither', async () => {
    const stacks = folded({ 'mysqld;os_event_wait;futex_wait;schedule': 9_000_000 });
    expect(await foundBy({ 'folded.txt': stacks })).toEqual([]);
  });
});

describe('names', () => {
  test('unknown frames are a finding, and a doubt of the others', async () => {
    const stacks = { 'app;run;[libfoo.so]': 300, 'app;run;deflate_slow': 400, 'app;run': 300 };
    const files = { 'profile.txt': folded(stacks) };
    expect(await only('unknown-frames', files)).toMatchObject({
      verdict: 'found',
      title: '30% of the CPU samples have no symbol, most in [libfoo.so]',
    });
    expect(await only('compression', files)).toMatchObject({
      confidence: 'medium',
      doubts: ['30% of the samples have no symbol'],
    });
  });
  test('an address alone is no module, and no code of a runtime', async () => {
    const files = { 'profile.txt': folded({ 'node;main;0x55bff3273c31': 800, 'node;main;uv_run': 200 }) };
    expect(await only('unknown-frames', files)).toMatchObject({ title: '80% of the CPU samples have no symbol' });
    expect(await foundBy(files)).not.toContain('nameless-jit');
  });
  test.each([
    ['node', 'Node', 'Start Node with --perf-basic-prof before the capture.'],
    ['java', 'the JVM', 'Let the JVM write its map: jcmd PID Compiler.perfmap (JDK 17 and later), or perf-map-agent.'],
    ['python3.12', 'Python', 'Start Python with -X perf (3.12 and later) before the capture.'],
    ['dotnet', '.NET', 'Set DOTNET_PerfMapEnabled=1 before the program starts.'],
  ])('code that %s compiled while it ran', async (comm, runtime, advice) => {
    const samples = [...many(380, comm, '[unknown] (//anon)'), ...many(20, comm, RUN)];
    const found = await only('nameless-jit', { 'perf.txt': script(samples) });
    expect(found.title).toBe(`95% of the CPU samples are code of ${runtime} without names`);
    expect(found.next).toEqual([{ advise: advice }]);
    const [, symptom] = (await judge({ 'perf.txt': script(samples) })).filter(({ verdict }) => verdict === 'found');
    expect(symptom).toMatchObject({ rule: 'unknown-frames', cause: { rule: 'nameless-jit' } });
  });
  test('119 of 121 stacks end before main: without frame pointers', async () => {
    const samples = [
      ...many(119, 'cc1', 'fold_rtx+0x1 (/usr/lib/cc1)', '[unknown] (/usr/lib/cc1)'),
      ...many(
        2,
        'cc1',
        'fold_rtx+0x1 (/usr/lib/cc1)',
        'main+0x1 (/usr/lib/cc1)',
        '__libc_start_main+0x1 (/usr/lib/libc.so.6)',
      ),
    ];
    const found = await only('missing-callers', { 'perf.txt': script(samples) });
    expect(found.title).toBe('98% of the stacks have lost their callers, most in cc1');
    expect(found.detail).toContain('--call-graph dwarf');
    const whole = many(121, 'cc1', 'fold_rtx+0x1 (/usr/lib/cc1)', 'main+0x1 (/usr/lib/cc1)');
    expect((await only('missing-callers', { 'perf.txt': script(whole) })).verdict).toBe('ruled-out');
  });
});

describe('skewed-sampling', () => {
  const at = (share: number) =>
    script(
      Array.from({ length: 1000 }, (_, i) => ({
        comm: 'app',
        stack: [RUN],
        at: i === 0 ? 0 : i < share ? (i % 10) + 0.505 : i / 100 + 0.005,
      })),
    );
  test('samples that fall into the same moment of each second', async () => {
    const found = await only('skewed-sampling', { 'perf.txt': at(300) });
    // The rest is spread: 700 in 50 parts are 14 more in this one.
    expect(found.title).toBe('31% of the samples fall into the same 20 ms of the second');
    expect(found.detail).toMatch(/^Between 500 and 520 ms\./);
    expect((await only('skewed-sampling', { 'perf.txt': at(0) })).verdict).toBe('ruled-out');
  });
});

describe('the tools of the capture', () => {
  const of = (perf: number) => ({
    'perf.txt': script([...many(perf, 'perf', RUN), ...many(1000 - perf, 'mysqld', RUN)]),
  });
  const facts = { runs: { perf: { command: 'perf record -a' } } };
  test('are told of where they are a tenth of a profile', async () => {
    const found = await only('collector-samples', of(120), facts);
    expect(found.title).toBe('12% of the CPU samples are of the tools of this capture');
    expect(found.detail).toContain('Of perf 12%.');
    expect((await only('collector-samples', of(80), facts)).verdict).toBe('near');
    expect((await only('collector-samples', of(20), facts)).verdict).toBe('ruled-out');
  });
  test('what they cost is told by their CPU seconds', async () => {
    const costs = (seconds: number) => ({ runs: { perf: { cpu: seconds, cpuInWindow: seconds } } });
    // 12 of 40 CPU seconds.
    const found = await only('collector-cost', of(0), costs(12));
    expect(found).toMatchObject({
      title: 'Collecting used 30% of the CPUs',
      detail: expect.stringMatching(/^perf 12 s of CPU time\./),
    });
    expect(await foundBy(of(0), costs(9))).toEqual([]);
  });
});

describe('lost events', () => {
  const runqlat = (tail: string) =>
    `Tracing run queue latency... Hit Ctrl-C to end.\n\n     usecs               : count     distribution\n     16384 -> 32767      : 900      |****|\n${tail}`;
  test('are a finding, and a doubt of what the tool counted', async () => {
    const files = { 'runqlat.txt': runqlat('Possibly lost 764896 samples\n') };
    expect(await only('lost-events', files)).toMatchObject({
      title: 'runqlat lost 764,896 events: its counts are too low',
    });
    expect(await only('run-queue-latency', files)).toMatchObject({
      confidence: 'medium',
      doubts: ['runqlat lost 764,896 events'],
    });
    expect(await only('run-queue-latency', { 'runqlat.txt': runqlat('') })).toMatchObject({
      confidence: 'high',
      doubts: [],
    });
  });
  test('a few at the end change nothing', async () => {
    expect(await foundBy({ 'runqlat.txt': runqlat('Possibly lost 3 samples\n') })).toEqual(['run-queue-latency']);
  });
});

test('perf record --off-cpu counts nanoseconds, and says so nowhere', async () => {
  const sample = (i: number) =>
    `app  4242 [001] ${(1000 + i / 10).toFixed(6)}:   50000000 offcpu-time: \n\t            55d0 schedule+0x1 ([kernel.kallsyms])\n\t            55e0 futex_wait+0x1 ([kernel.kallsyms])\n\t            55f0 main+0x1 (/usr/bin/app)\n\n`;
  const script = Array.from({ length: 300 }, (_, i) => sample(i)).join('');
  const found = (await judge({ 'perf.txt': script }, { isLoose: true })).filter(({ verdict }) => verdict === 'found');
  // 300 times 50 ms.
  expect(found.map(({ title }) => title)).toEqual(['Threads of app waited 15 s for locks or work']);
});

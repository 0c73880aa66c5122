/** CPUs: each rule finds what it is for, says whose it is, and does not find the near miss. */
import { describe, expect, test } from 'vitest';
import { foundBy, judge, mpstat, nextOf, only, pidstat, sar, steady, verdicts, vmstat } from './host.ts';

describe('run-queue', () => {
  test('14 runnable threads on 4 CPUs, the row since boot left out', async () => {
    const found = await only('run-queue', { 'vmstat.txt': vmstat([...steady({ r: 12 }, 5), ...steady({ r: 16 }, 5)]) });
    expect(found).toMatchObject({ verdict: 'found', severity: 'critical', since: 0, until: 10, confidence: 'high' });
    expect(found.title).toBe('CPUs are saturated: 14 runnable threads on 4 CPUs');
    expect(found.detail).toBe('At most 16. Each waits for a CPU before it runs.');
    // The third line is the one since boot.
    expect(found.evidence).toMatchObject([{ source: 0, lines: [4, 13], drawn: { dataset: 0, metric: 0 } }]);
    expect(found.measures).toMatchObject([
      { signal: 'system.cpu.run_queue.length', stat: 'mean', value: 14, unit: 'threads', worse: 'more' },
      { signal: 'system.cpu.run_queue.length', stat: 'max', value: 16 },
    ]);
  });
  test('who they are, by the process list of that time', async () => {
    const files = {
      'vmstat.txt': vmstat(steady({ r: 8, us: 90, id: 10 })),
      'pidstat.txt': pidstat(
        steady([
          { pid: 4242, name: 'make', usr: 200, system: 40 },
          { pid: 4243, name: 'make', usr: 30 },
          { pid: 77, name: 'sshd', usr: 2 },
        ]),
      ),
    };
    const found = await only('run-queue', files);
    // 270 of 400 %.
    expect(found.actors).toMatchObject([{ role: 'user', name: 'make', pid: null, text: '2 processes, 270%' }]);
    expect(found.title).toBe('CPUs are saturated: 8 runnable threads on 4 CPUs, most by make');
    expect(found.detail).toContain('Used by make (2 processes) 68%.');
    expect(found.severity).toBe('warning');
  });
  test('a command line, as pidstat -l prints it, is named by its program', async () => {
    const name = '/opt/shop/bin/indexer --password hunter2 --threads 4 /srv/shop/catalogue';
    const files = {
      'vmstat.txt': vmstat(steady({ r: 8, us: 90, id: 10 })),
      'pidstat.txt': pidstat(steady([{ pid: 4242, name, usr: 300 }])),
    };
    expect((await only('run-queue', files)).title).toBe(
      'CPUs are saturated: 8 runnable threads on 4 CPUs, most by indexer',
    );
  });
  test('half of the window is no burst, a little less is near', async () => {
    const files = (seconds: number) => ({
      'vmstat.txt': vmstat([...steady({ r: 7 }, seconds), ...steady({ r: 1 }, 20 - seconds)]),
    });
    expect(await verdicts('run-queue', files(10), { seconds: 20 })).toEqual([
      // In the saturated half.
      'found: CPUs are saturated: 7 runnable threads on 4 CPUs',
    ]);
    expect(await verdicts('run-queue', files(9), { seconds: 20 })).toEqual([
      'near: CPU saturation (run queue): 3.7 runnable threads on average on 4 CPUs',
    ]);
  });
  test('five seconds of a burst of three on each CPU are felt, four are not', async () => {
    const files = (seconds: number) => ({
      'vmstat.txt': vmstat([...steady({ r: 12 }, seconds), ...steady({ r: 1 }, 30 - seconds)]),
    });
    expect(await only('run-queue', files(5), { seconds: 30 })).toMatchObject({
      verdict: 'found',
      severity: 'notice',
      title: 'CPUs are saturated for 5 s of 30 s: 12 runnable threads on 4 CPUs',
      detail: 'The figures are for the saturated time only. Each waits for a CPU before it runs.',
    });
    expect(await verdicts('run-queue', files(4), { seconds: 30 })).toEqual([
      'near: CPU saturation (run queue): 2.5 runnable threads on average on 4 CPUs',
    ]);
    expect((await only('run-queue', files(2), { seconds: 30 })).verdict).toBe('ruled-out');
  });
  test('threads that are runnable together for moments, on CPUs that idle in between', async () => {
    expect((await only('run-queue', { 'vmstat.txt': vmstat(steady({ r: 14, us: 30, id: 65 })) })).verdict).toBe('near');
    expect((await only('run-queue', { 'vmstat.txt': vmstat(steady({ r: 14, us: 80, id: 15 })) })).verdict).toBe(
      'found',
    );
    // (12 × 14 + 8 × 1) / 20 = 8.8 over all of the time: 14 is of the part that was not enough.
    const part = [...steady({ r: 14, us: 30, id: 65 }, 12), ...steady({ r: 1, us: 30, id: 65 }, 8)];
    expect(await verdicts('run-queue', { 'vmstat.txt': vmstat(part) })).toEqual([
      'near: CPU saturation (run queue): 8.8 runnable threads on average on 4 CPUs',
    ]);
  });
  test('a threshold of the user moves it', async () => {
    const files = { 'vmstat.txt': vmstat(steady({ r: 5 })) };
    expect((await only('run-queue', files)).verdict).toBe('near');
    const overrides = { 'run-queue': { perCpu: 1.2 } };
    expect((await only('run-queue', files, { overrides })).verdict).toBe('found');
  });
  test('without the number of CPUs nothing can be said', async () => {
    expect(await verdicts('run-queue', { 'vmstat.txt': vmstat(steady({ r: 14 })) }, { cpus: null })).toEqual([
      'not-known: CPU saturation (run queue) (the number of CPUs is unknown)',
    ]);
  });
  test('sar tells it as well as vmstat', async () => {
    const rows = steady([[14, 300, 1, 1, 1, 0]]);
    expect(
      await verdicts('run-queue', {
        'sar.txt': sar('runq-sz  plist-sz   ldavg-1   ldavg-5  ldavg-15   blocked', rows),
      }),
    ).toEqual(['found: CPUs are saturated: 14 runnable threads on 4 CPUs']);
  });
});

test('a CPU that is busy for a part of the time beside busy ones is told by its mean of all of it', async () => {
  const others = { 0: { usr: 55 }, 1: { usr: 55 } };
  const text = mpstat([
    ...steady({ all: { usr: 70 }, ...others, 2: { usr: 100 } }, 12),
    ...steady({ all: { usr: 40 }, ...others, 2: { usr: 10 } }, 8),
  ]);
  // (12 × 100 + 8 × 10) / 20
  expect(await verdicts('one-cpu', { 'mpstat.txt': text })).toEqual([
    expect.stringContaining('one CPU at its limit: the busiest, CPU 2, was 64% busy'),
  ]);
});

test('a CPU that is offline, of which mpstat prints zeros alone, is not at its limit', async () => {
  const text = mpstat(steady({ all: { usr: 50 }, 0: { usr: 50 }, 1: { usr: 50 }, 2: { usr: 100 } }));
  // All of 100% user time is a CPU that is busy; none of anything is one that is not there.
  const offline = text.replace(/^(\S+ +2 +)100\.00/gm, '$10.00');
  expect(await verdicts('one-cpu', { 'mpstat.txt': offline })).toEqual([
    'ruled-out: one CPU at its limit: the busiest, CPU 0, was 50% busy',
  ]);
  expect(await verdicts('one-cpu', { 'mpstat.txt': text })).toEqual([
    expect.stringContaining('the busiest, CPU 2, was 100% busy'),
  ]);
});

describe('processes that wait for a CPU, by pidstat', () => {
  const workers = (count: number, usr: number, wait: number) =>
    pidstat(steady(Array.from({ length: count }, (_, i) => ({ pid: 4242 + i, name: 'worker', usr, wait }))));
  test.each([
    // 4 CPUs in use, 6 processes wait: 10 on 4 CPUs.
    [10, 40, 60, 'found: CPUs are saturated: 10 runnable threads on 4 CPUs, most by worker', 'warning'],
    [20, 20, 60, 'found: CPUs are saturated: 16 runnable threads on 4 CPUs, most by worker', 'critical'],
    // 5.9 on 4 CPUs; held back by a limit, on CPUs that are idle.
    [10, 40, 19, null, null],
    [10, 20, 70, null, null],
  ])('%d of them use %d%% and wait %d%%', async (count, usr, wait, said, severity) => {
    const found = (await judge({ 'pidstat.txt': workers(count, usr, wait) })).filter(
      ({ rule, verdict }) => rule === 'run-queue' && verdict === 'found',
    );
    expect(found.map(({ title }) => `found: ${title}`)).toEqual(said === null ? [] : [said]);
    expect(found.map((each) => each.severity)).toEqual(severity === null ? [] : [severity]);
  });
});

describe('load', () => {
  const uptime = (loads: string) => ` 14:00:10 up 3 days,  2:11,  2 users,  load average: ${loads}\n`;
  test.each([
    ['9.50, 6.00, 3.00', 'found: Load is 9.5 on 4 CPUs, rising', 'notice'],
    ['12.50, 12.00, 12.00', 'found: Load is 13 on 4 CPUs, steady', 'warning'],
    ['2.00, 6.00, 9.00', 'found: Load was 9 on 4 CPUs 15 minutes ago, 2 now', 'notice'],
    ['6.50, 8.00, 9.00', 'found: Load is 6.5 on 4 CPUs, falling', 'notice'],
    ['5.90, 5.90, 5.90', 'near: load: 5.9 on 4 CPUs, 5.9 15 minutes ago', 'notice'],
    ['1.00, 1.00, 1.00', 'not-known: load: 1 on 4 CPUs, 1 15 minutes ago (uptime was read only once)', 'notice'],
  ])('%s on 4 CPUs', async (loads, said, severity) => {
    const files = { 'uptime.txt': uptime(loads) };
    expect(await verdicts('load', files)).toEqual([said]);
    expect((await only('load', files)).severity).toBe(severity);
  });
  test('where several readings show which way it goes, they tell', async () => {
    const loads = (...readings: readonly string[]) =>
      readings.map((load, i) => ` 14:00:0${i} up 3 days,  2:11,  2 users,  load average: ${load}\n`).join('');
    const title = async (...readings: readonly string[]) =>
      (await only('load', { 'uptime.txt': loads(...readings) })).title;
    expect(await title('7.00, 8.00, 9.00', '8.00, 8.00, 9.00', '9.50, 8.00, 9.00')).toBe(
      'Load is 9.5 on 4 CPUs, rising',
    );
    expect(await title('9.50, 8.00, 3.00', '9.40, 8.00, 3.00', '9.30, 8.00, 3.00')).toBe(
      'Load is 9.3 on 4 CPUs, steady',
    );
  });
  test.each([
    // b is 7 and 6 of ten seconds each: no fewer than half of the load, and fewer.
    [7, 'Load is 13 on 4 CPUs, steady: 7 threads wait for I/O'],
    [6, 'Load is 13 on 4 CPUs, steady'],
  ])('%d threads that wait for I/O', async (blocked, title) => {
    const files = { 'uptime.txt': uptime('12.50, 12.00, 12.00'), 'vmstat.txt': vmstat(steady({ b: blocked })) };
    const found = await only('load', files);
    expect(found.title).toBe(title);
    expect(nextOf(found)[0]).toBe(blocked === 7 ? 'coldflame collect --set disk' : 'coldflame collect --tool pidstat');
  });
  test('what is over is history', async () => {
    expect(await only('load', { 'uptime.txt': uptime('2.00, 6.00, 9.00') })).toMatchObject({
      isPast: true,
      detail: 'The worst was over when the capture began.',
    });
  });
  test('what was captured already is not asked for again', async () => {
    const files = { 'uptime.txt': uptime('9.50, 6.00, 3.00') };
    expect(nextOf(await only('load', files))).toEqual(['coldflame collect --tool vmstat,pidstat']);
    expect(nextOf(await only('load', { ...files, 'vmstat.txt': vmstat(steady({})) }))).toEqual([
      'coldflame collect --tool pidstat',
    ]);
  });
});

describe('one-cpu', () => {
  const pinned = (others: number) =>
    mpstat(
      steady({
        all: { usr: 27 },
        0: { usr: others },
        1: { usr: others - 1 },
        2: { usr: 98, sys: 1 },
        3: { usr: others + 1 },
      }),
    );
  test('CPU 2 at its limit while three idle, and the process that holds it', async () => {
    const found = await only('one-cpu', {
      'mpstat.txt': pinned(3),
      'pidstat.txt': pidstat(
        steady([
          { pid: 4242, name: 'parser', usr: 98, system: 1 },
          { pid: 1, name: 'systemd', usr: 1 },
        ]),
      ),
    });
    expect(found).toMatchObject({ verdict: 'found', severity: 'warning', subject: { kind: 'cpu', name: '2' } });
    expect(found.title).toBe('parser (PID 4242) holds CPU 2: 99% busy, the others 3%');
    expect(nextOf(found)).toEqual(['perf record -C 2 -g -- sleep 10', 'coldflame collect --tool perf']);
  });
  test('without a process list the CPU is named', async () => {
    expect(await verdicts('one-cpu', { 'mpstat.txt': pinned(3) })).toEqual([
      'found: CPU 2 is saturated: 99% busy, the others 3%',
    ]);
  });
  test('a network card that interrupts one CPU', async () => {
    const found = await only('one-cpu', {
      'mpstat.txt': mpstat(steady({ all: { usr: 25 }, 0: { usr: 20, soft: 60, irq: 18 }, 1: { usr: 2 } })),
    });
    expect(found.title).toBe('Interrupts hold CPU 0: 98% busy, the others 2%');
    expect(found.detail).toBe('78% of its time went to interrupts.');
    expect(nextOf(found).at(-1)).toMatch(/^Spread the interrupts/);
  });
  test('others that are half busy leave no room, and 89% is not all of a CPU', async () => {
    expect(await foundBy({ 'mpstat.txt': pinned(60) })).toEqual([]);
    const most = mpstat(steady({ all: { usr: 40 }, 0: { usr: 89 }, 1: { usr: 2 } }));
    expect(await verdicts('one-cpu', { 'mpstat.txt': most })).toEqual([
      'near: one CPU at its limit: the busiest, CPU 0, was 89% busy',
    ]);
  });
  test('of a table of all CPUs together nothing is known of one', async () => {
    expect(await verdicts('one-cpu', { 'vmstat.txt': vmstat(steady({})) })).toEqual([
      expect.stringMatching(/^not-known: .*not captured \(mpstat would tell\)\)$/),
    ]);
  });
});

describe('where CPU time goes', () => {
  test.each([
    ['system-time', { usr: 10, sys: 45 }, 'The kernel uses 45% of the CPUs', 'warning'],
    ['system-time', { usr: 10, sys: 61 }, 'The kernel uses 61% of the CPUs', 'critical'],
    ['iowait', { usr: 5, iowait: 39 }, 'CPUs idle while threads wait for I/O: 39% of the time', 'warning'],
    ['softirq', { usr: 5, soft: 25 }, 'Soft interrupts use 25% of the CPUs', 'warning'],
    ['steal', { usr: 5, steal: 12 }, 'The hypervisor withholds 12% of the CPU time', 'critical'],
  ] as const)('%s: %o', async (rule, all, title, severity) => {
    const found = await only(rule, { 'mpstat.txt': mpstat(steady({ all })) });
    expect(found).toMatchObject({ verdict: 'found', title, severity, since: 0, until: 10 });
  });
  test.each([
    ['system-time', { sys: 45 }, { sys: 10 }, 'CPU time in the kernel: 24% on average'],
    ['iowait', { iowait: 40 }, { iowait: 1 }, 'CPU idle for I/O: 17% on average'],
    ['softirq', { soft: 25 }, { soft: 1 }, 'CPU time in soft interrupts: 11% on average'],
    ['steal', { steal: 12 }, { steal: 0 }, 'CPU time stolen by the hypervisor: 4.8% on average'],
  ] as const)('%s for 4 of 10 seconds is near', async (rule, much, little, said) => {
    const reports = [...steady({ all: much }, 4), ...steady({ all: little }, 6)];
    expect(await verdicts(rule, { 'mpstat.txt': mpstat(reports) })).toEqual([`near: ${said}`]);
  });
  test('a hypervisor that takes half of three seconds took more than a twentieth of all', async () => {
    const reports = [...steady({ all: { steal: 50 } }, 3), ...steady({ all: { usr: 20 } }, 7)];
    const found = await only('steal', { 'mpstat.txt': mpstat(reports) });
    expect(found).toMatchObject({
      verdict: 'found',
      title: 'The hypervisor withholds 50% of the CPU time for 3 s of 10 s',
    });
    expect(found.detail).toMatch(/^Neighbours/);
  });
  test('minutes of an incident in the averages of a day', async () => {
    // sar's own file: a row each ten minutes from 08:10 on, three of them past the threshold.
    const row = (i: number) => (i >= 30 && i < 33 ? [['all', 10, 0, 5, 0, 40, 45]] : [['all', 10, 0, 5, 0, 0, 85]]);
    const times = (i: number) => `${String(8 + Math.floor(i / 6)).padStart(2, '0')}:${i % 6}0:01`;
    const text = Array.from({ length: 60 }, (_, i) => `${times(i + 1)}     ${row(i)[0]?.join('     ')}\n`).join('');
    const file = `Linux 6.1.0 (db-7) \t01/05/26 \t_x86_64_\t(4 CPU)\n\n08:00:01     CPU     %user     %nice   %system   %iowait    %steal     %idle\n${text}`;
    expect(await verdicts('steal', { 'sar.txt': file }, { isLoose: true })).toEqual([
      'found: The hypervisor withholds 40% of the CPU time for 30 min of 10 h',
    ]);
  });
  test.each(['system-time', 'iowait', 'softirq', 'steal'] as const)(
    '%s of a host that works is ruled out',
    async (rule) => {
      const all = { usr: 30, sys: 10, iowait: 5, soft: 4, steal: 1 };
      expect((await verdicts(rule, { 'mpstat.txt': mpstat(steady({ all })) }))[0]).toMatch(/^ruled-out: /);
    },
  );
  test('whose the time in the kernel is', async () => {
    const found = await only('system-time', {
      'mpstat.txt': mpstat(steady({ all: { usr: 5, sys: 50 } })),
      'pidstat.txt': pidstat(
        steady([
          { pid: 9, name: 'statd', usr: 4, system: 96 },
          { pid: 10, name: 'statd', system: 90 },
          { pid: 11, name: 'cron', system: 4 },
        ]),
      ),
    });
    expect(found.title).toBe('The kernel uses 50% of the CPUs, most by statd (2 processes)');
    expect(found.detail).toContain('Used by statd (2 processes) 186%.');
  });
});

test.each([
  [64, 'steal'],
  [20, undefined],
])('%d%% that the hypervisor withholds explains CPUs that are full', async (steal, cause) => {
  const files = { 'mpstat.txt': mpstat(steady({ all: { usr: 98 - steal, steal } })) };
  const found = (await judge(files)).find(({ rule }) => rule === 'cpu-busy');
  expect(found?.cause?.rule).toBe(cause);
});

test('what holds for a part of the time is told with it, or as a mean', async () => {
  // CPU 0 is 99% busy for 22 of 40 s, 95% of it in interrupts; the others are 2% busy then and 90% afterwards.
  const cpus = (i: number, soft = 0) => {
    const others = { usr: i < 22 ? 2 : 90 };
    return { 0: i < 22 ? { usr: 99 - soft, soft } : { usr: 2 }, 1: others, 2: others, 3: others };
  };
  const pinned = (soft = 0) => ({ 'mpstat.txt': mpstat(steady(0, 40).map((_, i) => cpus(i, soft))) });
  expect(await verdicts('one-cpu', pinned(), { seconds: 40 })).toEqual([
    'found: CPU 0 is saturated for 22 s of 40 s: 99% busy, the others 2%',
  ]);
  const interrupts = await only('one-cpu', pinned(95), { seconds: 40 });
  expect(interrupts.title).toBe('Interrupts hold CPU 0 for 22 s of 40 s: 99% busy, the others 2%');
  expect(interrupts.detail).toBe('95% of its time went to interrupts.');
  // Three processes of 390% for a third of the time: 1.3 CPUs.
  const rows = (i: number) =>
    i >= 20 && i < 40 ? [{ pid: 70, name: 'cc1', usr: 390 }] : [{ pid: 9, name: 'cron', usr: 1 }];
  const build = { 'pidstat.txt': pidstat(steady(0, 60).map((_, i) => rows(i))) };
  expect((await only('cpu-consumer', build, { seconds: 60 })).title).toBe('cc1 (PID 70) uses 1.3 of 4 CPUs on average');
});

describe('cpu-busy', () => {
  const sampled = (count: number) => ({
    'mpstat.txt': mpstat(steady({ all: { usr: 100 } })),
    'perf.txt': 'ledger 7/7 [000] 1.500000: 1 cpu-clock:\n\t1f work (/bin/ledger)\n\n'.repeat(count),
  });

  test.each([
    [44, 'CPUs are 100% busy'],
    [400, 'CPUs are 100% busy, most by ledger'],
  ])('%i samples name somebody or nobody', async (count, title) => {
    expect((await only('cpu-busy', sampled(count))).title).toBe(title);
  });
  test('samples of one process alone, of which nobody says how they were taken, name nobody', async () => {
    expect((await only('cpu-busy', sampled(400), { isLoose: true })).title).toBe('CPUs are 100% busy');
    const files = sampled(400);
    const two = {
      ...files,
      'perf.txt': `${files['perf.txt']}${files['perf.txt'].slice(0, 67).replace('ledger', 'backup')}`,
    };
    expect((await only('cpu-busy', two, { isLoose: true })).title).toBe('CPUs are 100% busy, most by ledger');
  });
  test('samples of one process name nobody on the host', async () => {
    const runs = { perf: { command: 'perf record -F 99 -g -p 7 -- sleep 10' } };
    expect((await only('cpu-busy', sampled(400), { runs })).title).toBe('CPUs are 100% busy');
  });

  test('said in words, as a notice, with who', async () => {
    const files = {
      'mpstat.txt': mpstat(steady({ all: { usr: 95 } })),
      'pidstat.txt': pidstat(
        steady([...Array.from({ length: 5 }, (_, i) => ({ pid: 50 + i, name: `w${i}`, usr: 75 }))]),
      ),
    };
    const found = await only('cpu-busy', files);
    expect(found).toMatchObject({ severity: 'notice', title: 'CPUs are 95% busy, most by w0 (PID 50)' });
    expect(found.detail).toMatch(/^Used by w0 \(PID 50\) 19%, w1 \(PID 51\) 19% and w2 \(PID 52\) 19%\./);
  });
  test('ten seconds of sixty count, nine are near, an average of 85% too', async () => {
    const files = (seconds: number) => ({
      'mpstat.txt': mpstat([...steady({ all: { usr: 97 } }, seconds), ...steady({ all: { usr: 20 } }, 60 - seconds)]),
    });
    expect(await verdicts('cpu-busy', files(10), { seconds: 60 })).toEqual([
      'found: CPUs are 97% busy for 10 s of 60 s',
    ]);
    expect((await only('cpu-busy', files(9), { seconds: 60 })).verdict).toBe('near');
    expect(await verdicts('cpu-busy', { 'mpstat.txt': mpstat(steady({ all: { usr: 85 } })) })).toEqual([
      'near: CPUs fully busy: 85% busy on average, 85% at most',
    ]);
  });
  test('waiting for I/O and being robbed is not being busy', async () => {
    const all = { usr: 20, iowait: 60, steal: 15 };
    expect(await verdicts('cpu-busy', { 'mpstat.txt': mpstat(steady({ all })) })).toEqual([
      'not-known: CPUs fully busy: 35% busy on average, 35% at most (there is a finding on the CPUs)',
    ]);
  });
});

describe('cpu-consumer', () => {
  test('3 of 4 CPUs on average, though not in each interval', async () => {
    const row = (usr: number) => [
      { pid: 4242, name: 'cc1plus', usr: usr - 1, system: 1 },
      { pid: 917, name: 'sshd', usr: 2 },
    ];
    const found = await only('cpu-consumer', {
      'pidstat.txt': pidstat([...steady(row(380), 5), ...steady(row(220), 5)]),
    });
    expect(found).toMatchObject({ severity: 'warning', since: 0, until: 10 });
    expect(found.subject).toEqual({ kind: 'process', name: 'cc1plus', pid: 4242 });
    expect(found.title).toBe('cc1plus (PID 4242) uses 3 of 4 CPUs');
    expect(nextOf(found)).toEqual(['coldflame collect --set cpu --pid 4242', 'renice -n 10 -p 4242']);
  });
  test('all of one CPU, by one thread', async () => {
    const found = await only('cpu-consumer', {
      'pidstat.txt': pidstat(
        steady([
          { pid: 7, name: 'parser', usr: 99.8 },
          { pid: 8, name: 'helper', usr: 40 },
        ]),
      ),
      'mpstat.txt': mpstat(steady({ all: { usr: 36 } })),
    });
    expect(found).toMatchObject({ severity: 'notice', title: 'parser (PID 7) uses all of one CPU' });
    expect(found.detail).toBe('A single thread can use no more than one CPU. Next: helper (PID 8) 10%.');
  });
  test('one thread that would fill a CPU if it need not share it', async () => {
    const list = (usr: number, wait: number) =>
      pidstat(
        steady([
          { pid: 7, name: 'parser', usr, wait },
          { pid: 8, name: 'node', usr: 90, wait: 1 },
        ]),
      );
    const facts = { cpus: 2 };
    const found = await only('cpu-consumer', { 'pidstat.txt': list(60, 38) }, facts);
    expect(found.title).toBe('parser (PID 7) needs a whole CPU and gets 60% of one');
    expect(found.detail).toMatch(/^It was runnable and waited 38% of the time\. A single thread/);
    expect(found.actors.map(({ name }) => name)).toEqual(['parser', 'node']);
    // What waits most and gets little is one of many; what does neither needs no more; 160% is of more than one thread.
    for (const [usr, wait] of [
      [20, 79],
      [60, 20],
      [60, 100],
    ] as const)
      expect((await only('cpu-consumer', { 'pidstat.txt': list(usr, wait) }, facts)).verdict).toBe('near');
  });
  test('half of a host that has room keeps nobody waiting', async () => {
    const files = (busy: number) => ({
      'pidstat.txt': pidstat(steady([{ pid: 7, name: 'nginx', usr: 240 }])),
      'mpstat.txt': mpstat(steady({ all: { usr: busy } })),
    });
    expect((await only('cpu-consumer', files(70))).severity).toBe('notice');
    expect((await only('cpu-consumer', files(85))).severity).toBe('warning');
  });
  test('two that use as much are named, a third that uses less is not', async () => {
    const list = pidstat(
      steady([
        { pid: 7, name: 'encoder', usr: 98 },
        { pid: 8, name: 'indexer', usr: 96 },
        { pid: 9, name: 'cron', usr: 30 },
      ]),
    );
    const found = await only('cpu-consumer', { 'pidstat.txt': list });
    // 98 and 96 of 400 %.
    expect(found.title).toBe('encoder (PID 7) and indexer (PID 8) use 1.9 of 4 CPUs');
    expect(found.detail).toContain('encoder (PID 7) 25%, indexer (PID 8) 24% and cron (PID 9) 7.5%.');
  });
  test('one process of several threads is not one thread', async () => {
    expect(
      await verdicts('cpu-consumer', { 'pidstat.txt': pidstat(steady([{ pid: 7, name: 'encoder', usr: 180 }])) }),
    ).toEqual(['found: encoder (PID 7) uses 1.8 of 4 CPUs']);
  });
  test('one full CPU of 64 is not why threads wait for all of them', async () => {
    const files = {
      'vmstat.txt': vmstat(steady({ r: 130, us: 99, id: 0 })),
      'pidstat.txt': pidstat(steady([{ pid: 7, name: 'gzip', usr: 99 }])),
    };
    const cpus = { cpus: 64 };
    expect((await only('run-queue', files, cpus)).cause).toBeNull();
    expect((await only('run-queue', files, { cpus: 2 })).cause).toMatchObject({ rule: 'cpu-consumer' });
  });
  test('a program whose processes are gone before the next report', async () => {
    // Two new processes each second, 220 % of a CPU together: 2.2 of 4 CPUs, by none of them more than 130.
    const storm = (most: number) =>
      pidstat(
        steady(0).map((_, i) => [
          { pid: 4000 + i, name: 'cc1', usr: 90 },
          { pid: 5000 + i, name: 'cc1', usr: most },
        ]),
      );
    expect(await verdicts('cpu-consumer', { 'pidstat.txt': storm(130) })).toEqual([
      'found: cc1 (20 processes) uses 2.2 of 4 CPUs',
    ]);
    expect(await verdicts('cpu-consumer', { 'pidstat.txt': storm(30) })).toEqual([
      'near: processes by CPU: the heaviest, cc1 (20 processes), used 1.2 of 4 CPUs',
    ]);
  });
  test.each([
    ['pidstat 1', true],
    ['pidstat -p ALL 1', true],
    ['pidstat -U 1', true],
    ['pidstat -p 7 1', false],
    ['pidstat -C parser 1', false],
    ['pidstat -U shop 1', false],
  ])('what `%s` did not show is no secret', async (command, isAll) => {
    const list = `$ ${command}\n${pidstat(steady([{ pid: 7, name: 'parser', usr: 1 }]))}`;
    const files = { 'a.txt': list, 'b.txt': mpstat(steady({ all: { usr: 80 } })) };
    expect((await foundBy(files, { isLoose: true })).includes('unaccounted-cpu')).toBe(isAll);
  });
  test('nobody is cleared while nobody who was seen used what was used', async () => {
    const list = pidstat(steady([{ pid: 7, name: 'parser', usr: 1 }]));
    const busy = { 'pidstat.txt': list, 'mpstat.txt': mpstat(steady({ all: { usr: 80 } })) };
    // 80 % of the CPUs less 1 of 400 %.
    expect(await verdicts('unaccounted-cpu', busy)).toEqual([
      'found: 80% of the CPU time belongs to no process that was seen',
    ]);
    expect(await verdicts('cpu-consumer', busy)).toEqual([
      'not-known: processes by CPU: the heaviest, parser (PID 7), used 0.01 of 4 CPUs (80% of the CPUs were used by no process that was seen)',
    ]);
    const calm = { 'pidstat.txt': list, 'mpstat.txt': mpstat(steady({ all: { usr: 3 } })) };
    expect(await verdicts('cpu-consumer', calm)).toEqual([
      'ruled-out: processes by CPU: the heaviest, parser (PID 7), used 0.01 of 4 CPUs',
    ]);
  });
});

describe('the capture itself', () => {
  const busy = (usr: number) => mpstat(steady({ all: { usr } }));
  const list = pidstat(
    steady([
      { pid: 900, name: 'bpftrace', usr: 230 },
      { pid: 901, name: 'perf', usr: 10 },
      { pid: 7, name: 'perf', usr: 15 },
    ]),
  );
  /** 4 CPUs for 10 s: 40 s in all. */
  const cost = (seconds: number) => ({
    runs: { pidstat: { pids: [900, 901], cpuInWindow: seconds, cpu: seconds } },
  });
  test('is no consumer, by its PIDs; a perf of somebody else is', async () => {
    expect(await verdicts('cpu-consumer', { 'pidstat.txt': list }, cost(0))).toEqual([
      'ruled-out: processes by CPU: the heaviest, perf (PID 7), used 0.2 of 4 CPUs',
    ]);
  });
  test('by name alone, of a capture that does not record PIDs', async () => {
    const facts = { manifest: { coldflame: 1 as const }, runs: { pidstat: { command: 'bpftrace -e x' } } };
    expect(await verdicts('cpu-consumer', { 'pidstat.txt': list }, facts)).toEqual([
      'ruled-out: processes by CPU: the heaviest, perf (2 processes), used 0.3 of 4 CPUs',
    ]);
  });
  test('when it is most of what is busy, that is what is said, and no host is saturated', async () => {
    // 24 of 40 s are 60 % of the CPUs; they were 95 % busy.
    const files = { 'mpstat.txt': busy(95), 'pidstat.txt': list, 'vmstat.txt': vmstat(steady({ r: 14 })) };
    const findings = await judge(files, cost(24));
    expect(findings.filter(({ verdict }) => verdict === 'found').map(({ title }) => title)).toEqual([
      'Collecting used 60% of the CPUs',
    ]);
    expect(await verdicts('run-queue', files, cost(24))).toEqual([
      'not-known: CPU saturation (run queue): 14 runnable threads on average on 4 CPUs (the tools of this capture used 60% of the CPUs themselves)',
    ]);
    const part = { ...files, 'vmstat.txt': vmstat([...steady({ r: 14 }, 6), ...steady({ r: 1 }, 4)]) };
    expect(await verdicts('run-queue', part, cost(24))).toEqual([
      'not-known: CPU saturation (run queue): 14 runnable threads for 6 s of 10 s on 4 CPUs (the tools of this capture used 60% of the CPUs themselves)',
    ]);
  });
  test('when the CPUs would have room without it, they are not known to be saturated', async () => {
    // Of 95% busy 12 of 40 s are 30 points: 65% would be left. Of 4 of 40 s, 85%.
    const files = { 'mpstat.txt': busy(95), 'vmstat.txt': vmstat(steady({ r: 14 })) };
    const verdict = async (seconds: number, command = 'vmstat 1') =>
      (
        await only('run-queue', files, {
          runs: { vmstat: { cpu: seconds, cpuInWindow: seconds, command } },
        })
      ).verdict;
    expect(await verdict(12)).toBe('not-known');
    expect(await verdict(4)).toBe('found');
    // A program of our own is a script of sh, and may say -- to what it calls.
    expect(await verdict(12, '/usr/bin/sh -c grep -- cpu /proc/stat')).toBe('not-known');
  });
  test('is no CPU time of nobody', async () => {
    const files = { 'mpstat.txt': busy(95), 'pidstat.txt': pidstat(steady([{ pid: 7, name: 'shop', usr: 240 }])) };
    // Of 95% the shop used 60 points, the tools 30 in processes too short to be seen.
    expect(await foundBy(files)).toContain('unaccounted-cpu');
    expect(await foundBy(files, { runs: { mpstat: { cpu: 12, cpuInWindow: 12 } } })).not.toContain('unaccounted-cpu');
  });
  test('when it is a small part, that is a doubt', async () => {
    // 6 of 40 s are 15 % of the CPUs, of 95 % that were busy.
    const found = await only(
      'run-queue',
      { 'mpstat.txt': busy(95), 'vmstat.txt': vmstat(steady({ r: 14 })) },
      {
        runs: { vmstat: { cpu: 6, cpuInWindow: 6 } },
      },
    );
    expect(found).toMatchObject({
      verdict: 'found',
      confidence: 'medium',
      doubts: ['the tools of this capture used 15% of the CPUs'],
    });
  });
  test("the user's own command is no cost", async () => {
    const facts = { runs: { vmstat: { cpu: 30, cpuInWindow: 30, command: 'perf record -a -- make -j8' } } };
    expect(await foundBy({ 'vmstat.txt': vmstat(steady({ r: 14 })), 'mpstat.txt': busy(95) }, facts)).toEqual([
      'run-queue',
      'cpu-busy',
    ]);
  });
});

test('CPUs that are busy clear no storage', async () => {
  const reason = async (usr: number) =>
    (await only('iowait', { 'mpstat.txt': mpstat(steady({ all: { usr } })) })).reason;
  expect(await reason(80)).toBe('a busy CPU has no time to wait for I/O');
  expect(await reason(79)).toBe('');
});

test('who was busy meanwhile, where nothing tells who switches', async () => {
  const files = {
    'vmstat.txt': vmstat(steady({ cs: 520_000 })),
    'pidstat.txt': pidstat(steady([{ pid: 4242, name: 'app', usr: 120, system: 90 }])),
  };
  expect((await only('context-switches', files)).detail).toMatch(/^Candidates by CPU time: app 53%\. /);
});

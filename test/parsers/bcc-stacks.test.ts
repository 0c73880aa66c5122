import { describe, expect, test } from 'vitest';
import { read } from '../reading.ts';
import { folded, sample, weightOf } from './bpf-read.ts';

function facts(reading: Awaited<ReturnType<typeof read>>) {
  const [dataset] = reading.datasets;
  return dataset?.shape === 'stacks' ? [reading.grammar, dataset.tool, dataset.kind, dataset.unit] : dataset?.shape;
}

describe('the tool is told by what is printed', () => {
  test.each([
    ['profile/bcc.txt', ['bcc-stacks', 'profile', 'on-cpu', 'samples']],
    ['profile/bcc-2016-addresses.txt', ['bcc-stacks', 'profile', 'on-cpu', 'samples']],
    ['offcputime/bcc.txt', ['bcc-stacks', 'offcputime', 'off-cpu', 'usecs']],
    ['offcputime/bcc-2016.txt', ['bcc-stacks', 'offcputime', 'off-cpu', 'usecs']],
    // libbpf-tools' offcputime says nothing before its stacks: they begin in the scheduler.
    ['offcputime/libbpf-one-process.txt', ['bcc-stacks', 'offcputime', 'off-cpu', 'usecs']],
    ['offcputime/libbpf-verbose.txt', ['bcc-stacks', 'offcputime', 'off-cpu', 'usecs']],
    ['wakeuptime/bcc.txt', ['bcc-stacks', 'wakeuptime', 'wakeup', 'usecs']],
    ['wakeuptime/libbpf-one-process.txt', ['bcc-stacks', 'wakeuptime', 'wakeup', 'usecs']],
    ['offwaketime/bcc.txt', ['bcc-stacks', 'offwaketime', 'chain', 'usecs']],
    ['offwaketime/bcc-2016.txt', ['bcc-stacks', 'offwaketime', 'chain', 'usecs']],
    ['stackcount/bcc-per-process.txt', ['bcc-stacks', 'stackcount', 'events', 'calls']],
    ['stackcount/bcc-2016.txt', ['bcc-stacks', 'stackcount', 'events', 'calls']],
    ['stackcount/bcc-usdt.txt', ['bcc-stacks', 'stackcount', 'events', 'calls']],
  ])('%s', async (path, expected) => {
    expect(facts(await read(sample(path)))).toEqual(expected);
  });

  test('stacks that could be of two tools are of the one that the capture names', async () => {
    const text = '    read\n    main\n    -                cat (7)\n        12\n\n';
    expect(facts(await read(text))).toEqual(['bcc-stacks', 'profile', 'on-cpu', 'samples']);
    expect(facts(await read(text, { tool: 'offcputime' }))).toEqual(['bcc-stacks', 'offcputime', 'off-cpu', 'usecs']);
  });

  test.each([
    // Three waits of four have their kernel stack; one was lost, as libbpf-tools loses some on a busy host.
    [['schedule', 'schedule', 'schedule', ''], 'offcputime'],
    // A pipe benchmark under profile: half of its samples land where threads switch.
    [['finish_task_switch.isra.0', 'finish_task_switch.isra.0', 'pipe_read', 'pipe_write'], 'profile'],
  ])('most of the stacks tell which of the two: %j', async (leaves, tool) => {
    const stack = (leaf: string) => `    ${leaf}\n    main\n    -                cat (7)\n        12\n\n`;
    const text = leaves.map((leaf) => stack(leaf || 'read')).join('');
    expect(facts(await read(text))?.[1]).toBe(tool);
  });

  test('two tools in one file are two profiles', async () => {
    const both = await read(sample('profile/bcc.txt') + sample('offcputime/bcc.txt'));
    expect(both.datasets.map(({ tool }) => tool)).toEqual(['profile', 'offcputime']);
  });
});

describe('a stack is root first, the command its root', () => {
  test('profile', async () => {
    expect(folded(await read(sample('profile/bcc.txt')))).toEqual([
      ['swapper/1;start_secondary;cpu_startup_entry;default_idle;native_safe_halt', 40],
      ['web server;[unknown]', 1],
      [
        'worker;__libc_start_main;main;read;entry_SYSCALL_64_after_hwframe_[k];vfs_read_[k];copy_user_generic_string_[k]',
        12,
      ],
      ['worker;__libc_start_main;main;std::vector<int, std::allocator<int> >::push_back(int&&)', 7],
      ['worker;main;[Missed Kernel Stack]', 2],
    ]);
  });

  test('profile counts samples, whatever the number of records', async () => {
    const [stacks] = (await read(sample('profile/bcc.txt'))).datasets;
    expect(stacks?.shape === 'stacks' && stacks.profile.sampleCount).toBe(1 + 2 + 7 + 12 + 40);
  });

  test('what stands above the delimiter is of the kernel; a stack may begin with it', async () => {
    expect(folded(await read(sample('profile/bcc-delimited.txt')))).toEqual([
      ['kworker/u8:2;ret_from_fork_[k];kthread_[k];worker_thread_[k]', 1],
      ['worker;main;log_line;--', 30],
      [
        'worker;main;log_line;write;--;entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k];ksys_write_[k];vfs_write_[k]',
        9,
      ],
    ]);
  });

  test('an address of the upper half is of the kernel', async () => {
    expect(folded(await read(sample('profile/bcc-2016-addresses.txt')))).toEqual([
      ['func_ab;[unknown];__libc_start_main;main;func_b', 3],
      ['swapper/3;start_secondary_[k];cpu_startup_entry_[k];native_safe_halt_[k]', 8],
    ]);
  });

  test('offcputime of 2016 prints the command like a frame', async () => {
    expect(folded(await read(sample('offcputime/bcc-2016.txt')))).toEqual([
      ['rcu_sched;ret_from_fork_[k];kthread_[k];rcu_gp_kthread_[k];schedule_timeout_[k];schedule_[k]', 5000686],
      [
        'tail -f;entry_SYSCALL_64_fastpath_[k];sys_read_[k];vfs_read_[k];__vfs_read_[k];pipe_read_[k];pipe_wait_[k];schedule_[k]',
        94,
      ],
    ]);
  });

  test('stackcount: intervals add up, offsets go, with the plus and without', async () => {
    expect(folded(await read(sample('stackcount/bcc-per-process.txt')))).toEqual([
      ['sshd;[unknown];write;--;entry_SYSCALL_64_after_hwframe_[k];ksys_write_[k];sock_sendmsg_[k];tcp_sendmsg_[k]', 7],
      ['swapper/1;--;__do_softirq_[k];tcp_delack_timer_handler_[k];tcp_send_ack_[k]', 12],
    ]);
    expect(folded(await read(sample('stackcount/bcc-2016.txt')))).toEqual([
      ['do_writepages;ext4_writepages;submit_bio', 79],
      ['kthread;kjournald2;jbd2_journal_commit_transaction;submit_bh;submit_bio', 38],
    ]);
  });

  test('with USDT probes the command stands before the frames', async () => {
    expect(folded(await read(sample('stackcount/bcc-usdt.txt')))).toEqual([
      ['parprimes;[unknown];__libc_start_main;main;pthread_create@@GLIBC_2.2.5', 7],
    ]);
  });

  test('wakeuptime: the waker is the root, the woken the top', async () => {
    expect(folded(await read(sample('wakeuptime/bcc.txt')))[0]).toEqual([
      'sleep;entry_SYSCALL_64_fastpath_[k];sys_exit_group_[k];do_exit_[k];__wake_up_common_[k];child_wait_callback_[k];bash',
      1001347,
    ]);
  });

  test('offwaketime: the waker hangs upside down over the blocked stack', async () => {
    expect(folded(await read(sample('offwaketime/bcc.txt')))).toEqual([
      [
        'FS Broker 5906;main;read;-;entry_SYSCALL_64_after_hwframe_[k];vfs_read_[k];n_tty_read_[k];schedule_[k];finish_task_switch_[k];--;__wake_up_common_[w];flush_to_ldisc_[w];worker_thread_[w];kthread_[w];ret_from_fork_[w];kworker/u8:1',
        1871024,
      ],
      [
        'sleep;do_nanosleep;schedule;finish_task_switch;--;hrtimer_wakeup_[w];hrtimer_interrupt_[w];secondary_startup_64_[w];swapper/0',
        2000071,
      ],
    ]);
  });
});

describe('real captures weigh what awk counts', () => {
  // awk '/^        [0-9]+$/{n++; s+=$1}' and awk '/^\t[0-9]+$/{n++; s+=$1}'
  test.each([
    ['offcputime/libbpf-one-process.txt', 8, 1475532],
    ['wakeuptime/libbpf-one-process.txt', 12, 575830],
  ])('%s', async (path, records, weight) => {
    const reading = await read(sample(path));
    const [dataset] = reading.datasets;
    expect(dataset?.shape === 'stacks' && dataset.profile.sampleCount).toBe(records);
    expect(weightOf(reading)).toBe(weight);
    expect(reading.unreadCount).toBe(0);
  });

  test('libbpf-tools -v: index, address, offset and module are no part of the name', async () => {
    const reading = await read(sample('offcputime/libbpf-verbose.txt'));
    const [stack] = folded(reading).find(([text]) => text.includes('PyUnicode_FromString')) ?? [];
    expect(stack).toMatch(/^worker;PyUnicode_FromString;asm_common_interrupt_\[k\];.*;__schedule_\[k\];/);
  });
});

describe('what the tools say beside the stacks', () => {
  test('warnings are notes, wherever they stand', async () => {
    const glued =
      '^C    read\n    [unknown]WARNING: 8 stack traces could not be displayed.\n    - dd (2)\n        3\n\n';
    const reading = await read(
      `Sampling at 49 Hertz of all threads by user + kernel stack.\n${glued.replace('- dd', '-                dd')}`,
    );
    expect(folded(reading)).toEqual([['dd;[unknown];read', 3]]);
    expect(reading.notes).toEqual(['WARNING: 8 stack traces could not be displayed.']);
  });

  test('the command that was typed is not of its output', async () => {
    const reading = await read(`# ./profile -d -p 31 5\n${sample('profile/bcc-delimited.txt')}`);
    expect([weightOf(reading), reading.unreadCount]).toEqual([40, 0]);
  });

  test('a run that recorded nothing is an empty profile, not text', async () => {
    const reading = await read(
      'WARNING: 8 stack traces could not be displayed. Consider increasing --stack-storage-size.\n',
    );
    expect(facts(reading)).toEqual(['bcc-stacks', 'profile', 'on-cpu', 'samples']);
    expect(folded(reading)).toEqual([]);
  });

  test('a stack cut before its count is unread, line by line', async () => {
    const reading = await read(sample('profile/bcc-delimited.txt').split('\n').slice(0, 14).join('\n'));
    expect(weightOf(reading)).toBe(9);
    expect(reading.unread.map(({ line, why }) => [line, why])).toEqual(
      [13, 14].map((line) => [line, 'a stack without its count']),
    );
    expect(reading.read + reading.noise + reading.unreadCount).toBe(reading.lines);
  });

  test('a negative count is no weight: the tool’s own arithmetic failed', async () => {
    const record = (count: string) =>
      `\ttarget:          a\n\tffffffff814ba40d f\n\t          waker: b\n\t${count}\n\n`;
    const reading = await read(
      `Tracing blocked time (us) by kernel stack\n\n${record('12')}${record('-3')}${record('3')}${record('-945026')}`,
    );
    expect(folded(reading)).toEqual([['b;f_[k];a', 15]]);
    // Two records of four lines are read; the banner, the blank lines and the other two records are accounted for as noise.
    expect([reading.lines, reading.read, reading.noise, reading.unread]).toEqual([22, 8, 14, []]);
    expect(reading.notes).toEqual([
      "2 stacks left out, the first at line 8: a negative count, which is the tool's own error (a wakeup that overtook its sleep)",
    ]);
  });

  test('pids and times go with the samples where they are wanted', async () => {
    const [stacks] = (await read(sample('stackcount/bcc-per-process.txt'), { samples: true })).datasets;
    if (stacks?.shape !== 'stacks' || stacks.profile.samples === null) throw new Error('no samples');
    const { samples, threads } = stacks.profile;
    expect(threads.map(({ comm, pid }) => [comm, pid])).toEqual([
      ['sshd', 1501],
      ['swapper/1', 0],
    ]);
    expect([...samples.at]).toEqual([21911, 21911, 21913]);
    expect([...(samples.weight ?? [])]).toEqual([3, 12, 4]);
    expect(stacks.clock).toBe('day');
  });
});

test.each([
  ['an outline', 'Contents\n  First chapter\n    12\n\n  Second chapter\n    30\n'],
  ['an indented list with numbers', '    apples and pears\n        12\n\n'],
  [
    'trace -K',
    'PID TID COMM FUNC\n12  12  cat  do_sys_open\n        do_sys_open+0x1 [kernel]\n        main+0x2 [cat]\n\n',
  ],
  ['one number', '    12\n'],
])('%s is not a stack', async (_, text) => {
  expect((await read(text)).grammar).not.toBe('bcc-stacks');
});

test('frames behind the entry of the kernel are kernel frames, whatever stands between the two stacks', async () => {
  const text = `Tracing blocked time (us) by user and kernel stack
    __schedule
    futex_wait
    entry_SYSCALL_64_after_hwframe
    pthread_cond_wait
    main
    -                app (42)
        700

`;
  expect(folded(await read(text))).toEqual([
    ['app;main;pthread_cond_wait;entry_SYSCALL_64_after_hwframe_[k];futex_wait_[k];__schedule_[k]', 700],
  ]);
});

test('a command of several words is no prose', async () => {
  const text =
    'Tracing blocked time (us) by kernel stack\n\n\ttarget:          npm run build\n\tffffffff813aa3e5 ttwu_do_activate\n\t          waker: npm exec vitest\n\t155\n\n';
  expect(await read(text)).toMatchObject({ grammar: 'bcc-stacks', unreadCount: 0 });
});

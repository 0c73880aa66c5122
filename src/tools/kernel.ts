/** The kernel itself: its log, its locks, its background work, and what is attached to it. */
import { columns, field, number, telling, text } from './columns.ts';
import { dstate, pressure } from './proc-programs.ts';
import { pressureColumns, pressureCounters } from './procps.ts';
import { workq } from './programs.ts';
import { bcc, bpftrace, classic, fromProc, libbpf, ownProgram } from './recipe.ts';
import type { Tool } from './tool.ts';

export const kernel: readonly Tool[] = [
  {
    name: 'workq',
    subsystem: 'kernel',
    asks: 'Which work does the kernel do in the background, and how long does each piece take?',
    reading:
      'Work queues run what drivers and filesystems put off. It shows in profiles as kworker threads without a culprit: this names the function. Pieces of many milliseconds hold up whatever waits behind them on the same queue.',
    output: { shape: 'histogram', unit: 'usecs' },
    sets: [],
    capture: [ownProgram(workq)],
  },
  {
    name: 'dmesg',
    subsystem: 'kernel',
    asks: 'Has the kernel complained?',
    reading:
      'Look for out of memory kills, I/O errors, hung tasks, TCP warnings (possible SYN flooding), machine checks. Times count from boot and do not advance while the host sleeps, so -T dates may be off. The buffer is a ring: an old complaint may be gone.',
    output: {
      shape: 'events',
      of: 'kernel message',
      columns: {
        time: { type: 'number', unit: 's', role: 'time' },
        facility: field(text, 'facility'),
        level: field(text, 'level'),
        message: field(text, 'message'),
      },
    },
    sets: ['60s', 'cpu'],
    // Followed, so that what happens in the window is in it; where dmesg cannot follow, what it said before.
    capture: [classic('dmesg -w', { ends: false }), classic('dmesg', { ends: true })],
  },
  {
    name: 'sysctl',
    subsystem: 'kernel',
    asks: 'How is the kernel set up, and how near is it to its limits?',
    reading:
      'fs.file-nr is how many files are open, of how many that may (its third number); net.netfilter.nf_conntrack_count is to be read beside nf_conntrack_max. Most of the rest is set once: compare it with another host.',
    output: {
      shape: 'series',
      columns: {
        'fs.file-nr': {
          ...number,
          tells: [
            { signal: 'system.file_handle.count', where: { place: '1' } },
            { signal: 'system.file_handle.limit', where: { place: '3' } },
          ],
        },
        'fs.file-max': telling(number, 'system.file_handle.limit'),
        'net.netfilter.nf_conntrack_count': telling(number, 'system.network.conntrack.count'),
        'net.netfilter.nf_conntrack_max': telling(number, 'system.network.conntrack.limit'),
        'kernel.pid_max': telling(number, 'system.process.limit'),
        'kernel.threads-max': telling(number, 'system.process.limit'),
      },
    },
    sets: [],
    capture: [],
  },
  {
    name: 'pressure',
    subsystem: 'kernel',
    asks: 'What share of the time does work stand still for CPU, memory or disk?',
    reading:
      'some: at least one thread waited, full: all of them did. avg10 is the share of the last ten seconds. It counts waits, not use: a CPU that is 100% busy with one thread has no pressure. Of a container the same files are in its cgroup (cpu.pressure, memory.pressure, io.pressure).',
    output: {
      shape: 'series',
      columns: pressureColumns,
      counters: pressureCounters,
    },
    sets: ['60s', 'cpu', 'memory', 'disk'],
    capture: [fromProc(pressure, { interval: 1, needs: ['/proc/pressure/cpu'] })],
  },
  {
    name: 'dstate',
    subsystem: 'kernel',
    asks: 'Which tasks sleep uninterruptibly, and in which function of the kernel?',
    reading:
      'A task in state D cannot be killed until what it waits for comes: a disk, a lock of the kernel, a server of NFS. Once in a while is ordinary I/O; the same task from the first reading to the last hangs. WCHAN is the function that it sleeps in, the stack below it tells how it got there (root alone may see it). These are samples, one a second: what waits for milliseconds is mostly missed.',
    output: {
      shape: 'events',
      of: 'uninterruptible task',
      columns: columns(['TIME(s)', 'PID', 'TID', 'COMM'], { WCHAN: field(text, 'wait channel') }),
    },
    sets: ['60s', 'offcpu', 'disk'],
    capture: [fromProc(dstate, { interval: 1 })],
  },
  {
    name: 'bpftool-prog',
    subsystem: 'kernel',
    asks: 'Which BPF programs are loaded, and what do they cost?',
    reading:
      'run_time_ns over run_cnt is the cost of one run; both are there only with kernel.bpf_stats_enabled=1. Programs that nobody remembers loading belong to an agent: they run at every event that they are attached to. "not jited" programs are several times slower.',
    output: {
      shape: 'events',
      columns: {
        id: number,
        type: text,
        name: text,
        tag: text,
        run_time_ns: { type: 'number', unit: 'ns', role: 'duration' },
        run_cnt: number,
        ...{ loaded_at: text, uid: number },
        xlated: { type: 'number', unit: 'bytes', role: 'size' },
        jited: { type: 'number', unit: 'bytes' },
        memlock: { type: 'number', unit: 'bytes' },
        map_ids: text,
        btf_id: number,
        pids: text,
      },
    },
    sets: [],
    capture: [classic('bpftool prog show', { ends: true, root: true })],
  },
  {
    name: 'bpftool-perf',
    subsystem: 'kernel',
    asks: 'Which processes have BPF programs attached to probes and tracepoints?',
    reading:
      'One line for each attachment: the process that holds it, the program, and the probe. Whoever sits on a hot function here is part of its cost. Programs attached otherwise (network, cgroup) are not in this list.',
    output: {
      shape: 'events',
      columns: {
        pid: { type: 'number', role: 'pid' },
        fd: number,
        prog_id: number,
        type: text,
        func: text,
        offset: number,
        tracepoint: text,
        filename: text,
        addr: text,
      },
    },
    sets: [],
    capture: [classic('bpftool perf show', { ends: true, root: true })],
  },
  {
    name: 'klockstat',
    subsystem: 'kernel',
    asks: 'Which kernel mutexes are waited for and held longest, by which code?',
    reading:
      'Two tables: time spent waiting (spin, or wait in libbpf-tools) and time held. A long hold makes long waits for others: begin at the top of the hold table. Only mutexes and semaphores are traced, no spinlocks; times are of the traced window only.',
    output: {
      shape: 'events',
      of: 'kernel lock',
      columns: {
        Caller: field(text, 'caller'),
        ...Object.fromEntries(
          ['Spin', 'spin', 'Wait', 'Hold', 'hold'].flatMap((what) =>
            ['Avg', 'Max', 'Total'].map((how) => [`${how} ${what}`, { type: 'number', unit: 'ns', role: 'duration' }]),
          ),
        ),
        Count: number,
      },
    },
    sets: [],
    capture: [
      bcc('klockstat -d {seconds} -p {pid}', { overhead: 'high' }),
      libbpf('klockstat -d {seconds} -p {pid}', { overhead: 'high' }),
    ],
  },
  {
    name: 'capable',
    subsystem: 'kernel',
    asks: 'Which privileges does the kernel check, for whom?',
    reading:
      'A list of what a service would need if it did not run as root, and a sign of programs that ask far more than expected. A check is not a use, and AUDIT 0 are checks that were not meant to be reported.',
    output: {
      shape: 'events',
      columns: columns(['TIME', 'UID', 'PID', 'TID', 'COMM'], {
        CAP: number,
        NAME: text,
        AUDIT: number,
        INSETID: text,
        VERDICT: text,
      }),
    },
    sets: [],
    capture: [bcc('capable -p {pid}'), libbpf('capable -p {pid} -c {cgroup}', { ends: false }), bpftrace('capable.bt')],
  },
  {
    name: 'bpftrace',
    subsystem: 'kernel',
    asks: 'What does this bpftrace program say?',
    reading:
      'Its maps become counts, histograms or stacks, by their form; what it prints line by line stays text. Maps are printed once more when the program ends: a map that was also printed each second then holds only what came after the last clear().',
    output: { shape: 'counts', unit: '' },
    sets: [],
    capture: [],
  },
];

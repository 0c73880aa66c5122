/** Who runs on the CPUs, for how long, and who waits for one. */
import { clockTime, columns, field, number, percent, tellingEach, text } from './columns.ts';
import { perfTools } from './perf.ts';
import { mpstat } from './proc-programs.ts';
import { lifetimeColumns, loadColumns, processColumns, topSummary } from './procps.ts';
import {
  cpudist,
  hardirqs,
  hardirqsOfTracepoint,
  offcputime,
  profile,
  runqlat,
  runqlen,
  softirqs,
  wakeuptime,
} from './programs.ts';
import { bcc, bpftrace, classic, fromProc, libbpf, ownProgram } from './recipe.ts';
import { mpstatColumns, pidstatColumns, sarColumns } from './sysstat.ts';
import type { Tool } from './tool.ts';

/** The sum column of softirqs and hardirqs, whose name tells the unit. */
const totals = {
  TOTAL_usecs: { type: 'number', unit: 'usecs' },
  TOTAL_nsecs: { type: 'number', unit: 'nsecs' },
  TOTAL_count: number,
  COUNT: number,
} as const;

export const cpu: readonly Tool[] = [
  ...perfTools,
  {
    name: 'profile',
    subsystem: 'cpu',
    asks: 'Which code is on CPU, sampled and summed inside the kernel?',
    reading:
      'The same graph as from perf, but summed on the host: there is no time in it, so it cannot be cut into seconds. Stacks that did not fit its table are counted as missed; frame pointers are its only way up a user stack, and code built without them gives stumps.',
    output: { shape: 'stacks', kind: 'on-cpu', unit: 'samples' },
    sets: ['bcc'],
    capture: [
      bcc('profile -F {hz} -adf -p {pid} {seconds}', { without: 'perf' }),
      libbpf('profile -F {hz} -df -p {pid} {seconds}', { without: 'perf' }),
      ownProgram(profile, { without: 'perf' }),
    ],
  },
  {
    name: 'runqlat',
    subsystem: 'cpu',
    asks: 'How long do runnable tasks wait for a CPU?',
    reading:
      'A healthy host waits a few microseconds to tens of them. A second mode at 4 to 16 ms is other threads using up their time slice first: the CPUs are saturated, or a CPU limit of a container throttles. The histogram counts waits, not time: a hundred waits of 16 ms outweigh a hundred thousand of 8 us.',
    output: { shape: 'histogram', unit: 'usecs', tells: 'process.run_queue.duration' },
    sets: ['cpu', 'offcpu', 'bcc'],
    capture: [
      bcc('runqlat -T -p {pid} 1 {count}', { interval: 1, overhead: 'moderate' }),
      libbpf('runqlat -T -p {pid} 1 {count}', { interval: 1, overhead: 'moderate' }),
      ownProgram(runqlat, { interval: 1, overhead: 'moderate' }),
      bpftrace('runqlat.bt', { overhead: 'moderate' }),
    ],
  },
  {
    name: 'runqlen',
    subsystem: 'cpu',
    asks: 'How many tasks are queued behind the one that runs, on each CPU?',
    reading:
      'It samples, so it is cheaper than runqlat and knows no durations. Anything above 0 was waiting when sampled. Long queues on one CPU beside idle ones are a matter of pinning or of the scheduler, not of too few CPUs. With -O it prints occupancy: the share of samples that found a queue.',
    output: { shape: 'histogram', unit: 'tasks', tells: 'process.run_queue.queued' },
    sets: ['cpu'],
    capture: [
      bcc('runqlen -T 1 {count}', { interval: 1 }),
      libbpf('runqlen -T 1 {count}', { interval: 1 }),
      bpftrace('runqlen.bt'),
      ownProgram(runqlen),
    ],
  },
  {
    name: 'cpudist',
    subsystem: 'cpu',
    asks: 'How long does a task run before it leaves the CPU?',
    reading:
      'Short runs of microseconds are tasks that wait for something else (locks, I/O); runs of whole milliseconds are CPU-bound and end because the time slice does. With -O it measures the time off CPU instead: the two histograms look alike, only the banner tells them apart.',
    output: { shape: 'histogram', unit: 'usecs' },
    sets: [],
    capture: [
      bcc('cpudist -p {pid} {seconds} 1', { overhead: 'moderate' }),
      libbpf('cpudist -p {pid} {seconds} 1', { overhead: 'moderate' }),
      ownProgram(cpudist, { overhead: 'moderate' }),
    ],
  },
  {
    name: 'execsnoop',
    subsystem: 'cpu',
    asks: 'Which programs are being started?',
    reading:
      'Short-lived processes hide from top, which samples: a shell loop that starts a thousand a second shows up here only. PCOMM is the new process in bcc of old and in libbpf-tools, its parent in some versions in between: go by ARGS. A RET other than 0 is a program that could not be started. Empty ARGS lay in memory that was not paged in.',
    output: {
      shape: 'events',
      of: 'exec',
      columns: columns(['TIME', 'TIME(s)', 'TIME(ms)', 'UID', 'PCOMM', 'COMM', 'PID', 'PPID', 'RET', 'ARGS']),
    },
    sets: ['bcc', 'cpu'],
    capture: [bcc('execsnoop -T'), libbpf('execsnoop -T -c {cgroup}', { ends: false }), bpftrace('execsnoop.bt')],
  },
  {
    name: 'uptime',
    subsystem: 'cpu',
    asks: 'Is the load rising or falling?',
    reading:
      'Three averages over 1, 5 and 15 minutes, of tasks that run, want to run, or sleep uninterruptibly (most often on disk): Linux load is not CPU load alone. A 1 above the 15 is getting worse. They are damped averages: the 1 has seen only about two thirds of a change one minute after it.',
    output: { shape: 'series', columns: loadColumns },
    sets: ['60s', 'cpu'],
    capture: [classic('uptime', { ends: true }), fromProc('cat /proc/loadavg')],
  },
  {
    name: 'top',
    subsystem: 'cpu',
    asks: 'Which processes use CPU and memory, and what does the system as a whole do?',
    reading:
      '%CPU is of one CPU, so four busy threads show 400. What lives shorter than the interval is missed (execsnoop sees it). The first report covers the time since each process started, not the interval: read the later ones.',
    output: {
      shape: 'series',
      columns: { ...processColumns, ...topSummary },
      omitsIdle: true,
    },
    sets: ['60s'],
    // busybox's has no width.
    capture: [
      classic('top -b -w 512 -d 5 -n {count}', { interval: 5, overhead: 'low' }),
      classic('top -b -d 5 -n {count}', { interval: 5, overhead: 'low' }),
    ],
  },
  {
    name: 'ps',
    subsystem: 'cpu',
    asks: 'Which processes are there, and in which state?',
    reading:
      'One look. %CPU is over the life of the process, so that a process of a week that went mad a minute ago shows little. STAT D is uninterruptible sleep, most often on disk or a network file system; WCHAN is where in the kernel it waits.',
    output: { shape: 'events', columns: lifetimeColumns },
    sets: [],
    capture: [],
  },
  {
    name: 'mpstat',
    subsystem: 'cpu',
    asks: 'Is the work spread over the CPUs, and what kind of work is it?',
    reading:
      'One CPU at 100% beside idle ones is a single hot thread, or interrupts bound to one CPU (%irq, %soft). High %sys asks for a kernel profile, %iowait is idle time while a disk request is pending (it falls when another task uses the CPU), %steal is a neighbour on the same hypervisor.',
    output: {
      shape: 'series',
      columns: mpstatColumns,
    },
    sets: ['60s', 'cpu'],
    capture: [classic('mpstat -P ALL 1 {count}', { interval: 1 }), fromProc(mpstat, { interval: 1 })],
  },
  {
    name: 'sar',
    subsystem: 'cpu',
    asks: 'What did the host do, minute by minute?',
    reading:
      'Averages over the interval, ten minutes in most archives: a burst of ten seconds is one sixtieth of its row. Each table begins with a heading of its own; %ifutil, kbavail and the tables of pressure are missing in old versions.',
    output: { shape: 'series', columns: sarColumns },
    sets: [],
    capture: [],
  },
  {
    name: 'pidstat',
    subsystem: 'cpu',
    asks: 'Which processes use the CPUs, memory and the disks, and which switch, second by second?',
    reading:
      'Like top, but rolling, so that a pattern over time can be seen. %CPU is of one CPU. %wait is time runnable but not running: CPU saturation that this very process felt. Processes that did nothing in an interval are not printed in it.',
    output: {
      shape: 'series',
      columns: pidstatColumns,
      omitsIdle: true,
    },
    sets: ['60s', 'cpu'],
    capture: [classic('pidstat -u -r -d -w -p {pid} 1 {count}', { interval: 1, overhead: 'low' })],
  },
  {
    name: 'offcputime',
    subsystem: 'cpu',
    asks: 'Where do threads block, and for how long?',
    reading:
      'Width is time off CPU in microseconds, summed over threads. Most of it is threads that wait for work and are meant to: look for stacks in the path of a request (locks, disk reads, fsync), not for the widest pool of sleepers. Stacks that end in preemption without a blocking call were waiting for a CPU.',
    output: { shape: 'stacks', kind: 'off-cpu', unit: 'usecs' },
    sets: ['offcpu'],
    capture: [
      bcc('offcputime -df --stack-storage-size 16384 -p {pid} {seconds}', { overhead: 'high' }),
      libbpf('offcputime --stack-storage-size 16384 -p {pid} {seconds}', { overhead: 'high' }),
      ownProgram(offcputime, { overhead: 'high' }),
    ],
  },
  {
    name: 'wakeuptime',
    subsystem: 'cpu',
    asks: 'Who wakes the blocked threads, and after how long a block?',
    reading:
      "The stacks are the wakers', the width is how long the woken had been blocked. It answers what offcputime leaves open: a thread slept in a lock, and this is the code that let it go. The target is at the end of the stack.",
    output: { shape: 'stacks', kind: 'wakeup', unit: 'usecs' },
    sets: ['offcpu'],
    capture: [
      bcc('wakeuptime -f --stack-storage-size 16384 -p {pid} {seconds}', { overhead: 'high' }),
      libbpf('wakeuptime --stack-storage-size 16384 -p {pid} {seconds}', { overhead: 'high' }),
      ownProgram(wakeuptime, { overhead: 'high' }),
    ],
  },
  {
    name: 'offwaketime',
    subsystem: 'cpu',
    asks: 'Where did a thread block, and which code of whom woke it?',
    reading:
      "Below the delimiter is the blocked thread's stack, above it, upside down, the stack of its waker; the width is the time blocked. One waker is rarely the whole story: it may have been blocked itself. This is the costliest of the off-CPU tools.",
    output: { shape: 'stacks', kind: 'chain', unit: 'usecs' },
    sets: ['offcpu'],
    capture: [bcc('offwaketime -f --stack-storage-size 16384 -p {pid} {seconds}', { overhead: 'high' })],
  },
  {
    name: 'softirqs',
    subsystem: 'cpu',
    asks: 'How much CPU time do soft interrupts take?',
    reading:
      'net_rx heavy is packets, block is completed disk requests, timer and sched tick along always. This time is charged to whatever task was interrupted, so no process shows it. With -d it is a histogram per kind; with -C it counts events instead of time.',
    output: { shape: 'counts', unit: 'usecs', columns: { SOFTIRQ: text, ...totals }, tells: 'kernel.softirq.time' },
    sets: [],
    capture: [
      bcc('softirqs {seconds} 1', { overhead: 'moderate' }),
      libbpf('softirqs {seconds} 1', { overhead: 'moderate' }),
      ownProgram(softirqs, { overhead: 'moderate' }),
    ],
  },
  {
    name: 'hardirqs',
    subsystem: 'cpu',
    asks: 'How much CPU time do hardware interrupts take, by device?',
    reading:
      'A handler should take a few microseconds: milliseconds are a device or driver in trouble. The sum is over all CPUs; mpstat shows whether one CPU bears it all. With -d it is a histogram per interrupt; with -C it counts.',
    output: { shape: 'counts', unit: 'usecs', columns: { HARDIRQ: text, ...totals }, tells: 'kernel.interrupt.time' },
    sets: [],
    capture: [
      bcc('hardirqs {seconds} 1', { overhead: 'moderate' }),
      libbpf('hardirqs {seconds} 1', { overhead: 'moderate' }),
      ownProgram(hardirqs, { overhead: 'moderate' }),
      ownProgram(hardirqsOfTracepoint, { overhead: 'moderate' }),
    ],
  },
  {
    name: 'runqslower',
    subsystem: 'cpu',
    asks: 'Which task had to wait long for a CPU, and behind whom?',
    reading:
      'Only waits above the threshold are rows, so none is good news. PREV COMM is who ran on that CPU just before: a hint at the culprit, not proof. The same task again and again is one that is bound to a crowded CPU.',
    output: {
      shape: 'events',
      of: 'run queue wait',
      columns: columns(['TIME', 'COMM', 'PID', 'TID', 'LAT(us)'], {
        'PREV COMM': text,
        'PREV TID': number,
        'PREV PID': number,
      }),
    },
    sets: [],
    capture: [
      bcc('runqslower -P -p {pid} 10000', { overhead: 'moderate' }),
      libbpf('runqslower -P -p {pid} 10000', { overhead: 'moderate' }),
    ],
  },
  {
    name: 'exitsnoop',
    subsystem: 'cpu',
    asks: 'Which processes end, after how long, and how?',
    reading:
      'Ages of milliseconds are programs started for a trifle. A code other than 0 is a failure that somebody may retry for ever; signal 9 is a kill, by a person, an orchestrator or for lack of memory.',
    output: {
      shape: 'events',
      of: 'exit',
      columns: columns(['TIME', 'PCOMM', 'PID', 'PPID', 'TID', 'AGE(s)'], {
        'TIME-UTC': clockTime,
        'TIME-AEST': clockTime,
        LABEL: text,
        EXIT_CODE: field(text, 'exit'),
      }),
    },
    sets: [],
    capture: [bcc('exitsnoop -t -p {pid}'), libbpf('exitsnoop -t -p {pid} -c {cgroup}', { ends: false })],
  },
  {
    name: 'proc-stat',
    subsystem: 'cpu',
    asks: 'What have the CPUs done since boot?',
    reading:
      '/proc/stat counts ticks of a hundredth of a second since boot: one reading is an average over months, the difference of two is what happened. iowait is idle time with a request open, steal is time that the hypervisor gave to others.',
    output: {
      shape: 'series',
      columns: {
        ...tellingEach(
          number,
          {
            user: 'system.cpu.utilization.user',
            nice: 'system.cpu.utilization.nice',
            system: 'system.cpu.utilization.system',
            idle: 'system.cpu.utilization.idle',
            iowait: 'system.cpu.utilization.iowait',
            irq: 'system.cpu.utilization.interrupt',
            steal: 'system.cpu.utilization.steal',
          },
          { sumOfCpus: true },
        ),
        softirq: {
          ...number,
          tells: { signal: 'system.cpu.utilization.softirq', beside: 'cpu', sumOfCpus: true },
        },
        ...tellingEach(number, {
          ctxt: 'system.context_switches',
          intr: 'system.interrupts',
          processes: 'system.process.created',
          procs_running: 'system.cpu.run_queue.length',
          procs_blocked: 'system.process.count.blocked',
        }),
      },
      counters: /^(?!btime$|procs_)/,
    },
    sets: [],
    capture: [],
  },
  {
    name: 'proc-interrupts',
    subsystem: 'cpu',
    asks: 'Which interrupts are taken, and on which CPU?',
    reading:
      '/proc/interrupts and /proc/softirqs count since boot: compare two readings. One CPU that takes all the interrupts of a busy device is a bottleneck that the average over the CPUs hides.',
    output: { shape: 'series', columns: {}, counters: /^count$/ },
    sets: [],
    capture: [],
  },
  {
    name: 'strace',
    subsystem: 'cpu',
    asks: 'Which system calls does a process make, how often do they fail, and what do they cost?',
    reading:
      'strace -c sums up a process that was slowed by tracing, several times over: the counts and the errors are sound, the times are of the traced process. seconds is CPU time in the kernel, unless -w asked for time on the wall.',
    output: {
      shape: 'events',
      columns: {
        '% time': percent,
        seconds: { type: 'number', unit: 's' },
        'usecs/call': { type: 'number', unit: 'us' },
        calls: number,
        errors: number,
        syscall: text,
      },
    },
    sets: [],
    capture: [],
  },
];

/** Off-CPU profiles: why threads wait, and whose. */

import type { SubjectKind } from '../../datasets/finding.ts';
import { FrameKind } from '../../datasets/profile.ts';
import type { ProfileReading, Signals } from '../../signals/index.ts';
import { secondsOffCpu } from '../../signals/profiles.ts';
import { lookOf } from '../../signals/sources.ts';
import { evidenceOfWhole, meanOf } from '../../signals/track.ts';
import { profileBasis } from '../basis.ts';
import { command } from '../command.ts';
import type { Part, Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import type { RuleName } from '../names.ts';
import { sumOf } from '../numbers.ts';
import { advise, collect, collectSet, type NextStep, run } from '../steps.ts';
import { diskWaiters, isKernelWorker } from '../who.ts';
import { NO_SYMBOL } from './functions.ts';

interface Wait {
  name: Extract<RuleName, 'off-cpu-memory' | 'off-cpu-fsync' | 'off-cpu-disk' | 'off-cpu-locks' | 'off-cpu-futex'>;
  about: string;
  resource: SubjectKind;
  pattern: RegExp;
  next: readonly NextStep[];
}

/** Why a thread left the CPU, by its frames. Of several on one stack the first explains the others. */
const WAITS: readonly Wait[] = [
  {
    name: 'off-cpu-memory',
    about: 'Threads that wait while the kernel makes room for them, writes back what they made dirty, or swaps in.',
    resource: 'memory',
    // shrink_lruvec, throttle_direct_reclaim, balance_dirty_pages, mem_cgroup_handle_over_high, do_swap_page
    pattern:
      /^shrink_(?:node|lruvec|slab|folio_list|page_list)|throttle_direct_reclaim|^balance_dirty_pages|^mem_cgroup_handle_over_high|^do_swap_page$|^swap_readpage|^try_to_free_(?:mem_cgroup_)?pages/,
    next: [collectSet('memory')],
  },
  {
    name: 'off-cpu-fsync',
    about: 'Threads that wait until what they wrote is on the disk: fsync, journal commits.',
    resource: 'disk',
    // jbd2_log_wait_commit, xfs_log_force_seq, ext4_sync_file, do_fsync
    pattern: /^jbd2_log_wait_commit|^xfs_log_force|_sync_file$|^do_fsync$|^vfs_fsync|^ksys_sync/,
    next: [advise('batch commits'), collect('biosnoop', 'iostat', 'ext4slower')],
  },
  {
    name: 'off-cpu-disk',
    about: 'Threads that wait for a block device.',
    resource: 'disk',
    // io_schedule, folio_wait_bit_common, blk_mq_get_tag, submit_bio_wait
    pattern: /^io_schedule|wait_bit_common$|^wait_on_page|^blk_mq_get_tag$|^submit_bio_wait$|^rq_qos_wait$/,
    next: [collectSet('disk')],
  },
  {
    name: 'off-cpu-locks',
    about:
      'Threads that wait for a lock another thread holds. Threads of a pool that wait for work sleep on a futex too: those are told apart by a condition variable, a semaphore or a parked thread on the stack, and are left out. A futex of which no symbol tells is neither: then locks are not known.',
    resource: 'scheduler',
    // __lll_lock_wait, pthread_mutex_lock, ___pthread_rwlock_wrlock, rwsem_down_write_slowpath, __mutex_lock,
    // ObjectMonitor::enter, sync.(*Mutex).lockSlow, sync.runtime_SemacquireMutex
    pattern:
      /^_*lll_lock_wait|pthread_mutex_(?:lock|timedlock|clocklock)|pthread_rwlock_\w*lock|pthread_spin_lock|^rwsem_down|^__mutex_lock|^__down_(?:common|read|write)|^futex_lock_pi|ObjectMonitor::(?:enter|EnterI)|ObjectMonitor5enter|ObjectMonitor6EnterI|sync\.\(\*(?:RW)?Mutex\)|SemacquireMutex|SemacquireRWMutex|take_gil/,
    next: [
      advise('hold the lock shorter'),
      collect('offwaketime', 'klockstat'),
      run(command`perf record -e sched:sched_switch -g -a -- sleep 10`),
    ],
  },
  {
    name: 'off-cpu-futex',
    about:
      'Threads that wait in a futex of which no symbol tells: a lock that another thread holds, or a pool without work. Many context switches of the process speak for a lock.',
    resource: 'scheduler',
    // futex_wait, futex_wait_queue_me, futex_do_wait, __futex_wait
    pattern: /^(?:__)?futex_(?:do_)?wait/,
    next: [advise('install symbols'), collect('offwaketime')],
  },
];
const FUTEX = WAITS.findIndex(({ name }) => name === 'off-cpu-futex');

const WAITS_FOR_WORK =
  // pthread_cond_timedwait@@GLIBC_2.3.2, sem_wait, Unsafe_Park, Parker::park, runtime.notesleep, uv_cond_wait
  /pthread_cond_\w*wait|^sem_(?:timed)?wait|Unsafe_Park|Parker4?:?:?park|^runtime\.(?:notesleep|notetsleep|stopm|futexsleep)|uv_(?:cond|sem)_wait|condition_variable/;

/** timehist prints the innermost five frames: the one that tells the reason may not be among them. */
const CUTS_STACKS = 'perf-sched';
/** Of the wait of whoever waits most; who waits less is not named beside it. */
const WORTH_NAMING = 0.05;
/** Voluntary context switches a second from which a process does not merely sleep. */
const CONTENDED = 1000;

export const offCpuRules: readonly Rule[] = WAITS.map(({ name, about, resource, next }, wait) =>
  rule({
    name,
    subsystem: 'cpu',
    resource,
    ...(name === 'off-cpu-locks' ? { cell: { row: 'scheduler', column: 'saturation' } as const } : {}),
    ...(wait === FUTEX ? { closer: true as const } : {}),
    about: `${about} Summed over threads, so that several that wait at once count several times; those of the tools of the capture are left out.`,
    asks: [{ profile: 'time off CPU' }],
    thresholds: {
      share: {
        value: 0.3,
        unit: 'of the time off CPU that is explained',
        why: 'polling, sleeping and waiting for work are what idle servers do, and are left out',
      },
      ofWindow: {
        value: 0.5,
        unit: 'of the window, summed over threads',
        why: 'one thread that waits half of its time, or ten a twentieth each',
      },
      least: { value: 1, unit: 's', why: 'less than a second of waiting in all is no finding' },
    },
    judge: (signals, limits) =>
      signals
        .profiles('time off CPU')
        .filter(({ stacks }) => stacks.tool !== CUTS_STACKS)
        .map((reading) => waitTest(signals, reading, wait, limits, next)),
  }),
);

function waitTest(
  signals: Signals,
  reading: ProfileReading,
  wait: number,
  { share, ofWindow, least }: { share: number; ofWindow: number; least: number },
  next: readonly NextStep[],
): Test {
  const { explained, sums, waits } = weighed(signals, reading);
  const look = lookOf(signals.capture, signals.source(reading.source));
  const window = look === null ? 0 : look.to - look.from;
  const { total, byProcess, byCaller } = sums[wait] as Sum;
  const of = wait === FUTEX ? explained + total : explained;
  const distance = Math.min(
    total / least,
    of > 0 ? total / (share * of) : 0,
    window > 0 ? total / (ofWindow * window) : Number.POSITIVE_INFINITY,
  );
  const nameless = sums[FUTEX]?.total ?? 0;
  const victims = [...byProcess]
    // Threads of the kernel that wait for a disk wait for others.
    .filter(([name], _, all) => !isKernelWorker(name) || all.every(([other]) => isKernelWorker(other)))
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .filter(([, seconds], _, all) => seconds >= WORTH_NAMING * (all[0]?.[1] ?? 0))
    .slice(0, 3);
  const isContended = wait === FUTEX && victims.some(([name]) => switchesOf(signals, name) >= CONTENDED);
  return {
    subject:
      victims[0] === undefined || distance < 1
        ? { kind: 'scheduler', name: '' }
        : { kind: 'process', name: victims[0][0] },
    distance,
    severity: wait === FUTEX && !isContended ? 'notice' : 'warning',
    ...(wait === FUTEX ? { form: isContended ? 'contended' : 'idle or contended' } : {}),
    measures: [
      { signal: 'process.off_cpu.duration', stat: 'sum', value: total },
      { signal: 'process.off_cpu.duration', stat: 'share', value: of > 0 ? (100 * total) / of : 0 },
    ],
    basis: [profileBasis(signals, reading)],
    evidence: [evidenceOfWhole(reading)],
    ...timesOfWaits(signals, reading, (node) => waits[node] === wait),
    who: victims.map(
      ([name, seconds]): Who => ({
        role: 'victim',
        name,
        pid: null,
        processes: 1,
        quantity: { signal: 'process.off_cpu.duration', stat: 'sum', value: seconds },
      }),
    ),
    parts: callersOf(byCaller, victims[0]?.[0] ?? ''),
    details: window > 0 ? { window } : {},
    ...(WAITS[wait]?.name === 'off-cpu-locks' && nameless >= least
      ? { unclear: { kind: 'futex without symbols', seconds: nameless } satisfies Reason }
      : {}),
    next,
  };
}

/** When the first of the waits began and the last ended, within the window; nothing of a tool that prints sums. */
function timesOfWaits(
  { window }: Signals,
  { stacks }: ProfileReading,
  isOne: (node: number) => boolean,
): Pick<Test, 'since' | 'until'> {
  const { samples } = stacks.profile;
  if (samples === null || stacks.clock !== 'capture') return {};
  const seconds = secondsOffCpu(stacks);
  const { from, to } = window ?? { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  let [since, until] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < samples.at.length; i++) {
    const began = samples.at[i] as number;
    const ended = began + (samples.weight?.[i] ?? 0) * seconds;
    if (!isOne(samples.stack[i] as number) || !(began <= to && ended >= from)) continue;
    since = Math.min(since, Math.max(began, from));
    until = Math.max(until, Math.min(ended, to));
  }
  return since <= until ? { since, until } : {};
}

function switchesOf(signals: Signals, name: string): number {
  const own = signals
    .tracks('process.context_switches.voluntary', 'process')
    .filter(({ subject }) => subject.name === name);
  return sumOf(own.map(meanOf));
}

/** The functions of a program that wait most. */
function callersOf(byCaller: Sum['byCaller'], process: string): Part[] {
  const own = [...(byCaller.get(process) ?? [])].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const all = sumOf(own.map(([, seconds]) => seconds));
  return own.slice(0, 2).map(([name, seconds]): Part => ({ kind: 'caller', name, share: seconds / all }));
}

interface Sum {
  /** Seconds. */
  total: number;
  byProcess: Map<string, number>;
  /** By process, then by the innermost function of the program. */
  byCaller: Map<string, Map<string, number>>;
}

interface Weighed {
  /** Seconds off CPU with a reason that is told. */
  explained: number;
  /** One for each wait. */
  sums: Sum[];
  /** By node of the trie, which wait its stack is: -1 none, -2 left out. */
  waits: Int32Array;
}

/** Sums the weights by wait, process and calling function, root to leaf in one pass over the trie. */
function weighed(signals: Signals, { stacks }: ProfileReading): Weighed {
  const seconds = secondsOffCpu(stacks);
  const { frames, parent, frame, self } = stacks.profile;
  const isProcess = frames.kinds.map((kind) => kind === FrameKind.process);
  const waitOf = frames.names.map((name, i) =>
    isProcess[i] ? -1 : WAITS.findIndex(({ pattern }) => pattern.test(name)),
  );
  const isLeftOut = frames.names.map((name, i) =>
    isProcess[i] ? signals.observer.isOwn(name, null) : WAITS_FOR_WORK.test(name),
  );
  const isCaller = frames.names.map((name, i) => !isProcess[i] && !LIBRARY.test(name));
  const isKernel = frames.names.map((name, i) => frames.kinds[i] === FrameKind.kernel || SYSCALL.test(name));
  // By node: the wait (-1 none, -2 left out), the process frame, the innermost frame of the program, whether in the kernel.
  const waits = new Int32Array(self.length).fill(-1);
  const processes = new Int32Array(self.length).fill(-1);
  const callers = new Int32Array(self.length).fill(-1);
  const inKernel = new Uint8Array(self.length);
  const sums = WAITS.map((): Sum => ({ total: 0, byProcess: new Map(), byCaller: new Map() }));
  for (let node = 1; node < self.length; node++) {
    const [above, id] = [parent[node] as number, frame[node] as number];
    waits[node] = waits[above] === -2 || isLeftOut[id] ? -2 : better(waits[above] as number, waitOf[id] as number);
    processes[node] = isProcess[id] ? id : (processes[above] as number);
    inKernel[node] = inKernel[above] || isKernel[id] ? 1 : 0;
    callers[node] = inKernel[node] || !isCaller[id] ? (callers[above] as number) : id;
    const weight = (self[node] as number) * seconds;
    const sum = sums[waits[node] as number];
    if (weight === 0 || sum === undefined) continue;
    const process = frames.names[processes[node] as number] ?? '';
    sum.total += weight;
    add(sum.byProcess, process, weight);
    const caller = inKernel[node] ? frames.names[callers[node] as number] : undefined;
    if (caller === undefined) continue;
    const ofProcess = sum.byCaller.get(process) ?? new Map<string, number>();
    sum.byCaller.set(process, ofProcess);
    add(ofProcess, caller, weight);
  }
  return { explained: sumOf(sums.slice(0, FUTEX).map(({ total }) => total)), sums, waits };
}

/** Of two waits on one stack the one that stands higher in the list: it explains the other. */
function better(a: number, b: number): number {
  if (a < 0) return b;
  return b < 0 ? a : Math.min(a, b);
}

function add(map: Map<string, number>, key: string, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}

const BEHIND_DISK: readonly RuleName[] = ['off-cpu-fsync', 'off-cpu-disk'];
const BEHIND_OTHERS: readonly RuleName[] = ['off-cpu-locks', 'off-cpu-futex'];
/** Seconds in the disk's own waits from which a process is hurt by it. */
const HURT = 1;

/**
 * Who stands still behind a disk, a good part of the window: who waits longest in fsync or in reads first. Other threads of theirs
 * that wait for a lock wait for those; a process that hardly waits for the disk itself waits in a futex for something else.
 */
export function victimsOf(signals: Signals): Who[] {
  for (const reading of signals.profiles('time off CPU')) {
    if (reading.stacks.tool === CUTS_STACKS) continue;
    const look = lookOf(signals.capture, signals.source(reading.source));
    const { sums } = weighed(signals, reading);
    const [disk, others] = [secondsIn(sums, BEHIND_DISK), secondsIn(sums, BEHIND_OTHERS)];
    const least = look === null ? HURT : (look.to - look.from) / 2;
    return [...disk]
      .map(([process, seconds]) => ({ process, seconds, all: seconds + (others.get(process) ?? 0) }))
      .filter(
        ({ process, seconds, all }) => seconds >= HURT && all >= least && process !== '' && !isKernelWorker(process),
      )
      .sort((a, b) => b.seconds - a.seconds)
      .slice(0, 2)
      .map(
        ({ process, all }): Who => ({
          role: 'victim',
          name: process,
          pid: null,
          processes: 1,
          quantity: { signal: 'process.off_cpu.duration', stat: 'sum', value: all },
          evidence: [evidenceOfWhole(reading)],
        }),
      );
  }
  return diskWaiters(signals);
}

/** By process, what it waited in those of the waits. */
function secondsIn(sums: readonly Sum[], names: readonly RuleName[]): Map<string, number> {
  const seconds = new Map<string, number>();
  WAITS.forEach(({ name }, i) => {
    if (names.includes(name)) for (const [process, value] of sums[i]?.byProcess ?? []) add(seconds, process, value);
  });
  return seconds;
}

// entry_SYSCALL_64_after_hwframe, do_syscall_64, el0_svc, asm_exc_page_fault: the kernel begins here
const SYSCALL =
  /^entry_SYSCALL|^do_syscall_64$|^el0_svc|^el0t_64_sync|^system_call_fastpath$|^(?:asm_)?exc_page_fault$|^ret_from_fork/;
/** Frames that say nothing of the program: those of libc by which it enters the kernel or a thread, and unnamed ones. */
const LIBRARY = new RegExp(
  `${NO_SYMBOL.source}|^_*(?:lll_lock|pthread_|futex|GI_|libc_|clone)|^_*(?:start_thread|syscall|fsync|fdatasync|p?read(?:64)?|p?write(?:64)?|poll|select|epoll_wait|nanosleep)$`,
);

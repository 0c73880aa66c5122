/** Off-CPU profiles: why threads wait, and whose. */
import { shareText, usecsText } from '../datasets/amounts.ts';
import { FrameKind, type Profile } from '../datasets/profile.ts';
import { allOf } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import { NO_SYMBOL } from './symbols.ts';
import { collectorsOwn, secondsOf } from './view.ts';

interface Reason {
  name: string;
  /** As in `Threads wait for …`. */
  says: string;
  about: string;
  pattern: RegExp;
  detail: string;
  next: string;
}

/** Why a thread left the CPU, by its kernel frames; the first reason that has a frame on the stack. */
const REASONS: readonly Reason[] = [
  {
    name: 'off-cpu-memory',
    says: 'memory (reclaim, dirty pages, swap)',
    about: 'Threads that wait while the kernel makes room for them, writes back what they made dirty, or swaps in.',
    // shrink_lruvec, throttle_direct_reclaim, balance_dirty_pages, mem_cgroup_handle_over_high, do_swap_page
    pattern:
      /^shrink_(?:node|lruvec|slab|folio_list|page_list)|throttle_direct_reclaim|^balance_dirty_pages|^mem_cgroup_handle_over_high|^do_swap_page$|^swap_readpage|^try_to_free_(?:mem_cgroup_)?pages/,
    detail: 'Memory is short, of the host or of a control group, or files are written faster than the disk takes them.',
    next: 'coldflame collect --set memory',
  },
  {
    name: 'off-cpu-fsync',
    says: 'fsync and the file system journal',
    about: 'Threads that wait until what they wrote is on the disk: fsync, journal commits.',
    // jbd2_log_wait_commit, xfs_log_force_seq, ext4_sync_file, do_fsync
    pattern: /^jbd2_log_wait_commit|^xfs_log_force|_sync_file$|^do_fsync$|^vfs_fsync|^ksys_sync/,
    detail: 'Each commit waits for the disk: fewer and larger commits, or a faster device for the journal.',
    next: 'coldflame collect --tool biosnoop,iostat,ext4slower',
  },
  {
    name: 'off-cpu-disk',
    says: 'disk I/O',
    about: 'Threads that wait for a block device.',
    // io_schedule, folio_wait_bit_common, blk_mq_get_tag, submit_bio_wait
    pattern: /^io_schedule|wait_bit_common$|^wait_on_page|^blk_mq_get_tag$|^submit_bio_wait$|^rq_qos_wait$/,
    detail: 'See which device and which kind of I/O: biolatency, biosnoop and iostat tell.',
    next: 'coldflame collect --set disk',
  },
  {
    name: 'off-cpu-locks',
    says: 'locks',
    about:
      'Threads that wait for a lock another thread holds. Threads of a pool that wait for work sleep on a futex too: those are told apart by a condition variable, a semaphore or a parked thread on the stack, and are left out, as are futexes of which no symbol tells.',
    // __lll_lock_wait, pthread_mutex_lock, ___pthread_rwlock_wrlock, rwsem_down_write_slowpath, __mutex_lock,
    // ObjectMonitor::enter, sync.(*Mutex).lockSlow, sync.runtime_SemacquireMutex
    pattern:
      /^_*lll_lock_wait|pthread_mutex_(?:lock|timedlock|clocklock)|pthread_rwlock_\w*lock|pthread_spin_lock|^rwsem_down|^__mutex_lock|^__down_(?:common|read|write)|^futex_lock_pi|ObjectMonitor::(?:enter|EnterI)|ObjectMonitor5enter|ObjectMonitor6EnterI|sync\.\(\*(?:RW)?Mutex\)|SemacquireMutex|SemacquireRWMutex|take_gil/,
    detail: 'Time under the lock sets the pace, however many threads there are: hold it shorter, or split it.',
    next: 'perf record -e sched:sched_switch -g; coldflame collect --tool offwaketime,klockstat',
  },
];

const WAITS_FOR_WORK =
  // pthread_cond_timedwait@@GLIBC_2.3.2, sem_wait, Unsafe_Park, Parker::park, runtime.notesleep, uv_cond_wait
  /pthread_cond_\w*wait|^sem_(?:timed)?wait|Unsafe_Park|Parker4?:?:?park|^runtime\.(?:notesleep|notetsleep|stopm|futexsleep)|uv_(?:cond|sem)_wait|condition_variable/;

const TIMER = { least: { value: 1_000_000, unit: 'us', why: 'less than a second of waiting in all is no finding' } };

/** timehist prints the innermost five frames: the one that tells the reason may not be among them. */
const CUTS_STACKS = 'perf-sched';

export const offCpuRules: readonly Rule[] = REASONS.map((reason) => ({
  name: reason.name,
  subsystem: 'cpu' as const,
  topic: `waits for ${reason.says}`,
  about: `${reason.about} Summed over threads, so that several that wait at once count several times; those of the tools of the capture are left out.`,
  tools: ['offcputime'],
  thresholds: {
    share: {
      value: 0.3,
      unit: 'of the time off CPU for a reason that is told',
      why: 'polling, sleeping and waiting for work are what idle servers do, and are left out',
    },
    ofWindow: {
      value: 0.5,
      unit: 'of the window, summed over threads',
      why: 'one thread that waits half of its time, or ten a twentieth each',
    },
    ...TIMER,
  },
  judge(view, limits) {
    const own = collectorsOwn(view);
    return view
      .profiles('off-cpu')
      .filter(({ tool }) => tool !== CUTS_STACKS)
      .map(({ profile, source, unit }) =>
        verdictOf(reason, limits, weighed(profile, unit, own), (secondsOf(view, source) ?? 0) * 1e6, source),
      );
  },
}));

/** The time off CPU by reason, in microseconds. */
interface Weighed {
  told: number;
  of: (reason: Reason) => number;
  /** `mysqld`, `worker`: the process and the function of the program that wait most for the reason. */
  heaviest: (reason: Reason) => { process: string | null; weight: number; caller: string | null };
}

function verdictOf(
  reason: Reason,
  { share = 0, ofWindow = 0, least = 0 }: Readonly<Record<string, number>>,
  { told, of, heaviest }: Weighed,
  window: number,
  source: number,
): Verdict {
  const waited = of(reason);
  const numbers = [{ label: `waited for ${reason.says}`, value: waited / 1e6, unit: 's' }];
  const evidence = allOf(source);
  if (waited < least || waited < share * told || waited < ofWindow * window) {
    const title = `waits for ${reason.says}: ${usecsText(waited)} over all threads`;
    return ruledOut(title, numbers, evidence);
  }
  const { process, weight, caller } = heaviest(reason);
  const who = process === null ? 'Threads' : `Threads of ${process}`;
  const where = caller === null ? '' : `, most in ${caller}`;
  return {
    verdict: 'found',
    severity: 'warning',
    title: `${who} wait for ${reason.says}: ${usecsText(process === null ? waited : weight)}${where}`,
    detail: `${shareText(waited / told)} of the time off CPU for a reason that is told. ${reason.detail}`,
    since: null,
    numbers,
    evidence,
    next: reason.next,
  };
}

/**
 * Sums the weights by reason, process and calling function, root to leaf in one pass over the trie.
 *
 * @param own the names of processes that are left out
 */
function weighed(profile: Profile, unit: string, own: ReadonlySet<string>): Weighed {
  const usecs = unit === 'nsecs' || unit === 'ns' ? 1e-3 : 1;
  const { frames, parent, frame, self } = profile;
  const reasonOf = frames.names.map((name) => REASONS.findIndex(({ pattern }) => pattern.test(name)));
  const isLeftOut = frames.names.map(
    (name, i) => WAITS_FOR_WORK.test(name) || (frames.kinds[i] === FrameKind.process && own.has(name)),
  );
  const isCaller = frames.names.map((name, i) => frames.kinds[i] !== FrameKind.process && !LIBRARY.test(name));
  const isKernel = frames.names.map((name, i) => frames.kinds[i] === FrameKind.kernel || SYSCALL.test(name));
  // By node: the reason (-1 none, -2 none ever below), the process frame, the innermost frame of the program.
  const reasons = new Int32Array(self.length).fill(-1);
  const processes = new Int32Array(self.length).fill(-1);
  const callers = new Int32Array(self.length).fill(-1);
  const inKernel = new Uint8Array(self.length);
  const sums = REASONS.map(() => ({
    total: 0,
    byProcess: new Map<number, number>(),
    byCaller: new Map<string, number>(),
  }));
  for (let node = 1; node < self.length; node++) {
    const [above, id] = [parent[node] as number, frame[node] as number];
    const [known, mine] = [reasons[above] as number, reasonOf[id] as number];
    reasons[node] = known === -2 || isLeftOut[id] ? -2 : best(known, mine);
    processes[node] = frames.kinds[id] === FrameKind.process ? id : (processes[above] as number);
    inKernel[node] = inKernel[above] || isKernel[id] ? 1 : 0;
    callers[node] = inKernel[node] || !isCaller[id] ? (callers[above] as number) : id;
    const weight = (self[node] as number) * usecs;
    const sum = sums[reasons[node] as number];
    if (weight === 0 || sum === undefined) continue;
    sum.total += weight;
    add(sum.byProcess, processes[node] as number, weight);
    add(sum.byCaller, `${processes[node]} ${inKernel[node] ? callers[node] : -1}`, weight);
  }
  const sumOf = (reason: Reason) => sums[REASONS.indexOf(reason)];
  return {
    told: sums.reduce((total, sum) => total + sum.total, 0),
    of: (reason) => sumOf(reason)?.total ?? 0,
    heaviest(reason) {
      const [process = -1, weight = 0] = most(sumOf(reason)?.byProcess) ?? [];
      const ofProcess = [...(sumOf(reason)?.byCaller ?? [])].filter(([key]) => key.startsWith(`${process} `));
      const [, caller = '-1'] = (most(new Map(ofProcess))?.[0] ?? '').split(' ');
      return { process: frames.names[process] ?? null, weight, caller: frames.names[Number(caller)] ?? null };
    },
  };
}

/** Of two reasons on one stack the one that stands higher in the list: it explains the other. */
function best(a: number, b: number): number {
  if (a < 0) return b;
  return b < 0 ? a : Math.min(a, b);
}

function add<K>(map: Map<K, number>, key: K, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}

function most<K>(map: Map<K, number> | undefined): [K, number] | undefined {
  return [...(map ?? [])].sort((a, b) => b[1] - a[1])[0];
}

// entry_SYSCALL_64_after_hwframe, do_syscall_64, el0_svc, asm_exc_page_fault: the kernel begins here
const SYSCALL =
  /^entry_SYSCALL|^do_syscall_64$|^el0_svc|^el0t_64_sync|^system_call_fastpath$|^(?:asm_)?exc_page_fault$|^ret_from_fork/;
/** Frames that say nothing of the program: those of libc by which it enters the kernel or a thread, and unnamed ones. */
const LIBRARY = new RegExp(
  `${NO_SYMBOL.source}|^_*(?:lll_lock|pthread_|futex|GI_|libc_|clone)|^_*(?:start_thread|syscall|fsync|fdatasync|p?read(?:64)?|p?write(?:64)?|poll|select|epoll_wait|nanosleep)$`,
);

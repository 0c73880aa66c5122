/** On-CPU profiles: work that is seldom what a program is for. */
import { once } from '../../datasets/once.ts';
import type { Profile } from '../../datasets/profile.ts';
import { withoutIdle } from '../../datasets/profile-map.ts';
import type { ProfileReading, Signals } from '../../signals/index.ts';
import { processOfNodes, samplesIn } from '../../signals/profiles.ts';
import type { Doubt } from '../../signals/sources.ts';
import { evidenceOfWhole } from '../../signals/track.ts';
import { profileBasis } from '../basis.ts';
import { command } from '../command.ts';
import type { Part, Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import type { RuleName } from '../names.ts';
import { all, sumOf } from '../numbers.ts';
import { advise, collect, collectSet, type NextStep, run } from '../steps.ts';
import { IDLE } from '../who.ts';
import { LEAST_SAMPLES, PROFILE } from './functions.ts';
import { isGarbageCollector, unknownLeaves } from './symbols.ts';

interface Work {
  name: Extract<
    RuleName,
    | 'garbage-collection'
    | 'lock-contention'
    | 'page-faults'
    | 'path-lookups'
    | 'regular-expressions'
    | 'spinning'
    | 'timers'
    | 'allocation'
    | 'compression'
    | 'syscalls'
  >;
  about: string;
  /** Names of frames that do this work, whatever they call below. */
  pattern: RegExp;
  /** Names of threads that do nothing else. */
  isThread?: (name: string) => boolean;
  limit: number;
  why: string;
  next: readonly NextStep[];
}

/** A sample counts once, however many of its frames match. */
const WORK: readonly Work[] = [
  {
    name: 'garbage-collection',
    about: 'CPU time of collectors: JVM, V8, Go, Python, .NET; by the functions, and by the names of their threads.',
    // GCTaskThread::run, G1ParTask::work, PSScavenge::invoke, v8::internal::Scavenger, v8::internal::Heap::MarkCompact,
    // v8::internal::Sweeper::RawSweep, runtime.gcBgMarkWorker, runtime.bgsweep, gc_collect_main, SVR::gc_heap::mark_object
    pattern:
      /^(?:G1|ParallelGC|ParallelScavenge|PSPromotion|PSScavenge|PSMarkSweep|PSParallelCompact|GCTaskThread|VM_\w*GC|ParNew|CMSCollector|ConcurrentMarkSweep|ZMark|ZRelocate|ShenandoahConc)|v8::internal::(?:Scavenge|MarkCompact|Heap::(?:CollectGarbage|Scavenge|MarkCompact)|ConcurrentMarking|IncrementalMarking|Sweeper|Evacuator|PageEvacuationJob|MinorGC)|^runtime\.(?:gc(?:BgMarkWorker|Drain|AssistAlloc|Start)|bgsweep|bgscavenge)|^gc_(?:collect_main|marks|sweep)|gc_heap::/,
    isThread: isGarbageCollector,
    limit: 0.15,
    why: 'collectors are tuned for 5 to 10%; more means a heap that is too small or garbage without end',
    next: [advise('give the heap room')],
  },
  {
    name: 'lock-contention',
    about:
      'CPU time in taking locks that others hold, and in putting their waiters to sleep and waking them: futex calls of user programs, spin lock slow paths of the kernel.',
    // native_queued_spin_lock_slowpath, __lll_lock_wait, futex_wait_queue, pthread_mutex_lock, sync.(*Mutex).lockSlow
    pattern:
      /spin_lock_slowpath|spin_lock_contended|lll_lock_wa(?:it|ke)|^futex_wait|^futex_wake|mutex_lock_slow|rwsem_down_\w+_slowpath|mutex_spin_on_owner|sync\.\(\*Mutex\)\.lockSlow|ObjectMonitor::(?:enter|TrySpin)|^__mutex_lock(?:\.|$)|osq_lock$/,
    limit: 0.15,
    why: 'uncontended locks take less than 1% of a profile',
    next: [collectSet('offcpu')],
  },
  {
    name: 'page-faults',
    about: 'CPU time in the kernel giving memory to processes: first touches, copies on write, files mapped.',
    // asm_exc_page_fault, do_user_addr_fault, handle_mm_fault, page_fault
    pattern: /^(?:asm_)?exc_page_fault$|^do_user_addr_fault$|^handle_mm_fault$|^(?:do_)?page_fault$|^async_page_fault$/,
    limit: 0.2,
    why: 'steady programs have their memory; a fifth of the time is growth, start-up or release and reuse',
    next: [run(command`perf record -e page-faults -a -g -- sleep 10`), collect('execsnoop', 'memleak')],
  },
  {
    name: 'path-lookups',
    about:
      'CPU time in finding files by their paths: open, stat and their kin. A program looks for files that are not there, walks long lists of folders, or opens the same file again and again.',
    // do_filp_open, path_openat, filename_lookup, vfs_statx, path_lookupat, user_path_at_empty, getname_flags
    pattern:
      /^(?:do_filp_open|path_openat|filename_lookup|path_lookupat|vfs_statx|user_path_at(?:_empty)?|getname_flags)$/,
    limit: 0.15,
    why: 'programs open what they read, and reading it takes longer: 1 to 2% of a profile',
    next: [collect('opensnoop', 'statsnoop')],
  },
  {
    name: 'regular-expressions',
    about:
      'CPU time in regular expressions: nested repeats on a long input take exponential time in engines that backtrack (V8, Python, Java, PCRE, .NET).',
    // RegExp:^(a+)+$ of a perf map, v8::internal::RegExpImpl::IrregexpExec, Builtins_RegExpExecInternal, sre_ucs1_match,
    // java.util.regex.Pattern$Loop.match, pcre2_match_8, onig_match, System.Text.RegularExpressions
    pattern:
      /^RegExp:|v8::internal::(?:RegExp|Irregexp)|^Builtins_RegExp|^sre_(?:u|ucs[124]_)?(?:match|search|count)|java[./]util[./]regex|^pcre2?_(?:jit_)?(?:exec|match)|^onig_(?:match|search)|^match_at$|^regexp\.\(\*|System\.Text\.RegularExpressions/,
    limit: 0.3,
    why: 'a third of the CPU for matching text is seldom what a program is for',
    next: [advise('bound the regular expression')],
  },
  {
    name: 'spinning',
    about: 'Loops that wait for something by asking again.',
    // cpu_relax, sched_yield, __sched_yield, std::this_thread::yield, runtime.procyield, ut_delay
    pattern:
      /^cpu_relax$|sched_yield|this_thread::yield|^runtime\.(?:procyield|osyield)$|^ut_delay$|SpinPause|spin_?wait/i,
    limit: 0.15,
    why: 'a spin is meant to last microseconds',
    next: [collectSet('offcpu')],
  },
  {
    name: 'timers',
    about:
      'CPU time spent on timers: setting them, their interrupts, and the wake-ups that follow. Threads that wake every millisecond to poll for work cost this even when idle.',
    // hrtimer_interrupt, __hrtimer_run_queues, timerfd_tmrproc, hrtimer_start_range_ns, run_timer_softirq, timerfd_read
    pattern:
      /^hrtimer_interrupt$|^__hrtimer_run_queues|^hrtimer_(?:start_range_ns|nanosleep)$|^timerfd_|^run_timer_softirq$/,
    limit: 0.15,
    why: 'the tick of an idle and of a busy host takes 1 to 2%',
    next: [run(command`perf record -e timer:hrtimer_start -a -g -- sleep 10`), advise('wake less often')],
  },
  {
    name: 'allocation',
    about: 'CPU time inside malloc, free and their kin.',
    // _int_malloc, cfree@GLIBC_2.2.5, operator new, je_malloc, tcmalloc::CentralFreeList, runtime.mallocgc
    pattern:
      /^_?_?(?:libc_)?(?:int_)?(?:malloc|calloc|realloc|free|cfree)(?:_consolidate)?(?:@|$)|^operator (?:new|delete)|^je_|tcmalloc::|^runtime\.mallocgc$|^mi_(?:malloc|free)/,
    limit: 0.2,
    why: 'allocation-heavy programs run at 5 to 10%',
    next: [collect('memleak')],
  },
  {
    name: 'compression',
    about: 'CPU time in compressing and decompressing.',
    // deflate_slow, inflate_fast, LZ4_compress_fast, ZSTD_compressBlock, BZ2_compressBlock, lzma_code, snappy::
    pattern:
      /^(?:deflate|inflate|longest_match|LZ4_|ZSTD_|BZ2_|lzma_|snappy::|BrotliEncoder|BrotliDecoder|crc32_z|lz4_|lzo1x_|zstd_)/,
    limit: 0.3,
    why: 'a third of the CPU is a choice worth making knowingly: level, algorithm, or whether at all',
    next: [],
  },
  {
    name: 'syscalls',
    about: 'CPU time below the system call entry.',
    // do_syscall_64, entry_SYSCALL_64_after_hwframe, el0_svc, system_call_fastpath
    pattern: /^do_syscall_64$|^entry_SYSCALL_64|^el0_svc|^system_call_fastpath$|^do_fast_syscall_32$/,
    limit: 0.5,
    why: 'servers that move data spend 20 to 40% there',
    next: [collect('syscount')],
  },
];

export const workRules: readonly Rule[] = WORK.map(({ name, about, pattern, isThread, limit, why, next }) =>
  rule({
    name,
    subsystem: 'cpu',
    resource: 'profile',
    closer: true,
    about,
    asks: [{ profile: 'cpu time' }],
    thresholds: {
      limit: { value: limit, unit: 'of the samples, those of idle CPUs left out', why },
      cpus: {
        value: 0.05,
        unit: 'of all samples',
        why: 'what takes less than a twentieth of the CPUs keeps nobody waiting, however idle they are',
      },
      least: LEAST_SAMPLES,
    },
    judge: (signals, { limit: most, cpus, least }) =>
      signals.profiles('cpu time').flatMap((reading): Test[] => {
        const { weight, total, frames, processes } = weightUnder(signals, reading.stacks.profile, pattern, isThread);
        const busy = weightOfOthers(signals, busyProfile(reading.stacks.profile));
        if (busy === 0) return [];
        const samples = samplesIn(reading.stacks);
        const share = weight / busy;
        return [
          {
            subject: PROFILE,
            distance: samples < least ? Number.NaN : all(share / most, weight / total / cpus),
            severity: weight / total >= 2 * most ? 'warning' : 'notice',
            form: busy < total ? 'busy' : 'all',
            measures: [{ signal: 'profile.samples', stat: 'share', value: 100 * share }],
            basis: [profileBasis(signals, reading)],
            evidence: [evidenceOfWhole(reading)],
            who: processes,
            parts: frames,
            details: { count: samples },
            doubts: unknownDoubt(reading),
            ...(samples < least
              ? { unclear: { kind: 'too few', count: samples, least, of: 'sample' } satisfies Reason }
              : {}),
            next,
          },
        ];
      }),
  }),
);

const busyProfile = once(withoutIdle);

/** What has no symbol may be of this kind too. */
function unknownDoubt({ stacks }: ProfileReading): Doubt[] {
  const { weight, total } = unknownLeaves(stacks.profile);
  return weight > 0.2 * total ? [{ kind: 'nameless frames', share: weight / total }] : [];
}

interface Under {
  weight: number;
  total: number;
  frames: Part[];
  processes: Who[];
}

/**
 * Whose the samples in the scheduler are: who switches, where nobody counts it by process.
 *
 * @returns nobody where no CPU profile has enough of them
 */
export function scheduledMost(signals: Signals): Who[] {
  const [reading] = signals.profiles('cpu time');
  if (reading === undefined || samplesIn(reading.stacks) < LEAST_SAMPLES.value) return [];
  const { processes } = weightUnder(signals, busyProfile(reading.stacks.profile), SCHEDULER);
  return processes.filter(({ name, share = 0 }) => share >= 0.5 && !IDLE.test(name));
}

// schedule, __schedule, finish_task_switch.isra.0
const SCHEDULER = /^(?:__schedule|schedule|finish_task_switch(?:\.isra\.0)?)$/;

/** All weight but that of the capture's own tools. */
function weightOfOthers(signals: Signals, profile: Profile): number {
  const { frames, self } = profile;
  const processes = processOfNodes(profile);
  const isOwn = frames.names.map((name) => signals.observer.isOwn(name, null));
  let total = 0;
  for (let node = 1; node < self.length; node++) if (!isOwn[processes[node] as number]) total += self[node] as number;
  return total;
}

/** How much weight lies under frames that match, each sample once; which frames those are, and whose. The tools' own is left out. */
function weightUnder(signals: Signals, profile: Profile, pattern: RegExp, isThread?: (name: string) => boolean): Under {
  const { frames, frame, parent, self } = profile;
  const processes = processOfNodes(profile);
  const matches = frames.names.map((name) => pattern.test(name));
  const isOwn = frames.names.map((name) => signals.observer.isOwn(name, null));
  const isWorker = frames.names.map((name) => isThread?.(name) ?? false);
  const hit = new Int32Array(self.length).fill(-1);
  const [byFrame, byProcess] = [new Map<number, number>(), new Map<number, number>()];
  let total = 0;
  for (let node = 1; node < self.length; node++) {
    const [id, process] = [frame[node] as number, processes[node] as number];
    const above = hit[parent[node] as number] as number;
    hit[node] = above >= 0 ? above : matches[id] || (process === id && isWorker[id]) ? id : -1;
    const own = self[node] as number;
    if (own === 0 || isOwn[process]) continue;
    total += own;
    const by = hit[node] as number;
    if (by < 0) continue;
    byFrame.set(by, (byFrame.get(by) ?? 0) + own);
    byProcess.set(process, (byProcess.get(process) ?? 0) + own);
  }
  const weight = sumOf(byFrame.values());
  const ordered = (map: Map<number, number>) =>
    [...map].sort((a, b) => b[1] - a[1]).map(([id, own]) => ({ name: frames.names[id] ?? '', share: own / weight }));
  return {
    weight,
    total,
    frames: ordered(byFrame)
      .slice(0, 3)
      .map((each): Part => ({ kind: 'function', ...each })),
    processes: ordered(byProcess)
      .filter(({ name }) => name !== '')
      .slice(0, 2)
      .map((each): Who => ({ role: 'user', pid: null, processes: 1, ...each })),
  };
}

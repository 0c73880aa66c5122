/** On-CPU profiles: work that is seldom what a program is for. */
import { shareText } from '../datasets/amounts.ts';
import type { Profile } from '../datasets/profile.ts';
import { allOf } from './rows.ts';
import type { Found, Rule } from './rule.ts';
import { hasCpuProfile, LEAST_SAMPLES, samplesIn, unknownDoubt } from './symbols.ts';

interface Work {
  name: string;
  topic: string;
  about: string;
  /** Names of frames that do this work, whatever they call below. */
  pattern: RegExp;
  limit: number;
  why: string;
  says: string;
  detail: string;
  next: string | null;
}

/** Work that is seldom what a program is for. A sample counts once, however many of its frames match. */
const WORK: readonly Work[] = [
  {
    name: 'lock-contention',
    topic: 'lock contention on CPU',
    about:
      'CPU time in taking locks that others hold, and in putting their waiters to sleep and waking them: futex calls of user programs, spin lock slow paths of the kernel.',
    // native_queued_spin_lock_slowpath, __lll_lock_wait, futex_wait_queue, pthread_mutex_lock, sync.(*Mutex).lockSlow
    pattern:
      /spin_lock_slowpath|spin_lock_contended|lll_lock_wa(?:it|ke)|^futex_wait|^futex_wake|mutex_lock_slow|rwsem_down_\w+_slowpath|mutex_spin_on_owner|sync\.\(\*Mutex\)\.lockSlow|ObjectMonitor::(?:enter|TrySpin)|^__mutex_lock(?:\.|$)|osq_lock$/,
    limit: 0.15,
    why: 'uncontended locks take less than 1 % of a profile',
    says: 'Locks and wake-ups',
    detail:
      'The time is spent in waiting for locks, not in the work they protect; off-CPU stacks show the rest of the wait.',
    next: 'coldflame collect --set offcpu',
  },
  {
    name: 'page-faults',
    topic: 'page faults',
    about: 'CPU time in the kernel giving memory to processes: first touches, copies on write, files mapped.',
    // asm_exc_page_fault, do_user_addr_fault, handle_mm_fault, page_fault
    pattern: /^(?:asm_)?exc_page_fault$|^do_user_addr_fault$|^handle_mm_fault$|^(?:do_)?page_fault$|^async_page_fault$/,
    limit: 0.2,
    why: 'steady programs have their memory; a fifth of the time is growth, start-up or release and reuse',
    says: 'Page faults',
    detail:
      'Memory is taken anew again and again: short-lived processes, a growing heap, or an allocator that gives memory back too eagerly.',
    next: 'perf record -e page-faults -g; coldflame collect --tool execsnoop,memleak',
  },
  {
    name: 'allocation',
    topic: 'memory allocation',
    about: 'CPU time inside malloc, free and their kin.',
    // _int_malloc, cfree@GLIBC_2.2.5, operator new, je_malloc, tcmalloc::CentralFreeList, runtime.mallocgc
    pattern:
      /^_?_?(?:libc_)?(?:int_)?(?:malloc|calloc|realloc|free|cfree)(?:_consolidate)?(?:@|$)|^operator (?:new|delete)|^je_|tcmalloc::|^runtime\.mallocgc$|^mi_(?:malloc|free)/,
    limit: 0.2,
    why: 'allocation-heavy programs run at 5 to 10 %',
    says: 'Memory allocation',
    detail: 'Objects are made and thrown away in the hot path: reuse them, or use an allocator made for threads.',
    next: null,
  },
  {
    name: 'compression',
    topic: 'compression',
    about: 'CPU time in compressing and decompressing.',
    // deflate_slow, inflate_fast, LZ4_compress_fast, ZSTD_compressBlock, BZ2_compressBlock, lzma_code, snappy::
    pattern:
      /^(?:deflate|inflate|longest_match|LZ4_|ZSTD_|BZ2_|lzma_|snappy::|BrotliEncoder|BrotliDecoder|crc32_z|lz4_|lzo1x_|zstd_)/,
    limit: 0.3,
    why: 'a third of the CPU is a choice worth making knowingly: level, algorithm, or whether at all',
    says: 'Compression',
    detail: 'A faster algorithm or a lower level often costs little size.',
    next: null,
  },
  {
    name: 'spinning',
    topic: 'busy waiting',
    about: 'Loops that wait for something by asking again.',
    // cpu_relax, sched_yield, __sched_yield, std::this_thread::yield, runtime.procyield, ut_delay
    pattern:
      /^cpu_relax$|sched_yield|this_thread::yield|^runtime\.(?:procyield|osyield)$|^ut_delay$|SpinPause|spin_?wait/i,
    limit: 0.15,
    why: 'a spin is meant to last microseconds',
    says: 'Busy waiting',
    detail: 'The CPU is used to wait; on a saturated host the spinner keeps the one it waits for from running.',
    next: null,
  },
  {
    name: 'garbage-collection',
    topic: 'garbage collection',
    about: 'CPU time of collectors: JVM, V8, Go, Python.',
    // GCTaskThread::run, G1ParTask::work, PSScavenge::invoke, v8::internal::Scavenger, v8::internal::Heap::MarkCompact,
    // v8::internal::Sweeper::RawSweep, runtime.gcBgMarkWorker, runtime.bgsweep, gc_collect_main, SVR::gc_heap::mark_object
    pattern:
      /^(?:G1|ParallelGC|ParallelScavenge|PSPromotion|PSScavenge|PSMarkSweep|PSParallelCompact|GCTaskThread|VM_\w*GC|ParNew|CMSCollector|ConcurrentMarkSweep|ZMark|ZRelocate|ShenandoahConc)|v8::internal::(?:Scavenge|MarkCompact|Heap::(?:CollectGarbage|Scavenge|MarkCompact)|ConcurrentMarking|IncrementalMarking|Sweeper|Evacuator|PageEvacuationJob|MinorGC)|^runtime\.(?:gc(?:BgMarkWorker|Drain|AssistAlloc|Start)|bgsweep|bgscavenge)|^gc_(?:collect_main|marks|sweep)|gc_heap::/,
    limit: 0.15,
    why: 'collectors are tuned for 5 to 10 %; more means a heap that is too small or garbage without end',
    says: 'Garbage collection',
    detail: 'Give the heap more room, or find who allocates.',
    next: null,
  },
  {
    name: 'syscalls',
    topic: 'system calls',
    about: 'CPU time below the system call entry.',
    // do_syscall_64, entry_SYSCALL_64_after_hwframe, el0_svc, system_call_fastpath
    pattern: /^do_syscall_64$|^entry_SYSCALL_64|^el0_svc|^system_call_fastpath$|^do_fast_syscall_32$/,
    limit: 0.5,
    why: 'servers that move data spend 20 to 40 % there',
    says: 'System calls',
    detail: 'Many small calls, or few expensive ones: syscount tells which.',
    next: 'coldflame collect --tool syscount',
  },
];

export const workRules: readonly Rule[] = WORK.map(
  ({ name, topic, about, pattern, limit, why, says, detail, next }) => ({
    name,
    subsystem: 'cpu',
    topic,
    about,
    tools: ['perf', 'profile'],
    told: hasCpuProfile,
    thresholds: {
      limit: { value: limit, unit: 'of the samples', why },
      least: LEAST_SAMPLES,
    },
    judge(view, { limit: most = 0, least = 0 }) {
      const found = view.profiles('on-cpu').flatMap((stacks): Found[] => {
        const { weight, total, frames } = weightUnder(stacks.profile, pattern);
        if (samplesIn(stacks) < least || total === 0 || weight < most * total) return [];
        return [
          {
            verdict: 'found',
            severity: weight >= 2 * most * total ? 'warning' : 'notice',
            title: `${says}: ${shareText(weight / total)} of ${stacks.title} (${frames.slice(0, 3).join(', ')})`,
            detail,
            since: null,
            numbers: [{ label: 'of the samples', value: (100 * weight) / total, unit: '%' }],
            evidence: allOf(stacks.source),
            doubts: unknownDoubt(stacks),
            next,
          },
        ];
      });
      // Several events, or perf and profile, tell of the same work: the first is the one that is shown first.
      return found.slice(0, 1);
    },
  }),
);

/** How much weight lies under frames that match, each sample once, and which frames those are, heaviest first. */
function weightUnder(profile: Profile, pattern: RegExp): { weight: number; total: number; frames: string[] } {
  const matches = profile.frames.names.map((name) => pattern.test(name));
  const hit = new Int32Array(profile.parent.length).fill(-1);
  const byFrame = new Map<number, number>();
  let [weight, total] = [0, 0];
  for (let node = 1; node < profile.parent.length; node++) {
    const frame = profile.frame[node] as number;
    const above = hit[profile.parent[node] as number] as number;
    hit[node] = above >= 0 ? above : matches[frame] ? frame : -1;
    const own = profile.self[node] as number;
    total += own;
    const by = hit[node] as number;
    if (by < 0 || own === 0) continue;
    weight += own;
    byFrame.set(by, (byFrame.get(by) ?? 0) + own);
  }
  const frames = [...byFrame].sort((a, b) => b[1] - a[1]).map(([frame]) => profile.frames.names[frame] as string);
  return { weight, total, frames };
}

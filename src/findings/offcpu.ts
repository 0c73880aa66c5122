/** Off-CPU profiles: why threads wait. */
import type { Profile } from '../datasets/profile.ts';
import type { Rule, Verdict } from './rule.ts';
import { percent } from './words.ts';

interface Reason {
  says: string;
  pattern: RegExp;
  /** Waiting here is what idle servers do. */
  idle: boolean;
}

/** Why a thread left the CPU, by the innermost kernel frames that tell; the first that matches. */
const REASONS: readonly Reason[] = [
  // jbd2_log_wait_commit, xfs_log_force_seq, ext4_sync_file
  {
    says: 'file system journal and fsync',
    idle: false,
    pattern: /^jbd2_log_wait_commit|^xlog_|^xfs_log_force|_sync_file$|^do_fsync$|^vfs_fsync/,
  },
  // io_schedule, folio_wait_bit_common, blk_mq_get_tag, submit_bio_wait
  {
    says: 'disk I/O',
    idle: false,
    pattern: /^io_schedule|wait_bit_common$|^wait_on_page|^blk_mq_get_tag$|^submit_bio_wait$|^rq_qos_wait$/,
  },
  // futex_wait_queue, rwsem_down_write_slowpath, __mutex_lock
  {
    says: 'locks',
    idle: false,
    pattern: /^futex_wait|^do_futex$|^rwsem_down|^__mutex_lock|^__down_(?:common|read|write)/,
  },
  // handle_mm_fault, shrink_lruvec, throttle_direct_reclaim
  {
    says: 'memory (faults and reclaim)',
    idle: false,
    pattern: /^handle_mm_fault$|^shrink_|throttle_direct_reclaim|^balance_dirty_pages/,
  },
  // sk_wait_data, inet_csk_accept, tcp_recvmsg, unix_stream_read_generic
  {
    says: 'the network',
    idle: true,
    pattern: /^sk_wait_data|^inet_csk_accept|^tcp_(?:recv|send)msg|^unix_stream_read|^unix_wait/,
  },
  // do_epoll_wait, do_sys_poll, do_select
  {
    says: 'polling for events',
    idle: true,
    pattern: /^(?:do_)?ep(?:oll)?_(?:wait|poll)|^do_(?:sys_)?poll|^do_select$/,
  },
  // hrtimer_nanosleep, common_nsleep, do_wait, pipe_read
  {
    says: 'sleeping on purpose',
    idle: true,
    pattern:
      /nanosleep|common_nsleep|^do_wait$|^pipe_read$|^sigtimedwait|^do_sigtimedwait|^worker_thread$|^smpboot_thread_fn$|^kthread_worker_fn$|^rcu_gp/,
  },
];

const offCpu: Rule = {
  name: 'off-cpu',
  subsystem: 'cpu',
  topic: 'why threads wait (off-CPU time)',
  about:
    'Off-CPU time by reason, read from the kernel frames. Threads that wait for work (polling, sleeping) are left out of the judgement: an idle server does nothing else.',
  tools: ['offcputime'],
  thresholds: {
    share: {
      value: 0.3,
      unit: 'of the off-CPU time that is no idling',
      why: 'the largest reason by far is where to look first',
    },
    least: { value: 1_000_000, unit: 'us', why: 'less than a second of waiting in all is not worth a finding' },
  },
  judge(view, { share = 0, least = 0 }) {
    return view.profiles('off-cpu').flatMap((stacks): Verdict[] => {
      const byReason = weightByReason(stacks.profile);
      const waits = REASONS.filter(({ idle }) => !idle).map(({ says }) => ({ says, weight: byReason.get(says) ?? 0 }));
      const total = waits.reduce((sum, { weight }) => sum + weight, byReason.get(UNTOLD) ?? 0);
      const evidence = [{ source: stacks.source, lines: null }];
      const worst = waits.reduce((a, b) => (b.weight > a.weight ? b : a));
      const numbers = waits.map(({ says, weight }) => ({ label: says, value: weight / 1e6, unit: 's' }));
      if (worst.weight < least)
        return [
          {
            verdict: 'ruled-out',
            title: `off-CPU waits: ${(total / 1e6).toFixed(1)} s besides idling`,
            numbers,
            evidence,
          },
        ];
      if (worst.weight < share * total) return [];
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `Threads wait for ${worst.says}: ${(worst.weight / 1e6).toFixed(1)} s, ${percent(worst.weight / total)} of the time off CPU that is no idling`,
          detail: 'Summed over threads: several that wait at once count several times.',
          since: null,
          numbers,
          evidence,
          next: 'read the off-CPU flame graph from the wide towers down to who called',
        },
      ];
    });
  },
};

const UNTOLD = 'other';

function weightByReason(profile: Profile): Map<string, number> {
  const reasonOfFrame = profile.frames.names.map(
    (name) => REASONS.find(({ pattern }) => pattern.test(name))?.says ?? null,
  );
  const reasonOfNode: (string | null)[] = [null];
  const weights = new Map<string, number>();
  for (let node = 0; node < profile.parent.length; node++) {
    // The innermost frame that tells wins: do_syscall above says less than what it ended in.
    if (node > 0)
      reasonOfNode.push(
        reasonOfFrame[profile.frame[node] as number] ?? reasonOfNode[profile.parent[node] as number] ?? null,
      );
    const reason = reasonOfNode[node] ?? UNTOLD;
    weights.set(reason, (weights.get(reason) ?? 0) + (profile.self[node] as number));
  }
  return weights;
}

export const offCpuRules: readonly Rule[] = [offCpu];

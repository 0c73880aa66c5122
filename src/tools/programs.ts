/**
 * bpftrace programs of our own, for hosts that have bpftrace and none of the tools. Each prints what the tool of its
 * name would, or maps that mean the same, so that the same grammar reads it. Written for bpftrace 0.9 and later;
 * tracepoints before kprobes, because tracepoints stay from kernel to kernel.
 *
 * Times are those of the monotonic clock, in nanoseconds: the tools' own clocks are cut to the second, or count from a moment
 * that nothing tells.
 */

/** Above each second's maps: `7441154123456 ns`. */
const STAMP = `printf("%llu ns\\n", nsecs);`;

export const profile = `
profile:hz:99 /pid != 0/ { @[kstack, ustack, comm] = count(); }
`;

/** Microseconds between leaving the CPU and coming back to it, by the stack that left. */
export const offcputime = `
tracepoint:sched:sched_switch
{
  @start[args->prev_pid] = nsecs;
  @kernel[args->prev_pid] = kstack;
  @user[args->prev_pid] = ustack;
  if (args->next_pid != 0 && @start[args->next_pid]) {
    @off[@kernel[args->next_pid], @user[args->next_pid], args->next_comm] =
      sum((nsecs - @start[args->next_pid]) / 1000);
    delete(@start[args->next_pid]);
    delete(@kernel[args->next_pid]);
    delete(@user[args->next_pid]);
  }
}
END { clear(@start); clear(@kernel); clear(@user); }
`;

/** Microseconds that a task was blocked, by the stack that woke it, the waker and the woken. */
export const wakeuptime = `
tracepoint:sched:sched_switch /args->prev_state & 3/ { @start[args->prev_pid] = nsecs; }
tracepoint:sched:sched_wakeup /@start[args->pid]/
{
  @[kstack, comm, args->comm] = sum((nsecs - @start[args->pid]) / 1000);
  delete(@start[args->pid]);
}
END { clear(@start); }
`;

export const cpudist = `
tracepoint:sched:sched_switch
{
  if (@start[args->prev_pid]) {
    @usecs = hist((nsecs - @start[args->prev_pid]) / 1000);
    delete(@start[args->prev_pid]);
  }
  if (args->next_pid != 0) { @start[args->next_pid] = nsecs; }
}
END { clear(@start); }
`;

/** A histogram a second of the time between becoming runnable and running. */
export const runqlat = `
tracepoint:sched:sched_wakeup, tracepoint:sched:sched_wakeup_new { @start[args->pid] = nsecs; }
tracepoint:sched:sched_switch
{
  if (args->prev_state == 0) { @start[args->prev_pid] = nsecs; }
  if (@start[args->next_pid]) {
    @usecs = hist((nsecs - @start[args->next_pid]) / 1000);
    delete(@start[args->next_pid]);
  }
}
interval:s:1 { ${STAMP} print(@usecs); clear(@usecs); }
END { clear(@start); }
`;

/**
 * Tasks queued behind the one that runs, sampled on each CPU. For Linux 6.15 and later, where runqlen.bt asks the run queue for
 * nr_running in vain: commit 736c55a02c47 (sched/fair: Rename cfs_rq.nr_running into nr_queued).
 */
export const runqlen = `
profile:hz:99
{
  $task = (struct task_struct *)curtask;
  $queued = $task->se.cfs_rq->nr_queued;
  @runqlen = lhist($queued > 0 ? $queued - 1 : 0, 0, 100, 1);
}
interval:s:1 { ${STAMP} print(@runqlen); clear(@runqlen); }
`;

export const softirqs = `
BEGIN
{
  @name[0] = "hi"; @name[1] = "timer"; @name[2] = "net_tx"; @name[3] = "net_rx"; @name[4] = "block";
  @name[5] = "irq_poll"; @name[6] = "tasklet"; @name[7] = "sched"; @name[8] = "hrtimer"; @name[9] = "rcu";
}
tracepoint:irq:softirq_entry { @start[cpu] = nsecs; }
tracepoint:irq:softirq_exit /@start[cpu]/
{
  @usecs[@name[args->vec]] = sum((nsecs - @start[cpu]) / 1000);
  delete(@start[cpu]);
}
END { clear(@start); clear(@name); }
`;

const hardirqsWith = (entry: string) => `
${entry}
tracepoint:irq:irq_handler_exit /@start[cpu]/
{
  @usecs[@name[cpu]] = sum((nsecs - @start[cpu]) / 1000);
  delete(@start[cpu]);
}
END { clear(@start); clear(@name); }
`;

/** bpftrace 0.23 reads strings of tracepoints whose place the record tells (__data_loc) as empty: the name comes from the kernel's own. */
export const hardirqs = hardirqsWith(
  'rawtracepoint:irq_handler_entry { @start[cpu] = nsecs; @name[cpu] = str(((struct irqaction *)arg1)->name); }',
);

/** Where bpftrace has no raw tracepoints or the kernel no BTF. */
export const hardirqsOfTracepoint = hardirqsWith(
  'tracepoint:irq:irq_handler_entry { @start[cpu] = nsecs; @name[cpu] = str(args->name); }',
);

/** A histogram a second for each disk, by its major and minor number. */
export const biolatency = `
tracepoint:block:block_rq_issue { @start[args->dev, args->sector] = nsecs; }
tracepoint:block:block_rq_complete /@start[args->dev, args->sector]/
{
  @usecs[args->dev >> 20, args->dev & 0xfffff] = hist((nsecs - @start[args->dev, args->sector]) / 1000);
  delete(@start[args->dev, args->sector]);
}
interval:s:1 { ${STAMP} print(@usecs); clear(@usecs); }
END { clear(@start); }
`;

/**
 * biosnoop's columns; DISK is major:minor, and the time is that of completion. What a program asks for may be handed to the disk
 * by a thread of the kernel: who asked is remembered by sector, for a second or two, since requests that are merged into others
 * never come back. @whose goes first: a request between the two would have a process without a name.
 */
export const biosnoop = `
BEGIN
{
  printf("%-18s %-14s %-7s %-9s %-1s %-10s %-7s %7s\\n", "ENDTIME_ns", "COMM", "PID", "DISK", "T", "SECTOR", "BYTES",
    "LAT(ms)");
}
tracepoint:block:block_bio_queue { @who[args->sector] = comm; @whose[args->sector] = pid; }
tracepoint:block:block_rq_issue
{
  @start[args->dev, args->sector] = nsecs;
  if (@whose[args->sector]) {
    @comm[args->dev, args->sector] = @who[args->sector];
    @pid[args->dev, args->sector] = @whose[args->sector];
  } else {
    @comm[args->dev, args->sector] = comm;
    @pid[args->dev, args->sector] = pid;
  }
}
tracepoint:block:block_rq_complete /@start[args->dev, args->sector]/
{
  $us = (nsecs - @start[args->dev, args->sector]) / 1000;
  printf("%-18llu %-14s %-7d %d:%-7d %-1s %-10d %-7d %3d.%03d\\n", nsecs,
    @comm[args->dev, args->sector], @pid[args->dev, args->sector], args->dev >> 20, args->dev & 0xfffff,
    args->rwbs, args->sector, args->nr_sector * 512, $us / 1000, $us % 1000);
  delete(@start[args->dev, args->sector]);
  delete(@comm[args->dev, args->sector]);
  delete(@pid[args->dev, args->sector]);
}
interval:s:2 { clear(@whose); clear(@who); }
END { clear(@start); clear(@comm); clear(@pid); clear(@who); clear(@whose); }
`;

/** drsnoop's columns; the time is that of the end. */
export const drsnoop = `
BEGIN { printf("%-18s %-16s %-6s %8s %5s\\n", "ENDTIME_ns", "COMM", "PID", "LAT(ms)", "PAGES"); }
tracepoint:vmscan:mm_vmscan_direct_reclaim_begin { @start[tid] = nsecs; }
tracepoint:vmscan:mm_vmscan_direct_reclaim_end /@start[tid]/
{
  $us = (nsecs - @start[tid]) / 1000;
  printf("%-18llu %-16s %-6d %4d.%03d %5d\\n", nsecs, comm, pid, $us / 1000, $us % 1000, args->nr_reclaimed);
  delete(@start[tid]);
}
END { clear(@start); }
`;

/**
 * Page faults by the file that is mapped there; an empty name is anonymous memory. A fault that had to wait for its page is handled
 * a second time, with FAULT_FLAG_TRIED (32), and is one fault all the same.
 */
export const ffaults = `
#ifndef BPFTRACE_HAVE_BTF
#include <linux/mm.h>
#endif
kprobe:handle_mm_fault /(arg2 & 32) == 0/
{
  $vma = (struct vm_area_struct *)arg0;
  @[str($vma->vm_file->f_path.dentry->d_name.name)] = count();
}
`;

/** Faults on pages that are in swap, each second. */
export const swapin = `
kprobe:do_swap_page { @[comm, pid] = count(); }
interval:s:1 { ${STAMP} print(@); clear(@); }
`;

/** Microseconds in each function that a work queue ran. */
export const workq = `
tracepoint:workqueue:workqueue_execute_start { @start[tid] = nsecs; @function[tid] = args->function; }
tracepoint:workqueue:workqueue_execute_end /@start[tid]/
{
  @us[ksym(@function[tid])] = hist((nsecs - @start[tid]) / 1000);
  delete(@start[tid]);
  delete(@function[tid]);
}
END { clear(@start); clear(@function); }
`;

/** Requests held back or let through by a cgroup's limit (Linux 5.18 and later, with BTF). The key is the cgroup's inode. */
export const blkthrot = `
kprobe:__blk_throtl_bio
{
  $cgroup = (struct cgroup *)((struct bio *)arg0)->bi_blkg->blkcg->css.cgroup;
  @cgroup[tid] = $cgroup->kn->id;
}
kretprobe:__blk_throtl_bio /@cgroup[tid]/
{
  if (retval) {
    @throttled[@cgroup[tid]] = count();
  } else {
    @notthrottled[@cgroup[tid]] = count();
  }
  delete(@cgroup[tid]);
}
END { clear(@cgroup); }
`;

/** Names by number, from Xen's public interface (xen/include/public/xen.h). */
export const xenhyper = `
BEGIN
{
  @name[0] = "set_trap_table"; @name[1] = "mmu_update"; @name[2] = "set_gdt"; @name[3] = "stack_switch";
  @name[4] = "set_callbacks"; @name[5] = "fpu_taskswitch"; @name[6] = "sched_op_compat"; @name[7] = "platform_op";
  @name[8] = "set_debugreg"; @name[9] = "get_debugreg"; @name[10] = "update_descriptor"; @name[12] = "memory_op";
  @name[13] = "multicall"; @name[14] = "update_va_mapping"; @name[15] = "set_timer_op";
  @name[16] = "event_channel_op_compat"; @name[17] = "xen_version"; @name[18] = "console_io";
  @name[19] = "physdev_op_compat"; @name[20] = "grant_table_op"; @name[21] = "vm_assist";
  @name[22] = "update_va_mapping_otherdomain"; @name[23] = "iret"; @name[24] = "vcpu_op";
  @name[25] = "set_segment_base"; @name[26] = "mmuext_op"; @name[27] = "xsm_op"; @name[28] = "nmi_op";
  @name[29] = "sched_op"; @name[30] = "callback_op"; @name[31] = "xenoprof_op"; @name[32] = "event_channel_op";
  @name[33] = "physdev_op"; @name[34] = "hvm_op"; @name[35] = "sysctl"; @name[36] = "domctl"; @name[37] = "kexec_op";
  @name[38] = "tmem_op"; @name[39] = "argo_op"; @name[40] = "xenpmu_op"; @name[41] = "dm_op";
}
tracepoint:xen:xen_mc_entry { @hypercalls[@name[args->op]] = count(); }
END { clear(@name); }
`;

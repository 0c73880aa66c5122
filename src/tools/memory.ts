/** Who uses memory, and what happens when there is too little of it. */
import {
  columns,
  kibibytes,
  kilobytes,
  number,
  percent,
  perSecond,
  pid,
  processName,
  telling,
  tellingEach,
  text,
} from './columns.ts';
import { meminfo, procVmstat, vmstat } from './proc-programs.ts';
import { freeColumns, meminfoColumns } from './procps.ts';
import { drsnoop, ffaults, swapin } from './programs.ts';
import { bcc, bpftrace, classic, fromProc, libbpf, ownProgram } from './recipe.ts';
import type { Tool } from './tool.ts';

export const memory: readonly Tool[] = [
  {
    name: 'vmstat',
    subsystem: 'memory',
    asks: 'Is the host short of CPU, of memory, or waiting for disks?',
    reading:
      'r above the number of CPUs is CPU saturation, si and so other than 0 is swapping, b is tasks blocked on disk. The first line is the average since boot and says nothing of the incident. "free" being small is no fault: the kernel uses spare memory as cache.',
    output: {
      shape: 'series',
      columns: {
        r: telling(number, 'system.cpu.run_queue.length'),
        b: telling(number, 'system.process.count.blocked'),
        swpd: telling(kibibytes, 'system.paging.usage'),
        free: telling(kibibytes, 'system.memory.usage.free'),
        buff: telling(kibibytes, 'system.memory.usage.buffers'),
        cache: telling(kibibytes, 'system.memory.usage.cached'),
        inact: kibibytes,
        active: kibibytes,
        // Pages of 4 KiB.
        si: telling({ type: 'number', unit: 'KiB/s' }, 'system.paging.operations.in'),
        so: telling({ type: 'number', unit: 'KiB/s' }, 'system.paging.operations.out'),
        bi: { type: 'number', unit: 'blocks/s' },
        bo: { type: 'number', unit: 'blocks/s' },
        in: telling(perSecond, 'system.interrupts'),
        cs: telling(perSecond, 'system.context_switches'),
        ...tellingEach(percent, {
          us: 'system.cpu.utilization.user',
          // Interrupts and soft interrupts are in it.
          sy: 'system.cpu.utilization.system',
          id: 'system.cpu.utilization.idle',
          wa: 'system.cpu.utilization.iowait',
          st: 'system.cpu.utilization.steal',
        }),
        gu: percent,
        // vmstat -s
        ...tellingEach(kibibytes, {
          'total memory': 'system.memory.limit',
          'free memory': 'system.memory.usage.free',
          'buffer memory': 'system.memory.usage.buffers',
          // All of the page cache, whatever it is called.
          'swap cache': 'system.memory.usage.cached',
          'total swap': 'system.paging.limit',
          'used swap': 'system.paging.usage',
          'free swap': 'system.paging.free',
        }),
        ...tellingEach(number, {
          'pages swapped in': 'system.paging.operations.in',
          'pages swapped out': 'system.paging.operations.out',
          'CPU context switches': 'system.context_switches',
          interrupts: 'system.interrupts',
          forks: 'system.process.created',
        }),
      },
      counters: /^(?:pages swapped (?:in|out)|CPU context switches|interrupts|forks)$/,
    },
    sets: ['60s', 'memory', 'cpu'],
    capture: [classic('vmstat 1 {count}', { interval: 1 }), fromProc(vmstat, { interval: 1 })],
  },
  {
    name: 'free',
    subsystem: 'memory',
    asks: 'How much memory is left?',
    reading:
      '"available" is the number to look at: what programs can still get without swapping. "free" counts only what nobody uses at all, and is small on any host that has been up for a while. The old layout has no "available": there, take the free of the "-/+ buffers/cache" line. With -h the suffixes are powers of 1024 although they read 1.9G.',
    output: {
      shape: 'series',
      columns: { ...freeColumns, ...meminfoColumns },
    },
    sets: ['60s', 'memory'],
    capture: [classic('free -m', { ends: true }), fromProc('cat /proc/meminfo')],
  },
  {
    name: 'meminfo',
    subsystem: 'memory',
    asks: 'What is the memory used for, second by second?',
    reading:
      'MemAvailable is what programs can still get without swapping. Where it falls, the line that grows beside it tells the kind: AnonPages are heaps, Cached and Mapped files, Slab, SUnreclaim and PageTables the kernel, Shmem what lies in tmpfs. Dirty that stands near its limit (vm.dirty_ratio) makes writers wait.',
    output: { shape: 'series', columns: meminfoColumns },
    sets: ['60s', 'memory'],
    capture: [fromProc(meminfo, { interval: 1 })],
  },
  {
    name: 'proc-vmstat',
    subsystem: 'memory',
    asks: 'What does the kernel do to find free memory?',
    reading:
      'All counters of memory management, since boot: what they grow by in the window is what counts. allocstall is a process that had to reclaim itself, pgmajfault a read from disk, pswpin and pswpout swapping, workingset_refault_file cache that was thrown away too early, compact_stall a wait for contiguous pages, oom_kill a kill. The nr_ lines are pages as they are now.',
    output: {
      shape: 'series',
      columns: tellingEach(number, {
        pswpin: 'system.paging.operations.in',
        pswpout: 'system.paging.operations.out',
        pgfault: 'system.paging.faults.minor',
        pgmajfault: 'system.paging.faults.major',
        // Kernels before 5.9 count those of files alone.
        workingset_refault: 'system.paging.refaults',
        workingset_refault_anon: 'system.paging.refaults',
        workingset_refault_file: 'system.paging.refaults',
        pgscan_direct: 'system.paging.scan.direct',
        pgscan_kswapd: 'system.paging.scan.kswapd',
        oom_kill: 'system.memory.oom_kills',
      }),
      // Kernel: mm/vmstat.c. What begins with nr_ is a number of pages now, but for these.
      counters: /^(?!nr_|workingset_nodes$)|^nr_(?:dirtied|written|throttled_written|vmscan_|foll_pin_)/,
    },
    sets: ['60s', 'memory'],
    capture: [fromProc(procVmstat, { interval: 1 })],
  },
  {
    name: 'ffaults',
    subsystem: 'memory',
    asks: 'For which files does the host take page faults?',
    reading:
      'Each first touch of a mapped page is a fault: a program that starts or a file that is read through mmap shows here, by file name. An empty name is anonymous memory, the heap. Most faults are minor (the page was in memory already) and cheap; a file with many in steady state is being evicted and read again.',
    output: { shape: 'counts', unit: 'faults' },
    sets: ['memory'],
    capture: [ownProgram(ffaults, { overhead: 'moderate' })],
  },
  {
    name: 'memleak',
    subsystem: 'memory',
    asks: 'Which code allocated memory that has not been freed?',
    reading:
      'Outstanding is not leaked: caches and pools are outstanding too. Compare the first report with the last: what only grows is the suspect. Each report repeats the whole state, so reports must not be added up. It instruments every malloc, which slows a busy allocator several times over.',
    output: { shape: 'stacks', kind: 'memory', unit: 'bytes' },
    sets: ['memory'],
    capture: [bcc('memleak -T 50 -p {pid} {seconds} 1', { target: 'pid', overhead: 'high' })],
  },
  {
    name: 'drsnoop',
    subsystem: 'memory',
    asks: 'Which processes had to free memory themselves before they got some, and how long did that take?',
    reading:
      'Direct reclaim is the kernel making an allocating process do the cleaning, as kswapd did not keep up: each row is time that the process did not work. Any steady stream of rows is memory pressure, long before anything is killed.',
    output: {
      shape: 'events',
      of: 'direct reclaim',
      columns: columns(['TIME', 'TIME(s)', 'UID', 'COMM', 'PID', 'TID', 'LAT(ms)'], {
        PAGES: { type: 'number', unit: 'pages' },
        'FREE(KB)': kilobytes,
      }),
    },
    sets: ['memory'],
    capture: [bcc('drsnoop -T -p {pid}'), libbpf('drsnoop -p {pid}'), ownProgram(drsnoop)],
  },
  {
    name: 'oomkill',
    subsystem: 'memory',
    asks: 'Which process was killed for lack of memory, and who asked for the memory?',
    reading:
      "The one that triggered it is merely the one that asked last; the one that was killed is the one with the highest score, often the largest. Neither need be the leak. The pages are what the kernel counts of the limit that was hit: a container's limit does this on a host with memory to spare.",
    output: {
      shape: 'events',
      of: 'OOM kill',
      columns: columns(['TIME'], {
        'triggered by PID': pid,
        'triggered by': { ...processName, field: 'requester' },
        'killed PID': pid,
        killed: { ...processName, field: 'victim' },
        pages: { type: 'number', unit: 'pages' },
        loadavg: text,
      }),
    },
    sets: ['memory'],
    capture: [bcc('oomkill'), libbpf('oomkill'), bpftrace('oomkill.bt')],
  },
  {
    name: 'swapin',
    subsystem: 'memory',
    asks: 'Which processes wait for their own memory to come back from swap?',
    reading:
      'Swapping in is what hurts: the process stands still for a disk read on each page. Swapped out pages alone are no harm. A process here is a victim of the shortage, not necessarily its cause.',
    output: { shape: 'counts', unit: 'pages', tells: 'process.paging.swapped_in' },
    sets: ['memory'],
    capture: [ownProgram(swapin, { interval: 1 })],
  },
  {
    name: 'slabratetop',
    subsystem: 'memory',
    asks: 'Which kernel caches are allocated from most?',
    reading:
      'A rate of allocation, not a size: slabtop shows who holds memory, this shows who churns it. The name of the cache tells the work: dentry and inode caches are file lookups, skbuff caches are packets.',
    output: {
      shape: 'events',
      columns: { CACHE: text, ALLOCS: number, BYTES: { type: 'number', unit: 'bytes', role: 'size' } },
    },
    sets: ['memory'],
    capture: [
      bcc('slabratetop -C 1 {count}', { interval: 1, overhead: 'moderate' }),
      libbpf('slabratetop -C 1 {count}', { interval: 1, overhead: 'moderate' }),
    ],
  },
];

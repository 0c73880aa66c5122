/** Advice that is no command: what a person decides, or does elsewhere. */
const ADVICE = {
  'ask the provider': 'Ask the cloud or virtualization team; compare with another host.',
  'raise the CPU limit':
    'Raise its limit (cpu.max, CPUQuota=, resources.limits.cpu), or let it run fewer threads at once.',
  'raise the memory limit': 'Raise its limit (memory.max, MemoryMax=, resources.limits.memory), or find what it keeps.',
  'raise the I/O limit': 'Raise its limit (io.max, IOWriteBandwidthMax=), or let it write less at once.',
  'raise the task limit': 'Raise pids.max or TasksMax=, and find what starts so many tasks.',
  'check name servers': 'Ask each name server in /etc/resolv.conf by itself: dig @SERVER NAME.',
  'read sockets faster': 'Read the socket in a thread of its own, or raise its buffer: SO_RCVBUF, net.core.rmem_max.',
  'keep connections open': 'Keep connections open and reuse them: a pool, keep-alive.',
  'accept faster':
    'Accept faster, or raise the backlog: the argument of listen(), and net.core.somaxconn where that is less.',
  'find the leak': 'See what it allocates: a heap profile of its runtime, or memleak on its PID.',
  'free space': 'Free space, or find deleted files that are still open: lsof +L1.',
  'remove small files': 'Find the folder with most files, and who makes them: du --inodes -x / | sort -n | tail.',
  'check the device':
    'Check the device and its path before tuning anything: smartctl, the cable, the controller, the cloud volume.',
  'check the file server': 'Check the file server and the way to it; processes in D wait until it answers.',
  'thaw the file system':
    'Writers of a frozen file system wait like this: find who froze it (a snapshot, a backup) and thaw it, fsfreeze -u.',
  'check the cable': 'Check the link: cable, switch port, driver.',
  'raise the ring': 'See which counter grows, then give the card longer rings: ethtool -S, -g and -G.',
  'close connections': 'Find where the program leaves connections open: error paths, pools without a check.',
  'check the hardware': 'Have the hardware checked: rasdaemon, mcelog, the service log of the machine.',
  'check cooling': 'Check cooling and power: the CPUs run slower than they could.',
  'align atomics':
    'Find the instruction by its address, and align the data that it locks; split_lock_detect=off hides it.',
  'report the kernel':
    'Save the log and a crash dump, move the work off this host, then report it to the kernel vendor.',
  'raise the limit of conntrack': 'Raise net.netfilter.nf_conntrack_max, or let fewer connections be tracked.',
  'raise the limit of tasks': 'Raise kernel.pid_max and kernel.threads-max, and find what starts so many tasks.',
  'raise the neighbour limit': 'Raise net.ipv4.neigh.default.gc_thresh3, or make the network segment smaller.',
  'raise the limit of files': 'Raise fs.file-max, and find who keeps so many files open.',
  'check the clock': 'Check the clock source of the host and its time service: chronyc tracking.',
  'compile with frame pointers': 'Record with --call-graph dwarf, or compile with -fno-omit-frame-pointer.',
  'install symbols': 'Before the next capture, install debug symbols for the modules whose functions have no names.',
  'name Node': 'Start Node with --perf-basic-prof before the capture.',
  'name Java': 'Let the JVM write its map: jcmd PID Compiler.perfmap (JDK 17 and later), or perf-map-agent.',
  'name Python': 'Start Python with -X perf (3.12 and later) before the capture.',
  'name .NET': 'Set DOTNET_PerfMapEnabled=1 before the program starts.',
  'give the heap room': 'Give the heap more room, or find who allocates.',
  'bound the regular expression':
    'Look for nested repeats in the expression and long inputs; use an engine without backtracking.',
  'hold the lock shorter': 'Hold the lock for less work, or split it.',
  'move the work': 'Move or pace this work: ionice, a rate limit, another time of day.',
  'explain the query': 'EXPLAIN the slowest of them.',
  'read core dumps': 'See what crashed: coredumpctl list.',
  'sample at another rate': 'See the sub-second offset heat map, then sample at another rate: coldflame collect -F 49.',
  'read the log': 'Read the lines; they say what failed.',
  'batch commits': 'Fewer and larger commits, or a faster device for the journal.',
  'spread interrupts': 'Spread the interrupts and packets of the card over the CPUs: irqbalance, RPS, more queues.',
  'start fewer processes': 'Start fewer of them: keep one running and give it the work, or run it less often.',
  'compare the range': 'Select its time in the report and compare it with the rest: look first at what grew most.',
  'wake less often': 'Wait for the event instead of polling every millisecond; let timers coalesce (timer slack).',
  'fewer tools': 'Collect fewer tools, at a lower rate, or of one process only.',
  'cache or remove the lookup': 'Remove the lookup, or cache that the file is not there.',
} as const satisfies Readonly<Record<string, string>>;

export type Advice = keyof typeof ADVICE;

export function adviceText(advice: Advice): string {
  return ADVICE[advice];
}

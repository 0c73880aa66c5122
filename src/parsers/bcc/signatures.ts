/**
 * Whose output it is, by what the tools print themselves: their headers, their banners, the lines over their histograms.
 * Where several tools print the same, all are named, the likeliest first, and the file's own tool decides.
 */
import { tools } from '../../tools/index.ts';
import type { HeaderColumn } from './table-header.ts';

interface Signature {
  tools: readonly string[];
  /** Columns that the header has, in this order, with others between them. */
  columns: readonly string[];
}

// `TIME (us)`, `# CALLS` and `PPC HCALL` are one column each.
const BETWEEN_COLUMNS = / (?!\((?:us|ms)\)|HCALL)(?<!# )/;

/** The more special before the more general. */
const signatures: readonly Signature[] = [
  ['biotop', 'PID COMM D MAJ MIN DISK I/O'],
  ['biosnoop', 'COMM PID DISK LAT(ms)'],
  ['biosnoop', 'DISK COMM PID LAT(ms)'],
  ['biopattern', 'DISK %RND %SEQ'],
  [
    'ext4slower xfsslower btrfsslower zfsslower nfsslower f2fsslower fsslower',
    'TIME COMM PID T BYTES OFF_KB LAT(ms) FILENAME',
  ],
  [
    'ext4slower xfsslower btrfsslower zfsslower nfsslower f2fsslower fsslower',
    'ENDTIME_us TASK PID TYPE BYTES OFFSET_b LATENCY_us FILE',
  ],
  ['fileslower', 'TIME(s) COMM D BYTES LAT(ms) FILENAME'],
  ['filelife', 'TIME PID COMM AGE(s) FILE'],
  ['filetop', 'COMM READS WRITES R_Kb W_Kb T FILE'],
  ['dirtop', 'READS WRITES R_Kb W_Kb PATH'],
  ['dcsnoop', 'PID COMM T FILE'],
  ['opensnoop statsnoop', 'PID COMM FD ERR PATH'],
  ['statsnoop', 'PID COMM RET ERR PATH'],
  ['statsnoop', 'PID COMM ERR PATH'],
  ['execsnoop', 'PID RET ARGS'],
  ['execsnoop', 'TIME(ms) PID ARGS'],
  ['exitsnoop', 'PID AGE(s) EXIT_CODE'],
  ['killsnoop sigsnoop', 'PID COMM SIG TPID RESULT'],
  ['capable', 'PID COMM CAP NAME AUDIT'],
  ['drsnoop', 'COMM LAT(ms) PAGES'],
  ['dstate', 'PID TID COMM WCHAN'],
  ['compactsnoop', 'COMM PID NODE ZONE ORDER MODE LAT(ms) STATUS'],
  ['tcplife', 'PID COMM LADDR LPORT RADDR RPORT TX_KB RX_KB MS'],
  ['tcptop', 'PID COMM RX_KB TX_KB'],
  ['tcpstates', 'OLDSTATE NEWSTATE MS'],
  ['tcppktlat', 'PID COMM LADDR LPORT RADDR RPORT MS'],
  ['tcpretrans', 'LADDR:LPORT RADDR:RPORT RETRANSMITS'],
  ['tcpretrans', 'TIME PID LADDR:LPORT RADDR:RPORT STATE'],
  ['tcpdrop', 'TIME PID SADDR:SPORT DADDR:DPORT STATE'],
  ['tcptracer', 'PID COMM IP SADDR DADDR SPORT DPORT'],
  ['tcpconnlat', 'PID COMM IP SADDR DADDR DPORT LAT(ms)'],
  ['tcpconnect', 'PID COMM SADDR DADDR DPORT'],
  ['tcpconnect', 'LADDR RADDR RPORT CONNECTS'],
  ['tcpaccept', 'PID COMM RADDR LADDR LPORT'],
  ['tcpcong', 'Open_ms Dod_ms Rcov_ms Cwr_ms Los_ms Chgs'],
  ['tcpcong', 'Open_us Dod_us Rcov_us Cwr_us Los_us Chgs'],
  ['gethostlatency', 'PID COMM LATms HOST'],
  ['mysqld_qslower dbslower', 'TIME(s) PID MS QUERY'],
  ['funcslower', 'COMM PID RVAL FUNC'],
  ['threadsnoop', 'TIME(ms) PID COMM FUNC'],
  ['trace', 'PID COMM FUNC -'],
  ['trace', 'PID TID COMM FUNC'],
  ['cachetop', 'PID CMD HITS MISSES'],
  ['cachestat', 'HITS MISSES DIRTIES'],
  ['cachestat', 'MISSES HITS DIRTIES'],
  ['dcstat', 'REFS/s SLOW/s MISS/s'],
  ['vfsstat', 'READ/s WRITE/s'],
  ['slabratetop', 'CACHE ALLOCS BYTES'],
  ['swapin', 'COMM PID COUNT'],
  ['syscount', 'SYSCALL COUNT'],
  ['kvmexit', 'KVM_EXIT_REASON COUNT'],
  ['bpflist', 'PID COMM TYPE COUNT'],
  ['ppchcalls', 'COUNT MIN (us) MAX (us) AVG (us)'],
  ['syscount', 'PID COMM COUNT'],
  ['vfscount', 'ADDR FUNC COUNT'],
  ['funccount vfscount', 'FUNC COUNT'],
  ['softirqs', 'SOFTIRQ'],
  ['hardirqs', 'HARDIRQ'],
  ['syncsnoop', 'TIME(s) CALL'],
  ['syncsnoop', 'TIME PID COMM EVENT'],
  ['solisten', 'PID COMM PROTO BACKLOG ADDR PORT'],
  ['solisten', 'PID COMM RET BACKLOG PORT PROTO ADDR'],
  ['bindsnoop', 'PID COMM PROT ADDR PORT OPTS IF'],
  ['bindsnoop', 'PID COMM RET PROTO OPTS IF PORT ADDR'],
  ['bindsnoop', 'LADDR LPORT BINDS'],
  ['klockstat', 'Caller Count'],
  ['runqslower', 'TIME COMM LAT(us)'],
  ['llcstat', 'PID NAME REFERENCE MISS HIT%'],
  ['mdflush', 'TIME PID COMM DEVICE'],
  ['mountsnoop', 'COMM PID TID CALL'],
  ['bashreadline', 'TIME PID COMMAND'],
  ['argdist', 'COUNT EVENT'],
  ['naptime', 'PPID PCOMM PID COMM SECONDS'],
  ['setuids', 'PID COMM UID SYSCALL ARGS (RET)'],
  ['sslsnoop', 'TIME(us) TID COMM LAT(us) RET FUNC'],
  ['numamove', 'TIME NUMA_migrations NUMA_migrations_ms'],
  ['shmsnoop', 'PID COMM SYS RET ARGs'],
  ['sofdsnoop', 'ACTION TID COMM SOCKET FD NAME'],
  ['sslsniff', 'FUNC TIME(s) COMM PID LEN'],
  ['filegone', 'TIME PID COMM ACTION FILE'],
  ['ucalls', 'METHOD # CALLS'],
  ['uobjnew', 'TYPE # ALLOCS # BYTES'],
  ['uflow', 'CPU PID TID TIME(us) METHOD'],
  ['ugc', 'START TIME (us) DESCRIPTION'],
  ['uthreads', 'TIME ID TYPE DESCRIPTION'],
  ['ustat', 'PID CMDLINE METHOD/s GC/s'],
  ['ppchcalls', 'PPC HCALL COUNT'],
].map(([tools = '', columns = '']) => ({ tools: tools.split(' '), columns: columns.split(BETWEEN_COLUMNS) }));

/** The tools that print such a header, the likeliest first; none where it is nobody's. */
export function toolsOfHeader(columns: readonly HeaderColumn[]): readonly string[] {
  const names = columns.map(({ name }) => name);
  return signatures.find((signature) => inOrder(signature.columns, names))?.tools ?? cataloguedWith(names);
}

/** With this many columns in common it is no coincidence. */
const FEWEST_COLUMNS = 4;

/** The BPF tools whose row in the catalogue names all of these columns: a new tool's header is known by its row alone. */
function cataloguedWith(names: readonly string[]): readonly string[] {
  if (names.length < FEWEST_COLUMNS) return [];
  return tools
    .filter(({ capture, output }) => {
      const known = 'columns' in output ? output.columns : undefined;
      const ofBpf = capture.some(({ via }) => via === 'bcc' || via === 'libbpf-tools' || via === 'bpftrace');
      return ofBpf && known !== undefined && names.every((name) => Object.hasOwn(known, name));
    })
    .map(({ name }) => name);
}

function inOrder(wanted: readonly string[], names: readonly string[]): boolean {
  let at = 0;
  for (const name of names) if (name === wanted[at]) at++;
  return at === wanted.length;
}

const banners: readonly [line: RegExp, tools: readonly string[]][] = [
  // Tracing ext4 operations slower than 10 ms
  [/^Tracing (ext4|xfs|btrfs|zfs|nfs|f2fs) operations(?: that are)?(?: slower| for|$)/i, ['$1slower']],
  // Tracing ext4 operation latency... Hit Ctrl-C to end.
  [/^Tracing (ext4|xfs|btrfs|zfs|nfs|f2fs) operation latency/i, ['$1dist']],
  [/^Tracing MySQL server queries/, ['mysqld_qslower']],
  [/^Tracing database queries/, ['dbslower']],
  [/^Tracing block device I\/O requested seeks/, ['biopattern']],
  [/^Tracing block (?:device )?I\/O\.\.\./, ['biolatency', 'bitesize']],
  [/^Tracing run queue latency higher/, ['runqslower']],
  [/^Tracing run queue latency/, ['runqlat']],
  [/^Sampling run queue length/, ['runqlen']],
  [/^Tracing (?:on|off)-CPU time\.\.\./, ['cpudist']],
  [/^Tracing soft irq/, ['softirqs']],
  [/^Tracing hard irq/, ['hardirqs']],
  [/^Tracing TCP RTT/, ['tcprtt']],
  [/^Tracing SYN backlog/, ['tcpsynbl']],
  [/^Tracing fs read-ahead/, ['readahead']],
  // Tracing 15 functions for "tcp_*"... Hit Ctrl-C to end.
  [/^Tracing \d+ functions? for/, ['funclatency', 'funccount', 'stackcount']],
  // Tracing vfs_read.  Hit Ctrl-C to exit
  [/^Tracing \S+\.\s+Hit Ctrl-C to exit/, ['funclatency']],
  [/^Tracing syscall/, ['syscount']],
  [/^Tracing (?:OOM kills|oom_kill_process)/, ['oomkill']],
  // Tracing do_nanosleep... Hit Ctrl-C to end.
  [/^Tracing [\w.:]+\.\.\. Hit Ctrl-C/, ['funclatency', 'funccount']],
];

/** The tools that begin with such a line; none for any other line. */
export function toolsOfBanner(line: string): readonly string[] {
  for (const [pattern, tools] of banners) {
    const match = pattern.exec(line);
    if (match !== null) return tools.map((tool) => tool.replace('$1', (match[1] ?? '').toLowerCase()));
  }
  return [];
}

const everyTool = new Set([...signatures.flatMap(({ tools }) => tools), ...banners.flatMap(([, tools]) => tools)]);

/** The tool that names its histograms so: `disk = sda`, `operation = read`. */
const sectionOwners: Readonly<Record<string, string>> = {
  disk: 'biolatency',
  'Bucket disk': 'biolatency',
  'Bucket ptr': 'biolatency',
  flags: 'biolatency',
  'Process Name': 'bitesize',
  softirq: 'softirqs',
  hardirq: 'hardirqs',
  backlog_max: 'tcpsynbl',
  Function: 'funclatency',
  tcp_congest_state: 'tcpcong',
  'All Addresses': 'tcprtt',
  'Local Address': 'tcprtt',
  'Remote Address': 'tcprtt',
  // As bcc spells it.
  'Remote Addres': 'tcprtt',
};

export function toolOfSection(key: string): string | null {
  return Object.hasOwn(sectionOwners, key) ? (sectionOwners[key] as string) : null;
}

/** Which of the tools that could have printed this it is. `told` is what the manifest or the file's name says. */
export function chooseTool(candidates: readonly string[], told: string | null): string | null {
  if (told !== null && (candidates.includes(told) || !everyTool.has(told))) return told;
  return candidates[0] ?? told;
}

/**
 * What fields of `perf script -F` print that are neither events nor frames: under a frame, in place of the blank line that
 * ends a sample, or behind the only frame of one without a call chain.
 *
 * process_event in tools/perf/builtin-script.c of Linux
 */

const EXTRAS = [
  //   deflate.c:0
  /^\s+\S*:\d+$/,
  //   libc.so.6[7f03539b63d9]   [JIT] tid 9536[7f035388e90d]
  /^\s+(?:\[\S+\] tid \d+|\S*(?: \(deleted\))?)\[[0-9a-f]+\]$/,
  // |12  \tfor (i = 0; i < n; i++)
  /^\|\d+\s/,
  //  0x7f1a4c0/0x7f1a4f0/P/-/-/3    main+0x10/foo+0x22/P/-/-/3    0x7f1a4c0(/bin/sh)/0x7f1a4f0(/bin/sh)/M/X/A/12
  /^\s+0x[0-9a-f]+\/0x|^\s+\S.*\/[PM-]\/[X-]\/[A-]\/\d+(?:\s|\/|$)/,
  // ABI:2    AX:0x0    BX:0x1
  /^\s*ABI:\d/,
  //  ... not reaching sample ...
  /^\s+\.\.\. /,
  // \t00007f1a4c0de123\tinsn: 48 89 e5                     \t# PRED 3 cycles [3] 1.00 IPC
  /^\t[0-9a-f]{16}\t(?:insn: |\s*#)/,
  // \t_start+12:
  /^\t(?![0-9a-f]{16} )\S[^\t]*:$/,
  //  instruction trace error type 1 time 641.256845844 cpu 3 pid 3174 tid 3174 ip 0x7fb36d08bd60 code 5: Failed to get instruction
  /^ instruction trace error type \d/,
  // \t\t[0/net: 4/0xeffffff9, 1/uts: 4/0xeffffffe, 2/ipc: 4/0xefffffff, 3/pid: 4/0xeffffffc,
  // \t\t 4/user: 4/0xeffffffd, 5/mnt: 4/0xeffffff8, 6/cgroup: 4/0xeffffffb]
  /^\t\t[[ ]\d\/\w+: \d+\/(?:0x)?[0-9a-f]+,/,
];

/** All of them at once: every frame that is met for the first time is asked about. */
const EXTRA = new RegExp(EXTRAS.map(({ source }) => source).join('|'));

/**
 * ` ilen: 3 insn: 48 89 e5`, `               0` (a physical address is printed 16 wide), ` 4K 2M` (page sizes),
 * ` /system.slice/sshd.service`, ` \t IPC: 1.20 (6/5) `: any of them, in this order. Regular words of a fixed length each,
 * so that it takes linear time.
 */
const TRAILER =
  /^(?: ilen: \d{1,3})?(?: insn:(?: [0-9a-f]{2}){0,16})?(?:(?= {1,15}[0-9a-f]+(?:\s|$))(?=.{16}(?:\s|$)) +[0-9a-f]+)?(?: (?:<?N\/A>?|\d{1,4}[KMG]B?)){0,2}(?: (?:\/\S*|unknown))?(?:\s+IPC: [\d.]+ \(\d+\/\d+\))?\s*$/;

const COMPLAINTS = [
  // addr2line: /lib/x.ko.xz: file format not recognized   objdump: …   perf: Segmentation fault
  /^(?:addr2line|objdump|readelf|BFD|perf|dwfl|unwind): /,
  // Warning:   WARNING: …   Error:
  /^(?:warning|error):/i,
  // Processed 1000 events and lost 3 chunks!   Processed 20 samples and lost 12.50%!
  /^Processed \d+ (?:events|samples) and lost /,
  // Check IO/CPU overload!   Check /proc/sys/kernel/perf_event_max_sample_rate
  /^Check (?:IO\/CPU overload!|\/proc\/|kernel\.)/,
  // Failed to open /tmp/perf-12.map, continuing without symbols   /usr/lib/x.so with build id 0a1b not found, continuing without symbols
  / continuing without symbols$/,
  // no symbols found in /usr/bin/x, maybe install a debug package?
  /^no symbols found in /,
  // Cannot read kernel map   [unknown]: …   Can't annotate
  /^(?:Cannot|Can't|Couldn't|Failed to|Unable to) /,
];
const COMPLAINT = new RegExp(COMPLAINTS.map(({ source }) => source).join('|'), 'i');

/** Whether perf, or what it asks for source lines, complains of something in a line: `perf script > f 2>&1`. */
export function isComplaint(line: string): boolean {
  return COMPLAINT.test(line);
}

/** Whether a line tells more of the sample, or of the frame, that stands before it. Blank lines do not. */
export function isExtra(line: string): boolean {
  return EXTRA.test(line) || (line.startsWith(' ') && line.trim() !== '' && TRAILER.test(line));
}

// ` do_lookup_x+0x2b (/lib64/ld.so) =>     7f5f2f2f1b90 check_match+0x0 (/lib64/ld.so)`: where a branch went
const BRANCH_TO = /\) =>\s+[0-9a-f]+ /;

/** A frame on the event line without what follows its module there. */
export function withoutTrailer(line: string): string {
  const branch = line.includes(') => ') ? BRANCH_TO.exec(line) : null;
  const frame = branch === null ? line : line.slice(0, branch.index + 1);
  if (frame.endsWith(')')) return frame;
  const end = frame.lastIndexOf(')') + 1;
  return end > 0 && TRAILER.test(frame.slice(end)) ? frame.slice(0, end) : frame;
}

// `    7f9e956e5408    68100142 |OP LOAD|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A              42  ffffffff9b2012 a+0x3 (/x)`
const DATA_SOURCE = /^\|OP .*\|LCK [\w/]+(?:\|BLK\s+[\w/]+)?\s+(?:\d+\s+)*(?=[0-9a-f]+ \S)/;

/** A frame on the event line of perf mem without the data's address, source and latency before it. */
export function withoutDataSource(line: string): string {
  const start = line.indexOf('|OP ');
  const source = start < 0 ? null : DATA_SOURCE.exec(line.slice(start));
  return source === null ? line : line.slice(start + source[0].length);
}

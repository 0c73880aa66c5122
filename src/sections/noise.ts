/** What programs complain of beside a tool's output, where both went into one file (`> perf.txt 2>&1`). */

const NOISE: readonly RegExp[] = [
  // addr2line: /lib/x.ko.xz: file format not recognized       cmd__addr2line /usr/lib/x: could not read first record
  /^(?:\S{0,200}addr2line|cmd__addr2line|BFD|DWARF|objdump|nm): ?\S/,
  // Failed to open /tmp/perf-4242.map, continuing without symbols      no symbols found in /bin/dash, maybe install a debug package?
  /^(?:Failed to open |no symbols found in |Can't find guest |Couldn't )\S/,
  // [kernel.kallsyms] with build id 4bd0… not found, continuing without symbols
  /^\S{1,400} with build id [0-9a-f]{8,64} not found/,
  // Warning: Permanently added 'db1' (ED25519) to the list of known hosts.    Connection to db1 closed.
  /^(?:Warning: Permanently added |Connection to \S{1,253} closed|Pseudo-terminal will not be allocated)/,
  // sudo: unable to resolve host db1      [sudo] password for root:
  /^(?:sudo: unable to resolve host |\[sudo\] password for )/,
  // Linux OSWbb v7.3.3 dbhost1       SNAP_INTERVAL  30       OSWBB_ARCHIVE_DEST  /opt/oswbb/archive       of OSWatcher
  /^(?:Linux OSWbb v\S+ \S+|(?:SNAP_INTERVAL|CPU_COUNT|CPU_CORES|VCPUS|OSWBB_ARCHIVE_DEST)\s+\S+)\s*$/,
];

export function isStandingNoise(line: string): boolean {
  return line.length < 1000 && NOISE.some((pattern) => pattern.test(line));
}

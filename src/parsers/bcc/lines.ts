/** What these tools print around their results: banners, prompts, stamps, and words about what they lost. */
import { secondsOfDay } from '../stamps.ts';
import { isPreamble } from '../terminal.ts';

const NOISE: readonly RegExp[] = [
  // Tracing block device I/O... Hit Ctrl-C to end.   Tracing ext4 operations slower than 10 ms
  /^(?:Tracing|Sampling|Counting|Collecting|Running|Reading|Dump)\b.*(?:\.\.\.|Ctrl.C|slower than|higher than|operations|events| secs\.)/,
  // Display kvm exit reasons and statistics for all threads... Hit Ctrl-C to end.   Tracing ppc hcalls... Ctrl+C to quit.
  /^[A-Z].*(?:Hit )?Ctrl[-+]C to (?:end|quit|exit|stop)\.?$/,
  // Attaching 3 probes...
  /^Attach(?:ing|ed) (?:\d+ probes?(?:\.\.\.)?|kernel tracepoints for syscall tracing\.)$/,
  // Current kernel does not have __vfs_read, try vfs_read instead   (fileslower and its kin, since Linux 5.8)
  /^Current kernel does not have \w+, try \w+ instead$/,
  /^Histogram of read-?ahead used page age \(ms\):$/,
  /^(?:Detaching|Exiting)\b.*$/,
  /^(?:--|\[--\])$/,
  // @start: 4064438886907216   (a bpftrace script's own, left over when it ends)
  /^@start\w*(?:\[[^\]]*\])?: \d+$/,
];

/** Whether the line is on the list of lines that mean nothing. */
export function isNoise(line: string): boolean {
  return line.length < 300 && (isPreamble(line) || NOISE.some((pattern) => pattern.test(line)));
}

// Lost 764896 samples   Possibly lost 24 samples   lost 3 events on CPU #1   WARNING: 2 stack traces lost
// libbpf: elf: skipping unrecognized data section   /virtual/main.c:12:3: warning: …
const LOSS = /^(?:(?:Possibly )?[Ll]ost \d+ (?:samples|events)|WARNING: |libbpf: |\S{1,80}: warning: )/;
// Read-ahead unused pages: 6765   Readahead unused/total pages: 12/6765
// Total References: 7139900 Total Misses: 1413900 Hit Rate: 80.20%
const REMARK =
  /^(?:Read-?ahead unused(?:\/total)? pages: [\d/]+|Total References: \d+ Total Misses: \d+ Hit Rate: \S+)$/;

/** Whether the tool says something beside its numbers that a person should know: what it lost, what it left out. */
export function isRemark(line: string): boolean {
  return LOSS.test(line) || REMARK.test(line);
}

export interface Stamp {
  /** As printed, without brackets. */
  text: string;
  /** Seconds since local midnight. */
  at: number;
  /** In brackets, as argdist and syscount print it. */
  bracketed: boolean;
}

// 06:20:16   10:14:15:   [01:45:22]   2020-12-30 14:33:03   19:46:24 loadavg: 1.86 2.67 2.91 3/362 16681
// 13:01:01 Buffers MB: 76 / Cached MB: 114 / Sort: HITS / Order: ascending
const STAMP =
  /^(\[)?((?:\d{4}-\d{2}-\d{2}[ T])?(\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d+)?)):?\]?\s*(?:(?:loadavg|Buffers MB): .*)?$/;

/** The time that stands alone on its line, before what happened since the last; null for any other line. */
export function stampOf(line: string): Stamp | null {
  const match = line.length < 200 ? STAMP.exec(line) : null;
  if (match === null) return null;
  const [, bracket, text = '', hours, minutes, seconds] = match;
  const at = secondsOfDay(hours, minutes, seconds);
  return Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 61
    ? { text, at, bracketed: bracket !== undefined }
    : null;
}

/** Seconds since midnight of `07:38:50` or `07:38:50.123`; null for anything else. */
export function secondsOfClock(text: string): number | null {
  const match = /^(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)$/.exec(text);
  return match === null ? null : secondsOfDay(...match.slice(1));
}

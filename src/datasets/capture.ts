/** What `analyze` knows before anything is drawn: the host, what ran there, and what each file said. */
import type { Masking } from './masking.ts';
import type { Dataset } from './shapes.ts';

/** A line that no grammar could read, in words a person can act on. */
export interface Unread {
  line: number;
  text: string;
  why: string;
}

/** One file of tool output. Every line of it is read, known noise, or unread: lines = read + noise + unreadCount. */
export interface Source {
  name: string;
  tool: string;
  grammar: string;
  lines: number;
  read: number;
  noise: number;
  unreadCount: number;
  /** The first of them, up to `MAX_UNREAD_KEPT`. */
  unread: Unread[];
  /** What the tool itself said went wrong: lost events, throttling, missed stacks. */
  notes: string[];
  /** The text as printed, up to a limit; null where it was not kept (perf script). */
  raw: string | null;
  /** Index into the manifest's runs; null for a loose file. */
  run: number | null;
  /** How many bytes of it were read. */
  bytes?: number;
  /** The file it is a section of, where that holds several outputs; `name` without it. */
  file?: string;
  /** The line of the file that `raw` begins with; 1 without it. */
  firstLine?: number;
  /** The command that a heading or a prompt over it tells, where no manifest does. */
  command?: string;
  /** The host that the text itself names. */
  host?: string;
  /** How many CPUs that has, where the text tells. */
  cpus?: number;
}

/** Whose capture it is: as its manifest says, else as far as its files do; null where nothing does. */
export function hostOf({ manifest, host }: Pick<Capture, 'manifest' | 'host'>): Host | null {
  if (manifest !== null) return manifest.host;
  if (host?.hostname === undefined) return null;
  return { hostname: '', kernel: '', arch: '', os: '', cpus: null, memoryBytes: null, ...host };
}

/** How far the listing of unread lines goes; the count goes on. */
export const MAX_UNREAD_KEPT = 1000;

export interface Host {
  hostname: string;
  kernel: string;
  arch: string;
  os: string;
  cpus: number | null;
  memoryBytes: number | null;
  /** Names of disks and partitions by major:minor, as some tools print them: `{"254:0": "vda"}`. */
  disks?: Readonly<Record<string, string>>;
  /**
   * How the host is set up, by the name that the kernel or its documents use: `{"vm.swappiness": "60",
   * "disk.vda.scheduler": "none", "mitigation.spectre_v2": "Retpolines"}`, in the order written. Empty before version 2.
   */
  facts?: Readonly<Record<string, string>>;
}

/** Facts of a host that are counts of that moment, and no settings. */
export const COUNTED_FACTS: ReadonlySet<string> = new Set(['files.open', 'net.netfilter.nf_conntrack_count']);

export type Outcome =
  /** Ran and ended as asked. */
  | 'ok'
  /** Ran, and said by its exit status or its output that it failed. */
  | 'failed'
  /** Not installed on the host. */
  | 'missing'
  /** Left out: by the user, for lack of privilege, or because the host lacks what it traces. */
  | 'skipped'
  /** Stopped by a limit of the collector: output, disk or time. */
  | 'cut';

/** One recipe as it ran, or as it did not. */
export interface Run {
  tool: string;
  /** Which way the host had it: `perf`, `bcc`, `libbpf-tools`, `bpftrace`, `classic`, `proc`. */
  via: string;
  /** The exact command line, as a person would type it. */
  command: string;
  outcome: Outcome;
  /** Why it did not run or ended badly, in words; empty when ok. */
  reason: string;
  /** The file in the archive, or null where there is none. */
  file: string | null;
  /** What it printed on stderr. */
  stderr: string;
  /** Seconds since the capture started; the end is no later than that of the window. */
  started: number | null;
  ended: number | null;
  /**
   * Seconds since the capture started when the tool was attached to what it watches, or began its first interval: what came
   * before it did not see. Null where that is not known (before version 2, always).
   */
  attached: number | null;
  /** Seconds since the capture started when the tool wrote its last line; null or absent where that is not known. */
  lastPrinted?: number | null;
  /** Whether it attached after the window had begun: its own window is shorter. */
  late: boolean;
  status: number | null;
  bytes: number;
  /**
   * The tool's processes as they were seen when it had attached and when the window closed, without those of a command that
   * it was asked to run; empty where they are not known (before version 2, always). A process of theirs is the tool's too.
   */
  pids: readonly number[];
  /** CPU seconds, user and system, that the tool used in all, writing after the window included; null where not known. */
  cpu: number | null;
  /** Of these, until it was attached (compiling, mostly), and between the window's beginning and its end; null: not known. */
  cpuAttaching: number | null;
  cpuInWindow: number | null;
  /** Seconds between two reports of the tool (`vmstat 1`); null where it has none. */
  interval: number | null;
}

/** Something harmless that the collector did at a known moment, to be found again among what the tools saw. */
export interface Mark {
  kind: MarkKind;
  /** Seconds since the capture started, when it began and when it was done; `until` is null where it never was. */
  at: number;
  until: number | null;
  /** What tells it from the work of the host: an argument, a file's name. */
  word: string;
  pid: number | null;
}

/** A program was started, a file opened, a small file written and synced, a connection made over loopback. */
export type MarkKind = 'exec' | 'open' | 'fsync' | 'connect';

/** What a capture was narrowed to, where its tools can be: one process, or one control group, which may be a container's. */
export interface Narrowing {
  pid: number | null;
  /** The name of that process. */
  comm: string;
  container: string;
  cgroup: string;
}

export interface Manifest {
  /** The version of the manifest's format. */
  coldflame: 1 | 2;
  host: Host;
  /** What the collecting commands say of their version, by command: `{"perf": "perf version 6.1.192"}`. */
  versions: Record<string, string>;
  /**
   * Unix seconds, with fraction, when the capture started and when its window closed: what the tools wrote later, they
   * saw before.
   */
  started: number;
  ended: number;
  /**
   * Seconds since `started` when the window began: when the tools were attached. What was seen before is whole for those
   * alone that were attached by then. Null where it is not known (before version 2, always).
   */
  windowBegan: number | null;
  /** The monotonic clock when the capture started; null where the host did not tell. */
  monotonic: number | null;
  /** Seconds east of UTC on the host, and its zone's name as printed by date. */
  utcOffset: number;
  zone: string;
  /** Null or absent for the whole host, and where it is not known: older manifests say it in a note. */
  narrowed?: Narrowing | null;
  /**
   * Whose processes /proc showed: those of the whole host, or of the PID namespace that the script ran in alone, as a container's
   * does. Null or absent where it is not known.
   */
  processes?: 'host' | 'namespace' | null;
  /** What collecting cost and what was lost, in words: `perf: 12 lost events`. */
  notes: string[];
  /** The collecting script itself: its processes, and CPU seconds without the tools'; unknown before version 2. */
  collector: { pids: readonly number[]; cpu: number | null };
  marks: readonly Mark[];
  runs: Run[];
}

/** What the wall clock showed when the axis begins, by files that came without a manifest. */
export interface PrintedClock {
  /** Seconds since 1970 in the host's own zone, or UTC where `zoned`; since some midnight unless `dated`. */
  started: number;
  utcOffset: number;
  /** Whether the times are UTC; else nobody printed the zone. */
  zoned: boolean;
  /** Whether the day is known. */
  dated: boolean;
}

/** What tells the time of day on the axis. */
export type HostClock = Pick<Manifest, 'started' | 'utcOffset'> & Partial<Pick<PrintedClock, 'zoned' | 'dated'>>;

/** The host's clock: by the manifest, or as loose files print it; null where nothing tells it. */
export function hostClock({
  manifest,
  printedClock = null,
}: Pick<Capture, 'manifest' | 'printedClock'>): HostClock | null {
  return manifest ?? printedClock;
}

export interface Capture {
  /** The name of the file or folder that was read, for the title. */
  name: string;
  manifest: Manifest | null;
  /** What loose files tell of their host, where no manifest does. */
  host?: Partial<Host>;
  /** When it was made, in seconds since 1970-01-01 of the host's wall clock, where a bundle of support says so. */
  taken?: number;
  /** The names of files beside others that hold nothing of a known tool: they are not kept. */
  aside?: string[];
  /** Absent where no manifest is missed. */
  printedClock?: PrintedClock | null;
  /** What of the input was damaged or missing, in words; what was whole is in the rest. */
  damage: string[];
  sources: Source[];
  datasets: Dataset[];
  /** Absent where nothing was masked because nobody looked. */
  masking?: Masking;
}

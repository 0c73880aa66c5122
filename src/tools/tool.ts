/**
 * A tool of the catalogue is a row: what it answers, how to read it, what it prints, and how to collect it.
 * The row gives the report its section, docs/tools.md its entry and `coldflame tools` its line.
 */
import type { Column, StacksKind } from '../datasets/shapes.ts';
import type { SignalName } from '../datasets/signals.ts';

export const subsystems = [
  'cpu',
  'memory',
  'disk',
  'filesystem',
  'network',
  'language',
  'application',
  'kernel',
  'hypervisor',
  'container',
] as const;
export type Subsystem = (typeof subsystems)[number];

export const sets = ['60s', 'bcc', 'cpu', 'offcpu', 'memory', 'disk', 'filesystem', 'network'] as const;
/** A named group of recipes; `all` is every one of them. */
export type SetName = (typeof sets)[number];

/**
 * What the tool's output becomes. The grammars find the columns by name; the row says what they mean. A unit is that of
 * outputs that do not print one.
 */
export type Output =
  | { shape: 'stacks'; kind: StacksKind; unit: string }
  | { shape: 'histogram'; unit: string; tells?: SignalName }
  | { shape: 'counts'; unit: string; columns?: Columns; tells?: SignalName }
  | { shape: 'events'; columns: Columns; of?: EventKind }
  /**
   * A row for each thing and report; of those that did nothing there is none where the tool leaves them out. Counters are
   * the columns that count from boot or from when the thing was made: what they tell is their growth a second. Growth
   * itself may stand under the same names, as nstat prints it without -a: then a counter is what never falls.
   */
  | { shape: 'series'; columns: Columns; omitsIdle?: true; counters?: RegExp; mayBeGrowth?: true }
  | { shape: 'text' };

/** Columns by the name that the tool prints; versions that spell one otherwise have an entry for each spelling. */
export type Columns = Readonly<Record<string, ColumnMeaning>>;

export interface ColumnMeaning extends Partial<Pick<Column, 'type' | 'unit' | 'role'>> {
  /** The signal that its numbers are; several where labels or neighbours tell which. */
  tells?: Telling | readonly Telling[];
  /** What its cells are to whoever reads rows as events. */
  field?: EventField;
}

/** How a column tells a signal. Units that differ (KiB and bytes) are converted. */
export interface Telling {
  signal: SignalName;
  /** Only in a table that has this column or label too: sar prints `retrans/s` of NFS and of TCP. */
  beside?: string;
  /** Only where the labels of the row are these. */
  where?: Readonly<Record<string, string>>;
  /** It counts what fell into the interval: the signal is that a second. */
  amount?: true;
  /** Seconds that each value is the mean of, where that is not the interval between two reports. */
  over?: number;
  /** The column is a text, and the signal 1 where it begins so, else 0. */
  begins?: string;
  /** The first report covers the time since the process or the host started. */
  firstSinceStart?: true;
  /** The row of all CPUs is the sum of theirs, and the signal their mean. */
  sumOfCpus?: true;
}

/** What one row of an event table is. */
export type EventKind =
  | 'exec'
  | 'exit'
  | 'open'
  | 'stat'
  | 'block I/O'
  | 'file operation'
  | 'run queue wait'
  | 'direct reclaim'
  | 'OOM kill'
  | 'TCP connect'
  | 'TCP accept'
  | 'TCP session'
  | 'TCP retransmit'
  | 'TCP drop'
  | 'socket'
  | 'uninterruptible task'
  | 'name lookup'
  | 'query'
  | 'kernel lock'
  | 'kernel message'
  | 'thread switch';

/** What a cell of such a row is. Times, durations, processes and PIDs are known by their role. */
export type EventField =
  | 'parent'
  | 'arguments'
  | 'exit'
  | 'error'
  | 'path'
  | 'disk'
  | 'size'
  | 'queued'
  | 'operation'
  | 'host'
  | 'remote'
  | 'local'
  | 'port'
  | 'state'
  | 'flags'
  | 'reason'
  | 'query'
  | 'victim'
  | 'requester'
  | 'level'
  | 'facility'
  | 'message'
  | 'caller'
  | 'delay'
  | 'wait'
  | 'wait channel'
  | 'receive queue'
  | 'send queue'
  | 'control group'
  | 'command';

/** How much the tool costs the host while it runs, from what the tools' own documents say. */
type Overhead = 'none' | 'low' | 'moderate' | 'high';

/** What the capture is narrowed to: the whole host, one process, one control group, or a command it starts itself. */
type Target = 'host' | 'pid' | 'cgroup' | 'command';

/** One way a host may have the tool. The first recipe whose needs are met is taken. */
export interface Recipe {
  via: 'perf' | 'bcc' | 'libbpf-tools' | 'bpftrace' | 'classic' | 'proc';
  /**
   * The command's words. The first is the tool's plain name; `placesOf` (recipe.ts) tells where a host may have it
   * (`runqlat` by bcc is /usr/share/bcc/tools/runqlat or runqlat-bpfcc). Placeholders: `{seconds}`
   * length of the window, `{count}` reports in it, `{hz}` samples a second, `{callgraph}` how perf finds callers, `{data}`
   * a file for `after` to read, `{pid}` one process, `{user}` the collecting user's id, `{cgroup}` the folder of a control
   * group, `{cgroupname}` its name under the mount, `{command}` (a word of its own) the words of the command to run,
   * `{output}` a file whose content is wanted in place of stdout. A word that holds a placeholder without a value is left out; where the word is the
   * placeholder alone, the flag before it too.
   *
   * No `{cgroup}` for the libbpf-tools that pair two events (runqlat, biolatency, biosnoop, cpudist, hardirqs): they test
   * the group of whichever task happens to run at each of the two, and then time from a start that another request left.
   */
  command: readonly string[];
  /** Run after the window, at low priority and bounded; its stdout is then the output, and `{data}` is removed. */
  after?: readonly string[];
  /** Seconds between reports, where the tool prints more than one. */
  interval?: number;
  /** The tool ends by itself when the window ends; else it is interrupted. */
  ends: boolean;
  root: boolean;
  /** Open to ordinary users too where /proc/sys/kernel/perf_event_paranoid is at most this. */
  paranoid?: number;
  /** Taken only when the capture is narrowed so; without it, always. */
  target?: Target;
  /** Not run beside this tool unless asked for by name, for they answer the same or do each other harm. */
  without?: string;
  /** Paths that the host must have, such as /proc/pressure/cpu; without them the recipe is skipped and it is said. */
  needs?: readonly string[];
  /** How often it is tried where it ends at once, if more than once. */
  tries?: number;
  overhead: Overhead;
  /** A bpftrace program of our own, run in place of the tool: `bpftrace -e program`. */
  program?: string;
}

export interface Tool {
  name: string;
  subsystem: Subsystem;
  /** The question it answers, in one sentence that ends in a question mark. */
  asks: string;
  /** How to read it, the trap included. */
  reading: string;
  output: Output;
  sets: readonly SetName[];
  capture: readonly Recipe[];
}

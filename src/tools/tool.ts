/**
 * A tool of the catalogue is a row: what it answers, how to read it, what it prints, and how to collect it.
 * The row gives the report its section, docs/tools.md its entry and `coldflame tools` its line.
 */
import type { Column, StacksKind } from '../datasets/shapes.ts';

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
  | { shape: 'histogram'; unit: string }
  | { shape: 'counts'; unit: string; columns?: Readonly<Record<string, ColumnMeaning>> }
  | { shape: 'events'; columns: Readonly<Record<string, ColumnMeaning>> }
  | { shape: 'series'; columns: Readonly<Record<string, ColumnMeaning>> }
  | { shape: 'text' };

/** A column by the name that the tool prints; versions that spell it otherwise have an entry for each spelling. */
export type ColumnMeaning = Partial<Pick<Column, 'type' | 'unit' | 'role'>>;

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
   * length of the window, `{count}` reports in it, `{hz}` samples a second, `{data}` a file for `after` to read, `{pid}`
   * one process, `{user}` the collecting user's id, `{cgroup}` the folder of a control group, `{cgroupname}` its name
   * under the mount, `{command}` (a word of its own) the words of the command to run, `{output}` a file whose content is
   * wanted in place of stdout. A word that holds a placeholder without a value is left out; where the word is the
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

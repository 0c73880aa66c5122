/**
 * The six shapes. Everything a tool prints becomes one of these; what reads them knows the tool by name only.
 *
 * What is long lives in columns: one typed array for the times of all rows, one for each of their values. Row `i` of a
 * table is element `i` of each of its columns. Nobody loops over rows by hand who can ask columns.ts, cells.ts,
 * narrow.ts or one of the other operations beside this file.
 *
 * Times (`at`) are seconds on the dataset's clock, NaN where a row has none. Line numbers (`lines`) count from 1 in the
 * source the dataset came from: they are what lets a person follow a number in the report to the line that said it.
 */
import type { Profile } from './profile.ts';

/**
 * What a time (`at`) counts from before it is laid on the capture's axis (see clock.ts):
 *
 * - `monotonic`: seconds of the kernel's monotonic clock (perf -k mono, dmesg, bpf_ktime_get_ns)
 * - `perf`: seconds of perf's own clock, whose start is unknown
 * - `epoch`: seconds since 1970-01-01 UTC
 * - `day`: seconds since local midnight, as a printed `06:20:16`; past midnight it may go on beyond 86,400
 * - `local`: seconds since 1970-01-01 of the host's wall clock, as a printed date without a zone (`dmesg -T`)
 * - `year`: seconds since the beginning of a leap year, of a printed date without one (`Oct  9 14:03:20` of syslog)
 * - `elapsed`: seconds since the tool started (biosnoop's `TIME(s)`, the third line of `vmstat 1`)
 * - `capture`: seconds since the capture started: the axis itself
 */
export type Clock = 'monotonic' | 'perf' | 'epoch' | 'day' | 'local' | 'year' | 'elapsed' | 'capture';

/**
 * How wide the times of a dataset are, in seconds. What a row tells of happened between `at - span` and `at + grain`, and
 * all of it may lie earlier or later by `doubt`.
 */
export interface Timing {
  /** A row is about so many seconds before its time: the interval of `vmstat 1`. 0 where it is about a moment. */
  span: number;
  /** The stamp was cut to a multiple of this, so that the truth is up to so much later: 1 for `14:03:20`. */
  grain: number;
  /** How far the zero of the clock may be off, either way. */
  doubt: number;
}

interface Shape {
  /** Index into the capture's sources. */
  source: number;
  tool: string;
  title: string;
  /** What `at` counts from; null where the dataset has no time. */
  clock: Clock | null;
  /** How many seconds east of UTC the host's own clock was, where times of `epoch` were printed with its zone. */
  east?: number;
  /** Absent where each time is one moment, exactly. */
  timing?: Timing;
}

/** What a profile measures, which decides its colours and how its width is read. */
export type StacksKind = (typeof STACKS_KINDS)[number];
const STACKS_KINDS = ['on-cpu', 'off-cpu', 'wakeup', 'chain', 'memory', 'events'] as const;

/** Of a file that says it; undefined where that is none. */
export function stacksKindOf(text: string): StacksKind | undefined {
  return STACKS_KINDS.find((kind) => kind === text);
}

/** Whether it measures threads that wait: nothing of it ran, and every stack ends in the scheduler. */
export function isOfWaits(kind: StacksKind): boolean {
  return kind === 'off-cpu' || kind === 'wakeup' || kind === 'chain';
}

export interface Stacks extends Shape {
  shape: 'stacks';
  kind: StacksKind;
  /** The unit of the weights: `samples`, `usecs`, `bytes`, an event's name for periods. */
  unit: string;
  /** The event that was sampled (`cycles:u`), or bpftrace's map, where one is named: each is a profile of its own. */
  event?: string;
  /** The text itself marked its frames by kind (`_[k]`): exports then mark them too. */
  annotated?: boolean;
  profile: Profile;
}

/** Half open, in the dataset's unit; null is unbounded on that side. */
export type Bucket = readonly [low: number | null, high: number | null, count: number];

/**
 * Distributions as printed, one group each. The buckets of group `g` stand in the four columns from `starts[g]` up to
 * `starts[g + 1]`: ascending, not overlapping, with the empty ones that were printed.
 */
export interface Histogram extends Shape {
  shape: 'histogram';
  unit: string;
  /** What tells each group from the others, as printed: `{ disk: 'sda' }`, `{ time: '06:20:16' }`. */
  labels: Record<string, string>[];
  /** The time of each group. */
  at: Float64Array;
  /** One longer than there are groups. */
  starts: Uint32Array;
  /** The lower bound of each bucket, inside it; NaN is unbounded. */
  low: Float64Array;
  /** The upper bound of each bucket, outside it; NaN is unbounded. */
  high: Float64Array;
  counts: Float64Array;
  /** The line of each bucket. */
  lines: Uint32Array;
  /** Each group repeats what came before it (argdist -c): the last state stands for all. */
  cumulative: boolean;
}

export interface Column {
  name: string;
  type: 'number' | 'text';
  unit: string;
  /** What the column is for the pictures and findings; null for a plain one. */
  role: 'time' | 'duration' | 'size' | 'process' | 'pid' | null;
}

/** The cells of one column. Also a column of numbers may hold a text: `LL_MAX`, or more digits than a double can. */
export interface Cells {
  /** NaN where the cell is no number; empty where none is. */
  numbers: Float64Array;
  /** One more than the place of the cell's text in `texts`, 0 where the cell is no text; empty where none is. */
  ids: Uint32Array;
  /** Each text once, in the order in which they are first seen. */
  texts: string[];
}

/** A cell by itself: null where nothing was printed. */
export type Cell = number | string | null;

export interface Events extends Shape {
  shape: 'events';
  columns: Column[];
  /** Those of each column. */
  cells: Cells[];
  at: Float64Array;
  /** The line of each row: there are as many rows as lines. */
  lines: Uint32Array;
}

/** How often each key was counted, or what its value was: one item for each time that one was printed. */
export interface Counts extends Shape {
  shape: 'counts';
  unit: string;
  /** The items are of different kinds (cycles and page faults), which no sum has a meaning of. */
  noSum?: true;
  /** Each key once, in the order in which they are first seen. */
  keys: string[][];
  /** The place in `keys` of each item's key. */
  key: Uint32Array;
  values: Float64Array;
  /** The interval that an item was counted in. */
  at: Float64Array;
  lines: Uint32Array;
  /** Each interval repeats what came before it (argdist -c): the last state stands for all. */
  cumulative: boolean;
}

/** One metric of one thing (a disk, a CPU) over time. Those that were printed on the same lines share `at` and `lines`. */
export interface Metric {
  name: string;
  /** What the C locale calls it, where a tool printed `name` in another language and its place tells. */
  english?: string;
  labels: Record<string, string>;
  unit: string;
  /** NaN where neither a stamp nor an interval is known: then the order is all there is. */
  at: Float64Array;
  values: Float64Array;
  lines: Uint32Array;
  /** Where each value is the mean of many (see thin.ts): the least and the greatest of them. */
  spread?: { least: Float64Array; greatest: Float64Array };
  /** How many leading values are averages since boot (vmstat's and iostat's first report). */
  sinceBoot: number;
  /** It counts from boot or from when the thing was made: what it grows by is what tells (see counters.ts). */
  isCounter?: true;
}

export interface Series extends Shape {
  shape: 'series';
  metrics: Metric[];
}

export interface Text extends Shape {
  shape: 'text';
  lines: string[];
}

export type Dataset = Stacks | Histogram | Events | Counts | Series | Text;

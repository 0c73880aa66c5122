/**
 * The six shapes. Everything a tool prints becomes one of these; what reads them knows the tool by name only.
 *
 * Line numbers (`line`, `lines`) count from 1 in the source the dataset came from: they are what lets a person follow a
 * number in the report to the line that said it.
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
 * - `elapsed`: seconds since the tool started (biosnoop's `TIME(s)`, the third line of `vmstat 1`)
 * - `capture`: seconds since the capture started: the axis itself
 */
export type Clock = 'monotonic' | 'perf' | 'epoch' | 'day' | 'local' | 'elapsed' | 'capture';

interface Shape {
  /** Index into the capture's sources. */
  source: number;
  tool: string;
  title: string;
  /** What `at` counts from; null where the dataset has no time. */
  clock: Clock | null;
}

/** What a profile measures, which decides its colours and how its width is read. */
export type StacksKind = 'on-cpu' | 'off-cpu' | 'wakeup' | 'chain' | 'memory' | 'events';

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

export interface HistogramGroup {
  /** What tells this group from the others, as printed: `{ disk: 'sda' }`, `{ time: '06:20:16' }`. */
  labels: Record<string, string>;
  at: number | null;
  /** Ascending, not overlapping; empty buckets that were printed are kept. */
  buckets: Bucket[];
  /** The line of each bucket. */
  lines: number[];
}

export interface Histogram extends Shape {
  shape: 'histogram';
  unit: string;
  groups: HistogramGroup[];
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

export type Cell = number | string | null;

export interface Events extends Shape {
  shape: 'events';
  columns: Column[];
  rows: Cell[][];
  /** The time of each row on `clock`; empty where rows have no time. */
  at: (number | null)[];
  /** The line of each row. */
  lines: number[];
}

export interface CountItem {
  key: string[];
  value: number;
  /** The interval it was counted in, or null. */
  at: number | null;
  line: number;
}

export interface Counts extends Shape {
  shape: 'counts';
  unit: string;
  /** The items are of different kinds (cycles and page faults), which no sum has a meaning of. */
  noSum?: true;
  items: CountItem[];
  /** Each interval repeats what came before it (argdist -c): the last state stands for all. */
  cumulative: boolean;
}

export interface Metric {
  name: string;
  /** What the C locale calls it, where a tool printed `name` in another language and its place tells. */
  english?: string;
  labels: Record<string, string>;
  unit: string;
  /** `at` is null where neither a stamp nor an interval is known: then the order is all there is. */
  points: [at: number | null, value: number][];
  /** The line of each point. */
  lines: number[];
  /** How many leading points are averages since boot (vmstat's and iostat's first report). */
  sinceBoot: number;
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

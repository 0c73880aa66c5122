/** bcc's and libbpf-tools' histograms, as print_log2_hist() and print_linear_hist() print them. */
import { bucketColumns, type Group } from '../../datasets/buckets.ts';
import type { Bucket, Histogram } from '../../datasets/shapes.ts';
import type { ParseContext } from '../grammar.ts';
import { chooseTool } from './signatures.ts';

//      usecs               : count     distribution
//      usecs               : count    distribution
const HEADER = /^\s*(\S.{0,400}?)\s{0,400}:\s*count\s+distribution\s*$/;
//          8 -> 15         : 12       |********                              |
//          0          : 1776     |****************************************|
const ROW = /^\s*(-?\d+)(?: -> (-?\d+))?\s*:\s*(\d+)\s*\|[*+ ]*(?:\||$)\s*$/;
const MAX_LINE = 400;

export interface BucketRow {
  low: number;
  high: number;
  count: number;
  /** A row of a linear histogram tells only where its bucket begins. */
  linear: boolean;
}

/** The unit over the buckets; null for any other line. */
export function histogramUnit(line: string): string | null {
  return line.length > MAX_LINE || !line.includes('distribution') ? null : (HEADER.exec(line)?.[1] ?? null);
}

/** A bucket with its bounds half open; null for any other line. */
export function bucketRow(line: string): BucketRow | null {
  const match = line.length > MAX_LINE ? null : ROW.exec(line);
  if (match === null) return null;
  const [, first = '', last = first, printed = ''] = match;
  const [low, high, count] = [Number(first), Number(last) + 1, Number(printed)];
  // Damage can run two numbers together: a bound beyond what a double holds is not the one that was printed.
  if (!(low < high && Number.isSafeInteger(low) && Number.isSafeInteger(count))) return null;
  return { low, high, count, linear: match[2] === undefined };
}

// disk = 'sda'   Bucket disk = 'xvdb'   pid = 4242 tmux: server   backlog_max = 500L   disk = sda<TAB>flags = Write
const SECTION = /^([A-Za-z_][\w .-]{0,40}?) = (.*\S)\s*$/;

/** What tells the histogram below from the others, as printed but for quotes; null for any other line. */
export function sectionLabels(line: string): Record<string, string> | null {
  if (line.length > MAX_LINE || !line.includes(' = ')) return null;
  const labels: [string, string][] = [];
  for (const part of line.split('\t').filter((text) => text.trim() !== '')) {
    const match = SECTION.exec(part);
    if (match === null) return null;
    labels.push([match[1] as string, unquoted(match[2] as string)]);
  }
  // Not by assignment: a label may be called __proto__.
  return Object.fromEntries(labels);
}

// avg = 663 usecs, total: 16575 usecs, count: 25
const AVERAGE = /^avg = (\d+(?: \S+)?), total: (\d+(?: \S+)?), count: (\d+)\s*$/;

/** The average under a histogram (`-e`, funclatency); null for any other line. */
export function averageUnder(line: string): string | null {
  return line.length > MAX_LINE ? null : (AVERAGE.exec(line)?.[1] ?? null);
}

function unquoted(value: string): string {
  const match = /^b?(['"])(.*)\1$/.exec(value);
  return match === null ? value : (match[2] as string);
}

/** Who the histograms under one unit belong to. */
interface Owner {
  tool: string;
  unit: string;
}

/** Collects histograms; those of one tool and unit are one dataset. */
export class Histograms {
  private readonly context: ParseContext;
  private readonly byOwner = new Map<string, { owner: Owner; groups: Group[]; timed: boolean }>();
  private group: Group | null = null;

  constructor(context: ParseContext) {
    this.context = context;
  }

  /** Begins a histogram. Without buckets it is none, and is dropped at the end where there are others. */
  begin(owner: Owner, labels: Record<string, string>, at: number | null): void {
    const key = JSON.stringify([owner.tool, owner.unit]);
    const set = this.byOwner.get(key) ?? { owner, groups: [], timed: false };
    this.byOwner.set(key, set);
    this.group = { labels, at, buckets: [], lines: [] };
    set.groups.push(this.group);
    if (at !== null) set.timed = true;
  }

  get open(): Group | null {
    return this.group;
  }

  /** Ends the histogram: the next row is another's. */
  close(): void {
    this.group = null;
  }

  /** Whether the row is further up than the last one. */
  continues({ low, linear }: BucketRow): boolean {
    const last = this.group?.buckets.at(-1);
    if (this.group === null || last === undefined) return this.group !== null;
    // The last bucket of a linear histogram gives way to the next: where it ends is not printed.
    return low > (last[0] as number) && (linear || low >= (last[1] as number));
  }

  /** A linear bucket reaches to the next one: all of them are printed, in steps of any width. */
  add({ low, high, count, linear }: BucketRow, line: number): void {
    const { buckets = [], lines = [] } = this.group ?? {};
    const [from, , before] = buckets.at(-1) ?? [];
    const step = linear && typeof from === 'number' ? low - from : high - low;
    if (linear && typeof from === 'number' && before !== undefined) buckets[buckets.length - 1] = [from, low, before];
    buckets.push([low, low + step, count]);
    lines.push(line);
  }

  /** The histograms, one dataset each tool and unit; where nothing was counted at all, an empty one. */
  datasets(): Histogram[] {
    const sets = [...this.byOwner.values()];
    const counted = sets.filter(({ groups }) => groups.some(({ buckets }) => buckets.length > 0));
    return (counted.length > 0 ? counted : sets.slice(0, 1)).map(({ owner, groups, timed }) => {
      const full = groups.filter(({ buckets }) => buckets.length > 0);
      const inSteps = timed || this.context.interval === null ? false : countIntervals(full, this.context.interval);
      const clock = timed ? 'day' : inSteps ? 'elapsed' : null;
      const cumulative = owner.tool === 'argdist' && growing(full);
      return {
        shape: 'histogram',
        source: 0,
        title: this.context.name,
        clock,
        ...bucketColumns(full),
        cumulative,
        ...owner,
      };
    });
  }
}

/** Gives the groups without a stamp the end of their interval, as many intervals in as the same labels came before. */
function countIntervals(groups: readonly Group[], interval: number): boolean {
  const seen = new Map<string, number>();
  for (const group of groups) {
    const key = JSON.stringify(group.labels);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    group.at = count * interval;
  }
  return true;
}

/** Fewer intervals than this may all grow by chance. */
const MIN_STATES = 3;

/** Whether each histogram holds the one before it and more, as argdist -c prints them: nothing in the text says so. */
function growing(groups: readonly Group[]): boolean {
  const last = new Map<string, readonly Bucket[]>();
  let states = 0;
  for (const { labels, buckets } of groups) {
    const { time: _, ...rest } = labels;
    const key = JSON.stringify(rest);
    const before = last.get(key);
    if (before?.some(([low, , count]) => count > (buckets.find((bucket) => bucket[0] === low)?.[2] ?? 0))) return false;
    last.set(key, buckets);
    states++;
  }
  return states >= MIN_STATES * last.size;
}

/** The tool of a histogram, by what stood over it. */
export function histogramTool(candidates: readonly string[], unit: string, told: string | null): string {
  const byUnit = unit === 'runqlen' ? ['runqlen'] : unit === 'Kbytes' ? ['bitesize'] : candidates;
  return chooseTool(byUnit, told) ?? 'histogram';
}

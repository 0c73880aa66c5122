/** What differs between a part of the time and another: functions, processes, metrics, distributions, who came and who went. */
import { range as bucketRange, commas, percentText, quantity, rounded, scaledText } from '../../datasets/amounts.ts';
import { kindsOf } from '../../datasets/cells.ts';
import { isBeyondChance, percentileOf, samplesOf, seriesChanges } from '../../datasets/changes.ts';
import { withRates } from '../../datasets/counters.ts';
import { narrow, type Part, type Range } from '../../datasets/narrow.ts';
import type { Thread } from '../../datasets/profile.ts';
import type { Bucket, Dataset, Events, Histogram, Series, Stacks } from '../../datasets/shapes.ts';
import { hasTimes } from '../../datasets/times.ts';
import { type Axis, isOnAxis } from './axis.ts';
import { bucketChange, changeText } from './diff/change-numbers.ts';
import { distributionPairs, durationColumn, durationsOf, exactPercentile } from './diff/distributions.ts';

/** The two parts, and how long each is. */
export interface Parts {
  before: Part;
  after: Part;
  seconds: readonly [before: number, after: number];
}

/** A difference in words, and where it is seen. */
export interface Difference {
  what: string;
  /** Who told it. */
  tool: string;
  before: string;
  after: string;
  change: string;
  /** Index of the dataset. */
  dataset: number;
  /** From 0 to 1: how much it differs. Orders differences of one kind, not of two. */
  effect: number;
}

/** Of each kind, the greatest. */
const MOST = { processes: 4, functions: 3, metrics: 5, distributions: 3, comings: 4 } as const;
/** Shares that differ by less are no news. */
const LEAST_POINTS = 1;
/** A metric that differs by less, or less clearly. */
const LEAST_EFFECT = 0.15;
/** Rows that came or went: fewer say nothing. */
const LEAST_ROWS = 4;

/** @param base the rest of the time, or another range */
export function partsOf(range: Range, base: Range | 'rest', axis: Axis): Parts {
  const length = range.to - range.from;
  if (base === 'rest')
    return { before: { ...range, outside: true }, after: range, seconds: [axis.to - axis.from - length, length] };
  return { before: base, after: range, seconds: [base.to - base.from, length] };
}

/**
 * The greatest differences: processes and functions by their share of the CPU samples, metrics by their means,
 * distributions, and processes that a log has much more or less of.
 * @param isCollectors threads that say nothing of the host
 */
export function differences(
  datasets: readonly Dataset[],
  parts: Parts,
  axis: Axis,
  isCollectors: ((thread: Thread) => boolean) | null = null,
): Difference[] {
  const kinds: Record<keyof typeof MOST, Difference[]> = {
    processes: [],
    functions: [],
    metrics: [],
    distributions: [],
    comings: [],
  };
  datasets.forEach((dataset, index) => {
    if (!isOnAxis(dataset, axis) || !hasTimes(dataset)) return;
    if (dataset.shape === 'stacks') {
      const { processes, functions } = ofStacks(dataset, index, parts, isCollectors);
      kinds.processes.push(...processes);
      kinds.functions.push(...functions);
    } else if (dataset.shape === 'series') kinds.metrics.push(...ofSeries(dataset, index, parts));
    else if (dataset.shape === 'histogram') kinds.distributions.push(...ofHistogram(dataset, index, parts));
    else if (dataset.shape === 'events') {
      kinds.distributions.push(...ofDurations(dataset, index, parts));
      kinds.comings.push(...ofRows(dataset, index, parts));
    }
  });
  return Object.entries(kinds).flatMap(([kind, list]) => greatest(list, MOST[kind as keyof typeof MOST]));
}

/** The same thing told by two tools is one difference. */
function greatest(list: readonly Difference[], most: number): Difference[] {
  const seen = new Set<string>();
  return [...list]
    .sort((a, b) => b.effect - a.effect || a.dataset - b.dataset)
    .filter(({ what }) => !seen.has(what) && seen.add(what))
    .slice(0, most);
}

/** Shares of the samples, by process and by the function at the leaf; what chance makes as well is left out. */
function ofStacks(
  stacks: Stacks,
  index: number,
  parts: Parts,
  isCollectors: ((thread: Thread) => boolean) | null,
): { processes: Difference[]; functions: Difference[] } {
  const { profile, tool, kind } = stacks;
  const { samples, threads, frames, frame } = profile;
  if (samples === null || kind !== 'on-cpu') return { processes: [], functions: [] };
  const comms = [...new Set(threads.map(({ comm }) => comm))];
  const commOf = threads.map((thread) => (isCollectors?.(thread) ? -1 : comms.indexOf(thread.comm)));
  const [byComm, byFrame] = [new Shares(comms.length), new Shares(frames.names.length)];
  for (let i = 0; i < samples.at.length; i++) {
    const at = samples.at[i] as number;
    const comm = commOf[samples.thread[i] as number] as number;
    const side = sideOf(at, parts);
    if (side === null || comm < 0) continue;
    const weight = samples.weight === null ? 1 : (samples.weight[i] as number);
    byComm.add(side, comm, weight);
    const leaf = samples.stack[i] as number;
    if (leaf !== 0) byFrame.add(side, frame[leaf] as number, weight);
  }
  const counted = samplesOf(stacks) !== null;
  const say = (shares: Shares, names: readonly string[], what: (name: string) => string): Difference[] =>
    shares.told(counted).map(({ item, was, is }) => ({
      what: what(names[item] as string),
      tool,
      before: percentText(was),
      after: percentText(is),
      change: `${is >= was ? '+' : '−'}${commas(Math.abs(is - was), 1)} points`,
      dataset: index,
      effect: Math.abs(is - was) / 100,
    }));
  return {
    processes: say(byComm, comms, (name) => `CPU samples of ${name}`),
    functions: say(byFrame, frames.names, (name) => `CPU samples in ${name}`),
  };
}

/** 1 for the part that is looked at, 0 for what it is compared with, null for neither. */
function sideOf(at: number, { before, after }: Pick<Parts, 'before' | 'after'>): 0 | 1 | null {
  if (isIn(at, after)) return 1;
  return isIn(at, before) ? 0 : null;
}

function isIn(at: number, { from, to, outside = false }: Part): boolean {
  return outside ? at < from || at >= to : at >= from && at < to;
}

/** What each item weighs of two sides. */
class Shares {
  private readonly weights: readonly [Float64Array, Float64Array];
  private readonly whole = [0, 0];
  private readonly count = [0, 0];

  constructor(items: number) {
    this.weights = [new Float64Array(items), new Float64Array(items)];
  }

  add(side: 0 | 1, item: number, weight: number): void {
    const column = this.weights[side];
    column[item] = (column[item] as number) + weight;
    this.whole[side] = (this.whole[side] as number) + weight;
    this.count[side] = (this.count[side] as number) + 1;
  }

  /** Items whose share, in percent, differs by a point and by more than chance. */
  told(isSampled: boolean): { item: number; was: number; is: number }[] {
    const [before, after] = this.weights;
    const [wholeBefore = 0, wholeAfter = 0] = this.whole;
    if (wholeBefore === 0 || wholeAfter === 0) return [];
    const shares = Array.from(before, (weight, item) => ({
      item,
      was: (100 * weight) / wholeBefore,
      is: (100 * (after[item] as number)) / wholeAfter,
    }));
    return shares.filter(({ was, is }) => {
      if (Math.abs(is - was) < LEAST_POINTS) return false;
      return !isSampled || isBeyondChance({ before: was, after: is }, this.count[0] as number, this.count[1] as number);
    });
  }
}

function ofSeries(series: Series, index: number, { before, after }: Parts): Difference[] {
  const rates = withRates(series);
  return seriesChanges(narrow(rates, before), narrow(rates, after)).flatMap(
    ({ name, unit, before: was, after: is, effect }) => {
      if (was === null || is === null || effect < LEAST_EFFECT) return [];
      const amount = (value: number): string => meanText(value, unit);
      return [
        {
          what: `${series.tool} ${name}`,
          tool: series.tool,
          before: amount(was),
          after: amount(is),
          change: changeText(was, is),
          dataset: index,
          effect,
        },
      ];
    },
  );
}

function meanText(value: number, unit: string): string {
  if (unit === '%') return percentText(value);
  return value === 0 ? '0' : scaledText(value, unit);
}

function ofHistogram(histogram: Histogram, index: number, { before, after }: Parts): Difference[] {
  if (histogram.cumulative) return [];
  return distributionPairs(narrow(histogram, before), narrow(histogram, after)).flatMap(
    ({ name, before: b, after: a }) => {
      const [was, is] = [b && percentileOf(b, 99), a && percentileOf(a, 99)];
      if (was === null || is === null || isSameBucket(was, is)) return [];
      const text = ([low, high]: Bucket): string => bucketRange(low, high, histogram.unit);
      const size = ([low, high]: Bucket): number => high ?? low ?? 0;
      return [
        {
          what: `${histogram.tool}${name === '' ? '' : ` ${name}`}, 99th percentile`,
          tool: histogram.tool,
          before: text(was),
          after: text(is),
          change: bucketChange(was, is),
          dataset: index,
          effect: relative(size(was), size(is)),
        },
      ];
    },
  );
}

function isSameBucket(one: Bucket, other: Bucket): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

function ofDurations(events: Events, index: number, { before, after }: Parts): Difference[] {
  const column = events.columns[durationColumn(events)];
  if (column === undefined) return [];
  const [was, is] = [narrow(events, before), narrow(events, after)].map(
    (part) => exactPercentile(durationsOf(part), 99) ?? null,
  ) as [number | null, number | null];
  if (was === null || is === null || relative(was, is) < 0.5) return [];
  return [
    {
      what: `${column.name} of ${events.tool}, 99th percentile`,
      tool: events.tool,
      before: quantity(was, column.unit),
      after: quantity(is, column.unit),
      change: changeText(was, is),
      dataset: index,
      effect: relative(was, is),
    },
  ];
}

/** Who has many more rows of a log a second, or many fewer. */
function ofRows(events: Events, index: number, { before, after, seconds }: Parts): Difference[] {
  const cells = events.cells[events.columns.findIndex(({ role }) => role === 'process')];
  if (cells === undefined || events.columns.some(({ unit }) => unit === '%')) return [];
  const { kind, values } = kindsOf(cells, events.lines.length);
  const counts = [new Float64Array(values.length), new Float64Array(values.length)] as const;
  for (let row = 0; row < events.lines.length; row++) {
    const at = events.at[row] as number;
    const side = sideOf(at, { before, after });
    if (side === null) continue;
    const place = kind[row] as number;
    counts[side][place] = (counts[side][place] as number) + 1;
  }
  return values.flatMap((value, i) => {
    const rows = counts.map((column) => column[i] as number) as [number, number];
    const [was, is] = [rows[0] / seconds[0], rows[1] / seconds[1]];
    if (Math.max(...rows) < LEAST_ROWS || relative(was, is) < 0.8) return [];
    return [
      {
        what: `${events.tool} rows of ${String(value)}`,
        tool: events.tool,
        before: `${rounded(was)}/s`,
        after: `${rounded(is)}/s`,
        change: rows[0] === 0 ? 'came' : rows[1] === 0 ? 'went' : changeText(was, is),
        dataset: index,
        effect: relative(was, is) * Math.min(1, Math.max(...rows) / 100),
      },
    ];
  });
}

/** From 0, no difference, to 1, nothing of one. */
function relative(was: number, is: number): number {
  const most = Math.max(Math.abs(was), Math.abs(is));
  return most === 0 ? 0 : Math.abs(is - was) / most;
}

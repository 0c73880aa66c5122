/** Long datasets with fewer rows: what a picture or a small report has room for, so that no peak and no count is lost. */
import { commas } from './amounts.ts';
import { GrowingBuckets, groupsByName, mergedBuckets } from './buckets.ts';
import { hasTime, heaviestOf, picked } from './columns.ts';
import { GrowingCounts, sumsOfKeys } from './counts.ts';
import { extent, extentOf } from './extent.ts';
import type { Counts, Histogram, Metric, Series } from './shapes.ts';
import { timesOf } from './times.ts';

/**
 * Of each part in a row the least and the greatest value: their numbers, ascending. All of them where there are no more
 * than `keep`.
 *
 * @param keep at most so many; two for each part
 */
export function extremes(values: Float64Array, keep: number): Uint32Array {
  if (values.length <= keep) return Uint32Array.from(values, (_, i) => i);
  const parts = Math.max(1, keep >> 1);
  const kept = new Uint32Array(2 * parts);
  let count = 0;
  for (let part = 0; part < parts; part++) {
    const [start, end] = [startOf(part, parts, values), startOf(part + 1, parts, values)];
    let [least, greatest] = [start, start];
    for (let i = start + 1; i < end; i++) {
      if ((values[i] as number) < (values[least] as number)) least = i;
      if ((values[i] as number) > (values[greatest] as number)) greatest = i;
    }
    kept[count++] = Math.min(least, greatest);
    if (least !== greatest) kept[count++] = Math.max(least, greatest);
  }
  return kept.slice(0, count);
}

function startOf(part: number, parts: number, { length }: Float64Array): number {
  return Math.floor((part * length) / parts);
}

/** Steps a person can name, in seconds. */
const STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** The finest step that a person can name, and that cuts so many seconds into no more than `most` parts. */
export function stepFor(seconds: number, most: number): number {
  return STEPS.find((step) => seconds / step <= most) ?? 86_400 * Math.ceil(seconds / most / 86_400);
}

/** A step has three numbers in place of so many values: fewer are as well kept. */
const LEAST_GAIN = 4;
const LEAST_AGAIN = 1.5;

/** A dataset in steps of time, and how long those are. */
export interface InSteps<D> {
  dataset: D;
  /** Seconds; null where there are no times, so that a step is so many rows. */
  step: number | null;
}

/**
 * The series with a value for each step in place of many: their mean, with the least and the greatest of them beside it
 * (`Metric.spread`). Averages since boot stay as they are. Null where it is hardly longer than asked for.
 */
export function seriesInSteps(series: Series, most: number): InSteps<Series> | null {
  const longest = series.metrics.reduce((length, { values }) => Math.max(length, values.length), 0);
  const times = timesOf(series);
  if (longest <= most) return null;
  const [from, to] = extentOf(times);
  const step = from < to ? stepFor(to - from, most) : null;
  const each = step === null ? Math.ceil(longest / most) : (step * longest) / (to - from);
  if (each < (series.metrics.some(({ spread }) => spread !== undefined) ? LEAST_AGAIN : LEAST_GAIN)) return null;
  const parts = new Map(
    times.map((at) => [at, step === null ? partsOfOrder(at, Math.ceil(each)) : partsOfTime(at, from, step)]),
  );
  const columns = new Map<Uint32Array, Pick<Metric, 'at' | 'lines'>>();
  const metrics = series.metrics.map((metric) => thinner(metric, parts.get(metric.at) as Uint32Array, columns));
  return { dataset: { ...series, ...(step !== null && { timing: wider(series, step) }), metrics }, step };
}

/** So many rows are a part, where they have no times. */
function partsOfOrder({ length }: Float64Array, each: number): Uint32Array {
  return Uint32Array.from({ length: Math.ceil(length / each) + 1 }, (_, part) => Math.min(part * each, length));
}

/** Where each step begins: the numbers of the first rows, and behind them how many rows there are. */
function partsOfTime(at: Float64Array, from: number, step: number): Uint32Array {
  const starts: number[] = [];
  let last = Number.NaN;
  for (let i = 0; i < at.length; i++) {
    const part = Math.floor(((at[i] as number) - from) / step);
    // A row without a time, or out of order, begins another.
    if (part !== last) starts.push(i);
    last = part;
  }
  return Uint32Array.from([...starts, at.length]);
}

function thinner(metric: Metric, starts: Uint32Array, known: Map<Uint32Array, Pick<Metric, 'at' | 'lines'>>): Metric {
  const { sinceBoot } = metric;
  const own = withBoot(starts, sinceBoot);
  const parts = own.length - 1;
  // A counter is where it stood at the end: its growth over a step is all there was.
  if (metric.isCounter) {
    const last = Float64Array.from(
      { length: parts },
      (_, part) => metric.values[(own[part + 1] as number) - 1] as number,
    );
    return { ...metric, ...rowsOf(metric, own, known), values: last };
  }
  const { least: before = metric.values, greatest: above = metric.values } = metric.spread ?? {};
  const [values, least, greatest] = [new Float64Array(parts), new Float64Array(parts), new Float64Array(parts)];
  for (let part = 0; part < parts; part++) {
    const [start, end] = [own[part] as number, own[part + 1] as number];
    let [sum, low, high] = [0, Infinity, -Infinity];
    for (let i = start; i < end; i++) {
      sum += metric.values[i] as number;
      low = Math.min(low, before[i] as number);
      high = Math.max(high, above[i] as number);
    }
    [values[part], least[part], greatest[part]] = [sum / (end - start), low, high];
  }
  roundOff(values, extent(greatest)[1]);
  return { ...metric, ...rowsOf(metric, own, known), values, spread: { least, greatest } };
}

/** A mean tells no more than what it is of: four digits of the greatest value, and what follows them is noise. */
function roundOff(means: Float64Array, greatest: number): void {
  const scale = 10 ** Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(Math.abs(greatest) || 1))));
  for (let i = 0; i < means.length; i++) means[i] = Math.round((means[i] as number) * scale) / scale;
}

/** The rows that are averages since boot stand by themselves. */
function withBoot(starts: Uint32Array, sinceBoot: number): Uint32Array {
  if (sinceBoot === 0) return starts;
  const boot = Array.from({ length: sinceBoot + 1 }, (_, i) => i);
  return Uint32Array.from([...boot, ...starts.filter((start) => start > sinceBoot)]);
}

/** A step has the time of its last row and the line of its first; metrics that shared them share them again. */
function rowsOf(
  { at, lines, sinceBoot }: Metric,
  starts: Uint32Array,
  known: Map<Uint32Array, Pick<Metric, 'at' | 'lines'>>,
): Pick<Metric, 'at' | 'lines'> {
  const shared = sinceBoot === 0 ? known.get(lines) : undefined;
  if (shared !== undefined) return shared;
  const rows = {
    at: picked(
      at,
      starts.subarray(1).map((end) => end - 1),
    ),
    lines: picked(lines, starts.subarray(0, -1)),
  };
  if (sinceBoot === 0) known.set(lines, rows);
  return rows;
}

/** The counts of several intervals added up; of a tool that accumulates the last of them. Null where there are no more. */
export function countsInSteps(counts: Counts, most: number): InSteps<Counts> | null {
  const { at, key, values, lines, keys, cumulative } = counts;
  const step = stepOver(at, most);
  if (step === null) return null;
  const items = new GrowingCounts();
  const open = new Map<number, { part: number; value: number; at: number; line: number }>();
  const close = (place: number): void => {
    const item = open.get(place);
    if (item !== undefined) items.add(keys[place] as string[], item.value, item.at, item.line);
  };
  for (let i = 0; i < key.length; i++) {
    const place = key[i] as number;
    const part = Math.floor((at[i] as number) / step);
    const item = open.get(place);
    if (item?.part === part) {
      item.value = cumulative ? (values[i] as number) : item.value + (values[i] as number);
      item.at = at[i] as number;
    } else {
      close(place);
      open.set(place, { part, value: values[i] as number, at: at[i] as number, line: lines[i] as number });
    }
  }
  for (const place of open.keys()) close(place);
  return { dataset: { ...counts, ...items.build(), timing: wider(counts, step) }, step };
}

/** The greatest keys, and for each interval all others added up; null where there are no more, or they have no sum. */
export function countsOfKeys(counts: Counts, most: number): Counts | null {
  const { keys, key, values, at, lines, noSum } = counts;
  if (keys.length <= most || noSum) return null;
  const sums = sumsOfKeys(counts).map(Math.abs);
  const kept = new Uint8Array(keys.length);
  for (const place of heaviestOf(sums, most)) kept[place] = 1;
  const items = new GrowingCounts();
  const others = new Map<number, { value: number; line: number }>();
  for (let i = 0; i < key.length; i++) {
    const place = key[i] as number;
    const [value, line] = [values[i] as number, lines[i] as number];
    if (kept[place] === 1) items.add(keys[place] as string[], value, at[i] as number, line);
    else {
      const sum = others.get(at[i] as number) ?? { value: 0, line };
      sum.value += value;
      others.set(at[i] as number, sum);
    }
  }
  const name = [`${commas(keys.length - most)} other keys`];
  for (const [time, { value, line }] of others) items.add(name, value, time, line);
  return { ...counts, ...items.build() };
}

/** The groups of several intervals added up, those of each set of labels by themselves; of a tool that accumulates the last. */
export function histogramInSteps(histogram: Histogram, most: number): InSteps<Histogram> | null {
  const step = stepOver(histogram.at, most);
  if (step === null) return null;
  const steps = new GrowingBuckets();
  for (const groups of groupsByName(histogram).values())
    for (const part of partsOfGroups(groups, histogram.at, step)) {
      const last = part.at(-1) as number;
      const labels = histogram.labels[last] as Record<string, string>;
      const line = histogram.lines[histogram.starts[part[0] as number] as number] ?? 0;
      steps.begin(labels, histogram.at[last] as number);
      for (const [low, high, count] of mergedBuckets(histogram, histogram.cumulative ? [last] : part))
        steps.add(low, high, count, line);
    }
  return { dataset: { ...histogram, ...steps.build(), timing: wider(histogram, step) }, step };
}

function partsOfGroups(groups: readonly number[], at: Float64Array, step: number): number[][] {
  const parts: number[][] = [];
  let last = Number.NaN;
  for (const group of groups) {
    const part = Math.floor((at[group] as number) / step);
    if (part === last) parts.at(-1)?.push(group);
    else parts.push([group]);
    last = part;
  }
  return parts;
}

/** The step that leaves no more than so many intervals; null where there are no more, or no times. */
function stepOver(at: Float64Array, most: number): number | null {
  if (!hasTime(at)) return null;
  const [from, to] = extent(at);
  return new Set(at).size <= most || to <= from ? null : stepFor(to - from, most);
}

function wider({ timing }: Counts | Histogram | Series, step: number): NonNullable<Counts['timing']> {
  const { span = 0, grain = 0, doubt = 0 } = timing ?? {};
  return { span: Math.max(span, step), grain, doubt };
}

/**
 * A dataset as CSV (RFC 4180, by papaparse), one line per stack, bucket, row, count or point. Names come from other
 * people's processes: a text that a spreadsheet would run as a formula gets a leading quote.
 */
import Papa from 'papaparse';
import { groupLabels, groupsIn } from '../datasets/buckets.ts';
import { rowAt, rowCount } from '../datasets/cells.ts';
import { timeAt } from '../datasets/columns.ts';
import { itemsIn, keyWidth } from '../datasets/counts.ts';
import { stackPath } from '../datasets/fold.ts';
import { FORMULA } from '../datasets/formula.ts';
import { labelNames, labelOf } from '../datasets/labels.ts';
import type { Cell, Counts, Dataset, Histogram, Series } from '../datasets/shapes.ts';
import { hasTimes } from '../datasets/times.ts';
import { MOMENT } from '../datasets/timing.ts';

/** How many rows are made into text at once. */
const BATCH = 1000;

/** A row, when it was on the dataset's clock, and whether it is an average since boot. */
type CsvRow = readonly [row: Cell[], at: number | null, isSinceBoot?: boolean];

/** What stands behind a row's own columns: a name, and what it says of a row. */
type Behind = readonly [name: string, cell: (at: number | null, isSinceBoot: boolean) => Cell];

/**
 * @param started of the capture, in Unix seconds; null where that is not known
 * @returns the header line and then the rows, in chunks of text. Times (`at`) are seconds on the dataset's clock, and where a
 * row is about more than a moment `from` and `to` are its ends; `since boot` is 1 for averages since then. Where the wall clock
 * is known, `unix time` stands last, to join with other logs
 */
export function* toCsv(dataset: Dataset, started: number | null = null): Generator<string> {
  const behind = behindRows(dataset, started);
  yield unparse([[...headerOf(dataset), ...behind.map(([name]) => name)]]);
  let batch: Cell[][] = [];
  for (const [row, at, isSinceBoot = false] of recordsOf(dataset)) {
    batch.push(behind.length === 0 ? row : [...row, ...behind.map(([, cell]) => cell(at, isSinceBoot))]);
    if (batch.length === BATCH) {
      yield unparse(batch);
      batch = [];
    }
  }
  if (batch.length > 0) yield unparse(batch);
}

function behindRows(dataset: Dataset, started: number | null): Behind[] {
  const { shape, clock, timing = MOMENT } = dataset;
  if (shape === 'stacks' || clock === null || !hasTimes(dataset)) return [];
  const behind: Behind[] = [];
  const timed = (name: string, value: (at: number) => number): Behind => [
    name,
    (at) => (at === null ? null : toMicroseconds(value(at))),
  ];
  if (shape === 'events') behind.push(timed('at', (at) => at));
  if (timing.span > 0 || timing.grain > 0)
    behind.push(
      timed('from', (at) => at - timing.span),
      timed('to', (at) => at + timing.grain),
    );
  if (shape === 'series' && dataset.metrics.some(({ sinceBoot }) => sinceBoot > 0))
    behind.push(['since boot', (_, isSinceBoot) => (isSinceBoot ? 1 : 0)]);
  if (clock === 'capture' && started !== null) behind.push(timed('unix time', (at) => started + at));
  return behind;
}

/** To the microsecond: a double tells no more of a time since 1970. */
function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** Papa's own expression for formulas does not see a text with a line end in it. */
function unparse(rows: Cell[][]): string {
  return `${Papa.unparse(rows, { escapeFormulae: FORMULA, newline: '\n' })}\n`;
}

function headerOf(dataset: Dataset): string[] {
  switch (dataset.shape) {
    case 'stacks':
      return ['stack', dataset.unit];
    case 'histogram':
      return [...labelNames(groupLabels(dataset)), 'at', `low (${dataset.unit})`, `high (${dataset.unit})`, 'count'];
    case 'events':
      return dataset.columns.map(({ name, unit }) => (unit === '' || name.includes(unit) ? name : `${name} (${unit})`));
    case 'counts':
      return [...keyNames(dataset), 'at', dataset.unit];
    case 'series':
      return ['metric', ...labelNames(dataset.metrics), 'unit', 'at', 'value'];
    case 'text':
      return ['line'];
  }
}

function* recordsOf(dataset: Dataset): Generator<CsvRow> {
  switch (dataset.shape) {
    case 'stacks': {
      const { profile } = dataset;
      for (let node = 0; node < profile.self.length; node++) {
        const weight = profile.self[node] as number;
        if (weight !== 0) yield [[stackPath(profile, node).join(';'), weight], null];
      }
      return;
    }
    case 'histogram':
      yield* histogramRows(dataset);
      return;
    case 'events':
      for (let row = 0; row < rowCount(dataset); row++) yield [rowAt(dataset, row), timeAt(dataset.at, row)];
      return;
    case 'counts': {
      const width = keyNames(dataset).length;
      for (const { key, value, at } of itemsIn(dataset)) yield [[...padded(key, width), at, value], at];
      return;
    }
    case 'series':
      yield* seriesRows(dataset);
      return;
    case 'text':
      for (const line of dataset.lines) yield [[line], null];
  }
}

function* histogramRows(histogram: Histogram): Generator<CsvRow> {
  const labels = labelNames(groupLabels(histogram));
  for (const group of groupsIn(histogram)) {
    const told = labels.map((label) => labelOf(group, label));
    for (const bucket of group.buckets) yield [[...told, group.at, ...bucket], group.at];
  }
}

function* seriesRows({ metrics }: Series): Generator<CsvRow> {
  const labels = labelNames(metrics);
  for (const { name, unit, at, values, sinceBoot, ...metric } of metrics) {
    const told = labels.map((label) => labelOf(metric, label));
    for (let i = 0; i < values.length; i++) {
      const time = timeAt(at, i);
      yield [[name, ...told, unit, time, values[i] as number], time, i < sinceBoot];
    }
  }
}

/** `key`, or `key 1`, `key 2` … for the longest key there is. */
function keyNames(counts: Counts): string[] {
  const width = keyWidth(counts);
  return width <= 1 ? ['key'] : Array.from({ length: width }, (_, i) => `key ${i + 1}`);
}

function padded(key: readonly string[], width: number): Cell[] {
  return Array.from({ length: width }, (_, i) => key[i] ?? null);
}

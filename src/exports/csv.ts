/**
 * A dataset as CSV (RFC 4180, by papaparse), one line per stack, bucket, row, count or point. Names come from other
 * people's processes: a text that a spreadsheet would run as a formula gets a leading quote.
 */
import Papa from 'papaparse';
import { groupLabels, groupsIn } from '../datasets/buckets.ts';
import { rowsOf } from '../datasets/cells.ts';
import { timeAt } from '../datasets/columns.ts';
import { itemsIn, keyWidth } from '../datasets/counts.ts';
import { stackPath } from '../datasets/fold.ts';
import { FORMULA } from '../datasets/formula.ts';
import { labelNames, labelOf } from '../datasets/labels.ts';
import type { Cell, Counts, Dataset, Histogram, Series } from '../datasets/shapes.ts';

/** How many rows are made into text at once. */
const BATCH = 1000;

/** @returns the header line and then the rows, in chunks of text. Times are seconds on the dataset's clock. */
export function* toCsv(dataset: Dataset): Generator<string> {
  yield unparse([headerOf(dataset)]);
  let batch: Cell[][] = [];
  for (const row of recordsOf(dataset)) {
    batch.push(row);
    if (batch.length === BATCH) {
      yield unparse(batch);
      batch = [];
    }
  }
  if (batch.length > 0) yield unparse(batch);
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

function* recordsOf(dataset: Dataset): Generator<Cell[]> {
  switch (dataset.shape) {
    case 'stacks': {
      const { profile } = dataset;
      for (let node = 0; node < profile.self.length; node++) {
        const weight = profile.self[node] as number;
        if (weight !== 0) yield [stackPath(profile, node).join(';'), weight];
      }
      return;
    }
    case 'histogram':
      yield* histogramRows(dataset);
      return;
    case 'events':
      yield* rowsOf(dataset);
      return;
    case 'counts': {
      const width = keyNames(dataset).length;
      for (const { key, value, at } of itemsIn(dataset)) yield [...padded(key, width), at, value];
      return;
    }
    case 'series':
      yield* seriesRows(dataset);
      return;
    case 'text':
      for (const line of dataset.lines) yield [line];
  }
}

function* histogramRows(histogram: Histogram): Generator<Cell[]> {
  const labels = labelNames(groupLabels(histogram));
  for (const group of groupsIn(histogram)) {
    const told = labels.map((label) => labelOf(group, label));
    for (const bucket of group.buckets) yield [...told, group.at, ...bucket];
  }
}

function* seriesRows({ metrics }: Series): Generator<Cell[]> {
  const labels = labelNames(metrics);
  for (const { name, unit, at, values, ...metric } of metrics) {
    const told = labels.map((label) => labelOf(metric, label));
    for (let i = 0; i < values.length; i++) yield [name, ...told, unit, timeAt(at, i), values[i] as number];
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

/** Every shape as a table: what the page shows under each picture, and what it can sort, filter and narrow. */
import { labelNames, labelOf } from '../../datasets/labels.ts';
import type { Cell, Counts, Dataset, Events, Histogram, Metric, Series } from '../../datasets/shapes.ts';
import { type FunctionRow, functionRows } from '../flame/functions.ts';

export interface TableColumn {
  name: string;
  type: 'number' | 'text' | 'time';
  unit: string;
}

export interface Table {
  columns: TableColumn[];
  rows: Cell[][];
  /** The line of each row in the source; empty where rows come from many lines. */
  lines: number[];
  /** The time of each row on the dataset's clock; empty where rows have none. */
  at: (number | null)[];
  /** The column to sort by at first, largest on top; null keeps the order of the tool. */
  heaviest: number | null;
}

const TIME: TableColumn = { name: 'time', type: 'time', unit: '' };

/** The table of a dataset; null for plain text, which is its own. */
export function tableOf(dataset: Dataset): Table | null {
  switch (dataset.shape) {
    case 'stacks':
      return functionTable(functionRows(dataset.profile), dataset.unit);
    case 'histogram':
      return histogramTable(dataset);
    case 'events':
      return eventsTable(dataset);
    case 'counts':
      return countsTable(dataset);
    case 'series':
      return seriesTable(dataset);
    case 'text':
      return null;
  }
}

/** Functions by the weight of the samples that ended in them, and of those they were anywhere in. */
export function functionTable(functions: readonly FunctionRow[], unit: string): Table {
  const whole = functions.reduce((sum, { self }) => sum + self, 0);
  const share = (weight: number): number => (whole === 0 ? 0 : Math.round((10_000 * weight) / whole) / 100);
  return {
    columns: [
      { name: 'function', type: 'text', unit: '' },
      { name: 'self', type: 'number', unit },
      { name: 'self %', type: 'number', unit: '%' },
      { name: 'total', type: 'number', unit },
      { name: 'total %', type: 'number', unit: '%' },
      { name: 'module', type: 'text', unit: '' },
    ],
    rows: functions.map(({ name, self, total, module }) => [name, self, share(self), total, share(total), module]),
    lines: [],
    at: [],
    heaviest: 1,
  };
}

function histogramTable(dataset: Histogram): Table {
  const labels = labelNames(dataset.groups);
  const timed = dataset.groups.some(({ at }) => at !== null);
  const table: Table = {
    columns: [
      ...(timed ? [TIME] : []),
      ...labels.map((name): TableColumn => ({ name, type: 'text', unit: '' })),
      { name: 'from', type: 'number', unit: dataset.unit },
      { name: 'below', type: 'number', unit: dataset.unit },
      { name: 'count', type: 'number', unit: '' },
    ],
    rows: [],
    lines: [],
    at: [],
    heaviest: null,
  };
  for (const group of dataset.groups)
    group.buckets.forEach(([low, high, count], i) => {
      const texts = labels.map((name) => labelOf(group, name));
      table.rows.push([...(timed ? [group.at] : []), ...texts, low, high, count]);
      table.lines.push(group.lines[i] ?? 0);
      if (timed) table.at.push(group.at);
    });
  return table;
}

function eventsTable({ columns, rows, at, lines }: Events): Table {
  const heaviest = columns.findIndex(({ role, type }) => role === 'duration' && type === 'number');
  return {
    columns: columns.map(({ name, type, unit }) => ({ name, type, unit })),
    rows,
    lines,
    at,
    heaviest: heaviest < 0 ? null : heaviest,
  };
}

function countsTable({ items, unit }: Counts): Table {
  const width = items.reduce((most, { key }) => Math.max(most, key.length), 1);
  const timed = items.some(({ at }) => at !== null);
  const keys = Array.from({ length: width }, (_, i): TableColumn => {
    return { name: width === 1 ? 'what' : `key ${i + 1}`, type: 'text', unit: '' };
  });
  return {
    columns: [...(timed ? [TIME] : []), ...keys, { name: unit || 'count', type: 'number', unit: '' }],
    rows: items.map(({ key, value, at }) => [...(timed ? [at] : []), ...keys.map((_, i) => key[i] ?? null), value]),
    lines: items.map(({ line }) => line),
    at: timed ? items.map(({ at }) => at) : [],
    heaviest: width + (timed ? 1 : 0),
  };
}

/** One row for each line of the tool: the metrics that share time and labels side by side. */
function seriesTable({ metrics }: Series): Table {
  const names = [...new Set(metrics.map(({ name }) => name))];
  const labels = labelNames(metrics);
  const timed = metrics.some(({ points }) => points.some(([at]) => at !== null));
  const rows = new Map<string, { at: number | null; line: number; cells: Cell[] }>();
  metrics.forEach((metric) => {
    const column = names.indexOf(metric.name);
    const texts = labels.map((name) => labelOf(metric, name));
    metric.points.forEach(([at, value], i) => {
      const line = metric.lines[i] ?? 0;
      const key = JSON.stringify([texts, at, at === null ? i : line]);
      const row = rows.get(key) ?? { at, line, cells: [...texts, ...names.map(() => null)] };
      row.cells[labels.length + column] = value;
      rows.set(key, row);
    });
  });
  const sorted = [...rows.values()].sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || a.line - b.line);
  return {
    columns: [
      ...(timed ? [TIME] : []),
      ...labels.map((name): TableColumn => ({ name, type: 'text', unit: '' })),
      ...names.map((name): TableColumn => ({ name, type: 'number', unit: unitOf(metrics, name) })),
    ],
    rows: sorted.map(({ at, cells }) => (timed ? [at, ...cells] : cells)),
    lines: sorted.map(({ line }) => line),
    at: timed ? sorted.map(({ at }) => at) : [],
    heaviest: null,
  };
}

function unitOf(metrics: readonly Metric[], name: string): string {
  return metrics.find((metric) => metric.name === name)?.unit ?? '';
}

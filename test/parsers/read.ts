/** What tests of the line grammars look for in a reading. */
import type { Cell, Dataset, Events, Metric, Series } from '../../src/datasets/shapes.ts';
import type { Parsed } from '../../src/parsers/grammar.ts';
import { rowsOf as rowsIn } from '../plain.ts';

export function seriesOf(datasets: readonly Dataset[]): Series[] {
  return datasets.filter((dataset) => dataset.shape === 'series');
}

export function eventsOf(datasets: readonly Dataset[]): Events[] {
  return datasets.filter((dataset) => dataset.shape === 'events');
}

/** The one metric of a name, and of a label's value where one is given. */
export function metric({ datasets }: Parsed, name: string, label?: string): Metric {
  const found = seriesOf(datasets)
    .flatMap(({ metrics }) => metrics)
    .filter((one) => one.name === name && (label === undefined || Object.values(one.labels).includes(label)));
  if (found.length !== 1) throw new Error(`${found.length} metrics are ${name} ${label ?? ''}`);
  return found[0] as Metric;
}

export function valuesOf(parsed: Parsed, name: string, label?: string): number[] {
  return [...metric(parsed, name, label).values];
}

/** The rows of the first table of events, by the names of their columns. */
export function rowsOf({ datasets }: Parsed): Record<string, Cell>[] {
  const [table] = eventsOf(datasets);
  return (table === undefined ? [] : rowsIn(table)).map((row) => {
    return Object.fromEntries(row.map((cell, i) => [(table as Events).columns[i]?.name ?? '', cell]));
  });
}

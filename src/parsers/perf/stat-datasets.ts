/** What perf stat counted, as datasets: counts and a table of all that is said of them, or series where it was by interval. */
import { GrowingCounts } from '../../datasets/counts.ts';
import type { Counts, Dataset, Events, Series } from '../../datasets/shapes.ts';
import { type ColumnPlan, EventsBuilder } from '../events-builder.ts';
import { SeriesBuilder } from '../series-builder.ts';
import type { Counter } from './stat-line.ts';

type Line = { line: number };
export type Time = Line & { name: string; value: number; variance: number | null };

/** One output of perf stat. */
export interface Block {
  /** What was watched, as perf says. */
  title: string;
  counters: (Counter & Line)[];
  times: Time[];
}

const TOOL = 'perf-stat';

export function datasetsOf(block: Block): Dataset[] {
  if (block.counters.some(({ at }) => at !== null)) return seriesOf(block);
  return block.counters.length + block.times.length === 0 ? [] : [...countsOf(block), tableOf(block)];
}

/** One dataset for each unit, for they share no axis; those without a unit first, which most counters are. */
function countsOf({ title, counters, times }: Block): Counts[] {
  const byUnit = new Map([['', new GrowingCounts()]]);
  const add = (unit: string, key: string[], value: number, line: number) => {
    const items = byUnit.get(unit) ?? new GrowingCounts();
    byUnit.set(unit, items);
    items.add(key, value, null, line);
  };
  for (const { event, labels, value, unit, line } of counters)
    if (value !== null) add(unit, [event, ...Object.values(labels)], value, line);
  for (const { name, value, line } of times) add('s', [name], value, line);
  return [...byUnit]
    .filter(([, items]) => items.length > 0)
    .map(([unit, items]) => ({
      shape: 'counts',
      source: 0,
      tool: TOOL,
      title: unit === '' ? title : `${title} (${unit})`,
      clock: null,
      unit,
      noSum: true,
      ...items.build(),
      cumulative: false,
    }));
}

/** A row a line, with what perf derived and how sure it is. Blank columns are left out. */
function tableOf({ title, counters, times }: Block): Events {
  const places = [...new Set(counters.flatMap(({ labels }) => Object.keys(labels)))];
  // Of times the counts tell all, but for the spread of several runs.
  const spans = places.length === 0 || times.some(({ variance }) => variance !== null) ? times : [];
  const rows = [
    ...counters.map(({ labels, event, value, missing, unit, derived, running, variance, line }) => ({
      cells: [value, unit, missing, derived?.value ?? null, derived?.unit ?? null, running, variance],
      names: [event, ...places.map((place) => labels[place] ?? null)],
      line,
    })),
    ...spans.map(({ name, value, variance, line }) => ({
      cells: [value, 's', null, null, null, null, variance],
      names: [name, ...places.map(() => null)],
      line,
    })),
  ];
  const plans = COLUMNS.map((plan, i) => ({ plan, i })).filter(({ i }) => rows.some(({ cells }) => cells[i] !== null));
  const table = new EventsBuilder([...['event', ...places].map(textColumn), ...plans.map(({ plan }) => plan)]);
  for (const { cells, names, line } of rows)
    table.add([...names, ...plans.map(({ i }) => cells[i] ?? null)], null, line);
  return {
    shape: 'events',
    source: 0,
    tool: TOOL,
    title: `${title}: all that was said`,
    clock: null,
    ...table.build(),
  };
}

const COLUMNS: readonly ColumnPlan[] = [
  { name: 'value', type: 'number', unit: '', role: null },
  textColumn('unit'),
  textColumn('missing'),
  { name: 'derived', type: 'number', unit: '', role: null },
  textColumn('derived unit'),
  { name: 'counted', type: 'number', unit: '% of the time', role: null },
  { name: '+-', type: 'number', unit: '%', role: null },
];

function textColumn(name: string): ColumnPlan {
  return { name, type: 'text', unit: '', role: null };
}

/** What was counted in each interval; and what perf derived of it, which shares no axis with it. */
function seriesOf({ title, counters }: Block): Series[] {
  const counted = new SeriesBuilder();
  const derived = new SeriesBuilder();
  for (const counter of counters) {
    const { at, labels, line, event, value, unit, running } = counter;
    const facts = { at, line, sinceBoot: false };
    if (value !== null && event !== '') counted.add(event, unit, value, { ...facts, labels });
    if (running !== null) derived.add(`${event} counted`, '% of the time', running, { ...facts, labels });
    addDerived(derived, counter);
  }
  const series = { shape: 'series', source: 0, tool: TOOL, clock: 'elapsed' } as const;
  return [
    { ...series, title, metrics: counted.build() },
    { ...series, title: `${title}: derived`, metrics: derived.build() },
  ].filter(({ metrics }) => metrics.length > 0);
}

/** `context-switches/s`; `insn per cycle` under its own name. */
function addDerived(series: SeriesBuilder, { at, labels, line, event, derived }: Counter & Line): void {
  if (derived === null || derived.value === null) return;
  const { value, unit } = derived;
  const [name, printed] =
    unit === '/s' ? [`${event}/s`, '/s'] : unit.startsWith('%') ? [unit.slice(2), '%'] : [unit, ''];
  series.add(name, printed, value, { at, line, sinceBoot: false, labels });
}

/** Event logs added up: who did how much, and how often something happened. */
import { kindsOf, numberAt, rowCount, textAt } from './cells.ts';
import { distinctTimes, meanOf } from './columns.ts';
import { type CountItem, countColumns, itemsIn } from './counts.ts';
import { togetherAt } from './levels.ts';
import type { Cells, Column, Counts, Events, Metric, Series } from './shapes.ts';

/** About how many steps a rate is counted in along its time. */
const RATE_STEPS = 120;
/** Steps a person can name, in seconds. */
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 600, 3600];
const DAY = 86_400;
/** More lines cannot be told apart. */
const MOST_PROCESSES = 8;

/**
 * The rows of a log by the process they tell of (else by their first column of text): the sum of the weight column, or
 * how many rows there are. What a report says of its moment (`reportColumn`) is averaged over the reports instead.
 *
 * @param weight index of the column to add up, or null to count rows
 * @returns null where no column tells rows apart
 */
export function eventTotals(events: Events, weight: number | null): Counts | null {
  return totalsWith(events, weight, levelsByName(events, weight));
}

/** @param levels of the weight column, where what it says of a moment is a level */
function totalsWith(events: Events, weight: number | null, levels: Map<string, Level> | null): Counts | null {
  const key = keyColumn(events.columns);
  if (key < 0 || rowCount(events) === 0) return null;
  const column = weight === null ? null : (events.columns[weight] as Column);
  const reports = weight !== null && weight === reportColumn(events.columns) ? reportsIn(events) : 1;
  const { source, tool } = events;
  const by = events.columns[key]?.name;
  const how = levels !== null ? ', mean while seen' : reports > 1 ? ', mean of the reports' : '';
  const [title, unit] = column === null ? [`rows by ${by}`, 'rows'] : [`${column.name} by ${by}${how}`, column.unit];
  const items = countColumns(levels === null ? itemsOf(events, key, weight, reports) : meansOf(levels));
  // Levels of programs that were there at different times come to nothing together.
  const sum = levels === null ? {} : ({ noSum: true } as const);
  return { shape: 'counts', source, tool, title, clock: null, unit, ...items, cumulative: false, ...sum };
}

function meansOf(levels: ReadonlyMap<string, Level>): CountItem[] {
  return Array.from(levels, ([name, { values, lines }]) => ({
    key: [name],
    value: meanOf(values),
    at: null,
    line: lines[0] ?? 0,
  }));
}

function itemsOf(events: Events, key: number, weight: number | null, reports: number): CountItem[] {
  const { kind, values } = kindsOf(events.cells[key] as Cells, rowCount(events));
  const items = new Map<string, CountItem>();
  // A number and the same number as a text are one name.
  const ofKind = values.map((value): CountItem => {
    const name = String(value ?? '');
    const item = items.get(name) ?? { key: [name], value: 0, at: null, line: 0 };
    items.set(name, item);
    return item;
  });
  for (let row = 0; row < kind.length; row++) {
    const item = ofKind[kind[row] as number] as CountItem;
    item.value += weight === null ? 1 : amount(events, row, weight) / reports;
    item.line ||= events.lines[row] as number;
  }
  return [...items.values()];
}

/** What pidstat prints of a process only where it touched memory: of the other reports it is not 0. */
const LEVEL = /^(?:RSS|RES)$/;

interface Level {
  at: Float64Array;
  values: Float64Array;
  lines: Uint32Array;
}

/** What the processes of each name held together, at the times that one of them was told; null where the column tells no level. */
function levelsByName(events: Events, column: number | null): Map<string, Level> | null {
  const key = keyColumn(events.columns);
  if (column === null || key < 0 || !LEVEL.test(events.columns[column]?.name ?? '')) return null;
  if (events.at.some(Number.isNaN)) return null;
  const pid = events.columns.findIndex(({ role }) => role === 'pid');
  const told = new Map<string, { line: Map<number, number>; each: Map<string, { at: number[]; values: number[] }> }>();
  for (let row = 0; row < rowCount(events); row++) {
    const value = numberAt(events, row, column);
    if (Number.isNaN(value)) continue;
    const [name, id, at] = [
      textAt(events, row, key),
      pid < 0 ? '' : textAt(events, row, pid),
      events.at[row] as number,
    ];
    const own = told.get(name) ?? { line: new Map(), each: new Map() };
    const process = own.each.get(id) ?? { at: [], values: [] };
    process.at.push(at);
    process.values.push(value);
    own.each.set(id, process);
    if (!own.line.has(at)) own.line.set(at, events.lines[row] as number);
    told.set(name, own);
  }
  return new Map(
    [...told].map(([name, { line, each }]) => {
      const { at, values } = togetherAt([...each.values()]);
      return [name, { at, values, lines: Uint32Array.from(at, (time) => line.get(time) ?? 0) }];
    }),
  );
}

/** How many reports the rows are of: the times there are, rows without one being a report of their own. */
export function reportsIn({ at }: Pick<Events, 'at'>): number {
  return distinctTimes(at).length + (at.some(Number.isNaN) ? 1 : 0);
}

function keyColumn(columns: readonly Column[]): number {
  const process = columns.findIndex(({ role }) => role === 'process');
  return process >= 0 ? process : columns.findIndex(({ type, role }) => type === 'text' && role === null);
}

/** What tables of processes that are printed again and again say of each report, what is looked for first before. */
const REPORTED = [/^%cpu$/i, /^(?:RSS|RES)$/, /^kB_wr\/s$/, /^cswch\/s$/];

/** The column of a table of top, ps or pidstat that says how much of its report a process took; null for a log. */
export function reportColumn(columns: readonly Column[]): number | null {
  for (const wanted of REPORTED) {
    const found = columns.findIndex(({ name, type }) => type === 'number' && wanted.test(name));
    if (found >= 0) return found;
  }
  return null;
}

/** What is drawn along an event log's time: of a table of reports the heaviest processes, else how many rows came. */
export function alongTime(events: Events): Series | null {
  const column = reportColumn(events.columns);
  return column === null ? eventRate(events) : heaviestOverTime(events, column);
}

/**
 * The processes that took most, report by report; a process that a report leaves out took nothing of it, and holds
 * what it held.
 *
 * @returns null for fewer than two reports
 */
function heaviestOverTime(events: Events, column: number): Series | null {
  const levels = levelsByName(events, column);
  const totals = totalsWith(events, column, levels);
  const times = distinctTimes(events.at);
  if (totals === null || times.length < 2) return null;
  const most = [...itemsIn(totals)].sort((a, b) => b.value - a.value).slice(0, MOST_PROCESSES);
  const { source, tool, clock } = events;
  const title = `${events.columns[column]?.name} over time`;
  const key = keyColumn(events.columns);
  const { name, unit } = events.columns[column] as Column;
  const metrics = most.map(({ key: [process = ''] }): Metric => {
    const labels = { [(events.columns[key] as Column).name]: process };
    return { name, labels, unit, sinceBoot: 0, ...(levels?.get(process) ?? takenBy(process, events, column, times)) };
  });
  return { shape: 'series', source, tool, title, clock, metrics };
}

function takenBy(process: string, events: Events, column: number, times: Float64Array): Level {
  const key = keyColumn(events.columns);
  const values = new Float64Array(times.length);
  const lines = new Uint32Array(times.length);
  const place = new Map(Array.from(times, (at, i) => [at, i]));
  for (let row = 0; row < rowCount(events); row++) {
    const i = place.get(events.at[row] as number);
    if (i === undefined || textAt(events, row, key) !== process) continue;
    values[i] = (values[i] as number) + amount(events, row, column);
    lines[i] ||= events.lines[row] as number;
  }
  return { at: times, values, lines };
}

function amount(events: Events, row: number, column: number): number {
  const number = numberAt(events, row, column);
  return Number.isNaN(number) ? 0 : number;
}

/** How far a time is from the one before it; endless for the first one and for one that is the same. */
function gap(time: number, before: number | undefined): number {
  return before === undefined || time === before ? Number.POSITIVE_INFINITY : time - before;
}

/** A step of whole days, for a log that jumps by months or years because a clock was set. */
function wholeDays(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / DAY)) * DAY;
}

/** How many rows there are a second along the log's time; null for fewer than two times. */
export function eventRate({ at, source, tool, clock }: Events): Series | null {
  const times = distinctTimes(at);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || last <= first) return null;
  // Stamps to the second have no tenths to be counted in.
  const grain = times.reduce((least, time, i) => Math.min(least, gap(time, times[i - 1])), Number.POSITIVE_INFINITY);
  const fitting = STEPS.filter((each) => (last - first) / each <= RATE_STEPS);
  const step = fitting.find((each) => each >= Math.min(1, grain) - 1e-9) ?? wholeDays((last - first) / RATE_STEPS);
  const start = Math.floor(first / step);
  const values = new Float64Array(Math.floor(last / step) - start + 1);
  for (const time of at) {
    const slot = Math.floor(time / step) - start;
    if (!Number.isNaN(slot)) values[slot] = (values[slot] as number) + 1;
  }
  const metric = {
    name: 'rows a second',
    labels: {},
    unit: '/s',
    at: Float64Array.from(values, (_, i) => (start + i) * step),
    values: values.map((count) => count / step),
    lines: new Uint32Array(values.length),
    sinceBoot: 0,
  };
  return { shape: 'series', source, tool, title: 'rows a second', clock, metrics: [metric] };
}

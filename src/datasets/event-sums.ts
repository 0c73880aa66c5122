/** Event logs added up: who did how much, and how often something happened. */
import type { Cell, Column, CountItem, Counts, Events, Metric, Series } from './shapes.ts';

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
  const key = keyColumn(events.columns);
  if (key < 0 || events.rows.length === 0) return null;
  const column = weight === null ? null : (events.columns[weight] as Column);
  const reports = weight !== null && weight === reportColumn(events.columns) ? new Set(events.at).size : 1;
  const items = new Map<string, CountItem>();
  events.rows.forEach((row, i) => {
    const name = String(row[key] ?? '');
    const item = items.get(name) ?? { key: [name], value: 0, at: null, line: events.lines[i] ?? 0 };
    item.value += weight === null ? 1 : amount(row[weight]) / reports;
    items.set(name, item);
  });
  const { source, tool } = events;
  const [title, unit] =
    column === null
      ? [`rows by ${events.columns[key]?.name}`, 'rows']
      : [`${column.name} by ${events.columns[key]?.name}${reports > 1 ? ', mean of the reports' : ''}`, column.unit];
  return { shape: 'counts', source, tool, title, clock: null, unit, items: [...items.values()], cumulative: false };
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
 * The processes that took most, report by report; a process that a report leaves out took nothing of it.
 *
 * @returns null for fewer than two reports
 */
function heaviestOverTime(events: Events, column: number): Series | null {
  const totals = eventTotals(events, column);
  const times = [...new Set(events.at.filter((time) => time !== null))].sort((a, b) => a - b);
  if (totals === null || times.length < 2) return null;
  const most = totals.items.toSorted((a, b) => b.value - a.value).slice(0, MOST_PROCESSES);
  const { source, tool, clock } = events;
  const title = `${events.columns[column]?.name} over time`;
  const metrics = most.map(({ key: [process = ''] }) => takenBy(process, events, column, times));
  return { shape: 'series', source, tool, title, clock, metrics };
}

function takenBy(process: string, events: Events, column: number, times: readonly number[]): Metric {
  const key = keyColumn(events.columns);
  const { name, unit } = events.columns[column] as Column;
  const sums = new Map(times.map((at) => [at, { sum: 0, line: 0 }]));
  events.rows.forEach((row, i) => {
    const taken = sums.get(events.at[i] ?? Number.NaN);
    if (taken === undefined || String(row[key] ?? '') !== process) return;
    taken.sum += amount(row[column]);
    taken.line ||= events.lines[i] as number;
  });
  return {
    name,
    labels: { [(events.columns[key] as Column).name]: process },
    unit,
    points: [...sums].map(([at, { sum }]) => [at, sum]),
    lines: [...sums.values()].map(({ line }) => line),
    sinceBoot: 0,
  };
}

function amount(cell: Cell | undefined): number {
  return typeof cell === 'number' ? cell : 0;
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
  const times = at.filter((time) => time !== null).sort((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || last <= first) return null;
  // Stamps to the second have no tenths to be counted in.
  const grain = times.reduce((least, time, i) => Math.min(least, gap(time, times[i - 1])), Number.POSITIVE_INFINITY);
  const fitting = STEPS.filter((each) => (last - first) / each <= RATE_STEPS);
  const step = fitting.find((each) => each >= Math.min(1, grain) - 1e-9) ?? wholeDays((last - first) / RATE_STEPS);
  const start = Math.floor(first / step);
  const counts = new Array<number>(Math.floor(last / step) - start + 1).fill(0);
  for (const time of times) {
    const slot = Math.floor(time / step) - start;
    counts[slot] = (counts[slot] as number) + 1;
  }
  const points = counts.map((count, i): [number, number] => [(start + i) * step, count / step]);
  const metric = { name: 'rows a second', labels: {}, unit: '/s', points, lines: points.map(() => 0), sinceBoot: 0 };
  return { shape: 'series', source, tool, title: 'rows a second', clock, metrics: [metric] };
}

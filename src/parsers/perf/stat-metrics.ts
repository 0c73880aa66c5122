/**
 * perf stat --metric-only: a heading names the metrics, and a row has their values, alone or of an interval, a CPU, a socket.
 *
 *     #           time                  Ghz       insn per cycle branch-misses of all branches
 *          0.306874831                3.792                 0.61                        3.24%
 *
 *     time,Ghz,insn per cycle,branch-misses of all branches,
 *          0.306874831,3.792,0.61,3.24,
 *
 *     {"unit" : "Ghz"}{"unit" : "insn per cycle"}
 *     {"interval" : 0.306874831}{"metric-value" : "3.792"}{"metric-value" : "0.61"}
 *
 * What was not counted is left blank, and more or fewer blanks than it has names: such a row does not tell which value is whose.
 *
 * print_metric_headers and print_metric_only of tools/perf/util/stat-display.c of Linux 6.1
 */
import { jsonObject } from '../json-object.ts';
import { numberOf } from '../numbers.ts';
import { isPlaceField, labelsIn } from './stat-json.ts';
import { type Counter, isPlace, isSinceStart, isThread, labelsOf } from './stat-line.ts';

/** The metrics that a heading names, and how the rows below it are printed: as a table, as JSON, or with this delimiter. */
export interface Metrics {
  names: string[];
  form: 'table' | 'json' | 'rows';
  delimiter: string;
}

/** A row: its metrics, or why they are none. */
export type MetricRow = { counters: Counter[] } | { unread: string };

// {"unit" : "sec"}{"unit" : "GHz"}     perf 6.1: {"unit" : "Ghz", "unit" : "insn per cycle", }
const UNITS = /^(?:\{ *(?:"unit" : "[^"]{0,200}"(?:, )?){0,100}\}){1,100}$/;
//       time cpu       of -I and -A, -I and --per-socket and so on
const INTERVAL_HEADING =
  /^#\s{1,16}time(?: +(?:cpu|CPU|(?:core|cluster|cache|die|socket|node) +(?:cpus|ctrs)))?(?= |$)(?!.* counts .*events\s*$)/;
// perf 6.1 leaves a comma out: time,socket,cpusGhz,insn per cycle,
const GLUED_HEADING = /^(cpus|ctrs)(?=.)/;
const ROW_HEADINGS = new Set([
  'time',
  'cpu',
  'core',
  'cluster',
  'cache',
  'die',
  'socket',
  'node',
  'comm-pid',
  'cpus',
  'ctrs',
]);
const NAME = /^[A-Za-z%][^"{}]{0,200}$/;
const KNOWN = /^(?:ghz|insn per cycle|stalled cycles per insn|(?:front|back)end cycles idle|\S+ of all .+)$/i;
const VALUE = /^-?\d{1,20}(?:[.,]\d{1,9})?%?$/;
const VALUE_OF_JSON = /\{"metric-value" : "([^"]{0,40})"\}/g;
/** perf 6.8: {"interval" : 1.000746267, "GHz" : "3.792", "insn per cycle" : "none"} */
const OBJECT = /^\{"[^"]{1,200}" : .{1,8000}\}$/;
const NO_METRICS = new Set(['interval', 'aggregate-number', 'counters', 'metric-value']);
/** How wide perf makes a column at least; a longer name makes its own as wide as it is. */
const WIDTH = 20;
/** Where the first column may begin: behind nothing, a CPU, a die, a core, a thread, and behind a time and those. */
const INDENTS = [1, 6, 7, 13, 17, 18, 19, 24, 25, 29, 34, 36];

/** The heading of a table by interval, of rows or of JSON; null for any other line. */
export function metricsOfHeading(line: string, delimiters: readonly string[]): Metrics | null {
  if (UNITS.test(line)) {
    const names = [...line.matchAll(/"unit" : "([^"]*)"/g)].map(([, name = '']) => name);
    return { names: names[0] === 'sec' ? names.slice(1) : names, form: 'json', delimiter: '' };
  }
  const [head = ''] = INTERVAL_HEADING.exec(line) ?? [];
  if (head !== '') return tableOf(' '.repeat(head.length) + line.slice(head.length));
  const delimiter = delimiters.find((each) => line.endsWith(each));
  return delimiter === undefined ? null : rowsBelow(line, delimiter);
}

function rowsBelow(line: string, delimiter: string): Metrics | null {
  const fields = fieldsOf(line, delimiter);
  const columns = fields.length;
  while (ROW_HEADINGS.has(fields[0] ?? '')) fields.shift();
  const names = fields.map((field, i) => (i === 0 ? field.replace(GLUED_HEADING, '') : field));
  const isOfPerf = fields.length < columns || names.some(isPerfsOwn);
  return isOfPerf && names.every((name) => NAME.test(name)) ? { names, form: 'rows', delimiter } : null;
}

/** Of a line that ends with the delimiter. */
function fieldsOf(line: string, delimiter: string): string[] {
  const fields = line.slice(0, -delimiter.length).split(delimiter);
  return fields.map((field) => field.trim());
}

/** The heading that stands below `Performance counter stats for …`; null for any other line. */
export function metricsOfTable(line: string): Metrics | null {
  const metrics = /^ +\S/.test(line) ? tableOf(line) : null;
  // perf leaves a blank behind the last name; a copy may have lost it.
  return metrics !== null && (line.endsWith(' ') || metrics.names.some(isPerfsOwn)) ? metrics : null;
}

/** Whether perf itself calls a metric so; those of -M have other names. */
export function isPerfsOwn(name: string): boolean {
  return KNOWN.test(name);
}

/** Where the first column begins: its name stands at its right end, or is as wide. */
function startOf(line: string): number {
  const first = line.search(/\S/);
  const [run = ''] = line.slice(first).split(/ {2}| $/, 1);
  if (run.length < WIDTH) return Math.max(0, first + run.length - WIDTH);
  const isStart = (at: number) => {
    const end = at + WIDTH;
    return first > at && first < end && line[end - 1] !== ' ' && (line[end] ?? ' ') === ' ';
  };
  return INDENTS.find(isStart) ?? first;
}

/** Names right-aligned in columns: one that is as wide as its column or wider stands a blank behind the one before. */
function tableOf(line: string): Metrics | null {
  const names: string[] = [];
  // What was not counted has no name here.
  let rest = line.trim() === '' ? '' : line.slice(startOf(line));
  while (rest.trim() !== '') {
    const pad = rest.search(/\S/);
    const width = pad > 0 && pad < WIDTH ? WIDTH : pad + longNameIn(rest.slice(pad)).length;
    const name = rest.slice(0, width).trim();
    if (!NAME.test(name) || (rest[width] ?? ' ') !== ' ') return null;
    names.push(name);
    rest = rest.slice(width + 1);
  }
  return { names, form: 'table', delimiter: '' };
}

/** Up to a gap, or to where `LLC-load-misses of all LL-cache accesses` begins behind another such name. */
function longNameIn(text: string): string {
  const [run = ''] = text.split(/ {2}| $/, 1);
  const next = run.search(/ \S+ of all (?!.* of all )/);
  return next > 0 && run.indexOf(' of all ') < next ? run.slice(0, next) : run;
}

/** The values of a row below the heading; null for a line that is no such row. */
export function metricsOfRow(line: string, { names, form, delimiter }: Metrics): MetricRow | null {
  if (form === 'json') return rowOfJson(line, names);
  const isTable = form === 'table';
  if (!isTable && !line.endsWith(delimiter)) return null;
  const fields = isTable ? line.trim().split(/\s+/) : fieldsOf(line, delimiter);
  const at = isSinceStart(fields[0] ?? '') ? numberOf(fields.shift() as string) : null;
  const labels = labelsBefore(fields, names.length);
  const isOfPerf = at !== null || Object.keys(labels).some((name) => name !== 'cgroup');
  if (!isOfPerf && fields.every((field) => field === '')) return null;
  if (!fields.every((field) => field === '' || VALUE.test(field))) return null;
  return isTable || !isCut(fields) ? rowOf(names, fields, { at, labels }) : CUT;
}

/** Takes what stands before the values: `S0 2`, `CPU3`, `make-4242`, `system.slice`. */
function labelsBefore(fields: string[], values: number): Record<string, string> {
  const [place = ''] = fields;
  if (place === '' || VALUE.test(place)) return {};
  fields.shift();
  if (isPlace(place)) {
    if (!place.startsWith('CPU') && fields.length > values && /^\d+$/.test(fields[0] ?? '')) fields.shift();
    return labelsOf(place);
  }
  return isThread(place) && !/[./]/.test(place) ? { thread: place } : { cgroup: place };
}

function rowOfJson(line: string, names: readonly string[]): MetricRow | null {
  const values = [...line.matchAll(VALUE_OF_JSON)].map(([, value = '']) => value);
  if (values.length === 0) return null;
  const at = numberOf(/"interval" : (\d{1,9}[.,]\d{9})/.exec(line)?.[1] ?? '');
  const [, place = '', of = ''] = /"([a-z]+)" : "([^"]{1,100})"/.exec(line) ?? [];
  return isCut(values) ? CUT : rowOf(names, values, { at, labels: labelsIn({ [place]: of }) });
}

/** A row of perf 6.8 and newer, which names its metrics itself; null for any other line. */
export function metricsOfObject(line: string): MetricRow | null {
  const fields = OBJECT.test(line) ? jsonObject(line) : null;
  if (fields === null) return null;
  const metrics = Object.entries(fields).filter(([name]) => !NO_METRICS.has(name) && !isPlaceField(name));
  const isRow = metrics.every(([, value]) => typeof value === 'string' && (value === 'none' || VALUE.test(value)));
  if (!isRow || (metrics.length === 0 && fields['metric-value'] !== 'none')) return null;
  const at = typeof fields.interval === 'number' ? fields.interval : null;
  if (at === null && !Object.keys(fields).some((name) => isPlaceField(name) || isPerfsOwn(name))) return null;
  const told = metrics.map(([name, value]) => [name, value === 'none' ? '' : (value as string)] as const);
  if (isCut(told.map(([, value]) => value))) return CUT;
  const labels = labelsIn(fields);
  return { counters: told.map(([name, value]) => counterOf(name, value, { at, labels })) };
}

/** As CSV and JSON perf cuts `3,792` at the comma; with a point, one metric of a row has decimals at least. */
function isCut(values: readonly string[]): boolean {
  const told = values.filter((value) => value !== '');
  return told.length > 0 && !told.some((value) => value.includes('.'));
}

const CUT: MetricRow = { unread: 'values without decimals: perf cuts metrics at a decimal comma' };

function rowOf(names: readonly string[], values: readonly string[], of: Pick<Counter, 'at' | 'labels'>): MetricRow {
  const told = values.filter((value) => value !== '');
  if (told.length === 0) return { counters: [] };
  if (told.length !== values.length || values.length !== names.length)
    return { unread: `${told.length} values below ${names.length} metrics: which of them are missing is unknown` };
  return { counters: names.map((name, i) => counterOf(name, values[i] as string, of)) };
}

/** As what is derived of an event is told: `3.24 % of branch-misses`. */
function counterOf(name: string, printed: string, { at, labels }: Pick<Counter, 'at' | 'labels'>): Counter {
  const value = numberOf(printed.replace('%', ''));
  const missing = printed === '' ? '<not counted>' : null;
  return {
    at,
    labels,
    event: name,
    value,
    missing,
    unit: unitOf(name, printed),
    derived: null,
    running: null,
    variance: null,
  };
}

/** CSV and JSON leave the sign of percent out. */
function unitOf(name: string, printed: string): string {
  if (printed.endsWith('%') || / of all | cycles idle$|^%| cycles%?$/.test(name)) return '%';
  return /^ghz$/i.test(name) ? 'GHz' : '';
}

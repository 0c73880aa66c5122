/**
 * perf stat -x: a row is a counter.
 *
 *     0.100157363,CPU0,100.27,msec,task-clock,100271079,100.00,1.003,CPUs utilized
 *     0.39,msec,task-clock,1.26%,391634,100.00,0.789,CPUs utilized
 *
 * That is: time (-I), place and how many CPUs it has (-A, --per-socket and so on), value, unit, event, control group (-G),
 * variance (-r), nanoseconds it was counted for, percent of the time that is, and the derived value with its unit.
 *
 * tools/perf/Documentation/perf-stat.txt of Linux, "CSV FORMAT"
 */
import { numberOf } from '../numbers.ts';
import {
  amountOfField,
  type Counter,
  derivedOf,
  isPlace,
  isSinceStart,
  isThread,
  labelsOf,
  runningOf,
} from './stat-line.ts';

export const DELIMITERS = [',', ';', '|', '\t'] as const;

const UNIT = /^[A-Za-z%/]{0,10}$/;
const EVENT = /^[A-Za-z][^\s"]{0,200}$/;
const NANOSECONDS = /^\d{1,20}$/;
const PERCENT = /^\d{1,3}[.,]\d{2}$/;

/** The counter of a row; null for what is none. */
export function counterOfRow(row: string, delimiter: string): Counter | null {
  const fields = row.split(delimiter).map((field) => field.trim());
  const at = isSinceStart(fields[0] ?? '') ? numberOf(fields.shift() as string) : null;
  const place = isPlace(fields[0] ?? '') || isThread(fields[0] ?? '') ? (fields.shift() as string) : '';
  if (isPlace(place) && /^\d+$/.test(fields[0] ?? '') && amountOfField(fields[1] ?? '') !== null) fields.shift();
  const [value = '', unit = '', event = '', ...rest] = fields;
  const metric = { at, labels: labelsOf(place) };
  if (value === '' && event === '') return onlyDerived(fields, metric);
  const amount = amountOfField(value);
  if (amount === null || !UNIT.test(unit) || !EVENT.test(event)) return null;
  const cgroup = /^[\d.,]+%?$/.test(rest[0] ?? '') ? undefined : rest.shift();
  const variance = rest[0]?.endsWith('%') ? (rest.shift() as string).slice(0, -1) : '';
  const [nanoseconds = '', percent = '', derived = '', derivedUnit = ''] = rest;
  if (!NANOSECONDS.test(nanoseconds) || !PERCENT.test(percent)) return null;
  return {
    at,
    labels: { ...metric.labels, ...(cgroup ? { cgroup } : {}) },
    event,
    ...amount,
    unit,
    // perf cuts what it derived at a decimal comma: 0,560 is printed as 0.
    derived: percent.includes(',') || derived === '' ? null : derivedOf(`${derived} ${derivedUnit}`),
    running: runningOf(percent),
    variance: numberOf(variance),
  };
}

// ,,,,,,0.43,stalled cycles per insn
function onlyDerived(fields: readonly string[], metric: Pick<Counter, 'at' | 'labels'>): Counter | null {
  const [value = '', unit = ''] = fields.slice(-2);
  const isAll = fields.slice(0, -2).every((field) => field === '');
  if (!isAll || fields.length < 5 || numberOf(value) === null || unit === '') return null;
  const derived = derivedOf(`${value} ${unit}`);
  return { ...metric, event: '', value: null, missing: null, unit: '', derived, running: null, variance: null };
}

/**
 * perf stat -j: an object a line is a counter.
 *
 *     {"interval" : 0.500607777, "counter-value" : "1002.154901", "unit" : "msec", "event" : "cpu-clock",
 *      "event-runtime" : 1002157641, "pcnt-running" : 100.00, "metric-value" : 2.004310, "metric-unit" : "CPUs utilized"}
 *
 * tools/perf/Documentation/perf-stat.txt of Linux, "JSON FORMAT"
 */
import { jsonObject } from '../json-object.ts';
import { numberOf } from '../numbers.ts';
import { amountOfField, type Counter, derivedOf, labelsOf, runningOf } from './stat-line.ts';

// {"cpu" : "0", "counter-value" : "148.000000", …       {"metric-value" : 0.430000, "metric-unit" : "stalled cycles per insn"}
const OBJECT = /^\{"[a-z-]{1,24}" : .*"(?:event|metric-unit)" : ".*\}$/;
/** What was counted alone, by what perf calls it. */
const PLACES = new Set(['cpu', 'core', 'cluster', 'cache', 'die', 'socket', 'node', 'thread', 'cgroup']);

/** The counter of a line; null for what is none. */
export function counterOfJson(line: string): Counter | null {
  const fields = OBJECT.test(line) ? jsonObject(line) : null;
  if (fields === null) return null;
  const text = (name: string) => String(fields[name] ?? '');
  const event = text('event');
  const value = text('counter-value');
  const isFurther = value === '' && event === '';
  const amount = isFurther ? { value: null, missing: null } : amountOfField(value);
  if (amount === null || (event === '' && !isFurther)) return null;
  const unit = text('metric-unit');
  return {
    at: numberOf(text('interval')),
    labels: labelsIn(fields),
    event,
    ...amount,
    unit: text('unit'),
    derived: unit === '' ? null : derivedOf(`${text('metric-value')} ${unit}`),
    running: runningOf(text('pcnt-running')),
    variance: numberOf(text('variance')),
  };
}

/** Whether a field says what was counted alone. */
export function isPlaceField(name: string): boolean {
  return PLACES.has(name);
}

/** `"cpu" : "0"`, `"core" : "S0-D0-C1"`, `"thread" : "sleep-12345"`: as the labels of what is printed for people. */
export function labelsIn(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  const places = Object.entries(fields).filter(([name]) => PLACES.has(name));
  return Object.assign({}, ...places.map(([name, of]) => labelsOfPlace(name, String(of))));
}

function labelsOfPlace(name: string, of: string): Record<string, string> {
  if (name === 'cgroup') return { cgroup: of };
  return labelsOf(name === 'cpu' ? `CPU${of}` : of);
}

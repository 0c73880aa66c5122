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
import { amountOf, type Counter, derivedOf, labelsOf } from './stat-line.ts';

// {"cpu" : "0", "counter-value" : "148.000000", …       {"metric-value" : 0.430000, "metric-unit" : "stalled cycles per insn"}
const OBJECT = /^\{"[a-z-]{1,24}" : .*"(?:event|metric-unit)" : ".*\}$/;
const MISSING = /^<not (?:counted|supported)>$/;
/** What was counted alone, by what perf calls it: one of them stands first in the object. */
const PLACES = ['cpu', 'core', 'cluster', 'cache', 'die', 'socket', 'node', 'thread'];

/** The counter of a line; null for what is none. */
export function counterOfJson(line: string): Counter | null {
  const fields = OBJECT.test(line) ? jsonObject(line) : null;
  if (fields === null) return null;
  const text = (name: string) => String(fields[name] ?? '');
  const value = text('counter-value');
  const event = text('event');
  const isFurther = value === '' && event === '';
  if (!isFurther && (event === '' || !(MISSING.test(value) || numberOf(value) !== null))) return null;
  const unit = text('metric-unit');
  const running = numberOf(text('pcnt-running'));
  return {
    at: numberOf(text('interval')),
    labels: { ...placeOf(fields), ...(fields.cgroup === undefined ? {} : { cgroup: text('cgroup') }) },
    event,
    ...(isFurther || MISSING.test(value)
      ? { value: null, missing: isFurther ? null : amountOf(value).missing }
      : { value: numberOf(value), missing: null }),
    unit: text('unit'),
    derived: unit === '' ? null : derivedOf(`${text('metric-value')} ${unit}`),
    running: running === 100 ? null : running,
    variance: numberOf(text('variance')),
  };
}

/** `"cpu" : "0"`, `"core" : "S0-D0-C1"`, `"thread" : "sleep-12345"`: as the labels of what is printed for people. */
function placeOf(fields: Record<string, unknown>): Record<string, string> {
  const place = PLACES.find((name) => typeof fields[name] === 'string');
  if (place === undefined) return {};
  const name = fields[place] as string;
  return labelsOf(place === 'cpu' ? `CPU${name}` : name);
}

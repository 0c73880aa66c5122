/** One line of perf stat as it prints for people: a counter, or how long the command took. */
import { numberOf, rounded } from '../numbers.ts';

/** What a line of perf stat tells, printed for people or as CSV. */
export interface Counter {
  /** Seconds since perf stat started (-I); null where the line tells none. */
  at: number | null;
  /** What was counted alone, where the counts were not added up: `{ CPU: '0' }`, `{ socket: 'S0' }`. */
  labels: Record<string, string>;
  /** Empty on a line that only tells another derived value of the counter above it. */
  event: string;
  /** Null where perf says `<not counted>` or `<not supported>`, which is then in `missing`. */
  value: number | null;
  missing: string | null;
  unit: string;
  derived: Derived | null;
  /** Of the time, in percent, where counters took turns. */
  running: number | null;
  /** Of several runs (-r), in percent. */
  variance: number | null;
}

/** The column behind `#`: `0.85 insn per cycle`, `201.307 /sec`, `2.98% of all branches`. */
export interface Derived {
  value: number | null;
  unit: string;
}

// 2,201 in English, 2.192 in German, with a narrow blank in French; 128.72 and 128,72; 83723.452481 of perf before 4.19
const VALUE = /^([1-9]\d{0,2}(?:[.,'’\u00a0\u2009\u202f]\d{3})+|\d{1,20})(?:[.,](\d{1,2}|\d{4,9}))?$/;
const MISSING = /<not (?:counted|supported)>/;
const MISSING_FIELD = /^<not (?:counted|supported)>$/;
// 1.001096135, behind which anything else stands
const SINCE_START = /^\d{1,9}[.,]\d{9}$/;
// CPU0   S0   S0-D0   S0-D0-C1   N0
const PLACE = /^(?:CPU|[SDNC])\d{1,6}(?:-[A-Z]{1,6}\d{1,6}){0,4}$/;
// sleep-12345
const THREAD = /^.{0,64}-\d{1,10}$/;
// (83.33%)   [83.33%]
const RUNNING = /[([]\s{0,8}(\d{1,3}[.,]\d\d)%\s{0,8}[)\]]$/;
// ( +-  0.51% )
const VARIANCE = /\( \+-\s{0,8}([^%\s]{1,12})%\s{0,4}\)/;
// 0.85  insn per cycle     2.98% of all branches     201.307 /sec
const DERIVED = /^(-?\d{1,20}(?:[.,]\d{1,9})?)(?:(%)| )\s*(\S.*)?$/;
const RATE = /^([KMG]?)\/sec$/;
const THOUSANDS = ['', 'K', 'M', 'G'];
const UNIT = /^(?:[mnu]?sec|[mnu]?s|Joules|[KMG]i?B(?:\/s)?|[Bb]ytes|%|Watts?|C)$/;
const EVENT = /^[A-Za-z]/;
//        1.001234567 seconds time elapsed           0,129250 +- 0,000409 seconds time elapsed  ( +-  0,32% )
const SECONDS = /^\s*(\d{1,9}[.,]\d{1,9})(?: \+- [\d.,]{1,20})? seconds (time elapsed|user|sys)(?:\s|$)/;

/** A command's name has 15 characters. */
const MAX_LABEL_WORDS = 8;

/** A value with its thousands put together, in any locale; null where the text is none. */
export function countOf(text: string): number | null {
  const [, whole, fraction = ''] = VALUE.exec(text) ?? [];
  return whole === undefined ? null : Number(`${whole.replace(/\D/g, '')}.${fraction || '0'}`);
}

/** The counter on a line, or its next derived value; null for a line that is none. */
export function counterOf(line: string): Counter | null {
  const text = line.trimEnd();
  const behind = { running: percentOf(RUNNING, text), variance: percentOf(VARIANCE, text) };
  const bare = text.replace(RUNNING, '').replace(VARIANCE, '');
  const hash = bare.indexOf(' # ');
  const derived = hash < 0 ? null : derivedOf(bare.slice(hash + 3));
  const words = wordsOf(hash < 0 ? bare : bare.slice(0, hash));
  const at = SINCE_START.test(words[0] ?? '') ? numberOf(words.shift() as string) : null;
  if (
    typeof derived?.value === 'number' &&
    (words.length === 0 || (words.length <= 2 && PLACE.test(words[0] as string)))
  )
    return { at, labels: {}, event: '', value: null, missing: null, unit: '', derived, ...behind };
  const from = words
    .slice(0, MAX_LABEL_WORDS + 1)
    .findIndex((word, i) => isValue(word) && isLabel(words.slice(0, i).join(' ')));
  if (from < 0) return null;
  const label = words.slice(0, from).join(' ');
  // S0        2             200.57 msec task-clock: two CPUs were added up
  const first = from + (PLACE.test(label) && isValue(words[from + 1] ?? '') ? 1 : 0);
  const counted = countedOf(words.slice(first));
  return counted && { at, ...counted, labels: { ...labelsOf(label), ...counted.labels }, derived, ...behind };
}

/** Words between blanks: the narrow blank of French numbers is none. What is missing is one word. */
function wordsOf(text: string): string[] {
  return text
    .replace(MISSING, (missing) => missing.replace(' ', '_'))
    .split(/[ \t]+/)
    .filter((word) => word !== '')
    .map((word) => (word.startsWith('<not_') ? word.replace('_', ' ') : word));
}

function isValue(word: string): boolean {
  return MISSING.test(word) || VALUE.test(word);
}

function isLabel(text: string): boolean {
  return text === '' || PLACE.test(text) || THREAD.test(text);
}

/** `200.57 msec task-clock`, `137 context-switches`, `8.1 task-clock (msec)`, `12 cycles /a/cgroup`. */
function countedOf([value = '', ...rest]: string[]): Pick<
  Counter,
  'value' | 'missing' | 'unit' | 'event' | 'labels'
> | null {
  const unit = rest.length > 1 && UNIT.test(rest[0] as string) ? (rest.shift() as string) : null;
  const [event = '', behind, ...more] = rest;
  if (!EVENT.test(event) || more.length > 0) return null;
  const inParentheses = /^\((\w{1,8})\)$/.exec(behind ?? '')?.[1];
  return {
    ...amountOf(value),
    unit: unit ?? inParentheses ?? '',
    event,
    labels: behind === undefined || inParentheses !== undefined ? {} : { cgroup: behind },
  };
}

/** The number, or why there is none. */
function amountOf(text: string): Pick<Counter, 'value' | 'missing'> {
  return MISSING.test(text) ? { value: null, missing: text } : { value: countOf(text), missing: null };
}

/** The same of a field, which has a number without thousands; null where it has neither. */
export function amountOfField(text: string): Pick<Counter, 'value' | 'missing'> | null {
  if (MISSING_FIELD.test(text)) return { value: null, missing: text };
  const value = numberOf(text);
  return value === null ? null : { value, missing: null };
}

/** The field that tells how much of the time was counted, in percent: all of it is what people see nothing of. */
export function runningOf(text: string): number | null {
  const percent = numberOf(text);
  return percent === 100 ? null : percent;
}

const PLACE_NAMES: Readonly<Record<string, string>> = { N: 'node', S: 'socket', D: 'die', C: 'core', CPU: 'CPU' };

/** `CPU3` is `{ CPU: '3' }`, `S0-D0-C1` a core, `sleep-12345` a thread. */
export function labelsOf(text: string): Record<string, string> {
  if (text === '') return {};
  if (!PLACE.test(text)) return { thread: text };
  const smallest = (text.split('-').at(-1) as string).replace(/(?<!\d)\d+$/, '');
  const name = PLACE_NAMES[smallest] ?? 'cache';
  return { [name]: name === 'CPU' ? text.replace(/^CPU/, '') : text };
}

/** Whether a word of a CSV row says what was counted alone. */
export function isPlace(text: string): boolean {
  return PLACE.test(text);
}

export function isThread(text: string): boolean {
  return THREAD.test(text) && !VALUE.test(text);
}

export function isSinceStart(text: string): boolean {
  return SINCE_START.test(text);
}

/** What stands behind `#`; a rate in thousands or millions becomes one a second. */
export function derivedOf(text: string): Derived | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const [, digits, share = '', words = ''] = DERIVED.exec(trimmed) ?? [];
  if (digits === undefined) return { value: null, unit: trimmed };
  const value = numberOf(digits);
  const scale = RATE.exec(words)?.[1];
  if (scale !== undefined && value !== null)
    return { value: rounded(value * 1000 ** THOUSANDS.indexOf(scale)), unit: '/s' };
  return { value, unit: [share, words].filter((part) => part !== '').join(' ') };
}

function percentOf(form: RegExp, text: string): number | null {
  return numberOf(form.exec(text)?.[1] ?? '');
}

/** How long the command took, in seconds: `elapsed`, `user`, `sys`. */
export function secondsOf(line: string): { name: string; value: number; variance: number | null } | null {
  const [, seconds, name = ''] = SECONDS.exec(line) ?? [];
  if (seconds === undefined) return null;
  const variance = percentOf(VARIANCE, line);
  return { name: name.replace('time ', ''), value: numberOf(seconds) as number, variance };
}

/**
 * The event line that starts a sample of perf script. Which fields stand in it depends on perf's version and on `-F`;
 * what is firm is their order: comm pid/tid [cpu] time: period event: and what belongs to the event. A comm may hold
 * anything, spaces and digits too, so the line is read from its time or its event to the left, never from the comm.
 *
 * tools/perf/builtin-script.c of Linux, perf_sample__fprintf_start and process_event
 */

export interface Header {
  comm: string;
  pid: number | null;
  tid: number | null;
  cpu: number | null;
  /** Seconds. */
  at: number | null;
  /** How many events the sample stands for; null where not printed. */
  period: number | null;
  /** Empty where not printed. */
  event: string;
  /** What follows the event: a tracepoint's fields, or the only frame where perf did not record call chains. */
  tail: string;
}

type Task = Pick<Header, 'comm' | 'pid' | 'tid' | 'cpu'>;
type What = Pick<Header, 'period' | 'event' | 'tail'>;

// Numbers have 20 digits at most: those of 64 bits.
// ` 158665.570607: `, with --ns ` 158665.570607123: `
const TIME = /(?:^|\s)(\d{1,20}\.\d{6}(?:\d{3})?):(?=\s|$)/;
// Gecko<TAB>25122 [007] 115540.8374:<TAB><TAB>1000000: simpleperf's report_sample.py printed microseconds as a number until 2019
const BARE_TIME = /(?:^|\s)(\d{1,20})\.(\d{1,5}):(?=\t\t)/;
//    1001001 cpu-clock:ppp:
const EVENT = /^\s*(?:(\d{1,20})\s+)?(\S+):(?=\s|$)/;
const PERIOD_ONLY = /^\d{0,20}$/;
/** What stands for an event where only a frame does: its address. */
const FRAME_ONLY = /^\s*[0-9a-f]{4,}(?:\s|$)/;
// `  ffffffff9b201293 native_write_msr+0x3 ([kernel.kallsyms])`: an address is printed 16 wide
const FRAME_TAIL = /^(?=.{17})\s*[0-9a-f]+(?=\s|$)/;
const IDS = /^(-?\d{1,20})(?:\/(-?\d{1,20}))?$/;
// [003], and [-01] where the sample does not tell
const CPU = /^\[(-?\d{1,20})\]$/;
// `-F tod` before the time: 2026-11-20 18:39:40.437185
const TIME_OF_DAY = /\s\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6,9})?\s*$/;
/** `-F misc` between cpu and time: kernel, user, guest, host, switch out… */
const MISC = /^(?:[KUGHM]|[KUGH][a-zA-Z]{1,3}|S|Sp)$/;
/** A sample keeps 16 bits of it; Linux is built for 8,192 at most. */
const MAX_CPU = 32_767;
const MAX_COMM = 15;
/** No event line before its tail is longer than this. */
const MAX_HEADER = 1024;
const WORD = /\S+/g;
/** What `%10llu` of the period takes, with the space before it. */
const PERIOD_WIDTH = 11;

/** Reads an event line that has a time, or null. */
export function parseTimedHeader(line: string): Header | null {
  const head = line.length > MAX_HEADER ? line.slice(0, MAX_HEADER) : line;
  const match = TIME.exec(head);
  if (match === null) return parseBareTime(line, head);
  const what = parseEvent(line.slice(match.index + match[0].length));
  return what && { ...parseTask(line.slice(0, match.index)), at: Number(match[1]), ...what };
}

/** The same of a time whose fraction is a number of microseconds. */
function parseBareTime(line: string, head: string): Header | null {
  const match = BARE_TIME.exec(head);
  const what = match && parseEvent(line.slice(match.index + match[0].length));
  if (match === null || what === null) return null;
  return { ...parseTask(line.slice(0, match.index)), at: Number(match[1]) + Number(match[2]) / 1e6, ...what };
}

/** Reads what stands before the time: `Web Content  4242/4243  [001]`. All of it is the comm where no pid is found. */
export function parseTask(line: string): Task {
  const text = line.replace(TIME_OF_DAY, '');
  const words = wordsOf(text);
  let last = words.length - 1;
  const wordAt = (i: number) => words[i]?.text ?? '';
  if (last > 0 && MISC.test(wordAt(last)) && (CPU.test(wordAt(last - 1)) || IDS.test(wordAt(last - 1)))) last--;
  const cpu = CPU.exec(wordAt(last)) ?? latencyCpu(text, words);
  if (cpu !== null) last--;
  const ids = IDS.exec(wordAt(last));
  if (ids === null) return { comm: text.slice(0, words[last]?.end ?? 0).trim(), pid: null, tid: null, cpu: cpuOf(cpu) };
  const comm = text.slice(0, words[last]?.start).trim();
  const [first, second] = [Number(ids[1]), ids[2] === undefined ? null : Number(ids[2])];
  return { comm, pid: second === null ? null : first, tid: second ?? first, cpu: cpuOf(cpu) };
}

// `           mkdir  9582  ffffffff8168de77 mod_memcg_lruvec_state`, ` ffffffff8168de77 mod_memcg_lruvec_state`
const WITH_FRAME = /^(?:(.*\S) )?(?=.{17} \S)( *[0-9a-f]{1,16} \S.*)$/;

/**
 * Reads a line that stands before a stack, or is a sample of its own, where `-F` left out the time or the event:
 * `node  9242 `, `[000] `, `node    2004008 `, `cpu-clock: `, or one with the frame behind it. Null where it is nothing of
 * the kind.
 */
export function parseBareHeader(line: string): Header | null {
  if (line.length > MAX_HEADER) return null;
  const framed = WITH_FRAME.exec(line);
  const text = framed === null ? line : (framed[1] ?? '');
  const words = wordsOf(text);
  const last = words.at(-1);
  const event = last !== undefined && /^\S+:$/.test(last.text) ? last.text.slice(0, -1) : '';
  if (event !== '') words.pop();
  const number = words.at(-1);
  const width = (number?.end ?? 0) - (words.at(-2)?.end ?? -1);
  const hasPeriod = number !== undefined && /^\d{1,20}$/.test(number.text) && width >= PERIOD_WIDTH;
  if (hasPeriod) words.pop();
  const task = parseTask(text.slice(0, words.at(-1)?.end ?? 0));
  if (task.comm.length > MAX_COMM) return null;
  return { ...task, at: null, period: hasPeriod ? Number(number.text) : null, event, tail: framed?.[2] ?? '' };
}

/** `node  9242   0`: perf script -L prints the CPU 3 wide and bare, behind the thread, which is 5 wide at least. */
function latencyCpu(text: string, words: { start: number; end: number }[]): RegExpExecArray | null {
  const [before, ids, cpu] = words.slice(-3);
  if (before === undefined || ids === undefined || cpu === undefined) return null;
  const isFields = cpu.end - ids.end === 4 && ids.end - before.end >= 6 && IDS.test(text.slice(ids.start, ids.end));
  return isFields ? /^(\d{1,3})$/.exec(text.slice(cpu.start, cpu.end)) : null;
}

/** Null where none was printed; a number beyond what a sample has room for is none that Linux gives. */
function cpuOf(match: RegExpExecArray | null): number | null {
  const cpu = match === null ? Number.NaN : Number(match[1]);
  return cpu >= 0 && cpu <= MAX_CPU ? cpu : null;
}

/** Reads what stands behind the time, or null when it is no event. */
function parseEvent(text: string): What | null {
  const event = EVENT.exec(text);
  if (event !== null)
    return { period: numberOf(event[1]), event: event[2] as string, tail: text.slice(event[0].length) };
  const only = text.trim();
  if (PERIOD_ONLY.test(only)) return { period: numberOf(only), event: '', tail: '' };
  return FRAME_ONLY.test(text) ? { period: null, event: '', tail: text } : null;
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined || digits === '' ? null : Number(digits);
}

/**
 * Reads an event line without a time, or null: `java 19983 cycles:`, `java 19983 [002]     100003 cycles:u:`.
 * The event is the first word with a colon at its end behind a number.
 */
export function parseUntimedHeader(line: string): Header | null {
  const words = wordsOf(line.length > MAX_HEADER ? line.slice(0, MAX_HEADER) : line);
  const index = words.findIndex(
    ({ text }, i) =>
      i > 0 &&
      text.length > 1 &&
      text.endsWith(':') &&
      // `hash table entries: 16384 (order: 6` of a kernel message names no event.
      !text.startsWith('(') &&
      /^(?:-?\d+(?:\/-?\d+)?|\[\d+\])$/.test(words[i - 1]?.text ?? ''),
  );
  const event = words[index];
  const before = words[index - 1];
  if (event === undefined || before === undefined) return null;
  const hasPeriod =
    index > 1 && /^\d{1,20}$/.test(before.text) && before.end - (words[index - 2]?.end ?? 0) >= PERIOD_WIDTH;
  const task = parseTask(line.slice(0, hasPeriod ? words[index - 2]?.end : before.end));
  if (task.tid === null) return null;
  return {
    ...task,
    at: null,
    period: hasPeriod ? Number(before.text) : null,
    event: event.text.slice(0, -1),
    tail: line.slice(event.end),
  };
}

function wordsOf(text: string): { text: string; start: number; end: number }[] {
  const words: { text: string; start: number; end: number }[] = [];
  WORD.lastIndex = 0;
  for (let match = WORD.exec(text); match !== null; match = WORD.exec(text))
    words.push({ text: match[0], start: match.index, end: WORD.lastIndex });
  return words;
}

/** Whether the tail is the only frame of a sample without a call chain. */
export function isFrameTail(tail: string): boolean {
  return (FRAME_TAIL.exec(tail)?.[0].length ?? 0) >= 17;
}

/**
 * Lines of perf script. What is seen again and again is done here: frame lines that the cache knows, event lines of the
 * usual form. All else is the host's, which knows the format in full.
 */
import { addLines, addNoise } from './account';
import { blockEnd, indexOf, isBlank, skipBlanks, skipHex } from './bytes';
import { hashOfLast, MISSING, recall, remember, TAG_EVENT, TAG_TASK } from './cache';
import { addKnownFrame, readFrame } from './frame';
import { INPUT, TASK } from './layout';
import { digitsBefore, numberIn, skipDigits, skipWord, timeIn, trimEnd } from './numbers';
import { offsetOf, sameLines } from './recent';
import {
  closeSample,
  currentDepth,
  currentSample,
  dropTail,
  endBlock,
  hasFlag,
  isOpen,
  markTail,
  openSample,
  setLineStart,
  turnToThread,
  WATCHED,
  wantsTime,
} from './sample';

@external('host', 'line')
declare function askLine(at: usize, length: u32): void;
/** The number of a task: comm, pid, tid, and CPU where it stands among them. */
@external('host', 'task')
declare function askTask(at: usize, length: u32): u32;
@external('host', 'event')
declare function askEvent(at: usize, length: u32): u32;
@external('host', 'watch')
declare function tellTail(at: usize, length: u32, event: u32, time: f64): void;

/** What the host says of a word that only looks like an event. */
const NOT_EVENT: u32 = 0xfffffffe;
const NONE: f64 = NaN;
/** Numbers of 64 bits are no longer. */
const MAX_DIGITS: usize = 20;
/** The longest stretch of an event line in which its time is looked for. */
const MAX_HEADER: usize = 1024;
/** Where the address of a frame on the event line ends at the earliest: it is printed 16 wide. */
const TAIL_ADDRESS: usize = 17;

/** What the host tells of a task: the frame of the process, whether it is a JVM, the CPU or -1. */
export function setTask(id: u32, frame: u32, java: u32, cpu: i32): void {
  const at = TASK + (<usize>id << 4);
  store<u32>(at, frame);
  store<u32>(at, java, 4);
  store<i32>(at, cpu, 8);
}

/** Reads the whole lines of the input's first bytes. Returns how many bytes that is. */
export function readPerf(length: u32): u32 {
  const end = INPUT + length;
  let at = INPUT;
  while (at < end) {
    const newline = indexOf(0x0a, at, end);
    if (newline === end) break;
    const isNew = readLine(at, newline);
    at = newline + 1;
    if (isNew) at = readBlock(at, end);
  }
  return <u32>(at - INPUT);
}

/**
 * Reads the frames under an event line at once, where they are a plain block that ends in a blank line: those at its end that
 * are the thread's last stack again are taken from there. Returns where to go on line by line.
 */
function readBlock(start: usize, end: usize): usize {
  if (start >= end || load<u8>(start) !== 0x09) return start;
  const last = blockEnd(start, end);
  if (last + 1 >= end || load<u8>(last + 1) !== 0x0a || !turnToThread()) return start;
  const stop = last + 1;
  const same = sameLines(start, stop);
  const known = same === 0 ? stop : stop - offsetOf(same);
  if (same > 0) dropTail();
  const sample = currentSample();
  let at = start;
  for (let depth: u32 = 1; at < known; depth++) {
    let newline = addKnownFrame(at, stop);
    if (newline === 0) {
      newline = indexOf(0x0a, at, stop);
      readLine(at, newline);
      // Not a frame, or several samples in it: line by line then.
      if (!isOpen() || currentSample() !== sample || currentDepth() !== depth) return newline + 1;
    }
    setLineStart(at);
    at = newline + 1;
  }
  addLines(<f64>same);
  endBlock(start, stop, same);
  return stop;
}

/** Reads what is left behind the last line end. */
export function readPerfRest(length: u32): void {
  if (length > 0) readLine(INPUT, INPUT + length);
  closeSample();
}

/** Returns whether it was an event line of the usual form. */
function readLine(at: usize, newline: usize): bool {
  addLines(1);
  const end = newline > at && load<u8>(newline - 1) === 0x0d ? newline - 1 : newline;
  const first = <u32>load<u8>(at);
  if (isOpen() && first === 0x09 && readFrame(at, end, false)) return false;
  if (skipBlanks(at, end) === end) {
    closeSample();
    addNoise(1);
    return false;
  }
  if (first !== 0x23) {
    if (isOpen() && first !== 0x09 && readFrame(at, end, first !== 0x20)) return false;
    if (readHeader(at, end)) return true;
  }
  askLine(at, <u32>(end - at));
  return false;
}

/** Reads an event line with a time: `comm pid/tid [cpu] time: period event: tail`. */
function readHeader(at: usize, end: usize): bool {
  const colon = timeEnd(at, end);
  if (colon === 0) return false;
  const dot = digitsBefore(colon) - 1;
  const start = digitsBefore(dot);
  // What is behind the time: a period if there is one, an event if there is one.
  let word = skipBlanks(colon + 1, end);
  const afterDigits = skipDigits(word, end);
  let period: f64 = NONE;
  if (dot - start > MAX_DIGITS || afterDigits - word > MAX_DIGITS) return false;
  if (afterDigits > word && (afterDigits === end || isBlank(load<u8>(afterDigits)))) {
    period = numberIn(word, afterDigits);
    word = skipBlanks(afterDigits, end);
  }
  const wordEnd = skipWord(word, end);
  const hasEvent = wordEnd > word;
  if (hasEvent && (wordEnd - word < 2 || load<u8>(wordEnd - 1) !== 0x3a)) return false;
  const event = eventIn(word, hasEvent ? <u32>(wordEnd - 1 - word) : 0);
  if (event === NOT_EVENT) return false;
  const time = wantsTime(event) ? timeIn(start, dot, colon) : 0;
  openHeader(at, start, event, period, time);
  if (hasEvent) readTail(wordEnd, end, event, time);
  return true;
}

function openHeader(at: usize, start: usize, event: u32, period: f64, time: f64): void {
  let taskEnd = trimEnd(at, start);
  let cpu: i32 = -1;
  if (taskEnd > at && load<u8>(taskEnd - 1) === 0x5d) {
    const digits = digitsBefore(taskEnd - 1);
    if (digits < taskEnd - 1 && digits > at + 1 && load<u8>(digits - 1) === 0x5b && isBlank(load<u8>(digits - 2))) {
      const number = numberIn(digits, taskEnd - 1);
      // A larger number is none that a sample has room for: the host says so.
      if (number <= <f64>i16.MAX_VALUE) {
        cpu = <i32>number;
        taskEnd = trimEnd(at, digits - 1);
      }
    }
  }
  const task = taskIn(at, <u32>(taskEnd - at));
  const facts = TASK + (<usize>task << 4);
  if (cpu < 0) cpu = load<i32>(facts, 8);
  openSample(task, load<u32>(facts), load<u32>(facts, 4), event, period, time, cpu);
}

/** Reads what follows the event: what the host watches; the only frame of a sample without a call chain. */
function readTail(at: usize, end: usize, event: u32, time: f64): void {
  if (hasFlag(event, WATCHED)) tellTail(at, <u32>(end - at), event, time);
  const from = afterFields(at, end);
  if (skipHex(skipBlanks(from, end), end) >= from + TAIL_ADDRESS) {
    readFrame(from, end, false);
    markTail();
  }
}

/** Behind `next_pid=18 next_prio=0`, the fields that a tracepoint prints before its frame; `at` where there are none. */
function afterFields(at: usize, end: usize): usize {
  for (let sign = end; sign > at + 1; sign--) {
    // `=>` and `==>` are no fields.
    if (load<u8>(sign - 1) !== 0x3d || isBlank(load<u8>(sign - 2)) || load<u8>(sign - 2) === 0x3d) continue;
    return skipWord(sign, end);
  }
  return at;
}

function taskIn(at: usize, length: u32): u32 {
  const known = recall(at, length, TAG_TASK);
  if (known !== MISSING) return known;
  const hash = hashOfLast();
  const task = askTask(at, length);
  remember(at, length, TAG_TASK, task, hash);
  return task;
}

function eventIn(at: usize, length: u32): u32 {
  const known = recall(at, length, TAG_EVENT);
  if (known !== MISSING) return known;
  const hash = hashOfLast();
  const event = askEvent(at, length);
  remember(at, length, TAG_EVENT, event, hash);
  return event;
}

/** The colon of the first ` 1234.567890:` or ` 1234.567890123:`, or 0. */
function timeEnd(at: usize, end: usize): usize {
  const limit = min<usize>(end, at + MAX_HEADER);
  for (let colon = indexOf(0x3a, at, limit); colon < limit; colon = indexOf(0x3a, colon + 1, limit)) {
    if (colon + 1 < end && !isBlank(load<u8>(colon + 1))) continue;
    const fraction = digitsBefore(colon);
    const digits = colon - fraction;
    if ((digits !== 6 && digits !== 9) || fraction <= at || load<u8>(fraction - 1) !== 0x2e) continue;
    const start = digitsBefore(fraction - 1);
    if (start < fraction - 1 && start >= at && (start === at || isBlank(load<u8>(start - 1)))) return colon;
  }
  return 0;
}

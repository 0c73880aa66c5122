/**
 * One sample of a recording. Which fields stand in it is told by its event's attributes; the host has worked out where each
 * of them is, up to the first one that may be of any length.
 *
 * enum perf_event_sample_format in include/uapi/linux/perf_event.h; evsel__parse_sample in tools/perf/util/evsel.c
 */
import { TASK } from '../layout';
import { baseUnder, closeSample, endChain, hasFlag, openSample, WATCHED } from '../sample';
import { chainDepth, chainOver, setAllExact, withinDepth } from './chain';
import { ATTR_BYTES, ATTRS, IDS, MAX_ID_SLOTS, MAX_WORDS, WORDS } from './layout';
import { valueAt } from './timelines';
import { isBig, turn, u32At, u64At } from './words';

/** The number of a task of which nothing was recorded. */
@external('host', 'stranger')
declare function askStranger(pid: u32, tid: u32): u32;
@external('host', 'watch')
declare function tellRaw(at: usize, length: u32, event: u32, time: f64): void;

/** What the host tells of an event, at these offsets. Places in a sample count from its header; 0 is none. */
const EVENT: usize = 0;
const IP: usize = 4;
const TID: usize = 8;
const TIME: usize = 12;
const CPU: usize = 16;
const PERIOD: usize = 20;
/** Where fields begin that may be of any length. */
const REST: usize = 24;
const READ_FORMAT: usize = 28;
const DEFAULT_PERIOD: usize = 32;
const FLAGS: usize = 40;
/** How many frames of a chain are taken. */
const DEPTH: usize = 44;

const HAS_READ: u32 = 1;
const HAS_CHAIN: u32 = 2;
const HAS_RAW: u32 = 4;
const HAS_BRANCHES: u32 = 8;
const BRANCHES_ARE_CALLS: u32 = 16;
const BRANCHES_HAVE_INDEX: u32 = 32;
const HAS_STACK: u32 = 64;

/** PERF_FORMAT_* */
const READ_ENABLED: u32 = 1;
const READ_RUNNING: u32 = 2;
const READ_ID: u32 = 4;
const READ_GROUP: u32 = 8;
const READ_LOST: u32 = 16;

const USER_CONTEXT: u64 = <u64>-512;
const KERNEL_CONTEXT: u64 = <u64>-128;
const NO_CONTEXT: u64 = <u64>-32;
/** The key of the kernel's mappings, and what keys of processes have beside those of threads. */
const KERNEL_PROCESS: u32 = 0xfffffffe;
const PROCESS: u32 = 0x80000000;
/** Numbers of threads and processes are smaller: PID_MAX_LIMIT in include/linux/threads.h is 2^22. */
const MAX_NUMBER: u32 = 0x40000000;

/** Where in a sample its event's identifier stands; 0 where there is one event. */
let idAt: u32 = 0;
let idMask: u32 = 0;
/** Nanoseconds that times count from, and the same on the clock of the samples. */
let baseTime: u64 = 0;
let baseSeconds: f64 = 0;
let bad: u32 = 0;
/** The record whose chain has been turned around. */
let turned: f64 = 0;

export function emptyRecording(idPlace: u32, ids: u32): void {
  idAt = idPlace;
  // Twice as many slots as identifiers, a power of two of them.
  idMask = min<u32>((<u32>1 << (33 - clz<u32>(ids | 1))) - 1, MAX_ID_SLOTS - 1);
  bad = 0;
  turned = 0;
  memory.fill(IDS, 0, (<usize>idMask + 1) * 24);
}

export function setBase(low: u32, high: u32, seconds: f64): void {
  baseTime = (<u64>high << 32) | low;
  baseSeconds = seconds;
}

/** Samples that are not what their event's attributes say. */
export function badSamples(): u32 {
  return bad;
}

/** A slot of the identifiers: identifier, the last count read of it, u64; attributes + 1. */
function idSlot(id: u64): usize {
  let slot = <u32>((id * 0x9e3779b97f4a7c15) >> 46) & idMask;
  let at = IDS + <usize>slot * 24;
  while (load<u32>(at, 16) !== 0 && load<u64>(at) !== id) {
    slot = (slot + 1) & idMask;
    at = IDS + <usize>slot * 24;
  }
  return at;
}

export function setId(low: u32, high: u32, attr: u32): void {
  const id = (<u64>high << 32) | low;
  const at = idSlot(id);
  store<u64>(at, id);
  store<u32>(at, attr + 1, 16);
}

@inline
function attrOfId(id: u64): usize {
  const attr = load<u32>(idSlot(id), 16);
  return ATTRS + <usize>(attr === 0 ? 0 : attr - 1) * ATTR_BYTES;
}

export function readSample(at: usize, size: u32, misc: u32, order: f64): void {
  if (idAt !== 0 && idAt + 8 > size) {
    bad++;
    return;
  }
  const attr = idAt === 0 ? ATTRS : attrOfId(u64At(at + idAt));
  const rest = load<u32>(attr, REST);
  if (rest > size) {
    bad++;
    return;
  }
  const flags = load<u32>(attr, FLAGS);
  const end = at + size;
  // Where the call chain begins.
  let chain = at + rest;
  if ((flags & HAS_READ) !== 0) {
    chain = behindRead(chain, end, load<u32>(attr, READ_FORMAT));
    if (chain === 0) {
      bad++;
      return;
    }
    if ((load<u32>(attr, READ_FORMAT) & READ_ID) !== 0) {
      readGroup(at + rest, chain, attr, at, end, misc, order);
      return;
    }
  }
  take(attr, at, chain, end, misc, order, periodOf(attr, at));
}

@inline
function periodOf(attr: usize, at: usize): f64 {
  const period = load<u32>(attr, PERIOD);
  return period === 0 ? load<f64>(attr, DEFAULT_PERIOD) : <f64>u64At(at + period);
}

/** Where the counts that a sample carries end, or 0. */
function behindRead(at: usize, end: usize, format: u32): usize {
  let words: usize = 1;
  if ((format & READ_ENABLED) !== 0) words++;
  if ((format & READ_RUNNING) !== 0) words++;
  const each = valueWords(format);
  if ((format & READ_GROUP) === 0) words += each - 1;
  else {
    if (at + 8 > end) return 0;
    const count = u64At(at);
    if (count > <u64>(end - at) >> 3) return 0;
    words += <usize>count * each;
  }
  const behind = at + (words << 3);
  return behind > end ? 0 : behind;
}

@inline
function valueWords(format: u32): usize {
  let words: usize = 1;
  if ((format & READ_ID) !== 0) words++;
  if ((format & READ_LOST) !== 0) words++;
  return words;
}

/**
 * A sample of a group's leader stands for all of the group: each event has counted on by so much since its last one, and
 * that is its period. `deliver_sample_group` in tools/perf/util/session.c.
 */
function readGroup(values: usize, chain: usize, attr: usize, at: usize, end: usize, misc: u32, order: f64): void {
  const format = load<u32>(attr, READ_FORMAT);
  const isGroup = (format & READ_GROUP) !== 0;
  const each = valueWords(format) << 3;
  let skipped: usize = isGroup ? 8 : 0;
  if ((format & READ_ENABLED) !== 0) skipped += 8;
  if ((format & READ_RUNNING) !== 0) skipped += 8;
  // Alone, the count stands before the times.
  let value = isGroup ? values + skipped : values;
  const idOffset: usize = isGroup ? 8 : skipped + 8;
  const count = isGroup ? <u32>u64At(values) : 1;
  for (let i: u32 = 0; i < count; i++, value += each) {
    const slot = idSlot(u64At(value + idOffset));
    const number = load<u32>(slot, 16);
    if (number === 0) continue;
    const now = u64At(value);
    const period = now - load<u64>(slot, 8);
    store<u64>(slot, now, 8);
    if (period === 0) continue;
    take(ATTRS + <usize>(number - 1) * ATTR_BYTES, at, chain, end, misc, order, <f64>period, attr);
  }
}

/**
 * Adds a sample to its stack.
 * @param layout the attributes that tell where its fields are, where these are another event's
 */
function take(
  attr: usize,
  at: usize,
  chain: usize,
  end: usize,
  misc: u32,
  order: f64,
  period: f64,
  layout: usize = attr,
): void {
  const event = load<u32>(attr, EVENT);
  const tidAt = load<u32>(layout, TID);
  const pid = tidAt === 0 ? <u32>-1 : u32At(at + tidAt);
  const tid = tidAt === 0 ? <u32>-1 : u32At(at + tidAt + 4);
  const timeAt = load<u32>(layout, TIME);
  const time = timeAt === 0 ? -Infinity : <f64>(<i64>(u64At(at + timeAt) - baseTime));
  const cpuAt = load<u32>(layout, CPU);
  const cpu = cpuAt === 0 ? -1 : u32At(at + cpuAt);
  const flags = load<u32>(layout, FLAGS);

  let words = WORDS;
  let length: u32 = 0;
  let behind = chain;
  if ((flags & HAS_CHAIN) !== 0) {
    if (chain + 8 > end) {
      bad++;
      return;
    }
    const count = u64At(chain);
    if (count > <u64>(end - chain - 8) >> 3) {
      bad++;
      return;
    }
    length = <u32>count;
    words = chain + 8;
    behind = words + (<usize>length << 3);
    if (isBig && turned !== order) turn(words, length);
    turned = order;
    length = withinDepth(words, length, load<u32>(layout, DEPTH));
  }
  // Where the stack itself was recorded to be unwound, the chain is the kernel's alone: of the user there is the instruction.
  const isAlone = (flags & HAS_CHAIN) === 0 || (length === 0 && (flags & HAS_STACK) !== 0);
  if (isAlone && load<u32>(layout, IP) !== 0) {
    const mode = misc & 7;
    words = WORDS;
    store<u64>(WORDS, mode === 1 ? KERNEL_CONTEXT : mode === 2 ? USER_CONTEXT : NO_CONTEXT);
    store<u64>(WORDS, u64At(at + load<u32>(layout, IP)), 8);
    length = 2;
  }
  let raw: usize = 0;
  let rawLength: u32 = 0;
  if ((flags & HAS_RAW) !== 0 && behind + 4 <= end) {
    rawLength = u32At(behind);
    raw = behind + 4;
    if (<u64>rawLength > <u64>(end - raw)) {
      bad++;
      return;
    }
    behind = raw + rawLength;
  }
  let calls: bool = false;
  if ((flags & BRANCHES_ARE_CALLS) !== 0) {
    const withCalls = callsOf(words, length, behind, end, (flags & BRANCHES_HAVE_INDEX) !== 0);
    if (withCalls !== 0) {
      words = WORDS;
      length = withCalls;
      calls = true;
    }
  }

  const known = tid < MAX_NUMBER ? valueAt(tid, time, order) : 0;
  const task = known === 0 ? askStranger(pid, tid) : known - 1;
  const facts = TASK + (<usize>task << 4);
  const java = load<u32>(facts, 4);
  const seconds = timeAt === 0 ? NaN : baseSeconds + time / 1e9;
  openSample(task, load<u32>(facts), java, event, period, seconds, cpu > 0x7fff ? -1 : <i32>cpu);
  const isWatched = hasFlag(event, WATCHED);
  if (isWatched && raw !== 0) tellRaw(raw, rawLength, event, seconds);
  const maps = pid < MAX_NUMBER ? valueAt(pid | PROCESS, time, order) : 0;
  const kernel = valueAt(KERNEL_PROCESS, time, order);
  setAllExact(calls);
  const node = chainOver(baseUnder(event), task, java, maps, kernel, words, length, isWatched || calls);
  endChain(node, isWatched ? chainDepth() : 0);
  closeSample();
}

/**
 * The chain of a sample whose branch stack is that of the calls (LBR): the kernel's part of the chain, the address that was
 * called last, and where each call was. Returns how many words that is, or 0 where there is none.
 */
function callsOf(words: usize, length: u32, branches: usize, end: usize, hasIndex: bool): u32 {
  const first = branches + (hasIndex ? 16 : 8);
  if (first > end) return 0;
  const count = u64At(branches);
  if (count === 0 || count > <u64>(end - first) / 24) return 0;
  let kept: u32 = 0;
  while (kept < length && load<u64>(words + (<usize>kept << 3)) !== USER_CONTEXT) kept++;
  if (kept === length || kept + <u32>count + 2 > MAX_WORDS) return 0;
  memory.copy(WORDS, words, <usize>(kept + 1) << 3);
  let to = WORDS + (<usize>(kept + 1) << 3);
  store<u64>(to, u64At(first + 8));
  for (let i: usize = 0; i < <usize>count; i++) {
    to += 8;
    store<u64>(to, u64At(first + i * 24));
  }
  return kept + <u32>count + 2;
}

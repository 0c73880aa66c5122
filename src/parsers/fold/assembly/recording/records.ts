/**
 * The records of perf.data, twice over: once for what is not a sample, which the host reads, and once for the samples, when
 * it is known what ran and what was mapped at their time.
 *
 * include/uapi/linux/perf_event.h (enum perf_event_type), tools/lib/perf/include/perf/event.h
 */
import { TYPES } from './layout';
import { readSample } from './sample';
import { u16At, u32At } from './words';

@external('host', 'record')
declare function tellRecord(type: u32, misc: u32, at: usize, size: u32, order: f64): void;
/** What is behind a record that is no record: how many bytes the host is to leave out. */
@external('host', 'behind')
declare function askBehind(type: u32, at: usize, size: u32): f64;

const SAMPLE: u32 = 9;
const HEADER: u32 = 8;
const MAX_TYPE: u32 = 255;

/** Whether samples are read, or what is around them. */
let readsSamples: bool = false;
/** How many records came before: their place in the file. */
let order: f64 = 0;
let behind: f64 = 0;
let damaged: bool = false;

/** Types that the host reads: a bit for each below 128. */
let wantedLow: u64 = 0;
let wantedHigh: u64 = 0;
/** Types behind which may stand what is no record. */
let longLow: u64 = 0;
let longHigh: u64 = 0;

export function beginRecords(samples: bool): void {
  readsSamples = samples;
  order = 0;
  behind = 0;
  damaged = false;
  if (!samples) memory.fill(TYPES, 0, (<usize>MAX_TYPE + 1) * 8);
}

export function emptyTypes(): void {
  wantedLow = 0;
  wantedHigh = 0;
  longLow = 0;
  longHigh = 0;
}

/** The host reads records of this type in the first pass; `long`: bytes may stand behind one. */
export function wantType(type: u32, long: bool): void {
  const bit = <u64>1 << (type & 63);
  if (type < 64) wantedLow |= bit;
  else wantedHigh |= bit;
  if (!long) return;
  if (type < 64) longLow |= bit;
  else longHigh |= bit;
}

@inline
function isIn(low: u64, high: u64, type: u32): bool {
  return type < 128 && (((type < 64 ? low : high) >> (type & 63)) & 1) !== 0;
}

export function typesAt(): usize {
  return TYPES;
}

export function recordCount(): f64 {
  return order;
}

/** How many bytes behind the last record read are none of a record. */
export function bytesBehind(): f64 {
  return behind;
}

/** Whether what follows is no record: its size is none. */
export function isDamaged(): bool {
  return damaged;
}

/** Reads the whole records at `from`. Returns how many bytes that is. */
export function readRecords(from: usize, length: u32): u32 {
  const end = from + length;
  let at = from;
  behind = 0;
  while (at + HEADER <= end) {
    const size = u16At(at + 6);
    if (size < HEADER) {
      damaged = true;
      break;
    }
    if (at + size > end) break;
    const type = u32At(at);
    order += 1;
    if (readsSamples) {
      if (type === SAMPLE) readSample(at, size, u16At(at + 4), order);
    } else {
      const count = TYPES + (<usize>min<u32>(type, MAX_TYPE) << 3);
      store<f64>(count, load<f64>(count) + 1);
    }
    const reads = !readsSamples || type >= 64;
    if (reads && isIn(wantedLow, wantedHigh, type)) tellRecord(type, u16At(at + 4), at, size, order);
    at += size;
    if (isIn(longLow, longHigh, type)) {
      behind = askBehind(type, at - size, size);
      if (behind > 0) break;
    }
  }
  return <u32>(at - from);
}

/**
 * The same of what was unpacked, which is a stream of its own: no damage in it is of the records around it.
 * @returns -1 where what follows is no record, or has something behind it that is none
 */
export function readUnpacked(from: usize, length: u32): i32 {
  const done = readRecords(from, length);
  const isWhole = !damaged && behind === 0;
  damaged = false;
  behind = 0;
  return isWhole ? <i32>done : -1;
}

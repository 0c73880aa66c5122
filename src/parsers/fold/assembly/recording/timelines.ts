/**
 * What a thread was called, and what a process had mapped, at a time: for each number a list of values in the order of
 * time. The host lays the lists out: slots of hash tables, and entries.
 *
 * A point in time is a pair, time and order in the file: records may be of the same time, or have none.
 */
import { timelinesAt } from './layout';

/** A slot: key + 1, the first entry, how many there are, the last one asked for. 0 is free. */
const SLOT: usize = 16;
/** An entry: time, order: f64; value: u32. */
const ENTRY: usize = 24;

let slotsAt: usize = 0;
let entriesAt: usize = 0;
let mask: u32 = 0;

/** Where the host puts the table: slots first, a power of two of them, then entries. */
export function layTimelines(slots: u32): usize {
  slotsAt = timelinesAt();
  mask = slots - 1;
  entriesAt = slotsAt + <usize>slots * SLOT;
  return slotsAt;
}

@inline
function entry(i: u32): usize {
  return entriesAt + <usize>i * ENTRY;
}

@inline
function isAfter(at: usize, time: f64, order: f64): bool {
  const own = load<f64>(at);
  return own > time || (own === time && load<f64>(at, 8) > order);
}

/** The value that held at a time, or 0 where none did yet. */
export function valueAt(key: u32, time: f64, order: f64): u32 {
  let slot = (key * 0x9e3779b1) >> 7;
  let at = slotsAt + <usize>(slot & mask) * SLOT;
  while (load<u32>(at) !== 0) {
    if (load<u32>(at) === key + 1) return valueIn(at, time, order);
    slot++;
    at = slotsAt + <usize>(slot & mask) * SLOT;
  }
  return 0;
}

function valueIn(at: usize, time: f64, order: f64): u32 {
  const first = load<u32>(at, 4);
  const count = load<u32>(at, 8);
  const last = load<u32>(at, 12);
  if (!isAfter(entry(first + last), time, order)) {
    if (last + 1 === count || isAfter(entry(first + last + 1), time, order)) return load<u32>(entry(first + last), 16);
  }
  // How many entries are not after the time.
  let low: u32 = 0;
  let high: u32 = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(entry(first + middle), time, order)) high = middle;
    else low = middle + 1;
  }
  if (low === 0) return 0;
  store<u32>(at, low - 1, 12);
  return load<u32>(entry(first + low - 1), 16);
}

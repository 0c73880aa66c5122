/**
 * Where the tables of a recording lie: in stretches that reading text would use. A recording has no lines, and text no
 * records.
 */
import { CACHE_SLOTS, CACHE_TEXTS, maxCacheBytes, RECENT, SCRATCH } from '../layout';

/** What the host tells of each event: see `sample.ts`. */
export const ATTRS: usize = SCRATCH;
export const ATTR_BYTES: usize = 64;
export const MAX_ATTRS: u32 = 1 << 14;
/** The events of samples' identifiers, a hash table. */
export const IDS: usize = SCRATCH + (1 << 20);
export const MAX_ID_SLOTS: u32 = 1 << 18;
/** Modules: see `symbols.ts`. */
export const MODULES: usize = IDS + <usize>MAX_ID_SLOTS * 24;
export const MAX_MODULES: u32 = 1 << 17;
/** Words that stand for a chain where a record has none. */
export const WORDS: usize = MODULES + <usize>MAX_MODULES * 16;
/** No record holds more. */
export const MAX_WORDS: u32 = 1 << 13;
/** How many records there are of each type. */
export const TYPES: usize = WORDS + <usize>MAX_WORDS * 8;

/** The symbols of places that were met: a cache. */
export const SYMBOL_CACHE_SLOTS: u32 = 1 << 18;
const SYMBOL_CACHE_BYTES: usize = <usize>SYMBOL_CACHE_SLOTS * 4;
export function symbolCache(): usize {
  return CACHE_SLOTS;
}

/** Starts, ends and frames of symbols: 24 bytes each. */
export function symbolsAt(): usize {
  return CACHE_TEXTS;
}

/** Mappings, 40 bytes each: see `maps.ts`. */
export function mapsAt(): usize {
  return CACHE_SLOTS + SYMBOL_CACHE_BYTES;
}

export function mapsBytes(): usize {
  return maxCacheBytes - SYMBOL_CACHE_BYTES;
}

/** The last chains of threads lie first, timelines behind them. */
export const RECENT_BYTES: usize = 1 << 20;
export function timelinesAt(): usize {
  return RECENT + RECENT_BYTES;
}

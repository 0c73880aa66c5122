/**
 * Text to number, for what was read before: symbols, frame lines, threads, events. It is a cache, never the truth: the
 * host gives the same number again when it is asked again, so a full cache is simply emptied. A hit compares the bytes.
 *
 * A text may come in two pieces, which lie apart in the input: a symbol and its module, around the offset.
 */
import { equalBytes, hashOf, hashOfEnd } from './bytes';
import { CACHE_SLOTS, CACHE_TEXTS, maxCacheBytes, maxCacheSlots } from './layout';

/** What a text is; texts of different tags are different. The java variants name frames as a JVM's. */
export const TAG_LINE: u32 = 0;
export const TAG_SYMBOL: u32 = 2;
export const TAG_TASK: u32 = 4;
export const TAG_EVENT: u32 = 5;
export const TAG_NAME: u32 = 6;

/** No number that the host gives. */
export const MISSING: u32 = 0xfffffffd;

/** An entry: the length and tag of its first piece, the length of its second, its number, its hash; its bytes. */
const HEAD: usize = 16;
const FIRST_SLOTS: u32 = 1 << 15;
/** Texts made to collide are not looked for beyond this: they are asked for again, which is slow but bounded. */
const MAX_PROBES: u32 = 64;

/** A slot: the hash, and where the entry is, in eighths; 0 is free. */
let mask: u32 = 0;
let entries: u32 = 0;
let used: usize = 0;
let lastHash: u32 = 0;

export function emptyCache(): void {
  mask = FIRST_SLOTS - 1;
  entries = 0;
  used = 8;
  memory.fill(CACHE_SLOTS, 0, <usize>FIRST_SLOTS * 8);
}

/** The number of a text, or MISSING. Remembers the hash for the `remember` that may follow. */
export function recall(at: usize, length: u32, tag: u32): u32 {
  return recallPair(at, length, at, 0, tag);
}

/** The same of a text in two pieces. */
export function recallPair(at: usize, length: u32, second: usize, secondLength: u32, tag: u32): u32 {
  const hash = hashOf(at, length, tag) ^ (secondLength === 0 ? 0 : hashOfEnd(second, secondLength));
  const keys = <u64>(length | (tag << 28)) | (<u64>secondLength << 32);
  lastHash = hash;
  let slot = hash & mask;
  let place = CACHE_SLOTS + ((<usize>slot) << 3);
  let entry = (<usize>load<u32>(place, 4)) << 3;
  for (let probes: u32 = 0; entry !== 0 && probes < MAX_PROBES; probes++) {
    if (load<u32>(place) === hash) {
      const text = CACHE_TEXTS + entry;
      if (
        load<u64>(text) === keys &&
        equalBytes(text + HEAD, at, length) &&
        equalBytes(text + HEAD + length, second, secondLength)
      )
        return load<u32>(text, 8);
    }
    slot = (slot + 1) & mask;
    place = CACHE_SLOTS + ((<usize>slot) << 3);
    entry = (<usize>load<u32>(place, 4)) << 3;
  }
  return MISSING;
}

/** Keeps the number of a text that was not recalled, with the hash it had then. */
export function remember(at: usize, length: u32, tag: u32, value: u32, hash: u32): void {
  rememberPair(at, length, at, 0, tag, value, hash);
}

export function hashOfLast(): u32 {
  return lastHash;
}

export function rememberPair(
  at: usize,
  length: u32,
  second: usize,
  secondLength: u32,
  tag: u32,
  value: u32,
  hash: u32,
): void {
  if (length + secondLength >= 1 << 20) return;
  const size = (HEAD + length + secondLength + 7) & ~7;
  if (used + size > maxCacheBytes || (entries >= maxCacheSlots >> 1 && mask + 1 === maxCacheSlots)) emptyCache();
  if (entries * 2 > mask) grow();
  const text = CACHE_TEXTS + used;
  store<u32>(text, length | (tag << 28));
  store<u32>(text, secondLength, 4);
  store<u32>(text, value, 8);
  store<u32>(text, hash, 12);
  memory.copy(text + HEAD, at, length);
  memory.copy(text + HEAD + length, second, secondLength);
  put(hash, <u32>(used >> 3));
  used += size;
  entries++;
}

function put(hash: u32, entry: u32): void {
  let slot = hash & mask;
  while (load<u32>(CACHE_SLOTS + ((<usize>slot) << 3), 4) !== 0) slot = (slot + 1) & mask;
  store<u32>(CACHE_SLOTS + ((<usize>slot) << 3), hash);
  store<u32>(CACHE_SLOTS + ((<usize>slot) << 3), entry, 4);
}

/** In place: the slots are made again from the entries. */
function grow(): void {
  const count = (mask + 1) * 2;
  mask = count - 1;
  memory.fill(CACHE_SLOTS, 0, <usize>count * 8);
  for (let entry: usize = 8; entry < used; ) {
    const text = CACHE_TEXTS + entry;
    put(load<u32>(text, 12), <u32>(entry >> 3));
    entry += (HEAD + (load<u32>(text) & 0x0fffffff) + load<u32>(text, 4) + 7) & ~7;
  }
}

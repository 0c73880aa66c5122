/**
 * The last chain of each thread, as words and as nodes. A thread mostly comes back to where it was called from: the words
 * of its callers are the same again, and need not be looked up a second time.
 */
import { RECENT } from '../layout';
import { RECENT_BYTES } from './layout';

/** Threads share a place when their numbers do, modulo this. */
const PLACES: u32 = 256;
const MAX_WORDS: u32 = 256;
/** A place: base node, tree of mappings, tree of the kernel, words; then words, nodes, meanings, the leaf's first. */
const HEAD: usize = 16;
const NODES_AT: usize = HEAD + <usize>MAX_WORDS * 8;
const MEANINGS_AT: usize = NODES_AT + <usize>MAX_WORDS * 4;
const PLACE_BYTES: usize = MEANINGS_AT + <usize>MAX_WORDS;

let place: usize = 0;
let count: u32 = 0;

export function emptyChains(): void {
  memory.fill(RECENT, 0, RECENT_BYTES);
}

/** Turns to the chain of a thread: the one it had, if it stood over the same node and the same was mapped. */
export function turnTo(task: u32, base: u32, maps: u32, kernel: u32): void {
  place = RECENT + <usize>(task & (PLACES - 1)) * PLACE_BYTES;
  count = load<u32>(place, 12);
  if (load<u32>(place) === base && load<u32>(place, 4) === maps && load<u32>(place, 8) === kernel) return;
  store<u32>(place, base);
  store<u32>(place, maps, 4);
  store<u32>(place, kernel, 8);
  store<u32>(place, 0, 12);
  count = 0;
}

/** How many words at the end of a chain are the same. */
export function sameWords(words: usize, length: u32): u32 {
  const limit = min<u32>(length, count);
  const end = words + (<usize>length << 3);
  const own = place + HEAD + (<usize>count << 3);
  let same: u32 = 0;
  while (same < limit && load<u64>(end - (<usize>same << 3) - 8) === load<u64>(own - (<usize>same << 3) - 8)) same++;
  return same;
}

/** The node of the stack that the last `same` words stand for. */
@inline
export function nodeBefore(same: u32): u32 {
  return load<u32>(place + NODES_AT + (<usize>(count - same) << 2));
}

/** What the first of the last `same` words was taken for. */
@inline
export function meaningOf(same: u32): u32 {
  return load<u8>(place + MEANINGS_AT + <usize>(count - same));
}

export function fits(length: u32): bool {
  return length <= MAX_WORDS;
}

/** Makes room for a chain of so many words, of which the last `same` are there. */
export function resize(length: u32, same: u32): void {
  if (length === count) return;
  const from = <usize>(count - same);
  const to = <usize>(length - same);
  memory.copy(place + HEAD + (to << 3), place + HEAD + (from << 3), <usize>same << 3);
  memory.copy(place + NODES_AT + (to << 2), place + NODES_AT + (from << 2), <usize>same << 2);
  memory.copy(place + MEANINGS_AT + to, place + MEANINGS_AT + from, <usize>same);
  count = length;
  store<u32>(place, length, 12);
}

@inline
export function keepWord(i: u32, word: u64, node: u32): void {
  store<u64>(place + HEAD + (<usize>i << 3), word);
  store<u32>(place + NODES_AT + (<usize>i << 2), node);
}

@inline
export function keepMeaning(i: u32, meaning: u32): void {
  store<u8>(place + MEANINGS_AT + <usize>i, meaning);
}

export function forget(): void {
  count = 0;
  store<u32>(place, 0, 12);
}

/**
 * A trie of stacks as lines in the order of their texts: the children of each node are put in order by a radix sort over
 * the ranks of their texts (texts.ts), then the trie is walked once. The host writes the columns behind `start`, calls `prepare`,
 * then `write` until it returns 0.
 *
 * An item of a node's list is a child that ends stacks (even) or one with more above it (odd): `a` and `a;` do not
 * stand at the same place among their siblings.
 */

import { orderTexts, TEXT_SPARE } from './texts';

/** The text of a weight that is no whole number: written where it says, its length returned. */
@external('host', 'decimal')
declare function askDecimal(weight: f64, at: usize): u32;

/** Below: the module's own data. */
const START: usize = 1 << 16;
const PAGE: usize = 1 << 16;
const NONE: u32 = 0xffffffff;
/** A chunk is handed over when it is this long. */
const CHUNK: usize = 1 << 18;
/** The largest whole number to which all before it are doubles. */
const MAX_WHOLE: f64 = 9007199254740991;
/** Copies write up to this many bytes too many; numbers are no longer. */
const SLACK: usize = 64;
const SEMICOLON: u8 = 0x3b;

let nodes: u32 = 0;
let frames: u32 = 0;
let texts: u32 = 0;

/** The profile's columns, by node. FRAMES becomes the text of each node's frame. */
export let SELF: usize = 0;
export let PARENTS: usize = 0;
export let FRAMES: usize = 0;
/** How long the text of each frame is; becomes the number of its text. */
export let TEXT_OF: usize = 0;
/** Each text: its rank, its rank with `;` behind it, where its bytes are among BYTES, how many they are. */
let TEXTS: usize = 0;
/** The bytes of the texts, one frame's behind the other's. */
export let BYTES: usize = 0;
/** Where the lines of a chunk are. */
export let OUTPUT: usize = 0;

let LIVE: usize = 0;
let STARTS: usize = 0;
/** The first item of each node's list; the item after each. */
let FIRST: usize = 0;
let NEXT: usize = 0;
/** The items by rank: the node times two, odd where more is above it. */
let ITEMS: usize = 0;
/** The way to where the walk is: the item to go on with, and the end of the path before. */
let WAY: usize = 0;
/** The text of the way. */
let PATH: usize = 0;

let isStarted: bool = false;
let item: u32 = NONE;
let depth: u32 = 0;
let pathEnd: usize = 0;
let used: usize = 0;

/** Lays out the columns. Returns how many bytes of memory they take. */
export function start(nodeCount: u32, frameCount: u32, textBytes: u32): u32 {
  nodes = nodeCount;
  frames = frameCount;
  SELF = START;
  PARENTS = SELF + <usize>nodes * 8;
  FRAMES = PARENTS + <usize>nodes * 4;
  TEXT_OF = FRAMES + <usize>nodes * 4;
  TEXTS = TEXT_OF + <usize>frames * 4;
  BYTES = TEXTS + <usize>frames * 16;
  LIVE = BYTES + textBytes + SLACK;
  FIRST = (LIVE + nodes + 7) & ~7;
  STARTS = FIRST + <usize>nodes * 4;
  NEXT = STARTS + <usize>frames * 8 + 8;
  // What the texts need while they are put in order is free again when the rest is filled.
  return <u32>max<usize>(NEXT + <usize>nodes * 4, LIVE + <usize>frames * TEXT_SPARE);
}

@inline
function at(column: usize, i: u32): usize {
  return column + (<usize>i << 2);
}

@inline
function textAt(node: u32): usize {
  return TEXTS + (<usize>load<u32>(at(FRAMES, node)) << 4);
}

@inline
function selfOf(node: u32): f64 {
  return load<f64>(SELF + (<usize>node << 3));
}

/** The rank of what an item stands for. */
@inline
function rankOf(entry: u32): u32 {
  return load<u32>(textAt(entry >>> 1) + (<usize>(entry & 1) << 2));
}

/** Puts the items in order. Returns false where there is not enough memory. */
export function prepare(): bool {
  texts = orderTexts(TEXT_OF, BYTES, frames, TEXTS, (LIVE + 7) & ~7);
  for (let node: u32 = 0; node < nodes; node++) {
    const place = at(FRAMES, node);
    store<u32>(place, load<u32>(at(TEXT_OF, load<u32>(place))));
  }
  const longest = measure();
  const count = countRanks();
  ITEMS = NEXT + <usize>count * 4;
  WAY = (ITEMS + <usize>count * 4 + 7) & ~7;
  PATH = WAY + <usize>(longest >> 32) * 8 + 8;
  OUTPUT = PATH + <usize>(<u32>longest) + SLACK;
  if (!hasMemory(<u64>OUTPUT + CHUNK + <u64>(<u32>longest) + SLACK * 2)) return false;
  placeItems();
  linkItems(count);
  isStarted = false;
  item = load<u32>(FIRST);
  return true;
}

function hasMemory(bytes: u64): bool {
  const missing = <i64>bytes - <i64>(<u64>memory.size() << 16);
  if (missing <= 0) return true;
  const pages = <u64>(missing + <i64>PAGE - 1) >> 16;
  return pages <= 65536 && memory.grow(<i32>pages) !== -1;
}

/**
 * Tells which nodes are live: 1 where a stack ends, 2 above which one does. Returns how deep the trie is (high half) and
 * how long its longest path is (low half); keeps the two for each node where FIRST and NEXT will be.
 */
function measure(): u64 {
  memory.fill(LIVE, 0, nodes);
  for (let node = nodes - 1; node > 0; node--) {
    let live = load<u8>(LIVE + node);
    if (live === 0 && selfOf(node) !== 0) store<u8>(LIVE + node, (live = 1));
    if (live !== 0) store<u8>(LIVE + load<u32>(at(PARENTS, node)), 2);
  }
  store<u32>(FIRST, 0);
  store<u32>(NEXT, 0);
  let deepest: u32 = 0;
  let longest: u32 = 0;
  for (let node: u32 = 1; node < nodes; node++) {
    const parent = load<u32>(at(PARENTS, node));
    const steps = load<u32>(at(FIRST, parent)) + 1;
    const length = load<u32>(at(NEXT, parent)) + load<u32>(textAt(node), 12) + 1;
    store<u32>(at(FIRST, node), steps);
    store<u32>(at(NEXT, node), length);
    deepest = max<u32>(deepest, steps);
    longest = max<u32>(longest, length);
  }
  return (<u64>deepest << 32) | longest;
}

/** Where in ITEMS each rank begins. Returns how many items there are. */
function countRanks(): u32 {
  memory.fill(STARTS, 0, <usize>texts * 8 + 8);
  for (let node: u32 = 1; node < nodes; node++) {
    if (selfOf(node) !== 0) countRank(rankOf(node << 1));
    if (load<u8>(LIVE + node) === 2) countRank(rankOf((node << 1) | 1));
  }
  let sum: u32 = 0;
  for (let rank: u32 = 0; rank <= texts * 2; rank++) {
    sum += load<u32>(at(STARTS, rank));
    store<u32>(at(STARTS, rank), sum);
  }
  return sum;
}

@inline
function countRank(rank: u32): void {
  const place = at(STARTS, rank + 1);
  store<u32>(place, load<u32>(place) + 1);
}

function placeItems(): void {
  for (let node: u32 = 1; node < nodes; node++) {
    if (selfOf(node) !== 0) placeItem(node << 1);
    if (load<u8>(LIVE + node) === 2) placeItem((node << 1) | 1);
  }
}

@inline
function placeItem(entry: u32): void {
  const place = at(STARTS, rankOf(entry));
  const i = load<u32>(place);
  store<u32>(at(ITEMS, i), entry);
  store<u32>(place, i + 1);
}

/** From the last rank to the first, each in front of its list. */
function linkItems(count: u32): void {
  memory.fill(FIRST, 0xff, <usize>nodes * 4);
  for (let i = count; i > 0; i--) {
    const list = at(FIRST, load<u32>(at(PARENTS, load<u32>(at(ITEMS, i - 1)) >>> 1)));
    store<u32>(at(NEXT, i - 1), load<u32>(list));
    store<u32>(list, i - 1);
  }
}

/** Writes the next lines to OUTPUT. Returns how many bytes they are; 0 at the end. */
export function write(): u32 {
  used = 0;
  if (!isStarted && selfOf(0) !== 0) writeLine(0, selfOf(0));
  isStarted = true;
  while (hasNext()) {
    const entry = load<u32>(at(ITEMS, item));
    const following = joinAlike(item, entry);
    if ((entry & 1) === 1) {
      store<u32>(WAY + (<usize>depth << 3), following);
      store<u32>(WAY + (<usize>depth << 3), <u32>pathEnd, 4);
      depth++;
      pathEnd = addText(PATH, pathEnd, textAt(entry >>> 1));
      store<u8>(PATH + pathEnd++, SEMICOLON);
      item = load<u32>(at(FIRST, entry >>> 1));
    } else {
      item = following;
      const weight = selfOf(entry >>> 1);
      // Joined weights may have come to nothing.
      if (weight !== 0) writeLine(textAt(entry >>> 1), weight);
      if (used >= CHUNK) break;
    }
  }
  return <u32>used;
}

/** Goes back from lists that have ended. */
@inline
function hasNext(): bool {
  while (item === NONE && depth > 0) {
    depth--;
    item = load<u32>(WAY + (<usize>depth << 3));
    pathEnd = <usize>load<u32>(WAY + (<usize>depth << 3), 4);
  }
  return item !== NONE;
}

/**
 * Siblings of the same text stand side by side: frames of different kinds. What they have is given to the first of them.
 * Returns the item behind the last.
 */
@inline
function joinAlike(first: u32, entry: u32): u32 {
  let following = load<u32>(at(NEXT, first));
  while (following !== NONE) {
    const other = load<u32>(at(ITEMS, following));
    if (((other ^ entry) & 1) !== 0 || textAt(other >>> 1) !== textAt(entry >>> 1)) break;
    join(entry >>> 1, other >>> 1, (entry & 1) === 1);
    following = load<u32>(at(NEXT, following));
  }
  return following;
}

function join(node: u32, other: u32, isInner: bool): void {
  if (isInner) store<u32>(at(FIRST, node), joinedLists(load<u32>(at(FIRST, node)), load<u32>(at(FIRST, other))));
  else store<f64>(SELF + (<usize>node << 3), selfOf(node) + selfOf(other));
}

/** Two ordered lists as one. */
function joinedLists(a: u32, b: u32): u32 {
  let head: u32 = NONE;
  let last: u32 = NONE;
  while (a !== NONE && b !== NONE) {
    const isA = rankOf(load<u32>(at(ITEMS, a))) <= rankOf(load<u32>(at(ITEMS, b)));
    const taken = isA ? a : b;
    if (isA) a = load<u32>(at(NEXT, a));
    else b = load<u32>(at(NEXT, b));
    if (last === NONE) head = taken;
    else store<u32>(at(NEXT, last), taken);
    last = taken;
  }
  const rest = a === NONE ? b : a;
  if (last === NONE) return rest;
  store<u32>(at(NEXT, last), rest);
  return head;
}

/** Writes the path with a text behind it, none for the empty stack, and a weight. */
function writeLine(text: usize, weight: f64): void {
  copy(OUTPUT + used, PATH, pathEnd);
  used += pathEnd;
  if (text !== 0) used = addText(OUTPUT, used, text);
  store<u8>(OUTPUT + used++, 0x20);
  used += writeNumber(OUTPUT + used, weight);
  store<u8>(OUTPUT + used++, 0x0a);
}

/** Returns where the text that was put behind `end` bytes of the target ends. */
@inline
function addText(target: usize, end: usize, text: usize): usize {
  const length = <usize>load<u32>(text, 12);
  copy(target + end, BYTES + <usize>load<u32>(text, 8), length);
  return end + length;
}

/** Copies, and up to 15 bytes more. */
@inline
function copy(to: usize, from: usize, length: usize): void {
  if (length > 256) memory.copy(to, from, length);
  else for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}

function writeNumber(to: usize, weight: f64): u32 {
  if (!(weight > 0 && weight <= MAX_WHOLE && trunc(weight) === weight)) return askDecimal(weight, to);
  let left = <u64>weight;
  let length: u32 = 1;
  for (let rest = left; rest >= 10; rest /= 10) length++;
  for (let i = length; i > 0; i--) {
    store<u8>(to + i - 1, <u8>(0x30 + (left % 10)));
    left /= 10;
  }
  return length;
}

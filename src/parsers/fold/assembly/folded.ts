/**
 * Lines of folded stacks: `root;frame;leaf 42`. Files are sorted as a rule, so a line mostly begins as the one before did:
 * its stack goes on from there.
 */
import { addLines, addNoise } from './account';
import { indexOf, isBlank, isDigit } from './bytes';
import { hashOfLast, MISSING, recall, remember, TAG_NAME } from './cache';
import { INPUT, maxDepth, maxSamples, SAMPLES, SCRATCH, STACK } from './layout';
import { addFacts } from './sample';
import { addWeight, child } from './trie';

@external('host', 'line')
declare function askLine(at: usize, length: u32): void;
/** The frame of a name. */
@external('host', 'name')
declare function askName(at: usize, length: u32): u32;

/** A longer number is none that a double holds. */
const MAX_DIGITS: usize = 256;
/** No node: the line is the host's. */
const OTHER: u32 = 0xffffffff;

/** The stack before this one: its text in the scratch, and where each frame ends, with its node, in the stack. */
let depth: u32 = 0;
let textLength: usize = 0;
/** While every line has had two counts: the node and the first count of each. */
let isDifferential: bool = true;
let pairs: u32 = 0;

export function emptyFolded(): void {
  depth = 0;
  textLength = 0;
  isDifferential = true;
  pairs = 0;
}

/** How many lines with two counts there are, in a file that has no others; else 0. */
export function pairCount(): u32 {
  return isDifferential ? pairs : 0;
}

/** What follows is not differential throughout, whatever it is itself. */
export function notDifferential(): void {
  isDifferential = false;
}

/** Where the pairs lie: the first count, then the node, sixteen bytes each. */
export function pairsAt(): usize {
  return SAMPLES;
}

export function readFolded(length: u32): u32 {
  const end = INPUT + length;
  let at = INPUT;
  while (at < end) {
    const newline = indexOf(0x0a, at, end);
    if (newline === end) break;
    readLine(at, newline);
    at = newline + 1;
  }
  return <u32>(at - INPUT);
}

export function readFoldedRest(length: u32): void {
  if (length > 0) readLine(INPUT, INPUT + length);
}

function readLine(at: usize, newline: usize): void {
  addLines(1);
  let end = newline;
  while (end > at && (isBlank(load<u8>(end - 1)) || load<u8>(end - 1) === 0x0d)) end--;
  if (end === at) {
    addNoise(1);
    return;
  }
  const count = numberBefore(at, end);
  let text = count;
  while (text > at && isBlank(load<u8>(text - 1))) text--;
  // ^C: what was typed to stop the tool; #: a comment, which the host tells from a stack
  const initial = load<u8>(at);
  const isOther =
    text === at || text === count || initial === 0x5e || initial === 0x23 || end - count > MAX_DIGITS;
  const node = isOther ? OTHER : nodeOf(at, text);
  if (node === OTHER) {
    depth = 0;
    textLength = 0;
    askLine(at, <u32>(newline - at));
  } else {
    const first = numberBefore(at, text);
    const hasFirst =
      isDifferential && first > at + 1 && first < text && text - first <= MAX_DIGITS && isBlank(load<u8>(first - 1));
    addStack(node, numberIn(count, end), hasFirst ? numberIn(first, text) : NaN);
  }
}

/** Adds to the stack of a node; `first` is the first of two counts, NaN where there is one. */
export function addStack(node: u32, weight: f64, first: f64): void {
  addWeight(node, weight);
  addFacts(0, 1, 0);
  if (!isDifferential) return;
  isDifferential = first === first && pairs < maxSamples;
  if (!isDifferential) return;
  store<f64>(SAMPLES + (<usize>pairs << 4), first);
  store<u32>(SAMPLES + (<usize>pairs << 4), node, 8);
  pairs++;
}

/** The node of a stack, from where the one before parts from it; OTHER for one with a delimiter or an empty name. */
function nodeOf(at: usize, end: usize): u32 {
  const length = end - at;
  const common = commonPrefix(at, min<usize>(length, textLength));
  while (depth > 0 && <usize>load<u32>(STACK + (<usize>(depth - 1) << 3)) >= common) depth--;
  let node = depth === 0 ? child(0, 0) : load<u32>(STACK + (<usize>(depth - 1) << 3), 4);
  let start: usize = depth === 0 ? 0 : <usize>load<u32>(STACK + (<usize>(depth - 1) << 3)) + 1;
  memory.copy(SCRATCH + start, at + start, length - start);
  textLength = length;
  while (start <= length) {
    const stop = indexOf(0x3b, at + start, end) - at;
    if (isDelimiter(at + start, at + stop)) return OTHER;
    node = child(node, frameOf(at + start, <u32>(stop - start)));
    if (depth < maxDepth >> 1) {
      store<u32>(STACK + (<usize>depth << 3), <u32>stop);
      store<u32>(STACK + (<usize>depth << 3), node, 4);
      depth++;
    } else textLength = 0;
    start = stop + 1;
  }
  return node;
}

/** An empty name, `-` and `--`: what they say of the frames beside them is the host's. */
function isDelimiter(at: usize, end: usize): bool {
  return end - at < 3 && (at === end || (load<u8>(at) === 0x2d && load<u8>(end - 1) === 0x2d));
}

function commonPrefix(at: usize, limit: usize): usize {
  let i: usize = 0;
  for (; i < limit; i += 16) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(at + i), v128.load(SCRATCH + i)));
    if (same !== 0xffff) return min<usize>(limit, i + ctz(~same));
  }
  return limit;
}

function frameOf(at: usize, length: u32): u32 {
  const known = recall(at, length, TAG_NAME);
  if (known !== MISSING) return known;
  const hash = hashOfLast();
  const frame = askName(at, length);
  remember(at, length, TAG_NAME, frame, hash);
  return frame;
}

/** Where the number that ends at `end` begins, or `end`: digits, and digits behind a point. */
function numberBefore(at: usize, end: usize): usize {
  const digits = digitsBefore(at, end);
  if (digits === end || digits === at || load<u8>(digits - 1) !== 0x2e) return digits;
  const whole = digitsBefore(at, digits - 1);
  return whole === digits - 1 ? end : whole;
}

function digitsBefore(at: usize, end: usize): usize {
  while (end > at && isDigit(load<u8>(end - 1))) end--;
  return end;
}

/** One division of whole numbers, so that the result is the double nearest to the decimal. */
function numberIn(at: usize, end: usize): f64 {
  let value: f64 = 0;
  let scale: f64 = 0;
  for (; at < end; at++) {
    const byte = load<u8>(at);
    if (byte === 0x2e) scale = 1;
    else {
      value = value * 10 + <f64>(byte - 0x30);
      scale *= 10;
    }
  }
  return scale === 0 ? value : value / scale;
}

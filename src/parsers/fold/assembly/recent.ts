/**
 * The last stack of each thread, as text and as nodes. A thread mostly comes back to where it was called from: the lines of
 * its callers are the same bytes again, and need not be read a second time.
 */
import { RECENT } from './layout';

/** Threads share a place when their numbers do, modulo this; the base node tells whose stack it is. */
const PLACES: u32 = 64;
const MAX_LINES: u32 = 255;
const MAX_TEXT: usize = 16384;
/** A place: base node, lines, then offset and node of each line, then room for the text, which ends where the place does. */
const HEAD: usize = 16;
const TABLE: usize = <usize>(MAX_LINES + 1) * 8;
const PLACE_BYTES: usize = HEAD + TABLE + MAX_TEXT + 64;

let place: usize = 0;

export function emptyRecent(): void {
  for (let i: u32 = 0; i < PLACES; i++) store<u64>(RECENT + <usize>i * PLACE_BYTES, 0);
}

/** Turns to the stack of a thread, whose stacks stand over the node `base`. */
export function turnTo(task: u32, base: u32): void {
  place = RECENT + <usize>(task & (PLACES - 1)) * PLACE_BYTES;
  if (load<u32>(place) === base) return;
  store<u32>(place, base);
  store<u32>(place, 0, 4);
}

@inline
function textEnd(): usize {
  return place + HEAD + TABLE + MAX_TEXT;
}

@inline
function entry(line: u32): usize {
  return place + HEAD + (<usize>line << 3);
}

/** How far before the end the line begins; lines count from the end, from 1. */
@inline
export function offsetOf(line: u32): usize {
  return <usize>load<u32>(entry(line));
}

/** The node of the stack up to the line. */
@inline
export function nodeOf(line: u32): u32 {
  return load<u32>(entry(line), 4);
}

/** How many whole lines at the end of the text from `start` to `end` are those of the stack. */
export function sameLines(start: usize, end: usize): u32 {
  let line = load<u32>(place, 4);
  if (line === 0) return 0;
  const same = sameBytes(end, min<usize>(end - start, offsetOf(line)));
  while (line > 0 && !(offsetOf(line) <= same && beginsLine(end - offsetOf(line), start))) line--;
  return line;
}

function beginsLine(at: usize, start: usize): bool {
  return at === start || load<u8>(at - 1) === 0x0a;
}

function sameBytes(end: usize, limit: usize): usize {
  const other = textEnd();
  for (let i: usize = 0; i < limit; i += 16) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(end - i - 16), v128.load(other - i - 16)));
    if (same !== 0xffff) return min<usize>(limit, i + <usize>clz<u32>((~same & 0xffff) << 16));
  }
  return limit;
}

/** Whether a stack of so many lines and bytes is kept. */
export function fits(lines: u32, length: usize): bool {
  return lines <= MAX_LINES && length <= MAX_TEXT;
}

export function setLine(line: u32, offset: usize, node: u32): void {
  store<u32>(entry(line), <u32>offset);
  store<u32>(entry(line), node, 4);
}

/** Keeps the text from `start` to `end`, of which the last `same` bytes are there already. */
export function keep(lines: u32, start: usize, end: usize, same: usize): void {
  memory.copy(textEnd() - (end - start), start, end - start - same);
  store<u32>(place, lines, 4);
}

export function forget(): void {
  store<u32>(place, 0, 4);
}

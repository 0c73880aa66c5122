/** Decimal numbers and words of an event line: where they begin and end, sixteen bytes at a time, and what they are. */
import { isBlank, isDigit } from './bytes';

/** So many digits fit in 64 bits whatever they are. */
const MAX_WHOLE_DIGITS: usize = 19;

@inline
function digitsAt(at: usize): u32 {
  return <u32>i8x16.bitmask(i8x16.le_u(i8x16.sub(v128.load(at), i8x16.splat(0x30)), i8x16.splat(9)));
}

/** Where the digits that end before `end` begin. The byte before the input is no digit. */
export function digitsBefore(end: usize): usize {
  const others = ~(digitsAt(end - 16) << 16);
  if (others !== 0xffff) return end - <usize>clz<u32>(others);
  let at = end - 16;
  while (isDigit(load<u8>(at - 1))) at--;
  return at;
}

export function skipDigits(at: usize, end: usize): usize {
  const others = ~digitsAt(at) & 0xffff;
  if (others !== 0) return min<usize>(at + <usize>ctz(others), end);
  while (at < end && isDigit(load<u8>(at))) at++;
  return at;
}

export function skipWord(at: usize, end: usize): usize {
  for (; at < end; at += 16) {
    const bytes = v128.load(at);
    const blanks = v128.or(i8x16.eq(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x09)));
    const found = <u32>i8x16.bitmask(blanks);
    if (found !== 0) return min<usize>(at + <usize>ctz(found), end);
  }
  return end;
}

export function trimEnd(at: usize, end: usize): usize {
  while (end > at && isBlank(load<u8>(end - 1))) end--;
  return end;
}

/** The whole number of digits alone. */
export function numberIn(at: usize, end: usize): f64 {
  if (end - at > MAX_WHOLE_DIGITS) return longNumberIn(at, end);
  let value: u64 = 0;
  for (; at < end; at++) value = value * 10 + (<u64>load<u8>(at) - 0x30);
  return <f64>value;
}

function longNumberIn(at: usize, end: usize): f64 {
  let value: f64 = 0;
  for (; at < end; at++) value = value * 10 + <f64>(load<u8>(at) - 0x30);
  return value;
}

/** Seconds, with six digits behind the dot or nine. One division of whole numbers: the double nearest to the decimal. */
export function timeIn(start: usize, dot: usize, end: usize): f64 {
  const scale: f64 = end - dot === 7 ? 1e6 : 1e9;
  return (numberIn(start, dot) * scale + numberIn(dot + 1, end)) / scale;
}

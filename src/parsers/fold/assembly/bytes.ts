/** Hashing and comparing bytes, many at a time. Reading up to 63 bytes behind an end is allowed everywhere here. */

const K1: u64 = 0x9e3779b97f4a7c15;
const K2: u64 = 0xc2b2ae3d27d4eb4f;

@inline
function mix(state: u64, word: u64, factor: u64): u64 {
  return rotl<u64>(state ^ word, 29) * factor;
}

@inline
function firstBytes(at: usize, length: u32): u64 {
  return length === 0 ? 0 : load<u64>(at) & (<u64>-1 >> ((8 - length) << 3));
}

/**
 * 32 bits that tell texts apart; equal hashes are compared. Of a long text only both ends are looked at, in a fixed number
 * of steps: frame lines begin with their address and end with their module.
 */
export function hashOf(at: usize, length: u32, tag: u32): u32 {
  let a: u64 = <u64>length ^ (<u64>tag << 40);
  let b: u64 = K2;
  const end = at + length;
  if (length >= 32) {
    a = mix(a, load<u64>(at), K1);
    b = mix(b, load<u64>(at, 8), K2);
    a = mix(a, load<u64>(at, 16), K1);
    b = mix(b, load<u64>(at, 24), K2);
    a = mix(a, load<u64>(end - 32), K1);
    b = mix(b, load<u64>(end - 24), K2);
    a = mix(a, load<u64>(end - 16), K1);
    b = mix(b, load<u64>(end - 8), K2);
  } else if (length >= 16) {
    a = mix(a, load<u64>(at), K1);
    b = mix(b, load<u64>(at, 8), K2);
    a = mix(a, load<u64>(end - 16), K1);
    b = mix(b, load<u64>(end - 8), K2);
  } else if (length >= 8) {
    a = mix(a, load<u64>(at), K1);
    b = mix(b, load<u64>(end - 8), K2);
  } else {
    a = mix(a, firstBytes(at, length), K1);
  }
  const all = (a ^ rotl<u64>(b, 32)) * K1;
  return <u32>(all >> 32) ^ <u32>(all >> 11);
}

/** The same of the last 16 bytes alone, for a text that another is hashed with. */
@inline
export function hashOfEnd(at: usize, length: u32): u32 {
  const end = at + length;
  const last = load<u64>(end - 8) >> (length < 8 ? <u64>(8 - length) << 3 : 0);
  const before = length >= 16 ? load<u64>(end - 16) : 0;
  const all = mix(last ^ <u64>length, before, K2) * K1;
  return <u32>(all >> 32);
}

@inline
function difference(a: usize, b: usize): v128 {
  return v128.xor(v128.load(a), v128.load(b));
}

export function equalBytes(a: usize, b: usize, length: u32): bool {
  if (length >= 32) {
    let apart = v128.or(difference(a, b), difference(a + 16, b + 16));
    const end = a + length;
    const endOfB = b + length;
    apart = v128.or(apart, v128.or(difference(end - 32, endOfB - 32), difference(end - 16, endOfB - 16)));
    for (let i: usize = 32; i + 32 < length; i += 16) apart = v128.or(apart, difference(a + i, b + i));
    return !v128.any_true(apart);
  }
  if (length >= 16) {
    const last = length - 16;
    return !v128.any_true(v128.or(difference(a, b), difference(a + last, b + last)));
  }
  if (length >= 8) return load<u64>(a) === load<u64>(b) && load<u64>(a + length - 8) === load<u64>(b + length - 8);
  return firstBytes(a, length) === firstBytes(b, length);
}

@inline
function matches(at: usize, wanted: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
}

/** Where the byte next stands, or `end`. Looks at 64 bytes at once: most lines are no longer, so that one step finds it. */
export function indexOf(byte: u8, at: usize, end: usize): usize {
  const wanted = i8x16.splat(byte);
  for (; at < end; at += 64) {
    const found =
      matches(at, wanted) | (matches(at + 16, wanted) << 16) | (matches(at + 32, wanted) << 32) | (matches(at + 48, wanted) << 48);
    if (found !== 0) return min<usize>(at + <usize>ctz(found), end);
  }
  return end;
}

/**
 * The first line end that no tab follows, or `end`: where a block of indented lines ends. What follows the last byte before
 * `end` is not looked at.
 */
export function blockEnd(at: usize, end: usize): usize {
  const newlines = i8x16.splat(0x0a);
  const tabs = i8x16.splat(0x09);
  for (; at < end; at += 32) {
    const line = <u32>(matches(at, newlines) | (matches(at + 16, newlines) << 16));
    const tab = <u32>(matches(at + 1, tabs) | (matches(at + 17, tabs) << 16));
    const last = line & ~tab;
    if (last !== 0) return min<usize>(at + <usize>ctz(last), end);
  }
  return end;
}

@inline
export function isBlank(byte: u32): bool {
  return byte === 0x20 || byte === 0x09;
}

@inline
export function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

@inline
export function isHex(byte: u32): bool {
  return byte - 0x30 < 10 || byte - 0x61 < 6;
}

/** Which of the 16 bytes are hexadecimal digits. */
@inline
function hexDigits(bytes: v128): u32 {
  const digits = i8x16.le_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(9));
  const letters = i8x16.le_u(i8x16.sub(bytes, i8x16.splat(0x61)), i8x16.splat(5));
  return <u32>i8x16.bitmask(v128.or(digits, letters));
}

/** Whether 16 bytes are a number in hexadecimal digits, with blanks before it. */
@inline
export function isPaddedHex(at: usize): bool {
  const bytes = v128.load(at);
  const blanks = <u32>i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x20)));
  return (blanks | hexDigits(bytes)) === 0xffff && (blanks & (blanks + 1)) === 0 && blanks !== 0xffff;
}

/** How many of the 16 bytes before `end` are hexadecimal digits up to it. */
@inline
export function hexBefore(end: usize): u32 {
  return <u32>clz<u32>(~(hexDigits(v128.load(end - 16)) << 16));
}

/** The last of the 64 bytes before `end` that is `byte`, or 0. */
@inline
export function lastOf(byte: u8, end: usize): usize {
  const wanted = i8x16.splat(byte);
  const at = end - 64;
  const found =
    matches(at, wanted) | (matches(at + 16, wanted) << 16) | (matches(at + 32, wanted) << 32) | (matches(at + 48, wanted) << 48);
  return found === 0 ? 0 : end - 1 - <usize>clz(found);
}

export function skipBlanks(at: usize, end: usize): usize {
  while (at < end && isBlank(load<u8>(at))) at++;
  return at;
}

export function skipHex(at: usize, end: usize): usize {
  while (at < end && isHex(load<u8>(at))) at++;
  return at;
}

/** Hashing and comparing bytes, sixteen at a time. Reading up to 15 bytes behind an end is allowed everywhere here. */

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

/** 32 bits that tell texts apart; equal hashes are compared. */
export function hashOf(at: usize, length: u32, tag: u32): u32 {
  let a: u64 = length + (<u64>tag << 40);
  let b: u64 = K2;
  if (length >= 16) {
    const last = at + length - 16;
    for (; at < last; at += 16) {
      a = mix(a, load<u64>(at), K1);
      b = mix(b, load<u64>(at, 8), K2);
    }
    a = mix(a, load<u64>(last), K1);
    b = mix(b, load<u64>(last, 8), K2);
  } else if (length >= 8) {
    a = mix(a, load<u64>(at), K1);
    b = mix(b, load<u64>(at + length - 8), K2);
  } else {
    a = mix(a, firstBytes(at, length), K1);
  }
  const all = (a ^ rotl<u64>(b, 32)) * K1;
  return <u32>(all >> 32) ^ <u32>(all >> 11);
}

@inline
function sixteenDiffer(a: usize, b: usize): bool {
  return v128.any_true(v128.xor(v128.load(a), v128.load(b)));
}

export function equalBytes(a: usize, b: usize, length: u32): bool {
  if (length >= 16) {
    const last = a + length - 16;
    const lastOfB = b + length - 16;
    for (; a < last; a += 16, b += 16) if (sixteenDiffer(a, b)) return false;
    return !sixteenDiffer(last, lastOfB);
  }
  if (length >= 8) return load<u64>(a) === load<u64>(b) && load<u64>(a + length - 8) === load<u64>(b + length - 8);
  return firstBytes(a, length) === firstBytes(b, length);
}

/** Where the byte next stands, or `end`. */
@inline
export function indexOf(byte: u8, at: usize, end: usize): usize {
  const wanted = i8x16.splat(byte);
  for (; at < end; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (found !== 0) {
      const place = at + ctz(found);
      return place < end ? place : end;
    }
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

export function skipBlanks(at: usize, end: usize): usize {
  while (at < end && isBlank(load<u8>(at))) at++;
  return at;
}

export function skipHex(at: usize, end: usize): usize {
  while (at < end && isHex(load<u8>(at))) at++;
  return at;
}

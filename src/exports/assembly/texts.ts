/**
 * The texts of frames in their order, which is that of JavaScript's strings: a merge sort over the first eight bytes of each
 * text, and over the texts themselves where those are alike. Texts that are the same become one.
 */

const SEMICOLON: u32 = 0x3b;
/** How many bytes of memory a text takes while it is put in order. */
export const TEXT_SPARE: usize = 48;

/** Where the columns are: one number for each frame, or each text, and the bytes of all texts. */
let lengths: usize = 0;
let bytes: usize = 0;
/** Where the text of each frame begins among the bytes. */
let offsets: usize = 0;

@inline
function at(column: usize, i: u32): usize {
  return column + (<usize>i << 2);
}

/**
 * Puts the texts in order.
 * @param textOf the length of the text of each of `count` frames; becomes the number of its text
 * @param from their bytes, one text behind the other
 * @param texts takes, for each text, its rank, its rank with `;` behind it, where its bytes are, how many they are
 * @param spare room for TEXT_SPARE bytes a frame
 * @returns how many texts there are
 */
export function orderTexts(textOf: usize, from: usize, count: u32, texts: usize, spare: usize): u32 {
  lengths = textOf;
  bytes = from;
  offsets = spare;
  const pairs = (spare + <usize>count * 4 + 7) & ~7;
  let offset: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(at(offsets, i), offset);
    store<u64>(pairs + (<usize>i << 4), keyOf(i));
    store<u32>(pairs + (<usize>i << 4), i, 8);
    offset += load<u32>(at(lengths, i));
  }
  const distinct = joinAlike(sorted(pairs, pairs + (<usize>count << 4), count), count, texts);
  rank(texts, distinct, spare);
  return distinct;
}

/** Units of UTF-16 beyond U+FFFF come before U+E000: what their bytes in UTF-8 would have to be for that. */
@inline
function orderOf(byte: u64): u64 {
  return byte < 0xee ? byte : byte < 0xf0 ? byte + 5 : byte - 2;
}

/** The first eight bytes as a number that is in order as they are. */
function keyOf(frame: u32): u64 {
  const text = bytes + <usize>load<u32>(at(offsets, frame));
  const length = min<u32>(8, load<u32>(at(lengths, frame)));
  let key: u64 = 0;
  for (let i: u32 = 0; i < length; i++) key |= orderOf(<u64>load<u8>(text + i)) << ((7 - i) << 3);
  return key;
}

/** Sorts pairs of key and frame, with as much room in `other`. Returns which of the two holds the result. */
function sorted(pairs: usize, other: usize, count: u32): usize {
  for (let width: u32 = 1; width < count; width *= 2) {
    for (let start: u32 = 0; start < count; start += width * 2)
      merge(pairs, other, start, min<u32>(start + width, count), min<u32>(start + width * 2, count));
    const taken = pairs;
    pairs = other;
    other = taken;
  }
  return pairs;
}

function merge(from: usize, to: usize, start: u32, middle: u32, end: u32): void {
  let left = from + (<usize>start << 4);
  let right = from + (<usize>middle << 4);
  const leftEnd = right;
  const rightEnd = from + (<usize>end << 4);
  for (let place = to + (<usize>start << 4); place < to + (<usize>end << 4); place += 16) {
    const isLeft = right === rightEnd || (left < leftEnd && !isBefore(right, left));
    v128.store(place, v128.load(isLeft ? left : right));
    if (isLeft) left += 16;
    else right += 16;
  }
}

@inline
function isBefore(a: usize, b: usize): bool {
  const keys = load<u64>(a);
  const others = load<u64>(b);
  return keys === others ? compare(load<u32>(a, 8), load<u32>(b, 8)) < 0 : keys < others;
}

function compare(a: u32, b: u32): i32 {
  const text = bytes + <usize>load<u32>(at(offsets, a));
  const other = bytes + <usize>load<u32>(at(offsets, b));
  const length = load<u32>(at(lengths, a));
  const otherLength = load<u32>(at(lengths, b));
  const same = sameBytes(text, other, min<u32>(length, otherLength));
  if (same === min<u32>(length, otherLength)) return <i32>length - <i32>otherLength;
  return <i32>orderOf(<u64>load<u8>(text + same)) - <i32>orderOf(<u64>load<u8>(other + same));
}

/** How many bytes are the same at the beginning. */
function sameBytes(a: usize, b: usize, length: u32): u32 {
  for (let i: u32 = 0; i < length; i += 8) {
    const apart = load<u64>(a + i) ^ load<u64>(b + i);
    if (apart !== 0) return min<u32>(length, i + <u32>(ctz(apart) >> 3));
  }
  return length;
}

/** Numbers the texts. Returns how many there are. */
function joinAlike(pairs: usize, count: u32, texts: usize): u32 {
  let distinct: u32 = 0;
  let last: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const frame = load<u32>(pairs + (<usize>i << 4), 8);
    if (i === 0 || compare(last, frame) !== 0) {
      const text = texts + (<usize>distinct << 4);
      store<u32>(text, load<u32>(at(offsets, frame)), 8);
      store<u32>(text, load<u32>(at(lengths, frame)), 12);
      distinct++;
    }
    last = frame;
    // The key is not needed any more.
    store<u32>(pairs + (<usize>i << 4), distinct - 1);
  }
  for (let i: u32 = 0; i < count; i++) {
    const pair = pairs + (<usize>i << 4);
    store<u32>(at(lengths, load<u32>(pair, 8)), load<u32>(pair));
  }
  return distinct;
}

/**
 * The rank of each text, and of each with `;` behind it, in the order of all of them. A text with `;` comes behind the texts
 * that it begins and that go on with a smaller character.
 */
function rank(texts: usize, count: u32, open: usize): void {
  let depth: u32 = 0;
  let next: u32 = 0;
  for (let i: u32 = 0; i <= count; i++) {
    const text = texts + (<usize>i << 4);
    while (depth > 0) {
      const last = texts + (<usize>load<u32>(at(open, depth - 1)) << 4);
      if (i < count && isWithin(last, text)) break;
      store<u32>(last, next++, 4);
      depth--;
    }
    if (i === count) return;
    store<u32>(text, next++);
    store<u32>(at(open, depth++), i);
  }
}

/** Whether the later of two texts comes before the earlier one with `;` behind it. */
function isWithin(start: usize, text: usize): bool {
  const length = load<u32>(start, 12);
  const from = bytes + <usize>load<u32>(text, 8);
  return (
    load<u32>(text, 12) > length &&
    load<u8>(from + length) < SEMICOLON &&
    sameBytes(bytes + <usize>load<u32>(start, 8), from, length) === length
  );
}

/**
 * Symbols in order: read from the tables of ELF files or from /proc/kallsyms, sorted, one chosen of several at an address.
 * A program has a hundred thousand of them, of which a recording meets some hundreds: names stay where they are.
 *
 * symbols__fixup_end, symbols__fixup_duplicate and choose_best_symbol in tools/perf/util/symbol.c of Linux
 */

/** What tells symbols at one address apart, better first; the rest only their names do. */
const HAS_END: u32 = 8;
const TYPED: u32 = 4;
const STRONG: u32 = 2;
const GLOBAL: u32 = 1;

const PAGE: u64 = 4096;

/** The module's own data lie below. */
const INPUT: usize = 1 << 16;

let capacity: usize = 0;
let count: u32 = 0;

/** Columns of symbols as they come: start, end (0: not told), u64; traits, where the name is and where that of its module: u32. */
let starts: usize = 0;
let ends: usize = 0;
let traits: usize = 0;
let names: usize = 0;
let modules: usize = 0;
/** Sorting: keys and numbers, and as much again to sort into. */
let keys: usize = 0;
let order: usize = 0;
let otherKeys: usize = 0;
let otherOrder: usize = 0;
/** What comes out: starts, ends, u64; symbol: u32. Each may go on behind one inside of it. */
let outStarts: usize = 0;
let outEnds: usize = 0;
let outSymbols: usize = 0;
let outCount: u32 = 0;
/** Pairs of symbols at one address that only names tell apart: the first of them, and another. */
let pairs: usize = 0;
let pairCount: u32 = 0;

/** Lays out room for so many bytes of input and so many symbols. Returns how many bytes of memory that is. */
export function layOut(inputBytes: usize, symbols: u32): usize {
  capacity = <usize>symbols;
  count = 0;
  outCount = 0;
  pairCount = 0;
  let at = INPUT + ((inputBytes + 64 + 7) & ~7);
  starts = at;
  ends = starts + capacity * 8;
  traits = ends + capacity * 8;
  names = traits + capacity * 4;
  modules = names + capacity * 4;
  at = (modules + capacity * 4 + 7) & ~7;
  keys = at;
  otherKeys = keys + capacity * 8;
  order = otherKeys + capacity * 8;
  otherOrder = order + capacity * 4;
  at = otherOrder + capacity * 4;
  pairs = at;
  at = (pairs + capacity * 8 + 7) & ~7;
  outStarts = at;
  outEnds = outStarts + capacity * 16;
  outSymbols = outEnds + capacity * 16;
  return outSymbols + capacity * 8 + 64;
}

export function inputAt(): usize {
  return INPUT;
}

export function nameAt(symbol: u32): u32 {
  return load<u32>(names + (<usize>symbol << 2));
}

export function moduleAt(symbol: u32): u32 {
  return load<u32>(modules + (<usize>symbol << 2));
}

export function symbolCount(): u32 {
  return count;
}

export function stretchCount(): u32 {
  return outCount;
}

/** Where a column of what came out lies: 0 starts, 1 ends, 2 symbols, 3 pairs, 4 names, 5 modules. */
export function columnAt(column: u32): usize {
  if (column === 0) return outStarts;
  if (column === 1) return outEnds;
  if (column === 2) return outSymbols;
  if (column === 3) return pairs;
  return column === 4 ? names : modules;
}

export function aliasCount(): u32 {
  return pairCount;
}

/** Adds a symbol. `trait`: WEAK, GLOBAL and UNTYPED of build.ts. */
export function add(start: u64, size: u64, trait: u32, name: u32, module: u32): void {
  if (<usize>count === capacity) return;
  const i = <usize>count;
  store<u64>(starts + (i << 3), start);
  store<u64>(ends + (i << 3), size === 0 ? 0 : start + size);
  const rank = (size === 0 ? 0 : HAS_END) | ((trait & 4) !== 0 ? 0 : TYPED) | ((trait & 1) !== 0 ? 0 : STRONG);
  store<u32>(traits + (i << 2), rank | ((trait & 2) !== 0 ? GLOBAL : 0));
  store<u32>(names + (i << 2), name);
  store<u32>(modules + (i << 2), module);
  count++;
}

/** Adds to the starts of symbols that were added from `first` on. */
export function move(first: u32, by: u64): void {
  for (let i = <usize>first; i < <usize>count; i++) {
    const start = starts + (i << 3);
    store<u64>(start, load<u64>(start) + by);
    const end = ends + (i << 3);
    if (load<u64>(end) !== 0) store<u64>(end, load<u64>(end) + by);
  }
}

// ELF

const STT_OBJECT: u32 = 1;
const STT_FUNC: u32 = 2;
const STT_IFUNC: u32 = 10;
const FIRST_RESERVED: u32 = 0xff00;
const EM_ARM: u32 = 40;

let is64: bool = true;
let isBig: bool = false;

@inline
function u16In(at: usize): u32 {
  const value = load<u16>(at);
  return isBig ? <u32>bswap<u16>(value) : <u32>value;
}

@inline
function u32In(at: usize): u32 {
  const value = load<u32>(at);
  return isBig ? bswap<u32>(value) : value;
}

@inline
function wordIn(at64: usize, at32: usize): u64 {
  if (!is64) return <u64>u32In(at32);
  const value = load<u64>(at64);
  return isBig ? bswap<u64>(value) : value;
}

/**
 * Adds the functions and objects of a table of symbols. What is in `segments` (address, size, and what is added to an
 * address for its place: u64 each) is told by its place, anything else is left out; without segments addresses are places.
 * @param sections for each section, whether labels in it count: a byte each
 * @param texts the names, in which ARM's marks are told
 * @param first what is added to where names are
 */
export function addElf(
  symbols: usize,
  bytes: usize,
  wide: bool,
  big: bool,
  machine: u32,
  segments: usize,
  segmentCount: u32,
  sections: usize,
  sectionCount: u32,
  texts: usize,
  textBytes: usize,
  first: u32,
): void {
  is64 = wide;
  isBig = big;
  const size: usize = wide ? 24 : 16;
  let last: u32 = 0;
  for (let at = symbols; at + size <= symbols + bytes; at += size) {
    const info = <u32>load<u8>(at + (wide ? 4 : 12));
    const type = info & 15;
    const section = u16In(at + (wide ? 6 : 14));
    const name = u32In(at);
    if (section === 0 || section >= FIRST_RESERVED || name === 0) continue;
    const isLabel = type === 0;
    if (!isLabel && type !== STT_FUNC && type !== STT_OBJECT && type !== STT_IFUNC) continue;
    if (isLabel) {
      const visibility = load<u8>(at + (wide ? 5 : 13)) & 3;
      if (visibility === 1 || visibility === 2) continue;
      if (section >= sectionCount || load<u8>(sections + section) === 0) continue;
      if (isMark(texts + name, <usize>name < textBytes)) continue;
    }
    let address = wordIn(at + 8, at + 4);
    if (machine === EM_ARM && type === STT_FUNC) address &= ~1;
    if (segmentCount > 0) {
      let segment = last;
      if (!isInside(segments, segment, address)) {
        segment = 0;
        while (segment < segmentCount && !isInside(segments, segment, address)) segment++;
        if (segment === segmentCount) continue;
        last = segment;
      }
      address += load<u64>(segments + <usize>segment * 24 + 16);
    }
    const binding = info >> 4;
    const trait = (binding === 2 ? 1 : 0) | (binding === 1 ? 2 : 0) | (isLabel ? 4 : 0);
    add(address, wordIn(at + 16, at + 8), trait, name + first, 0);
  }
}

@inline
function isInside(segments: usize, segment: u32, address: u64): bool {
  const at = segments + <usize>segment * 24;
  return address - load<u64>(at) < load<u64>(at, 8);
}

/** `$a`, `$d`, `$t`, `$x`: what marks code and data in ARM's files. */
function isMark(name: usize, isThere: bool): bool {
  if (!isThere || load<u8>(name) !== 0x24) return false;
  const letter = load<u8>(name, 1);
  const after = load<u8>(name, 2);
  return (letter === 0x61 || letter === 0x64 || letter === 0x74 || letter === 0x78) && (after === 0 || after === 0x2e);
}

// /proc/kallsyms

/** Reads its lines: `ffffffffc0a5b010 t nf_ct_get\t[nf_conntrack]`. The places of names are those in the input. */
export function addKallsyms(bytes: usize): void {
  const end = INPUT + bytes;
  let at = INPUT;
  while (at < end) {
    let address: u64 = 0;
    const first = at;
    for (; at < end; at++) {
      const digit = hexDigit(load<u8>(at));
      if (digit > 15) break;
      address = (address << 4) | digit;
    }
    const type = <u32>load<u8>(at, 1);
    const name = at + 3;
    const isSymbol = at > first && load<u8>(at) === 0x20 && load<u8>(at, 2) === 0x20 && isCode(type) && name < end;
    let tab: usize = 0;
    while (at < end && load<u8>(at) !== 0x0a) {
      if (load<u8>(at) === 0x09 && tab === 0) tab = at;
      at++;
    }
    if (isSymbol && name < at && load<u8>(name) !== 0x24) {
      const isWeak = (type | 0x20) === 0x77;
      const trait = (isWeak ? 1 : 0) | (type < 0x61 && !isWeak ? 2 : 0);
      add(address, 0, trait, <u32>(name - INPUT), tab === 0 ? 0 : <u32>(tab + 1 - INPUT));
    }
    at++;
  }
}

@inline
function hexDigit(byte: u8): u64 {
  if (byte - 0x30 < 10) return <u64>(byte - 0x30);
  return byte - 0x61 < 6 ? <u64>(byte - 0x57) : 16;
}

/** T, W, D and B, any case: what perf takes for functions and data. */
@inline
function isCode(type: u32): bool {
  const letter = type | 0x20;
  return letter === 0x74 || letter === 0x77 || letter === 0x64 || letter === 0x62;
}

/** The first symbol of a name of `length` bytes at `text`, or 0xffffffff; names are in `texts`, and end with a line, a tab or a NUL. */
export function find(texts: usize, text: usize, length: usize): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const at = texts + <usize>nameAt(i);
    if (memory.compare(at, text, length) !== 0) continue;
    const behind = load<u8>(at + length);
    if (behind === 0 || behind === 0x0a || behind === 0x09) return i;
  }
  return 0xffffffff;
}

export function startOf(symbol: u32): u64 {
  return load<u64>(starts + (<usize>symbol << 3));
}

// In order

/** @param byModule symbols are of several modules: the last of each ends with its page */
export function build(byModule: bool): void {
  sort();
  setEnds(byModule);
  flatten(choose());
}

/** By address; of those at one address, as they came. Digits of 11 bits, from the lowest, where addresses differ in them. */
function sort(): void {
  let all: u64 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const start = load<u64>(starts + (i << 3));
    all |= start ^ load<u64>(starts);
    store<u64>(keys + (i << 3), start);
    store<u32>(order + (i << 2), <u32>i);
  }
  for (let shift: u64 = 0; shift < 64; shift += 11) {
    if (((all >> shift) & 0x7ff) !== 0) sortBy(shift);
  }
}

const DIGITS = memory.data(2048 * 4, 8);

function sortBy(shift: u64): void {
  memory.fill(DIGITS, 0, 2048 * 4);
  for (let i: usize = 0; i < <usize>count; i++) {
    const digit = DIGITS + ((<usize>(load<u64>(keys + (i << 3)) >> shift) & 0x7ff) << 2);
    store<u32>(digit, load<u32>(digit) + 1);
  }
  let sum: u32 = 0;
  for (let digit: usize = 0; digit < 2048; digit++) {
    const before = load<u32>(DIGITS + (digit << 2));
    store<u32>(DIGITS + (digit << 2), sum);
    sum += before;
  }
  for (let i: usize = 0; i < <usize>count; i++) {
    const key = load<u64>(keys + (i << 3));
    const digit = DIGITS + ((<usize>(key >> shift) & 0x7ff) << 2);
    const to = <usize>load<u32>(digit);
    store<u32>(digit, <u32>to + 1);
    store<u64>(otherKeys + (to << 3), key);
    store<u32>(otherOrder + (to << 2), load<u32>(order + (i << 2)));
  }
  const fromKeys = keys;
  const fromOrder = order;
  keys = otherKeys;
  order = otherOrder;
  otherKeys = fromKeys;
  otherOrder = fromOrder;
}

@inline
function inOrder(i: usize): usize {
  return <usize>load<u32>(order + (i << 2));
}

@inline
function endOf(symbol: usize): u64 {
  return load<u64>(ends + (symbol << 3));
}

/** A symbol of which no end is told goes on to the next, were that at the same address: then it has none. */
function setEnds(byModule: bool): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const symbol = inOrder(i);
    if (endOf(symbol) !== 0) continue;
    const start = load<u64>(starts + (symbol << 3));
    let end: u64;
    if (i + 1 === <usize>count) end = ((start + PAGE - 1) & ~(PAGE - 1)) + PAGE;
    else if (byModule && !isOneModule(symbol, inOrder(i + 1))) end = (start + PAGE + PAGE - 1) & ~(PAGE - 1);
    else end = load<u64>(starts + (inOrder(i + 1) << 3));
    store<u64>(ends + (symbol << 3), end);
    if (end > start) store<u32>(traits + (symbol << 2), load<u32>(traits + (symbol << 2)) | HAS_END);
  }
}

function isOneModule(a: usize, b: usize): bool {
  let one = <usize>moduleAt(<u32>a);
  let other = <usize>moduleAt(<u32>b);
  if (one === other) return true;
  if (one === 0 || other === 0) return false;
  one += INPUT;
  other += INPUT;
  while (load<u8>(one) === load<u8>(other)) {
    if (load<u8>(one) === 0x0a || load<u8>(one) === 0) return true;
    one++;
    other++;
  }
  return false;
}

/** Of those at one address the best by its traits, in `order`, and the others of the same traits in pairs. Returns how many. */
function choose(): u32 {
  let chosen: usize = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const symbol = inOrder(i);
    const before = chosen > 0 ? inOrder(chosen - 1) : 0;
    if (chosen === 0 || load<u64>(starts + (before << 3)) !== load<u64>(starts + (symbol << 3))) {
      store<u32>(order + (chosen << 2), <u32>symbol);
      chosen++;
      continue;
    }
    const own = load<u32>(traits + (symbol << 2));
    const other = load<u32>(traits + (before << 2));
    if (own > other) {
      while (pairCount > 0 && <usize>load<u32>(pairs + (<usize>(pairCount - 1) << 3)) === before) pairCount--;
      store<u32>(order + ((chosen - 1) << 2), <u32>symbol);
    } else if (own === other) {
      store<u32>(pairs + (<usize>pairCount << 3), <u32>before);
      store<u32>(pairs + (<usize>pairCount << 3), <u32>symbol, 4);
      pairCount++;
    }
  }
  return <u32>chosen;
}

/** Stretches that do not overlap: of symbols in one another each address has the innermost. Labels in a function are none. */
function flatten(chosen: u32): void {
  // The symbols around the present place, outermost first, where sorting left room.
  let depth: usize = 0;
  let at: u64 = 0;
  for (let i: usize = 0; i <= <usize>chosen; i++) {
    const symbol = i < <usize>chosen ? inOrder(i) : 0;
    const place = i < <usize>chosen ? load<u64>(starts + (symbol << 3)) : <u64>-1;
    while (depth > 0) {
      const top = <usize>load<u32>(otherOrder + ((depth - 1) << 2));
      const end = min<u64>(endOf(top), place);
      if (end > at) {
        emit(at, end, top);
        at = end;
      }
      if (endOf(top) > place) break;
      depth--;
    }
    if (i === <usize>chosen) return;
    at = max<u64>(at, place);
    const isLabel = (load<u32>(traits + (symbol << 2)) & TYPED) === 0 && depth > 0;
    if (isLabel || endOf(symbol) <= place) continue;
    store<u32>(otherOrder + (depth << 2), <u32>symbol);
    depth++;
  }
}

function emit(start: u64, end: u64, symbol: usize): void {
  if (<usize>outCount === capacity * 2) return;
  const i = <usize>outCount;
  store<u64>(outStarts + (i << 3), start);
  store<u64>(outEnds + (i << 3), end);
  store<u32>(outSymbols + (i << 2), <u32>symbol);
  outCount++;
}

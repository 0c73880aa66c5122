/**
 * Addresses to frames. A module is a file that was mapped, with a stretch of the table of symbols, which is in the order
 * of addresses; the host fills it when the module is met first, and names a symbol when that is.
 */
import { maxCacheBytes } from '../layout';
import { deltaOf, findMap, moduleOf } from './maps';
import { MODULES, SYMBOL_CACHE_SLOTS, symbolCache, symbolsAt } from './layout';

/** Fills in the symbols of a module: then calls `setModule`. */
@external('host', 'module')
declare function askModule(module: u32): void;
/** The frame, or list of frames, of a symbol of a module. */
@external('host', 'symbol')
declare function askSymbol(symbol: u32, module: u32, java: u32): u32;
/** The same of an address for which the module has no symbol, where addresses are wanted. */
@external('host', 'address')
declare function askAddress(module: u32, low: u32, high: u32, java: u32): u32;

/** A module: where its symbols begin, how many there are, and the symbol that stands for what has none; LOADED. */
const MODULE: usize = 16;
const NOT_LOADED: u32 = 0;
const LOADED: u32 = 1;
/** A symbol: start and end, u64; its frame, and its frame in a JVM. */
const SYMBOL: usize = 24;
const NOT_NAMED: u32 = 0xfffffffd;

let count: u32 = 0;
let wantsAddresses: bool = false;
/** The module of the kernel, whose symbols go on outside of what was mapped of it; 0 where there is none. */
let kernel: u32 = 0;

export function emptySymbols(addresses: bool): void {
  count = 0;
  kernel = 0;
  wantsAddresses = addresses;
  memory.fill(symbolCache(), 0xff, <usize>SYMBOL_CACHE_SLOTS << 2);
}

export function setKernel(module: u32): void {
  kernel = module;
}

export function symbolLimit(): u32 {
  return <u32>(maxCacheBytes / SYMBOL) - 1;
}

/** Room for so many symbols more: the number of the first, or 0xffffffff. */
export function newSymbols(length: u32): u32 {
  if (length > symbolLimit() - count) return 0xffffffff;
  const first = count;
  count += length;
  for (let i = first; i < count; i++) {
    store<u32>(symbolsAt() + <usize>i * SYMBOL, NOT_NAMED, 16);
    store<u32>(symbolsAt() + <usize>i * SYMBOL, NOT_NAMED, 20);
  }
  return first;
}

/** Says where the symbols of a module are: `unknown` is the symbol that stands for addresses outside of them. */
export function setModule(module: u32, first: u32, length: u32, unknown: u32): void {
  const at = MODULES + <usize>module * MODULE;
  store<u32>(at, first);
  store<u32>(at, length, 4);
  store<u32>(at, unknown, 8);
  store<u32>(at, LOADED, 12);
}

/** A module of which nothing is known yet. */
export function addModule(module: u32): void {
  store<u32>(MODULES + <usize>module * MODULE, NOT_LOADED, 12);
}

@inline
function moduleAt(module: u32): usize {
  const at = MODULES + <usize>module * MODULE;
  if (load<u32>(at, 12) === NOT_LOADED) askModule(module);
  return at;
}

@inline
function startOf(symbol: u32): u64 {
  return load<u64>(symbolsAt() + <usize>symbol * SYMBOL);
}

@inline
function endOf(symbol: u32): u64 {
  return load<u64>(symbolsAt() + <usize>symbol * SYMBOL, 8);
}

/** Where the cache has a symbol of a place, or of one near it: functions begin at multiples of 16 mostly. */
@inline
function slotOf(place: u64, module: u32): usize {
  const mixed = ((place >> 4) ^ (<u64>module << 40)) * 0x9e3779b97f4a7c15;
  return symbolCache() + (<usize>(<u32>(mixed >> 40) & (SYMBOL_CACHE_SLOTS - 1)) << 2);
}

/**
 * The symbol of a module that holds a place, or the one that stands for none. The cache has no keys: whether a symbol is
 * the one is told by the symbol itself, which is looked at in any case.
 */
function symbolIn(module: u32, place: u64): u32 {
  const at = moduleAt(module);
  const first = load<u32>(at);
  const length = load<u32>(at, 4);
  if (length === 0) return load<u32>(at, 8);
  const slot = slotOf(place, module);
  const known = load<u32>(slot);
  if (known - first < length && place >= startOf(known) && place < endOf(known)) return known;
  const found = search(first, length, place);
  if (found === NOT_NAMED) return load<u32>(at, 8);
  store<u32>(slot, found);
  return found;
}

function search(first: u32, length: u32, place: u64): u32 {
  let low = first;
  let high = first + length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(middle) > place) high = middle;
    else low = middle + 1;
  }
  if (low === first) return NOT_NAMED;
  return place < endOf(low - 1) ? low - 1 : NOT_NAMED;
}

/**
 * The frame, or list of frames, of an address.
 * @param root the tree of mappings
 * @param back how far before the address it is looked up: 1 where it is a return address, which may be that of the next
 *   function where the call does not return
 * @param inKernel symbols of the kernel lie outside of what was mapped of it, too
 */
export function frameOf(root: u32, address: u64, back: u64, java: u32, inKernel: bool): u32 {
  const map = findMap(root, address - back);
  let module: u32 = 0;
  let symbol: u32 = 0;
  if (map !== 0) {
    module = moduleOf(map);
    symbol = symbolIn(module, address - back + deltaOf(map));
  } else {
    const named = inKernel && kernel !== 0 ? symbolIn(kernel, address - back) : NOT_NAMED;
    const isNamed = named !== NOT_NAMED && named !== load<u32>(MODULES + <usize>kernel * MODULE, 8);
    module = isNamed ? kernel : 0;
    symbol = isNamed ? named : load<u32>(moduleAt(0), 8);
  }
  if (wantsAddresses && symbol === load<u32>(MODULES + <usize>module * MODULE, 8))
    return askAddress(module, <u32>address, <u32>(address >> 32), java);
  const at = symbolsAt() + <usize>symbol * SYMBOL + 16 + (<usize>java << 2);
  let frame = load<u32>(at);
  if (frame === NOT_NAMED) {
    frame = askSymbol(symbol, module, java);
    store<u32>(at, frame);
  }
  return frame;
}

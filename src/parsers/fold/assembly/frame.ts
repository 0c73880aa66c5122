/**
 * Frame lines of perf script: what each stands for. Mostly its symbol and its module tell that, whatever its address and the
 * offset behind the symbol.
 */
import { addLines, addNoise } from './account';
import { hexBefore, indexOf, isBlank, isPaddedHex, lastOf, skipBlanks, skipHex } from './bytes';
import { hashOfLast, MISSING, recall, recallPair, remember, rememberPair, TAG_LINE, TAG_SYMBOL } from './cache';
import { addFrame, isJava, NO_FRAME } from './sample';

/** What a frame line stands for, or NOT_FRAME when the host has taken the line itself. */
@external('host', 'frame')
declare function askFrame(at: usize, length: u32, java: u32): u32;

const NOT_FRAME: u32 = 0xfffffffe;
/** Where the address of a frame line mostly ends: a tab, the address 16 wide, a blank. */
const USUAL_ADDRESS: usize = 17;
/** `+0x`. */
const PLUS_0X: u32 = 0x78302b;

/** Frames are named alike whatever their address, where the host says so. */
let remembersSymbols: bool = true;

export function emptyFrames(symbols: bool): void {
  remembersSymbols = symbols;
}

/**
 * Adds the frame of a line that is printed as usual, where it is known; `stop` is behind a line end. Returns where the line
 * ends, or 0 for any other line: `readFrame` reads all that there are.
 */
export function addKnownFrame(at: usize, stop: usize): usize {
  if (!remembersSymbols || !hasUsualAddress(at, stop)) return 0;
  const symbol = at + USUAL_ADDRESS;
  const newline = indexOf(0x0a, symbol + 1, stop);
  const end = newline - <usize>(load<u8>(newline - 1) === 0x0d);
  const module = moduleOf(symbol, end);
  if (module === 0) return 0;
  const value = recallSymbol(symbol, module, end);
  if (value === MISSING || value === NO_FRAME) return 0;
  addLines(1);
  addFrame(value);
  return newline;
}

/** Reads a frame line, or says that it does not look like one. */
export function readFrame(at: usize, end: usize, needsLongAddress: bool): bool {
  const symbol = addressEnd(at, end, needsLongAddress);
  if (symbol === 0) return false;
  const module = remembersSymbols ? moduleOf(symbol, end) : 0;
  if (module === 0) readWhole(at, end);
  else readSymbol(at, symbol, module, end);
  return true;
}

@inline
function hasUsualAddress(at: usize, end: usize): bool {
  const address = at + USUAL_ADDRESS;
  return address < end && load<u8>(at) === 0x09 && load<u8>(address) === 0x20 && isPaddedHex(at + 1);
}

/** Where the address of a frame line ends, or 0. */
function addressEnd(at: usize, end: usize, needsLongAddress: bool): usize {
  if (hasUsualAddress(at, end)) return at + USUAL_ADDRESS;
  const address = skipBlanks(at, end);
  const symbol = skipHex(address, end);
  if (symbol === address || (symbol < end && !isBlank(load<u8>(symbol)))) return 0;
  return needsLongAddress && symbol - address < 4 ? 0 : symbol;
}

@inline
function recallSymbol(symbol: usize, module: usize, end: usize): u32 {
  const length = <u32>(offsetOfSymbol(symbol, module) - symbol);
  return recallPair(symbol, length, module, <u32>(end - module), TAG_SYMBOL + isJava);
}

/** Reads a line whose ` symbol` and ` (module)` tell its frame. */
function readSymbol(at: usize, symbol: usize, module: usize, end: usize): void {
  const java = isJava;
  let value = recallSymbol(symbol, module, end);
  if (value === MISSING) {
    const hash = hashOfLast();
    value = askFrame(at, <u32>(end - at), java);
    if (value === NOT_FRAME) return;
    const length = <u32>(offsetOfSymbol(symbol, module) - symbol);
    rememberPair(symbol, length, module, <u32>(end - module), TAG_SYMBOL + java, value, hash);
  }
  takeFrame(value);
}

/** Reads a line that only as a whole tells its frame. */
function readWhole(at: usize, end: usize): void {
  const length = <u32>(end - at);
  const tag = TAG_LINE + isJava;
  let value = recall(at, length, tag);
  if (value === MISSING) {
    const hash = hashOfLast();
    value = askFrame(at, length, tag - TAG_LINE);
    if (value === NOT_FRAME) return;
    remember(at, length, tag, value, hash);
  }
  takeFrame(value);
}

@inline
function takeFrame(value: u32): void {
  if (value === NO_FRAME) addNoise(1);
  else addFrame(value);
}

/** Where the ` (module)` at the end of a line begins; 0 where there is none, or one with parentheses in it. */
function moduleOf(symbol: usize, end: usize): usize {
  if (load<u8>(end - 1) !== 0x29) return 0;
  let open = lastOf(0x28, end - 1);
  // A long one.
  if (open === 0) for (open = end - 65; open > symbol && load<u8>(open) !== 0x28; ) open--;
  if (open <= symbol || load<u8>(open - 1) !== 0x20 || indexOf(0x29, open, end - 1) !== end - 1) return 0;
  return open - 1;
}

/** Where the `+0x1f` of a symbol begins, or its end. */
@inline
function offsetOfSymbol(symbol: usize, end: usize): usize {
  const sign = end - hexBefore(end) - 3;
  return sign > symbol && sign + 3 < end && (load<u32>(sign) & 0xffffff) === PLUS_0X ? sign : end;
}

/**
 * /proc/kallsyms: the symbols of the kernel, of its modules and of what BPF made.
 *
 *     ffffffff81000000 T _text
 *     ffffffffc0a5b010 t nf_ct_get	[nf_conntrack]
 *
 * tools/lib/symbol/kallsyms.c, dso__load_kallsyms in tools/perf/util/symbol.c of Linux
 */
import { type RawSymbols, Trait, tableOf } from './build.ts';
import type { SymbolTable } from './table.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const DOLLAR = 0x24;
const PAGE = 4096;
/** Where the kernel begins on machines of 64 bits: addresses are counted from here, to be exact in a double. */
const HIGH_BASE = 0xffff_0000_0000_0000n;
const HIGH_HALF = 0xffff_0000;
/** Letters of what perf takes for functions and data, any case. */
const TYPES = new Set([...'TtWwDdBb'].map((letter) => letter.charCodeAt(0)));
const GLOBAL = new Set([...'TDB'].map((letter) => letter.charCodeAt(0)));
const WEAK = new Set([...'Ww'].map((letter) => letter.charCodeAt(0)));

export const KERNEL = '[kernel.kallsyms]';

export interface Kallsyms {
  table: SymbolTable;
  /** The address of `_text`, or null where it is not there or all addresses are hidden from who read it. */
  text: bigint | null;
}

export function readKallsyms(bytes: Uint8Array, origin: string): Kallsyms {
  const { raw, modules } = readLines(bytes);
  const table = tableOf(raw, origin, (i, next) => endBefore(raw, modules, i, next));
  const text = textOf(raw);
  return { table, text: text === undefined ? null : raw.base + BigInt(raw.starts[text] as number) };
}

/** The number of `_text`. */
function textOf(raw: RawSymbols): number | undefined {
  for (let i = 0; i < raw.length; i++) if (raw.starts[i] !== 0 && raw.name(i) === '_text') return i;
  return undefined;
}

/** The last symbol of a module, or of the kernel, ends with its page: what follows is another's. */
function endBefore({ starts }: RawSymbols, modules: Uint32Array, i: number, next: number): number {
  if (modules[i] === modules[next]) return starts[next] as number;
  return Math.ceil(((starts[i] as number) + PAGE) / PAGE) * PAGE;
}

interface Lines {
  raw: RawSymbols;
  /** By symbol, the number of its module; 0 for the kernel itself. */
  modules: Uint32Array;
}

function readLines(bytes: Uint8Array): Lines {
  const capacity = Math.ceil(bytes.length / 20) + 1;
  const high = new Uint32Array(capacity);
  const low = new Uint32Array(capacity);
  const nameAt = new Uint32Array(capacity);
  const nameEnd = new Uint32Array(capacity);
  const modules = new Uint32Array(capacity);
  const traits = new Uint8Array(capacity);
  const moduleNames = new Map<string, number>();
  const moduleList = [KERNEL];
  let length = 0;
  for (let at = 0; at < bytes.length && length < capacity; ) {
    let end = bytes.indexOf(NEWLINE, at);
    if (end < 0) end = bytes.length;
    let [upper, lower] = [0, 0];
    let digit = at;
    for (; digit < end; digit++) {
      const value = hexDigit(bytes[digit] as number);
      if (value < 0) break;
      upper = ((upper << 4) | (lower >>> 28)) >>> 0;
      lower = ((lower << 4) | value) >>> 0;
    }
    const type = bytes[digit + 1] as number;
    const name = digit + 3;
    if (digit > at && bytes[digit] === SPACE && name < end && TYPES.has(type) && bytes[name] !== DOLLAR) {
      const tab = bytes.subarray(name, end).indexOf(TAB);
      high[length] = upper;
      low[length] = lower;
      nameAt[length] = name;
      nameEnd[length] = tab < 0 ? end : name + tab;
      traits[length] = (WEAK.has(type) ? Trait.weak : 0) | (GLOBAL.has(type) ? Trait.global : 0);
      modules[length++] = tab < 0 ? 0 : moduleNumber(latin.decode(bytes.subarray(name + tab + 1, end)));
    }
    at = end + 1;
  }

  function moduleNumber(name: string): number {
    const known = moduleNames.get(name);
    if (known !== undefined) return known;
    moduleList.push(name);
    moduleNames.set(name, moduleList.length - 1);
    return moduleList.length - 1;
  }

  return columns({ high, low, nameAt, nameEnd, modules, traits, length }, bytes, moduleList);
}

const latin = new TextDecoder('latin1');
const utf8 = new TextDecoder();

interface Columns {
  high: Uint32Array;
  low: Uint32Array;
  nameAt: Uint32Array;
  nameEnd: Uint32Array;
  modules: Uint32Array;
  traits: Uint8Array;
  length: number;
}

/** Addresses less where the kernel begins, where it lies so high; what is below, per CPU, is no code then. */
function columns(
  { high, low, nameAt, nameEnd, modules, traits, length }: Columns,
  bytes: Uint8Array,
  list: string[],
): Lines {
  const isHigh = high.subarray(0, length).some((half) => half >= HIGH_HALF);
  const starts = new Float64Array(length);
  const lines = new Uint32Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) {
    const half = high[i] as number;
    if (isHigh && half < HIGH_HALF) continue;
    starts[count] = (isHigh ? half - HIGH_HALF : half) * 2 ** 32 + (low[i] as number);
    lines[count++] = i;
  }
  const kept = lines.subarray(0, count);
  const name = (i: number) => {
    const line = kept[i] as number;
    return utf8.decode(bytes.subarray(nameAt[line] as number, nameEnd[line] as number));
  };
  const own = Uint32Array.from(kept, (line) => modules[line] as number);
  const raw: RawSymbols = {
    length: count,
    starts,
    sizes: new Float64Array(count),
    traits: Uint8Array.from(kept, (line) => traits[line] as number),
    name,
    base: isHigh ? HIGH_BASE : 0n,
    module: (i) => list[own[i] as number] as string,
  };
  return { raw, modules: own };
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return -1;
}

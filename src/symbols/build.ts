/**
 * Symbols as a source has them, put in order: of several at one address one is chosen, and of one inside another each address
 * gets the innermost.
 *
 * symbols__fixup_end, symbols__fixup_duplicate and choose_best_symbol in tools/perf/util/symbol.c of Linux
 */
import { withoutArguments } from './arguments.ts';
import { demangled } from './demangle.ts';
import type { SymbolTable } from './table.ts';

/** What tells which of several names at an address is its own. */
export const Trait = { weak: 1, global: 2, untyped: 4 } as const;

/** Symbols in columns, in any order. */
export interface RawSymbols {
  length: number;
  /** Addresses, less `base`: exact in a double. */
  starts: Float64Array;
  /** 0 where the source does not tell: such a symbol goes on to the next one. */
  sizes: Float64Array;
  traits: Uint8Array;
  name(i: number): string;
  /** What is added to each address. */
  base: bigint;
  /** The module of a symbol, where the source has those of several. */
  module?(i: number): string;
}

const PAGE = 4096;
/** What one that has no end and none behind it is given: perf's own guess. */
const LAST = (start: number) => Math.ceil(start / PAGE) * PAGE + PAGE;

/**
 * @param endBefore where a symbol without a size ends, given the one behind it; by default where that begins
 */
export function tableOf(
  raw: RawSymbols,
  origin: string,
  endBefore: (i: number, next: number) => number = (_, next) => raw.starts[next] as number,
): SymbolTable {
  const order = inOrder(raw.starts, raw.length);
  const ends = endsOf(raw, order, endBefore);
  const others = new Map<number, number[]>();
  const chosen = withoutAliases(raw, order, ends, others);
  const name = (i: number) => {
    const aliases = others.get(i);
    return aliases === undefined ? raw.name(i) : bestName([i, ...aliases].map((alias) => raw.name(alias)));
  };
  return flattened({ ...raw, name }, chosen, ends, origin);
}

/** Numbers of the symbols by address; of those at one address, as the source has them. */
export function inOrder(starts: Float64Array, length: number): Uint32Array {
  const order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  if (isSorted(starts, length)) return order;
  const [low, high] = extremes(starts, length);
  // Address and number in one double, where they fit: sorted by V8 itself.
  const factor = 2 ** Math.ceil(Math.log2(length + 1));
  if ((high - low + 1) * factor > Number.MAX_SAFE_INTEGER)
    return order.sort((a, b) => (starts[a] as number) - (starts[b] as number) || a - b);
  const keys = new Float64Array(length);
  for (let i = 0; i < length; i++) keys[i] = ((starts[i] as number) - low) * factor + i;
  keys.sort();
  for (let i = 0; i < length; i++) order[i] = (keys[i] as number) % factor;
  return order;
}

function isSorted(starts: Float64Array, length: number): boolean {
  for (let i = 1; i < length; i++) if ((starts[i] as number) < (starts[i - 1] as number)) return false;
  return true;
}

function extremes(values: Float64Array, length: number): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function endsOf(
  { starts, sizes }: RawSymbols,
  order: Uint32Array,
  endBefore: (i: number, next: number) => number,
): Float64Array {
  const ends = new Float64Array(starts.length);
  for (let place = 0; place < order.length; place++) {
    const i = order[place] as number;
    const start = starts[i] as number;
    const size = sizes[i] as number;
    if (size > 0) ends[i] = start + size;
    else ends[i] = place + 1 < order.length ? endBefore(i, order[place + 1] as number) : LAST(start);
  }
  return ends;
}

/**
 * Of the symbols at an address the first of those that perf would choose from; `others` are the rest of them, which only
 * names tell apart. These are asked for when somebody asks for the name: nobody does of most.
 */
function withoutAliases(
  raw: RawSymbols,
  order: Uint32Array,
  ends: Float64Array,
  others: Map<number, number[]>,
): Uint32Array {
  const chosen = new Uint32Array(order.length);
  let count = 0;
  for (const i of order) {
    const before = count > 0 ? (chosen[count - 1] as number) : -1;
    const better =
      before < 0 || raw.starts[before] !== raw.starts[i] ? Number.NaN : rank(raw, i, ends) - rank(raw, before, ends);
    if (Number.isNaN(better)) chosen[count++] = i;
    else if (better > 0) {
      chosen[count - 1] = i;
      others.delete(before);
    } else if (better === 0) {
      const known = others.get(before);
      if (known === undefined) others.set(before, [i]);
      else known.push(i);
    }
  }
  return chosen.subarray(0, count);
}

/** A symbol with an end before one without, a typed one, a strong one, a global one: in this order. */
function rank({ starts, traits }: RawSymbols, i: number, ends: Float64Array): number {
  const trait = traits[i] as number;
  const hasEnd = (ends[i] as number) > (starts[i] as number);
  return (
    (hasEnd ? 8 : 0) + (trait & Trait.untyped ? 0 : 4) + (trait & Trait.weak ? 0 : 2) + (trait & Trait.global ? 1 : 0)
  );
}

/** The name with fewer underscores before it, the longer one, one that is not a second name of a system call. */
function bestName(names: readonly string[]): string {
  return names.reduce((a, b) => {
    const [shownA, shownB] = [a, b].map((name) => withoutArguments(demangled(name))) as [string, string];
    const better =
      underscores(shownA) - underscores(shownB) || shownB.length - shownA.length || Number(/^(?:compat_)?SyS/.test(a));
    return better > 0 ? b : a;
  });
}

function underscores(name: string): number {
  return /^_*/.exec(name)?.[0].length ?? 0;
}

/** Stretches that do not overlap: inside of a function only what has a size of its own stands for itself. */
function flattened(raw: RawSymbols, chosen: Uint32Array, ends: Float64Array, origin: string): SymbolTable {
  const out = new Stretches(chosen.length);
  /** The symbols around the present place, outermost first. */
  const around: number[] = [];
  let at = 0;
  const goTo = (place: number) => {
    for (let top = around.at(-1); top !== undefined && at < place; top = around.at(-1)) {
      const end = Math.min(ends[top] as number, place);
      if (end > at) out.add(at, end, top);
      at = Math.max(at, end);
      if ((ends[top] as number) > place) return;
      around.pop();
    }
    at = Math.max(at, place);
  };
  for (const i of chosen) {
    const start = raw.starts[i] as number;
    goTo(start);
    while (around.length > 0 && (ends[around.at(-1) as number] as number) <= start) around.pop();
    const isLabel = ((raw.traits[i] as number) & Trait.untyped) !== 0 && around.length > 0;
    if (!isLabel && (ends[i] as number) > start) around.push(i);
  }
  goTo(Number.POSITIVE_INFINITY);
  return out.table(raw, origin);
}

class Stretches {
  private starts: Float64Array;
  private ends: Float64Array;
  private symbols: Uint32Array;
  private length = 0;

  constructor(expected: number) {
    // Each symbol may go on behind one inside of it.
    this.starts = new Float64Array(expected * 2);
    this.ends = new Float64Array(expected * 2);
    this.symbols = new Uint32Array(expected * 2);
  }

  add(start: number, end: number, symbol: number): void {
    this.starts[this.length] = start;
    this.ends[this.length] = end;
    this.symbols[this.length++] = symbol;
  }

  table(raw: RawSymbols, origin: string): SymbolTable {
    const { starts, ends, symbols, length } = this;
    const { module } = raw;
    return {
      length,
      starts: halves(starts, length, raw.base),
      ends: halves(ends, length, raw.base),
      name: (i) => raw.name(symbols[i] as number),
      ...(module === undefined ? {} : { moduleOf: (i: number) => module(symbols[i] as number) }),
      origin,
    };
  }
}

/** Each value, with `base` added, as its lower and its upper 32 bits. */
function halves(values: Float64Array, length: number, base: bigint): Uint32Array {
  const out = new Uint32Array(length * 2);
  const [low, high] = [Number(base & 0xffffffffn), Number(base >> 32n)];
  for (let i = 0; i < length; i++) {
    const value = (values[i] as number) + low;
    out[i * 2] = value % 2 ** 32;
    out[i * 2 + 1] = Math.floor(value / 2 ** 32) + high;
  }
  return out;
}

/**
 * Symbols as a source has them, put in order by a loop in WebAssembly (assembly/): of several at one address one is chosen,
 * and of one inside another each address gets the innermost.
 */
import { wasm } from '../generated/symbols-wasm.ts';
import { withoutArguments } from './arguments.ts';
import { demangled } from './demangle.ts';
import type { SymbolTable } from './table.ts';

/** What tells which of several names at an address is its own. */
export const Trait = { weak: 1, global: 2, untyped: 4 } as const;

/** What of a file holds addresses: what is added to one that lies there. */
export interface Stretch {
  address: bigint;
  size: bigint;
  added: bigint;
}

/** A table of symbols of an ELF file, with what it takes to read it. */
export interface ElfTable {
  symbols: Uint8Array;
  /** The names, where they are looked at before anybody asks for them: marks of ARM's are none. Else empty. */
  texts: Uint8Array;
  is64: boolean;
  little: boolean;
  machine: number;
  /** None: addresses stay what they are. */
  stretches: readonly Stretch[];
  /** For each section, whether labels in it are symbols. */
  sections: Uint8Array;
}

interface Exports {
  memory: WebAssembly.Memory;
  layOut(inputBytes: number, symbols: number): number;
  inputAt(): number;
  add(start: bigint, size: bigint, trait: number, name: number, module: number): void;
  move(first: number, by: bigint): void;
  addElf(
    symbols: number,
    bytes: number,
    wide: boolean,
    big: boolean,
    machine: number,
    segments: number,
    segmentCount: number,
    sections: number,
    sectionCount: number,
    texts: number,
    textBytes: number,
    first: number,
  ): void;
  addKallsyms(bytes: number): void;
  find(texts: number, text: number, length: number): number;
  startOf(symbol: number): bigint;
  build(byModule: boolean): void;
  symbolCount(): number;
  stretchCount(): number;
  aliasCount(): number;
  columnAt(column: number): number;
}

const PAGE = 1 << 16;
const NONE = 0xffffffff;
/** A symbol of an ELF file takes 16 bytes at least. */
const ELF_BYTES = 16;
/** A line of kallsyms with an address of 32 bits takes as many at least. Room that is not used costs nothing. */
const KALLSYMS_BYTES = 13;

let compiled: { exports: Exports; memory: WebAssembly.Memory } | undefined;

/** One at a time is built, in memory that the next one uses again. */
function loop(): { exports: Exports; memory: WebAssembly.Memory } {
  if (compiled !== undefined) return compiled;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  compiled = { exports: exports as unknown as Exports, memory };
  return compiled;
}

export class SymbolBuilder {
  private readonly exports: Exports;
  private readonly memory: WebAssembly.Memory;
  private used = 0;

  /** @param bytes how many of input there will be, with what tells of it @param symbols how many symbols at most */
  constructor(bytes: number, symbols: number) {
    const { exports, memory } = loop();
    this.exports = exports;
    this.memory = memory;
    const size = exports.layOut(bytes, symbols) >>> 0;
    if (size > memory.buffer.byteLength) memory.grow(Math.ceil((size - memory.buffer.byteLength) / PAGE));
  }

  static forKallsyms(bytes: Uint8Array): SymbolBuilder {
    const builder = new SymbolBuilder(bytes.length + 64, Math.ceil(bytes.length / KALLSYMS_BYTES) + 1);
    builder.put(bytes);
    builder.exports.addKallsyms(bytes.length);
    return builder;
  }

  /** @param more how many symbols are added one by one */
  static forElf(tables: readonly ElfTable[], more: number): SymbolBuilder {
    const bytes = tables.map(
      ({ symbols, texts, stretches, sections }) =>
        symbols.length + texts.length + sections.length + stretches.length * 24,
    );
    const count = tables.reduce((sum, { symbols }) => sum + Math.floor(symbols.length / ELF_BYTES), more);
    return new SymbolBuilder(
      bytes.reduce((sum, size) => sum + size + 64, 64),
      count,
    );
  }

  /** Adds a symbol; what `name` and `module` are is the caller's. */
  add(start: bigint, size: bigint, trait: number, name: number, module = 0): void {
    this.exports.add(start, size, trait, name, module);
  }

  /** Adds those of a file's table; their names are told as places in its texts, plus `first`. Returns where the texts are. */
  addElf({ symbols, texts, is64, little, machine, stretches, sections }: ElfTable, first: number): number {
    const words = BigUint64Array.from(
      stretches.flatMap(({ address, size, added }) => [address, size, added]).map((word) => BigInt.asUintN(64, word)),
    );
    const [at, names, kinds, places] = [symbols, texts, sections, new Uint8Array(words.buffer)].map((part) =>
      this.put(part),
    ) as [number, number, number, number];
    this.exports.addElf(
      at,
      symbols.length,
      is64,
      !little,
      machine,
      places,
      stretches.length,
      kinds,
      sections.length,
      names,
      texts.length,
      first,
    );
    return names;
  }

  /** The address of a symbol, by its name in the texts that are in memory at `texts`; null where there is none. */
  startOf(name: string, texts = this.exports.inputAt() >>> 0): bigint | null {
    const text = new TextEncoder().encode(name);
    const symbol = this.exports.find(texts, this.put(text), text.length) >>> 0;
    return symbol === NONE ? null : BigInt.asUintN(64, this.exports.startOf(symbol));
  }

  /** Adds to the address of each symbol. */
  move(by: bigint): void {
    this.exports.move(0, BigInt.asUintN(64, by));
  }

  /**
   * The table; nothing can be added after.
   * @param name the name of a symbol, given what was added as its name
   * @param module the same of its module, where symbols are of several
   */
  table(
    origin: string,
    name: (added: number) => string,
    module: ((added: number) => string) | null = null,
  ): SymbolTable {
    const { exports } = this;
    exports.build(module !== null);
    const [length, symbols] = [exports.stretchCount(), exports.symbolCount()];
    const starts = this.column(0, length * 2);
    const ends = this.column(1, length * 2);
    const own = this.column(2, length);
    const names = this.column(4, symbols);
    const modules = module === null ? null : this.column(5, symbols);
    const aliases = aliasesOf(this.column(3, exports.aliasCount() * 2));
    const nameOf = (symbol: number) => name(names[symbol] as number);
    return {
      length,
      starts,
      ends,
      name: (i) => {
        const symbol = own[i] as number;
        const others = aliases.get(symbol);
        return others === undefined ? nameOf(symbol) : bestName([symbol, ...others].map(nameOf));
      },
      ...(modules === null || module === null
        ? {}
        : { moduleOf: (i: number) => module(modules[own[i] as number] as number) }),
      origin,
    };
  }

  /** Puts bytes into the memory. Returns where. */
  private put(bytes: Uint8Array): number {
    const at = (this.exports.inputAt() >>> 0) + this.used;
    new Uint8Array(this.memory.buffer).set(bytes, at);
    this.used += (bytes.length + 7) & ~7;
    return at;
  }

  private column(column: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, this.exports.columnAt(column) >>> 0, length).slice();
  }
}

function aliasesOf(pairs: Uint32Array): Map<number, number[]> {
  const aliases = new Map<number, number[]>();
  for (let i = 0; i < pairs.length; i += 2) {
    const [symbol, other] = [pairs[i] as number, pairs[i + 1] as number];
    const known = aliases.get(symbol);
    if (known === undefined) aliases.set(symbol, [other]);
    else known.push(other);
  }
  return aliases;
}

/** Of several names, demangled, the one with fewer underscores before it, the longer one, one that is not a second name of a system call. */
function bestName(names: readonly string[]): string {
  const candidates = names.map((name) => {
    const whole = demangled(name);
    return { whole, shown: withoutArguments(whole) };
  });
  return candidates.reduce((a, b) => {
    const better =
      underscores(a.shown) - underscores(b.shown) ||
      b.shown.length - a.shown.length ||
      Number(/^(?:compat_)?SyS/.test(a.whole));
    return better > 0 ? b : a;
  }).whole;
}

function underscores(name: string): number {
  return /^_*/.exec(name)?.[0].length ?? 0;
}

/**
 * The functions and objects of an ELF file, at their offsets in the file: what an address, less where the file was mapped,
 * is an offset into.
 *
 * dso__load_sym_internal and dso__synthesize_plt_symbols in tools/perf/util/symbol-elf.c of Linux
 */
import { type RawSymbols, Trait, tableOf } from './build.ts';
import { type Elf, type Section, SectionType, sectionBytes, sectionNamed, textAt } from './elf.ts';
import type { SymbolTable } from './table.ts';

const STT = { none: 0, object: 1, func: 2, ifunc: 10 } as const;
const STB = { global: 1, weak: 2 } as const;
const SHN_UNDEF = 0;
/** From here on it is no section: an absolute value, a common block. */
const SHN_FIRST_RESERVED = 0xff00;
const STV = { internal: 1, hidden: 2 } as const;
const ET_REL = 1;
/** More symbols than any program has. */
const MAX_SYMBOLS = 1 << 24;
/** Size of the header and of an entry of .plt, where they differ from x86's: by machine. */
const PLT: Readonly<Record<number, [header: number, entry: number]>> = { 40: [20, 12], 183: [32, 16] };
const X86_PLT: [header: number, entry: number] = [16, 16];
/** Where kernels of 64 bits begin: their addresses are counted from here, to be exact in a double. */
const HIGH_BASE = 0xffff_0000_0000_0000n;
const HIGH_HALF = 0xffff_0000;
// $a $d $t $x: what mark code and data in ARM's files
const MARK = /^\$[adtx](?:\.|$)/;

/** Whether its symbol table is there: debuggers' files have one, stripped ones do not. */
export function hasSymbolTable(elf: Elf): boolean {
  return elf.sections.some(({ type, size }) => type === SectionType.symbols && size > 0);
}

/**
 * @param code what offset of the file was mapped as its code, for a file that has none of it: a debug file's segments do not
 *   tell where in the program they are
 * @param program the file that was mapped, where `elf` is its debug file
 */
export function elfSymbols(elf: Elf, origin: string, code: bigint, program: Elf | null = null): SymbolTable | null {
  if (elf.type === ET_REL) return null;
  const list = new SymbolList(0n);
  const offsetOf = offsetsOf(program ?? elf, code);
  addSymbols(list, elf, ownSymbols(elf) ?? dynamicSymbols(elf), 0, offsetOf);
  addPlt(list, program ?? elf);
  return list.length === 0 ? null : tableOf(list.raw(), origin);
}

/**
 * The same, with the functions that only an unpacked `.gnu_debugdata` has: it leaves out what `.dynsym` of its program has.
 */
export function miniDebugSymbols(mini: Elf, program: Elf, origin: string): SymbolTable | null {
  const list = new SymbolList(0n);
  const offsetOf = offsetsOf(program, 0n);
  addSymbols(list, program, dynamicSymbols(program), 0, offsetOf);
  addSymbols(list, mini, ownSymbols(mini), 0, offsetOf);
  addPlt(list, program);
  return list.length === 0 ? null : tableOf(list.raw(), origin);
}

/** The symbols of a kernel, vmlinux, at their addresses; `text` is where `_text` was when it ran. */
export function kernelSymbols(elf: Elf, origin: string, text: bigint): SymbolTable | null {
  const list = new SymbolList(HIGH_BASE);
  addSymbols(list, elf, ownSymbols(elf), HIGH_HALF, (address) => address);
  const raw = list.raw();
  const start = raw.starts.findIndex((_, i) => i < raw.length && raw.name(i) === '_text');
  if (start < 0) return null;
  const moved = Number(text - HIGH_BASE) - (raw.starts[start] as number);
  return tableOf({ ...raw, starts: raw.starts.map((address) => address + moved) }, origin);
}

function ownSymbols({ sections }: Elf): Section | undefined {
  return sections.find(({ type }) => type === SectionType.symbols);
}

function dynamicSymbols({ sections }: Elf): Section | undefined {
  return sections.find(({ type }) => type === SectionType.dynamicSymbols);
}

/** Symbols in columns, while they are read. */
class SymbolList {
  length = 0;
  private starts = new Float64Array(1024);
  private sizes = new Float64Array(1024);
  private traits = new Uint8Array(1024);
  private nameAt = new Uint32Array(1024);
  /** Which of the texts, and, behind a name, what is added. */
  private source = new Uint8Array(1024);
  private readonly texts: { bytes: Uint8Array; suffix: string }[] = [];
  private readonly base: bigint;

  constructor(base: bigint) {
    this.base = base;
  }

  /** From here on names are in `bytes`, each followed by `suffix`. */
  namesIn(bytes: Uint8Array, suffix = ''): void {
    this.texts.push({ bytes, suffix });
  }

  add(start: number, size: number, traits: number, nameAt: number): void {
    const i = this.length++;
    if (i === this.starts.length) this.grow();
    this.starts[i] = start;
    this.sizes[i] = size;
    this.traits[i] = traits;
    this.nameAt[i] = nameAt;
    this.source[i] = this.texts.length - 1;
  }

  raw(): RawSymbols {
    const { length, starts, sizes, traits, nameAt, source, texts } = this;
    const name = (i: number) => {
      const { bytes, suffix } = texts[source[i] as number] as { bytes: Uint8Array; suffix: string };
      return textAt(bytes, nameAt[i] as number) + suffix;
    };
    return { length, starts, sizes, traits, name, base: this.base };
  }

  private grow(): void {
    const capacity = this.starts.length * 4;
    this.starts = enlarged(this.starts, new Float64Array(capacity));
    this.sizes = enlarged(this.sizes, new Float64Array(capacity));
    this.traits = enlarged(this.traits, new Uint8Array(capacity));
    this.nameAt = enlarged(this.nameAt, new Uint32Array(capacity));
    this.source = enlarged(this.source, new Uint8Array(capacity));
  }
}

function enlarged<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** @param high what the upper halves of addresses are counted from */
function addSymbols(
  list: SymbolList,
  elf: Elf,
  section: Section | undefined,
  high: number,
  offsetOf: (address: number) => number,
): void {
  const texts = section && elf.sections[section.link];
  if (section === undefined || texts === undefined) return;
  const names = sectionBytes(elf, texts);
  const symbols = sectionBytes(elf, section);
  const view = new DataView(symbols.buffer, symbols.byteOffset, symbols.length);
  const { is64, little } = elf;
  const size = is64 ? 24 : 16;
  const isNamed = elf.sections.map(({ name }) => name.includes('text') || name.includes('data'));
  list.namesIn(names);
  const count = Math.min(Math.floor(symbols.length / size), MAX_SYMBOLS);
  for (let i = 0; i < count; i++) {
    const at = i * size;
    const info = view.getUint8(at + (is64 ? 4 : 12));
    const index = view.getUint16(at + (is64 ? 6 : 14), little);
    const type = info & 15;
    if (
      index === SHN_UNDEF ||
      index >= SHN_FIRST_RESERVED ||
      (type !== STT.func && type !== STT.object && type !== STT.ifunc && type !== STT.none)
    )
      continue;
    const nameAt = view.getUint32(at, little);
    if (nameAt === 0) continue;
    const isLabel = type === STT.none;
    if (isLabel) {
      const visibility = view.getUint8(at + (is64 ? 5 : 13)) & 3;
      const isHidden = visibility === STV.hidden || visibility === STV.internal;
      if (isHidden || isNamed[index] !== true || MARK.test(textAt(names, nameAt))) continue;
    }
    const address = is64 ? wordAt(view, at + 8, little, high) : view.getUint32(at + 4, little);
    const length = is64 ? wordAt(view, at + 16, little) : view.getUint32(at + 8, little);
    const binding = info >> 4;
    const traits =
      (binding === STB.weak ? Trait.weak : 0) |
      (binding === STB.global ? Trait.global : 0) |
      (isLabel ? Trait.untyped : 0);
    const thumb = elf.machine === 40 && type === STT.func ? address % 2 : 0;
    const start = offsetOf(address - thumb);
    if (start >= 0 && start < Number.MAX_SAFE_INTEGER) list.add(start, length, traits, nameAt);
  }
}

function wordAt(view: DataView, at: number, little: boolean, high = 0): number {
  const upper = view.getUint32(little ? at + 4 : at, little);
  return (upper - high) * 2 ** 32 + view.getUint32(little ? at : at + 4, little);
}

/** How addresses of a file's symbols become offsets in it: by the segment that holds them. */
function offsetsOf(elf: Elf, code: bigint): (address: number) => number {
  const { segments } = elf;
  if (segments.length === 0) return (address) => address;
  const text = sectionNamed(elf, '.text');
  // A debug file: what its segments hold is not there, nor do they say where it was. Its code was mapped from `code` on.
  if (text?.type === SectionType.nothing) {
    const first = segments.find(({ executable }) => executable);
    const start = first === undefined ? 0 : first.address - (first.address % 4096);
    return (address) => address - start + Number(code);
  }
  let last = segments[0] as (typeof segments)[number];
  return (address) => {
    if (!(address >= last.address && address < last.address + last.memorySize)) {
      const found = segments.find(({ address: start, memorySize }) => address >= start && address < start + memorySize);
      if (found === undefined) return -1;
      last = found;
    }
    return address - last.address + last.offset;
  };
}

/** The calls into other files: `getc@plt`, in the order of the relocations that bind them. */
function addPlt(list: SymbolList, elf: Elf): void {
  const relocations = sectionNamed(elf, '.rela.plt') ?? sectionNamed(elf, '.rel.plt');
  const plt = sectionNamed(elf, '.plt');
  const dynamic = elf.sections.find(({ type }) => type === SectionType.dynamicSymbols);
  const texts = dynamic && elf.sections[dynamic.link];
  if (relocations === undefined || plt === undefined || dynamic === undefined || texts === undefined) return;
  const [header, entry] = PLT[elf.machine] ?? X86_PLT;
  const names = namesOf(elf, relocations, dynamic);
  list.namesIn(sectionBytes(elf, texts), '@plt');
  const second = sectionNamed(elf, '.plt.sec');
  names.forEach((nameAt, i) => {
    list.add(plt.offset + header + i * entry, entry, Trait.global, nameAt);
    if (second !== undefined) list.add(second.offset + i * entry, entry, Trait.global, nameAt);
  });
}

/** Where the name of each relocation's symbol is. */
function namesOf(elf: Elf, relocations: Section, dynamic: Section): number[] {
  const { is64, little } = elf;
  const [bytes, symbols] = [sectionBytes(elf, relocations), sectionBytes(elf, dynamic)];
  const [view, table] = [bytes, symbols].map((all) => new DataView(all.buffer, all.byteOffset, all.length)) as [
    DataView,
    DataView,
  ];
  const hasAddend = relocations.type === SectionType.relocations;
  const size = (is64 ? 16 : 8) + (hasAddend ? (is64 ? 8 : 4) : 0);
  const symbolSize = is64 ? 24 : 16;
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => {
    const index = is64 ? symbolIn64(view, i * size + 8, little) : view.getUint32(i * size + 4, little) >>> 8;
    const at = index * symbolSize;
    return at + 4 <= symbols.length ? table.getUint32(at, little) : 0;
  });
}

/** The upper half of r_info. */
function symbolIn64(view: DataView, at: number, little: boolean): number {
  return view.getUint32(little ? at + 4 : at, little);
}

/**
 * The functions and objects of an ELF file, at their offsets in the file: what an address, less where the file was mapped,
 * is an offset into.
 *
 * dso__load_sym_internal and dso__synthesize_plt_symbols in tools/perf/util/symbol-elf.c of Linux
 */
import { type ElfTable, type Stretch, SymbolBuilder, Trait } from './build.ts';
import { type Elf, Names, type Section, SectionType, sectionBytes, sectionNamed } from './elf.ts';
import type { SymbolTable } from './table.ts';

const ET_REL = 1;
/** Size of the header and of an entry of .plt, where they differ from x86's: by machine. */
const PLT: Readonly<Record<number, [header: number, entry: number]>> = { 40: [20, 12], 183: [32, 16] };
const X86_PLT: [header: number, entry: number] = [16, 16];

/** EM_ARM, EM_AARCH64: their files mark code and data by symbols that are none. */
const MARKED = [40, 183];
const NO_TEXTS = new Uint8Array();

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
  return tableOf(
    origin,
    [tableIn(elf, ownSymbols(elf) ?? dynamicSymbols(elf), stretchesOf(program ?? elf, code))],
    program ?? elf,
  );
}

/**
 * The same, with the functions that only an unpacked `.gnu_debugdata` has: it leaves out what `.dynsym` of its program has.
 */
export function miniDebugSymbols(mini: Elf, program: Elf, origin: string): SymbolTable | null {
  const stretches = stretchesOf(program, 0n);
  const tables = [tableIn(program, dynamicSymbols(program), stretches), tableIn(mini, ownSymbols(mini), stretches)];
  return tableOf(origin, tables, program);
}

/** The symbols of a kernel, vmlinux, at their addresses; `text` is where `_text` was when it ran. */
export function kernelSymbols(elf: Elf, origin: string, text: bigint): SymbolTable | null {
  const found = tableIn(elf, ownSymbols(elf), []);
  if (found === null) return null;
  // Its names are looked through for `_text`.
  const table = { ...found, texts: found.names.all() };
  const builder = SymbolBuilder.forElf([table], 0);
  const start = builder.startOf('_text', builder.addElf(table, 0));
  if (start === null) return null;
  builder.move(text - start);
  return builder.table(origin, (at) => table.names.at(at));
}

function ownSymbols({ sections }: Elf): Section | undefined {
  return sections.find(({ type }) => type === SectionType.symbols);
}

function dynamicSymbols({ sections }: Elf): Section | undefined {
  return sections.find(({ type }) => type === SectionType.dynamicSymbols);
}

interface NamedTable extends ElfTable {
  names: Names;
}

/** A table of symbols with what it takes to read it; null where the file has none. */
function tableIn(elf: Elf, section: Section | undefined, stretches: readonly Stretch[]): NamedTable | null {
  const texts = section && elf.sections[section.link];
  if (section === undefined || texts === undefined) return null;
  const { is64, little, machine, sections } = elf;
  const names = new Names(elf, texts);
  return {
    symbols: sectionBytes(elf, section),
    names,
    texts: MARKED.includes(machine) ? names.all() : NO_TEXTS,
    is64,
    little,
    machine,
    stretches,
    sections: Uint8Array.from(sections, ({ name }) => Number(name.includes('text') || name.includes('data'))),
  };
}

/** What is behind the place of a name: names of several tables are told by one number. */
interface NameList {
  names: Names;
  first: number;
  suffix: string;
}

function tableOf(origin: string, found: readonly (NamedTable | null)[], program: Elf): SymbolTable | null {
  const tables = found.filter((table) => table !== null);
  const plt = pltOf(program);
  const builder = SymbolBuilder.forElf(tables, plt.entries.length);
  const lists: NameList[] = [];
  let first = 0;
  for (const table of tables) {
    builder.addElf(table, first);
    lists.push({ names: table.names, first, suffix: '' });
    first += table.names.size;
  }
  if (plt.names !== null) lists.push({ names: plt.names, first, suffix: '@plt' });
  for (const { offset, size, nameAt } of plt.entries)
    builder.add(BigInt(offset), BigInt(size), Trait.global, first + nameAt);
  const table = builder.table(origin, (name) => nameIn(lists, name));
  return table.length === 0 ? null : table;
}

function nameIn(lists: readonly NameList[], name: number): string {
  const { names, first, suffix } = lists.findLast((list) => list.first <= name) as NameList;
  return names.at(name - first) + suffix;
}

/** How addresses of a file's symbols become offsets in it: by the segment that holds them. */
function stretchesOf(elf: Elf, code: bigint): Stretch[] {
  const { segments } = elf;
  // A debug file: what its segments hold is not there, nor do they say where it was. Its code was mapped from `code` on.
  if (sectionNamed(elf, '.text')?.type === SectionType.nothing) {
    const first = segments.find(({ executable }) => executable);
    const start = BigInt(first === undefined ? 0 : first.address - (first.address % 4096));
    return [{ address: 0n, size: 2n ** 63n, added: code - start }];
  }
  return segments.map(({ address, memorySize, offset }) => ({
    address: BigInt(address),
    size: BigInt(memorySize),
    added: BigInt(offset) - BigInt(address),
  }));
}

interface Plt {
  names: Names | null;
  entries: { offset: number; size: number; nameAt: number }[];
}

/** The calls into other files: `getc@plt`, in the order of the relocations that bind them. */
function pltOf(elf: Elf): Plt {
  const relocations = sectionNamed(elf, '.rela.plt') ?? sectionNamed(elf, '.rel.plt');
  const plt = sectionNamed(elf, '.plt');
  const dynamic = dynamicSymbols(elf);
  const texts = dynamic && elf.sections[dynamic.link];
  if (relocations === undefined || plt === undefined || dynamic === undefined || texts === undefined)
    return { names: null, entries: [] };
  const [header, size] = PLT[elf.machine] ?? X86_PLT;
  const second = sectionNamed(elf, '.plt.sec');
  const entries = namesOf(elf, relocations, dynamic).flatMap((nameAt, i) => {
    const lazy = { offset: plt.offset + header + i * size, size, nameAt };
    return second === undefined ? [lazy] : [lazy, { offset: second.offset + i * size, size, nameAt }];
  });
  return { names: new Names(elf, texts), entries };
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

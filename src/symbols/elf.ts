/**
 * ELF files: sections, segments, build ID. System V ABI, chapters 4 and 5; linux/elf.h.
 */
import { type Bytes, bytesAt, hex } from './bytes.ts';
import { isElf } from './kinds.ts';

export interface Section {
  name: string;
  type: number;
  flags: number;
  address: number;
  offset: number;
  size: number;
  link: number;
  info: number;
  entrySize: number;
}

export interface Segment {
  offset: number;
  address: number;
  fileSize: number;
  memorySize: number;
  executable: boolean;
}

export interface Elf {
  bytes: Bytes;
  is64: boolean;
  little: boolean;
  /** EM_* */
  machine: number;
  /** ET_* */
  type: number;
  sections: Section[];
  /** Those that are loaded. */
  segments: Segment[];
}

export const SectionType = {
  symbols: 2,
  strings: 3,
  relocations: 4,
  nothing: 8,
  plainRelocations: 9,
  dynamicSymbols: 11,
  note: 7,
} as const;

const PT_LOAD = 1;
const PF_X = 1;
const NT_GNU_BUILD_ID = 3;
/** Files have a few dozen; some thousands where each function has one. */
const MAX_SECTIONS = 1 << 16;
/** What is read at once of a section: no symbols of a program are more. */
const MAX_SECTION_BYTES = 1 << 30;
const MAX_NOTE_BYTES = 1 << 20;

/** Reads the tables of an ELF file; null for any other, or one that is damaged there. */
export function readElf(bytes: Bytes): Elf | null {
  const head = bytesAt(bytes, 0, 64);
  if (!isElf(head) || head.length < 52) return null;
  const [is64, little] = [head[4] === 2, head[5] === 1];
  if (is64 && head.length < 64) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const u16 = (at: number) => view.getUint16(at, little);
  const word = (at64: number, at32: number) =>
    is64 ? Number(view.getBigUint64(at64, little)) : view.getUint32(at32, little);
  const elf: Elf = { bytes, is64, little, machine: u16(18), type: u16(16), sections: [], segments: [] };
  const at = is64 ? 52 : 40;
  const [programSize, programCount, sectionSize, sectionCount, nameSection] = [2, 4, 6, 8, 10].map((i) =>
    u16(at + i),
  ) as [number, number, number, number, number];
  elf.segments = readSegments(elf, word(32, 28), programSize, programCount);
  elf.sections = readSections(elf, word(40, 32), sectionSize, sectionCount, nameSection);
  return elf;
}

function readSegments({ bytes, is64, little }: Elf, at: number, size: number, count: number): Segment[] {
  if (size < (is64 ? 56 : 32)) return [];
  const table = bytesAt(bytes, at, size * count);
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const segments: Segment[] = [];
  for (let start = 0; start + size <= table.length; start += size) {
    if (view.getUint32(start, little) !== PT_LOAD) continue;
    const word = (at64: number, at32: number) =>
      is64 ? Number(view.getBigUint64(start + at64, little)) : view.getUint32(start + at32, little);
    const flags = view.getUint32(start + (is64 ? 4 : 24), little);
    segments.push({
      offset: word(8, 4),
      address: word(16, 8),
      fileSize: word(32, 16),
      memorySize: word(40, 20),
      executable: (flags & PF_X) !== 0,
    });
  }
  return segments;
}

function readSections({ bytes, is64, little }: Elf, at: number, size: number, count: number, names: number): Section[] {
  if (size < (is64 ? 64 : 40) || count > MAX_SECTIONS) return [];
  const table = bytesAt(bytes, at, size * count);
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const sections: (Section & { nameAt: number })[] = [];
  for (let start = 0; start + size <= table.length; start += size) {
    const u32 = (offset: number) => view.getUint32(start + offset, little);
    const word = (at64: number, at32: number) => (is64 ? Number(view.getBigUint64(start + at64, little)) : u32(at32));
    sections.push({
      name: '',
      nameAt: u32(0),
      type: u32(4),
      flags: word(8, 8),
      address: word(16, 12),
      offset: word(24, 16),
      size: word(32, 20),
      link: u32(is64 ? 40 : 24),
      info: u32(is64 ? 44 : 28),
      entrySize: word(56, 36),
    });
  }
  const texts = sections[names];
  const text = texts === undefined ? new Uint8Array() : sectionBytes({ bytes }, texts);
  for (const section of sections) section.name = textAt(text, section.nameAt);
  return sections;
}

/** A section's bytes; none where it holds nothing in this file. */
export function sectionBytes({ bytes }: Pick<Elf, 'bytes'>, { type, offset, size }: Section): Uint8Array {
  return type === SectionType.nothing || size > MAX_SECTION_BYTES ? new Uint8Array() : bytesAt(bytes, offset, size);
}

/** The text from `at` up to its NUL. */
export function textAt(texts: Uint8Array, at: number): string {
  if (at >= texts.length) return '';
  const end = texts.indexOf(0, at);
  return decoder.decode(texts.subarray(at, end < 0 ? texts.length : end));
}

const decoder = new TextDecoder();

const MAX_NAME_BYTES = 1 << 16;
/** What most names fit into: a name is read, told and forgotten, some ten thousand times. */
const room = new Uint8Array(256);

/** Names of a file, read when they are asked for: a program has a hundred times as many as a recording meets. */
export class Names {
  private readonly elf: Elf;
  private readonly section: Section;
  readonly size: number;

  constructor(elf: Elf, section: Section) {
    this.elf = elf;
    this.section = section;
    this.size = section.type === SectionType.nothing ? 0 : section.size;
  }

  all(): Uint8Array {
    return sectionBytes(this.elf, this.section);
  }

  /** The text from `at` up to its NUL. */
  at(at: number): string {
    const [{ bytes }, start, left] = [this.elf, this.section.offset + at, Math.max(this.size - at, 0)];
    const length = Math.min(bytes.read(room, start), left);
    const isWhole = length < room.length || room.includes(0);
    return textAt(isWhole ? room.subarray(0, length) : bytesAt(bytes, start, Math.min(left, MAX_NAME_BYTES)), 0);
  }
}

export function sectionNamed({ sections }: Elf, name: string): Section | undefined {
  return sections.find((section) => section.name === name);
}

/** The build ID in hexadecimal digits; empty where the file has none. */
export function buildIdOf(elf: Elf): string {
  for (const section of elf.sections) {
    if (section.type !== SectionType.note || section.size > MAX_NOTE_BYTES) continue;
    const id = buildIdIn(sectionBytes(elf, section), elf.little);
    if (id !== '') return id;
  }
  return '';
}

/** The build ID among notes: those of an ELF file, or /sys/kernel/notes. */
export function buildIdIn(notes: Uint8Array, little: boolean): string {
  const view = new DataView(notes.buffer, notes.byteOffset, notes.length);
  for (let at = 0; at + 12 <= notes.length; ) {
    const [nameSize, size, type] = [0, 4, 8].map((i) => view.getUint32(at + i, little)) as [number, number, number];
    const start = at + 12 + padded(nameSize);
    if (type === NT_GNU_BUILD_ID && nameSize === 4 && textAt(notes, at + 12) === 'GNU' && start + size <= notes.length)
      return hex(notes.subarray(start, start + size));
    at = start + padded(size);
  }
  return '';
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}

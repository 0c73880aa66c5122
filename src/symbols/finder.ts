/**
 * Finds the symbols of what was recorded among what is at hand. A file is taken where its build ID is that of the
 * recording: names of another build look right and are wrong. Where neither has one, its path must do, and that is said.
 */
import { type Bytes, bytesOf, wholeOf } from './bytes.ts';
import { buildIdOf, type Elf, readElf, SectionType, sectionBytes, sectionNamed } from './elf.ts';
import { elfSymbols, hasSymbolTable, kernelSymbols, miniDebugSymbols } from './elf-symbols.ts';
import { readJitdump } from './jitdump.ts';
import { readKallsyms } from './kallsyms.ts';
import { readPerfMap } from './perf-map.ts';
import type { RecordedHost, SymbolFinder, SymbolTable, Wanted } from './table.ts';

/** A file that may hold symbols. */
export interface SymbolFile {
  /** For a person: its path, or its name in an archive. */
  name: string;
  bytes: Bytes;
  /** Nothing but its place says whose it is, and that place is enough: the file is the one that was mapped. */
  isSame?: boolean;
}

/** Somewhere symbols may be: a folder, an archive, this machine. What it hands out is a guess; it is checked here. */
export interface SymbolPlace {
  /** Files that may be, or may be debug files of, what was mapped. */
  files(wanted: Wanted & { what: 'file' }, host: RecordedHost): Iterable<SymbolFile>;
  /** Copies of /proc/kallsyms, with the build ID of their kernel where their place tells it. */
  kallsyms(buildId: string, host: RecordedHost): Iterable<SymbolFile & { buildId: string }>;
  /** vmlinux, and debug files of it. */
  kernels(buildId: string): Iterable<SymbolFile>;
  /** perf-PID.map and jitdump files of a process. */
  processes(wanted: Wanted & { what: 'process' }, host: RecordedHost): Iterable<SymbolFile>;
}

/** More than any /proc/kallsyms or map of a JIT has. */
const MAX_TEXT_BYTES = 256 << 20;
const MAX_PACKED_BYTES = 64 << 20;

interface Candidate {
  elf: Elf;
  name: string;
  byPath: boolean;
}

/** Unpacks what is in `.gnu_debugdata`. */
export type Unpack = (packed: Uint8Array) => Promise<Uint8Array>;

interface Packed {
  program: Elf;
  packed: Uint8Array;
  origin: string;
}

export class Symbols implements SymbolFinder {
  private readonly places: readonly SymbolPlace[];
  private readonly unpack: Unpack;
  /** What was wanted and must be unpacked before it can be had, by its section. */
  private readonly waiting = new Map<string, Packed>();
  private readonly unpacked = new Map<string, Elf | null>();
  /** What was found to be of something else, for a person. */
  readonly refused = new Set<string>();

  /** @param places asked in this order */
  constructor(places: readonly SymbolPlace[], unpack: Unpack) {
    this.places = places;
    this.unpack = unpack;
  }

  find(wanted: Wanted, host: RecordedHost): SymbolTable | null {
    if (wanted.what === 'kernel') return this.ofKernel(wanted, host);
    if (wanted.what === 'process') return this.ofProcess(wanted, host);
    return this.ofFile(wanted, host);
  }

  /** Unpacks what was met packed. Whether there was any: then all is to be asked for again. */
  async settle(): Promise<boolean> {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const [key, { packed }] of waiting) this.unpacked.set(key, await this.elfIn(packed));
    return waiting.length > 0;
  }

  private async elfIn(packed: Uint8Array): Promise<Elf | null> {
    const bytes = await this.unpack(packed).catch(() => new Uint8Array());
    return readElf(bytesOf(bytes));
  }

  private ofFile(wanted: Wanted & { what: 'file' }, host: RecordedHost): SymbolTable | null {
    const found = this.chosen(wanted, host);
    const { program } = found;
    let { debug } = found;
    // The recording does not tell the build ID, as that of a pipe, but the very file does: its debug file is known by it.
    const ownId = program === null || debug !== null ? '' : buildIdOf(program.elf);
    if (wanted.buildId === '' && ownId !== '') ({ debug } = this.chosen({ ...wanted, buildId: ownId }, host));
    const table = this.tableOf(program, debug, wanted.code);
    return table && { ...table, byPath: (program ?? debug)?.byPath ?? false };
  }

  /** What ran, and what has its symbols. */
  private chosen(wanted: Wanted & { what: 'file' }, host: RecordedHost): Record<'program' | 'debug', Candidate | null> {
    let program: Candidate | null = null;
    let debug: Candidate | null = null;
    for (const file of this.candidates(wanted, host)) {
      const candidate = this.checked(file, wanted);
      if (candidate === null) continue;
      if (hasSymbolTable(candidate.elf)) debug ??= candidate;
      if (hasCode(candidate.elf)) program ??= candidate;
      // A debug file does not tell where in the program its functions are, nor what the program calls.
      if (debug !== null && program !== null) break;
    }
    return { program, debug };
  }

  private tableOf(program: Candidate | null, debug: Candidate | null, code: bigint): SymbolTable | null {
    if (debug !== null) return elfSymbols(debug.elf, debug.name, code, program?.elf ?? null);
    if (program === null) return null;
    return this.miniDebug(program) ?? elfSymbols(program.elf, program.name, code);
  }

  /** The file, if it is of the build that was recorded. */
  private checked({ name, bytes, isSame }: SymbolFile, wanted: Wanted & { what: 'file' }): Candidate | null {
    const elf = readElf(bytes);
    if (elf === null) return null;
    const buildId = buildIdOf(elf);
    if (isSame !== true && buildId !== wanted.buildId) {
      if (wanted.buildId !== '') this.refused.add(`${name} is not the ${wanted.path} that was recorded`);
      return null;
    }
    return { elf, name, byPath: buildId === '' && isSame !== true };
  }

  /** The symbols of an unpacked `.gnu_debugdata`; null where there is none, or it is still packed. */
  private miniDebug({ elf, name }: Candidate): SymbolTable | null {
    const section = sectionNamed(elf, '.gnu_debugdata');
    if (section === undefined || section.size > MAX_PACKED_BYTES) return null;
    const known = this.unpacked.get(name);
    if (known === undefined) this.waiting.set(name, { program: elf, packed: sectionBytes(elf, section), origin: name });
    return known ? miniDebugSymbols(known, elf, `.gnu_debugdata of ${name}`) : null;
  }

  private *candidates(wanted: Wanted & { what: 'file' }, host: RecordedHost): Generator<SymbolFile> {
    for (const place of this.places) yield* place.files(wanted, host);
  }

  private ofKernel({ buildId, text }: Wanted & { what: 'kernel' }, host: RecordedHost): SymbolTable | null {
    // Without it nothing tells whether addresses are those of the kernel that was recorded.
    if (text === null) return null;
    for (const place of this.places) {
      for (const file of place.kallsyms(buildId, host)) {
        const kallsyms = readKallsyms(wholeOf(file.bytes, MAX_TEXT_BYTES), file.name);
        if (kallsyms.text === text && (file.buildId === '' || buildId === '' || file.buildId === buildId))
          return kallsyms.table;
        const why = kallsyms.text === null ? 'hides its addresses' : 'is of another kernel, or of another boot';
        this.refused.add(`${file.name} ${why}`);
      }
      for (const { bytes, name } of buildId === '' ? [] : place.kernels(buildId)) {
        const elf = readElf(bytes);
        if (elf === null || buildIdOf(elf) !== buildId) continue;
        const table = kernelSymbols(elf, name, text);
        if (table !== null) return table;
      }
    }
    return null;
  }

  private ofProcess(wanted: Wanted & { what: 'process' }, host: RecordedHost): SymbolTable | null {
    for (const place of this.places) {
      for (const { bytes, name } of place.processes(wanted, host)) {
        const all = wholeOf(bytes, MAX_TEXT_BYTES);
        const table = readJitdump(all, name)?.table ?? readPerfMap(all, name);
        if (table.length > 0) return table;
      }
    }
    return null;
  }
}

/** Whether it is what ran, and not only what tells of it. */
function hasCode(elf: Elf): boolean {
  return sectionNamed(elf, '.text')?.type !== SectionType.nothing;
}

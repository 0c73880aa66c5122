/** The files that were mapped, their symbols, and the frames that these become. */
import type { FrameKind } from '../../datasets/profile.ts';
import { demangled } from '../../symbols/demangle.ts';
import type { RecordedHost, SymbolFinder, SymbolTable, Wanted } from '../../symbols/table.ts';
import type { FoldEngine } from '../fold/engine.ts';
import type { FoldTables } from '../fold/tables.ts';
import { frameValue } from '../perf/frame-value.ts';
import { kindOf } from '../perf/script-frame.ts';
import type { Mapping } from './side-records.ts';

/** As recording/symbols.ts has them. */
const SYMBOL_WORDS = 6;
/** recording/layout.ts */
const MAX_MODULES = 1 << 17;
const NO_ROOM = 0xffffffff;

const PLAIN = /^[\w.$@]+$/;
// //anon   /dev/zero (deleted)   /anon_hugepage
const ANONYMOUS = /^(?:\/\/anon|\/dev\/zero|\/anon_hugepage)/;
// [heap]   [stack]   [stack:1234]   /SYSV00000000 (deleted)
const NO_FILE = /^(?:\[stack|\[heap\]|\/SYSV)/;
// /root/.debug/jit/llvm-IR-jit-20261130-abc/jit-1234.dump
const JITDUMP = /\/jit-\d+\.dump$/;
const VDSO = /^\[vdsox?(?:32)?\]$/;
// [kernel.kallsyms]_text   [kernel.kallsyms]_stext
const KERNEL = /^\[kernel(?:\.kallsyms)?\](.*)$/;
// [guest.kernel.kallsyms.1234]_text
const GUEST = /^(\[guest\.kernel\.kallsyms[^\]]*\])/;
// /lib/modules/6.1.0-49-amd64/kernel/fs/xfs/xfs.ko.xz
const MODULE_FILE = /(?<![^/])([^/]+)\.ko(?:\.(?:gz|xz|zst|bz2))?$/;

export const KERNEL_NAME = '[kernel.kallsyms]';

/** What is known of a module; `place` says how the engine's places in it count. */
interface Module {
  /** As perf script prints it. */
  path: string;
  wanted: Wanted | null;
  /** Its symbols where nobody has to find them. */
  own: SymbolTable | null;
  /** Its symbols, once the engine has met it. */
  placed: Placed | null;
}

/** Symbols of which the engine has the addresses, from the one with the number `first` on. */
interface Placed {
  first: number;
  table: Omit<SymbolTable, 'starts' | 'ends'>;
}

/** What is known of a module of which samples were. */
export interface ModuleReport {
  path: string;
  buildId: string;
  /** Where its symbols came from; null where there were none. */
  origin: string | null;
}

export class Modules {
  private readonly modules: Module[] = [];
  private readonly ids = new Map<string, number>();
  /** The module of each frame that stands for addresses without a symbol. */
  private readonly unnamedFrames = new Map<number, number>();
  private readonly engine: FoldEngine;
  private readonly tables: FoldTables;
  private readonly finder: SymbolFinder;
  private readonly buildIds: ReadonlyMap<string, string>;
  private readonly addresses: boolean;
  private readonly kinds = new Map<string, FrameKind>();
  /** The kernel's symbols, which those of its modules are among. */
  private kernel: Placed | null | undefined;
  private kernelText: bigint | null = null;
  private kernelBuildId = '';
  /** By process, the file in which it says what it compiles. */
  private readonly jitdumps = new Map<number, string>();
  private readonly host: RecordedHost;

  constructor(
    engine: FoldEngine,
    tables: FoldTables,
    finder: SymbolFinder,
    { buildIds, addresses, host }: { buildIds: ReadonlyMap<string, string>; addresses: boolean; host: RecordedHost },
  ) {
    this.host = host;
    this.kernelBuildId = buildIds.get(KERNEL_NAME) ?? '';
    this.engine = engine;
    this.tables = tables;
    this.finder = finder;
    this.buildIds = buildIds;
    this.addresses = addresses;
    this.id('', () => ({ path: '[unknown]', wanted: null }));
    engine.calls.setKernel(this.kernelModule());
  }

  /** The module of a mapping, and what is to be added to an address for the place in it: `map__new` in tools/perf/util/map.c. */
  mapped(mapping: Mapping): { module: number; delta: bigint } {
    if (mapping.inKernel) return { module: this.kernelMapping(mapping), delta: 0n };
    const { path, pid, start, offset, executable } = mapping;
    const isNoFile = NO_FILE.test(path);
    if (ANONYMOUS.test(path) || isNoFile) {
      const own = executable ? `/tmp/perf-${pid}.map` : path;
      return {
        module: this.id(own, () => ({
          path: own,
          wanted: executable ? { what: 'process', pid, jitdump: null } : null,
        })),
        delta: 0n,
      };
    }
    if (JITDUMP.test(path)) this.jitdumps.set(pid, path);
    if (VDSO.test(path)) return { module: this.file({ ...mapping, path: '[vdso]', offset: 0n }), delta: -start };
    return { module: this.file(mapping), delta: offset - start };
  }

  /** The module of a function made at run time: it is its only symbol. */
  function(name: string, start: bigint, size: number): number {
    const id = this.id(`function ${name} ${start}`, () => ({ path: name, wanted: null }));
    const module = this.modules[id] as Module;
    module.own ??= onlySymbol(name, start, BigInt(size));
    return id;
  }

  /** Fills in a module's symbols: the engine's `module`. */
  load(id: number): void {
    const module = this.modules[id] as Module;
    module.placed = this.placed(module);
    const { calls } = this.engine;
    const unknown = calls.newSymbols(1) >>> 0;
    const { first, table } = module.placed ?? { first: 0, table: null };
    calls.setModule(id, first, table?.length ?? 0, unknown === NO_ROOM ? 0 : unknown);
  }

  private placed({ wanted, own }: Module): Placed | null {
    if (wanted === null) return this.place(own);
    if (wanted.what !== 'kernel') return this.place(this.found(wanted));
    if (this.kernel === undefined)
      this.kernel = this.place(this.found({ what: 'kernel', buildId: this.kernelBuildId, text: this.kernelText }));
    return this.kernel;
  }

  /** The engine's value for the frames of a symbol of a module, or for an address outside of its symbols. */
  symbol(symbol: number, id: number, java: boolean): number {
    const { path, placed } = this.modules[id] as Module;
    const i = symbol - (placed?.first ?? 0);
    if (placed === null || i < 0 || i >= placed.table.length) return this.unnamed(id, '', java);
    const { table } = placed;
    return this.frame(demangled(table.name(i)), table.moduleOf?.(i) ?? path, '', java);
  }

  address(id: number, low: number, high: number, java: boolean): number {
    const address = ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString(16);
    return this.unnamed(id, address, java);
  }

  /** Modules that were met and nothing but their path matched. */
  byPath(): string[] {
    return this.modules.filter(({ placed }) => placed?.table.byPath === true).map(({ path }) => path);
  }

  /** The module of each frame that stands for addresses without a symbol. */
  unnamedModules(): Map<number, ModuleReport> {
    const reports = this.modules.map((module) => this.report(module));
    return new Map([...this.unnamedFrames].map(([frame, id]) => [frame, reports[id] as ModuleReport]));
  }

  private report({ path, wanted, placed }: Module): ModuleReport {
    const buildId = wanted?.what === 'file' ? wanted.buildId : wanted?.what === 'kernel' ? this.kernelBuildId : '';
    return { path, buildId, origin: placed?.table.origin ?? null };
  }

  private unnamed(id: number, address: string, java: boolean): number {
    const frame = this.frame('', (this.modules[id] as Module).path, address, java);
    this.unnamedFrames.set(frame, id);
    return frame;
  }

  private found(wanted: Wanted): SymbolTable | null {
    const asked = wanted.what === 'process' ? { ...wanted, jitdump: this.jitdumps.get(wanted.pid) ?? null } : wanted;
    return this.finder.find(asked, this.host);
  }

  private frame(symbol: string, module: string, address: string, java: boolean): number {
    // Most names: nothing in them could be an argument, an offset or several functions, or a path of Java's.
    if (PLAIN.test(symbol) && !(java && symbol.startsWith('L')))
      return this.tables.frames.id(symbol, this.kindOf(module), module);
    return frameValue(this.engine, this.tables, { address, symbol, module }, { java, addresses: this.addresses });
  }

  private kindOf(module: string): FrameKind {
    const known = this.kinds.get(module);
    if (known !== undefined) return known;
    const kind = kindOf(module, '');
    this.kinds.set(module, kind);
    return kind;
  }

  private file({ path, buildId, inode, offset }: Mapping): number {
    const known = buildId === '' ? (this.buildIds.get(path) ?? '') : buildId;
    return this.id(`${path}\0${known}`, () => ({
      path,
      wanted: { what: 'file', path, buildId: known, inode, code: offset },
    }));
  }

  /** `machine__process_kernel_mmap_event` in tools/perf/util/machine.c: the kernel itself, one of its modules, a guest's. */
  private kernelMapping({ path, offset, buildId }: Mapping): number {
    const kernel = KERNEL.exec(path);
    if (kernel !== null) {
      if (offset !== 0n) this.kernelText = offset;
      if (buildId !== '') this.kernelBuildId = buildId;
      return this.kernelModule();
    }
    const guest = GUEST.exec(path);
    if (guest !== null) return this.id(guest[1] as string, () => ({ path: guest[1] as string, wanted: null }));
    const file = MODULE_FILE.exec(path);
    // perf prints the path of a module of which the file tells the build ID, and the name of any other.
    const name = file === null || this.buildIds.has(path) ? path : `[${(file[1] as string).replaceAll('-', '_')}]`;
    return this.id(name, () => ({ path: name, wanted: this.kernelWanted() }));
  }

  private kernelModule(): number {
    return this.id(KERNEL_NAME, () => ({ path: KERNEL_NAME, wanted: this.kernelWanted() }));
  }

  /** What is told of it later counts too: it is asked for when the first of its addresses is met. */
  private kernelWanted(): Wanted {
    return { what: 'kernel', buildId: '', text: null };
  }

  /** Puts the addresses of symbols into the engine; null where there are none, or there is no room for them. */
  private place(found: SymbolTable | null): Placed | null {
    if (found === null) return null;
    const { starts, ends, ...table } = found;
    const { calls, bytes } = this.engine;
    const first = calls.newSymbols(table.length) >>> 0;
    if (first === NO_ROOM) return null;
    const words = new Uint32Array(
      bytes.buffer,
      (calls.symbolsAt() >>> 0) + first * SYMBOL_WORDS * 4,
      table.length * SYMBOL_WORDS,
    );
    for (let i = 0; i < table.length; i++) {
      words[i * SYMBOL_WORDS] = starts[i * 2] as number;
      words[i * SYMBOL_WORDS + 1] = starts[i * 2 + 1] as number;
      words[i * SYMBOL_WORDS + 2] = ends[i * 2] as number;
      words[i * SYMBOL_WORDS + 3] = ends[i * 2 + 1] as number;
    }
    return { first, table };
  }

  /** The number of a module; where there is no room for more, of one of which nothing is known. */
  private id(key: string, make: () => Pick<Module, 'path' | 'wanted'>): number {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    if (this.modules.length === MAX_MODULES) return 0;
    const id = this.modules.push({ ...make(), own: null, placed: null }) - 1;
    this.ids.set(key, id);
    this.engine.calls.addModule(id);
    return id;
  }
}

function onlySymbol(name: string, start: bigint, size: bigint): SymbolTable {
  const end = start + size;
  const halves = (value: bigint) => Uint32Array.of(Number(value & 0xffffffffn), Number((value >> 32n) & 0xffffffffn));
  return { length: 1, starts: halves(start), ends: halves(end), name: () => name, origin: 'the recording itself' };
}

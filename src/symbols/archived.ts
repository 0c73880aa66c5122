/** Symbols that travelled with a recording: in a capture, in what `perf archive` packs, or in any archive or folder of them. */
import type { Bytes } from './bytes.ts';
import { bytesOf } from './bytes.ts';
import { buildIdOf, readElf } from './elf.ts';
import type { SymbolFile, SymbolPlace } from './finder.ts';
import { isElf, isJitdump, processOf } from './kinds.ts';
import type { Wanted } from './table.ts';

// [kernel.kallsyms]/abf9ec0ec5946600c90641cf5db998472fac410b/kallsyms, as perf archive has it
const CACHED_KALLSYMS = /\[kernel\.kallsyms\]\/([0-9a-f]{8,40})\/kallsyms$/;
// jit-1234.dump
const JITDUMP = /(?:^|\/)jit-(\d{1,10})\.dump$/;

export class ArchivedSymbols implements SymbolPlace {
  private readonly elves = new Map<string, SymbolFile[]>();
  /** Files without a build ID. */
  private readonly nameless: SymbolFile[] = [];
  private readonly copies: (SymbolFile & { buildId: string })[] = [];
  private readonly byProcess = new Map<number, SymbolFile[]>();

  /** Takes a file that `isOfSymbols`, whatever its name. */
  add(name: string, all: Uint8Array): void {
    const file = { name, bytes: bytesOf(all) };
    if (isElf(all)) this.addElf(file, file.bytes);
    else if (isJitdump(all)) this.addTo(this.byProcess, Number(JITDUMP.exec(name)?.[1] ?? Number.NaN), file);
    else if (processOf(name) !== null) this.addTo(this.byProcess, processOf(name) as number, file);
    else this.copies.push({ ...file, buildId: CACHED_KALLSYMS.exec(name)?.[1] ?? '' });
  }

  private addElf(file: SymbolFile, bytes: Bytes): void {
    const elf = readElf(bytes);
    if (elf === null) return;
    const buildId = buildIdOf(elf);
    if (buildId === '') this.nameless.push(file);
    else this.addTo(this.elves, buildId, file);
  }

  private addTo<Key>(files: Map<Key, SymbolFile[]>, key: Key, file: SymbolFile): void {
    const known = files.get(key);
    if (known === undefined) files.set(key, [file]);
    else known.push(file);
  }

  *files({ path, buildId }: Wanted & { what: 'file' }): Generator<SymbolFile> {
    if (buildId !== '') yield* this.elves.get(buildId) ?? [];
    else
      for (const file of this.nameless)
        if (`/${file.name}`.endsWith(path.startsWith('/') ? path : `/${path}`)) yield file;
  }

  *kallsyms(): Generator<SymbolFile & { buildId: string }> {
    yield* this.copies;
  }

  *kernels(buildId: string): Generator<SymbolFile> {
    yield* this.elves.get(buildId) ?? [];
  }

  *processes({ pid }: Wanted & { what: 'process' }): Generator<SymbolFile> {
    yield* this.byProcess.get(pid) ?? [];
  }
}

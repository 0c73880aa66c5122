/** Symbols in folders: a sysroot, `~/.debug`, debug files beside one another, and this machine's own. */
import { accessSync, closeSync, constants, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { homedir, hostname, release } from 'node:os';
import { join } from 'node:path';
import type { Bytes } from './bytes.ts';
import { bytesOf } from './bytes.ts';
import { buildIdIn, buildIdOf, readElf } from './elf.ts';
import type { SymbolFile, SymbolPlace } from './finder.ts';
import type { RecordedHost, Wanted } from './table.ts';

type WantedFile = Wanted & { what: 'file' };
type WantedProcess = Wanted & { what: 'process' };

/** /proc/kallsyms has some 6 MB. */
const FIRST_BYTES = 8 << 20;
/** Files of a folder that is no sysroot, looked at one by one. */
const MAX_LOOSE_FILES = 4096;

/** A folder that was named: laid out as a root, as /usr/lib/debug, as `~/.debug`, or with its files side by side. */
export class Folder implements SymbolPlace {
  private readonly root: string;
  private loose: Map<string, string[]> | undefined;

  constructor(root: string) {
    this.root = root;
  }

  *files({ path, buildId }: WantedFile): Generator<SymbolFile> {
    const { root } = this;
    if (buildId !== '') {
      yield* existing(debugFiles(root, path, buildId));
      yield* existing((this.looseFiles().get(buildId) ?? []).map((name) => join(root, name)));
    }
    if (path.startsWith('/'))
      yield* existing([join(root, path), join(root, `${path}.debug`), join(root, 'usr/lib/debug', `${path}.debug`)]);
    yield* existing([join(root, path.slice(path.lastIndexOf('/') + 1))]);
  }

  *kallsyms(buildId: string): Generator<SymbolFile & { buildId: string }> {
    const cached = join(this.root, '[kernel.kallsyms]', buildId, 'kallsyms');
    if (buildId !== '') for (const file of existing([cached])) yield { ...file, buildId };
    for (const name of ['kallsyms', 'proc/kallsyms'])
      for (const file of existing([join(this.root, name)], ofProc)) yield { ...file, buildId: '' };
  }

  *kernels(buildId: string): Generator<SymbolFile> {
    yield* existing(debugFiles(this.root, '[kernel.kallsyms]', buildId));
    yield* existing([join(this.root, 'vmlinux')]);
  }

  *processes({ pid, jitdump }: WantedProcess): Generator<SymbolFile> {
    const names = [`perf-${pid}.map`, `tmp/perf-${pid}.map`, `jit-${pid}.dump`, `tmp/jit-${pid}.dump`];
    yield* existing(names.map((name) => join(this.root, name)));
    if (jitdump !== null) yield* existing([join(this.root, jitdump)]);
  }

  /** Names by build ID of the ELF files that lie in the folder itself. */
  private looseFiles(): Map<string, string[]> {
    this.loose ??= looseFilesOf(this.root);
    return this.loose;
  }
}

function looseFilesOf(root: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const entry of readdirSync(root, { withFileTypes: true }).slice(0, MAX_LOOSE_FILES)) {
    if (!entry.isFile()) continue;
    for (const { bytes } of existing([join(root, entry.name)])) {
      const elf = readElf(bytes);
      const buildId = elf === null ? '' : buildIdOf(elf);
      if (buildId !== '') found.set(buildId, [...(found.get(buildId) ?? []), entry.name]);
    }
  }
  return found;
}

/** Where what has a build ID lies: as /usr/lib/debug has it, and as perf's cache, `~/.debug`, does. */
function debugFiles(root: string, path: string, buildId: string): string[] {
  const [first, rest] = [buildId.slice(0, 2), buildId.slice(2)];
  const ids = [join(root, '.build-id', first, rest), join(root, 'usr/lib/debug/.build-id', first, rest)];
  return [
    ...ids.map((id) => `${id}.debug`),
    join(root, path, buildId, 'elf'),
    join(root, path, buildId, 'vdso'),
    join(root, path, buildId, 'debug'),
    ...ids.flatMap((id) => [join(id, 'elf'), join(id, 'vdso'), id]),
    join(root, buildId),
    join(root, `${buildId}.debug`),
  ];
}

/** What of this machine is that of the recording. */
export class ThisMachine implements SymbolPlace {
  private readonly places = [new Folder('/'), new Folder(join(homedir(), '.debug'))];

  *files(wanted: WantedFile, host: RecordedHost): Generator<SymbolFile> {
    const { path, buildId } = wanted;
    // It is of the kernel, as kallsyms are.
    if (path === '[vdso]')
      for (const file of ownVdso()) yield buildId === '' && isThisHost(host) ? { ...file, isSame: true } : file;
    if (buildId === '') {
      for (const file of path.startsWith('/') ? existing([path]) : []) {
        if (isMapped(path, wanted)) yield { ...file, isSame: true };
        else if (isThisHost(host)) yield file;
      }
      return;
    }
    for (const root of ['/usr/lib/debug', join(homedir(), '.debug')]) yield* existing(debugFiles(root, path, buildId));
    if (path.startsWith('/')) yield* existing([path]);
  }

  *kallsyms(buildId: string, host: RecordedHost): Generator<SymbolFile & { buildId: string }> {
    for (const place of this.places.slice(1)) yield* place.kallsyms(buildId);
    const own = ownKernel();
    const isOwn = buildId === '' ? isThisHost(host) : own === buildId;
    if (isOwn) for (const file of existing(['/proc/kallsyms'], ofProc)) yield { ...file, buildId: own };
  }

  *kernels(buildId: string): Generator<SymbolFile> {
    yield* existing(debugFiles('/usr/lib/debug', '[kernel.kallsyms]', buildId));
    const kernel = release();
    yield* existing([
      `/usr/lib/debug/boot/vmlinux-${kernel}`,
      `/boot/vmlinux-${kernel}`,
      `/usr/lib/debug/lib/modules/${kernel}/vmlinux`,
    ]);
  }

  /** A process is told by its number alone: only on the host that was recorded is it that process. */
  *processes({ pid, jitdump }: WantedProcess, host: RecordedHost): Generator<SymbolFile> {
    if (!isThisHost(host)) return;
    yield* existing([`/tmp/perf-${pid}.map`]);
    if (jitdump !== null) yield* existing([jitdump]);
  }
}

function isThisHost({ hostname: recorded, kernel }: RecordedHost): boolean {
  return recorded !== '' && recorded === hostname() && kernel === release();
}

/** Whether a file is, by its device and inode, the one that was mapped. */
function isMapped(path: string, { inode }: WantedFile): boolean {
  if (inode === null) return false;
  const { dev, ino } = statSync(path, { bigint: true });
  // glibc's gnu_dev_makedev.
  const [major, minor] = [(dev >> 8n) & 0xfffn, (dev & 0xffn) | ((dev >> 12n) & 0xfff00n)];
  return ino === inode.number && major === BigInt(inode.major) && minor === BigInt(inode.minor);
}

function ownKernel(): string {
  try {
    return buildIdIn(readFileSync('/sys/kernel/notes'), true);
  } catch {
    return '';
  }
}

// 7ffd3a5e9000-7ffd3a5eb000 r-xp 00000000 00:00 0                          [vdso]
const VDSO_LINE = /^([0-9a-f]{1,12})-([0-9a-f]{1,12}) .*\[vdso\]$/m;

/** The kernel maps it into every process, this one too. */
function ownVdso(): SymbolFile[] {
  try {
    const [, start, end] = VDSO_LINE.exec(readFileSync('/proc/self/maps', 'utf8')) ?? [];
    if (start === undefined || end === undefined) return [];
    const [from, to] = [Number.parseInt(start, 16), Number.parseInt(end, 16)];
    const bytes = new Uint8Array(to - from);
    const memory = openSync('/proc/self/mem', 'r');
    try {
      readSync(memory, bytes, 0, bytes.length, from);
    } finally {
      closeSync(memory);
    }
    return [{ name: '[vdso] of this kernel', bytes: bytesOf(bytes) }];
  } catch {
    return [];
  }
}

/** Those of the paths that are files and may be read. */
function* existing(paths: readonly string[], bytesAt = onDisk): Generator<SymbolFile> {
  for (const path of paths) {
    const bytes = bytesAt(path);
    if (bytes !== null) yield { name: path, bytes };
  }
}

/**
 * Null for a file without a size, too: paths come from the recording, and /proc/kmsg or trace_pipe would be waited for without end,
 * /proc/self/pagemap would not end at all.
 */
function onDisk(path: string): Bytes | null {
  try {
    const facts = statSync(path);
    if (!facts.isFile() || facts.size === 0) return null;
    accessSync(path, constants.R_OK);
    return { size: facts.size, read: (into, at) => readAt(path, into, at) };
  } catch {
    return null;
  }
}

/** As a file of /proc is that ends: it does not tell its size. */
function ofProc(path: string): Bytes | null {
  try {
    return onDisk(path) ?? (statSync(path).isFile() ? bytesOf(wholeFile(path)) : null);
  } catch {
    return null;
  }
}

/** A file that does not tell its size, as large as it comes: readFileSync would keep it twice. */
function wholeFile(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    let bytes = new Uint8Array(FIRST_BYTES);
    for (let length = 0; ; ) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      length += read;
      if (read === 0) return bytes.subarray(0, length);
      if (length === bytes.length) {
        const larger = new Uint8Array(length * 2);
        larger.set(bytes);
        bytes = larger;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Files that are read from here and there, open until others are wanted: nobody has to close them. */
const MOST_OPEN = 16;
const descriptors = new Map<string, number>();

/** Of a file that has gone meanwhile there is nothing. */
function readAt(path: string, into: Uint8Array, at: number): number {
  try {
    return readSync(descriptorOf(path), into, 0, into.length, at);
  } catch {
    return 0;
  }
}

function descriptorOf(path: string): number {
  const known = descriptors.get(path);
  if (known !== undefined) return known;
  const [[oldest, descriptor] = []] = descriptors;
  if (descriptors.size === MOST_OPEN && oldest !== undefined && descriptor !== undefined) {
    descriptors.delete(oldest);
    closeSync(descriptor);
  }
  const opened = openSync(path, 'r');
  descriptors.set(path, opened);
  return opened;
}

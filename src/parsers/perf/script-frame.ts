/**
 * One frame line of perf script, and the names that a flame graph gives it: the rules of stackcollapse-perf.pl, without
 * the faults that docs/compatibility.md lists.
 *
 * https://github.com/brendangregg/FlameGraph, `perf script` in tools/perf/builtin-script.c of Linux
 */
import { FrameKind } from '../../datasets/profile.ts';
import { ANONYMOUS, withoutArguments } from '../../symbols/arguments.ts';
import { withoutDataSource, withoutTrailer } from './script-extra.ts';

export interface FrameLine {
  address: string;
  /** As printed, with its offset; empty where perf printed none. */
  symbol: string;
  /** The path or `[name]` in the last parentheses; null where perf printed none. */
  module: string | null;
}

export interface NamedFrame {
  name: string;
  kind: FrameKind;
  module: string;
}

export interface NamingOptions {
  /** The process is a JVM: `Lorg/Foo;` is printed `org/Foo:`. */
  java: boolean;
  /** Unknown frames tell their address: `[libc.so.6 <7f3a>]`. */
  addresses: boolean;
}

// \t    ffffffff816cd84e lookup_fast+0x2e ([kernel.kallsyms])
const USUAL = /^\t *([0-9a-f]+) ([^()]+) \(([^()]*)\)$/;
//         7f722d142778 Ljava/io/PrintStream;::print (/tmp/perf-19982.map)
const ADDRESS = /^\s*([0-9a-f]+)(?=\s|$)/;
// vfs_write+0x9c
const OFFSET = /\+0x[0-9a-f]+$/;
// /lib/modules/4.1.0-virtual/build/vmlinux   /boot/vmlinux-5.4.0-42-generic   /lib/modules/6.1.0/kernel/fs/xfs.ko.xz
const KERNEL_FILE = /(?:^|\/)vmlinux(?:[-.][^/]*)?$|\.ko(?:\.[gx]z|\.zst)?$|^bpf_prog_|^bpf_trampoline_/;
// [kernel.kallsyms]   [guest.kernel.kallsyms]   [nf_conntrack]   [kernel.kallsyms].init.text
const KERNEL_NAME = /^\[(?!unknown|vdso|vsyscall|heap|stack|anon|uprobes|vvar|vectors|sigpage)/;
// /tmp/perf-3236.map   jitted-3236-12.so
const JIT_FILE = /\/perf-\d+\.map$|(?:^|\/)jitted-\d+-\d+\.so$/;
// Lio/netty/buffer/ByteBuf;::get(II)Lio/netty/buffer/ByteBuf: the descriptor of a Java method, cut off by perf at 100 characters
const JAVA_METHOD = /^L?[\w$]+(?:\/[\w$]+)+[;:][:.]*[^(/]+\(/;
// do_filp_open+0xc3 ([kernel.ka: the file ends here
const CUT_MODULE = / \([[/][^()]*$/;
const DELETED = ' (deleted)';

/**
 * Reads a frame line as nearly all are printed, or null. Without other parentheses, and a colon that an event might have,
 * it can be read in one way only, and at one look: a tenth of the time for a file of 30 MB, whose frames are all new.
 */
export function parseUsualFrame(line: string): FrameLine | null {
  const match = USUAL.exec(line);
  if (match === null || line.includes(': ')) return null;
  return { address: match[1] as string, symbol: (match[2] as string).trim(), module: match[3] as string };
}

/** Reads a frame line, or null when it is none. A line without module is one only when it is indented. */
export function parseFrameLine(text: string): FrameLine | null {
  const line = withoutDataSource(text);
  const match = ADDRESS.exec(line);
  if (match === null) return null;
  const address = match[1] as string;
  const rest = withoutTrailer(line.slice(match[0].length).trimEnd());
  const at = moduleStart(rest);
  if (at < 0) return /^\s/.test(line) ? { address, symbol: rest.replace(CUT_MODULE, '').trim(), module: null } : null;
  // Two spaces and no name is a symbol that has none; it is told from `-F ip,dso`, where there is no symbol to name.
  const named = rest.slice(0, at);
  const symbol = named === ' ' ? ' ' : named.trim();
  return { address, symbol, module: rest.slice(at + 2, -1) };
}

/** Where ` (` of the module's parentheses stands; they may nest, as symbols' may. */
function moduleStart(text: string): number {
  if (!text.endsWith(')')) return -1;
  let depth = 0;
  for (let i = text.length - 1; i > 0; i--) {
    const char = text.charCodeAt(i);
    if (char === 0x29) depth++;
    else if (char === 0x28 && --depth === 0) return text.charCodeAt(i - 1) === 0x20 ? i - 1 : text.lastIndexOf(' (');
  }
  return text.lastIndexOf(' (');
}

/**
 * The frames that a line stands for, callers first: one, or several where `a->b->c` tells what was inlined. None for a
 * name in parentheses: old perf printed process names so.
 */
export function nameFrames({ address, symbol, module }: FrameLine, options: NamingOptions): NamedFrame[] {
  const bare = symbol.replace(OFFSET, '');
  const outer = kindOf(module, address);
  const isCompiled = outer === FrameKind.jit;
  if (bare.startsWith('(') && !bare.startsWith(ANONYMOUS) && !isCompiled) return [];
  // A regular expression holds anything, arrows too.
  const parts = bare.startsWith('RegExp:') ? [bare] : splitInlined(bare);
  return parts.map((part, i) => {
    const unknown = part === '' || part === '[unknown]';
    const name = unknown ? unknownName(module, address, options.addresses) : part;
    return {
      name: shownName(name, options.java, unknown || isCompiled),
      kind: i > 0 && outer !== FrameKind.kernel ? FrameKind.inlined : outer,
      module: module ?? '',
    };
  });
}

/** What kind of code a module has; without one its address tells. */
export function kindOf(module: string | null, address: string): FrameKind {
  if (module === null) return /^ffff[0-9a-f]{12}$/.test(address) ? FrameKind.kernel : FrameKind.user;
  if (KERNEL_NAME.test(module) || KERNEL_FILE.test(module)) return FrameKind.kernel;
  if (JIT_FILE.test(module)) return FrameKind.jit;
  // foo (inlined): perf script itself unwound it
  return module === 'inlined' ? FrameKind.inlined : FrameKind.user;
}

/** `[libc.so.6]` for a frame of which only the module is known. */
function unknownName(module: string | null, address: string, withAddress: boolean): string {
  const known = module !== null && module !== '[unknown]' && module !== '';
  const path = known ? (module.endsWith(DELETED) ? module.slice(0, -DELETED.length) : module) : 'unknown';
  const base = path.slice(path.lastIndexOf('/') + 1);
  return withAddress ? `[${base} <${address}>]` : `[${base}]`;
}

/** `a->b->c` in its parts; an arrow in `operator->`, in brackets or between spaces is part of a name. */
function splitInlined(symbol: string): string[] {
  if (!symbol.includes('->')) return [symbol];
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < symbol.length; i++) {
    const char = symbol[i];
    if (char === '-' && symbol[i + 1] === '>') {
      if (depth === 0 && symbol[i + 2] !== ' ' && !symbol.endsWith('operator', i)) {
        parts.push(symbol.slice(start, i));
        start = i + 2;
      }
      i++;
    } else if (char === '<' || char === '(') depth++;
    else if ((char === '>' || char === ')') && depth > 0) depth--;
  }
  parts.push(symbol.slice(start));
  return parts;
}

/** The name as it is shown: without arguments, and without what would cut it in two where stacks are folded. */
function shownName(name: string, java: boolean, whole: boolean): string {
  const plain = name.includes(';') ? name.replaceAll(';', ':') : name;
  const descriptor = JAVA_METHOD.exec(plain);
  const short = descriptor !== null ? descriptor[0].slice(0, -1) : whole ? plain : withoutArguments(plain);
  return java && short.startsWith('L') && short.includes('/') ? short.slice(1) : short;
}

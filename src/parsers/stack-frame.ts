/** One printed line of a stack, as the BPF tools print it, into a frame. */
import { FrameKind } from '../datasets/profile.ts';
import type { ProfileBuilder } from '../datasets/profile-builder.ts';

export interface PrintedFrame {
  /** Without address, offset and annotation. */
  name: string;
  kind: FrameKind;
  module: string;
  /** The kind was printed behind the name. */
  annotated?: boolean;
}

/** Annotations that profile -a and stackcollapse-*.pl put behind a name. */
export const KIND_OF_SUFFIX: ReadonlyMap<string, FrameKind> = new Map<string, FrameKind>([
  ['_[k]', FrameKind.kernel],
  ['_[j]', FrameKind.jit],
  ['_[i]', FrameKind.inlined],
  ['_[w]', FrameKind.waker],
]);

// libbpf-tools -v:    #12 0xffffffff8105eb66 native_safe_halt+0x6
// libbpf memleak:     0 [<00007f3b1c0a5f2e>] malloc+0x1e [libc.so.6]
const INDEX = /^(?:#\d+\s+|\d+ (?=\[<))/;
// ffffffff81189249 sym   7f120511e6e0     sym   0x0000559b4789639f<tab>zmalloc+0x2f [redis-server]   [<addr>] sym
const ADDRESS = /^(?:0x([0-9a-f]+)|([0-9a-f]{8,16})|\[<([0-9a-f]+)>\])\s+(?=\S)/;
// tcp_sendmsg+0x1   schedule+50   and bcc of 2016, without the plus: tcp_sendmsg0x3b1
const OFFSET = /(?:\+(?:0x[0-9a-f]+|\d+)|(?<=\w)0x[0-9a-f]+)$/;
// Python's bytes, printed by bcc on Python 3: b'sym [kernel]'
const BYTES = /^b'(.*)'$|^b"(.*)"$/;
/** The kernel's half of the address space on the 64-bit machines that run BPF. */
const KERNEL_ADDRESS = /^(?:0x)?ffff[0-9a-f]{12}$/;

/** @param text the line without what the tool's layout puts before it */
export function printedFrame(text: string): PrintedFrame {
  let name = text.trim();
  const bytes = BYTES.exec(name);
  if (bytes !== null) name = bytes[1] ?? bytes[2] ?? '';
  name = name.replace(INDEX, '');
  const address = ADDRESS.exec(name);
  if (address !== null) name = name.slice(address[0].length);
  const suffix = KIND_OF_SUFFIX.get(name.slice(-4));
  if (suffix !== undefined) name = name.slice(0, -4);
  const module = moduleOf(name);
  if (module !== '') name = name.slice(0, -module.length - 3);
  const digits = address?.[1] ?? address?.[2] ?? address?.[3] ?? name;
  return {
    name: name.replace(OFFSET, '').trim() || text.trim(),
    kind: suffix ?? (isKernel(digits, module) ? FrameKind.kernel : FrameKind.user),
    module: module.replace(/\+0x[0-9a-f]+$/, ''),
    annotated: suffix !== undefined,
  };
}

/**
 * What stands in brackets behind the name, and is a file: `bpf_prog_load [kernel]`, `main+0x6d [allocs]`,
 * `read+13 (/usr/lib/libc.so.6)`, `func+0x2 (libc.so.6+0x1f2e)`. Arguments are not: `run(int) (.isra.0)`.
 */
function moduleOf(name: string): string {
  const [open, closing] = name.endsWith(']') ? [' [', ']'] : [' (', ')'];
  const start = name.lastIndexOf(open);
  if (start <= 0 || !name.endsWith(closing)) return '';
  const module = name.slice(start + 2, -1);
  return closing === ']' || /^[/[]|\.so|\+0x/.test(module) ? module : '';
}

function isKernel(address: string, module: string): boolean {
  return module === 'kernel' || KERNEL_ADDRESS.test(address);
}

/** The frame as of a kernel stack, unless it is known to be something else. */
export function asKernel(frame: PrintedFrame): PrintedFrame {
  return frame.kind === FrameKind.user ? { ...frame, kind: FrameKind.kernel } : frame;
}

// entry_SYSCALL_64_after_hwframe, do_syscall_64, ret_from_fork_asm, asm_exc_page_fault, el0t_64_sync, system_call_fastpath
const KERNEL_ENTRY =
  /^(?:entry_SYSCALL_|do_syscall_64$|ret_from_fork|asm_(?:exc|sysvec|common)_|el0t?_|system_call_fastpath$)/;

/**
 * The node of a stack given root first; an empty one is `[unknown]`, as the tools call what they cannot name. Where the
 * text does not tell kernel frames, those behind the kernel's entry are.
 */
export function addFrames(profile: ProfileBuilder, frames: readonly PrintedFrame[]): number {
  const known = frames.length > 0 ? frames : [{ name: '[unknown]', kind: FrameKind.user, module: '' }];
  let isInside = false;
  return known.reduce((node, frame) => {
    isInside = frame.kind !== FrameKind.delimiter && (isInside || KERNEL_ENTRY.test(frame.name));
    const { name, kind, module } = isInside ? asKernel(frame) : frame;
    return profile.child(node, profile.frame(name, kind, module));
  }, 0);
}

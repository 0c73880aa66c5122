/**
 * /proc/kallsyms: the symbols of the kernel, of its modules and of what BPF made.
 *
 *     ffffffff81000000 T _text
 *     ffffffffc0a5b010 t nf_ct_get	[nf_conntrack]
 *
 * tools/lib/symbol/kallsyms.c, dso__load_kallsyms in tools/perf/util/symbol.c of Linux
 */
import { SymbolBuilder } from './build.ts';
import type { SymbolTable } from './table.ts';

const NEWLINE = 0x0a;
const TAB = 0x09;

export const KERNEL = '[kernel.kallsyms]';

export interface Kallsyms {
  table: SymbolTable;
  /** The address of `_text`, or null where it is not there or all addresses are hidden from who read it. */
  text: bigint | null;
}

export function readKallsyms(bytes: Uint8Array, origin: string): Kallsyms {
  const builder = SymbolBuilder.forKallsyms(bytes);
  const text = builder.startOf('_text');
  const name = (at: number) => word(bytes, at);
  const table = builder.table(origin, name, (at) => (at === 0 ? KERNEL : word(bytes, at)));
  return { table, text: text === 0n ? null : text };
}

const decoder = new TextDecoder();

/** What stands at a place, up to the end of the line or a tab. */
function word(bytes: Uint8Array, at: number): string {
  let end = at;
  while (end < bytes.length && bytes[end] !== NEWLINE && bytes[end] !== TAB) end++;
  return decoder.decode(bytes.subarray(at, end));
}

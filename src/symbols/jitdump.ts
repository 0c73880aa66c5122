/**
 * jit-PID.dump: what a process compiled at run time, as its runtime wrote it down when it did.
 *
 * tools/perf/Documentation/jitdump-specification.txt of Linux
 */
import { isJitdump } from './kinds.ts';
import { overlaid } from './overlay.ts';
import type { SymbolTable } from './table.ts';

const MAGIC = 0x4a695444;
const HEADER_BYTES = 40;
const Record = { load: 0, move: 1 } as const;
const decoder = new TextDecoder();

/** The process it is of, and its functions; what is cut short at the end is left out. Null where it is no such file. */
export function readJitdump(bytes: Uint8Array, origin: string): { pid: number; table: SymbolTable } | null {
  if (!isJitdump(bytes) || bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = view.getUint32(0, true) === MAGIC;
  const u64 = (at: number) => Number(view.getBigUint64(at, little));
  const [starts, ends, names] = [[] as number[], [] as number[], [] as string[]];
  /** By the number of the code, which stays when it moves. */
  const known = new Map<number, number>();
  const add = (start: number, size: number, name: string) => {
    if (!(start + size < Number.MAX_SAFE_INTEGER)) return;
    starts.push(start);
    ends.push(start + size);
    names.push(name);
  };
  for (let at = view.getUint32(8, little); at + 16 <= bytes.length; ) {
    const [type, size] = [view.getUint32(at, little), view.getUint32(at + 4, little)];
    if (size < 16 || at + size > bytes.length) break;
    // Behind the header: pid and tid, then addresses.
    if (type === Record.load && size > 56) {
      const text = bytes.subarray(at + 56, at + size);
      known.set(u64(at + 48), names.length);
      add(u64(at + 32), u64(at + 40), decoder.decode(text.subarray(0, Math.max(text.indexOf(0), 0))));
    } else if (type === Record.move && size >= 64) {
      const moved = known.get(u64(at + 56));
      if (moved !== undefined) add(u64(at + 40), u64(at + 48), names[moved] ?? '');
    }
    at += size;
  }
  return { pid: view.getUint32(20, little), table: overlaid(starts, ends, (i) => names[i] as string, origin) };
}

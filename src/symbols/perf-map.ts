/**
 * /tmp/perf-PID.map: what a process compiled at run time, as its own runtime tells.
 *
 *     7f722d142778 1a0 LazyCompile:~main /srv/app.js:12
 *
 * tools/perf/Documentation/jit-interface.txt of Linux
 */
import { overlaid } from './overlay.ts';
import type { SymbolTable } from './table.ts';

// 7f722d142778 1a0 LazyCompile:~main /srv/app.js:12     0x7f722d142778 0x1a0 main
const LINE = /^(?:0x)?([0-9a-f]{1,16}) (?:0x)?([0-9a-f]{1,16}) (.*)$/i;

/** Where code was compiled anew in the place of other code, the later line holds: that of perf would too. */
export function readPerfMap(text: string, origin: string): SymbolTable {
  const starts: number[] = [];
  const ends: number[] = [];
  const names: string[] = [];
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [start, size] = [Number.parseInt(match[1] as string, 16), Number.parseInt(match[2] as string, 16)];
    // Beyond that a double does not tell addresses apart, and no process has any.
    if (!(start + size < Number.MAX_SAFE_INTEGER)) continue;
    starts.push(start);
    ends.push(start + size);
    names.push(match[3] as string);
  }
  return overlaid(starts, ends, names, origin);
}

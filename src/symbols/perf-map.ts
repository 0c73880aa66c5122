/**
 * /tmp/perf-PID.map: what a process compiled at run time, as its own runtime tells.
 *
 *     7f722d142778 1a0 LazyCompile:~main /srv/app.js:12
 *
 * tools/perf/Documentation/jit-interface.txt of Linux
 */
import { overlaid } from './overlay.ts';
import type { SymbolTable } from './table.ts';

const [NEWLINE, SPACE, ZERO, X] = [0x0a, 0x20, 0x30, 0x78];
const MOST_DIGITS = 16;

/** Where code was compiled anew in the place of other code, the later line holds: that of perf would too. */
export function readPerfMap(bytes: Uint8Array, origin: string): SymbolTable {
  const { starts, ends, names } = linesOf(bytes);
  const name = (i: number) => decoder.decode(bytes.subarray(names[i], endOfLine(bytes, names[i] as number)));
  return overlaid(starts, ends, name, origin);
}

const decoder = new TextDecoder();

/** Addresses, and where the names are: a program has many thousands, of which a recording meets some hundreds. */
function linesOf(bytes: Uint8Array): { starts: number[]; ends: number[]; names: number[] } {
  const lines = { starts: [] as number[], ends: [] as number[], names: [] as number[] };
  for (let at = 0; at < bytes.length; at = endOfLine(bytes, at) + 1) {
    const sizeAt = behindNumber(bytes, at);
    const nameAt = sizeAt < 0 ? -1 : behindNumber(bytes, sizeAt);
    if (nameAt < 0) continue;
    const start = numberAt(bytes, at);
    const end = start + numberAt(bytes, sizeAt);
    // Beyond that a double does not tell addresses apart, and no process has any.
    if (end >= Number.MAX_SAFE_INTEGER) continue;
    lines.starts.push(start);
    lines.ends.push(end);
    lines.names.push(nameAt);
  }
  return lines;
}

function endOfLine(bytes: Uint8Array, at: number): number {
  const end = bytes.indexOf(NEWLINE, at);
  return end < 0 ? bytes.length : end;
}

/** Behind the space after a hexadecimal number; -1 where there is none. */
function behindNumber(bytes: Uint8Array, at: number): number {
  const start = firstDigit(bytes, at);
  let end = start;
  while (digitAt(bytes, end) >= 0) end++;
  return end > start && end - start <= MOST_DIGITS && bytes[end] === SPACE ? end + 1 : -1;
}

function numberAt(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = firstDigit(bytes, at), digit = digitAt(bytes, i); digit >= 0; digit = digitAt(bytes, ++i))
    value = value * 16 + digit;
  return value;
}

/** A number may have `0x` before it. */
function firstDigit(bytes: Uint8Array, at: number): number {
  return bytes[at] === ZERO && ((bytes[at + 1] as number) | 0x20) === X ? at + 2 : at;
}

/** What a hexadecimal digit stands for; -1 for none. */
function digitAt(bytes: Uint8Array, at: number): number {
  const code = bytes[at] ?? 0;
  if (code >= ZERO && code <= 0x39) return code - ZERO;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

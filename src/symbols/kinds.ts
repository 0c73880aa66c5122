/** Telling files of symbols from others, by their names and first bytes. */

const ELF = [0x7f, 0x45, 0x4c, 0x46];
/** `JiTD`, as a little-endian machine writes it and as the other does. */
const JITDUMP = [
  [0x44, 0x54, 0x69, 0x4a],
  [0x4a, 0x69, 0x54, 0x44],
];
// perf-1234.map   /tmp/perf-1234.map
const PERF_MAP = /(?:^|\/)perf-(\d{1,10})\.map$/;
// 7f722d142778 1a0 LazyCompile:~main /srv/app.js:12     0x7f722d142778 0x1a0 main
const PERF_MAP_LINE = /^(?:0x)?[0-9a-f]{1,16} (?:0x)?[0-9a-f]{1,16} \S/i;
const KALLSYMS = /(?:^|\/)kallsyms$/;
// 0000000000000000 A fixed_percpu_data
const KALLSYMS_LINE = /^(?:[0-9a-f]{8}|[0-9a-f]{16}) [a-zA-Z] \S/;

export function isElf(first: Uint8Array): boolean {
  return startsWith(first, ELF);
}

export function isJitdump(first: Uint8Array): boolean {
  return JITDUMP.some((magic) => startsWith(first, magic));
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** The process whose map of compiled code a file of this name is; null for any other. */
export function processOf(name: string): number | null {
  const match = PERF_MAP.exec(name);
  return match === null ? null : Number(match[1]);
}

/** Whether a file that begins so tells of symbols, and nothing else. */
export function isOfSymbols(name: string, first: Uint8Array): boolean {
  if (isElf(first) || isJitdump(first)) return true;
  const line = processOf(name) !== null ? PERF_MAP_LINE : KALLSYMS.test(name) ? KALLSYMS_LINE : null;
  return line?.test(new TextDecoder('latin1').decode(first.subarray(0, 256))) ?? false;
}

/** Symbols in the order of their addresses: what every kind of source becomes. */

export interface SymbolTable {
  /** How many there are. They do not overlap. */
  readonly length: number;
  /** Where each begins and where it ends (exclusive): the lower and the upper half of 64 bits in turn, ascending. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** The name as it stands in the source, mangled or not. */
  name(i: number): string;
  /** The module that a symbol is of, where one table holds several: `[nf_conntrack]` among the kernel's. */
  moduleOf?(i: number): string;
  /** Where it comes from, for a person: `/usr/lib/debug/.build-id/ab/cd.debug`. */
  readonly origin: string;
  /** Nothing but its path says that it is of what was recorded: neither has a build ID. */
  readonly byPath?: boolean;
}

/** The host that was recorded, as far as the recording tells: empty where it does not. */
export interface RecordedHost {
  hostname: string;
  /** The kernel's release. */
  kernel: string;
}

/** What symbols are wanted of. */
export type Wanted =
  /** A program or library: places are offsets in its file. */
  | {
      what: 'file';
      path: string;
      /** In hexadecimal digits; empty where the recording tells none. */
      buildId: string;
      /** The file as the recording's host knew it. */
      inode: { major: number; minor: number; number: bigint } | null;
      /** What offset of it was mapped as its code. */
      code: bigint;
    }
  /** The kernel and its modules: places are addresses. `text` is that of its symbol `_text`; null where not told. */
  | { what: 'kernel'; buildId: string; text: bigint | null }
  /** What a process compiled at run time: places are addresses. `jitdump` is the path of the file in which it said so. */
  | { what: 'process'; pid: number; jitdump: string | null };

export interface SymbolFinder {
  /** The symbols, or null where none are there, or none of what was recorded. */
  find(wanted: Wanted, host: RecordedHost): SymbolTable | null;
}

/** For a recording of which nothing is to be named. */
export const NO_SYMBOLS: SymbolFinder = { find: () => null };

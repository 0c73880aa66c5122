/**
 * What every grammar gives the registry: a test on the first page of a file, and a reader for all of it.
 */
import type { Host, Source } from '../datasets/capture.ts';
import type { Dataset } from '../datasets/shapes.ts';
import type { FoldPart } from './fold/fold-part.ts';

/** The beginning of a file, for detection. */
export interface Head {
  /** The first whole lines (64 KB at most), without line ends and with escape sequences as they were. */
  readonly lines: readonly string[];
  /** True when these are all the lines there are. */
  readonly complete: boolean;
}

/** What is known of a file before it is read. */
export interface ParseContext {
  /** The name in the archive or the path given, for titles and errors. */
  readonly name: string;
  /** The tool the manifest or the file's name tells; null when neither does. */
  readonly tool: string | null;
  /** Seconds between two reports, where the command line told (`vmstat 1`). */
  readonly interval: number | null;
  /** The command line, where the manifest tells it: some flags change what a number means and leave no trace in the text. */
  readonly command?: string;
  /** Keep each sample of a profile, not only the sums. */
  readonly samples: boolean;
  /** Frames without a symbol tell their address. */
  readonly addresses?: boolean;
}

/** The context for a reader that only looks whether a file is its own: its name must not count. */
export const NO_CONTEXT: ParseContext = { name: '', tool: null, interval: null, samples: false };

/** What a reader hands over: a source without what only the caller knows. */
export interface Parsed extends Pick<Source, 'lines' | 'read' | 'noise' | 'unreadCount' | 'unread' | 'notes'> {
  /** The tool, where the text itself tells it better than the file's name; null to leave it. */
  tool: string | null;
  /** Whose it is, where rows of the text say so. */
  host?: Partial<Host>;
  /** `source` is set by the caller. Times are on the clock that each dataset names. */
  datasets: Dataset[];
}

/** Takes a file's bytes in order, in chunks of any size, and hands over what they said. Throws nothing for bad input. */
export interface Reader {
  /** The tool was started again: what counts from its start, such as the averages since boot, counts anew. */
  run?(): void;
  write(chunk: Uint8Array): void | Promise<void>;
  /** Where the reader would have the next bytes put, for a file that can be read into place; `filled` says how many came. */
  room?(): Uint8Array;
  filled?(length: number): void;
  end(): Parsed | Promise<Parsed>;
  /**
   * In place of `end`, where threads read a file in parts: what this one has read, for the reader of the part before;
   * null where it depends on the part before, which must then be read by the same reader.
   */
  part?(): FoldPart | null;
  /** Takes in the part that follows what was read; false where it is too large for that, and nothing was taken in. */
  join?(part: FoldPart): boolean;
}

export interface Beginning {
  /** What the first line looks like at least: it is tried on every line of a file, and must fail soon on most. */
  readonly like: RegExp;
  /** Decides by that line and the next few; without it, to look like it is enough. */
  sure?(lines: readonly string[]): boolean;
}

export interface Grammar {
  readonly name: string;
  /** Whether the file that begins so is of this grammar. No two grammars may claim the same file. */
  claims(head: Head): boolean;
  /**
   * How an output of this grammar begins in the middle of a file, whatever stood before it: by a heading, a banner, a record
   * that nobody else prints. Without it one begins only where a file does, or what stands under a heading.
   */
  readonly begins?: Beginning;
  /** What its own lines look like, where they come by the million: none of them begins another output. */
  readonly own?: RegExp;
  /** Grammars that one reader reads together: none of them ends an output of another. */
  readonly family?: string;
  reader(context: ParseContext): Reader;
  /** Behind this a file may be cut into parts that are read on their own. */
  readonly cut?: string;
}

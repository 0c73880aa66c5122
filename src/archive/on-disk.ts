/** Files on disk, read in place: into the memory of whoever wants the bytes, from and to where he wants them. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Somebody who has room for bytes. */
export interface Taker {
  room(): Uint8Array;
  filled(length: number): void;
}

export interface Span {
  start: number;
  end: number;
}

/** How far from where a cut would be best it is looked for. */
const CUT_WINDOW = 1 << 20;

/** Hands the file's bytes from `start` up to `end` to `taker`. Raises what reading raises. */
export function readSpan(path: string, { start, end }: Span, taker: Taker): void {
  const file = openSync(path, 'r');
  try {
    for (let at = start; at < end; ) {
      const room = taker.room();
      const length = readSync(file, room, 0, Math.min(room.length, end - at), at);
      if (length === 0) return;
      taker.filled(length);
      at += length;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The file in at most `count` spans of about the same length, the first by `lead` longer, each but the first beginning behind
 * `mark`; fewer where the mark is not found, one for a file that has not two spans of `least` bytes.
 */
export function spansOf(
  path: string,
  { count, least, lead, mark }: { count: number; least: number; lead: number; mark: string },
): Span[] {
  const file = openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const wanted = Math.max(1, Math.min(count, Math.floor((size - lead) / least)));
    const window = Buffer.alloc(CUT_WINDOW);
    const cuts = [0];
    for (let i = 1; i < wanted; i++) {
      const from = Math.floor(lead + ((size - lead) / wanted) * i);
      const length = readSync(file, window, 0, window.length, from);
      const found = window.subarray(0, length).indexOf(mark);
      if (found >= 0) cuts.push(from + found + mark.length);
    }
    return cuts.map((start, i) => ({ start, end: cuts[i + 1] ?? size }));
  } finally {
    closeSync(file);
  }
}

/** Telling text from what is none, by its first bytes. */
import { encodingOf } from './encoding.ts';

const ELF_MAGIC = '\u007fELF';
/** How much is looked at: text with a stray NUL further on is still text. */
const LOOKED_AT = 4096;

const SYSSTAT = "sysstat's own file";
const AS_TEXT = 'on a host with the same sysstat, sar -A -f FILE > sar.txt';

/** Files that people attach beside the output of tools, and what makes text of them, where something does. */
const NAMED: readonly (readonly [mark: string, words: string, toRead?: string])[] = [
  ['7z\u00bc\u00af\u0027\u001c', 'a 7-Zip archive', 'unpack it with 7z x and analyze the folder'],
  ['Rar!\u001a\u0007', 'a RAR archive', 'unpack it with unrar x and analyze the folder'],
  ['\u0004"M\u0018', 'packed by lz4', 'unpack it with lz4 -d and analyze that'],
  ['\u001f\u009d', 'packed by compress', 'unpack it with uncompress and analyze that'],
  ['\u00ff\u00d8\u00ff', 'a picture (JPEG), not the output of a tool'],
  ['\u0089PNG', 'a picture (PNG), not the output of a tool'],
  ['GIF8', 'a picture (GIF), not the output of a tool'],
  ['%PDF-', 'a PDF, not the output of a tool', 'copy the text out of it'],
  ['FLR\0', "a recording of Java's flight recorder", 'jfr print --stack-depth 64 FILE > jfr.txt'],
  // SYSSTAT_MAGIC in sysstat's sa.h, in either order of bytes
  ['\u0096\u00d5', SYSSTAT, AS_TEXT],
  ['\u00d5\u0096', SYSSTAT, AS_TEXT],
  ['SQLite format 3\0', 'an SQLite database, not the output of a tool'],
];

/** What a file is that holds no text, and whether something makes text of it. */
export interface Binary {
  words: string;
  isReadable: boolean;
}

/**
 * What a person should know of a file that holds no text, or null for text.
 * @param first the file's first bytes, decompressed
 */
export function binaryInWords(first: Uint8Array): Binary | null {
  const text = new TextDecoder('latin1').decode(first.subarray(0, LOOKED_AT));
  if (text.startsWith(ELF_MAGIC)) return { words: 'a program, not the output of one', isReadable: false };
  const [, words, toRead] = NAMED.find(([mark]) => text.startsWith(mark)) ?? [];
  if (words !== undefined)
    return { words: toRead === undefined ? words : `${words}: ${toRead}`, isReadable: toRead !== undefined };
  if (text.includes('\0') && !encodingOf(first).startsWith('utf-16'))
    return { words: 'binary, not the output of a tool', isReadable: false };
  return null;
}

/** perf.data begins so, as a little-endian machine writes it and as the other does: PERF_MAGIC2 in tools/perf/util/header.c. */
const PERF_MAGIC = ['PERFILE2', '2ELIFREP'];

/** Whether the file is perf.data. */
export function isRecording(first: Uint8Array): boolean {
  return PERF_MAGIC.includes(new TextDecoder('latin1').decode(first.subarray(0, 8)));
}

// <meta name="generator" content="coldflame 0.1.0">, behind the page's policy
const REPORT = /<meta name="generator" content="coldflame /;

/** Whether the file is a report of our own. */
export function isReport(first: Uint8Array): boolean {
  const text = new TextDecoder('latin1').decode(first.subarray(0, LOOKED_AT));
  return text.startsWith('<!doctype html>') && REPORT.test(text);
}

/** Telling text from what is none, by its first bytes. */

const ELF_MAGIC = '\u007fELF';
/** How much is looked at: text with a stray NUL further on is still text. */
const LOOKED_AT = 4096;

/**
 * What a person should know of a file that holds no text, or null for text.
 * @param first the file's first bytes, decompressed
 */
export function binaryInWords(first: Uint8Array): string | null {
  const text = new TextDecoder('latin1').decode(first.subarray(0, LOOKED_AT));
  if (text.startsWith(ELF_MAGIC)) return 'a program, not the output of one';
  if (text.startsWith('FLR\0'))
    return "a recording of Java's flight recorder; jfr print --stack-depth 64 makes text of it";
  if (text.includes('\0')) return 'binary, not the output of a tool';
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

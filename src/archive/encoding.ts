/** How a file writes its characters, by its first bytes, and the same text in UTF-8: what the grammars read. */

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** How much is looked at. */
const LOOKED_AT = 4096;
const UTF8_MARK = [0xef, 0xbb, 0xbf];
/** PowerShell's `>` writes UTF-16 with a byte order mark. */
const UTF16LE_MARK = [0xff, 0xfe];
const UTF16BE_MARK = [0xfe, 0xff];
/** Of the bytes that are zero in the UTF-16 of a tool's output, so many in a hundred are: the rest are bars and quotes. */
const ZERO_PERCENT = 90;
/** With fewer bytes nothing but a mark tells. */
const FEWEST_BYTES = 8;

/** @param first the file's first bytes, unpacked */
export function encodingOf(first: Uint8Array): Encoding {
  if (beginsWith(first, UTF16LE_MARK)) return 'utf-16le';
  if (beginsWith(first, UTF16BE_MARK)) return 'utf-16be';
  const sample = first.subarray(0, LOOKED_AT);
  const zeros = [0, 1].map((odd) => sample.filter((byte, i) => byte === 0 && i % 2 === odd).length) as [number, number];
  const most = (sample.length / 2) * (ZERO_PERCENT / 100);
  if (sample.length >= FEWEST_BYTES && zeros[1] >= most && zeros[0] === 0) return 'utf-16le';
  if (sample.length >= FEWEST_BYTES && zeros[0] >= most && zeros[1] === 0) return 'utf-16be';
  return isWindows(first) ? 'windows-1252' : 'utf-8';
}

/** The text in UTF-8, without a byte order mark. What is UTF-8 already is handed on as it came. */
export async function* inUtf8(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8') yield* withoutMark(bytes);
  else {
    const [decoder, encoder] = [new TextDecoder(encoding), new TextEncoder()];
    for await (const chunk of bytes) yield encoder.encode(decoder.decode(chunk, { stream: true }));
    yield encoder.encode(decoder.decode());
  }
}

async function* withoutMark(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of bytes) {
    yield isFirst && beginsWith(chunk, UTF8_MARK) ? chunk.subarray(UTF8_MARK.length) : chunk;
    isFirst &&= chunk.length === 0;
  }
}

/** Text with bytes above 127 of which none is UTF-8: that of a Windows editor. Some that are make it UTF-8 with damage. */
function isWindows(first: Uint8Array): boolean {
  let high = 0;
  for (let i = 0; i < first.length; i++) {
    const byte = first[i] as number;
    if (byte < 0x80) continue;
    // A sequence of UTF-8 that the end of what was read cuts short.
    if (byte >= 0xc2 && byte <= 0xf4 && (i + 1 === first.length || isTrail(first[i + 1]))) return false;
    high++;
  }
  return high > 0;
}

function isTrail(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

function beginsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, i) => bytes[i] === byte);
}

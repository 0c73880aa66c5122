/** Telling pprof's profile.proto from other files: https://github.com/google/pprof/blob/main/proto/profile.proto */

const LENGTH_DELIMITED = 2;
const VARINT = 0;
/** Fields of Profile that are messages or texts, and those that are numbers. */
const MESSAGES = [1, 2, 3, 4, 5, 6, 11, 13];
const NUMBERS = [7, 8, 9, 10, 12, 14, 15];
const SAMPLE_TYPE = 1;
const SAMPLE = 2;
const STRING_TABLE = 6;
/** So many are looked at: whatever else is binary has met its end by then. */
const MOST_FIELDS = 256;

/**
 * Whether bytes begin as the message does: fields that it has, of the types that they have, the first few of which fit. It
 * is binary, and has no mark of its own.
 * @param first the first bytes of the file, unpacked
 */
export function isPprof(first: Uint8Array): boolean {
  if (!isBinary(first)) return false;
  const seen = new Set<number>();
  let at = 0;
  for (let fields = 0; at < first.length && fields < MOST_FIELDS; fields++) {
    const key = varint(first, at);
    if (key === null) return false;
    const [field, type] = [key.value >>> 3, key.value & 7];
    const isPacked = type === LENGTH_DELIMITED && NUMBERS.includes(field);
    const isKnown = type === VARINT ? NUMBERS.includes(field) : type === LENGTH_DELIMITED && MESSAGES.includes(field);
    if (!isKnown && !isPacked) return false;
    const value = varint(first, key.end);
    if (value === null) return false;
    at = type === LENGTH_DELIMITED ? value.end + value.value : value.end;
    seen.add(field);
  }
  return seen.has(SAMPLE_TYPE) && (seen.has(SAMPLE) || seen.has(STRING_TABLE));
}

/** Texts hold no bytes below the tab; numbers of the message do. */
function isBinary(first: Uint8Array): boolean {
  return first.subarray(0, 512).some((byte) => byte < 9);
}

function varint(bytes: Uint8Array, start: number): { value: number; end: number } | null {
  let value = 0;
  for (let i = 0; i < 10 && start + i < bytes.length; i++) {
    const byte = bytes[start + i] as number;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  return null;
}

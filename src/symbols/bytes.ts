/** Bytes that can be read from anywhere: a file on disk, a member of an archive. */
export interface Bytes {
  readonly size: number;
  /** Fills `into` with the bytes from `at` on. Returns how many there were. */
  read(into: Uint8Array, at: number): number;
  /** All of them, where they are in memory anyway. */
  readonly whole?: Uint8Array;
}

/** So many bytes from `at` on, fewer at the end. Where all are in memory anyway they are not copied. */
export function bytesAt(bytes: Bytes, at: number, size: number): Uint8Array {
  if (!(at >= 0 && at <= bytes.size && size > 0)) return new Uint8Array();
  const length = Math.min(size, bytes.size - at);
  if (bytes.whole !== undefined) return bytes.whole.subarray(at, at + length);
  const into = new Uint8Array(length);
  return into.subarray(0, bytes.read(into, at));
}

/** The first bytes of it, all where there are no more than `limit`. */
export function wholeOf(bytes: Bytes, limit: number): Uint8Array {
  return bytesAt(bytes, 0, limit);
}

/** Those of an array. */
export function bytesOf(array: Uint8Array): Bytes {
  return {
    size: array.length,
    whole: array,
    read: (into, at) => {
      const part = array.subarray(at, at + into.length);
      into.set(part);
      return part.length;
    },
  };
}

/** In hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

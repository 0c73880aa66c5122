/** Bytes that can be read from anywhere: a file on disk, a member of an archive. */
export interface Bytes {
  readonly size: number;
  /** Fills `into` with the bytes from `at` on. Returns how many there were. */
  read(into: Uint8Array, at: number): number;
}

/** So many bytes from `at` on, fewer at the end. */
export function bytesAt(bytes: Bytes, at: number, size: number): Uint8Array {
  if (!(at >= 0 && at <= bytes.size && size > 0)) return new Uint8Array();
  const into = new Uint8Array(Math.min(size, bytes.size - at));
  return into.subarray(0, bytes.read(into, at));
}

/** Those of an array. */
export function bytesOf(array: Uint8Array): Bytes {
  return {
    size: array.length,
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

/**
 * Columns of numbers as few bytes, before deflate: the differences of scaled integers, a byte or two each, where the
 * numbers allow that without loss; else the doubles as they are. Pure, and the same code in Node and in the browser.
 *
 * A column's bytes: its encoding, how many numbers, and the numbers. Integers are LEB128 (as in DWARF and protocol
 * buffers): seven bits a byte, lowest first.
 */

/** Differences are signed; 0 stands for NaN, so every other number is moved up by one. */
const NAN_MARK = 0;
/** Decimals that are tried: `0.25` is 25 with two. */
const MAX_DECIMALS = 6;
/** Above this the scaled value is no exact integer any more, and its difference might not be either. */
const MAX_EXACT = 2 ** 51;
/** The encodings below this are the number of decimals of scaled integers. */
const DOUBLES = 255;

/** Bytes that grow. */
export class ByteWriter {
  private bytes = new Uint8Array(1024);
  length = 0;

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** A whole number from 0 to 2^53. */
  unsigned(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What was written; a view, valid until the next write. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.length + extra, this.bytes.length * 2));
    grown.set(this.view());
    this.bytes = grown;
  }
}

/** Appends a column of numbers; infinities and anything finer than `MAX_DECIMALS` cost eight bytes each. */
export function writeColumn(writer: ByteWriter, values: ArrayLike<number>): void {
  const decimals = decimalsOf(values);
  writer.byte(decimals ?? DOUBLES);
  writer.unsigned(values.length);
  if (decimals === null) writer.append(new Uint8Array(Float64Array.from(values).buffer));
  else writeDifferences(writer, values, 10 ** decimals);
}

function writeDifferences(writer: ByteWriter, values: ArrayLike<number>, scale: number): void {
  let previous = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) {
      writer.unsigned(NAN_MARK);
      continue;
    }
    const scaled = Math.round(value * scale);
    const difference = scaled - previous;
    writer.unsigned((difference < 0 ? -2 * difference - 1 : 2 * difference) + 1);
    previous = scaled;
  }
}

/** The fewest decimals that hold every value exactly; null where none do. */
function decimalsOf(values: ArrayLike<number>): number | null {
  let decimals = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    while (!isExact(value, 10 ** decimals)) if (++decimals > MAX_DECIMALS) return null;
  }
  // A value that was exact with few decimals may not be with more.
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isNaN(value) && !isExact(value, 10 ** decimals)) return null;
  }
  return decimals;
}

function isExact(value: number, scale: number): boolean {
  const scaled = Math.round(value * scale);
  return Math.abs(scaled) < MAX_EXACT && scaled / scale === value && !Object.is(value, -0);
}

/** Reads what `ByteWriter` wrote. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.bytes[this.at++] as number;
  }

  unsigned(): number {
    let byte = this.bytes[this.at++] as number;
    if (byte < 128) return byte;
    let value = byte - 128;
    let scale = 128;
    do {
      byte = this.bytes[this.at++] as number;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  }

  take(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/** A column as `writeColumn` wrote it. */
export function readColumn(reader: ByteReader): Float64Array {
  const encoding = reader.byte();
  const length = reader.unsigned();
  if (encoding === DOUBLES) return new Float64Array(reader.take(length * 8).slice().buffer);
  const values = new Float64Array(length);
  const scale = 10 ** encoding;
  let previous = 0;
  for (let i = 0; i < length; i++) {
    const mark = reader.unsigned();
    if (mark === NAN_MARK) {
      values[i] = Number.NaN;
      continue;
    }
    const folded = mark - 1;
    previous += folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2;
    values[i] = previous / scale;
  }
  return values;
}

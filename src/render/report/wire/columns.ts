/**
 * Columns of numbers as few bytes, before deflate: scaled integers or their differences, as many bytes each as the
 * largest takes, where the numbers allow that without loss; else the doubles as they are. The bytes stand plane by plane:
 * first the lowest of all numbers, then the next, since those are alike, which is what deflate likes. Pure, and the same
 * code in Node and in the browser.
 *
 * A column's bytes: its encoding, how many numbers, and the planes. Lengths are LEB128 (as in DWARF and protocol
 * buffers): seven bits a byte, lowest first.
 */

/** Signed numbers are folded onto the whole ones; 0 stands for NaN, so that every other is moved up by one. */
const NAN_CODE = 0;
/** Decimals that are tried: `0.25` is 25 with two. */
const MAX_DECIMALS = 6;
const SCALES = Array.from({ length: MAX_DECIMALS + 1 }, (_, decimals) => 10 ** decimals);
/** Above this the scaled value is no exact integer any more, and its difference might not be either. */
const MAX_EXACT = 2 ** 51;
/** An encoding is how many decimals of scaled integers there are, and this where their differences are written. */
const DIFFERENCES = 16;
const DECIMALS = 15;
const DOUBLES = 255;
const DOUBLE_BYTES = 8;

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
export function writeColumn(writer: ByteWriter, column: ArrayLike<number>): void {
  // Of one kind whatever they were: V8 reads what may be of any kind ten times slower.
  const values = column instanceof Float64Array ? column : new Float64Array(column);
  const decimals = decimalsOf(values);
  if (decimals === null) {
    writer.byte(DOUBLES);
    writer.unsigned(values.length);
    writer.append(planesOfDoubles(values));
    return;
  }
  const { codes, widest, isOfDifferences } = codesOf(values, SCALES[decimals] as number);
  writer.byte(decimals + (isOfDifferences ? DIFFERENCES : 0));
  writer.unsigned(values.length);
  const width = bytesFor(widest);
  writer.byte(width);
  writer.append(planesOf(codes, width));
}

interface Codes {
  codes: Float64Array;
  widest: number;
  isOfDifferences: boolean;
}

/** The numbers themselves or their differences, whichever have fewer digits in all. */
function codesOf(values: Float64Array, scale: number): Codes {
  const plain = new Float64Array(values.length);
  const apart = new Float64Array(values.length);
  let [previous, plainBits, apartBits, plainWidest, apartWidest] = [0, 0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const scaled = Math.round(value * scale);
    const [own, difference] = [folded(scaled), folded(scaled - previous)];
    previous = scaled;
    plain[i] = own;
    apart[i] = difference;
    plainBits += bitsOf(own);
    apartBits += bitsOf(difference);
    if (own > plainWidest) plainWidest = own;
    if (difference > apartWidest) apartWidest = difference;
  }
  return apartBits < plainBits
    ? { codes: apart, widest: apartWidest, isOfDifferences: true }
    : { codes: plain, widest: plainWidest, isOfDifferences: false };
}

function folded(scaled: number): number {
  return (scaled < 0 ? -2 * scaled - 1 : 2 * scaled) + 1;
}

function unfolded(code: number): number {
  const rest = code - 1;
  return rest % 2 === 1 ? -(rest + 1) / 2 : rest / 2;
}

const HIGH = 2 ** 32;

function bitsOf(code: number): number {
  return code < HIGH ? 32 - Math.clz32(code) : 64 - Math.clz32(code / HIGH);
}

function bytesFor(code: number): number {
  return (bitsOf(code) + 7) >> 3;
}

function planesOf(codes: Float64Array, width: number): Uint8Array {
  const planes = new Uint8Array(width * codes.length);
  for (let i = 0; i < codes.length; i++) {
    let rest = codes[i] as number;
    let low = rest >>> 0;
    for (let plane = i, byte = 0; byte < width; byte++, plane += codes.length) {
      if (byte === 4) {
        rest = Math.floor(rest / HIGH);
        low = rest >>> 0;
      }
      planes[plane] = low & 255;
      low >>>= 8;
    }
  }
  return planes;
}

function planesOfDoubles(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const planes = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++)
    planes[(i % DOUBLE_BYTES) * values.length + Math.floor(i / DOUBLE_BYTES)] = bytes[i] as number;
  return planes;
}

/** The fewest decimals that hold every value exactly; null where none do. */
function decimalsOf(values: Float64Array): number | null {
  let [decimals, checkedFrom] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    while (!isExact(value, SCALES[decimals] as number)) {
      if (++decimals > MAX_DECIMALS) return null;
      checkedFrom = i;
    }
  }
  // A value that was exact with few decimals may not be with more.
  for (let i = 0; i < checkedFrom; i++) {
    const value = values[i] as number;
    if (!Number.isNaN(value) && !isExact(value, SCALES[decimals] as number)) return null;
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

  /** @throws RangeError where there are fewer: what says that it is long takes no time for what is not there */
  take(length: number): Uint8Array {
    this.at += length;
    if (!(this.at <= this.bytes.length)) throw new RangeError('it ends within a column');
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/**
 * A column as `writeColumn` wrote it.
 * @throws RangeError where there are more numbers than `most`
 */
export function readColumn(reader: ByteReader, most = Number.POSITIVE_INFINITY): Float64Array {
  const encoding = reader.byte();
  const length = reader.unsigned();
  if (!(length <= most)) throw new RangeError('more numbers than a report has');
  if (encoding === DOUBLES) return doublesFrom(reader.take(length * DOUBLE_BYTES), length);
  const width = reader.byte();
  const values = codesFrom(reader.take(width * length), length, width);
  const scale = SCALES[encoding & DECIMALS] as number;
  const isOfDifferences = encoding >= DIFFERENCES;
  let previous = 0;
  for (let i = 0; i < length; i++) {
    const code = values[i] as number;
    if (code === NAN_CODE) {
      values[i] = Number.NaN;
      continue;
    }
    previous = unfolded(code) + (isOfDifferences ? previous : 0);
    values[i] = previous / scale;
  }
  return values;
}

function codesFrom(planes: Uint8Array, length: number, width: number): Float64Array {
  const codes = new Float64Array(length);
  for (let byte = 0; byte < width; byte++) {
    const weight = 256 ** byte;
    const start = byte * length;
    for (let i = 0; i < length; i++) codes[i] = (codes[i] as number) + (planes[start + i] as number) * weight;
  }
  return codes;
}

function doublesFrom(planes: Uint8Array, length: number): Float64Array {
  const bytes = new Uint8Array(planes.length);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = planes[(i % DOUBLE_BYTES) * length + Math.floor(i / DOUBLE_BYTES)] as number;
  return new Float64Array(bytes.buffer);
}

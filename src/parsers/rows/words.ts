/**
 * Rows of tables from their bytes: words and numbers without a string for each. What is no plain row (bytes beyond ASCII, a
 * word that is no number where one should be) is left to whoever reads the line as text.
 */

/** As many as the widest table has columns, and some. */
const MAX_WORDS = 8192;
const [SPACE, TAB, MINUS, POINT, ZERO, NINE, COLON, COMMA, QUOTE] = [32, 9, 45, 46, 48, 57, 58, 44, 34];
/** The printable characters of ASCII. */
const [FIRST, LAST] = [33, 126];

/** The words of one row, cut at blanks and tabs. Made once for a file, and filled for each of its rows. */
export class Words {
  count = 0;
  bytes: Uint8Array = new Uint8Array();
  readonly starts = new Int32Array(MAX_WORDS);
  readonly ends = new Int32Array(MAX_WORDS);

  /** False where the row holds anything but printable ASCII, blanks and tabs. */
  split(bytes: Uint8Array, from: number, to: number): boolean {
    const { starts, ends } = this;
    let [count, at] = [0, from];
    this.bytes = bytes;
    for (;;) {
      while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
      if (at >= to) break;
      if (count === MAX_WORDS) return false;
      starts[count] = at;
      while (at < to) {
        const byte = bytes[at] as number;
        if (byte < FIRST || byte > LAST) {
          if (byte === SPACE || byte === TAB) break;
          return false;
        }
        at++;
      }
      ends[count++] = at;
    }
    this.count = count;
    return true;
  }

  /**
   * The fields between delimiters, which may be empty. False where the row holds a quote, or anything but printable ASCII and
   * delimiters.
   */
  splitAt(delimiter: number, bytes: Uint8Array, from: number, to: number): boolean {
    const { starts, ends } = this;
    let [count, start] = [0, from];
    this.bytes = bytes;
    for (let at = from; at <= to; at++) {
      const byte = at === to ? delimiter : (bytes[at] as number);
      if (byte === delimiter) {
        if (count === MAX_WORDS) return false;
        starts[count] = start;
        ends[count++] = at;
        start = at + 1;
      } else if (byte < SPACE || byte > LAST || byte === QUOTE) return false;
    }
    this.count = count;
    return true;
  }

  /**
   * The number that a word is, in whatever locale; NaN where it is none, or of more digits than are certain to fit a
   * double.
   */
  number(word: number): number {
    return numberIn(this.bytes, this.starts[word] as number, this.ends[word] as number, COMMA);
  }

  /** The same with a decimal point, and nothing else. */
  plainNumber(word: number): number {
    return numberIn(this.bytes, this.starts[word] as number, this.ends[word] as number);
  }

  /** Whether a number has no fraction. */
  isWhole(word: number): boolean {
    return decimalsIn(this.bytes, this.starts[word] as number, this.ends[word] as number) === 0;
  }

  /** Whether from the start of one word to the end of another these bytes stand. */
  are(first: number, last: number, text: Uint8Array): boolean {
    const start = this.starts[first] as number;
    if ((this.ends[last] as number) - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.bytes[start + i] !== text[i]) return false;
    return true;
  }

  /** Whether a word is `-`, which stands where there is no value. */
  isMinus(word: number): boolean {
    const start = this.starts[word] as number;
    return this.ends[word] === start + 1 && this.bytes[start] === MINUS;
  }

  /** The seconds since midnight that `14:59:30` is, `-1` for anything else. */
  clock(word: number): number {
    return clockIn(this.bytes, this.starts[word] as number, this.ends[word] as number);
  }

  /** From the start of one word to the end of another, as text. */
  text(first: number, last = first): string {
    return textIn(this.bytes, this.starts[first] as number, this.ends[last] as number);
  }
}

/** So many digits always survive. */
const MAX_DIGITS = 15;
const POWERS = Float64Array.from({ length: MAX_DIGITS + 1 }, (_, i) => 10 ** i);

/**
 * `12`, `-0.50`: the double that is nearest, for both parts of the quotient are exact; NaN for anything else.
 *
 * @param comma what may stand in place of the decimal point
 */
export function numberIn(bytes: Uint8Array, from: number, to: number, comma = POINT): number {
  const isNegative = bytes[from] === MINUS;
  const start = isNegative ? from + 1 : from;
  if (to - start > MAX_DIGITS + 1) return Number.NaN;
  let [value, at] = [0, start];
  for (; at < to; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === start) return Number.NaN;
  if (at < to) {
    if (bytes[at] !== POINT && bytes[at] !== comma) return Number.NaN;
    const fraction = ++at;
    for (; at < to; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) return Number.NaN;
      value = value * 10 + digit;
    }
    if (at === fraction) return Number.NaN;
    value /= POWERS[at - fraction] as number;
  } else if (to - start > MAX_DIGITS) return Number.NaN;
  return isNegative ? -value : value;
}

/** How many digits a number has behind its point. */
export function decimalsIn(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && isDigit(bytes[at - 1])) at--;
  return at > from && bytes[at - 1] === POINT ? to - at : 0;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

const CLOCK_LENGTH = '14:59:30'.length;

function clockIn(bytes: Uint8Array, from: number, to: number): number {
  if (to - from !== CLOCK_LENGTH || bytes[from + 2] !== COLON || bytes[from + 5] !== COLON) return -1;
  const [hours, minutes, seconds] = [twoDigits(bytes, from), twoDigits(bytes, from + 3), twoDigits(bytes, from + 6)];
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return -1;
  return hours * 3600 + minutes * 60 + seconds;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const [tens, ones] = [(bytes[at] as number) - ZERO, (bytes[at + 1] as number) - ZERO];
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

/** ASCII as text. */
export function textIn(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

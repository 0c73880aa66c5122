/** A line of dmesg as most are, from its bytes: `[   12.345678] eth0: link up`. What is any other is read as text (dmesg-line.ts). */
import { decimalsIn, isDigit, numberIn } from '../rows/words.ts';

const [SPACE, POINT, OPEN, CLOSE, LAST] = [32, 46, 91, 93, 126];
const MICROSECONDS = 6;
/** What journalctl -o short-monotonic prints behind the host, which stands first. */
const OF_KERNEL = Buffer.from('kernel: ');
/** In the table of messages, whose second and third column are empty here. */
const [TIME, MESSAGE, COLUMNS] = [0, 3, 4];

export class PlainMessage {
  /** Where each cell stands among the bytes, and ends. */
  readonly starts = new Int32Array(COLUMNS);
  readonly ends = new Int32Array(COLUMNS);
  /** Seconds since boot. */
  at = 0;

  fits(bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes[from] !== OPEN) return false;
    let time = from + 1;
    while (bytes[time] === SPACE) time++;
    let end = time;
    while (isDigit(bytes[end]) || bytes[end] === POINT) end++;
    if (end === time || bytes[end] !== CLOSE || decimalsIn(bytes, time, end) !== MICROSECONDS) return false;
    this.at = numberIn(bytes, time, end);
    const message = end + 2;
    // A bracket there is that of the caller: `[T1]`.
    if (Number.isNaN(this.at) || message >= to || bytes[end + 1] !== SPACE || bytes[message] === OPEN) return false;
    this.starts[TIME] = time;
    this.ends[TIME] = end;
    this.starts[MESSAGE] = message;
    this.ends[MESSAGE] = to;
    return isPrintable(bytes, message, to) && !beginsWithHost(bytes, message, to);
  }
}

function isPrintable(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte < SPACE || byte > LAST) return false;
  }
  return true;
}

function beginsWithHost(bytes: Uint8Array, from: number, to: number): boolean {
  const blank = bytes.indexOf(SPACE, from);
  if (blank < 0 || blank + OF_KERNEL.length >= to) return false;
  return OF_KERNEL.every((byte, i) => bytes[blank + 1 + i] === byte);
}

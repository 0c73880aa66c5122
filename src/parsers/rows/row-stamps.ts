/** The stamp that a row begins with, `14:59:30`, `02:59:30 PM` or seconds since 1970, made a text once for all rows with it. */
import type { Clock } from '../../datasets/shapes.ts';
import type { Words } from './words.ts';

const [A, P, M, TO_LOWER] = [97, 112, 109, 32];
const [FEWEST_DIGITS, MOST_DIGITS] = [9, 11];
const HALF_A_DAY = 43_200;

export class RowStamps {
  /** What the stamp says, of the row that was taken last. */
  text = '';
  at = 0;
  clock: Clock = 'day';
  /** It is another than that of the row before. */
  isNew = false;
  private bytes: Uint8Array = new Uint8Array();

  /** @returns how many words the stamp takes; 0 where there is none of these at the beginning of the row */
  take(words: Words): number {
    if (words.count === 0) return 0;
    const half = halfAt(words);
    const last = half === 0 ? 0 : 1;
    this.isNew = !words.are(0, last, this.bytes);
    return !this.isNew || this.read(words, last, half) ? last + 1 : 0;
  }

  private read(words: Words, last: number, half: number): boolean {
    const seconds = words.clock(0);
    if (seconds >= 0) {
      this.clock = 'day';
      this.at = half === 0 ? seconds : (seconds % HALF_A_DAY) + (half === P ? HALF_A_DAY : 0);
    } else if (half !== 0 || !this.readEpoch(words)) return false;
    this.bytes = words.bytes.slice(words.starts[0], words.ends[last]);
    this.text = words.text(0, last);
    return true;
  }

  private readEpoch(words: Words): boolean {
    const length = (words.ends[0] as number) - (words.starts[0] as number);
    const at = words.plainNumber(0);
    if (length < FEWEST_DIGITS || length > MOST_DIGITS || !Number.isSafeInteger(at) || at < 0) return false;
    this.clock = 'epoch';
    this.at = at;
    return true;
  }
}

/** `AM` or `PM` one blank behind the clock: its first letter, 0 where there is neither. */
function halfAt({ bytes, count, starts, ends }: Words): number {
  const start = starts[1] as number;
  if (count < 2 || start !== (ends[0] as number) + 1 || ends[1] !== start + 2) return 0;
  const [first, second] = [(bytes[start] as number) | TO_LOWER, (bytes[start + 1] as number) | TO_LOWER];
  return second === M && (first === A || first === P) ? first : 0;
}

/** A column that is of numbers if all of its cells are, which nobody knows before the last of them. */
import { GrowingCells } from '../../datasets/cells.ts';
import { Growing } from '../../datasets/columns.ts';
import { KnownTexts } from './known-texts.ts';
import { decimalsIn, numberIn, textIn } from './words.ts';

const [MINUS, POINT, ZERO] = [45, 46, 48];
/** In place of how many digits stand behind the point: as many as `String` prints. */
const SHORTEST = 0xff;
// 1700000000.1234567 of Python
const LONG_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** Keeps numbers, with what it takes to print them as they were should a cell come that is none. */
export class PrintedCells extends GrowingCells {
  private readonly known = new KnownTexts();
  /** How many digits each number has behind its point; null where texts are kept as such. */
  private decimals: Growing<Uint8Array> | null;

  /** @param isOpen whether the type of the column is not known yet; else what is printed is kept as text */
  constructor(isOpen: boolean) {
    super();
    this.decimals = isOpen ? new Growing(Uint8Array) : null;
  }

  /** A cell of printable ASCII; an empty one holds nothing. */
  pushBytes(bytes: Uint8Array, from: number, to: number): void {
    if (from === to) this.push(null);
    else if (!this.pushPlain(bytes, from, to)) this.pushKnown(bytes, from, to);
  }

  override pushText(text: string): void {
    if (this.decimals !== null && LONG_NUMBER.test(text)) {
      const bytes = Buffer.from(text, 'latin1');
      if (this.pushPlain(bytes, 0, bytes.length)) return;
    }
    super.pushText(text);
  }

  override pushNumber(number: number): void {
    this.pushWith(number, SHORTEST);
  }

  override idOf(text: string): number {
    this.becomeTexts();
    return super.idOf(text);
  }

  /** Whether the cell is a number that is certain to be printed the same again. */
  private pushPlain(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.decimals === null) return false;
    const number = numberIn(bytes, from, to);
    if (Number.isNaN(number)) return this.pushLong(textIn(bytes, from, to));
    const start = bytes[from] === MINUS ? from + 1 : from;
    const isPadded = bytes[start] === ZERO && start + 1 < to && bytes[start + 1] !== POINT;
    if (isPadded || Object.is(number, -0)) return false;
    this.pushWith(number, decimalsIn(bytes, start, to));
    return true;
  }

  private pushLong(text: string): boolean {
    const number = Number(text);
    const isSame = LONG_NUMBER.test(text) && String(number) === text;
    if (!isSame || (Number.isInteger(number) && !Number.isSafeInteger(number))) return false;
    this.pushWith(number, SHORTEST);
    return true;
  }

  private pushWith(number: number, decimals: number): void {
    // What was in the place of the last cell may have been replaced.
    this.decimals?.cutTo(this.length);
    this.decimals?.fillTo(this.length, 0);
    this.decimals?.push(decimals);
    super.pushNumber(number);
  }

  private pushKnown(bytes: Uint8Array, from: number, to: number): void {
    this.becomeTexts();
    const known = this.known.find(bytes, from, to);
    if (known > 0) {
      this.pushId(known);
      return;
    }
    const id = this.idOf(textIn(bytes, from, to));
    this.known.add(bytes, from, to, id);
    this.pushId(id);
  }

  private becomeTexts(): void {
    const { decimals } = this;
    if (decimals === null) return;
    this.decimals = null;
    this.textsOfNumbers((number, row) => {
      const digits = decimals.at(row);
      return digits === SHORTEST ? String(number) : number.toFixed(digits);
    });
  }
}

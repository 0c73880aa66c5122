/**
 * Text into lines, and the account that every grammar keeps of them: each line is read, known noise, or unread.
 */
import { type Host, MAX_UNREAD_KEPT, type Unread } from '../datasets/capture.ts';
import { raised, TO_RAISE_LIMITS } from '../datasets/limits.ts';
import type { Dataset } from '../datasets/shapes.ts';
import type { Parsed, Reader } from './grammar.ts';

/** Longer lines are cut here before they are looked at: no tool of the catalogue prints one. */
const MAX_LINE_LENGTH = 1 << 20;
/**
 * What is read of one file, in lines and in characters: a row takes some 600 bytes of memory at most, and the engine has two
 * to four gigabytes. Profiles, which come larger, are folded as they are read and have no such end.
 */
const MAX_LINES = 2_000_000;
const MAX_CHARACTERS = 2 ** 27;
/** No double holds more, with room for the units and sums they are put into: no tool prints them. */
const MAX_DIGITS = 256;
const TOO_MANY_DIGITS = /\d{257}/;
const [NEWLINE, RETURN, ZERO, NINE] = [10, 13, 48, 57];
/** What is shown of an unread line. */
const MAX_UNREAD_TEXT = 500;
/** A tool may repeat its complaint without end: so many are kept. */
const MAX_NOTES = 100;

/** What became of each line, and what else there is to say of the file. */
export class LineLedger {
  lines = 0;
  read = 0;
  noise = 0;
  unreadCount = 0;
  /** Events that the tool says it lost. */
  lost = 0;
  readonly unread: Unread[] = [];
  readonly notes: string[] = [];

  addUnread(line: number, text: string, why: string): void {
    this.unreadCount++;
    if (this.unread.length < MAX_UNREAD_KEPT) this.unread.push({ line, text: text.slice(0, MAX_UNREAD_TEXT), why });
  }

  /** For a line that was taken as read, of a record that then turned out to be cut short. */
  withdraw(line: number, text: string, why: string): void {
    this.read--;
    this.addUnread(line, text, why);
  }

  /** What the tool says went wrong. */
  note(text: string): void {
    if (this.notes.length < MAX_NOTES) this.notes.push(text.slice(0, MAX_UNREAD_TEXT));
  }

  noteOnce(text: string): void {
    if (!this.notes.includes(text)) this.note(text);
  }

  /** For readers that count elsewhere: all lines, and the noise that is not counted here yet. The rest was read. */
  close(lines: number, noise: number): void {
    this.lines = lines;
    this.noise += noise;
    this.read = lines - this.noise - this.unreadCount;
  }

  parsed(datasets: Dataset[], tool: string | null = null): Parsed {
    const { lines, read, noise, unreadCount, unread, notes } = this;
    unread.sort((a, b) => a.line - b.line);
    return { lines, read, noise, unreadCount, unread, notes, tool, datasets };
  }
}

/** What a grammar says of one line. A string is why it could not be read. */
export type LineVerdict = 'read' | 'noise' | { unread: string };

/** A grammar that goes line by line. */
export interface LineParser {
  /** The tool was started again. */
  run?(): void;
  /** `number` counts from 1; `text` has no line end. Blank lines come too. */
  line(text: string, number: number): LineVerdict;
  /**
   * In place of `line`, from the bytes of a line that may be a plain row. False leaves all as it was, and the line to be
   * read as text: what this takes must become the same either way.
   */
  row?(bytes: Uint8Array, from: number, to: number, number: number): boolean;
  /** After the last line. */
  end(): { datasets: Dataset[]; tool?: string | null; host?: Partial<Host> };
}

/**
 * A reader for a grammar that goes line by line: decodes UTF-8 (a bad byte becomes U+FFFD), takes `\n` and `\r\n`, and
 * keeps the ledger.
 */
export function lineReader(parser: LineParser, ledger: LineLedger = new LineLedger()): Reader {
  return parser.row === undefined ? new TextReader(parser, ledger) : new RowReader(parser, ledger);
}

/** What goes for each line, however it was cut from the file. */
class LineTaker {
  readonly run?: () => void;
  protected readonly parser: LineParser;
  protected readonly ledger: LineLedger;
  protected characters = 0;
  protected readonly maxLines = raised(MAX_LINES);
  protected readonly maxCharacters = raised(MAX_CHARACTERS);
  private readonly tooLong =
    `beyond ${this.maxLines} lines or ${this.maxCharacters / 2 ** 20} MB of a table, which is all that is read of one: cut the file to the time that matters, or ${TO_RAISE_LIMITS}`;

  constructor(parser: LineParser, ledger: LineLedger) {
    this.parser = parser;
    this.ledger = ledger;
    if (parser.run !== undefined) this.run = () => parser.run?.();
  }

  protected parsed(): Parsed {
    const { datasets, tool = null, host } = this.parser.end();
    return { ...this.ledger.parsed(datasets, tool), ...(host === undefined ? {} : { host }) };
  }

  protected take(text: string): void {
    const { ledger, parser } = this;
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    const number = ++ledger.lines;
    const limit = this.beyondLimit(line, number);
    const verdict = limit === null ? parser.line(line, number) : { unread: limit };
    if (verdict === 'read') ledger.read++;
    else if (verdict === 'noise') ledger.noise++;
    else ledger.addUnread(number, line, verdict.unread);
  }

  /**
   * Of what is beyond the limit lines are only counted, once as many were kept as are shown.
   * @returns whether the bytes are; then whether a line goes on behind them
   */
  protected countBeyond(bytes: Uint8Array): { isOpen: boolean } | null {
    const { ledger } = this;
    const isBeyond = ledger.lines >= this.maxLines || this.characters > this.maxCharacters;
    if (!isBeyond || ledger.unread.length < MAX_UNREAD_KEPT || bytes.length === 0) return null;
    let lines = 0;
    for (let at = 0; at < bytes.length; at++) if (bytes[at] === NEWLINE) lines++;
    ledger.lines += lines;
    ledger.unreadCount += lines;
    return { isOpen: bytes[bytes.length - 1] !== NEWLINE };
  }

  /** The limit that the line is beyond. */
  private beyondLimit(line: string, number: number): string | null {
    this.characters += line.length;
    if (number > this.maxLines || this.characters > this.maxCharacters) return this.tooLong;
    if (line.length > MAX_LINE_LENGTH) return `longer than ${MAX_LINE_LENGTH} characters`;
    return line.length > MAX_DIGITS && TOO_MANY_DIGITS.test(line) ? 'a number of more than 256 digits' : null;
  }
}

class TextReader extends LineTaker implements Reader {
  private readonly decoder = new TextDecoder();
  /** The line that the chunk before broke off in. */
  private rest = '';

  write(chunk: Uint8Array): void {
    const beyond = this.countBeyond(chunk);
    if (beyond !== null) this.rest = beyond.isOpen ? ' ' : '';
    else this.takeWhole(this.decoder.decode(chunk, { stream: true }));
  }

  end(): Parsed {
    this.takeWhole(this.decoder.decode());
    if (this.rest !== '') this.take(this.rest);
    return this.parsed();
  }

  private takeWhole(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.take(this.rest + text.slice(start, end));
      this.rest = '';
      start = end + 1;
    }
    // Past the limit the line is unread anyway: keep no more of it than shows that.
    if (this.rest.length <= MAX_LINE_LENGTH) this.rest += text.slice(start, start + MAX_LINE_LENGTH + 1);
  }
}

const BYTE_ORDER_MARK = '\ufeff';
/** UTF-8 takes three bytes at most for what counts as one character here. */
const MAX_LINE_BYTES = 3 * (MAX_LINE_LENGTH + 1);

/** Cuts the lines from the bytes, for a parser that reads plain rows without a string for each. */
class RowReader extends LineTaker implements Reader {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private rest: Uint8Array | null = null;

  write(chunk: Uint8Array): void {
    const beyond = this.countBeyond(chunk);
    if (beyond !== null) {
      this.rest = beyond.isOpen ? new Uint8Array() : null;
      return;
    }
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (this.rest === null) this.takeBytes(chunk, start, end);
      else this.takeRest(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.rest = this.longer(chunk.subarray(start));
  }

  end(): Parsed {
    if (this.rest !== null) this.takeRest(new Uint8Array());
    return this.parsed();
  }

  private takeRest(end: Uint8Array): void {
    const line = this.longer(end);
    this.rest = null;
    this.takeBytes(line, 0, line.length);
  }

  /** What the chunk before broke off in, and what follows of it. */
  private longer(bytes: Uint8Array): Uint8Array {
    const { rest } = this;
    if (rest === null) return bytes.slice(0, MAX_LINE_BYTES);
    if (rest.length >= MAX_LINE_BYTES) return rest;
    const whole = new Uint8Array(rest.length + Math.min(bytes.length, MAX_LINE_BYTES));
    whole.set(rest);
    whole.set(bytes.subarray(0, MAX_LINE_BYTES), rest.length);
    return whole;
  }

  private takeBytes(bytes: Uint8Array, from: number, end: number): void {
    const to = end > from && bytes[end - 1] === RETURN ? end - 1 : end;
    if (this.takeRow(bytes, from, to)) return;
    const text = this.decoder.decode(bytes.subarray(from, end));
    this.take(this.ledger.lines === 0 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  }

  private takeRow(bytes: Uint8Array, from: number, to: number): boolean {
    const { ledger, parser } = this;
    const isBeyond = ledger.lines >= this.maxLines || this.characters + to - from > this.maxCharacters;
    if (isBeyond || to - from > MAX_LINE_LENGTH || hasTooManyDigits(bytes, from, to)) return false;
    if (parser.row?.(bytes, from, to, ledger.lines + 1) !== true) return false;
    ledger.lines++;
    ledger.read++;
    this.characters += to - from;
    return true;
  }
}

function hasTooManyDigits(bytes: Uint8Array, from: number, to: number): boolean {
  let digits = 0;
  for (let at = from; at < to && to - from > MAX_DIGITS && digits <= MAX_DIGITS; at++) {
    const byte = bytes[at] as number;
    digits = byte >= ZERO && byte <= NINE ? digits + 1 : 0;
  }
  return digits > MAX_DIGITS;
}

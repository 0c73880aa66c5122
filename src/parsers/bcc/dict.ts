/**
 * The dictionaries that `biolatency -j` prints, which are Python's and not JSON:
 *
 *     {'ts': '2020-12-30 14:40:00', 'val_type': 'usecs', 'data': [{'interval-start': 0, …}], 'Bucket ptr': b'sda'}
 */

export type Literal = number | string | boolean | null | Literal[] | Map<string, Literal>;

/** Deeper nesting is no tool's. */
const MAX_DEPTH = 8;

/** The value that a line of Python literals is; null where it is anything else. */
export function pythonDict(line: string): Map<string, Literal> | null {
  if (!line.startsWith('{')) return null;
  const reader = new LiteralReader(line);
  try {
    const value = reader.value(0);
    return value instanceof Map && reader.atEnd() ? value : null;
  } catch (error) {
    if (error instanceof NotALiteral) return null;
    throw error;
  }
}

class NotALiteral extends Error {}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?L?/y;
const WORDS: readonly [string, Literal][] = [
  ['None', null],
  ['True', true],
  ['False', false],
];

class LiteralReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  atEnd(): boolean {
    this.skipSpace();
    return this.at === this.text.length;
  }

  value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw new NotALiteral();
    this.skipSpace();
    if (this.take('{')) return this.dict(depth);
    if (this.take('[')) return this.items(']', () => this.value(depth + 1));
    if (this.take('(')) return this.items(')', () => this.value(depth + 1));
    const quote = /^[bu]?(['"])/.exec(this.text.slice(this.at, this.at + 2));
    if (quote !== null) return this.string(quote[0]);
    for (const [word, value] of WORDS) if (this.take(word)) return value;
    return this.number();
  }

  private dict(depth: number): Map<string, Literal> {
    const map = new Map<string, Literal>();
    this.items('}', () => {
      const key = this.value(depth + 1);
      this.skipSpace();
      if (!this.take(':')) throw new NotALiteral();
      map.set(String(key), this.value(depth + 1));
      return null;
    });
    return map;
  }

  private items(close: string, item: () => Literal): Literal[] {
    const list: Literal[] = [];
    this.skipSpace();
    while (!this.take(close)) {
      list.push(item());
      this.skipSpace();
      if (!this.take(',') && this.text[this.at] !== close) throw new NotALiteral();
      this.skipSpace();
    }
    return list;
  }

  private string(opening: string): string {
    const quote = opening.at(-1) as string;
    let value = '';
    for (this.at += opening.length; this.text[this.at] !== quote; this.at++) {
      if (this.text[this.at] === '\\') value += this.text[this.at++];
      if (this.at >= this.text.length) throw new NotALiteral();
      value += this.text[this.at];
    }
    this.at++;
    return value;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) throw new NotALiteral();
    this.at = NUMBER.lastIndex;
    const number = Number(match[0].replace('L', ''));
    if (!Number.isFinite(number)) throw new NotALiteral();
    return number;
  }

  private take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private skipSpace(): void {
    while (this.text[this.at] === ' ') this.at++;
  }
}

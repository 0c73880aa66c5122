/** Many words at once: an automaton (Aho and Corasick, 1975) that looks at each character once, whatever there is to find. */

const CHARACTERS = 128;

/** What stands for a set of patterns: bit `i` for pattern `i`. */
type Bits = number;

export class Needles {
  /** By state and character, the next state. */
  private readonly next: Uint16Array;
  /** By state, what the words that end there stand for. */
  private readonly ends: Int32Array;

  /** @param words lower case and ASCII, found in any case; each with what it stands for */
  constructor(words: ReadonlyMap<string, Bits>) {
    const children: Map<number, number>[] = [new Map()];
    const ends: Bits[] = [0];
    for (const [word, bits] of words) {
      let state = 0;
      for (const character of word) {
        const code = character.charCodeAt(0);
        let child = children[state]?.get(code);
        if (child === undefined) {
          child = children.length;
          children.push(new Map());
          ends.push(0);
          children[state]?.set(code, child);
        }
        state = child;
      }
      ends[state] = (ends[state] as Bits) | bits;
    }
    this.next = new Uint16Array(children.length * CHARACTERS);
    this.ends = Int32Array.from(ends);
    this.connect(children);
  }

  /** Where no child is, the longest suffix of what was read that is the beginning of a word goes on. */
  private connect(children: readonly Map<number, number>[]): void {
    const suffix = new Uint16Array(children.length);
    const queue = [0];
    for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
      for (let code = 0; code < CHARACTERS; code++) {
        const child = children[state]?.get(code);
        const otherwise = state === 0 ? 0 : (this.next[(suffix[state] as number) * CHARACTERS + code] as number);
        this.next[state * CHARACTERS + code] = child ?? otherwise;
        if (child === undefined) continue;
        suffix[child] = otherwise;
        this.ends[child] = (this.ends[child] as Bits) | (this.ends[otherwise] as Bits);
        queue.push(child);
      }
    }
    // Upper case goes where lower case does.
    for (let state = 0; state < children.length; state++)
      for (let code = 65; code <= 90; code++)
        this.next[state * CHARACTERS + code] = this.next[state * CHARACTERS + code + 32] as number;
  }

  /**
   * Calls for each line that has a word, with what all its words stand for.
   * @param found is given where the line begins and ends
   */
  lines(text: string, found: (start: number, end: number, bits: Bits) => void): void {
    const { next, ends } = this;
    let state = 0;
    let bits = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 10) {
        if (bits !== 0) found(text.lastIndexOf('\n', i - 1) + 1, i, bits);
        state = bits = 0;
        continue;
      }
      state = code < CHARACTERS ? (next[state * CHARACTERS + code] as number) : 0;
      bits |= ends[state] as number;
    }
    if (bits !== 0) found(text.lastIndexOf('\n', text.length - 1) + 1, text.length, bits);
  }
}

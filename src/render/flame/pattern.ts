/**
 * A regular expression that takes linear time on any name. A link may bring one, and a browser cannot stop its own:
 * `(\w+\w*)+$` on a name of forty letters would hang the page. So the syntax is JavaScript's, but it is run as a set of
 * states (Thompson 1968, https://swtch.com/~rsc/regexp/regexp1.html). What cannot be run so (lookaround, back references)
 * is refused.
 */

/** What of a longer name is looked at: with `MAX_STEPS` the bound of one test. */
const MAX_NAME = 4096;
export const MAX_PATTERN = 1000;
const MAX_STEPS = 2000;
/** Characters whose class is looked up in a table. */
const ASCII = 128;

export class PatternError extends Error {}

/** One step of the program. `next` and `other` are indices of steps. */
type Step =
  | { kind: 'match' }
  /** Takes one character. */
  | { kind: 'take'; takes: Takes; next: number }
  | { kind: 'fork'; next: number; other: number }
  /** Goes on only where the place fulfils it. */
  | { kind: 'assert'; assert: '^' | '$' | '\\b' | '\\B'; next: number };

type Takes = (code: number) => boolean;

/**
 * @param text in JavaScript's syntax
 * @returns whether a name holds a match, in time that grows with the name's length alone
 * @throws PatternError with what is wrong with it, in words
 */
export function compilePattern(text: string, matchCase: boolean): (name: string) => boolean {
  if (text.length > MAX_PATTERN) throw new PatternError(`longer than ${MAX_PATTERN} characters`);
  try {
    // Only to be told what is no syntax: it is never run.
    new RegExp(text);
  } catch (error) {
    // Invalid regular expression: /(/: Unterminated group
    throw new PatternError((error as Error).message.replace(/^.*:\s*/s, '').toLowerCase());
  }
  const { steps, start } = new Compiler(text, matchCase ? '' : 'i').program();
  return (name) => runs(steps, start, name);
}

/** Quantifiers as they are written: `{2,5}` is from 2 to 5, `{2,}` from 2 on. */
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})/;
/** `(?:`, `(?<name>`; `(?=`, `(?!`, `(?<=` and `(?<!` look around. */
const GROUP = /^\((?:\?(?:(:)|<([\w$]+)>|(.*)))?/s;
/** `[a-z]`, `[^\]]`. */
const CLASS = /^\[(?:\\.|[^\]\\])*\]/s;
/** One character, or a class of them, that is escaped: `\d`, `\x41`, `\u0041`, `\.`. */
const ESCAPE = /^\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[a-zA-Z]|.)/s;

interface Fragment {
  /** The step it begins with, once the step that follows it is known. */
  build(next: number): number;
}

/** Reads the pattern from left to right, and builds the program from its end backwards. */
class Compiler {
  private readonly text: string;
  private readonly flags: string;
  private readonly steps: Step[] = [{ kind: 'match' }];
  private readonly classes = new Map<string, Takes>();
  private at = 0;

  constructor(text: string, flags: string) {
    this.text = text;
    this.flags = flags;
  }

  program(): { steps: Step[]; start: number } {
    const whole = this.alternatives();
    return { steps: this.steps, start: whole.build(0) };
  }

  private add(step: Step): number {
    if (this.steps.length >= MAX_STEPS) throw new PatternError('too many repetitions');
    this.steps.push(step);
    return this.steps.length - 1;
  }

  private alternatives(): Fragment {
    const ways = [this.sequence()];
    while (this.text[this.at] === '|') {
      this.at++;
      ways.push(this.sequence());
    }
    return {
      build: (next) => {
        const starts = ways.map((way) => way.build(next));
        return starts.reduceRight((other, start) => this.add({ kind: 'fork', next: start, other }));
      },
    };
  }

  private sequence(): Fragment {
    const parts: Fragment[] = [];
    while (this.at < this.text.length && this.text[this.at] !== '|' && this.text[this.at] !== ')')
      parts.push(this.repeated(this.atom()));
    return { build: (next) => parts.reduceRight((after, part) => part.build(after), next) };
  }

  private repeated(part: Fragment): Fragment {
    const found = QUANTIFIER.exec(this.text.slice(this.at));
    if (found === null) return part;
    this.at += found[0].length;
    // Lazy or not, the same names match.
    if (this.text[this.at] === '?') this.at++;
    const [least, most] = boundsOf(found);
    return { build: (next) => this.repeat(part, least, most, next) };
  }

  private repeat(part: Fragment, least: number, most: number, next: number): number {
    let start = next;
    if (most === Number.POSITIVE_INFINITY) {
      const loop = this.add({ kind: 'fork', next: -1, other: next });
      this.steps[loop] = { kind: 'fork', next: part.build(loop), other: next };
      start = loop;
    } else for (let i = least; i < most; i++) start = this.add({ kind: 'fork', next: part.build(start), other: next });
    for (let i = 0; i < least; i++) start = part.build(start);
    return start;
  }

  private atom(): Fragment {
    const rest = this.text.slice(this.at);
    if (rest.startsWith('(')) return this.group(rest);
    if (rest.startsWith('^') || rest.startsWith('$')) return this.asserting(rest[0] as '^' | '$');
    if (rest.startsWith('\\b') || rest.startsWith('\\B')) return this.asserting(rest.slice(0, 2) as '\\b' | '\\B');
    if (/^\\(?:[1-9]|k<)/.test(rest)) throw new PatternError('back references are not supported');
    const source = (CLASS.exec(rest) ?? ESCAPE.exec(rest))?.[0] ?? rest.slice(0, 1);
    this.at += source.length;
    const takes = this.classOf(source);
    return { build: (next) => this.add({ kind: 'take', takes, next }) };
  }

  private group(rest: string): Fragment {
    const [head, , , other] = GROUP.exec(rest) as RegExpExecArray;
    if (other !== undefined) throw new PatternError('lookahead and lookbehind are not supported');
    this.at += head.length;
    const inside = this.alternatives();
    this.at++;
    return inside;
  }

  private asserting(assert: Extract<Step, { kind: 'assert' }>['assert']): Fragment {
    this.at += assert.length;
    return { build: (next) => this.add({ kind: 'assert', assert, next }) };
  }

  /** What one character of the pattern stands for is the browser's to say. */
  private classOf(source: string): Takes {
    const known = this.classes.get(source);
    if (known !== undefined) return known;
    const literal = /^[{}\]]$/.test(source) ? `\\${source}` : source;
    const single = new RegExp(`^${literal}$`, this.flags);
    const table = Uint8Array.from({ length: ASCII }, (_, code) => Number(single.test(String.fromCharCode(code))));
    const takes = (code: number): boolean =>
      code < ASCII ? table[code] === 1 : single.test(String.fromCharCode(code));
    this.classes.set(source, takes);
    return takes;
  }
}

function boundsOf([all, least, comma, most]: RegExpExecArray): [least: number, most: number] {
  if (all === '*') return [0, Number.POSITIVE_INFINITY];
  if (all === '+') return [1, Number.POSITIVE_INFINITY];
  if (all === '?') return [0, 1];
  const from = Number(least);
  if (comma === undefined) return [from, from];
  return [from, most === '' ? Number.POSITIVE_INFINITY : Number(most)];
}

/** Follows all ways through the program at once: a character moves each step that takes it, and none is in twice. */
function runs(steps: readonly Step[], start: number, name: string): boolean {
  let [now, next] = [new StepSet(steps.length), new StepSet(steps.length)];
  const end = Math.min(name.length, MAX_NAME);
  for (let at = 0; at <= end; at++) {
    // A match may begin at any character.
    if (follow(steps, start, name, at, now)) return true;
    if (at === end) return false;
    const code = name.charCodeAt(at);
    for (let i = 0; i < now.size; i++) {
      const step = steps[now.list[i] as number] as Step;
      if (step.kind === 'take' && step.takes(code) && follow(steps, step.next, name, at + 1, next)) return true;
    }
    [now, next] = [next, now];
    next.size = 0;
  }
  return false;
}

/** Adds a step and all that it leads to without taking a character. @returns whether one of them is the match */
function follow(steps: readonly Step[], from: number, name: string, at: number, set: StepSet): boolean {
  const pending = [from];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (!set.add(index)) continue;
    const step = steps[index] as Step;
    if (step.kind === 'match') return true;
    if (step.kind === 'fork') pending.push(step.other, step.next);
    else if (step.kind === 'assert' && holds(step.assert, name, at)) pending.push(step.next);
  }
  return false;
}

function holds(assert: string, name: string, at: number): boolean {
  if (assert === '^') return at === 0;
  if (assert === '$') return at === name.length;
  return (isWord(name.charCodeAt(at - 1)) !== isWord(name.charCodeAt(at))) === (assert === '\\b');
}

/** A letter, a digit or an underscore, as `\w` has it; what lies beyond the name is none. */
function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

/** A set of small numbers that is emptied at once (Briggs and Torczon). */
class StepSet {
  readonly list: Uint16Array;
  private readonly place: Uint16Array;
  size = 0;

  constructor(most: number) {
    this.list = new Uint16Array(most);
    this.place = new Uint16Array(most);
  }

  /** @returns whether it was not in yet */
  add(value: number): boolean {
    const place = this.place[value] as number;
    if (place < this.size && this.list[place] === value) return false;
    this.place[value] = this.size;
    this.list[this.size++] = value;
    return true;
  }
}

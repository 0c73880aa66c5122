/**
 * A file's text cut into sections: what one tool printed, below what stands over it. A section ends where a heading, a
 * prompt or a date stands, and at the first line that begins another tool's output.
 */

import { raised } from '../datasets/limits.ts';
import { isSysstatBanner, sysstatBanner } from '../parsers/cells.ts';
import type { Grammar } from '../parsers/grammar.ts';
import { HEAD_BYTES } from '../parsers/head.ts';
import { grammarNamed, largeGrammarFor } from '../parsers/large.ts';
import { beginningWith, grammars, mayBegin } from '../parsers/registry.ts';
import { isPreamble } from '../parsers/terminal.ts';
import { type Command, commandIn, mayBeCommand } from './command.ts';
import type { Moment } from './dates.ts';
import { LineWindow } from './line-window.ts';
import { boxedMarker, type Marker, markerOf, mayMark, plainTitle } from './marker.ts';
import { isStandingNoise } from './noise.ts';

/** What stands over a section. */
export interface Over {
  /** Counts the headings and prompts: two sections under one are of one command. */
  heading: number;
  title: string | null;
  command: Command | null;
  moment: Moment | null;
  host: string | null;
  /** OSWatcher's mark stood above. */
  isWatched: boolean;
}

/** Some lines of a file, in its order; all of them come. */
export interface Piece {
  /** `between`: headings, dates, blank lines; `unknown`: of no grammar. */
  kind: 'between' | 'unknown' | 'section';
  /** Null unless a section. */
  grammar: Grammar | null;
  /** An output begins with the piece; else it goes on with the one before. */
  begins: boolean;
  over: Over;
  /** The number of its first line, and how many there are. */
  first: number;
  lines: number;
  bytes: Uint8Array;
}

/** So many lines say what begins with the first of them. */
export const LINES_AHEAD = 8;
/** What is kept ahead of the line that is looked at, so that those lines are there. */
const AHEAD_BYTES = 16 * 1024;
// 14170.96 8163.80       [01:42:29]
const LEAD_IN = /^(?:\d{1,12}\.\d\d \d{1,15}\.\d\d|\[\d\d?:\d\d?:\d\d?\])\s*$/;
const MAX_LEAD_IN = 40;
/** A line that goes on for longer is handed on without being looked at. */
const MAX_LINE = 1 << 20;
/** Stacks come by the gigabyte: in so many bytes of them other outputs are looked for. */
const LARGE_LOOKED_AT = 4 << 20;
/** In so many lines of no tool outputs are looked for. */
const MAX_TEXT_LOOKED_AT = 200_000;
/** In how much of a file outputs are looked for: behind it a small file that unpacks to a large one is only read. */
export interface Looking {
  /** Lines of sections: no reader takes more than 2,000,000. One that begins with a word costs as much as four. */
  rows: number;
  /** Lines between outputs. */
  between: number;
  /** Stamps that turn out to be of no output. */
  stampsInVain: number;
}

const LOOKING: Looking = { rows: 2_000_000, between: 500_000, stampsInVain: 2000 };
const WORD_ROWS = 4;
/** What stands between a title and what was printed: rules, fences, the marks of reStructuredText. */
const IGNORED_BELOW = /^(?:[-=~#*]{3,}|```[\w+-]{0,20}|\.\. code-block:: ?[\w-]{0,20}|::)$/;
const MAX_TITLE = 200;
/** A file of more outputs is a hostile one. */
const MAX_BEGINNINGS = 100_000;

/** @param bytes the file's text in UTF-8, without what was wrapped around its lines */
export async function* cut(bytes: AsyncIterable<Uint8Array>, looking: Looking = LOOKING): AsyncGenerator<Piece> {
  yield* new Cutter(new LineWindow(bytes), looking).pieces();
}

class Cutter {
  private readonly window: LineWindow;
  private readonly looking: Looking;
  private over: Over = { heading: 0, title: null, command: null, moment: null, host: null, isWatched: false };
  private line = 1;
  /** Where a shell is, or what was last said of whose the output is; and where those shells were that it was begun in. */
  private place: string | null = null;
  private readonly outside: (string | null)[] = [];
  private begun = 0;
  private textLooked = 0;
  private rowsLooked = 0;
  private betweenLooked = 0;
  private stampsInVain = 0;
  /** Up to this byte of the stream no output begins: it was looked for there. */
  private clearUpTo = 0;
  private taken = 0;

  constructor(window: LineWindow, looking: Looking) {
    this.window = window;
    this.looking = looking;
  }

  async *pieces(): AsyncGenerator<Piece> {
    const { window } = this;
    for (;;) {
      await window.fill(HEAD_BYTES);
      if (window.length === 0) return;
      const grammar = this.begun < MAX_BEGINNINGS ? this.grammarHere() : null;
      if (grammar !== null) {
        this.begun++;
        yield* this.section(grammar);
        continue;
      }
      const marker = this.markerAt(0);
      if (marker !== null) this.put(marker);
      if (this.betweenLooked > raised(this.looking.between)) yield* this.rest('unknown', null);
      else if (marker !== null || isBetween(window.text(0))) yield* this.between(marker?.lines);
      else yield* this.text();
    }
  }

  /** The grammar of what begins here, where a file or the text under a heading does. */
  private grammarHere(): Grammar | null {
    const text = this.window.text(0);
    if (text.trim() === '' || isStandingNoise(text)) return null;
    if (this.markerAt(0) !== null && !this.isOwnStamp(0)) return null;
    // Where an output may begin, also rows that look like those of any table are looked at.
    const begun = this.begunHere(0) ?? beginningWith(this.window.lines(0, LINES_AHEAD))[0] ?? null;
    const { lines, complete, other } = this.head(begun);
    if (lines.length === 1 && other?.family === 'bcc' && isBpftraceBanner(text)) return other;
    // What the first line says counts more than what stands further down.
    if (begun?.claims({ lines, complete })) return begun;
    const claimed = claimantOf(lines, complete) ?? begun;
    if (claimed !== null || other === null) return claimed;
    // What stands above the first line that tells may be of the same tool: `# started on …` of perf stat.
    const whole = this.head(other);
    return claimantOf(whole.lines, whole.complete) === other ? other : null;
  }

  /** The lines from here on, up to a marker or the first line that begins an output of another grammar than this. */
  private head(begun: Grammar | null): { lines: string[]; complete: boolean; other: Grammar | null } {
    let other: Grammar | null = null;
    let clear = 0;
    const head = this.linesUpTo((at) => {
      other = this.begunHere(at, begun);
      clear = at;
      return other !== null || this.isLeadIn(at, begun);
    });
    if (begun === null) this.clearUpTo = Math.max(this.clearUpTo, this.taken + clear);
    return { ...head, other };
  }

  private linesUpTo(isEnd: (at: number) => boolean): { lines: string[]; complete: boolean } {
    const { window } = this;
    const lines: string[] = [];
    let isStamped = false;
    let at = 0;
    while (at >= 0 && at < Math.min(window.length, HEAD_BYTES)) {
      if (lines.length > 0 && this.markerAt(at) !== null) {
        const owner = this.ownerOfStamp(at);
        if (owner === null || (!isStamped && isOfOthers(lines, owner))) return { lines, complete: true };
        isStamped = true;
      }
      if (lines.length > 0 && isEnd(at)) return { lines, complete: true };
      const next = window.next(at);
      if (next < 0 && lines.length > 0) break;
      lines.push(window.text(at));
      at = next;
    }
    return { lines, complete: window.ended && (at < 0 || at >= window.length) };
  }

  /** A time that an output of another grammar begins with: /proc/uptime above a reading, `[01:42:29]` of argdist. */
  private isLeadIn(offset: number, open: Grammar | null): boolean {
    const { window } = this;
    const first = window.byte(offset);
    if (!(isDigit(first) || first === 91)) return false;
    const next = window.next(offset);
    if (next < 0 || next - offset > MAX_LEAD_IN || !LEAD_IN.test(window.text(offset))) return false;
    const lines = window.lines(offset, LINES_AHEAD);
    const complete = lines.length < LINES_AHEAD;
    if (open?.claims({ lines, complete })) return false;
    const claimed = claimantOf(lines, complete);
    return claimed !== null && (open === null || !isOneFamily(claimed, open));
  }

  /** The grammar whose output begins with the line at `offset`, by that line and the next ones alone. */
  private begunHere(offset: number, open: Grammar | null = null): Grammar | null {
    const { window } = this;
    if (!isAnyBeginning(window, offset)) return null;
    const first = window.text(offset);
    if (isBanner(first)) return begunBelow(window.lines(offset, LINES_AHEAD));
    if (!mayBegin(first)) return null;
    const lines = window.lines(offset, LINES_AHEAD);
    // Most of what begins is the next report of the same tool: the others need not be asked.
    if (open?.begins?.like.test(first) && (open.begins.sure?.(lines) ?? true)) return null;
    const found = beginningWith(lines);
    return found.some((grammar) => open !== null && isOneFamily(grammar, open)) ? null : (found[0] ?? null);
  }

  private markerAt(offset: number): Marker | null {
    const { window } = this;
    if (!isAnyMarker(window, offset)) return null;
    const text = window.text(offset);
    // A number alone may be anything, and is a time where an output begins below it.
    if (isDigit(window.byte(offset)) && /^\d{10}(?:\.\d{1,9})?$/.test(text) && !this.isAbove(offset)) return null;
    // head puts it above each stack: it says whose that is.
    if (/\/?proc\/\d{1,10}(?:\/task\/\d{1,10})?\/stack\b/.test(text)) return null;
    return (
      (isRuleAt(window, offset) ? boxedMarker(window.lines(offset, 3)) : null) ??
      (mayMark(text) ? markerOf(text) : null) ??
      this.titleAbove(text, offset)
    );
  }

  /** `vmstat 1 3` alone on its line, `free -m:`, ### `free -m`, or any title with a rule below it, above what was printed. */
  private titleAbove(text: string, offset: number): Marker | null {
    if (text.length > MAX_TITLE) return null;
    const title = plainTitle(text);
    const command = mayBeCommand(title) ? commandIn(title) : null;
    const isUnderlined = isRuleAt(this.window, this.window.next(offset)) && isTitle(text);
    if (command === null && !isUnderlined) return null;
    if (!this.isAbove(offset)) return null;
    const marker = { title: command?.text ?? text.trim(), command, moment: null, host: null };
    return { ...marker, kind: 'heading', lines: isUnderlined ? 2 : 1 };
  }

  /** Whether an output begins below the line here. */
  private isAbove(offset: number): boolean {
    const lines = this.window.lines(offset, LINES_AHEAD).slice(1);
    const below = lines.findIndex((line) => line.trim() !== '' && !IGNORED_BELOW.test(line.trim()));
    const shown = below < 0 ? [] : lines.slice(below);
    return shown.length > 0 && (isBanner(shown[0] as string) || beginningWith(shown).length > 0);
  }

  /** A date or a time that the output below begins with itself, as those of iostat -t and of bcc's tools do. */
  private isOwnStamp(offset: number): boolean {
    return this.ownerOfStamp(offset) !== null;
  }

  /** The grammar of the output that begins with the date or time here; null where it is of none. */
  private ownerOfStamp(offset: number): Grammar | null {
    const lines = this.stampsInVain < raised(this.looking.stampsInVain) ? this.stampAt(offset)?.lines : undefined;
    if (lines === undefined) return null;
    const owner = claimantOf(lines, lines.length < LINES_AHEAD) ?? this.claimantOfOwn(lines);
    if (owner === null) this.stampsInVain++;
    return owner;
  }

  /** The grammar of the lines up to the first that begins another output, where one of them does. */
  private claimantOfOwn(lines: readonly string[]): Grammar | null {
    const own = upToBeginning(lines, null);
    return own.length < lines.length ? claimantOf(own, true) : null;
  }

  /** The date or time that is all of the line here, and the lines from it on; null where there is more on it, or none. */
  private stampAt(offset: number): { stamp: string; lines: readonly string[] } | null {
    const marker = this.markerAt(offset);
    if (marker?.kind !== 'date' || marker.moment === null) return null;
    const stamp = marker.moment.text;
    const lines = this.window.lines(offset, LINES_AHEAD);
    return lines[0]?.trim() === stamp ? { stamp, lines } : null;
  }

  private put({ kind, title, command, moment, host }: Marker): void {
    const { over } = this;
    const speaks = kind !== 'date' && kind !== 'fence';
    this.place = host ?? (title === 'exit' || title === 'logout' ? (this.outside.pop() ?? null) : this.place);
    if (command?.isShell && command.host !== null) {
      this.outside.push(this.place);
      this.place = command.host;
    }
    this.over = {
      heading: over.heading + (speaks ? 1 : 0),
      title: speaks ? title : over.title,
      command: speaks ? command : over.command,
      moment: moment ?? (kind === 'prompt' ? null : over.moment),
      host: command?.host ?? this.place,
      isWatched: over.isWatched || this.window.text(0).startsWith('zzz'),
    };
  }

  /** The line here, which is of no output, or so many. */
  private async *between(lines = 1): AsyncGenerator<Piece> {
    const { window } = this;
    for (let left = lines; left > 0 && window.length > 0; left--) {
      this.betweenLooked++;
      if (window.next(0) < 0) await window.fill(MAX_LINE);
      const next = window.next(0);
      yield next < 0
        ? this.piece('between', null, false, window.length, 0)
        : this.piece('between', null, false, next, 1);
    }
  }

  /** The lines from here to the next marker, or the first that begins an output. */
  private async *text(): AsyncGenerator<Piece> {
    const isEnd = (at: number) => {
      if (this.textLooked++ > MAX_TEXT_LOOKED_AT) return false;
      if (this.markerAt(at) !== null) return true;
      return this.taken + at >= this.clearUpTo && (this.begunHere(at) !== null || this.isLeadIn(at, null));
    };
    yield* this.upTo('unknown', null, isEnd);
  }

  private piece(kind: Piece['kind'], grammar: Grammar | null, begins: boolean, end: number, lines: number): Piece {
    const first = this.line;
    this.line += lines;
    this.taken += end;
    return { kind, grammar, begins, over: this.over, first, lines, bytes: this.window.take(end) };
  }

  /** The section that begins here, in pieces, up to the line that ends it. */
  private async *section(grammar: Grammar): AsyncGenerator<Piece> {
    const { window } = this;
    const banner = sysstatBanner(window.text(0));
    if (banner !== null) {
      this.place = banner.host;
      this.over = { ...this.over, host: banner.host };
    }
    const isLarge = grammarNamed(grammar.name) !== undefined;
    yield* this.upTo('section', grammar, (at) => this.endsAt(at, grammar), isLarge ? LARGE_LOOKED_AT : undefined);
    // A command is that of the output under it, not of one that follows without a heading.
    this.over = { ...this.over, title: null, command: null };
  }

  /** The line here and those up to the one that is the end; behind so many bytes nothing is. */
  private async *upTo(
    kind: Piece['kind'],
    grammar: Grammar | null,
    isEnd: (at: number) => boolean,
    looking = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<Piece> {
    const { window } = this;
    let looked = 0;
    let begins = true;
    for (;;) {
      await window.fill(AHEAD_BYTES * 4);
      const { end, lines, ended } = this.scan(begins, isEnd);
      if (end > 0) {
        looked += end;
        yield this.piece(kind, grammar, begins, end, lines);
        begins = false;
      }
      if (ended || (window.ended && window.length === 0)) return;
      if (looked > looking || (kind === 'unknown' && this.textLooked > MAX_TEXT_LOOKED_AT))
        yield* this.rest(kind, grammar);
      else if (end === 0) await window.fill(window.length + MAX_LINE);
    }
  }

  /** How far there is no end in the window, as far as that can be told yet. */
  private scan(begins: boolean, isEnd: (at: number) => boolean): { end: number; lines: number; ended: boolean } {
    const { window } = this;
    const limit = window.ended ? window.length : window.length - AHEAD_BYTES;
    let at = 0;
    let lines = 0;
    while (at < limit) {
      if (!(begins && at === 0) && isEnd(at)) return { end: at, lines, ended: true };
      const next = window.next(at);
      if (next < 0) break;
      at = next;
      lines++;
    }
    // A line longer than any tool's goes on in pieces that are no lines.
    if (at === 0 && window.length > MAX_LINE) return { end: window.length, lines: 0, ended: false };
    return { end: at, lines, ended: false };
  }

  private endsAt(offset: number, grammar: Grammar): boolean {
    const { window } = this;
    const first = window.byte(offset);
    this.rowsLooked += first > SPACE && !isDigit(first) ? WORD_ROWS : 1;
    if (this.rowsLooked > raised(this.looking.rows)) return false;
    if (grammar.own?.test(window.text(offset))) return false;
    if (this.markerAt(offset) !== null && !this.isOwnStampOf(offset, grammar)) return true;
    if (this.isLeadIn(offset, grammar)) return true;
    if (!isAnyBeginning(window, offset)) return false;
    return isBanner(window.text(offset)) || this.begunHere(offset, grammar) !== null;
  }

  /** A stamp between two reports of the grammar's own. */
  private isOwnStampOf(offset: number, grammar: Grammar): boolean {
    const found = this.stampAt(offset);
    if (found === null) return false;
    if (grammar.own?.test(belowEmptyIntervals(found.lines.slice(1), found.stamp))) return true;
    const lines = upToBeginning(found.lines, grammar);
    if (grammar.claims({ lines, complete: lines.length < LINES_AHEAD })) return true;
    // The last stamp, below which nothing was printed any more.
    return grammar.family === 'bcc' && lines.slice(1).every((line) => line.trim() === '');
  }

  /** What is left of the stream, unlooked at. */
  private async *rest(kind: Piece['kind'], grammar: Grammar | null): AsyncGenerator<Piece> {
    const { window } = this;
    do {
      if (window.length > 0) yield this.piece(kind, grammar, false, window.length, 0);
      await window.fill(1);
    } while (window.length > 0);
  }
}

/** Attaching 5 probes... stands above the tables that bpftrace's own tools print, which are read as bcc's are. */
function isBpftraceBanner(line: string): boolean {
  return /^Attach(?:ing|ed) \d+ probes?/.test(line);
}

/** The line below a stamp, or below those of intervals in which nothing was printed: `06:21:08`, a blank line, `06:21:09`. */
function belowEmptyIntervals(below: readonly string[], stamp: string): string {
  const isEmpty = (line: string) => line.trim() === '' || isLike(line, stamp);
  const last = below.findLastIndex((line) => isLike(line, stamp));
  return below[below.slice(0, last).every(isEmpty) ? last + 1 : 0] ?? '';
}

/** Whether a line is another stamp of the same form. */
function isLike(line: string, stamp: string): boolean {
  return line.length === stamp.length && line.replace(/\d/g, '0') === stamp.replace(/\d/g, '0');
}

/** The lines below a stamp, up to the first that begins an output of another grammar. */
function upToBeginning(lines: readonly string[], open: Grammar | null): readonly string[] {
  const isOther = (grammar: Grammar) => open === null || !isOneFamily(grammar, open);
  const next = lines.findIndex(
    (line, i) => i > 1 && mayBegin(line) && beginningWith(lines.slice(i)).filter(isOther).length > 0,
  );
  return next < 0 ? lines : lines.slice(0, next);
}

/** Nothing that anybody printed as a result. */
function isBetween(text: string): boolean {
  return isPreamble(text) || isStandingNoise(text);
}

function isBanner(text: string): boolean {
  return text.startsWith('Linux ') && isSysstatBanner(text);
}

/** Under sysstat's first line stands the heading that tells which of its tools it is. */
function begunBelow(lines: readonly string[]): Grammar | null {
  const heading = lines.slice(1).findIndex((line) => line.trim() !== '' && !isBanner(line));
  return heading < 0 ? null : (beginningWith(lines.slice(heading + 1))[0] ?? null);
}

function claimantOf(lines: readonly string[], complete: boolean): Grammar | null {
  const head = { lines, complete };
  return largeGrammarFor(head) ?? grammars.find((grammar) => grammar.claims(head)) ?? null;
}

/** Whether the lines are an output of another tool than that which prints the stamp below them. One line alone is its banner. */
function isOfOthers(lines: readonly string[], owner: Grammar): boolean {
  const claimed = lines.filter((line) => line.trim() !== '').length > 1 ? claimantOf(lines, true) : null;
  return claimed !== null && !isOneFamily(claimed, owner);
}

function isOneFamily(a: Grammar, b: Grammar): boolean {
  return (a.family ?? a.name) === (b.family ?? b.name);
}

const [SPACE, TAB, POINT, ZERO, NINE, COLON] = [32, 9, 46, 48, 57, 58];
const RULE_MARKS = new Set(['-', '=', '#', '*', '~', '_', '+'].map((mark) => mark.charCodeAt(0)));
const MAX_UNDERLINED = 60;

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/**
 * Whether the line may begin an output: not where it is blank, or begins with a number that is no clock, no date, no
 * number of a record (`12: kprobe`) and is not followed by a word, as most rows of most tables do.
 */
function isAnyBeginning(window: LineWindow, offset: number): boolean {
  let at = offset;
  while (window.byte(at) === SPACE || window.byte(at) === TAB) at++;
  const first = window.byte(at);
  if (first === 10 || first === 13) return false;
  if (!isDigit(first)) return true;
  // 0002828c 00000000 00000007 of softnet_stat, in hexadecimal
  const isInEights = window.byte(at + 8) === SPACE && window.byte(at + 17) === SPACE && window.byte(at + 26) === SPACE;
  // 0.000004 is as long.
  if (isInEights && window.byte(at + 1) !== POINT) return true;
  while (isDigit(window.byte(at))) at++;
  const behind = window.byte(at);
  if (behind === COLON || behind === 45 || behind === 47 || behind >= 0x80) return true;
  // 07.21.01 and 0.54 0.60 0.33
  if (behind !== SPACE) return behind === 46 && (window.byte(at + 3) === 46 || window.byte(at + 3) === SPACE);
  while (window.byte(at) === SPACE) at++;
  // 254       0 vda of diskstats
  if (isDigit(window.byte(at))) {
    while (isDigit(window.byte(at))) at++;
    if (window.byte(at++) !== SPACE) return false;
  }
  const next = window.byte(at);
  return (next >= 65 && next <= 90) || (next >= 97 && next <= 122) || next >= 0x80;
}

/** Whether the line may be a marker: those of tools' rows that begin with a number are not, unless it is a clock or a date. */
function isAnyMarker(window: LineWindow, offset: number): boolean {
  const first = window.byte(offset);
  if (first === 10 || first === 13) return false;
  if (first === SPACE || first === TAB) return looksLikeFence(window, offset);
  return (
    !isDigit(first) || isNumbered(window, offset) || isLongNumber(window, offset) || isAnyBeginning(window, offset)
  );
}

/** `1696860200` or `1696860200.123456789` and nothing else, as date +%s prints it. */
function isLongNumber(window: LineWindow, offset: number): boolean {
  for (let i = 1; i < 10; i++) if (!isDigit(window.byte(offset + i))) return false;
  let end = offset + 10;
  if (window.byte(end) === POINT) for (end++; isDigit(window.byte(end)); ) end++;
  return window.byte(end) === 10 || window.byte(end) === 13;
}

/** `3. mpstat 1` and `12) free`, as people number their headings. */
function isNumbered(window: LineWindow, offset: number): boolean {
  const behind = isDigit(window.byte(offset + 1)) ? 2 : 1;
  const mark = window.byte(offset + behind);
  return (mark === 46 || mark === 41) && window.byte(offset + behind + 1) === SPACE;
}

/** Whether the line is one mark again and again, by its first ones. */
function isRuleAt(window: LineWindow, offset: number): boolean {
  const first = window.byte(offset);
  if (offset < 0 || !RULE_MARKS.has(first)) return false;
  for (let i = 1; i < 3; i++) if (window.byte(offset + i) !== first) return false;
  return /^(.)\1{2,200}\s*$/.test(window.text(offset));
}

/** Some words, as a person heads what is below them; no row of a table. */
function isTitle(text: string): boolean {
  return text.length <= MAX_UNDERLINED && /^\p{L}\S*(?: \S+){0,7}:?\s*$/u.test(text);
}

function looksLikeFence(window: LineWindow, offset: number): boolean {
  let at = offset;
  while (window.byte(at) === SPACE || window.byte(at) === TAB) at++;
  const first = window.byte(at);
  return first === 96 || first === 126 || first === 123 || first === 60;
}

/** A loose file read section by section: each output of a tool is a source, and what is of no tool is text. */
import { type Host, MAX_UNREAD_KEPT } from '../datasets/capture.ts';
import type { Grammar, ParseContext, Parsed } from '../parsers/grammar.ts';
import type { LineLedger } from '../parsers/lines.ts';
import { text } from '../parsers/text.ts';
import { toolNamed } from '../tools/index.ts';
import type { Over, Piece } from './cut.ts';
import { type PlaceInFile, SectionSource } from './source.ts';
import { type HostLimits, type SectionedText, textsOf } from './texts.ts';

/** One output in a file. */
export interface ReadSection {
  grammar: Grammar;
  parsed: Parsed;
  /** The command over it, and what that was called there. */
  command: string | null;
  title: string | null;
  host: string | null;
  facts: Partial<Host>;
  firstLine: number;
  /** The text of its lines, blank where others stand between them; null where it is too large to keep. */
  raw: string | null;
}

export interface SectionOptions {
  context: ParseContext;
  /** Raw text beyond this is not kept. */
  maxRaw: number;
  /** Where less is to be read of a file whose lines name hosts. */
  hostLimits?: HostLimits;
}

/** More outputs of one file are counted as unread text. */
const MAX_SOURCES = 500;
/** OSWatcher runs these once a second, three times a round (vmsub.sh, iosub.sh). */
const WATCHED = new Set(['vmstat', 'iostat']);

/** @param bytes in UTF-8 */
export async function readSections(bytes: AsyncIterable<Uint8Array>, options: SectionOptions): Promise<ReadSection[]> {
  const sections: ReadSection[] = [];
  for await (const part of textsOf(bytes, options.hostLimits))
    sections.push(...(await new TextSections(part, options).read()));
  return sections;
}

class TextSections {
  private readonly part: SectionedText;
  private readonly options: SectionOptions;
  private readonly sources: { source: SectionSource; raw: RawLines }[] = [];
  /** What is of no tool, under no heading of its own. */
  private rest: { source: SectionSource; raw: RawLines } | null = null;
  private current: { source: SectionSource; raw: RawLines } | null = null;
  private between: Piece[] = [];
  private known = 0;
  private readonly moments = new Set<unknown>();

  constructor(part: SectionedText, options: SectionOptions) {
    this.part = part;
    this.options = options;
  }

  async read(): Promise<ReadSection[]> {
    for await (const piece of this.part.pieces) {
      if (piece.over.moment !== null) this.moments.add(piece.over.moment);
      await this.take(piece);
    }
    if (this.sources.length === 0) await this.takeNothing();
    else if (this.known === 0 && this.rest !== null) await this.writeBetween(this.rest);
    if (this.current !== null) this.giveBetween(this.current);
    const isOnlyMoment = this.moments.size <= 1;
    const sections = await Promise.all(
      this.sources.map(({ source, raw }) => this.sectionOf(source, raw, isOnlyMoment)),
    );
    const last = sections.at(-1);
    if (last !== undefined) last.parsed = withUnread(last.parsed, this.part.unread);
    return sections;
  }

  private async sectionOf(source: SectionSource, raw: RawLines, isOnlyMoment: boolean): Promise<ReadSection> {
    const parsed = await source.end(isOnlyMoment);
    return {
      grammar: source.grammar,
      parsed,
      command: source.over.command?.text ?? null,
      title: source.over.title,
      host: source.host ?? parsed.host?.hostname ?? this.part.host,
      facts: { ...source.facts, ...parsed.host },
      firstLine: raw.firstLine,
      raw: raw.text(),
    };
  }

  private async take(piece: Piece): Promise<void> {
    if (piece.kind === 'between') {
      this.between.push(piece);
      return;
    }
    if (piece.begins || this.current === null) this.begin(piece);
    const current = this.current as NonNullable<typeof this.current>;
    // As long as nothing is known all is text, the headings too.
    if (piece.kind === 'unknown' && this.known === 0) await this.writeBetween(current);
    this.giveBetween(current);
    await this.write(current, piece);
  }

  /** Headings and dates are of the output below them, and of the last what stands below all. */
  private giveBetween({ source, raw }: { source: SectionSource; raw: RawLines }): void {
    for (const piece of this.between) {
      source.between += piece.lines;
      raw.add(piece);
    }
    this.between = [];
  }

  private begin(piece: Piece): void {
    const grammar = piece.grammar ?? text;
    if (piece.grammar !== null) this.known++;
    const over = piece.over;
    if (piece.grammar === null && (over.title === null || this.known === 0)) {
      this.rest ??= this.open(text, over);
      this.current = this.rest;
    } else {
      this.current = this.sources.find(({ source }) => isSame(source, grammar, over)) ?? this.open(grammar, over);
    }
    const [line = ''] = new TextDecoder().decode(piece.bytes.subarray(0, 1024)).split('\n', 1);
    this.current.source.begin(over, line.replace(/\r$/, ''));
  }

  private open(grammar: Grammar, over: Over): { source: SectionSource; raw: RawLines } {
    const last = this.sources.at(-1);
    if (this.sources.length >= MAX_SOURCES && last !== undefined) return this.rest ?? last;
    const { context, maxRaw } = this.options;
    const { command } = over;
    const told = grammar === text ? null : (command?.tool ?? null);
    const interval = command?.interval ?? (over.isWatched && WATCHED.has(grammar.name) ? 1 : context.interval);
    const tool =
      told !== null && fits(told, grammar)
        ? told
        : context.tool !== null && fits(context.tool, grammar)
          ? context.tool
          : null;
    const own: ParseContext = {
      ...context,
      name: over.title === null ? context.name : over.title,
      tool,
      interval,
      // A unit is told by a tool's own flags, not by those of `cat`.
      ...(command?.tool == null || tool !== command.tool ? {} : { command: command.text }),
    };
    const opened = { source: new SectionSource(grammar, own, over, this.part), raw: new RawLines(maxRaw, this.part) };
    this.sources.push(opened);
    return opened;
  }

  /** A file of nothing but blank lines and headings. */
  private async takeNothing(): Promise<void> {
    const over: Over = { heading: 0, title: null, command: null, moment: null, host: null, isWatched: false };
    this.current = this.open(text, over);
    this.current.source.begin(over, '');
    await this.writeBetween(this.current);
  }

  private async writeBetween(text: { source: SectionSource; raw: RawLines }): Promise<void> {
    for (const piece of this.between) await this.write(text, piece);
    this.between = [];
  }

  private async write({ source, raw }: { source: SectionSource; raw: RawLines }, piece: Piece): Promise<void> {
    raw.add(piece);
    await source.write(piece.bytes, piece.first, piece.lines);
  }
}

/**
 * Whether the section goes on with what the source has: the same tool again under the same heading, or in the next round of
 * a loop that prints the time.
 */
function isSame(source: SectionSource, grammar: Grammar, over: Over): boolean {
  if (source.grammar !== grammar || (source.host !== null && over.host !== null && source.host !== over.host))
    return false;
  if (source.over.heading === over.heading) return grammar !== text || source.over.title === over.title;
  return source.hasMoment && over.moment !== null && over.title !== null && source.over.title === over.title;
}

/** What was read, and lines that follow it and were not. */
function withUnread(parsed: Parsed, more: LineLedger | null): Parsed {
  if (more === null) return parsed;
  return {
    ...parsed,
    lines: parsed.lines + more.unreadCount,
    unreadCount: parsed.unreadCount + more.unreadCount,
    unread: [...parsed.unread, ...more.unread].slice(0, MAX_UNREAD_KEPT),
  };
}

/** Grammars of sysstat's and procps' tools tell their tools by themselves. */
function fits(tool: string, grammar: Grammar): boolean {
  if (grammar.name.startsWith('sysstat')) return /^(?:sar|sar-dev|sar-tcp|mpstat|pidstat|iostat)$/.test(tool);
  return toolNamed(grammar.name) === undefined || grammar.name === tool;
}

/** The text of a source, its lines where they stand in the file. */
class RawLines {
  private readonly limit: number;
  private readonly place: PlaceInFile;
  private parts: string[] = [];
  private length = 0;
  private next: number | null = null;
  /** The line of the file that it begins with. */
  firstLine = 1;

  constructor(limit: number, place: PlaceInFile) {
    this.limit = limit;
    this.place = place;
  }

  add({ bytes, first, lines }: Piece): void {
    const [from, to] = [this.place.numberOf(first), this.place.numberOf(first + Math.max(lines, 1) - 1)];
    const text = this.length + bytes.length > this.limit ? '' : new TextDecoder().decode(bytes);
    this.length += bytes.length;
    if (this.length > this.limit) {
      this.parts = [];
      return;
    }
    if (to - from + 1 === Math.max(lines, 1)) this.put(from, text, Math.max(lines, 1));
    else
      text
        .split('\n')
        .slice(0, lines)
        .forEach((line, i) => {
          this.put(this.place.numberOf(first + i), `${line}\n`, 1);
        });
  }

  text(): string | null {
    return this.length > this.limit ? null : this.parts.join('');
  }

  private put(line: number, text: string, lines: number): void {
    if (this.next === null) this.firstLine = line;
    const gap = this.next === null ? 0 : line - this.next;
    this.length += Math.max(0, gap);
    this.parts.push('\n'.repeat(Math.max(0, Math.min(gap, this.limit))), text);
    this.next = line + lines;
  }
}

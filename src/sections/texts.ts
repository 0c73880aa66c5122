/**
 * From the bytes of a file to its texts: as a terminal showed it, without what was wrapped around each line. A file is one
 * text, or where lines of several hosts alternate one for each.
 */
import { peek } from '../archive/peek.ts';
import { NO_CONTEXT, type Reader } from '../parsers/grammar.ts';
import { HEAD_BYTES } from '../parsers/head.ts';
import { LineLedger } from '../parsers/lines.ts';
import { beginningWith } from '../parsers/registry.ts';
import { cut, LINES_AHEAD, type Piece } from './cut.ts';
import type { Moment } from './dates.ts';
import { asShown, needsTerminal } from './escapes.ts';
import { type Relined, reliningsOf } from './relining.ts';
import { certainWrappings, isOnAll, type Wrapping, wrappingsFor } from './wrapping.ts';

export interface SectionedText {
  /** Its lines, cut into sections; their numbers count from 1 in this text. */
  pieces: AsyncGenerator<Piece>;
  /** The number in the file of a line of the text. */
  numberOf(line: number): number;
  /** When a line was printed, where a stamp was put before each. */
  momentAt(line: number): Moment | null;
  /** Whose it is, where that was put before each line. */
  host: string | null;
  /** Lines of it that are in none of the pieces, and why. */
  unread: LineLedger | null;
}

/** How much is put in order of a file in which lines of hosts alternate. */
export interface HostLimits {
  hosts: number;
  /** Of all their lines, in characters. */
  characters: number;
}

/** Wrapped three times is a mail of a log of a loop. */
const MAX_WRAPPINGS = 3;
/** Hosts of one command; their lines are put in order in memory. */
const HOST_LIMITS: HostLimits = { hosts: 256, characters: 2 ** 27 };
const [NEWLINE, RETURN] = [10, 13];
/** Of lines that were broken so many are left, where they are put together again. */
const MOSTLY_WHOLE = 0.8;
/** Fewer are what a program wrote over its own line. */
const FEWEST_RETURNS = 2;

/** @param bytes in UTF-8 */
export async function* textsOf(
  bytes: AsyncIterable<Uint8Array>,
  limits: HostLimits = HOST_LIMITS,
): AsyncGenerator<SectionedText> {
  const { first, complete, all } = await peek(inLines(bytes), HEAD_BYTES);
  const head = new TextDecoder().decode(first.subarray(0, HEAD_BYTES)).split('\n');
  if (!complete || first.length > HEAD_BYTES) head.pop();
  const wrappings = await wrappingsOf(head.map(asShown));
  // What was broken is little: somebody pasted it.
  const relined =
    wrappings.length === 0 && complete && first.length <= HEAD_BYTES ? await relinedOf(head.map(asShown)) : null;
  if (relined !== null) {
    yield {
      pieces: cut(once(encoded(`${relined.lines.join('\n')}\n`))),
      numberOf: (line) => relined.numbers[line - 1] ?? relined.numbers.at(-1) ?? 1,
      momentAt: () => null,
      host: null,
      unread: null,
    };
    return;
  }
  if (wrappings.length === 0) {
    yield { pieces: cut(shown(all)), numberOf: (line) => line, momentAt: () => null, host: null, unread: null };
    return;
  }
  if (wrappings.some(({ namesHosts }) => namesHosts)) yield* alternating(all, wrappings, limits);
  else yield unwrapped(all, wrappings);
}

/** The lines as they were before they were broken or spread, where more of them can be read so. */
async function relinedOf(head: readonly string[]): Promise<Relined | null> {
  const relinings = reliningsOf(head);
  if (relinings.length === 0) return null;
  let best: { relined: Relined | null; read: number } = { relined: null, read: 0 };
  const plain = await readOf(head);
  for (const relined of relinings) {
    const { read, unread } = await readOf(relined.lines);
    // A row that is as wide as the widest has its end: what was read must not become less, nor what was not be hidden in a row.
    const isWhole =
      read >= plain.read && plain.unread > 0 && unread === 0 && relined.lines.length <= head.length * MOSTLY_WHOLE;
    if (read > Math.max(best.read, plain.read) || (best.relined === null && read > 0 && isWhole))
      best = { relined, read };
  }
  return best.relined;
}

/** How many of the lines are read as output of tools, and how many that stand among those are not. */
async function readOf(lines: readonly string[]): Promise<{ read: number; unread: number }> {
  const sum = { read: 0, unread: 0 };
  let reader: Reader | null = null;
  const end = async () => {
    const parsed = await reader?.end();
    sum.read += parsed?.read ?? 0;
    sum.unread += parsed?.unreadCount ?? 0;
    reader = null;
  };
  for await (const { grammar, begins, bytes } of cut(once(encoded(`${lines.join('\n')}\n`)))) {
    // Any lines may look like a table.
    const isOfTool = grammar !== null && grammar.name !== 'csv';
    if (!isOfTool || begins) await end();
    if (!isOfTool) continue;
    reader ??= grammar.reader(NO_CONTEXT);
    await reader.write(bytes);
  }
  await end();
  return sum;
}

/** The bytes, with line ends of our own where a file has those of old Macs alone. */
async function* inLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { first, all } = await peek(bytes, HEAD_BYTES);
  const returns = first.filter((byte) => byte === RETURN).length;
  if (returns < FEWEST_RETURNS || first.includes(NEWLINE)) yield* all;
  else for await (const chunk of all) yield chunk.map((byte) => (byte === RETURN ? NEWLINE : byte));
}

/** The bytes, each line as a terminal showed it; handed on untouched where there is nothing to take away. */
async function* shown(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    rest = new Uint8Array();
    if (!needsTerminal(all)) {
      yield all;
      continue;
    }
    const end = all.lastIndexOf(NEWLINE) + 1;
    rest = all.subarray(end);
    yield encoded(new TextDecoder().decode(all.subarray(0, end)).split('\n').map(asShown).join('\n'));
  }
  if (rest.length > 0) yield encoded(asShown(new TextDecoder().decode(rest)));
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield lines.map(asShown);
  }
  if (rest !== '') yield [asShown(rest)];
}

/** The text without its wrappings, line by line. */
function unwrapped(bytes: AsyncIterable<Uint8Array>, wrappings: readonly Wrapping[]): SectionedText {
  const moments: (Moment | undefined)[] = [];
  async function* stripped(): AsyncGenerator<Uint8Array> {
    for await (const lines of linesOf(bytes)) {
      const plain = lines.map((line) => {
        const { text, moment } = strip(line, wrappings);
        moments.push(moment);
        return `${text}\n`;
      });
      yield encoded(plain.join(''));
    }
  }
  return {
    pieces: cut(stripped()),
    numberOf: (line) => line,
    momentAt: (line) => moments[line - 1] ?? null,
    host: null,
    unread: null,
  };
}

/** The lines of one host, with their numbers in the file. */
class HostLines {
  readonly lines: string[] = [];
  readonly unread = new LineLedger();
  private readonly numbers: number[] = [];
  private readonly moments: (Moment | undefined)[] = [];

  add(text: string, number: number, moment: Moment | undefined): void {
    this.lines.push(text);
    this.numbers.push(number);
    this.moments.push(moment);
  }

  asText(host: string | null): SectionedText {
    const { lines, numbers, moments, unread } = this;
    return {
      pieces: cut(once(encoded(lines.length === 0 ? '' : `${lines.join('\n')}\n`))),
      numberOf: (line) => numbers[line - 1] ?? numbers.at(-1) ?? 1,
      momentAt: (line) => moments[line - 1] ?? null,
      host,
      unread,
    };
  }
}

/** One text for each host, of its lines alone; the last one is of the hosts beyond those that are told apart. */
async function* alternating(
  bytes: AsyncIterable<Uint8Array>,
  wrappings: readonly Wrapping[],
  limits: HostLimits,
): AsyncGenerator<SectionedText> {
  const hosts = new Map<string, HostLines>();
  const others = new HostLines();
  const tooMany = `of a host beyond the first ${limits.hosts} in the file: cut it to the hosts that matter`;
  const tooLong = `beyond ${limits.characters / 2 ** 20} MB of lines that name hosts, which is all that is read of them: cut the file to the time that matters`;
  let number = 0;
  let length = 0;
  let own: HostLines | null = null;
  for await (const lines of linesOf(bytes)) {
    for (const line of lines) {
      number++;
      length += line.length;
      const { text, moment, host } = strip(line, wrappings);
      // A line without a host is of the one above; one of no host yet is of none.
      if (host !== undefined || own === null) {
        const name = host ?? '';
        own = hosts.get(name) ?? (hosts.size < limits.hosts ? new HostLines() : others);
        if (own !== others) hosts.set(name, own);
      }
      if (own === others) others.unread.addUnread(number, line, tooMany);
      else if (length > limits.characters) own.unread.addUnread(number, line, tooLong);
      else own.add(text, number, moment);
    }
  }
  for (const [name, own] of hosts) yield own.asText(name === '' ? null : name);
  if (others.unread.unreadCount > 0) yield others.asText(null);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function strip(line: string, wrappings: readonly Wrapping[]): { text: string; moment?: Moment; host?: string } {
  let all: { text: string; moment?: Moment; host?: string } = { text: line };
  for (const wrapping of wrappings) {
    const stripped = wrapping.strip(all.text);
    if (stripped !== null) all = { ...all, ...stripped };
  }
  return all;
}

/** The wrappings without which the lines say more, outermost first. */
async function wrappingsOf(head: readonly string[]): Promise<Wrapping[]> {
  const certain = certainWrappings(head);
  const lines = certain.length === 0 ? head : head.map((line) => strip(line, certain).text);
  if (wrappingsFor(lines).length === 0) return certain;
  const plain = { wrappings: certain, lines, said: await saidBy(lines) };
  return (await bestOf(plain, MAX_WRAPPINGS + certain.length)).wrappings;
}

interface Unwrapped {
  wrappings: Wrapping[];
  lines: readonly string[];
  said: Said;
}

/** What says most of the lines as they are and with one more wrapping off, or two where one alone shows nothing yet. */
async function bestOf(plain: Unwrapped, most: number): Promise<Unwrapped> {
  if (plain.wrappings.length >= most) return plain;
  let best = plain;
  for (const wrapping of wrappingsFor(plain.lines)) {
    if (plain.wrappings.some(({ name }) => name === wrapping.name)) continue;
    const lines = plain.lines.map((line) => wrapping.strip(line)?.text ?? line);
    const said = await saidBy(lines, wrapping.namesHosts ? hostsOf(plain.lines, wrapping) : null);
    const stripped = await bestOf({ wrappings: [...plain.wrappings, wrapping], lines, said }, most);
    if (isMore(stripped.said, best.said) || (best === plain && (await isAroundAll(wrapping, plain, stripped))))
      best = stripped;
  }
  return best;
}

interface Said {
  outputs: number;
  lines: number;
  /** All of them are tables whose rows may have stamps. */
  isOfStamped: boolean;
}

/** Two outputs that are a line each, among many that nobody reads, say less than one. */
function isMore(a: Said, b: Said): boolean {
  if (a.outputs > b.outputs) return a.lines * 2 >= b.lines;
  return (a.outputs >= 1 || a.outputs === b.outputs) && a.outputs > 0 && a.lines > b.lines * 2;
}

/**
 * Whether the wrapping is before every line, and what is behind it says no less. A table reads with a mark before each of its rows,
 * too: with a column too many, or its stamps taken for those of sar.
 */
async function isAroundAll(wrapping: Wrapping, { lines, said }: Unwrapped, stripped: Unwrapped): Promise<boolean> {
  if (stripped.said.outputs < 1 || !isOnAll(wrapping, lines)) return false;
  // Stacks are set in by themselves.
  if (wrapping.name === 'indented') return !beginsSurely(lines) && beginsSurely(stripped.lines);
  if (wrapping.name === 'stamped') return said.isOfStamped && (await isBeforeHeadings(wrapping, lines));
  return !said.isOfStamped && stripped.said.outputs >= said.outputs;
}

/** `ts` stamps headings, too. Of `pidstat -h` the rows alone begin with a time, which is that of their report. */
async function isBeforeHeadings(wrapping: Wrapping, lines: readonly string[]): Promise<boolean> {
  const within = lines.flatMap((line) => wrapping.strip(line)?.text ?? []);
  return (await saidBy(within)).outputs >= 1;
}

function beginsSurely(lines: readonly string[]): boolean {
  const first = lines.findIndex((line) => line.trim() !== '');
  return first >= 0 && beginningWith(lines.slice(first, first + LINES_AHEAD)).length > 0;
}

/** How many outputs of tools there are in the lines, those of each host by themselves. */
async function saidBy(lines: readonly string[], hosts: readonly string[] | null = null): Promise<Said> {
  const said = { outputs: 0, lines: 0, isOfStamped: true };
  const texts = hosts === null ? [lines] : [...new Set(hosts)].map((host) => lines.filter((_, i) => hosts[i] === host));
  for (const text of texts)
    for await (const { kind, grammar, begins, lines: count } of cut(once(encoded(`${text.join('\n')}\n`)))) {
      if (kind !== 'section' || grammar === null) continue;
      // Lines with something before each look like a table of two columns.
      if (begins) said.outputs += grammar.name === 'csv' ? (count > 1 ? 0.5 : 0) : 1;
      said.lines += count;
      if (grammar.name !== 'sysstat' && grammar.name !== 'csv') said.isOfStamped = false;
    }
  return said;
}

function hostsOf(lines: readonly string[], wrapping: Wrapping): string[] {
  let host = '';
  return lines.map((line) => {
    host = wrapping.strip(line)?.host ?? host;
    return host;
  });
}

/**
 * What a bpftrace program prints: its maps, as text or with -f json, and whatever else it says.
 *
 *     @reads[sshd]: 14
 *
 *     @usecs:
 *     [1]                   11 |@@                                                  |
 *
 * https://github.com/bpftrace/bpftrace/blob/master/docs/language.md
 */
import { bucketColumns } from '../../datasets/buckets.ts';
import { TO_RAISE_LIMITS } from '../../datasets/limits.ts';
import type { Dataset, Histogram, Text } from '../../datasets/shapes.ts';
import { bccColumns } from '../bcc/bcc.ts';
import type { Grammar, Head, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { measureOf, printsHistograms } from '../measure.ts';
import { perfStat } from '../perf/stat.ts';
import { printedStacks } from '../profiles/printed-stacks.ts';
import { isDigit, numberIn } from '../rows/words.ts';
import { secondsOfDay } from '../stamps.ts';
import { isCut, isPrompt, withoutInterrupt } from '../terminal.ts';
import { datasetsOf } from './datasets.ts';
import { type MapEntry, type MapKey, type MapValue, NO_TIME, type PrintedTime } from './entry.ts';
import { JsonReader, looksLikeJson } from './json-reader.ts';
import { Keys } from './keys.ts';
import { MapReader } from './map-reader.ts';
import { type MapNumbers, Numbers, withoutNumbers } from './numbers.ts';

// Attaching 1 probe...   Attached 3 probes   glued to what was typed: ^CAttached 3 probes
const BANNER = /^Attach(?:ing|ed) \d+ probes?(?:\.\.\.)?$/;
// Lost 1234 events   WARNING: maps are full   stdin:1:70-83: ERROR: Unknown identifier: 'raw'
// Warning: could not attach probe kprobe:vfs_dedupe_get_page.isra.21, skipping.   cannot attach kprobe, Invalid argument
const COMPLAINT =
  /^(?:Lost \d+ events|(?:\S+:\d+:\d+(?:-\d+)?: )?(?:WARNING|Warning|ERROR): .*|cannot attach \w+, .*)$/;
// @reads[sshd]: 14     @usecs:     @[
const MAP = /^@\w{0,80}(?:\[.{0,400}\])?: |^@\w{0,80}(?:\[.{0,400}\])?:$|^@\w{0,80}\[$/;
/** Under what is wrong in a program. */
const UNDERLINE = /^\s*~+$/;
// stdin:5:33-72: WARNING: Map full; can't update element. Try increasing max_map_keys config
const FULL_MAP = /: WARNING: Map full; can't update element\./;
// stdin:8:5-35: WARNING: Can't delete map element because it does not exist.      two CPUs at once: nothing is missing
const GONE_ALREADY = /: WARNING: Can't delete map element because it does not exist\.$/;
// Additional Info - helper: map_update_elem, retcode: -7      below the complaint, above the line of the program and what underlines it
const ABOUT_COMPLAINT = /^Additional Info - helper: \w+, retcode: -?\d+$/;
// bpftrace -e 'kprobe:vfs_read { @[comm] = count(); }'   ./runqlat.bt
const COMMAND = /bpftrace|\.bt\b/;
// 07:11:03   [07:11:03]   07:11:03:
const STAMP = /^\[?(\d\d?):(\d\d):(\d\d)\]?:?$/;
// 7441154123456 ns: the monotonic clock, as our own programs print it
const NANOSECONDS = /^(\d{1,19}) ns$/;
// pidpersec.bt: 22:19:21 PIDs/sec: @: 12
const STAMPED = /^(\d\d:\d\d:\d\d) [^@]*(?=@)/;
/** What bpftrace's own tools say of themselves. */
const TOOL_OF_GREETING = new Map([
  ['Tracing CPU scheduler... Hit Ctrl-C to end.', 'runqlat'],
  ['Sampling run queue length at 99 Hertz... Hit Ctrl-C to end.', 'runqlen'],
  ['Sampling CPU at 99hz... Hit Ctrl-C to end.', 'cpuwalk'],
  ['Tracing new processes... Hit Ctrl-C to end.', 'pidpersec'],
  ['Tracing block device I/O... Hit Ctrl-C to end.', 'biolatency'],
  ['I/O size (bytes) histograms by process name:', 'bitesize'],
  ['Tracing block I/O with init stacks. Hit Ctrl-C to end.', 'biostacks'],
  ['Tracing SYN backlog size. Ctrl-C to end.', 'tcpsynbl'],
  ['Tracing key VFS calls... Hit Ctrl-C to end.', 'vfsstat'],
  ['Tracing VFS calls... Hit Ctrl-C to end.', 'vfscount'],
  ['Tracing XFS operation latency... Hit Ctrl-C to end.', 'xfsdist'],
  ['Counting syscalls... Hit Ctrl-C to end.', 'syscount'],
  ['Tracing SSL/TLS handshake... Hit Ctrl-C to end.', 'ssllatency'],
]);
const GREETING = /^(?:Tracing|Sampling|Counting|Reading) .*\. (?:Hit )?Ctrl-C to end\.$/;
/** Maps in which programs remember when something began, for those still open at exit. */
const SCRATCH = /^@(?:\w+_)?(?:start|begin|birth|qtime|ts|timestamp)(?:_\w+|s)?$/i;
/** Nanoseconds since boot: a program that counts to this in such a map is not expected. */
const MIN_TIMESTAMP = 1e9;
// @reads[mysqld, 1000]: 12      @usecs: 3      [8, 16)        12 |@@@@@@        |
const ELEMENT = /^@[\w$]*(?:\[[^\]]*\])?: -?\d+\s*$|^[[(].{1,80}\d \|[@ ]*\|\s*$/;
const AT = '@'.charCodeAt(0);
/** Beyond this many lines of text the rest is counted as unread, as for plain text. */
const MAX_TEXT_LINES = 100_000;

export const bpftrace: Grammar = {
  name: 'bpftrace',
  own: ELEMENT,
  claims,
  begins: { like: /^(?:Attach|@)/, sure: ([first = '']) => BANNER.test(first) || MAP.test(first) },
  reader(context) {
    const ledger = new LineLedger();
    return lineReader(new BpftraceReader(context, ledger), ledger);
  },
};

function claims(head: Head): boolean {
  const lines = head.lines.map(quietly);
  const said = lines.filter((line) => !isNoise(line) && !COMPLAINT.test(line));
  if (looksLikeJson(said)) return true;
  const started = BANNER.test(said[0] ?? '');
  if (!started && !lines.some((line) => line.includes('@'))) return false;
  const reader = new MapReader(new LineLedger());
  const ofMaps = lines.filter((line, i) => {
    const start = STAMPED.exec(line)?.[0].length ?? 0;
    return reader.take(line.slice(start), { line: i + 1, time: NO_TIME });
  }).length;
  if (ofMaps === 0 && !started) return false;
  // opensnoop.bt and its kin print a table, as the tools of bcc do.
  if (bccColumns.claims(head)) return false;
  // Few lines of numbers and words before maps may as well be a program's own, but not these.
  if (perfStat.claims(head)) return false;
  // Stacks that a program prints itself are samples.
  if (ofMaps === 0 && printedStacks.claims(head)) return false;
  if (ofMaps === 0) return true;
  const prose = said.filter((line) => !STAMP.test(line) && !GREETING.test(line)).length - ofMaps;
  return started || (prose <= ofMaps && reader.looksLikeMaps());
}

function quietly(line: string): string {
  return withoutInterrupt(line).trimEnd();
}

/** A program may print a line like a prompt itself: the prompt is one that starts bpftrace. */
function isNoise(line: string): boolean {
  return line === '' || isCut(line) || UNDERLINE.test(line) || (isPrompt(line) && COMMAND.test(line));
}

/** A line that is of no map. */
interface Said {
  line: number;
  text: string;
  /** By the program: neither a banner, nor a time alone, nor blank. */
  printed: boolean;
}

class BpftraceReader implements LineParser {
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private readonly keys = new Keys();
  private readonly maps: MapReader;
  private readonly json: JsonReader;
  /** Elements whose values are no numbers. */
  private readonly entries: MapEntry[] = [];
  private readonly numbers = new Numbers();
  private readonly said: Said[] = [];
  private tool: string | null = null;
  /** What the program printed last, and what of its maps came since. */
  private time = NO_TIME;
  private seen = new Map<string, Set<MapKey>>();
  /** What comes next is the line of the program that a complaint is about. */
  private quotes = false;

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
    this.maps = new MapReader(ledger, this.keys);
    this.json = new JsonReader(ledger, this.keys);
  }

  /** An element with a number, of which all but the number was there before. */
  row(bytes: Uint8Array, from: number, to: number, line: number): boolean {
    if (bytes[from] !== AT || this.maps.awaitsMore() || this.json.isOpen()) return false;
    let start = to;
    while (start > from && isDigit(bytes[start - 1])) start--;
    const value = numberIn(bytes, start, to);
    const found = Number.isNaN(value) ? undefined : this.numbers.find(bytes, from, start);
    if (found === undefined) return false;
    const { numbers, place } = found;
    numbers.addAt(place, value, line, this.timeOf(numbers.map, numbers.keys[place] as MapKey));
    return true;
  }

  line(text: string, line: number): LineVerdict {
    const quiet = quietly(text);
    // What is printed at the end is of no interval.
    if (text.startsWith('^C')) this.time = NO_TIME;
    if (this.keys.isFull && quiet.startsWith('@') && !this.maps.awaitsMore())
      return { unread: `an element behind the first ${this.keys.most} keys: ${TO_RAISE_LIMITS}` };
    const record = this.json.take(quiet, { line, time: this.time });
    if (record !== null) {
      for (const spoken of record.said) this.say(spoken, line);
      for (const entry of record.entries) this.date(entry);
      this.keep(record.entries);
      return record.verdict;
    }
    const [before = '', stamp = ''] = STAMPED.exec(quiet) ?? [];
    const time = before === '' ? null : timeOf(stamp);
    const taken = this.maps.take(quiet.slice(before.length), { line, time: time ?? this.time });
    const entry = this.maps.entries.pop();
    if (entry !== undefined) {
      if (before === '') this.date(entry);
      this.keep([entry]);
      const isWhole = entry.value.is === 'number' && entry.line === line && text === quiet && before === '';
      if (isWhole) this.numbers.remember(text.slice(0, text.lastIndexOf(' ') + 1), entry.map, entry.key);
    }
    return taken ? 'read' : this.say(text, line);
  }

  end() {
    if (this.ledger.lost > 0)
      this.ledger.note(`lost ${this.ledger.lost} updates of maps that were full (max_map_keys)`);
    this.maps.end();
    this.json.end();
    const tool = this.tool ?? this.context.tool ?? 'bpftrace';
    const { entries, numbers, said } = this;
    return {
      datasets: resultsOf(entries, numbers.maps(), said, tool, this.context.name, this.ledger),
      tool: this.tool,
    };
  }

  private keep(entries: readonly MapEntry[]): void {
    for (const entry of withoutNumbers(entries, this.numbers)) this.entries.push(entry);
  }

  private date(entry: MapEntry): void {
    entry.time = this.timeOf(entry.map, entry.key);
  }

  /** An element that comes a second time after one stamp is of what was printed at exit: of no interval. */
  private timeOf(map: string, key: MapKey): PrintedTime {
    const seen = this.seen.get(map) ?? new Set();
    if (seen.has(key)) this.time = NO_TIME;
    this.seen.set(map, seen.add(key));
    return this.time;
  }

  private say(text: string, line: number): LineVerdict {
    if (this.said.length >= MAX_TEXT_LINES) return { unread: `more than ${MAX_TEXT_LINES} lines of text` };
    const quiet = quietly(text);
    const time = timeOf(quiet);
    if (time !== null) {
      this.time = time;
      this.seen = new Map();
    }
    this.tool = TOOL_OF_GREETING.get(quiet) ?? this.tool;
    if (FULL_MAP.test(quiet)) this.ledger.lost++;
    else if (COMPLAINT.test(quiet) && !GONE_ALREADY.test(quiet)) this.ledger.note(quiet);
    const known =
      this.quotes ||
      TOOL_OF_GREETING.has(quiet) ||
      isNoise(quiet) ||
      [BANNER, COMPLAINT, GREETING, ABOUT_COMPLAINT].some((form) => form.test(quiet));
    this.quotes = ABOUT_COMPLAINT.test(quiet);
    this.said.push({ line, text, printed: !known && time === null });
    return known ? 'noise' : 'read';
  }
}

function timeOf(text: string): PrintedTime | null {
  const [, nanoseconds] = NANOSECONDS.exec(text) ?? [];
  if (nanoseconds !== undefined) {
    const at = Number(nanoseconds) / 1e9;
    return { at, stamp: `${at.toFixed(3)} s`, clock: 'monotonic' };
  }
  const match = STAMP.exec(text);
  return match && { at: secondsOfDay(...match.slice(1)), stamp: text, clock: 'day' };
}

/** The maps; what the program printed beside them; and what is left in maps at the end without being a result. */
function resultsOf(
  entries: readonly MapEntry[],
  numbers: readonly MapNumbers[],
  said: readonly Said[],
  tool: string,
  title: string,
  ledger: LineLedger,
): Dataset[] {
  const ofValues = new Set([
    ...numbers.map(({ map }) => map),
    ...entries.filter(({ value }) => value.is !== 'other').map(({ map }) => map),
  ]);
  // An element of another kind than its map's is prose: "@backlog[backlog limit]: histogram of backlog size"; so is one
  // without a value, such as a histogram that was emptied.
  const isProse = ({ map, value }: MapEntry) => value.is === 'other' && (value.text === '' || ofValues.has(map));
  const results = entries.filter((entry) => !isProse(entry));
  const prose = entries
    .filter(isProse)
    .map(({ map, key, value, line }) => elementText(map, key, textOfValue(value), line));
  const scratch = numbers.flatMap(scratchOf);
  const counted = numbers.map(withoutScratch);
  const printed = [...said, ...prose];
  if (results.length === 0 && counted.every(({ length }) => length === 0)) {
    const isSilent = ofValues.size === 0 && entries.length === 0 && !printed.some((line) => line.printed);
    if (isSilent && printsHistograms(tool)) return [histogramOfNothing(tool, title)];
    return [textOf([...printed, ...scratch], tool, title)];
  }
  const spoken = printed.some((line) => line.printed)
    ? printed.filter((line) => line.printed || timeOf(line.text))
    : [];
  return [
    ...datasetsOf(results, counted, tool, title, ledger),
    ...(spoken.length > 0 ? [textOf(spoken, tool, `${title}: printed`)] : []),
    ...(scratch.length > 0 ? [textOf(scratch, tool, `${title}: left in maps, no results`)] : []),
  ];
}

/** A tool that prints histograms was stopped before it counted anything. */
function histogramOfNothing(tool: string, title: string): Histogram {
  const { unit } = measureOf(tool);
  return { shape: 'histogram', source: 0, tool, title, clock: null, unit, ...bucketColumns([]), cumulative: false };
}

function textOf(lines: readonly Said[], tool: string, title: string): Text {
  const texts = [...lines].sort((a, b) => a.line - b.line).map(({ text }) => text);
  return { shape: 'text', source: 0, tool, title, clock: null, lines: texts };
}

/** What programs remember in a map until they are done with it. */
function scratchOf(numbers: MapNumbers): Said[] {
  if (!SCRATCH.test(numbers.map)) return [];
  const left = numbers.where((value) => value >= MIN_TIMESTAMP);
  return Array.from(left, ({ key, value, line }) => elementText(numbers.map, key, String(value), line));
}

function withoutScratch(numbers: MapNumbers): MapNumbers {
  return SCRATCH.test(numbers.map) ? numbers.where((value) => value < MIN_TIMESTAMP) : numbers;
}

function textOfValue(value: MapValue): string {
  return value.is === 'other' ? value.text : '';
}

function elementText(map: string, key: MapKey, value: string, line: number): Said {
  const parts = key.map((part) => (typeof part === 'string' ? part : part.join(' ')));
  return { line, text: `${map}${key.length === 0 ? '' : `[${parts.join(', ')}]`}: ${value}`, printed: true };
}

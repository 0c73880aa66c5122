/**
 * What was put around every line of a text on its way: quote marks of a mail, stamps of `ts`, hosts of pdsh and its kin, records
 * of a log, the indentation of a ticket. It is taken off where no tool prints so, or the text says more without it.
 */
import { jsonObject } from '../parsers/json-object.ts';
import { type Moment, momentOf } from './dates.ts';
import { hostNamed } from './marker.ts';

export interface Wrapping {
  readonly name:
    | 'quoted'
    | 'stamped'
    | 'by host'
    | 'in blocks'
    | 'indented'
    | 'numbered'
    | 'by file'
    | 'by pod'
    | 'bordered'
    | 'dashed'
    | 'logged'
    | 'recorded'
    | 'padded'
    | 'hard blanks'
    | 'marked up';
  /** The name of a host is part of it. */
  readonly namesHosts?: true;
  /** The line without it; null where it has none. */
  strip(line: string): { text: string; moment?: Moment; host?: string } | null;
}

// > procs ---      >> procs ---      | procs ---
const QUOTE = /^\s{0,3}(?:[>|] ?){1,10}/;
// Oct 09 14:03:20 procs --     2023-10-09 14:03 procs --     [14:03] procs --     [2023-10-09 14:03:20] procs --     14:03:20.123456 procs --     1696853000.123456 procs --
const STAMP =
  /^\[?((?:\p{L}{3} [ \d]\d )?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?|\d{10}(?:\.\d{1,9})?)\]?:?(?: |$)/u;
const MINUTE = /^(?:\[(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d\]|\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(?: |$)/;
// db1: procs --   db1.example.com: procs --   web_1  | procs --   [pod/web-0/app] procs --   [db1] out: procs --   [web-0] procs --
const HOST =
  /^(?:([A-Za-z0-9][\w.-]{0,252}):(?: |$)|([A-Za-z0-9][\w.-]{0,252}) +\|(?: |$)|\[(pod\/[\w.-]{1,253})\/[\w.-]{1,253}\] |\[([A-Za-z][\w.-]{0,252})\](?: (?:out|err):)?(?: |$))/;

const quoted: Wrapping = {
  name: 'quoted',
  strip(line) {
    const mark = QUOTE.exec(line)?.[0];
    return mark === undefined ? null : { text: line.slice(mark.length) };
  },
};

const stamped: Wrapping = {
  name: 'stamped',
  strip(line) {
    const [mark = '', printed = ''] = STAMP.exec(line) ?? [];
    if (mark === '') {
      // A stamp that was cut to the minute tells no time of a row that is a second long.
      const [minute = ''] = MINUTE.exec(line) ?? [];
      return minute === '' ? null : { text: line.slice(minute.length) };
    }
    const moment = momentIn(printed);
    return moment === null ? null : { text: line.slice(mark.length), moment };
  },
};

const byHost: Wrapping = {
  name: 'by host',
  namesHosts: true,
  strip(line) {
    const [mark = '', colon, bar, pod, bracketed] = HOST.exec(line) ?? [];
    const host = colon ?? bar ?? pod ?? bracketed;
    return host === undefined ? null : { text: line.slice(mark.length), host };
  },
};

// web1.example.com:       web1.example.com      above lines that are set in by four blanks, of salt and mco
const BLOCK = /^[A-Za-z0-9][\w.-]{0,252}:?$/;

/** A host's name above a block of lines, each of which is set in. */
const inBlocks: Wrapping = {
  name: 'in blocks',
  namesHosts: true,
  strip(line) {
    if (line.startsWith('    ')) return { text: line.slice(4) };
    return isHostLine(line) ? { text: '', host: line.replace(/:$/, '') } : null;
  },
};

function isHostLine(line = ''): boolean {
  return BLOCK.test(line) && hostNamed(line.replace(/:$/, '')) !== null;
}

// Oct  9 14:03:20 db1 collect[812]: procs --    2023-10-09T14:03:20.123456+02:00 db1 collect: procs --
const LOGGED =
  /^((?:\p{L}{3} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)) ([\w.-]{1,253}) (?!kernel:)([\w./@-]{1,80})(?:\[\d{1,10}\])?: ?/u;

/** What systemd or logger put before each line that a program of theirs printed. */
const logged: Wrapping = {
  name: 'logged',
  namesHosts: true,
  strip(line) {
    const [mark = '', printed = '', host = ''] = LOGGED.exec(line) ?? [];
    const moment = mark === '' ? null : momentIn(printed);
    return moment === null ? null : { text: line.slice(mark.length), moment, host };
  },
};

// 2023-10-09T14:03:20.123456789Z stdout F procs --     of the container runtimes of Kubernetes, in /var/log/containers
const OF_RUNTIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d)) std(?:out|err) [FP](?: |$)/;
// {"log":"procs --\n","stream":"stdout","time":"2023-10-09T14:03:20.12Z"}      {"_HOSTNAME":"db1","MESSAGE":"procs --"}
const RECORD = /^\{.{0,4000}"(?:log|MESSAGE)": ?"/;
/** Longer lines are no record of a line. */
const MAX_RECORD = 1 << 16;

/** A line as a container runtime or the journal keeps it, by itself: docker's json-file, CRI, `journalctl -o json`. */
const recorded: Wrapping = {
  name: 'recorded',
  namesHosts: true,
  strip(line) {
    const [mark = '', printed = ''] = OF_RUNTIME.exec(line) ?? [];
    if (mark !== '') return withMoment(line.slice(mark.length), momentOf(printed));
    if (!RECORD.test(line) || line.length > MAX_RECORD) return null;
    const { log, time, MESSAGE, __REALTIME_TIMESTAMP: micros, _HOSTNAME: host, _TRANSPORT } = jsonObject(line) ?? {};
    if (typeof log === 'string') return withMoment(log.replace(/\n$/, ''), momentOf(String(time)));
    // The kernel's own messages have a grammar.
    if (typeof MESSAGE !== 'string' || _TRANSPORT === 'kernel') return null;
    const at = Number(micros) / 1e6;
    const moment: Moment | null = at > 0 ? { clock: 'epoch', at, text: String(micros) } : null;
    return { ...withMoment(MESSAGE, moment), ...(typeof host === 'string' ? { host } : {}) };
  },
};

function withMoment(text: string, moment: Moment | null): { text: string; moment?: Moment } {
  return moment === null ? { text } : { text, moment };
}

//      1\tprocs --     12: procs --     12. procs --     12 | procs --       of cat -n, grep -n, tickets
const NUMBER = /^\s{0,8}(\d{1,7})(?:\t|[:.)] ?| ?[|│] ?)/;

/** The numbers of the lines: of no others, for they go up one by one. */
const numbered: Wrapping = {
  name: 'numbered',
  strip(line) {
    const mark = NUMBER.exec(line)?.[0];
    return mark === undefined ? null : { text: line.slice(mark.length) };
  },
};

function areNumbered(lines: readonly string[]): boolean {
  const numbers = lines.map((line) => Number(NUMBER.exec(line)?.[1] ?? Number.NaN));
  return (
    numbers.length >= FEW_NUMBERS &&
    numbers.every((number, i) => i === 0 || number === (numbers[i - 1] ?? 0) + 1 || number === 1)
  );
}

// node1/meminfo:MemTotal:     vmstat.txt:procs --       of grep -H; what the kernel tells in files has grammars. Times are no names:
// 2026-03-09T00:00:01.500000+01:00 shop kernel: md0     14:03:20 CPU
const FILE = /^(?!\/(?:proc|sys)\/|\d{4}-\d\d-\d\dT|[\d.]+:)((?:[\w.~@+-]{0,255}\/){0,20}[\w.~@+-]{1,255}):/;

/** @param hosts the host of each file, where several of one name tell it by their folders */
function byFile(hosts: ReadonlyMap<string, string>): Wrapping {
  return {
    name: 'by file',
    ...(hosts.size > 0 ? { namesHosts: true } : {}),
    strip(line) {
      const [mark = '', path = ''] = FILE.exec(line) ?? [];
      if (mark === '') return null;
      const host = hosts.get(path);
      return { text: line.slice(mark.length), ...(host === undefined ? {} : { host }) };
    },
  };
}

/** `node1/meminfo` and `node2/meminfo` are of two hosts, `db/vmstat` and `db/free` of one that nobody names. */
function hostsOfFiles(lines: readonly string[]): Map<string, string> {
  const paths = [...new Set(lines.flatMap((line) => FILE.exec(line)?.[1] ?? []))];
  const names = new Set(paths.map((path) => path.split('/').at(-1)));
  const folders = new Map(paths.map((path) => [path, path.split('/').at(-2) ?? '']));
  const isOnePerHost = paths.length > 1 && names.size === 1 && new Set(folders.values()).size === paths.length;
  return isOnePerHost && !folders.has('') ? folders : new Map();
}

// web-7d9f8b6c5-x2x4q app procs --     default web-0 app procs --       of stern
const POD = /^(?:[a-z][a-z0-9-]{0,62} )?([a-z][a-z0-9.-]{0,252}-[a-z0-9]{1,10}) [a-z][a-z0-9-]{0,62}(?: |$)/;

const byPod: Wrapping = {
  name: 'by pod',
  namesHosts: true,
  strip(line) {
    const [mark = '', host = ''] = POD.exec(line) ?? [];
    return mark === '' ? null : { text: line.slice(mark.length), host };
  },
};

// │ procs --      │        procs --     │        ┌────┐
const LEFT_EDGE = /^\s{0,4}[│┃║] ?/;
const RIGHT_EDGE = /[│┃║]$/;
const RULE = /^\s*[┌└├╭╰╔╚┏┗─━═┬┴┼┐┘┤╮╯╗╝┓┛]+\s*$/;

/** The edges of a pane or a box. */
const bordered: Wrapping = {
  name: 'bordered',
  strip(line) {
    if (RULE.test(line)) return { text: '' };
    const inner = line.replace(LEFT_EDGE, '');
    const end = inner.trimEnd();
    const text = RIGHT_EDGE.test(end) ? end.slice(0, -1).trimEnd() : inner;
    return text === line ? null : { text };
  },
};

// avg–cpu:     top – 14:03:20 up     procs ———memory———       as a word processor writes hyphens
const LONG_DASHES = /^(?:avg[–—]cpu|top [–—] \d|procs [–—])/;

const dashed: Wrapping = {
  name: 'dashed',
  strip: (line) => (/[–—]/.test(line) ? { text: line.replaceAll('–', '-').replaceAll('—', '--') } : null),
};

/** Blanks up to the edge of the terminal, as a copy from one has them. */
const padded: Wrapping = {
  name: 'padded',
  strip: (line) => (line.endsWith(' ') ? { text: line.trimEnd() } : null),
};

/** Blanks that do not break, as a copy from a web page or a mail has them. */
const hardBlanks: Wrapping = {
  name: 'hard blanks',
  strip: (line) => (line.includes('\u00a0') ? { text: line.replaceAll('\u00a0', ' ') } : null),
};

const CHARACTERS: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'", nbsp: ' ' };
const TAG = /<\/?(?:span|font|code|strong|em|b|i|a|br)\b[^<>]{0,400}>/gi;
const ESCAPED = /&(lt|gt|amp|quot|#39|nbsp);/g;

/** Characters as HTML writes them: the text was saved from a page. */
const markedUp: Wrapping = {
  name: 'marked up',
  strip(line) {
    // Beside the ends of a block stand its first line and its last.
    const block = line.replace(/^.*<pre\b[^<>]{0,400}>/i, '').replace(/<\/pre>.*$/i, '');
    const text = block.replace(TAG, '').replace(ESCAPED, (_, name: string) => CHARACTERS[name] as string);
    return text === line ? null : { text };
  },
};

/** `ts` prints no year: then the time of the day is what there is. */
function momentIn(printed: string): Moment | null {
  const seconds = /^\d{10}/.test(printed) ? Number(printed) : null;
  if (seconds !== null) return { clock: 'epoch', at: seconds, text: printed };
  return momentOf(printed) ?? momentOf(printed.replace(/^\p{L}{3} [ \d]\d /u, ''));
}

/** The indentation of each block of lines that are all set in: a block is what stands between lines that are not. */
function indented(depth: number): Wrapping {
  const blanks = ' '.repeat(depth);
  return {
    name: 'indented',
    strip(line) {
      if (line.startsWith(blanks)) return { text: line.slice(depth) };
      return line.startsWith('\t') ? { text: line.slice(1) } : null;
    },
  };
}

/** So many lines of a hundred must have it, where all of a file would. */
const MOST = 80;
/** So many lines of a hundred have what is before all. */
const ALL = 95;
/** Fewer lines are no sign of anything. */
const FEW = 2;
/** So many numbers that go up one by one are those of the lines. */
const FEW_NUMBERS = 3;

// &gt; procs --       a quote, as a message is kept
const ESCAPED_QUOTE = /^\s{0,3}&gt;/;
//      1\tprocs --     12 | procs --       numbers in a margin
const MARGIN = /^\s{0,8}\d{1,7}(?:\t| [|│])/;
// [14:03] procs --     [2023-10-09 14:03] procs --       of chats
const BRACKETED = /^\[(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d\] /;
const MARKUP = /^\s*<(?:html|body|pre|div|p|br)\b/i;
/** No locale's numbers have them so. */
const HARD_BLANKS = /^\u00a0|\u00a0 | \u00a0|\u00a0\u00a0/;
// 2023-10-09T14:03:20.123456789Z procs --     of docker logs -t and kubectl logs --timestamps
const ZULU = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z(?: |$)/;

/** What is around the lines whatever they say: no tool prints so. */
export function certainWrappings(lines: readonly string[]): Wrapping[] {
  const filled = lines.filter(isFilled);
  if (filled.length < FEW) return [];
  const certain: Wrapping[] = [];
  const isEscaped = filled.filter((line) => ESCAPED_QUOTE.test(line)).length >= FEW;
  if (isEscaped || (filled.some((line) => MARKUP.test(line)) && filled.some(having(markedUp)))) certain.push(markedUp);
  if (filled.some((line) => LONG_DASHES.test(line))) certain.push(dashed);
  if (isOn(MOST, filled, having(bordered))) certain.push(bordered);
  if (areNumbered(filled) && filled.every((line) => MARGIN.test(line))) certain.push(numbered);
  if (isOn(MOST, filled, (line) => BRACKETED.test(line))) certain.push(stamped);
  if (filled.some((line) => HARD_BLANKS.test(line))) certain.push(hardBlanks);
  if (isOn(MOST, filled, having(recorded))) certain.push(recorded);
  else if (isOn(MOST, filled, (line) => ZULU.test(line))) certain.push(stamped);
  if (isOn(MOST, filled, having(padded))) certain.push(padded);
  return certain;
}

/** What may be around the lines, likeliest first; whether it is, is told by what the lines say without it. */
export function wrappingsFor(lines: readonly string[]): Wrapping[] {
  const filled = lines.filter(isFilled);
  if (filled.length < FEW) return [];
  const candidates: Wrapping[] = [];
  if (filled.filter(having(quoted)).length >= FEW) candidates.push(quoted);
  if (areNumbered(filled)) candidates.push(numbered);
  for (const wrapping of [logged, stamped, byHost, byPod, byFile(hostsOfFiles(filled)), inBlocks])
    if (isOn(MOST, filled, having(wrapping))) candidates.push(wrapping);
  for (const depth of depthsOf(lines)) candidates.push(indented(depth));
  return candidates;
}

export function isOnAll(wrapping: Wrapping, lines: readonly string[]): boolean {
  return isOn(ALL, lines.filter(isFilled), having(wrapping));
}

function isFilled(line: string): boolean {
  return line.trim() !== '';
}

function having({ strip }: Wrapping): (line: string) => boolean {
  return (line) => strip(line) !== null;
}

function isOn(percent: number, lines: readonly string[], has: (line: string) => boolean): boolean {
  return lines.filter(has).length * 100 >= lines.length * percent;
}

/** How far the lines of the shallowest block that is set in stand in, and those of the longest, where that is another depth. */
function depthsOf(lines: readonly string[]): number[] {
  let shallowest = Number.POSITIVE_INFINITY;
  let longest = { length: 0, depth: 0 };
  let block: number[] = [];
  const close = () => {
    if (block.length >= FEW) {
      const depth = Math.min(...block.slice(0, 1000));
      shallowest = Math.min(shallowest, depth);
      if (block.length > longest.length) longest = { length: block.length, depth };
    }
    block = [];
  };
  let before = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const own = line.startsWith('\t') ? 1 : (/^ */.exec(line) as RegExpExecArray)[0].length;
    // A heading above deeper lines is of a block of its own.
    if (own === 0 || own >= before + DEEPER) close();
    if (own > 0) block.push(own);
    before = own;
  }
  close();
  return [...new Set([shallowest, longest.depth])].filter((depth) => Number.isFinite(depth) && depth > 0);
}

/** Cells of a table that are set to the right begin at many places, but few of them so far apart. */
const DEEPER = 5;

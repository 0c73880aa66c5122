/**
 * What was put before every line of a text on its way: quote marks of a mail, stamps of `ts`, hosts of pdsh and its kin,
 * the indentation of a ticket. It is taken off where the text says more without it.
 */
import { type Moment, momentOf } from './dates.ts';

export interface Wrapping {
  readonly name: 'quoted' | 'stamped' | 'by host' | 'indented';
  /** The line without it; null where it has none. */
  strip(line: string): { text: string; moment?: Moment; host?: string } | null;
}

// > procs ---      >> procs ---      | procs ---
const QUOTE = /^\s{0,3}(?:[>|] ?){1,10}/;
// Oct 09 14:03:20 procs --     [2023-10-09 14:03:20] procs --     14:03:20.123456 procs --     1696853000.123456 procs --
const STAMP =
  /^\[?((?:\p{L}{3} [ \d]\d )?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?|\d{10}(?:\.\d{1,9})?)\]?:?(?: |$)/u;
// db1: procs --      db1.example.com: procs --      web_1  | procs --      [pod/web-0/app] procs --
const HOST =
  /^(?:([A-Za-z0-9][\w.-]{0,252}):(?: |$)|([A-Za-z0-9][\w.-]{0,252}) +\|(?: |$)|\[(pod\/[\w.-]{1,253})\/[\w.-]{1,253}\] )/;

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
    if (mark === '') return null;
    const moment = momentIn(printed);
    return moment === null ? null : { text: line.slice(mark.length), moment };
  },
};

const byHost: Wrapping = {
  name: 'by host',
  strip(line) {
    const [mark = '', colon, bar, pod] = HOST.exec(line) ?? [];
    const host = colon ?? bar ?? pod;
    return host === undefined ? null : { text: line.slice(mark.length), host };
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
/** Fewer lines are no sign of anything. */
const FEW = 2;
/** A host prints a line or two; words before a colon that are all different are no hosts. */
const LINES_PER_HOST = 3;

/** What may be around the lines, likeliest first; whether it is, is told by what the lines say without it. */
export function wrappingsFor(lines: readonly string[]): Wrapping[] {
  const filled = lines.filter((line) => line.trim() !== '');
  if (filled.length < FEW) return [];
  const having = ({ strip }: Wrapping) => filled.filter((line) => strip(line) !== null);
  const isMost = (wrapping: Wrapping) => having(wrapping).length * 100 >= filled.length * MOST;
  const candidates: Wrapping[] = [];
  if (having(quoted).length >= FEW) candidates.push(quoted);
  if (isMost(stamped)) candidates.push(stamped);
  const hosts = new Set(filled.flatMap((line) => byHost.strip(line)?.host ?? []));
  if (isMost(byHost) && hosts.size * LINES_PER_HOST <= filled.length) candidates.push(byHost);
  const depth = depthOf(lines);
  if (depth > 0) candidates.push(indented(depth));
  return candidates;
}

/** How far the lines of the shallowest block that is set in stand in; 0 where there is none. */
function depthOf(lines: readonly string[]): number {
  let depth = Number.POSITIVE_INFINITY;
  let block: number[] = [];
  const close = () => {
    if (block.length >= FEW) depth = Math.min(depth, ...block.slice(0, 1000));
    block = [];
  };
  for (const line of lines) {
    if (line.trim() === '') continue;
    const own = line.startsWith('\t') ? 1 : (/^ */.exec(line) as RegExpExecArray)[0].length;
    if (own === 0) close();
    else block.push(own);
  }
  close();
  return Number.isFinite(depth) ? depth : 0;
}

/** The header line of a table whose columns are told apart by white space. */
import { type CellKind, isKnownName, meaningOfName } from './column-names.ts';

export interface HeaderColumn {
  name: string;
  kind: CellKind;
  /** Where the name stands in the header line. */
  start: number;
  end: number;
}

/** Names that are printed with a space in them. */
const NAMES_WITH_SPACE = [
  'PREV COMM',
  'PREV TID',
  'VQ Name',
  'In SGs',
  'Out SGs',
  'In BW',
  'Out BW',
  '# CALLS',
  '# ALLOCS',
  '# BYTES',
  'PPC HCALL',
  ...['Avg', 'Max', 'Total'].flatMap((what) => ['Spin', 'spin', 'Hold', 'hold', 'Wait'].map((of) => `${what} ${of}`)),
];

// TIME (us)   MIN (ms)
const NAME_AND_UNIT = /[A-Z]{2,8} \((?:s|ms|us|ns)\)/y;
// PID  TIME(s)  LAT(ms)  LADDR:LPORT  READ/s  HIT%  %RND  T>  (FLAGS)  R_Kb  C-COMM  I/O  TIME-UTC  TIME-+03
const NAME = /^(?:[A-Za-z%(][\w%/():>+-]*|-|->|>|<->)$/;
/** A header is one line of a terminal or two. */
const MAX_HEADER_LENGTH = 400;

/**
 * The columns of a line whose every word could be a column's name; null for any other line.
 * `PID    COMM               FD ERR PATH`
 */
export function headerColumns(line: string): HeaderColumn[] | null {
  if (line.length > MAX_HEADER_LENGTH) return null;
  const columns: HeaderColumn[] = [];
  for (let at = skipBlanks(line, 0); at < line.length; ) {
    const name = nameAt(line, at);
    if (!name.includes(' ') && !NAME.test(name)) return null;
    columns.push({ name, kind: meaningOfName(name).kind, start: at, end: at + name.length });
    at = skipBlanks(line, at + name.length);
  }
  return columns.length < 2 ? null : settleFreeText(withFlowMark(columns));
}

/** tcpretrans -c prints `<->` between the two ends, and does not say so in its header. */
function withFlowMark(columns: HeaderColumn[]): HeaderColumn[] {
  const [from, to, count] = columns;
  if (from?.name !== 'LADDR:LPORT' || to === undefined || count?.name !== 'RETRANSMITS') return columns;
  return [from, { name: '<->', kind: 'mark', start: to.start - 4, end: to.start - 1 }, to, count];
}

/** The columns of a header without spaces, `PID,COMM,IP,LADDR,…`; null for any other line. */
export function commaColumns(line: string): HeaderColumn[] | null {
  if (line.length > MAX_HEADER_LENGTH || !line.includes(',') || line.includes(' ')) return null;
  const names = line.split(',');
  if (!names.every((name) => NAME.test(name))) return null;
  return names.map((name) => ({ name, kind: meaningOfName(name).kind, start: 0, end: 0 }));
}

/**
 * Whether a header of no known tool is a table of processes and what they did, or of names that all are these tools'
 * (disksnoop's `TIME(s)  T  BYTES  LAT(ms)`).
 */
export function looksLikeEvents(columns: readonly HeaderColumn[]): boolean {
  const names = columns.map(({ name }) => name);
  const known = names.filter(isKnownName).length;
  if (known === names.length) return names.length > 2 && names.some((name) => name.endsWith('s)'));
  const ofProcesses = names.some((name) => /^P?COMM$/.test(name)) && names.some((name) => /^[PT]ID$/.test(name));
  return ofProcesses && known * 2 > names.length;
}

function nameAt(line: string, at: number): string {
  const spaced = NAMES_WITH_SPACE.find((name) => line.startsWith(name, at));
  if (spaced !== undefined) return spaced;
  NAME_AND_UNIT.lastIndex = at;
  const withUnit = NAME_AND_UNIT.exec(line);
  if (withUnit !== null) return withUnit[0];
  let end = at;
  while (end < line.length && line[end] !== ' ' && line[end] !== '\t') end++;
  return line.slice(at, end);
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (at < line.length && (line[at] === ' ' || line[at] === '\t')) at++;
  return at;
}

/** Words that may go on where nothing stands behind them: `std::vector<int, …>`, `/dev/shm/x (deleted)`. */
const LAST_TEXT: ReadonlySet<string> = new Set(['FUNC', 'NAME']);

/** Text at the end of a row may be anything, and so may what stands first before numbers only (`FUNC  COUNT`). */
function settleFreeText(columns: HeaderColumn[]): HeaderColumn[] {
  // shmsnoop: SHMAT returns an address, in hexadecimal without a mark.
  if (columns.some(({ name }) => name === 'SYS'))
    for (const column of columns) if (column.name === 'RET') column.kind = 'word';
  const last = columns.at(-1) as HeaderColumn;
  if (last.kind === 'unknown' || (last.kind === 'word' && LAST_TEXT.has(last.name))) last.kind = 'free';
  const [first, ...others] = columns as [HeaderColumn, ...HeaderColumn[]];
  if (others.every(({ kind }) => kind === 'integer' || kind === 'number' || kind === 'amount') && first.kind === 'word')
    first.kind = 'free';
  return columns;
}

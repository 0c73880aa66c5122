/**
 * CSV with a header line (RFC 4180), its delimiter a comma, a semicolon, a tab or a bar.
 *
 *     time,device,latency_ms
 *     "10:00:01","sda, the first",4.2
 */
import Papa from 'papaparse';
import { toolsOfHeader } from '../bcc/signatures.ts';
import { commaColumns } from '../bcc/table-header.ts';
import type { Grammar, Head, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { isPreamble } from '../terminal.ts';
import { CsvTable, fieldsOf, fieldsUnder } from './csv-table.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** A quoted field may go over several lines; one that goes over more than this was never closed. */
const MAX_RECORD_LINES = 1000;
const MAX_COLUMNS = 1000;
const BYTE_ORDER_MARK = '\ufeff';

export const csv: Grammar = {
  name: 'csv',
  claims: (head) => delimiterOf(head) !== null,
  begins: {
    like: /^[^\s,;|\d]\S*[,;|]\S*$/,
    sure: ([first = '', second = '', ...others]) =>
      second !== '' && csv.claims({ lines: [first, second, ...others], complete: false }),
  },
  reader: (context) => {
    const ledger = new LineLedger();
    return lineReader(new CsvParser(context, ledger), ledger);
  },
};

/** The delimiter under which the head is a table with a header; null where it is none. */
function delimiterOf({ lines, complete }: Head): string | null {
  const first = lines[0]?.replace(BYTE_ORDER_MARK, '') ?? '';
  if (lines.length < 2 && !complete) return null;
  // The unquoted CSV of the bcc tools is theirs: Papa would take a comm that begins with a quote for a quoted field.
  const bcc = commaColumns(first);
  if (bcc !== null && toolsOfHeader(bcc).length > 0) return null;
  return DELIMITERS.find((delimiter) => isTable(first, lines.slice(1), delimiter)) ?? null;
}

/** So many records decide. */
const HEAD_RECORDS = 200;
/** A table has some damaged records; a text with as many commas by chance has more. */
const FITTING_TENTHS = 8;
/** Two columns are soon found in prose: fewer than this many records with them are no table. */
const FEW_RECORDS = 2;

/** log4j and others print milliseconds behind a comma: `2023-10-09 14:03:20,123 INFO`. */
const COMMA_IN_TIME = /\d\d:\d\d:\d\d,\d{3}(?!\d)/;

function isTable(first: string, others: readonly string[], delimiter: string): boolean {
  if (!first.includes(delimiter)) return false;
  const header = recordsOf(first, delimiter)[0] ?? [];
  if (header.length < 2 || !isHeader(header) || COMMA_IN_TIME.test(first)) return false;
  const sample = others.filter((line) => line !== '').slice(0, HEAD_RECORDS);
  const records = recordsOf(sample.join('\n'), delimiter);
  const fitting = records.filter((record) => fieldsUnder(header, record) !== null).length;
  if (records.length === 0 || sample.length === 0) return header.length > 2;
  return fitting * 10 >= records.length * FITTING_TENTHS && (header.length > 2 || fitting >= FEW_RECORDS);
}

/** The last record of a head may be cut inside a quoted field: it is left out. */
function recordsOf(text: string, delimiter: string): string[][] {
  // Of a table whose rows begin with a name, each may be another table's heading: Papa takes ten times as long.
  if (!/["\r]/.test(text)) return text === '' ? [] : text.split('\n').map((line) => line.split(delimiter));
  const { data, errors } = Papa.parse<string[]>(text, { delimiter });
  return errors.length > 0 ? data.slice(0, -1) : data;
}

// time   latency (ms)   %usr   Disk-Read/s   host.name   p99_us   95th   rate [1/s]
const COLUMN_NAME = /^[\p{L}\p{N}_%#@$(*][^\p{Cc},;|"{}<>=]{0,80}$/u;
/**
 * `swapper;start_kernel 12` is a folded stack, 10:15:20 or 10:15:20 AM a time, 1.5 a value: none is
 * a name.
 */
const NO_NAME = / \d+$|^[\d.:+-]+$|^\d\d?:\d\d/;

// usr sys idl wai stl| read  writ| recv  send|  in   out | int   csw
/** Columns that are laid out by blanks between their marks are dstat's. */
const LAID_OUT = /\S {2,20}\S/;

/** Names that are names, each once. The first may be empty: that is how pandas writes its index. */
function isHeader(names: readonly string[]): boolean {
  const trimmed = names.map((name) => name.trim());
  const named = trimmed[0] === '' ? trimmed.slice(1) : trimmed;
  return (
    new Set(trimmed).size === names.length &&
    names.length <= MAX_COLUMNS &&
    named.length > 0 &&
    named.every((name) => COLUMN_NAME.test(name) && !NO_NAME.test(name) && !LAID_OUT.test(name)) &&
    !named[0]?.startsWith('# ')
  );
}

class CsvParser implements LineParser {
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private table: CsvTable | null = null;
  private readonly open: string[] = [];

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  row(bytes: Uint8Array, from: number, to: number, number: number): boolean {
    if (this.table === null || this.open.length > 0 || from === to) return false;
    return this.table.addPlain(bytes, from, to, number);
  }

  line(text: string, number: number): LineVerdict {
    if (this.table === null) return this.header(text.replace(BYTE_ORDER_MARK, ''));
    if (text === '' && this.open.length === 0) return 'noise';
    this.open.push(text);
    if (this.open.length < MAX_RECORD_LINES && this.table.endsInQuotes(text, this.open.length > 1)) return 'read';
    return this.close(number);
  }

  end() {
    const left = this.open.length;
    if (left > 0) this.withdraw(this.open.splice(0), this.ledger.lines + 1, 'a quoted field that is never closed');
    return { datasets: this.table === null ? [] : [this.table.dataset(this.context)] };
  }

  private header(text: string): LineVerdict {
    const delimiter = DELIMITERS.find((mark) => isHeader(fieldsOf(text, mark)) && text.includes(mark));
    if (delimiter === undefined) return { unread: 'is no header of a table' };
    this.table = new CsvTable(fieldsOf(text, delimiter), delimiter);
    return 'read';
  }

  /** The record that ends on this line. */
  private close(number: number): LineVerdict {
    const lines = this.open.splice(0);
    const why = (this.table as CsvTable).add(lines.join('\n'), number - lines.length + 1);
    if (why === null) return 'read';
    if (lines.length === 1 && isPreamble(lines[0] as string)) return 'noise';
    this.withdraw(lines.slice(0, -1), number, why);
    return { unread: why };
  }

  /** The lines before line `next` that were taken for the beginning of a record. */
  private withdraw(lines: readonly string[], next: number, why: string): void {
    lines.forEach((text, i) => {
      this.ledger.withdraw(next - lines.length + i, text, why);
    });
  }
}

/** The records in the output of bpftrace -f json, one per line, or spread over several lines by a pretty-printer on the way. */

import type { LineLedger, LineVerdict } from '../lines.ts';
import type { MapEntry } from './entry.ts';
import { entriesOf, type JsonRecord, jsonRecord } from './json.ts';
import type { Keys } from './keys.ts';
import type { Facts } from './map-reader.ts';

const OF_MAPS = ['map', 'hist', 'stats', 'tseries'];
/** What the program printed. */
const SPOKEN = ['printf', 'time', 'value', 'cat', 'join', 'syscall'];
/** What bpftrace says of itself, worth a note. */
const COMPLAINTS = ['lost_events', 'helper_error', 'runtime_error', 'print_error'];
const QUIET = ['attached_probes', 'benchmark_results'];
const KNOWN = [...OF_MAPS, ...SPOKEN, ...COMPLAINTS, ...QUIET];
// {"type": "attached_probes", "data": {"probes": 2}}
const RECORD_START = new RegExp(`^\\{\\s*"type"\\s*:\\s*"(?:${KNOWN.join('|')})"\\s*[,}]`);
const MAX_RECORD_LINES = 100_000;

export function looksLikeJson(lines: readonly string[]): boolean {
  return RECORD_START.test(lines.slice(0, 3).join(' '));
}

/** What became of a line of JSON: what the program said in it, line by line, and what of its maps it told. */
export interface JsonLine {
  verdict: LineVerdict;
  said: string[];
  entries: readonly MapEntry[];
}

const NOTHING = { said: [], entries: [] };

export class JsonReader {
  private readonly ledger: LineLedger;
  private readonly keys: Keys;
  private pending: { number: number; text: string }[] = [];
  private depth = 0;

  constructor(ledger: LineLedger, keys: Keys) {
    this.ledger = ledger;
    this.keys = keys;
  }

  /** Whether a record goes on with the next line. */
  isOpen(): boolean {
    return this.pending.length > 0;
  }

  /** @returns null for a line that is not JSON */
  take(text: string, facts: Facts): JsonLine | null {
    if (this.pending.length === 0 && !text.startsWith('{')) return null;
    const whole = this.pending.length === 0 ? jsonRecord(text) : null;
    if (whole !== null) return this.read(whole, facts);
    return this.takePart(text, facts);
  }

  end(): void {
    for (const { number, text } of this.pending) this.ledger.withdraw(number, text, 'a JSON record without its end');
    this.pending = [];
    this.depth = 0;
  }

  private takePart(text: string, facts: Facts): JsonLine | null {
    const depth = this.depth + nesting(text);
    if (this.pending.length === 0 && (depth <= 0 || !/^\{\s*(?:"type"|$)/.test(text))) return null;
    if (this.pending.length >= MAX_RECORD_LINES) this.end();
    this.depth = depth;
    this.pending.push({ number: facts.line, text });
    if (depth > 0) return { verdict: 'read', ...NOTHING };
    const record = jsonRecord(this.pending.map((line) => line.text).join('\n'));
    if (record === null) {
      const why = 'not a record of bpftrace';
      for (const line of this.pending.slice(0, -1)) this.ledger.withdraw(line.number, line.text, why);
      this.pending = [];
      this.depth = 0;
      return { verdict: { unread: why }, ...NOTHING };
    }
    const start = this.pending[0]?.number ?? facts.line;
    this.pending = [];
    this.depth = 0;
    return this.read(record, { ...facts, line: start });
  }

  private read(record: JsonRecord, facts: Facts): JsonLine {
    const isOfData = OF_MAPS.includes(record.type) || SPOKEN.includes(record.type);
    if (isOfData && record.data === undefined) return { verdict: { unread: 'a JSON record without data' }, ...NOTHING };
    if (OF_MAPS.includes(record.type)) {
      return { verdict: 'read', said: [], entries: entriesOf(record, facts, this.keys) };
    }
    if (SPOKEN.includes(record.type)) return { verdict: 'read', said: textOf(record.data), entries: [] };
    if (COMPLAINTS.includes(record.type)) this.ledger.note(complaintOf(record));
    if (COMPLAINTS.includes(record.type) || QUIET.includes(record.type)) return { verdict: 'noise', ...NOTHING };
    return { verdict: { unread: 'a JSON record of a type that is not known' }, ...NOTHING };
  }
}

function textOf(data: unknown): string[] {
  return plain(data).replace(/\n$/, '').split('\n');
}

/** A text as it is, anything else as JSON: an object may hold a `toString` that is none. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** lost_events has its number beside the type, or among the data, by version. */
function complaintOf({ type, data, rest }: JsonRecord): string {
  const facts = typeof data === 'object' && data !== null ? { ...rest, ...data } : rest;
  return [type, ...Object.entries(facts).map(([name, value]) => `${name} ${plain(value)}`)].join(' ');
}

/** How many brackets a line opens more than it closes; those in strings are text. */
function nesting(text: string): number {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString && character === '\\') i++;
    else if (character === '"') inString = !inString;
    else if (!inString && (character === '{' || character === '[')) depth++;
    else if (!inString && (character === '}' || character === ']')) depth--;
  }
  return depth;
}

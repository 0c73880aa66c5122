/** Formats that are one document: all of it must be there before any of it is read. */
import type { Dataset } from '../../datasets/shapes.ts';
import type { Head, ParseContext, Parsed, Reader } from '../grammar.ts';
import { LineLedger } from '../lines.ts';

/** The longest text that V8 makes one string of is some 512 MB. */
const MAX_BYTES = 500_000_000;
const NEWLINE = 0x0a;

/** What a document is that is not what it should be; said with it. */
export class BadDocument extends Error {}

/**
 * A reader of JSON. What cannot be read is said, with what is wrong: a JSON that was cut says nothing.
 * @param read what is in it, given what JSON.parse makes of it; raises BadDocument
 */
export function jsonReader(
  context: ParseContext,
  read: (json: unknown, ledger: LineLedger, context: ParseContext) => Dataset[],
  tool: string,
): Reader {
  return documentReader(context, (bytes, ledger) => read(parsed(bytes), ledger, context), tool);
}

/** The same of any bytes. */
export function documentReader(
  context: ParseContext,
  read: (bytes: Uint8Array, ledger: LineLedger) => Dataset[],
  tool: string,
): Reader {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let lines = 0;
  let last = NEWLINE;
  return {
    write(chunk) {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
      last = chunk.at(-1) ?? last;
      size += chunk.length;
      if (size <= MAX_BYTES) chunks.push(Uint8Array.from(chunk));
      else chunks.length = 0;
    },
    end(): Parsed {
      const ledger = new LineLedger();
      const all = lines + (last === NEWLINE ? 0 : 1);
      let datasets: Dataset[] = [];
      try {
        if (size > MAX_BYTES) throw new BadDocument(`longer than ${MAX_BYTES / 1e6} MB`);
        datasets = read(Buffer.concat(chunks), ledger);
      } catch (error) {
        if (!(error instanceof BadDocument)) throw error;
        ledger.addUnread(1, context.name, error.message);
        ledger.unreadCount = Math.max(all, 1);
      }
      ledger.close(Math.max(all, ledger.unreadCount), 0);
      return ledger.parsed(datasets, context.tool ?? tool);
    },
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BadDocument(`not JSON, or cut short: ${(error as Error).message}`);
  }
}

/** The beginning of a file of JSON; empty where it does not begin as one. */
export function jsonHead({ lines }: Head): string {
  const text = lines.join('\n').trimStart();
  return text.startsWith('{') || text.startsWith('[') ? text : '';
}

type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

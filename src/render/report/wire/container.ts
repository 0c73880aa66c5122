/**
 * The report's data in one run of bytes: a JSON text, and beside it numbered blobs of columns and texts that it names by
 * index, which are read when they are looked at and not before.
 */
import { ByteReader, ByteWriter, readColumn, writeColumn } from './columns.ts';

/** A blob's number. */
export type Ref = number;

export class BlobWriter {
  private readonly blobs: Uint8Array[] = [];
  private readonly written = new Map<object, unknown>();
  /** Columns of numbers by their checksums. */
  private readonly columns = new Map<number, Ref[]>();

  /** Columns of the same numbers are one blob: a table's and those of the text that it was read from. */
  numbers(values: ArrayLike<number>): Ref {
    const writer = new ByteWriter();
    writeColumn(writer, values);
    const bytes = writer.view();
    const sum = checksum(bytes);
    const alike = this.columns.get(sum) ?? [];
    const known = alike.find((ref) => isSame(this.blobs[ref] as Uint8Array, bytes));
    if (known !== undefined) return known;
    const ref = this.blobs.push(bytes) - 1;
    this.columns.set(sum, [...alike, ref]);
    return ref;
  }

  text(text: string): Ref {
    return this.blobs.push(new TextEncoder().encode(text)) - 1;
  }

  /** What `make` writes for a thing, once: profiles of one file have one table of frames. */
  once<T>(thing: object, make: () => T): T {
    const known = this.written.get(thing) as T | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.written.set(thing, made);
    return made;
  }

  /** The JSON of `value` and every blob there is. */
  finish(value: unknown): Uint8Array {
    const writer = new ByteWriter();
    const json = new TextEncoder().encode(JSON.stringify(value));
    writer.unsigned(this.blobs.length);
    for (const blob of [json, ...this.blobs]) writer.unsigned(blob.length);
    for (const blob of [json, ...this.blobs]) writer.append(blob);
    return writer.view();
  }
}

export class BlobReader {
  readonly json: unknown;
  private readonly blobs: Uint8Array[];
  private room: number;

  /** @param room how many numbers may be read in all: a few bytes can say that there are billions */
  constructor(bytes: Uint8Array, room = Number.POSITIVE_INFINITY) {
    this.room = room;
    const reader = new ByteReader(bytes);
    const count = reader.unsigned() + 1;
    if (!(count <= bytes.length)) throw new RangeError('more parts than bytes');
    const lengths = Array.from({ length: count }, () => 0);
    for (let i = 0; i < lengths.length; i++) lengths[i] = reader.unsigned();
    const [json, ...blobs] = lengths.map((length) => reader.take(length));
    this.json = JSON.parse(new TextDecoder().decode(json));
    this.blobs = blobs;
  }

  numbers(ref: Ref): Float64Array {
    const column = readColumn(new ByteReader(this.blobs[ref] as Uint8Array), this.room);
    this.room -= column.length;
    return column;
  }

  text(ref: Ref): string {
    // A byte order mark is a character of the text like any other.
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.blobs[ref]);
  }
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/). */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

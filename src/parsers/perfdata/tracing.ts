/**
 * The formats of tracepoints, as the kernel tells them in /sys/kernel/tracing/events and perf writes them into the file.
 *
 * tools/perf/util/trace-event-info.c (tracing_data_get) of Linux
 */
import { Cursor } from './cursor.ts';

export interface Field {
  name: string;
  offset: number;
  size: number;
  signed: boolean;
}

export interface Format {
  /** `sched:sched_switch` */
  name: string;
  fields: Field[];
}

/** By the number of the tracepoint. */
export type Tracing = ReadonlyMap<number, Format>;

const MAGIC = '\u0017\u0008\u0044tracing';
/** More than any kernel has. */
const MAX_FORMATS = 1 << 16;

// name: sched_switch
const NAME = /^name: (\S+)/m;
// ID: 316
const ID = /^ID: (\d+)/m;
// 	field:pid_t prev_pid;	offset:24;	size:4;	signed:1;
const FIELD = /^\tfield:([^;]*?)(\w+)(?:\[[^\]]*\])?;\s*offset:(\d+);\s*size:(\d+);(?:\s*signed:(\d))?/gm;

/** Reads the section. What is damaged in it is left out, with what comes behind it. */
export function readFormats(section: Uint8Array): Tracing {
  const formats = new Map<number, Format>();
  try {
    readAll(section, formats);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return formats;
}

function readAll(section: Uint8Array, formats: Map<number, Format>): void {
  if (new TextDecoder('latin1').decode(section.subarray(0, MAGIC.length)) !== MAGIC) return;
  const first = new Cursor(section, true, MAGIC.length);
  skipText(first);
  const cursor = new Cursor(section, first.u8() === 0, first.at);
  // The size of a long, the size of a page.
  cursor.skip(1 + 4);
  for (const header of ['header_page', 'header_event']) {
    cursor.skip(header.length + 1);
    cursor.skip(cursor.number());
  }
  // Of ftrace itself, then of each system.
  readSystem(cursor, 'ftrace', formats);
  const systems = cursor.u32();
  for (let i = 0; i < systems && i < MAX_FORMATS; i++) readSystem(cursor, skipText(cursor), formats);
}

function readSystem(cursor: Cursor, system: string, formats: Map<number, Format>): void {
  const count = cursor.u32();
  for (let i = 0; i < count && i < MAX_FORMATS; i++) {
    const size = cursor.number();
    if (size > cursor.left) throw new RangeError('a format goes on behind its section');
    const text = cursor.text(size);
    const [, name] = NAME.exec(text) ?? [];
    const [, id] = ID.exec(text) ?? [];
    if (name !== undefined && id !== undefined)
      formats.set(Number(id), { name: `${system}:${name}`, fields: fieldsOf(text) });
  }
}

function fieldsOf(text: string): Field[] {
  return [...text.matchAll(FIELD)].map(([, , name, offset, size, signed]) => ({
    name: name as string,
    offset: Number(offset),
    size: Number(size),
    signed: signed === '1',
  }));
}

function skipText(cursor: Cursor): string {
  const end = cursor.bytes.indexOf(0, cursor.at);
  if (end < 0) throw new RangeError('a text without an end');
  return cursor.text(end + 1 - cursor.at);
}

/** Reads a number of a tracepoint; null where the record is shorter. */
export function fieldIn(bytes: Uint8Array, { offset, size, signed }: Field, little: boolean): number | null {
  if (offset + size > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, size);
  if (size === 8) return Number(signed ? view.getBigInt64(0, little) : view.getBigUint64(0, little));
  if (size === 4) return signed ? view.getInt32(0, little) : view.getUint32(0, little);
  if (size === 2) return signed ? view.getInt16(0, little) : view.getUint16(0, little);
  return size === 1 ? (signed ? view.getInt8(0) : view.getUint8(0)) : null;
}

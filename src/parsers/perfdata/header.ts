/**
 * The beginning of perf.data: where its records are, what its events are, and what perf wrote of the machine.
 *
 * tools/perf/Documentation/perf.data-file-format.txt of Linux
 */
import { type Bytes, bytesAt } from '../../symbols/bytes.ts';
import { type Attributes, readAttributes } from './attributes.ts';
import { Cursor } from './cursor.ts';
import { type Facts, noFacts, readFeature } from './features.ts';

export interface RecordedEvent {
  attributes: Attributes;
  /** What its samples bear; none where there is one event. */
  ids: bigint[];
  /** Empty where the file does not tell it. */
  name: string;
}

export interface Header {
  little: boolean;
  /** Written to a pipe: what others have in the header stands among the records. */
  isPipe: boolean;
  /** The records. */
  start: number;
  end: number;
  events: RecordedEvent[];
  facts: Facts;
  /** What of it is damaged or missing, in words. */
  damage: string[];
}

/** PERF_MAGIC2, as a little-endian machine writes it. */
const MAGIC = 'PERFILE2';
const HEADER_BYTES = 104;
const PIPE_BYTES = 16;
const FEATURE_BITS = 256;
/** More events than anybody records. */
const MAX_EVENTS = 1 << 14;
/** The formats of all tracepoints are some 3 MB. */
const MAX_SECTION_BYTES = 64 << 20;

/** Reads the header of a recording. What cannot be read of it is said in `damage`. */
export function readHeader(recording: Bytes): Header {
  const first = bytesAt(recording, 0, HEADER_BYTES);
  const little = new TextDecoder('latin1').decode(first.subarray(0, MAGIC.length)) === MAGIC;
  const cursor = new Cursor(first, little, MAGIC.length);
  const header: Header = {
    little,
    isPipe: false,
    start: 0,
    end: recording.size,
    events: [],
    facts: noFacts(),
    damage: [],
  };
  if (cursor.left >= 8 && cursor.number() === PIPE_BYTES) return { ...header, isPipe: true, start: PIPE_BYTES };
  if (first.length < HEADER_BYTES) return { ...header, start: recording.size, damage: ['cut short in its header'] };
  const attributeBytes = cursor.number();
  const [attributes, data] = [readSection(cursor), readSection(cursor)];
  header.start = data.offset;
  // perf writes the size when it is done: 0 is that of one that was killed.
  const isOpen = data.size === 0;
  if (isOpen) header.damage.push('perf record did not finish it: nothing tells build IDs or the host');
  else header.end = data.offset + data.size;
  attempt(header, 'its events', () => {
    header.events = readEvents(recording, attributes, attributeBytes, header);
  });
  // The types of events, as perf before 3.10 wrote them.
  cursor.skip(16);
  if (!isOpen) readFeatures(recording, header, cursor.bytes.subarray(cursor.at));
  if (header.end > recording.size) {
    header.damage.push(`cut short: ${recording.size} of ${header.end} bytes of records are there`);
    header.end = recording.size;
  }
  nameEvents(header);
  return header;
}

/** Names of events, and identifiers that their own section lacks. */
export function nameEvents({ events, facts }: Pick<Header, 'events' | 'facts'>): void {
  facts.events.forEach(({ name, ids }, i) => {
    const event = events[i];
    if (event === undefined) return;
    event.name = name;
    if (event.ids.length === 0) event.ids = ids;
  });
}

interface Section {
  offset: number;
  size: number;
}

function readSection(cursor: Cursor): Section {
  return { offset: cursor.number(), size: cursor.number() };
}

function readEvents(recording: Bytes, section: Section, bytes: number, { little, damage }: Header): RecordedEvent[] {
  const count = Math.floor(section.size / bytes);
  // An event's attributes, then where its identifiers are.
  const attributeBytes = bytes - 16;
  if (!(count <= MAX_EVENTS && bytes < 4096)) throw new RangeError('more events than anybody records');
  const cursor = new Cursor(bytesAt(recording, section.offset, count * bytes), little);
  // No two events share the place of their identifiers: all of them are no more than the file.
  let room = recording.size;
  const events = Array.from({ length: count }, () => {
    const start = cursor.at;
    const attributes = readAttributes(cursor, attributeBytes);
    cursor.at = start + attributeBytes;
    const { offset, size } = readSection(cursor);
    const ids = readIds(recording, { offset, size: Math.min(size, Math.max(room, 0)) }, little);
    room -= size;
    return { attributes, ids, name: '' };
  });
  if (room < 0) damage.push('identifiers of its events: damaged');
  return events;
}

function readIds(recording: Bytes, { offset, size }: Section, little: boolean): bigint[] {
  const cursor = new Cursor(bytesAt(recording, offset, Math.min(size, MAX_SECTION_BYTES)), little);
  return Array.from({ length: Math.floor(cursor.left / 8) }, () => cursor.u64());
}

/** Behind the records stands for each feature, in the order of their numbers, where its section is. */
function readFeatures(recording: Bytes, header: Header, bits: Uint8Array): void {
  const features = Array.from({ length: FEATURE_BITS }, (_, bit) => bit).filter((bit) => hasBit(bits, bit, header));
  const table = new Cursor(bytesAt(recording, header.end, features.length * 16), header.little);
  for (const feature of features) {
    attempt(header, `what it tells of the host (section ${feature})`, () => {
      const { offset, size } = readSection(table);
      if (size > MAX_SECTION_BYTES) throw new RangeError('larger than any');
      readFeature(feature, bytesAt(recording, offset, size), header.little, header.facts);
    });
  }
}

/** The bits are words of 64 bits in the writer's order. */
function hasBit(bits: Uint8Array, bit: number, { little }: Header): boolean {
  const byte = little ? bit >> 3 : ((bit >> 6) << 3) + 7 - ((bit & 63) >> 3);
  return (((bits[byte] ?? 0) >> (bit & 7)) & 1) !== 0;
}

/** Does what may meet the end of its bytes: what is damaged then is said. */
function attempt({ damage }: Header, what: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    damage.push(`${what}: damaged or cut short`);
  }
}

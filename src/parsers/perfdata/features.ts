/**
 * What perf writes of the machine and of itself, behind the records or, in a pipe, among them.
 *
 * tools/perf/Documentation/perf.data-file-format.txt, tools/perf/util/header.c of Linux
 */
import { hex } from '../../symbols/bytes.ts';
import { readAttributes } from './attributes.ts';
import { Cursor } from './cursor.ts';
import { readFormats, type Tracing } from './tracing.ts';

/** Numbers of the sections: HEADER_* in tools/perf/util/header.h. */
export const Feature = {
  tracing: 1,
  buildIds: 2,
  hostname: 3,
  release: 4,
  version: 5,
  arch: 6,
  cpus: 7,
  memory: 10,
  command: 11,
  events: 12,
  clockData: 29,
} as const;

export interface Facts {
  hostname: string;
  kernel: string;
  /** Of perf. */
  version: string;
  arch: string;
  cpus: number | null;
  memoryBytes: number | null;
  /** The command line of perf record. */
  command: string;
  /** Which clock the samples' times are of, with what it and the wall clock showed at one moment, in nanoseconds. */
  clock: { id: number; wall: bigint; own: bigint } | null;
  /** In hexadecimal digits, by the path of the file as it was mapped. */
  buildIds: Map<string, string>;
  /** The name of each event and the identifiers its samples bear. */
  events: { name: string; ids: bigint[] }[];
  tracing: Tracing | null;
}

export function noFacts(): Facts {
  return {
    hostname: '',
    kernel: '',
    version: '',
    arch: '',
    cpus: null,
    memoryBytes: null,
    command: '',
    clock: null,
    buildIds: new Map(),
    events: [],
    tracing: null,
  };
}

/** More events, words of a command line or identifiers than anybody records. */
const MAX_ITEMS = 1 << 17;

/** Adds what a section tells. Raises RangeError where it is cut short. */
export function readFeature(feature: number, section: Uint8Array, little: boolean, facts: Facts): void {
  const cursor = new Cursor(section, little);
  switch (feature) {
    case Feature.tracing:
      facts.tracing = readFormats(section);
      break;
    case Feature.buildIds:
      readBuildIds(cursor, facts.buildIds);
      break;
    case Feature.hostname:
      facts.hostname = cursor.string();
      break;
    case Feature.release:
      facts.kernel = cursor.string();
      break;
    case Feature.version:
      facts.version = cursor.string();
      break;
    case Feature.arch:
      facts.arch = cursor.string();
      break;
    case Feature.cpus:
      // Available, then online.
      facts.cpus = cursor.skip(4).u32();
      break;
    case Feature.memory:
      facts.memoryBytes = cursor.number() * 1024;
      break;
    case Feature.command:
      facts.command = repeated(cursor, () => cursor.string()).join(' ');
      break;
    case Feature.events:
      facts.events = readEvents(cursor);
      break;
    case Feature.clockData:
      facts.clock = readClock(cursor);
      break;
  }
}

function repeated<T>(cursor: Cursor, read: () => T): T[] {
  const count = cursor.u32();
  if (count > MAX_ITEMS) throw new RangeError('more items than anybody records');
  return Array.from({ length: count }, read);
}

function readEvents(cursor: Cursor): Facts['events'] {
  const [count, size] = [cursor.u32(), cursor.u32()];
  if (count > MAX_ITEMS) throw new RangeError('more events than anybody records');
  return Array.from({ length: count }, () => {
    readAttributes(cursor, size);
    const ids = cursor.u32();
    const name = cursor.string();
    if (ids * 8 > cursor.left) throw new RangeError('identifiers go on behind their section');
    return { name, ids: Array.from({ length: ids }, () => cursor.u64()) };
  });
}

function readClock(cursor: Cursor): Facts['clock'] {
  const [version, id] = [cursor.u32(), cursor.u32()];
  return version === 1 ? { id, wall: cursor.u64(), own: cursor.u64() } : null;
}

/** Records of their own kind: header, pid, 20 bytes of build ID and 4 that may say how many of them count, the file's name. */
function readBuildIds(cursor: Cursor, buildIds: Map<string, string>): void {
  while (cursor.left >= 36) {
    const start = cursor.at;
    const size = cursor.skip(6).u16();
    if (size < 36 || size > cursor.left + 8) return;
    cursor.at = start;
    const { path, buildId } = buildIdRecord(cursor, size);
    buildIds.set(path, buildId);
    cursor.at = start + size;
  }
}

/** PERF_RECORD_MISC_BUILD_ID_SIZE: the length of the build ID stands behind it. */
const HAS_SIZE = 1 << 15;

/** One of those records, `size` bytes of it. */
export function buildIdRecord(cursor: Cursor, size: number): { path: string; buildId: string } {
  const start = cursor.at;
  const misc = cursor.skip(4).u16();
  const told = cursor.bytes[start + 12 + 20] as number;
  const id = cursor.bytes.subarray(start + 12, start + 12 + ((misc & HAS_SIZE) !== 0 ? Math.min(told, 20) : 20));
  cursor.at = start + 36;
  return { path: cursor.text(size - 36), buildId: digitsOf(id) };
}

/** In digits; empty where all of it is zero, as for a file that has none. */
export function digitsOf(id: Uint8Array): string {
  return id.every((byte) => byte === 0) ? '' : hex(id);
}

/**
 * The records around the samples that say what ran and what was mapped.
 *
 * enum perf_event_type in include/uapi/linux/perf_event.h of Linux
 */
import { type Attributes, SampleType } from './attributes.ts';
import type { Cursor } from './cursor.ts';
import { digitsOf } from './features.ts';

export const RecordType = {
  mmap: 1,
  lost: 2,
  comm: 3,
  exit: 4,
  throttle: 5,
  unthrottle: 6,
  fork: 7,
  read: 8,
  sample: 9,
  mmap2: 10,
  lostSamples: 13,
  ksymbol: 17,
  // perf's own, from 64 on: tools/lib/perf/include/perf/event.h
  headerAttr: 64,
  eventType: 65,
  tracingData: 66,
  buildId: 67,
  finishedRound: 68,
  auxtrace: 71,
  eventUpdate: 78,
  feature: 80,
  compressed: 81,
  compressed2: 83,
} as const;

/** Bits of a record's `misc`. */
const Misc = {
  cpuMode: 7,
  /** FORK: written by perf for a task that ran already, which has its own mappings told. */
  exec: 1 << 13,
  /** MMAP2: a build ID in place of the inode. */
  buildId: 1 << 14,
} as const;
const KERNEL_MODE = 1;
const PROT_EXEC = 4;

/** When a record was written, as a pair: the order in the file tells what the time does not. */
export interface Moment {
  /** Nanoseconds since a time of the recording's own; -Infinity for what perf wrote of what was there before. */
  time: number;
  order: number;
}

export interface Mapping {
  what: 'map';
  pid: number;
  inKernel: boolean;
  start: bigint;
  size: bigint;
  /** Where in the file. */
  offset: bigint;
  path: string;
  executable: boolean;
  /** Empty where the record tells none. */
  buildId: string;
  /** The device and inode of the file, where told. */
  inode: { major: number; minor: number; number: bigint } | null;
}

export type SideRecord = Moment &
  (
    | Mapping
    | { what: 'comm'; pid: number; tid: number; comm: string }
    | { what: 'fork'; pid: number; tid: number; parentPid: number; parentTid: number; copiesMaps: boolean }
    | { what: 'symbol'; start: bigint; size: number; name: string; gone: boolean }
  );

/** Reads a record behind its header; null for one that tells nothing of what ran or was mapped. Raises RangeError where it is cut short. */
export function readSideRecord(type: number, misc: number, cursor: Cursor, moment: Moment): SideRecord | null {
  switch (type) {
    case RecordType.comm:
      return readComm(cursor, moment);
    case RecordType.fork:
      return readFork(misc, cursor, moment);
    case RecordType.mmap:
    case RecordType.mmap2:
      return readMapping(type, misc, cursor, moment);
    case RecordType.ksymbol:
      return readKsymbol(cursor, moment);
    default:
      return null;
  }
}

// Objects of one layout each, and none spread into another: there is one for each process and file of a day.

function readComm(cursor: Cursor, { time, order }: Moment): SideRecord {
  const [pid, tid] = [cursor.u32(), cursor.u32()];
  const comm = cursor.text(Math.min(16, cursor.left));
  return { what: 'comm', time, order, pid, tid, comm };
}

function readFork(misc: number, cursor: Cursor, { time, order }: Moment): SideRecord {
  const [pid, parentPid, tid, parentTid] = [cursor.u32(), cursor.u32(), cursor.u32(), cursor.u32()];
  return { what: 'fork', time, order, pid, tid, parentPid, parentTid, copiesMaps: (misc & Misc.exec) === 0 };
}

function readMapping(type: number, misc: number, cursor: Cursor, { time, order }: Moment): SideRecord {
  const isLong = type === RecordType.mmap2;
  const pid = cursor.u32();
  const [start, size, offset] = [cursor.skip(4).u64(), cursor.u64(), cursor.u64()];
  const { buildId, inode } = isLong ? fileOf(cursor, (misc & Misc.buildId) !== 0) : NO_FILE;
  const executable = isLong ? (cursor.u32() & PROT_EXEC) !== 0 : (misc & Misc.exec) === 0;
  const path = (isLong ? cursor.skip(4) : cursor).text();
  const inKernel = (misc & Misc.cpuMode) === KERNEL_MODE;
  return { what: 'map', time, order, pid, inKernel, start, size, offset, path, executable, buildId, inode };
}

function readKsymbol(cursor: Cursor, { time, order }: Moment): SideRecord {
  const [start, size] = [cursor.u64(), cursor.u32()];
  const gone = (cursor.skip(2).u16() & 1) !== 0;
  return { what: 'symbol', time, order, start, size, name: cursor.text(), gone };
}

const NO_FILE: Pick<Mapping, 'buildId' | 'inode'> = { buildId: '', inode: null };

/** 24 bytes that tell which file: its device and inode, or its build ID. */
function fileOf(cursor: Cursor, hasBuildId: boolean): Pick<Mapping, 'buildId' | 'inode'> {
  if (hasBuildId) {
    const size = Math.min(cursor.u8(), 20);
    const id = cursor.bytes.subarray(cursor.at + 3, cursor.at + 3 + size);
    cursor.skip(23);
    return { buildId: digitsOf(id), inode: null };
  }
  const [major, minor, number] = [cursor.u32(), cursor.u32(), cursor.u64()];
  cursor.skip(8);
  return { buildId: '', inode: number === 0n ? null : { major, minor, number } };
}

/**
 * Where before the end of a record its time stands: behind what it tells stand, in this order, as many of thread, time,
 * identifier, stream, CPU and identifier again as its event asked for. 0 where there is none.
 */
export function timeBeforeEnd({ sampleType, sampleIdAll }: Attributes): number {
  if (!sampleIdAll || (sampleType & SampleType.time) === 0) return 0;
  const behind = [SampleType.time, SampleType.id, SampleType.streamId, SampleType.cpu, SampleType.identifier];
  return behind.filter((bit) => (sampleType & bit) !== 0).length * 8;
}

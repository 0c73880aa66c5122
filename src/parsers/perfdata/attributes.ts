/**
 * perf_event_attr: what was asked of an event, and so which fields stand in its samples.
 *
 * include/uapi/linux/perf_event.h of Linux
 */
import type { Cursor } from './cursor.ts';

/** enum perf_event_sample_format */
export const SampleType = {
  ip: 1 << 0,
  tid: 1 << 1,
  time: 1 << 2,
  addr: 1 << 3,
  read: 1 << 4,
  callchain: 1 << 5,
  id: 1 << 6,
  cpu: 1 << 7,
  period: 1 << 8,
  streamId: 1 << 9,
  raw: 1 << 10,
  branchStack: 1 << 11,
  regsUser: 1 << 12,
  stackUser: 1 << 13,
  identifier: 1 << 16,
} as const;

/** enum perf_type_id */
export const EventType = { hardware: 0, software: 1, tracepoint: 2, cache: 3, raw: 4, breakpoint: 5 } as const;

const FLAG = { excludeUser: 4, excludeKernel: 5, excludeHv: 6, freq: 10, excludeHost: 19, excludeGuest: 20 } as const;
const PRECISE_AT = 15;
const SAMPLE_ID_ALL = 18;
/** PERF_SAMPLE_BRANCH_CALL_STACK, PERF_SAMPLE_BRANCH_HW_INDEX */
const BRANCH_CALL_STACK = 1 << 11;
const BRANCH_HW_INDEX = 1 << 17;
/** PERF_ATTR_SIZE_VER0, the first there was. */
const LEAST_SIZE = 64;
/** From PERF_ATTR_SIZE_VER5 on it has sample_max_stack. */
const SIZE_WITH_DEPTH = 112;

export interface Attributes {
  type: number;
  config: bigint;
  /** As told: how many events a sample stands for, or, where `freq`, how many samples a second were asked for. */
  period: number;
  freq: boolean;
  sampleType: number;
  readFormat: number;
  /** Records that are no samples end in when and where they were written. */
  sampleIdAll: boolean;
  /** What perf prints behind the name: `u`, `ppp`. */
  modifiers: string;
  branchesAreCalls: boolean;
  branchesHaveIndex: boolean;
  clockid: number | null;
  /** Written before 4.8, when perf and the kernel took no stack for deeper than 127 frames, though some were recorded. */
  hasFixedDepth: boolean;
}

/** Reads one, of `size` bytes; what a later version has behind them is left out. */
export function readAttributes(cursor: Cursor, size: number): Attributes {
  if (size < LEAST_SIZE || cursor.left < size) throw new RangeError('the attributes of an event are cut short');
  const end = cursor.at + size;
  const start = cursor.at;
  const type = cursor.u32();
  cursor.skip(4);
  const config = cursor.u64();
  const period = cursor.number();
  const sampleType = cursor.number();
  const readFormat = cursor.number();
  const flags = flagsOf(cursor);
  const has = (behind: number) => size >= behind;
  const branches = has(80) ? (cursor.skip(start + 72 - cursor.at).number() % 2 ** 32) | 0 : 0;
  const clockid = has(96) && flags(25) ? cursor.skip(start + 92 - cursor.at).i32() : null;
  cursor.at = end;
  return {
    type,
    config,
    period,
    freq: flags(FLAG.freq),
    sampleType,
    readFormat,
    sampleIdAll: flags(SAMPLE_ID_ALL),
    modifiers: modifiersOf(flags),
    branchesAreCalls: (branches & BRANCH_CALL_STACK) !== 0,
    branchesHaveIndex: (branches & BRANCH_HW_INDEX) !== 0,
    clockid,
    hasFixedDepth: size < SIZE_WITH_DEPTH,
  };
}

/** The bit field behind `read_format`: the first bit is the lowest where the writer is little-endian, else the highest of its byte. */
function flagsOf(cursor: Cursor): (bit: number) => boolean {
  const bytes = Uint8Array.from({ length: 8 }, () => cursor.u8());
  return (bit) => {
    const byte = bytes[bit >> 3] as number;
    return ((byte >> (cursor.little ? bit & 7 : 7 - (bit & 7))) & 1) !== 0;
  };
}

/** `evsel__add_modifiers` of perf: what was not left out, how precise, host or guest. */
function modifiersOf(flags: (bit: number) => boolean): string {
  const [user, kernel, hv] = [flags(FLAG.excludeUser), flags(FLAG.excludeKernel), flags(FLAG.excludeHv)];
  const precise = (flags(PRECISE_AT) ? 1 : 0) + (flags(PRECISE_AT + 1) ? 2 : 0);
  const [host, guest] = [flags(FLAG.excludeHost), flags(FLAG.excludeGuest)];
  const isNarrow = user || kernel || hv;
  let text = isNarrow ? `${kernel ? '' : 'k'}${user ? '' : 'u'}${hv ? '' : 'h'}` : '';
  text += 'p'.repeat(precise);
  if (host || guest === (isNarrow || precise > 0)) text += `${host ? '' : 'H'}${guest ? '' : 'G'}`;
  return text;
}

/** Where the fields of an event's samples are: `evsel__parse_sample` in tools/perf/util/evsel.c. */
import type { FoldEngine } from '../fold/engine.ts';
import { type Attributes, SampleType } from './attributes.ts';

export interface SampleLayout {
  /** From the beginning of the record, whose header is 8 bytes; 0 is none. */
  ip: number;
  tid: number;
  time: number;
  id: number;
  cpu: number;
  period: number;
  /** Where fields begin that may be of any length. */
  rest: number;
  readFormat: number;
  /** What a sample stands for where it does not say so. */
  weight: number;
  flags: number;
  /** Frames of a chain beyond these are left out, the root's. */
  depth: number;
}

/** PERF_MAX_STACK_DEPTH */
const FIXED_DEPTH = 127;
const NO_LIMIT = 0xffffffff;

/** As recording/sample.ts has them. */
const Flag = { read: 1, chain: 2, raw: 4, branches: 8, calls: 16, index: 32, stack: 64 } as const;
const ATTR_BYTES = 64;
const HEADER_BYTES = 8;

/** Fields of 8 bytes, in this order; the identifier stands twice where both forms of it were asked for. */
const FIXED = ['identifier', 'ip', 'tid', 'time', 'addr', 'id', 'streamId', 'cpu', 'period'] as const;

/** @param asPerf no chain is deeper than perf script takes it for, where nobody asks it for more */
export function layoutOf(attributes: Attributes, asPerf: boolean): SampleLayout {
  const { sampleType, readFormat, period } = attributes;
  const has = (field: keyof typeof SampleType) => (sampleType & SampleType[field]) !== 0;
  const place: Partial<Record<(typeof FIXED)[number], number>> = {};
  let rest = HEADER_BYTES;
  for (const field of FIXED) {
    if (!has(field)) continue;
    place[field] = rest;
    rest += 8;
  }
  const flags =
    (has('read') ? Flag.read : 0) |
    (has('callchain') ? Flag.chain : 0) |
    (has('raw') ? Flag.raw : 0) |
    (has('branchStack') ? Flag.branches : 0) |
    (has('branchStack') && attributes.branchesAreCalls ? Flag.calls : 0) |
    (attributes.branchesHaveIndex ? Flag.index : 0) |
    (has('stackUser') ? Flag.stack : 0);
  const depth = asPerf || attributes.hasFixedDepth ? FIXED_DEPTH : NO_LIMIT;
  const { identifier, ip = 0, tid = 0, time = 0, id = 0, cpu = 0, period: periodAt = 0 } = place;
  return { ip, tid, time, id: identifier ?? id, cpu, period: periodAt, rest, readFormat, weight: period, flags, depth };
}

/** Tells the engine of an event's layout. */
export function writeLayout({ bytes, calls }: FoldEngine, attr: number, event: number, layout: SampleLayout): void {
  const view = new DataView(bytes.buffer, calls.ATTRS.value + attr * ATTR_BYTES, ATTR_BYTES);
  const { ip, tid, time, cpu, period, rest, readFormat, weight, flags, depth } = layout;
  for (const [i, value] of [event, ip, tid, time, cpu, period, rest, readFormat].entries())
    view.setUint32(i * 4, value, true);
  view.setFloat64(32, weight, true);
  view.setUint32(40, flags, true);
  view.setUint32(44, depth, true);
}

/** What each thread was called and what each process had mapped, from the records that say so, in the order of time. */
import type { FoldEngine } from '../fold/engine.ts';
import type { Mapping, Moment, SideRecord } from './side-records.ts';

/** The process whose mappings are the kernel's, and what keys of processes have beside those of threads: recording/sample.ts. */
const KERNEL_KEY = 0xfffffffe;
const PROCESS_KEY = 0x80000000;
const MAX_NUMBER = 0x40000000;

/** Slots and entries, as recording/timelines.ts has them. */
const SLOT_BYTES = 16;
const ENTRY_BYTES = 24;

/** What the replay asks of what it does not know: numbers for threads under a name, and for files. */
export interface Numbering {
  task(comm: string, pid: number, tid: number): number;
  /** The module of a mapping, and what is to be added to an address for the place in it. */
  module(mapping: Mapping): { module: number; delta: bigint };
  /** The module of a function that was made at run time, as those of BPF are. */
  function(name: string, start: bigint, size: number): number;
}

/**
 * Replays the records and lays out what came of them in the engine.
 * @param records in the order of time
 */
export function layTimelines(engine: FoldEngine, records: Iterable<SideRecord>, numbering: Numbering): void {
  const replay = new Replay(engine, numbering);
  for (const record of records) replay.take(record);
  replay.entries.layOut(engine);
}

/** Values by key, in columns, in the order of time. */
class Entries {
  private length = 0;
  private keys = new Uint32Array(1 << 12);
  private values = new Uint32Array(1 << 12);
  private times = new Float64Array(1 << 12);
  private orders = new Float64Array(1 << 12);
  private readonly counts = new Map<number, number>();

  add(key: number, { time, order }: Moment, value: number): void {
    if (this.length === this.keys.length) this.grow();
    this.keys[this.length] = key;
    this.values[this.length] = value;
    this.times[this.length] = time;
    this.orders[this.length++] = order;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  private grow(): void {
    const capacity = this.keys.length * 2;
    this.keys = enlarged(this.keys, new Uint32Array(capacity));
    this.values = enlarged(this.values, new Uint32Array(capacity));
    this.times = enlarged(this.times, new Float64Array(capacity));
    this.orders = enlarged(this.orders, new Float64Array(capacity));
  }

  layOut({ bytes, calls }: FoldEngine): void {
    const slots = 2 ** Math.ceil(Math.log2(this.counts.size * 2 + 2));
    const at = calls.layTimelines(slots) >>> 0;
    bytes.fill(0, at, at + slots * SLOT_BYTES);
    const view = new DataView(bytes.buffer, at);
    /** Where the next entry of each key goes. */
    const next = new Map<number, number>();
    let first = 0;
    for (const [key, count] of this.counts) {
      let slot = (Math.imul(key, 0x9e3779b1) >>> 7) & (slots - 1);
      while (view.getUint32(slot * SLOT_BYTES, true) !== 0) slot = (slot + 1) & (slots - 1);
      view.setUint32(slot * SLOT_BYTES, key + 1, true);
      view.setUint32(slot * SLOT_BYTES + 4, first, true);
      view.setUint32(slot * SLOT_BYTES + 8, count, true);
      next.set(key, first);
      first += count;
    }
    for (let i = 0; i < this.length; i++) {
      const key = this.keys[i] as number;
      const place = next.get(key) as number;
      next.set(key, place + 1);
      const entry = slots * SLOT_BYTES + place * ENTRY_BYTES;
      view.setFloat64(entry, this.times[i] as number, true);
      view.setFloat64(entry + 8, this.orders[i] as number, true);
      view.setUint32(entry + 16, this.values[i] as number, true);
    }
  }
}

function enlarged<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

class Replay {
  readonly entries = new Entries();
  private readonly engine: FoldEngine;
  private readonly numbering: Numbering;
  /** What holds now. */
  private readonly comms = new Map<number, string>();
  private readonly maps = new Map<number, number>();

  constructor(engine: FoldEngine, numbering: Numbering) {
    this.engine = engine;
    this.numbering = numbering;
  }

  take(record: SideRecord): void {
    switch (record.what) {
      case 'comm':
        this.name(record, record.pid, record.tid, record.comm);
        break;
      case 'fork':
        this.fork(record);
        break;
      case 'map':
        this.map(record);
        break;
      case 'symbol':
        this.symbol(record);
        break;
    }
  }

  private name(moment: Moment, pid: number, tid: number, comm: string): void {
    if (tid >= MAX_NUMBER) return;
    this.comms.set(tid, comm);
    this.entries.add(tid, moment, this.numbering.task(comm, pid, tid) + 1);
  }

  private fork(record: SideRecord & { what: 'fork' }): void {
    const { pid, tid, parentPid, parentTid, copiesMaps } = record;
    const comm = this.comms.get(parentTid);
    if (comm !== undefined) this.name(record, pid, tid, comm);
    if (pid === parentPid || pid >= MAX_NUMBER) return;
    // Of a number that is used again, what the process before it had mapped is gone.
    this.setMaps(record, (pid | PROCESS_KEY) >>> 0, copiesMaps ? this.mapsOf((parentPid | PROCESS_KEY) >>> 0) : 0);
  }

  private map(record: SideRecord & { what: 'map' }): void {
    const { pid, start, size, inKernel } = record;
    if (!inKernel && pid >= MAX_NUMBER) return;
    const key = inKernel ? KERNEL_KEY : (pid | PROCESS_KEY) >>> 0;
    const { module, delta } = this.numbering.module(record);
    this.setMaps(record, key, this.engine.calls.mapped(this.mapsOf(key), start, endOf(start, size), delta, module));
  }

  /** Functions of BPF lie where modules do, and each is found before them. */
  private symbol(record: SideRecord & { what: 'symbol' }): void {
    const { start, size, name, gone } = record;
    const { calls } = this.engine;
    const [maps, end] = [this.mapsOf(KERNEL_KEY), endOf(start, BigInt(size))];
    const changed = gone
      ? calls.unmapped(maps, start, end)
      : calls.mapped(maps, start, end, 0n, this.numbering.function(name, start, size));
    this.setMaps(record, KERNEL_KEY, changed);
  }

  private mapsOf(key: number): number {
    return this.maps.get(key) ?? 0;
  }

  private setMaps(moment: Moment, key: number, maps: number): void {
    this.maps.set(key, maps);
    this.entries.add(key, moment, maps);
  }
}

const LAST_ADDRESS = 2n ** 64n - 1n;

function endOf(start: bigint, size: bigint): bigint {
  const end = start + size;
  return end > LAST_ADDRESS ? LAST_ADDRESS : end;
}

/** Writes perf.data for tests, in either byte order, as a file or as for a pipe: tools/perf/util/header.c of Linux. */

export const KERNEL_CONTEXT = -128n;
export const USER_CONTEXT = -512n;

/** enum perf_event_sample_format: what each sample of these recordings has, unless told otherwise. */
const USUAL = { ip: 1, tid: 2, time: 4, callchain: 32, cpu: 128, period: 256, identifier: 1 << 16 };
export const USUAL_SAMPLE = Object.values(USUAL).reduce((sum, bit) => sum + bit, 0);

export interface WrittenEvent {
  name?: string;
  type?: number;
  config?: bigint;
  period?: bigint;
  sampleType?: number;
  readFormat?: number;
  branchSampleType?: bigint;
  ids: bigint[];
}

export class Writer {
  readonly little: boolean;
  private readonly records: Uint8Array[] = [];

  constructor({ little = true } = {}) {
    this.little = little;
  }

  /** Numbers of 64 bits (bigint), of 32 (number), texts up to a multiple of 8 with their NUL, and bytes. */
  bytes(...values: (bigint | number | string | Uint8Array)[]): Uint8Array {
    return Buffer.concat(values.map((value) => this.encoded(value)));
  }

  private encoded(value: bigint | number | string | Uint8Array): Uint8Array {
    if (value instanceof Uint8Array) return value;
    if (typeof value === 'string') {
      const text = Buffer.from(value);
      return Buffer.concat([text, Buffer.alloc(8 - (text.length % 8))]);
    }
    const bytes = new Uint8Array(typeof value === 'bigint' ? 8 : 4);
    const view = new DataView(bytes.buffer);
    if (typeof value === 'bigint') view.setBigInt64(0, BigInt.asIntN(64, value), this.little);
    else view.setInt32(0, value, this.little);
    return bytes;
  }

  private header(type: number, misc: number, size: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, type, this.little);
    view.setUint16(4, misc, this.little);
    view.setUint16(6, size, this.little);
    return new Uint8Array(view.buffer);
  }

  record(type: number, misc: number, ...values: (bigint | number | string | Uint8Array)[]): this {
    const body = this.bytes(...values);
    this.records.push(Buffer.concat([this.header(type, misc, body.length + 8), body]));
    return this;
  }

  /** Bytes that are no record, or none yet. */
  raw(bytes: Uint8Array): this {
    this.records.push(bytes);
    return this;
  }

  /** Behind every record that is not a sample: thread, time, CPU, identifier, as USUAL_SAMPLE asks for. */
  private trailer(time: bigint): Uint8Array {
    return this.bytes(0, 0, time, 0, 0, 0n);
  }

  comm(tid: number, comm: string, time = 0n, pid = tid): this {
    return this.record(3, 0, pid, tid, comm, this.trailer(time));
  }

  fork(pid: number, parent: number, time = 0n, tid = pid, parentTid = parent): this {
    return this.record(7, 0, pid, parent, tid, parentTid, time, this.trailer(time));
  }

  mmap(pid: number, path: string, start: bigint, size: bigint, offset = 0n, time = 0n): this {
    // Device and inode, generation, PROT_READ and PROT_EXEC, MAP_PRIVATE.
    return this.record(10, 2, pid, pid, start, size, offset, 0, 0, 0n, 0n, 5, 2, path, this.trailer(time));
  }

  kernelMmap(path: string, start: bigint, size: bigint, offset: bigint): this {
    return this.record(1, 1, -1, 0, start, size, offset, path, this.trailer(0n));
  }

  /** The records so far. */
  get data(): Uint8Array {
    return Buffer.concat(this.records);
  }

  /** A sample of USUAL_SAMPLE. */
  sample(tid: number, time: bigint, chain: readonly bigint[], { period = 1n, id = 1n, cpu = 0, pid = tid } = {}): this {
    const ip = chain.find((word) => word >= 0n) ?? 0n;
    return this.record(9, 2, id, ip, pid, tid, time, cpu, 0, period, BigInt(chain.length), ...chain);
  }

  private attributes({
    type = 0,
    config = 0n,
    period = 1n,
    sampleType = USUAL_SAMPLE,
    readFormat = 0,
    branchSampleType = 0n,
  }: WrittenEvent): Uint8Array {
    const size = 112;
    // sample_id_all is the 19th bit of the flags: counted from the other end by who writes the other byte order.
    const flags = new Uint8Array(8);
    flags[2] = this.little ? 1 << 2 : 1 << 5;
    const head = this.bytes(
      type,
      size,
      config,
      period,
      BigInt(sampleType),
      BigInt(readFormat),
      flags,
      0,
      0,
      0n,
      0n,
      branchSampleType,
    );
    return Buffer.concat([head, Buffer.alloc(size - head.length)]);
  }

  /** As perf record writes it to a file. */
  file(events: readonly WrittenEvent[], features: Readonly<Record<number, Uint8Array>> = {}): Uint8Array {
    const headerBytes = 104;
    const ids = events.map((event) => this.bytes(...event.ids));
    const idsAt = headerBytes;
    const attributesAt = idsAt + ids.reduce((sum, { length }) => sum + length, 0);
    let at = idsAt;
    const attributes = events.map((event, i) => {
      const length = (ids[i] as Uint8Array).length;
      const section = this.bytes(BigInt(at), BigInt(length));
      at += length;
      return Buffer.concat([this.attributes(event), section]);
    });
    const dataAt = attributesAt + attributes.length * 128;
    const { data } = this;
    const bits = Object.keys(features).map(Number);
    const words = [0, 1, 2, 3].map((word) =>
      bits.filter((bit) => bit >> 6 === word).reduce((sum, bit) => sum | (1n << BigInt(bit & 63)), 0n),
    );
    let sectionAt = dataAt + data.length + bits.length * 16;
    const sections = bits.map((bit) => {
      const { length } = features[bit] as Uint8Array;
      sectionAt += length;
      return this.bytes(BigInt(sectionAt - length), BigInt(length));
    });
    const magic = Buffer.from(this.little ? 'PERFILE2' : '2ELIFREP');
    const header = this.bytes(
      magic,
      104n,
      128n,
      BigInt(attributesAt),
      BigInt(attributes.length * 128),
      BigInt(dataAt),
      BigInt(data.length),
      0n,
      0n,
      ...words,
    );
    return Buffer.concat([
      header,
      ...ids,
      ...attributes,
      data,
      ...sections,
      ...bits.map((bit) => features[bit] as Uint8Array),
    ]);
  }

  /** As `perf record -o -` writes it. */
  pipe(events: readonly WrittenEvent[]): Uint8Array {
    const head = this.bytes(Buffer.from(this.little ? 'PERFILE2' : '2ELIFREP'), 16n);
    const own = new Writer({ little: this.little });
    for (const event of events) own.record(64, 0, this.attributes(event), ...event.ids);
    return Buffer.concat([head, own.data, this.data]);
  }

  /** A text with its length before it, as features have them. */
  text(value: string): Uint8Array {
    const text = this.bytes(value);
    return this.bytes(text.length, text);
  }
}

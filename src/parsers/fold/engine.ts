/**
 * The inner loop of folding: WebAssembly with its tables, and the input it reads from. The loop does what is seen again
 * and again; whatever it sees for the first time it asks its host, in TypeScript, which knows the format.
 */
import { wasm } from '../../generated/fold-wasm.ts';

/** What the loop asks. Texts are where they lie in memory: `text` reads them. */
export interface LineHost {
  /** A line that the loop does not know. */
  line(at: number, length: number): void;
  /** A line that is longer than any line may be; only its beginning is there. */
  longLine(beginning: string): void;
}

export interface PerfHost extends LineHost {
  /** What a frame line stands for: a frame, a list, `NO_FRAME`, or `NOT_FRAME` where the host took the line itself. */
  frame(at: number, length: number, java: number): number;
  /** The number of a task, told by `setTask` before. */
  task(at: number, length: number): number;
  /** The number of an event, or `NOT_EVENT`. */
  event(at: number, length: number): number;
  /** What stands behind an event that is watched, and, once its stack is read, the end of it. */
  watch(at: number, length: number, event: number, time: number): void;
  closed(): void;
}

export interface FoldedHost extends LineHost {
  /** The frame of a name. */
  name(at: number, length: number): number;
}

/** What the loop asks of a recording (perf.data). Records are where they lie in memory. */
export interface RecordingHost {
  /** A record that is not a sample, of a type that is wanted; `order` is its place in the file. */
  record(type: number, misc: number, at: number, size: number, order: number): void;
  /** How many bytes behind a record are not of a record. */
  behind(type: number, at: number, size: number): number;
  /** Fills in the symbols of a module, and tells of them by `setModule`. */
  module(module: number): void;
  /** The frame, or list of frames, of a symbol of a module. */
  symbol(symbol: number, module: number, java: number): number;
  /** The same of an address, in two halves, for which the module has no symbol. */
  address(module: number, low: number, high: number, java: number): number;
  /** The number of a task of which nothing was recorded. */
  stranger(pid: number, tid: number): number;
  /** What a tracepoint that is watched recorded, and, once its stack is known, the end of it. */
  watch(at: number, length: number, event: number, time: number): void;
  closed(): void;
}

export const NO_FRAME = 0xffffffff;
export const NOT_FRAME = 0xfffffffe;
export const NOT_EVENT = 0xfffffffe;
/** What an event's flags say, as in assembly/sample.ts. */
export const EventFlag = { weighted: 1, timed: 2, watched: 4 } as const;

interface Exports {
  start(bytes: number, keepsSamples: boolean, remembersSymbols: boolean): void;
  readPerf(length: number): number;
  readPerfRest(length: number): void;
  readFolded(length: number): number;
  readFoldedRest(length: number): void;
  addStack(node: number, weight: number, first: number): void;
  pairCount(): number;
  pairsAt(): number;
  notDifferential(): void;
  addLines(count: number): void;
  lineCount(): number;
  noiseCount(): number;
  taskLimit(): number;
  eventLimit(): number;
  setTask(id: number, frame: number, java: number, cpu: number): void;
  openSample(task: number, frame: number, java: number, event: number, period: number, at: number, cpu: number): void;
  addFacts(event: number, count: number, flags: number): void;
  addSample(at: number, weight: number, stack: number, task: number, cpu: number): boolean;
  addWait(event: number, node: number, task: number, length: number, at: number): void;
  currentTask(): number;
  addFrame(value: number): void;
  markTail(): void;
  isOpen(): boolean;
  closeSample(): void;
  cutSamples(): number;
  newList(length: number): number;
  setInList(list: number, i: number, frame: number): void;
  flagEvent(id: number, flag: number): void;
  stackUnder(event: number): number;
  child(node: number, frame: number): number;
  addWeight(node: number, weight: number): void;
  nodeCount(): number;
  joinAt(): number;
  joinLimit(): number;
  joinNodes(from: number, count: number): void;
  placesAt(): number;
  emptyCache(): void;
  isFull(): boolean;
  sampleCount(): number;
  sampleColumn(column: number): number;
  startRecording(big: boolean): void;
  startSamples(idPlace: number, ids: number, addresses: boolean, asPerf: boolean): void;
  wantType(type: number, long: boolean): void;
  beginRecords(samples: boolean): void;
  readRecords(from: number, length: number): number;
  readUnpacked(from: number, length: number): number;
  recordCount(): number;
  bytesBehind(): number;
  isDamaged(): number;
  typesAt(): number;
  badSamples(): number;
  brokenChains(): number;
  cutChains(): number;
  setBase(low: number, high: number, seconds: number): void;
  setId(low: number, high: number, attr: number): void;
  addModule(module: number): void;
  newSymbols(length: number): number;
  setKernel(module: number): void;
  setModule(module: number, first: number, length: number, unknown: number): void;
  symbolsAt(): number;
  mapped(root: number, start: bigint, end: bigint, delta: bigint, module: number): number;
  unmapped(root: number, start: bigint, end: bigint): number;
  mapsFull(): number;
  layTimelines(slots: number): number;
  ATTRS: WebAssembly.Global;
  JOIN_NODES: WebAssembly.Global;
  INPUT: WebAssembly.Global;
  INPUT_BYTES: WebAssembly.Global;
  NODES: WebAssembly.Global;
  WEIGHTS: WebAssembly.Global;
  EVENTS: WebAssembly.Global;
}

const PAGE = 1 << 16;
/** A longer line is no line: the longest stacks that are kept in one are 100,000 frames deep. */
export const MAX_LINE_BYTES = 8 << 20;
/** How much is asked of the file at once. */
const READ_BYTES = 1 << 19;
/** Address space for the tables; what is not written costs nothing. Tried in this order. */
const SIZES = [3 * 2 ** 30, 2 ** 30, 2 ** 28];

/** An instance that no reader uses: its memory is kept for the next, for giving it back takes long. */
const idle: Instance[] = [];
let compiled: WebAssembly.Module | undefined;

interface Instance {
  exports: Exports;
  memory: WebAssembly.Memory;
  host: Partial<PerfHost & FoldedHost & RecordingHost>;
}

/** The loop's code, compiled: threads share it. */
export function foldModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  return compiled;
}

/** Takes over what another thread has compiled. */
export function shareModule(module: WebAssembly.Module): void {
  compiled = module;
}

function newInstance(): Instance {
  const memory = newMemory();
  const instance = { memory, host: {} } as Instance;
  const host = {
    frame: (at: number, length: number, java: number) => instance.host.frame?.(at, length, java),
    task: (at: number, length: number) => instance.host.task?.(at, length),
    event: (at: number, length: number) => instance.host.event?.(at, length),
    line: (at: number, length: number) => instance.host.line?.(at, length),
    watch: (at: number, length: number, event: number, time: number) => instance.host.watch?.(at, length, event, time),
    closed: () => instance.host.closed?.(),
    name: (at: number, length: number) => instance.host.name?.(at, length),
    record: (type: number, misc: number, at: number, size: number, order: number) =>
      instance.host.record?.(type, misc, at, size, order),
    behind: (type: number, at: number, size: number) => instance.host.behind?.(type, at, size),
    module: (module: number) => instance.host.module?.(module),
    symbol: (symbol: number, module: number, java: number) => instance.host.symbol?.(symbol, module, java),
    address: (module: number, low: number, high: number, java: number) =>
      instance.host.address?.(module, low, high, java),
    stranger: (pid: number, tid: number) => instance.host.stranger?.(pid, tid),
  };
  instance.exports = new WebAssembly.Instance(foldModule(), { env: { memory }, host }).exports as Exports;
  return instance;
}

/** Shared memory: whoever takes a part reads the tables of its thread in place, and V8 does not collect garbage for its size. */
function newMemory(): WebAssembly.Memory {
  for (const size of SIZES) {
    try {
      const pages = size / PAGE;
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch (error) {
      if (size === SIZES.at(-1)) throw error;
    }
  }
  throw new RangeError('unreachable');
}

/** The samples in columns: views. */
export interface SampleColumns {
  at: Float64Array;
  weight: Float64Array;
  stack: Uint32Array;
  task: Uint32Array;
  cpu: Int16Array;
}

export class FoldEngine {
  readonly calls: Exports;
  private readonly instance: Instance;
  /** All of its memory. */
  readonly bytes: Uint8Array;
  /** Where in its memory the input lies. */
  readonly input: number;
  private readonly inputBytes: number;
  /** Bytes of a line that has not ended, at the start of the input. */
  private left = 0;
  /** The beginning of a line that is too long, while it goes on. */
  private longLine: string | null = null;
  /** Who is told of a line that is too long; a recording has no lines. */
  private readonly host: LineHost | null;
  private readonly read: { lines(length: number): number; rest(length: number): void };

  /**
   * @param options.samples keep each of them
   * @param options.symbols a symbol stands for the same frame whatever its address
   */
  constructor(
    host: PerfHost | FoldedHost | RecordingHost,
    { samples, symbols }: { samples: boolean; symbols: boolean },
  ) {
    this.instance = idle.pop() ?? newInstance();
    this.instance.host = host;
    this.host = 'longLine' in host ? host : null;
    const { readPerf, readPerfRest, readFolded, readFoldedRest } = this.instance.exports;
    this.read = 'name' in host ? { lines: readFolded, rest: readFoldedRest } : { lines: readPerf, rest: readPerfRest };
    this.calls = this.instance.exports;
    this.bytes = new Uint8Array(this.instance.memory.buffer);
    this.calls.start(this.bytes.length, samples, symbols);
    this.input = this.calls.INPUT.value;
    this.inputBytes = this.calls.INPUT_BYTES.value;
  }

  /** Where the next bytes of the file go; then tell `filled` how many came. */
  room(): Uint8Array {
    const start = this.input + this.left;
    return this.bytes.subarray(start, start + Math.min(READ_BYTES, this.inputBytes - this.left));
  }

  filled(length: number): void {
    let total = this.left + length;
    if (this.longLine !== null) {
      total = this.skipLongLine(total);
      if (this.longLine !== null) return;
    }
    const done = this.read.lines(total);
    this.left = total - done;
    this.bytes.copyWithin(this.input, this.input + done, this.input + total);
    if (this.left > MAX_LINE_BYTES) {
      this.longLine = this.text(this.input, 2048);
      this.left = 0;
    }
  }

  /** Copies a chunk in, for what cannot read into `room`. */
  write(chunk: Uint8Array): void {
    for (let start = 0; start < chunk.length; ) {
      const room = this.room();
      const part = chunk.subarray(start, start + room.length);
      room.set(part);
      this.filled(part.length);
      start += part.length;
    }
  }

  /** After the last byte. */
  end(): void {
    if (this.longLine !== null) this.tellLongLine();
    this.read.rest(this.left);
    this.left = 0;
  }

  text(at: number, length: number): string {
    return decoder.decode(this.bytes.subarray(at, at + length));
  }

  /** Parent and frame of each node, in turn: a view. */
  nodes(): Uint32Array {
    return new Uint32Array(this.bytes.buffer, this.calls.NODES.value, this.calls.nodeCount() * 2);
  }

  /** The weight at each node: a view. */
  weights(): Float64Array {
    return new Float64Array(this.bytes.buffer, this.calls.WEIGHTS.value, this.calls.nodeCount());
  }

  /**
   * Joins another trie to this one. What was remembered is forgotten.
   * @param nodes parent and frame of each node, in turn; the frames by this engine's numbers
   * @returns where the nodes are now: a view, until more is read; null where there are too many to tell
   */
  joinTrie(nodes: Uint32Array, weights: Float64Array): Uint32Array | null {
    const { calls } = this;
    if (weights.length > calls.joinLimit()) return null;
    const [batch, at] = [calls.JOIN_NODES.value, calls.joinAt()];
    const ownNodes = new Uint32Array(this.bytes.buffer, at, batch * 2);
    const ownWeights = new Float64Array(this.bytes.buffer, at + batch * 8, batch);
    // Node 0 is the empty stack of both.
    for (let from = 1; from < weights.length; from += batch) {
      const end = Math.min(from + batch, weights.length);
      ownNodes.set(nodes.subarray(from * 2, end * 2));
      ownWeights.set(weights.subarray(from, end));
      calls.joinNodes(from, end - from);
    }
    return new Uint32Array(this.bytes.buffer, calls.placesAt(), weights.length);
  }

  /** How many samples there were of an event, and its flags. */
  eventFacts(id: number): { count: number; flags: number } {
    const view = new DataView(this.bytes.buffer, this.calls.EVENTS.value + id * 16, 16);
    return { count: view.getFloat64(0, true), flags: view.getUint32(8, true) };
  }

  /** The lines of a folded file that is differential throughout: the first count and the node of each. */
  pairs(): { count: Float64Array; node: Uint32Array } {
    const length = this.calls.pairCount();
    const at = this.calls.pairsAt() >>> 0;
    const counts = new Float64Array(this.bytes.buffer, at, length * 2);
    const nodes = new Uint32Array(this.bytes.buffer, at, length * 4);
    return { count: counts.filter((_, i) => i % 2 === 0), node: nodes.filter((_, i) => i % 4 === 2) };
  }

  samples(): SampleColumns {
    const count = this.calls.sampleCount();
    const { buffer } = this.bytes;
    // WebAssembly's numbers have a sign: addresses beyond 2 GB come out negative.
    const column = (i: number) => this.calls.sampleColumn(i) >>> 0;
    return {
      at: new Float64Array(buffer, column(0), count),
      weight: new Float64Array(buffer, column(1), count),
      stack: new Uint32Array(buffer, column(2), count),
      task: new Uint32Array(buffer, column(3), count),
      cpu: new Int16Array(buffer, column(4), count),
    };
  }

  /** The engine must not be used after this; its views neither. */
  release(): void {
    this.instance.host = {};
    idle.push(this.instance);
  }

  private skipLongLine(total: number): number {
    const newline = this.bytes.subarray(this.input, this.input + total).indexOf(0x0a);
    if (newline < 0) return 0;
    this.tellLongLine();
    this.bytes.copyWithin(this.input, this.input + newline + 1, this.input + total);
    return total - newline - 1;
  }

  private tellLongLine(): void {
    this.calls.addLines(1);
    this.host?.longLine(this.longLine ?? '');
    this.longLine = null;
  }
}

const decoder = new TextDecoder();

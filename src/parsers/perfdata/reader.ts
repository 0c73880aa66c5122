/**
 * Reads perf.data in two passes: what ran and what was mapped first, then the samples. Records are not in the order of
 * their time, but a sample needs no other sample: it is enough to know what held when it was taken.
 */
import type { Stacks } from '../../datasets/shapes.ts';
import type { Bytes } from '../../symbols/bytes.ts';
import { NO_SYMBOLS, type SymbolFinder } from '../../symbols/table.ts';
import { EventFlag, FoldEngine, type RecordingHost } from '../fold/engine.ts';
import { profilesOf } from '../fold/profiles.ts';
import { FoldTables, OTHER_EVENTS } from '../fold/tables.ts';
import type { ParseContext, Parsed } from '../grammar.ts';
import { LineLedger } from '../lines.ts';
import { kindOf, OFF_CPU, unitOf } from '../perf/event-kind.ts';
import { SCHED_EVENT } from '../perf/sched.ts';
import { readAttributes, SampleType } from './attributes.ts';
import { Inflater } from './compressed.ts';
import { Cursor } from './cursor.ts';
import { eventName } from './event-names.ts';
import { buildIdRecord, type Facts, Feature, readFeature } from './features.ts';
import { type Header, nameEvents, type RecordedEvent, readHeader } from './header.ts';
import { layoutOf, writeLayout } from './layout.ts';
import { Modules } from './modules.ts';
import { RecordStore } from './record-store.ts';
import { SchedulerEvents } from './scheduler.ts';
import { RecordType, readSideRecord, type SideRecord, timeBeforeEnd } from './side-records.ts';
import { layTimelines } from './timelines.ts';
import { unnamedNotes } from './unnamed.ts';

/** CLOCK_MONOTONIC */
const MONOTONIC = 1;
/** How much is asked of the file at once. */
const READ_BYTES = 1 << 19;
/** As many as the engine has room for: recording/layout.ts has twice the slots. */
const MAX_IDS = 1 << 17;
/** Where what was compressed is read from, behind the file's own bytes. */
const INFLATED_AT = 4 << 20;

export interface RecordingOptions {
  /** Records that perf record --threads wrote beside the recording, each file from its first byte on. */
  more?: readonly Bytes[];
  /** Where symbols come from. */
  symbols?: SymbolFinder;
  /** Looks addresses up and drops broken chains as perf does, to compare with it. */
  asPerf?: boolean;
}

export interface ParsedRecording extends Parsed {
  datasets: Stacks[];
  facts: Facts;
  damage: string[];
}

/** Types that are read in the first pass, and those behind which bytes may stand that are no record. */
const WANTED = [
  RecordType.mmap,
  RecordType.lost,
  RecordType.comm,
  RecordType.fork,
  RecordType.mmap2,
  RecordType.lostSamples,
  RecordType.ksymbol,
  RecordType.headerAttr,
  RecordType.buildId,
  RecordType.eventUpdate,
  RecordType.feature,
  RecordType.compressed,
  RecordType.compressed2,
];
const WITH_BYTES_BEHIND = [RecordType.tracingData, RecordType.auxtrace];
/** Known, and of no use to a profile. */
const LAST_KERNEL_TYPE = 22;
const FIRST_OWN_TYPE = 64;
const LAST_OWN_TYPE = 84;

/**
 * @param context `samples` keeps each of them; `addresses` tells those of frames without a symbol
 * @returns one profile for each event, in the order of the file's events
 */
export function readRecording(
  recording: Bytes,
  context: ParseContext,
  options: RecordingOptions = {},
): ParsedRecording {
  return new RecordingReader(recording, context, options).read();
}

class RecordingReader implements RecordingHost {
  private readonly recording: Bytes;
  private readonly context: ParseContext;
  private readonly options: RecordingOptions;
  private readonly header: Header;
  private readonly engine: FoldEngine;
  /** Over the engine's memory, at the record that is read. */
  private readonly cursor: Cursor;
  private readonly ledger = new LineLedger();
  private readonly tables: FoldTables;
  private readonly scheduler: SchedulerEvents;
  private modules: Modules | null = null;
  private readsSamples = false;
  private records = new RecordStore();
  /** The upper half of times is counted from here: nanoseconds are beyond what a double tells apart. */
  private baseHigh: number | null = null;
  private timeAt = 0;
  /** What is compressed is one stream: behind damage nothing of it can be had. */
  private isStreamBroken = false;
  private inflater: Inflater | null = null;

  constructor(recording: Bytes, context: ParseContext, options: RecordingOptions) {
    this.recording = recording;
    this.context = context;
    this.options = options;
    this.header = readHeader(recording);
    this.engine = new FoldEngine(this, { samples: context.samples, symbols: false });
    this.cursor = new Cursor(this.engine.bytes, this.header.little);
    this.tables = new FoldTables(this.engine, this.ledger);
    this.scheduler = new SchedulerEvents(this.engine, this.header.little);
  }

  read(): ParsedRecording {
    const { engine, header } = this;
    const { calls } = engine;
    calls.startRecording(!header.little);
    for (const type of WANTED) calls.wantType(type, false);
    for (const type of WITH_BYTES_BEHIND) calls.wantType(type, true);
    if (header.events.length > 0) this.knowEvents();
    this.pass(false);
    nameEvents(header);
    this.prepareSamples();
    this.pass(true);
    const parsed = this.parsed();
    engine.release();
    return parsed;
  }

  // What the loop asks.

  record(type: number, _misc: number, at: number, size: number, order: number): void {
    try {
      if (type === RecordType.compressed || type === RecordType.compressed2) this.inflate(type, at, size);
      else if (!this.readsSamples) this.take(type, this.cursorAt(at, size), order);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      if (!this.readsSamples) this.unread(order, `a record of type ${type}`, 'shorter than what it holds');
    }
  }

  behind(type: number, at: number, size: number): number {
    const cursor = this.cursorAt(at, size).skip(8);
    if (type === RecordType.auxtrace) return size >= 16 ? cursor.number() : 0;
    // In a file, formats of tracepoints have a section of their own.
    const length = size >= 12 && this.header.isPipe ? cursor.u32() : 0;
    if (length > 0 && !this.readsSamples) this.readTracing(at + size, length);
    return Math.ceil(length / 8) * 8;
  }

  module(module: number): void {
    this.modules?.load(module);
  }

  symbol(symbol: number, module: number, java: number): number {
    return (this.modules as Modules).symbol(symbol >>> 0, module, java === 1);
  }

  address(module: number, low: number, high: number, java: number): number {
    return (this.modules as Modules).address(module, low, high, java === 1);
  }

  stranger(pid: number, tid: number): number {
    return this.taskOf(pid === 0 && tid === 0 ? 'swapper' : '', pid, tid);
  }

  watch(at: number, length: number, event: number, time: number): void {
    this.scheduler.take(event, this.engine.bytes.subarray(at, at + length), time);
  }

  closed(): void {
    this.scheduler.close(this.tables.event(OFF_CPU));
  }

  // The passes.

  private pass(samples: boolean): void {
    const { start, end } = this.header;
    this.readsSamples = samples;
    this.engine.calls.beginRecords(samples);
    this.readStretch(this.recording, start, end);
    for (const file of this.options.more ?? []) this.readStretch(file, 0, file.size);
  }

  private readStretch(file: Bytes, start: number, end: number): void {
    const { calls, bytes, input } = this.engine;
    this.inflater = null;
    this.isStreamBroken = false;
    let left = 0;
    for (let at = start; at < end && !calls.isDamaged(); ) {
      const room = bytes.subarray(input + left, input + left + Math.min(READ_BYTES, end - at));
      const length = file.read(room, at);
      if (length === 0) break;
      at += length;
      const total = left + length;
      left = total - this.readAll(input, total);
      if (calls.bytesBehind() > left) {
        at += calls.bytesBehind() - left;
        left = 0;
        if (at > end && !this.readsSamples)
          this.header.damage.push(
            `cut short behind record ${calls.recordCount()}: ${at - end} bytes of it are missing`,
          );
      }
      bytes.copyWithin(input, input + total - left, input + total);
    }
    if (!this.readsSamples) this.sayEnd(left);
  }

  /** Reads whole records, and leaves out what stands behind some of them. Returns how many bytes that is. */
  private readAll(at: number, length: number): number {
    const { calls } = this.engine;
    let done = 0;
    for (;;) {
      done += calls.readRecords(at + done, length - done);
      const behind = calls.bytesBehind();
      if (behind === 0 || behind > length - done) return done;
      done += behind;
    }
  }

  private sayEnd(left: number): void {
    const { calls } = this.engine;
    const { damage } = this.header;
    if (calls.isDamaged()) damage.push(`damaged behind record ${calls.recordCount()}: the next one has no size`);
    else if (left > 0) damage.push(`cut short behind record ${calls.recordCount()}`);
  }

  private inflate(type: number, at: number, size: number): void {
    if (this.isStreamBroken) return;
    const { bytes, input, calls } = this.engine;
    if (at >= input + INFLATED_AT) throw new Error('it is compressed twice');
    // COMPRESSED2 says how long it is, for it is filled up to a multiple of 8.
    const isLong = type === RecordType.compressed2;
    const length = isLong ? Math.min(this.cursorAt(at, size).skip(8).number(), size - 16) : size - 8;
    const start = at + (isLong ? 16 : 8);
    this.inflater ??= new Inflater(bytes, input + INFLATED_AT, (from, count) => calls.readUnpacked(from, count));
    const fault = this.inflater.add(bytes.slice(start, start + Math.max(length, 0)));
    if (fault === null) return;
    this.isStreamBroken = true;
    if (!this.readsSamples) this.header.damage.push(`damaged in record ${calls.recordCount()}: ${fault}`);
  }

  private take(type: number, cursor: Cursor, order: number): void {
    const { facts, events } = this.header;
    const size = cursor.left;
    cursor.skip(8);
    switch (type) {
      case RecordType.headerAttr:
        this.takeAttributes(cursor);
        break;
      case RecordType.eventUpdate:
        this.takeUpdate(cursor, events);
        break;
      case RecordType.feature:
        readFeature(cursor.number(), cursor.bytes.slice(cursor.at, cursor.end), cursor.little, facts);
        break;
      case RecordType.buildId: {
        const { path, buildId } = buildIdRecord(cursor.skip(-8), size);
        facts.buildIds.set(path, buildId);
        break;
      }
      case RecordType.lost:
        this.ledger.lost += cursor.skip(8).number();
        break;
      case RecordType.lostSamples:
        this.ledger.lost += cursor.number();
        break;
      default: {
        const moment = { time: this.timeOf(cursor), order };
        this.records.add(cursor.bytes.subarray(cursor.at - 8, cursor.end), moment);
      }
    }
  }

  /** PERF_RECORD_HEADER_ATTR of a pipe: an event, and its identifiers. */
  private takeAttributes(cursor: Cursor): void {
    const size = cursor.skip(4).u32();
    const attributes = readAttributes(cursor.skip(-8), size);
    const ids = Array.from({ length: Math.floor(cursor.left / 8) }, () => cursor.u64());
    this.header.events.push({ attributes, ids, name: '' });
    this.knowEvents();
  }

  /** PERF_RECORD_EVENT_UPDATE: what a pipe tells of an event behind its attributes; its name is all that counts here. */
  private takeUpdate(cursor: Cursor, events: RecordedEvent[]): void {
    const NAME = 2;
    const kind = cursor.number();
    const id = cursor.u64();
    const event = events.find(({ ids }) => ids.includes(id)) ?? (events.length === 1 ? events[0] : undefined);
    if (kind === NAME && event !== undefined) event.name = cursor.text();
  }

  private readTracing(at: number, length: number): void {
    if (at + length > this.engine.input + INFLATED_AT) return;
    readFeature(Feature.tracing, this.engine.bytes.slice(at, at + length), this.header.little, this.header.facts);
  }

  /** Where times stand is known once the first event is. */
  private knowEvents(): void {
    const [first] = this.header.events as [RecordedEvent];
    this.timeAt = timeBeforeEnd(first.attributes);
  }

  /** Nanoseconds since the recording's own zero; what perf wrote of what was there before has none. */
  private timeOf(cursor: Cursor): number {
    if (this.timeAt === 0 || this.timeAt > cursor.left) return Number.NEGATIVE_INFINITY;
    const { at } = cursor;
    cursor.at = cursor.end - this.timeAt;
    const [low, high] = cursor.halves();
    cursor.at = at;
    if ((low === 0 && high === 0) || (low === 0xffffffff && high === 0xffffffff)) return Number.NEGATIVE_INFINITY;
    this.baseHigh ??= high;
    return (high - this.baseHigh) * 2 ** 32 + low;
  }

  // Between the passes.

  private prepareSamples(): void {
    const { calls } = this.engine;
    const { events, facts } = this.header;
    const idPlace = this.layEvents();
    const { asPerf = false } = this.options;
    const { addresses = false } = this.context;
    const ids = events.reduce((sum, event) => sum + event.ids.length, 0);
    calls.startSamples(idPlace, Math.min(ids, MAX_IDS), addresses, asPerf);
    for (const type of [RecordType.compressed, RecordType.compressed2]) calls.wantType(type, false);
    for (const type of WITH_BYTES_BEHIND) calls.wantType(type, true);
    let left = MAX_IDS;
    for (const [attr, event] of events.entries())
      for (const id of event.ids) if (left-- > 0) calls.setId(Number(id & 0xffffffffn), Number(id >> 32n), attr);
    const { clock } = facts;
    // Of a clock that nothing else shows, times are told on the wall clock.
    const ahead = clock === null || clock.id === MONOTONIC ? 0 : Number(clock.wall - clock.own) / 1e9;
    const seconds = (this.baseHigh ?? 0) * (2 ** 32 / 1e9) + ahead;
    calls.setBase(0, this.baseHigh ?? 0, seconds);
    const modules = new Modules(this.engine, this.tables, this.options.symbols ?? NO_SYMBOLS, {
      buildIds: facts.buildIds,
      addresses,
      host: { hostname: facts.hostname, kernel: facts.kernel },
    });
    this.modules = modules;
    layTimelines(this.engine, this.sideRecords(), {
      task: (comm, pid, tid) => this.taskOf(comm, pid, tid),
      module: (mapping) => modules.mapped(mapping),
      function: (name, start, size) => modules.function(name, start, size),
    });
    this.records = new RecordStore();
  }

  /** What was kept of the first pass, read one by one in the order of time. */
  private *sideRecords(): Generator<SideRecord> {
    const cursor = new Cursor(this.records.bytes, this.header.little);
    for (const { start, size, moment } of this.records.inOrder()) {
      cursor.over(start, size);
      const [type, misc] = [cursor.u32(), cursor.u16()];
      try {
        const record = readSideRecord(type, misc, cursor.skip(2), moment);
        if (record !== null) yield record;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.unread(moment.order, `a record of type ${type}`, 'shorter than what it holds');
      }
    }
  }

  /** Tells the engine where the fields of each event's samples are. Returns where the identifier is; 0 where it is not needed. */
  private layEvents(): number {
    const { events, facts } = this.header;
    const { asPerf = false } = this.options;
    const names = new Map([...(facts.tracing ?? [])].map(([id, { name }]) => [id, name]));
    events.forEach((event, i) => {
      if (event.name === '') event.name = eventName(event.attributes, names);
      const id = this.tables.event(event.name);
      writeLayout(this.engine, i, id, layoutOf(event.attributes, asPerf));
      if (SCHED_EVENT.test(event.name) && this.scheduler.knows(id, event.name, facts.tracing))
        this.engine.calls.flagEvent(id, EventFlag.watched);
    });
    const [first] = events;
    return events.length > 1 && first !== undefined ? layoutOf(first.attributes, asPerf).id : 0;
  }

  private taskOf(comm: string, pid: number, tid: number): number {
    return this.tables.task({ comm, pid: pid | 0, tid: tid | 0, cpu: null });
  }

  // The end.

  private parsed(): ParsedRecording {
    const { ledger, header } = this;
    if (this.tables.events.has(OFF_CPU)) this.scheduler.addWaits(this.tables.event(OFF_CPU));
    this.account();
    const datasets = this.datasets();
    this.noteSymbols(datasets);
    return { ...ledger.parsed([], 'perf'), datasets, facts: header.facts, damage: header.damage };
  }

  /** Samples of events that recorded the stack itself. */
  private samplesWithStack(): number {
    const names = this.header.events
      .filter(({ attributes }) => (attributes.sampleType & SampleType.stackUser) !== 0)
      .map(({ name }) => this.tables.event(name));
    return [...new Set(names)].reduce((sum, event) => sum + this.engine.eventFacts(event).count, 0);
  }

  /** What has no names, by the profile with most samples, and what has its names from a file that may be another. */
  private noteSymbols(datasets: readonly Stacks[]): void {
    const [most] = [...datasets].sort((a, b) => b.profile.sampleCount - a.profile.sampleCount);
    const { modules, ledger } = this;
    if (most === undefined || modules === null) return;
    for (const note of unnamedNotes(most.profile, modules.unnamedModules())) ledger.note(note);
    const byPath = modules.byPath();
    if (byPath.length > 0)
      ledger.note(`symbols by path alone, for neither the recording nor the file has a build ID: ${byPath.join(', ')}`);
  }

  /** Each record is read, known and of no use, or unread. */
  private account(): void {
    const { ledger, header } = this;
    const { calls, bytes } = this.engine;
    const counts = new Float64Array(bytes.buffer, calls.typesAt(), 256);
    let noise = 0;
    counts.forEach((count, type) => {
      if (count === 0 || type === RecordType.sample || WANTED.includes(type as never)) return;
      const isKnown = type <= LAST_KERNEL_TYPE || (type >= FIRST_OWN_TYPE && type <= LAST_OWN_TYPE);
      noise += isKnown ? count : 0;
      if (!isKnown) this.unread(0, `${count} records of type ${type}`, 'of a type that is not known', count);
    });
    if (calls.badSamples() > 0)
      this.unread(0, `${calls.badSamples()} samples`, 'not what their event says of them', calls.badSamples());
    ledger.close(calls.recordCount(), noise);
    if (ledger.lost > 0) ledger.note(`perf lost ${ledger.lost} events`);
    const throttled = counts[RecordType.throttle] as number;
    if (throttled > 0) ledger.note(`throttled ${throttled} times: the kernel took fewer samples than were asked for`);
    const copied = this.samplesWithStack();
    if (copied > 0)
      ledger.note(
        `${copied} samples have a copy of their stack (--call-graph dwarf), which is not unwound: their callers are missing; perf script on the host unwinds them`,
      );
    if (calls.brokenChains() > 0)
      ledger.note(`${calls.brokenChains()} stacks end early: the chain goes on with what is no address`);
    if (calls.cutChains() > 0)
      ledger.note(
        `${calls.cutChains()} stacks are deeper than the 127 frames that perf of their time takes: their roots are cut`,
      );
    if (calls.isFull()) ledger.note('more distinct stacks than there is room for: the last ones lack their leaves');
    if (calls.mapsFull()) ledger.note('more mappings than there is room for: the last ones are not known');
    if (calls.cutSamples() > 0) ledger.note(`${calls.cutSamples()} frames or samples beyond what there is room for`);
    if (this.tables.events.has(OTHER_EVENTS))
      ledger.note(`more events than there is room for: the rest are one profile, ${OTHER_EVENTS}`);
    for (const fault of header.damage) ledger.note(fault);
  }

  private unread(order: number, text: string, why: string, count = 1): void {
    this.ledger.addUnread(order, text, why);
    this.ledger.unreadCount += count - 1;
  }

  private datasets(): Stacks[] {
    const { frames, threads, tasks, events } = this.tables;
    const names = { frames, threads: threads.values, threadOfTask: tasks.values };
    const { clock: told } = this.header.facts;
    const clock = told === null ? 'perf' : told.id === MONOTONIC ? 'monotonic' : 'epoch';
    const profiles = profilesOf(this.engine, Math.max(events.values.length, 1), names);
    return profiles.flatMap(({ timed, profile }, i) => {
      const event = events.values[i] ?? '';
      if (profile.sampleCount === 0) return [];
      return [
        {
          shape: 'stacks' as const,
          kind: kindOf(event),
          source: 0,
          tool: this.context.tool ?? 'perf',
          title: event,
          clock: timed ? clock : null,
          unit: unitOf(event),
          event,
          profile,
        },
      ];
    });
  }

  private cursorAt(at: number, size: number): Cursor {
    return this.cursor.over(at, size);
  }
}

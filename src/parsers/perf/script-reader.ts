/** Reads perf script: what the folding engine asks when it meets something for the first time. */
import type { Stacks } from '../../datasets/shapes.ts';
import {
  EventFlag,
  FoldEngine,
  MAX_LINE_BYTES,
  NO_FRAME,
  NOT_EVENT,
  NOT_FRAME,
  type PerfHost,
} from '../fold/engine.ts';
import type { FoldPart } from '../fold/fold-part.ts';
import { joinPart, partOf } from '../fold/part.ts';
import { profilesOf } from '../fold/profiles.ts';
import { FoldTables, isJava, OTHER_EVENTS } from '../fold/tables.ts';
import type { ParseContext, Parsed, Reader } from '../grammar.ts';
import { LineLedger } from '../lines.ts';
import { isOnMonotonic } from './clock-flag.ts';
import { kindOf, OFF_CPU, unitOf } from './event-kind.ts';
import { frameValue } from './frame-value.ts';
import { type OffCpu, offCpu, SCHED_EVENT } from './sched.ts';
import { isComplaint, isExtra } from './script-extra.ts';
import { type FrameLine, parseFrameLine, parseUsualFrame } from './script-frame.ts';
import {
  type Header,
  isFrameTail,
  parseBareHeader,
  parseTask,
  parseTimedHeader,
  parseUntimedHeader,
} from './script-header.ts';

// PERF_RECORD_LOST lost 1234   PERF_RECORD_LOST_SAMPLES
const RECORD = /\bPERF_RECORD_(\w+)/;
const LOST = /\blost (\d+)/;
// # cmdline : /usr/bin/perf record -k CLOCK_MONOTONIC -a -g
const CMDLINE = /^# cmdline : /;
// sh 14098 [99999]
const BEYOND_CPU = /\[\d{5,}\]\s*$/;
const NO_CPU = 'CPU numbers beyond 32,767 are not kept';
/** What is known of a stack that nothing stands before. */
const UNKNOWN: Header = { comm: '', pid: null, tid: null, cpu: null, at: null, period: null, event: '', tail: '' };
/** No line of perf but a refused one is longer. */
const MAX_TEXT = 1 << 16;

interface ScriptForm {
  /** Stacks stand without event lines (see script-bare.ts). */
  bare: boolean;
}

/** @returns a reader whose datasets are one profile for each event, in the order of their first samples */
export function perfScriptReader(context: ParseContext, form: ScriptForm = { bare: false }): Reader {
  const script = new PerfScript(context, form);
  const { engine } = script;
  return {
    write: (chunk) => engine.write(chunk),
    room: () => engine.room(),
    filled: (length) => engine.filled(length),
    end: () => script.end(),
    part: () => script.part(),
    join: (part) => script.join(part),
  };
}

class PerfScript implements PerfHost {
  readonly engine: FoldEngine;
  private readonly context: ParseContext;
  private readonly isBare: boolean;
  private readonly ledger = new LineLedger();
  private readonly tables: FoldTables;
  private readonly waits: OffCpu<{ node: number; task: number }>;
  /** The scheduler event whose stack is being read. */
  private watched = { event: '', tail: '', time: Number.NaN };
  private isMonotonic = false;

  constructor(context: ParseContext, { bare }: ScriptForm) {
    this.context = context;
    this.isBare = bare;
    this.engine = new FoldEngine(this, { samples: context.samples, symbols: !context.addresses });
    this.tables = new FoldTables(this.engine, this.ledger);
    this.waits = offCpu(({ node, task }, since, usecs) => {
      this.engine.calls.addWait(this.eventOf(OFF_CPU), node, task, usecs, since);
    });
    this.isMonotonic = isOnMonotonic(context.command ?? '');
  }

  frame(at: number, length: number, java: number): number {
    const text = this.textAt(at, length);
    const usual = parseUsualFrame(text);
    if (usual !== null) return this.valueOf(usual, java === 1);
    if (isExtra(text)) return NO_FRAME;
    // An event line has a time, and its colon a blank behind it.
    const header = text.includes(': ') || text.endsWith(':') ? parseTimedHeader(text) : null;
    const line = header === null ? parseFrameLine(text) : null;
    if (line !== null) return this.valueOf(line, java === 1);
    if (header !== null) this.open(header);
    else this.otherLine(text);
    return NOT_FRAME;
  }

  task(at: number, length: number): number {
    const text = this.textAt(at, length);
    if (BEYOND_CPU.test(text)) this.ledger.noteOnce(NO_CPU);
    return this.tables.task(parseTask(text));
  }

  event(at: number, length: number): number {
    const name = this.textAt(at, length);
    return name.startsWith('PERF_RECORD_') ? NOT_EVENT : this.eventOf(name);
  }

  line(at: number, length: number): void {
    const text = this.textAt(at, length);
    const record = RECORD.exec(text);
    if (text.startsWith('#')) this.comment(text);
    else if (record !== null) this.record(record[1] as string, text);
    else {
      const header = parseTimedHeader(text);
      if (header === null) this.otherLine(text);
      else this.open(header);
    }
  }

  watch(at: number, length: number, event: number, time: number): void {
    this.watched = { event: this.tables.events.values[event] as string, tail: this.textAt(at, length), time };
  }

  closed(): void {
    const { event, tail, time } = this.watched;
    const { calls } = this.engine;
    this.waits.take(event, tail, time, () => ({
      node: calls.stackUnder(this.eventOf(OFF_CPU)),
      task: calls.currentTask(),
    }));
  }

  longLine(beginning: string): void {
    this.unread(beginning, `longer than ${MAX_LINE_BYTES} bytes`);
  }

  end(): Parsed {
    this.engine.end();
    const { calls } = this.engine;
    const { ledger } = this;
    ledger.close(calls.lineCount(), calls.noiseCount());
    if (ledger.lost > 0) ledger.note(`perf lost ${ledger.lost} events`);
    if (calls.isFull()) ledger.note('more distinct stacks than there is room for: the last ones lack their leaves');
    if (this.tables.events.has(OTHER_EVENTS))
      ledger.notes.push(
        `more than ${this.tables.events.values.length - 1} events: the rest are one profile, ${OTHER_EVENTS}`,
      );
    if (this.tables.tasks.values.length >= calls.taskLimit())
      ledger.notes.push('more threads than there is room for: the last ones are taken for one');
    if (calls.cutSamples() > 0) ledger.note(`${calls.cutSamples()} frames or samples beyond what there is room for`);
    const datasets = this.datasets();
    this.engine.release();
    return ledger.parsed(datasets);
  }

  /** What a thread has read of a file; null where waits go on from one part to the next. */
  part(): FoldPart | null {
    this.engine.end();
    const isWatched = this.tables.events.values.some((event) => SCHED_EVENT.test(event));
    return isWatched ? null : partOf(this.tables);
  }

  join(part: FoldPart): boolean {
    return joinPart(this.tables, part);
  }

  private datasets(): Stacks[] {
    const { frames, threads, tasks } = this.tables;
    const names = { frames, threads: threads.values, threadOfTask: tasks.values };
    const { tool, name } = this.context;
    return profilesOf(this.engine, this.tables.events.values.length, names).map(({ weighted, timed, profile }, i) => {
      const event = this.tables.events.values[i] as string;
      return {
        shape: 'stacks',
        kind: kindOf(event),
        source: 0,
        tool: tool ?? 'perf',
        title: event === '' ? name : event,
        clock: timed ? (this.isMonotonic ? 'monotonic' : 'perf') : null,
        unit: weighted && event !== '' ? unitOf(event) : 'samples',
        event,
        profile,
      };
    });
  }

  private textAt(at: number, length: number): string {
    return this.engine.text(at, Math.min(length, MAX_TEXT));
  }

  /** The engine's value for a frame line. */
  private valueOf(line: FrameLine, java: boolean): number {
    return frameValue(this.engine, this.tables, line, { java, addresses: this.context.addresses ?? false });
  }

  private eventOf(name: string): number {
    const id = this.tables.event(name);
    if (SCHED_EVENT.test(name)) this.engine.calls.flagEvent(id, EventFlag.watched);
    return id;
  }

  private open(header: Header): void {
    const { calls } = this.engine;
    const { comm, event, tail, at, cpu } = header;
    const [time, period] = [at ?? Number.NaN, header.period ?? Number.NaN];
    const process = this.tables.frames.process(header);
    calls.openSample(
      this.tables.task(header),
      process,
      isJava(comm) ? 1 : 0,
      this.eventOf(event),
      period,
      time,
      cpu ?? -1,
    );
    this.watched = { event, tail, time };
    const frame = isFrameTail(tail) ? parseFrameLine(tail) : null;
    if (frame === null) return;
    calls.addFrame(this.valueOf(frame, isJava(comm)));
    calls.markTail();
  }

  private comment(text: string): void {
    if (CMDLINE.test(text) && isOnMonotonic(text)) this.isMonotonic = true;
    this.ledger.noise++;
  }

  private record(kind: string, text: string): void {
    this.engine.calls.closeSample();
    this.ledger.noise++;
    const lost = LOST.exec(text);
    if (lost !== null && kind.startsWith('LOST')) this.ledger.lost += Number(lost[1]);
  }

  private otherLine(text: string): void {
    if (isExtra(text)) {
      this.ledger.noise++;
      return;
    }
    if (isComplaint(text)) {
      this.ledger.noise++;
      this.ledger.noteOnce(text);
      return;
    }
    const header = parseUntimedHeader(text);
    if (header !== null) this.open(header);
    else if (this.isBare) this.bareLine(text);
    else if (parseFrameLine(text) === null) this.unread(text, 'neither an event nor a frame of perf script');
    else this.unread(text, 'a frame without an event line before it');
  }

  /** A line outside of a sample: the first frame of a stack, what stands before one, or a sample of its own. */
  private bareLine(text: string): void {
    const { calls } = this.engine;
    const frame = text.startsWith('\t') ? parseFrameLine(text) : null;
    const header = frame === null ? parseBareHeader(text) : UNKNOWN;
    if (header === null) this.unread(text, 'neither a stack of perf script nor what may stand before one');
    else this.open(header);
    if (frame !== null) calls.addFrame(this.valueOf(frame, false));
    // The next line is the next sample.
    if (header?.tail) calls.closeSample();
  }

  private unread(text: string, why: string): void {
    this.ledger.addUnread(this.engine.calls.lineCount(), text, why);
  }
}

/** The scheduler's tracepoints as perf recorded them, to time off CPU. */
import type { FoldEngine } from '../fold/engine.ts';
import { offCpu } from '../perf/sched.ts';
import { type Field, fieldIn, type Tracing } from './tracing.ts';

/** What one event says: a switch from a thread to another, or how many nanoseconds a thread has waited. */
type Saying = { off: number; on: number; isRunnable: boolean } | { tid: number; waited: number };

/** The states that a thread may wait in (TASK_REPORT of linux/sched.h): none of them is one that was preempted. */
const WAITS = 0xff;

/** An event that was recorded, kept until all are there: the file is not in the order of time. */
interface Recorded {
  saying: Saying;
  /** Seconds. */
  at: number;
  /** The stack under the event of waits; 0 where none was asked for. */
  node: number;
  task: number;
}

export class SchedulerEvents {
  private readonly engine: FoldEngine;
  private readonly little: boolean;
  private readonly readers = new Map<number, (raw: Uint8Array) => Saying | null>();
  private readonly recorded: Recorded[] = [];
  private open: { saying: Saying; at: number } | null = null;

  constructor(engine: FoldEngine, little: boolean) {
    this.engine = engine;
    this.little = little;
  }

  /** Whether the file tells how to read what an event of this name recorded. */
  knows(event: number, name: string, tracing: Tracing | null): boolean {
    const format = [...(tracing?.values() ?? [])].find((each) => each.name === name);
    const [first, second] = name === 'sched:sched_switch' ? ['prev_pid', 'next_pid'] : ['pid', 'delay'];
    const fields = [first, second].map((field) => format?.fields.find((each) => each.name === field));
    const [a, b] = fields as [Field | undefined, Field | undefined];
    const stateField = format?.fields.find((each) => each.name === 'prev_state');
    if (a === undefined || b === undefined) return false;
    this.readers.set(event, (raw) => {
      const [left, right] = [fieldIn(raw, a, this.little), fieldIn(raw, b, this.little)];
      if (left === null || right === null) return null;
      if (first !== 'prev_pid') return { tid: left, waited: right };
      const state = stateField === undefined ? null : fieldIn(raw, stateField, this.little);
      return { off: left, on: right, isRunnable: state !== null && (state & WAITS) === 0 };
    });
    return true;
  }

  /** Takes what an event recorded; its stack is not known yet. */
  take(event: number, raw: Uint8Array, at: number): void {
    const saying = this.readers.get(event)?.(raw) ?? null;
    this.open = saying === null || Number.isNaN(at) ? null : { saying, at };
  }

  /** The stack of that event is known now. `waits` is the event of the waits' profile. */
  close(waits: number): void {
    if (this.open === null) return;
    const { calls } = this.engine;
    const node = 'off' in this.open.saying ? calls.stackUnder(waits) : 0;
    this.recorded.push({ ...this.open, node, task: calls.currentTask() });
    this.open = null;
  }

  /** Adds each wait to the profile of waits, in the order of time. */
  addWaits(waits: number): void {
    const { recorded, engine } = this;
    const times = offCpu<Pick<Recorded, 'node' | 'task'>>(({ node, task }, since, usecs) => {
      engine.calls.addWait(waits, node, task, usecs, since);
    });
    recorded.sort((a, b) => a.at - b.at);
    for (const { saying, at, ...place } of recorded) {
      if ('off' in saying) times.switched(saying.off, saying.on, at, saying.isRunnable, () => place);
      else times.waited(saying.tid, saying.waited);
    }
  }
}

/** The folding engine with what its numbers stand for: frames, threads, events. */
import { Numbered } from '../../datasets/numbered.ts';
import type { Thread } from '../../datasets/profile.ts';
import type { LineLedger } from '../lines.ts';
import type { FoldEngine } from './engine.ts';
import { FrameTable, threadKey } from './names.ts';

/** What ran: a thread and, where the CPU stands among its words, that too. */
export type Task = Thread & { cpu: number | null };

/** Every system call there is, twice over; each event is a profile of its own. */
const MAX_EVENTS = 1000;
export const OTHER_EVENTS = 'other events';

export class FoldTables {
  readonly frames = new FrameTable();
  readonly threads = new Numbered<Thread>();
  /** The thread of each task. */
  readonly tasks = new Numbered<number>();
  readonly events = new Numbered<string>();
  readonly engine: FoldEngine;
  readonly ledger: LineLedger;

  constructor(engine: FoldEngine, ledger: LineLedger) {
    this.engine = engine;
    this.ledger = ledger;
  }

  /** The engine's number for a task. Where there is no room for more, it is that of the one that came last. */
  task({ comm, pid, tid, cpu }: Task): number {
    const { calls } = this.engine;
    if (this.tasks.values.length === calls.taskLimit()) return this.tasks.values.length - 1;
    const thread = { comm, pid, tid };
    const key = threadKey(thread);
    const id = this.tasks.id(`${cpu} ${key}`, () => this.threads.id(key, () => thread));
    calls.setTask(id, this.frames.process(thread), isJava(comm) ? 1 : 0, cpu ?? -1);
    return id;
  }

  /** The number of an event; where there is no room for more, that of all the others together. */
  event(name: string): number {
    const last = Math.min(this.engine.calls.eventLimit(), MAX_EVENTS) - 1;
    const own = this.events.has(name) || this.events.values.length < last ? name : OTHER_EVENTS;
    return this.events.id(own, () => own);
  }
}

/** Whether the names of its frames are Java's. */
export function isJava(comm: string): boolean {
  return comm === 'java';
}

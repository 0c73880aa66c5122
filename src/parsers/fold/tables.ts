/** The folding engine with what its numbers stand for: frames, threads, events. */
import type { Thread } from '../../datasets/profile.ts';
import type { LineLedger } from '../lines.ts';
import type { FoldEngine } from './engine.ts';
import { FrameTable, Numbered, threadKey } from './names.ts';

export type Who = Thread & { cpu: number | null };

/** Every system call there is, twice over; each event is a profile of its own. */
const MAX_EVENTS = 1000;
export const OTHER_EVENTS = 'other events';

export class FoldTables {
  readonly frames = new FrameTable();
  readonly threads = new Numbered<Thread>();
  /** The thread of each `who`: a thread and where on its line the CPU stood. */
  readonly whos = new Numbered<number>();
  readonly events = new Numbered<string>();
  readonly engine: FoldEngine;
  readonly ledger: LineLedger;

  constructor(engine: FoldEngine, ledger: LineLedger) {
    this.engine = engine;
    this.ledger = ledger;
  }

  /** The engine's number for who ran. Where there is no room for more, it is whoever came last. */
  who({ comm, pid, tid, cpu }: Who): number {
    const { calls } = this.engine;
    if (this.whos.values.length === calls.whoLimit()) return this.whos.values.length - 1;
    const thread = { comm, pid, tid };
    const key = threadKey(thread);
    const id = this.whos.id(`${cpu} ${key}`, () => this.threads.id(key, () => thread));
    calls.setWho(id, this.frames.process(thread), isJava(comm) ? 1 : 0, cpu ?? -1);
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

/** Dumps of threads: where each of them is at one moment, told by many programs in their own words. */
import { FrameKind, type Thread } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type { Stacks } from '../../datasets/shapes.ts';
import type { ParseContext } from '../grammar.ts';
import type { NamedFrame } from '../perf/script-frame.ts';

/** A thread of a dump, while its lines come. */
interface DumpedThread extends Thread {
  /** What it does, as the program says: `runnable`. Empty where it does not. */
  state: string;
  /** Leaf first. */
  frames: NamedFrame[];
}

/** Gathers the threads of one dump or of several: each counts once. */
export class ThreadDump {
  private readonly builder: ProfileBuilder;
  private open: DumpedThread | null = null;
  private count = 0;

  constructor({ samples }: ParseContext) {
    this.builder = new ProfileBuilder({ samples });
  }

  get threads(): number {
    return this.count;
  }

  isOpen(): boolean {
    return this.open !== null;
  }

  begin(thread: Thread, state = ''): void {
    this.end();
    this.open = { ...thread, state, frames: [] };
  }

  setState(state: string): void {
    if (this.open !== null) this.open.state = state;
  }

  /** The next frame towards the root. */
  frame(name: string, module = '', kind: FrameKind = FrameKind.user): void {
    this.open?.frames.push({ name, kind, module });
  }

  end(): void {
    if (this.open === null) return;
    const { state, frames, ...thread } = this.open;
    const { builder } = this;
    const root = builder.frame(nameOfPool(thread), FrameKind.process);
    const above = builder.child(0, root);
    const stated = state === '' ? above : builder.child(above, builder.frame(`[${state}]`));
    const node = frames.reduceRight(
      (at, { name, kind, module }) => builder.child(at, builder.frame(name, kind, module)),
      stated,
    );
    builder.add(node, 1, { at: null, thread, cpu: null });
    this.count++;
    this.open = null;
  }

  stacks(tool: string, title: string): Stacks[] {
    this.end();
    if (this.count === 0) return [];
    const profile = this.builder.build();
    return [{ shape: 'stacks', kind: 'events', source: 0, tool, title, clock: null, unit: 'threads', profile }];
  }
}

// pool-1-thread-7   http-nio-8080-exec-12   GC Thread#3   C2 CompilerThread0
const MEMBER = /(?:[-#_ ]|(?<!\d))\d+$/;

/** Threads of a pool are one: `pool-1-thread-7` is `pool-1-thread`. */
function nameOfPool({ comm, tid, pid }: Thread): string {
  const name = comm.replace(MEMBER, '');
  return name === '' ? comm || `:${tid ?? pid ?? '?'}` : name;
}

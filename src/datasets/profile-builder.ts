/**
 * Builds a profile stack by stack, for grammars that read text at a person's size. perf script, which comes in
 * gigabytes, has its own engine.
 */
import { FrameKind, type Profile, type Samples, type Thread } from './profile.ts';
import { StackTrie } from './stack-trie.ts';

export interface SampleFacts {
  at: number | null;
  thread: Thread;
  cpu: number | null;
}

export class ProfileBuilder {
  private readonly names: string[] = [];
  private readonly kinds: FrameKind[] = [];
  private readonly modules: string[] = [];
  private readonly frameIds = new Map<string, number>();
  private readonly trie = new StackTrie();
  private readonly threads: Thread[] = [];
  private readonly threadIds = new Map<string, number>();
  private readonly wantSamples: boolean;
  private readonly samples = {
    at: [] as number[],
    stack: [] as number[],
    weight: [] as number[],
    thread: [] as number[],
    cpu: [] as number[],
  };
  private sampleCount = 0;

  constructor(options: { samples: boolean }) {
    this.wantSamples = options.samples;
  }

  /** The number of a frame. The module of the first sight stays. */
  frame(name: string, kind: FrameKind = FrameKind.user, module = ''): number {
    const key = `${kind}${name}`;
    let id = this.frameIds.get(key);
    if (id === undefined) {
      id = this.names.length;
      this.frameIds.set(key, id);
      this.names.push(name);
      this.kinds.push(kind);
      this.modules.push(module);
    }
    return id;
  }

  /** The node of the stack that is `node`'s with `frame` called from it. Node 0 is the empty stack. */
  child(node: number, frame: number): number {
    return this.trie.child(node, frame);
  }

  /** Adds `weight` to the stack that ends at `node`; one sample, kept if samples are wanted and its facts are given. */
  add(node: number, weight: number, facts?: SampleFacts): void {
    this.trie.add(node, weight);
    this.sampleCount++;
    if (!this.wantSamples || facts === undefined) return;
    this.samples.at.push(facts.at ?? Number.NaN);
    this.samples.stack.push(node);
    this.samples.weight.push(weight);
    this.samples.thread.push(this.threadId(facts.thread));
    this.samples.cpu.push(facts.cpu ?? -1);
  }

  build(): Profile {
    return {
      frames: { names: this.names, kinds: this.kinds, modules: this.modules },
      ...this.trie.columns(),
      sampleCount: this.sampleCount,
      threads: this.threads,
      samples: this.buildSamples(),
    };
  }

  private buildSamples(): Samples | null {
    const { at, stack, weight, thread, cpu } = this.samples;
    if (stack.length === 0) return null;
    return {
      at: Float64Array.from(at),
      stack: Uint32Array.from(stack),
      weight: weight.every((value) => value === 1) ? null : Float64Array.from(weight),
      thread: Uint32Array.from(thread),
      cpu: Int16Array.from(cpu),
    };
  }

  private threadId(thread: Thread): number {
    const key = `${thread.pid} ${thread.tid} ${thread.comm}`;
    let id = this.threadIds.get(key);
    if (id === undefined) {
      id = this.threads.length;
      this.threadIds.set(key, id);
      this.threads.push(thread);
    }
    return id;
  }
}

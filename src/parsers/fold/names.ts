/** Numbers for what the engine meets: frames by name and kind, threads, events. */
import { FrameKind, type Frames, type Thread } from '../../datasets/profile.ts';

export class FrameTable implements Frames {
  readonly names: string[] = [];
  readonly kinds: FrameKind[] = [];
  readonly modules: string[] = [];
  /** By kind and name: a key of both would be a string more for each frame. */
  private readonly ids: Map<string, number>[] = [];

  /** The number of a frame. The module of the first sight stays. */
  id(name: string, kind: FrameKind, module = ''): number {
    this.ids[kind] ??= new Map();
    const ids = this.ids[kind];
    const known = ids.get(name);
    if (known !== undefined) return known;
    const id = this.names.push(name) - 1;
    ids.set(name, id);
    this.kinds.push(kind);
    this.modules.push(module);
    return id;
  }

  /** The first frame of a thread's stacks. A thread without a name is called as perf calls one it knows nothing of. */
  process({ comm, pid, tid }: Thread): number {
    return this.id(comm === '' ? `:${tid ?? pid ?? '?'}` : comm, FrameKind.process);
  }
}

/** Numbers for values of a key, in the order of first sight. */
export class Numbered<T> {
  readonly values: T[] = [];
  private readonly ids = new Map<string, number>();

  has(key: string): boolean {
    return this.ids.has(key);
  }

  id(key: string, make: () => T): number {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.values.push(make()) - 1;
    this.ids.set(key, id);
    return id;
  }
}

export function threadKey({ comm, pid, tid }: Thread): string {
  return `${pid} ${tid} ${comm}`;
}

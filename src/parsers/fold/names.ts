/** Numbers for frames by name and kind, and what tells threads apart. */
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

export function threadKey({ comm, pid, tid }: Thread): string {
  return `${pid} ${tid} ${comm}`;
}

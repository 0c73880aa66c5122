/** Code that a process makes at run time may lie where other code lay before: the later one holds. */
import type { SymbolTable } from './table.ts';

/**
 * Stretches that do not overlap: of those that do, the one that stands later in the lists goes over the others.
 * @param starts addresses below 2^53, as `ends`, which are exclusive
 */
export function overlaid(
  starts: readonly number[],
  ends: readonly number[],
  names: readonly string[],
  origin: string,
): SymbolTable {
  const length = starts.length;
  const order = Array.from({ length }, (_, i) => i).sort(
    (a, b) => (starts[a] as number) - (starts[b] as number) || a - b,
  );
  const out = { starts: [] as number[], ends: [] as number[], names: [] as string[] };
  const open = new Latest();
  let at = 0;
  const upTo = (place: number) => {
    for (let top = open.top(); top !== undefined && at < place; top = open.top()) {
      const end = Math.min(ends[top] as number, place);
      if (end > at) add(at, end, top);
      at = Math.max(at, end);
      if ((ends[top] as number) > at) return;
      open.pop();
    }
    at = Math.max(at, place);
  };
  const add = (start: number, end: number, i: number) => {
    out.starts.push(start);
    out.ends.push(end);
    out.names.push(names[i] as string);
  };
  for (const i of order) {
    upTo(starts[i] as number);
    if ((ends[i] as number) > (starts[i] as number)) open.push(i);
  }
  upTo(Number.POSITIVE_INFINITY);
  return {
    length: out.starts.length,
    starts: halves(out.starts),
    ends: halves(out.ends),
    name: (i) => out.names[i] as string,
    origin,
  };
}

function halves(values: readonly number[]): Uint32Array {
  const all = new Uint32Array(values.length * 2);
  values.forEach((value, i) => {
    all[i * 2] = value % 2 ** 32;
    all[i * 2 + 1] = Math.floor(value / 2 ** 32);
  });
  return all;
}

/** A heap whose top is the greatest number. */
class Latest {
  private readonly heap: number[] = [];

  top(): number | undefined {
    return this.heap[0];
  }

  push(value: number): void {
    const { heap } = this;
    let i = heap.push(value) - 1;
    for (let above = (i - 1) >> 1; i > 0 && (heap[above] as number) < value; above = (i - 1) >> 1) {
      heap[i] = heap[above] as number;
      i = above;
    }
    heap[i] = value;
  }

  pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let below = i * 2 + 1;
      if (below + 1 < heap.length && (heap[below + 1] as number) > (heap[below] as number)) below++;
      if (below >= heap.length || (heap[below] as number) <= last) break;
      heap[i] = heap[below] as number;
      i = below;
    }
    heap[i] = last;
  }
}

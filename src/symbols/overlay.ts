/** Code that a process makes at run time may lie where other code lay before: the later one holds. */
import type { SymbolTable } from './table.ts';

/**
 * Stretches that do not overlap: of those that do, the one that stands later in the lists goes over the others.
 * @param starts addresses below 2^53, as `ends`, which are exclusive
 * @param name the name of a stretch, by its number in the lists
 */
export function overlaid(
  starts: readonly number[],
  ends: readonly number[],
  name: (i: number) => string,
  origin: string,
): SymbolTable {
  return tableOf(laidOver(starts, ends), name, origin);
}

interface Stretches {
  starts: number[];
  ends: number[];
  /** The number that each had. */
  own: number[];
}

/** By itself, so that what is kept for the names keeps nothing else. */
function tableOf({ starts, ends, own }: Stretches, name: (i: number) => string, origin: string): SymbolTable {
  const numbers = Uint32Array.from(own);
  return {
    length: starts.length,
    starts: halves(starts),
    ends: halves(ends),
    name: (i) => name(numbers[i] as number),
    origin,
  };
}

function laidOver(starts: readonly number[], ends: readonly number[]): Stretches {
  const order = Uint32Array.from(starts, (_, i) => i).sort(
    (a, b) => (starts[a] as number) - (starts[b] as number) || a - b,
  );
  const out: Stretches = { starts: [], ends: [], own: [] };
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
    out.own.push(i);
  };
  for (const i of order) {
    upTo(starts[i] as number);
    if ((ends[i] as number) > (starts[i] as number)) open.push(i);
  }
  upTo(Number.POSITIVE_INFINITY);
  return out;
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

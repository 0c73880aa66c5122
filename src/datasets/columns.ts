/** Columns of numbers: growing them, picking rows out of them, and what can be asked of one as a whole. */

type Numbers = Float64Array | Uint32Array | Uint8Array;

/** A column while its rows come in. */
export class Growing<Column extends Numbers> {
  length = 0;
  private column: Column;
  private readonly make: new (
    length: number,
  ) => Column;

  constructor(make: new (length: number) => Column) {
    this.make = make;
    this.column = new make(16);
  }

  push(value: number): void {
    if (this.length === this.column.length) this.grow();
    this.column[this.length++] = value;
  }

  at(i: number): number {
    return this.column[i] as number;
  }

  set(i: number, value: number): void {
    this.column[i] = value;
  }

  /** As long as that, with the value where nothing came. */
  fillTo(length: number, value: number): void {
    while (this.length < length) this.push(value);
  }

  cutTo(length: number): void {
    this.length = Math.min(this.length, length);
  }

  /** What is in it, as a column of its own. */
  build(): Column {
    return this.column.slice(0, this.length) as Column;
  }

  private grow(): void {
    const larger = new this.make(this.column.length * 2);
    larger.set(this.column);
    this.column = larger;
  }
}

/** A column of so many NaN: the times of rows that have none. */
export function noTimes(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}

/** A time, or null where there is none. */
export function timeAt(at: Float64Array, i: number): number | null {
  const time = at[i];
  return time === undefined || Number.isNaN(time) ? null : time;
}

export function hasTime(at: Float64Array): boolean {
  for (let i = 0; i < at.length; i++) if (!Number.isNaN(at[i])) return true;
  return false;
}

/** The elements with these numbers, in that order. */
export function picked<Column extends Numbers>(column: Column, rows: Uint32Array): Column {
  const found = new (column.constructor as new (length: number) => Column)(rows.length);
  for (let i = 0; i < rows.length; i++) found[i] = column[rows[i] as number] as number;
  return found;
}

/** The numbers of the rows for which it holds. */
export function rowsWhere(length: number, holds: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) if (holds(row)) rows[count++] = row;
  return rows.slice(0, count);
}

/** The numbers from 0 on. */
export function allRows(length: number): Uint32Array {
  const rows = new Uint32Array(length);
  for (let row = 0; row < length; row++) rows[row] = row;
  return rows;
}

export function sumOf(column: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += column[i] as number;
  return sum;
}

/** 0 for no values. */
export function meanOf(column: ArrayLike<number>): number {
  return column.length === 0 ? 0 : sumOf(column) / column.length;
}

/**
 * How many stand before the first that fails, found by halves: all that pass stand first (C++'s `std::partition_point`).
 * @param length of what is looked through
 */
export function partitionPoint(length: number, passes: (place: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The times there are, each once, ascending. */
export function distinctTimes(at: Float64Array): Float64Array {
  const sorted = at.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    const time = sorted[i] as number;
    // NaN is sorted behind all numbers.
    if (Number.isNaN(time)) break;
    if (count === 0 || time !== sorted[count - 1]) sorted[count++] = time;
  }
  return sorted.slice(0, count);
}

/** How far apart most of these are, which ascend; null of fewer than two. */
export function medianGap(times: ArrayLike<number>): number | null {
  const gaps = new Float64Array(Math.max(0, times.length - 1));
  for (let i = 0; i < gaps.length; i++) gaps[i] = (times[i + 1] as number) - (times[i] as number);
  return gaps.sort()[gaps.length >> 1] ?? null;
}

/** The numbers of the greatest values, in no order: a heap of as many as are wanted, the least of them on top. */
export function heaviestOf(weights: Float64Array, most: number): Uint32Array {
  const heap = allRows(Math.min(most, weights.length));
  const isLighter = (a: number, b: number): boolean =>
    (weights[a] as number) < (weights[b] as number) || (weights[a] === weights[b] && a > b);
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isLighter(heap[child] as number, heap[least] as number)) least = child;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least] as number, heap[at] as number];
      at = least;
    }
  };
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(at);
  for (let row = heap.length; row < weights.length; row++) {
    if (!isLighter(heap[0] as number, row)) continue;
    heap[0] = row;
    sink(0);
  }
  return heap;
}

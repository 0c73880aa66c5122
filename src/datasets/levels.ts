/** Levels that are told now and then, of several things: pidstat prints a process's memory where it touched some of it. */

export interface Readings {
  /** Ascending. */
  at: ArrayLike<number>;
  values: ArrayLike<number>;
}

/**
 * What they came to together, at each time that one of them was told: each counts as last told, from its first reading to its
 * last. One that starts when another has ended adds nothing to it.
 */
export function togetherAt(each: readonly Readings[]): { at: Float64Array; values: Float64Array } {
  const risen = new Map<number, number>();
  const ended = new Map<number, number>();
  for (const { at, values } of each) {
    let before = 0;
    for (let i = 0; i < at.length; i++) {
      const value = values[i] as number;
      add(risen, at[i] as number, value - before);
      before = value;
    }
    if (at.length > 0) add(ended, at[at.length - 1] as number, before);
  }
  const times = Float64Array.from(risen.keys()).sort();
  let held = 0;
  const sums = times.map((time) => {
    const now = held + (risen.get(time) ?? 0);
    held = now - (ended.get(time) ?? 0);
    return now;
  });
  return { at: times, values: sums };
}

function add(sums: Map<number, number>, at: number, by: number): void {
  sums.set(at, (sums.get(at) ?? 0) + by);
}

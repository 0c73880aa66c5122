/** The samples of each thread, for formats that keep threads apart. */
import type { Profile, Thread } from '../datasets/profile.ts';

export interface ThreadSamples {
  thread: Thread;
  /** The numbers of its samples, in the order of time. */
  order: number[];
}

/** Threads in the order of their first samples. A sample without a time stands at the beginning. */
export function samplesByThread({ samples, threads }: Profile): ThreadSamples[] {
  if (samples === null) return [];
  const { at, stack, thread } = samples;
  const found = new Map<number, ThreadSamples>();
  for (const i of Array.from(stack.keys()).sort((a, b) => timeOf(at, a) - timeOf(at, b))) {
    const number = thread[i] as number;
    const own = found.get(number);
    if (own === undefined) found.set(number, { thread: threads[number] as Thread, order: [i] });
    else own.order.push(i);
  }
  return [...found.values()];
}

/** Of a sample; 0 where it has none. */
export function timeOf(at: Float64Array, i: number): number {
  const time = at[i] as number;
  return Number.isNaN(time) ? 0 : time;
}

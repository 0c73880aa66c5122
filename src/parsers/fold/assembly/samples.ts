/** The samples one by one, in columns, where they are wanted. */
import { maxSamples, SAMPLES } from './layout';

let count: u32 = 0;

export function emptySamples(): void {
  count = 0;
}

export function sampleCount(): u32 {
  return count;
}

/** Where a column lies: 0 time, 1 weight, 2 stack, 3 task, 4 CPU. */
export function sampleColumn(column: u32): usize {
  const room = <usize>maxSamples;
  if (column < 2) return SAMPLES + room * 8 * column;
  return SAMPLES + room * 16 + room * 4 * (column - 2);
}

/** @returns false where there is no room for another. */
export function addSample(at: f64, weight: f64, stack: u32, task: u32, cpu: i32): bool {
  if (count === maxSamples) return false;
  const i = <usize>count;
  count++;
  store<f64>(sampleColumn(0) + i * 8, at);
  store<f64>(sampleColumn(1) + i * 8, weight);
  store<u32>(sampleColumn(2) + i * 4, stack);
  store<u32>(sampleColumn(3) + i * 4, task);
  store<i16>(sampleColumn(4) + i * 2, <i16>cpu);
  return true;
}

/** Which columns count from boot, or from when the thing that they are of was made. */
import { toolNamed } from './index.ts';

/** So many readings that never fall are no chance. */
const LEAST_READINGS = 3;

/**
 * Whether a column of the tool's tables, by its English name, counts; null where its readings do not tell.
 * @param values its readings, in order
 */
export function isCounter(tool: string, column: string, values: Float64Array): boolean | null {
  const output = toolNamed(tool)?.output;
  if (output?.shape !== 'series' || output.counters?.test(column) !== true) return false;
  return output.mayBeGrowth && !isRising(values) ? null : true;
}

function isRising(values: Float64Array): boolean {
  return values.length >= LEAST_READINGS && values.every((value, i) => i === 0 || value >= (values[i - 1] as number));
}

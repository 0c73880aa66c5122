/** What perf's events measure, by their names. */
import type { StacksKind } from '../../datasets/shapes.ts';

/** What the profile of waits is called, beside those of the events. */
export const OFF_CPU = 'off-cpu';

/** Tracepoints, faults and switches tell that something happened, not where a CPU was. */
const HAPPENING =
  /^(?!cpu|task-clock|cycles|instructions)[\w-]+:[\w-]{2,}|-faults$|^faults$|^context-switches|^cs$|migrations$/;

export function kindOf(event: string): StacksKind {
  if (event === OFF_CPU) return 'off-cpu';
  return HAPPENING.test(event) ? 'events' : 'on-cpu';
}

/** The periods of perf's two clocks are nanoseconds; those of any other event count it, whatever its modifiers. */
export function unitOf(event: string): string {
  if (event === OFF_CPU) return 'usecs';
  const counted = event.replace(/:[ukhIGHpPSDWe]+$/, '');
  return counted === 'cpu-clock' || counted === 'task-clock' ? 'nsecs' : counted;
}

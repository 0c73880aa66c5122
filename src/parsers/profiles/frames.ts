/** Frames of profilers that tell function, file and line apart. */
import { FrameKind } from '../../datasets/profile.ts';
import type { StacksKind } from '../../datasets/shapes.ts';
import { kindOf } from '../perf/event-kind.ts';
import { kindOf as kindOfModule } from '../perf/script-frame.ts';

/** What kind of code a file holds: a kernel's, a JIT's, a program's. */
export function kindOfFile(file: string): FrameKind {
  return file === '' ? FrameKind.user : kindOfModule(file, '');
}

/** Our words for the units of others, and how many of ours make one of theirs. */
const UNITS: Readonly<Record<string, [unit: string, factor: number]>> = {
  nanosecond: ['nsecs', 1],
  ns: ['nsecs', 1],
  microsecond: ['usecs', 1],
  us: ['usecs', 1],
  millisecond: ['usecs', 1000],
  ms: ['usecs', 1000],
  second: ['usecs', 1e6],
  s: ['usecs', 1e6],
  byte: ['bytes', 1],
  kilobyte: ['bytes', 1024],
  megabyte: ['bytes', 1024 * 1024],
};

/** A unit in our words; what is not known stays what it is, and what has none is samples. */
export function unitOf(unit: string): { unit: string; factor: number } {
  const name = unit.toLowerCase();
  const known = UNITS[name] ?? UNITS[name.replace(/s$/, '')];
  if (known !== undefined) return { unit: known[0], factor: known[1] };
  return { unit: name === '' || name === 'none' || name === 'count' ? 'samples' : name, factor: 1 };
}

// inuse_space   alloc_objects   bytes
const MEMORY = /space|objects|bytes|alloc|heap|memory|allocation/i;
// contentions   delay   block   off-cpu   mutex   rwlock; cpu-clock is none
const WAITING = /off-?cpu|delay|contention|block|mutex|(?<!c)lock/i;
// wall   wall_clock: threads are sampled whether they run or not
const WALL = /\bwall/i;

/** What a profile measures, by what it is called and its unit. Events of perf go by perf's names for them. */
export function kindOfMeasure(name: string, unit: string): StacksKind {
  if (unit === 'bytes' || MEMORY.test(name)) return 'memory';
  if (WALL.test(name)) return 'events';
  return WAITING.test(name) ? 'off-cpu' : kindOf(name);
}

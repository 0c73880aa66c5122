/** Profiles by what they measure: CPU time, time off CPU, or something else that no rule on time may read. */

import { secondsPer } from '../datasets/amounts.ts';
import { totalWeight } from '../datasets/fold.ts';
import { once } from '../datasets/once.ts';
import { FrameKind, type Profile } from '../datasets/profile.ts';
import type { Stacks } from '../datasets/shapes.ts';

export type ProfileMeasure = 'cpu time' | 'time off CPU' | 'other';

// cycles, cpu-cycles:P, cpu_core/cycles/P, cpu-clock:ppp:, task-clock:u, r003c is none
const CPU_TIME = /^(?:(?:cpu(?:_core|_atom)?\/)?(?:cpu-?)?cycles(?:\/|$)|(?:ref-|bus-)?cycles$|(?:cpu|task)-clock$)/;
// offcpu-time of perf record --off-cpu, and what we make of scheduler tracepoints
const OFF_CPU = /^off-?cpu(?:-time)?$/;

/** An event without what modifies it: `cycles:P` and `cycles:ppp` are cycles. */
function plainEvent(event: string): string {
  return event.replace(/:[a-zA-Z]*:?$/, '').trim();
}

/**
 * What a profile measures. A folded file that no name tells of is of unknown origin: its widths may be anything.
 */
export function measureOf({ kind, tool, event = '' }: Stacks): ProfileMeasure {
  const name = plainEvent(event);
  if (OFF_CPU.test(name)) return 'time off CPU';
  if (tool === 'folded' && kind === 'on-cpu' && name === '') return 'other';
  if (kind === 'off-cpu') return 'time off CPU';
  if (kind !== 'on-cpu') return 'other';
  return name === '' || CPU_TIME.test(name) ? 'cpu time' : 'other';
}

/** How many samples a profile stands on: folded stacks carry them in the weights. */
export function samplesIn({ unit, profile }: Pick<Stacks, 'unit' | 'profile'>): number {
  return unit === 'samples' ? totalWeight(profile) : profile.sampleCount;
}

/** Seconds that a profile's weight stands for; null where it counts samples or events. */
export function secondsIn({ unit, profile }: Pick<Stacks, 'unit' | 'profile'>): number | null {
  const second = secondsPer(unit);
  return second === null ? null : totalWeight(profile) * second;
}

/** Seconds that one of the weight of a profile of time off CPU stands for: perf record --off-cpu counts nanoseconds, without a unit. */
export function secondsOffCpu({ unit, event = '' }: Pick<Stacks, 'unit' | 'event'>): number {
  return secondsPer(unit) ?? (OFF_CPU.test(plainEvent(event)) ? 1e-9 : 1e-6);
}

/**
 * The stacks with their processes told: those that a tool has folded (`profile -f`) begin with the name of the process. Of a
 * folded file of unknown origin nobody knows.
 */
export function withProcesses(stacks: Stacks): Stacks {
  const { tool, profile } = stacks;
  const { frames, frame, parent } = profile;
  if (tool === 'folded' || frames.kinds.includes(FrameKind.process)) return stacks;
  const kinds = [...frames.kinds];
  for (let node = 1; node < parent.length; node++)
    if (parent[node] === 0) kinds[frame[node] as number] = FrameKind.process;
  return { ...stacks, profile: { ...profile, frames: { ...frames, kinds } } };
}

/** The process frame that each node stands under, -1 for none. Parents stand before their children. */
export const processOfNodes = once(({ frames, frame, parent }: Profile): Int32Array => {
  const process = new Int32Array(frame.length).fill(-1);
  for (let node = 1; node < frame.length; node++) {
    const id = frame[node] as number;
    process[node] = frames.kinds[id] === FrameKind.process ? id : (process[parent[node] as number] as number);
  }
  return process;
});

/** The weight under each process, by its name, and all of it. */
export function weightByProcess(profile: Profile): { of: Map<string, number>; total: number } {
  const process = processOfNodes(profile);
  const of = new Map<string, number>();
  let total = 0;
  for (let node = 1; node < process.length; node++) {
    const weight = profile.self[node] as number;
    if (weight === 0) continue;
    total += weight;
    const name = profile.frames.names[process[node] as number];
    if (name !== undefined) of.set(name, (of.get(name) ?? 0) + weight);
  }
  return { of, total };
}

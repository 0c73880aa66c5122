/** How much of a profile has no symbols: what every rule that reads frames must doubt. */
import { shareText } from '../datasets/amounts.ts';
import { totalWeight } from '../datasets/fold.ts';
import { FrameKind, type Profile } from '../datasets/profile.ts';
import type { Stacks } from '../datasets/shapes.ts';

/** Common to the rules that judge shares of a profile. */
export const LEAST_SAMPLES = {
  value: 200,
  unit: 'samples',
  why: 'with fewer, a share of 15 % is uncertain by 5 points',
};

/** Common to the rules that read profiles of CPU time, whatever tool these are of. */
export function hasCpuProfile(view: { profiles(kind: 'on-cpu'): readonly Stacks[] }): boolean {
  return view.profiles('on-cpu').length > 0;
}

/** A frame without a name: `[unknown]`, or the module's name in its place. */
export const NO_SYMBOL = /^\[.*\]$|^0x[0-9a-f]+$/;

// finish_task_switch.isra.0, schedule, __schedule, __switch_to
const SCHEDULES = /^(?:__)?schedule$|^finish_task_switch|^__switch_to/;

/**
 * Whether a folded file that does not tell what it measures is of waits: nearly all its stacks end where a thread leaves
 * the CPU. Rules on CPU time pass over it.
 */
export function looksOffCpu({ tool, profile }: Stacks): boolean {
  if (tool !== 'folded') return false;
  const { frames, frame, self } = profile;
  const schedules = frames.names.map((name) => SCHEDULES.test(name));
  let waits = 0;
  for (let node = 1; node < self.length; node++) if (schedules[frame[node] as number]) waits += self[node] as number;
  return waits >= 0.9 * totalWeight(profile);
}

/** The weight of samples whose innermost frame has no symbol, in all and by module. */
export function unknownLeaves({ frames, frame, self }: Profile): {
  weight: number;
  total: number;
  modules: Map<string, number>;
} {
  const unknown = frames.names.map((name, i) => NO_SYMBOL.test(name) && frames.kinds[i] !== FrameKind.process);
  const modules = new Map<string, number>();
  let [weight, total] = [0, 0];
  for (let node = 1; node < self.length; node++) {
    const own = self[node] as number;
    const at = frame[node] as number;
    total += own;
    if (own === 0 || !unknown[at]) continue;
    weight += own;
    const module = frames.modules[at] || (frames.names[at] as string);
    modules.set(module, (modules.get(module) ?? 0) + own);
  }
  return { weight, total, modules };
}

/** A doubt for every rule that reads frames. */
export function unknownDoubt({ profile }: Stacks): string[] {
  const { weight, total } = unknownLeaves(profile);
  return weight > 0.2 * total ? [`${shareText(weight / total)} of the samples have no symbol`] : [];
}

/** How many samples a profile stands on: folded stacks carry them in the weights. */
export function samplesIn({ unit, profile }: Stacks): number {
  return unit === 'samples' ? totalWeight(profile) : profile.sampleCount;
}
